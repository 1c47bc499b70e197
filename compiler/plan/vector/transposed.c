/* Transposed convolutions, phase by phase (plan/phases.h): each is a direct convolution of stride 1 into every so many
 * rows and columns of the result, on the register tiles of direct.c. */
#include "base/text.h"
#include "plan/phases.h"
#include "plan/vector/vector.h"

/* Phases of one band of rows and one of columns are alike but for where they lie: a grid of them. Grids whose windows
 * and numbers of pixels are the same run one function, which is of their kind. */
struct kind {
    struct pair window, map;
};

struct grid {
    const struct band *rows, *columns;
    int kind;
};

enum { MOST_GRIDS = MOST_BANDS * MOST_BANDS };

struct grids {
    struct phases rows, columns;
    struct grid items[MOST_GRIDS];
    struct kind kinds[MOST_GRIDS];
    int count, kind_count;
};

static bool same_pair(struct pair a, struct pair b)
{
    return a.h == b.h && a.w == b.w;
}

static int kind_of(struct grids *grids, struct kind kind)
{
    int i = 0;
    while (i < grids->kind_count &&
           !(same_pair(grids->kinds[i].window, kind.window) && same_pair(grids->kinds[i].map, kind.map)))
        i++;
    if (i == grids->kind_count)
        grids->kinds[grids->kind_count++] = kind;
    return i;
}

static struct grids *grids_of(struct arena *arena, const struct op *op)
{
    struct grids *grids = ARENA_NEW(arena, struct grids);
    phases_along(op, AXIS_H, &grids->rows);
    phases_along(op, AXIS_W, &grids->columns);
    for (int i = 0; i < grids->rows.count; i++)
        for (int k = 0; k < grids->columns.count; k++) {
            const struct band *rows = &grids->rows.bands[i], *columns = &grids->columns.bands[k];
            bool empty = rows->taps * columns->taps == 0;
            struct kind kind = {{empty ? 0 : rows->taps, empty ? 0 : columns->taps}, {rows->count, columns->count}};
            grids->items[grids->count++] = (struct grid){rows, columns, kind_of(grids, kind)};
        }
    return grids;
}

/* ---- how far they read ---- */

static void reach_along(const struct phases *phases, int64_t in, int64_t *before, int64_t *behind)
{
    for (int i = 0; i < phases->count; i++) {
        const struct band *band = &phases->bands[i];
        int64_t last = band->count - 1 + band->origin + (band->taps - 1) * phases->step;
        if (!band->taps)
            continue;
        *before = -band->origin > *before ? -band->origin : *before;
        *behind = last - (in - 1) > *behind ? last - (in - 1) : *behind;
    }
}

struct padding vector_transposed_reach(const struct op *op)
{
    struct padding reach = {0};
    struct phases phases;
    struct shape in = op->inputs.items[0]->shape;
    if (phases_along(op, AXIS_H, &phases))
        reach_along(&phases, in.h, &reach.top, &reach.bottom);
    if (phases_along(op, AXIS_W, &phases))
        reach_along(&phases, in.w, &reach.left, &reach.right);
    return reach;
}

/* ---- the kernel ---- */

static void describe_grid(struct kernel *kernel, const struct grids *grids, int number, const struct tensor *in)
{
    const struct grid *grid = &grids->items[number];
    const struct band *rows = grid->rows, *columns = grid->columns;
    const struct kernel_size sizes[] = {
        {"RUNS", grid->kind},
        {"Y", rows->first},
        {"X", columns->first},
        {"H", rows->phases},
        {"W", columns->phases},
        {"FROM", vector_start(in, -rows->origin, -columns->origin)},
        {"PRECEDING", rows->before * grids->columns.taps + rows->taps * columns->before},
        {"DOWN", rows->taps * grids->columns.taps}, /* from a row of phases to the next */
        {"ACROSS", rows->taps * columns->taps},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        kernel_number(kernel, arena_printf(kernel->arena, "GRID%d_%s", number, sizes[i].name), sizes[i].number);
}

static void describe_kinds(struct planning *v, struct kernel *kernel, const struct grids *grids,
                           const struct filters *filters)
{
    kernel_numbers(kernel, {"GRIDS", grids->count}, {"KINDS", grids->kind_count});
    for (int i = 0; i < grids->kind_count; i++) {
        const struct kind *kind = &grids->kinds[i];
        kernel_number(kernel, arena_printf(kernel->arena, "KIND%d_KERNEL_H", i), kind->window.h);
        kernel_number(kernel, arena_printf(kernel->arena, "KIND%d_KERNEL_W", i), kind->window.w);
        for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++)
            vector_describe_tiles(kernel, *set, arena_printf(kernel->arena, "KIND%d_", i), kind->map, filters, false);
    }
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++)
        vector_describe_units(kernel, *set, filters, false);
}

static void describe_input(struct kernel *kernel, const struct grids *grids, const struct tensor *in)
{
    const struct tensor_layout *layout = &in->layout;
    kernel_numbers(kernel, {"IN_PLANE", layout->plane}, {"PIXEL_ROW", layout->row}, {"PIXEL_COLUMN", layout->block},
                   {"TAP_ROW", grids->rows.step * layout->row}, {"TAP_COLUMN", grids->columns.step * layout->block},
                   {"TAPS", grids->rows.taps * grids->columns.taps}, {"FETCH_INPUT", 0}, {"PIECE", 0}, {"POOL", 1});
}

bool vector_transposed(struct planning *v, const struct op *op)
{
    enum { BLOCKS_TO_SHARE = 16 }; /* with fewer, threads share pixels rather than filters */
    const struct grids *grids = grids_of(v->plan->arena, op);
    struct conv_input in = vector_conv_input(v, op);
    struct tensor *out = vector_result(v, op);
    struct kernel *kernel = vector_kernel(v, "vector/transposed.m4", vector_family(v, op, "deconv"));
    const struct grouping grouping = vector_grouping(op);
    int64_t groups = grouping.groups, blocks = vector_blocks(grouping.out);
    struct filters filters = vector_filters(op, &in);
    int64_t weights = in.channels * grids->rows.taps * grids->columns.taps;
    describe_input(kernel, grids, in.tensor);
    vector_describe_groups(kernel, op, &in, blocks);
    vector_describe_rounds(v, kernel, out, weights, blocks, false);
    for (int i = 0; i < grids->count; i++)
        describe_grid(kernel, grids, i, in.tensor);
    describe_kinds(v, kernel, grids, &filters);
    struct tensor *residual = vector_residual(v, kernel, op);
    vector_describe_result(kernel, out);
    kernel_numbers(kernel, {"STRIDE_H", grids->rows.stride}, {"STRIDE_W", grids->columns.stride}, {"EDGES", 0});
    int64_t slopes = vector_describe_end(v, kernel, op, groups * blocks * VECTOR_BLOCK);
    plan_describe_store(v->plan, kernel, groups * blocks * VECTOR_BLOCK * weights);
    vector_explain_tiles(v, kernel, op, grids->kinds[0].map, &filters);
    bool shared = vector_share(v, kernel, vector_transposed_cycles(v, op), false);
    kernel_number(kernel, "SPLIT_PIXELS", shared && blocks < BLOCKS_TO_SHARE);
    vector_conv_step(v, op, kernel, in.tensor, residual, in.planar ? PACK_PHASES_PLANAR : PACK_PHASES_BLOCKED,
                     groups * blocks * VECTOR_BLOCK * (weights + 1) + slopes, out);
    return true;
}
