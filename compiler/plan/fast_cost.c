/* Which algorithm computes a convolution: a model of this class of machines, its constants measured
 * (see the notes on performance). Times are in cycles of one core with 16 lanes and two FMA units; the
 * choice is one for all instruction sets, since they share the plan and the packed weights. */
#include "plan/fast.h"

/* Measured: what a tile of 16 channels costs beside the multiplications. */
enum { INPUT_TRANSFORM36 = 260, INPUT_TRANSFORM16 = 120 }; /* by positions */
enum { OUTPUT_TRANSFORM4 = 170, OUTPUT_TRANSFORM2 = 60, OUTPUT_TRANSFORM2_5 = 100 };
#define FLOATS_PER_CYCLE 2.6    /* read from memory, prefetched */
#define CACHED_FLOATS 2000000.0 /* weights up to here may stay in the cache from one call to the next */
#define CACHED_PER_CYCLE 7.0

static double weight_cycles(double floats)
{
    return floats / (floats > CACHED_FLOATS ? FLOATS_PER_CYCLE : CACHED_PER_CYCLE);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

static int64_t ceiling(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

bool fast_is_winograd(enum algorithm algorithm)
{
    return algorithm == ALGORITHM_WINOGRAD4 || algorithm == ALGORITHM_WINOGRAD2 || algorithm == ALGORITHM_WINOGRAD2_5;
}

struct wino_shape fast_wino_shape(const struct op *op, enum algorithm algorithm, int lanes)
{
    enum { BLOCK_FLOATS = 160 * 1024, FEWEST_TILES = 28, MOST_TILES = 56 };
    struct shape out = op->node->shape;
    struct wino_shape shape = {.out = algorithm == ALGORITHM_WINOGRAD4 ? 4 : 2,
                               .positions = algorithm == ALGORITHM_WINOGRAD2 ? 16 : 36};
    shape.tiles_y = ceiling(out.h, shape.out);
    shape.tiles_x = ceiling(out.w, shape.out);
    int64_t tiles = shape.tiles_y * shape.tiles_x, most = lanes == 16 ? 14 : lanes == 8 ? 6 : 4;
    shape.group = ceiling(tiles, ceiling(tiles, most));
    int64_t wanted = BLOCK_FLOATS / (shape.positions * fast_blocks(op->inputs.items[0]->shape.c) * FAST_BLOCK);
    wanted = wanted < FEWEST_TILES ? FEWEST_TILES : wanted > MOST_TILES ? MOST_TILES : wanted;
    shape.groups = wanted / shape.group > 0 ? wanted / shape.group : 1;
    int64_t all = ceiling(tiles, shape.group);
    shape.groups = shape.groups < all ? shape.groups : all;
    shape.rest = tiles % shape.group;
    return shape;
}

static double direct_cycles(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->node->shape;
    const struct layer_args *args = &op->node->args;
    int64_t channels = in.c / args->groups;
    double taps = (double)(args->window.h * args->window.w * channels);
    double floats = taps * (double)fast_blocks(out.c) * FAST_BLOCK;
    double work = (double)(out.h * out.w) * floats / 32 / 0.95;
    return larger(work, weight_cycles(floats));
}

static double winograd_cycles(const struct op *op, enum algorithm algorithm)
{
    struct shape in = op->inputs.items[0]->shape;
    struct wino_shape shape = fast_wino_shape(op, algorithm, 16);
    double tiles = (double)(shape.tiles_y * shape.tiles_x), positions = (double)shape.positions;
    int input = shape.positions == 36 ? INPUT_TRANSFORM36 : INPUT_TRANSFORM16;
    int output = shape.out == 4 ? OUTPUT_TRANSFORM4 : shape.positions == 36 ? OUTPUT_TRANSFORM2_5 : OUTPUT_TRANSFORM2;
    double in_blocks = (double)fast_blocks(in.c), out_blocks = (double)fast_blocks(op->node->shape.c);
    double floats = positions * in_blocks * out_blocks * FAST_BLOCK * FAST_BLOCK;
    double blocks = tiles / (double)(shape.group * shape.groups);
    double gemm = larger(tiles * floats / 32 / 0.9, weight_cycles(floats) * (blocks < 1 ? 1 : blocks));
    return gemm + tiles * (in_blocks * input + out_blocks * output);
}

double fast_convolution_cycles(const struct op *op, enum algorithm algorithm)
{
    return fast_is_winograd(algorithm) ? winograd_cycles(op, algorithm) : direct_cycles(op);
}

static bool winograd_fits(const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    struct shape in = op->inputs.items[0]->shape;
    return op->kind == LAYER_CONV && args->groups == 1 && args->window.h == args->window.w &&
           (args->window.h == 3 || args->window.h == 5) && args->stride.h == 1 && args->stride.w == 1 &&
           args->dilation.h == 1 && args->dilation.w == 1 && in.c >= FAST_BLOCK;
}

static enum algorithm choose_convolution(struct fast *fast, const struct op *op, bool blocked, const char **why)
{
    static const struct candidate {
        enum algorithm algorithm;
        int window;
        const char *name;
    } all[] = {{ALGORITHM_WINOGRAD4, 3, "F(4x4,3x3)"},
               {ALGORITHM_WINOGRAD2, 3, "F(2x2,3x3)"},
               {ALGORITHM_WINOGRAD2_5, 5, "F(2x2,5x5)"}};
    enum { CANDIDATES = sizeof all / sizeof *all };
    struct arena *arena = fast->plan->arena;
    double best = direct_cycles(op);
    const struct candidate *chosen = NULL;
    int stress = fast->plan->options.stress, turn = stress ? (op->id + stress) % 3 : 0;
    const char *others = arena_printf(arena, "direct %.0f", best / 1000);
    *why = arena_printf(arena, "direct: about %.0f thousand cycles", best / 1000);
    if (!fast->plan->options.winograd || !blocked || !winograd_fits(op))
        return ALGORITHM_DIRECT;
    for (const struct candidate *c = all; c < all + CANDIDATES; c++) {
        if (c->window != op->node->args.window.h)
            continue;
        double cycles = winograd_cycles(op, c->algorithm);
        others = arena_printf(arena, "%s, %s %.0f", others, c->name, cycles / 1000);
        if (stress ? turn-- == 0 : cycles < best) {
            best = cycles;
            chosen = c;
        }
    }
    *why = arena_printf(arena, "%s%s: about %.0f thousand cycles; %s", chosen ? "Winograd " : "",
                        chosen ? chosen->name : "direct", best / 1000, others);
    return chosen ? chosen->algorithm : ALGORITHM_DIRECT;
}

static bool is_depthwise(const struct op *op)
{
    return op->node->args.groups > 1 && op->node->args.groups == op->inputs.items[0]->shape.c &&
           op->output->shape.c == op->inputs.items[0]->shape.c;
}

static bool groups_are_blocks(const struct op *op)
{
    int64_t groups = op->node->args.groups;
    return groups == 1 ||
           (op->inputs.items[0]->shape.c / groups % FAST_BLOCK == 0 && op->output->shape.c / groups % FAST_BLOCK == 0);
}

/* Few filters over wide planar maps: blocks of 16 would be filled with nothing. */
static bool wants_rows(const struct op *op, bool blocked)
{
    return !blocked && op->output->shape.c < 14 && op->output->shape.w >= FAST_BLOCK && op->node->args.groups == 1 &&
           op->node->args.stride.w == 1 && !op->residual;
}

enum algorithm fast_choose(struct fast *fast, const struct op *op, bool input_blocked, const char **why)
{
    struct shape out = op->output->shape;
    if (op->before || op->node->args.connect || !fast_can_activate(op->activation))
        return ALGORITHM_PLAIN;
    if (op->kind == LAYER_FC)
        return !op->residual &&
                       (out.c * shape_elements(op->inputs.items[0]->shape) >= 256 || fast->plan->options.stress)
                   ? ALGORITHM_DENSE
                   : ALGORITHM_PLAIN;
    if (is_depthwise(op)) {
        *why = "depthwise: vectors over 16 channels";
        return input_blocked || out.c >= FAST_BLOCK ? ALGORITHM_DEPTHWISE : ALGORITHM_PLAIN;
    }
    if (!groups_are_blocks(op) || (op->node->args.groups > 1 && !input_blocked))
        return ALGORITHM_PLAIN;
    if (wants_rows(op, input_blocked)) {
        *why = "rows: few filters, so vectors along the width";
        return ALGORITHM_ROWS;
    }
    return choose_convolution(fast, op, input_blocked, why);
}
