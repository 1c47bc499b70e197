/* Ranges go from the inputs to the outputs, one operation after the other. What is the same for integers and floats is
 * here: operations that only move numbers or choose among them. */
#include "thin/ranges.h"

#include <math.h>

#include "quantise/quantise.h"
#include "quantise/types.h"

bool range_is_point(struct range range)
{
    return range.low == range.high;
}

double range_padding(const struct value *value)
{
    return value->type == ELEMENT_S8 ? value_zero(value) : 0;
}

struct range range_union(struct range a, struct range b)
{
    return (struct range){a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
}

struct range range_everything(const struct value *value)
{
    return value->type == ELEMENT_S8 ? (struct range){-128, 127} : (struct range){-INFINITY, INFINITY};
}

static bool reaches(int64_t in, int64_t out, int64_t before, int64_t size, int64_t stride, int64_t dilation)
{
    return before > 0 || (out - 1) * stride - before + (size - 1) * dilation >= in;
}

bool range_meets_padding(const struct op *op)
{
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape;
    if (op->kind == OP_DENSE || (op->kind == OP_POOL && (op->pool.whole || op->pool.adaptive)))
        return false;
    return op->kind == OP_TRANSPOSED || /* whose taps reach some places of the result and not others */
           reaches(in.h, op->map.h, w->pad.top, w->size.h, w->stride.h, w->dilation.h) ||
           reaches(in.w, op->map.w, w->pad.left, w->size.w, w->stride.w, w->dilation.w);
}

struct range range_sum(const struct range *in, const double *row, int64_t count, int64_t taps, double zero,
                       double *sizes)
{
    struct range sum = {0, 0};
    double size = 0;
    for (int64_t i = 0; i < count; i++) {
        if (row[i] == 0)
            continue;
        const double low = row[i] * (in[i / taps].low - zero), high = row[i] * (in[i / taps].high - zero);
        sum.low += low < high ? low : high;
        sum.high += low < high ? high : low;
        size += fabs(low) > fabs(high) ? fabs(low) : fabs(high);
    }
    if (sizes)
        *sizes = size;
    return sum;
}

/* ---- moves and choices ---- */

static const struct range *of_input(const struct ranges *r, const struct op *op, size_t operand)
{
    return r->of[op->inputs.items[operand]->id];
}

static void join(const struct ranges *r, const struct op *op, struct range *out)
{
    for (size_t i = 0; i < op->inputs.count; i++) {
        const int64_t channels = op->inputs.items[i]->shape.c;
        for (int64_t c = 0; c < channels; c++)
            *out++ = of_input(r, op, i)[c];
    }
}

/* Channels that are spread over several of the result, or several that become one: all of them. */
static void spread(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *in = op->inputs.items[0];
    struct range all = of_input(r, op, 0)[0];
    for (int64_t c = 1; c < in->shape.c; c++)
        all = range_union(all, of_input(r, op, 0)[c]);
    for (int64_t c = 0; c < op->output->shape.c; c++)
        out[c] = all;
}

static void reshape(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct shape in = op->inputs.items[0]->shape, shape = op->output->shape;
    if (shape.h != 1 || shape.w != 1) {
        spread(r, op, out);
        return;
    }
    for (int64_t c = 0; c < shape.c; c++)
        out[c] = of_input(r, op, 0)[c / (in.h * in.w)];
}

static void pad(const struct ranges *r, const struct op *op, struct range *out)
{
    const struct value *in = op->inputs.items[0], *to = op->output;
    const double value = to->type == ELEMENT_S8 ? meaning_round(value_meaning(to), (float)op->padding) : op->padding;
    const struct range around = {value, value};
    for (int64_t c = 0; c < to->shape.c; c++) {
        const int64_t from = c - op->origin.c;
        const bool real = from >= 0 && from < in->shape.c;
        const bool whole = in->shape.h == to->shape.h && in->shape.w == to->shape.w;
        out[c] = !real ? around : whole ? of_input(r, op, 0)[from] : range_union(of_input(r, op, 0)[from], around);
    }
}

static void copy(const struct ranges *r, const struct op *op, int64_t first, struct range *out)
{
    for (int64_t c = 0; c < op->output->shape.c; c++)
        out[c] = of_input(r, op, 0)[first + c];
}

/* False: the operation computes. */
static bool move(const struct ranges *r, const struct op *op, struct range *out)
{
    switch (op->kind) {
    case OP_CONCAT: join(r, op, out); return true;
    case OP_RESHAPE: reshape(r, op, out); return true;
    case OP_PAD: pad(r, op, out); return true;
    case OP_SLICE: copy(r, op, op->origin.c, out); return true;
    case OP_UPSAMPLE: copy(r, op, 0, out); return true;
    case OP_TRANSPOSE:
    case OP_SHUFFLE: spread(r, op, out); return true;
    default: return false;
    }
}

bool ranges_find(struct ranges *r)
{
    r->of = ARENA_ARRAY(r->arena, struct range *, r->list->values.count + 1);
    for (size_t i = 0; i < r->list->ops.count; i++) {
        const struct op *op = r->list->ops.items[i];
        const struct value *value = op->output;
        if (!value)
            continue;
        struct range *out = r->of[value->id] = ARENA_ARRAY(r->arena, struct range, value->shape.c);
        const bool integers = value->type == ELEMENT_S8;
        if (!move(r, op, out) && !(integers ? ranges_of_integers(r, op, out) : ranges_of_floats(r, op, out)))
            return false;
    }
    return true;
}
