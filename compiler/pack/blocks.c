/* Weights for vectors: blocks of filters, padded with zeros, in the order in which the kernels walk them; for
 * Winograd's algorithm already transformed. Values arrive folded; nothing here knows about files. */
#include "pack/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "plan/phases.h"

/* So many channels, padded to whole blocks. */
static int64_t padded(const struct pack *pack, int64_t channels)
{
    return layout_blocks(channels, pack->block) * pack->block;
}

/* How many groups are packed as one; their filters follow one another. */
static int64_t merged_groups(const struct pack *pack)
{
    return pack->merged > 1 ? pack->merged : 1;
}

/* The weights as they are packed: a row of merged groups has a part for each of the groups. */
static struct folded widened(const struct pack *pack, const struct folded *folded)
{
    struct folded wide = *folded;
    wide.row *= merged_groups(pack);
    return wide;
}

/* Reads the rows of up to `count` filters from `first` on, as wide as they are packed; those beyond the last, and the
 * parts of other groups, are zero. */
static void read_rows(const struct pack *pack, const struct folded *wide, int64_t first, int64_t count, float *rows)
{
    struct folded narrow = *wide;
    int64_t merged = merged_groups(pack), per_group = merged > 1 ? wide->filters / wide->op->groups : wide->filters;
    narrow.row /= merged;
    memset(rows, 0, (size_t)(count * wide->row) * sizeof *rows);
    for (int64_t k = first; k < first + count && k < wide->filters; k++)
        fold_row(&narrow, k, rows + (k - first) * wide->row + k / per_group % merged * narrow.row);
}

/* Where the numbers of a block of filters for one channel and tap begin. */
static int64_t direct_position(const struct pack *pack, int64_t channels, int64_t taps, int64_t c, int64_t tap)
{
    int64_t block = pack->block;
    bool blocked = pack->form == PACK_DIRECT_BLOCKED;
    return (blocked ? (c / block * taps + tap) * block + c % block : tap * channels + c) * block;
}

static int64_t permute_direct(const struct pack *pack, const struct folded *folded, const float *rows, float *out)
{
    const struct pair *window = &pack->op->window.size;
    int64_t taps = window->h * window->w, channels = folded->row / taps;
    int64_t count = (pack->form == PACK_DIRECT_BLOCKED ? padded(pack, channels) : channels) * taps * pack->block;
    memset(out, 0, (size_t)count * sizeof *out);
    for (int64_t c = 0; c < channels; c++)
        for (int64_t tap = 0; tap < taps; tap++)
            for (int64_t k = 0; k < pack->block; k++)
                out[direct_position(pack, channels, taps, c, tap) + k] = rows[k * folded->row + c * taps + tap];
    return count;
}

/* The taps of one phase, which is a convolution by itself. Returns how many numbers they are. */
static int64_t permute_phase(const struct pack *pack, const struct folded *folded, const struct phases *down,
                             const struct phases *across, struct pair phase, const float *rows, float *out)
{
    int64_t block = pack->block, window = down->window * across->window, channels = folded->row / window;
    int64_t height = phase_taps(down, phase.h), width = phase_taps(across, phase.w), taps = height * width;
    bool blocked = pack->form == PACK_PHASES_BLOCKED;
    for (int64_t c = 0; c < channels; c++)
        for (int64_t tap = 0; tap < taps; tap++) {
            int64_t from = phase_tap(down, phase.h, tap / width) * across->window +
                           phase_tap(across, phase.w, tap % width);
            int64_t to = blocked ? (c / block * taps + tap) * block + c % block : tap * channels + c;
            for (int64_t k = 0; k < block; k++)
                out[to * block + k] = rows[k * folded->row + c * window + from];
        }
    return (blocked ? padded(pack, channels) : channels) * taps * block;
}

static int64_t permute_phases(const struct pack *pack, const struct folded *folded, const float *rows, float *out)
{
    struct phases down, across;
    int64_t count = 0, all = (pack->count / padded(pack, folded->filters) - 1) * pack->block;
    memset(out, 0, (size_t)all * sizeof *out);
    if (!phases_along(pack->op, AXIS_H, &down) || !phases_along(pack->op, AXIS_W, &across))
        return 0;
    for (int64_t y = 0; y < down.phases; y++)
        for (int64_t x = 0; x < across.phases; x++)
            count += permute_phase(pack, folded, &down, &across, (struct pair){y, x}, rows, out + count);
    return count;
}

