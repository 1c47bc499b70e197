/* Layers that move numbers: each element of the result comes from one place of the input (four for
 * bilinear UPSAMPLE). On the way back, its derivative goes where it came from. */
#include <math.h>
#include <string.h>

#include "reference/layer.h"

/* C = groups*n channels, read as groups x n, transposed to n x groups. */
void reference_SHUFFLE(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w, groups = call->args->groups, n = call->shape.c / groups;
    for (int64_t g = 0; g < groups; g++)
        for (int64_t j = 0; j < n; j++)
            memcpy(call->out + (j * groups + g) * pixels, call->in[0] + (g * n + j) * pixels,
                   (size_t)pixels * sizeof *call->out);
}

void reference_backward_SHUFFLE(const struct layer_backward *b)
{
    struct shape shape = b->call.shape;
    int64_t pixels = shape.h * shape.w, groups = b->call.args->groups, n = shape.c / groups;
    for (int64_t g = 0; g < groups; g++)
        for (int64_t j = 0; j < n; j++)
            for (int64_t i = 0; i < pixels; i++)
                b->d_in[0][(g * n + j) * pixels + i] += b->d_out[(j * groups + g) * pixels + i];
}

/* Where row (or column) i of the result lies in the input: with align=yes the corner pixels' centres
 * coincide, else the images' edges. */
static double place_of(int64_t i, int64_t factor, int64_t in, int64_t out, bool align)
{
    if (align)
        return out > 1 ? (double)i * (double)(in - 1) / (double)(out - 1) : 0;
    return fmax(((double)i + 0.5) / (double)factor - 0.5, 0);
}

/* The four pixels around a place of the input, and what each counts there. */
struct corners {
    int64_t at[4];
    double share[4];
};

static struct corners corners_of(struct shape in, int64_t c, double y, double x)
{
    int64_t y0 = (int64_t)y, x0 = (int64_t)x;
    int64_t y1 = y0 + 1 < in.h ? y0 + 1 : in.h - 1, x1 = x0 + 1 < in.w ? x0 + 1 : in.w - 1;
    double ty = y - (double)y0, tx = x - (double)x0;
    return (struct corners){
        {tensor_at(in, c, y0, x0), tensor_at(in, c, y0, x1), tensor_at(in, c, y1, x0), tensor_at(in, c, y1, x1)},
        {(1 - ty) * (1 - tx), (1 - ty) * tx, ty * (1 - tx), ty * tx}};
}

static double bilinear(const struct layer_call *call, int64_t c, double y, double x)
{
    struct shape in = call->in_shape;
    double ty = y - floor(y), tx = x - floor(x);
    struct corners corners = corners_of(in, c, y, x);
    const double *from = call->in[0];
    double upper = (1 - tx) * from[corners.at[0]] + tx * from[corners.at[1]];
    double lower = (1 - tx) * from[corners.at[2]] + tx * from[corners.at[3]];
    return (1 - ty) * upper + ty * lower;
}

void reference_UPSAMPLE(const struct layer_call *call)
{
    const struct layer_args *args = call->args;
    struct shape in = call->in_shape, out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                double value;
                if (args->mode == UPSAMPLE_NEAREST)
                    value = call->in[0][tensor_at(in, c, y / args->factor.h, x / args->factor.w)];
                else
                    value = bilinear(call, c, place_of(y, args->factor.h, in.h, out.h, args->align),
                                     place_of(x, args->factor.w, in.w, out.w, args->align));
                call->out[tensor_at(out, c, y, x)] = value;
            }
}

void reference_backward_UPSAMPLE(const struct layer_backward *b)
{
    const struct layer_args *args = b->call.args;
    struct shape in = b->call.in_shape, out = b->call.shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                double d = b->d_out[tensor_at(out, c, y, x)];
                if (args->mode == UPSAMPLE_NEAREST) {
                    b->d_in[0][tensor_at(in, c, y / args->factor.h, x / args->factor.w)] += d;
                    continue;
                }
                struct corners corners = corners_of(in, c, place_of(y, args->factor.h, in.h, out.h, args->align),
                                                    place_of(x, args->factor.w, in.w, out.w, args->align));
                for (int i = 0; i < 4; i++)
                    b->d_in[0][corners.at[i]] += corners.share[i] * d;
            }
}

