/* Runs generated networks and compares their outputs with the evaluator's, which are in `data`. Arena, scratch
 * and every input and output have a guard zone before them and forbidden memory right after them; arena, scratch
 * and outputs are filled with NaN before a run, so that numbers never written show. A second run in the same
 * arena must give the same bits, and so must a run whose work is cut into pieces.
 *
*     harness FOLDER MODE PREFIX     MODE: all prints a line per network, failures only failing ones and a total;
 *                                    threads also runs each network in two threads at once
 *
 * $HARNESS_ISA (avx512, avx2 or sse2) is what the processor seems to have, for code that was compiled with
 * -D__builtin_cpu_supports=harness_supports. */
#define _DEFAULT_SOURCE
#include <float.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

static int swapped; /* the data come from a machine with the other byte order */

/* `count` numbers of `size` bytes each. */
static void take_numbers(FILE *file, void *to, size_t count, size_t size)
{
    unsigned char *number = to;
    take(file, to, count * size);
    for (size_t i = 0; swapped && i < count; i++, number += size)
        for (size_t k = 0; k < size / 2; k++) {
            unsigned char byte = number[k];
            number[k] = number[size - 1 - k];
            number[size - 1 - k] = byte;
        }
}

static int64_t take_count(FILE *file)
{
    int64_t count;
    take_numbers(file, &count, 1, sizeof count);
    return count;
}

int harness_supports(const char *feature);
int harness_supports(const char *feature)
{
    const char *isa = getenv("HARNESS_ISA");
    if (!isa || strcmp(isa, "avx512") == 0)
        return 1;
    return strcmp(isa, "avx2") == 0 && (strcmp(feature, "avx2") == 0 || strcmp(feature, "fma") == 0);
}

/* `bytes` of memory that end where a forbidden page begins; the bytes before them are checked. If `bytes` is a
 * multiple of 64, the memory is aligned to 64. */
struct guarded {
    unsigned char *whole, *start;
    size_t bytes, mapped;
};

static struct guarded guard(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (bytes + GUARD + page - 1) / page * page;
    struct guarded memory = {NULL, NULL, bytes, pages + page};
    memory.whole = mmap(NULL, memory.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory.whole == MAP_FAILED || mprotect(memory.whole + pages, page, PROT_NONE) != 0)
        exit(2);
    memory.start = memory.whole + pages - bytes;
    memset(memory.whole, 0xA5, pages - bytes);
    memset(memory.start, 0xFF, bytes);
    return memory;
}

static int broken(const struct guarded *memory)
{
    for (const unsigned char *p = memory->whole; p < memory->start; p++)
        if (*p != 0xA5)
            return 1;
    return 0;
}

static void release(struct guarded *memory)
{
    if (memory->whole)
        munmap(memory->whole, memory->mapped);
}

struct test {
    const struct cnn_model *model;
    int number;
    char title[512];
    double tolerance;
    size_t inputs, outputs;
    void *in[ENDS], *out[ENDS];
    struct guarded inputs_memory[ENDS], results[ENDS], arena, scratch;
    double *wanted[ENDS];
    int64_t counts[ENDS];
    double plain_errors[ENDS]; /* of the simplest float32 code */
    char fault[512];
    double error; /* the largest, relative to its tolerance */
};

/* What floats cannot hold is infinite in the code. */
static void overflow(double *wanted, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (isfinite(wanted[i]) && fabs(wanted[i]) > (double)FLT_MAX)
            wanted[i] = copysign(INFINITY, wanted[i]);
}

static void read_test(FILE *data, struct test *test)
{
    int64_t length = take_count(data);
    take(data, test->title, (size_t)length);
    take_numbers(data, &test->tolerance, 1, sizeof test->tolerance);
    test->inputs = (size_t)take_count(data);
    for (size_t i = 0; i < test->inputs; i++) {
        size_t bytes = (size_t)take_count(data);
        test->inputs_memory[i] = guard(bytes);
        test->in[i] = test->inputs_memory[i].start;
        size_t size = i < (size_t)test->model->input_count && test->model->inputs[i].type == 0 ? sizeof(float) : 1;
        take_numbers(data, test->in[i], bytes / size, size);
        mprotect(test->inputs_memory[i].whole, test->inputs_memory[i].mapped, PROT_READ);
    }
    test->outputs = (size_t)take_count(data);
    for (size_t i = 0; i < test->outputs; i++) {
        test->counts[i] = take_count(data);
        test->wanted[i] = allocate((size_t)test->counts[i] * sizeof(double));
        take_numbers(data, test->wanted[i], (size_t)test->counts[i], sizeof(double));
        overflow(test->wanted[i], test->counts[i]);
        take_numbers(data, &test->plain_errors[i], 1, sizeof test->plain_errors[i]);
        test->results[i] = guard((size_t)test->counts[i] * sizeof(float));
        test->out[i] = test->results[i].start;
    }
}

/* NaN is right where NaN is expected; an infinity is right or wrong, never close. */
static double error_of(double got, double wanted)
{
    if (got == wanted || (isnan(got) && isnan(wanted)))
        return 0;
    return isfinite(got) && isfinite(wanted) ? fabs(got - wanted) : INFINITY;
}

static double number_at(const struct test *test, size_t output, int64_t i)
{
    enum { INTEGERS = 3 };
    return test->model->outputs[output].type == INTEGERS ? (double)((const int32_t *)test->out[output])[i]
                                                         : (double)((const float *)test->out[output])[i];
}

