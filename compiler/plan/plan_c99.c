/* The planner of --target=c99, and of every layer for which a fast target has nothing better: plain C
 * kernels over planar tensors without halo. Which template computes each operation, with which
 * numbers. What the C looks like is in templates/portable. Layers that only move or normalise numbers are
 * in plan_c99_more.c. */
#include "plan/plan_c99.h"

#include <ctype.h>
#include <string.h>

struct tensor_layout c99_layout(struct shape shape)
{
    return tensor_layout(FORM_PLANAR, 1, shape, (struct padding){0, 0, 0, 0});
}

struct tensor *c99_input(const struct planning *p, size_t index)
{
    return p->plan->of_value[p->op->inputs.items[index]->id];
}

struct tensor *c99_output(const struct planning *p)
{
    struct tensor **slot = &p->plan->of_value[p->op->output->id];
    if (!*slot)
        *slot = plan_tensor(p->plan, p->op->output, c99_layout(p->op->output->shape));
    return *slot;
}

/* ---- activations: helper functions that kernels call on each number ---- */

static const char *activation_word(struct arena *arena, const struct node *node)
{
    if (node->kind == LAYER_GELU && node->args.tanh_gelu)
        return "gelu_tanh";
    if (node->kind == LAYER_TANH && (node->args.a != 1 || node->args.b != 1))
        return "scaled_tanh";
    char *word = arena_string(arena, layer_table[node->kind].keyword);
    for (char *c = word; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return word;
}

static const char *activation_function(struct plan *plan, const struct node *node)
{
    const char *word = activation_word(plan->arena, node);
    struct kernel *kernel = kernel_describe(plan, "portable/activation.m4", word);
    kernel->helper = true;
    kernel_word(plan, kernel, "KIND", word);
    if (node->kind == LAYER_LEAKY || node->kind == LAYER_ELU || node->kind == LAYER_TANH || node->kind == LAYER_CLIP)
        kernel_real(plan, kernel, "FIRST", node->args.a);
    if (node->kind == LAYER_TANH || node->kind == LAYER_CLIP)
        kernel_real(plan, kernel, "SECOND", node->args.b);
    return arena_printf(plan->arena, "@kernel:%d@", kernel_intern(plan, kernel)->id);
}

static void describe_activation(const struct planning *p, struct kernel *kernel, const char *param,
                                const struct node *node)
{
    if (node)
        kernel_text(p->plan, kernel, param, activation_function(p->plan, node));
    else
        kernel_word(p->plan, kernel, param, "none");
}

void c99_activation(const struct planning *p, struct kernel *kernel)
{
    describe_activation(p, kernel, "ACTIVATION", p->op->activation);
    kernel_integer(p->plan, kernel, "SLOPES", p->op->activation && p->op->activation->kind == LAYER_PRELU);
}

void c99_slopes(const struct planning *p, struct step *step)
{
    const struct node *node = p->op->activation;
    if (node && node->kind == LAYER_PRELU)
        step_weights(p->plan, step, plan_pack(p->plan, p->op, node, PACK_CHANNELS, p->op->output->shape.c));
}

void c99_integers(const struct planning *p, struct kernel *kernel, const struct c99_integer *integers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        kernel_integer(p->plan, kernel, integers[i].name, integers[i].value);
}

/* ---- convolutions ---- */

bool c99_has_bias(const struct op *op)
{
    return op->node->args.bias || op->folded.count > 0;
}

/* Signals are one pixel wide: their rows then play the columns, so that the inner loop is long. */
struct c99_window c99_window_of(struct shape in, struct shape out, const struct layer_args *args)
{
    /* clang-format off */
    struct c99_window w = {.in_h = in.h, .in_w = in.w, .out_h = out.h, .out_w = out.w, .window = args->window,
                           .stride = args->stride, .dilation = args->dilation, .pad = args->pad};
    /* clang-format on */
    /* clang-format off */
    if (w.in_w == 1 && w.out_w == 1 && w.window.w == 1 && w.pad.left == 0 && w.pad.right == 0 && w.in_h > 1) {
        w = (struct c99_window){.in_h = 1, .in_w = in.h, .out_h = 1, .out_w = out.h,
                                .window = {1, args->window.h}, .stride = {1, args->stride.h},
                                .dilation = {1, args->dilation.h}, .pad = {0, args->pad.top, 0, args->pad.bottom}};
        /* clang-format on */
    }
    int64_t last_h = (w.out_h - 1) * w.stride.h + (w.window.h - 1) * (w.dilation.h ? w.dilation.h : 1) - w.pad.top;
    int64_t last_w = (w.out_w - 1) * w.stride.w + (w.window.w - 1) * (w.dilation.w ? w.dilation.w : 1) - w.pad.left;
    w.clip_h = w.pad.top > 0 || last_h >= w.in_h;
    w.clip_w = w.pad.left > 0 || last_w >= w.in_w;
    return w;
}

void c99_describe_window(const struct planning *p, struct kernel *kernel, const struct c99_window *w)
{
    const struct c99_integer integers[] = {
        {"IN_H", w->in_h},         {"IN_W", w->in_w},         {"OUT_H", w->out_h},       {"OUT_W", w->out_w},
        {"KERNEL_H", w->window.h}, {"KERNEL_W", w->window.w}, {"STRIDE_H", w->stride.h}, {"STRIDE_W", w->stride.w},
        {"PAD_TOP", w->pad.top},   {"PAD_LEFT", w->pad.left}, {"CLIP_H", w->clip_h},     {"CLIP_W", w->clip_w}};
    c99_integers(p, kernel, integers, sizeof integers / sizeof *integers);
}

/* What all kernels with weights to fold into share: bias, residual, activations, packed rows. */
static void describe_epilogue(const struct planning *p, struct kernel *kernel, bool add_first)
{
    kernel_integer(p->plan, kernel, "HAS_BIAS", c99_has_bias(p->op));
    bool first = add_first && !p->op->before, last = p->op->residual && !first;
    kernel_word(p->plan, kernel, "RESIDUAL", !p->op->residual ? "none" : first ? "first" : "last");
    kernel_integer(p->plan, kernel, "HAS_FINISH", p->op->activation || last);
    kernel_integer(p->plan, kernel, "WEIGHT_COUNT", node_weight(p->op->node, ROLE_WEIGHT)->count);
    describe_activation(p, kernel, "BEFORE", p->op->before);
    c99_activation(p, kernel);
}

static struct step *convolution_step(const struct planning *p, struct kernel *kernel, enum pack_form form)
{
    struct plan *plan = p->plan;
    const struct op *op = p->op;
    int64_t floats = node_weight(op->node, ROLE_WEIGHT)->count + (c99_has_bias(op) ? op->output->shape.c : 0);
    struct step *step = plan_step(plan, op, kernel_intern(plan, kernel));
    step_reads(plan, step, c99_input(p, 0));
    if (op->residual)
        step_reads(plan, step, plan->of_value[op->residual->id]);
    step_weights(plan, step, plan_pack(plan, op, op->node, form, floats));
    c99_slopes(p, step);
    step_writes(plan, step, c99_output(p));
    return step;
}

static bool covers_input(const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const struct layer_args *args = &op->node->args;
    return args->groups == 1 && out.h == 1 && out.w == 1 && args->window.h == in.h && args->window.w == in.w &&
           (args->dilation.h == 1 || in.h == 1) && (args->dilation.w == 1 || in.w == 1) && args->pad.top == 0 &&
           args->pad.left == 0;
}

static bool plan_dense(const struct planning *p)
{
    const struct op *op = p->op;
    int64_t count = shape_elements(op->inputs.items[0]->shape), lanes = count >= 4096 ? 16 : count >= 32 ? 8 : 1;
    struct kernel *kernel = kernel_describe(p->plan, "portable/fc.m4", "fc");
    const struct c99_integer integers[] = {{"IN_COUNT", count},
                                           {"OUT_C", op->output->shape.c},
                                           {"LANES", lanes},
                                           {"WHOLE", lanes > 1 ? count / lanes * lanes : 0}};
    c99_integers(p, kernel, integers, 4);
    describe_epilogue(p, kernel, false);
    struct step *step = convolution_step(p, kernel, PACK_ROWS);
    if (op->residual)
        step->in_place = 1u << 1;
    return true;
}

static bool plan_pointwise(const struct planning *p)
{
    const struct op *op = p->op;
    struct shape in = op->inputs.items[0]->shape;
    struct kernel *kernel = kernel_describe(p->plan, "portable/pointwise.m4", "pointwise");
    const struct c99_integer integers[] = {{"IN_C", in.c}, {"OUT_C", op->output->shape.c}, {"PIXELS", in.h * in.w}};
    c99_integers(p, kernel, integers, 3);
    describe_epilogue(p, kernel, true);
    struct step *step = convolution_step(p, kernel, PACK_ROWS);
    if (op->residual && !op->before)
        step->in_place = 1u << 1;
    return true;
}

static bool is_pointwise(const struct layer_args *args, const struct c99_window *w)
{
    return args->groups == 1 && w->window.h == 1 && w->window.w == 1 && w->stride.h == 1 && w->stride.w == 1 &&
           !w->clip_h && !w->clip_w && args->pad.bottom == 0 && args->pad.right == 0;
}

static bool plan_convolution(const struct planning *p)
{
    const struct op *op = p->op;
    const struct layer_args *args = &op->node->args;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    struct c99_window w = c99_window_of(in, out, args);
    if (covers_input(op))
        return plan_dense(p);
    if (is_pointwise(args, &w))
        return plan_pointwise(p);
    bool depthwise = args->groups > 1 && args->groups == in.c;
    const char *family = arena_printf(p->plan->arena, "%s%lldx%lld", depthwise ? "depthwise" : "conv",
                                      (long long)args->window.h, (long long)args->window.w);
    struct kernel *kernel = kernel_describe(p->plan, "portable/conv.m4", family);
    c99_describe_window(p, kernel, &w);
    const struct c99_integer integers[] = {{"OUT_C", out.c},
                                           {"GROUPS", args->groups},
                                           {"IN_PER_GROUP", in.c / args->groups},
                                           {"OUT_PER_GROUP", out.c / args->groups},
                                           {"DILATION_H", w.dilation.h},
                                           {"DILATION_W", w.dilation.w},
                                           {"GROUP_SIZE", in.c / args->groups * in.h * in.w}};
    c99_integers(p, kernel, integers, 7);
    describe_epilogue(p, kernel, true);
    struct step *step = convolution_step(p, kernel, PACK_ROWS);
    if (op->residual && !op->before)
        step->in_place = 1u << 1;
    return true;
}

static bool plan_transposed(const struct planning *p)
{
    const struct op *op = p->op;
    const struct layer_args *args = &op->node->args;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    struct kernel *kernel = kernel_describe(p->plan, "portable/deconv.m4", "deconv");
    int64_t reach_h = (in.h - 1) * args->stride.h + (args->window.h - 1) * args->dilation.h - args->pad.top;
    int64_t reach_w = (in.w - 1) * args->stride.w + (args->window.w - 1) * args->dilation.w - args->pad.left;
    /* clang-format off */
    const struct c99_integer integers[] = {
        {"IN_H", in.h}, {"IN_W", in.w}, {"OUT_C", out.c}, {"OUT_H", out.h}, {"OUT_W", out.w},
        {"KERNEL_H", args->window.h}, {"KERNEL_W", args->window.w}, {"STRIDE_H", args->stride.h},
        {"STRIDE_W", args->stride.w}, {"DILATION_H", args->dilation.h}, {"DILATION_W", args->dilation.w},
        {"PAD_TOP", args->pad.top}, {"PAD_LEFT", args->pad.left},
        {"CLIP_H", args->pad.top > 0 || reach_h >= out.h}, {"CLIP_W", args->pad.left > 0 || reach_w >= out.w},
        {"GROUPS", args->groups}, {"IN_PER_GROUP", in.c / args->groups}, {"OUT_PER_GROUP", out.c / args->groups},
        {"GROUP_SIZE", in.c / args->groups * in.h * in.w}, {"OUT_PIXELS", out.h * out.w}};
    /* clang-format on */
    c99_integers(p, kernel, integers, sizeof integers / sizeof *integers);
    describe_epilogue(p, kernel, true);
    struct step *step = convolution_step(p, kernel, PACK_DECONV);
    if (op->residual && !op->before)
        step->in_place = 1u << 1;
    return true;
}

static bool plan_rbf(const struct planning *p)
{
    const struct op *op = p->op;
    int64_t count = shape_elements(op->inputs.items[0]->shape), filters = op->output->shape.c;
    struct kernel *kernel = kernel_describe(p->plan, "portable/rbf.m4", "rbf");
    const struct c99_integer integers[] = {{"IN_COUNT", count}, {"OUT_C", filters}};
    c99_integers(p, kernel, integers, 2);
    struct step *step = plan_step(p->plan, op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    step_weights(p->plan, step, plan_pack(p->plan, op, op->node, PACK_TENSOR, count * filters));
    step_writes(p->plan, step, c99_output(p));
    return true;
}

/* ---- activations, and what is one factor and one summand a channel ---- */

static bool plan_unary(const struct planning *p)
{
    const struct op *op = p->op;
    struct shape shape = op->output->shape;
    bool slopes = op->kind == LAYER_PRELU;
    const char *family = arena_printf(p->plan->arena, "apply_%s", activation_word(p->plan->arena, op->node));
    struct kernel *kernel = kernel_describe(p->plan, "portable/unary.m4", family);
    const struct c99_integer integers[] = {{"CHANNELS", slopes ? shape.c : 1},
                                           {"PIXELS", slopes ? shape.h * shape.w : shape_elements(shape)}};
    c99_integers(p, kernel, integers, 2);
    describe_activation(p, kernel, "ACTIVATION", op->node);
    kernel_integer(p->plan, kernel, "SLOPES", slopes);
    struct step *step = plan_step(p->plan, op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    if (slopes)
        step_weights(p->plan, step, plan_pack(p->plan, op, op->node, PACK_CHANNELS, shape.c));
    step_writes(p->plan, step, c99_output(p));
    step->in_place = 1u << 0;
    return true;
}

static bool plan_affine(const struct planning *p)
{
    const struct op *op = p->op;
    struct shape shape = op->output->shape;
    struct kernel *kernel = kernel_describe(p->plan, "portable/affine.m4", "affine");
    const struct c99_integer integers[] = {{"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w}};
    c99_integers(p, kernel, integers, 2);
    c99_activation(p, kernel);
    struct step *step = plan_step(p->plan, op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    step_weights(p->plan, step, plan_pack(p->plan, op, op->node, PACK_AFFINE, 2 * shape.c));
    c99_slopes(p, step);
    step_writes(p->plan, step, c99_output(p));
    step->in_place = 1u << 0;
    return true;
}

static bool plan_softmax(const struct planning *p)
{
    struct shape shape = p->op->output->shape;
    bool log = p->op->kind == LAYER_LOGSOFTMAX;
    struct kernel *kernel = kernel_describe(p->plan, "portable/softmax.m4", log ? "logsoftmax" : "softmax");
    const struct c99_integer integers[] = {{"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w}, {"LOGARITHM", log}};
    c99_integers(p, kernel, integers, 3);
    struct step *step = plan_step(p->plan, p->op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    step_writes(p->plan, step, c99_output(p));
    step->in_place = 1u << 0;
    return true;
}

bool plan_c99_op(struct plan *plan, const struct op *op)
{
    struct planning p = {plan, op};
    switch (op->kind) {
    case LAYER_CONV:
    case LAYER_DWCONV: return plan_convolution(&p);
    case LAYER_DECONV: return plan_transposed(&p);
    case LAYER_FC: return plan_dense(&p);
    case LAYER_RBF: return plan_rbf(&p);
    case LAYER_BN:
    case LAYER_SCALE: return plan_affine(&p);
    case LAYER_SOFTMAX:
    case LAYER_LOGSOFTMAX: return plan_softmax(&p);
    default: return op_is_activation(op->kind) ? plan_unary(&p) : plan_c99_more(&p);
    }
}
