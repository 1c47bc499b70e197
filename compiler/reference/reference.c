/* Runs the evaluator over a graph: finds each layer's function in the table and passes it the layer's
 * weights and inputs. What the layers compute is in the files of their families. */
#include "reference/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "reference/layer.h"
#include "weights/weights.h"

static layer_function *const functions[LAYER_COUNT] = {
#define LAYER(keyword, ...) reference_##keyword,
#include "layers.def"
#undef LAYER
#define MERGE(keyword, ...) reference_##keyword,
#include "merges.def"
#undef MERGE
};

static backward_function *const backward_functions[LAYER_COUNT] = {
#define LAYER(keyword, ...) reference_backward_##keyword,
#include "layers.def"
#undef LAYER
#define MERGE(keyword, ...) reference_backward_##keyword,
#include "merges.def"
#undef MERGE
};

static void free_tensors(double *tensors[ROLE_COUNT])
{
    for (int role = 0; role < ROLE_COUNT; role++)
        free(tensors[role]);
}

/* Floats are read into the upper half of the array, and become doubles there: a large tensor is held once. */
bool reference_read(const struct weights *weights, const struct weight *weight, double *values)
{
    size_t count = (size_t)weight->count;
    float *floats = (float *)values + count;
    if (!weights_read(weights, weight, floats))
        return false;
    for (size_t i = 0; i < count; i++) {
        float value;
        memcpy(&value, floats + i, sizeof value);
        values[i] = value;
    }
    return true;
}

static bool read_tensors(const struct node *node, const struct weights *weights, double *tensors[ROLE_COUNT])
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct weight *weight = &node->weights[i];
        tensors[weight->role] = heap_array((size_t)weight->count, sizeof(double));
        if (!reference_read(weights, weight, tensors[weight->role]))
            return false;
    }
    return true;
}

static void make_absolute(const struct node *node, double *tensors[ROLE_COUNT])
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct weight *weight = &node->weights[i];
        for (int64_t k = 0; k < weight->count; k++) {
            double size = fabs(tensors[weight->role][k]);
            tensors[weight->role][k] = weight->role == ROLE_MEAN ? -size : size;
        }
    }
}

struct layer_call reference_call(const struct node *node, double *const tensors[ROLE_COUNT], const double *const in[],
                                 double *out)
{
    struct layer_call call = {
        .node = node,
        .args = &node->args,
        .in_shape = node->input_count ? node->inputs[0]->shape : node->shape,
        .shape = node->shape,
        .in = in,
        .out = out,
    };
    for (int role = 0; role < ROLE_COUNT; role++)
        call.tensors[role] = tensors[role];
    return call;
}

void reference_forward(const struct layer_call *call)
{
    functions[call->node->kind](call);
}

void reference_backward(const struct layer_backward *b)
{
    backward_functions[b->call.node->kind](b);
}

bool reference_apply(layer_function *function, bool sizes, const struct node *node, const struct weights *weights,
                     const double *const in[], double *out)
{
    double *tensors[ROLE_COUNT] = {0};
    bool ok = read_tensors(node, weights, tensors);
    if (ok) {
        struct layer_call call = reference_call(node, tensors, in, out);
        call.sizes = sizes;
        if (sizes)
            make_absolute(node, tensors);
        function(&call);
    }
    free_tensors(tensors);
    return ok;
}

bool reference_layer(const struct node *node, const struct weights *weights, const double *const in[], double *out)
{
    return reference_apply(functions[node->kind], false, node, weights, in, out);
}

static bool run_node(struct reference *reference, const struct node *node, const struct weights *weights,
                     const double *image)
{
    size_t count = (size_t)shape_elements(node->shape);
    double *out = heap_array(count, sizeof *out);
    const double **in = heap_array(node->input_count + 1, sizeof *in);
    reference->tensors[node->id] = out;
    in[0] = image; /* INPUT has no input nodes: it reads the user's image */
    for (size_t i = 0; i < node->input_count; i++)
        in[i] = reference->tensors[node->inputs[i]->id];
    bool ok = reference_layer(node, weights, in, out);
    free(in);
    return ok;
}

static bool run_nodes(struct reference *reference, const struct weights *weights, const double *const inputs[])
{
    const struct graph *graph = reference->graph;
    int64_t done = 0;
    size_t image = 0;
    bool right = true;
    struct progress progress = progress_begin("evaluating in double precision", graph->macs + 1);
    for (size_t i = 0; i < graph->nodes.count && right; i++) {
        const struct node *node = graph->nodes.items[i];
        right = run_node(reference, node, weights, node->kind == LAYER_INPUT ? inputs[image++] : NULL);
        progress_at(&progress, done += node->macs);
    }
    progress_end(&progress);
    return right;
}

struct reference *reference_run(const struct graph *graph, const struct weights *weights, const double *const inputs[])
{
    struct reference *reference = heap_array(1, sizeof *reference);
    double **tensors = heap_array(graph->nodes.count + 1, sizeof *tensors);
    reference->graph = graph;
    reference->tensors = tensors;
    if (run_nodes(reference, weights, inputs))
        return reference;
    reference_free(reference);
    return NULL;
}

void reference_free(struct reference *reference)
{
    if (!reference)
        return;
    for (size_t i = 0; i < reference->graph->nodes.count; i++)
        free(reference->tensors[i]);
    for (size_t i = 0; reference->integers && i < reference->graph->nodes.count; i++)
        free(reference->integers[i]);
    free(reference->tensors);
    free(reference->integers);
    free(reference);
}
