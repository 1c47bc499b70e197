/* Rewrites a list of operations, one a layer, for a quantised network. */
#include "quantise/quantise.h"

#include "quantise/types.h"

struct rewriting {
    struct op_list *list;
    const struct types *types;
    struct VEC(struct value *) floats; /* of s8 values by id: the same as floats; NULL: not made yet */
};

float value_scale(const struct value *value)
{
    return value->quantisation->scale[0];
}

int32_t value_zero(const struct value *value)
{
    return value->quantisation->zero[0];
}

struct meaning value_meaning(const struct value *value)
{
    return (struct meaning){value_scale(value), value_zero(value), value->quantisation->even};
}

bool value_same_meaning(const struct value *a, const struct value *b)
{
    return meaning_equal(value_meaning(a), value_meaning(b));
}

static const struct quantisation *quantisation_of(struct arena *arena, struct meaning meaning)
{
    struct quantisation *q = ARENA_NEW(arena, struct quantisation);
    float *scale = ARENA_NEW(arena, float);
    int32_t *zero = ARENA_NEW(arena, int32_t);
    *scale = meaning.scale;
    *zero = meaning.zero;
    *q = (struct quantisation){1, scale, zero, meaning.even};
    return q;
}

static void become_integers(const struct rewriting *r, struct value *value, struct meaning meaning)
{
    value->type = ELEMENT_S8;
    value->quantisation = quantisation_of(r->list->arena, meaning);
}

static const struct node_type *type_of(const struct rewriting *r, const struct op *op)
{
    return &r->types->nodes[op->node->id];
}

/* ---- conversions ---- */

/* It computes no layer: what it is for shows in its operands. */
static struct value *convert(struct rewriting *r, struct value *from)
{
    struct op *op = op_list_add(r->list, OP_CONVERT, from->node);
    op->nodes.count = 0;
    op->map = from->shape;
    op->low = -128;
    op->high = 127;
    op_list_add_input(r->list, op, from);
    return op_list_add_output(r->list, op);
}

static struct value *as_floats(struct rewriting *r, struct value *value)
{
    if (value->type != ELEMENT_S8)
        return value;
    while (r->floats.count <= (size_t)value->id)
        VEC_PUSH(r->list->arena, &r->floats, NULL);
    if (!r->floats.items[value->id])
        r->floats.items[value->id] = convert(r, value);
    return r->floats.items[value->id];
}

static struct value *as_integers(struct rewriting *r, struct value *value, struct meaning meaning)
{
    if (value->type == ELEMENT_S8 && meaning_equal(value_meaning(value), meaning))
        return value;
    struct value *to = convert(r, value);
    become_integers(r, to, meaning);
    return to;
}

/* ---- operations ---- */

static void keep(struct rewriting *r, struct op *op)
{
    VEC_PUSH(r->list->arena, &r->list->ops, op);
}

/* A folded layer remains as a name of the operation before it. */
static void drop(struct rewriting *r, struct op *op)
{
    struct op *host = op->inputs.items[0]->producer;
    for (size_t i = 0; op->kind == OP_AFFINE && i < op->nodes.count; i++)
        VEC_PUSH(r->list->arena, &host->nodes, op->nodes.items[i]);
    op_list_replace(r->list, op->output, op->inputs.items[0]);
    op->removed = true;
}

/* The operation before it computes its result, within bounds. */
static void become_bounds(struct rewriting *r, struct op *op)
{
    struct op *host = op->inputs.items[0]->producer;
    for (size_t i = 0; i < op->nodes.count; i++)
        VEC_PUSH(r->list->arena, &host->nodes, op->nodes.items[i]);
    const struct quantisation *quantisation = host->output->quantisation;
    host->output = op->output;
    host->output->producer = host;
    host->output->type = ELEMENT_S8;
    host->output->quantisation = quantisation;
    op->removed = true;
}

static void compute_floats(struct rewriting *r, struct op *op)
{
    const struct node_type *type = type_of(r, op);
    for (size_t i = 0; i < op->inputs.count; i++)
        op->inputs.items[i] = as_floats(r, op->inputs.items[i]);
    keep(r, op);
    if (!type->integers)
        return;
    struct value *floats = op->output, *integers = as_integers(r, floats, type->meaning);
    struct op *conversion = integers->producer;
    op_list_replace(r->list, floats, integers);
    conversion->inputs.items[0] = floats; /* which was replaced, too */
}

/* Operands of moves, joins and maxima have the result's meaning, and what takes a mean has it behind it. */
static bool wants_equal(const struct op *op)
{
    switch (op->kind) {
    case OP_CONCAT:
    case OP_RESHAPE:
    case OP_SLICE:
    case OP_PAD:
    case OP_TRANSPOSE:
    case OP_SHUFFLE:
    case OP_UPSAMPLE: return true;
    case OP_BINARY: return op->binary == BINARY_MAX || op->inputs.count == 1;
    case OP_POOL: return op->pool.kind == POOL_KIND_MAX;
    default: return false;
    }
}

/* A mean over windows keeps its input's meaning; one over whole maps may have its own. */
static void compute_mean(struct rewriting *r, struct op *op)
{
    const struct meaning in = value_meaning(op->inputs.items[0]), out = type_of(r, op)->meaning;
    op->mean_rescaled = op->pool.whole && (out.even || !meaning_equal(in, out));
    become_integers(r, op->output, op->pool.whole ? out : in);
    keep(r, op);
    if (op->pool.whole || meaning_equal(in, out))
        return;
    struct value *windows = op->output, *converted = as_integers(r, windows, out);
    op_list_replace(r->list, windows, converted);
    converted->producer->inputs.items[0] = windows;
}

static void compute_integers(struct rewriting *r, struct op *op)
{
    const struct node_type *type = type_of(r, op);
    op->low = type->low;
    op->high = type->high;
    if (op->kind == OP_POOL && op->pool.kind == POOL_KIND_AVG) {
        compute_mean(r, op);
        return;
    }
    for (size_t i = 0; wants_equal(op) && i < op->inputs.count; i++)
        op->inputs.items[i] = as_integers(r, op->inputs.items[i], type->meaning);
    become_integers(r, op->output, type->meaning);
    keep(r, op);
}

static void rewrite(struct rewriting *r, struct op *op)
{
    if (op->kind == OP_OUTPUT) {
        if (types_end_in_integers(r->types) && op->inputs.items[0]->type == ELEMENT_S8)
            op->caller_type = ELEMENT_S8;
        if (op->caller_type != ELEMENT_S8)
            op->inputs.items[0] = as_floats(r, op->inputs.items[0]);
        keep(r, op);
        return;
    }
    switch (type_of(r, op)->computes) {
    case COMPUTES_NOTHING: drop(r, op); break;
    case COMPUTES_BOUNDS: become_bounds(r, op); break;
    case COMPUTES_INTEGERS: compute_integers(r, op); break;
    case COMPUTES_FLOATS: compute_floats(r, op); break;
    }
}

void quantise(struct op_list *list, const struct types *types)
{
    struct rewriting r = {.list = list, .types = types};
    const size_t count = list->ops.count;
    struct op **ops = ARENA_ARRAY(list->arena, struct op *, count + 1);
    for (size_t i = 0; i < count; i++)
        ops[i] = list->ops.items[i];
    list->ops.count = 0;
    for (size_t i = 0; i < count; i++)
        rewrite(&r, ops[i]);
    op_list_compact(list);
}
