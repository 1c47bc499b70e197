/* Fewer passes over memory: operations of training that one kernel computes together.
 *
 *     BN -> RELU                 y = f(factor*x + summand). Backward, the derivative is taken from x once more, so that
 *                                neither y nor the gradient between the two is read or kept
 *     ADD{BN | s} -> RELU        y = f(factor*x + summand + s); backward nothing changes
 *     a sum of gradients         the convolution whose gradient is its last summand adds to the ones before it
 *
 * And less memory: what BN -> RELU results in is computed again where gradients of weights need it, unless other
 * gradients do, too. A batch keeps what was normalised, and not the result as well. */
#include "train/train.h"

static struct op *only_reader(const struct value *value)
{
    return value->readers.count == 1 ? value->readers.items[0] : NULL;
}

/* The result of `later', which alone read that of `op', is the operation's from now on. */
static void absorb(struct op_list *list, struct op *op, struct op *later)
{
    for (size_t i = 0; i < later->nodes.count; i++)
        VEC_PUSH(list->arena, &op->nodes, later->nodes.items[i]);
    op->output = later->output;
    op->output->producer = op;
    later->removed = true;
}

/* ---- normalisation and activation ---- */

/* The gradient through an activation, if nothing but gradients of the operation before it read it. */
static struct op *inner_gradient(const struct op *op, const struct op *activation)
{
    for (size_t i = 0; i < activation->output->readers.count; i++) {
        struct op *gradient = activation->output->readers.items[i];
        if (gradient->kind != OP_GRADIENT || gradient->of != activation)
            continue;
        for (size_t k = 0; k < gradient->output->readers.count; k++)
            if (gradient->output->readers.items[k]->of != op)
                return NULL;
        return gradient;
    }
    return NULL;
}

static void fuse_activation(struct training *training, struct op *op)
{
    struct op_list *list = training->list;
    struct op *later = only_reader(op->output);
    if (!later || later->kind != OP_UNARY || !training_from_result(&later->function) ||
        function_is_costly(&later->function))
        return;
    struct op *gradient = op->residual ? NULL : inner_gradient(op, later);
    if (gradient) {
        for (size_t i = 0; i < gradient->output->readers.count; i++)
            gradient->output->readers.items[i]->activation = &later->function;
        op_list_replace(list, gradient->output, gradient->inputs.items[0]);
        gradient->removed = true;
    }
    op->activation = &later->function;
    absorb(list, op, later);
}

/* ---- normalisation and sum ---- */

static size_t place_of(const struct op_list *list, const struct op *op)
{
    size_t i = 0;
    while (list->ops.items[i] != op)
        i++;
    return i;
}

/* The normalisation runs where the sum did, when all summands are there. */
static void fuse_sum(struct training *training, struct op *sum)
{
    struct op_list *list = training->list;
    struct op *last = NULL;
    size_t operand = 0;
    for (size_t i = 0; i < 2; i++) {
        struct op *op = sum->inputs.items[i]->producer;
        bool fits = training_is_batch_norm(training, op) && !op->residual && !op->activation &&
                    only_reader(op->output) == sum && shape_equal(sum->inputs.items[i]->shape, sum->output->shape);
        if (fits && (!last || op->id > last->id)) {
            last = op;
            operand = i;
        }
    }
    struct value *other = sum->inputs.items[1 - operand];
    if (!last || !shape_equal(other->shape, sum->output->shape))
        return;
    last->residual = other;
    absorb(list, last, sum);
    size_t to = place_of(list, sum);
    for (size_t i = place_of(list, last); i < to; i++)
        list->ops.items[i] = list->ops.items[i + 1];
    list->ops.items[to] = last;
}

/* ---- sums of gradients ---- */

static void fuse_gradients(struct training *training, struct op *sum)
{
    struct value *before = sum->inputs.items[0], *gradient = sum->inputs.items[1];
    struct op *op = gradient->producer;
    if (op->kind != OP_GRADIENT || op->residual || only_reader(gradient) != sum || before == gradient)
        return;
    if (op->of->kind != OP_CONVOLUTION && op->of->kind != OP_TRANSPOSED)
        return;
    op->residual = before;
    absorb(training->list, op, sum);
}

/* ---- results that are computed again ---- */

/* The first gradient that reads the value; NULL: none, or others than gradients of weights do. */
static struct op *first_gradient(const struct value *value)
{
    struct op *first = NULL;
    for (size_t i = 0; i < value->readers.count; i++) {
        struct op *reader = value->readers.items[i];
        if (reader->of && reader->kind != OP_WEIGHT_GRADIENT)
            return NULL;
        if (reader->of && (!first || reader->id < first->id))
            first = reader;
    }
    return first;
}

static void compute_again(struct training *training, const struct op *op)
{
    struct op_list *list = training->list;
    struct op *first = first_gradient(op->output);
    if (op->residual || !op->activation || !first)
        return;
    struct op *again = op_list_add(list, OP_AFFINE, op->node);
    again->of = op;
    again->map = op->map;
    again->epsilon = op->epsilon;
    again->activation = op->activation;
    op_list_add_input(list, again, op->inputs.items[0]);
    struct value *result = op_list_add_output(list, again);
    for (size_t i = 0; i < op->output->readers.count; i++) {
        struct op *reader = op->output->readers.items[i];
        for (size_t k = 0; reader->of && k < reader->inputs.count; k++)
            if (reader->inputs.items[k] == op->output)
                reader->inputs.items[k] = result;
    }
    size_t to = place_of(list, first);
    for (size_t i = place_of(list, again); i > to; i--)
        list->ops.items[i] = list->ops.items[i - 1];
    list->ops.items[to] = again;
}

static bool is_sum(const struct op *op)
{
    return op->kind == OP_BINARY && op->binary == BINARY_ADD && op->inputs.count == 2 && !op->removed;
}

void training_fuse(struct training *training)
{
    struct op_list *list = training->list;
    for (size_t i = 0; i < list->ops.count; i++) {
        struct op *op = list->ops.items[i];
        if (is_sum(op) && !op->of)
            fuse_sum(training, op);
        else if (is_sum(op))
            fuse_gradients(training, op);
    }
    op_list_compact(list);
    for (size_t i = 0; i < list->ops.count; i++)
        if (training_is_batch_norm(training, list->ops.items[i]))
            fuse_activation(training, list->ops.items[i]);
    op_list_compact(list);
    size_t count = list->ops.count;
    struct op **ops = ARENA_ARRAY(training->arena, struct op *, count + 1);
    for (size_t i = 0; i < count; i++)
        ops[i] = list->ops.items[i];
    for (size_t i = 0; i < count; i++)
        if (training_is_batch_norm(training, ops[i]))
            compute_again(training, ops[i]);
    op_list_compact(list);
}
