/* Files that compute in integers: which types go together, what a tensor's integers mean, and the tensors that say so
 * beside the finished graph:
 *
 *   L.weight I8, L.weight_scale F32 (one a filter, or one), L.bias I32 (in units of input scale * weight scale),
 *   L.output_scale F32 and L.output_zero_point I8 of a result with a scale of its own
 *
 * An activation at the end of an operator has the operator's result; a layer that moves numbers or chooses among them
 * keeps its input's scale, and has no tensors. */
#include <math.h>
#include <string.h>

#include "models/tflite/convert.h"
#include "weights/weights.h"

static bool is_int8(const struct convert *c, size_t tensor)
{
    return tensor != SIZE_MAX && c->model->tensors[tensor].type == TFL_INT8;
}

static bool is_index(enum tfl_type type)
{
    return type == TFL_INT32 || type == TFL_INT64 || type == TFL_BOOL;
}

/* ---- types ---- */

struct seen {
    const struct tfl_tensor *floats, *integers, *other;
};

static void look(const struct tfl_tensor *tensor, struct seen *seen)
{
    const struct tfl_tensor **slot = tensor->type == TFL_FLOAT32 ? &seen->floats
                                     : tensor->type == TFL_INT8  ? &seen->integers
                                                                 : &seen->other;
    *slot = *slot ? *slot : tensor;
}

/* Tensors that depend on the model's inputs, and results. */
static struct seen look_around(const struct convert *c)
{
    struct seen seen = {NULL, NULL, NULL};
    bool depends = false;
    for (size_t i = 0; i < c->call->input_count; i++)
        if (c->call->inputs[i]->kind == VALUE_VIEW) {
            depends = true;
            if (!is_index(c->model->tensors[tfl_input(c, i)].type)) /* of those, import_call knows who takes them */
                look(&c->model->tensors[tfl_input(c, i)], &seen);
        }
    for (size_t i = 0; i < c->op->outputs.count; i++) {
        const struct tfl_tensor *tensor = &c->model->tensors[tfl_output(c, i)];
        if (!is_index(tensor->type) && depends)
            look(tensor, &seen);
    }
    return seen;
}

static bool changes_type(const struct convert *c)
{
    return c->row->function == tfl_quantize || c->row->function == tfl_dequantize;
}

/* Integers that meet floats become floats: such a file saves space, and its own runtime quantises what they meet
 * while it runs, which costs accuracy. */
static bool take_floats(struct convert *c)
{
    for (size_t i = 0; i < c->call->input_count; i++) {
        const size_t tensor = tfl_input(c, i);
        if (c->call->inputs[i]->kind != VALUE_CONSTANT || !c->model->tensors[tensor].quantisation.scales.count ||
            type_is_float(c->call->inputs[i]->type))
            continue;
        if (!tfl_dequantised(c, tensor, c->call->inputs[i]))
            return false;
    }
    return true;
}

bool tfl_check_types(struct convert *c)
{
    const struct seen seen = look_around(c);
    if (seen.other)
        return tfl_refuse(c, "\"%s\" is %s; float32 and int8 are supported%s", seen.other->name,
                          tfl_type_name(seen.other->type),
                          seen.other->type == TFL_UINT8 || seen.other->type == TFL_INT16
                              ? ": convert the model in floats, or with int8 quantisation"
                              : "");
    if (seen.floats && seen.integers && !changes_type(c))
        return tfl_refuse(c, "\"%s\" is float32 and \"%s\" is int8", seen.floats->name, seen.integers->name);
    if (seen.integers && c->row->integers == FLOATS_ONLY && !changes_type(c))
        return tfl_refuse(c, "it is not supported in integers yet");
    if (!seen.integers && !take_floats(c))
        return false;
    struct tfl_meaning meaning;
    for (size_t i = 0; i < c->call->input_count; i++)
        if (c->call->inputs[i]->kind == VALUE_VIEW && is_int8(c, tfl_input(c, i)) &&
            !tfl_meaning_of(c, tfl_input(c, i), &meaning))
            return false;
    return true;
}

/* ---- what integers mean ---- */

static bool is_scale(float scale)
{
    return isfinite(scale) && scale > 0;
}

