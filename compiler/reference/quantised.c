/* Runs the evaluator over a quantised network. What computes in integers is told by quantise/types; how, is in
 * integers.c and fixed.c. Layers of floats are the other evaluator's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/progress.h"
#include "quantise/types.h"
#include "reference/integers.h"
#include "reference/layer.h"
#include "reference/reference.h"
#include "weights/weights.h"

struct run {
    const struct types *types;
    struct reference *reference;
    const struct reference_settling *settling; /* or NULL */
    struct arena *arena;
};

static const struct node_type *type_of(const struct run *run, const struct node *node)
{
    return &run->types->nodes[node->id];
}

/* The node that computes what this one's result is. */
static const struct node *source_of(const struct run *run, const struct node *node)
{
    const struct node_type *type = type_of(run, node);
    return type->computes == COMPUTES_NOTHING || type->computes == COMPUTES_BOUNDS ? type->source : node;
}

/* ---- numbers in and out ---- */

static double *as_floats(const struct run *run, const struct node *node)
{
    const struct node *source = source_of(run, node);
    const int64_t count = shape_elements(node->shape);
    const struct meaning meaning = type_of(run, node)->meaning;
    const int32_t *integers = run->reference->integers[source->id];
    double *floats = heap_array((size_t)count, sizeof *floats);
    for (int64_t i = 0; i < count; i++)
        floats[i] = integers ? (double)(float)((double)meaning.scale * (integers[i] - meaning.zero))
                             : run->reference->tensors[source->id][i];
    return floats;
}

static void become_integers(const struct run *run, const struct node *node, const double *floats, int32_t *integers)
{
    const struct meaning meaning = type_of(run, node)->meaning;
    for (int64_t i = 0; i < shape_elements(node->shape); i++)
        integers[i] = run->types->even ? even_from_float((float)floats[i], (double)meaning.scale, meaning.zero)
                                       : fixed_from_float((float)floats[i], (double)meaning.scale, meaning.zero);
}

static int32_t *new_integers(struct run *run, const struct node *node)
{
    int32_t *integers = heap_array((size_t)shape_elements(node->shape), sizeof *integers);
    run->reference->integers[node->id] = integers;
    return integers;
}

/* ---- inputs ---- */

/* As code computes it in floats: each step is rounded. */
static void load(struct run *run, const struct node *node, const double *image)
{
    const struct layer_args *a = &node->args;
    const int64_t pixels = node->shape.h * node->shape.w;
    int32_t *integers = new_integers(run, node);
    double *floats = heap_array((size_t)shape_elements(node->shape), sizeof *floats);
    for (int64_t i = 0; i < shape_elements(node->shape); i++) {
        float x = (float)image[i];
        if (a->mean)
            x = (float)((double)x - (double)(float)a->mean[i / pixels]);
        if (a->scale)
            x = (float)((double)x * (double)(float)a->scale[i / pixels]);
        floats[i] = (double)x;
    }
    if (a->type == ELEMENT_S8)
        for (int64_t i = 0; i < shape_elements(node->shape); i++)
            integers[i] = (int32_t)image[i];
    else
        become_integers(run, node, floats, integers);
    free(floats);
}

/* ---- layers of integers ---- */

static int32_t padding(const struct integer_call *call, float x)
{
    return call->even ? even_from_float(x, call->out.scale, call->out.zero)
                      : fixed_from_float(x, call->out.scale, call->out.zero);
}

/* What moves numbers is evaluated on the integers themselves; what it pads with is marked, and filled in. */
static bool move(struct run *run, const struct node *node, const struct integer_call *call)
{
    const int64_t in_count = shape_elements(call->in[0].shape), count = shape_elements(node->shape);
    struct node marked = *node;
    double *in = heap_array((size_t)in_count, sizeof *in), *out = heap_array((size_t)count, sizeof *out);
    marked.args.value = (double)NAN;
    for (int64_t i = 0; i < in_count; i++)
        in[i] = call->in[0].numbers[i];
    const double *const inputs[] = {in};
    const bool done = reference_layer(&marked, run->types->weights, inputs, out);
    const bool same = call->in[0].scale == call->out.scale && call->in[0].zero == call->out.zero;
    for (int64_t i = 0; done && i < count; i++) {
        int32_t number = isnan(out[i]) ? 0 : (int32_t)out[i];
        if (isnan(out[i]))
            number = padding(call, (float)node->args.value);
        else if (!same && call->even) {
            number = even_from_float((float)(call->in[0].scale * (number - call->in[0].zero)), call->out.scale,
                                     call->out.zero);
        } else if (!same) {
            const int64_t y = (int64_t)fixed_multiply(number - call->in[0].zero, call->in[0].scale / call->out.scale) +
                              call->out.zero;
            number = (int32_t)(y < -128 ? -128 : y > 127 ? 127 : y);
        }
        call->result[i] = number;
    }
    free(in);
    free(out);
    return done;
}

static double *read_named(const struct run *run, const struct node *node, const char *suffix, int64_t *count)
{
    const struct named_tensor *tensor = type_tensor(run->arena, run->types, node, suffix);
    *count = 0;
    if (!tensor)
        return NULL;
    double *values = heap_array((size_t)tensor->count + 1, sizeof *values);
    if (weights_read_exactly(run->types->weights, tensor, values))
        *count = tensor->count;
    return values;
}

