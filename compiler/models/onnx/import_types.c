/* Types of numbers. The network computes in floats; integers up to 2^24 are exact in them, and truths are 1 and 0. What
 * an operator would do in another way with integers (division), or what floats would get wrong (shifts of 64 bits), is
 * said here or refused. */
#include <math.h>
#include <string.h>

#include "import.h"

/* Operators that only move numbers, or choose among them. */
static const char *const movers[] = {
    "Cast",    "CastLike",     "Transpose",       "Reshape",         "Squeeze",  "Unsqueeze", "Flatten", "Identity",
    "Slice",   "Split",        "Concat",          "Gather",          "Expand",   "Tile",      "Pad",     "Dropout",
    "Where",   "DepthToSpace", "SpaceToDepth",    "GatherElements",  "GatherND", "Compress",  "Trilu",   "TopK",
    "Scatter", "ScatterND",    "ReverseSequence", "ScatterElements", NULL};
/* Operators that compute with integers as with floats. */
static const char *const workers[] = {"Add",       "Sub",
                                      "Mul",       "Div",
                                      "Mod",       "Neg",
                                      "Abs",       "Sign",
                                      "Min",       "Max",
                                      "Sum",       "Clip",
                                      "Relu",      "CumSum",
                                      "ReduceSum", "ReduceMax",
                                      "ReduceMin", "Pow",
                                      "BitShift",  "ReduceProd",
                                      "ReduceL1",  "ReduceSumSquare",
                                      NULL};
static const char *const askers[] = {"Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual", "And",
                                     "Or",    "Xor",  "Not",     "IsNaN",       "IsInf",          NULL};
static const char *const placers[] = {"ArgMax", "ArgMin", NULL};
static const char *const others[] = {
    "OneHot", "Hardmax", "NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss", "Shape", "Size", "EyeLike", NULL};

static bool is_number(int type)
{
    return type == ONNX_UINT8 || type == ONNX_INT8 || type == ONNX_UINT16 || type == ONNX_INT16 || type == ONNX_INT32 ||
           type == ONNX_INT64 || type == ONNX_BOOL || type == ONNX_UINT32 || type == ONNX_UINT64;
}

bool import_takes_type(const struct call *call, int type)
{
    if (!is_number(type))
        return false;
    return text_is_one_of(call->type, movers) || text_is_one_of(call->type, workers) ||
           text_is_one_of(call->type, askers) || text_is_one_of(call->type, placers) ||
           text_is_one_of(call->type, others);
}

/* The type that result `i` has, or 0: floats. */
static int type_of_result(const struct call *call, size_t i)
{
    const size_t of = strcmp(call->type, "Where") == 0 ? 1 : 0;
    if (strcmp(call->type, "Cast") == 0)
        return (int)call_int(call, "to", ONNX_FLOAT);
    if (strcmp(call->type, "CastLike") == 0)
        return call->inputs[1]->type;
    if (text_is_one_of(call->type, askers))
        return ONNX_BOOL;
    if (text_is_one_of(call->type, placers) || (strcmp(call->type, "TopK") == 0 && i == 1))
        return ONNX_INT64;
    if (strcmp(call->type, "OneHot") == 0)
        return call->input_count > 2 ? call->inputs[2]->type : 0;
    if (text_is_one_of(call->type, movers) || text_is_one_of(call->type, workers))
        return call->input_count > of ? call->inputs[of]->type : 0;
    return 0;
}

void import_note_types(struct call *call)
{
    for (size_t i = 0; i < call->output_count; i++) {
        const int type = type_of_result(call, i);
        if (call->outputs[i]->kind == VALUE_VIEW && call->outputs[i]->type == ONNX_FLOAT && is_number(type))
            call->outputs[i]->type = type;
    }
}

/* Layers whose results are whole. */
static bool is_whole(const struct node *node)
{
    switch (node->kind) {
    case LAYER_FLOOR:
    case LAYER_CEIL:
    case LAYER_ROUND:
    case LAYER_SIGN:
    case LAYER_ABOVE:
    case LAYER_BELOW:
    case LAYER_EQUALS:
    case LAYER_LESS:
    case LAYER_GREATER:
    case LAYER_EQUAL: return true;
    default: return node->element == ELEMENT_S32;
    }
}

