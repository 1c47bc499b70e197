/* The two layers that behave differently while a network learns:
 *
 *   BN       o = w[c]*n + b[c], n = (x - m[c])/sqrt(v[c] + eps), m and v the mean and the variance of channel c in the
 *            whole batch. The running statistics move towards those of the batch by a tenth. A variance is the sum of
 *            squares over their number, but over one less where running statistics move towards it.
 *   DROPOUT  o = x/(1 - rate) where a random number is at least the rate, else 0 */
#include <math.h>

#include "reference/learning.h"

static const double momentum = 0.1;

/* ---- BN ---- */

/* Channel c of a batch, and its moments. Number i of the channel is at index_in(channel, i) of the batch. */
struct channel {
    int64_t pixels, from_image_to_image, first, count;
    double mean, variance;
};

static int64_t index_in(const struct channel *channel, int64_t i)
{
    return i / channel->pixels * channel->from_image_to_image + channel->first + i % channel->pixels;
}

static struct channel find_channel(const struct batch_call *call, int64_t c)
{
    struct shape shape = call->node->shape;
    int64_t pixels = shape.h * shape.w;
    struct channel channel = {pixels, shape.c * pixels, c * pixels, call->count * pixels, 0, 0};
    for (int64_t i = 0; i < channel.count; i++)
        channel.mean += call->in[index_in(&channel, i)] / (double)channel.count;
    for (int64_t i = 0; i < channel.count; i++) {
        double difference = call->in[index_in(&channel, i)] - channel.mean;
        channel.variance += difference * difference / (double)channel.count;
    }
    return channel;
}

static double scale_of(const struct batch_call *call, int64_t c)
{
    const double *w = call->tensors->of[ROLE_WEIGHT];
    return w ? w[c] : 1;
}

static double shift_of(const struct batch_call *call, int64_t c)
{
    const double *b = call->tensors->of[ROLE_BIAS];
    return b ? b[c] : 0;
}

void learning_BN(const struct batch_call *call)
{
    for (int64_t c = 0; c < call->node->shape.c; c++) {
        struct channel channel = find_channel(call, c);
        double root = sqrt(channel.variance + call->node->args.eps);
        for (int64_t k = 0; k < channel.count; k++) {
            int64_t i = index_in(&channel, k);
            call->out[i] = scale_of(call, c) * (call->in[i] - channel.mean) / root + shift_of(call, c);
        }
    }
}

void learning_move_statistics(const struct batch_call *call)
{
    double *mean = call->tensors->of[ROLE_MEAN], *variance = call->tensors->of[ROLE_VAR];
    for (int64_t c = 0; c < call->node->shape.c; c++) {
        struct channel channel = find_channel(call, c);
        double n = (double)channel.count;
        mean[c] += momentum * (channel.mean - mean[c]);
        if (channel.count > 1) /* one number has no variance: PyTorch refuses it */
            variance[c] += momentum * (channel.variance * n / (n - 1) - variance[c]);
    }
}

/* With g = w[c]*d_o, and "mean" over the channel:
 *
 *   d_x += (g - mean of g - n*(mean of g*n))/sqrt(v + eps),  d_w[c] += sum of n*d_o,  d_b[c] += sum of d_o */
void learning_backward_BN(const struct batch_call *call)
{
    double *d_w = call->d_tensors->of[ROLE_WEIGHT], *d_b = call->d_tensors->of[ROLE_BIAS];
    for (int64_t c = 0; c < call->node->shape.c; c++) {
        struct channel channel = find_channel(call, c);
        double root = sqrt(channel.variance + call->node->args.eps), w = scale_of(call, c), sum = 0, sum_n = 0;
        for (int64_t k = 0; k < channel.count; k++) {
            int64_t i = index_in(&channel, k);
            sum += call->d_out[i];
            sum_n += call->d_out[i] * (call->in[i] - channel.mean) / root;
        }
        for (int64_t k = 0; k < channel.count; k++) {
            int64_t i = index_in(&channel, k);
            double n = (call->in[i] - channel.mean) / root, count = (double)channel.count;
            call->d_in[i] += w * (call->d_out[i] - sum / count - n * sum_n / count) / root;
        }
        if (d_w)
            d_w[c] += sum_n;
        if (d_b)
            d_b[c] += sum;
    }
}

/* ---- DROPOUT ---- */

/* Number i of the batch is kept and enlarged, or dropped, by number i of a stream of this layer and step. */
static double factor_of(const struct batch_call *call, int64_t i)
{
    double rate = call->node->args.rate;
    uint64_t stream = (call->step << 20) + (uint64_t)call->node->id; /* there are fewer than 2^20 layers */
    double random = reference_uniform(reference_random(call->seed, stream, (uint64_t)i));
    return random >= rate ? 1 / (1 - rate) : 0;
}

void learning_DROPOUT(const struct batch_call *call)
{
    for (int64_t i = 0; i < call->count * shape_elements(call->node->shape); i++)
        call->out[i] = factor_of(call, i) * call->in[i];
}

/* d_x += d_o/(1 - rate) where x was kept */
void learning_backward_DROPOUT(const struct batch_call *call)
{
    for (int64_t i = 0; i < call->count * shape_elements(call->node->shape); i++)
        call->d_in[i] += factor_of(call, i) * call->d_out[i];
}

/* ---- random numbers ---- */

/* The finaliser of SplitMix64, by Steele, Lea and Flood: every bit of the result depends on every bit of x. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

uint64_t reference_random(uint64_t seed, uint64_t stream, uint64_t index)
{
    const uint64_t golden = UINT64_C(0x9E3779B97F4A7C15); /* 2^64 over the golden ratio */
    return mix(mix(mix(seed + golden) + stream) + (index + 1) * golden);
}

double reference_uniform(uint64_t bits)
{
    return (double)(bits >> 40) / 16777216;
}
