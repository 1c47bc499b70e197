/* The pass that writes training code. */
#include <string.h>

#include "cli/tell.h"
#include "compilation.h"
#include "emit/train.h"
#include "emit/words.h"
#include "passes/outputs.h"
#include "plan/targets.h"
#include "recipe.h"

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
static struct training_recipe recipe_of(struct arena *arena, const struct graph *graph)
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

static int status_of(enum emit_result result)
{
    return result == EMIT_FAULT ? STATUS_FAULT : result == EMIT_NO_TOOLS ? STATUS_USAGE : STATUS_NETWORK;
}

static bool write_files(struct compilation *c, const char *path, const struct train_plan *plan)
{
    struct text source = text_new(c->arena), header = text_new(c->arena);
    const char *header_path = path_with_ending(c->arena, path, ".h");
    struct output_set set = {.count = 0};
    if (!output_can_be_included(header_path))
        return compilation_file_fault(c, header_path,
                                      "an #include cannot contain this name: choose another, -o FILE");
    struct train_emission emission = {.base = {.arena = c->arena,
                                               .diag = c->diag,
                                               .plan = plan->plan,
                                               .name = emit_identifier(c->arena, c->graph->name),
                                               .header_name = path_base(header_path),
                                               .version = CNNC_VERSION,
                                               .program = c->program},
                                      .plan = plan};
    enum emit_result result = emit_train(&emission, &source, &header);
    if (result != EMIT_DONE)
        return compilation_stop(c, status_of(result));
    bool written = output_set_add_text(c, &set, header_path, header.bytes) &&
                   output_set_add_text(c, &set, path, source.bytes);
    return written ? output_set_commit(c, &set) : output_set_discard(&set);
}

bool pass_train(struct compilation *c)
{
    const struct options *o = &c->options;
    if (!o->emit_given || o->emit != EMIT_TRAIN)
        return true;
    const char *path = output_name(c, "_train.c");
    if (output_is_standard(path) || path_is_special(path))
        return compilation_file_fault(c, path, "training code goes to files: -o FILE");
    struct training *training = training_new(c->arena, c->diag, c->graph, recipe_of(c->arena, c->graph));
    const struct target *target = target_named(o->target);
    struct train_plan *plan = training ? train_plan_make(c->arena, c->diag, training, target) : NULL;
    if (!plan || !write_files(c, path, plan))
        return false;
    tell_train(c, path);
    return true;
}
