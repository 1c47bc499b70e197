/* The integers of a linear operation, from the tensors of its layer. */
#include "quantise/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "quantise/quantise.h"
#include "quantise/types.h"
#include "weights/weights.h"

static double *read_tensor(struct arena *arena, const struct types *types, const struct op *op, const char *suffix,
                           int64_t *count)
{
    const struct named_tensor *tensor = type_tensor(arena, types, op->node, suffix);
    *count = tensor ? tensor->count : 0;
    double *values = heap_array((size_t)*count + 1, sizeof *values);
    if (tensor && weights_read_exactly(types->weights, tensor, values))
        return values;
    free(values);
    return NULL;
}

void linear_free(struct linear *l)
{
    free(l->weight);
    free(l->scale);
    free(l->bias);
}

/* A filter's connections that are missing are zeros. */
static void disconnect(const struct linear *l, int64_t filter)
{
    const struct op *op = l->op;
    const struct matrix *connect = op->connect;
    const int64_t window = op->window.size.h * op->window.size.w, channels = l->row / window;
    const int64_t first = filter / (l->filters / op->groups) * channels;
    for (int64_t c = 0; c < channels; c++)
        if (connect->entries[(first + c) * connect->columns + filter] == 0)
            memset(l->weight + filter * l->row + c * window, 0, (size_t)window * sizeof *l->weight);
}

/* The weights of each filter of a transposed convolution, one after another. */
static void gather_rows(struct linear *l)
{
    double *rows = heap_array((size_t)(l->filters * l->row) + 1, sizeof *rows);
    for (int64_t k = 0; k < l->filters; k++)
        for (int64_t i = 0; i < l->row; i++)
            rows[k * l->row + i] = l->weight[type_weight_index(l->op->node, k, i, l->row)];
    free(l->weight);
    l->weight = rows;
}

bool linear_read(struct arena *arena, const struct types *types, const struct op *op, struct linear *l)
{
    int64_t count, biases;
    *l = (struct linear){.op = op, .filters = op->output->shape.c};
    l->weight = read_tensor(arena, types, op, "weight", &count);
    l->scale = read_tensor(arena, types, op, "weight_scale", &l->scales);
    l->bias = read_tensor(arena, types, op, "bias", &biases);
    l->row = count / l->filters;
    if (l->weight && op->kind == OP_TRANSPOSED)
        gather_rows(l);
    for (int64_t k = 0; l->weight && op->connect && k < l->filters; k++)
        disconnect(l, k);
    return l->weight && l->scale && (l->bias || !biases);
}

struct multiplier linear_multiplier(const struct linear *l, int64_t filter)
{
    const struct op *op = l->op;
    const float in = value_scale(op->inputs.items[0]), out = value_scale(op->output),
                weight = (float)l->scale[l->scales == 1 ? 0 : filter];
    if (op->output->quantisation->even)
        return multiplier_even(in, weight, out);
    return multiplier_of(multiplier_linear(in, weight, out, op->kind == OP_DENSE && l->scales == 1));
}

int32_t linear_first(const struct linear *l, int64_t filter)
{
    double sum = 0;
    for (int64_t i = 0; i < l->row && l->op->kind != OP_TRANSPOSED; i++)
        sum += l->weight[filter * l->row + i];
    return (int32_t)((l->bias ? l->bias[filter] : 0) - sum * value_zero(l->op->inputs.items[0]));
}

static double bounded(const struct op *op, double x)
{
    return x < op->low ? op->low : x > op->high ? op->high : x;
}

/* A product of floats, as ONNX has it. */
static double even_result(const struct op *op, struct multiplier m, int32_t sum)
{
    const int32_t zero = value_zero(op->output);
    float factor;
    memcpy(&factor, &m.number, sizeof factor);
    const float product = (float)((double)(float)sum * (double)factor);
    return bounded(op, nearbyint((double)product) + zero); /* halves go to the even integer */
}

bool linear_result(const struct linear *l, int64_t filter, int32_t sum, double *result)
{
    const struct multiplier m = linear_multiplier(l, filter);
    if (l->op->output->quantisation->even) {
        *result = even_result(l->op, m, sum);
        return true;
    }
    if (m.shift > 0 && (m.shift > MULTIPLIER_MOST_SHIFT || llabs(sum) >= INT64_C(1) << (31 - m.shift)))
        return false;
    *result = bounded(l->op, multiplier_apply(m, sum) + (double)value_zero(l->op->output));
    return true;
}

/* ---- sums that are known to be small ---- */

enum bounds multiplier_bounded(struct multiplier m, int64_t most, int32_t zero, struct bounded *result)
{
    enum { MOST_RIGHT = 22 /* so that the zero point stays below 2^29 */, BITS = 30 };
    const int left = m.shift > 0 ? m.shift : 0, right = m.shift < 0 ? -m.shift : 0;
    if (left > BITS || most >= INT64_C(1) << (BITS - left))
        return BOUNDS_NONE;
    /* What always rounds to zero may as well be zero from the start. */
    if (m.number == 0 || (right > 1 && (most * m.number >> 31) + 1 < INT64_C(1) << (right - 1))) {
        *result = (struct bounded){0, 0, 1, 1 + 2 * zero};
        return BOUNDS_RIGHT;
    }
    if (right > MOST_RIGHT)
        return BOUNDS_NONE;
    *result = (struct bounded){m.number, left, right, (right ? 1 << (right - 1) : 0) + zero * (1 << right)};
    return right ? BOUNDS_RIGHT : BOUNDS_BOTH;
}

bool linear_goes_below(const struct op *op)
{
    return op->low < value_zero(op->output);
}

/* The largest size of the filter's sums, whatever comes in. */
static int64_t largest_sum(const struct linear *l, int64_t filter)
{
    const double zero = value_zero(l->op->inputs.items[0]);
    double low = l->bias ? l->bias[filter] : 0, high = low;
    for (int64_t i = 0; i < l->row; i++) {
        const double w = l->weight[filter * l->row + i], a = w * (-128 - zero), b = w * (127 - zero);
        low += a < b ? a : b;
        high += a < b ? b : a;
    }
    return (int64_t)(-low > high ? -low : high);
}

enum bounds linear_bounded(const struct linear *l, int64_t filter, struct bounded *result)
{
    return multiplier_bounded(linear_multiplier(l, filter), largest_sum(l, filter), value_zero(l->op->output), result);
}

enum bounds linear_bounds(struct arena *arena, const struct types *types, const struct op *op)
{
    struct linear l;
    struct bounded ignored;
    enum bounds all = linear_read(arena, types, op, &l) ? BOUNDS_RIGHT : BOUNDS_NONE;
    for (int64_t k = 0; all != BOUNDS_NONE && k < l.filters; k++) {
        const enum bounds one = linear_bounded(&l, k, &ignored);
        all = one == BOUNDS_RIGHT ? all : one;
    }
    linear_free(&l);
    return all;
}
