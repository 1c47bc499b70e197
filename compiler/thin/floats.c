/* Ranges of floats. Code rounds in an order of its own, and so each end is moved outwards by more than that can cost: a
 * range that is one number is one that no rounding touches, as zeros are. What is not here can be anything. */
#include <math.h>
#include <stdlib.h>

#include "pack/pack.h"
#include "quantise/quantise.h"
#include "thin/ranges.h"

/* What sums of terms so large may lose, in proportion: more than Winograd's algorithm does. */
static const double loss = 1e-4;

static const struct range zero = {0, 0};

static bool is_zero(struct range x)
{
    return x.low == 0 && x.high == 0;
}

static struct range everything(void)
{
    return (struct range){-INFINITY, INFINITY};
}

/* Of a sum whose terms' sizes add up to `sizes'. */
static struct range loosened(struct range sum, double sizes)
{
    return (struct range){sum.low - loss * sizes, sum.high + loss * sizes};
}

/* ---- sums of products ---- */

static void filter(const struct folded *folded, int64_t k, const struct range *in, const double *row, struct range *out)
{
    const struct op *op = folded->op;
    const int64_t channels = op->inputs.items[0]->shape.c / op->groups, group = k / (folded->filters / op->groups);
    double sizes;
    const double bias = folded->bias[k];
    const struct range terms = range_sum(in + group * channels, row, folded->row, folded->row / channels, 0, &sizes);
    *out = everything();
    if (isfinite(sizes))
        *out = loosened((struct range){terms.low + bias, terms.high + bias}, sizes > 0 ? sizes + fabs(bias) : 0);
    else if (terms.high <= 0 && bias <= 0) /* rounding changes no sign of a sum whose terms have one */
        out->high = 0;
    else if (terms.low >= 0 && bias >= 0)
        out->low = 0;
}

static bool linear(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *in = op->inputs.items[0];
    struct folded folded;
    if (!fold_read(r->weights, op, &folded))
        return false;
    float *floats = heap_array((size_t)folded.row, sizeof *floats);
    double *row = heap_array((size_t)folded.row, sizeof *row);
    struct range *from = heap_array((size_t)in->shape.c, sizeof *from);
    const bool padded = range_meets_padding(op);
    for (int64_t c = 0; c < in->shape.c; c++)
        from[c] = padded ? range_union(r->of[in->id][c], zero) : r->of[in->id][c];
    for (int64_t k = 0; k < folded.filters; k++) {
        fold_row(&folded, k, floats);
        for (int64_t i = 0; i < folded.row; i++)
            row[i] = (double)floats[i];
        filter(&folded, k, from, row, &out[k]);
    }
    free(floats);
    free(row);
    free(from);
    fold_free(&folded);
    return true;
}

/* A BN or SCALE, which may be computed in one way or another. */
static bool affine(const struct ranges *r, const struct op *op, struct range *out)
{
    const int64_t channels = op->output->shape.c;
    double *factor = heap_array(2 * (size_t)channels, sizeof *factor), *summand = factor + channels;
    const bool read = fold_affine(r->weights, op, channels, factor, summand);
    for (int64_t c = 0; read && c < channels; c++) {
        const struct range x = r->of[op->inputs.items[0]->id][c];
        double sizes;
        struct range product = range_sum(&x, &factor[c], 1, 1, 0, &sizes);
        sizes = sizes > 0 || summand[c] != 0 ? sizes + fabs(summand[c]) : 0;
        product.low += summand[c];
        product.high += summand[c];
        out[c] = isfinite(sizes) ? loosened(product, sizes) : everything();
    }
    free(factor);
    return read;
}

/* ---- functions of one number ---- */

/* Those that keep zeros. */
static bool keeps_zero(const struct function *f)
{
    switch (f->kind) {
    case FUNCTION_LEAKY:
    case FUNCTION_PRELU:
    case FUNCTION_ABS:
    case FUNCTION_TANH:
    case FUNCTION_SCALED_TANH:
    case FUNCTION_SILU:
    case FUNCTION_HARDSWISH:
    case FUNCTION_GELU:
    case FUNCTION_GELU_TANH:
    case FUNCTION_ELU:
    case FUNCTION_SOFTSIGN:
    case FUNCTION_NEG:
    case FUNCTION_SQUARE:
    case FUNCTION_TIMES: return true;
    default: return false;
    }
}

