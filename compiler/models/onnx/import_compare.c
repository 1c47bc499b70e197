/* Comparisons, logic and choices. A truth is a number, 1 or 0. Constants that a layer needs as a tensor are made of one
 * that is there: the network has no layer of numbers alone. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "import.h"

/* ---- constants as tensors ---- */

struct value *constant_value_of(struct importer *im, const struct constant *constant)
{
    struct value *value = ARENA_NEW(im->arena, struct value);
    if (!constant)
        return NULL;
    *value = (struct value){
        .kind = VALUE_CONSTANT, .name = "", .type = constant->type, .dims = constant->dims, .constant = constant};
    return value;
}

const struct constant *one_number(struct importer *im, struct call *call, double number)
{
    struct constant *constant = constant_new(im, ONNX_FLOAT, (struct dims){0});
    if (constant)
        constant_numbers(constant)[0] = number;
    else
        refuse(im, call, "the model is too large");
    return constant;
}

const struct constant *counting(struct importer *im, struct call *call, int rank, int axis, int64_t n)
{
    struct dims dims = {.rank = rank};
    for (int i = 0; i < rank; i++)
        dims.at[i] = i == axis ? n : 1;
    struct constant *constant = constant_new(im, ONNX_FLOAT, dims);
    for (int64_t i = 0; constant && i < n; i++)
        constant_numbers(constant)[i] = (double)i;
    if (!constant)
        refuse(im, call, "its axis of %lld is too long", (long long)n);
    return constant;
}

/* One number, 0, whatever the tensor holds, with so many dimensions. */
static struct value *zero_view(struct importer *im, struct call *call, const struct value *any, int rank)
{
    const struct layer above = {.kind = LAYER_ABOVE};
    struct dims dims = {.rank = rank};
    const struct value *one = any;
    for (int i = 0; one && i < any->dims.rank; i++)
        one = any->dims.at[i] > 1 ? slice_view(im, call, one, i, 0, 1) : one;
    for (int i = 0; i < rank; i++)
        dims.at[i] = 1;
    one = one ? view_reshape(im, call, one, &dims) : NULL;
    struct value *truth = one ? apply(im, call, &above, one) : NULL;
    return truth ? scale_by(im, call, truth, 0, 0) : NULL;
}

struct value *constant_like(struct importer *im, struct call *call, const struct value *any,
                            const struct constant *constant)
{
    const struct layer logarithm = {.kind = LAYER_LOG};
    if (constant->count < 1) {
        refuse(im, call, "its constant is empty");
        return NULL;
    }
    struct value *zero = zero_view(im, call, any, constant->dims.rank);
    const double first = constant_at(constant, 0);
    if (!zero || constant->count > 1)
        return zero ? scale_view(im, call, zero, NULL, constant) : NULL;
    if (!isinf(first))
        return scale_by(im, call, zero, 1, type_is_float(constant->type) ? constant_number(constant) : first);
    struct value *infinite = apply(im, call, &logarithm, zero); /* -infinity: texts hold no other numbers */
    return infinite && first > 0 ? scale_by(im, call, infinite, -1, 0) : infinite;
}

/* ---- comparisons ---- */

struct value *compare_number(struct importer *im, struct call *call, enum layer_kind kind, const struct value *x,
                             double number)
{
    struct layer layer = {.kind = LAYER_EQUALS, .args.a = number};
    if (kind != LAYER_EQUAL)
        layer.kind = kind == LAYER_LESS ? LAYER_BELOW : LAYER_ABOVE;
    return apply(im, call, &layer, x);
}

static struct value *sum_of(struct importer *im, struct call *call, struct value *a, struct value *b)
{
    return a && b ? merge_views(im, call, LAYER_ADD, (struct value *[]){a, b}, 2) : NULL;
}

static struct value *compare_one(struct importer *im, struct call *call, enum layer_kind kind, bool or_equal,
                                 const struct value *x, double number)
{
    struct value *result = compare_number(im, call, kind, x, number);
    return result && or_equal ? sum_of(im, call, result, compare_number(im, call, LAYER_EQUAL, x, number)) : result;
}

/* With a constant: with its number, or the difference with 0. */
static struct value *compare_constant(struct importer *im, struct call *call, enum layer_kind kind, bool or_equal,
                                      struct value *x, const struct constant *constant)
{
    struct dims out;
    for (int64_t i = 0; i < constant->count; i++)
        if (!isfinite(constant_at(constant, i))) {
            refuse(im, call, "it compares with %g; finite numbers are supported", constant_at(constant, i));
            return NULL;
        }
    if (constant->count == 1 && constant->dims.rank <= x->dims.rank)
        return compare_one(im, call, kind, or_equal, x, constant_at(constant, 0));
    struct constant *negative = constant_new(im, ONNX_FLOAT, constant->dims);
    if (!negative || !broadcast_dims(&x->dims, &constant->dims, &out)) {
        refuse(im, call, negative ? "%s and %s do not fit together" : "its constant is too large",
               dims_words(im->arena, &x->dims), dims_words(im->arena, &constant->dims));
        return NULL;
    }
    for (int64_t i = 0; i < constant->count; i++)
        constant_numbers(negative)[i] = -constant_at(constant, i);
    struct value *difference = scale_view(im, call, x, NULL, negative);
    return difference ? compare_one(im, call, kind, or_equal, difference, 0) : NULL;
}