bool tfl_meaning_of(struct convert *c, size_t tensor, struct tfl_meaning *meaning)
{
    const struct tfl_tensor *t = &c->model->tensors[tensor];
    const struct tfl_quantisation *q = &t->quantisation;
    const struct flat *flat = &c->model->flat;
    if (q->custom || q->scales.count != 1 || q->zero_points.count > 1)
        return tfl_refuse(c, "\"%s\" is int8 with %zu scales and %zu zero points%s; it takes one of each", t->name,
                          q->scales.count, q->zero_points.count, q->custom ? " of a kind of its own" : "");
    const float scale = flat_float_at(flat, q->scales, 0);
    const int64_t zero = q->zero_points.count ? flat_signed_at(flat, q->zero_points, 8, 0) : 0;
    if (!is_scale(scale))
        return tfl_refuse(c, "the scale of \"%s\" is %g; it must be a finite number above 0", t->name, (double)scale);
    if (zero < -128 || zero > 127)
        return tfl_refuse(c, "the zero point of \"%s\" is %lld, which is no int8", t->name, (long long)zero);
    *meaning = (struct tfl_meaning){true, scale, (int)zero};
    return true;
}

static bool equal_meanings(struct tfl_meaning a, struct tfl_meaning b)
{
    return a.scale == b.scale && a.zero_point == b.zero_point;
}

/* The note of a node, by the number that it has until the graph is finished. */
static struct tfl_note *note_of(struct convert *c, const struct node *node)
{
    const struct tfl_note none = {0};
    while (c->notes.count <= (size_t)node->id)
        VEC_PUSH(c->im->arena, &c->notes, none);
    c->notes.items[node->id].node = node;
    return &c->notes.items[node->id];
}

bool tfl_note(struct convert *c, struct node *node, struct tfl_meaning meaning)
{
    struct tfl_note *note = note_of(c, node);
    if (note->result.known && !equal_meanings(note->result, meaning))
        return tfl_refuse(c, "its result gets another scale or zero point without a layer that computes it, which is "
                             "not supported yet");
    note->result = meaning;
    node->keeps_name = true;
    return true;
}

static bool fixed_meaning(struct convert *c, struct tfl_meaning meaning)
{
    const bool signs = c->row->function == tfl_tanh;
    const struct tfl_meaning wanted = {true, signs ? 1 / 128.0f : 1 / 256.0f, signs ? 0 : -128};
    return equal_meanings(meaning, wanted) ||
           tfl_refuse(c, "its result has the scale %g and the zero point %d; the format prescribes %s",
                      (double)meaning.scale, meaning.zero_point, signs ? "1/128 and 0" : "1/256 and -128");
}

bool tfl_note_result(struct convert *c, size_t tensor, struct value *value)
{
    struct tfl_meaning meaning, before;
    if (!is_int8(c, tensor) || value->kind != VALUE_VIEW)
        return true;
    if (!tfl_meaning_of(c, tensor, &meaning))
        return false;
    if (c->row->integers == SAME_SCALE) {
        size_t i = 0;
        while (i + 1 < c->call->input_count && c->call->inputs[i]->kind != VALUE_VIEW)
            i++;
        return tfl_meaning_of(c, tfl_input(c, i), &before) &&
               (equal_meanings(meaning, before) ||
                tfl_refuse(c, "its result has another scale or zero point than its input"));
    }
    if (c->row->integers == FIXED_SCALE && !fixed_meaning(c, meaning))
        return false;
    return tfl_note(c, value->node, meaning);
}

/* ---- weights ---- */

/* The constant's numbers as floats, in place. */
bool tfl_dequantised(struct convert *c, size_t tensor, struct value *value)
{
    const struct tfl_tensor *t = &c->model->tensors[tensor];
    const struct tfl_quantisation *q = &t->quantisation;
    const struct flat *flat = &c->model->flat;
    const struct constant *integers = value->constant;
    const int axis = q->scales.count > 1 && q->axis >= 0 && q->axis < t->dims.rank ? (int)q->axis : 0;
    const int64_t length = t->dims.rank ? t->dims.at[axis] : 1;
    float *floats;
    if (q->custom || (q->scales.count > 1 && (q->scales.count != (size_t)length || q->axis != axis)) ||
        (q->zero_points.count > 1 && q->zero_points.count != q->scales.count))
        return tfl_refuse(c, "\"%s\" of %s has %zu scales and %zu zero points along axis %lld", t->name,
                          dims_words(c->im->arena, &t->dims), q->scales.count, q->zero_points.count,
                          (long long)q->axis);
    struct constant *result = constant_new_floats(c->im, t->dims, &floats);
    if (!result)
        return tfl_refuse(c, "its constant \"%s\" is too large", t->name);
    int64_t inner = 1;
    for (int i = axis + 1; i < t->dims.rank; i++)
        inner *= t->dims.at[i];
    for (int64_t i = 0; i < integers->count; i++) {
        const size_t at = q->scales.count > 1 ? (size_t)(i / inner % length) : 0;
        const size_t zero = q->zero_points.count > 1 ? at : 0;
        const double centred = constant_at(integers, i) -
                               (q->zero_points.count ? (double)flat_signed_at(flat, q->zero_points, 8, zero) : 0);
        floats[i] = (float)(centred * (double)flat_float_at(flat, q->scales, at));
    }
    result->name = t->name;
    result->trained = true;
    value->constant = result;
    value->type = ONNX_FLOAT;
    if (!c->remarked)
        diag_report_file(c->im->diag, CHECK_DEQUANTISED, c->im->path,
                         "\"%s\" and maybe others are integers where the network computes in floats; they are used as "
                         "floats",
                         t->name);
    c->remarked = true;
    return true;
}

