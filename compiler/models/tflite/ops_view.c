/* Operators that move numbers, or choose among them. */
#include <string.h>

#include "models/tflite/convert.h"

/* RESHAPE, SQUEEZE and EXPAND_DIMS: the file says the shape of the result. Where numbers have to move for it, a
 * FULLY_CONNECTED behind it turns its weights instead. */
bool tfl_reshape(struct convert *c)
{
    struct value *x = tfl_value(c, 0);
    const size_t from = tfl_input(c, 0), to = tfl_output(c, 0);
    if (!x || to == SIZE_MAX)
        return tfl_refuse(c, "it has no result");
    const struct tfl_tensor *tensor = &c->model->tensors[to];
    struct dims dims = tensor->dims;
    int64_t sizes[IMPORT_MAX_RANK];
    size_t count;
    if (tensor->dynamic)
        return tfl_refuse(c, "the shape of its result is not fixed");
    if (tensor->unknown_shape && c->op->code == CODE_OF_RESHAPE && tfl_constant(c, 1)) {
        if (!tfl_integers(c, 1, "sizes", sizes, &count, IMPORT_MAX_RANK))
            return false;
        dims.rank = (int)count;
        memcpy(dims.at, sizes, count * sizeof *sizes);
    }
    struct value *result = tfl_reshaped(c, x, &dims);
    if (!tfl_give(c, 0, result))
        return false;
    if (x->kind == VALUE_VIEW && result->node != x->node)
        c->before[to] = c->before[from] ? c->before[from] : x;
    return true;
}

bool tfl_transpose(struct convert *c)
{
    struct value *x = tfl_value(c, 0);
    int64_t order[IMPORT_MAX_RANK];
    size_t count;
    if (!x || !tfl_integers(c, 1, "order", order, &count, IMPORT_MAX_RANK))
        return false;
    if (count != (size_t)x->dims.rank)
        return tfl_refuse(c, "its order has %zu axes for %d dimensions", count, x->dims.rank);
    return tfl_give(c, 0, tfl_transposed(c, x, order));
}

bool tfl_shape(struct convert *c)
{
    return tfl_give(c, 0, tfl_do1(c, "Shape", tfl_value(c, 0)));
}

/* ---- padding ---- */

/* Amounts before and after each axis, as ONNX's Pad has them: all before, then all after. */
static bool amounts(struct convert *c, const struct value *x, int64_t *pads)
{
    int64_t pairs[2 * IMPORT_MAX_RANK];
    size_t count;
    if (!tfl_integers(c, 1, "amounts", pairs, &count, 2 * IMPORT_MAX_RANK))
        return false;
    if (count != 2 * (size_t)x->dims.rank)
        return tfl_refuse(c, "it has %zu amounts for %d axes", count, x->dims.rank);
    for (int i = 0; i < x->dims.rank; i++) {
        pads[i] = pairs[2 * i];
        pads[x->dims.rank + i] = pairs[2 * i + 1];
    }
    for (size_t i = 0; i < count; i++)
        if (pairs[i] < 0 || pairs[i] > LIMIT_ELEMENTS)
            return tfl_refuse(c, "one of its amounts is %lld", (long long)pairs[i]);
    return true;
}

/* An image is padded channels first, so that one layer does it. */
static bool pad(struct convert *c, const char *mode, double number)
{
    struct value *x = tfl_value(c, 0);
    int64_t pads[2 * IMPORT_MAX_RANK], turned[8];
    if (!x || !amounts(c, x, pads))
        return false;
    const bool image = x->dims.rank == 4;
    const size_t rank = (size_t)x->dims.rank;
    for (size_t i = 0; image && i < 8; i++)
        turned[i] = pads[(i & 4) + (size_t)((const int[]){0, 3, 1, 2})[i & 3]];
    x = image ? tfl_first(c, x) : x;
    struct call *step = tfl_step(c, "Pad", &x, 1);
    tfl_set_string(c, step, "mode", mode);
    tfl_set_ints(c, step, "pads", image ? turned : pads, 2 * rank);
    tfl_set_float(c, step, "value", number);
    struct value *result = tfl_do(c, step);
    return tfl_give(c, 0, image ? tfl_last(c, result) : result);
}

bool tfl_pad(struct convert *c)
{
    const struct constant *number = tfl_constant(c, 2);
    if (call_has(c->call, 2) && (!number || number->count != 1))
        return tfl_refuse(c, "the number that it pads with is not a constant");
    return pad(c, "constant", number ? constant_number(number) : 0);
}

bool tfl_mirror_pad(struct convert *c)
{
    if (tfl_option(c, MIRROR_MODE, 1, 0) != 0)
        return tfl_refuse(c, "its mode is SYMMETRIC; REFLECT is supported");
    return pad(c, "reflect", 0);
}

