/* Makes plans of training: tensors, the steps of each operation, memory, and what follows from the sizes. */
#include "plan/train/train_plan.h"

#include "base/diag.h"
#include "recipe.h"

static bool plan_gradient(struct train_plan *plan, const struct op *op)
{
    switch (op->of->kind) {
    case OP_CONVOLUTION:
    case OP_TRANSPOSED:
    case OP_DENSE: return train_linear_gradient(plan, op);
    case OP_POOL: return train_pool_gradient(plan, op);
    case OP_UNARY: return train_unary_gradient(plan, op);
    case OP_BINARY: return train_binary_gradient(plan, op);
    case OP_AFFINE: return train_affine_gradient(plan, op);
    case OP_SOFTMAX: return train_softmax(plan, op);
    case OP_REDUCE: return train_reduce(plan, op);
    case OP_MATMUL: return train_matmul(plan, op);
    case OP_NORMALISE: return train_normalise_gradient(plan, op);
    case OP_LRN: return train_lrn(plan, op);
    case OP_DISTANCE: return train_distance(plan, op);
    case OP_DROPOUT: return train_dropout(plan, op, true);
    case OP_CONCAT:
    case OP_RESHAPE:
    case OP_SLICE:
    case OP_PAD:
    case OP_TRANSPOSE:
    case OP_UPSAMPLE:
    case OP_SHUFFLE: return train_move_gradient(plan, op);
    default: return false;
    }
}

static bool plan_weights(struct train_plan *plan, const struct op *op)
{
    switch (op->of->kind) {
    case OP_CONVOLUTION:
    case OP_TRANSPOSED:
    case OP_DENSE: return train_linear_weights(plan, op);
    case OP_CONST: return train_const(plan, op);
    case OP_AFFINE: return train_affine_sums(plan, op);
    case OP_NORMALISE: return train_normalise_weights(plan, op);
    case OP_UNARY: return train_prelu(plan, op);
    default: return false;
    }
}

static bool plan_op(struct train_plan *plan, const struct op *op)
{
    switch (op->kind) {
    case OP_INPUT: return train_input(plan, op);
    case OP_CONST: return train_const(plan, op);
    case OP_OUTPUT: return train_output(plan, op);
    case OP_CONVOLUTION:
    case OP_TRANSPOSED:
    case OP_DENSE: return train_linear(plan, op);
    case OP_POOL: return train_pool(plan, op);
    case OP_UNARY: return train_unary(plan, op);
    case OP_BINARY: return train_binary(plan, op);
    case OP_STATISTICS: return train_statistics(plan, op);
    case OP_AFFINE: return train_affine(plan, op);
    case OP_SOFTMAX: return train_softmax(plan, op);
    case OP_REDUCE: return train_reduce(plan, op);
    case OP_MATMUL: return train_matmul(plan, op);
    case OP_NORMALISE: return train_normalise(plan, op);
    case OP_LRN: return train_lrn(plan, op);
    case OP_DISTANCE: return train_distance(plan, op);
    case OP_DROPOUT: return train_dropout(plan, op, false);
    case OP_CONCAT:
    case OP_RESHAPE:
    case OP_SLICE:
    case OP_PAD:
    case OP_TRANSPOSE:
    case OP_UPSAMPLE:
    case OP_SHUFFLE: return train_move(plan, op);
    case OP_LOSS: return train_loss(plan, op);
    case OP_GRADIENT: return plan_gradient(plan, op);
    case OP_WEIGHT_GRADIENT: return plan_weights(plan, op);
    default: return false;
    }
}

static bool plan_ops(struct train_plan *plan, struct diag *diag)
{
    const struct op_list *list = plan->training->list;
    bool complete = true;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (plan_op(plan, op))
            continue;
        node_report(diag, CHECK_UNSUPPORTED, op->node,
                    op->of ? "training: no gradient for this %s yet" : "training: no kernel for this %s yet",
                    node_keyword(op->node));
        complete = false;
    }
    return complete;
}

/* Offsets within a group's tensor are ints in the code. */
static bool is_small(const struct train_plan *plan, struct diag *diag)
{
    for (size_t i = 0; i < plan->tensors.count; i++)
        if (plan->tensors.items[i]->bytes > INT32_MAX) {
            struct message *m = diag_report_file(
                diag, CHECK_LIMIT, NULL, "training: %d images of '%s' take %lld bytes; the limit is %d", plan->lanes,
                plan->tensors.items[i]->name, (long long)plan->tensors.items[i]->bytes, INT32_MAX);
            message_help(m, "train on smaller images");
            return false;
        }
    return true;
}

