/* Lints about a window on a map: fit, even-filter, pool-pad. */
#include "base/text.h"
#include "check/lint.h"
#include "shape/shape.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* One axis of a sliding window. */
struct axis_fit {
    int64_t n, before, after, extent, stride; /* extent: D*(F - 1) + 1 */
    bool ceil;
    int64_t count; /* windows that fit */
};

static struct axis_fit axis_of(const struct node *node, bool height)
{
    const struct layer_args *a = &node->args;
    struct shape s = node->inputs[0]->shape;
    int64_t dilation = height ? a->dilation.h : a->dilation.w, window = height ? a->window.h : a->window.w;
    /* clang-format off */
    struct axis_fit f = {height ? s.h : s.w, height ? a->pad.top : a->pad.left, height ? a->pad.bottom : a->pad.right,
                         dilation * (window - 1) + 1, height ? a->stride.h : a->stride.w, a->ceil, 0};
    /* clang-format on */
    return f;
}

/* Real pixels (not padding) after the last window, which no window sees. Where the stride is larger
 * than the window, pixels are skipped between windows by design, so as many at the end do not count. */
static int64_t unseen_in(struct axis_fit *f)
{
    f->count = shape_window_count(f->n, f->before, f->after, f->extent, f->stride, 1, f->ceil);
    int64_t unseen = f->n + f->before - ((f->count - 1) * f->stride + f->extent);
    int64_t gap = f->stride > f->extent ? f->stride - f->extent : 0;
    return f->count > 0 && unseen > gap ? unseen : 0;
}

/* "(7 - 3)/3 + 1 = 2.33", as the lectures write it */
static const char *arithmetic(struct arena *arena, struct axis_fit f)
{
    const char *pads = "";
    if (f.before && f.before == f.after)
        pads = arena_printf(arena, " + 2*%lld", (long long)f.before);
    else if (f.before || f.after)
        pads = arena_printf(arena, " + %lld", (long long)(f.before + f.after));
    int64_t room = f.n + f.before + f.after - f.extent, whole = room / f.stride + 1;
    int64_t hundredths = (room % f.stride * 100 + f.stride / 2) / f.stride;
    if (hundredths == 100) /* it must not look like a whole number */
        hundredths = 99;
    return arena_printf(arena, "(%lld%s - %lld)/%lld + 1 = %lld.%02lld", (long long)f.n, pads, (long long)f.extent,
                        (long long)f.stride, (long long)whole, (long long)hundredths);
}

static bool fits(struct axis_fit *h, struct axis_fit *w)
{
    return unseen_in(h) == 0 && unseen_in(w) == 0 && h->count > 0 && w->count > 0;
}

static void add_way(const struct lint *lint, struct text *ways, const char *what, int64_t number,
                    const struct axis_fit *h, const struct axis_fit *w)
{
    text_printf(ways, "%s%s%lld gives %s", ways->length ? "; " : "", what, (long long)number,
                shape_pair_text(lint->arena, h->count, w->count));
}

enum { TRIES = 64 }; /* strides and pads further away are not useful advice */

/* The nearest smaller stride that fits, the same in both axes. Stride 1 always fits and is seldom meant. */
static void try_strides(const struct lint *lint, struct text *ways, struct axis_fit h, struct axis_fit w,
                        int64_t smallest)
{
    if (h.stride != w.stride)
        return;
    for (int64_t stride = h.stride - 1, least = h.stride - TRIES; stride >= smallest && stride > least; stride--) {
        h.stride = w.stride = stride;
        if (fits(&h, &w)) {
            add_way(lint, ways, "stride=", stride, &h, &w);
            return;
        }
    }
}

/* The nearest larger padding that fits, equal on all sides; a pool pads at most half its window. */
static void try_pads(const struct lint *lint, struct text *ways, struct axis_fit h, struct axis_fit w, int64_t most)
{
    int64_t pad = h.before > h.after ? h.before : h.after;
    pad = w.before > pad ? w.before : pad;
    pad = w.after > pad ? w.after : pad;
    most = smaller(most, pad + TRIES);
    while (++pad <= most) {
        h.before = h.after = w.before = w.after = pad;
        if (fits(&h, &w)) {
            add_way(lint, ways, "pad=", pad, &h, &w);
            return;
        }
    }
}

static void try_ceil(const struct lint *lint, struct text *ways, struct axis_fit h, struct axis_fit w)
{
    h.ceil = w.ceil = true;
    unseen_in(&h);
    unseen_in(&w);
    text_printf(ways, "%sceil=yes gives %s", ways->length ? "; " : "", shape_pair_text(lint->arena, h.count, w.count));
}

static void help_fit(const struct lint *lint, const struct node *node, struct message *m, struct axis_fit h,
                     struct axis_fit w)
{
    bool pool = layer_table[node->kind].family == FAMILY_POOLING;
    struct text ways = text_new(lint->arena);
    try_strides(lint, &ways, h, w, 2);
    try_pads(lint, &ways, h, w, smaller(h.extent, w.extent) / (pool ? 2 : 1));
    if (pool)
        try_ceil(lint, &ways, h, w);
    if (node->inputs[0]->kind == LAYER_INPUT) {
        h.n -= unseen_in(&h);
        w.n -= unseen_in(&w);
        text_printf(&ways, "%sINPUT %s loses nothing", ways.length ? "; " : "", shape_pair_text(lint->arena, h.n, w.n));
    }
    if (!ways.length)
        try_strides(lint, &ways, h, w, 1);
    if (ways.length)
        message_help(m, "%s", ways.bytes);
}

