/* Layers of s8 in the evaluator: loops from the definitions of TensorFlow Lite's int8 reference, number by number. */
#include "reference/integers.h"

#include <math.h>
#include <string.h>

static int64_t at(struct shape shape, int64_t c, int64_t y, int64_t x)
{
    return (c * shape.h + y) * shape.w + x;
}

static int32_t bounded(const struct integer_call *call, int64_t x)
{
    return (int32_t)(x < call->low ? call->low : x > call->high ? call->high : x);
}

/* The result of a sum whose unit is `real` of the result's. */
static int32_t finished(const struct integer_call *call, int32_t sum, double real)
{
    return bounded(call, (int64_t)fixed_multiply(sum, real) + call->out.zero);
}

/* A float as an integer of the result. */
static int32_t from_float(const struct integer_call *call, float x)
{
    return call->even ? even_from_float(x, call->out.scale, call->out.zero)
                      : fixed_from_float(x, call->out.scale, call->out.zero);
}

static float as_float(const struct integer_tensor *in, int32_t number)
{
    return (float)(in->scale * (number - in->zero));
}

/* ---- convolutions and fully connected layers ---- */

static double filter_factor(const struct integer_call *call, int64_t k)
{
    const double input = call->in[0].scale, weight = call->weight_scale[call->scales == 1 ? 0 : k];
    const bool floats = call->node->kind == LAYER_FC && call->scales == 1; /* whose product is one of floats */
    return (floats ? (double)(float)(input * weight) : input * weight) / call->out.scale;
}

static int32_t finished_filter(const struct integer_call *call, int32_t sum, int64_t k)
{
    const double weight = call->weight_scale[call->scales == 1 ? 0 : k];
    if (!call->even)
        return finished(call, sum, filter_factor(call, k));
    return bounded(call, (int64_t)even_multiply(sum, call->in[0].scale, weight, call->out.scale) + call->out.zero);
}

static bool connected(const struct integer_call *call, int64_t channel, int64_t filter)
{
    const struct matrix *connect = call->node->args.connect;
    return !connect || connect->entries[channel * connect->columns + filter] != 0;
}

static int32_t convolve(const struct integer_call *call, int64_t k, int64_t y, int64_t x)
{
    const struct layer_args *a = &call->node->args;
    const struct integer_tensor *in = &call->in[0];
    const int64_t channels = in->shape.c / a->groups, first = k / (call->out.shape.c / a->groups) * channels;
    int64_t sum = call->bias ? (int64_t)call->bias[k] : 0;
    for (int64_t c = 0; c < channels; c++)
        for (int64_t i = 0; i < a->window.h; i++)
            for (int64_t j = 0; j < a->window.w; j++) {
                const int64_t row = y * a->stride.h - a->pad.top + i * a->dilation.h,
                              column = x * a->stride.w - a->pad.left + j * a->dilation.w;
                if (row < 0 || row >= in->shape.h || column < 0 || column >= in->shape.w ||
                    !connected(call, first + c, k))
                    continue;
                const int64_t weight = (int64_t)call->weight[((k * channels + c) * a->window.h + i) * a->window.w + j];
                sum += weight * (in->numbers[at(in->shape, first + c, row, column)] - in->zero);
            }
    return (int32_t)sum;
}

static void convolution(const struct integer_call *call)
{
    const struct shape s = call->out.shape;
    for (int64_t k = 0; k < s.c; k++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++)
                call->result[at(s, k, y, x)] = finished_filter(call, convolve(call, k, y, x), k);
}

