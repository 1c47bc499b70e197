/* Convolutions:
 *
 *   CONV    o[k][y][x] = b[k] + sum over c, i, j of w[k][c][i][j] * in[c][y*S - top + i*D][x*S - left + j*D]
 *   DECONV  o[k][y*S - top + i*D][x*S - left + j*D] += in[c][y][x] * w[c][k][i][j], over all c, y, x, i, j
 *
 * where pixels outside the image are left out, and c runs over the channels of k's group only or, with a
 * connection table, over the joined ones only. */
#include "reference/layer.h"

struct tap { /* one entry of one kernel, and where it applies */
    const struct layer_call *call;
    int64_t i, j;
};

static int64_t source_row(const struct tap *tap, int64_t y)
{
    const struct layer_args *args = tap->call->args;
    return y * args->stride.h - args->pad.top + tap->i * args->dilation.h;
}

static int64_t source_column(const struct tap *tap, int64_t x)
{
    const struct layer_args *args = tap->call->args;
    return x * args->stride.w - args->pad.left + tap->j * args->dilation.w;
}

/* Narrows [*from, *to) to the x whose column is in 0..width - 1. */
static void columns_inside(const struct tap *tap, int64_t out_width, int64_t width, int64_t *from, int64_t *to)
{
    *from = 0;
    while (*from < out_width && source_column(tap, *from) < 0)
        ++*from;
    *to = out_width;
    while (*to > *from && source_column(tap, *to - 1) >= width)
        --*to;
}

/* out[y][x] += w * in[row(y)][column(x)] over one map. */
static void gather(const struct tap *tap, double w, const double *in, double *out)
{
    struct shape from_shape = tap->call->in_shape, to_shape = tap->call->shape;
    int64_t from, to, step = tap->call->args->stride.w;
    columns_inside(tap, to_shape.w, from_shape.w, &from, &to);
    for (int64_t y = 0; y < to_shape.h; y++) {
        int64_t row = source_row(tap, y);
        if (row < 0 || row >= from_shape.h)
            continue;
        const double *pixel = in + row * from_shape.w + source_column(tap, 0);
        double *sum = out + y * to_shape.w;
        for (int64_t x = from; x < to; x++)
            sum[x] += w * pixel[x * step];
    }
}

/* out[row(y)][column(x)] += w * in[y][x] over one map. */
static void scatter(const struct tap *tap, double w, const double *in, double *out)
{
    struct shape from_shape = tap->call->in_shape, to_shape = tap->call->shape;
    int64_t from, to;
    columns_inside(tap, from_shape.w, to_shape.w, &from, &to);
    for (int64_t y = 0; y < from_shape.h; y++) {
        int64_t row = source_row(tap, y);
        if (row < 0 || row >= to_shape.h)
            continue;
        for (int64_t x = from; x < to; x++)
            out[row * to_shape.w + source_column(tap, x)] += w * in[y * from_shape.w + x];
    }
}

static void fill_bias(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t k = 0; k < call->shape.c; k++)
        for (int64_t i = 0; i < pixels; i++)
            call->out[k * pixels + i] = tensor_entry(call, ROLE_BIAS, k, 0);
}

static bool joined(const struct layer_args *args, int64_t c, int64_t k)
{
    return !args->connect || args->connect->entries[c * args->connect->columns + k] != 0;
}

static void convolve(const struct layer_call *call, int64_t groups)
{
    const struct layer_args *args = call->args;
    struct shape in = call->in_shape, out = call->shape;
    int64_t group_in = in.c / groups, group_out = out.c / groups;
    const float *w = call->tensors[ROLE_WEIGHT];
    fill_bias(call);
    for (int64_t k = 0; k < out.c; k++)
        for (int64_t n = 0; n < group_in; n++) {
            int64_t c = k / group_out * group_in + n;
            if (!joined(args, c, k))
                continue;
            for (int64_t i = 0; i < args->window.h; i++)
                for (int64_t j = 0; j < args->window.w; j++) {
                    struct tap tap = {call, i, j};
                    double entry = w[((k * group_in + n) * args->window.h + i) * args->window.w + j];
                    gather(&tap, entry, call->in[0] + c * in.h * in.w, call->out + k * out.h * out.w);
                }
        }
}

void reference_CONV(const struct layer_call *call)
{
    convolve(call, call->args->groups);
}

void reference_DWCONV(const struct layer_call *call)
{
    convolve(call, call->in_shape.c);
}

void reference_DECONV(const struct layer_call *call)
{
    const struct layer_args *args = call->args;
    struct shape in = call->in_shape, out = call->shape;
    int64_t group_in = in.c / args->groups, group_out = out.c / args->groups;
    const float *w = call->tensors[ROLE_WEIGHT];
    fill_bias(call);
    for (int64_t c = 0; c < in.c; c++)
        for (int64_t n = 0; n < group_out; n++)
            for (int64_t i = 0; i < args->window.h; i++)
                for (int64_t j = 0; j < args->window.w; j++) {
                    struct tap tap = {call, i, j};
                    int64_t k = c / group_in * group_out + n;
                    double entry = w[((c * group_out + n) * args->window.h + i) * args->window.w + j];
                    scatter(&tap, entry, call->in[0] + c * in.h * in.w, call->out + k * out.h * out.w);
                }
}
