/* --emit=json: the summary for programs, one layer per line. */
#include "base/json_text.h"
#include "base/text.h"
#include "report/report.h"
#include "thin/thin.h"

/* Jumps are whole numbers, except after an UPSAMPLE, where they are fractions. */
static void add_number(struct text *out, double number)
{
    bool fits = number > -1e15 && number < 1e15;
    if (fits && number == (double)(int64_t)number)
        text_printf(out, "%lld", (long long)number);
    else
        text_printf(out, "%.17g", number);
}

/* The tensors that a weight file must hold: neither literals nor another layer's. */
static void add_weights(struct text *out, const struct node *node)
{
    bool first = true;
    text_add(out, ",\"weights\":[");
    for (size_t i = 0; i < (node->shares ? 0 : node->weight_count); i++) {
        const struct weight *weight = &node->weights[i];
        if (weight->literal)
            continue;
        text_add(out, first ? "{\"name\":" : ",{\"name\":");
        json_add_string(out, weight->name);
        text_add(out, ",\"shape\":[");
        for (int k = 0; k < weight->rank; k++)
            text_printf(out, "%s%lld", k ? "," : "", (long long)weight->dims[k]);
        text_add(out, "]}");
        first = false;
    }
    text_add_char(out, ']');
}

static void add_inputs(struct text *out, const struct node *node)
{
    text_add(out, ",\"inputs\":[");
    for (size_t i = 0; i < node->input_count; i++) {
        text_add(out, i ? "," : "");
        json_add_string(out, node->inputs[i]->name);
    }
    text_add_char(out, ']');
}

static void add_layer(struct text *out, const struct graph *graph, const struct node *node)
{
    const struct position at = report_place(graph, node);
    text_add(out, "{\"name\":");
    json_add_string(out, node->name);
    text_printf(out, ",\"kind\":\"%s\",\"family\":\"%s\"", layer_table[node->kind].keyword,
                layer_family_names[layer_table[node->kind].family]);
    add_inputs(out, node);
    text_printf(out, ",\"output\":[%lld,%lld,%lld]", (long long)node->shape.h, (long long)node->shape.w,
                (long long)node->shape.c);
    text_printf(out, ",\"params\":%lld,\"macs\":%lld,\"connections\":%lld", (long long)node->params,
                (long long)node->macs, (long long)node->connections);
    text_printf(out, ",\"receptive_field\":[%lld,%lld],\"jump\":[", (long long)node->field.h, (long long)node->field.w);
    add_number(out, node->jump_h);
    text_add_char(out, ',');
    add_number(out, node->jump_w);
    text_printf(out, "],\"bytes\":%lld", (long long)node->bytes);
    add_weights(out, node);
    if (node->shares) {
        text_add(out, ",\"shares\":");
        json_add_string(out, node->shares->name);
    }
    if (at.line)
        text_printf(out, ",\"line\":%d,\"column\":%d}", at.line, at.column);
    else
        text_add(out, ",\"line\":null,\"column\":null}");
}

static void add_total(struct text *out, const char *name, bool known, int64_t number)
{
    if (known)
        text_printf(out, ",\"%s\":%lld", name, (long long)number);
    else
        text_printf(out, ",\"%s\":null", name);
}

/* What weights that are known leave of the network. */
static void add_thinned(struct text *out, const struct thinned *thinned)
{
    text_printf(out, ",\n\"constant\":{\"channels\":%lld,\"of\":%lld,\"folded\":%lld", (long long)thinned->constant,
                (long long)thinned->channels, (long long)thinned->removed);
    add_total(out, "macs", true, thinned->graph->macs);
    text_add_char(out, '}');
}

void report_json(const struct graph *graph, const struct report_totals *totals, struct text *out)
{
    bool known = totals && totals->has_plan;
    text_add(out, "{\"network\":");
    json_add_string(out, graph->name);
    text_add(out, ",\n\"layers\":[");
    for (size_t i = 0; i < graph->nodes.count; i++) {
        text_add(out, i ? ",\n " : "\n ");
        add_layer(out, graph, graph->nodes.items[i]);
    }
    text_add(out, "\n],\n\"outputs\":[");
    for (size_t i = 0; i < graph->outputs.count; i++) {
        text_add(out, i ? "," : "");
        json_add_string(out, graph->outputs.items[i].name);
    }
    text_printf(out, "],\n\"total\":{\"params\":%lld,\"macs\":%lld,\"connections\":%lld", (long long)graph->params,
                (long long)graph->macs, (long long)graph->connections);
    add_total(out, "weight_bytes", known, known ? totals->weight_bytes : 0);
    if (known && totals->half_bytes)
        add_total(out, "half_bytes", true, totals->half_bytes);
    add_total(out, "arena_bytes", known, known ? totals->arena_bytes : 0);
    if (known && totals->images) {
        add_total(out, "scratch_bytes", true, totals->scratch_bytes);
        add_total(out, "batch", true, totals->images);
    }
    add_total(out, "arena_lower_bound", known, known ? totals->arena_lower_bound : 0);
    text_add_char(out, '}');
    if (totals && totals->thinned)
        add_thinned(out, totals->thinned);
    report_training_json(graph, totals, out);
    text_add(out, "}\n");
}
