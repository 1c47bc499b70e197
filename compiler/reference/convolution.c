/* Convolutions:
 *
 *   CONV    o[k][y][x] = b[k] + sum over c, i, j of w[k][c][i][j] * in[c][y*S - top + i*D][x*S - left + j*D]
 *   DECONV  o[k][y*S - top + i*D][x*S - left + j*D] += in[c][y][x] * w[c][k][i][j], over all c, y, x, i, j
 *
 * where pixels outside the image are left out, and c runs over the channels of k's group only or, with a
 * connection table, over the joined ones only.
 *
 * Both join each pixel (y, x) of a map, the near one, with one pixel of another, the far one, for every entry (i, j) of
 * a kernel. For CONV the near map is one of the result, for DECONV one of the input, so that either computes forward
 * what the other computes backward. With near pixels n and the far pixels f that an entry joins them with:
 *
 *   gather      n += w*f        CONV forward, DECONV backward
 *   scatter     f += w*n        DECONV forward, CONV backward
 *   correlate   d_w += sum of n*f, with the derivatives of the result in the place of the result */
#include "reference/layer.h"

struct tap { /* one entry of one kernel, and where it applies */
    const struct layer_args *args;
    struct shape near, far;
    int64_t i, j;
};

static int64_t far_row(const struct tap *tap, int64_t y)
{
    return y * tap->args->stride.h - tap->args->pad.top + tap->i * tap->args->dilation.h;
}

static int64_t far_column(const struct tap *tap, int64_t x)
{
    return x * tap->args->stride.w - tap->args->pad.left + tap->j * tap->args->dilation.w;
}

/* Narrows [*from, *to) to the x whose far column is inside the map. */
static void columns_inside(const struct tap *tap, int64_t *from, int64_t *to)
{
    *from = 0;
    while (*from < tap->near.w && far_column(tap, *from) < 0)
        ++*from;
    *to = tap->near.w;
    while (*to > *from && far_column(tap, *to - 1) >= tap->far.w)
        --*to;
}

/* Pixels of a row that a tap joins: count pairs, near[i] and far[i*step]. */
struct pairs {
    int64_t near, far, count, step;
};

/* The pairs of near row y; none if its far row is outside. */
static struct pairs pairs_of(const struct tap *tap, int64_t y, int64_t from, int64_t to)
{
    int64_t row = far_row(tap, y);
    if (row < 0 || row >= tap->far.h)
        return (struct pairs){0};
    return (struct pairs){y * tap->near.w + from, row * tap->far.w + far_column(tap, from), to - from,
                          tap->args->stride.w};
}

static void gather(const struct tap *tap, double w, const double *far, double *near)
{
    int64_t from, to;
    columns_inside(tap, &from, &to);
    for (int64_t y = 0; y < tap->near.h; y++) {
        struct pairs pairs = pairs_of(tap, y, from, to);
        for (int64_t i = 0; i < pairs.count; i++)
            near[pairs.near + i] += w * far[pairs.far + i * pairs.step];
    }
}

static void scatter(const struct tap *tap, double w, const double *near, double *far)
{
    int64_t from, to;
    columns_inside(tap, &from, &to);
    for (int64_t y = 0; y < tap->near.h; y++) {
        struct pairs pairs = pairs_of(tap, y, from, to);
        for (int64_t i = 0; i < pairs.count; i++)
            far[pairs.far + i * pairs.step] += w * near[pairs.near + i];
    }
}

static double correlate(const struct tap *tap, const double *near, const double *far)
{
    int64_t from, to;
    double sum = 0;
    columns_inside(tap, &from, &to);
    for (int64_t y = 0; y < tap->near.h; y++) {
        struct pairs pairs = pairs_of(tap, y, from, to);
        for (int64_t i = 0; i < pairs.count; i++)
            sum += near[pairs.near + i] * far[pairs.far + i * pairs.step];
    }
    return sum;
}

static void fill_bias(const struct layer_call *call)
{
    int64_t pixels = call->shape.h * call->shape.w;
    for (int64_t k = 0; k < call->shape.c; k++)
        for (int64_t i = 0; i < pixels; i++)
            call->out[k * pixels + i] = tensor_entry(call, ROLE_BIAS, k, 0);
}

/* d_b[k] += sum over y, x of d_o[k][y][x] */
static void bias_backward(const struct layer_backward *b)
{
    int64_t pixels = b->call.shape.h * b->call.shape.w;
    for (int64_t i = 0; i < b->call.shape.c * pixels; i++)
        tensor_learn(b, ROLE_BIAS, i / pixels, b->d_out[i]);
}

static bool joined(const struct layer_args *args, int64_t c, int64_t k)
{
    return !args->connect || args->connect->entries[c * args->connect->columns + k] != 0;
}

/* What is done with a kernel's entry number `entry`, which joins map c of the input with map k of the result. */
typedef void tap_function(const void *context, const struct tap *tap, int64_t entry, int64_t c, int64_t k);

