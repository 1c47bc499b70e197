/* Merges in ONNX. */
#include "export.h"
#include "fields.h"

static const char *const END = NULL;

/* All inputs of a merge: 1 x C if all of them are, else all of rank 4. */
static const char *const *merge_inputs(struct builder *b)
{
    const struct node *node = b->node;
    bool flat = true;
    for (size_t i = 0; i < node->input_count; i++)
        flat = flat && b->ranks[node->inputs[i]->id] == 2;
    b->ranks[node->id] = flat ? 2 : 4;
    const char **inputs = ARENA_ARRAY(b->arena, const char *, node->input_count);
    for (size_t i = 0; i < node->input_count; i++)
        inputs[i] = flat ? b->tensors[node->inputs[i]->id] : onnx_input4(b, i);
    return inputs;
}

void export_concat(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "axis", 1);
    onnx_op_list(b, b->type, &a, merge_inputs(b), b->node->input_count);
}

/* An operator of any number of inputs. */
void export_variadic(struct builder *b)
{
    onnx_op_list(b, b->type, NULL, merge_inputs(b), b->node->input_count);
}

/* An operator of two inputs, again for each further one. */
void export_chained(struct builder *b)
{
    const char *const *inputs = merge_inputs(b), *x = inputs[0];
    for (size_t i = 1; i < b->node->input_count; i++)
        x = onnx_op(b, b->type, NULL, x, inputs[i], END);
}

void export_comparison(struct builder *b)
{
    const char *const *inputs = merge_inputs(b);
    onnx_cast(b, onnx_op(b, b->type, NULL, inputs[0], inputs[1], END), TYPE_FLOAT);
}

void export_where(struct builder *b)
{
    const char *const *inputs = merge_inputs(b);
    const char *condition = onnx_cast(b, inputs[0], TYPE_BOOL);
    onnx_op(b, b->type, NULL, condition, inputs[1], inputs[2], END);
}

void export_add(struct builder *b)
{
    if (b->node->input_count == 2)
        export_chained(b);
    else
        onnx_op_list(b, "Sum", NULL, merge_inputs(b), b->node->input_count);
}
