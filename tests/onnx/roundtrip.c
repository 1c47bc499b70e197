/* Round trips: the text's graph (A), written as an ONNX model and read again (B), written
* as text and read again (C). Parameters, MACs and outputs must stay the same, and from B to C the arguments
 * of the layers; ONNX Runtime, if installed, must compute the same from the model.
 *
 *     roundtrip WORK ORT|- FILE.cnn...
 *
* One line per network. With "counts" in WORK only the counts are compared; a name that starts with
 * "oneway_" is for a layer that ONNX expresses by other operators, which do not become that layer again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/map.h"
#include "expand/expand.h"
#include "models/onnx/onnx.h"
#include "reference/reference.h"
#include "tests/bench/ort.h"
#include "tests/lib/report.h"
#include "text/write.h"
#include "weights/weights.h"

enum { MAX_ENDS = 16 };

struct network {
    struct graph *graph;
    struct weights *weights;
    struct reference *results;
};

struct trip {
    struct arena *arena;
    struct diag *diag;
    const char *name;
    double *images[MAX_ENDS];
    const char *problem;
};

static bool problem(struct trip *t, const char *text)
{
    t->problem = t->problem ? t->problem : text;
    return false;
}

static bool read_text(struct trip *t, const char *name, const char *bytes, size_t length, struct network *network)
{
    const struct source *source = source_new(t->arena, name, bytes, length);
    diag_set_source(t->diag, source);
    const struct ast *ast = grammar_parse(t->arena, source, t->diag);
    struct expansion *expansion = diag_failed(t->diag)
                                      ? NULL
                                      : expand_network(t->arena, t->diag, source, ast, NULL, NULL, t->name);
    if (!expansion)
        return problem(t, "the text cannot be read");
    expect_graph(t->diag, expansion);
    network->graph = expansion->graph;
    return !diag_failed(t->diag) || problem(t, "the text's expectations are not met");
}

/* Small numbers from an integer generator, the same everywhere; bytes for u8 inputs. */
static void make_images(struct trip *t, const struct graph *graph)
{
    uint32_t state = 12345;
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const struct node *node = graph->inputs.items[i];
        const int64_t count = shape_elements(node->shape);
        t->images[i] = ARENA_ARRAY(t->arena, double, (size_t)count);
        for (int64_t k = 0; k < count; k++) {
            state = state * 1664525u + 1013904223u;
            t->images[i][k] = node->element == ELEMENT_U8 ? state >> 24 : (double)(float)((state >> 8) / 8388608.0 - 1);
        }
    }
}

static bool evaluate(struct trip *t, struct network *network)
{
    network->results = reference_run(network->graph, network->weights, (const double *const *)t->images);
    return network->results || problem(t, "cannot be evaluated");
}

static bool close_enough(const double *a, const double *b, int64_t count, double tolerance)
{
    double largest = 0, worst = 0;
    for (int64_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(a[i]));
        worst = fmax(worst, fabs(a[i] - b[i]));
        if (isnan(b[i]))
            worst = INFINITY;
    }
    return worst <= tolerance * largest + 1e-12;
}

static bool same_counts(struct trip *t, const struct network *a, const struct network *b, const char *which)
{
    if (a->graph->params != b->graph->params || a->graph->macs != b->graph->macs ||
        a->graph->weight_count != b->graph->weight_count)
        return problem(t, arena_printf(t->arena, "%s: %lld parameters, %lld MACs instead of %lld, %lld", which,
                                       (long long)b->graph->params, (long long)b->graph->macs,
                                       (long long)a->graph->params, (long long)a->graph->macs));
    if (a->graph->outputs.count != b->graph->outputs.count || a->graph->inputs.count != b->graph->inputs.count)
        return problem(t, arena_printf(t->arena, "%s: %zu outputs instead of %zu", which, b->graph->outputs.count,
                                       a->graph->outputs.count));
    for (size_t i = 0; i < a->graph->outputs.count; i++)
        if (!shape_equal(a->graph->outputs.items[i].node->shape, b->graph->outputs.items[i].node->shape) ||
            a->graph->outputs.items[i].layout != b->graph->outputs.items[i].layout)
            return problem(t, arena_printf(t->arena, "%s: output %zu has another shape", which, i));
    return true;
}

/* An imported layer and the one it was written from must have the same arguments; for tables and constants, only
 * presence is compared. */
static bool same_argument(const struct argument *argument, const struct layer_args *a, const struct layer_args *b)
{
    if (argument->store != STORE_MATRIX && argument->store != STORE_CHANNELS)
        return argument_equal(argument, a, b);
    const void *x, *y;
    memcpy(&x, argument_value(argument, a), sizeof x);
    memcpy(&y, argument_value(argument, b), sizeof y);
    return !x == !y;
}

