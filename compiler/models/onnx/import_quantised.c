/* Integers that mean real numbers: QuantizeLinear and DequantizeLinear, and what other operators with scales and zero
 * points need of them. A result that is quantised is a note at its node (struct import_meaning), of which
 * import_integers.c makes tensors; constants become floats that remember their scales. Activations of uint8 are int8
 * with zero points that are 128 less. */
#include <math.h>
#include <string.h>

#include "import.h"

enum { HALF = 128 }; /* between uint8 and int8 */

bool import_type_is_quantised(int type)
{
    return type == ONNX_INT8 || type == ONNX_UINT8;
}

bool import_takes_integers(const struct call *call)
{
    static const char *const types[] = {"QuantizeLinear", "DequantizeLinear", "ConvInteger", "MatMulInteger",
                                        "MaxPool",        "Concat",           "Slice",       "Split",
                                        "Gather",         "DepthToSpace",     "QGemm",       NULL};
    return text_is_one_of(call->type, types) || strncmp(call->type, "QLinear", sizeof "QLinear" - 1) == 0;
}

static const char *input_name(const struct call *call, size_t i)
{
    const struct constant *constant = call_constant(call, i);
    const char *name = constant && *constant->name ? constant->name
                       : i < call->input_count     ? call->inputs[i]->name
                                                   : "";
    return name ? name : "";
}

/* ---- scales and zero points ---- */

int import_type_at(const struct call *call, size_t i)
{
    return call_has(call, i + 1) ? call->inputs[i + 1]->type : ONNX_UINT8;
}

static bool check_scale(struct importer *im, struct call *call, size_t i, int64_t at)
{
    const double scale = constant_at(call_constant(call, i), at);
    return (isfinite(scale) && scale > 0 && fpclassify((float)scale) == FP_NORMAL) ||
           refuse(im, call, "scale %lld of \"%s\" is %g; a scale is a finite number above 0: quantise the model again",
                  (long long)at, input_name(call, i), scale);
}

/* Zero point `at`, which need not be there; false after refusing. */
static bool zero_point(struct importer *im, struct call *call, size_t i, int64_t at, int type, int64_t *zero)
{
    const struct constant *constant = call_constant(call, i);
    const int64_t least = type == ONNX_INT8 ? -HALF : 0, most = least + 255;
    *zero = constant ? constant_int(constant, at) : 0;
    if (call_has(call, i) && !constant)
        return refuse(im, call, "its zero point \"%s\" is not a constant", input_name(call, i));
    if (constant && constant->type != type)
        return refuse(im, call, "its zero point \"%s\" is %s where the tensor is %s: both have one type",
                      input_name(call, i), type_name(constant->type), type_name(type));
    if (import_type_is_quantised(type) && (*zero < least || *zero > most))
        return refuse(im, call, "zero point %lld of \"%s\" is %lld; %s reaches from %lld to %lld", (long long)at,
                      input_name(call, i), (long long)*zero, type_name(type), (long long)least, (long long)most);
    return true;
}

static bool scale_is_constant(struct importer *im, struct call *call, size_t i)
{
    const struct constant *scale = call_constant(call, i);
    if (!scale)
        return refuse(im, call,
                      "its scale \"%s\" is not a constant: quantise the model statically, with calibration data",
                      input_name(call, i));
    if (!type_is_float(scale->type))
        return refuse(im, call, "its scale \"%s\" is %s; scales are float", input_name(call, i),
                      type_name(scale->type));
    return true;
}

