/* What generated code carries out of a network's recipe. */
#include "recipe.h"

#include "train/train.h"

static enum training_optimiser optimiser_of(enum recipe_word word)
{
    switch (word) {
    case RECIPE_ADAM: return OPTIMISER_ADAM;
    case RECIPE_ADAMW: return OPTIMISER_ADAMW;
    case RECIPE_RMSPROP: return OPTIMISER_RMSPROP;
    default: return OPTIMISER_SGD;
    }
}

static enum training_loss loss_of(enum recipe_word word)
{
    switch (word) {
    case RECIPE_MSE: return LOSS_MSE;
    case RECIPE_MAE: return LOSS_MAE;
    case RECIPE_HINGE: return LOSS_HINGE;
    case RECIPE_BCE: return LOSS_BCE;
    default: return LOSS_CROSSENTROPY;
    }
}

/* What generated code carries out of the recipe; an output without a head has no loss. */
struct training_recipe training_recipe_of(struct arena *arena, const struct graph *graph)
{
    const struct recipe *recipe = graph->recipe;
    const struct recipe_optimiser *o = &recipe->optimiser;
    double *heads = ARENA_ARRAY(arena, double, graph->outputs.count + 1);
    for (size_t i = 0; i < recipe->heads.count; i++)
        heads[recipe->heads.items[i].output] = recipe->heads.items[i].weight;
    return (struct training_recipe){.loss = loss_of(recipe->loss.choice.word),
                                    .smoothing = recipe->loss.smoothing,
                                    .margin = recipe->loss.margin,
                                    .optimiser = optimiser_of(o->choice.word),
                                    .rate = o->lr,
                                    .momentum = o->momentum,
                                    .decay = o->decay,
                                    .nesterov = o->nesterov,
                                    .beta1 = o->beta1,
                                    .beta2 = o->beta2,
                                    .epsilon = o->eps,
                                    .alpha = o->alpha,
                                    .clip = recipe->clip,
                                    .seed = (uint64_t)recipe->seed,
                                    .trained = recipe->trained,
                                    .heads = heads};
}
