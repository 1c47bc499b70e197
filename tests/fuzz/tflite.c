/* Any bytes as a TensorFlow Lite model: imported and, if accepted, checked, reported, planned, and written as text,
 * which must mean the same. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/text.h"
#include "check/check.h"
#include "expand/expand.h"
#include "fuzz.h"
#include "grammar/ast.h"
#include "models/tflite/tflite.h"
#include "plan/plan.h"
#include "plan/targets.h"
#include "report/report.h"
#include "text/write.h"
#include "weights/weights.h"

enum { LARGEST = 1 << 16, MOST_NUMBERS = 1 << 20, MOST_NODES = 300 };

static void read_weights(const struct graph *graph, const struct weights *weights)
{
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->weight_count; k++) {
            const struct weight *weight = &graph->nodes.items[i]->weights[k];
            if (weight->count > MOST_NUMBERS || weights_named_count(weights))
                continue;
            float *values = malloc((size_t)weight->count * sizeof *values + 1);
            if (values && !weights_read(weights, weight, values))
                fuzz_fail("%s cannot be read", weight->name);
            free(values);
        }
}

static const struct node *named(const struct graph *graph, const char *name)
{
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (strcmp(graph->nodes.items[i]->name, name) == 0)
            return graph->nodes.items[i];
    return NULL;
}

/* Layers with weights, and those whose results have scales, keep their names and shapes in the text. */
static void write_text(struct arena *arena, const struct graph *graph)
{
    struct diag *diag = diag_new(arena);
    const char *text = graph_to_text(arena, diag, graph);
    if (!text)
        return;
    const struct source *source = source_new(arena, "text", text, strlen(text));
    diag_set_source(diag, source);
    const struct ast *ast = grammar_parse(arena, source, diag);
    const struct expansion *again = ast && !diag_failed(diag)
                                        ? expand_network(arena, diag, source, ast, NULL, NULL, "net")
                                        : NULL;
    if (!again)
        fuzz_fail("the text cannot be read:\n%s", text);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (!node->weight_count && !(node->keeps_name && !layer_is_merge(node->kind)))
            continue;
        const struct node *other = named(again->graph, node->name);
        if (!node->shares && (!other || other->kind != node->kind || !shape_equal(other->shape, node->shape)))
            fuzz_fail("%s is another layer in the text:\n%s", node->name, text);
    }
}

static void use(struct arena *arena, struct diag *diag, const struct graph *graph, const struct weights *weights)
{
    struct text out = text_new(arena);
    struct report_totals totals = {0};
    const char *error;
    check_graph(arena, diag, graph);
    report_summary(graph, &totals, REPORT_WIDTH, &out);
    report_json(graph, &totals, &out);
    report_dot(graph, &out);
    if (!report_explain(graph, NULL, NULL, &out, &error))
        fuzz_fail("nothing explained: %s", error);
    read_weights(graph, weights);
    if (graph->nodes.count > MOST_NODES)
        return;
    write_text(arena, graph);
    static const char *const targets[] = {"c99", "x86-64"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct plan_options options = {.target = target_named(targets[i]), .winograd = true};
        if (!plan_make(arena, diag, graph, options) && !diag_failed(diag))
            fuzz_fail("no plan, and no message");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    if (size > LARGEST)
        return 0;
    const char *path = fuzz_file(data, size, ".tflite");
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    struct weights *weights = NULL;
    bool integers;
    struct graph *graph = tflite_import(arena, diag, path, NULL, &weights, &integers);
    if (!graph && !diag_failed(diag))
        fuzz_fail("refused without a message");
    if (graph)
        use(arena, diag, graph, weights);
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere) {
        diag_print(diag, nowhere, (struct diag_style){.remarks = true});
        fclose(nowhere);
    }
    if (weights)
        weights_close(weights);
    arena_free(arena);
    return 0;
}