/* All that reaches a number of the result: in[c][y][x] * w[c][k][i][j] at y*S - top + i*D, x*S - left + j*D. */
static int32_t convolve_transposed(const struct integer_call *call, int64_t k, int64_t row, int64_t column)
{
    const struct layer_args *a = &call->node->args;
    const struct integer_tensor *in = &call->in[0];
    const int64_t channels = in->shape.c / a->groups, filters = call->out.shape.c / a->groups, group = k / filters;
    int64_t sum = call->bias ? (int64_t)call->bias[k] : 0;
    for (int64_t c = group * channels; c < (group + 1) * channels; c++)
        for (int64_t y = 0; y < in->shape.h; y++)
            for (int64_t x = 0; x < in->shape.w; x++) {
                const int64_t i = row + a->pad.top - y * a->stride.h, j = column + a->pad.left - x * a->stride.w;
                if (i < 0 || j < 0 || i % a->dilation.h || j % a->dilation.w || i / a->dilation.h >= a->window.h ||
                    j / a->dilation.w >= a->window.w)
                    continue;
                const int64_t tap = i / a->dilation.h * a->window.w + j / a->dilation.w;
                const double weight = call->weight[(c * filters + k % filters) * a->window.h * a->window.w + tap];
                sum += (int64_t)weight * (in->numbers[at(in->shape, c, y, x)] - in->zero);
            }
    return (int32_t)sum;
}

static void transposed(const struct integer_call *call)
{
    const struct shape s = call->out.shape;
    for (int64_t k = 0; k < s.c; k++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++)
                call->result[at(s, k, y, x)] = finished_filter(call, convolve_transposed(call, k, y, x), k);
}

static void connect_fully(const struct integer_call *call)
{
    const struct integer_tensor *in = &call->in[0];
    const int64_t count = shape_elements(in->shape);
    for (int64_t k = 0; k < call->out.shape.c; k++) {
        int64_t sum = call->bias ? (int64_t)call->bias[k] : 0;
        for (int64_t i = 0; i < count; i++)
            sum += (int64_t)call->weight[k * count + i] * (in->numbers[i] - in->zero);
        call->result[k] = finished_filter(call, (int32_t)sum, k);
    }
}

/* ---- pools ---- */

struct span_of_window {
    int64_t begin, end, length; /* of real numbers; length: with padding */
};

static struct span_of_window window_along(const struct layer_args *a, bool rows, int64_t place, int64_t in, int64_t out)
{
    struct span_of_window s;
    if (a->adaptive) {
        s.begin = place * in / out;
        s.end = ((place + 1) * in + out - 1) / out;
        s.length = s.end - s.begin;
        return s;
    }
    const int64_t size = rows ? a->window.h : a->window.w, stride = rows ? a->stride.h : a->stride.w,
                  before = rows ? a->pad.top : a->pad.left, behind = rows ? a->pad.bottom : a->pad.right;
    const int64_t begin = place * stride - before, end = begin + size;
    s.length = (end < in + behind ? end : in + behind) - begin;
    s.begin = begin > 0 ? begin : 0;
    s.end = end < in ? end : in;
    return s;
}

