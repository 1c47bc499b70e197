/* Plain C convolutions and transposed convolutions. */
#include "plan/portable/portable.h"

/* Kernels read each number of the residual before they write to its place: to begin a sum with it (`first'), or at the
 * end. */
static bool finish(struct plan *plan, const struct op *op, struct kernel *kernel, bool first)
{
    portable_describe_epilogue(plan, kernel, op, first);
    struct step *step = portable_linear_step(plan, op, kernel);
    if (op->residual && (!first || !op->before))
        step_in_place(step, 1);
    return true;
}

static bool covers_input(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const struct window *w = &op->window;
    return op->groups == 1 && out.h == 1 && out.w == 1 && w->size.h == in.h && w->size.w == in.w &&
           (w->dilation.h == 1 || in.h == 1) && (w->dilation.w == 1 || in.w == 1) && w->pad.top == 0 &&
           w->pad.left == 0;
}

static bool is_pointwise(const struct op *op, const struct portable_window *w)
{
    return op->groups == 1 && w->window.size.h == 1 && w->window.size.w == 1 && w->window.stride.h == 1 &&
           w->window.stride.w == 1 && !w->clip_h && !w->clip_w && op->window.pad.bottom == 0 &&
           op->window.pad.right == 0;
}

static bool plan_pointwise(struct plan *plan, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape;
    struct kernel *kernel = kernel_new(plan, "portable/pointwise.m4", "pointwise");
    kernel_numbers(kernel, {"IN_C", in.c}, {"OUT_C", op->output->shape.c}, {"PIXELS", in.h * in.w});
    return finish(plan, op, kernel, true);
}

static void describe_groups(struct kernel *kernel, const struct op *op, struct pair dilation)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    kernel_numbers(kernel, {"OUT_C", out.c}, {"GROUPS", op->groups}, {"IN_PER_GROUP", in.c / op->groups},
                   {"OUT_PER_GROUP", out.c / op->groups}, {"DILATION_H", dilation.h}, {"DILATION_W", dilation.w},
                   {"IN_PIXELS", in.h * in.w});
}

/* ---- tiles ---- */

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* What is summed up at a time along one axis, and what of the input that takes: so many numbers of each of the
 * remainders by the stride, of which some are `phases'. */
struct extent {
    int64_t tile, read, phases;
    bool clip;
};

static struct extent extent_of(int64_t tile, int64_t in, int64_t out, int64_t size, int64_t stride, int64_t dilation,
                           int64_t pad)
{
    int64_t phases = size == 1 ? 1 : stride, read = tile + (size - 1) * dilation / stride;
    int64_t last = (out - tile) * stride - pad + (read - 1) * stride + phases - 1;
    return (struct extent){tile, read, phases, pad > 0 || last >= in};
}

/* The largest divisor of the rows with which the tile's numbers, lines of so many, do not exceed `most'. */
static int64_t tile_rows(int64_t rows, int64_t line, int64_t most)
{
    int64_t best = 1;
    for (int64_t tile = 1; tile <= rows && tile * line <= most; tile++)
        if (rows % tile == 0)
            best = tile;
    return best;
}

static int64_t largest_divisor(int64_t number, int64_t most)
{
    int64_t divisor = smaller(number, most);
    while (number % divisor != 0)
        divisor--;
    return divisor;
}

/* How many of a filter's weights are taken at once: rows of the window, or maps where it has one row only. */
static int64_t rows_taken(const struct window *w)
{
    enum { MOST = 12 };
    return w->size.h <= MOST ? w->size.h : w->stride.h == 1 ? largest_divisor(w->size.h, MOST) : 1;
}

static int64_t maps_taken(const struct window *w, int64_t maps)
{
    enum { MOST = 4 };
    return w->size.h == 1 ? largest_divisor(maps, MOST) : 1;
}

/* All weights that are taken at once stay in registers, also in the 32 of a small processor. */
static int64_t filters_of(int64_t filters, int64_t taps)
{
    enum { MOST_WEIGHTS = 24 };
    int64_t most = smaller(filters, taps == 1 ? 8 : smaller(MOST_WEIGHTS / taps, 4));
    return plan_ceiling(filters, plan_ceiling(filters, most));
}

