/* The program of `cnnc --tune` around generated code, which the command line includes before this file and names by
 * TUNE_MODEL. usage: driver RESULT
 *
 * Runs the network for a while on arbitrary numbers. RESULT receives a double for each probe: the least microseconds
 * between the probe before it, or the start of the call, and itself. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TUNE_LEAST_CALLS = 3, TUNE_MILLISECONDS = 200 };

static double *tune_least, tune_last;

static double tune_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

void tune_probe(int id)
{
    const double now = tune_now(), us = now - tune_last;
    if (tune_least[id] == 0 || us < tune_least[id])
        tune_least[id] = us;
    tune_last = tune_now();
}

static void tune_fail(const char *reason)
{
    fprintf(stderr, "%s\n", reason);
    exit(3);
}

static void *tune_allocate(size_t bytes)
{
    unsigned char *memory = (unsigned char *)calloc(bytes + 128, 1);
    if (!memory)
        tune_fail("out of memory");
    return memory + (64 - (size_t)(uintptr_t)memory % 64);
}

/* Small numbers of either sign: no sum overflows, and none is so small that the processor slows down. */
static void tune_fill(void *memory, size_t count)
{
    float *numbers = (float *)memory;
    for (size_t i = 0; i < count; i++)
        numbers[i] = (float)((i * 2654435761u >> 8) % 1000) * 1e-5f - 0.005f;
}

/* The same for a network that stores weights as half floats: words that are 1 and -1 as such, and small as floats. */
static void tune_fill_halves(void *memory, size_t count)
{
    uint32_t *words = (uint32_t *)memory;
    for (size_t i = 0; i < count; i++)
        words[i] = UINT32_C(0x3C00BC00);
}

static size_t tune_elements(const struct cnn_tensor *tensor)
{
    return (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels;
}

int main(int argc, char **argv)
{
    const struct cnn_model *model = &TUNE_MODEL;
    struct cnn_context context = {NULL, NULL, NULL, NULL};
    if (argc < 2)
        return 2;
    const void **inputs = (const void **)tune_allocate((size_t)model->input_count * sizeof *inputs);
    void **outputs = (void **)tune_allocate((size_t)model->output_count * sizeof *outputs);
    for (int i = 0; i < model->input_count; i++) {
        void *input = tune_allocate(tune_elements(&model->inputs[i]) * sizeof(float));
        if (model->inputs[i].type == 0)
            tune_fill(input, tune_elements(&model->inputs[i]));
        inputs[i] = input;
    }
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = tune_allocate(tune_elements(&model->outputs[i]) * sizeof(float));
    if (!model->weights) {
        void *weights = tune_allocate((size_t)model->weight_bytes);
        if (model->plan_hash >> 48 == 0xF16) /* as cnnw.h says */
            tune_fill_halves(weights, (size_t)model->weight_bytes / sizeof(float));
        else
            tune_fill(weights, (size_t)model->weight_bytes / sizeof(float));
        context.weights = weights;
    }
    context.arena = tune_allocate((size_t)model->arena_bytes);
    context.scratch = tune_allocate((size_t)model->scratch_bytes);
    tune_least = (double *)tune_allocate((size_t)model->layer_count * sizeof *tune_least);
    const double end = tune_now() + TUNE_MILLISECONDS * 1e3;
    for (int calls = 0; calls < TUNE_LEAST_CALLS || tune_now() < end; calls++) {
        tune_last = tune_now();
        model->run(&context, inputs, outputs);
    }
    FILE *result = fopen(argv[1], "wb");
    if (!result || fwrite(tune_least, sizeof *tune_least, (size_t)model->layer_count, result) !=
                       (size_t)model->layer_count || fclose(result) != 0)
        tune_fail("the result cannot be written");
    return 0;
}