struct value *whole_view(struct importer *im, struct call *call, const struct value *x)
{
    const struct layer sign = {.kind = LAYER_SIGN}, size = {.kind = LAYER_ABS}, below = {.kind = LAYER_FLOOR};
    if (is_whole(x->node) || is_number(x->type))
        return view_like(im, x, x->node);
    struct value *sizes = apply(im, call, &size, x), *signs = apply(im, call, &sign, x);
    sizes = sizes ? apply(im, call, &below, sizes) : NULL;
    return sizes && signs ? merge_views(im, call, LAYER_MUL, (struct value *[]){signs, sizes}, 2) : NULL;
}

struct value *truth_view(struct importer *im, struct call *call, const struct value *x)
{
    const bool truth = x->node->kind >= LAYER_ABOVE && x->node->kind <= LAYER_EQUALS;
    if (x->type == ONNX_BOOL || truth || x->node->kind == LAYER_LESS || x->node->kind == LAYER_GREATER ||
        x->node->kind == LAYER_EQUAL)
        return view_like(im, x, x->node);
    struct value *none = compare_number(im, call, LAYER_EQUAL, x, 0);
    return none ? compare_number(im, call, LAYER_EQUAL, none, 0) : NULL;
}

/* Floats of other widths are computed as floats. */
static bool cast_to(struct importer *im, struct call *call, int type)
{
    struct value *x = call_view(call, 0);
    if (!x || (!type_is_float(type) && !is_number(type)) || import_type_is_quantised(type))
        return refuse(im, call, "it casts a result to %s; results are float, int32, int64 or bool", type_name(type));
    if (import_type_is_quantised(x->type) && (im->ends_in_integers || im->numbers.items[x->node->id].meaning.known))
        return refuse(im, call, "it casts quantised integers of %s to floats: read them with DequantizeLinear",
                      type_name(x->type));
    if (type == ONNX_BOOL)
        return give(call, truth_view(im, call, x));
    return give(call, type_is_float(type) ? view_like(im, x, x->node) : whole_view(im, call, x));
}

bool op_cast(struct importer *im, struct call *call)
{
    return cast_to(im, call, (int)call_int(call, "to", ONNX_FLOAT));
}

bool op_cast_like(struct importer *im, struct call *call)
{
    return call_has(call, 1) ? cast_to(im, call, call->inputs[1]->type) : refuse(im, call, "it lacks an input");
}

/* ---- arithmetic that differs for integers ---- */

/* a - b*floor(a/b): whole numbers; of floats, the quotient's rounding would move the result by b. */
bool op_mod(struct importer *im, struct call *call)
{
    const struct layer below = {.kind = LAYER_FLOOR};
    struct value *a = call->input_count > 1 ? call->inputs[0] : NULL, *b = a ? call->inputs[1] : NULL;
    struct value *any = call_view(call, 0) ? a : b;
    if (!any || (!call_view(call, 0) && !call_constant(call, 0)) || (!call_view(call, 1) && !call_constant(call, 1)))
        return refuse(im, call, "it lacks an input");
    if (!is_number(a->type) || !is_number(b->type))
        return refuse(im, call, "its inputs are %s; the remainder of integers is supported", type_name(a->type));
    a = a->kind == VALUE_VIEW ? a : constant_like(im, call, any, a->constant);
    b = b->kind == VALUE_VIEW ? b : constant_like(im, call, any, b->constant);
    struct value *quotient = a && b ? merge_views(im, call, LAYER_DIV, (struct value *[]){a, b}, 2) : NULL;
    if (call_int(call, "fmod", 0))
        quotient = quotient ? whole_view(im, call, quotient) : NULL;
    else
        quotient = quotient ? apply(im, call, &below, quotient) : NULL;
    struct value *whole = quotient ? merge_views(im, call, LAYER_MUL, (struct value *[]){quotient, b}, 2) : NULL;
    return give(call, whole ? merge_views(im, call, LAYER_SUB, (struct value *[]){a, whole}, 2) : NULL);
}

/* By a constant: times or divided by a power of 2. */
bool op_bit_shift(struct importer *im, struct call *call)
{
    const struct layer below = {.kind = LAYER_FLOOR};
    const bool left = strcmp(call_string(call, "direction", "LEFT"), "LEFT") == 0;
    const struct constant *by = call_constant(call, 1);
    struct value *x = call_view(call, 0);
    struct constant *factor = x && by ? constant_new(im, ONNX_FLOAT, by->dims) : NULL;
    if (!factor)
        return refuse(im, call, "it shifts by a computed number; constants are supported");
    for (int64_t i = 0; i < by->count; i++)
        constant_numbers(factor)[i] = ldexp(1, (int)(left ? constant_int(by, i) : -constant_int(by, i)));
    x = scale_view(im, call, x, factor, NULL);
    return give(call, x && !left ? apply(im, call, &below, x) : x);
}
