/* How many cycles a convolution takes: a model whose figures are the target's, and what a transformed tile costs, which
 * was measured (see the notes on performance). The choice is one for all instruction sets of a target, since they share
 * the plan and the packed weights: times are those of the widest of the class of machines. */
#include "plan/vector/vector.h"

/* What a tile of a block of channels costs beside the multiplications. */
enum { INPUT_TRANSFORM36 = 260, INPUT_TRANSFORM16 = 120 }; /* by positions */
enum { OUTPUT_TRANSFORM4 = 170, OUTPUT_TRANSFORM2 = 60, OUTPUT_TRANSFORM2_5 = 100 };

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Taps are left out if no more than this share of them sees the map: finding out which costs a little. */
#define SHARE_WORTH_IT 0.85

/* Of weights that are read once: so many numbers of the type. */
static double reading(const struct costs *costs, enum element_type type, double count)
{
    double bytes = count * (double)element_bytes(type);
    return bytes / (bytes > costs->last ? costs->memory : costs->cached);
}

/* The shares of the peak that the kernels reach. */
static const double direct_share = 0.95, winograd_share = 0.9;

/* Of so many multiply-adds at a share of the peak. */
static double multiplying(const struct costs *costs, double products, double share)
{
    return products / (2 * costs->set->lanes) / share;
}

/* Of a side of the window, the share of the taps that see the map from a tile of so many pixels, on average. */
static double taps_seen(int64_t pixels, int64_t tile, int64_t map, int64_t taps, int64_t stride, int64_t dilation,
                        int64_t pad)
{
    int64_t seen = 0, tiles = 0;
    for (int64_t first = 0; first < pixels; first += tile, tiles++) {
        const int64_t last = first + tile < pixels ? first + tile - 1 : pixels - 1;
        for (int64_t k = 0; k < taps; k++)
            seen += last * stride + k * dilation >= pad && first * stride + k * dilation < map + pad;
    }
    return (double)seen / (double)(tiles * taps);
}

/* Those of a register tile, which is a few pixels wide. */
static double share_of_taps(const struct op *op)
{
    enum { TILE_W = 6 };
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape;
    return taps_seen(op->map.h, 1, in.h, w->size.h, w->stride.h, w->dilation.h, w->pad.top) *
           taps_seen(op->map.w, TILE_W, in.w, w->size.w, w->stride.w, w->dilation.w, w->pad.left);
}

bool vector_leaves_out_taps(const struct op *op)
{
    const struct window *w = &op->window;
    return (w->dilation.h > 1 || w->dilation.w > 1) && w->size.h * w->size.w > 1 &&
           vector_grouping(op).in % VECTOR_BLOCK == 0 && vector_grouping(op).merged == 1 &&
           share_of_taps(op) < SHARE_WORTH_IT;
}

double vector_direct_cycles(const struct planning *v, const struct op *op)
{
    const struct costs *costs = v->plan->options.target->costs;
    struct shape out = op->map;
    double taps = (double)(op->window.size.h * op->window.size.w * vector_grouping(op).in);
    double weights = taps * (double)vector_blocks(out.c) * VECTOR_BLOCK;
    double seen = vector_leaves_out_taps(op) ? share_of_taps(op) : 1;
    const bool batched = vector_images(v, op, ALGORITHM_DIRECT) > 1; /* then weights are read for several images */
    return larger(multiplying(costs, (double)(out.h * out.w) * weights * seen, direct_share),
                  reading(costs, v->plan->options.store, weights) /
                      (batched ? (double)vector_images_at_once(v, op) : 1));
}

double vector_transposed_cycles(const struct planning *v, const struct op *op)
{
    const struct costs *costs = v->plan->options.target->costs;
    struct shape in = op->inputs.items[0]->shape;
    double taps = (double)(op->window.size.h * op->window.size.w * vector_grouping(op).in);
    double weights = taps * (double)vector_blocks(op->map.c) * VECTOR_BLOCK;
    return larger(multiplying(costs, (double)(in.h * in.w) * weights, direct_share),
                  reading(costs, v->plan->options.store, weights));
}

double vector_winograd_cycles(const struct planning *v, const struct op *op, enum algorithm algorithm)
{
    const struct costs *costs = v->plan->options.target->costs;
    struct wino_shape shape = vector_wino_shape(v, op, algorithm, costs->set);
    const double images = (double)shape.images;
    double tiles = (double)(shape.tiles_y * shape.tiles_x) * images, positions = (double)shape.positions;
    int input = shape.positions == 36 ? INPUT_TRANSFORM36 : INPUT_TRANSFORM16;
    int output = shape.out == 4 ? OUTPUT_TRANSFORM4 : shape.positions == 36 ? OUTPUT_TRANSFORM2_5 : OUTPUT_TRANSFORM2;
    double in_blocks = (double)vector_blocks(op->inputs.items[0]->shape.c),
           out_blocks = (double)vector_blocks(op->map.c);
    double weights = positions * in_blocks * out_blocks * VECTOR_BLOCK * VECTOR_BLOCK;
    double batches = tiles / (double)(shape.group * shape.groups);
    double products = larger(multiplying(costs, tiles * weights, winograd_share),
                             reading(costs, op->output->type, weights) * larger(batches, 1));
    return (products + tiles * (in_blocks * input + out_blocks * output)) / images;
}
