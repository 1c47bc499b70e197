/* Plain C convolutions and transposed convolutions. */
#include "plan/portable/portable.h"

/* Kernels read each number of the residual before they write to its place: to begin a sum with it (`first'), or at the
 * end. */
static bool finish(struct plan *plan, const struct op *op, struct kernel *kernel, bool first)
{
    if (op_is_quantised(op))
        return quantised_finish(plan, op, kernel);
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

static void describe_groups(struct kernel *kernel, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    kernel_numbers(kernel, {"OUT_C", out.c}, {"GROUPS", op->groups}, {"IN_PER_GROUP", in.c / op->groups},
                   {"OUT_PER_GROUP", out.c / op->groups}, {"IN_PIXELS", in.h * in.w});
}

/* ---- tiles ---- */

enum { VECTOR = 8 /* numbers; runs are whole vectors where they can be */ };

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How the window that is copied is laid out along one axis: `phases' of `read' numbers, `spread' apart in the input. A
 * phase holds what the taps read whose places leave the same of the stride, one of `remainders'. Where there is
 * dilation, each tap has a phase of its own, so that nothing is copied that none reads. */
struct extent {
    int64_t tile, read, phases, spread, remainders;
    bool clip;
};

struct side_of_map {
    int64_t in, out, size, stride, dilation, pad;
};

static struct extent extent_of(const struct side_of_map *a, int64_t tile)
{
    struct extent e = {tile, tile + (a->size - 1) / a->stride, a->size == 1 ? 1 : a->stride, 1, a->stride, false};
    if (a->dilation > 1)
        e = (struct extent){tile, tile, a->size, a->dilation, 1, false};
    int64_t last = (a->out - tile) * a->stride - a->pad + (e.read - 1) * a->stride + (e.phases - 1) * e.spread;
    e.clip = a->pad > 0 || last >= a->in;
    return e;
}

/* From one tap to the next, or from one remainder to the next: where each has a phase, which is that large, or else
 * `next'. */
static int64_t step_of(const struct side_of_map *a, const struct extent *e, int64_t phase, int64_t next)
{
    return a->dilation > 1 || e->remainders > 1 ? phase : next;
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
    return w->size.h <= MOST ? w->size.h : w->stride.h == 1 || w->dilation.h > 1 ? largest_divisor(w->size.h, MOST) : 1;
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

/* Numbers that are summed up at a time, of so many: in whole vectors where that costs little. */
static int64_t pointwise_run(int64_t pixels)
{
    enum { MOST_RUN = 64, LITTLE = 8 /* an eighth */ };
    for (int64_t runs = plan_ceiling(pixels, MOST_RUN); runs <= pixels / VECTOR; runs++) {
        int64_t run = plan_ceiling(plan_ceiling(pixels, runs), VECTOR) * VECTOR;
        if (runs * run > pixels + pixels / LITTLE)
            break;
        if (run <= pixels)
            return run;
    }
    return plan_ceiling(pixels, plan_ceiling(pixels, MOST_RUN));
}

static bool plan_pointwise(struct plan *plan, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape;
    struct kernel *kernel = op_is_quantised(op) ? kernel_new(plan, "quantised/pointwise.m4", "pointwise_s8")
                                                : kernel_new(plan, "portable/pointwise.m4", "pointwise");
    int64_t pixels = in.h * in.w, filters = op->output->shape.c, depth = maps_taken(&op->window, in.c);
    kernel_numbers(kernel, {"IN_C", in.c}, {"OUT_C", filters}, {"PIXELS", pixels}, {"RUN", pointwise_run(pixels)},
                   {"DEPTH", depth}, {"FILTERS", filters_of(filters, depth)});
    return finish(plan, op, kernel, false);
}

struct tile {
    struct side_of_map y, x;
    struct extent rows, columns;
    int64_t taken, depth, filters, run, window;
};

static void set_sides(struct tile *t, int64_t height, int64_t width)
{
    t->rows = extent_of(&t->y, height);
    t->columns = extent_of(&t->x, width);
    t->run = (height - 1) * t->columns.read + width;
    if (t->run >= VECTOR)
        t->run = plan_ceiling(t->run, VECTOR) * VECTOR;
    t->window = t->depth * t->rows.phases * t->columns.phases * t->rows.read * t->columns.read + VECTOR;
}

/* The stack holds the window and the sums; small processors have little of it. */
static bool is_small(const struct tile *t)
{
    enum { MOST_NUMBERS = 384, MOST_RUN = 256 };
    return t->run <= MOST_RUN && t->window + t->filters * t->run <= MOST_NUMBERS;
}

/* As wide as the map if that is small enough, and as high as that leaves. Sides are multiples of the pool's `side'. */
static struct tile choose_tile(const struct portable_window *w, int64_t maps, int64_t filters, int64_t side)
{
    const struct window *p = &w->window;
    struct tile t = {.y = {w->in_h, w->out_h, p->size.h, p->stride.h, p->dilation.h, p->pad.top},
                     .x = {w->in_w, w->out_w, p->size.w, p->stride.w, p->dilation.w, p->pad.left}};
    t.taken = rows_taken(p);
    t.depth = maps_taken(p, maps);
    t.filters = filters_of(filters, t.taken * t.depth);
    int64_t width = w->out_w / side, height = w->out_h / side;
    set_sides(&t, side, side * width);
    for (int64_t pieces = 2; !is_small(&t) && side * t.columns.tile > VECTOR; pieces++)
        set_sides(&t, side, side * plan_ceiling(width, pieces));
    for (int64_t rows = height; rows > 1; rows--) {
        struct tile higher = t;
        set_sides(&higher, side * rows, t.columns.tile);
        if (height % rows == 0 && is_small(&higher))
            return higher;
    }
    return t;
}

static void describe_tile(struct kernel *kernel, const struct tile *t, int64_t side)
{
    int64_t plane = t->rows.read * t->columns.read, row = t->columns.phases * plane;
    kernel_numbers(kernel, {"FILTERS", t->filters}, {"TAKEN", t->taken}, {"DEPTH", t->depth}, {"RUN", t->run},
                   {"WINDOW", t->window}, {"POOL", side}, {"ROWS", t->rows.tile}, {"LINES", t->rows.read},
                   {"PHASES_H", t->rows.phases}, {"SPREAD_H", t->rows.spread}, {"REMAINDERS_H", t->rows.remainders},
                   {"STEP_H", step_of(&t->y, &t->rows, row, t->columns.read)}, {"CLIP_H", t->rows.clip},
                   {"COLUMNS", t->columns.tile}, {"LINE", t->columns.read}, {"PHASES_W", t->columns.phases},
                   {"SPREAD_W", t->columns.spread}, {"REMAINDERS_W", t->columns.remainders},
                   {"STEP_W", step_of(&t->x, &t->columns, plane, 1)}, {"CLIP_W", t->columns.clip});
}

/* ---- integers of 8 bits, for one instruction set: what a tile reads of all maps is copied at once ---- */

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
    const bool integers = op_is_quantised(op);
    const char *family = arena_printf(plan->arena, "%s%lldx%lld%s", op_is_depthwise(op) ? "depthwise" : "conv",
                                      (long long)op->window.size.h, (long long)op->window.size.w,
                                      integers ? "_s8" : "");
    struct kernel *kernel = kernel_new(plan, integers ? "quantised/conv.m4" : "portable/conv.m4", family);
    const struct window *window = &w.window;
    kernel_numbers(kernel, {"IN_H", w.in_h}, {"IN_W", w.in_w}, {"OUT_H", w.out_h}, {"OUT_W", w.out_w},
                   {"KERNEL_H", window->size.h}, {"KERNEL_W", window->size.w}, {"STRIDE_H", window->stride.h},
                   {"STRIDE_W", window->stride.w}, {"PAD_TOP", window->pad.top}, {"PAD_LEFT", window->pad.left});
    describe_groups(kernel, op);
    struct tile tile = choose_tile(&w, in.c / op->groups, out.c / op->groups, side);
    describe_tile(kernel, &tile, side);
    return finish(plan, op, kernel, false);
}

bool portable_transposed(struct plan *plan, const struct op *op)
{
    const struct window *w = &op->window;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const bool integers = op_is_quantised(op);
    struct kernel *kernel = integers ? kernel_new(plan, "quantised/deconv.m4", "deconv_s8")
                                     : kernel_new(plan, "portable/deconv.m4", "deconv");
    int64_t reach_h = (in.h - 1) * w->stride.h + (w->size.h - 1) * w->dilation.h - w->pad.top;
    int64_t reach_w = (in.w - 1) * w->stride.w + (w->size.w - 1) * w->dilation.w - w->pad.left;
    portable_describe_window(kernel,
                             &(struct portable_window){in.h, in.w, out.h, out.w, *w, w->pad.top > 0 || reach_h >= out.h,
                                                       w->pad.left > 0 || reach_w >= out.w});
    describe_groups(kernel, op);
    kernel_numbers(kernel, {"DILATION_H", w->dilation.h}, {"DILATION_W", w->dilation.w});
    if (integers)
        return quantised_transposed(plan, op, kernel);
    kernel_number(kernel, "OUT_PIXELS", out.h * out.w);
    return finish(plan, op, kernel, true);
}