bool import_meaning_of(struct importer *im, struct call *call, size_t i, int type, struct import_meaning *meaning)
{
    const struct constant *scale = call_constant(call, i), *zeros = call_constant(call, i + 1);
    int64_t zero;
    if (!import_type_is_quantised(type))
        return refuse(im, call,
                      "its zero point \"%s\" is %s; activations of int8 and uint8 are supported: quantise the "
                      "model with 8 bits",
                      input_name(call, i + 1), type_name(type));
    if (!scale_is_constant(im, call, i))
        return false;
    if (scale->count != 1 || (zeros && zeros->count != 1))
        return refuse(im, call,
                      "\"%s\" has %lld scales and %lld zero points; an activation has one of each: quantise it "
                      "per tensor",
                      input_name(call, i), (long long)scale->count, zeros ? (long long)zeros->count : 0);
    if (!check_scale(im, call, i, 0) || !zero_point(im, call, i + 1, 0, type, &zero))
        return false;
    *meaning = (struct import_meaning){true, (float)constant_at(scale, 0),
                                       (int)(type == ONNX_UINT8 ? zero - HALF : zero)};
    return true;
}

static bool equal_meanings(struct import_meaning a, struct import_meaning b)
{
    return a.known == b.known && a.scale == b.scale && a.zero == b.zero;
}

/* ---- constants ---- */

/* "conv1.weight" for what ONNX Runtime's quantiser calls "conv1.weight_quantized". */
static const char *float_name(struct importer *im, const char *name)
{
    static const char tail[] = "_quantized";
    const size_t length = strlen(name), more = sizeof tail - 1;
    return length > more && strcmp(name + length - more, tail) == 0 ? arena_copy(im->arena, name, length - more) : name;
}

static bool check_axis(struct importer *im, struct call *call, const struct constant *x, size_t i, int64_t given,
                       int *axis)
{
    const struct constant *scale = call_constant(call, i), *zeros = call_constant(call, i + 1);
    *axis = 0;
    if (zeros && zeros->count != scale->count)
        return refuse(im, call, "\"%s\" has %lld scales and %lld zero points; there is one of each", x->name,
                      (long long)scale->count, (long long)zeros->count);
    if (scale->count == 1)
        return true;
    if (call_int(call, "block_size", 0))
        return refuse(im, call,
                      "\"%s\" has a scale for each block of numbers; one for the tensor or one a filter is "
                      "supported: quantise it per channel",
                      x->name);
    if (!call_axis(im, call, given, x->dims.rank, axis))
        return false;
    return (scale->dims.rank == 1 && scale->count == x->dims.at[*axis]) ||
           refuse(im, call, "\"%s\" has %lld scales for %lld elements along axis %d of %s: there is one of each",
                  x->name, (long long)scale->count, (long long)x->dims.at[*axis], *axis,
                  dims_words(im->arena, &x->dims));
}

static const struct scales *scales_of(struct importer *im, const struct constant *scale)
{
    struct scales *scales = ARENA_NEW(im->arena, struct scales);
    float *at = ARENA_ARRAY(im->arena, float, (size_t)scale->count + 1);
    for (int64_t i = 0; i < scale->count; i++)
        at[i] = (float)constant_at(scale, i);
    *scales = (struct scales){at, scale->count};
    return scales;
}

/* Products are floats, but for those of int32, which keep all their bits. */
static const struct constant *dequantised_constant(struct importer *im, struct call *call, const struct constant *x,
                                                   size_t i, int64_t given)
{
    const struct constant *scale = call_constant(call, i);
    int64_t inner = 1, zero = 0;
    int axis;
    if (!scale_is_constant(im, call, i) || !check_axis(im, call, x, i, given, &axis))
        return NULL;
    struct constant *result = constant_new(im, ONNX_FLOAT, x->dims);
    if (!result) {
        refuse(im, call, "its constant \"%s\" is too large", x->name);
        return NULL;
    }
    for (int k = axis + 1; k < x->dims.rank; k++)
        inner *= x->dims.at[k];
    for (int64_t k = 0; k < scale->count; k++)
        if (!check_scale(im, call, i, k) || !zero_point(im, call, i + 1, k, x->type, &zero))
            return NULL;
    for (int64_t k = 0; k < x->count; k++) {
        const int64_t at = scale->count > 1 ? k / inner % scale->count : 0;
        zero_point(im, call, i + 1, at, x->type, &zero);
        const double product = (constant_at(x, k) - (double)zero) * (double)(float)constant_at(scale, at);
        constant_numbers(result)[k] = x->type == ONNX_INT32 ? product : (double)(float)product;
    }
    result->name = float_name(im, x->name);
    result->trained = true;
    result->scales = scales_of(im, scale);
    return result;
}

