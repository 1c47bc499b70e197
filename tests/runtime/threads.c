/* The pool: every index exactly once, for any count and number of threads; results that do not depend on
 * the number of threads; many networks at once; one set of weights shared by several calls. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"

enum { MAX_COUNT = 100 };

static const char *variant;
static struct cnn_model model; /* the fake one, with its weights inside */

static struct tally {
    int seen[MAX_COUNT], count;
    int wrong[MAX_COUNT];
} tally;

static void note(void *argument, int index, int count, void *scratch)
{
    struct tally *t = (struct tally *)argument;
    if (index < 0 || index >= count || count != t->count || !scratch) {
        t->wrong[0]++;
        return;
    }
    t->seen[index]++;
    if (index % 5 == 1) /* uneven work */
        for (volatile int i = 0; i < 2000; i++) {
        }
}

static void wait_nanoseconds(long time)
{
    struct timespec pause;
    pause.tv_sec = 0;
    pause.tv_nsec = time;
    nanosleep(&pause, NULL);
}

/* A model's run function hands the jobs to the pool, as in real use. */
static void run_jobs(const struct cnn_context *context, const void *const inputs[], void *const outputs[])
{
    int *wrong = (int *)outputs[0];
    const int jobs = *(const int *)inputs[0];
    for (int job = 0; job < jobs; job++) {
        memset(&tally, 0, sizeof tally);
        tally.count = job % 37 == 0 ? MAX_COUNT : job % 7;
        if (job % 500 == 499)
            wait_nanoseconds(300000); /* the workers fall asleep */
        if (!context->pool) {
            *wrong += 1;
            return;
        }
        context->pool->run(context->pool, note, &tally, tally.count);
        for (int i = 0; i < MAX_COUNT; i++)
            *wrong += tally.seen[i] != (i < tally.count) || tally.wrong[i];
    }
}

static void every_index(int threads, int jobs)
{
    struct cnn_model many = model;
    struct cnn_error error;
    const void *inputs[1];
    void *outputs[1];
    char text[100];
    int wrong = 0;
    many.run = run_jobs;
    inputs[0] = &jobs;
    outputs[0] = &wrong;
    struct cnn_net *net = cnn_open(&many, NULL, threads, &error);
    if (net)
        cnn_run_many(net, inputs, outputs);
    snprintf(text, sizeof text, "%d threads, %d jobs: every index once", threads, jobs);
    check(net && wrong == 0, variant, text);
    cnn_close(net);
}

static void fill_input(float *in, int seed)
{
    for (int i = 0; i < FAKE_FLOATS; i++)
        in[i] = (float)((i * 7 + seed) % 101);
}

static void same_result(void)
{
    static float in[FAKE_FLOATS], alone[FAKE_FLOATS], shared[FAKE_FLOATS];
    int different = 0;
    fill_input(in, 1);
    struct cnn_net *net = cnn_open(&model, NULL, 1, NULL);
    assert(net);
    cnn_run(net, in, alone);
    cnn_close(net);
    for (int threads = 2; threads <= 9; threads++) {
        net = cnn_open(&model, NULL, threads, NULL);
        assert(net);
        for (int round = 0; round < 50; round++) {
            memset(shared, 0, sizeof shared);
            cnn_run(net, in, shared);
            different += memcmp(alone, shared, sizeof shared) != 0;
        }
        cnn_close(net);
    }
    check(different == 0, variant, "the result does not depend on the number of threads");
}

struct caller {
    pthread_t thread;
    int number, wrong;
};

/* Opens its own networks, each with its own threads, and runs them in turn. */
static void *call_nets(void *argument)
{
    enum { NETS = 4 };
    struct caller *caller = (struct caller *)argument;
    struct cnn_net *nets[NETS];
    float *in = (float *)malloc(sizeof(float) * FAKE_FLOATS), *out = (float *)malloc(sizeof(float) * FAKE_FLOATS);
    float sum = 0;
    assert(in && out);
    for (int i = 0; i < FAKE_WEIGHTS; i++)
        sum += ((const float *)model.weights)[i];
    for (int i = 0; i < NETS; i++)
        nets[i] = cnn_open(&model, NULL, 1 + i % 3, NULL);
    for (int round = 0; round < 40; round++) {
        struct cnn_net *net = nets[(round + caller->number) % NETS];
        fill_input(in, round + caller->number);
        if (net)
            cnn_run(net, in, out);
        for (int i = 0; i < FAKE_FLOATS; i++)
            caller->wrong += !net || out[i] != in[i] + (float)i * sum;
    }
    for (int i = 0; i < NETS; i++)
        cnn_close(nets[i]);
    free(in);
    free(out);
    return NULL;
}

static void many_nets(void)
{
    enum { CALLERS = 4 };
    struct caller callers[CALLERS];
    int wrong = 0;
    for (int i = 0; i < CALLERS; i++) {
        callers[i].number = i;
        callers[i].wrong = 0;
        if (pthread_create(&callers[i].thread, NULL, call_nets, &callers[i]) != 0)
            abort();
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        wrong += callers[i].wrong;
    }
    check(wrong == 0, variant, "16 networks in 4 threads at once");
}

static void open_and_close(void)
{
    int failed = 0;
    for (int round = 0; round < 200; round++) {
        struct cnn_net *net = cnn_open(&model, NULL, 1 + round % 6, NULL);
        failed += !net;
        if (round % 3 == 0 && net)
            wait_nanoseconds(200000);
        cnn_close(net);
    }
    check(failed == 0, variant, "opening and closing 200 times, workers awake or asleep");
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    variant = argv[1];
    const int jobs = atoi(argv[2]);
    model = fake_model;
    model.weights = fake_weights();
    every_index(2, jobs);
    every_index(3, jobs / 4);
    every_index(8, jobs / 20);
    same_result();
    many_nets();
    open_and_close();
    return failures != 0;
}
