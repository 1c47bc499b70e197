/* Adds losses and gradients to a list of operations. Each value has at most one gradient; where several operations read
 * the value, their contributions are added up as they come. */
#include "base/diag.h"
#include "optimise/optimise.h"
#include "train/train.h"

struct backward {
    struct training *training;
    bool *needed;             /* by value id: something that learns depends on its gradient */
    struct value **gradients; /* by value id; NULL: none yet */
};

bool training_from_result(const struct function *function)
{
    switch (function->kind) {
    case FUNCTION_LEAKY: return function->a > 0;
    case FUNCTION_ELU: return function->a >= 0;
    case FUNCTION_SCALED_TANH: return function->a != 0;
    case FUNCTION_RELU:
    case FUNCTION_RELU6:
    case FUNCTION_SOFTSIGN:
    case FUNCTION_HARDSIGMOID:
    case FUNCTION_TANH:
    case FUNCTION_SELU:
    case FUNCTION_SIGMOID:
    case FUNCTION_SOFTPLUS:
    case FUNCTION_SQRT:
    case FUNCTION_RSQRT:
    case FUNCTION_RECIPROCAL:
    case FUNCTION_TAN: return true;
    default: return false;
    }
}

bool training_is_norm(const struct op *op)
{
    return op->kind == OP_AFFINE && node_weight(op->node, ROLE_VAR) != NULL;
}

bool training_is_batch_norm(const struct training *training, const struct op *op)
{
    const struct node *owner = op->node->shares ? op->node->shares : op->node;
    return training_is_norm(op) && training->recipe.trained[owner->id] && !node_weight(owner, ROLE_MEAN)->literal &&
           !node_weight(owner, ROLE_VAR)->literal;
}

/* ---- what a gradient operation reads, beside the gradient of the result ---- */

static bool reads_input(const struct op *op)
{
    switch (op->kind) {
    case OP_UNARY: return !training_from_result(&op->function);
    case OP_POOL: return op->pool.kind == POOL_KIND_MAX || op->pool.kind == POOL_KIND_L2;
    case OP_AFFINE: return training_is_norm(op);
    case OP_REDUCE:
        return op->reduction.kind != REDUCING_MEAN && op->reduction.kind != REDUCING_SUM &&
               op->reduction.kind != REDUCING_ARGMAX;
    case OP_MATMUL:
    case OP_DISTANCE:
    case OP_NORMALISE:
    case OP_LRN: return true;
    case OP_BINARY: return op->binary != BINARY_ADD && op->binary != BINARY_SUB && !binary_compares(op->binary);
    default: return false;
    }
}

static bool reads_result(const struct op *op)
{
    switch (op->kind) {
    case OP_UNARY: return training_from_result(&op->function);
    case OP_POOL: return op->pool.kind == POOL_KIND_MAX || op->pool.kind == POOL_KIND_L2;
    case OP_SOFTMAX: return true;
    case OP_REDUCE:
        return op->reduction.kind == REDUCING_MAX || op->reduction.kind == REDUCING_MIN ||
               op->reduction.kind == REDUCING_L2 || op->reduction.kind == REDUCING_LOGSUMEXP;
    default: return false;
    }
}

/* ---- adding operations ---- */

static struct op *add_op(struct backward *b, enum op_kind kind, const struct op *of, struct shape map)
{
    struct op *op = op_list_add(b->training->list, kind, of->node);
    op->of = of;
    op->map = map;
    return op;
}

static struct value *result_of(struct backward *b, struct op *op)
{
    return op_list_add_output(b->training->list, op);
}

/* A contribution to the gradient of a value. */
static void contribute(struct backward *b, struct value *value, struct value *gradient)
{
    struct value *before = b->gradients[value->id];
    if (before) {
        struct op *sum = add_op(b, OP_BINARY, value->producer, value->shape);
        sum->binary = BINARY_ADD;
        op_list_add_input(b->training->list, sum, before);
        op_list_add_input(b->training->list, sum, gradient);
        gradient = result_of(b, sum);
    }
    b->gradients[value->id] = gradient;
}

/* Is the gradient of the operand that of the result? */
static bool passes_on(const struct op *of, size_t operand)
{
    if (of->kind == OP_AFFINE)
        return !node_weight(of->node, ROLE_WEIGHT);
    return of->kind == OP_BINARY && (of->binary == BINARY_ADD || (of->binary == BINARY_SUB && operand == 0)) &&
           shape_equal(of->inputs.items[operand]->shape, of->output->shape);
}

static void add_gradient(struct backward *b, const struct op *of, size_t operand, struct value *gradient)
{
    struct op_list *list = b->training->list;
    struct value *input = of->inputs.items[operand];
    if (!b->needed[input->id])
        return;
    if (passes_on(of, operand)) {
        contribute(b, input, gradient);
        return;
    }
    struct op *op = add_op(b, OP_GRADIENT, of, input->shape);
    op->operand = operand;
    op_list_add_input(list, op, gradient);
    if (reads_input(of))
        for (size_t i = 0; i < of->inputs.count; i++)
            op_list_add_input(list, op, of->inputs.items[i]);
    if (reads_result(of))
        op_list_add_input(list, op, of->output);
    contribute(b, input, result_of(b, op));
}

