/* Runs the networks of driver.c: the losses, gradients, weights and results of a few steps must be the evaluator's, and
 * the same bytes with any number of threads. Memory is full of NaN before, and has forbidden bytes around it.
 *
 *     harness DATA [FOLDER]     FOLDER gets TITLE.bytes, the weights after the last step */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnn.h"
#include "harness.h"

enum { STEPS = 3, GUARD = 4096, MOST_ENDS = 16, MOST_THREADS = 3, PATTERN = 0xA5 };
static double tolerance = 1e-4; /* or $TOLERANCE */

static FILE *data;

static void *take(size_t length)
{
    void *bytes = malloc(length + 1);
    if (!bytes || (length && fread(bytes, 1, length, data) != length)) {
        fprintf(stderr, "harness: the data end too early\n");
        exit(1);
    }
    return bytes;
}

static int64_t take_count(void)
{
    int64_t *count = take(sizeof *count), result = *count;
    free(count);
    return result;
}

/* ---- threads ---- */

struct job {
    cnn_task *task;
    void *argument;
    int index, count;
};

static void *run_job(void *argument)
{
    const struct job *job = argument;
    job->task(job->argument, job->index, job->count, NULL);
    return NULL;
}

static void run_pool(struct cnn_pool *pool, cnn_task *task, void *argument, int count)
{
    pthread_t threads[MOST_THREADS];
    struct job jobs[MOST_THREADS];
    (void)pool;
    for (int i = 0; i < count; i++) {
        jobs[i] = (struct job){task, argument, i, count};
        if (pthread_create(&threads[i], NULL, run_job, &jobs[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
}

/* ---- one network ---- */

struct expected {
    char *title;
    int64_t batch, parameters, trained;
    float *start;
    int64_t inputs, outputs, target_count[MOST_ENDS], result_count[MOST_ENDS];
    void *images[MOST_ENDS], *targets[MOST_ENDS];
    double *loss[STEPS], *gradients[STEPS], *values[STEPS], *results[MOST_ENDS];
};

static void read_expected(struct expected *e)
{
    int64_t length = take_count();
    e->title = take((size_t)length);
    e->title[length] = 0;
    e->batch = take_count();
    e->parameters = take_count();
    e->trained = take_count();
    e->start = take((size_t)e->parameters * sizeof(float));
    e->inputs = take_count();
    for (int64_t i = 0; i < e->inputs; i++) {
        int64_t bytes = take_count(), count = take_count();
        e->images[i] = take((size_t)count * (bytes ? 1 : sizeof(float)));
    }
    e->outputs = take_count();
    take_count();
    for (int64_t i = 0; i < e->outputs; i++) {
        e->target_count[i] = take_count();
        e->targets[i] = take((size_t)e->target_count[i] * sizeof(float));
    }
    for (int s = 0; s < STEPS; s++) {
        e->loss[s] = take(sizeof(double));
        e->gradients[s] = take((size_t)e->trained * sizeof(double));
        e->values[s] = take((size_t)e->parameters * sizeof(double));
    }
    for (int64_t i = 0; i < e->outputs; i++) {
        e->result_count[i] = take_count();
        e->results[i] = take((size_t)e->result_count[i] * sizeof(double));
    }
}

static void free_expected(struct expected *e)
{
    free(e->title);
    free(e->start);
    for (int64_t i = 0; i < e->inputs; i++)
        free(e->images[i]);
    for (int64_t i = 0; i < e->outputs; i++) {
        free(e->targets[i]);
        free(e->results[i]);
    }
    for (int s = 0; s < STEPS; s++) {
        free(e->loss[s]);
        free(e->gradients[s]);
        free(e->values[s]);
    }
}

/* Are the numbers as near as the tolerance, a share of the largest, or of `least'? */
static int near(const char *what, const float *found, const double *wanted, int64_t count, double least, char *why)
{
    double largest = least, worst = 0;
    int64_t at = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fabs(wanted[i]) > largest ? fabs(wanted[i]) : largest;
    for (int64_t i = 0; i < count; i++) {
        double error = fabs((double)found[i] - wanted[i]);
        if (!(error <= worst)) {
            worst = error;
            at = i;
        }
        if (error != error)
            break;
    }
    if (worst <= tolerance * largest)
        return 1;
    snprintf(why, 400, "%s: number %lld is %.9g, not %.9g; the largest is %.3g", what, (long long)at, (double)found[at],
             wanted[at], largest);
    return 0;
}

static int guards_hold(const unsigned char *block, size_t bytes)
{
    for (size_t i = 0; i < GUARD; i++)
        if (block[i] != PATTERN || block[GUARD + bytes + i] != PATTERN)
            return 0;
    return 1;
}

/* Runs the steps with so many threads; `values' are the parameters after them. */
static int run_network(const struct network *network, const struct expected *e, int threads, float *values, char *why)
{
    struct cnn_pool pool = {run_pool, threads};
    size_t bytes = network->bytes((int)e->batch, threads);
    unsigned char *block = aligned_alloc(64, (bytes + 2 * GUARD + 63) / 64 * 64);
    int right = 1;
    if (!block)
        exit(1);
    memset(block, PATTERN, bytes + 2 * GUARD);
    memset(block + GUARD, 0xFF, bytes);
    void *trainer = network->begin(block + GUARD, (int)e->batch, threads > 1 ? &pool : NULL);
    memcpy(network->parameters(trainer), e->start, (size_t)e->parameters * sizeof(float));
    for (int s = 0; s < STEPS && right; s++) {
        char what[64];
        float loss = network->step(trainer, e->images, e->targets);
        snprintf(what, sizeof what, "loss %d", s);
        right = near(what, &loss, e->loss[s], 1, 0, why);
        snprintf(what, sizeof what, "gradient %d", s);
        right = right && near(what, network->gradients(trainer), e->gradients[s], e->trained, 1e-6, why);
        snprintf(what, sizeof what, "parameters %d", s);
        right = right && near(what, network->parameters(trainer), e->values[s], e->parameters, 0, why);
    }
    float *outputs[MOST_ENDS];
    for (int64_t i = 0; i < e->outputs; i++)
        outputs[i] = malloc((size_t)e->result_count[i] * sizeof(float) + 1);
    network->evaluate(trainer, e->images, (int)e->batch, outputs);
    for (int64_t i = 0; i < e->outputs; i++)
        right = right && near("results", outputs[i], e->results[i], e->result_count[i], 1e-3, why);
    float *fewer = malloc((size_t)e->result_count[0] * sizeof(float) + 1), *first = outputs[0];
    if (e->batch > 1 && e->outputs == 1) {
        outputs[0] = fewer;
        network->evaluate(trainer, e->images, (int)e->batch - 1, outputs);
        size_t part = (size_t)(e->result_count[0] / e->batch * (e->batch - 1)) * sizeof(float);
        if (right && memcmp(first, fewer, part) != 0) {
            snprintf(why, 400, "one image fewer has other results");
            right = 0;
        }
    }
    free(fewer);
    for (int64_t i = 0; i < e->outputs; i++)
        free(i ? outputs[i] : first);
    memcpy(values, network->parameters(trainer), (size_t)e->parameters * sizeof(float));
    if (right && !guards_hold(block, bytes)) {
        snprintf(why, 400, "it wrote beyond its memory, with %d threads", threads);
        right = 0;
    }
    if (right && bytes % 64 != 0) {
        snprintf(why, 400, "aligned_alloc(64, %zu) need not work: it takes multiples of 64", bytes);
        right = 0;
    }
    free(block);
    return right;
}

/* Loss and gradient of blended targets are as blended from those of either. */
static int try_mixed(const struct network *network, const struct expected *e, char *why)
{
    size_t bytes = network->bytes((int)e->batch, 1), length = (size_t)e->trained * sizeof(float);
    int64_t count = e->target_count[0];
    void *block = aligned_alloc(64, (bytes + 63) / 64 * 64);
    int32_t *others = malloc((size_t)count * sizeof *others);
    float *shares = malloc((size_t)e->batch * sizeof *shares), *found = malloc(length + 1);
    double *wanted = calloc((size_t)e->trained + 1, sizeof *wanted), loss = 0;
    void *trainer = network->begin(block, (int)e->batch, NULL);
    memcpy(network->parameters(trainer), e->start, (size_t)e->parameters * sizeof(float));
    for (int64_t i = 0; i < count; i++)
        others[i] = ((int32_t *)e->targets[0])[(i + 1) % count];
    for (int part = 0; part < 2; part++) {
        for (int64_t i = 0; i < e->batch; i++)
            shares[i] = part ? 0 : 1;
        loss += (part ? 0.75 : 0.25) * (double)network->mixed(trainer, e->images, e->targets, others, shares);
        for (int64_t i = 0; i < e->trained; i++)
            wanted[i] += (part ? 0.75 : 0.25) * (double)network->gradients(trainer)[i];
    }
    for (int64_t i = 0; i < e->batch; i++)
        shares[i] = 0.25f;
    float mixed = network->mixed(trainer, e->images, e->targets, others, shares);
    memcpy(found, network->gradients(trainer), length);
    int right = near("loss of blended targets", &mixed, &loss, 1, 0, why) &&
                near("gradient of blended targets", found, wanted, e->trained, 1e-6, why);
    free(block);
    free(others);
    free(shares);
    free(found);
    free(wanted);
    return right;
}

/* ---- a batch in two parts, each with a trainer and a thread of its own ---- */

struct half {
    const struct network *network;
    const struct expected *e;
    void *trainer;
    int first, end;
    float loss;
    struct meeting *meeting;
};

struct meeting {
    pthread_barrier_t barrier;
    float *numbers[2]; /* what either has of all groups */
};

/* Each copies the groups of the other. */
static void meet(void *context, float *numbers, int count, long step, int groups)
{
    const struct half *half = context;
    struct meeting *meeting = half->meeting;
    int own = half->first > 0, lanes = groups > (half->e->batch - 1) / 16 + 1 ? 8 : 16; /* images of a group */
    meeting->numbers[own] = numbers;
    pthread_barrier_wait(&meeting->barrier);
    for (int g = 0; g < groups; g++)
        if (g * lanes < half->first || g * lanes >= half->end)
            memcpy(numbers + g * step, meeting->numbers[!own] + g * step, (size_t)count * sizeof *numbers);
    pthread_barrier_wait(&meeting->barrier);
}

static void *run_half(void *argument)
{
    struct half *half = argument;
    half->network->part(half->trainer, half->first, half->end, meet, half);
    half->loss = half->network->gradient(half->trainer, half->e->images, half->e->targets);
    return NULL;
}

/* The parts' losses and gradients add up to those of the batch. */
static int try_parts(const struct network *network, const struct expected *e, char *why)
{
    size_t bytes = (network->bytes((int)e->batch, 1) + 63) / 64 * 64;
    struct meeting meeting = {.numbers = {NULL, NULL}};
    struct half halves[2];
    pthread_t threads[2];
    pthread_barrier_init(&meeting.barrier, NULL, 2);
    for (int i = 0; i < 2; i++) {
        halves[i] = (struct half){network, e,       aligned_alloc(64, bytes), i ? 16 : 0, i ? (int)e->batch : 16,
                                  0,       &meeting};
        memset(halves[i].trainer, 0xFF, bytes);
        network->begin(halves[i].trainer, (int)e->batch, NULL);
        memcpy(network->parameters(halves[i].trainer), e->start, (size_t)e->parameters * sizeof(float));
        if (pthread_create(&threads[i], NULL, run_half, &halves[i]) != 0)
            exit(1);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    float *gradients = network->gradients(halves[0].trainer), *others = network->gradients(halves[1].trainer);
    for (int64_t i = 0; i < e->trained; i++)
        gradients[i] += others[i];
    halves[0].loss += halves[1].loss;
    int right = near("loss of two parts", &halves[0].loss, e->loss[0], 1, 0, why) &&
                near("gradient of two parts", gradients, e->gradients[0], e->trained, 1e-6, why);
    for (int i = 0; i < 2; i++)
        free(halves[i].trainer);
    pthread_barrier_destroy(&meeting.barrier);
    return right;
}

static int try_network(const struct network *network, const struct expected *e, const char *folder, char *why)
{
    size_t length = (size_t)e->parameters * sizeof(float);
    float *one = malloc(length + 1), *other = malloc(length + 1);
    int right = run_network(network, e, 1, one, why);
    for (int threads = 2; threads <= MOST_THREADS && right; threads++) {
        right = run_network(network, e, threads, other, why);
        if (right && memcmp(one, other, length) != 0) {
            snprintf(why, 400, "%d threads make other weights than one", threads);
            right = 0;
        }
    }
    if (right && e->batch > 16)
        right = try_parts(network, e, why);
    if (right && network->mixed)
        right = try_mixed(network, e, why);
    if (folder) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.bytes", folder, e->title);
        FILE *bytes = fopen(path, "wb");
        if (!bytes || fwrite(one, 1, length, bytes) != length || fclose(bytes) != 0)
            exit(1);
    }
    free(one);
    free(other);
    return right;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 2 ? argv[2] : NULL;
    const char *only = getenv("ONLY"), *wide = getenv("TOLERANCE");
    tolerance = wide ? strtod(wide, NULL) : tolerance;
    data = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!data)
        return 2;
    for (int i = 0; i < network_count; i++) {
        struct expected e;
        char why[400] = "";
        memset(&e, 0, sizeof e);
        read_expected(&e);
        if (!only || strstr(e.title, only)) {
            if (try_network(&networks[i], &e, folder, why))
                printf("ok %s\n", e.title);
            else
                printf("not ok %s\n# %s\n", e.title, why);
        }
        free_expected(&e);
    }
    return 0;
}
