/* The passes over lists of operations. A tensor that anything else reads (another layer, the caller)
 * is never fused away: an OUTPUT is a reader like any other. */
#include "optimise/ops.h"

struct op_list *optimise(struct arena *arena, const struct graph *graph)
{
    struct op_list *list = op_list_new(arena, graph);
    optimise_drop_identities(list);
    optimise_drop_dead(list);
    optimise_fold_affine(list);
    optimise_fold_scales(list);
    optimise_fuse_activations(list);
    optimise_fuse_residuals(list);
    return list;
}

static bool no_padding(struct padding pad)
{
    return pad.top == 0 && pad.left == 0 && pad.bottom == 0 && pad.right == 0;
}

static bool is_identity(const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    switch (op->kind) {
    case LAYER_DROPOUT: return true;
    case LAYER_FLATTEN:
    case LAYER_RESHAPE:
    case LAYER_SLICE: return shape_equal(op->inputs.items[0]->shape, op->output->shape);
    case LAYER_SCALE: return !args->has_weight && !args->bias;
    case LAYER_SHUFFLE: return args->groups == 1 || args->groups == op->output->shape.c;
    case LAYER_UPSAMPLE: return args->factor.h == 1 && args->factor.w == 1;
    case LAYER_PAD: return no_padding(args->pad) && args->pad_c_front == 0 && args->pad_c_back == 0;
    case LAYER_CROP: return no_padding(args->pad);
    case LAYER_TRANSPOSE: return args->axes[0] == AXIS_H && args->axes[1] == AXIS_W;
    default: return layer_is_merge(op->kind) && op->inputs.count == 1;
    }
}

void optimise_drop_identities(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i];
        if (!op->output || !is_identity(op))
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
        if (op->output && op->kind != LAYER_INPUT && !read[op->output->id]) {
            op->removed = true;
            continue;
        }
        for (size_t k = 0; k < op->inputs.count; k++)
            read[op->inputs.items[k]->id] = true;
    }
    op_list_compact(list);
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

void optimise_fold_affine(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i], *before;
        if (op->kind != LAYER_BN && op->kind != LAYER_SCALE)
            continue;
        before = sole_producer(op->inputs.items[0]);
        if (!before || !op_is_convolution(before->kind))
            continue;
        VEC_PUSH(list->arena, &before->folded, op->node);
        absorb(list, before, op);
    }
    op_list_compact(list);
}

/* Numbers that come as they are to be read, but for a factor. A mean is not folded: at an edge the padding
 * stands for zeros after it was subtracted, and a bias that takes it back loses digits where it is large. */
static bool only_scaled(const struct op *input)
{
    const struct layer_args *args = &input->node->args;
    struct shape shape = input->output->shape;
    if (!args->scale || input->node->element != ELEMENT_F32 || input->output->readers.count == 0 ||
        (args->layout == LAYOUT_HWC && shape.c > 1))
        return false;
    for (int64_t c = 0; args->mean && c < shape.c; c++)
        if (args->mean[c] != 0)
            return false;
    return true;
}

void optimise_fold_scales(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *input = list->ops.items[i];
        bool all = input->kind == LAYER_INPUT && only_scaled(input);
        for (size_t k = 0; all && k < input->output->readers.count; k++)
            all = op_is_convolution(input->output->readers.items[k]->kind);
        for (size_t k = 0; all && k < input->output->readers.count; k++)
            input->output->readers.items[k]->scaled = input->node;
        input->raw = all;
    }
}

/* Kernels of these kinds end in an activation of the compiler's choice. */
static bool takes_activation(const struct op *op, enum layer_kind activation)
{
    if (op->activation)
        return false;
    if (op_is_convolution(op->kind) || op->kind == LAYER_BN || op->kind == LAYER_SCALE)
        return true;
    if (activation == LAYER_PRELU) /* the others do not know the channel */
        return false;
    return layer_table[op->kind].family == FAMILY_POOLING || (layer_is_merge(op->kind) && op->kind != LAYER_CONCAT);
}

void optimise_fuse_activations(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i], *before;
        if (!op_is_activation(op->kind))
            continue;
        before = sole_producer(op->inputs.items[0]);
        if (!before || !takes_activation(before, op->kind))
            continue;
        before->activation = op->node;
        absorb(list, before, op);
    }
    op_list_compact(list);
}

/* Which operand of an ADD of two is the result of a convolution that can add the other one: that
 * which is computed last, since its kernel runs when the other is there. -1: none. */
static int residual_host(const struct op *add)
{
    if (add->kind != LAYER_ADD || add->inputs.count != 2)
        return -1;
    const struct value *a = add->inputs.items[0], *b = add->inputs.items[1];
    if (a == b || !shape_equal(a->shape, b->shape))
        return -1;
    int last = b->producer->id > a->producer->id;
    const struct op *host = sole_producer(add->inputs.items[last]);
    if (!host || !op_is_convolution(host->kind) || host->residual)
        return -1;
    /* Kernels take a PRELU's slopes at the end only. */
    return host->activation && host->activation->kind == LAYER_PRELU ? -1 : last;
}

void optimise_fuse_residuals(struct op_list *list)
{
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *add = list->ops.items[i];
        int last = residual_host(add);
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
