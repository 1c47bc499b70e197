/* What NAME_describe returns: facts about a network as JSON. */
#include "base/json_text.h"
#include "elements.h"
#include "library/library.h"
#include "plan/targets.h"
#include "runtime/cnn.h"

/* As data_tables (emit/calls.c) fills struct cnn_tensor. */
static void add_tensor(struct text *out, const struct plan *plan, enum op_kind kind, size_t index, const char *name)
{
    const struct op *op = plan_end(plan, kind, index);
    const struct value *value = kind == OP_INPUT ? op->output : op->inputs.items[0];
    const struct quantisation *q = op->caller_type == ELEMENT_S8 ? value->quantisation : NULL;
    text_add(out, index ? ",{\"name\":" : "{\"name\":");
    json_add_string(out, name);
    text_printf(out, ",\"height\":%lld,\"width\":%lld,\"channels\":%lld,\"layout\":\"%s\",\"type\":\"%s\"",
                (long long)value->shape.h, (long long)value->shape.w, (long long)value->shape.c,
                op->layout == LAYOUT_HWC ? "hwc" : "chw", element_word(op->caller_type));
    text_printf(out, ",\"scale\":%.9g,\"zero_point\":%d}",
                q                                ? (double)q->scale[0]
                : op->caller_type == ELEMENT_S32 ? 1.0
                                                 : 0.0,
                q ? (int)q->zero[0] : 0);
}

void library_describe(const struct emission *emission, struct text *out)
{
    const struct plan *plan = emission->plan;
    const struct graph *graph = plan->graph;
    text_printf(out, "{\"cnnc\":\"%s\",\"abi\":%d,\"name\":", emission->version, CNN_ABI);
    json_add_string(out, graph->name);
    text_printf(out, ",\"symbol\":\"%s\",\"target\":\"%s\",\"plan_hash\":\"%016llx\"", emission->name,
                plan->options.target->name, (unsigned long long)plan->hash);
    text_printf(out, ",\"weights\":{\"bytes\":%lld,\"embedded\":%s},\"memory\":{\"arena\":%lld,\"scratch\":%lld}",
                (long long)plan->weight_bytes, emission->embed ? "true" : "false", (long long)plan->arena_bytes,
                (long long)plan->scratch_bytes);
    if (plan_images(plan) > 1)
        text_printf(out, ",\"batch\":%d", plan_images(plan));
    text_add(out, ",\"inputs\":[");
    for (size_t i = 0; i < graph->inputs.count; i++)
        add_tensor(out, plan, OP_INPUT, i, graph->inputs.items[i]->name);
    text_add(out, "],\"outputs\":[");
    for (size_t i = 0; i < graph->outputs.count; i++)
        add_tensor(out, plan, OP_OUTPUT, i, graph->outputs.items[i].name);
    text_add(out, "]}");
}
