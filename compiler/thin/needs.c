/* All channels go at first; then each operation holds on to those that it needs, until none holds on to more:
 *
 *   - A convolution or dense operation takes a channel of its input into its biases if that is one number, and if that
 *     number is what padding is, where windows reach beyond the map. Of floats only zeros go: any other number would
 *     be added in another order than before. Its own filters may all go.
 *   - An operation on each channel by itself has those channels in its result that its operands have.
 *   - Whatever else there is needs all channels, and has all. */
#include "thin/needs.h"

#include "quantise/quantise.h"

struct needs {
    const struct ranges *ranges;
    bool **gone;   /* by value id */
    bool *sharing; /* by node id: do two layers have its weights? */
    bool changed;
};

enum way { NEEDS_ALL, TAKES_IN, BY_CHANNEL };

static void find_sharing(struct needs *n)
{
    const struct graph *graph = n->ranges->list->graph;
    n->sharing = ARENA_ARRAY(n->ranges->arena, bool, graph->nodes.count + 1);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node->shares)
            n->sharing[i] = n->sharing[node->shares->id] = true;
    }
}

static bool has_shared_weights(const struct needs *n, const struct op *op)
{
    for (size_t i = 0; i < op->nodes.count; i++)
        if (n->sharing[op->nodes.items[i]->id])
            return true;
    return false;
}

static bool merges_channels(const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (op->inputs.items[i]->shape.c != op->output->shape.c)
            return false;
    return true;
}

static enum way way_of_convolution(const struct op *op)
{
    if (op->connect)
        return NEEDS_ALL;
    if (op_is_depthwise(op) || op->node->kind == LAYER_DWCONV)
        return BY_CHANNEL;
    return op->groups == 1 ? TAKES_IN : NEEDS_ALL;
}

static enum way way_of(const struct needs *n, const struct op *op)
{
    const struct shape in = op->inputs.count ? op->inputs.items[0]->shape : (struct shape){0, 0, 0};
    if (!op->output || has_shared_weights(n, op))
        return NEEDS_ALL;
    switch (op->kind) {
    case OP_CONVOLUTION: return way_of_convolution(op);
    case OP_TRANSPOSED: return op->groups == 1 ? TAKES_IN : NEEDS_ALL;
    case OP_DENSE: return TAKES_IN;
    case OP_UNARY:
    case OP_AFFINE:
    case OP_CONVERT:
    case OP_UPSAMPLE:
    case OP_CONCAT: return BY_CHANNEL;
    case OP_POOL: return op->pool.affine ? NEEDS_ALL : BY_CHANNEL;
    case OP_BINARY: return merges_channels(op) ? BY_CHANNEL : NEEDS_ALL;
    case OP_SLICE:
    case OP_PAD: return in.c == op->output->shape.c ? BY_CHANNEL : NEEDS_ALL;
    case OP_RESHAPE:
        return shape_elements(in) == op->output->shape.c && in.h * in.w * in.c > 1 ? BY_CHANNEL : NEEDS_ALL;
    default: return NEEDS_ALL;
    }
}

static void keep(struct needs *n, const struct value *value, int64_t channel)
{
    bool *gone = &n->gone[value->id][channel];
    n->changed |= *gone;
    *gone = false;
}

static void keep_all(struct needs *n, const struct value *value)
{
    for (int64_t c = 0; c < value->shape.c; c++)
        keep(n, value, c);
}

static bool can_take_in(const struct needs *n, const struct op *op, const struct value *in, int64_t channel)
{
    const struct range range = n->ranges->of[in->id][channel];
    const double padding = range_padding(in);
    if (!range_is_point(range))
        return false;
    return range.low == padding || (in->type == ELEMENT_S8 && !range_meets_padding(op));
}

/* Channels of an operand, and those of the result that come of them: `each' of one, from `first' on. */
static void keep_together(struct needs *n, const struct value *in, const struct value *out, int64_t first, int64_t each)
{
    for (int64_t c = 0; c < in->shape.c; c++) {
        bool needed = !n->gone[in->id][c];
        for (int64_t k = 0; k < each; k++)
            needed |= !n->gone[out->id][first + c * each + k];
        if (!needed)
            continue;
        keep(n, in, c);
        for (int64_t k = 0; k < each; k++)
            keep(n, out, first + c * each + k);
    }
}

static void hold_by_channel(struct needs *n, const struct op *op)
{
    int64_t first = 0;
    for (size_t i = 0; i < op->inputs.count; i++) {
        const struct value *in = op->inputs.items[i];
        const int64_t each = op->kind == OP_CONCAT ? 1 : op->output->shape.c / in->shape.c;
        keep_together(n, in, op->output, first, each);
        first += op->kind == OP_CONCAT ? in->shape.c : 0;
    }
}

static void hold(struct needs *n, const struct op *op)
{
    switch (way_of(n, op)) {
    case NEEDS_ALL:
        for (size_t i = 0; i < op->inputs.count; i++)
            keep_all(n, op->inputs.items[i]);
        if (op->output)
            keep_all(n, op->output);
        break;
    case TAKES_IN:
        for (int64_t c = 0; c < op->inputs.items[0]->shape.c; c++)
            if (n->gone[op->inputs.items[0]->id][c] && !can_take_in(n, op, op->inputs.items[0], c))
                keep(n, op->inputs.items[0], c);
        break;
    case BY_CHANNEL: hold_by_channel(n, op); break;
    }
}

static void hold_all(struct needs *n)
{
    do {
        n->changed = false;
        for (size_t i = n->ranges->list->ops.count; i-- > 0;)
            hold(n, n->ranges->list->ops.items[i]);
    } while (n->changed);
}

/* One channel at least, and whole units. */
static void round_up(struct needs *n, const struct value *value, int64_t unit)
{
    int64_t kept = 0, least;
    for (int64_t c = 0; c < value->shape.c; c++)
        kept += !n->gone[value->id][c];
    if (kept == value->shape.c)
        return;
    least = kept ? kept : 1;
    if (value->shape.c % unit == 0)
        least = (least + unit - 1) / unit * unit;
    for (int64_t c = 0; c < value->shape.c && kept < least; c++)
        if (n->gone[value->id][c]) {
            keep(n, value, c);
            kept++;
        }
}

bool **needs_find(const struct ranges *ranges, int64_t unit)
{
    const struct op_list *list = ranges->list;
    struct needs n = {.ranges = ranges, .gone = ARENA_ARRAY(ranges->arena, bool *, list->values.count + 1)};
    find_sharing(&n);
    for (size_t i = 0; i < list->values.count; i++) {
        const struct value *value = list->values.items[i];
        n.gone[value->id] = ARENA_ARRAY(ranges->arena, bool, value->shape.c);
        for (int64_t c = 0; c < value->shape.c; c++)
            n.gone[value->id][c] = value->readers.count > 0;
    }
    do {
        hold_all(&n);
        n.changed = false;
        for (size_t i = 0; i < list->values.count; i++)
            round_up(&n, list->values.items[i], unit);
    } while (n.changed);
    return n.gone;
}