static bool check_scales(struct convert *c, const struct tfl_tensor *weights, int axis, int64_t filters)
{
    const struct tfl_quantisation *q = &weights->quantisation;
    const struct flat *flat = &c->model->flat;
    const size_t count = q->scales.count;
    if (q->custom || (count != 1 && count != (size_t)filters) ||
        (q->zero_points.count > 1 && q->zero_points.count != count))
        return tfl_refuse(c,
                          "\"%s\" has %zu scales and %zu zero points for %lld filters; it takes one of each for each "
                          "filter, or one for all",
                          weights->name, count, q->zero_points.count, (long long)filters);
    if (count > 1 && q->axis != axis)
        return tfl_refuse(c, "\"%s\" has a scale for each element of axis %lld; its filters are axis %d", weights->name,
                          (long long)q->axis, axis);
    for (size_t i = 0; i < count; i++)
        if (!is_scale(flat_float_at(flat, q->scales, i)))
            return tfl_refuse(c, "scale %zu of \"%s\" is %g; it must be a finite number above 0", i, weights->name,
                              (double)flat_float_at(flat, q->scales, i));
    for (size_t i = 0; i < q->zero_points.count; i++)
        if (flat_signed_at(flat, q->zero_points, 8, i) != 0)
            return tfl_refuse(c, "zero point %zu of \"%s\" is %lld; those of weights are 0", i, weights->name,
                              (long long)flat_signed_at(flat, q->zero_points, 8, i));
    return true;
}

/* Does the bias count in units of input scale * weight scale? A difference of a fiftieth of the result's step is
 * rounding, as the format's own runtime has it. */
static bool check_bias(struct convert *c, const struct tfl_tensor *bias, float input, const struct tfl_tensor *weights)
{
    const struct flat *flat = &c->model->flat;
    const struct flat_vector scales = bias->quantisation.scales, per_filter = weights->quantisation.scales;
    struct tfl_meaning result;
    if (bias->type != TFL_INT32)
        return tfl_refuse(c, "its bias \"%s\" is %s; with int8 weights it is int32", bias->name,
                          tfl_type_name(bias->type));
    if (scales.count == 0)
        return true;
    if (!tfl_meaning_of(c, tfl_output(c, 0), &result))
        return false;
    if (scales.count != 1 && scales.count != per_filter.count)
        return tfl_refuse(c, "its bias \"%s\" has %zu scales for %zu of its weights", bias->name, scales.count,
                          per_filter.count);
    for (size_t i = 0; i < scales.count; i++) {
        const double wanted = (double)input * (double)flat_float_at(flat, per_filter, i < per_filter.count ? i : 0);
        const double scale = (double)flat_float_at(flat, scales, i);
        if (!(fabs(scale - wanted) <= 0.02 * (double)result.scale))
            return tfl_refuse(c, "scale %zu of its bias \"%s\" is %g where input and weights make %g", i, bias->name,
                              scale, wanted);
    }
    return true;
}

bool tfl_check_weights(struct convert *c, size_t input, size_t bias, int axis, int64_t filters)
{
    struct tfl_meaning meaning;
    const struct tfl_tensor *weights = &c->model->tensors[tfl_input(c, 1)];
    if (!is_int8(c, tfl_input(c, input)))
        return true;
    if (!tfl_meaning_of(c, tfl_input(c, input), &meaning))
        return false;
    if (weights->type != TFL_INT8)
        return tfl_refuse(c, "its input is int8 and its weights \"%s\" are %s", weights->name,
                          tfl_type_name(weights->type));
    if (type_is_float(tfl_constant(c, 1)->type))
        return tfl_refuse(c, "its weights \"%s\" are used as floats by an operator before", weights->name);
    return check_scales(c, weights, axis, filters) &&
           (tfl_input(c, bias) == SIZE_MAX ||
            check_bias(c, &c->model->tensors[tfl_input(c, bias)], meaning.scale, weights));
}

