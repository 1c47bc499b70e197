/* Plans of the fast targets' convolutions: tiles, addresses, packs. */
#include "plan/fast.h"

#include <string.h>

static int64_t ceiling(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

/* ---- register tiles ---- */

/* How many vectors of filters and how many pixels a tile may have, so that it stays in registers. */
struct tile_limit {
    int vectors, pixels;
    int side; /* such a pixel is the largest of side*side of the convolution's */
};

static struct tile_limit tile_limit_of(int lanes, int64_t blocks, bool pool)
{
    if (pool)
        return lanes == 16 ? blocks == 1 ? (struct tile_limit){1, 7, 2} : (struct tile_limit){2, 3, 2}
                           : (struct tile_limit){1, lanes == 8 ? 3 : 2, 2};
    if (lanes == 16)
        return blocks == 1 ? (struct tile_limit){1, 28, 1} : (struct tile_limit){2, 14, 1};
    return lanes == 8 ? (struct tile_limit){2, 6, 1} : (struct tile_limit){2, 4, 1};
}

struct region {
    int64_t y, x, h, w, tile_h, tile_w;
};

struct tiling {
    struct region regions[4];
    int count;
    double cost;
};

/* Adds `h` rows from `y` on, in tiles of that height and balanced widths of at most pixels/h. */
static void add_rows(struct tiling *tiling, int64_t y, int64_t h, int64_t tile_h, int64_t width, int64_t pixels)
{
    int64_t count = ceiling(width, pixels / tile_h), narrow = width / count, wide_count = width - narrow * count;
    int64_t wide_width = wide_count * (narrow + 1);
    if (wide_count)
        tiling->regions[tiling->count++] = (struct region){y, 0, h, wide_width, tile_h, narrow + 1};
    if (wide_count < count)
        tiling->regions[tiling->count++] = (struct region){y, wide_width, h, width - wide_width, tile_h, narrow};
}

/* FMA, load and latency bounds of one round of a tile, and a share of its start and end. */
static double tiling_cost(const struct tiling *tiling, struct tile_limit limit)
{
    int vectors = limit.vectors;
    double cost = 0;
    for (int i = 0; i < tiling->count; i++) {
        const struct region *r = &tiling->regions[i];
        double pixels = (double)(r->tile_h * r->tile_w * limit.side * limit.side), fma = pixels * vectors / 2,
               load = (pixels + vectors) / 2;
        double round = fma > load ? fma : load;
        round = round < 4 ? 4 : round;
        int64_t rows = r->h / r->tile_h, columns = r->w / r->tile_w;
        cost += (double)(rows * columns) * (round + 0.4);
    }
    return cost;
}

static struct tiling choose_tiling(int64_t height, int64_t width, struct tile_limit limit)
{
    struct tiling best = {.cost = -1};
    for (int64_t tile_h = 1; tile_h <= limit.pixels && tile_h <= height; tile_h++) {
        struct tiling one = {.count = 0};
        int64_t rest = height % tile_h;
        add_rows(&one, 0, height - rest, tile_h, width, limit.pixels);
        if (rest)
            add_rows(&one, height - rest, rest, rest, width, limit.pixels);
        one.cost = tiling_cost(&one, limit);
        if (best.cost < 0 || one.cost < best.cost - 1e-9)
            best = one;
    }
    return best;
}

/* The number of a region's tile shape, among the distinct ones in their order. */
static int shape_index(const struct tiling *tiling, int region)
{
    int64_t seen[4][2];
    int count = 0, index = 0;
    for (int i = 0; i <= region; i++) {
        const struct region *r = &tiling->regions[i];
        for (index = 0; index < count && (seen[index][0] != r->tile_h || seen[index][1] != r->tile_w); index++) {
        }
        if (index < count)
            continue;
        seen[count][0] = r->tile_h;
        seen[count++][1] = r->tile_w;
    }
    return index;
}

static void describe_tiling(struct fast *fast, struct kernel *kernel, int lanes, int64_t height, int64_t width,
                            int64_t blocks, bool pool)
{
    struct arena *arena = fast->plan->arena;
    struct tile_limit limit = tile_limit_of(lanes, blocks, pool);
    struct tiling tiling = choose_tiling(height, width, limit);
    int shapes = 0, side = limit.side;
    fast_lane_number(fast, kernel, "VECTORS", lanes, limit.vectors);
    fast_lane_number(fast, kernel, "REGIONS", lanes, tiling.count);
    for (int i = 0; i < tiling.count; i++) {
        const struct region *r = &tiling.regions[i];
        int shape = shape_index(&tiling, i);
        const struct {
            const char *name;
            int64_t value;
        } numbers[] = {
            {"Y", r->y * side}, {"X", r->x * side}, {"H", r->h * side}, {"W", r->w * side}, {"SHAPE", shape}};
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            fast_lane_number(fast, kernel, arena_printf(arena, "REGION%d_%s", i, numbers[k].name), lanes,
                             numbers[k].value);
        if (shape < shapes)
            continue;
        fast_lane_number(fast, kernel, arena_printf(arena, "SHAPE%d_H", shape), lanes, r->tile_h * side);
        fast_lane_number(fast, kernel, arena_printf(arena, "SHAPE%d_W", shape), lanes, r->tile_w * side);
        shapes = shape + 1;
    }
    fast_lane_number(fast, kernel, "SHAPES", lanes, shapes);
    /* The next unit's weights are fetched while this one computes: one line a round, so a tile for each block. */
    int64_t next = limit.vectors * lanes / FAST_BLOCK;
    fast_lane_number(fast, kernel, "PREFETCH_TILES", lanes, next > 0 ? next : 1);
}

/* Adds the tiles of the target's widest vectors to what --explain says. */
static void explain_tiling(struct fast *fast, const struct op *op, int lanes, int64_t height, int64_t width,
                           int64_t blocks)
{
    struct arena *arena = fast->plan->arena;
    struct tile_limit limit = tile_limit_of(lanes, blocks, op->pool != NULL);
    struct tiling tiling = choose_tiling(height, width, limit);
    const char *text = arena_printf(arena, "%s; register tiles of", fast->reasons[op->id]);
    for (int i = 0; i < tiling.count; i++)
        text = arena_printf(arena, "%s%s %lldx%lld", text, i ? "," : "",
                            (long long)tiling.regions[i].tile_h * limit.side,
                            (long long)tiling.regions[i].tile_w * limit.side);
    fast->reasons[op->id] = arena_printf(arena, "%s pixels by %d filters (%d lanes)", text, limit.vectors * lanes,
                                         lanes);
}

/* ---- what convolutions share ---- */

struct conv_input { /* of a convolution's input */
    struct tensor *tensor;
    bool planar;
    int64_t channels; /* of a group, padded when blocked */
};

static struct conv_input input_of(struct fast *fast, const struct op *op)
{
    const struct value *value = op->inputs.items[0];
    bool blocked = fast->values[value->id].blocked;
    int64_t channels = value->shape.c / op->node->args.groups;
    return (struct conv_input){blocked ? fast_blocked(fast, op, value) : fast_haloed(fast, op, value), !blocked,
                               blocked ? fast_blocks(channels) * FAST_BLOCK : channels};
}

static void describe_window(struct fast *fast, struct kernel *kernel, const struct op *op, const struct tensor *in)
{
    const struct layer_args *args = &op->node->args;
    const struct tensor_layout *layout = &in->layout;
    fast_number(fast, kernel, "KERNEL_H", args->window.h);
    fast_number(fast, kernel, "KERNEL_W", args->window.w);
    fast_number(fast, kernel, "IN_PLANE", layout->plane);
    fast_number(fast, kernel, "IN_START", fast_start(in, args->pad.top, args->pad.left));
    fast_number(fast, kernel, "TAP_ROW", args->dilation.h * layout->row);
    fast_number(fast, kernel, "TAP_COLUMN", args->dilation.w * layout->block);
    fast_number(fast, kernel, "PIXEL_ROW", args->stride.h * layout->row);
    fast_number(fast, kernel, "PIXEL_COLUMN", args->stride.w * layout->block);
}

static struct tensor *describe_residual(struct fast *fast, struct kernel *kernel, const struct op *op)
{
    struct tensor *residual = op->residual ? fast_blocked(fast, op, op->residual) : NULL;
    fast_number(fast, kernel, "RESIDUAL", residual != NULL);
    if (residual) {
        fast_number(fast, kernel, "RESIDUAL_ROW", residual->layout.row);
        fast_number(fast, kernel, "RESIDUAL_PLANE", residual->layout.plane);
        fast_number(fast, kernel, "RESIDUAL_START", fast_start(residual, 0, 0));
    }
    return residual;
}

static struct step *finish(struct fast *fast, const struct op *op, struct kernel *kernel, struct tensor *in,
                           struct tensor *residual, enum pack_form form, int64_t floats, struct tensor *out)
{
    struct step *step = plan_step(fast->plan, op, kernel_intern(fast->plan, kernel));
    step_reads(fast->plan, step, in);
    if (residual) {
        step_reads(fast->plan, step, residual);
        step->in_place = 1u << 1;
    }
    step_weights(fast->plan, step, plan_pack(fast->plan, op, op->node, form, floats));
    step_writes(fast->plan, step, out);
    return step;
}

static const char *family_of(struct fast *fast, const struct op *op, const char *word)
{
    return arena_printf(fast->plan->arena, "%s%lldx%lld", word, (long long)op->node->args.window.h,
                        (long long)op->node->args.window.w);
}

static bool no_halo(const struct tensor *tensor)
{
    const struct padding *halo = tensor ? &tensor->layout.halo : NULL;
    return !halo || !(halo->top || halo->left || halo->bottom || halo->right);
}

/* ---- direct ---- */

/* Planes that the first-level cache does not hold; and a 1x1 window over maps that the second level does not hold
 * beside the weights. Both read from many places at once, which the machine does not foresee: narrow tiles read shorter
 * runs, and more often. */
static bool input_is_far(const struct op *op, const struct conv_input *in, int lanes)
{
    const struct layer_args *args = &op->node->args;
    if (in->planar)
        return in->tensor->layout.bytes > 1 << 15;
    return args->window.h == 1 && args->window.w == 1 && in->channels >= 8 * FAST_BLOCK &&
           in->tensor->layout.bytes > (lanes == 16 ? 1 << 20 : 1 << 18);
}

bool fast_direct(struct fast *fast, const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    struct conv_input in = input_of(fast, op);
    struct tensor *out = fast_result(fast, op);
    struct kernel *kernel = fast_kernel(fast, "vector/direct.m4", family_of(fast, op, "conv"));
    int64_t group_blocks = fast_blocks(out->shape.c / args->groups),
            taps = in.channels * args->window.h * args->window.w;
    describe_window(fast, kernel, op, in.tensor);
    fast_number(fast, kernel, "IN_PLANAR", in.planar);
    fast_number(fast, kernel, "IN_ROW", in.tensor->layout.row);
    fast_number(fast, kernel, "IN_CHANNELS", in.channels);
    fast_number(fast, kernel, "GROUPS", args->groups);
    fast_number(fast, kernel, "GROUP_BLOCKS", group_blocks);
    fast_number(fast, kernel, "GROUP_IN", in.planar ? 0 : in.channels / FAST_BLOCK * in.tensor->layout.plane);
    fast_number(fast, kernel, "IN_REAL", op->inputs.items[0]->shape.c / args->groups);
    /* A tile with much to do is a function that is called; a short one is inlined into the loop over the map. */
    fast_number(fast, kernel, "CALLED", taps >= 64);
    /* The next filters' weights are fetched early where they do not stay in a cache from call to call. */
    fast_number(fast, kernel, "PREFETCH", taps * group_blocks * FAST_BLOCK > 32 * 1024 && group_blocks > 2);
    /* The lines that a tile will write, and those that it will add, are fetched before they are needed. */
    fast_number(fast, kernel, "FETCH_RESULT", taps >= 64 || out->layout.bytes > 2 << 20);
    struct tensor *residual = describe_residual(fast, kernel, op);
    fast_number(fast, kernel, "POOL", op->pool ? 2 : 1);
    fast_describe_result(fast, kernel, out);
    fast_activation(fast, kernel, op->activation);
    /* A 1x1 convolution without halos sees one long row of pixels. */
    bool flat = !op->pool && args->window.h == 1 && args->window.w == 1 && args->stride.h == 1 && args->stride.w == 1 &&
                !in.planar && no_halo(in.tensor) && no_halo(out) && no_halo(residual) && args->pad.top == 0 &&
                args->pad.left == 0 &&
                shape_elements(in.tensor->shape) / in.tensor->shape.c == shape_elements(out->shape) / out->shape.c;
    struct fast_lanes lanes = fast_lanes_of(fast->plan->options.target);
    for (size_t i = 0; i < lanes.count; i++) {
        fast_lane_number(fast, kernel, "FETCH_INPUT", lanes.lanes[i], input_is_far(op, &in, lanes.lanes[i]));
        describe_tiling(fast, kernel, lanes.lanes[i], flat ? 1 : out->shape.h,
                        flat ? out->shape.h * out->shape.w : out->shape.w, group_blocks, op->pool != NULL);
    }
    explain_tiling(fast, op, lanes.lanes[0], flat ? 1 : out->shape.h, flat ? out->shape.h * out->shape.w : out->shape.w,
                   group_blocks);
    int64_t blocks = args->groups * group_blocks;
    bool shared = fast_share(fast, kernel, fast_convolution_cycles(op, ALGORITHM_DIRECT), false);
    fast_number(fast, kernel, "SPLIT_PIXELS", shared && group_blocks < 16);
    finish(fast, op, kernel, in.tensor, residual, in.planar ? PACK_DIRECT_PLANAR : PACK_DIRECT_BLOCKED,
           blocks * (taps * FAST_BLOCK + FAST_BLOCK), out);
    return true;
}

/* ---- Winograd ---- */

bool fast_winograd(struct fast *fast, const struct op *op)
{
    enum algorithm algorithm = fast->algorithms[op->id];
    struct conv_input in = input_of(fast, op);
    struct tensor *out = fast_result(fast, op);
    const char *family = algorithm == ALGORITHM_WINOGRAD4   ? "winograd4"
                         : algorithm == ALGORITHM_WINOGRAD2 ? "winograd2"
                                                            : "winograd2_5x5";
    enum pack_form form = algorithm == ALGORITHM_WINOGRAD4   ? PACK_WINOGRAD4
                          : algorithm == ALGORITHM_WINOGRAD2 ? PACK_WINOGRAD2
                                                             : PACK_WINOGRAD2_5;
    struct wino_shape widest = fast_wino_shape(op, algorithm, 16);
    struct kernel *kernel = fast_kernel(fast, "vector/winograd.m4", family);
    int64_t blocks = fast_blocks(out->shape.c), positions = widest.positions, scratch = 0;
    describe_window(fast, kernel, op, in.tensor);
    fast_number(fast, kernel, "IN_ROW", in.tensor->layout.row);
    fast_number(fast, kernel, "IN_CHANNELS", in.channels);
    fast_number(fast, kernel, "BLOCKS", blocks);
    fast_number(fast, kernel, "OUT_TILE", widest.out);
    fast_number(fast, kernel, "TILES_Y", widest.tiles_y);
    fast_number(fast, kernel, "TILES_X", widest.tiles_x);
    struct tensor *residual = describe_residual(fast, kernel, op);
    fast_describe_result(fast, kernel, out);
    fast_activation(fast, kernel, op->activation);
    struct fast_lanes lanes = fast_lanes_of(fast->plan->options.target);
    for (size_t i = 0; i < lanes.count; i++) {
        int width = lanes.lanes[i];
        struct wino_shape shape = fast_wino_shape(op, algorithm, width);
        int64_t vectors = width == 16 && blocks == 1 ? 1 : 2, unit = vectors * width > FAST_BLOCK ? 2 : 1;
        /* The line more keeps the positions from meeting in the same set of a cache. */
        int64_t position_v = in.channels * shape.group + 16, group_v = positions * position_v,
                group_m = positions * shape.group * unit * FAST_BLOCK;
        int64_t count = shape.groups * (group_v + group_m) + 64;
        fast_lane_number(fast, kernel, "VECTORS", width, vectors);
        fast_lane_number(fast, kernel, "GROUP", width, shape.group);
        fast_lane_number(fast, kernel, "GROUPS_AT_ONCE", width, shape.groups);
        fast_lane_number(fast, kernel, "REST", width, shape.rest);
        fast_lane_number(fast, kernel, "V_POSITION", width, position_v);
        fast_lane_number(fast, kernel, "V_GROUP", width, group_v);
        fast_lane_number(fast, kernel, "M_GROUP", width, group_m);
        scratch = count > scratch ? count : scratch;
    }
    fast_number(fast, kernel, "SCRATCH_COUNT", scratch);
    fast->reasons[op->id] = arena_printf(fast->plan->arena, "%s; groups of %lld tiles, %lld at once",
                                         fast->reasons[op->id], (long long)widest.group, (long long)widest.groups);
    fast_share(fast, kernel, fast_convolution_cycles(op, algorithm), true);
    /* Where few batches hold all tiles, each thread transforms them all and computes its share of the filters. */
    fast_number(fast, kernel, "SPLIT_TILES",
                ceiling(widest.tiles_y * widest.tiles_x, widest.group * widest.groups) >= 4);
    struct step *step = finish(fast, op, kernel, in.tensor, residual, form,
                               blocks * FAST_BLOCK * (positions * in.channels + 1), out);
    step->scratch = scratch * (int64_t)sizeof(float);
    return true;
}

/* ---- depthwise ---- */

bool fast_depthwise(struct fast *fast, const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    const struct value *value = op->inputs.items[0];
    struct tensor *in = fast_blocked(fast, op, value), *out = fast_result(fast, op);
    struct kernel *kernel = fast_kernel(fast, "vector/depthwise.m4", family_of(fast, op, "depthwise"));
    int64_t blocks = fast_blocks(out->shape.c);
    describe_window(fast, kernel, op, in);
    fast_number(fast, kernel, "BLOCKS", blocks);
    struct tensor *residual = describe_residual(fast, kernel, op);
    fast_describe_result(fast, kernel, out);
    fast_activation(fast, kernel, op->activation);
    struct fast_lanes lanes = fast_lanes_of(fast->plan->options.target);
    for (size_t i = 0; i < lanes.count; i++) {
        int64_t most = lanes.lanes[i] == 16 ? 7 : 2, count = ceiling(out->shape.w, most);
        fast_lane_number(fast, kernel, "TILE_W", lanes.lanes[i], out->shape.w / count);
        fast_lane_number(fast, kernel, "WIDE", lanes.lanes[i], out->shape.w % count);
        fast_lane_number(fast, kernel, "TILE_H", lanes.lanes[i], out->shape.h % 2 == 0 && lanes.lanes[i] == 16 ? 2 : 1);
    }
    fast_share(fast, kernel, (double)shape_elements(out->shape) * (double)(args->window.h * args->window.w) / 20,
               false);
    finish(fast, op, kernel, in, residual, PACK_DEPTHWISE, blocks * FAST_BLOCK * (args->window.h * args->window.w + 1),
           out);
    return true;
}

/* ---- few filters: vectors along the width ---- */

static int64_t largest_divisor(int64_t number, int64_t most)
{
    int64_t divisor = most < number ? most : number;
    while (number % divisor)
        divisor--;
    return divisor;
}

bool fast_rows(struct fast *fast, const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    struct tensor *in = fast_haloed(fast, op, op->inputs.items[0]);
    struct tensor **slot = &fast->plan->of_value[op->output->id];
    struct shape shape = op->output->shape;
    int64_t pool = op->pool ? 2 : 1; /* rows and columns of the map for one of the result */
    *slot = plan_tensor(fast->plan, op->output, tensor_layout(FORM_PLANAR, 1, shape, (struct padding){0, 0, 0, 0}));
    struct kernel *kernel = fast_kernel(fast, "vector/rows.m4", family_of(fast, op, "rows"));
    describe_window(fast, kernel, op, in);
    fast_number(fast, kernel, "IN_CHANNELS", in->shape.c);
    fast_number(fast, kernel, "FILTERS", shape.c);
    fast_number(fast, kernel, "POOL", pool);
    fast_describe_result(fast, kernel, *slot);
    fast_activation(fast, kernel, op->activation);
    struct fast_lanes lanes = fast_lanes_of(fast->plan->options.target);
    for (size_t i = 0; i < lanes.count; i++) {
        int width = lanes.lanes[i];
        int64_t most = width == 16 ? 24 : width == 8 ? 12 : 8, vectors = shape.w * pool <= width ? 1 : 2;
        int64_t filters = largest_divisor(shape.c, most / vectors / pool);
        int64_t rows = pool * largest_divisor(shape.h, most / vectors / pool / filters);
        fast_lane_number(fast, kernel, "VECTORS", width, vectors);
        fast_lane_number(fast, kernel, "TILE_FILTERS", width, filters);
        fast_lane_number(fast, kernel, "TILE_H", width, rows);
    }
    finish(fast, op, kernel, in, NULL, PACK_SCALARS, shape.c * (in->shape.c * args->window.h * args->window.w + 1),
           *slot);
    return true;
}