static struct range between(struct range x, double low, double high)
{
    return (struct range){fmin(fmax(x.low, low), high), fmin(fmax(x.high, low), high)};
}

static struct range applied(const struct function *f, struct range x)
{
    switch (f->kind) {
    case FUNCTION_RELU: return between(x, 0, INFINITY);
    case FUNCTION_RELU6: return between(x, 0, 6);
    case FUNCTION_CLIP: return between(x, f->a, f->b);
    case FUNCTION_SIGMOID:
    case FUNCTION_HARDSIGMOID: return (struct range){-loss, 1 + loss};
    default: return keeps_zero(f) && is_zero(x) ? zero : everything();
    }
}

/* ---- the others ---- */

/* What a caller may put in: bytes have a range. */
static struct range of_caller(const struct op *op, int64_t c)
{
    const double mean = op->mean ? op->mean[c] : 0, scale = op->scale ? op->scale[c] : 1;
    if (op->caller_type != ELEMENT_U8)
        return everything();
    const double first = (0 - mean) * scale, last = (255 - mean) * scale;
    return loosened((struct range){fmin(first, last), fmax(first, last)}, (255 + fabs(mean)) * fabs(scale));
}

static struct range of_integers(const struct value *in, struct range x)
{
    const double scale = (double)value_scale(in), low = scale * (x.low - value_zero(in)),
                 high = scale * (x.high - value_zero(in));
    return loosened((struct range){low, high}, fmax(fabs(low), fabs(high)));
}

static struct range pooled(const struct op *op, struct range x)
{
    const bool padded = op->pool.kind == POOL_KIND_AVG && range_meets_padding(op);
    if (op->pool.affine || (op->pool.kind != POOL_KIND_AVG && op->pool.kind != POOL_KIND_MAX))
        return everything();
    if (op->pool.kind == POOL_KIND_AVG && !is_zero(x))
        return loosened(padded ? range_union(x, zero) : x, fmax(fabs(x.low), fabs(x.high)));
    return x;
}

static struct range merged(const struct op *op, struct range x, struct range y)
{
    const bool scaled = op->activation && op->activation->kind != FUNCTION_TIMES;
    if (scaled)
        return everything();
    switch (op->binary) {
    case BINARY_ADD:
    case BINARY_SUB: return is_zero(x) && is_zero(y) ? zero : everything();
    case BINARY_MUL: return is_zero(x) || is_zero(y) ? zero : everything();
    case BINARY_MAX: return (struct range){fmax(x.low, y.low), fmax(x.high, y.high)};
    default: return everything();
    }
}

static void merge(const struct ranges *r, const struct op *op, struct range *out)
{
    for (int64_t c = 0; c < op->output->shape.c; c++) {
        for (size_t i = 0; i < op->inputs.count; i++) {
            const struct value *in = op->inputs.items[i];
            const struct range x = in->shape.c == op->output->shape.c ? r->of[in->id][c] : everything();
            out[c] = i == 0 ? x : merged(op, out[c], x);
        }
    }
}

static struct range of_channel(const struct ranges *r, const struct op *op, int64_t c)
{
    const struct value *in = op->inputs.count ? op->inputs.items[0] : NULL;
    switch (op->kind) {
    case OP_INPUT: return of_caller(op, c);
    case OP_UNARY: return applied(&op->function, r->of[in->id][c]);
    case OP_POOL: return pooled(op, r->of[in->id][c]);
    case OP_CONVERT: return of_integers(in, r->of[in->id][c]);
    default: return everything();
    }
}

bool ranges_of_floats(const struct ranges *r, const struct op *op, struct range *out)
{
    if (op_is_linear(op))
        return linear(r, op, out);
    if (op->kind == OP_AFFINE)
        return affine(r, op, out);
    if (op->kind == OP_BINARY) {
        merge(r, op, out);
        return true;
    }
    for (int64_t c = 0; c < op->output->shape.c; c++)
        out[c] = of_channel(r, op, c);
    return true;
}
