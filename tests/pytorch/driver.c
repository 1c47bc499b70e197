/* Numbers for a comparison with PyTorch, from the double-precision evaluator.
 *
 *     driver make NET WEIGHTS INPUT RESULT   initial weights, which it writes; random pictures; results
 *     driver run NET WEIGHTS INPUT RESULT    the results of weights and pictures that are there
 *
 * INPUT and RESULT are floats, those of one tensor after the other, in CHW order. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"

static void check(int done, const char *path)
{
    if (done)
        return;
    fprintf(stderr, "%s: cannot be written\n", path);
    exit(1);
}

static void write_floats(const char *path, const float *numbers, size_t count)
{
    FILE *file = fopen(path, "wb");
    check(file && fwrite(numbers, sizeof *numbers, count, file) == count && fclose(file) == 0, path);
}

/* Of -1 to 1, or whole numbers of 0 to 255 where a picture has bytes. */
static float *make_input(const struct network *network, size_t count)
{
    float *numbers = malloc(count * sizeof *numbers + 1);
    uint64_t state = 88172645463325252u;
    size_t at = 0;
    check(numbers != NULL, "the pictures");
    for (size_t i = 0; i < network->graph->inputs.count; i++) {
        const struct node *input = network->graph->inputs.items[i];
        const size_t end = at + (size_t)shape_elements(input->shape);
        for (; at < end; at++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            const int byte = (int)(state >> 40 & 255);
            numbers[at] = input->args.type == ELEMENT_U8 ? (float)byte : (float)byte / 128 - 1;
        }
    }
    return numbers;
}

int main(int argc, char **argv)
{
    if (argc != 6)
        return 2;
    const bool make = strcmp(argv[1], "make") == 0;
    struct network network = network_open(argv[2], make ? "-" : argv[3]);
    size_t in_count = network_input_count(&network), out_count = network_output_count(&network);
    const char *error;
    float *input;
    if (make) {
        network.weights = weights_initial(network.arena, network.graph, INIT_HE, 1);
        check(weights_write_safetensors(network.arena, network.weights, network.graph, argv[3], &error), argv[3]);
        input = make_input(&network, in_count);
        write_floats(argv[4], input, in_count);
    } else {
        input = network_read_floats(argv[4], &in_count);
    }
    double *results = malloc(out_count * sizeof *results + 1);
    float *rounded = malloc(out_count * sizeof *rounded + 1);
    check(results && rounded, "the results");
    network_run(&network, input, results);
    for (size_t i = 0; i < out_count; i++)
        rounded[i] = (float)results[i];
    write_floats(argv[5], rounded, out_count);
    free(rounded);
    free(results);
    free(input);
    network_close(&network);
    return 0;
}