/* ---- parts ---- */

struct ranges {
    int64_t axes[IMPORT_MAX_RANK], first[IMPORT_MAX_RANK], last[IMPORT_MAX_RANK], step[IMPORT_MAX_RANK];
};

static struct value *sliced(struct convert *c, struct value *x, const struct ranges *r)
{
    struct call *step = tfl_step(c, "Slice", &x, 1);
    const size_t rank = (size_t)x->dims.rank;
    tfl_set_ints(c, step, "axes", r->axes, rank);
    tfl_set_ints(c, step, "starts", r->first, rank);
    tfl_set_ints(c, step, "ends", r->last, rank);
    tfl_set_ints(c, step, "steps", r->step, rank);
    return tfl_do(c, step);
}

bool tfl_slice(struct convert *c)
{
    struct value *x = tfl_value(c, 0);
    struct ranges r;
    int64_t sizes[IMPORT_MAX_RANK];
    size_t begins, count;
    if (!x || !tfl_integers(c, 1, "begins", r.first, &begins, IMPORT_MAX_RANK) ||
        !tfl_integers(c, 2, "sizes", sizes, &count, IMPORT_MAX_RANK))
        return false;
    if (begins != (size_t)x->dims.rank || count != begins)
        return tfl_refuse(c, "it has %zu begins and %zu sizes for %d axes", begins, count, x->dims.rank);
    for (int i = 0; i < x->dims.rank; i++) {
        const int64_t left = x->dims.at[i] - r.first[i], size = sizes[i] == -1 ? left : sizes[i];
        if (r.first[i] < 0 || r.first[i] > x->dims.at[i] || size < 1 || size > left)
            return tfl_refuse(c, "on axis %d it takes %lld from %lld on, of %lld", i, (long long)sizes[i],
                              (long long)r.first[i], (long long)x->dims.at[i]);
        r.axes[i] = i;
        r.last[i] = r.first[i] + size;
        r.step[i] = 1;
    }
    return tfl_give(c, 0, sliced(c, x, &r));
}

/* One axis of a STRIDED_SLICE, whose masks leave begins and ends out. */
static bool strided_axis(struct convert *c, const struct value *x, int i, int64_t begin_mask, int64_t end_mask,
                         int64_t shrink, struct ranges *r)
{
    const int64_t n = x->dims.at[i], far = (int64_t)1 << 31;
    r->axes[i] = i;
    if (r->step[i] == 0)
        return tfl_refuse(c, "its stride on axis %d is 0", i);
    if (shrink >> i & 1) {
        const int64_t at = r->first[i] < 0 ? r->first[i] + n : r->first[i];
        if (at < 0 || at >= n)
            return tfl_refuse(c, "element %lld of an axis of %lld", (long long)r->first[i], (long long)n);
        r->first[i] = at;
        r->last[i] = at + 1;
        r->step[i] = 1;
        return true;
    }
    if (begin_mask >> i & 1)
        r->first[i] = r->step[i] > 0 ? 0 : n - 1;
    if (end_mask >> i & 1)
        r->last[i] = r->step[i] > 0 ? far : -far;
    return true;
}

bool tfl_strided_slice(struct convert *c)
{
    struct value *x = tfl_value(c, 0);
    struct ranges r;
    size_t counts[3];
    if (!x || !tfl_integers(c, 1, "begins", r.first, &counts[0], IMPORT_MAX_RANK) ||
        !tfl_integers(c, 2, "ends", r.last, &counts[1], IMPORT_MAX_RANK) ||
        !tfl_integers(c, 3, "strides", r.step, &counts[2], IMPORT_MAX_RANK))
        return false;
    if (tfl_option(c, STRIDED_ELLIPSIS_MASK, 4, 0) || tfl_option(c, STRIDED_NEW_AXIS_MASK, 4, 0) ||
        tfl_option(c, STRIDED_OFFSET, 1, 0))
        return tfl_refuse(c, "it uses an ellipsis, new axes or offsets");
    if (counts[0] != (size_t)x->dims.rank || counts[1] != counts[0] || counts[2] != counts[0])
        return tfl_refuse(c, "it has %zu begins for %d axes", counts[0], x->dims.rank);
    const int64_t shrink = tfl_option(c, STRIDED_SHRINK_MASK, 4, 0);
    for (int i = 0; i < x->dims.rank; i++)
        if (!strided_axis(c, x, i, tfl_option(c, STRIDED_BEGIN_MASK, 4, 0), tfl_option(c, STRIDED_END_MASK, 4, 0),
                          shrink, &r))
            return false;
    struct value *part = sliced(c, x, &r);
    struct dims dims = {.rank = 0};
    for (int i = 0; part && i < part->dims.rank; i++)
        if (!(shrink >> i & 1))
            dims.at[dims.rank++] = part->dims.at[i];
    return tfl_give(c, 0, tfl_reshaped(c, part, &dims));
}