static int64_t permute_depthwise(const struct pack *pack, const struct folded *folded, const float *rows, float *out)
{
    for (int64_t tap = 0; tap < folded->row; tap++)
        for (int64_t k = 0; k < pack->block; k++)
            out[tap * pack->block + k] = rows[k * folded->row + tap];
    return folded->row * pack->block;
}

/* ---- Winograd: U = G g G', in double precision ---- */

enum { MOST_SIDE = 6, MOST_TAPS = 5 };

/* A row of G is scale * (1, point, point^2, ...); the last one is the point at infinity. */
static const struct {
    double point, scale;
} points6[5] = {{0, 64.0 / 81}, {0.75, -128.0 / 243}, {-0.75, -128.0 / 243}, {1.5, 32.0 / 243}, {-1.5, 32.0 / 243}},
  points4[3] = {{0, 1}, {1, 0.5}, {-1, 0.5}};

struct winograd {
    int side, taps; /* positions and window along one axis */
    double g[MOST_SIDE][MOST_TAPS];
};

static struct winograd winograd_of(enum pack_form form)
{
    struct winograd w = {form == PACK_WINOGRAD2 ? 4 : 6, form == PACK_WINOGRAD2_5 ? 5 : 3, {{0}}};
    for (int i = 0; i + 1 < w.side; i++) {
        double point = w.side == 6 ? points6[i].point : points4[i].point;
        double power = w.side == 6 ? points6[i].scale : points4[i].scale;
        for (int x = 0; x < w.taps; x++, power *= point)
            w.g[i][x] = power;
    }
    w.g[w.side - 1][w.taps - 1] = 1;
    return w;
}

/* Columns first, then rows. */
static void transform(const struct winograd *w, const float *kernel, double *out)
{
    double half[MOST_SIDE][MOST_TAPS] = {{0}};
    for (int i = 0; i < w->side; i++)
        for (int x = 0; x < w->taps; x++)
            for (int y = 0; y < w->taps; y++)
                half[i][x] += w->g[i][y] * (double)kernel[y * w->taps + x];
    for (int i = 0; i < w->side; i++)
        for (int j = 0; j < w->side; j++) {
            double sum = 0;
            for (int x = 0; x < w->taps; x++)
                sum += half[i][x] * w->g[j][x];
            out[i * w->side + j] = sum;
        }
}

static int64_t permute_winograd(const struct pack *pack, const struct folded *folded, const float *rows, float *out)
{
    const struct winograd w = winograd_of(pack->form);
    int positions = w.side * w.side, taps = w.taps * w.taps;
    int64_t channels = folded->row / taps, block = pack->block, plane = padded(pack, channels) * block;
    double transformed[MOST_SIDE * MOST_SIDE] = {0};
    memset(out, 0, (size_t)(positions * plane) * sizeof *out);
    for (int64_t c = 0; c < channels; c++)
        for (int64_t k = 0; k < block; k++) {
            transform(&w, rows + k * folded->row + c * taps, transformed);
            for (int p = 0; p < positions; p++)
                out[p * plane + c * block + k] = (float)transformed[p];
        }
    return positions * plane;
}

/* ---- FC ---- */

/* Inputs in the order in which a blocked tensor holds them. */
static int64_t dense_input(const struct pack *pack, int64_t index)
{
    struct shape shape = pack->op->inputs.items[0]->shape;
    int64_t block = pack->block, pixels = shape.h * shape.w, pixel = index / block % pixels;
    int64_t channel = index / block / pixels * block + index % block;
    return channel < shape.c ? channel * pixels + pixel : -1;
}

static int64_t permute_dense(const struct pack *pack, const struct folded *folded, const float *rows, int64_t width,
                             float *out)
{
    bool blocked = pack->form == PACK_DENSE_BLOCKED;
    struct shape shape = pack->op->inputs.items[0]->shape;
    int64_t inputs = blocked ? padded(pack, shape.c) * shape.h * shape.w : folded->row;
    for (int64_t i = 0; i < inputs; i++) {
        int64_t from = blocked ? dense_input(pack, i) : i;
        for (int64_t k = 0; k < width; k++)
            out[i * width + k] = from < 0 ? 0 : rows[k * folded->row + from];
    }
    return inputs * width;
}

/* Inputs come by pixels. */
static int64_t permute_pixels(const struct pack *pack, const struct folded *folded, const float *rows, float *out)
{
    const struct shape shape = pack->op->inputs.items[0]->shape;
    for (int64_t i = 0; i < folded->row; i++)
        for (int64_t k = 0; k < pack->block; k++)
            out[i * pack->block + k] = rows[k * folded->row + i % shape.c * shape.h * shape.w + i / shape.c];
    return folded->row * pack->block;
}

