/* The lectures' formulas with a layer's numbers. Arithmetic is unsigned: a value that overflows comes
 * out wrong, and its formula is then not shown. */
#include "report/formula.h"

#include <math.h>

#include "base/text.h"

typedef long long number; /* for printing */

struct window { /* along one axis */
    int64_t size, stride, dilation, before, after, in, out;
};

static int64_t times(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a * (uint64_t)b);
}

static int64_t plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static struct formula none(void)
{
    return (struct formula){NULL, 0};
}

static int64_t extent(struct shape shape, enum formula_axis axis)
{
    return axis == FORMULA_H ? shape.h : shape.w;
}

static bool is_pool(const struct node *node)
{
    return layer_table[node->kind].family == FAMILY_POOLING;
}

static bool is_dense(const struct node *node)
{
    return node->kind == LAYER_FC || node->kind == LAYER_RBF;
}

static bool sees_everything(const struct node *node)
{
    return is_dense(node) || node->kind == LAYER_GAP || node->kind == LAYER_GMP;
}

static bool is_windowed(const struct node *node)
{
    bool convolution = node->kind == LAYER_CONV || node->kind == LAYER_DWCONV;
    return convolution || (is_pool(node) && !sees_everything(node) && !node->args.adaptive);
}

static bool is_adaptive(const struct node *node)
{
    return is_pool(node) && node->args.adaptive;
}

static struct adaptive_windows adaptive_along(const struct node *node, enum formula_axis axis)
{
    return adaptive_windows(extent(node->inputs[0]->shape, axis), extent(node->shape, axis));
}

const char *formula_adaptive(struct arena *arena, const struct node *node, enum formula_axis axis)
{
    if (!is_adaptive(node))
        return NULL;
    const char *what = axis == FORMULA_H ? "row" : "column";
    const number in = (number)extent(node->inputs[0]->shape, axis), out = (number)extent(node->shape, axis);
    const struct adaptive_windows windows = adaptive_along(node, axis);
    if (in % out == 0)
        return arena_printf(arena, "each %s comes from %lld/%lld = %lld %s%s", what, in, out, in / out, what,
                            in == out ? "" : "s");
    return arena_printf(arena,
                        "%s i comes from %ss floor(i*%lld/%lld) to ceil((i + 1)*%lld/%lld) - 1: up to %lld, "
                        "and %lld in all",
                        what, what, in, out, in, out, (number)windows.longest, (number)windows.sum);
}

static struct window window_along(const struct node *node, enum formula_axis axis)
{
    const struct layer_args *args = &node->args;
    struct shape in = node->inputs[0]->shape;
    struct window h = {args->window.h,   args->stride.h, args->dilation.h, args->pad.top,
                       args->pad.bottom, in.h,           node->shape.h};
    struct window w = {args->window.w,  args->stride.w, args->dilation.w, args->pad.left,
                       args->pad.right, in.w,           node->shape.w};
    struct window window = axis == FORMULA_H ? h : w;
    if (window.dilation < 1) /* pools have none */
        window.dilation = 1;
    return window;
}

/* "32 + 2*2 - 5" */
static const char *span_text(struct arena *arena, const struct window *w)
{
    struct text out = text_new(arena);
    text_printf(&out, "%lld", (number)w->in);
    if (w->before && w->before == w->after)
        text_printf(&out, " + 2*%lld", (number)w->before);
    else if (w->before || w->after)
        text_printf(&out, " + %lld + %lld", (number)w->before, (number)w->after);
    if (w->dilation == 1)
        text_printf(&out, " - %lld", (number)w->size);
    else
        text_printf(&out, " - (%lld*(%lld - 1) + 1)", (number)w->dilation, (number)w->size);
    return out.bytes;
}

