/* Direct convolutions: register tiles, and what is fetched ahead. */
#include "base/text.h"
#include "plan/vector/vector.h"

#include <string.h>

/* ---- register tiles ---- */

/* How many vectors of filters and how many pixels a tile may have, so that it stays in registers. */
struct tile_limit {
    int vectors, pixels;
    int side; /* such a pixel is the largest of side*side of the convolution's */
};

static struct tile_limit tile_limit_of(const struct vector_set *set, int64_t blocks, bool pool)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a target with vectors has a set */
    int sums = set->sums, vectors = vector_tile_vectors(set, blocks);
    if (!pool)
        return (struct tile_limit){vectors, sums / vectors, 1};
    vectors = vector_has_many_sums(set) ? vectors : 1;
    return (struct tile_limit){vectors, sums / (VECTOR_POOL_SIDE * VECTOR_POOL_SIDE) / vectors, VECTOR_POOL_SIDE};
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
    int64_t count = plan_ceiling(width, pixels / tile_h), narrow = width / count, wide_count = width - narrow * count;
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

static struct tiling choose_tiling(struct pair map, struct tile_limit limit)
{
    struct tiling best = {.cost = -1};
    for (int64_t tile_h = 1; tile_h <= limit.pixels && tile_h <= map.h; tile_h++) {
        struct tiling one = {.count = 0};
        int64_t rest = map.h % tile_h;
        add_rows(&one, 0, map.h - rest, tile_h, map.w, limit.pixels);
        if (rest)
            add_rows(&one, map.h - rest, rest, rest, map.w, limit.pixels);
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

static void set_number(struct kernel *kernel, const struct vector_set *set, const char *prefix, const char *name,
                       int64_t number)
{
    kernel_set_number(kernel, set, arena_printf(kernel->arena, "%s%s", prefix, name), number);
}

static void describe_regions(struct kernel *kernel, const struct vector_set *set, const char *prefix,
                             const struct tiling *tiling, int side)
{
    int shapes = 0;
    struct arena *arena = kernel->arena;
    set_number(kernel, set, prefix, "REGIONS", tiling->count);
    for (int i = 0; i < tiling->count; i++) {
        const struct region *r = &tiling->regions[i];
        int shape = shape_index(tiling, i);
        const struct kernel_size sizes[] = {
            {"Y", r->y * side}, {"X", r->x * side}, {"H", r->h * side}, {"W", r->w * side}, {"SHAPE", shape}};
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            set_number(kernel, set, prefix, arena_printf(arena, "REGION%d_%s", i, sizes[k].name), sizes[k].number);
        if (shape < shapes)
            continue;
        set_number(kernel, set, prefix, arena_printf(arena, "SHAPE%d_H", shape), r->tile_h * side);
        set_number(kernel, set, prefix, arena_printf(arena, "SHAPE%d_W", shape), r->tile_w * side);
        shapes = shape + 1;
    }
    set_number(kernel, set, prefix, "SHAPES", shapes);
}

/* Filters of one block that the kernel takes apart: there are fewer than the tile's vectors have, or they see different
 * channels. */
static struct tile_limit narrowed(struct tile_limit limit, const struct vector_set *set, const struct filters *filters)
{
    int64_t vectors = plan_ceiling(filters->count, set->lanes), alike = plan_ceiling(filters->connected, set->lanes);
    if (filters->connected < VECTOR_BLOCK && alike < vectors)
        vectors = alike;
    if (vectors < limit.vectors)
        limit = (struct tile_limit){(int)vectors, set->sums / limit.side / limit.side / (int)vectors, limit.side};
    return limit;
}

struct filters vector_filters(const struct op *op, const struct conv_input *in)
{
    int64_t count = vector_grouping(op).out, connected = op->map.c / op->groups;
    bool block = count == VECTOR_BLOCK && !in->planar && op->inputs.items[0]->shape.c / op->groups == connected;
    return (struct filters){count, block ? connected : VECTOR_BLOCK, vector_blocks(count) * VECTOR_BLOCK};
}

/* Vectors of the last block that have filters, if others have none and can be left out: a tile is as wide as a block,
 * so that they become a narrower unit by themselves. Else 0. */
static int vectors_of_last(const struct vector_set *set, struct tile_limit limit, const struct filters *filters)
{
    int64_t blocks = vector_blocks(filters->count), last = filters->real - (blocks - 1) * VECTOR_BLOCK;
    int64_t vectors = plan_ceiling(last, set->lanes);
    bool apart = blocks > 1 && limit.side == 1 && limit.vectors * set->lanes == VECTOR_BLOCK;
    return apart && vectors < limit.vectors ? (int)vectors : 0;
}

void vector_describe_units(struct kernel *kernel, const struct vector_set *set, const struct filters *filters,
                           bool pool)
{
    int64_t blocks = vector_blocks(filters->count), all = blocks * VECTOR_BLOCK / set->lanes;
    struct tile_limit limit = narrowed(tile_limit_of(set, blocks, pool), set, filters);
    int64_t wide = (int64_t)limit.vectors * set->lanes;
    bool fill = filters->count <= wide;
    int last = vectors_of_last(set, limit, filters);
    kernel_set_number(kernel, set, "VECTORS", limit.vectors);
    kernel_set_number(kernel, set, "UNITS", fill ? 1 : all / limit.vectors - (last > 0));
    kernel_set_number(kernel, set, "REST", fill ? 0 : last > 0 ? last : all % limit.vectors);
    kernel_set_number(kernel, set, "FILL", fill ? all - limit.vectors : 0);
    kernel_set_number(kernel, set, "REST_FILL", last > 0 ? limit.vectors - last : 0);
    kernel_set_number(kernel, set, "SPAN", filters->connected <= wide && wide < VECTOR_BLOCK ? wide : VECTOR_BLOCK);
    /* The next unit's weights are fetched while this one computes: one line a round, so a tile for each block. */
    int64_t next = limit.vectors * set->lanes / VECTOR_BLOCK;
    kernel_set_number(kernel, set, "PREFETCH_TILES", next > 0 ? next : 1);
}

void vector_describe_tiles(struct kernel *kernel, const struct vector_set *set, const char *prefix, struct pair map,
                           const struct filters *filters, bool pool)
{
    struct tile_limit limit = narrowed(tile_limit_of(set, vector_blocks(filters->count), pool), set, filters);
    struct tiling tiling = choose_tiling(map, limit);
    describe_regions(kernel, set, prefix, &tiling, limit.side);
    int last = vectors_of_last(set, limit, filters);
    if (last > 0) {
        tiling = choose_tiling(map, (struct tile_limit){last, set->sums / last, 1});
        describe_regions(kernel, set, arena_printf(kernel->arena, "REST_%s", prefix), &tiling, 1);
    }
}

/* The tiles of the target's widest vectors, in few words for lists and in more for --explain. */
void vector_explain_tiles(struct planning *v, struct kernel *kernel, const struct op *op, struct pair map,
                          const struct filters *filters)
{
    struct arena *arena = v->plan->arena;
    const struct vector_set *set = v->plan->options.target->sets[0];
    struct tile_limit limit = narrowed(tile_limit_of(set, vector_blocks(filters->count), op->pooled != NULL), set,
                                       filters);
    struct tiling tiling = choose_tiling(map, limit);
    struct text tiles = text_new(arena);
    for (int i = 0; i < tiling.count; i++)
        text_printf(&tiles, "%s%lldx%lld", i ? ", " : "", (long long)tiling.regions[i].tile_h * limit.side,
                    (long long)tiling.regions[i].tile_w * limit.side);
    int wide = limit.vectors * set->lanes;
    kernel->label = arena_printf(arena, "%lldx%lldx%d", (long long)tiling.regions[0].tile_h * limit.side,
                                 (long long)tiling.regions[0].tile_w * limit.side, wide);
    v->reasons[op->id] = arena_printf(arena, "%s; register tiles of %s pixels by %d filters (%d lanes)",
                                      v->reasons[op->id], tiles.bytes, wide, set->lanes);
}

/* ---- what is fetched ahead ---- */

/* Planes that the first-level cache does not hold; and a 1x1 window over maps that the second level does not hold
 * beside the weights. Both read from many places at once, which the processor does not foresee: narrow tiles read
 * shorter runs, and more often. */
static bool input_is_far(const struct op *op, const struct conv_input *in, const struct vector_set *set)
{
    enum { MANY_CHANNELS = 8 * VECTOR_BLOCK };
    if (in->planar)
        return in->tensor->layout.bytes > set->first;
    return op->window.size.h == 1 && op->window.size.w == 1 && in->channels >= MANY_CHANNELS &&
           in->tensor->layout.bytes > set->second;
}

bool vector_takes_pieces(const struct op *op, int64_t blocks)
{
    return op->window.size.h == 1 && op->window.size.w == 1 && op->groups == 1 &&
           op->inputs.items[0]->shape.c > blocks * VECTOR_BLOCK;
}

/* Blocks of channels that a unit of filters takes at a time; 0: all of them. A tile of a 1x1 window reads weights and
 * pixels once for each round of sums. Where it asks for weights faster than the second level of cache has them beside
 * all else, and the first does not hold them, they are taken a piece at a time, which stays there for the whole map. */
static int64_t piece_by_cost(const struct op *op, const struct vector_set *set)
{
    enum { FROM_SECOND = 10 /* bytes a cycle */, MULTIPLY_ADDS = 2 /* a cycle */ };
    struct tile_limit limit = tile_limit_of(set, vector_blocks(op->map.c), false);
    int64_t wide = (int64_t)limit.vectors * set->lanes * element_bytes(op->output->type);
    int64_t cycles = (int64_t)limit.vectors * limit.pixels / MULTIPLY_ADDS;
    int64_t bytes = wide * vector_blocks(op->inputs.items[0]->shape.c) * VECTOR_BLOCK;
    return wide > FROM_SECOND * cycles && bytes >= set->first / 2 ? set->first / 4 / wide / VECTOR_BLOCK : 0;
}

int64_t vector_piece_by_cost(const struct planning *v, const struct op *op)
{
    return vector_takes_pieces(op, 1) ? piece_by_cost(op, v->plan->options.target->sets[0]) : 0;
}

static int64_t blocks_of_piece(const struct planning *v, const struct op *op, const struct conv_input *in,
                               const struct vector_set *set)
{
    int stress = v->plan->options.stress, asked = v->pieces[op->id];
    if (!vector_takes_pieces(op, 1) || op->pooled || in->planar)
        return 0;
    if (stress)
        return (op->id + stress) % 3;
    if (asked < 0)
        return piece_by_cost(op, set);
    return asked * VECTOR_BLOCK < in->channels ? asked : 0;
}

void vector_describe_rounds(const struct planning *v, struct kernel *kernel, const struct tensor *out, int64_t taps,
                            int64_t blocks, bool crowded)
{
    enum {
        LONG_TILE = 64 /* rounds */,
        LONG_CROWDED = 24,
        MOST_FETCHES = 64 /* of a tile's input, written one by one; more are a loop */
    };
    /* Tensors pass through the second level between two calls: weights stay that fill no more than an eighth of it. A
     * result of twice its size does not stay until it is read. */
    const int64_t stays_cached = vector_model(v)->second / 8, large_result = 2 * vector_model(v)->second;
    const int64_t weight_bytes = taps * blocks * VECTOR_BLOCK * element_bytes(v->plan->options.store);
    /* A tile with much to do is a function that is called: inlined into the loop over the map, compilers keep the
     * biases in registers that the sums need, and reload weights in each round. Where the loop is crowded, bounds, too:
     * then even a short one is called. */
    kernel_number(kernel, "CALLED", taps >= (crowded ? LONG_CROWDED : LONG_TILE));
    kernel_number(kernel, "MOST_FETCHES", MOST_FETCHES);
    /* The next filters' weights are fetched early where they do not stay in a cache from call to call. */
    kernel_number(kernel, "PREFETCH", weight_bytes > stays_cached && blocks > 2);
    /* The lines that a tile will write, and those that it will add, are fetched before they are needed. */
    kernel_number(kernel, "FETCH_RESULT", taps >= LONG_TILE || out->layout.bytes > large_result);
}

/* ---- the kernel ---- */

/* Does a 1x1 convolution see one long row of pixels, since no tensor has a halo? */
static bool is_flat(const struct op *op, const struct conv_input *in, const struct tensor *out,
                    const struct tensor *residual)
{
    const struct window *w = &op->window;
    struct shape from = in->tensor->shape, to = out->shape;
    return !op->pooled && w->size.h == 1 && w->size.w == 1 && w->stride.h == 1 && w->stride.w == 1 && !in->planar &&
           !layout_has_halo(&in->tensor->layout) && !layout_has_halo(&out->layout) &&
           !(residual && layout_has_halo(&residual->layout)) && w->pad.top == 0 && w->pad.left == 0 &&
           from.h * from.w == to.h * to.w;
}

void vector_describe_groups(struct kernel *kernel, const struct op *op, const struct conv_input *in, int64_t blocks)
{
    const struct grouping grouping = vector_grouping(op);
    kernel_numbers(kernel, {"IN_PLANAR", in->planar}, {"IN_ROW", in->tensor->layout.row}, {"IN_CHANNELS", in->channels},
                   {"GROUPS", grouping.groups}, {"GROUP_BLOCKS", blocks},
                   {"GROUP_IN", in->planar ? 0 : in->channels / VECTOR_BLOCK * in->tensor->layout.plane},
                   {"IN_REAL", grouping.in});
}

/* A tile far from the middle of a map, with a large dilation, leaves out the taps that see nothing but padding. */
static void describe_edges(struct kernel *kernel, const struct op *op, const struct conv_input *in)
{
    const struct window *w = &op->window;
    const struct shape map = op->inputs.items[0]->shape;
    const bool edges = vector_leaves_out_taps(op) && !in->planar;
    kernel_number(kernel, "EDGES", edges);
    if (edges)
        kernel_numbers(kernel, {"EDGE_IN_H", map.h}, {"EDGE_IN_W", map.w}, {"EDGE_PAD_H", w->pad.top},
                       {"EDGE_PAD_W", w->pad.left}, {"EDGE_STRIDE_H", w->stride.h}, {"EDGE_STRIDE_W", w->stride.w},
                       {"EDGE_DILATION_H", w->dilation.h}, {"EDGE_DILATION_W", w->dilation.w});
}

/* Does a tile hold the bounds of its activation in registers, beside what its nested loops take? */
static bool is_crowded(const struct op *op, const struct conv_input *in)
{
    return in->planar && op->activation &&
           (op->activation->kind == FUNCTION_RELU6 || op->activation->kind == FUNCTION_CLIP);
}

static void plan_direct(struct planning *v, const struct op *op, struct conv_input in, struct tensor *residual,
                        struct tensor *out, int64_t images)
{
    enum { BLOCKS_TO_SHARE = 16 }; /* with fewer, threads share pixels rather than filters */
    struct kernel *kernel = vector_kernel(v, "vector/direct.m4", vector_family(v, op, "conv"));
    const struct grouping grouping = vector_grouping(op);
    int64_t blocks = vector_blocks(grouping.out);
    int64_t taps = in.channels * op->window.size.h * op->window.size.w;
    struct filters filters = vector_filters(op, &in);
    filters.count = blocks * VECTOR_BLOCK;
    filters.real = grouping.groups == 1 ? op->map.c : filters.count;
    vector_describe_window(kernel, op, in.tensor);
    vector_describe_groups(kernel, op, &in, blocks);
    describe_edges(kernel, op, &in);
    vector_describe_rounds(v, kernel, out, taps, blocks, is_crowded(op, &in));
    plan_describe_images(v->plan, kernel, images > 1);
    if (images > 1)
        kernel_number(kernel, "AT_ONCE", vector_images_at_once(v, op));
    vector_describe_residual(kernel, residual);
    kernel_number(kernel, "POOL", vector_pool_side(op));
    vector_describe_result(kernel, out);
    int64_t slopes = vector_describe_end(v, kernel, op, grouping.groups * filters.count);
    plan_describe_store(v->plan, kernel, grouping.groups * filters.count * taps);
    struct pair map = {out->shape.h, out->shape.w};
    if (is_flat(op, &in, out, residual))
        map = (struct pair){1, map.h * map.w};
    bool pieces = false;
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++) {
        int64_t piece = blocks_of_piece(v, op, &in, *set);
        pieces = pieces || piece > 0;
        kernel_set_number(kernel, *set, "FETCH_INPUT", input_is_far(op, &in, *set));
        kernel_set_number(kernel, *set, "PIECE", piece);
        vector_describe_units(kernel, *set, &filters, op->pooled != NULL);
        vector_describe_tiles(kernel, *set, "", map, &filters, op->pooled != NULL);
    }
    vector_explain_tiles(v, kernel, op, map, &filters);
    bool shared = vector_share(v, kernel, (double)images * vector_direct_cycles(v, op), false);
    kernel_number(kernel, "SPLIT_PIXELS", shared && blocks < BLOCKS_TO_SHARE);
    struct step *step = vector_conv_step(v, op, kernel, in.tensor, residual,
                                         in.planar ? PACK_DIRECT_PLANAR : PACK_DIRECT_BLOCKED,
                                         grouping.groups * filters.count * (taps + 1) + slopes, out);
    step->batched = images > 1;
    if (images > 1)
        v->reasons[op->id] = arena_printf(v->plan->arena, "%s; of all %lld images, %lld at once", v->reasons[op->id],
                                          (long long)images, (long long)vector_images_at_once(v, op));
    if (pieces && op->before)
        step->in_place = 0; /* the result holds sums of channels before the residual is read */
}

/* ---- more weights for a unit of filters than the second level of cache holds, which each tile would wait for ---- */

/* Blocks of channels that are summed up at a time. */
static int64_t blocks_at_once(const struct planning *v, const struct op *op)
{
    enum { FILTERS = 2 * VECTOR_BLOCK };
    int64_t block_bytes = op->window.size.h * op->window.size.w * VECTOR_BLOCK * FILTERS *
                          element_bytes(op->output->type);
    int64_t most = vector_model(v)->second / 2 / block_bytes, all = vector_blocks(op->inputs.items[0]->shape.c);
    if (v->plan->options.stress)
        most = (op->id + v->plan->options.stress) % 3 + 1;
    bool whole = op->groups > 1 || op->pooled || op->before || op->scaled ||
                 !vector_reads_blocks(v, op, ALGORITHM_DIRECT);
    return whole || most < 1 ? all : plan_ceiling(all, plan_ceiling(all, most));
}

/* The convolution of some of the channels; the last one ends it. */
static struct op *piece_of(struct planning *v, const struct op *op, int64_t first, int64_t count, bool last)
{
    struct op *piece = ARENA_NEW(v->plan->arena, struct op);
    struct value *some = ARENA_NEW(v->plan->arena, struct value);
    const struct value *all = op->inputs.items[0];
    *some = *all;
    some->shape.c = count < all->shape.c - first ? count : all->shape.c - first;
    *piece = *op;
    memset(&piece->inputs, 0, sizeof piece->inputs);
    VEC_PUSH(v->plan->arena, &piece->inputs, some);
    if (!op->part.window.h)
        piece->part = (struct part){.window = op->window.size, .channels = all->shape.c};
    piece->part.first_channel = first;
    if (!last)
        piece->activation = NULL;
    return piece;
}

bool vector_direct(struct planning *v, const struct op *op)
{
    int64_t channels = op->inputs.items[0]->shape.c, count = blocks_at_once(v, op) * VECTOR_BLOCK;
    struct conv_input in = vector_conv_input(v, op);
    struct tensor *out = vector_result(v, op), *sum = op->residual ? vector_blocked(v, op, op->residual) : NULL;
    if (count >= channels) {
        plan_direct(v, op, in, sum, out, vector_images(v, op, ALGORITHM_DIRECT));
        return true;
    }
    const char *why = arena_printf(v->plan->arena, "%s, %lld channels at a time", v->reasons[op->id], (long long)count);
    for (int64_t first = 0; first < channels; first += count) {
        bool last = first + count >= channels;
        struct tensor *to = last ? out : plan_tensor(v->plan, op->output, out->layout);
        v->reasons[op->id] = why;
        in.channels = last ? vector_blocks(channels) * VECTOR_BLOCK - first : count;
        plan_direct(v, piece_of(v, op, first, count, last), in, sum, to, 1);
        sum = to;
    }
    return true;
}