bool tfl_gather(struct convert *c)
{
    struct value *inputs[] = {tfl_value(c, 0), tfl_value(c, 1)};
    if (tfl_option(c, GATHER_BATCH_DIMS, 4, 0))
        return tfl_refuse(c, "it gathers within batches");
    struct call *step = tfl_step(c, "Gather", inputs, 2);
    tfl_set_int(c, step, "axis", tfl_option(c, GATHER_AXIS, 4, 0));
    return tfl_give(c, 0, tfl_do(c, step));
}

bool tfl_reverse(struct convert *c)
{
    struct value *x = tfl_view(c, 0);
    int64_t axes[IMPORT_MAX_RANK];
    size_t count;
    if (!x || !tfl_integers(c, 1, "axes", axes, &count, IMPORT_MAX_RANK))
        return false;
    struct call *step = tfl_step(c, "Slice", &x, 1);
    int64_t first[IMPORT_MAX_RANK], last[IMPORT_MAX_RANK], steps[IMPORT_MAX_RANK];
    for (size_t i = 0; i < count; i++) {
        first[i] = -1;
        last[i] = -((int64_t)1 << 31);
        steps[i] = -1;
    }
    tfl_set_ints(c, step, "axes", axes, count);
    tfl_set_ints(c, step, "starts", first, count);
    tfl_set_ints(c, step, "ends", last, count);
    tfl_set_ints(c, step, "steps", steps, count);
    return tfl_give(c, 0, tfl_do(c, step));
}

/* ---- blocks of pixels ---- */

static bool rearrange(struct convert *c, const char *type)
{
    struct value *x = tfl_first(c, tfl_view(c, 0));
    struct call *step = tfl_step(c, type, &x, 1);
    tfl_set_int(c, step, "blocksize", tfl_option(c, BLOCK_SIZE, 4, 0));
    return tfl_give(c, 0, tfl_last(c, tfl_do(c, step)));
}

bool tfl_depth_to_space(struct convert *c)
{
    return rearrange(c, "DepthToSpace");
}

bool tfl_space_to_depth(struct convert *c)
{
    return rearrange(c, "SpaceToDepth");
}

/* ---- resizing ---- */

static bool resize(struct convert *c, const char *mode, const char *place, const char *rounding)
{
    struct value *x = tfl_first(c, tfl_view(c, 0));
    int64_t sizes[2];
    size_t count;
    if (!x || !tfl_integers(c, 1, "sizes", sizes, &count, 2))
        return false;
    struct value *none = ARENA_NEW(c->im->arena, struct value), *inputs[4] = {x, none, none, NULL};
    none->name = "";
    struct constant *list = constant_new(c->im, ONNX_INT64, (struct dims){1, {4}});
    if (count != 2 || !list)
        return tfl_refuse(c, "it has %zu sizes", count);
    for (int i = 0; i < 4; i++)
        constant_numbers(list)[i] = (double)(i < 2 ? x->dims.at[i] : sizes[i - 2]);
    inputs[3] = ARENA_NEW(c->im->arena, struct value);
    *inputs[3] =
        (struct value){.kind = VALUE_CONSTANT, .name = "", .type = ONNX_INT64, .dims = list->dims, .constant = list};
    struct call *step = tfl_step(c, "Resize", inputs, 4);
    tfl_set_string(c, step, "mode", mode);
    tfl_set_string(c, step, "coordinate_transformation_mode", place);
    tfl_set_string(c, step, "nearest_mode", rounding);
    return tfl_give(c, 0, tfl_last(c, tfl_do(c, step)));
}

bool tfl_resize_bilinear(struct convert *c)
{
    const bool align = tfl_option(c, BILINEAR_ALIGN, 1, 0), half = tfl_option(c, BILINEAR_HALF, 1, 0);
    return resize(c, "linear", align ? "align_corners" : half ? "half_pixel" : "asymmetric", "floor");
}

bool tfl_resize_nearest(struct convert *c)
{
    const bool align = tfl_option(c, NEAREST_ALIGN, 1, 0), half = tfl_option(c, NEAREST_HALF, 1, 0);
    return resize(c, "nearest",
                  align  ? "align_corners"
                  : half ? "tf_half_pixel_for_nn"
                         : "asymmetric",
                  align ? "round_prefer_ceil" : "floor");
}
