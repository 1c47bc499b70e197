/* The ends and the dense layers:
 *
 *   INPUT  o[c] = (x[c] - mean[c]) * scale[c]
 *   FC     o[k] = b[k] + sum over i of w[k][i] * in[i], i in CHW order
 *   RBF    o[k] = sum over i of (in[i] - w[k][i])^2
 *
 * OUTPUT, FLATTEN and DROPOUT pass their input on; a DROPOUT that learns is in learning.c. */
#include <string.h>

#include "reference/layer.h"

static void copy(const struct layer_call *call)
{
    memcpy(call->out, call->in[0], (size_t)shape_elements(call->shape) * sizeof *call->out);
}

/* d_x += d_y */
static void copy_backward(const struct layer_backward *b)
{
    for (int64_t i = 0; i < shape_elements(b->call.shape); i++)
        b->d_in[0][i] += b->d_out[i];
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

/* d_x[c] += scale[c]*d_o[c] */
void reference_backward_INPUT(const struct layer_backward *b)
{
    int64_t pixels = b->call.shape.h * b->call.shape.w;
    for (int64_t i = 0; i < b->call.shape.c * pixels; i++)
        b->d_in[0][i] += (b->call.args->scale ? b->call.args->scale[i / pixels] : 1) * b->d_out[i];
}

void reference_OUTPUT(const struct layer_call *call)
{
    copy(call);
}

void reference_backward_OUTPUT(const struct layer_backward *b)
{
    copy_backward(b);
}

void reference_FLATTEN(const struct layer_call *call)
{
    copy(call);
}

void reference_backward_FLATTEN(const struct layer_backward *b)
{
    copy_backward(b);
}

void reference_DROPOUT(const struct layer_call *call)
{
    copy(call);
}

void reference_backward_DROPOUT(const struct layer_backward *b)
{
    copy_backward(b);
}

void reference_FC(const struct layer_call *call)
{
    int64_t length = shape_elements(call->in_shape);
    const double *w = call->tensors[ROLE_WEIGHT];
    for (int64_t k = 0; k < call->shape.c; k++) {
        double sum = tensor_entry(call, ROLE_BIAS, k, 0);
        for (int64_t i = 0; i < length; i++)
            sum += w[k * length + i] * call->in[0][i];
        call->out[k] = sum;
    }
}

/* d_in[i] += sum over k of w[k][i]*d_o[k], d_w[k][i] += in[i]*d_o[k], d_b[k] += d_o[k] */
void reference_backward_FC(const struct layer_backward *b)
{
    int64_t length = shape_elements(b->call.in_shape);
    const double *w = b->call.tensors[ROLE_WEIGHT];
    for (int64_t k = 0; k < b->call.shape.c; k++) {
        for (int64_t i = 0; i < length; i++) {
            b->d_in[0][i] += w[k * length + i] * b->d_out[k];
            tensor_learn(b, ROLE_WEIGHT, k * length + i, b->call.in[0][i] * b->d_out[k]);
        }
        tensor_learn(b, ROLE_BIAS, k, b->d_out[k]);
    }
}

void reference_RBF(const struct layer_call *call)
{
    int64_t length = shape_elements(call->in_shape);
    const double *w = call->tensors[ROLE_WEIGHT];
    for (int64_t k = 0; k < call->shape.c; k++) {
        double sum = 0;
        for (int64_t i = 0; i < length; i++) {
            double difference = call->in[0][i] - w[k * length + i];
            sum += difference * difference;
        }
        call->out[k] = sum;
    }
}

/* d_in[i] += sum over k of 2*(in[i] - w[k][i])*d_o[k]; the prototypes are fixed */
void reference_backward_RBF(const struct layer_backward *b)
{
    int64_t length = shape_elements(b->call.in_shape);
    const double *w = b->call.tensors[ROLE_WEIGHT];
    for (int64_t k = 0; k < b->call.shape.c; k++)
        for (int64_t i = 0; i < length; i++)
            b->d_in[0][i] += 2 * (b->call.in[0][i] - w[k * length + i]) * b->d_out[k];
}
