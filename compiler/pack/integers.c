/* Integers of a quantised network in the order of its code: weights, the factors that bring sums to the scale of the
 * result, tables. */
#include "pack/integers.h"

#include <stdlib.h>
#include <string.h>

#include "pack/interleaved.h"
#include "quantise/linear.h"
#include "quantise/quantise.h"

/* ---- linear operations ---- */

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

static void put_factors(const struct linear *l, pack_put *put, void *context)
{
    int32_t *numbers = heap_array(3 * (size_t)l->filters, sizeof *numbers);
    for (int64_t k = 0; k < l->filters; k++) {
        const struct multiplier m = linear_multiplier(l, k);
        numbers[k] = linear_first(l, k);
        numbers[l->filters + k] = m.number;
        numbers[2 * l->filters + k] = m.shift;
    }
    put(context, ELEMENT_S32, numbers, 3 * l->filters);
    free(numbers);
}

/* Numbers of 64 bits, the lower half of each first. */
static void put_halves(const int64_t *numbers, int64_t count, pack_put *put, void *context)
{
    for (int64_t i = 0; i < count; i++) {
        const uint64_t number = (uint64_t)numbers[i];
        const uint32_t halves[2] = {(uint32_t)number, (uint32_t)(number >> 32)};
        put(context, ELEMENT_S32, halves, 2);
    }
}

/* Those of 16 filters of a group, of which there may be fewer. */
static void put_ends(const struct linear *l, int64_t filters, pack_put *put, void *context)
{
    enum { B = 16 };
    for (int64_t first = 0; first < l->filters; first += filters)
        for (int64_t k = first; k < first + filters; k += B) {
            int32_t ends[4][B] = {{0}};
            for (int64_t i = 0; i < B && k + i < first + filters; i++) {
                const struct multiplier m = linear_multiplier(l, k + i);
                ends[0][i] = linear_first(l, k + i);
                ends[1][i] = m.number;
                ends[2][i] = m.shift > 0 ? m.shift : 0;
                ends[3][i] = m.shift > 0 ? 0 : -m.shift;
            }
            put(context, ELEMENT_S32, ends, 4 * B);
        }
}

/* The same of sums that are known to be small. */
static void put_bounded_ends(const struct linear *l, int64_t filters, pack_put *put, void *context)
{
    enum { B = 16 };
    const bool twice = linear_goes_below(l->op);
    for (int64_t first = 0; first < l->filters; first += filters)
        for (int64_t k = first; k < first + filters; k += B) {
            int32_t ends[5][B] = {{0}};
            int64_t summands[2][B / 2] = {{0}};
            for (int64_t i = 0; i < B; i++) {
                struct bounded b = {0, 0, 1, 0};
                if (k + i < first + filters) {
                    linear_bounded(l, k + i, &b);
                    ends[0][i] = linear_first(l, k + i);
                }
                ends[1][i] = b.multiplier;
                ends[2][i / 2 * 2] = b.multiplier;
                ends[3][i] = b.right;
                ends[4][i] = b.summand;
                summands[i % 2][i / 2] = ((INT64_C(1) << 30) + b.summand * (INT64_C(1) << 31)) * (twice ? 2 : 1);
            }
            put(context, ELEMENT_S32, ends, 5 * B);
            put_halves(summands[0], B, put, context);
        }
}

static bool put_linear(const struct plan *plan, const struct pack *pack, pack_put *put, void *context)
{
    struct linear l;
    const bool read = linear_read(plan->arena, plan->options.types, pack->op, &l);
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
    else if (read && pack->form == PACK_BOUNDED_ENDS)
        put_bounded_ends(&l, pack->block, put, context);
    else if (read && pack_is_interleaved(pack->form))
        put_interleaved(&l, pack, put, context);
    else if (read && pack->form == PACK_FILTERS)
        put_filters(&l, (enum bounds)pack->block, put, context);
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
