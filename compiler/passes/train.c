/* The pass that writes training code. */
#include "passes/train.h"

#include <string.h>

#include "cli/tell.h"
#include "emit/train.h"
#include "emit/words.h"
#include "passes/outputs.h"
#include "plan/targets.h"
#include "recipe.h"

static int status_of(enum emit_result result)
{
    return result == EMIT_FAULT ? STATUS_FAULT : result == EMIT_NO_TOOLS ? STATUS_USAGE : STATUS_NETWORK;
}

bool train_write_plan(struct compilation *c, const char *path, const struct train_plan *plan)
{
    struct text source = text_new(c->arena), header = text_new(c->arena);
    const char *header_path = path_with_ending(c->arena, path, ".h");
    struct output_set set = {.count = 0};
    if (!output_can_be_included(header_path))
        return compilation_file_fault(c, header_path, "an #include cannot contain this name: choose another, -o FILE");
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

struct train_plan *train_plan_for(struct compilation *c, struct diag *diag)
{
    struct training *training = training_new(c->arena, diag, c->graph);
    return training ? train_plan_make(c->arena, diag, training, target_named(c->options.target)) : NULL;
}

bool train_write(struct compilation *c, const char *path)
{
    struct train_plan *plan = train_plan_for(c, c->diag);
    return plan && train_write_plan(c, path, plan);
}

uint64_t train_memory_needed(struct compilation *c)
{
    struct train_plan *plan = train_plan_for(c, diag_new(c->arena));
    return plan ? train_plan_bytes(plan, c->graph->recipe->batch, 1) : 0;
}

bool pass_train(struct compilation *c)
{
    const struct options *o = &c->options;
    if (!o->emit_given || o->emit != EMIT_TRAIN)
        return true;
    const char *path = output_name(c, "_train.c");
    if (output_is_standard(path) || path_is_special(path))
        return compilation_file_fault(c, path, "training code goes to files: -o FILE");
    if (!train_write(c, path))
        return false;
    tell_train(c, path);
    return true;
}