/* The sides of tiles are multiples of the pool's side. */
static void describe_tile(struct kernel *kernel, const struct portable_window *w, int64_t maps, int64_t filters,
                          int64_t side)
{
    enum { MOST_COLUMNS = 256, MOST_RUN = 192, ROUND = 8 }; /* numbers */
    const struct window *window = &w->window;
    int64_t width = side * plan_ceiling(w->out_w / side, plan_ceiling(w->out_w, MOST_COLUMNS));
    struct extent columns = extent_of(width, w->in_w, w->out_w, window->size.w, window->stride.w, window->dilation.w,
                                      window->pad.left);
    int64_t height = side * tile_rows(w->out_h / side, side * columns.read, MOST_RUN);
    struct extent rows = extent_of(height, w->in_h, w->out_h, window->size.h,
                                   window->stride.h, window->dilation.h, window->pad.top);
    int64_t taken = rows_taken(window), depth = maps_taken(window, maps);
    int64_t run = (rows.tile - 1) * columns.read + columns.tile;
    if (run >= ROUND) /* whole vectors */
        run = plan_ceiling(run, ROUND) * ROUND;
    int64_t map = rows.phases * columns.phases * rows.read * columns.read;
    kernel_numbers(kernel, {"FILTERS", filters_of(filters, taken * depth)}, {"TAKEN", taken}, {"DEPTH", depth},
                   {"ROWS", rows.tile}, {"COLUMNS", columns.tile}, {"LINES", rows.read}, {"LINE", columns.read},
                   {"PHASES_H", rows.phases}, {"PHASES_W", columns.phases}, {"RUN", run},
                   {"WINDOW", depth * map + ROUND}, {"CLIP_H", rows.clip}, {"CLIP_W", columns.clip}, {"POOL", side});
}

bool portable_ends_in_pool(const struct op *op)
{
    struct portable_window w = portable_window(op->inputs.items[0]->shape, op->output->shape, &op->window);
    return !op->residual && !covers_input(op) && !is_pointwise(op, &w);
}

bool portable_convolution(struct plan *plan, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const int64_t side = op->pooled ? PLAN_POOL_SIDE : 1;
    struct shape map = {out.h * side, out.w * side, out.c};
    struct portable_window w = portable_window(in, map, &op->window);
    if (covers_input(op))
        return portable_dense(plan, op);
    if (is_pointwise(op, &w))
        return plan_pointwise(plan, op);
    const char *family = arena_printf(plan->arena, "%s%lldx%lld", op_is_depthwise(op) ? "depthwise" : "conv",
                                      (long long)op->window.size.h, (long long)op->window.size.w);
    struct kernel *kernel = kernel_new(plan, "portable/conv.m4", family);
    const struct window *window = &w.window;
    kernel_numbers(kernel, {"IN_H", w.in_h}, {"IN_W", w.in_w}, {"OUT_H", w.out_h}, {"OUT_W", w.out_w},
                   {"KERNEL_H", window->size.h}, {"KERNEL_W", window->size.w}, {"STRIDE_H", window->stride.h},
                   {"STRIDE_W", window->stride.w}, {"PAD_TOP", window->pad.top}, {"PAD_LEFT", window->pad.left});
    describe_groups(kernel, op, window->dilation);
    describe_tile(kernel, &w, in.c / op->groups, out.c / op->groups, side);
    return finish(plan, op, kernel, false);
}

bool portable_transposed(struct plan *plan, const struct op *op)
{
    const struct window *w = &op->window;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    struct kernel *kernel = kernel_new(plan, "portable/deconv.m4", "deconv");
    int64_t reach_h = (in.h - 1) * w->stride.h + (w->size.h - 1) * w->dilation.h - w->pad.top;
    int64_t reach_w = (in.w - 1) * w->stride.w + (w->size.w - 1) * w->dilation.w - w->pad.left;
    portable_describe_window(kernel,
                             &(struct portable_window){in.h, in.w, out.h, out.w, *w, w->pad.top > 0 || reach_h >= out.h,
                                                       w->pad.left > 0 || reach_w >= out.w});
    describe_groups(kernel, op, w->dilation);
    kernel_number(kernel, "OUT_PIXELS", out.h * out.w);
    return finish(plan, op, kernel, true);
}
