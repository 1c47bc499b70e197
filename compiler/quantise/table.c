/* Tables that generated code looks results up in: of functions of one number, of bytes that come in, and of a
 * softmax's exponentials. */
#include <math.h>
#include <stdlib.h>

#include "quantise/multiplier.h"
#include "quantise/quantise.h"
#include "quantise/types.h"

/* ---- functions ---- */

static double bounded(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double function_of(const struct function *f, double x)
{
    switch (f->kind) {
    case FUNCTION_RELU: return x < 0 ? 0 : x;
    case FUNCTION_RELU6: return bounded(x, 0, 6);
    case FUNCTION_CLIP: return bounded(x, f->a, f->b);
    case FUNCTION_LEAKY: return x > 0 ? x : f->a * x;
    case FUNCTION_ABS: return fabs(x);
    case FUNCTION_HARDSIGMOID: return bounded(x / 6 + 0.5, 0, 1);
    case FUNCTION_HARDSWISH: return x * bounded(x / 6 + 0.5, 0, 1);
    case FUNCTION_SIGMOID: return 1 / (1 + exp(-x));
    case FUNCTION_SILU: return x / (1 + exp(-x));
    case FUNCTION_TANH: return tanh(x);
    case FUNCTION_SCALED_TANH: return f->a * tanh(f->b * x);
    default: return x; /* type_has_table names the others */
    }
}

/* Halves go away from zero. */
static int32_t nearest(double y, double scale, int32_t zero)
{
    return (int32_t)bounded(round(y / scale) + zero, -128, 127);
}

/* Of another scale. */
static int32_t requantised(struct meaning in, struct meaning out, int32_t x)
{
    const struct multiplier m = multiplier_of((double)in.scale / (double)out.scale);
    return meaning_equal(in, out) ? x
                                  : (int32_t)bounded(multiplier_apply(m, x - in.zero) + (double)out.zero, -128, 127);
}

/* Bounds of another scale than the input's are those of a requantised number, as TensorFlow Lite has it. */
static int32_t bounds_of(const struct op *op, struct meaning in, struct meaning out, int32_t x)
{
    const struct function *f = &op->function;
    const double low = f->kind == FUNCTION_CLIP ? f->a : 0, high = f->kind == FUNCTION_CLIP ? f->b : 6;
    const int32_t y = requantised(in, out, x);
    const int32_t least = meaning_round(out, (float)low);
    const int32_t most = f->kind == FUNCTION_RELU ? 127 : meaning_round(out, (float)high);
    return y < least ? least : y > most ? most : y;
}

/* Of a float, as ONNX defines whatever it has no integers for. */
static double even_result(const struct op *op, double x)
{
    return op->kind == OP_CONVERT ? x : function_of(&op->function, x);
}

void quantise_table(const struct op *op, signed char table[256])
{
    const struct value *from = op->inputs.items[0], *to = op->output;
    const struct meaning in = value_meaning(from), out = value_meaning(to);
    const enum function_kind kind = op->function.kind;
    const bool bounds = kind == FUNCTION_RELU || kind == FUNCTION_RELU6 || kind == FUNCTION_CLIP;
    for (int32_t x = -128; x <= 127; x++) {
        const double real = (double)in.scale * (x - in.zero);
        const int32_t y = out.even                 ? meaning_round(out, (float)even_result(op, (double)(float)real))
                          : op->kind == OP_CONVERT ? requantised(in, out, x)
                          : bounds                 ? bounds_of(op, in, out, x)
                                   : nearest(function_of(&op->function, real), (double)out.scale, out.zero);
        table[x + 128] = (signed char)y;
    }
}

/* ---- bytes of an INPUT ---- */

void quantise_bytes(const struct op *input, int64_t c, signed char table[256])
{
    const struct meaning out = value_meaning(input->output);
    const float mean = input->mean ? (float)input->mean[c] : 0, scale = input->scale ? (float)input->scale[c] : 1;
    for (int i = 0; i < 256; i++) {
        const float shifted = (float)((double)i - (double)mean);
        table[i] = (signed char)meaning_round(out, (float)((double)shifted * (double)scale));
    }
}

/* ---- exponentials, as gemmlowp's fixed-point arithmetic finds them ---- */

/* a*b/2^31, rounded to nearest. */
static int32_t high_product(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + (INT64_C(1) << 30)) >> 31);
}

/* x/2^exponent, rounded to nearest, halves away from zero. */
static int32_t divided(int32_t x, int exponent)
{
    const int32_t size = x < 0 ? -x : x, half = (1 << exponent) >> 1;
    const int32_t quotient = (int32_t)(((int64_t)size + half) >> exponent);
    return x < 0 ? -quotient : quotient;
}

/* exp(x) for x from -1/4 up to, not including, 0; 31 bits behind the point: Taylor's polynomial around -1/8. */
static int32_t exponential_of_quarter(int32_t x)
{
    const int32_t middle = 1895147668 /* exp(-1/8) */, third = 715827883;
    const int32_t y = x + (1 << 28), square = high_product(y, y), cube = high_product(square, y);
    const int32_t quarter = divided(high_product(square, square), 2);
    const int32_t tail = divided(high_product(quarter + cube, third) + square, 1);
    return middle + high_product(middle, y + tail);
}

/* exp(x) for x <= 0 with 26 bits behind the point. */
static int32_t exponential(int32_t x)
{
    static const int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
    const int32_t quarter = 1 << 24, rest = (x & (quarter - 1)) - quarter, whole = rest - x;
    if (x == 0)
        return INT32_MAX;
    int32_t result = exponential_of_quarter(rest * 32); /* -1/4 <= rest < 0: it fits */
    for (int i = 0; i < 7; i++)                         /* exp of -1/4, -1/2, -1, ..., -16 */
        if (whole & (quarter << i))
            result = high_product(result, factors[i]);
    return result;
}

void quantise_exponentials(const struct op *op, int32_t table[256])
{
    const struct softmax_scaling s = multiplier_softmax(value_scale(op->inputs.items[0]));
    for (int32_t i = 0; i < 256; i++) {
        const int32_t difference = i - 255;
        table[i] = difference < s.least
                       ? 0
                       : exponential(high_product((int32_t)((int64_t)difference * (INT64_C(1) << s.multiplier.shift)),
                                                  s.multiplier.number));
    }
}
