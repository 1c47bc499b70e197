/* Pools in ONNX: its own operators where they say the same, else two matrix products (a window's
 * mean, weighted mean or sum is separable), or slices for adaptive maxima. */
#include <math.h>

#include "export.h"

static const char *const END = NULL;

/* One axis of a pool: windows of `size` input pixels. */
struct sweep {
    int64_t size, out, window, stride, before, after;
    bool adaptive;
};

struct reach {
    int64_t from, to; /* as placed: may lie partly outside */
};

static struct reach reach_at(const struct sweep *s, int64_t i)
{
    if (s->adaptive)
        return (struct reach){i * s->size / s->out, ((i + 1) * s->size + s->out - 1) / s->out};
    int64_t from = i * s->stride - s->before;
    return (struct reach){from, from + s->window};
}

/* What must be added behind the last pixel so that all windows fit. */
static int64_t pad_after(const struct sweep *s)
{
    int64_t needed = (s->out - 1) * s->stride + s->window - s->before - s->size;
    return needed > s->after ? needed : s->after;
}

static void make_regular(struct sweep *s) /* an adaptive pool whose windows are equal and touch */
{
    if (!s->adaptive || s->size % s->out)
        return;
    s->window = s->stride = s->size / s->out;
    s->before = s->after = 0;
    s->adaptive = false;
}

static void get_sweeps(const struct node *node, struct sweep *h, struct sweep *w)
{
    const struct layer_args *a = &node->args;
    const struct shape in = node->inputs[0]->shape, out = node->shape;
    *h = (struct sweep){in.h, out.h, a->window.h, a->stride.h, a->pad.top, a->pad.bottom, a->adaptive};
    *w = (struct sweep){in.w, out.w, a->window.w, a->stride.w, a->pad.left, a->pad.right, a->adaptive};
    make_regular(h);
    make_regular(w);
}

/* A pixel's weight in a window, before the division; `centre` is in placed coordinates. */
static double pixel_weight(enum pool_kind kind, struct reach placed, int64_t pixel)
{
    if (kind != POOL_KIND_GAUSS)
        return 1;
    double length = (double)(placed.to - placed.from);
    double distance = (double)(pixel - placed.from) - (length - 1) / 2, spread = length / 2;
    return exp(-distance * distance / (2 * spread * spread));
}

/* Row i: the weights of the input's pixels in window i; transposed for the width. */
static const char *sweep_matrix(struct builder *b, const struct sweep *s, enum pool_kind kind, bool count_pad,
                                bool transpose)
{
    double *matrix = ARENA_ARRAY(b->arena, double, (size_t)(s->out * s->size));
    for (int64_t i = 0; i < s->out; i++) {
        struct reach placed = reach_at(s, i);
        int64_t from = placed.from > 0 ? placed.from : 0, to = placed.to < s->size ? placed.to : s->size;
        double total = 0;
        for (int64_t p = from; p < to; p++)
            total += pixel_weight(kind, placed, p);
        if (kind == POOL_KIND_L2) {
            total = 1;
        } else if (kind == POOL_KIND_AVG && count_pad) {
            int64_t limit = s->size + s->after;
            total = (double)((placed.to < limit ? placed.to : limit) - placed.from);
        }
        for (int64_t p = from; p < to; p++)
            matrix[transpose ? p * s->out + i : i * s->size + p] = pixel_weight(kind, placed, p) / total;
    }
    const int64_t dims[] = {transpose ? s->size : s->out, transpose ? s->out : s->size};
    return onnx_floats(b, matrix, dims, 2);
}

static const char *matrix_pool(struct builder *b, const char *x, enum pool_kind kind, const struct sweep *h,
                               const struct sweep *w)
{
    const bool count_pad = b->node->args.count_pad && !b->node->args.adaptive;
    if (kind == POOL_KIND_L2)
        x = onnx_op(b, "Mul", NULL, x, x, END);
    x = onnx_op(b, "MatMul", NULL, sweep_matrix(b, h, kind, count_pad, false), x, END);
    x = onnx_op(b, "MatMul", NULL, x, sweep_matrix(b, w, kind, count_pad, true), END);
    return kind == POOL_KIND_L2 ? onnx_op(b, "Sqrt", NULL, x, END) : x;
}

