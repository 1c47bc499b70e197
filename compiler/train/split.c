/* Operations of several parts become one for each part, so that each has a gradient of its own:
 *
 *     POOL(affine=yes)      a pool, and the factor and summand of each map
 *     MAX{a | b | c}        max(max(a, b), c), as the evaluator computes it
 *
 *     MEAN{a | b}           a sum, and its half
 *     WHERE{c | a | b}      a where c is not 0, b where it is, and their sum
 *
 * Sums of any number of tensors of one shape stay as they are: each gets the gradient of the sum. */
#include "train/train.h"

/* The operation behind `op', which computes what `op' was to compute; `op' gets a result of its own. */
static struct op *add_behind(struct op_list *list, struct op *op, enum op_kind kind, struct shape map)
{
    struct value *result = op->output;
    struct op *next = op_list_add(list, kind, op->node);
    op->map = map;
    op_list_add_input(list, next, op_list_add_output(list, op));
    next->map = result->shape;
    next->output = result;
    result->producer = next;
    return next;
}

static void split_pool(struct op_list *list, struct op *op)
{
    op->pool.affine = false;
    add_behind(list, op, OP_AFFINE, op->map);
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct shape broadcast(struct shape a, struct shape b)
{
    return (struct shape){larger(a.h, b.h), larger(a.w, b.w), larger(a.c, b.c)};
}

/* The last of its parts. */
static struct op *split_merge(struct op_list *list, struct op *op)
{
    struct value *const *operands = op->inputs.items;
    struct shape shape = broadcast(operands[0]->shape, operands[1]->shape);
    struct op *last = op;
    for (size_t i = 2; i < op->inputs.count; i++) {
        last = add_behind(list, last, OP_BINARY, shape);
        last->binary = op->binary;
        op_list_add_input(list, last, operands[i]);
        shape = broadcast(shape, operands[i]->shape);
    }
    op->inputs.count = 2;
    return last;
}

/* WHERE{c | a | b} is what c keeps of a, plus what it drops of b. */
static void split_where(struct op_list *list, struct op *op)
{
    struct value *const c = op->inputs.items[0], *const a = op->inputs.items[1], *const b = op->inputs.items[2];
    struct op *drop = op_list_add(list, OP_BINARY, op->node);
    drop->binary = BINARY_DROP;
    drop->map = broadcast(b->shape, c->shape);
    op_list_add_input(list, drop, b);
    op_list_add_input(list, drop, c);
    op->binary = BINARY_KEEP;
    op->inputs.items[0] = a;
    op->inputs.items[1] = c;
    op->inputs.count = 2;
    struct op *sum = add_behind(list, op, OP_BINARY, broadcast(a->shape, c->shape));
    sum->binary = BINARY_ADD;
    op_list_add_input(list, sum, op_list_add_output(list, drop));
}

/* A mean's function follows the sum. */
static void split_mean(struct op_list *list, struct op *mean, struct op *last)
{
    mean->activation = NULL;
    add_behind(list, last, OP_UNARY, last->map)->function = mean->function;
}

static bool is_sum_of_equals(const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (!shape_equal(op->inputs.items[i]->shape, op->output->shape))
            return false;
    return op->binary == BINARY_ADD;
}

void training_split(struct op_list *list)
{
    const size_t count = list->ops.count;
    struct op **ops = ARENA_ARRAY(list->arena, struct op *, count + 1);
    for (size_t i = 0; i < count; i++)
        ops[i] = list->ops.items[i];
    list->ops.count = 0;
    for (size_t i = 0; i < count; i++) {
        VEC_PUSH(list->arena, &list->ops, ops[i]);
        if (ops[i]->kind == OP_POOL && ops[i]->pool.affine)
            split_pool(list, ops[i]);
        if (ops[i]->kind != OP_BINARY)
            continue;
        if (ops[i]->binary == BINARY_WHERE) {
            split_where(list, ops[i]);
            continue;
        }
        bool several = ops[i]->inputs.count > 2 && !is_sum_of_equals(ops[i]);
        struct op *last = several ? split_merge(list, ops[i]) : ops[i];
        if (ops[i]->activation)
            split_mean(list, ops[i], last);
    }
    op_list_compact(list);
}
