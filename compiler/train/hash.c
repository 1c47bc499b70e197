/* What a checkpoint must agree on with training code, in a number: the names and sizes of tensors, the operations
 * with their numbers, and what the optimiser and the loss were told. What the driver carries out of a recipe is left
 * to it. */
#include <string.h>

#include "train/train.h"

/* FNV-1a, of wider pieces than bytes. */
static uint64_t mixed(uint64_t hash, uint64_t number)
{
    return (hash ^ number) * UINT64_C(0x100000001B3);
}

static uint64_t mixed_word(uint64_t hash, const char *word)
{
    for (; *word; word++)
        hash = mixed(hash, (unsigned char)*word);
    return mixed(hash, 0);
}

static uint64_t mixed_integers(uint64_t hash, const int64_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = mixed(hash, (uint64_t)numbers[i]);
    return hash;
}

static uint64_t mixed_reals(uint64_t hash, const double *numbers, size_t count)
{
    uint64_t bits;
    for (size_t i = 0; i < count; i++) {
        memcpy(&bits, &numbers[i], sizeof bits);
        hash = mixed(mixed(hash, bits >> 32), bits);
    }
    return hash;
}

#define MIXED_INTEGERS(hash, ...)                                                                                      \
    mixed_integers(hash, (const int64_t[]){__VA_ARGS__}, sizeof(const int64_t[]){__VA_ARGS__} / sizeof(int64_t))
#define MIXED_REALS(hash, ...)                                                                                         \
    mixed_reals(hash, (const double[]){__VA_ARGS__}, sizeof(const double[]){__VA_ARGS__} / sizeof(double))

static uint64_t mixed_window(uint64_t hash, const struct window *w)
{
    return MIXED_INTEGERS(hash, w->size.h, w->size.w, w->stride.h, w->stride.w, w->dilation.h, w->dilation.w,
                          w->pad.top, w->pad.left, w->pad.bottom, w->pad.right);
}

static uint64_t mixed_function(uint64_t hash, const struct function *function)
{
    return function ? MIXED_REALS(mixed(hash, (uint64_t)function->kind), function->a, function->b) : mixed(hash, 0);
}

/* The caller's numbers as the network takes them. */
static uint64_t mixed_input(uint64_t hash, const struct op *op)
{
    const size_t channels = (size_t)op->output->shape.c;
    hash = MIXED_INTEGERS(hash, op->layout, op->caller_type);
    hash = op->mean ? mixed_reals(hash, op->mean, channels) : hash;
    return op->scale ? mixed_reals(hash, op->scale, channels) : hash;
}

static uint64_t mixed_op(uint64_t hash, const struct op *op)
{
    hash = MIXED_INTEGERS(hash, op->kind, op->map.h, op->map.w, op->map.c, op->index, op->groups, op->bias,
                          op->pool.kind, op->pool.whole, op->pool.adaptive, op->pool.count_pad, op->binary,
                          op->norm.over, op->lrn.size, op->logarithm, op->origin.c, op->origin.y, op->origin.x,
                          op->axes[0], op->axes[1], op->axes[2], op->resize.factor.h, op->resize.factor.w,
                          op->resize.mode, op->resize.align);
    hash = MIXED_REALS(hash, op->epsilon, op->norm.epsilon, op->lrn.alpha, op->lrn.beta, op->lrn.k, op->padding,
                       op->rate);
    hash = mixed_function(mixed_function(mixed_window(hash, &op->window), &op->function), op->activation);
    for (size_t i = 0; i < op->inputs.count; i++)
        hash = mixed(hash, (uint64_t)op->inputs.items[i]->id);
    if (op->connect)
        hash = mixed_reals(hash, op->connect->entries, (size_t)(op->connect->rows * op->connect->columns));
    return op->kind == OP_INPUT ? mixed_input(hash, op) : hash;
}

static uint64_t mixed_recipe(uint64_t hash, const struct training_recipe *r, size_t outputs)
{
    hash = MIXED_INTEGERS(hash, r->optimiser, r->loss, r->nesterov, (int64_t)r->seed);
    hash = MIXED_REALS(hash, r->smoothing, r->margin, r->momentum, r->decay, r->beta1, r->beta2, r->epsilon, r->alpha);
    return r->heads ? mixed_reals(hash, r->heads, outputs) : hash;
}

uint64_t training_hash(const struct training *training)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < training->tensors.count; i++) {
        const struct training_tensor *tensor = &training->tensors.items[i];
        hash = mixed_word(hash, tensor->weight->name);
        hash = mixed_integers(hash, tensor->weight->dims, (size_t)tensor->weight->rank);
        hash = mixed(hash, (uint64_t)tensor->learns);
    }
    for (size_t i = 0; i < training->list->ops.count; i++)
        hash = mixed_op(hash, training->list->ops.items[i]);
    return mixed_recipe(hash, &training->recipe, training->graph->outputs.count);
}