static struct formula window_formula(struct arena *arena, const struct node *node, enum formula_axis axis)
{
    struct window w = window_along(node, axis);
    int64_t room = w.in + w.before + w.after - (w.dilation * (w.size - 1) + 1);
    const char *span = span_text(arena, &w);
    if (w.stride < 1 || room < 0)
        return none();
    if (room % w.stride == 0)
        return (struct formula){arena_printf(arena, "(%s)/%lld + 1", span, (number)w.stride), room / w.stride + 1};
    int64_t value = room / w.stride + (node->args.ceil ? 2 : 1);
    const char *rounding = node->args.ceil ? "ceil" : "floor", *last = "";
    if (node->args.ceil && w.out == value - 1) { /* PyTorch's rule: the last window must begin inside */
        last = " - 1";
        value--;
    }
    return (struct formula){arena_printf(arena, "%s((%s)/%lld) + 1%s", rounding, span, (number)w.stride, last), value};
}

static struct formula deconv_formula(struct arena *arena, const struct node *node, enum formula_axis axis)
{
    struct window w = window_along(node, axis);
    int64_t more = axis == FORMULA_H ? node->args.out_pad.h : node->args.out_pad.w;
    struct text out = text_new(arena);
    text_printf(&out, "(%lld - 1)*%lld", (number)w.in, (number)w.stride);
    if (w.before + w.after)
        text_printf(&out, " - %lld", (number)(w.before + w.after));
    if (w.dilation == 1)
        text_printf(&out, " + %lld", (number)w.size);
    else
        text_printf(&out, " + %lld*(%lld - 1) + 1", (number)w.dilation, (number)w.size);
    if (more)
        text_printf(&out, " + %lld", (number)more);
    return (struct formula){out.bytes,
                            (w.in - 1) * w.stride - w.before - w.after + w.dilation * (w.size - 1) + 1 + more};
}

struct formula formula_extent(struct arena *arena, const struct node *node, enum formula_axis axis)
{
    if (node->input_count != 1)
        return none();
    int64_t in = extent(node->inputs[0]->shape, axis);
    const struct layer_args *args = &node->args;
    int64_t before = axis == FORMULA_H ? args->pad.top : args->pad.left;
    int64_t after = axis == FORMULA_H ? args->pad.bottom : args->pad.right;
    if (is_windowed(node))
        return window_formula(arena, node, axis);
    if (node->kind == LAYER_DECONV)
        return deconv_formula(arena, node, axis);
    if (node->kind == LAYER_UPSAMPLE) {
        int64_t factor = axis == FORMULA_H ? args->factor.h : args->factor.w;
        return (struct formula){arena_printf(arena, "%lld*%lld", (number)in, (number)factor), times(in, factor)};
    }
    if (node->kind == LAYER_PAD && before + after)
        return (struct formula){arena_printf(arena, "%lld + %lld + %lld", (number)in, (number)before, (number)after),
                                in + before + after};
    if (node->kind == LAYER_CROP)
        return (struct formula){arena_printf(arena, "%lld - %lld - %lld", (number)in, (number)before, (number)after),
                                in - before - after};
    return none();
}

struct formula formula_maps(struct arena *arena, const struct node *node)
{
    struct text out = text_new(arena);
    int64_t sum = 0;
    if (node->kind == LAYER_SLICE && node->args.axis == AXIS_C) {
        text_printf(&out, "%lld - %lld", (number)node->args.to, (number)node->args.from);
        return (struct formula){out.bytes, node->args.to - node->args.from};
    }
    if (node->kind != LAYER_CONCAT)
        return none();
    for (size_t i = 0; i < node->input_count; i++) {
        text_printf(&out, "%s%lld", i ? " + " : "", (number)node->inputs[i]->shape.c);
        sum = plus(sum, node->inputs[i]->shape.c);
    }
    return (struct formula){out.bytes, sum};
}

static int64_t connected(const struct matrix *connect)
{
    int64_t ones = 0;
    for (int64_t i = 0; i < connect->rows * connect->columns; i++)
        ones += connect->entries[i] != 0;
    return ones;
}