/* Element (c, y, x) of the result comes from element (c - move.c, y - move.h, x - move.w) of the input. */
static struct shape move_of(const struct layer_call *call)
{
    const struct layer_args *args = call->args;
    switch (call->node->kind) {
    case LAYER_PAD: return (struct shape){.h = args->pad.top, .w = args->pad.left, .c = args->pad_c_front};
    case LAYER_CROP: return (struct shape){.h = -args->pad.top, .w = -args->pad.left};
    default:
        return (struct shape){.h = args->axis == AXIS_H ? -args->from : 0,
                              .w = args->axis == AXIS_W ? -args->from : 0,
                              .c = args->axis == AXIS_C ? -args->from : 0};
    }
}

/* The index of that element, or -1 where the input has no such element. */
static int64_t moved_from(const struct layer_call *call, int64_t c, int64_t y, int64_t x)
{
    struct shape in = call->in_shape, move = move_of(call);
    c -= move.c, y -= move.h, x -= move.w;
    bool inside = c >= 0 && c < in.c && y >= 0 && y < in.h && x >= 0 && x < in.w;
    return inside ? tensor_at(in, c, y, x) : -1;
}

static void shift(const struct layer_call *call, double value)
{
    struct shape out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                int64_t from = moved_from(call, c, y, x);
                call->out[tensor_at(out, c, y, x)] = from >= 0 ? call->in[0][from] : value;
            }
}

static void shift_backward(const struct layer_backward *b)
{
    struct shape out = b->call.shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                int64_t from = moved_from(&b->call, c, y, x);
                if (from >= 0)
                    b->d_in[0][from] += b->d_out[tensor_at(out, c, y, x)];
            }
}

void reference_PAD(const struct layer_call *call)
{
    shift(call, call->args->value);
}

void reference_backward_PAD(const struct layer_backward *b)
{
    shift_backward(b);
}

void reference_CROP(const struct layer_call *call)
{
    shift(call, 0);
}

void reference_backward_CROP(const struct layer_backward *b)
{
    shift_backward(b);
}

void reference_SLICE(const struct layer_call *call)
{
    shift(call, 0);
}

void reference_backward_SLICE(const struct layer_backward *b)
{
    shift_backward(b);
}

void reference_CONST(const struct layer_call *call)
{
    for (int64_t i = 0; i < shape_elements(call->shape); i++)
        call->out[i] = tensor_entry(call, ROLE_WEIGHT, i, 0);
}

void reference_backward_CONST(const struct layer_backward *b)
{
    for (int64_t i = 0; i < shape_elements(b->call.shape); i++)
        tensor_learn(b, ROLE_WEIGHT, i, b->d_out[i]);
}

void reference_RESHAPE(const struct layer_call *call)
{
    memcpy(call->out, call->in[0], (size_t)shape_elements(call->shape) * sizeof *call->out);
}

void reference_backward_RESHAPE(const struct layer_backward *b)
{
    for (int64_t i = 0; i < shape_elements(b->call.shape); i++)
        b->d_in[0][i] += b->d_out[i];
}

/* args->axes says which axes of the input become the result's h, w and c. */
static int64_t transposed_from(const struct layer_call *call, int64_t c, int64_t y, int64_t x)
{
    const enum axis *axes = call->args->axes;
    int64_t from[3];
    from[axes[0]] = y;
    from[axes[1]] = x;
    from[axes[2]] = c;
    return tensor_at(call->in_shape, from[AXIS_C], from[AXIS_H], from[AXIS_W]);
}

void reference_TRANSPOSE(const struct layer_call *call)
{
    struct shape out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++)
                call->out[tensor_at(out, c, y, x)] = call->in[0][transposed_from(call, c, y, x)];
}

void reference_backward_TRANSPOSE(const struct layer_backward *b)
{
    struct shape out = b->call.shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++)
                b->d_in[0][transposed_from(&b->call, c, y, x)] += b->d_out[tensor_at(out, c, y, x)];
}
