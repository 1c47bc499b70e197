/* The pass that compares two networks: the other one is read as the first was, with the same options but for -D and
 * --name. */
#include "report/compare.h"

#include "cli/tell.h"
#include "compilation.h"
#include "passes/outputs.h"
#include "plan/targets.h"

static bool read_other(struct compilation *c, struct compilation *other)
{
    *other = (struct compilation){.arena = c->arena, .diag = c->diag, .options = c->options, .program = c->program};
    other->options.input = c->options.compare;
    other->options.output = NULL;
    other->options.defines = NULL;
    other->options.name = NULL;
    const struct source *source = diag_source(c->diag);
    const char *path = diag_path(c->diag);
    diag_set_source(c->diag, NULL);
    diag_set_path(c->diag, NULL);
    bool done = pass_read(other) && pass_parse(other) && pass_expand(other) && pass_import(other);
    diag_set_source(c->diag, source);
    diag_set_path(c->diag, path);
    return done || compilation_stop(c, other->status);
}

/* Memory is compared where both can be planned. */
static void find_totals(struct compilation *c, struct comparison *comparison)
{
    for (int side = 0; side < 2; side++) {
        struct plan_options options = {.winograd = !c->options.no_winograd,
                                       .separate_pools = c->options.no_fused_pools,
                                       .store = c->options.halves ? ELEMENT_F16 : ELEMENT_F32,
                                       .target = target_named(c->options.target)};
        const struct plan *plan = plan_make(c->arena, diag_new(c->arena), comparison->graphs[side], options);
        if (plan)
            comparison->totals[side] = (struct report_totals){
                .has_plan = true, .weight_bytes = plan->weight_bytes, .arena_bytes = plan->arena_bytes};
    }
}

bool pass_compare(struct compilation *c)
{
    const struct options *o = &c->options;
    struct compilation other;
    const char *error;
    if (!o->compare)
        return true;
    if (!read_other(c, &other))
        return false;
    struct comparison *comparison = compare_graphs(c->arena, c->graph, other.graph, &error);
    if (!comparison) {
        diag_report_file(c->diag, CHECK_LIMIT, NULL, "%s", error);
        return false;
    }
    find_totals(c, comparison);
    struct text out = text_new(c->arena), svg = text_new(c->arena);
    if (!o->emit_given)
        report_compare(comparison, &out);
    else if (o->emit == EMIT_JSON)
        report_compare_json(comparison, &out);
    else if (o->emit == EMIT_SVG)
        report_compare_svg(comparison, &out);
    else {
        c->options.output = output_name(c, ".png");
        report_compare_svg(comparison, &svg);
        if (!report_png(&svg, &out, &error))
            return compilation_file_fault(c, NULL, error);
    }
    if (!output_spares_inputs(c, o->output) || !output_spares(c, o->output, o->compare) ||
        !output_write_text(c, out.bytes, out.length))
        return false;
    tell_report(c);
    return compilation_stop(c, STATUS_DONE);
}
