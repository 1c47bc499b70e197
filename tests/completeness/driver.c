/* Checks of every layer that need running code: prints the rows of layers.def and merges.def, and finds which layers
 * lack a part of the compiler.
 *
 *     driver facts                 a row a layer: keyword, shape rule, lowering, which of its kinds, ONNX's operator or
 *                                  NULL, its export rule
 *     driver orders                arguments without a row, and enumerations that do not follow the words of layers.def
 *     driver recipes               arguments of recipes.def without a field, and defaults out of their range
 *     driver layers WORK < GRID    networks as tests/codegen/grid.py writes them, `=== KEYWORD` above each: a line
 *                                  "KEYWORD<tab>place<tab>what" a layer and place where something is missing
 *     driver texts < GRID          networks written as text and read again; lines as above */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/diag.h"
#include "expand/expand.h"
#include "models/onnx/onnx.h"
#include "recipe.h"
#include "reference/reference.h"
#include "text/write.h"
#include "weights/weights.h"

static const struct {
    const char *keyword, *facts;
} rows[LAYER_COUNT] = {
#define SHAPE(rule) #rule
#define OPERATION(lowering, which) "\t" #lowering "\t" #which
#define ONNX(type, rule) "\t" #type "\t" #rule
#define LAYER(keyword, family, arguments, text, shape, operation, onnx) {#keyword, shape operation onnx},
#include "layers.def"
#undef LAYER
#define MERGE(keyword, text, shape, operation, onnx) {#keyword, shape operation onnx},
#include "merges.def"
#undef MERGE
};

struct job {
    struct arena *arena;
    struct diag *diag;
    const char *keyword, *text; /* the network */
};

static void missing(const struct job *job, const char *keyword, const char *place, const char *what)
{
    printf("%s\t%s\t%s\n", keyword, place, what);
    diag_print(job->diag, stderr, (struct diag_style){0});
}

static struct graph *read_text(const struct job *job, const char *text)
{
    const struct source *source = source_new(job->arena, job->keyword, text, strlen(text));
    diag_set_source(job->diag, source);
    const struct ast *ast = grammar_parse(job->arena, source, job->diag);
    struct expansion *expansion = diag_failed(job->diag)
                                      ? NULL
                                      : expand_network(job->arena, job->diag, source, ast, NULL, NULL, "layer");
    return expansion ? expansion->graph : NULL;
}

static const struct node *find(const struct graph *graph, const char *keyword)
{
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (strcmp(layer_table[graph->nodes.items[i]->kind].keyword, keyword) == 0)
            return graph->nodes.items[i];
    return NULL;
}

/* ---- the evaluator ---- */

/* A NaN that no function computes: results start as it, so that one that leaves them unwritten is found. */
static double unwritten(void)
{
    const uint64_t bits = UINT64_C(0x7ff8123456789abc);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static bool evaluate(const struct job *job, const struct graph *graph, const struct weights *weights)
{
    double **results = ARENA_ARRAY(job->arena, double *, graph->nodes.count);
    bool right = true;
    for (size_t n = 0; n < graph->nodes.count; n++) {
        const struct node *node = graph->nodes.items[n];
        const int64_t count = shape_elements(node->shape);
        const double **in = ARENA_ARRAY(job->arena, const double *, node->input_count + 1);
        double *image = ARENA_ARRAY(job->arena, double, (size_t)count), none = unwritten();
        bool written = true;
        results[n] = ARENA_ARRAY(job->arena, double, (size_t)count);
        for (int64_t i = 0; i < count; i++) {
            image[i] = (double)(i * 37 % 101) / 50 - 0.5;
            results[n][i] = none;
        }
        in[0] = image;
        for (size_t i = 0; i < node->input_count; i++)
            in[i] = results[node->inputs[i]->id];
        right = reference_layer(node, weights, in, results[n]) && right;
        for (int64_t i = 0; i < count; i++)
            written = written && memcmp(&results[n][i], &none, sizeof none) != 0;
        right = right && (written || strcmp(layer_table[node->kind].keyword, job->keyword) != 0);
    }
    return right;
}

/* ---- text ---- */

static bool same_numbers(const double *a, const double *b, int64_t count)
{
    return (!a && !b) || (a && b && memcmp(a, b, (size_t)count * sizeof *a) == 0);
}

static bool same_args(const struct node *a, const struct node *b)
{
    struct layer_args x = a->args, y = b->args;
    const struct matrix *m = x.connect, *n = y.connect;
    if (!m != !n || (m && (m->rows != n->rows || m->columns != n->columns ||
                           !same_numbers(m->entries, n->entries, m->rows * m->columns))))
        return false;
    if (!same_numbers(x.mean, y.mean, a->shape.c) || !same_numbers(x.scale, y.scale, a->shape.c))
        return false;
    x.connect = y.connect = NULL;
    x.mean = y.mean = x.scale = y.scale = NULL;
    return memcmp(&x, &y, sizeof x) == 0;
}

static bool same_node(const struct node *a, const struct node *b)
{
    if (a->kind != b->kind || !shape_equal(a->shape, b->shape) || a->element != b->element || a->params != b->params ||
        a->weight_count != b->weight_count || !same_args(a, b))
        return false;
    for (size_t i = 0; i < a->weight_count; i++) {
        const struct weight *v = &a->weights[i], *w = &b->weights[i];
        if (v->role != w->role || v->count != w->count || v->period != w->period ||
            !same_numbers(v->literal, w->literal, v->period))
            return false;
    }
    return true;
}

/* The first layer of `graph` without an equal one in `again`, or NULL. */
static const struct node *lost(const struct job *job, const struct graph *graph, const struct graph *again)
{
    bool *taken = ARENA_ARRAY(job->arena, bool, again->nodes.count + 1);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        size_t k = 0;
        while (k < again->nodes.count && (taken[k] || !same_node(graph->nodes.items[i], again->nodes.items[k])))
            k++;
        if (k == again->nodes.count)
            return graph->nodes.items[i];
        taken[k] = true;
    }
    return NULL;
}

