/* MATMUL: the matrix product of two branches, channel by channel; a branch with one channel serves all of the
 * other's. */
#include "reference/layer.h"

struct matrices {
    struct shape a, b;
    int64_t channels;
};

static struct matrices matrices_of(const struct layer_call *call)
{
    return (struct matrices){call->node->inputs[0]->shape, call->node->inputs[1]->shape, call->shape.c};
}

static int64_t at_a(const struct matrices *m, int64_t c, int64_t y, int64_t k)
{
    return tensor_at(m->a, m->a.c == 1 ? 0 : c, y, k);
}

static int64_t at_b(const struct matrices *m, int64_t c, int64_t k, int64_t x)
{
    return tensor_at(m->b, m->b.c == 1 ? 0 : c, k, x);
}

void reference_MATMUL(const struct layer_call *call)
{
    const struct matrices m = matrices_of(call);
    for (int64_t c = 0; c < m.channels; c++)
        for (int64_t y = 0; y < m.a.h; y++)
            for (int64_t x = 0; x < m.b.w; x++) {
                double sum = 0;
                for (int64_t k = 0; k < m.a.w; k++)
                    sum += call->in[0][at_a(&m, c, y, k)] * call->in[1][at_b(&m, c, k, x)];
                call->out[tensor_at(call->shape, c, y, x)] = sum;
            }
}

/* d_a += d_out * b^T, d_b += a^T * d_out */
void reference_backward_MATMUL(const struct layer_backward *back)
{
    const struct layer_call *call = &back->call;
    const struct matrices m = matrices_of(call);
    for (int64_t c = 0; c < m.channels; c++)
        for (int64_t y = 0; y < m.a.h; y++)
            for (int64_t x = 0; x < m.b.w; x++) {
                double d = back->d_out[tensor_at(call->shape, c, y, x)];
                for (int64_t k = 0; k < m.a.w; k++) {
                    back->d_in[0][at_a(&m, c, y, k)] += d * call->in[1][at_b(&m, c, k, x)];
                    back->d_in[1][at_b(&m, c, k, x)] += d * call->in[0][at_a(&m, c, y, k)];
                }
            }
}
