/* Weights of a quantised network side by side. Two filters are summed up at a time, so that what is read of the image
 * serves both, from words that hold two weights of each: the processor widens the first and third byte of a word with
 * one instruction, the second and fourth with another, and multiplies pairs. Where filters, or channels, are odd in
 * number, the last two overlap with the pair before them; one alone is both. */
#include "pack/interleaved.h"

#include "quantise/quantise.h"

static int64_t round_up(int64_t count, int64_t unit)
{
    return (count + unit - 1) / unit * unit;
}

/* The filters, or channels, of a pair. */
struct two {
    int64_t first, second;
};

static struct two pair_of(int64_t start, int64_t count)
{
    if (count == 1)
        return (struct two){0, 0};
    const int64_t first = start < count - 2 ? start : count - 2;
    return (struct two){first, first + 1};
}

/* A weight of a filter; 0 for a map that there is none of. */
static signed char weight_of(const struct linear *l, int64_t filter, int64_t map, int64_t tap)
{
    const struct op *op = l->op;
    const int64_t taps = op->kind == OP_DENSE ? 1 : op->window.size.h * op->window.size.w, maps = l->row / taps;
    return (signed char)(map < maps ? l->weight[filter * l->row + map * taps + tap] : 0);
}

/* A row of the window of both filters: taps of `pitch' maps each. */
static void put_row(const struct linear *l, struct two k, int64_t row, int64_t pitch, pack_put *put, void *context)
{
    const int64_t width = l->op->window.size.w, length = round_up(width * pitch, 4);
    for (int64_t i = 0; i < length; i++) {
        const int64_t tap = row * width + i / pitch;
        const bool real = i / pitch < width;
        const signed char both[2] = {real ? weight_of(l, k.first, i % pitch, tap) : 0,
                                     real ? weight_of(l, k.second, i % pitch, tap) : 0};
        put(context, ELEMENT_S8, both, 2);
    }
}

static void put_taps(const struct linear *l, struct two k, pack_put *put, void *context)
{
    const int64_t taps = l->op->window.size.h * l->op->window.size.w, maps = l->row / taps;
    for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t c = 0; c < round_up(maps, 4); c++) {
            const signed char both[2] = {weight_of(l, k.first, c, tap), weight_of(l, k.second, c, tap)};
            put(context, ELEMENT_S8, both, 2);
        }
}

static void put_channels(const struct linear *l, struct two c, pack_put *put, void *context)
{
    const int64_t height = l->op->window.size.h, width = l->op->window.size.w;
    for (int64_t i = 0; i < height; i++)
        for (int64_t j = 0; j < width; j += 2) {
            const int64_t tap = i * width + j;
            const bool last = j + 1 == width;
            const signed char word[4] = {weight_of(l, c.first, 0, tap), last ? 0 : weight_of(l, c.first, 0, tap + 1),
                                         weight_of(l, c.second, 0, tap), last ? 0 : weight_of(l, c.second, 0, tap + 1)};
            put(context, ELEMENT_S8, word, 4);
        }
}

/* Numbers come in by pixels, weights lie by maps: which one meets number n. */
static int64_t by_pixels(struct shape in, int64_t n)
{
    return n % in.c * in.h * in.w + n / in.c;
}

static void put_quads(const struct linear *l, int64_t side, pack_put *put, void *context)
{
    const struct shape in = l->op->inputs.items[0]->shape;
    for (int64_t k = 0; k < l->filters; k += side) {
        const int64_t first = k < l->filters - side ? k : l->filters - side;
        for (int64_t i = 0; i < l->row; i += 4)
            for (int64_t f = 0; f < side; f++)
                for (int64_t n = i; n < i + 4; n++) {
                    const double *row = l->weight + (first + f) * l->row;
                    const signed char weight = (signed char)(n < l->row ? row[by_pixels(in, n)] : 0);
                    put(context, ELEMENT_S8, &weight, 1);
                }
    }
}

bool pack_is_interleaved(enum pack_form form)
{
    return form == PACK_ROW_PAIRS || form == PACK_TAP_PAIRS || form == PACK_CHANNEL_PAIRS || form == PACK_INPUT_QUADS;
}

void put_interleaved(const struct linear *l, const struct pack *pack, pack_put *put, void *context)
{
    const struct op *op = l->op;
    if (pack->form == PACK_INPUT_QUADS) {
        put_quads(l, pack->block, put, context);
        return;
    }
    const bool channels = pack->form == PACK_CHANNEL_PAIRS;
    const int64_t groups = channels ? 1 : op->groups, filters = l->filters / groups;
    for (int64_t g = 0; g < groups; g++)
        for (int64_t k = 0; k < filters; k += 2) {
            const struct two pair = pair_of(k, filters), both = {g * filters + pair.first, g * filters + pair.second};
            if (channels)
                put_channels(l, both, put, context);
            else if (pack->form == PACK_TAP_PAIRS)
                put_taps(l, both, put, context);
            else
                for (int64_t row = 0; row < op->window.size.h; row++)
                    put_row(l, both, row, pack->block, put, context);
        }
}

/* The shift as code takes it: shifts by a register look at its lowest byte alone, and the sign says whether to
 * round. */
static int32_t shift_word(const struct bounded *b, enum bounds bounds)
{
    const uint32_t word = (uint32_t)b->right | (uint32_t)(b->left + 1) << 8 | (b->right ? UINT32_C(1) << 31 : 0);
    return bounds == BOUNDS_RIGHT ? b->right : (int32_t)word;
}

void put_filters(const struct linear *l, enum bounds bounds, pack_put *put, void *context)
{
    for (int64_t k = 0; k < l->filters; k++) {
        const struct multiplier m = linear_multiplier(l, k);
        int32_t numbers[4] = {linear_first(l, k), m.number, m.shift, 0};
        struct bounded b;
        if (bounds != BOUNDS_NONE && linear_bounded(l, k, &b) != BOUNDS_NONE) { /* which the planner has asked before */
            numbers[1] = b.multiplier;
            numbers[2] = shift_word(&b, bounds);
            numbers[3] = b.summand;
        }
        put(context, ELEMENT_S32, numbers, 4);
    }
}