struct value *tfl_note_weights(struct convert *c, struct value *result)
{
    const size_t weights = tfl_input(c, 1);
    if (result && is_int8(c, weights))
        note_of(c, result->node)->weight_scales = c->model->tensors[weights].quantisation.scales;
    return result;
}

/* ---- the tensors of the finished graph ---- */

void tfl_settle_notes(struct convert *c)
{
    const struct graph *graph = c->im->graph;
    for (size_t i = 0; i < graph->nodes.count; i++)
        note_of(c, graph->nodes.items[i]);
}

struct collector {
    struct convert *c;
    struct VEC(struct held_tensor) tensors;
};

static void *add_tensor(struct collector *k, const char *layer, const char *suffix, enum element_type type, int rank,
                        const int64_t *dims)
{
    struct arena *arena = k->c->im->arena;
    struct held_tensor tensor = {.is = {.name = arena_printf(arena, "%s.%s", layer, suffix), .type = type}};
    tensor.is.rank = rank;
    tensor.is.count = 1;
    for (int i = 0; i < rank; i++) {
        tensor.is.dims[i] = dims[i];
        tensor.is.count *= dims[i];
    }
    void *numbers = arena_array(arena, (size_t)tensor.is.count + 1, (size_t)element_bytes(type));
    tensor.numbers = numbers;
    VEC_PUSH(arena, &k->tensors, tensor);
    return numbers;
}

static void add_numbers(struct collector *k, const struct node *node, const struct weight *weight, bool integers)
{
    const struct constant *constant = k->c->im->numbers.items[node->id].constants[weight->role];
    const bool bias = weight->role == ROLE_BIAS;
    if (weight->literal || !constant)
        return;
    const enum element_type type = !integers ? ELEMENT_F32 : bias ? ELEMENT_S32 : ELEMENT_S8;
    void *numbers = add_tensor(k, node->name, bias ? "bias" : "weight", type, weight->rank, weight->dims);
    for (int64_t i = 0; i < weight->count; i++)
        if (type == ELEMENT_F32)
            ((float *)numbers)[i] = (float)constant_at(constant, i);
        else if (type == ELEMENT_S32)
            ((int32_t *)numbers)[i] = (int32_t)constant_at(constant, i);
        else
            ((int8_t *)numbers)[i] = (int8_t)constant_at(constant, i);
}

static void add_node(struct collector *k, const struct node *node, const struct tfl_note *note)
{
    static const int64_t one[] = {1};
    const struct flat_vector scales = note->weight_scales;
    const int64_t count = (int64_t)scales.count;
    for (size_t i = 0; i < node->weight_count && !node->shares; i++) {
        add_numbers(k, node, &node->weights[i], scales.count > 0);
        if (scales.count == 0 || node->weights[i].role != ROLE_WEIGHT)
            continue;
        float *numbers = add_tensor(k, node->name, "weight_scale", ELEMENT_F32, 1, &count);
        for (size_t n = 0; n < scales.count; n++)
            numbers[n] = flat_float_at(&k->c->model->flat, scales, n);
    }
    if (!note->result.known)
        return;
    *(float *)add_tensor(k, node->name, "output_scale", ELEMENT_F32, 1, one) = note->result.scale;
    *(int8_t *)add_tensor(k, node->name, "output_zero_point", ELEMENT_S8, 1, one) = (int8_t)note->result.zero_point;
}

struct weights *tfl_tensors(struct convert *c)
{
    static const struct tfl_note none;
    struct collector k = {.c = c};
    const struct graph *graph = c->im->graph;
    for (size_t i = 0, n = 0; i < graph->nodes.count; i++) { /* both are in the order in which nodes were made */
        while (n < c->notes.count && c->notes.items[n].node != graph->nodes.items[i])
            n++;
        add_node(&k, graph->nodes.items[i], n < c->notes.count ? &c->notes.items[n] : &none);
    }
    return weights_held_named(c->im->arena, k.tensors.items, k.tensors.count);
}