static void compare(struct test *test, size_t output)
{
    const double *wanted = test->wanted[output];
    double most = 0, worst = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < test->counts[output]; i++)
        most = isfinite(wanted[i]) && fabs(wanted[i]) > most ? fabs(wanted[i]) : most;
    for (int64_t i = 0; i < test->counts[output]; i++) {
        double error = error_of(number_at(test, output, i), wanted[i]);
        if (error > worst) {
            worst = error;
            at = i;
        }
    }
    double plain = 4 * test->plain_errors[output], allowed = test->tolerance * most;
    allowed = isfinite(plain) && plain > allowed ? plain : allowed;
    double relative = worst == 0 ? 0 : worst / allowed;
    if (!(relative <= test->error))
        test->error = relative;
    if (!(relative <= 1))
        snprintf(test->fault, sizeof test->fault, "output %zu, number %lld: %.9g, not %.9g (the largest is %.9g)",
                 output, (long long)at, number_at(test, output, at), wanted[at], most);
}

/* The content of netN.cnnw after its 64-byte header, or NULL if the weights are embedded. */
static struct guarded load_weights(const struct cnn_model *model, const char *folder, int number)
{
    char path[4096];
    struct guarded weights = {NULL, NULL, 0, 0};
    if (model->weights || model->weight_bytes == 0)
        return weights;
    snprintf(path, sizeof path, "%s/net%d.cnnw", folder, number);
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 64, SEEK_SET) != 0)
        exit(2);
    weights = guard((size_t)model->weight_bytes);
    take(file, weights.start, weights.bytes);
    fclose(file);
    mprotect(weights.whole, weights.mapped, PROT_READ);
    return weights;
}

/* One of two simultaneous runs: with its own memory, on the same inputs and weights. */
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
        release(&results[i]);
    }
    release(&arena);
    release(&scratch);
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

/* A pool that runs the pieces in sequence, the last one first, each with scratch filled with NaN. */
struct pieces {
    struct cnn_pool pool;
    struct guarded *scratch;
};

static void run_pieces(struct cnn_pool *pool, cnn_task *task, void *argument, int count)
{
    struct guarded *scratch = ((struct pieces *)pool)->scratch;
    for (int i = count; i-- > 0;) {
        memset(scratch->start, 0xFF, scratch->bytes);
        task(argument, i, count, scratch->start);
    }
}

/* Runs again, with or without a pool, on top of the first run's results; it must give the same bits. */
static void run_again(struct test *test, struct cnn_context context, const char *how)
{
    void *first[ENDS];
    for (size_t i = 0; i < test->outputs; i++) {
        first[i] = allocate(test->results[i].bytes);
        memcpy(first[i], test->out[i], test->results[i].bytes);
        memset(test->out[i], 0xFF, test->results[i].bytes);
    }
    test->model->run(&context, (const void *const *)test->in, test->out);
    for (size_t i = 0; i < test->outputs; i++) {
        if (memcmp(first[i], test->out[i], test->results[i].bytes) != 0)
            snprintf(test->fault, sizeof test->fault, "a second run %s gives other bits in output %zu", how, i);
        if (broken(&test->results[i]))
            strcpy(test->fault, "wrote before the output");
        free(first[i]);
    }
    if (broken(&test->arena) || broken(&test->scratch))
        strcpy(test->fault, "wrote before the arena or scratch");
}

static void run_test(struct test *test, const char *folder, int threads)
{
    const struct cnn_model *model = test->model;
    struct guarded memory = load_weights(model, folder, test->number);
    const void *weights = memory.start;
    test->arena = guard((size_t)model->arena_bytes);
    test->scratch = guard(((size_t)model->scratch_bytes + 63) / 64 * 64);
    struct cnn_context context = {weights, test->arena.start, test->scratch.start, NULL};
    if ((size_t)model->input_count != test->inputs || (size_t)model->output_count != test->outputs) {
        snprintf(test->fault, sizeof test->fault, "the model has %d inputs and %d outputs", (int)model->input_count,
                 (int)model->output_count);
        return;
    }
    model->run(&context, (const void *const *)test->in, test->out);
    for (size_t i = 0; i < test->outputs; i++)
        compare(test, i);
    if (!*test->fault)
        run_again(test, context, "in the same arena");
    for (int count = 2; count < 6 && !*test->fault; count += 3) {
        struct pieces pieces = {{run_pieces, count}, &test->scratch};
        context.pool = &pieces.pool;
        memset(test->arena.start, 0xFF, test->arena.bytes);
        run_again(test, context, "in pieces");
    }
    if (threads && !*test->fault)
        run_threads(test, weights);
    release(&memory);
}

static void free_test(struct test *test)
{
    for (size_t i = 0; i < test->inputs; i++)
        release(&test->inputs_memory[i]);
    for (size_t i = 0; i < test->outputs; i++) {
        free(test->wanted[i]);
        release(&test->results[i]);
    }
    release(&test->arena);
    release(&test->scratch);
    free(test);
}

static char running[1024]; /* for the handler: the test that is running */

/* Forbidden memory was touched: the program cannot continue. */
static void die(int number)
{
    (void)number;
    if (write(1, running, strlen(running)) < 0)
        _exit(3);
    _exit(3);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGSEGV, die);
    signal(SIGBUS, die);
    signal(SIGFPE, die);
    signal(SIGILL, die);
    char path[4096];
    snprintf(path, sizeof path, "%s/data", argv[1]);
    FILE *data = fopen(path, "rb");
    if (!data)
        return 2;
    swapped = take_count(data) != 1;
    int all = strcmp(argv[2], "all") == 0, good = 0, bad = 0;
    double worst = 0;
    for (int i = 0; models[i]; i++) {
        struct test *test = calloc(1, sizeof *test);
        if (!test)
            return 2;
        test->model = models[i];
        test->number = i;
        read_test(data, test);
        snprintf(running, sizeof running, "not ok %s%s\n# net%d: touches memory that is not its own, or crashes\n",
                 argv[3], test->title, i);
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
