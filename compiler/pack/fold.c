/* Folding: w*(conv(x) + b - mean)/sqrt(var + eps) + beta is a convolution with other weights. It is done in double
 * precision, and the result is rounded once. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pack/pack.h"
#include "weights/weights.h"

/* One number a channel, a single one repeated; `fallback` where the layer has no such tensor. */
static bool read_channels(const struct weights *weights, const struct node *node, enum weight_role role,
                          int64_t channels, double fallback, double *values)
{
    const struct weight *weight = node_weight(node->shares ? node->shares : node, role);
    for (int64_t c = 0; c < channels; c++)
        values[c] = fallback;
    if (!weight)
        return true;
    float *raw = heap_array((size_t)weight->count, sizeof *raw);
    bool done = weights_read(weights, weight, raw);
    for (int64_t c = 0; done && c < channels; c++)
        values[c] = (double)raw[weight->count == 1 ? 0 : c];
    free(raw);
    return done;
}

bool fold_channels(const struct weights *weights, const struct node *node, int64_t channels, double *values)
{
    return read_channels(weights, node, ROLE_WEIGHT, channels, 1, values);
}

bool fold_affine(const struct weights *weights, const struct op *op, int64_t channels, double *factor, double *summand)
{
    const struct node *node = op->node;
    if (!read_channels(weights, node, ROLE_WEIGHT, channels, 1, factor) ||
        !read_channels(weights, node, ROLE_BIAS, channels, 0, summand))
        return false;
    if (!node_weight(node, ROLE_MEAN)) /* a SCALE */
        return true;
    double *mean = heap_array(2 * (size_t)channels, sizeof *mean), *var = mean + channels;
    bool done = read_channels(weights, node, ROLE_MEAN, channels, 0, mean) &&
                read_channels(weights, node, ROLE_VAR, channels, 1, var);
    for (int64_t c = 0; done && c < channels; c++) {
        factor[c] /= sqrt(var[c] + op->epsilon);
        summand[c] -= mean[c] * factor[c];
    }
    free(mean);
    return done;
}

static bool fold_all(const struct weights *weights, struct folded *folded)
{
    const struct op *op = folded->op;
    int64_t count = folded->filters;
    double *factor = heap_array(2 * (size_t)count, sizeof *factor), *summand = factor + count;
    bool done = read_channels(weights, op->node, ROLE_BIAS, count, 0, folded->bias);
    for (int64_t k = 0; k < count; k++)
        folded->factor[k] = 1;
    for (size_t i = 0; done && i < op->folded.count; i++) {
        done = fold_affine(weights, op->folded.items[i], count, factor, summand);
        for (int64_t k = 0; done && k < count; k++) {
            folded->factor[k] *= factor[k];
            folded->bias[k] = folded->bias[k] * factor[k] + summand[k];
        }
    }
    free(factor);
    return done;
}

/* Leaves of the weights what the operation takes; the bias goes with the first channels. */
static void take_part(struct folded *folded)
{
    const struct op *op = folded->op;
    const struct part *part = &op->part;
    const struct pair size = op->window.size, first = part->first_tap;
    const int64_t channels = op->inputs.items[0]->shape.c / op->groups, row = folded->row;
    float *to = folded->raw;
    for (int64_t k = 0; k < folded->filters; k++)
        for (int64_t c = part->first_channel; c < part->first_channel + channels; c++)
            for (int64_t y = first.h; y < first.h + size.h; y++, to += size.w)
                memmove(to, folded->raw + k * row + (c * part->window.h + y) * part->window.w + first.w,
                        (size_t)size.w * sizeof *to);
    folded->row = channels * size.h * size.w;
    if (part->first_channel)
        memset(folded->bias, 0, (size_t)folded->filters * sizeof *folded->bias);
}

bool fold_read(const struct weights *weights, const struct op *op, struct folded *folded)
{
    const struct node *owner = op->node->shares ? op->node->shares : op->node;
    const struct weight *weight = node_weight(owner, ROLE_WEIGHT);
    *folded = (struct folded){.op = op, .filters = op->output->shape.c};
    folded->row = weight->count / folded->filters;
    folded->raw = heap_array((size_t)weight->count, sizeof *folded->raw);
    folded->factor = heap_array((size_t)folded->filters, sizeof *folded->factor);
    folded->bias = heap_array((size_t)folded->filters, sizeof *folded->bias);
    if (!weights_read(weights, weight, folded->raw) || !fold_all(weights, folded)) {
        fold_free(folded);
        return false;
    }
    if (op->part.window.h)
        take_part(folded);
    return true;
}

/* A transposed convolution's tensor is [C, K/groups, h, w]: its rows are gathered. */
static void gather_row(const struct folded *folded, int64_t k, float *row)
{
    const struct op *op = folded->op;
    int64_t window = op->window.size.h * op->window.size.w, per_group = folded->filters / op->groups;
    int64_t channels = folded->row / window, group = k / per_group;
    for (int64_t c = 0; c < channels; c++)
        memcpy(row + c * window, folded->raw + ((group * channels + c) * per_group + k % per_group) * window,
               (size_t)window * sizeof *row);
}

static void disconnect(const struct folded *folded, int64_t k, float *row)
{
    const struct op *op = folded->op;
    const struct matrix *connect = op->connect;
    int64_t channels = folded->row / (op->window.size.h * op->window.size.w), window = folded->row / channels;
    int64_t first = k / (folded->filters / op->groups) * channels;
    for (int64_t c = 0; c < channels; c++)
        if (connect->entries[(first + c) * connect->columns + k] == 0)
            memset(row + c * window, 0, (size_t)window * sizeof *row);
}

/* The factor of the input's numbers that weight i of filter k's row multiplies. */
static double input_scale(const struct folded *folded, int64_t k, int64_t i)
{
    const struct op *op = folded->op;
    if (!op->scaled)
        return 1;
    int64_t channels = op->scaled->map.c / op->groups;
    return op->scaled->scale[k / (folded->filters / op->groups) * channels + i / (folded->row / channels)];
}

float fold_half(struct rounded *rounded, float weight)
{
    if (element_is_beyond_half(weight) && !rounded->beyond++)
        rounded->first = weight;
    return (float)element_of_half(element_half(weight));
}

void fold_row(const struct folded *folded, int64_t k, float *row)
{
    if (folded->op->kind == OP_TRANSPOSED)
        gather_row(folded, k, row);
    else
        memcpy(row, folded->raw + k * folded->row, (size_t)folded->row * sizeof *row);
    if (folded->op->connect)
        disconnect(folded, k, row);
    if (folded->op->folded.count || folded->op->scaled)
        for (int64_t i = 0; i < folded->row; i++)
            row[i] = (float)((double)row[i] * folded->factor[k] * input_scale(folded, k, i));
    for (int64_t i = 0; folded->rounded && i < folded->row; i++)
        row[i] = fold_half(folded->rounded, row[i]);
}

void fold_free(struct folded *folded)
{
    free(folded->raw);
    free(folded->factor);
    free(folded->bias);
    *folded = (struct folded){0};
}
