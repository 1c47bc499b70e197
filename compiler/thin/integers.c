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
    if (!linear_result(l, filter, (int32_t)sum.low, &out.low) ||
        !linear_result(l, filter, (int32_t)sum.high, &out.high))
        return all_of(l->op);
    return out;
}

/* The taps along one side that are within the map, from `first' up to `end': at its borders there are fewer. */
struct side {
    int64_t first, end;
};

static int64_t find_sides(int64_t in, int64_t out, int64_t pad, int64_t size, int64_t stride, int64_t dilation,
                          struct side *sides)
{
    int64_t count = 0;
    for (int64_t i = 0; i < out; i++) {
        struct side s = {0, size};
        while (s.first < size && i * stride - pad + s.first * dilation < 0)
            s.first++;
        while (s.end > s.first && i * stride - pad + (s.end - 1) * dilation >= in)
            s.end--;
        int64_t k = 0;
        while (k < count && (sides[k].first != s.first || sides[k].end != s.end))
            k++;
        if (k == count)
            sides[count++] = s;
    }
    return count;
}

/* Weights of taps that are not there are zeros. */
static void cut_row(const struct window *w, const double *row, int64_t count, struct side y, struct side x, double *cut)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t tap = i % (w->size.h * w->size.w), v = tap / w->size.w, h = tap % w->size.w;
        cut[i] = v >= y.first && v < y.end && h >= x.first && h < x.end ? row[i] : 0;
    }
}

/* The sums of all places of a padded convolution: those in its midst, and those at each border. */
struct places {
    struct side *down, *across;
    int64_t rows, columns;
};

static struct places places_of(const struct op *op)
{
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape, out = op->map;
    struct places p = {heap_array((size_t)out.h, sizeof *p.down), heap_array((size_t)out.w, sizeof *p.across), 0, 0};
    p.rows = find_sides(in.h, out.h, w->pad.top, w->size.h, w->stride.h, w->dilation.h, p.down);
    p.columns = find_sides(in.w, out.w, w->pad.left, w->size.w, w->stride.w, w->dilation.w, p.across);
    return p;
}

static struct range sum_of_places(const struct op *op, const struct places *p, const struct range *in,
                                  const double *row, int64_t count, double zero)
{
    const int64_t taps = op->window.size.h * op->window.size.w;
    struct range all = {0, 0};
    double *cut = heap_array((size_t)count, sizeof *cut);
    for (int64_t i = 0; i < p->rows * p->columns; i++) {
        cut_row(&op->window, row, count, p->down[i / p->columns], p->across[i % p->columns], cut);
        const struct range sum = range_sum(in, cut, count, taps, zero, NULL);
        all = i ? range_union(all, sum) : sum;
    }
    free(cut);
    return all;
}

static bool linear(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *in = op->inputs.items[0];
    const int64_t channels = in->shape.c / op->groups;
    const double zero = value_zero(in);
    const bool padded = range_meets_padding(op), borders = padded && op->kind == OP_CONVOLUTION;
    struct range *from = heap_array((size_t)in->shape.c, sizeof *from);
    struct places places = {NULL, NULL, 0, 0};
    struct linear l;
    const bool read = linear_read(r->arena, r->types, op, &l);
    if (borders)
        places = places_of(op);
    for (int64_t c = 0; c < in->shape.c; c++)
        from[c] = padded && !borders ? range_union(r->of[in->id][c], (struct range){zero, zero}) : r->of[in->id][c];
    for (int64_t k = 0; read && k < l.filters; k++) {
        const struct range *group = from + k / (l.filters / op->groups) * channels;
        const double *row = l.weight + k * l.row;
        struct range sum = borders ? sum_of_places(op, &places, group, row, l.row, zero)
                                   : range_sum(group, row, l.row, l.row / channels, zero, NULL);
        sum.low += l.bias ? l.bias[k] : 0;
        sum.high += l.bias ? l.bias[k] : 0;
        out[k] = finished(&l, k, sum);
    }
    linear_free(&l);
    free(places.down);
    free(places.across);
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
