/* What an open network is, and whether its weights are whole. */
#include "cnn_internal.h"
#include "cnnw.h"

void cnn_identify(struct cnn_net *net, struct cnn_identity *identity)
{
    cnn_adopt(net);
    const struct cnn_weights *weights = net->weights;
    identity->name = net->model->name;
    identity->version = CNN_VERSION;
    identity->plan_hash = net->model->plan_hash;
    identity->weights_hash = !weights->data      ? 0
                             : weights->embedded ? cnnw_checksum(weights->data, weights->bytes)
                                                 : weights->checksum;
}

int cnn_batch(const struct cnn_net *net)
{
    return (int)(net->model->abi >> CNN_ABI_IMAGES) + 1;
}

int cnn_verify_weights(struct cnn_net *net, struct cnn_error *error)
{
    if (!net)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_verify_weights: the network is NULL");
    if (error) {
        error->code = CNN_OK;
        error->message[0] = 0;
    }
    cnn_adopt(net);
    return net->weights->embedded ? CNN_OK : cnn_weights_verify(net->weights, net->model->name, error);
}
