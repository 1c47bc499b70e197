/* The table of shape rules, and what holds for every kind: where a rule starts, totals, shared weights. The rules
 * themselves are in the other files of this folder, by family. */
#include "shape/shape.h"

#include "shape/rules.h"

static shape_rule *const rules[LAYER_COUNT] = {
#define SHAPE(name) shape_rule_##name
#define LAYER(keyword, family, arguments, text, shape, ...) [LAYER_##keyword] = shape,
#include "layers.def"
#undef LAYER
#define MERGE(keyword, text, shape, ...) [LAYER_##keyword] = shape,
#include "merges.def"
#undef MERGE
#undef SHAPE
};

/* The trainable numbers; a rule that counts fewer than its tensors hold (connect) has set params itself. */
static int64_t count_params(const struct layer_result *result)
{
    int64_t params = result->params;
    for (size_t i = 0; !result->params && i < result->weight_count; i++)
        if (result->weights[i].trainable)
            params += result->weights[i].count;
    return params;
}

/* Layers that only move numbers, or pass them on. */
static bool moves(const struct node *node)
{
    switch (node->kind) {
    case LAYER_OUTPUT:
    case LAYER_DROPOUT:
    case LAYER_FLATTEN:
    case LAYER_RESHAPE:
    case LAYER_TRANSPOSE:
    case LAYER_SHUFFLE:
    case LAYER_SLICE:
    case LAYER_CROP: return true;
    case LAYER_UPSAMPLE: return node->args.mode == UPSAMPLE_NEAREST;
    default: return false;
    }
}

/* A result that keeps its first input's shape, field and jump. Whole numbers that are moved stay some. */
static struct layer_result begin(const struct node *node)
{
    struct layer_result result = {.element = ELEMENT_F32};
    if (node->input_count == 0)
        return result;
    const struct node *input = node->inputs[0];
    if (input->element == ELEMENT_S32 && moves(node))
        result.element = ELEMENT_S32;
    result.shape = input->shape;
    result.field = input->field;
    result.jump_h = input->jump_h;
    result.jump_w = input->jump_w;
    return result;
}

static void finish(struct node *node, const struct layer_result *result)
{
    const struct node *shares = node->shares;
    node->shape = result->shape;
    node->element = result->element;
    node->field = result->field;
    node->jump_h = result->jump_h;
    node->jump_w = result->jump_w;
    node->macs = result->macs;
    node->connections = result->connections;
    node->bytes = shape_elements(result->shape) * element_bytes(ELEMENT_F32); /* a caller's bytes become that, too */
    node->params = shares ? 0 : count_params(result);
    node->weights = shares ? shares->weights : result->weights;
    node->weight_count = shares ? shares->weight_count : result->weight_count;
}

bool shape_infer(struct shape_context *context, struct node *node, const struct literal_weight literals[ROLE_COUNT])
{
    struct inference in = {context, context->arena, context->diag, node, literals, {0, 0, 0}, begin(node)};
    in.input = in.result.shape;
    if (!rules[node->kind](&in) || !shape_check_size(&in) || (node->shares && !shape_check_shared(&in)))
        return false;
    finish(node, &in.result);
    return true;
}
