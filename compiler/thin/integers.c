/* Ranges of integers of 8 bits. They are exact: each end is what code computes of the sum at that end, and results
 * never decrease where sums increase. What is not here can be any integer. */
#include <math.h>
#include <stdlib.h>

#include "quantise/linear.h"
#include "quantise/quantise.h"
#include "quantise/types.h"
#include "thin/ranges.h"

static struct range all_of(const struct op *op)
{
    return (struct range){op->low, op->high};
}

static double bounded(const struct op *op, double x)
{
    return x < op->low ? op->low : x > op->high ? op->high : x;
}

/* ---- sums of products ---- */

static bool fits(double sum)
{
    return sum >= (double)INT32_MIN && sum <= (double)INT32_MAX;
}

static struct range finished(const struct linear *l, int64_t filter, struct range sum)
{
    if (!fits(sum.low) || !fits(sum.high))
        return all_of(l->op);
    struct range out = {0, 0};
    if (!linear_result(l, filter, (int32_t)sum.low, &out.low) || !linear_result(l, filter, (int32_t)sum.high, &out.high))
        return all_of(l->op);
    return out;
}

static bool linear(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *in = op->inputs.items[0];
    const int64_t channels = in->shape.c / op->groups;
    const double zero = value_zero(in);
    struct range *from = heap_array((size_t)in->shape.c, sizeof *from);
    struct linear l;
    const bool read = linear_read(r->arena, r->types, op, &l), padded = range_meets_padding(op);
    for (int64_t c = 0; c < in->shape.c; c++)
        from[c] = padded ? range_union(r->of[in->id][c], (struct range){zero, zero}) : r->of[in->id][c];
    for (int64_t k = 0; read && k < l.filters; k++) {
        const int64_t group = k / (l.filters / op->groups);
        struct range sum = range_sum(from + group * channels, l.weight + k * l.row, l.row, l.row / channels, zero, NULL);
        sum.low += l.bias ? l.bias[k] : 0;
        sum.high += l.bias ? l.bias[k] : 0;
        out[k] = finished(&l, k, sum);
    }
    linear_free(&l);
    free(from);
    return read;
}

/* ---- functions of one number ---- */

static struct range looked_up(const signed char table[256], struct range in)
{
    struct range out = {127, -128};
    for (int32_t x = (int32_t)in.low; x <= (int32_t)in.high; x++)
        out = range_union(out, (struct range){table[x + 128], table[x + 128]});
    return out;
}

static void table(const struct ranges *r, const struct op *op, struct range *out)
{
    signed char numbers[256];
    quantise_table(op, numbers);
    for (int64_t c = 0; c < op->output->shape.c; c++)
        out[c] = looked_up(numbers, r->of[op->inputs.items[0]->id][c]);
}

static double of_float(const struct value *to, double x)
{
    return isinf(x) ? (x < 0 ? -128 : 127) : meaning_round(value_meaning(to), (float)x);
}

static void convert(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *in = op->inputs.items[0];
    for (int64_t c = 0; in->type == ELEMENT_F32 && c < op->output->shape.c; c++) {
        const struct range x = r->of[in->id][c];
        out[c] = (struct range){of_float(op->output, x.low), of_float(op->output, x.high)};
    }
    if (in->type == ELEMENT_S8)
        table(r, op, out);
}

/* ---- pools ---- */

/* The mean of a whole map whose numbers are all x, at the result's scale. */
static double rescaled_mean(const struct op *op, double x)
{
    const struct value *in = op->inputs.items[0];
    const int32_t pixels = (int32_t)(in->shape.h * in->shape.w);
    const struct multiplier m = multiplier_of((double)value_scale(in) / (double)value_scale(op->output));
    const int32_t sum = multiplier_apply(m, pixels * ((int32_t)x - value_zero(in)));
    return bounded(op, (sum > 0 ? sum + pixels / 2 : sum - pixels / 2) / pixels + value_zero(op->output));
}

static void pool(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *in = op->inputs.items[0];
    const bool mean = op->pool.kind == POOL_KIND_AVG, padded = mean && range_meets_padding(op);
    for (int64_t c = 0; c < op->output->shape.c; c++) {
        const struct range x = r->of[in->id][c];
        if (mean && op->mean_rescaled)
            out[c] = op->output->quantisation->even
                         ? all_of(op)
                         : (struct range){rescaled_mean(op, x.low), rescaled_mean(op, x.high)};
        else if (mean || op->pool.kind == POOL_KIND_MAX)
            out[c] = padded ? range_union(x, (struct range){value_zero(in), value_zero(in)}) : x;
        else
            out[c] = all_of(op);
        out[c] = (struct range){bounded(op, out[c].low), bounded(op, out[c].high)};
    }
}

/* ---- two tensors become one ---- */

static double merged(const struct op *op, double x, double y)
{
    const struct value *a = op->inputs.items[0], *b = op->inputs.items[1];
    const int32_t p = (int32_t)x - value_zero(a), q = (int32_t)y - value_zero(b);
    const float scale = value_scale(op->output);
    if (op->binary == BINARY_MUL) {
        const struct multiplier m = multiplier_of(multiplier_product(value_scale(a), value_scale(b), scale));
        return bounded(op, multiplier_apply(m, p * q) + value_zero(op->output));
    }
    const struct sum_multipliers m = multiplier_sum(value_scale(a), value_scale(b), scale);
    const int32_t left = multiplier_apply(m.a, p * (1 << MULTIPLIER_SUM_SHIFT));
    const int32_t right = multiplier_apply(m.b, q * (1 << MULTIPLIER_SUM_SHIFT));
    const int32_t sum = op->binary == BINARY_ADD ? left + right : left - right;
    return bounded(op, multiplier_apply(m.result, sum) + value_zero(op->output));
}

/* The largest and smallest results are among those of the ends of both ranges. */
static struct range merged_range(const struct op *op, struct range x, struct range y)
{
    const double at[4] = {merged(op, x.low, y.low), merged(op, x.low, y.high), merged(op, x.high, y.low),
                          merged(op, x.high, y.high)};
    struct range out = {at[0], at[0]};
    for (int i = 1; i < 4; i++)
        out = range_union(out, (struct range){at[i], at[i]});
    return out;
}

static void merge(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *a = op->inputs.items[0], *b = op->inputs.count == 2 ? op->inputs.items[1] : NULL;
    const bool computes = op->binary == BINARY_ADD || op->binary == BINARY_SUB || op->binary == BINARY_MUL;
    for (int64_t c = 0; c < op->output->shape.c; c++) {
        out[c] = all_of(op);
        if (!b || a->shape.c != op->output->shape.c || b->shape.c != op->output->shape.c)
            continue;
        const struct range x = r->of[a->id][c], y = r->of[b->id][c];
        if (op->binary == BINARY_MAX)
            out[c] = (struct range){x.low > y.low ? x.low : y.low, x.high > y.high ? x.high : y.high};
        else if (computes && !op->output->quantisation->even)
            out[c] = merged_range(op, x, y);
    }
}

bool ranges_of_integers(const struct ranges *r, const struct op *op, struct range *out)
{
    switch (op->kind) {
    case OP_CONVOLUTION:
    case OP_TRANSPOSED:
    case OP_DENSE: return linear(r, op, out);
    case OP_UNARY: table(r, op, out); return true;
    case OP_CONVERT: convert(r, op, out); return true;
    case OP_POOL: pool(r, op, out); return true;
    case OP_BINARY: merge(r, op, out); return true;
    default:
        for (int64_t c = 0; c < op->output->shape.c; c++)
            out[c] = range_everything(op->output);
        return true;
    }
}
