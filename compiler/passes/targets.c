/* The pass of --emit=report: plans for each target and type of numbers, side by side. */
#include "report/resources.h"

#include <string.h>

#include "cli/tell.h"
#include "compilation.h"
#include "emit/emit.h"
#include "emit/estimate.h"
#include "emit/words.h"
#include "passes/outputs.h"
#include "plan/targets.h"
#include "quantise/suppose.h"
#include "thin/thin.h"

static const char *const targets[] = {"c99", "cortex-m"};
enum { TARGETS = sizeof targets / sizeof *targets, TYPES = 2 };

/* What the caller holds. */
static int64_t ends_of(const struct plan *plan, enum op_kind kind)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < plan->list->ops.count; i++) {
        const struct op *op = plan->list->ops.items[i];
        if (op->kind != kind)
            continue;
        const struct value *value = kind == OP_INPUT ? op->output : op->inputs.items[0];
        bytes += value->batch * shape_elements(value->shape) * element_bytes(op->caller_type);
    }
    return bytes;
}

static struct plan_options options_of(const struct compilation *c, const char *target, const struct types *types)
{
    return (struct plan_options){.target = target_named(target),
                                 .types = types,
                                 .store = c->options.halves && !types ? ELEMENT_F16 : ELEMENT_F32,
                                 .winograd = !c->options.no_winograd,
                                 .separate_pools = c->options.no_fused_pools};
}

static bool fill(struct compilation *c, const struct plan *plan, struct resources_row *row)
{
    struct text source = text_new(c->arena), header = text_new(c->arena);
    const struct emission emission = {.arena = c->arena,
                                      .diag = c->diag,
                                      .plan = plan,
                                      .name = emit_identifier(c->arena, c->graph->name),
                                      .header_name = "net.h",
                                      .version = CNNC_VERSION,
                                      .program = c->program};
    const enum emit_result result = emit_c(&emission, &source, &header);
    if (result != EMIT_DONE)
        return compilation_stop(c, result == EMIT_NO_TOOLS ? STATUS_USAGE : STATUS_FAULT);
    row->code = estimate_code(source.bytes);
    row->weights = plan->weight_bytes;
    row->arena = plan->arena_bytes;
    row->scratch = plan->scratch_bytes;
    row->inputs = ends_of(plan, OP_INPUT);
    row->outputs = ends_of(plan, OP_OUTPUT);
    return true;
}

/* The types of integers: the file's, or those that --quantize would find. */
static const struct types *integers_of(struct compilation *c)
{
    if (c->types)
        return c->types;
    const struct plan_options options = {.target = target_named(NULL), .separate = true, .separate_pools = true};
    const struct plan *plan = plan_make(c->arena, diag_new(c->arena), c->graph, options);
    return plan ? types_suppose(c->arena, c->graph, plan->list) : NULL;
}

bool pass_targets(struct compilation *c)
{
    struct resources_row rows[TARGETS * TYPES];
    struct text out = text_new(c->arena);
    const char *path = c->options.output;
    const size_t length = path ? strlen(path) : 0;
    if (!c->options.emit_given || c->options.emit != EMIT_REPORT)
        return true;
    const struct types *types = integers_of(c);
    for (int i = 0; i < TARGETS * TYPES; i++) {
        const bool integers = i % TYPES;
        rows[i] = (struct resources_row){.target = targets[i / TYPES], .type = integers ? "int8" : "float32"};
        if (integers && !types) {
            rows[i].missing = c->graph->inputs.count == 1 ? "too large, or --quantize finds no layer for integers"
                                                          : "--quantize of several inputs is not supported yet";
            continue;
        }
        /* Weights that are given are of one type, and may leave channels constant. */
        const bool thin = c->thinned && integers == (c->types != NULL);
        struct plan_options options = options_of(c, rows[i].target, integers ? types : NULL);
        options.types = thin ? c->thinned->types : options.types;
        options.thinned = thin ? c->thinned : NULL;
        const struct plan *plan = plan_make(c->arena, c->diag, thin ? compilation_planned(c) : c->graph, options);
        if (!plan || !fill(c, plan, &rows[i]))
            return false;
    }
    if (length > 5 && strcmp(path + length - 5, ".json") == 0)
        report_resources_json(c->graph, rows, TARGETS * TYPES, &out);
    else
        report_resources(c->graph, rows, TARGETS * TYPES, &out);
    if (!output_spares_inputs(c, path) || !output_write_text(c, out.bytes, out.length))
        return false;
    tell_report(c);
    return compilation_stop(c, STATUS_DONE);
}
