/* If: the branch that a constant condition chooses is read as if it stood in the model. */
#include "import.h"
#include "onnx/onnx.pb-c.h"

static bool run_branch(struct importer *im, struct call *call, const Onnx__GraphProto *graph)
{
    if (graph->n_output != call->output_count)
        return refuse(im, call, "its branch has %zu results where %zu are read", graph->n_output, call->output_count);
    if (!import_initializers(im, graph))
        return refuse(im, call, "its branch's initializers cannot be read");
    import_run_graph(im, graph);
    for (size_t i = 0; i < graph->n_output; i++) {
        const char *name = graph->output[i]->name ? graph->output[i]->name : "";
        struct value *value = map_get(&im->values, name);
        if (!value)
            return refuse(im, call, "no operator of its branch makes \"%s\"", name);
        struct call *maker = value->maker;
        call_give(call, i, value);
        if (value->kind == VALUE_BROKEN) /* what could not be done is told of its own operator */
            call->outputs[i]->maker = maker;
    }
    return true;
}

bool op_if(struct importer *im, struct call *call)
{
    const struct constant *condition = call_constant(call, 0);
    if (!condition || condition->count != 1)
        return refuse(im, call, "its condition depends on the input; one that is constant is supported");
    const char *which = constant_at(condition, 0) != 0 ? "then_branch" : "else_branch";
    const struct attribute *branch = call_attribute(call, which);
    if (!branch || !branch->graph)
        return refuse(im, call, "it has no %s", which);
    return run_branch(im, call, branch->graph);
}
