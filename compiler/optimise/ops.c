/* Lists of operations: made from a graph, edited by the passes, printed. The passes are in fuse.c. */
#include "optimise/ops.h"

#include "base/text.h"

static struct op *add_op(struct op_list *list, enum layer_kind kind, const struct node *node)
{
    struct op *op = ARENA_NEW(list->arena, struct op);
    op->id = (int)list->ops.count;
    op->kind = kind;
    op->node = node;
    VEC_PUSH(list->arena, &op->nodes, node);
    VEC_PUSH(list->arena, &list->ops, op);
    return op;
}

static void add_input(struct op_list *list, struct op *op, struct value *value)
{
    VEC_PUSH(list->arena, &op->inputs, value);
    VEC_PUSH(list->arena, &value->readers, op);
}

static struct value *add_value(struct op_list *list, struct op *producer)
{
    struct value *value = ARENA_NEW(list->arena, struct value);
    value->id = (int)list->values.count;
    value->node = producer->node;
    value->shape = producer->node->shape;
    value->producer = producer;
    VEC_PUSH(list->arena, &list->values, value);
    return value;
}

struct op_list *op_list_new(struct arena *arena, const struct graph *graph)
{
    struct op_list *list = ARENA_NEW(arena, struct op_list);
    list->arena = arena;
    list->graph = graph;
    struct value **of_node = ARENA_ARRAY(arena, struct value *, graph->nodes.count + 1);
    int input = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node->kind == LAYER_OUTPUT) { /* a mark, not a layer */
            of_node[node->id] = of_node[node->inputs[0]->id];
            continue;
        }
        struct op *op = add_op(list, node->kind, node);
        if (node->kind == LAYER_INPUT)
            op->index = input++;
        for (size_t k = 0; k < node->input_count; k++)
            add_input(list, op, of_node[node->inputs[k]->id]);
        op->output = of_node[node->id] = add_value(list, op);
    }
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct node *node = graph->outputs.items[i].node;
        struct op *op = add_op(list, LAYER_OUTPUT, node);
        op->index = (int)i;
        add_input(list, op, of_node[node->id]);
    }
    return list;
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

bool op_is_activation(enum layer_kind kind)
{
    return layer_table[kind].family == FAMILY_ACTIVATION && kind != LAYER_SOFTMAX && kind != LAYER_LOGSOFTMAX;
}

bool op_is_convolution(enum layer_kind kind)
{
    return kind == LAYER_CONV || kind == LAYER_DWCONV || kind == LAYER_DECONV || kind == LAYER_FC;
}

static void print_op(const struct op *op, struct text *out)
{
    if (op->output)
        text_printf(out, "%4d  v%d = ", op->id, op->output->id);
    else
        text_printf(out, "%4d  output %d = ", op->id, op->index);
    for (size_t i = 0; i < op->nodes.count && op->kind != LAYER_OUTPUT; i++)
        text_printf(out, "%s%s", i ? "+" : "", layer_table[op->nodes.items[i]->kind].keyword);
    for (size_t i = 0; i < op->inputs.count; i++)
        text_printf(out, "%sv%d", i || op->kind != LAYER_OUTPUT ? " " : "", op->inputs.items[i]->id);
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
