/* Times the steps of a network that learns, as generated code. tests/bench/train.py compiles it with the network's
 * training code and -DTRAINEE=NAME_trainee, and talks to it:
 *
 *     train_step BATCH THREADS       prints "ready BYTES": what the trainer takes
 *     < turn SECONDS                 takes steps for so long, and prints the microseconds of each: time, processor time
 *     < memory                       prints how many MB the program took at most, and how many before the trainer */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnn_internal.h"
#include "cnn_train.h"
#include "timing.h"

extern const struct cnn_trainee TRAINEE;

struct bench {
    void *self;
    struct cnn_batch batch;
    double before_mb;
};

/* The same numbers on every machine: 0 to 1. */
static double next_number(void)
{
    static uint64_t state = 1;
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(state >> 40) * 0x1p-24;
}

static void *allocate(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!memory) {
        fprintf(stderr, "train_step: no memory for %zu bytes\n", bytes);
        exit(1);
    }
    return memory;
}

/* getrusage() would count what the program that started this one had. */
static double peak_mb(void)
{
    char line[256];
    double kb = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %lf", &kb) == 1)
            break;
    if (status)
        fclose(status);
    return kb / 1024;
}

static void set_weights(void *self)
{
    float *parameters = TRAINEE.parameters(self);
    for (int32_t i = 0; i < TRAINEE.tensor_count; i++) {
        const struct cnn_trainee_tensor *tensor = &TRAINEE.tensors[i];
        const double bound = 1.7 / (tensor->fan_in > 0 ? tensor->fan_in : 1); /* smaller than is good: no overflow */
        for (int64_t k = 0; tensor->kind == CNN_TENSOR_WEIGHT && k < tensor->count; k++)
            parameters[tensor->offset + k] = (float)((2 * next_number() - 1) * (bound < 0.2 ? 2 * bound : bound));
    }
}

static void fill_batch(struct cnn_batch *batch, int count)
{
    const struct cnn_tensor *input = TRAINEE.input;
    const size_t numbers = (size_t)count * (size_t)(input->height * input->width * input->channels);
    float *images = allocate(numbers * sizeof *images);
    int32_t *targets = allocate((size_t)count * sizeof *targets);
    for (size_t i = 0; i < numbers; i++)
        images[i] = (float)next_number();
    for (int i = 0; i < count; i++)
        targets[i] = (int32_t)(next_number() * TRAINEE.output->channels);
    *batch = (struct cnn_batch){.images = images, .targets = targets};
}

static void turn(struct bench *bench, double seconds)
{
    const double begin = timing_now();
    do {
        const double from = timing_now(), processor = timing_processor();
        TRAINEE.gradient(bench->self, &bench->batch);
        TRAINEE.update(bench->self);
        printf("%.3f %.3f ", 1e6 * (timing_now() - from), 1e6 * (timing_processor() - processor));
    } while (timing_now() - begin < seconds);
    printf("\n");
}

int main(int argc, char **argv)
{
    struct bench bench = {.self = NULL};
    struct cnn_error error;
    struct cnn_pool *pool = NULL;
    char line[64];
    const int batch = argc == 3 ? atoi(argv[1]) : 0, threads = argc == 3 ? atoi(argv[2]) : 0;
    if (batch < 1 || threads < 1) {
        fprintf(stderr, "usage: train_step BATCH THREADS\n");
        return 2;
    }
    if (threads == 1)
        timing_pin();
    else
        pool = cnn_pool_new(threads, NULL, 0, &error);
    fill_batch(&bench.batch, batch);
    bench.before_mb = peak_mb();
    const size_t bytes = TRAINEE.bytes(batch, threads);
    bench.self = TRAINEE.begin(allocate(bytes), batch, pool);
    set_weights(bench.self);
    TRAINEE.rate(bench.self, 1e-4f);
    printf("ready %zu\n", bytes);
    while (fflush(stdout) == 0 && fgets(line, sizeof line, stdin))
        if (strncmp(line, "turn ", 5) == 0)
            turn(&bench, atof(line + 5));
        else
            printf("%.1f %.1f\n", peak_mb(), bench.before_mb);
    return 0;
}
