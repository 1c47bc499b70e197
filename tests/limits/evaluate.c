/* Evaluates a network with made-up weights, as --verify does, and prints how many layers had a result: looking up a
 * layer's inputs must not walk through all others. usage: evaluate FILE.cnn */
#include <stdio.h>
#include <stdlib.h>

#include "compilation.h"
#include "reference/reference.h"
#include "weights/weights.h"

int main(int argc, char **argv)
{
    struct compilation c = {.arena = arena_new()};
    if (argc != 2)
        return 2;
    c.options.input = argv[1];
    c.diag = diag_new(c.arena);
    if (!pass_read(&c) || !pass_parse(&c) || !pass_expand(&c)) {
        diag_print(c.diag, stderr, (struct diag_style){false, false, true});
        return 1;
    }
    struct weights *weights = weights_initial(c.arena, c.graph, INIT_HE, 1);
    double *image = heap_array((size_t)shape_elements(c.graph->inputs.items[0]->shape), sizeof *image);
    const double *const images[] = {image};
    struct reference *reference = reference_run(c.graph, weights, images);
    size_t results = 0;
    for (size_t i = 0; reference && i < c.graph->nodes.count; i++)
        results += reference->tensors[c.graph->nodes.items[i]->id] != NULL;
    printf("%zu results\n", results);
    reference_free(reference);
    free(image);
    arena_free(c.arena);
    return 0;
}
