/* Any bytes as an ONNX model: imported and, if accepted, checked, reported, planned, and written as ONNX
 * again. */
#include <stdlib.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/text.h"
#include "check/check.h"
#include "fuzz.h"
#include "models/onnx/onnx.h"
#include "plan/plan.h"
#include "plan/targets.h"
#include "quantise/types.h"
#include "report/report.h"
#include "weights/weights.h"

enum { LARGEST = 1 << 16, MOST_NUMBERS = 1 << 20, MOST_NODES_PLANNED = 300 };

static void read_weights(const struct graph *graph, const struct weights *weights)
{
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->weight_count; k++) {
            const struct weight *weight = &graph->nodes.items[i]->weights[k];
            if (weight->count > MOST_NUMBERS)
                continue;
            float *values = malloc((size_t)weight->count * sizeof *values + 1);
            if (values && !weights_read(weights, weight, values))
                fuzz_fail("%s cannot be read", weight->name);
            free(values);
        }
}

/* Writing a model takes time and memory in proportion to its tensors. */
static bool is_small(const struct graph *graph)
{
    int64_t numbers = graph->weight_count;
    for (size_t i = 0; i < graph->nodes.count && numbers < MOST_NUMBERS; i++)
        numbers += shape_elements(graph->nodes.items[i]->shape);
    return numbers < MOST_NUMBERS;
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
    const struct types *types = NULL;
    if (types_are_quantised(weights))
        types = types_find(arena, diag, graph, weights, "model");
    else
        read_weights(graph, weights);
    if (types_are_quantised(weights) && !types) {
        if (!diag_failed(diag))
            fuzz_fail("integers refused without a message");
        return;
    }
    if (is_small(graph))
        onnx_export(arena, diag, graph, weights, types, "/dev/null");
    if (graph->nodes.count > MOST_NODES_PLANNED)
        return;
    static const char *const targets[] = {"c99", "x86-64"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct plan_options options = {.target = target_named(targets[i]), .winograd = true, .types = types};
        if (!plan_make(arena, diag, graph, options) && !diag_failed(diag))
            fuzz_fail("no plan, and no message");
    }
}

static void import(const char *path, const struct onnx_options *options)
{
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    struct weights *weights = NULL;
    struct graph *graph = onnx_import(arena, diag, path, options, &weights);
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
}

/* Is there a string "N", as the name of a dimension would be? */
static bool names_n(const uint8_t *data, size_t size)
{
    for (size_t i = 1; i < size; i++)
        if (data[i - 1] == 1 && data[i] == 'N')
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct onnx_dimension dimension = {"N", 1};
    struct onnx_options options = {.name = NULL}, with_n = {.dimensions = &dimension, .dimension_count = 1};
    fuzz_begin();
    if (size > LARGEST)
        return 0;
    const char *path = fuzz_file(data, size, ".onnx");
    import(path, &options);
    if (names_n(data, size))
        import(path, &with_n);
    return 0;
}
