/* What a network gives by the evaluator, for check.mjs: expands TEXT.cnn, with He weights of seed 1, and writes random
 * inputs as the module takes them, one after the other, to INPUTS, and its outputs as doubles to RESULTS.
 *
 *     driver TEXT.cnn INPUTS RESULTS */
#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/files.h"
#include "expand/expand.h"
#include "reference/reference.h"
#include "verify/machine.h"
#include "weights/weights.h"

static void put(FILE *file, const void *bytes, size_t length)
{
    if (fwrite(bytes, 1, length, file) != length)
        exit(2);
}

static const double *make_input(struct arena *arena, const struct node *input, FILE *file)
{
    uint64_t state = (uint64_t)input->id + 7;
    unsigned char *bytes = arena_alloc(arena, random_bytes(input));
    double *image = ARENA_ARRAY(arena, double, (size_t)shape_elements(input->shape));
    random_fill(input, bytes, image, &state);
    put(file, bytes, random_bytes(input));
    return image;
}

static void put_output(const struct reference *reference, const struct output_tensor *output, FILE *file)
{
    const struct shape s = output->node->shape;
    const int64_t pixels = s.h * s.w, count = shape_elements(s);
    for (int64_t i = 0; i < count; i++) {
        const int64_t chw = output->layout == LAYOUT_HWC ? i % s.c * pixels + i / s.c : i;
        put(file, &reference->tensors[output->node->id][chw], sizeof(double));
    }
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    const char *error;
    size_t length;
    const char *text = argc == 4 ? file_read(arena, argv[1], 1 << 20, &length, &error) : NULL;
    FILE *inputs = text ? fopen(argv[2], "wb") : NULL, *results = inputs ? fopen(argv[3], "wb") : NULL;
    if (!results)
        return 2;
    const struct source *source = source_new(arena, argv[1], text, length);
    diag_set_source(diag, source);
    diag_option(diag, "no-all");
    struct ast *ast = grammar_parse(arena, source, diag);
    struct expansion *expansion = diag_failed(diag) ? NULL : expand_network(arena, diag, source, ast, NULL, NULL, "n");
    if (!expansion) {
        diag_print(diag, stdout, (struct diag_style){0});
        return 1;
    }
    const struct graph *graph = expansion->graph;
    const double **images = ARENA_ARRAY(arena, const double *, graph->inputs.count + 1);
    for (size_t i = 0; i < graph->inputs.count; i++)
        images[i] = make_input(arena, graph->inputs.items[i], inputs);
    struct reference *reference = reference_run(graph, weights_initial(arena, graph, INIT_HE, 1), images);
    if (!reference)
        return 2;
    for (size_t i = 0; i < graph->outputs.count; i++)
        put_output(reference, &graph->outputs.items[i], results);
    reference_free(reference);
    arena_free(arena);
    return fclose(inputs) || fclose(results);
}
