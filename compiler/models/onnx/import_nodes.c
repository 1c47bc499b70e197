/* The operators of an ONNX model in turn, with their inputs and attributes. */
#include <string.h>

#include "import.h"
#include "onnx/onnx.pb-c.h"

static const char *const *copied_strings(struct importer *im, const Onnx__AttributeProto *proto)
{
    const char **strings = ARENA_ARRAY(im->arena, const char *, proto->n_strings + 1);
    for (size_t i = 0; i < proto->n_strings; i++)
        strings[i] = arena_copy(im->arena, (const char *)proto->strings[i].data, proto->strings[i].len);
    return strings;
}

static struct attribute one_attribute(struct importer *im, const Onnx__AttributeProto *proto)
{
    struct attribute attribute = {
        .name = proto->name ? proto->name : "",
        .type = (int)proto->type,
        .has_type = proto->has_type,
        .has_i = proto->has_i,
        .has_f = proto->has_f,
        .has_s = proto->has_s,
        .i = proto->i,
        .f = proto->f,
        .s = proto->has_s ? arena_copy(im->arena, (const char *)proto->s.data, proto->s.len) : NULL,
        .ints = proto->ints,
        .floats = proto->floats,
        .n_ints = proto->n_ints,
        .n_floats = proto->n_floats,
        .strings = proto->n_strings ? copied_strings(im, proto) : NULL,
        .n_strings = proto->n_strings,
        .graph = proto->g,
    };
    if (proto->t && strcmp(attribute.name, "value") == 0)
        attribute.tensor = import_tensor(im, proto->t, &attribute.tensor_error);
    return attribute;
}

void import_attributes(struct importer *im, struct call *call, const Onnx__NodeProto *node)
{
    struct attribute *attributes = ARENA_ARRAY(im->arena, struct attribute, node->n_attribute + 1);
    for (size_t i = 0; i < node->n_attribute; i++)
        attributes[i] = one_attribute(im, node->attribute[i]);
    call->attributes = attributes;
    call->attribute_count = node->n_attribute;
}

static struct call *new_call(struct importer *im, const Onnx__NodeProto *node)
{
    struct call *call = ARENA_NEW(im->arena, struct call);
    import_attributes(im, call, node);
    call->type = node->op_type ? node->op_type : "";
    call->input_count = node->n_input;
    call->output_count = node->n_output;
    call->inputs = ARENA_ARRAY(im->arena, struct value *, node->n_input + 1);
    call->outputs = ARENA_ARRAY(im->arena, struct value *, node->n_output + 1);
    for (size_t i = 0; i < node->n_input; i++) {
        struct value *value = *node->input[i] ? map_get(&im->values, node->input[i]) : NULL;
        if (!value && *node->input[i])
            refuse(im, call, "no operator before it makes its input \"%s\"", node->input[i]);
        call->inputs[i] = value ? value : import_value(im, "", VALUE_MISSING);
    }
    while (call->input_count && call->inputs[call->input_count - 1]->kind == VALUE_MISSING)
        call->input_count--;
    if (node->n_output == 0)
        refuse(im, call, "it has no result");
    for (size_t i = 0; i < node->n_output; i++) {
        if (*node->output[i] && map_get(&im->values, node->output[i]))
            diag_report_file(im->diag, CHECK_ONNX, im->path, "the tensor \"%s\" is made twice", node->output[i]);
        call->outputs[i] = ARENA_NEW(im->arena, struct value);
        call->outputs[i]->kind = VALUE_BROKEN;
        call->outputs[i]->name = node->output[i];
        call->outputs[i]->maker = call;
    }
    call->given_name = node->name;
    call->domain = node->domain;
    call->name = node->name && *node->name ? node->name : node->n_output ? node->output[0] : "";
    return call;
}

/* What dimensions the result of a part of a pattern has, which only the pattern's end computes. */
static void guess_dims(const struct call *call)
{
    static const char *const types[] = {"Add", "Sub", "Mul", "Div", "Pow", "Erf", "Sqrt", "Log", NULL};
    const bool found = text_is_one_of(call->type, types);
    bool fits = true;
    struct dims dims = {0};
    for (size_t i = 0; found && i < call->input_count; i++)
        fits = fits && broadcast_dims(&dims, &call->inputs[i]->dims, &dims);
    if (found && fits && call->output_count && call->outputs[0]->kind == VALUE_BROKEN)
        call->outputs[0]->dims = dims;
}

void import_run_graph(struct importer *im, const Onnx__GraphProto *graph)
{
    for (size_t i = 0; i < graph->n_node; i++) {
        struct call *call = new_call(im, graph->node[i]);
        import_call(im, call);
        VEC_PUSH(im->arena, &im->calls, call); /* behind those of its branch */
        guess_dims(call);
        for (size_t k = 0; k < call->output_count; k++)
            if (*call->outputs[k]->name && !map_get(&im->values, call->outputs[k]->name))
                map_set(im->arena, &im->values, call->outputs[k]->name, call->outputs[k]);
    }
}

bool import_only_quantised(struct importer *im, const char *name)
{
    const Onnx__GraphProto *graph = im->model->graph;
    const Onnx__NodeProto *first = NULL;
    for (size_t i = 0; i < graph->n_output; i++)
        if (graph->output[i]->name && strcmp(graph->output[i]->name, name) == 0)
            return false;
    for (size_t i = 0; i < graph->n_node; i++) {
        const Onnx__NodeProto *node = graph->node[i];
        for (size_t k = 0; k < node->n_input; k++) {
            if (strcmp(node->input[k], name) != 0)
                continue;
            first = first ? first : node;
            if (!node->op_type || strcmp(node->op_type, "QuantizeLinear") != 0 || node->n_input != first->n_input)
                return false;
            for (size_t n = 1; n < node->n_input; n++)
                if (strcmp(node->input[n], first->input[n]) != 0)
                    return false;
        }
    }
    return first != NULL;
}

void import_run(struct importer *im)
{
    import_run_graph(im, im->model->graph);
}
