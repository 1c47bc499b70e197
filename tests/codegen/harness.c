/* Runs generated networks and compares their outputs with the evaluator's, which `data` holds. Guard
 * zones lie around the arena and every output; both hold NaN before a run, so that a number that was
 * never written shows. A second run in the same arena must give the same bits.
 *
 *     harness FOLDER MODE PREFIX     MODE: all prints a line a network, failures those that fail and a sum;
 *                                    threads also runs each network in two threads at once */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net0.h"

enum { GUARD = 4096, ENDS = 64 };

extern const struct cnn_model *const models[];

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes ? bytes : 1);
    if (!memory)
        exit(2);
    return memory;
}

static void take(FILE *file, void *to, size_t bytes)
{
    if (bytes && fread(to, 1, bytes, file) != bytes) {
        fprintf(stderr, "harness: the data end too early\n");
        exit(2);
    }
}

static int64_t take_count(FILE *file)
{
    int64_t count;
    take(file, &count, sizeof count);
    return count;
}

/* `bytes` of memory at a multiple of 64, guarded on both sides. */
struct guarded {
    unsigned char *whole, *start;
    size_t bytes;
};

static struct guarded guard(size_t bytes)
{
    struct guarded memory = {allocate(bytes + 2 * GUARD + 64), NULL, bytes};
    memory.start = memory.whole + GUARD;
    memory.start += (64 - (uintptr_t)memory.start % 64) % 64;
    memset(memory.whole, 0xA5, bytes + 2 * GUARD + 64);
    memset(memory.start, 0xFF, bytes);
    return memory;
}

static int broken(const struct guarded *memory)
{
    const unsigned char *end = memory->whole + memory->bytes + 2 * GUARD + 64;
    for (const unsigned char *p = memory->whole; p < end; p++)
        if ((p < memory->start || p >= memory->start + memory->bytes) && *p != 0xA5)
            return 1;
    return 0;
}

struct test {
    const struct cnn_model *model;
    int number;
    char title[512];
    int loose; /* Winograd may have been used */
    size_t inputs, outputs;
    void *in[ENDS], *out[ENDS];
    struct guarded results[ENDS], arena, scratch;
    double *wanted[ENDS];
    int64_t counts[ENDS];
    double plain_errors[ENDS]; /* of the plainest float32 code */
    char fault[512];
    double error; /* the largest, relative to its tolerance */
};

static void read_test(FILE *data, struct test *test)
{
    int64_t length = take_count(data);
    take(data, test->title, (size_t)length);
    test->loose = take_count(data) != 0;
    test->inputs = (size_t)take_count(data);
    for (size_t i = 0; i < test->inputs; i++) {
        size_t bytes = (size_t)take_count(data);
        test->in[i] = allocate(bytes);
        take(data, test->in[i], bytes);
    }
    test->outputs = (size_t)take_count(data);
    for (size_t i = 0; i < test->outputs; i++) {
        test->counts[i] = take_count(data);
        test->wanted[i] = allocate((size_t)test->counts[i] * sizeof(double));
        take(data, test->wanted[i], (size_t)test->counts[i] * sizeof(double));
        take(data, &test->plain_errors[i], sizeof test->plain_errors[i]);
        test->results[i] = guard((size_t)test->counts[i] * sizeof(float));
        test->out[i] = test->results[i].start;
    }
}

static void compare(struct test *test, size_t output)
{
    const float *got = test->out[output];
    const double *wanted = test->wanted[output];
    double most = 0, worst = 0, tolerance = test->loose ? 1e-4 : 1e-5;
    int64_t at = 0;
    for (int64_t i = 0; i < test->counts[output]; i++)
        most = fabs(wanted[i]) > most ? fabs(wanted[i]) : most;
    for (int64_t i = 0; i < test->counts[output]; i++) {
        double error = (double)got[i] == wanted[i] ? 0 : fabs((double)got[i] - wanted[i]);
        if (!(error <= worst)) {
            worst = error;
            at = i;
        }
    }
    double allowed = tolerance * most > 4 * test->plain_errors[output] ? tolerance * most : 4 * test->plain_errors[output];
    double relative = worst == 0 ? 0 : worst / allowed;
    if (!(relative <= test->error))
        test->error = relative;
    if (!(relative <= 1))
        snprintf(test->fault, sizeof test->fault, "output %zu, number %lld: %.9g, not %.9g (the largest is %.9g)", output,
                 (long long)at, (double)got[at], wanted[at], most);
}