/* The first argument in which they differ, or NULL. */
static const char *difference(struct trip *t, const struct node *a, const struct node *b)
{
    size_t count;
    const struct arg_spec *specs = layer_arguments(t->arena, a->kind, &count);
    for (size_t i = 0; i < count; i++)
        if (!same_argument(argument_of(a->kind, specs[i].name), &a->args, &b->args))
            return specs[i].name;
    if (a->args.filters != b->args.filters)
        return "filters";
    return a->args.pool != b->args.pool ? "pool" : NULL;
}

static bool same_arguments(struct trip *t, const struct network *b, const struct network *c)
{
    struct map written = {0};
    for (size_t i = 0; i < c->graph->nodes.count; i++)
        map_set(t->arena, &written, c->graph->nodes.items[i]->name, c->graph->nodes.items[i]);
    for (size_t i = 0; i < b->graph->nodes.count; i++) {
        const struct node *node = b->graph->nodes.items[i], *twin = map_get(&written, node->name);
        if (!twin || twin->kind != node->kind || !shape_equal(twin->shape, node->shape))
            continue; /* the text numbers layers without a label in its own way */
        const char *differs = difference(t, node, twin);
        if (differs)
            return problem(t, arena_printf(t->arena, "%s of %s (%s) is not the same in the model and in its text",
                                           differs, node->name, layer_table[node->kind].keyword));
    }
    return true;
}

static bool same_results(struct trip *t, const struct network *a, const struct network *b, const char *which)
{
    for (size_t i = 0; i < a->graph->outputs.count; i++) {
        const struct node *x = a->graph->outputs.items[i].node, *y = b->graph->outputs.items[i].node;
        if (!close_enough(a->results->tensors[x->id], b->results->tensors[y->id], shape_elements(x->shape), 1e-5))
            return problem(t, arena_printf(t->arena, "%s: output %zu has other numbers", which, i));
    }
    return true;
}

static bool read_model(struct trip *t, const char *path, struct network *network)
{
    const struct onnx_options options = {.name = t->name};
    diag_set_source(t->diag, NULL);
    network->graph = onnx_import(t->arena, t->diag, path, &options, &network->weights);
    return network->graph || problem(t, "the model cannot be read again");
}

static bool text_again(struct trip *t, const struct network *model, const char *stem, struct network *network)
{
    const char *text = graph_to_text(t->arena, t->diag, model->graph), *error;
    const char *numbers = arena_printf(t->arena, "%s.safetensors", stem);
    if (!text)
        return problem(t, "the model cannot be written as text");
    if (!file_write(t->arena, arena_printf(t->arena, "%s.cnn", stem), text, strlen(text), &error))
        return problem(t, error);
    if (!weights_write_safetensors(t->arena, model->weights, model->graph, numbers, &error))
        return problem(t, error);
    if (!read_text(t, "again", text, strlen(text), network))
        return false;
    network->weights = weights_open(t->arena, t->diag, network->graph, numbers, MATCH_NAME);
    return network->weights || problem(t, "the text does not fit the weights that were written with it");
}

/* ---- ONNX Runtime ---- */

static int64_t place(const struct node *node, enum layout layout, int64_t k)
{
    const struct shape s = node->shape;
    return layout == LAYOUT_HWC ? k % s.c * s.h * s.w + k / s.c : k;
}

static void fill_input(const struct node *node, const double *image, const struct ort_tensor *tensor)
{
    for (size_t k = 0; k < tensor->count; k++) {
        const double number = image[place(node, node->args.layout, (int64_t)k)];
        if (tensor->type == ORT_UINT8)
            ((unsigned char *)tensor->data)[k] = (unsigned char)number;
        else
            ((float *)tensor->data)[k] = (float)number;
    }
}

static bool runtime_agrees(struct trip *t, const struct network *a, const char *library, const char *model)
{
    char error[512];
    struct ort_session *session = ort_open(library, model, 1, error, sizeof error);
    if (!session)
        return problem(t, arena_printf(t->arena, "ONNX Runtime: %s", error));
    for (size_t i = 0; i < ort_input_count(session) && i < a->graph->inputs.count; i++)
        fill_input(a->graph->inputs.items[i], t->images[i], ort_input(session, i));
    bool ok = ort_run(session, error, sizeof error) || problem(t, arena_printf(t->arena, "ONNX Runtime: %s", error));
    for (size_t i = 0; ok && i < a->graph->outputs.count; i++) {
        const struct output_tensor *output = &a->graph->outputs.items[i];
        const struct ort_tensor *tensor = ort_output(session, i);
        double *numbers = ARENA_ARRAY(t->arena, double, tensor->count + 1);
        if (tensor->count != (size_t)shape_elements(output->node->shape)) {
            ok = problem(t, "ONNX Runtime: another size of the output");
            break;
        }
        for (size_t k = 0; k < tensor->count; k++)
            numbers[place(output->node, output->layout, (int64_t)k)] = (double)((const float *)tensor->data)[k];
        ok = close_enough(a->results->tensors[output->node->id], numbers, (int64_t)tensor->count, 1e-4) ||
             problem(t, arena_printf(t->arena, "ONNX Runtime: output %zu has other numbers", i));
    }
    ort_close(session);
    return ok;
}