/* "5*5*3", or with groups "3*3*(32/4)": how many inputs one output number is computed from. */
static struct formula reach(struct arena *arena, const struct node *node)
{
    const struct layer_args *args = &node->args;
    int64_t window = times(args->window.h, args->window.w);
    struct shape in = node->inputs[0]->shape;
    const char *edge = arena_printf(arena, "%lld*%lld", (number)args->window.h, (number)args->window.w);
    if (is_dense(node)) {
        int64_t all = shape_elements(in);
        return (struct formula){arena_printf(arena, "%lld", (number)all), all};
    }
    if (is_pool(node))
        return (struct formula){edge, window};
    if (node->kind == LAYER_DWCONV)
        return (struct formula){edge, window};
    int64_t groups = args->groups < 1 ? 1 : args->groups;
    if (groups == 1)
        return (struct formula){arena_printf(arena, "%s*%lld", edge, (number)in.c), times(window, in.c)};
    return (struct formula){arena_printf(arena, "%s*(%lld/%lld)", edge, (number)in.c, (number)groups),
                            times(window, in.c / groups)};
}

static bool trainable(const struct node *node, enum weight_role role)
{
    const struct weight *weight = node_weight(node, role);
    return weight && weight->trainable;
}

/* "(W + 1)*K", "W*K" or "K": the trained weights and biases. */
static struct formula filters_formula(struct arena *arena, struct formula one, int64_t filters, bool weights, bool bias)
{
    if (weights && bias)
        return (struct formula){arena_printf(arena, "(%s + 1)*%lld", one.text, (number)filters),
                                times(plus(one.value, 1), filters)};
    if (weights)
        return (struct formula){arena_printf(arena, "%s*%lld", one.text, (number)filters), times(one.value, filters)};
    return bias ? (struct formula){arena_printf(arena, "%lld", (number)filters), filters} : none();
}

/* The sum of the sizes of the trainable tensors: BN's "64 + 64". */
static struct formula tensors_formula(struct arena *arena, const struct node *node)
{
    struct text out = text_new(arena);
    int64_t sum = 0;
    for (size_t i = 0; i < node->weight_count; i++) {
        if (!node->weights[i].trainable)
            continue;
        text_printf(&out, "%s%lld", sum ? " + " : "", (number)node->weights[i].count);
        sum = plus(sum, node->weights[i].count);
    }
    return sum ? (struct formula){out.bytes, sum} : none();
}

/* With a connection table: one window for each 1 in it. */
static struct formula sparse_params(struct arena *arena, const struct node *node, bool bias)
{
    const struct layer_args *args = &node->args;
    int64_t window = times(args->window.h, args->window.w), ones = connected(args->connect);
    const char *text = arena_printf(arena, "%lld*%lld*%lld", (number)args->window.h, (number)args->window.w,
                                    (number)ones);
    if (bias)
        text = arena_printf(arena, "%s + %lld", text, (number)args->filters);
    return (struct formula){text, plus(times(window, ones), bias ? args->filters : 0)};
}

/* PyTorch's tensor is [C, K/groups, h, w]. */
static struct formula deconv_params(struct arena *arena, const struct node *node, bool bias)
{
    const struct weight *w = node_weight(node, ROLE_WEIGHT);
    const char *text = arena_printf(arena, "%lld*%lld*%lld*%lld", (number)w->dims[2], (number)w->dims[3],
                                    (number)w->dims[0], (number)w->dims[1]);
    if (bias)
        text = arena_printf(arena, "%s + %lld", text, (number)node->args.filters);
    return (struct formula){text, plus(w->count, bias ? node->args.filters : 0)};
}