/* [input/B][output][B inputs]: one pass over all filters. */
static int64_t permute_dots(const struct pack *pack, const struct folded *folded, const float *rows, float *out)
{
    const struct function *sloped[2];
    int64_t filters = folded->filters, block = pack->block;
    int64_t behind = block * (1 + op_sloped(pack->op, sloped)); /* biases and slopes, a block each */
    int64_t inputs = (pack->count - behind) / filters;
    for (int64_t i = 0; i < inputs; i++) {
        int64_t from = pack->form == PACK_DOTS_BLOCKED ? dense_input(pack, i) : i;
        for (int64_t k = 0; k < filters; k++)
            out[(i / block * filters + k) * block + i % block] = from < 0 ? 0 : rows[k * folded->row + from];
    }
    return inputs * filters;
}

/* ---- all of a pack ---- */

static int64_t permute(const struct pack *pack, const struct folded *folded, const float *rows, int64_t width,
                       float *out)
{
    switch (pack->form) {
    case PACK_PHASES_BLOCKED:
    case PACK_PHASES_PLANAR: return permute_phases(pack, folded, rows, out);
    case PACK_DEPTHWISE: return permute_depthwise(pack, folded, rows, out);
    case PACK_WINOGRAD4:
    case PACK_WINOGRAD2:
    case PACK_WINOGRAD2_5: return permute_winograd(pack, folded, rows, out);
    case PACK_DENSE_BLOCKED:
    case PACK_DENSE_PLANAR: return permute_dense(pack, folded, rows, width, out);
    case PACK_DENSE_PIXELS: return permute_pixels(pack, folded, rows, out);
    case PACK_DOTS_BLOCKED:
    case PACK_DOTS_PLANAR: return permute_dots(pack, folded, rows, out);
    default: return permute_direct(pack, folded, rows, out);
    }
}

/* [tap][channel][filter], as scalars; then the biases. */
static void put_scalars(const struct pack *pack, const struct folded *folded, pack_put *put, void *context)
{
    const struct pair *window = &pack->op->window.size;
    int64_t taps = window->h * window->w, channels = folded->row / taps, filters = folded->filters;
    float *rows = heap_array((size_t)(filters * folded->row), sizeof *rows);
    float *out = heap_array((size_t)(filters * (folded->row + 1)), sizeof *out);
    read_rows(pack, folded, 0, filters, rows);
    for (int64_t tap = 0; tap < taps; tap++)
        for (int64_t c = 0; c < channels; c++)
            for (int64_t k = 0; k < filters; k++)
                out[(tap * channels + c) * filters + k] = rows[k * folded->row + c * taps + tap];
    for (int64_t k = 0; k < filters; k++)
        out[filters * folded->row + k] = (float)folded->bias[k];
    put(context, ELEMENT_F32, out, filters * (folded->row + 1));
    free(rows);
    free(out);
}

static void put_biases(const struct pack *pack, const struct folded *folded, pack_put *put, void *context)
{
    for (int64_t k = 0; k < padded(pack, folded->filters); k++) {
        float bias = k < folded->filters ? (float)folded->bias[k] : 0;
        put(context, ELEMENT_F32, &bias, 1);
    }
}

void pack_put_blocks(const struct pack *pack, const struct folded *folded, pack_put *put, void *context)
{
    const struct folded wide = widened(pack, folded);
    if (pack->form == PACK_SCALARS) {
        put_scalars(pack, &wide, put, context);
        return;
    }
    bool dense = pack->form == PACK_DENSE_BLOCKED || pack->form == PACK_DENSE_PLANAR;
    int64_t filters = padded(pack, wide.filters), most = (dense ? PACK_DENSE_BLOCKS : 1) * pack->block;
    float *rows = heap_array((size_t)(most * wide.row), sizeof *rows);
    float *out = heap_array((size_t)((pack->count - filters) / filters * most), sizeof *out);
    for (int64_t first = 0; first < filters; first += most) {
        int64_t width = filters - first < most ? filters - first : most;
        read_rows(pack, &wide, first, width, rows);
        put(context, ELEMENT_F32, out, permute(pack, &wide, rows, width, out));
    }
    put_biases(pack, &wide, put, context);
    free(rows);
    free(out);
}