bool op_compare(struct importer *im, struct call *call)
{
    const bool or_equal = strstr(call->type, "OrEqual") != NULL, less = strncmp(call->type, "Less", 4) == 0;
    const enum layer_kind kind = strcmp(call->type, "Equal") == 0 ? LAYER_EQUAL : less ? LAYER_LESS : LAYER_GREATER;
    const enum layer_kind mirrored = kind == LAYER_EQUAL ? kind : less ? LAYER_GREATER : LAYER_LESS;
    struct value *a = call_view(call, 0), *b = call_view(call, 1), *both[] = {a, b};
    if (a && b) {
        struct value *result = merge_views(im, call, kind, both, 2);
        return give(call, result && or_equal ? sum_of(im, call, result, merge_views(im, call, LAYER_EQUAL, both, 2))
                                             : result);
    }
    const struct constant *constant = call_constant(call, a ? 1 : 0);
    if ((!a && !b) || !constant || constant->count < 1)
        return refuse(im, call, "it lacks an input");
    return give(call, compare_constant(im, call, a ? kind : mirrored, or_equal, a ? a : b, constant));
}

bool op_is_nan(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0), *twice[] = {x, x};
    struct value *same = x ? merge_views(im, call, LAYER_EQUAL, twice, 2) : NULL;
    return give(call, same ? compare_number(im, call, LAYER_EQUAL, same, 0) : NULL) ||
           refuse(im, call, "it lacks an input");
}

bool op_is_inf(struct importer *im, struct call *call)
{
    const bool above = call_int(call, "detect_positive", 1) != 0, below = call_int(call, "detect_negative", 1) != 0;
    struct value *x = call_view(call, 0);
    if (!x || (!above && !below))
        return refuse(im, call, x ? "it detects nothing" : "it lacks an input");
    struct value *high = above ? compare_number(im, call, LAYER_GREATER, x, FLT_MAX) : NULL;
    struct value *low = below ? compare_number(im, call, LAYER_LESS, x, -FLT_MAX) : NULL;
    return give(call, above && below ? sum_of(im, call, high, low) : above ? high : low);
}

/* ---- logic ---- */

bool op_not(struct importer *im, struct call *call)
{
    struct value *x = call_view(call, 0);
    return x ? give(call, compare_number(im, call, LAYER_EQUAL, x, 0)) : refuse(im, call, "it lacks an input");
}

bool op_and(struct importer *im, struct call *call)
{
    return op_mul(im, call);
}

bool op_or(struct importer *im, struct call *call)
{
    return op_max(im, call);
}

/* Are they different? With a constant c, x + c - 2*c*x. */
bool op_xor(struct importer *im, struct call *call)
{
    struct value *a = call_view(call, 0), *b = call_view(call, 1), *both[] = {a, b};
    if (a && b) {
        struct value *same = merge_views(im, call, LAYER_EQUAL, both, 2);
        return give(call, same ? compare_number(im, call, LAYER_EQUAL, same, 0) : NULL);
    }
    const struct constant *constant = call_constant(call, a ? 1 : 0);
    struct constant *factor = constant ? constant_new(im, ONNX_FLOAT, constant->dims) : NULL;
    if ((!a && !b) || !factor)
        return refuse(im, call, "it lacks an input");
    for (int64_t i = 0; i < factor->count; i++)
        constant_numbers(factor)[i] = constant_at(constant, i) != 0 ? -1 : 1;
    return give(call, scale_view(im, call, a ? a : b, factor, constant));
}

/* ---- choices ---- */

/* All of it, repeated to the dimensions of the choice. */
static struct value *choose_all(struct importer *im, struct call *call, struct value *chosen, const struct dims *dims)
{
    if (chosen->kind == VALUE_VIEW)
        return dims_equal(&chosen->dims, dims) ? view_like(im, chosen, chosen->node)
                                               : expand_view(im, call, chosen, dims);
    refuse(im, call, "it chooses a constant alone");
    return NULL;
}

struct value *choose_view(struct importer *im, struct call *call, struct value *condition, struct value *a,
                          struct value *b)
{
    struct value *operands[] = {condition, a, b}, *any = NULL;
    struct dims dims = {0};
    for (int i = 0; i < 3; i++) {
        if (!broadcast_dims(&dims, &operands[i]->dims, &dims)) {
            refuse(im, call, "%s and %s do not fit together", dims_words(im->arena, &dims),
                   dims_words(im->arena, &operands[i]->dims));
            return NULL;
        }
        any = operands[i]->kind == VALUE_VIEW && !any ? operands[i] : any;
    }
    if (!any) {
        refuse(im, call, "it lacks an input");
        return NULL;
    }
    const struct constant *fixed = condition->kind == VALUE_CONSTANT ? condition->constant : NULL;
    if (fixed && fixed->count && constant_is(fixed, 0) && b->kind == VALUE_VIEW)
        return choose_all(im, call, b, &dims);
    if (fixed && fixed->count && constant_is(fixed, 1) && a->kind == VALUE_VIEW)
        return choose_all(im, call, a, &dims);
    for (int i = 0; i < 3; i++)
        if (operands[i]->kind == VALUE_CONSTANT) {
            operands[i] = constant_like(im, call, any, operands[i]->constant);
            if (!operands[i])
                return NULL;
        }
    return merge_views(im, call, LAYER_WHERE, operands, 3);
}

bool op_where(struct importer *im, struct call *call)
{
    for (size_t i = 0; i < 3; i++)
        if (!call_view(call, i) && !call_constant(call, i))
            return refuse(im, call, "it lacks an input");
    return give(call, choose_view(im, call, call->inputs[0], call->inputs[1], call->inputs[2]));
}
