/* Concat of results and of constants: constants of one number pad the result beside them, others are added to zeros
 * that do. */
#include <math.h>

#include "base/checked.h"
#include "import.h"

static bool is_uniform(const struct constant *constant)
{
    const double number = constant->count ? constant_at(constant, 0) : 0;
    return isfinite(number) && constant_is(constant, number);
}

static bool fits(struct importer *im, struct call *call, const struct dims *own, const struct dims *first, int axis)
{
    struct dims same = *own;
    if (same.rank == first->rank)
        same.at[axis] = first->at[axis];
    return dims_equal(&same, first) ||
           refuse(im, call, "%s and %s do not fit together", dims_words(im->arena, first), dims_words(im->arena, own));
}

/* The constant's place beside x: zeros, or its number. */
static struct value *pad_with(struct importer *im, struct call *call, const struct value *x,
                              const struct constant *constant, int axis, bool before)
{
    const int64_t length = constant->dims.at[axis];
    const double number = is_uniform(constant) && constant->count ? constant_at(constant, 0) : 0;
    if (length == 0)
        return view_like(im, x, x->node);
    return pad_axis(im, call, x, axis, before ? length : 0, before ? 0 : length, number);
}

/* Constants that are not one number, where they lie in the result; zeros elsewhere. NULL: there are none. */
static const struct constant *offsets(struct importer *im, struct call *call, const struct dims *dims, int axis)
{
    struct constant *sum = NULL;
    int64_t outer = 1, inner = 1, from = 0;
    for (int i = 0; i < dims->rank; i++)
        *(i < axis ? &outer : &inner) *= i == axis ? 1 : dims->at[i];
    for (size_t i = 0; i < call->input_count; i++) {
        const struct constant *constant = call_constant(call, i);
        const int64_t length = call->inputs[i]->dims.at[axis];
        if (constant && !is_uniform(constant)) {
            sum = sum ? sum : constant_new(im, 1, *dims);
            if (!sum) {
                refuse(im, call, "its constants are too large");
                return NULL;
            }
            for (int64_t o = 0; o < outer; o++)
                for (int64_t k = 0; k < length * inner; k++)
                    constant_numbers(sum)[(o * dims->at[axis] + from) * inner + k] =
                        constant_at(constant, o * length * inner + k);
            sum->trained = sum->trained || constant->trained;
            sum->name = constant->name;
        }
        from += length;
    }
    return sum;
}

/* The views, each with the constants behind it, the first one also with those before it; how many, or 0. */
static size_t padded_views(struct importer *im, struct call *call, int axis, struct value **views)
{
    size_t count = 0, first = 0;
    while (!call_view(call, first))
        first++;
    struct value *x = call_view(call, first);
    for (size_t i = first; x && i-- > 0;)
        x = pad_with(im, call, x, call_constant(call, i), axis, true);
    for (size_t i = first + 1; x && i < call->input_count; i++) {
        if (call_constant(call, i)) {
            x = pad_with(im, call, x, call_constant(call, i), axis, false);
        } else {
            views[count++] = x;
            x = call_view(call, i);
        }
    }
    if (!x)
        return 0;
    views[count++] = x;
    return count;
}

/* Trained constants become views, if anything else is one. */
static bool place_constants(struct importer *im, struct call *call)
{
    for (size_t i = 0; i < call->input_count; i++) {
        const struct constant *constant = call_constant(call, i);
        if (!constant || is_uniform(constant) || !constant_is_layer(im, constant))
            continue;
        call->inputs[i] = constant_view(im, call, constant);
        if (!call->inputs[i])
            return false;
        call->inputs[i]->kind = VALUE_VIEW;
    }
    return true;
}

bool op_concat(struct importer *im, struct call *call)
{
    struct value **views = ARENA_ARRAY(im->arena, struct value *, call->input_count + 1);
    const struct value *first = NULL;
    int axis;
    for (size_t i = call->input_count; i-- > 0;) {
        first = call_view(call, i) ? call_view(call, i) : first;
        if (!call_view(call, i) && !call_constant(call, i))
            return refuse(im, call, "it lacks an input");
    }
    if (!first || !call_axis(im, call, call_int(call, "axis", 1), first->dims.rank, &axis))
        return refuse(im, call, "it lacks an input");
    for (size_t i = 0; i < call->input_count; i++)
        if (!fits(im, call, &call->inputs[i]->dims, &first->dims, axis))
            return false;
    if (!place_constants(im, call))
        return false;
    const size_t count = padded_views(im, call, axis, views);
    struct value *result = count ? concat_views(im, call, views, count, axis) : NULL;
    const struct constant *offset = result ? offsets(im, call, &result->dims, axis) : NULL;
    if (offset)
        result = scale_view(im, call, result, NULL, offset);
    return give(call, call->refusal ? NULL : result);
}