/* For generated.c: the inputs and the evaluator's outputs (ONNX Runtime agrees with them), in the model's order. */
static void put_tensor(FILE *file, const struct node *node, enum layout layout, const double *numbers)
{
    const int64_t count = shape_elements(node->shape);
    fwrite(&count, sizeof count, 1, file);
    for (int64_t k = 0; k < count; k++) {
        const float number = (float)numbers[place(node, layout, k)];
        fwrite(&number, sizeof number, 1, file);
    }
}

static bool write_data(struct trip *t, const struct network *a, const char *path)
{
    FILE *file = fopen(path, "wb");
    int64_t count = (int64_t)a->graph->inputs.count;
    const float share = 1e-4f; /* of the largest number, that results may be off */
    if (!file)
        return problem(t, "the data cannot be written");
    fwrite(&count, sizeof count, 1, file);
    for (size_t i = 0; i < a->graph->inputs.count; i++)
        put_tensor(file, a->graph->inputs.items[i], a->graph->inputs.items[i]->args.layout, t->images[i]);
    count = (int64_t)a->graph->outputs.count;
    fwrite(&count, sizeof count, 1, file);
    for (size_t i = 0; i < a->graph->outputs.count; i++) {
        const struct output_tensor *output = &a->graph->outputs.items[i];
        put_tensor(file, output->node, output->layout, a->results->tensors[output->node->id]);
        fwrite(&share, sizeof share, 1, file);
    }
    return fclose(file) == 0 || problem(t, "the data cannot be written");
}

static bool travel(struct trip *t, const char *path, const char *work, const char *library, bool counts)
{
    struct network a = {0}, b = {0}, c = {0};
    size_t length;
    const char *error, *stem = arena_printf(t->arena, "%s/%s", work, t->name);
    const char *model = arena_printf(t->arena, "%s.onnx", stem);
    const char *text = file_read(t->arena, path, 1 << 24, &length, &error);
    if (!text)
        return problem(t, error);
    if (!read_text(t, path, text, length, &a))
        return false;
    a.weights = weights_initial(t->arena, a.graph, INIT_HE, 7);
    if (!onnx_export(t->arena, t->diag, a.graph, a.weights, NULL, model))
        return problem(t, "cannot be written as a model");
    if (strncmp(t->name, "oneway_", 7) == 0) {
        make_images(t, a.graph);
        bool agrees = evaluate(t, &a) && (strcmp(library, "-") == 0 || runtime_agrees(t, &a, library, model));
        reference_free(a.results);
        return agrees;
    }
    if (!read_model(t, model, &b) || !same_counts(t, &a, &b, "the model") || !text_again(t, &b, stem, &c) ||
        !same_counts(t, &a, &c, "the text") || !same_arguments(t, &b, &c))
        return false;
    if (counts)
        return true;
    make_images(t, a.graph);
    bool ok = evaluate(t, &a) && evaluate(t, &b) && evaluate(t, &c) && same_results(t, &a, &b, "the model") &&
              same_results(t, &a, &c, "the text") &&
              (strcmp(library, "-") == 0 || runtime_agrees(t, &a, library, model)) &&
              write_data(t, &a, arena_printf(t->arena, "%s.data", stem));
    reference_free(a.results);
    reference_free(b.results);
    reference_free(c.results);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    const bool counts = strstr(argv[1], "counts") != NULL;
    const char *what = counts ? "counts there and back" : "there and back";
    for (int i = 3; i < argc; i++) {
        struct trip t = {.arena = arena_new()};
        t.diag = diag_new(t.arena);
        diag_option(t.diag, "-w");
        t.name = path_stem(t.arena, argv[i]);
        if (travel(&t, argv[i], argv[1], argv[2], counts)) {
            report(true, "%s: %s", t.name, what);
        } else {
            report(false, "%s: %s", t.name, what);
            detail("%s", t.problem ? t.problem : "reported errors");
            diag_print(t.diag, stdout, (struct diag_style){false, false, false});
        }
        arena_free(t.arena);
    }
    return failures != 0;
}
