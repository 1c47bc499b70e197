/* The end of an import: the results of the model become outputs, what none of them needs is dropped, and the numbers
 * of the layers that are left are collected. */
#include <math.h>
#include <string.h>

#include "import.h"
#include "weights/weights.h"

static bool fail(struct importer *im, const char *text)
{
    diag_report_file(im->diag, im->check, im->path, "%s", text);
    return false;
}

bool import_is_channels_last(const struct value *value)
{
    const struct shape s = value->node->shape;
    const int64_t *at = value->dims.at, *stride = value->stride;
    return value->dims.rank == 4 && at[0] == 1 && at[1] == s.h && at[2] == s.w && at[3] == s.c && s.c > 1 &&
           s.h * s.w > 1 && (s.h == 1 || stride[1] == s.w) && (s.w == 1 || stride[2] == 1) && stride[3] == s.h * s.w;
}

/* Whether results need OUTPUT nodes: not where they are exactly the tensors that no other layer reads. */
static bool need_output_nodes(struct importer *im, const struct import_result *results, size_t count)
{
    const struct graph *graph = im->graph;
    bool *read = ARENA_ARRAY(im->arena, bool, graph->nodes.count + 1);
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->input_count; k++)
            read[graph->nodes.items[i]->inputs[k]->id] = true;
    for (size_t i = 0; i < graph->inputs.count; i++)
        if (!read[graph->inputs.items[i]->id])
            return true;
    for (size_t i = 0; i < count; i++) {
        const struct node *node = results[i].node;
        if (read[node->id] || node->kind == LAYER_INPUT || results[i].layout == LAYOUT_HWC ||
            (count > 1 && strcmp(node->name, results[i].name) != 0) || (i && node->id <= results[i - 1].node->id))
            return true;
    }
    return false;
}

/* Results keep the model's names; a layer without weights that has such a name is renamed. */
static void keep_name(struct importer *im, struct node *output, const char *name)
{
    for (size_t i = 0; i < im->graph->nodes.count; i++) {
        struct node *other = im->graph->nodes.items[i];
        if (other != output && other->weight_count == 0 && other->kind > LAYER_OUTPUT &&
            strcmp(other->name, name) == 0) {
            other->name = output->name;
            output->name = name;
            return;
        }
    }
}

bool import_results(struct importer *im, const struct import_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct output_tensor output = {results[i].node, results[i].name, LAYOUT_CHW};
        VEC_PUSH(im->arena, &im->graph->outputs, output);
    }
    import_finish(im);
    import_absorb_scales(im);
    import_finish(im);
    const bool needed = need_output_nodes(im, results, count);
    for (size_t i = 0; needed && i < count; i++) {
        struct layer layer = {.kind = LAYER_OUTPUT, .args.layout = results[i].layout};
        struct call call = {.type = "Output", .name = results[i].name};
        struct node *node = import_add1(im, &call, &layer, results[i].node);
        if (!node)
            return fail(im, call.refusal);
        keep_name(im, node, results[i].name);
    }
    return graph_finish(im->graph) ||
           fail(im, "its total of multiply-accumulates or connections does not fit in 64 bits");
}

/* ---- numbers ---- */

static bool all_finite(const float *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

struct weights *import_weights(struct importer *im)
{
    struct VEC(const struct weight *) tensors = {0};
    struct VEC(const float *) values = {0};
    for (size_t i = 0; i < im->graph->nodes.count; i++) {
        const struct node *node = im->graph->nodes.items[i];
        for (size_t k = 0; k < node->weight_count && !node->shares; k++) {
            const struct weight *weight = &node->weights[k];
            const struct constant *constant = im->numbers.items[i].constants[weight->role];
            if (weight->literal || !constant)
                continue;
            const float *floats = constant_floats(im, constant);
            if (!all_finite(floats, weight->count))
                diag_report_file(im->diag, CHECK_WEIGHTS, im->path, "%s holds numbers that are not finite",
                                 constant->name);
            VEC_PUSH(im->arena, &tensors, weight);
            VEC_PUSH(im->arena, &values, floats);
        }
    }
    return weights_held(im->arena, tensors.items, values.items, tensors.count);
}
