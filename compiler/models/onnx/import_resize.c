/* Resize and Upsample. A whole factor in the language's own ways is UPSAMPLE; everything else mixes
 * the elements of an axis by a matrix that is computed here, axis by axis. */
#include <math.h>
#include <string.h>

#include "import.h"

struct resize {
    const char *mode, *place, *rounding;
    double cubic;
    bool exclude_outside;
    double scale[IMPORT_MAX_RANK];
    int64_t size[IMPORT_MAX_RANK];
};

/* Where result i of an axis lies in the input. */
static double place_of(const struct resize *r, int axis, int64_t i, int64_t in, int64_t out)
{
    const double x = (double)i, scale = r->scale[axis];
    if (strcmp(r->place, "asymmetric") == 0)
        return x / scale;
    if (strcmp(r->place, "align_corners") == 0) /* the length before it was rounded down, as ONNX's reference has it */
        return out > 1 ? x * (double)(in - 1) / ((double)in * scale - 1) : 0;
    if (strcmp(r->place, "tf_half_pixel_for_nn") == 0)
        return (x + 0.5) / scale;
    if (strcmp(r->place, "pytorch_half_pixel") == 0 && out <= 1)
        return 0;
    return (x + 0.5) / scale - 0.5;
}

static int64_t clamped(int64_t i, int64_t n)
{
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* Which input result i of an axis is. The place is computed in floats, which scales are: it may be so close to the
 * middle between two inputs that their rounding decides, and ONNX Runtime computes in floats. */
static int64_t nearest_of(const struct resize *r, int axis, int64_t i, int64_t in, int64_t out)
{
    const float x = (float)i, scale = (float)r->scale[axis];
    float place = (x + 0.5f) / scale - 0.5f;
    if (in == out)
        place = x;
    else if (strcmp(r->place, "asymmetric") == 0)
        place = x / scale;
    else if (strcmp(r->place, "tf_half_pixel_for_nn") == 0)
        place = (x + 0.5f) / scale;
    else if (strstr(r->place, "half_pixel") == NULL || out <= 1)
        place = (float)place_of(r, axis, i, in, out);
    if (strcmp(r->rounding, "floor") == 0)
        return clamped((int64_t)floorf(place), in);
    if (strcmp(r->rounding, "ceil") == 0)
        return clamped((int64_t)ceilf(place), in);
    if (strcmp(r->rounding, "round_prefer_floor") == 0 && place - floorf(place) == 0.5f)
        return clamped((int64_t)floorf(place), in);
    return clamped((int64_t)floor((double)place + 0.5), in);
}

static double cubic_weight(double a, double distance)
{
    const double d = fabs(distance);
    if (d <= 1)
        return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/* Row i of the axis' matrix. */
static void mix_row(const struct resize *r, int axis, int64_t i, int64_t in, int64_t out, double *row)
{
    const double x = place_of(r, axis, i, in, out);
    const int64_t base = (int64_t)floor(x);
    if (strcmp(r->mode, "nearest") == 0) {
        row[nearest_of(r, axis, i, in, out)] = 1;
        return;
    }
    const bool cubic = strcmp(r->mode, "cubic") == 0;
    double total = 0;
    for (int64_t k = cubic ? base - 1 : base; k <= (cubic ? base + 2 : base + 1); k++) {
        const double weight = cubic ? cubic_weight(r->cubic, x - (double)k) : 1 - fabs(x - (double)k);
        if (r->exclude_outside && (k < 0 || k >= in))
            continue;
        row[clamped(k, in)] += weight;
        total += weight;
    }
    for (int64_t k = 0; k < in && r->exclude_outside && total != 0; k++)
        row[k] /= total;
}

/* Does each result come from input i / factor, as UPSAMPLE nearest does it? An axis of billions is not worth the time
 * to look: it is refused afterwards. */
static bool repeats(struct importer *im, const struct resize *r, int axis, int64_t in, int64_t out)
{
    if (out % in || out > LIMIT_MATRIX || out > im->budget)
        return false;
    im->budget -= out; /* so that many operators cannot ask for it again and again */
    for (int64_t i = 0; i < out; i++)
        if (nearest_of(r, axis, i, in, out) != i / (out / in))
            return false;
    return true;
}

static bool is_upsampling(struct importer *im, const struct resize *r, const struct dims *dims)
{
    const bool nearest = strcmp(r->mode, "nearest") == 0, linear = strcmp(r->mode, "linear") == 0;
    const bool align = strcmp(r->place, "align_corners") == 0;
    const bool half = strcmp(r->place, "half_pixel") == 0 || strcmp(r->place, "pytorch_half_pixel") == 0;
    if (dims->rank != 4 || dims->at[0] != 1 || r->size[1] != dims->at[1] || (linear && !align && !half) ||
        (!nearest && !linear) || r->exclude_outside)
        return false;
    for (int i = 2; i < 4; i++) {
        const int64_t in = dims->at[i], out = r->size[i], factor = out / in;
        if (out % in || (nearest && !repeats(im, r, i, in, out)))
            return false;
        if (linear && half && r->scale[i] != (double)factor)
            return false;
    }
    return true;
}

static struct value *upsample(struct importer *im, struct call *call, const struct value *x, const struct resize *r)
{
    struct layer layer = {.kind = LAYER_UPSAMPLE};
    layer.args.factor = (struct pair){r->size[2] / x->dims.at[2], r->size[3] / x->dims.at[3]};
    layer.args.mode = strcmp(r->mode, "nearest") == 0 ? UPSAMPLE_NEAREST : UPSAMPLE_BILINEAR;
    layer.args.align = layer.args.mode == UPSAMPLE_BILINEAR && strcmp(r->place, "align_corners") == 0;
    struct node *node = view_shaped(im, call, x, natural_shape(&x->dims));
    node = node ? import_add1(im, call, &layer, node) : NULL;
    const struct dims dims = {4, {1, x->dims.at[1], r->size[2], r->size[3]}};
    return node ? view_new(im, node, &dims) : NULL;
}

static struct value *mix(struct importer *im, struct call *call, const struct value *x, const struct resize *r)
{
    struct value *y = view_like(im, x, x->node);
    for (int axis = 0; axis < x->dims.rank && y; axis++) {
        const int64_t in = x->dims.at[axis], out = r->size[axis];
        if (in == out && r->scale[axis] == 1)
            continue;
        if (out < 1 || in > LIMIT_MATRIX / out) {
            refuse(im, call, "its axes are too long");
            return NULL;
        }
        struct constant *matrix = constant_new(im, 1, (struct dims){2, {out, in}});
        for (int64_t i = 0; matrix && i < out; i++)
            mix_row(r, axis, i, in, out, constant_numbers(matrix) + i * in);
        if (!matrix) {
            refuse(im, call, "its axes are too long");
            return NULL;
        }
        y = linear_axis(im, call, y, axis, matrix, NULL, true);
    }
    return y;
}

/* Sizes from scales or scales from sizes; axes that are not listed stay. */
static bool read_sizes(struct importer *im, struct call *call, const struct dims *dims, struct resize *r)
{
    const bool old = strcmp(call->type, "Upsample") == 0 || im->opset < 11;
    const struct constant *scales = call_constant(call, old ? 1 : 2), *sizes = old ? NULL : call_constant(call, 3);
    const struct attribute *attribute = call_attribute(call, "scales");
    const int64_t *axes;
    size_t axis_count;
    const bool listed = call_ints(call, "axes", &axes, &axis_count);
    const size_t count = attribute               ? attribute->n_floats
                         : sizes && sizes->count ? (size_t)sizes->count
                         : scales                ? (size_t)scales->count
                                                 : 0;
    if (count != (listed ? axis_count : (size_t)dims->rank))
        return refuse(im, call, "its scales and sizes are not constants with a number per axis");
    for (int i = 0; i < dims->rank; i++) {
        r->scale[i] = 1;
        r->size[i] = dims->at[i];
    }
    for (size_t i = 0; i < count; i++) {
        int axis;
        if (!call_axis(im, call, listed ? axes[i] : (int64_t)i, dims->rank, &axis))
            return false;
        const double length = (double)dims->at[axis];
        if (sizes && sizes->count) {
            r->size[axis] = constant_int(sizes, (int64_t)i);
            r->scale[axis] = (double)r->size[axis] / length;
        } else {
            r->scale[axis] = attribute ? (double)attribute->floats[i] : constant_at(scales, (int64_t)i);
            r->size[axis] = r->scale[axis] > 0 && r->scale[axis] < 1e6
                                ? (int64_t)floorf((float)length * (float)r->scale[axis])
                                : 0;
        }
        if (r->size[axis] < 1 || r->size[axis] > LIMIT_ELEMENTS)
            return refuse(im, call, "its result would be empty or too large");
    }
    return true;
}

bool op_resize(struct importer *im, struct call *call)
{
    static const char *const modes[] = {"nearest", "linear", "cubic", NULL};
    static const char *const places[] = {"half_pixel",         "asymmetric",           "align_corners",
                                         "pytorch_half_pixel", "tf_half_pixel_for_nn", NULL};
    static const char *const roundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil", NULL};
    const bool old = strcmp(call->type, "Upsample") == 0 || im->opset < 11;
    struct resize r = {
        .mode = call_string(call, "mode", "nearest"),
        .place = call_string(call, "coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
        .rounding = call_string(call, "nearest_mode", old ? "floor" : "round_prefer_floor"),
        .cubic = call_float(call, "cubic_coeff_a", -0.75),
        .exclude_outside = call_int(call, "exclude_outside", 0) != 0,
    };
    struct value *x = call_view(call, 0);
    if (!x)
        return refuse(im, call, "it lacks an input");
    if (strcmp(r.mode, "bilinear") == 0)
        r.mode = "linear";
    if (!text_is_one_of(r.mode, modes) || !text_is_one_of(r.place, places) || call_int(call, "antialias", 0) ||
        strcmp(call_string(call, "keep_aspect_ratio_policy", "stretch"), "stretch") != 0)
        return refuse(im, call, "mode %s with %s", r.mode, r.place);
    if (!text_is_one_of(r.rounding, roundings))
        return refuse(im, call, "nearest_mode %s", r.rounding);
    if (!read_sizes(im, call, &x->dims, &r))
        return false;
    struct value *y = is_upsampling(im, &r, &x->dims) ? upsample(im, call, x, &r) : mix(im, call, x, &r);
    if (y)
        call_give(call, 0, y);
    return y != NULL;
}
