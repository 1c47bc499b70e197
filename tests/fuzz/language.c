/* Any bytes as a text: scanned, parsed, expanded, checked, planned for every target, reported in every form, and
 * written from its graph. A valid text must format to a valid text with the same recipe, which formats to itself. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/text.h"
#include "check/check.h"
#include "expand/expand.h"
#include "fuzz.h"
#include "plan/describe.h"
#include "plan/targets.h"
#include "report/format.h"
#include "report/picture.h"
#include "report/report.h"
#include "text/write.h"

enum { LARGEST = 1 << 14, MOST_NODES_PLANNED = 300 };

struct compiled {
    struct ast *ast;
    struct expansion *expansion;
};

static struct compiled compile(struct arena *arena, struct diag *diag, const struct source *source)
{
    struct compiled c = {0};
    diag_set_source(diag, source);
    c.ast = grammar_parse(arena, source, diag);
    if (!diag_failed(diag))
        c.expansion = expand_network(arena, diag, source, c.ast, NULL, NULL, "network");
    if (!c.expansion && !diag_failed(diag))
        fuzz_fail("refused without a message");
    if (!c.expansion)
        return c;
    check_graph(arena, diag, c.expansion->graph);
    expect_graph(diag, c.expansion);
    return c;
}

static void report(struct arena *arena, const struct graph *graph, const struct report_totals *totals)
{
    struct text out = text_new(arena);
    const char *error;
    report_summary(graph, totals, REPORT_WIDTH, &out);
    report_json(graph, totals, &out);
    report_dot(graph, &out);
    picture_draw(graph, &out);
    if (!report_explain(graph, NULL, NULL, &out, &error))
        fuzz_fail("nothing explained: %s", error);
}

static void plan(struct arena *arena, struct diag *diag, const struct expansion *expansion)
{
    static const char *const targets[] = {"c99", "x86-64", "avx512", "neon"};
    if (expansion->graph->nodes.count > MOST_NODES_PLANNED)
        return;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct plan_options options = {.target = target_named(targets[i]), .winograd = true};
        struct plan *made = plan_make(arena, diag, expansion->graph, options);
        struct text out = text_new(arena);
        if (!made && !diag_failed(diag))
            fuzz_fail("no plan, and no message");
        if (!made)
            return;
        if (made->arena_bytes < made->arena_lower_bound || made->arena_lower_bound < 0 || made->weight_bytes < 0)
            fuzz_fail("an arena of %lld bytes, at least %lld", (long long)made->arena_bytes,
                      (long long)made->arena_lower_bound);
        plan_print(made, &out);
        expect_plan(diag, expansion, made->arena_bytes + made->scratch_bytes, made->weight_bytes);
    }
}

/* The canonical text means the same, and is its own canonical text. */
static void format(struct arena *arena, const struct source *source, const struct compiled *c)
{
    const char *once = report_format(arena, source, c->ast);
    const struct source *again = source_new(arena, "formatted", once, strlen(once));
    struct diag *diag = diag_new(arena);
    struct compiled other = compile(arena, diag, again);
    if (!other.expansion)
        fuzz_fail("the canonical text is refused:\n%s", once);
    const struct graph *a = c->expansion->graph, *b = other.expansion->graph;
    if (a->nodes.count != b->nodes.count || a->params != b->params || a->macs != b->macs ||
        a->connections != b->connections)
        fuzz_fail("the canonical text means something else:\n%s", once);
    struct text recipe = text_new(arena), its = text_new(arena);
    report_training_json(a, NULL, &recipe);
    report_training_json(b, NULL, &its);
    if (recipe.length != its.length || (recipe.length && strcmp(recipe.bytes, its.bytes) != 0))
        fuzz_fail("the canonical text has another recipe:\n%s", once);
    const char *twice = report_format(arena, again, other.ast);
    if (strcmp(once, twice) != 0)
        fuzz_fail("formatting again changes the text:\n%s\n--- and then\n%s", once, twice);
}

static void print(const struct diag *diag)
{
    FILE *nowhere = fopen("/dev/null", "w");
    if (!nowhere)
        return;
    diag_print(diag, nowhere, (struct diag_style){.remarks = true, .color = true});
    diag_print(diag, nowhere, (struct diag_style){.remarks = true, .json = true});
    fclose(nowhere);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    if (size > LARGEST)
        return 0;
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    const struct source *source = source_new(arena, "input.cnn", arena_copy(arena, (const char *)data, size), size);
    struct compiled c = compile(arena, diag, source);
    if (c.expansion) {
        struct report_totals totals = {0};
        report(arena, c.expansion->graph, &totals);
        if (c.expansion->graph->nodes.count <= MOST_NODES_PLANNED)
            graph_to_text(arena, diag_new(arena), c.expansion->graph);
        format(arena, source, &c);
        plan(arena, diag, c.expansion);
    }
    print(diag);
    arena_free(arena);
    return 0;
}
