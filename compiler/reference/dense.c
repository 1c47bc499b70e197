/* The ends and the dense layers:
 *
 *   INPUT  o[c] = (x[c] - mean[c]) * scale[c]
 *   FC     o[k] = b[k] + sum over i of w[k][i] * in[i], i in CHW order
 *   RBF    o[k] = sum over i of (in[i] - w[k][i])^2
 *
 * OUTPUT, FLATTEN and DROPOUT pass their input on. */
#include <string.h>

#include "reference/layer.h"

static void copy(const struct layer_call *call)
{
    memcpy(call->out, call->in[0], (size_t)shape_elements(call->shape) * sizeof *call->out);
}

void reference_INPUT(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t c = 0; c < call->shape.c; c++)
        for (int64_t i = 0; i < pixels; i++) {
            double mean = call->args->mean ? call->args->mean[c] : 0;
            double scale = call->args->scale ? call->args->scale[c] : 1;
            call->out[c * pixels + i] = (call->in[0][c * pixels + i] - mean) * scale;
        }
}

void reference_OUTPUT(const struct layer_call *call)
{
    copy(call);
}

void reference_FLATTEN(const struct layer_call *call)
{
    copy(call);
}

void reference_DROPOUT(const struct layer_call *call)
{
    copy(call);
}

void reference_FC(const struct layer_call *call)
{
    int64_t length = shape_elements(call->in_shape);
    const float *w = call->tensors[ROLE_WEIGHT];
    for (int64_t k = 0; k < call->shape.c; k++) {
        double sum = tensor_entry(call, ROLE_BIAS, k, 0);
        for (int64_t i = 0; i < length; i++)
            sum += w[k * length + i] * call->in[0][i];
        call->out[k] = sum;
    }
}

void reference_RBF(const struct layer_call *call)
{
    int64_t length = shape_elements(call->in_shape);
    const float *w = call->tensors[ROLE_WEIGHT];
    for (int64_t k = 0; k < call->shape.c; k++) {
        double sum = 0;
        for (int64_t i = 0; i < length; i++) {
            double difference = call->in[0][i] - w[k * length + i];
            sum += difference * difference;
        }
        call->out[k] = sum;
    }
}