static const char *axis_maxima(struct builder *b, const char *x, const struct sweep *s, int64_t axis)
{
    const char **parts = ARENA_ARRAY(b->arena, const char *, (size_t)s->out);
    for (int64_t i = 0; i < s->out; i++) {
        struct reach reach = reach_at(s, i);
        const char *from = onnx_ints(b, &reach.from, 1), *to = onnx_ints(b, &reach.to, 1);
        const char *slice = onnx_op(b, "Slice", NULL, x, from, to, onnx_ints(b, &axis, 1), END);
        struct attributes a = onnx_attributes(b);
        attribute_ints(&a, "axes", &axis, 1);
        parts[i] = onnx_op(b, "ReduceMax", &a, slice, END);
    }
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "axis", axis);
    return onnx_op_list(b, "Concat", &a, parts, (size_t)s->out);
}

static const char *explicit_padding(struct builder *b, const char *x, const struct sweep *h, const struct sweep *w,
                                    double value)
{
    const int64_t pads[] = {0, 0, h->before, w->before, 0, 0, pad_after(h), pad_after(w)};
    const char *amounts = onnx_ints(b, pads, 8);
    return onnx_op(b, "Pad", NULL, x, amounts, onnx_scalar(b, value), END);
}

/* A pool of equal windows by ONNX's own operator, with the end's padding made explicit. */
static const char *window_pool(struct builder *b, const char *x, enum pool_kind kind, const struct sweep *h,
                               const struct sweep *w, bool ceil)
{
    static const char *const operators[POOL_KIND_COUNT] = {
        [POOL_KIND_MAX] = "MaxPool", [POOL_KIND_AVG] = "AveragePool", [POOL_KIND_L2] = "LpPool"};
    const int64_t window[] = {h->window, w->window}, stride[] = {h->stride, w->stride};
    int64_t pads[] = {h->before, w->before, ceil ? h->after : pad_after(h), ceil ? w->after : pad_after(w)};
    const bool padded = pads[0] || pads[1] || pads[2] || pads[3];
    if (pads[0] >= window[0] || pads[1] >= window[1] || pads[2] >= window[0] || pads[3] >= window[1]) {
        x = explicit_padding(b, x, h, w, kind == POOL_KIND_MAX ? -INFINITY : 0);
        pads[0] = pads[1] = pads[2] = pads[3] = 0;
    }
    struct attributes a = onnx_attributes(b);
    attribute_ints(&a, "kernel_shape", window, 2);
    attribute_ints(&a, "strides", stride, 2);
    attribute_ints(&a, "pads", pads, 4);
    if (ceil)
        attribute_int(&a, "ceil_mode", 1);
    if (kind == POOL_KIND_AVG)
        attribute_int(&a, "count_include_pad", padded && b->node->args.count_pad);
    if (kind == POOL_KIND_L2)
        attribute_int(&a, "p", 2);
    return onnx_op(b, operators[kind], &a, x, END);
}

/* ONNX rounds up without PyTorch's rule for a last window that would start in the padding. */
static bool plain_ceiling(const struct sweep *s)
{
    return (s->size + s->before + s->after - s->window + s->stride - 1) / s->stride + 1 == s->out;
}

static bool reaches_over(const struct sweep *s)
{
    return pad_after(s) > s->after;
}

static const char *pool(struct builder *b, const char *x, enum pool_kind kind)
{
    struct sweep h, w;
    get_sweeps(b->node, &h, &w);
    const bool adaptive = h.adaptive || w.adaptive, over = reaches_over(&h) || reaches_over(&w);
    const bool large_pads = h.before >= h.window || w.before >= w.window || h.after >= h.window || w.after >= w.window;
    if (adaptive && kind == POOL_KIND_MAX)
        return axis_maxima(b, axis_maxima(b, x, &h, 2), &w, 3);
    if (adaptive || kind == POOL_KIND_GAUSS || (kind != POOL_KIND_MAX && large_pads))
        return matrix_pool(b, x, kind, &h, &w);
    if (!over || (kind == POOL_KIND_L2 && pad_after(&h) < h.window && pad_after(&w) < w.window))
        return window_pool(b, x, kind, &h, &w, false);
    const bool padded = h.before || w.before || h.after || w.after;
    if (kind != POOL_KIND_L2 && plain_ceiling(&h) && plain_ceiling(&w) && !(kind == POOL_KIND_AVG && padded))
        return window_pool(b, x, kind, &h, &w, true);
    return kind == POOL_KIND_MAX ? window_pool(b, x, kind, &h, &w, false) : matrix_pool(b, x, kind, &h, &w);
}

void export_pool(struct builder *b)
{
    onnx_affine(b, pool(b, onnx_input4(b, 0), b->node->args.pool));
}

void export_global_pool(struct builder *b)
{
    onnx_unary(b, b->type, onnx_input4(b, 0));
}