/* Half of the divisor is added away from zero, and the quotient cut off. */
static int64_t rounded_quotient(int64_t sum, int64_t count)
{
    return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

static int32_t pool_window(const struct integer_call *call, int64_t c, struct span_of_window rows,
                           struct span_of_window columns)
{
    const struct layer_args *a = &call->node->args;
    const struct integer_tensor *in = &call->in[0];
    int64_t most = -128, sum = 0, real = 0;
    for (int64_t y = rows.begin; y < rows.end; y++)
        for (int64_t x = columns.begin; x < columns.end; x++) {
            const int32_t number = in->numbers[at(in->shape, c, y, x)];
            most = number > most ? number : most;
            sum += number;
            real++;
        }
    if (a->pool == POOL_KIND_MAX)
        return (int32_t)most;
    const int64_t count = a->adaptive || !a->count_pad ? real : rows.length * columns.length;
    if (count == 0)
        return in->zero;
    return (int32_t)rounded_quotient(sum + (count - real) * in->zero, count);
}

static bool covers_map(const struct integer_call *call)
{
    const struct layer_args *a = &call->node->args;
    const struct shape in = call->in[0].shape;
    const bool one = call->out.shape.h == 1 && call->out.shape.w == 1;
    return one && (a->adaptive || a->window.h == 0 ||
                   (a->window.h == in.h && a->window.w == in.w && a->pad.top == 0 && a->pad.left == 0));
}

/* TensorFlow Lite's Mean: the sum is brought to the result's scale, and then divided. ONNX Runtime's: both at once. */
static int32_t rescaled_mean(const struct integer_call *call, int64_t c)
{
    const struct integer_tensor *in = &call->in[0];
    const int64_t pixels = in->shape.h * in->shape.w;
    int64_t sum = 0;
    for (int64_t p = 0; p < pixels; p++)
        sum += in->numbers[c * pixels + p] - in->zero;
    if (call->even)
        return bounded(call, (int64_t)even_multiply((int32_t)sum, in->scale, 1,
                                                    (double)(float)(call->out.scale * (double)(float)pixels)) +
                                 call->out.zero);
    sum = fixed_multiply((int32_t)sum, in->scale / call->out.scale);
    return bounded(call, rounded_quotient(sum, pixels) + call->out.zero);
}

static int32_t requantised(const struct integer_call *call, const struct integer_tensor *in, int32_t number)
{
    if (in->scale == call->out.scale && in->zero == call->out.zero)
        return bounded(call, number);
    if (call->even)
        return bounded(call, from_float(call, as_float(in, number)));
    return finished(call, number - in->zero, in->scale / call->out.scale);
}

static void pool(const struct integer_call *call)
{
    const struct integer_tensor *in = &call->in[0];
    const struct shape s = call->out.shape;
    const bool same = in->scale == call->out.scale && in->zero == call->out.zero, whole = covers_map(call);
    const struct span_of_window all_rows = {0, in->shape.h, in->shape.h}, all_columns = {0, in->shape.w, in->shape.w};
    for (int64_t c = 0; c < s.c; c++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++) {
                int32_t *to = &call->result[at(s, c, y, x)];
                if (whole && (call->even || !same) && call->node->args.pool == POOL_KIND_AVG)
                    *to = rescaled_mean(call, c);
                else if (whole)
                    *to = requantised(call, in, pool_window(call, c, all_rows, all_columns));
                else
                    *to = requantised(call, in,
                                      pool_window(call, c, window_along(&call->node->args, true, y, in->shape.h, s.h),
                                                  window_along(&call->node->args, false, x, in->shape.w, s.w)));
            }
}

/* ---- two tensors become one ---- */

/* A side of 1 is repeated. */
static const int32_t *number_of(const struct integer_tensor *t, int64_t c, int64_t y, int64_t x)
{
    return &t->numbers[at(t->shape, t->shape.c == 1 ? 0 : c, t->shape.h == 1 ? 0 : y, t->shape.w == 1 ? 0 : x)];
}

static int32_t merged(const struct integer_call *call, int32_t a, int32_t b)
{
    const struct integer_tensor *ta = &call->in[0], *tb = &call->in[1];
    if (call->node->kind == LAYER_MUL) {
        const double real = (double)(float)((double)(float)(ta->scale * tb->scale) / call->out.scale);
        return finished(call, (a - ta->zero) * (b - tb->zero), real);
    }
    const int left = 20;
    const double twice = 2 * fmax(ta->scale, tb->scale);
    const int32_t x = fixed_multiply((a - ta->zero) * (1 << left), ta->scale / twice),
                  y = fixed_multiply((b - tb->zero) * (1 << left), tb->scale / twice);
    return finished(call, call->node->kind == LAYER_SUB ? x - y : x + y,
                    twice / ((double)(1 << left) * call->out.scale));
}

static void merge(const struct integer_call *call)
{
    const struct shape s = call->out.shape;
    for (int64_t c = 0; c < s.c; c++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++)
                call->result[at(s, c, y, x)] = merged(call, *number_of(&call->in[0], c, y, x),
                                                      *number_of(&call->in[1], c, y, x));
}

static void largest(const struct integer_call *call)
{
    const struct shape s = call->out.shape;
    for (int64_t c = 0; c < s.c; c++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++) {
                int32_t most = -128;
                for (size_t i = 0; i < call->node->input_count; i++) {
                    const int32_t number = requantised(call, &call->in[i], *number_of(&call->in[i], c, y, x));
                    most = number > most ? number : most;
                }
                call->result[at(s, c, y, x)] = most;
            }
}

static void concatenate(const struct integer_call *call)
{
    int32_t *to = call->result;
    for (size_t i = 0; i < call->node->input_count; i++)
        for (int64_t k = 0; k < shape_elements(call->in[i].shape); k++)
            *to++ = requantised(call, &call->in[i], call->in[i].numbers[k]);
}

/* ---- functions of one number ---- */

/* Bounds of a number that is requantised; RELU and RELU6 are CLIPs. */
static int32_t clipped(const struct integer_call *call, int32_t number)
{
    const struct layer_args *a = &call->node->args;
    const bool clip = call->node->kind == LAYER_CLIP;
    const float low = clip ? (float)fmin(a->a, a->b) : 0.0f, high = clip ? (float)a->b : 6.0f;
    const int32_t y = requantised(call, &call->in[0], number);
    const int32_t least = from_float(call, low), most = call->node->kind == LAYER_RELU ? 127 : from_float(call, high);
    return y < least ? least : y > most ? most : y;
}

static double function_of(const struct node *node, double x)
{
    switch (node->kind) {
    case LAYER_LEAKY: return x > 0 ? x : x * node->args.a;
    case LAYER_ABS: return x < 0 ? -x : x;
    case LAYER_HARDSIGMOID: return fmin(fmax(x + 3, 0), 6) / 6;
    case LAYER_HARDSWISH: return x * fmin(fmax(x + 3, 0), 6) / 6;
    case LAYER_SIGMOID: return x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x));
    case LAYER_SILU: return x * (x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)));
    default: return node->args.a * tanh(node->args.b * x); /* TANH */
    }
}

