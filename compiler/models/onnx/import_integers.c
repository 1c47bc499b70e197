/* The tensors of a quantised network, beside the finished graph: what its layers' integers are and mean
 * (quantise/types.h). Weights were made floats as they were read, and remember their scales, so that they are integers
 * again wherever a layer computes in them; elsewhere they stay floats. */
#include <math.h>
#include <string.h>

#include "import.h"
#include "quantise/types.h"
#include "weights/weights.h"

struct collector {
    struct importer *im;
    struct node **readers; /* by node id: the last that reads it */
    struct VEC(struct held_tensor) tensors;
};

static const struct numbers *numbers_of(const struct collector *k, const struct node *node)
{
    return &k->im->numbers.items[node->id];
}

/* ---- what a layer's integers mean ---- */

/* Has the result integers, and which? As types_find decides it. */
static struct import_meaning meaning_of(const struct collector *k, const struct node *node)
{
    while (!numbers_of(k, node)->meaning.known && node->input_count == 1) {
        const bool mean = node->args.pool == POOL_KIND_AVG && layer_table[node->kind].family == FAMILY_POOLING;
        if (node->kind != LAYER_DROPOUT && node->kind != LAYER_OUTPUT && !type_is_bounds(node->kind) &&
            (!type_keeps_meaning(node) || mean))
            break;
        node = node->inputs[0];
    }
    return numbers_of(k, node)->meaning;
}

/* Of the layer, or of the RELU, RELU6 or CLIP that alone reads it. */
static struct import_meaning result_of(const struct collector *k, const struct node *node)
{
    const struct import_meaning own = numbers_of(k, node)->meaning;
    const struct node *reader = k->readers[node->id];
    if (own.known || node->reader_count != 1 || node->is_output || !reader || !type_is_bounds(reader->kind))
        return own;
    return numbers_of(k, reader)->meaning;
}

/* ---- weights ---- */

/* The integer that was multiplied by scale; false if it is none of 8 bits. */
static bool integer_of(double number, float scale, double *integer)
{
    *integer = round(number / (double)scale);
    return fabs(number - *integer * (double)scale) <= 1e-6 * fabs(number) && *integer >= -128 && *integer <= 127;
}

static bool are_integers(const struct constant *weight, const struct node *node)
{
    const struct scales *scales = weight->scales;
    const int64_t filters = node->shape.c, row = weight->count / filters;
    double integer;
    if (!scales || (scales->count != 1 && scales->count != filters) || weight->count % filters)
        return false;
    for (int64_t k = 0; k < filters; k++)
        for (int64_t i = 0; i < row; i++)
            if (!integer_of(constant_at(weight, type_weight_index(node, k, i, row)),
                            scales->at[scales->count > 1 ? k : 0], &integer))
                return false;
    return true;
}

/* A bias of integers has them for each filter; one of floats is rounded to the unit of the sums, far below the step of
 * the result. */
static double bias_at(const struct constant *bias, int64_t filter, double unit)
{
    const struct scales *scales = bias->scales;
    const double own = scales ? (double)scales->at[scales->count > 1 ? filter : 0] : unit;
    return round(constant_at(bias, filter) / (fabs(own - unit) <= 1e-5 * unit ? own : unit));
}

static bool biases_fit(const struct collector *k, const struct node *node, float input, const struct scales *scales)
{
    const struct constant *bias = numbers_of(k, node)->constants[ROLE_BIAS];
    for (int64_t i = 0; bias && i < node->shape.c; i++) {
        const double unit = (double)input * (double)scales->at[scales->count > 1 ? i : 0];
        if (!(fabs(bias_at(bias, i, unit)) <= 2147483647.0 / 2))
            return false;
    }
    return true;
}

/* Does the layer compute in integers? */
static bool computes_integers(const struct collector *k, const struct node *node)
{
    const struct constant *weight = numbers_of(k, node)->constants[ROLE_WEIGHT];
    if (!type_is_linear(node->kind) || node->shares || !weight)
        return false;
    const struct import_meaning in = meaning_of(k, node->inputs[0]);
    return in.known && result_of(k, node).known && are_integers(weight, node) &&
           biases_fit(k, node, in.scale, weight->scales);
}

/* ---- tensors ---- */

