/* --explain: where every number of a layer comes from. The formulas come from formula.c; this file
 * compares them with what the shape rules found, and lays them out. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/formula.h"
#include "report/report.h"

struct page {
    const struct graph *graph;
    const struct report_code *code;
    struct arena *arena;
    struct text *out;
};

static void row(struct page *page, const char *what, const char *text)
{
    text_printf(page->out, "  %-17s%s\n", what, text);
}

static const char *thousands(struct page *page, int64_t number)
{
    return text_thousands(page->arena, (long long)number);
}

/* "left side = 1,234 unit", or the number alone where no formula gives it. */
static const char *equation(struct page *page, struct formula formula, int64_t number)
{
    const char *result = thousands(page, number);
    bool informative = formula.text && formula.value == number && strpbrk(formula.text, "+-*/") != NULL;
    return informative ? arena_printf(page->arena, "%s = %s", formula.text, result) : result;
}

static const char *origin(struct page *page, const struct node *node)
{
    int line = report_line(page->graph, node);
    const char *name = text_clean(page->arena, node->name);
    return line ? arena_printf(page->arena, "%s, line %d", name, line) : name;
}

static void add_inputs(struct page *page, const struct node *node)
{
    for (size_t i = 0; i < node->input_count; i++) {
        const struct node *input = node->inputs[i];
        const char *shape = shape_text(page->arena, input->shape);
        row(page, i ? "" : "input", arena_printf(page->arena, "%s from %s", shape, origin(page, input)));
    }
}

static void add_shape(struct page *page, const struct node *node)
{
    struct formula h = formula_extent(page->arena, node, FORMULA_H), w = formula_extent(page->arena, node, FORMULA_W);
    struct formula maps = formula_maps(page->arena, node);
    const char *rows = formula_adaptive(page->arena, node, FORMULA_H);
    if (rows) {
        row(page, "windows", rows);
        row(page, "", formula_adaptive(page->arena, node, FORMULA_W));
    }
    if (h.text && h.value == node->shape.h)
        row(page, "height", equation(page, h, node->shape.h));
    if (w.text && w.value == node->shape.w)
        row(page, "width", equation(page, w, node->shape.w));
    if (maps.text && maps.value == node->shape.c)
        row(page, "channels", equation(page, maps, node->shape.c));
    else if (layer_table[node->kind].family == FAMILY_CONVOLUTION)
        row(page, "channels", arena_printf(page->arena, "%lld, one per filter", (long long)node->shape.c));
    if (layer_is_merge(node->kind) && node->kind != LAYER_CONCAT)
        row(page, "shape", "common to the inputs; an input of size 1 along a side is repeated along it");
    row(page, "output", shape_text(page->arena, node->shape));
}

/* Beside a convolution's parameters: what connecting every input with every output would take. */
static void add_dense(struct page *page, const struct node *node)
{
    struct formula dense = formula_dense(page->arena, node);
    if (!dense.text || node->params < 1 || dense.value <= node->params)
        return;
    double ratio = (double)dense.value / (double)node->params;
    const char *more = ratio < 9.95 ? arena_printf(page->arena, "%.1f", ratio)
                                    : thousands(page, (int64_t)(ratio + 0.5));
    row(page, "fully connected",
        arena_printf(page->arena, "%s between the same volumes, %s times as many", equation(page, dense, dense.value),
                     more));
}

static void add_params(struct page *page, const struct node *node)
{
    if (node->shares) {
        row(page, "parameters", arena_printf(page->arena, "shared with %s, counted there", origin(page, node->shares)));
        return;
    }
    if (node->params)
        row(page, "parameters", equation(page, formula_params(page->arena, node), node->params));
    add_dense(page, node);
    for (size_t i = 0; i < node->weight_count; i++)
        if (!node->weights[i].trainable)
            row(page, "not trained",
                arena_printf(page->arena, "%s, %s numbers%s", text_clean(page->arena, node->weights[i].name),
                             thousands(page, node->weights[i].count),
                             node->weights[i].literal ? ", written in the text" : ""));
}

static const char *field_text(struct page *page, const struct node *node, enum formula_axis axis)
{
    int64_t field = axis == FORMULA_H ? node->field.h : node->field.w;
    double jump = axis == FORMULA_H ? node->jump_h : node->jump_w;
    struct formula step = formula_step(page->arena, node, axis);
    const char *text = equation(page, formula_field(page->arena, node, axis), field);
    if (!step.text || (double)step.value != jump)
        return text;
    return arena_printf(page->arena, "%s; one step is %s = %lld pixel%s", text, step.text, (long long)step.value,
                        step.value == 1 ? "" : "s");
}

static bool field_is_news(const struct node *node)
{
    const struct node *from = formula_widest_input(node);
    return from && (from->field.h != node->field.h || from->field.w != node->field.w || from->jump_h != node->jump_h ||
                    from->jump_w != node->jump_w);
}

static void add_field(struct page *page, const struct node *node)
{
    const char *h = field_text(page, node, FORMULA_H), *w = field_text(page, node, FORMULA_W);
    if (layer_is_merge(node->kind))
        row(page, "receptive field",
            arena_printf(page->arena, "%lldx%lld, the largest among the inputs", (long long)node->field.h,
                         (long long)node->field.w));
    else if (!field_is_news(node))
        return;
    else if (strcmp(h, w) == 0)
        row(page, "receptive field", h);
    else {
        row(page, "receptive field", arena_printf(page->arena, "height %s", h));
        row(page, "", arena_printf(page->arena, "width %s", w));
    }
}

