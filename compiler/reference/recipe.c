/* What the recipe of a text says, in the words of train.h. Epochs become steps. */
#include "recipe.h"

#include <math.h>

#include "reference/train.h"

static struct reference_learning learning_of(struct arena *arena, const struct graph *graph)
{
    static const enum reference_loss kinds[RECIPE_WORD_COUNT] = {[RECIPE_CROSSENTROPY] = REFERENCE_CROSSENTROPY,
                                                                 [RECIPE_MSE] = REFERENCE_MSE,
                                                                 [RECIPE_MAE] = REFERENCE_MAE,
                                                                 [RECIPE_HINGE] = REFERENCE_HINGE,
                                                                 [RECIPE_BCE] = REFERENCE_BCE};
    const struct recipe *recipe = graph->recipe;
    double *heads = ARENA_ARRAY(arena, double, graph->outputs.count);
    for (size_t i = 0; i < recipe->heads.count; i++)
        heads[recipe->heads.items[i].output] = recipe->heads.items[i].weight;
    return (struct reference_learning){.kind = kinds[recipe->loss.choice.word],
                                       .smoothing = recipe->loss.smoothing,
                                       .margin = recipe->loss.margin,
                                       .heads = heads,
                                       .seed = (uint64_t)recipe->seed};
}

static struct reference_optimiser optimiser_of(const struct recipe *recipe)
{
    static const enum reference_optimiser_kind kinds[RECIPE_WORD_COUNT] = {[RECIPE_SGD] = REFERENCE_SGD,
                                                                           [RECIPE_ADAM] = REFERENCE_ADAM,
                                                                           [RECIPE_ADAMW] = REFERENCE_ADAMW,
                                                                           [RECIPE_RMSPROP] = REFERENCE_RMSPROP};
    const struct recipe_optimiser *optimiser = &recipe->optimiser;
    return (struct reference_optimiser){.kind = kinds[optimiser->choice.word],
                                        .momentum = optimiser->momentum,
                                        .decay = optimiser->decay,
                                        .nesterov = optimiser->nesterov,
                                        .beta1 = optimiser->beta1,
                                        .beta2 = optimiser->beta2,
                                        .alpha = optimiser->alpha,
                                        .eps = optimiser->eps,
                                        .clip = recipe->clip};
}

static struct reference_schedule schedule_of(struct arena *arena, const struct recipe *recipe, int64_t steps)
{
    static const enum reference_schedule_kind kinds[RECIPE_WORD_COUNT] = {
        [RECIPE_CONSTANT] = REFERENCE_CONSTANT, [RECIPE_STEP] = REFERENCE_STEP,
        [RECIPE_COSINE] = REFERENCE_COSINE,     [RECIPE_LINEAR] = REFERENCE_LINEAR,
        [RECIPE_ONECYCLE] = REFERENCE_ONECYCLE, [RECIPE_PLATEAU] = REFERENCE_CONSTANT};
    const struct recipe_schedule *schedule = &recipe->schedule;
    int64_t *at = ARENA_ARRAY(arena, int64_t, schedule->at.count);
    for (size_t i = 0; i < schedule->at.count; i++)
        at[i] = schedule->at.items[i] * steps;
    return (struct reference_schedule){.kind = kinds[schedule->choice.word],
                                       .steps = recipe->epochs * steps,
                                       .warmup = (int64_t)floor(schedule->warmup * (double)steps + 0.5),
                                       .factor = schedule->factor,
                                       .at = at,
                                       .at_count = schedule->at.count,
                                       .to = schedule->to,
                                       .peak = schedule->peak,
                                       .from = schedule->from};
}

struct reference_recipe reference_recipe(struct arena *arena, const struct graph *graph, int64_t steps)
{
    const struct recipe *recipe = graph->recipe;
    bool *frozen = ARENA_ARRAY(arena, bool, graph->nodes.count);
    for (size_t i = 0; i < graph->nodes.count; i++)
        frozen[i] = !recipe->trained[i];
    return (struct reference_recipe){
        .frozen = frozen,
        .learning = learning_of(arena, graph),
        .optimiser = optimiser_of(recipe),
        .schedule = schedule_of(arena, recipe, steps),
        .plateau = {.factor = recipe->schedule.factor, .patience = recipe->schedule.patience, .best = INFINITY},
        .rate = recipe->optimiser.lr};
}