/* Images side by side: sixteen, unless half of them would be missing and vectors are short enough. */
static int count_lanes(const struct train_plan *plan)
{
    const struct vector_set *const *sets = plan->plan->options.target->sets;
    for (size_t i = 0; plan->fast && sets[i]; i++)
        if (sets[i]->lanes > TRAIN_FEW_LANES)
            return TRAIN_LANES;
    return plan->training->graph->recipe->batch <= TRAIN_FEW_LANES ? TRAIN_FEW_LANES : TRAIN_LANES;
}

static int count_shards(const struct train_plan *plan)
{
    int shards = 2;
    while (shards < TRAIN_MOST_SHARDS && 2 * shards * plan->shard_floats <= TRAIN_SHARD_FLOATS)
        shards *= 2;
    return shards;
}

static int count_buffers(const struct training_recipe *recipe)
{
    switch (recipe->optimiser) {
    case OPTIMISER_SGD: return recipe->momentum != 0;
    case OPTIMISER_ADAM:
    case OPTIMISER_ADAMW: return 2;
    case OPTIMISER_RMSPROP: break;
    }
    return 1;
}

/* Kernels are numbered by who uses them. */
static void use_kernels(struct train_plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++)
        plan_step(plan->plan, plan->steps.items[i]->op, plan->steps.items[i]->kernel);
    for (size_t i = 0; i < plan->barriers.count; i++) {
        const struct train_barrier *barrier = &plan->barriers.items[i];
        if (barrier->backward)
            plan_step(plan->plan, barrier->norm->op, barrier->norm->finish_gradient);
    }
    for (size_t i = 0; i < plan->norms.count; i++)
        plan_step(plan->plan, plan->norms.items[i]->op, plan->norms.items[i]->finish);
    const struct op *any = plan->training->list->ops.items[0];
    for (size_t i = 0; i < plan->gradients.count; i++) {
        const struct train_gradient *gradient = plan->gradients.items[i];
        plan_step(plan->plan, any, gradient->sum);
        if (gradient->mask)
            plan_step(plan->plan, any, gradient->mask);
    }
    plan_number_kernels(plan->plan);
}

/* The same sum as in run.m4. */
uint64_t train_plan_bytes(const struct train_plan *plan, int64_t batch, int64_t threads)
{
    const struct training *training = plan->training;
    const uint64_t number = (uint64_t)element_bytes(ELEMENT_F32), lanes = (uint64_t)plan->lanes;
    const uint64_t trained = (uint64_t)training->trained_count;
    const uint64_t groups = ((uint64_t)batch - 1) / lanes + 1;
    const uint64_t shards = groups < (uint64_t)plan->shards ? groups : (uint64_t)plan->shards;
    const uint64_t workers = (uint64_t)threads < shards ? (uint64_t)threads : shards;
    uint64_t numbers = (uint64_t)plan->state_buffers * trained + (uint64_t)training->parameter_count + trained;
    numbers += (uint64_t)training->constant_count;
    numbers += (uint64_t)(plan_ceiling((int64_t)(groups * lanes), TRAINING_ALIGNMENT) * TRAINING_ALIGNMENT);
    numbers += (uint64_t)plan->batch_floats + groups * (uint64_t)plan->group_floats;
    numbers += shards * (uint64_t)plan->shard_floats;
    return TRAIN_HEAD_BYTES + TRAIN_STATE_BYTES + number * numbers + groups * (uint64_t)plan->block_bytes +
           workers * (uint64_t)plan->local_bytes;
}

struct train_plan *train_plan_make(struct arena *arena, struct diag *diag, struct training *training,
                                   const struct target *target)
{
    struct train_plan *plan = ARENA_NEW(arena, struct train_plan);
    plan->arena = arena;
    plan->training = training;
    plan->plan = ARENA_NEW(arena, struct plan);
    plan->plan->arena = arena;
    plan->plan->graph = training->graph;
    plan->plan->list = training->list;
    plan->plan->options.target = target;
    plan->fast = target_is_fast(target);
    plan->lanes = count_lanes(plan);
    plan->splits = plan->fast && training->graph->recipe->batch <= plan->lanes;
    plan->phases = 1;
    train_tensors(plan);
    if (!plan_ops(plan, diag) || !is_small(plan, diag))
        return NULL;
    train_memory(plan);
    plan->shards = count_shards(plan);
    plan->state_buffers = count_buffers(&training->recipe);
    plan->hash = training_hash(training);
    use_kernels(plan);
    return plan;
}