/* A normalisation over the batch needs the sums that its weights' gradients are for the gradient of its input, too. */
static void add_gradients(struct backward *b, const struct op *of)
{
    struct value *gradient = b->gradients[of->output->id];
    if (!gradient)
        return;
    if (training_learns(b->training, of) || training_is_batch_norm(b->training, of)) {
        struct op *op = add_op(b, OP_WEIGHT_GRADIENT, of, of->map);
        if (of->inputs.count) /* a CONST has none */
            op_list_add_input(b->training->list, op, of->inputs.items[0]);
        op_list_add_input(b->training->list, op, gradient);
    }
    for (size_t i = 0; i < of->inputs.count; i++)
        add_gradient(b, of, i, gradient);
}

/* ---- the forward part ---- */

static void add_statistics(const struct training *training)
{
    struct op_list *list = training->list;
    size_t count = list->ops.count;
    struct op **ops = ARENA_ARRAY(list->arena, struct op *, count + 1);
    for (size_t i = 0; i < count; i++)
        ops[i] = list->ops.items[i];
    list->ops.count = 0;
    for (size_t i = 0; i < count; i++) {
        if (training_is_batch_norm(training, ops[i])) {
            struct op *op = op_list_add(list, OP_STATISTICS, ops[i]->node);
            op->of = ops[i];
            op_list_add_input(list, op, ops[i]->inputs.items[0]);
        }
        VEC_PUSH(list->arena, &list->ops, ops[i]);
    }
    op_list_compact(list);
}

static void find_needed(struct backward *b)
{
    const struct op_list *list = b->training->list;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        bool needed = training_learns(b->training, op);
        for (size_t k = 0; k < op->inputs.count; k++)
            needed |= b->needed[op->inputs.items[k]->id];
        if (op->output)
            b->needed[op->output->id] = needed;
    }
}

/* ---- losses ---- */

/* What the loss is computed from: behind a function that it includes, what the function was applied to. */
static struct value *scores(const struct training *training, struct value *result)
{
    const struct op *last = result->producer;
    enum training_loss loss = training->recipe.loss;
    bool includes = (loss == LOSS_CROSSENTROPY && last->kind == OP_SOFTMAX) ||
                    (loss == LOSS_BCE && last->kind == OP_UNARY && last->function.kind == FUNCTION_SIGMOID);
    return includes ? last->inputs.items[0] : result;
}

static void add_losses(struct backward *b, size_t forward)
{
    struct op_list *list = b->training->list;
    const double *heads = b->training->recipe.heads;
    for (size_t i = 0; i < forward; i++) {
        const struct op *output = list->ops.items[i];
        if (output->kind != OP_OUTPUT || (heads && heads[output->index] == 0))
            continue;
        struct value *value = scores(b->training, output->inputs.items[0]);
        struct op *loss = add_op(b, OP_LOSS, output, value->shape);
        loss->index = output->index;
        op_list_add_input(list, loss, value);
        struct value *gradient = result_of(b, loss);
        if (b->needed[value->id])
            contribute(b, value, gradient);
    }
}

/* Operations that no loss depends on are those of NAME_evaluate alone. */
static void find_evaluating(struct training *training)
{
    const struct op_list *list = training->list;
    bool *read = ARENA_ARRAY(training->arena, bool, list->values.count + 1);
    training->evaluates = ARENA_ARRAY(training->arena, bool, list->ops.count + 1);
    for (size_t i = list->ops.count; i-- > 0;) {
        const struct op *op = list->ops.items[i];
        bool trains = op->of || (op->output && read[op->output->id]);
        training->evaluates[i] = !trains;
        for (size_t k = 0; trains && k < op->inputs.count; k++)
            read[op->inputs.items[k]->id] = true;
        if (trains && op->residual)
            read[op->residual->id] = true;
    }
}

struct training *training_new(struct arena *arena, struct diag *diag, const struct graph *graph)
{
    struct training *training = ARENA_NEW(arena, struct training);
    training->arena = arena;
    training->graph = graph;
    training->recipe = training_recipe_of(arena, graph);
    training->list = lower_for_training(arena, graph);
    if (!training_place(training, diag))
        return NULL;
    training_split(training->list);
    optimise_drop_identities(training->list);
    optimise_drop_dead(training->list);
    add_statistics(training);
    /* A value gets at most one gradient from each of its readers, and one sum for each but the first. */
    size_t forward = training->list->ops.count, values = training->list->values.count;
    for (size_t i = 0; i < forward; i++)
        values += 2 * training->list->ops.items[i]->inputs.count + 1;
    struct backward b = {training, ARENA_ARRAY(arena, bool, values), ARENA_ARRAY(arena, struct value *, values)};
    find_needed(&b);
    add_losses(&b, forward);
    for (size_t i = forward; i-- > 0;)
        if (training->list->ops.items[i]->output)
            add_gradients(&b, training->list->ops.items[i]);
    op_list_compact(training->list);
    training_fuse(training);
    find_evaluating(training);
    return training;
}
