/* Lists of operations: the tables of ops.def and functions.def, editing, printing. Which operation a layer becomes is
 * decided in lower.c, and which operations become one in optimise/. */
#include "lower/ops.h"

#include "base/text.h"

const struct op_info op_table[OP_COUNT] = {
#define OP(kind, word, traits) [OP_##kind] = {word, traits},
#include "lower/ops.def"
#undef OP
};

#define USES(kind) +1
#define COUNT_USES(uses) (0 uses)
enum {
#define FUNCTION(kind, word, arguments, traits, uses) USES_OF_##kind = COUNT_USES(uses),
#include "lower/functions.def"
#undef FUNCTION
};
#undef USES

const struct function_info function_table[FUNCTION_COUNT] = {
#define USES(kind) FUNCTION_##kind,
#define FUNCTION(kind, word, arguments, traits, uses)                                                                  \
    [FUNCTION_##kind] = {#word, arguments, traits, USES_OF_##kind, {uses}},
#include "lower/functions.def"
#undef FUNCTION
#undef USES
};

bool function_is_sloped(const struct function *function)
{
    return function && function_table[function->kind].traits & FUNCTION_SLOPED;
}

bool function_is_costly(const struct function *function)
{
    return function && function_table[function->kind].traits & FUNCTION_COSTLY;
}

bool function_is_partial(const struct function *function)
{
    return function && function_table[function->kind].traits & FUNCTION_PARTIAL;
}

bool function_is_monotone(const struct function *function)
{
    if (!function || function_table[function->kind].traits & FUNCTION_MONOTONE)
        return true;
    return function->kind == FUNCTION_LEAKY && function->a >= 0;
}

const char *binary_word(enum binary_kind kind)
{
    static const char *const words[BINARY_COUNT] = {
        [BINARY_ADD] = "add",         [BINARY_MUL] = "mul",     [BINARY_MAX] = "max",     [BINARY_SUB] = "sub",
        [BINARY_MIN] = "min",         [BINARY_DIV] = "div",     [BINARY_POW] = "pow",     [BINARY_LESS] = "less",
        [BINARY_GREATER] = "greater", [BINARY_EQUAL] = "equal", [BINARY_WHERE] = "where", [BINARY_KEEP] = "keep",
        [BINARY_DROP] = "drop"};
    return words[kind];
}

bool binary_compares(enum binary_kind kind)
{
    return kind == BINARY_LESS || kind == BINARY_GREATER || kind == BINARY_EQUAL;
}

const char *reducing_word(enum reducing kind)
{
    static const char *const words[REDUCING_COUNT] = {
        [REDUCING_MEAN] = "mean",    [REDUCING_SUM] = "sum", [REDUCING_MAX] = "max", [REDUCING_MIN] = "min",
        [REDUCING_PROD] = "prod",    [REDUCING_L1] = "l1",   [REDUCING_L2] = "l2",   [REDUCING_LOGSUMEXP] = "logsumexp",
        [REDUCING_ARGMAX] = "argmax"};
    return words[kind];
}

/* ---- editing ---- */

struct op *op_list_add(struct op_list *list, enum op_kind kind, const struct node *node)
{
    struct op *op = ARENA_NEW(list->arena, struct op);
    op->id = (int)list->ops.count;
    op->kind = kind;
    op->node = node;
    op->map = node->shape;
    VEC_PUSH(list->arena, &op->nodes, node);
    VEC_PUSH(list->arena, &list->ops, op);
    return op;
}

void op_list_add_input(struct op_list *list, struct op *op, struct value *value)
{
    VEC_PUSH(list->arena, &op->inputs, value);
    VEC_PUSH(list->arena, &value->readers, op);
}

struct value *op_list_add_output(struct op_list *list, struct op *op)
{
    struct value *value = ARENA_NEW(list->arena, struct value);
    value->id = (int)list->values.count;
    value->node = op->node;
    value->type = ELEMENT_F32;
    value->batch = 1;
    value->shape = op->map;
    value->producer = op;
    op->output = value;
    VEC_PUSH(list->arena, &list->values, value);
    return value;
}

void op_list_replace(struct op_list *list, struct value *from, struct value *to)
{
    for (size_t i = 0; i < from->readers.count; i++) {
        struct op *reader = from->readers.items[i];
        for (size_t k = 0; k < reader->inputs.count; k++)
            if (reader->inputs.items[k] == from) { /* one entry of `readers` a use: replace one at a time */
                reader->inputs.items[k] = to;
                VEC_PUSH(list->arena, &to->readers, reader);
                break;
            }
    }
    from->readers.count = 0;
}

void op_list_compact(struct op_list *list)
{
    size_t ops = 0, values = 0;
    for (size_t i = 0; i < list->ops.count; i++)
        if (!list->ops.items[i]->removed)
            list->ops.items[ops++] = list->ops.items[i];
    list->ops.count = ops;
    for (size_t i = 0; i < list->values.count; i++)
        list->values.items[i]->readers.count = 0;
    for (size_t i = 0; i < ops; i++) {
        struct op *op = list->ops.items[i];
        op->id = (int)i;
        for (size_t k = 0; k < op->inputs.count; k++)
            VEC_PUSH(list->arena, &op->inputs.items[k]->readers, op);
        if (op->residual)
            VEC_PUSH(list->arena, &op->residual->readers, op);
    }
    for (size_t i = 0; i < list->values.count; i++) {
        struct value *value = list->values.items[i];
        if (value->producer->removed || value->producer->output != value)
            continue;
        value->id = (int)values;
        list->values.items[values++] = value;
    }
    list->values.count = values;
}

/* ---- questions ---- */

bool op_is_linear(const struct op *op)
{
    return op_table[op->kind].traits & OP_LINEAR;
}

bool op_is_quantised(const struct op *op)
{
    return op->kind == OP_CONVERT || (op->output && op->output->type == ELEMENT_S8);
}

int64_t op_weight_count(const struct op *op)
{
    const struct part *part = &op->part;
    int64_t all = node_weight(op->node, ROLE_WEIGHT)->count;
    if (!part->window.h)
        return all;
    int64_t channels = op->inputs.items[0]->shape.c / op->groups;
    return all / (part->window.h * part->window.w * part->channels) * op->window.size.h * op->window.size.w * channels;
}

bool op_has_bias(const struct op *op)
{
    return op->bias || op->folded.count > 0;
}

int op_sloped(const struct op *op, const struct function *functions[2])
{
    int count = 0;
    if (function_is_sloped(op->before))
        functions[count++] = op->before;
    if (function_is_sloped(op->activation))
        functions[count++] = op->activation;
    return count;
}

bool op_is_depthwise(const struct op *op)
{
    return op->groups > 1 && op->groups == op->inputs.items[0]->shape.c;
}

int64_t op_macs(const struct op *op)
{
    int64_t macs = 0;
    for (size_t i = 0; i < op->nodes.count; i++)
        macs += op->nodes.items[i]->macs;
    return macs;
}

bool padding_is_zero(struct padding padding)
{
    return padding.top == 0 && padding.left == 0 && padding.bottom == 0 && padding.right == 0;
}

/* ---- printing ---- */

static void print_op(const struct op *op, struct text *out)
{
    if (op->output)
        text_printf(out, "%4d  v%d = ", op->id, op->output->id);
    else
        text_printf(out, "%4d  output %d = ", op->id, op->index);
    for (size_t i = 0; i < op->nodes.count && op->kind != OP_OUTPUT; i++)
        text_printf(out, "%s%s", i ? "+" : "", node_keyword(op->nodes.items[i]));
    for (size_t i = 0; i < op->inputs.count; i++)
        text_printf(out, "%sv%d", i || op->kind != OP_OUTPUT ? " " : "", op->inputs.items[i]->id);
    if (op->residual)
        text_printf(out, " + v%d", op->residual->id);
    if (op->output)
        text_printf(out, "  %s %s", shape_text(out->arena, op->output->shape), op->output->node->name);
    text_add(out, "\n");
}

void op_list_print(const struct op_list *list, struct text *out)
{
    for (size_t i = 0; i < list->ops.count; i++)
        print_op(list->ops.items[i], out);
}
