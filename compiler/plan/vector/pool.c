/* Pools: of blocked tensors by vectors over channels, of planar ones by vectors over pixels. */
#include "plan/portable/portable.h"
#include "plan/vector/vector.h"

/* Of adaptive pools, the largest window; theirs are clipped in that each has its own edges. */
static struct window window_of(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->map;
    struct window window = op->window;
    if (op->pool.adaptive)
        window = (struct window){.size = {plan_ceiling(in.h, out.h) + 1, plan_ceiling(in.w, out.w) + 1},
                                 .stride = {1, 1},
                                 .dilation = {1, 1}};
    return window;
}

/* How the kernel ends, and its step. Channels are padded to whole blocks of so many. */
static void finish(struct planning *v, const struct op *op, struct kernel *kernel, struct tensor *in,
                   struct tensor *out, int block)
{
    kernel_word(kernel, "KIND", pool_kind_words[op->pool.kind]);
    kernel_number(kernel, "AFFINE", op->pool.affine);
    vector_activation(v, kernel, op->activation);
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, in);
    int64_t channels = layout_blocks(out->shape.c, block) * block;
    if (op->pool.affine)
        step_weights(v->plan, step, plan_pack(v->plan, op, op->node, PACK_AFFINE, block, 2 * channels));
    step_writes(v->plan, step, out);
}

/* Do neighbours of a line make the windows? Its columns come from `read' of the map; they are on the stack. */
struct line {
    bool used;
    int64_t columns, read;
};

static struct line line_of(const struct op *op, const struct window *w, bool clipped)
{
    enum { WIDEST = 512 };
    int64_t in = op->inputs.items[0]->shape.w, columns = (op->map.w - 1) * w->stride.w + w->size.w;
    bool worth = clipped || w->size.w > w->stride.w || w->size.h > w->stride.h;
    int64_t read = columns - w->pad.left < in ? columns - w->pad.left : in;
    bool fits = read >= 1 && columns <= WIDEST; /* windows may see nothing but padding */
    return (struct line){worth && fits && !op->pool.adaptive && op->pool.kind != POOL_KIND_GAUSS, columns, read};
}

/* Does a window reach over the edges of the map? */
static bool is_clipped(const struct op *op, const struct window *w)
{
    struct shape in = op->inputs.items[0]->shape;
    return op->pool.adaptive || w->pad.top || w->pad.left ||
           (op->map.h - 1) * w->stride.h - w->pad.top + w->size.h > in.h ||
           (op->map.w - 1) * w->stride.w - w->pad.left + w->size.w > in.w;
}

bool vector_pool(struct planning *v, const struct op *op)
{
    enum { PIXELS_A_CYCLE = 8, MOST_UNROLLED = 9 };
    const struct window window = window_of(op), *w = &window;
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    const char *family = arena_printf(v->plan->arena, "pool_%s", pool_kind_words[op->pool.kind]);
    bool adaptive = op->pool.adaptive, clipped = is_clipped(op, w);
    struct line line = line_of(op, w, clipped);
    struct kernel *kernel = vector_kernel(v, line.used ? "vector/pool_line.m4" : "vector/pool.m4", family);
    if (line.used)
        kernel_numbers(kernel, {"COLUMNS", line.columns}, {"READ", line.read},
                       {"UNROLLED", w->size.h <= MOST_UNROLLED && w->size.w <= MOST_UNROLLED});
    vector_describe_operand(kernel, in, "IN");
    vector_describe_result(kernel, out);
    kernel_numbers(kernel, {"BLOCKS", vector_blocks(out->shape.c)}, {"IN_H", in->shape.h}, {"IN_W", in->shape.w},
                   {"KERNEL_H", w->size.h}, {"KERNEL_W", w->size.w}, {"STRIDE_H", w->stride.h},
                   {"STRIDE_W", w->stride.w}, {"PAD_TOP", w->pad.top}, {"PAD_LEFT", w->pad.left},
                   {"PAD_BOTTOM", w->pad.bottom}, {"PAD_RIGHT", w->pad.right},
                   {"COUNT_PAD", op->pool.count_pad && !adaptive}, {"ADAPTIVE", adaptive}, {"CLIPPED", clipped});
    if (op->pool.kind == POOL_KIND_GAUSS)
        kernel_reference(kernel, "GAUSS_WINDOW", portable_gauss_window(v->plan));
    vector_share(v, kernel, (double)shape_elements(out->shape) * (double)(w->size.h * w->size.w) / PIXELS_A_CYCLE,
                 false);
    finish(v, op, kernel, in, out, VECTOR_BLOCK);
    return true;
}

