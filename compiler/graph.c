/* Building and finishing a graph. What a layer does to shapes is in shape/. */
#include "graph.h"

#include <stdarg.h>
#include <string.h>

#include "base/checked.h"
#include "recipe.h"

int64_t shape_elements(struct shape shape)
{
    return shape.h * shape.w * shape.c;
}

bool shape_equal(struct shape a, struct shape b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c;
}

const char *shape_text(struct arena *arena, struct shape shape)
{
    return arena_printf(arena, "%lldx%lldx%lld", (long long)shape.h, (long long)shape.w, (long long)shape.c);
}

const char *node_keyword(const struct node *node)
{
    return layer_table[node->kind].keyword;
}

struct message *node_report(struct diag *diag, enum check check, const struct node *node, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (diag_source(diag) && node->span.end > 0)
        return diag_report(diag, check, node->span, "%s", text);
    return diag_report_file(diag, check, NULL, "%s (%s): %s", node->name, node_keyword(node), text);
}

const char *node_text(const struct node *node)
{
    return layer_table[node->kind].text;
}

bool node_is_mark(const struct node *node)
{
    return node->kind == LAYER_OUTPUT;
}

const struct weight *node_weight(const struct node *node, enum weight_role role)
{
    for (size_t i = 0; i < node->weight_count; i++)
        if (node->weights[i].role == role)
            return &node->weights[i];
    return NULL;
}

int64_t common_divisor(int64_t a, int64_t b)
{
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* Neighbours share one input wherever out does not divide i*n, which it does gcd(n, out) times; with n = q*out + r a
 * window that starts and ends inside an input is q + 2 long, and there is one unless r is the gcd. */
struct adaptive_windows adaptive_windows(int64_t n, int64_t out)
{
    int64_t divisor = common_divisor(n, out), rest = n % out;
    return (struct adaptive_windows){n + out - divisor, n / out + (rest == 0 ? 0 : rest == divisor ? 1 : 2)};
}

double weight_literal(const struct weight *weight, int64_t index)
{
    return weight->literal[index % weight->period];
}

struct node *graph_add(struct graph *graph, enum layer_kind kind, const char *name, struct span span,
                       struct node *const *inputs, size_t input_count)
{
    struct node *node = ARENA_NEW(graph->arena, struct node);
    node->id = (int)graph->nodes.count;
    node->kind = kind;
    node->name = name;
    node->span = span;
    node->input_count = input_count;
    node->inputs = ARENA_ARRAY(graph->arena, struct node *, input_count);
    if (input_count)
        memcpy(node->inputs, inputs, input_count * sizeof *inputs);
    VEC_PUSH(graph->arena, &graph->nodes, node);
    if (kind == LAYER_INPUT)
        VEC_PUSH(graph->arena, &graph->inputs, node);
    return node;
}

static void count_readers(struct graph *graph)
{
    for (size_t i = 0; i < graph->nodes.count; i++)
        graph->nodes.items[i]->reader_count = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->input_count; k++)
            graph->nodes.items[i]->inputs[k]->reader_count++;
}

static void add_output(struct graph *graph, struct node *node)
{
    struct output_tensor output = {node, node->name, node->kind == LAYER_OUTPUT ? node->args.layout : LAYOUT_CHW};
    node->is_output = true;
    VEC_PUSH(graph->arena, &graph->outputs, output);
}

static void find_outputs(struct graph *graph)
{
    graph->outputs.count = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        graph->nodes.items[i]->is_output = false;
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (graph->nodes.items[i]->kind == LAYER_OUTPUT)
            add_output(graph, graph->nodes.items[i]);
    if (graph->outputs.count)
        return;
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (graph->nodes.items[i]->reader_count == 0)
            add_output(graph, graph->nodes.items[i]);
}

/* Inputs precede their readers. */
static void find_needed(struct graph *graph)
{
    for (size_t i = 0; i < graph->nodes.count; i++)
        graph->nodes.items[i]->needed = graph->nodes.items[i]->weights_needed = false;
    for (size_t i = 0; i < graph->outputs.count; i++)
        graph->outputs.items[i].node->needed = true;
    for (size_t i = graph->nodes.count; i-- > 0;) {
        struct node *node = graph->nodes.items[i];
        for (size_t k = 0; node->needed && k < node->input_count; k++)
            node->inputs[k]->needed = true;
        if (node->needed)
            graph->nodes.items[node->shares ? node->shares->id : node->id]->weights_needed = true;
    }
}

bool graph_finish(struct graph *graph)
{
    count_readers(graph);
    find_outputs(graph);
    find_needed(graph);
    graph->params = graph->macs = graph->connections = graph->weight_count = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        bool counted = !node->weights_needed || checked_add(graph->params, node->params, &graph->params);
        if (counted && node->needed)
            counted = checked_add(graph->macs, node->macs, &graph->macs) &&
                      checked_add(graph->connections, node->connections, &graph->connections);
        for (size_t k = 0; counted && node->weights_needed && k < node->weight_count; k++)
            counted = checked_add(graph->weight_count, node->weights[k].count, &graph->weight_count);
        if (!counted)
            return false;
    }
    if (!graph->recipe)
        graph->recipe = recipe_new(graph->arena);
    recipe_finish(graph);
    return true;
}