static void each_tap(const struct layer_call *call, struct tap tap, int64_t kernel, int64_t c, int64_t k,
                     tap_function *function, const void *context)
{
    struct pair window = call->args->window;
    for (tap.i = 0; tap.i < window.h; tap.i++)
        for (tap.j = 0; tap.j < window.w; tap.j++)
            function(context, &tap, (kernel * window.h + tap.i) * window.w + tap.j, c, k);
}

static void each_tap_of_conv(const struct layer_call *call, int64_t groups, tap_function *function, const void *context)
{
    int64_t group_in = call->in_shape.c / groups, group_out = call->shape.c / groups;
    struct tap tap = {.args = call->args, .near = call->shape, .far = call->in_shape};
    for (int64_t k = 0; k < call->shape.c; k++)
        for (int64_t n = 0; n < group_in; n++) {
            int64_t c = k / group_out * group_in + n;
            if (joined(call->args, c, k))
                each_tap(call, tap, k * group_in + n, c, k, function, context);
        }
}

static void each_tap_of_deconv(const struct layer_call *call, tap_function *function, const void *context)
{
    int64_t groups = call->args->groups, group_in = call->in_shape.c / groups, group_out = call->shape.c / groups;
    struct tap tap = {.args = call->args, .near = call->in_shape, .far = call->shape};
    for (int64_t c = 0; c < call->in_shape.c; c++)
        for (int64_t n = 0; n < group_out; n++)
            each_tap(call, tap, c * group_out + n, c, c / group_in * group_out + n, function, context);
}

/* Map c of a tensor. */
#define MAP(tensor, shape, c) ((tensor) + (c) * (shape).h * (shape).w)

static void conv_tap(const void *context, const struct tap *tap, int64_t entry, int64_t c, int64_t k)
{
    const struct layer_call *call = context;
    gather(tap, call->tensors[ROLE_WEIGHT][entry], MAP(call->in[0], tap->far, c), MAP(call->out, tap->near, k));
}

static void deconv_tap(const void *context, const struct tap *tap, int64_t entry, int64_t c, int64_t k)
{
    const struct layer_call *call = context;
    scatter(tap, call->tensors[ROLE_WEIGHT][entry], MAP(call->in[0], tap->near, c), MAP(call->out, tap->far, k));
}

/* d_in[c][y*S - top + i*D][x*S - left + j*D] += w[k][c][i][j] * d_o[k][y][x]
 * d_w[k][c][i][j] += sum over y, x of d_o[k][y][x] * in[c][y*S - top + i*D][x*S - left + j*D] */
static void conv_tap_backward(const void *context, const struct tap *tap, int64_t entry, int64_t c, int64_t k)
{
    const struct layer_backward *b = context;
    const double *d_out = MAP(b->d_out, tap->near, k);
    scatter(tap, b->call.tensors[ROLE_WEIGHT][entry], d_out, MAP(b->d_in[0], tap->far, c));
    if (b->d_tensors[ROLE_WEIGHT])
        b->d_tensors[ROLE_WEIGHT][entry] += correlate(tap, d_out, MAP(b->call.in[0], tap->far, c));
}

/* d_in[c][y][x] += w[c][k][i][j] * d_o[k][y*S - top + i*D][x*S - left + j*D]
 * d_w[c][k][i][j] += sum over y, x of in[c][y][x] * d_o[k][y*S - top + i*D][x*S - left + j*D] */
static void deconv_tap_backward(const void *context, const struct tap *tap, int64_t entry, int64_t c, int64_t k)
{
    const struct layer_backward *b = context;
    const double *d_out = MAP(b->d_out, tap->far, k);
    gather(tap, b->call.tensors[ROLE_WEIGHT][entry], d_out, MAP(b->d_in[0], tap->near, c));
    if (b->d_tensors[ROLE_WEIGHT])
        b->d_tensors[ROLE_WEIGHT][entry] += correlate(tap, MAP(b->call.in[0], tap->near, c), d_out);
}

void reference_CONV(const struct layer_call *call)
{
    fill_bias(call);
    each_tap_of_conv(call, call->args->groups, conv_tap, call);
}

void reference_backward_CONV(const struct layer_backward *b)
{
    bias_backward(b);
    each_tap_of_conv(&b->call, b->call.args->groups, conv_tap_backward, b);
}

void reference_DWCONV(const struct layer_call *call)
{
    fill_bias(call);
    each_tap_of_conv(call, call->in_shape.c, conv_tap, call);
}

void reference_backward_DWCONV(const struct layer_backward *b)
{
    bias_backward(b);
    each_tap_of_conv(&b->call, b->call.in_shape.c, conv_tap_backward, b);
}

void reference_DECONV(const struct layer_call *call)
{
    fill_bias(call);
    each_tap_of_deconv(call, deconv_tap, call);
}

void reference_backward_DECONV(const struct layer_backward *b)
{
    bias_backward(b);
    each_tap_of_deconv(&b->call, deconv_tap_backward, b);
}
