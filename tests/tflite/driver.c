/* What the suite asks cnnc's library:
 *
 *     driver evaluate LIST      a line is MODEL DATA: the model is imported and evaluated in double precision on the
 *                               floats in DATA, all inputs one after another as the file has them; DATA.out gets the
 *                               results as doubles, in the same way, or DATA.why the reason for which there are none
 *     driver graph TEXT         the layers of a network's text, one a line */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "expand/expand.h"
#include "grammar/ast.h"
#include "models/tflite/tflite.h"
#include "reference/reference.h"
#include "weights/weights.h"

static void *need(void *pointer)
{
    if (!pointer) {
        fprintf(stderr, "driver: out of memory, or a file is missing\n");
        exit(2);
    }
    return pointer;
}

static FILE *open_file(const char *path, const char *ending, const char *mode)
{
    char name[4096];
    snprintf(name, sizeof name, "%s%s", path, ending);
    return need(fopen(name, mode));
}

/* Number i of a tensor whose channels lie last or first, as the evaluator counts. */
static int64_t place(struct shape s, enum layout layout, int64_t i)
{
    return layout == LAYOUT_CHW ? i : i % s.c * s.h * s.w + i / s.c;
}

static double *read_input(const struct node *input, FILE *data)
{
    const int64_t count = shape_elements(input->shape);
    double *numbers = need(calloc((size_t)count, sizeof *numbers));
    for (int64_t i = 0; i < count; i++) {
        float number = 0;
        if (fread(&number, sizeof number, 1, data) != 1) {
            fprintf(stderr, "driver: the data end too early\n");
            exit(2);
        }
        numbers[place(input->shape, input->args.layout, i)] = (double)number;
    }
    return numbers;
}

static void evaluate(const struct graph *graph, const struct weights *weights, const char *path)
{
    double **inputs = need(calloc(graph->inputs.count + 1, sizeof *inputs));
    FILE *data = open_file(path, "", "rb"), *out = open_file(path, ".out", "wb");
    for (size_t i = 0; i < graph->inputs.count; i++)
        inputs[i] = read_input(graph->inputs.items[i], data);
    if (fgetc(data) != EOF)
        fprintf(stderr, "driver: %s has more numbers than the model takes\n", path);
    struct reference *reference = need(reference_run(graph, weights, (const double *const *)inputs));
    for (size_t o = 0; o < graph->outputs.count; o++) {
        const struct output_tensor *result = &graph->outputs.items[o];
        const struct shape shape = result->node->shape;
        for (int64_t i = 0; i < shape_elements(shape); i++)
            fwrite(&reference->tensors[result->node->id][place(shape, result->layout, i)], sizeof(double), 1, out);
    }
    reference_free(reference);
    for (size_t i = 0; i < graph->inputs.count; i++)
        free(inputs[i]);
    free(inputs);
    fclose(data);
    fclose(out);
}

static void evaluate_model(const char *model, const char *data)
{
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    struct weights *weights = NULL;
    bool integers;
    const struct graph *graph = tflite_import(arena, diag, model, NULL, &weights, &integers);
    if (graph) {
        evaluate(graph, weights, data);
    } else {
        FILE *why = open_file(data, ".why", "w");
        diag_print(diag, why, (struct diag_style){.remarks = true});
        fclose(why);
    }
    weights_close(weights);
    arena_free(arena);
}

static void evaluate_list(const char *path)
{
    FILE *list = open_file(path, "", "r");
    char model[2048], data[2048];
    while (fscanf(list, "%2047s %2047s", model, data) == 2)
        evaluate_model(model, data);
    fclose(list);
}

static void print_graph(const char *path)
{
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    size_t length;
    const char *error, *bytes = need(file_read(arena, path, 1 << 22, &length, &error));
    const struct source *source = source_new(arena, path, bytes, length);
    diag_set_source(diag, source);
    const struct ast *ast = grammar_parse(arena, source, diag);
    const struct expansion *expansion = ast ? expand_network(arena, diag, source, ast, NULL, NULL, "net") : NULL;
    if (!expansion || diag_failed(diag)) {
        diag_print(diag, stderr, (struct diag_style){.remarks = true});
        exit(1);
    }
    const struct graph *graph = expansion->graph;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *n = graph->nodes.items[i];
        const struct layer_args *a = &n->args;
        printf("%s %s %lld %lld %lld window %lld %lld stride %lld %lld pad %lld %lld %lld %lld groups %lld layout %d",
               layer_table[n->kind].keyword, n->name, (long long)n->shape.h, (long long)n->shape.w,
               (long long)n->shape.c, (long long)a->window.h, (long long)a->window.w, (long long)a->stride.h,
               (long long)a->stride.w, (long long)a->pad.top, (long long)a->pad.left, (long long)a->pad.bottom,
               (long long)a->pad.right, (long long)a->groups, (int)a->layout);
        for (size_t k = 0; k < n->input_count; k++)
            printf(" %s", n->inputs[k]->name);
        printf("\n");
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "evaluate") == 0)
        evaluate_list(argv[2]);
    else if (argc == 3 && strcmp(argv[1], "graph") == 0)
        print_graph(argv[2]);
    else
        return 2;
    return 0;
}
