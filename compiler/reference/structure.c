/* Layers that move numbers: each element of the result comes from one place of the input (four for
 * bilinear UPSAMPLE). */
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

/* Where row (or column) i of the result lies in the input: with align=yes the corner pixels' centres
 * coincide, else the images' edges. */
static double place_of(int64_t i, int64_t factor, int64_t in, int64_t out, bool align)
{
    if (align)
        return out > 1 ? (double)i * (double)(in - 1) / (double)(out - 1) : 0;
    return fmax(((double)i + 0.5) / (double)factor - 0.5, 0);
}

static double bilinear(const struct layer_call *call, int64_t c, double y, double x)
{
    struct shape in = call->in_shape;
    int64_t y0 = (int64_t)y, x0 = (int64_t)x;
    int64_t y1 = y0 + 1 < in.h ? y0 + 1 : in.h - 1, x1 = x0 + 1 < in.w ? x0 + 1 : in.w - 1;
    double ty = y - (double)y0, tx = x - (double)x0;
    const double *from = call->in[0];
    double upper = (1 - tx) * from[tensor_at(in, c, y0, x0)] + tx * from[tensor_at(in, c, y0, x1)];
    double lower = (1 - tx) * from[tensor_at(in, c, y1, x0)] + tx * from[tensor_at(in, c, y1, x1)];
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

/* out[c][y][x] = in[c - dc][y - dy][x - dx], `value` where the input has no such pixel. */
static void shift(const struct layer_call *call, int64_t dc, int64_t dy, int64_t dx, double value)
{
    struct shape in = call->in_shape, out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                int64_t from_c = c - dc, from_y = y - dy, from_x = x - dx;
                bool inside = from_c >= 0 && from_c < in.c && from_y >= 0 && from_y < in.h;
                inside = inside && from_x >= 0 && from_x < in.w;
                call->out[tensor_at(out, c, y, x)] = inside ? call->in[0][tensor_at(in, from_c, from_y, from_x)]
                                                            : value;
            }
}

void reference_PAD(const struct layer_call *call)
{
    shift(call, call->args->pad_c_front, call->args->pad.top, call->args->pad.left, call->args->value);
}

void reference_CROP(const struct layer_call *call)
{
    shift(call, 0, -call->args->pad.top, -call->args->pad.left, 0);
}

void reference_SLICE(const struct layer_call *call)
{
    enum axis axis = call->args->axis;
    int64_t from = call->args->from;
    shift(call, axis == AXIS_C ? -from : 0, axis == AXIS_H ? -from : 0, axis == AXIS_W ? -from : 0, 0);
}

void reference_RESHAPE(const struct layer_call *call)
{
    memcpy(call->out, call->in[0], (size_t)shape_elements(call->shape) * sizeof *call->out);
}

/* args->axes says which axes of the input become the result's h, w and c. */
void reference_TRANSPOSE(const struct layer_call *call)
{
    struct shape out = call->shape;
    const enum axis *axes = call->args->axes;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                int64_t from[3];
                from[axes[0]] = y;
                from[axes[1]] = x;
                from[axes[2]] = c;
                call->out[tensor_at(out, c, y, x)] =
                    call->in[0][tensor_at(call->in_shape, from[AXIS_C], from[AXIS_H], from[AXIS_W])];
            }
}