static void add_counts(struct page *page, const struct node *node)
{
    add_params(page, node);
    if (node->macs)
        row(page, "MACs", equation(page, formula_macs(page->arena, node), node->macs));
    if (node->connections)
        row(page, "connections", equation(page, formula_connections(page->arena, node), node->connections));
    add_field(page, node);
    int64_t elements = shape_elements(node->shape);
    int64_t size = elements ? node->bytes / elements : 0;
    row(page, "memory",
        arena_printf(page->arena, "%lld*%lld*%lld * %lld = %s bytes", (long long)node->shape.h,
                     (long long)node->shape.w, (long long)node->shape.c, (long long)size,
                     thousands(page, node->bytes)));
}

static void add_code(struct page *page, const struct node *node)
{
    const char *text = page->code && page->code->text ? page->code->text(page->code->data, node) : NULL;
    const char *what = "code";
    for (; text && *text; what = "") {
        size_t length = strcspn(text, "\n");
        row(page, what, arena_copy(page->arena, text, length));
        text += length + (text[length] == '\n');
    }
}

static void add_node(struct page *page, const struct node *node)
{
    int line = report_line(page->graph, node);
    text_printf(page->out, "%s: %s", text_clean(page->arena, node->name), report_call(page->arena, node));
    if (line)
        text_printf(page->out, ", line %d", line);
    text_add_char(page->out, '\n');
    if (node->kind != LAYER_INPUT && layer_table[node->kind].family != FAMILY_CONVOLUTION)
        row(page, "computes", layer_table[node->kind].text);
    add_inputs(page, node);
    add_shape(page, node);
    add_counts(page, node);
    add_code(page, node);
}

/* From the image to the layer, along the inputs that see the most. */
static void add_field_steps(struct page *page, const struct node *node)
{
    struct VEC(const struct node *) path = {0};
    for (const struct node *at = node; at; at = formula_widest_input(at))
        VEC_PUSH(page->arena, &path, at);
    text_add(page->out, "\nreceptive field, step by step (one side)\n");
    for (size_t i = path.count; i-- > 0;) {
        const struct node *at = path.items[i];
        if (at->input_count == 0 || (field_is_news(at) && !layer_is_merge(at->kind)))
            text_printf(page->out, "  %-28s %s\n", text_clean(page->arena, at->name), field_text(page, at, FORMULA_H));
    }
}

/* "156 + 2,416 + ... = 61,706" where the terms fit on a line or two. */
static void add_sum(struct page *page, const char *what, size_t offset, int64_t total)
{
    enum { MOST_TERMS = 10 };
    const bool weights = offset == offsetof(struct node, params);
    struct text sum = text_new(page->arena);
    int terms = 0;
    for (size_t i = 0; i < page->graph->nodes.count; i++) {
        const struct node *node = page->graph->nodes.items[i];
        int64_t term;
        memcpy(&term, (const char *)node + offset, sizeof term);
        if (term && (weights ? node->weights_needed : node->needed) && ++terms <= MOST_TERMS)
            text_printf(&sum, "%s%s", terms > 1 ? " + " : "", thousands(page, term));
    }
    if (terms > 1 && terms <= MOST_TERMS)
        row(page, what, arena_printf(page->arena, "%s = %s", sum.bytes, thousands(page, total)));
    else
        row(page, what, thousands(page, total));
}

static void add_all(struct page *page)
{
    for (size_t i = 0; i < page->graph->nodes.count; i++) {
        add_node(page, page->graph->nodes.items[i]);
        text_add_char(page->out, '\n');
    }
    text_printf(page->out, "%s in all\n", text_clean(page->arena, page->graph->name));
    add_sum(page, "parameters", offsetof(struct node, params), page->graph->params);
    add_sum(page, "MACs", offsetof(struct node, macs), page->graph->macs);
    add_sum(page, "connections", offsetof(struct node, connections), page->graph->connections);
}

static bool ends_with(const char *name, const char *end)
{
    size_t n = strlen(name), m = strlen(end);
    return n > m && strcmp(name + n - m, end) == 0 && name[n - m - 1] == '.';
}

/* By full name, else by the end of a name if only one matches ("conv2" of "layer1.0.conv2"). */
static const struct node *find_layer(const struct graph *graph, const char *name, int *found)
{
    const struct node *match = NULL;
    *found = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (strcmp(node->name, name) == 0) {
            *found = 1;
            return node;
        }
        if (ends_with(node->name, name)) {
            match = node;
            ++*found;
        }
    }
    return *found == 1 ? match : NULL;
}

static const char *not_found(struct arena *arena, const struct graph *graph, const char *layer, int found)
{
    const char *clean = text_clean(arena, layer);
    if (found > 1)
        return arena_printf(arena, "%d layers are called '%s': write the full name", found, clean);
    const char **names = ARENA_ARRAY(arena, const char *, graph->nodes.count + 1);
    for (size_t i = 0; i < graph->nodes.count; i++)
        names[i] = graph->nodes.items[i]->name;
    const char *near = text_nearest(layer, names, graph->nodes.count);
    return near ? arena_printf(arena, "no layer '%s'; did you mean '%s'?", clean, text_clean(arena, near))
                : arena_printf(arena, "no layer '%s'; --summary lists the names", clean);
}

bool report_explain(const struct graph *graph, const char *layer, const struct report_code *code, struct text *out,
                    const char **error)
{
    struct page page = {graph, code, out->arena, out};
    if (!layer) {
        add_all(&page);
        return true;
    }
    int found;
    const struct node *node = find_layer(graph, layer, &found);
    if (!node) {
        *error = not_found(out->arena, graph, layer, found);
        return false;
    }
    add_node(&page, node);
    add_field_steps(&page, node);
    return true;
}