static const char *unseen_words(const struct lint *lint, int64_t rows, int64_t columns)
{
    const char *row = rows == 0 ? "" : rows == 1 ? "row" : arena_printf(lint->arena, "%lld rows", (long long)rows);
    const char *column = columns == 0   ? ""
                         : columns == 1 ? "column"
                                        : arena_printf(lint->arena, "%lld columns", (long long)columns);
    return arena_printf(lint->arena, "%s%s%s", row, rows && columns ? " and " : "", column);
}

/* fit: a stride that does not divide evenly leaves real pixels (not padding) at the bottom or the
 * right unseen. Silent if only padding goes unseen (ResNet's 7x7 at stride 2 with padding 3), and if
 * the stride is larger than the window, where pixels between windows are skipped on purpose (1x1 at
 * stride 2 in a shortcut). */
void lint_fit(const struct lint *lint, const struct node *node)
{
    if (!lint_is_sliding(node) || node->shares)
        return;
    struct axis_fit h = axis_of(node, true), w = axis_of(node, false);
    int64_t rows = unseen_in(&h), columns = unseen_in(&w);
    if (rows == 0 && columns == 0)
        return;
    const struct layer_args *a = &node->args;
    const struct shape in = node->inputs[0]->shape;
    const char *stride = a->stride.h == a->stride.w ? arena_printf(lint->arena, "%lld", (long long)a->stride.h)
                                                    : shape_pair_text(lint->arena, a->stride.h, a->stride.w);
    struct message *m = node_report(lint->diag, CHECK_FIT, node, "%s at stride %s does not fit %s %s input: %s",
                                    shape_window_words(lint->arena, node), stride, shape_article(in.h),
                                    shape_pair_text(lint->arena, in.h, in.w), arithmetic(lint->arena, rows ? h : w));
    lint_label(lint, m,
               arena_printf(lint->arena, "input %s; its last %s go%s unseen",
                            shape_origin(lint->arena, lint->source, node->inputs[0]), unseen_words(lint, rows, columns),
                            rows + columns == 1 ? "es" : ""));
    help_fit(lint, node, m, h, w);
}

static bool uncentred(int64_t window, int64_t stride, int64_t dilation, int64_t before, int64_t after)
{
    return window % 2 == 0 && stride == 1 && before + after == dilation * (window - 1) && before != after;
}

/* even-filter: a convolution at stride 1 that keeps the size with an even window must pad one side
 * more than the other, which moves the map by half a pixel. Silent at larger strides, where the grid
 * changes anyway, and without padding (Siamese's 10x10 valid). */
void lint_even_filter(const struct lint *lint, const struct node *node)
{
    if ((node->kind != LAYER_CONV && node->kind != LAYER_DWCONV) || node->shares)
        return;
    const struct layer_args *a = &node->args;
    bool h = uncentred(a->window.h, a->stride.h, a->dilation.h, a->pad.top, a->pad.bottom);
    bool w = uncentred(a->window.w, a->stride.w, a->dilation.w, a->pad.left, a->pad.right);
    if (!h && !w)
        return;
    struct message *m = node_report(lint->diag, CHECK_EVEN_FILTER, node,
                                    "%s at stride 1 has no centre: padding %s moves the map by half a pixel",
                                    shape_window_words(lint->arena, node), shape_pad_text(lint->arena, a->pad));
    int64_t odd_h = a->window.h + (h ? 1 : 0), odd_w = a->window.w + (w ? 1 : 0);
    message_fix_argument(m, "pad", "valid", "%s or %s has a centre; pad=valid gives %s",
                         shape_pair_text(lint->arena, a->window.h - (h ? 1 : 0), a->window.w - (w ? 1 : 0)),
                         shape_pair_text(lint->arena, odd_h, odd_w),
                         shape_pair_text(lint->arena, node->shape.h - a->pad.top - a->pad.bottom,
                                         node->shape.w - a->pad.left - a->pad.right));
}

/* pool-pad: a pool that pads more than half its window has windows that see mostly padding; PyTorch
 * rejects it. Silent for padding up to that, whether a mean counts it or not (Inception's 3x3 means). */
void lint_pool_pad(const struct lint *lint, const struct node *node)
{
    if (layer_table[node->kind].family != FAMILY_POOLING || !lint_is_sliding(node))
        return;
    const struct layer_args *a = &node->args;
    struct padding p = a->pad;
    int64_t rows = p.top > p.bottom ? p.top : p.bottom, columns = p.left > p.right ? p.left : p.right;
    if (2 * rows <= a->window.h && 2 * columns <= a->window.w)
        return;
    bool blind = rows >= a->window.h || columns >= a->window.w;
    struct message *m = node_report(
        lint->diag, CHECK_POOL_PAD, node, "padding %s is more than half of %s of %s: %s",
        shape_pad_text(lint->arena, p), shape_pair_text(lint->arena, a->window.h, a->window.w),
        layer_table[node->kind].keyword,
        blind ? "its outermost windows see nothing but padding" : "its outermost windows see mostly padding");
    struct padding most = {a->window.h / 2, a->window.w / 2, a->window.h / 2, a->window.w / 2};
    message_fix_argument(m, "pad", shape_pad_text(lint->arena, most), "PyTorch allows at most pad=%s",
                         shape_pad_text(lint->arena, most));
}