static struct value *constant_value(struct importer *im, const struct constant *constant)
{
    struct value *value = ARENA_NEW(im->arena, struct value);
    if (!constant)
        return NULL;
    *value = (struct value){
        .kind = VALUE_CONSTANT, .name = "", .type = constant->type, .dims = constant->dims, .constant = constant};
    return value;
}

/* ---- results ---- */

static struct import_meaning *meaning_at(struct importer *im, const struct node *node)
{
    return &im->numbers.items[node->id].meaning;
}

static void note(struct importer *im, struct node *node, struct import_meaning meaning)
{
    *meaning_at(im, node) = meaning;
    node->keeps_name = true;
}

/* A layer of its own that quantises: it moves nothing. */
static struct value *moved(struct importer *im, struct call *call, const struct value *x, struct import_meaning meaning)
{
    const struct layer layer = {.kind = LAYER_RESHAPE, .args.target = x->node->shape};
    struct value *value = apply(im, call, &layer, x);
    if (value)
        note(im, value->node, meaning);
    return value;
}

/* Does nothing read the numbers before they are quantised? */
static bool is_alone(struct importer *im, const struct value *x)
{
    if (import_private(im, x))
        return true;
    for (size_t i = 0; x->maker && i < x->maker->input_count; i++)
        if (x->maker->inputs[i]->kind == VALUE_VIEW && x->maker->inputs[i]->node == x->node &&
            !import_private(im, x->maker->inputs[i]))
            return false;
    return import_only_quantised(im, x->name);
}

struct value *import_quantised(struct importer *im, struct call *call, struct value *x, int type,
                               struct import_meaning meaning)
{
    struct value *value = NULL;
    if (!x)
        return NULL;
    if (x->kind != VALUE_VIEW) {
        refuse(im, call, "its operands are constants: fold them into one before the model is quantised");
        return NULL;
    }
    if (equal_meanings(*meaning_at(im, x->node), meaning))
        value = view_like(im, x, x->node);
    else if (!meaning_at(im, x->node)->known && is_alone(im, x) && x->node->kind != LAYER_OUTPUT) {
        note(im, x->node, meaning);
        value = view_like(im, x, x->node);
    } else
        value = moved(im, call, x, meaning);
    if (value)
        value->type = type;
    return value;
}

/* (x - zero)*scale of integers that are there as floats. */
static struct value *floats_of_integers(struct importer *im, struct call *call, struct value *x, size_t i)
{
    struct value *numbers = view_like(im, x, x->node);
    if (call_has(call, i + 1)) {
        struct value *zero = ARENA_NEW(im->arena, struct value);
        *zero = *call->inputs[i + 1];
        zero->type = ONNX_FLOAT;
        numbers = import_step(im, call, "Sub", (struct value *[]){numbers, zero}, 2);
    }
    return numbers ? import_step(im, call, "Mul", (struct value *[]){numbers, call->inputs[i]}, 2) : NULL;
}

static bool is_read(const struct importer *im, const struct node *node)
{
    for (size_t i = 0; i < im->graph->nodes.count; i++)
        for (size_t k = 0; k < im->graph->nodes.items[i]->input_count; k++)
            if (im->graph->nodes.items[i]->inputs[k] == node)
                return true;
    return false;
}

