/* Runs a generated network in tight spaces: every buffer ends (then begins) next to forbidden memory, the arena
 * starts with zeros, garbage or NaN, several threads share one call, several calls run at once. All must give
 * the same bits. usage: driver LABEL [CNNW]; LABEL precedes the names of the cases; MODEL is the network. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../lib/report.h"
#include "cnn.h"
#include "cnnw.h"

extern const struct cnn_model MODEL;

enum { MAX_ENDS = 8, CALLERS = 3, CALLS = 6 };

struct buffers {
    struct cnn_context context;
    const void *inputs[MAX_ENDS];
    void *outputs[MAX_ENDS];
};

static unsigned char *inputs[MAX_ENDS], *wanted[MAX_ENDS]; /* the inputs, and the outputs of the first run */
static const void *weights;                                /* NULL: embedded */
static const char *label;

static void check(int right, const char *what)
{
    report(right, "%s: %s", label, what);
}

static size_t bytes_of(const struct cnn_tensor *tensor)
{
    return (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels *
           (tensor->type == 0 || tensor->type == 3 ? sizeof(float) : 1);
}

/* Memory whose last byte (`low`: first) is next to a page that must not be touched. */
static unsigned char *guarded(size_t bytes, int low, int fill)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (bytes + page - 1) / page * page;
    unsigned char *map = (unsigned char *)mmap(NULL, pages + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED || (pages && mprotect(map + page, pages, PROT_READ | PROT_WRITE) != 0)) {
        perror("guarded memory");
        exit(2);
    }
    memset(map + page, fill, pages);
    return map + page + (low ? 0 : pages - bytes);
}

static struct buffers make_buffers(int low, int fill)
{
    struct buffers b;
    memset(&b, 0, sizeof b);
    b.context.arena = guarded((size_t)MODEL.arena_bytes, low, fill);
    b.context.scratch = guarded((size_t)(MODEL.scratch_bytes + 63) / 64 * 64, low, fill);
    b.context.weights = weights;
    for (int i = 0; i < MODEL.input_count; i++) {
        unsigned char *copy = guarded(bytes_of(&MODEL.inputs[i]), low, fill);
        memcpy(copy, inputs[i], bytes_of(&MODEL.inputs[i]));
        b.inputs[i] = copy;
    }
    for (int i = 0; i < MODEL.output_count; i++)
        b.outputs[i] = guarded(bytes_of(&MODEL.outputs[i]), low, fill);
    return b;
}

static int same(void *const *outputs)
{
    for (int i = 0; i < MODEL.output_count; i++)
        if (memcmp(outputs[i], wanted[i], bytes_of(&MODEL.outputs[i])) != 0)
            return 0;
    return 1;
}

static void make_inputs(void)
{
    uint32_t state = 1;
    for (int i = 0; i < MODEL.input_count; i++) {
        const size_t count = bytes_of(&MODEL.inputs[i]) / (MODEL.inputs[i].type == 0 ? 4 : 1);
        inputs[i] = (unsigned char *)malloc(bytes_of(&MODEL.inputs[i]));
        for (size_t k = 0; k < count; k++) {
            const float number = (float)((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0f - 1.0f;
            if (MODEL.inputs[i].type == 0)
                memcpy(inputs[i] + 4 * k, &number, 4);
            else
                inputs[i][k] = (unsigned char)(state >> 24);
        }
    }
}

/* The first run, whose results the others must match. */
static void run_first(void)
{
    struct buffers b = make_buffers(0, 0);
    int finite = 1, different = 0;
    MODEL.run(&b.context, b.inputs, b.outputs);
    for (int i = 0; i < MODEL.output_count; i++) {
        const float *numbers = (const float *)b.outputs[i];
        wanted[i] = (unsigned char *)malloc(bytes_of(&MODEL.outputs[i]));
        memcpy(wanted[i], b.outputs[i], bytes_of(&MODEL.outputs[i]));
        for (size_t k = 0; k < bytes_of(&MODEL.outputs[i]) / 4; k++) {
            finite &= numbers[k] - numbers[k] == 0;
            different |= numbers[k] != numbers[0];
        }
    }
    check(finite && different, "forbidden memory after every buffer; a sensible result");
}

static void run_guarded(int low, int fill, const char *what)
{
    struct buffers b = make_buffers(low, fill);
    int kept = 1, right = 1;
    for (int run = 0; run < 2; run++) {
        MODEL.run(&b.context, b.inputs, b.outputs);
        right &= same(b.outputs);
    }
    for (int i = 0; i < MODEL.input_count; i++)
        kept &= memcmp(b.inputs[i], inputs[i], bytes_of(&MODEL.inputs[i])) == 0;
    check(right, what);
    if (!kept)
        check(0, "inputs are unchanged");
}

static void run_threads(const char *cnnw, int threads)
{
    struct cnn_error error;
    struct cnn_net *net = cnn_open(&MODEL, cnnw, threads, &error);
    struct buffers b = make_buffers(0, 1);
    char what[80];
    int right = net != NULL;
    for (int run = 0; net && run < 4; run++) {
        for (int i = 0; i < MODEL.output_count; i++)
            memset(b.outputs[i], 0, bytes_of(&MODEL.outputs[i]));
        cnn_run_many(net, b.inputs, b.outputs);
        right &= same(b.outputs);
    }
    snprintf(what, sizeof what, "cnn_open with %d thread%s", threads, threads > 1 ? "s" : "");
    check(right, net ? what : error.message);
    cnn_close(net);
}

static void *call(void *argument)
{
    int *wrong = (int *)argument;
    struct buffers b = make_buffers(*wrong % 2, 0xFF);
    *wrong = 0;
    for (int run = 0; run < CALLS; run++) {
        MODEL.run(&b.context, b.inputs, b.outputs);
        *wrong += !same(b.outputs);
    }
    return NULL;
}

static void run_callers(void)
{
    pthread_t threads[CALLERS];
    int wrong[CALLERS], all = 0;
    for (int i = 0; i < CALLERS; i++) {
        wrong[i] = i;
        if (pthread_create(&threads[i], NULL, call, &wrong[i]) != 0)
            exit(2);
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        all += wrong[i];
    }
    check(all == 0, "three calls at once, one set of weights");
}

static void read_weights(const char *path)
{
    unsigned char header[CNNW_HEADER_BYTES], *to = guarded((size_t)MODEL.weight_bytes, 0, 0);
    FILE *file = fopen(path, "rb");
    if (!file || fread(header, 1, sizeof header, file) != sizeof header ||
        fread(to, 1, (size_t)MODEL.weight_bytes, file) != MODEL.weight_bytes) {
        perror(path);
        exit(2);
    }
    fclose(file);
    weights = to;
}

int main(int argc, char **argv)
{
    const char *cnnw = argc > 2 ? argv[2] : NULL;
    if (argc < 2 || MODEL.input_count > MAX_ENDS || MODEL.output_count > MAX_ENDS)
        return 2;
    label = argv[1];
    if (cnnw)
        read_weights(cnnw);
    make_inputs();
    run_first();
    run_guarded(1, 0, "forbidden memory before every buffer");
    run_guarded(0, 0xFF, "NaN in all memory at the start");
    run_guarded(1, 0x3F, "numbers in all memory at the start");
    for (int threads = 1; threads <= 5; threads += 1 + (threads > 2))
        run_threads(cnnw, threads);
    run_callers();
    printf("# all was run\n");
    return failures != 0;
}
