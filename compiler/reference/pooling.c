/* Pooling. A window covers F rows from y*S - top on, and columns likewise; its real pixels are those
 * inside the image. An adaptive pool's windows are [floor(i*H/out), ceil((i+1)*H/out)), without padding.
 *
 *   max    the largest real pixel
 *   avg    the sum of the real pixels over their number, or with count_pad over the window's size, with
 *          the window cut off at the end of the padding (what `ceil` adds after it never counts)
 *   l2     the root of the sum of squares of the real pixels
 *   gauss  sum of g*pixel over sum of g, both over the real pixels, where pixel (i, j) of the window has
 *          g = exp(-((i - cy)^2/(2*sh^2) + (j - cx)^2/(2*sw^2))),
 *          cy = (Fh - 1)/2, cx = (Fw - 1)/2 the window's centre, sh = Fh/2, sw = Fw/2
 *
 * and with affine=yes, w[c]*result + b[c].
 *
 * On the way back a pixel gets the derivative d of the window's result times: max, 1 if it is the first of the largest
 * in the order of rows, else 0; avg, one over the number; l2, pixel/result, and 0 where all are 0; gauss, g over the
 * sum of g. */
#include <math.h>

#include "reference/layer.h"

struct window {
    int64_t top, left, bottom, right; /* may be partly outside the image; ends are exclusive */
    int64_t limit_h, limit_w;         /* where the padding after the image ends */
};

static struct window window_at(const struct layer_call *call, int64_t y, int64_t x)
{
    const struct layer_args *args = call->args;
    int64_t h = call->in_shape.h, w = call->in_shape.w;
    if (args->adaptive) {
        int64_t oh = call->shape.h, ow = call->shape.w;
        return (struct window){y * h / oh, x * w / ow, ((y + 1) * h + oh - 1) / oh, ((x + 1) * w + ow - 1) / ow, h, w};
    }
    int64_t top = y * args->stride.h - args->pad.top, left = x * args->stride.w - args->pad.left;
    return (struct window){
        top, left, top + args->window.h, left + args->window.w, h + args->pad.bottom, w + args->pad.right};
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct window real_pixels(struct window window, struct shape shape)
{
    window.top = larger(window.top, 0);
    window.left = larger(window.left, 0);
    window.bottom = smaller(window.bottom, shape.h);
    window.right = smaller(window.right, shape.w);
    return window;
}

static double pool_max(const double *map, int64_t width, struct window real)
{
    double result = -INFINITY;
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            if (map[y * width + x] > result || isnan(map[y * width + x]))
                result = map[y * width + x];
    return result;
}

static void pool_max_backward(const double *map, int64_t width, struct window real, double d, double *d_map)
{
    double result = pool_max(map, width, real);
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            if (map[y * width + x] == result) {
                d_map[y * width + x] += d;
                return;
            }
}

/* How many pixels an average is divided by. */
static int64_t pixels_counted(struct window real, struct window placed, bool count_pad)
{
    struct window counted = real;
    if (count_pad) {
        counted = placed;
        counted.bottom = smaller(placed.bottom, placed.limit_h);
        counted.right = smaller(placed.right, placed.limit_w);
    }
    int64_t rows = larger(counted.bottom - counted.top, 0), columns = larger(counted.right - counted.left, 0);
    return rows * columns;
}

static double pool_avg(const double *map, int64_t width, struct window real, int64_t pixels)
{
    double sum = 0;
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            sum += map[y * width + x];
    return pixels > 0 ? sum / (double)pixels : 0;
}

static void pool_avg_backward(int64_t width, struct window real, int64_t pixels, double d, double *d_map)
{
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            d_map[y * width + x] += d / (double)pixels;
}

static double pool_l2(const double *map, int64_t width, struct window real)
{
    double sum = 0;
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            sum += map[y * width + x] * map[y * width + x];
    return sqrt(sum);
}

static void pool_l2_backward(const double *map, int64_t width, struct window real, double d, double *d_map)
{
    double result = pool_l2(map, width, real);
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            d_map[y * width + x] += result > 0 ? map[y * width + x] / result * d : 0;
}

/* What pixel (y, x) of the image counts in a window placed there. */
static double gauss(struct window placed, int64_t y, int64_t x)
{
    double rows = (double)(placed.bottom - placed.top), columns = (double)(placed.right - placed.left);
    double cy = (rows - 1) / 2, cx = (columns - 1) / 2, sh = rows / 2, sw = columns / 2;
    double dy = (double)(y - placed.top) - cy, dx = (double)(x - placed.left) - cx;
    return exp(-(dy * dy / (2 * sh * sh) + dx * dx / (2 * sw * sw)));
}

static double pool_gauss(const double *map, int64_t width, struct window real, struct window placed)
{
    double sum = 0, total = 0;
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++) {
            double g = gauss(placed, y, x);
            sum += g * map[y * width + x];
            total += g;
        }
    return total > 0 ? sum / total : 0;
}