static void check_text(const struct job *job, const struct graph *graph)
{
    char *text = (char *)graph_to_text(job->arena, job->diag, graph);
    if (!text) {
        missing(job, job->keyword, "text", "cannot be written as text");
        return;
    }
    const struct graph *again = read_text(job, text);
    const struct node *node = again ? lost(job, graph, again) : NULL;
    for (char *p = text; (p = strchr(p, '\n'));)
        *p = ' ';
    if (!again)
        missing(job, job->keyword, "text", arena_printf(job->arena, "its text is refused: %s", text));
    else if (node)
        missing(job, layer_table[node->kind].keyword, "text",
                arena_printf(job->arena, "read again, it has other arguments: %s", text));
}

/* ---- a layer ---- */

static void check_onnx(const struct job *job, const struct graph *graph, const struct weights *weights,
                       const char *work)
{
    const char *path = arena_printf(job->arena, "%s/%s.onnx", work, job->keyword);
    const struct onnx_options options = {.name = "layer"};
    struct weights *read = NULL;
    if (!onnx_export(job->arena, job->diag, graph, weights, NULL, path)) {
        missing(job, job->keyword, "export", "cannot be written to ONNX");
        return;
    }
    diag_set_source(job->diag, NULL);
    const struct graph *again = onnx_import(job->arena, job->diag, path, &options, &read);
    if (!again)
        missing(job, job->keyword, "import", "what was written to ONNX cannot be read");
    else if (!find(again, job->keyword))
        missing(job, job->keyword, "import", "written to ONNX and read again, it is other layers");
    else if (!again->recipe || again->recipe->written || again->recipe->heads.count != again->outputs.count)
        missing(job, job->keyword, "import", "a model does not get the default recipe");
}

static void check_layer(const struct job *job, const char *work)
{
    const struct graph *graph = read_text(job, job->text);
    if (!graph || !find(graph, job->keyword)) {
        missing(job, job->keyword, "shape", "its network from tests/codegen/grid.py has no shapes");
        return;
    }
    const struct weights *weights = weights_initial(job->arena, graph, INIT_HE, 7);
    if (!evaluate(job, graph, weights))
        missing(job, job->keyword, "reference", "the evaluator's function leaves results unwritten");
    check_text(job, graph);
    check_onnx(job, graph, weights, work);
}

static void run(const char *title, const char *text, const char *work)
{
    struct job job = {.arena = arena_new(), .keyword = title, .text = text};
    job.diag = diag_new(job.arena);
    if (work) {
        check_layer(&job, work);
    } else {
        const struct graph *graph = read_text(&job, text);
        if (graph) /* a refused one has no text; check_layer reports it */
            check_text(&job, graph);
    }
    arena_free(job.arena);
}

static void run_all(const char *work)
{
    static char title[4096], text[1 << 16], line[1 << 16];
    while (fgets(line, sizeof line, stdin)) {
        if (strncmp(line, "=== ", 4) == 0) {
            if (*text)
                run(title, text, work);
            *text = 0;
            snprintf(title, sizeof title, "%.*s", (int)strcspn(line + 4, "\n"), line + 4);
        } else if (strlen(text) + strlen(line) < sizeof text) {
            strcat(text, line);
        }
    }
    if (*text)
        run(title, text, work);
}

/* ---- orders ---- */

