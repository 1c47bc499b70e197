/* The pass that reports: the summary, the arithmetic of the layers, JSON, pictures. */
#include "report/report.h"

#include <string.h>

#include "cli/tell.h"
#include "compilation.h"
#include "passes/outputs.h"
#include "passes/train.h"
#include "plan/describe.h"
#include "recipe.h"

static struct report_totals totals_of(struct compilation *c)
{
    struct report_totals totals = {.has_plan = c->plan != NULL};
    const bool json = c->options.emit_given && c->options.emit == EMIT_JSON;
    if (c->graph->recipe->written && (c->options.summary || json))
        totals.training_bytes = train_memory_needed(c);
    if (c->plan) {
        totals.thinned = c->thinned;
        totals.weight_bytes = c->plan->weight_bytes;
        totals.half_bytes = plan_half_bytes(c->plan);
        totals.arena_bytes = c->plan->arena_bytes;
        totals.arena_lower_bound = c->plan->arena_lower_bound;
        totals.images = plan_images(c->plan) > 1 ? plan_images(c->plan) : 0;
        totals.scratch_bytes = c->plan->scratch_bytes;
    }
    return totals;
}

/* The plan at one of its stages. */
static void trace(const struct compilation *c, struct text *out)
{
    if (strcmp(c->options.trace, "optimise") == 0)
        op_list_print(c->plan->list, out);
    else if (strcmp(c->options.trace, "plan") == 0)
        plan_print(c->plan, out);
    else
        plan_print_kernels(c->plan, out);
}

/* For --explain: what the plan chose for a layer. */
static const char *code_of(void *data, const struct node *node)
{
    return plan_describe(data, node);
}

/* To the file that -o names if nothing else is written, and to standard output otherwise. */
static bool write_reports(struct compilation *c, const struct text *out)
{
    const char *error;
    if (!compilation_only_reports(c) || output_is_standard(c->options.output))
        return file_write(c->arena, "-", out->bytes, out->length, &error) ||
               compilation_file_fault(c, "standard output", error);
    if (!output_spares_inputs(c, c->options.output) || !output_write_text(c, out->bytes, out->length))
        return false;
    tell_report(c);
    return true;
}

/* --trace, --summary and --explain. */
static bool print_reports(struct compilation *c, const struct report_totals *totals)
{
    const struct options *o = &c->options;
    struct text out = text_new(c->arena);
    const char *error;
    if (o->trace)
        trace(c, &out);
    if (o->summary)
        report_summary(c->graph, totals, REPORT_WIDTH, &out);
    if (o->summary && c->plan && strcmp(c->plan->options.target->name, "cortex-m") == 0)
        text_add(&out, "flash and RAM in all: cnnc --emit=report\n");
    struct report_code code = {code_of, c->plan ? plan_description(c->plan) : NULL};
    if (o->explain && !report_explain(c->graph, o->explain_layer, c->plan ? &code : NULL, &out, &error)) {
        diag_report_file(c->diag, CHECK_LABEL, NULL, "%s", error);
        return false;
    }
    return !out.length || write_reports(c, &out);
}

/* --emit=json, dot, svg and png end the run; the other kinds are later passes'. */
static bool emit_report(struct compilation *c, const struct report_totals *totals)
{
    struct text out = text_new(c->arena), svg = text_new(c->arena);
    const char *error;
    switch (c->options.emit) {
    case EMIT_JSON: report_json(c->graph, totals, &out); break;
    case EMIT_DOT: report_dot(c->graph, &out); break;
    case EMIT_SVG:
        if (!report_svg(c->graph, &out, &error))
            return compilation_file_fault(c, NULL, error);
        break;
    case EMIT_PNG:
        c->options.output = output_name(c, ".png");
        if (!report_svg(c->graph, &svg, &error) || !report_png(&svg, &out, &error))
            return compilation_file_fault(c, NULL, error);
        break;
    default: return true;
    }
    if (!output_spares_inputs(c, c->options.output) || !output_write_text(c, out.bytes, out.length))
        return false;
    tell_report(c);
    return compilation_stop(c, STATUS_DONE);
}

bool pass_report(struct compilation *c)
{
    struct report_totals totals = totals_of(c);
    const bool later = !c->options.emit_given || compilation_learns(c) || c->options.maps.count;
    return print_reports(c, &totals) && (later || emit_report(c, &totals));
}
