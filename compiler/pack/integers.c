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

/* Weight of a filter of a group at a tap of a channel, which there may not be. */
static int32_t weight_at(const struct linear *l, int64_t group, int64_t filter, int64_t channel, int64_t tap)
{
    const struct op *op = l->op;
    const int64_t filters = l->filters / op->groups, taps = op->window.size.h * op->window.size.w;
    if (filter >= filters || channel >= l->row / taps)
        return 0;
    return (int32_t)l->weight[(group * filters + filter) * l->row + channel * taps + tap];
}

static void put_pairs(const struct linear *l, int64_t block, pack_put *put, void *context)
{
    const struct op *op = l->op;
    const int64_t taps = op->window.size.h * op->window.size.w, channels = l->row / taps;
    for (int64_t g = 0; g < op->groups; g++)
        for (int64_t k = 0; k < l->filters / op->groups; k += block)
            for (int64_t c = 0; c < channels; c += 2)
                for (int64_t tap = 0; tap < taps; tap++)
                    for (int64_t f = k; f < k + block; f++) {
                        const uint32_t first = (uint32_t)weight_at(l, g, f, c, tap) & 0xFFFF;
                        const uint32_t second = (uint32_t)weight_at(l, g, f, c + 1, tap) << 16;
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

static bool put_linear(const struct plan *plan, const struct pack *pack, pack_put *put, void *context)
{
    struct linear l;
    const bool read = linear_read(plan->arena, plan->options.types, pack->op, &l);
    if (read && pack->form == PACK_INTEGERS)
        put_rows(&l, put, context);
    else if (read && pack->form == PACK_PAIRS)
        put_pairs(&l, pack->block, put, context);
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