static int32_t looked_up(const struct integer_call *call, int32_t number)
{
    const struct integer_tensor *in = &call->in[0];
    if (call->even)
        return from_float(call, (float)function_of(call->node, (double)as_float(in, number)));
    const double y = function_of(call->node, in->scale * (number - in->zero)) / call->out.scale;
    const double steps = y < 0 ? ceil(y - 0.5) : floor(y + 0.5);
    return (int32_t)fmin(fmax(steps + call->out.zero, -128), 127);
}

static void each(const struct integer_call *call, int32_t (*function)(const struct integer_call *, int32_t))
{
    for (int64_t i = 0; i < shape_elements(call->out.shape); i++)
        call->result[i] = function(call, call->in[0].numbers[i]);
}

/* ---- all kinds ---- */

bool integer_layer(const struct integer_call *call)
{
    switch (call->node->kind) {
    case LAYER_CONV:
    case LAYER_DWCONV: convolution(call); return true;
    case LAYER_DECONV: transposed(call); return true;
    case LAYER_FC: connect_fully(call); return true;
    case LAYER_POOL:
    case LAYER_MAXPOOL:
    case LAYER_AVGPOOL:
    case LAYER_GAP:
    case LAYER_GMP: pool(call); return true;
    case LAYER_SOFTMAX: integer_softmax(call); return true;
    case LAYER_CONCAT: concatenate(call); return true;
    case LAYER_MAX: largest(call); return true;
    case LAYER_ADD:
    case LAYER_SUB:
    case LAYER_MUL:
        if (call->node->input_count == 2)
            merge(call);
        else
            largest(call); /* of one */
        return true;
    case LAYER_RELU:
    case LAYER_RELU6:
    case LAYER_CLIP: each(call, clipped); return true;
    case LAYER_LEAKY:
    case LAYER_ABS:
    case LAYER_HARDSIGMOID:
    case LAYER_HARDSWISH:
    case LAYER_SIGMOID:
    case LAYER_SILU:
    case LAYER_TANH: each(call, looked_up); return true;
    default: return false;
    }
}