/* ---- planes ---- */

/* The windows of a pool, also of an adaptive one whose windows are all alike. */
static bool find_windows(const struct op *op, struct window *window)
{
    struct shape in = op->inputs.items[0]->shape, out = op->map;
    *window = op->window;
    if (!op->pool.adaptive)
        return true;
    struct pair size = {in.h / out.h, in.w / out.w};
    *window = (struct window){.size = size, .stride = size, .dilation = {1, 1}};
    return size.h * out.h == in.h && size.w * out.w == in.w;
}

/* A row of windows takes two lines on the stack. Rows narrower than most vectors are better off in blocks. */
bool vector_can_pool_planes(const struct op *op)
{
    enum { NARROWEST = 8, WIDEST = 4096 };
    struct window w;
    if (op->kind != OP_POOL || op->pool.whole || op->pool.kind == POOL_KIND_GAUSS || !find_windows(op, &w))
        return false;
    int64_t columns = (op->map.w - 1) * w.stride.w + w.size.w;
    bool wide = op->map.w >= NARROWEST || (w.stride.w > 2 && op->inputs.items[0]->shape.w >= 2 * NARROWEST);
    return wide && columns <= WIDEST && columns > w.pad.left;
}

bool vector_pool_planes(struct planning *v, const struct op *op)
{
    enum { NUMBERS_A_CYCLE = 4, MOST_UNROLLED = 9 };
    struct window window;
    const struct window *w = &window;
    find_windows(op, &window);
    struct tensor *in = vector_planar(v, op, op->inputs.items[0]), *out = portable_output(v->plan, op);
    const char *family = arena_printf(v->plan->arena, "pool_%s", pool_kind_words[op->pool.kind]);
    struct kernel *kernel = vector_kernel(v, "vector/pool_planes.m4", family);
    int64_t columns = (op->map.w - 1) * w->stride.w + w->size.w, read = columns - w->pad.left;
    kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"IN_H", in->shape.h}, {"IN_W", in->shape.w},
                   {"OUT_H", out->shape.h}, {"OUT_W", out->shape.w}, {"KERNEL_H", w->size.h}, {"KERNEL_W", w->size.w},
                   {"STRIDE_H", w->stride.h}, {"STRIDE_W", w->stride.w}, {"PAD_TOP", w->pad.top},
                   {"PAD_LEFT", w->pad.left}, {"PAD_BOTTOM", w->pad.bottom}, {"PAD_RIGHT", w->pad.right},
                   {"READ", read < in->shape.w ? read : in->shape.w}, {"COUNT_PAD", op->pool.count_pad},
                   {"CLIPPED", !op->pool.adaptive && is_clipped(op, w)},
                   {"UNROLLED", w->size.h <= MOST_UNROLLED && w->size.w <= MOST_UNROLLED});
    vector_share(v, kernel, (double)shape_elements(in->shape) / NUMBERS_A_CYCLE, false);
    finish(v, op, kernel, in, out, 1);
    return true;
}

bool vector_global(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    const char *word = pool_kind_words[op->pool.kind];
    struct kernel *kernel = vector_kernel(v, "vector/global.m4", arena_printf(v->plan->arena, "global_%s", word));
    vector_describe_operand(kernel, in, "IN");
    kernel_numbers(kernel, {"IN_H", in->shape.h}, {"IN_W", in->shape.w}, {"BLOCKS", vector_blocks(out->shape.c)});
    vector_describe_result(kernel, out);
    kernel_number(kernel, "SHARED", 0);
    finish(v, op, kernel, in, out, VECTOR_BLOCK);
    return true;
}