static void *add_tensor(struct collector *k, const char *name, enum element_type type, int rank, const int64_t *dims)
{
    struct arena *arena = k->im->arena;
    struct held_tensor tensor = {.is = {.name = name, .type = type, .rank = rank, .count = 1}};
    for (int i = 0; i < rank; i++) {
        tensor.is.dims[i] = dims[i];
        tensor.is.count *= dims[i];
    }
    void *numbers = arena_array(arena, (size_t)tensor.is.count + 1, (size_t)element_bytes(type));
    tensor.numbers = numbers;
    VEC_PUSH(arena, &k->tensors, tensor);
    return numbers;
}

static void *add_of(struct collector *k, const struct node *node, const char *suffix, enum element_type type,
                    int64_t count)
{
    return add_tensor(k, arena_printf(k->im->arena, "%s.%s", node->name, suffix), type, 1, &count);
}

static void add_integers(struct collector *k, const struct node *node)
{
    const struct numbers *numbers = numbers_of(k, node);
    const struct constant *weight = numbers->constants[ROLE_WEIGHT], *bias = numbers->constants[ROLE_BIAS];
    const struct scales *scales = weight->scales;
    const struct weight *shape = node_weight(node, ROLE_WEIGHT);
    const int64_t row = weight->count / node->shape.c;
    int8_t *integers = add_tensor(k, arena_printf(k->im->arena, "%s.weight", node->name), ELEMENT_S8, shape->rank,
                                  shape->dims);
    for (int64_t filter = 0; filter < node->shape.c; filter++)
        for (int64_t i = 0; i < row; i++) {
            const int64_t at = type_weight_index(node, filter, i, row);
            double integer;
            integer_of(constant_at(weight, at), scales->at[scales->count > 1 ? filter : 0], &integer);
            integers[at] = (int8_t)integer;
        }
    float *factors = add_of(k, node, "weight_scale", ELEMENT_F32, scales->count);
    memcpy(factors, scales->at, (size_t)scales->count * sizeof *factors);
    if (!bias)
        return;
    const float input = meaning_of(k, node->inputs[0]).scale;
    int32_t *biases = add_of(k, node, "bias", ELEMENT_S32, node->shape.c);
    for (int64_t i = 0; i < node->shape.c; i++)
        biases[i] = (int32_t)bias_at(bias, i, (double)input * (double)scales->at[scales->count > 1 ? i : 0]);
}

static void add_floats(struct collector *k, const struct node *node)
{
    for (size_t i = 0; i < node->weight_count && !node->shares; i++) {
        const struct weight *weight = &node->weights[i];
        const struct constant *constant = numbers_of(k, node)->constants[weight->role];
        if (weight->literal || !constant)
            continue;
        float *floats = add_tensor(k, weight->name, ELEMENT_F32, weight->rank, weight->dims);
        for (int64_t n = 0; n < weight->count; n++) {
            floats[n] = (float)constant_at(constant, n);
            if (!isfinite(floats[n])) {
                diag_report_file(k->im->diag, CHECK_WEIGHTS, k->im->path, "%s holds numbers that are not finite",
                                 constant->name);
                return;
            }
        }
    }
}

static void add_meaning(struct collector *k, const struct node *node)
{
    const struct import_meaning meaning = numbers_of(k, node)->meaning;
    if (!meaning.known)
        return;
    *(float *)add_of(k, node, "output_scale", ELEMENT_F32, 1) = meaning.scale;
    *(int8_t *)add_of(k, node, "output_zero_point", ELEMENT_S8, 1) = (int8_t)meaning.zero;
}

static bool any_meaning(const struct collector *k)
{
    for (size_t i = 0; i < k->im->graph->nodes.count; i++)
        if (numbers_of(k, k->im->graph->nodes.items[i])->meaning.known)
            return true;
    return false;
}

struct weights *import_integers_of(struct importer *im)
{
    const struct graph *graph = im->graph;
    struct collector k = {.im = im, .readers = ARENA_ARRAY(im->arena, struct node *, graph->nodes.count + 1)};
    static const int64_t one[] = {1};
    if (!any_meaning(&k))
        return import_weights(im);
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t n = 0; n < graph->nodes.items[i]->input_count; n++)
            k.readers[graph->nodes.items[i]->inputs[n]->id] = graph->nodes.items[i];
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (computes_integers(&k, node))
            add_integers(&k, node);
        else
            add_floats(&k, node);
        add_meaning(&k, node);
    }
    *(int8_t *)add_tensor(&k, "rounding", ELEMENT_S8, 1, one) = 1;
    return weights_held_named(im->arena, k.tensors.items, k.tensors.count);
}