/* The words of an argument must be those of its enumeration, in order: they are bound by position. */
static void check_order(struct arena *arena, enum layer_kind kind, const char *name, const char *words)
{
    size_t count;
    const struct arg_spec *specs = layer_arguments(arena, kind, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(specs[i].name, name) == 0 && specs[i].words && strcmp(specs[i].words, words) == 0)
            return;
    printf("%s(%s) of layers.def is not %s\n", layer_table[kind].keyword, name, words);
}

/* An argument without a row has no place where its value could live: nothing can be made of the layer. */
static void check_rows(struct arena *arena)
{
    for (int kind = 0; kind < LAYER_COUNT; kind++) {
        size_t count;
        const struct arg_spec *specs = layer_arguments(arena, (enum layer_kind)kind, &count);
        for (size_t i = 0; i < count; i++)
            if (!argument_of((enum layer_kind)kind, specs[i].name))
                printf("%s(%s) has no row in compiler/arguments.c\n", layer_table[kind].keyword, specs[i].name);
    }
}

static void check_orders(void)
{
    struct arena *arena = arena_new();
    check_rows(arena);
    const char *pools = "";
    for (int i = 0; i < POOL_KIND_COUNT; i++)
        pools = arena_printf(arena, "%s%s%s", pools, i ? "|" : "", pool_kind_words[i]);
    check_order(arena, LAYER_POOL, "kind", pools);
    check_order(arena, LAYER_INPUT, "layout", LAYOUT_CHW == 0 && LAYOUT_HWC == 1 ? "chw|hwc" : "?");
    check_order(arena, LAYER_INPUT, "type", ELEMENT_F32 == 0 && ELEMENT_U8 == 1 && ELEMENT_S8 == 2 ? "f32|u8|s8" : "?");
    check_order(arena, LAYER_UPSAMPLE, "mode",
                UPSAMPLE_NEAREST == 0 && UPSAMPLE_BILINEAR == 1 ? "nearest|bilinear" : "?");
    check_order(arena, LAYER_SLICE, "axis", AXIS_C == 0 && AXIS_H == 1 && AXIS_W == 2 ? "c|h|w" : "?");
    arena_free(arena);
}

/* ---- recipes ---- */

/* An argument needs a field, and a default that its range allows. */
static void check_argument(const char *word, const struct recipe_argument *argument, const void *field)
{
    const bool number = argument->type == RECIPE_REAL || argument->type == RECIPE_WHOLE;
    if (!field)
        printf("%s(%s) has no field of its type in compiler/recipe.c\n", word, argument->name);
    if (number && argument->fallback && !recipe_in_range(argument, strtod(argument->fallback, NULL)))
        printf("%s(%s): the default %s is out of range\n", word, argument->name, argument->fallback);
    if (number && !(argument->low < argument->high))
        printf("%s(%s): its range is empty\n", word, argument->name);
}

static void check_recipes(void)
{
    struct arena *arena = arena_new();
    struct recipe *recipe = recipe_new(arena);
    size_t count;
    for (int word = 0; word < RECIPE_WORD_COUNT; word++) {
        struct recipe_choice *choice = recipe_choose(arena, recipe, (enum recipe_word)word, (struct span){0, 1});
        const struct recipe_argument *arguments = recipe_arguments(arena, &recipe_table[word], &count);
        for (size_t i = 0; i < count; i++)
            check_argument(recipe_table[word].word, &arguments[i], recipe_field(choice, &arguments[i]));
        if (count > RECIPE_MAX_ARGUMENTS)
            printf("%s has more than RECIPE_MAX_ARGUMENTS arguments\n", recipe_table[word].word);
    }
    for (int i = 0; i < SETTING_COUNT; i++) { /* a label and its weight go into a list */
        const struct recipe_argument *argument = recipe_arguments(arena, &setting_table[i], &count);
        const bool listed = argument->type == RECIPE_LABEL || i == SETTING_weight;
        check_argument(setting_table[i].word, argument, listed ? recipe : recipe_setting_field(recipe, argument));
        if (strcmp(argument->name, setting_table[i].word) != 0 || count != 1)
            printf("the setting %s is not its own only argument\n", setting_table[i].word);
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    if (strcmp(mode, "facts") == 0)
        for (int i = 0; i < LAYER_COUNT; i++)
            printf("%s\t%s\n", rows[i].keyword, rows[i].facts);
    else if (strcmp(mode, "orders") == 0)
        check_orders();
    else if (strcmp(mode, "recipes") == 0)
        check_recipes();
    else if (strcmp(mode, "layers") == 0 && argc == 3)
        run_all(argv[2]);
    else if (strcmp(mode, "texts") == 0)
        run_all(NULL);
    else
        return 2;
    return 0;
}
