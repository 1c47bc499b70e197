/* The passes over lists of operations. A tensor that anything else reads (another operation, the caller) is never
 * fused away: an OUTPUT is a reader like any other. */
#include "optimise/optimise.h"

void optimise(struct op_list *list, const struct abilities *abilities)
{
    optimise_drop_identities(list);
    optimise_drop_dead(list);
    optimise_fold_constants(list);
    optimise_crop_windows(list);
    optimise_fold_affine(list);
    optimise_fold_scales(list);
    optimise_fuse_functions(list, abilities);
    optimise_fuse_residuals(list, abilities);
    optimise_fuse_functions(list, abilities); /* after a sum that became a part of an operation */
}

void optimise_separately(struct op_list *list)
{
    optimise_drop_dead(list);
    optimise_fold_affine(list);
}

static bool is_identity(const struct op *op)
{
    bool same_shape = shape_equal(op->inputs.items[0]->shape, op->output->shape);
    if (op->inputs.items[0]->type != op->output->type)
        return false;
    switch (op->kind) {
    case OP_RESHAPE:
    case OP_SLICE:
    case OP_PAD: return same_shape;
    case OP_AFFINE: return op->node->weight_count == 0;
    case OP_SHUFFLE: return op->groups == 1 || op->groups == op->output->shape.c;
    case OP_UPSAMPLE: return op->resize.factor.h == 1 && op->resize.factor.w == 1;
    case OP_TRANSPOSE: return op->axes[0] == AXIS_H && op->axes[1] == AXIS_W;
    case OP_BINARY:
    case OP_CONCAT: return op->inputs.count == 1;
    default: return false;
    }
}

void optimise_drop_identities(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i];
        if (!op->output || op->inputs.count == 0 || !is_identity(op))
            continue;
        op_list_replace(list, op->output, op->inputs.items[0]);
        op->removed = true;
    }
    op_list_compact(list);
}

void optimise_drop_dead(struct op_list *list)
{
    bool *read = ARENA_ARRAY(list->arena, bool, list->values.count + 1);
    for (size_t i = list->ops.count; i-- > 0;) {
        struct op *op = list->ops.items[i];
        if (op->output && op->kind != OP_INPUT && !read[op->output->id]) {
            op->removed = true;
            continue;
        }
        for (size_t k = 0; k < op->inputs.count; k++)
            read[op->inputs.items[k]->id] = true;
    }
    op_list_compact(list);
}

/* ---- taps that see nothing but padding, as those of large dilations do ---- */

/* Does the tap that lies `offset` from the window's first see any number of `in`, from any of `out` places? */
static bool sees(int64_t offset, int64_t pad, int64_t stride, int64_t in, int64_t out)
{
    int64_t first = pad > offset ? (pad - offset + stride - 1) / stride : 0; /* the first place that is not above */
    return first < out && first * stride - pad + offset < in;
}

struct side {
    int64_t size, first, pad, end; /* taps, how many were left out before them, padding before and behind */
};

/* Padding stays padding: as many taps go as leave none that is negative. */
static struct side cropped(struct side side, int64_t stride, int64_t dilation, int64_t in, int64_t out)
{
    int64_t first = 0, last = side.size - 1;
    while (first < last && (first + 1) * dilation <= side.pad && !sees(first * dilation, side.pad, stride, in, out))
        first++;
    while (last > first && !sees(last * dilation, side.pad, stride, in, out))
        last--;
    if (first == last && !sees(first * dilation, side.pad, stride, in, out))
        return side;
    int64_t pad = side.pad - first * dilation, reach = (out - 1) * stride - pad + (last - first) * dilation + 1;
    return (struct side){last - first + 1, first, pad, reach > in ? reach - in : 0};
}

void optimise_crop_windows(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i];
        struct window *w = &op->window;
        if (op->kind != OP_CONVOLUTION || op_is_quantised(op))
            continue;
        struct shape in = op->inputs.items[0]->shape;
        const struct side down = {w->size.h, 0, w->pad.top, w->pad.bottom},
                          across = {w->size.w, 0, w->pad.left, w->pad.right},
                          rows = cropped(down, w->stride.h, w->dilation.h, in.h, op->map.h),
                          columns = cropped(across, w->stride.w, w->dilation.w, in.w, op->map.w);
        if (rows.size == w->size.h && columns.size == w->size.w)
            continue;
        op->part = (struct part){w->size, {rows.first, columns.first}, in.c / op->groups, 0};
        w->size = (struct pair){rows.size, columns.size};
        w->dilation = (struct pair){rows.size > 1 ? w->dilation.h : 1, columns.size > 1 ? w->dilation.w : 1};
        w->pad = (struct padding){rows.pad, columns.pad, rows.end, columns.end};
    }
}