/* An input that holds integers. */
static struct value *dequantised_input(struct importer *im, struct call *call, struct value *x, size_t i)
{
    struct import_meaning meaning;
    if (!import_meaning_of(im, call, i, x->type, &meaning))
        return NULL;
    if (im->ends_in_integers && is_read(im, x->node)) {
        refuse(im, call, "its input \"%s\" is read as integers before it is dequantised", x->name ? x->name : "");
        return NULL;
    }
    if (im->ends_in_integers) {
        x->node->args.type = x->node->element = ELEMENT_S8;
        note(im, x->node, meaning);
        return view_like(im, x, x->node);
    }
    const int zero = x->type == ONNX_UINT8 ? meaning.zero + HALF : meaning.zero;
    struct value *shifted = scale_by(im, call, x, 1, -zero);
    struct value *value = shifted ? scale_by(im, call, shifted, nice_number(meaning.scale), 0) : NULL;
    if (value && value->node != x->node)
        note(im, value->node, meaning);
    return value;
}

struct value *import_dequantised(struct importer *im, struct call *call, struct value *x, size_t scale, int64_t axis)
{
    struct import_meaning meaning, *own;
    if (x->kind == VALUE_CONSTANT)
        return constant_value(im, dequantised_constant(im, call, x->constant, scale, axis));
    if (x->kind != VALUE_VIEW || x->type == ONNX_FLOAT) {
        refuse(im, call, "its input \"%s\" is %s; integers are dequantised", x->name ? x->name : "",
               x->kind == VALUE_VIEW ? type_name(x->type) : "missing");
        return NULL;
    }
    own = meaning_at(im, x->node);
    if (!own->known && x->node->kind == LAYER_INPUT && import_type_is_quantised(x->type))
        return dequantised_input(im, call, x, scale);
    if (!own->known)
        return floats_of_integers(im, call, x, scale);
    if (!import_meaning_of(im, call, scale, x->type, &meaning))
        return NULL;
    if (equal_meanings(meaning, *own))
        return view_like(im, x, x->node);
    refuse(im, call,
           "its input was quantised with the scale %g and is read with %g, or with another zero point: a "
           "quantised tensor has one scale",
           (double)own->scale, (double)meaning.scale);
    return NULL;
}

/* ---- operators ---- */

bool op_quantize(struct importer *im, struct call *call)
{
    struct import_meaning meaning;
    struct value *x = call_view(call, 0);
    const int64_t stated = call_int(call, "output_dtype", 0);
    const int type = call_has(call, 2) || !stated ? import_type_at(call, 1) : (int)stated;
    if (!x)
        return refuse(im, call, "it quantises a constant; a constant is stored as integers with DequantizeLinear");
    if (x->type != ONNX_FLOAT)
        return refuse(im, call, "its input is %s; floats are quantised", type_name(x->type));
    if (!import_meaning_of(im, call, 1, type, &meaning))
        return false;
    return give(call, import_quantised(im, call, x, type, meaning));
}

bool op_dequantize(struct importer *im, struct call *call)
{
    if (!call_has(call, 0) || !call_has(call, 1))
        return refuse(im, call, "it lacks an input");
    return give(call, import_dequantised(im, call, call->inputs[0], 1, call_int(call, "axis", 1)));
}

bool import_keeps_integers(struct importer *im, struct call *call)
{
    static const char *const types[] = {"MaxPool", "Concat",       "Slice",    "Split",
                                        "Gather",  "DepthToSpace", "Identity", NULL};
    const struct value *first = NULL;
    struct import_meaning meaning = {false, 0, 0};
    int type = ONNX_FLOAT;
    for (size_t i = 0; i < call->input_count; i++) {
        const struct value *x = call_view(call, i);
        if (!x || !text_is_one_of(call->type, types))
            continue;
        first = first ? first : x;
        if (x->type != first->type || !equal_meanings(*meaning_at(im, x->node), *meaning_at(im, first->node)))
            return refuse(im, call, "its inputs are %s and %s, or have different scales: dequantise them before it",
                          type_name(first->type), type_name(x->type));
        type = x->type;
        meaning = *meaning_at(im, x->node);
    }
    for (size_t i = 0; import_type_is_quantised(type) && i < call->output_count; i++)
        if (call->outputs[i]->kind == VALUE_VIEW) {
            call->outputs[i]->type = type;
            if (meaning.known)
                note(im, call->outputs[i]->node, meaning);
        }
    return true;
}
