/* Integers of a quantised network in the order of its code: weights, the factors that bring sums to the scale of the
 * result, tables. */
#include "pack/integers.h"

#include <stdlib.h>
#include <string.h>

#include "quantise/multiplier.h"
#include "quantise/quantise.h"
#include "quantise/types.h"
#include "weights/weights.h"

/* ---- linear operations ---- */

struct linear {
    const struct op *op;
    int64_t filters, row, scales;
    double *weight, *scale, *bias; /* bias NULL: zeros */
};

static double *read_tensor(const struct plan *plan, const struct op *op, const char *suffix, int64_t *count)
{
    const struct types *types = plan->options.types;
    const struct named_tensor *tensor = type_tensor(plan->arena, types, op->node, suffix);
    *count = tensor ? tensor->count : 0;
    double *values = heap_array((size_t)*count + 1, sizeof *values);
    if (tensor && weights_read_exactly(types->weights, tensor, values))
        return values;
    free(values);
    return NULL;
}

static void linear_free(struct linear *l)
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

static bool linear_read(const struct plan *plan, const struct op *op, struct linear *l)
{
    int64_t count, biases;
    *l = (struct linear){.op = op, .filters = op->output->shape.c};
    l->weight = read_tensor(plan, op, "weight", &count);
    l->scale = read_tensor(plan, op, "weight_scale", &l->scales);
    l->bias = read_tensor(plan, op, "bias", &biases);
    l->row = count / l->filters;
    if (l->weight && op->kind == OP_TRANSPOSED)
        gather_rows(l);
    for (int64_t k = 0; l->weight && op->connect && k < l->filters; k++)
        disconnect(l, k);
    return l->weight && l->scale && (l->bias || !biases);
}

static void put_rows(const struct linear *l, pack_put *put, void *context)
{
    signed char *row = heap_array((size_t)l->row, sizeof *row);
    for (int64_t k = 0; k < l->filters; k++) {
        for (int64_t i = 0; i < l->row; i++)
            row[i] = (signed char)l->weight[k * l->row + i];
        put(context, ELEMENT_S8, row, l->row);
    }
    free(row);
}

static int64_t taps_of(const struct op *op)
{
    return op->kind == OP_CONVOLUTION ? op->window.size.h * op->window.size.w : 1;
}

/* Weight of a filter of a group at a tap of a channel, which there may not be. */
static int32_t weight_at(const struct linear *l, int64_t group, int64_t filter, int64_t channel, int64_t tap)
{
    const struct op *op = l->op;
    const int64_t filters = l->filters / op->groups, taps = taps_of(op);
    if (filter >= filters || channel >= l->row / taps)
        return 0;
    return (int32_t)l->weight[(group * filters + filter) * l->row + channel * taps + tap];
}

/* Four channels of 16 filters at a tap: two of each filter, then the other two. */
static void put_quad(const struct linear *l, int64_t group, int64_t filter, int64_t channel, int64_t tap, pack_put *put,
                     void *context)
{
    enum { B = 16, PAIRS = 2 };
    signed char quad[PAIRS * B * 2];
    for (int64_t i = 0; i < (int64_t)sizeof quad; i++)
        quad[i] = (signed char)weight_at(l, group, filter + i / 2 % B, channel + i / (2 * B) * 2 + i % 2, tap);
    put(context, ELEMENT_S8, quad, sizeof quad);
}

static void put_quads(const struct linear *l, int64_t block, pack_put *put, void *context)
{
    const int64_t taps = taps_of(l->op), channels = l->row / taps;
    for (int64_t g = 0; g < l->op->groups; g++)
        for (int64_t k = 0; k < l->filters / l->op->groups; k += block)
            for (int64_t tap = 0; tap < taps; tap++)
                for (int64_t c = 0; c < channels; c += 4)
                    put_quad(l, g, k, c, tap, put, context);
}

/* Each channel's taps in pairs, one above the other. */
static void put_depth_pairs(const struct linear *l, int64_t count, pack_put *put, void *context)
{
    const struct pair size = l->op->window.size;
    const int64_t channels = count / ((size.h + 1) / 2) / size.w;
    for (int64_t i = 0; i < size.h; i += 2)
        for (int64_t j = 0; j < size.w; j++)
            for (int64_t c = 0; c < channels; c++) {
                const bool real = c < l->filters, both = real && i + 1 < size.h;
                const int32_t first = real ? weight_at(l, c, 0, 0, i * size.w + j) : 0;
                const int32_t second = both ? weight_at(l, c, 0, 0, (i + 1) * size.w + j) : 0;
                put(context, ELEMENT_S32, &(uint32_t){((uint32_t)first & 0xFFFF) | (uint32_t)second << 16}, 1);
            }
}

/* ---- Winograd's F(4x4,3x3): rows of its matrix times 4, 6, 6, 24, 24 and 1, so that all is integers ---- */

enum { WINOGRAD_SIDE = 6 };

static const int32_t winograd_rows[WINOGRAD_SIDE][3] = {{1, 0, 0}, {-1, -1, -1}, {-1, 1, -1},
                                                        {1, 2, 4}, {1, -2, 4},   {0, 0, 1}};