/* `later` becomes a part of `op`, whose result `later` read. */
static void absorb(struct op_list *list, struct op *op, struct op *later)
{
    for (size_t i = 0; i < later->nodes.count; i++)
        VEC_PUSH(list->arena, &op->nodes, later->nodes.items[i]);
    op->output = later->output;
    op->output->producer = op;
    op->output->node = later->output->node;
    later->removed = true;
}

/* The operation that computes `value`, if nothing but one operation reads it. */
static struct op *sole_producer(const struct value *value)
{
    return value->readers.count == 1 ? value->producer : NULL;
}

/* Where the axes of the constant's result come from, once `later` has turned it. */
static void turn(struct op *constant, const struct op *later)
{
    enum axis before[3];
    for (int i = 0; i < 3; i++)
        before[i] = constant->axes[i];
    for (int i = 0; i < 3; i++)
        constant->axes[i] = before[later->axes[i] == AXIS_H ? 0 : later->axes[i] == AXIS_W ? 1 : 2];
}

/* A constant that is only read in another order, or as another shape, lies so among the weights. Once its shape is
 * another, its axes are no longer the layer's. */
void optimise_fold_constants(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i];
        struct op *constant = op->kind == OP_TRANSPOSE || op->kind == OP_RESHAPE ? sole_producer(op->inputs.items[0])
                                                                                 : NULL;
        if (!constant || constant->kind != OP_CONST || op_is_quantised(op) ||
            (op->kind == OP_TRANSPOSE && constant->reshaped))
            continue;
        if (op->kind == OP_TRANSPOSE)
            turn(constant, op);
        else
            constant->reshaped = true;
        constant->map = op->map;
        absorb(list, constant, op);
    }
    op_list_compact(list);
}

void optimise_fold_affine(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i], *before;
        if (op->kind != OP_AFFINE)
            continue;
        before = sole_producer(op->inputs.items[0]);
        if (!before || !op_is_linear(before))
            continue;
        VEC_PUSH(list->arena, &before->folded, op);
        absorb(list, before, op);
    }
    op_list_compact(list);
}

/* Numbers that could be read as they come, but for a factor. A mean is not folded: padding means zeros after it was
 * subtracted, and a bias that makes up for it loses digits if it is large. */
static bool only_scaled(const struct op *input)
{
    struct shape shape = input->output->shape;
    if (!input->scale || op_is_quantised(input) || input->caller_type != ELEMENT_F32 ||
        input->output->readers.count == 0 || (input->layout == LAYOUT_HWC && shape.c > 1))
        return false;
    for (int64_t c = 0; input->mean && c < shape.c; c++)
        if (input->mean[c] != 0)
            return false;
    return true;
}

void optimise_fold_scales(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *input = list->ops.items[i];
        bool all = input->kind == OP_INPUT && only_scaled(input);
        for (size_t k = 0; all && k < input->output->readers.count; k++)
            all = op_is_linear(input->output->readers.items[k]);
        for (size_t k = 0; all && k < input->output->readers.count; k++)
            input->output->readers.items[k]->scaled = input;
        input->scale_folded = all;
    }
}

void optimise_fuse_functions(struct op_list *list, const struct abilities *abilities)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i], *before;
        if (op->kind != OP_UNARY || op_is_quantised(op))
            continue;
        before = sole_producer(op->inputs.items[0]);
        if (!before || before->activation || !abilities->ends_in(before, &op->function))
            continue;
        before->activation = &op->function;
        absorb(list, before, op);
    }
    op_list_compact(list);
}

/* Which operand of an ADD of two is the result of an operation that can add the other one: that which is computed last,
 * since its kernel runs when the other is there. -1: none. */
static int residual_host(const struct op *add, const struct abilities *abilities)
{
    if (add->kind != OP_BINARY || op_is_quantised(add) || add->binary != BINARY_ADD || add->inputs.count != 2)
        return -1;
    const struct value *a = add->inputs.items[0], *b = add->inputs.items[1];
    if (a == b || !shape_equal(a->shape, b->shape))
        return -1;
    int last = b->producer->id > a->producer->id;
    const struct op *host = sole_producer(add->inputs.items[last]);
    if (!host || !op_is_linear(host) || host->residual || !abilities->adds_residual(host))
        return -1;
    return last;
}

void optimise_fuse_residuals(struct op_list *list, const struct abilities *abilities)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *add = list->ops.items[i];
        int last = residual_host(add, abilities);
        if (last < 0)
            continue;
        struct op *host = add->inputs.items[last]->producer;
        host->residual = add->inputs.items[1 - last];
        host->before = host->activation;
        host->activation = add->activation;
        absorb(list, host, add);
    }
    op_list_compact(list);
}