static struct integer_tensor *integer_inputs(const struct run *run, const struct node *node)
{
    struct integer_tensor *in = heap_array(node->input_count + 1, sizeof *in);
    for (size_t i = 0; i < node->input_count; i++) {
        const struct node *input = node->inputs[i];
        const struct meaning meaning = type_of(run, input)->meaning;
        in[i] = (struct integer_tensor){input->shape, run->reference->integers[source_of(run, input)->id],
                                        (double)meaning.scale, meaning.zero};
    }
    return in;
}

static bool compute_integers(struct run *run, const struct node *node)
{
    const struct node_type *type = type_of(run, node);
    int64_t weights = 0, biases = 0;
    struct integer_tensor *in = integer_inputs(run, node);
    struct integer_call call = {.node = node,
                                .in = in,
                                .out = {node->shape, NULL, (double)type->meaning.scale, type->meaning.zero},
                                .result = new_integers(run, node),
                                .low = type->low,
                                .high = type->high,
                                .even = run->types->even};
    double *weight = NULL, *scale = NULL, *bias = NULL;
    if (type_is_linear(node->kind)) {
        weight = read_named(run, node, "weight", &weights);
        scale = read_named(run, node, "weight_scale", &call.scales);
        bias = read_named(run, node, "bias", &biases);
        call.weight = weight;
        call.weight_scale = scale;
        call.bias = bias;
    }
    const bool read = !type_is_linear(node->kind) || (weights > 0 && call.scales > 0 && (!bias || biases > 0));
    const bool done = read && (integer_layer(&call) || move(run, node, &call));
    free(weight);
    free(scale);
    free(bias);
    free(in);
    return done;
}

/* ---- layers of floats ---- */

static bool compute_floats(struct run *run, const struct node *node, const double *image)
{
    double *out = heap_array((size_t)shape_elements(node->shape), sizeof *out);
    double **in = heap_array(node->input_count + 1, sizeof *in);
    run->reference->tensors[node->id] = out;
    for (size_t i = 0; i < node->input_count; i++)
        in[i] = as_floats(run, node->inputs[i]);
    const double *const only[] = {image};
    bool done = reference_layer(node, run->types->weights, node->input_count ? (const double *const *)in : only, out);
    for (size_t i = 0; i < node->input_count; i++)
        free(in[i]);
    free(in);
    if (!done || !type_of(run, node)->integers)
        return done;
    int32_t *integers = new_integers(run, node);
    become_integers(run, node, out, integers);
    if (run->settling)
        run->settling->settle(run->settling->context, node, out, integers);
    return true;
}

/* ---- all layers ---- */

static bool run_node(struct run *run, const struct node *node, const double *image)
{
    switch (type_of(run, node)->computes) {
    case COMPUTES_FLOATS: return compute_floats(run, node, image);
    case COMPUTES_INTEGERS:
        if (node->kind != LAYER_INPUT)
            return compute_integers(run, node);
        load(run, node, image);
        return true;
    case COMPUTES_BOUNDS:
    case COMPUTES_NOTHING: break;
    }
    return true;
}

/* Results that are another's are copied, so that every node has its own. */
static void copy_results(struct run *run)
{
    struct reference *reference = run->reference;
    for (size_t i = 0; i < reference->graph->nodes.count; i++) {
        const struct node *node = reference->graph->nodes.items[i], *source = source_of(run, node);
        const size_t count = (size_t)shape_elements(node->shape);
        if (source != node && reference->integers[source->id])
            memcpy(new_integers(run, node), reference->integers[source->id], count * sizeof(int32_t));
        if (reference->integers[node->id] && !reference->tensors[node->id])
            reference->tensors[node->id] = as_floats(run, node);
        if (source != node && !reference->tensors[node->id]) {
            reference->tensors[node->id] = heap_array(count, sizeof(double));
            memcpy(reference->tensors[node->id], reference->tensors[source->id], count * sizeof(double));
        }
    }
}

struct reference *reference_run_quantised(const struct types *types, const double *const inputs[],
                                          const struct reference_settling *settling)
{
    const struct graph *graph = types->graph;
    struct reference *reference = heap_array(1, sizeof *reference);
    *reference = (struct reference){graph, heap_array(graph->nodes.count + 1, sizeof *reference->tensors),
                                    heap_array(graph->nodes.count + 1, sizeof *reference->integers)};
    struct run run = {types, reference, settling, graph->arena};
    struct progress progress = progress_begin("evaluating in integers", graph->macs + 1);
    int64_t done = 0;
    size_t image = 0;
    bool right = true;
    for (size_t i = 0; i < graph->nodes.count && right; i++) {
        const struct node *node = graph->nodes.items[i];
        right = run_node(&run, node, node->kind == LAYER_INPUT ? inputs[image++] : NULL);
        progress_at(&progress, done += node->macs);
    }
    progress_end(&progress);
    if (right) {
        copy_results(&run);
        return reference;
    }
    reference_free(reference);
    return NULL;
}