struct formula formula_params(struct arena *arena, const struct node *node)
{
    bool weights = trainable(node, ROLE_WEIGHT), bias = trainable(node, ROLE_BIAS);
    if (node->args.connect && weights)
        return sparse_params(arena, node, bias);
    if (node->kind == LAYER_CONV || node->kind == LAYER_DWCONV || is_dense(node))
        return filters_formula(arena, reach(arena, node), node->args.filters, weights, bias);
    if (node->kind == LAYER_DECONV && weights)
        return deconv_params(arena, node, bias);
    return tensors_formula(arena, node);
}

/* "28*28*6": how many numbers come out. */
static struct formula outputs(struct arena *arena, struct shape shape)
{
    if (shape.h == 1 && shape.w == 1)
        return (struct formula){arena_printf(arena, "%lld", (number)shape.c), shape.c};
    const char *text = arena_printf(arena, "%lld*%lld*%lld", (number)shape.h, (number)shape.w, (number)shape.c);
    return (struct formula){text, shape_elements(shape)};
}

struct formula formula_dense(struct arena *arena, const struct node *node)
{
    const bool bias = trainable(node, ROLE_BIAS);
    if (layer_table[node->kind].family != FAMILY_CONVOLUTION || !trainable(node, ROLE_WEIGHT))
        return none();
    struct formula in = outputs(arena, node->inputs[0]->shape), out = outputs(arena, node->shape);
    return (struct formula){arena_printf(arena, bias ? "(%s + 1) * %s" : "%s * %s", in.text, out.text),
                            times(plus(in.value, bias), out.value)};
}

static struct formula product(struct arena *arena, struct formula a, struct formula b)
{
    return (struct formula){arena_printf(arena, "%s * %s", a.text, b.text), times(a.value, b.value)};
}

struct formula formula_macs(struct arena *arena, const struct node *node)
{
    const struct layer_args *args = &node->args;
    if (args->connect) {
        int64_t ones = connected(args->connect), pixels = times(node->shape.h, node->shape.w);
        return (struct formula){arena_printf(arena, "%lld*%lld * %lld*%lld*%lld", (number)node->shape.h,
                                             (number)node->shape.w, (number)args->window.h, (number)args->window.w,
                                             (number)ones),
                                times(pixels, times(times(args->window.h, args->window.w), ones))};
    }
    if (node->kind == LAYER_DECONV) { /* every input number is spread over a window of each filter */
        int64_t groups = args->groups < 1 ? 1 : args->groups;
        const char *one = arena_printf(arena, groups == 1 ? "%lld*%lld*%lld" : "%lld*%lld*(%lld/%lld)",
                                       (number)args->window.h, (number)args->window.w, (number)args->filters,
                                       (number)groups);
        struct formula spread = {one, times(times(args->window.h, args->window.w), args->filters / groups)};
        return product(arena, outputs(arena, node->inputs[0]->shape), spread);
    }
    if (node->kind == LAYER_CONV || node->kind == LAYER_DWCONV || node->kind == LAYER_FC)
        return product(arena, outputs(arena, node->shape), reach(arena, node));
    return none();
}

/* The inputs of all windows of a map, and with affine a bias each. */
static struct formula adaptive_connections(struct arena *arena, const struct node *node)
{
    const int64_t rows = adaptive_along(node, FORMULA_H).sum, columns = adaptive_along(node, FORMULA_W).sum;
    const struct shape s = node->shape;
    if (!node->args.affine)
        return (struct formula){arena_printf(arena, "%lld*%lld * %lld", (number)rows, (number)columns, (number)s.c),
                                times(times(rows, columns), s.c)};
    return (struct formula){arena_printf(arena, "(%lld*%lld + %lld*%lld) * %lld", (number)rows, (number)columns,
                                         (number)s.h, (number)s.w, (number)s.c),
                            times(plus(times(rows, columns), times(s.h, s.w)), s.c)};
}