static void pool_gauss_backward(int64_t width, struct window real, struct window placed, double d, double *d_map)
{
    double total = 0;
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            total += gauss(placed, y, x);
    for (int64_t y = real.top; y < real.bottom; y++)
        for (int64_t x = real.left; x < real.right; x++)
            d_map[y * width + x] += gauss(placed, y, x) / total * d;
}

static double pool_window(const struct layer_call *call, enum pool_kind kind, bool count_pad, const double *map,
                          struct window placed)
{
    struct window real = real_pixels(placed, call->in_shape);
    int64_t width = call->in_shape.w;
    switch (kind) {
    case POOL_KIND_AVG: return pool_avg(map, width, real, pixels_counted(real, placed, count_pad));
    case POOL_KIND_L2: return pool_l2(map, width, real);
    case POOL_KIND_GAUSS: return pool_gauss(map, width, real, placed);
    default: return pool_max(map, width, real);
    }
}

static void pool_window_backward(const struct layer_backward *b, enum pool_kind kind, bool count_pad, const double *map,
                                 struct window placed, double d, double *d_map)
{
    struct window real = real_pixels(placed, b->call.in_shape);
    int64_t width = b->call.in_shape.w;
    switch (kind) {
    case POOL_KIND_AVG: pool_avg_backward(width, real, pixels_counted(real, placed, count_pad), d, d_map); break;
    case POOL_KIND_L2: pool_l2_backward(map, width, real, d, d_map); break;
    case POOL_KIND_GAUSS: pool_gauss_backward(width, real, placed, d, d_map); break;
    default: pool_max_backward(map, width, real, d, d_map); break;
    }
}

static void pool(const struct layer_call *call, enum pool_kind kind)
{
    struct shape in = call->in_shape, out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                double value = pool_window(call, kind, call->args->count_pad, call->in[0] + c * in.h * in.w,
                                           window_at(call, y, x));
                value = tensor_entry(call, ROLE_WEIGHT, c, 1) * value + tensor_entry(call, ROLE_BIAS, c, 0);
                call->out[tensor_at(out, c, y, x)] = value;
            }
}

/* With p the window's result, d_p = w[c]*d_out, d_w[c] += p*d_out, d_b[c] += d_out. */
static void pool_backward(const struct layer_backward *b, enum pool_kind kind)
{
    const struct layer_call *call = &b->call;
    struct shape in = call->in_shape, out = call->shape;
    bool count_pad = call->args->count_pad;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                const double *map = call->in[0] + c * in.h * in.w;
                double d = b->d_out[tensor_at(out, c, y, x)], d_p = tensor_entry(call, ROLE_WEIGHT, c, 1) * d;
                struct window placed = window_at(call, y, x);
                pool_window_backward(b, kind, count_pad, map, placed, d_p, b->d_in[0] + c * in.h * in.w);
                tensor_learn(b, ROLE_WEIGHT, c, pool_window(call, kind, count_pad, map, placed) * d);
                tensor_learn(b, ROLE_BIAS, c, d);
            }
}

void reference_POOL(const struct layer_call *call)
{
    pool(call, call->args->pool);
}

void reference_backward_POOL(const struct layer_backward *b)
{
    pool_backward(b, b->call.args->pool);
}

void reference_MAXPOOL(const struct layer_call *call)
{
    pool(call, POOL_KIND_MAX);
}

void reference_backward_MAXPOOL(const struct layer_backward *b)
{
    pool_backward(b, POOL_KIND_MAX);
}

void reference_AVGPOOL(const struct layer_call *call)
{
    pool(call, POOL_KIND_AVG);
}

void reference_backward_AVGPOOL(const struct layer_backward *b)
{
    pool_backward(b, POOL_KIND_AVG);
}

void reference_L2POOL(const struct layer_call *call)
{
    pool(call, POOL_KIND_L2);
}

void reference_backward_L2POOL(const struct layer_backward *b)
{
    pool_backward(b, POOL_KIND_L2);
}

static struct window whole(struct shape in)
{
    return (struct window){0, 0, in.h, in.w, in.h, in.w};
}

static void pool_globally(const struct layer_call *call, enum pool_kind kind)
{
    struct shape in = call->in_shape;
    for (int64_t c = 0; c < in.c; c++)
        call->out[c] = pool_window(call, kind, false, call->in[0] + c * in.h * in.w, whole(in));
}

static void pool_globally_backward(const struct layer_backward *b, enum pool_kind kind)
{
    struct shape in = b->call.in_shape;
    for (int64_t c = 0; c < in.c; c++)
        pool_window_backward(b, kind, false, b->call.in[0] + c * in.h * in.w, whole(in), b->d_out[c],
                             b->d_in[0] + c * in.h * in.w);
}

void reference_GAP(const struct layer_call *call)
{
    pool_globally(call, POOL_KIND_AVG);
}

void reference_backward_GAP(const struct layer_backward *b)
{
    pool_globally_backward(b, POOL_KIND_AVG);
}

void reference_GMP(const struct layer_call *call)
{
    pool_globally(call, POOL_KIND_MAX);
}

void reference_backward_GMP(const struct layer_backward *b)
{
    pool_globally_backward(b, POOL_KIND_MAX);
}