/* The content of netN.cnnw behind its 64 bytes of header, or NULL if the weights are embedded. */
static void *load_weights(const struct cnn_model *model, const char *folder, int number)
{
    char path[4096];
    if (model->weights || model->weight_bytes == 0)
        return NULL;
    snprintf(path, sizeof path, "%s/net%d.cnnw", folder, number);
    FILE *file = fopen(path, "rb");
    void *weights = NULL;
    if (!file || posix_memalign(&weights, 64, (size_t)model->weight_bytes) != 0 || fseek(file, 64, SEEK_SET) != 0)
        exit(2);
    take(file, weights, (size_t)model->weight_bytes);
    fclose(file);
    return weights;
}

/* One of two runs at once: with its own memory, on the same inputs and weights. */
struct companion {
    const struct test *test;
    const void *weights;
    int same;
};

static void *run_companion(void *argument)
{
    struct companion *companion = argument;
    const struct test *test = companion->test;
    struct guarded arena = guard((size_t)test->model->arena_bytes), scratch = guard((size_t)test->model->scratch_bytes);
    struct guarded results[ENDS];
    void *out[ENDS];
    struct cnn_context context = {companion->weights, arena.start, scratch.start, NULL};
    companion->same = 1;
    for (size_t i = 0; i < test->outputs; i++) {
        results[i] = guard((size_t)test->counts[i] * sizeof(float));
        out[i] = results[i].start;
    }
    for (int round = 0; round < 3; round++)
        test->model->run(&context, (const void *const *)test->in, out);
    for (size_t i = 0; i < test->outputs; i++) {
        companion->same &= memcmp(out[i], test->out[i], results[i].bytes) == 0;
        free(results[i].whole);
    }
    free(arena.whole);
    free(scratch.whole);
    return NULL;
}

static void run_threads(struct test *test, const void *weights)
{
    struct companion companions[2] = {{test, weights, 0}, {test, weights, 0}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, run_companion, &companions[i]) != 0)
            exit(2);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    if (!companions[0].same || !companions[1].same)
        strcpy(test->fault, "two threads at once give other bits");
}

static void run_test(struct test *test, const char *folder, int threads)
{
    const struct cnn_model *model = test->model;
    void *weights = load_weights(model, folder, test->number);
    test->arena = guard((size_t)model->arena_bytes);
    test->scratch = guard((size_t)model->scratch_bytes);
    struct cnn_context context = {weights, test->arena.start, test->scratch.start, NULL};
    if ((size_t)model->input_count != test->inputs || (size_t)model->output_count != test->outputs) {
        snprintf(test->fault, sizeof test->fault, "the model has %d inputs and %d outputs", (int)model->input_count,
                 (int)model->output_count);
        return;
    }
    model->run(&context, (const void *const *)test->in, test->out);
    for (size_t i = 0; i < test->outputs; i++)
        compare(test, i);
    for (size_t i = 0; i < test->outputs && !*test->fault; i++) {
        size_t bytes = (size_t)test->counts[i] * sizeof(float);
        void *first = allocate(bytes);
        memcpy(first, test->out[i], bytes);
        model->run(&context, (const void *const *)test->in, test->out);
        if (memcmp(first, test->out[i], bytes) != 0)
            strcpy(test->fault, "a second run gives other bits");
        free(first);
        if (broken(&test->results[i]))
            strcpy(test->fault, "wrote outside the output");
    }
    if (broken(&test->arena) || broken(&test->scratch))
        strcpy(test->fault, "wrote outside the arena or scratch");
    if (threads && !*test->fault)
        run_threads(test, weights);
    free(weights);
}

static void free_test(struct test *test)
{
    for (size_t i = 0; i < test->inputs; i++)
        free(test->in[i]);
    for (size_t i = 0; i < test->outputs; i++) {
        free(test->wanted[i]);
        free(test->results[i].whole);
    }
    free(test->arena.whole);
    free(test->scratch.whole);
    free(test);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    char path[4096];
    snprintf(path, sizeof path, "%s/data", argv[1]);
    FILE *data = fopen(path, "rb");
    if (!data)
        return 2;
    int all = strcmp(argv[2], "all") == 0, good = 0, bad = 0;
    double worst = 0;
    for (int i = 0; models[i]; i++) {
        struct test *test = calloc(1, sizeof *test);
        if (!test)
            return 2;
        test->model = models[i];
        test->number = i;
        read_test(data, test);
        run_test(test, argv[1], strcmp(argv[2], "threads") == 0);
        int failed = *test->fault != 0;
        good += !failed;
        bad += failed;
        worst = test->error > worst ? test->error : worst;
        if (failed)
            printf("not ok %s%s\n# net%d: %s\n", argv[3], test->title, i, test->fault);
        else if (all)
            printf("ok %s%s\n", argv[3], test->title);
        free_test(test);
    }
    fclose(data);
    if (!all && bad == 0)
        printf("ok %sall %d networks\n", argv[3], good);
    printf("# %slargest error: %.3f of the tolerance\n", argv[3], worst);
    return 0;
}