struct formula formula_connections(struct arena *arena, const struct node *node)
{
    const struct layer_args *args = &node->args;
    bool has_bias = is_pool(node) ? args->affine : node_weight(node, ROLE_BIAS) != NULL;
    if (args->connect) {
        int64_t ones = times(connected(args->connect), times(args->window.h, args->window.w));
        int64_t one = plus(ones, has_bias ? args->filters : 0);
        const char *text = arena_printf(arena, "%lld*%lld * (%lld*%lld*%lld", (number)node->shape.h,
                                        (number)node->shape.w, (number)args->window.h, (number)args->window.w,
                                        (number)connected(args->connect));
        text = has_bias ? arena_printf(arena, "%s + %lld)", text, (number)args->filters)
                        : arena_printf(arena, "%s)", text);
        return (struct formula){text, times(times(node->shape.h, node->shape.w), one)};
    }
    if (node->kind == LAYER_DECONV) {
        struct formula spread = formula_macs(arena, node), biased = outputs(arena, node->shape);
        return has_bias ? (struct formula){arena_printf(arena, "%s + %s", spread.text, biased.text),
                                           plus(spread.value, biased.value)}
                        : spread;
    }
    bool convolution = node->kind == LAYER_CONV || node->kind == LAYER_DWCONV;
    if (!convolution && !is_pool(node) && !is_dense(node))
        return none();
    if (is_adaptive(node))
        return adaptive_connections(arena, node);
    struct formula one = reach(arena, node);
    if (is_pool(node) && sees_everything(node)) {
        struct shape in = node->inputs[0]->shape;
        one = (struct formula){arena_printf(arena, "%lld*%lld", (number)in.h, (number)in.w), times(in.h, in.w)};
    }
    if (has_bias)
        one = (struct formula){arena_printf(arena, "(%s + 1)", one.text), plus(one.value, 1)};
    return product(arena, outputs(arena, node->shape), one);
}

static int64_t field_along(const struct node *node, enum formula_axis axis)
{
    return axis == FORMULA_H ? node->field.h : node->field.w;
}

static double jump_along(const struct node *node, enum formula_axis axis)
{
    return axis == FORMULA_H ? node->jump_h : node->jump_w;
}

const struct node *formula_widest_input(const struct node *node)
{
    const struct node *widest = NULL;
    for (size_t i = 0; i < node->input_count; i++)
        if (!widest || node->inputs[i]->field.h > widest->field.h)
            widest = node->inputs[i];
    return widest;
}

struct formula formula_field(struct arena *arena, const struct node *node, enum formula_axis axis)
{
    if (node->input_count != 1 || (!is_windowed(node) && !is_adaptive(node) && !sees_everything(node)))
        return none();
    const struct node *input = node->inputs[0];
    struct window w = window_along(node, axis);
    if (is_adaptive(node))
        w = (struct window){.size = adaptive_along(node, axis).longest, .dilation = 1};
    else if (sees_everything(node))
        w = (struct window){.size = extent(input->shape, axis), .dilation = 1};
    if (w.size <= 1)
        return none();
    double jump = jump_along(input, axis), grown = (double)(w.size - 1) * (double)w.dilation * jump;
    if (!(grown < 1e15))
        return none();
    const char *dilation = w.dilation == 1 ? "" : arena_printf(arena, "*%lld", (number)w.dilation);
    return (struct formula){arena_printf(arena, "%lld + (%lld - 1)%s*%.6g", (number)field_along(input, axis),
                                         (number)w.size, dilation, jump),
                            plus(field_along(input, axis), (int64_t)ceil(grown))};
}

struct formula formula_step(struct arena *arena, const struct node *node, enum formula_axis axis)
{
    if (!is_windowed(node) || node->input_count != 1)
        return none();
    struct window w = window_along(node, axis);
    double jump = jump_along(node->inputs[0], axis), step = jump * (double)w.stride;
    if (w.stride == 1 || !(step < 1e15))
        return none();
    return (struct formula){arena_printf(arena, "%.6g*%lld", jump, (number)w.stride), (int64_t)step};
}
