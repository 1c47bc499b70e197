
/* ---- What the shared library has beside the network's own functions. ---- */

#include "cnn.h"

const char *@name@_describe(void)
{
    return
@describe@;
}

struct cnn_net *@name@_open(const char *weights_path, int threads, struct cnn_error *error)
{
    return cnn_open(&@name@_model, weights_path, threads, error);
}

struct cnn_net *@name@_open_memory(const void *weights, size_t weights_bytes, int threads, struct cnn_error *error)
{
    return cnn_open_memory(&@name@_model, weights, weights_bytes, threads, error);
}

void @name@_call(struct cnn_net *net, const void *const inputs[], void *const outputs[])
{
    cnn_run_many(net, inputs, outputs);
}

static size_t library_bytes(const struct cnn_tensor *tensor)
{
    return (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels *
           (tensor->type == 0 || tensor->type == 3 ? 4 : 1);
}

void @name@_batch(struct cnn_net *net, size_t count, const void *const inputs[], void *const outputs[])
{
    enum { INPUTS = @inputs@, OUTPUTS = @outputs@ };
    const void *in[INPUTS];
    void *out[OUTPUTS];
    const size_t images = (size_t)cnn_batch(net); /* of a call */
    for (size_t image = 0; images <= count && image < count; image += images) {
        const size_t first = count - image < images ? count - images : image; /* the last call begins earlier */
        for (int i = 0; i < INPUTS; i++)
            in[i] = (const unsigned char *)inputs[i] + first * library_bytes(&@name@_model.inputs[i]);
        for (int i = 0; i < OUTPUTS; i++)
            out[i] = (unsigned char *)outputs[i] + first * library_bytes(&@name@_model.outputs[i]);
        cnn_run_many(net, in, out);
    }
}

int @name@_reload(struct cnn_net *net, const char *weights_path, struct cnn_error *error)
{
    return cnn_reload(net, weights_path, error);
}

int @name@_reload_memory(struct cnn_net *net, const void *weights, size_t weights_bytes, struct cnn_error *error)
{
    return cnn_reload_memory(net, weights, weights_bytes, error);
}

uint64_t @name@_weights_hash(struct cnn_net *net)
{
    struct cnn_identity identity;
    cnn_identify(net, &identity);
    return identity.weights_hash;
}

void @name@_close(struct cnn_net *net)
{
    cnn_close(net);
}