static int32_t winograd_weight(const struct linear *l, int64_t filter, int64_t channel, int64_t position)
{
    const int32_t *above = winograd_rows[position / WINOGRAD_SIDE], *beside = winograd_rows[position % WINOGRAD_SIDE];
    int32_t sum = 0;
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            sum += above[i] * beside[j] * weight_at(l, 0, filter, channel, 3 * i + j);
    return sum;
}

static void put_winograd(const struct linear *l, int64_t block, pack_put *put, void *context)
{
    const int64_t channels = (l->row / 9 + 15) / 16 * 16;
    for (int64_t k = 0; k < l->filters; k += block)
        for (int64_t position = 0; position < (int64_t)WINOGRAD_SIDE * WINOGRAD_SIDE; position++)
            for (int64_t c = 0; c < channels; c += 2)
                for (int64_t f = k; f < k + block; f++) {
                    const uint32_t first = (uint32_t)winograd_weight(l, f, c, position) & 0xFFFF;
                    const uint32_t second = (uint32_t)winograd_weight(l, f, c + 1, position) << 16;
                    put(context, ELEMENT_S32, &(uint32_t){first | second}, 1);
                }
}

static struct multiplier factor_of(const struct linear *l, int64_t filter)
{
    const struct op *op = l->op;
    const float in = value_scale(op->inputs.items[0]), out = value_scale(op->output),
                weight = (float)l->scale[l->scales == 1 ? 0 : filter];
    if (op->output->quantisation->even)
        return multiplier_even(in, weight, out);
    return multiplier_of(multiplier_linear(in, weight, out, op->kind == OP_DENSE && l->scales == 1));
}

/* The input's numbers are multiplied as they are; what its zero point adds is taken off from the start, where all of a
 * filter's weights meet some of them. */
static int32_t first_summand(const struct linear *l, int64_t filter)
{
    double sum = 0;
    for (int64_t i = 0; i < l->row && l->op->kind != OP_TRANSPOSED; i++)
        sum += l->weight[filter * l->row + i];
    return (int32_t)((l->bias ? l->bias[filter] : 0) - sum * value_zero(l->op->inputs.items[0]));
}

static void put_factors(const struct linear *l, pack_put *put, void *context)
{
    int32_t *numbers = heap_array(3 * (size_t)l->filters, sizeof *numbers);
    for (int64_t k = 0; k < l->filters; k++) {
        const struct multiplier m = factor_of(l, k);
        numbers[k] = first_summand(l, k);
        numbers[l->filters + k] = m.number;
        numbers[2 * l->filters + k] = m.shift;
    }
    put(context, ELEMENT_S32, numbers, 3 * l->filters);
    free(numbers);
}

/* Those of 16 filters of a group, of which there may be fewer. */
static void put_ends(const struct linear *l, int64_t filters, pack_put *put, void *context)
{
    enum { B = 16 };
    for (int64_t first = 0; first < l->filters; first += filters)
        for (int64_t k = first; k < first + filters; k += B) {
            int32_t ends[4][B] = {{0}};
            for (int64_t i = 0; i < B && k + i < first + filters; i++) {
                const struct multiplier m = factor_of(l, k + i);
                ends[0][i] = first_summand(l, k + i);
                ends[1][i] = m.number;
                ends[2][i] = m.shift > 0 ? m.shift : 0;
                ends[3][i] = m.shift > 0 ? 0 : -m.shift;
            }
            put(context, ELEMENT_S32, ends, 4 * B);
        }
}

static bool put_linear(const struct plan *plan, const struct pack *pack, pack_put *put, void *context)
{
    struct linear l;
    const bool read = linear_read(plan, pack->op, &l);
    if (read && pack->form == PACK_INTEGERS)
        put_rows(&l, put, context);
    else if (read && pack->form == PACK_QUADS)
        put_quads(&l, pack->block, put, context);
    else if (read && pack->form == PACK_DEPTH_PAIRS)
        put_depth_pairs(&l, pack->count, put, context);
    else if (read && pack->form == PACK_WINOGRAD_PAIRS)
        put_winograd(&l, pack->block, put, context);
    else if (read && pack->form == PACK_ENDS)
        put_ends(&l, pack->block, put, context);
    else if (read)
        put_factors(&l, put, context);
    linear_free(&l);
    return read;
}

/* ---- tables ---- */

static void put_bytes(const struct pack *pack, pack_put *put, void *context)
{
    signed char table[256];
    for (int64_t c = 0; c < pack->count / 256; c++) {
        quantise_bytes(pack->op, c, table);
        put(context, ELEMENT_S8, table, 256);
    }
}

bool pack_put_integers(const struct plan *plan, const struct pack *pack, pack_put *put, void *context)
{
    signed char table[256];
    int32_t exponentials[256];
    switch (pack->form) {
    case PACK_TABLE:
        quantise_table(pack->op, table);
        put(context, ELEMENT_S8, table, 256);
        return true;
    case PACK_BYTES: put_bytes(pack, put, context); return true;
    case PACK_EXPONENTIALS:
        quantise_exponentials(pack->op, exponentials);
        put(context, ELEMENT_S32, exponentials, 256);
        return true;
    default: return put_linear(plan, pack, put, context);
    }
}
