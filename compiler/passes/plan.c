/* The pass that plans: operations, kernels, layouts, memory. Reports and budgets need its numbers too. */
#include <string.h>

#include "compilation.h"
#include "plan/describe.h"
#include "plan/targets.h"
#include "thin/thin.h"
#include "tune/profile.h"

bool compilation_wants_plan(const struct compilation *c)
{
    const struct options *o = &c->options;
    return compilation_wants_code(c) || o->summary || o->explain || o->trace || (o->check && o->target) ||
           (o->emit_given && o->emit == EMIT_JSON && !compilation_learns(c)) ||
           (c->expansion && expect_needs_plan(c->expansion));
}

static bool follows_tuning(struct compilation *c)
{
    const struct tuned *tuned;
    const struct ways *ways = tuning_unfit(c->plan, &tuned);
    struct text names = text_new(c->arena);
    if (!ways)
        return true;
    for (size_t i = 0; i < ways->count; i++)
        text_printf(&names, "%s%s", i ? ", " : "", ways->names[i]);
    struct message *message = diag_report_file(c->diag, CHECK_FILE, c->options.tune_file,
                                               "line %d: %s cannot be computed by '%.60s'", tuned->line, ways->layer,
                                               tuned->way);
    message_help(message, "it can be by %s%s", names.bytes,
                 c->options.no_winograd ? "; --no-winograd leaves out Winograd's algorithm" : "");
    return compilation_stop(c, STATUS_USAGE);
}

/* What calling the network takes: its own memory, and the caller's for inputs and outputs. */
static int64_t ram_of(const struct plan *plan)
{
    int64_t bytes = plan->arena_bytes + plan->scratch_bytes;
    for (size_t i = 0; i < plan->list->ops.count; i++) {
        const struct op *op = plan->list->ops.items[i];
        const struct value *end = op->kind == OP_INPUT    ? op->output
                                  : op->kind == OP_OUTPUT ? op->inputs.items[0]
                                                          : NULL;
        if (end)
            bytes += plan_images(plan) * end->batch * shape_elements(end->shape) * element_bytes(op->caller_type);
    }
    return bytes;
}

/* The target, with what --tune=machine found out about this one. A file of --tune names its target, and gives the same
 * C anywhere: so do the programs that it times. */
static const struct target *target_of(struct compilation *c)
{
    const struct target *target = target_named(c->options.target);
    const bool native = c->options.target && strcmp(c->options.target, "native") == 0;
    return native && !c->options.tune ? profile_apply(c->arena, c->diag, target) : target;
}

/* The tensors of all images. */
static bool fits_batch(struct compilation *c)
{
    const long long bytes = (long long)c->plan->arena_bytes, most = INT32_MAX;
    if (plan_images(c->plan) == 1 || bytes <= most)
        return true;
    struct message *message = diag_report_file(
        c->diag, CHECK_LIMIT, NULL, "--batch=%d: the tensors of all images take %s bytes; the limit is %s",
        c->options.batch, text_thousands(c->arena, bytes), text_thousands(c->arena, most));
    message_help(message, "take fewer images in a call");
    return compilation_stop(c, STATUS_USAGE);
}

bool pass_plan(struct compilation *c)
{
    struct plan_options options = {
        .winograd = !c->options.no_winograd, .separate_pools = c->options.no_fused_pools, .tuning = c->tuning};
    if (!compilation_wants_plan(c))
        return true;
    options.target = target_of(c);
    if (!options.target)
        return compilation_stop(c, STATUS_USAGE);
    options.batch = c->options.batch;
    options.types = c->thinned ? c->thinned->types : c->types;
    options.thinned = c->thinned;
    options.store = c->options.halves ? ELEMENT_F16 : ELEMENT_F32;
    c->plan = plan_make(c->arena, c->diag, compilation_planned(c), options);
    if (!c->plan || !follows_tuning(c) || !fits_batch(c))
        return false;
    plan_warn_slow(c->plan, c->diag);
    if (c->expansion)
        expect_plan(c->diag, c->expansion, ram_of(c->plan), c->plan->weight_bytes);
    return !diag_failed(c->diag);
}
