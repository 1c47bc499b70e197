/* Runs a network as generated C and in other engines, and times all. tests/bench/run compiles and
 * calls it, and makes a table of its output: lines with a word and a number.
 *
 *     bench compare LIBRARY MODEL THREADS LANES SECONDS PROBLEM idle|busy
 *     bench load THREADS
 *     bench load-ort LIBRARY MODEL THREADS
 *     bench layers LANES SECONDS                with the network compiled with probe.h
 *
 * The networks are those of entries.h; `load` and `layers` take the first. LIBRARY `-`: no ONNX Runtime. LANES: the
 * vector width of the peak to compare with, 0 for the machine's widest. PROBLEM: a convolution for dnnl.h, or `-`.
 * busy: the least processor time of the thread instead of the median time, for a machine that others use. */
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnn.h"
#include "dnnl.h"
#include "entries.h"
#include "ort.h"
#include "timing.h"
#include "tune/peak.h"

void bench_probe(int layer);

enum { LEAST_ROUNDS = 5, PEAKS_A_ROUND = 5, MAX_ENGINES = 12 };
/* A sample is one call, or as many as take this long; a turn is this many samples. Engines with threads get
 * a pause before their turn, so that the other one's threads fall asleep: ONNX Runtime's look for work a
 * million times first, for some 50 ms. Their turns are longer, or the bench would mostly wait. */
static const double sample_seconds = 1e-3, turn_seconds = 20e-3;
static const double pause_seconds = 150e-3, threaded_turn_seconds = 100e-3;

/* A network with its tensors, run by one of the engines. */
struct state {
    const struct cnn_model *model;
    struct cnn_net *net;
    void **inputs, **outputs;
    struct ort_session *ort;
    struct dnnl_bench *dnnl;
};

struct engine {
    char word[24]; /* what its time is called */
    struct state state;
    void (*run)(struct state *state);
    int times;                           /* calls per sample */
    struct samples samples, undisturbed; /* the second: only those in which the core was not taken away */
};

static int busy;          /* others use the machine */
static size_t images = 1; /* of a call */

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

/* ---- tensors ---- */

static size_t tensor_count(const struct cnn_tensor *tensor)
{
    return images * (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels;
}

static size_t tensor_bytes(const struct cnn_tensor *tensor)
{
    return tensor_count(tensor) * (tensor->type == 0 || tensor->type == 3 ? sizeof(float) : 1);
}

static void **make_tensors(const struct cnn_tensor *tensors, int count)
{
    void **data = calloc((size_t)count + 1, sizeof *data);
    for (int i = 0; data && i < count; i++) {
        data[i] = aligned_alloc(64, (tensor_bytes(&tensors[i]) + 63) / 64 * 64 + 64);
        if (data[i])
            memset(data[i], 0, tensor_bytes(&tensors[i]));
        else
            fail("tensors", "out of memory");
    }
    return data;
}

/* Numbers between -1 and 1, or bytes; the same in every run. */
static void fill(const struct cnn_tensor *tensor, void *data)
{
    uint32_t state = 2463534242u;
    for (size_t i = 0; i < tensor_count(tensor); i++) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        if (tensor->type == 0)
            ((float *)data)[i] = (float)(state >> 8) / 8388608.0f - 1.0f;
        else
            ((unsigned char *)data)[i] = (unsigned char)(state >> 24);
    }
}

/* ---- the two engines ---- */

static void open_cnnc(struct state *state, int entry, int threads)
{
    struct cnn_error error;
    const struct cnn_model *model = bench_entries[entry].model;
    state->model = model;
    images = (size_t)(model->abi >> 16) + 1;
    state->net = cnn_open(model, model->weights || !model->weight_bytes ? NULL : bench_entries[entry].weights, threads,
                          &error);
    if (!state->net)
        fail(model->name, error.message);
}

static void make_data(struct state *state)
{
    state->inputs = make_tensors(state->model->inputs, state->model->input_count);
    state->outputs = make_tensors(state->model->outputs, state->model->output_count);
    for (int i = 0; i < state->model->input_count; i++)
        fill(&state->model->inputs[i], state->inputs[i]);
}

static void open_ort(struct state *state, const char *library, const char *path, int threads)
{
    char error[512];
    state->ort = ort_open(library, path, threads, error, sizeof error);
    if (!state->ort)
        fail(path, error);
}

static void run_cnnc(struct state *state)
{
    cnn_run_many(state->net, (const void *const *)state->inputs, state->outputs);
}

static void run_ort(struct state *state)
{
    char error[512];
    if (!ort_run(state->ort, error, sizeof error))
        fail("ONNX Runtime", error);
}

static void run_naive(struct state *state)
{
    bench_naive((const float *const *)state->inputs, (float *const *)state->outputs);
}

static void run_dnnl(struct state *state)
{
    dnnl_bench_run(state->dnnl);
}

static void copy_inputs(struct state *state)
{
    const struct cnn_model *model = state->model;
    if (ort_input_count(state->ort) != (size_t)model->input_count ||
        ort_output_count(state->ort) != (size_t)model->output_count)
        fail(model->name, "the ONNX model has other inputs or outputs");
    for (int i = 0; i < model->input_count; i++) {
        const struct ort_tensor *tensor = ort_input(state->ort, (size_t)i);
        if (tensor->count != tensor_count(&model->inputs[i]) ||
            tensor->type != (model->inputs[i].type == 0 ? ORT_FLOAT : ORT_UINT8))
            fail(model->name, "the ONNX model has another input");
        memcpy(tensor->data, state->inputs[i], tensor_bytes(&model->inputs[i]));
    }
}

/* The largest difference divided by the largest number. The same infinity on both sides is no difference, and neither
 * are two NaN; an infinity or a NaN on one side only is an infinite one. */
static double difference(const float *ours, const float *theirs, size_t count)
{
    double most = 0, apart = 0;
    for (size_t k = 0; k < count; k++) {
        const double d = fabs((double)ours[k] - (double)theirs[k]);
        if (ours[k] == theirs[k] || (isnan(ours[k]) && isnan(theirs[k])))
            continue;
        if (!isfinite(d))
            return INFINITY;
        apart = d > apart ? d : apart;
    }
    for (size_t k = 0; k < count; k++)
        if (isfinite(theirs[k]) && fabs((double)theirs[k]) > most)
            most = fabs((double)theirs[k]);
    return apart == 0 ? 0 : most == 0 ? INFINITY : apart / most;
}

/* Of the worst output. */
static double difference_from_ort(const struct state *state, const struct ort_session *ort)
{
    double worst = 0;
    for (int i = 0; i < state->model->output_count; i++) {
        const struct ort_tensor *tensor = ort_output(ort, (size_t)i);
        if (tensor->type != ORT_FLOAT || tensor->count != tensor_count(&state->model->outputs[i]))
            fail(state->model->name, "the ONNX model has another output");
        const double one = difference(state->outputs[i], tensor->data, tensor->count);
        worst = one > worst ? one : worst;
    }
    return worst;
}

static double difference_from_naive(const struct state *state, const struct state *naive)
{
    double worst = 0;
    for (int i = 0; i < state->model->output_count; i++) {
        const double one = difference(state->outputs[i], naive->outputs[i], tensor_count(&state->model->outputs[i]));
        worst = one > worst ? one : worst;
    }
    return worst;
}

/* ---- compare ---- */

static double sample(struct engine *engine)
{
    const double begin = busy ? timing_processor() : timing_now();
    for (int i = 0; i < engine->times; i++)
        engine->run(&engine->state);
    return (busy ? timing_processor() : timing_now()) - begin;
}

static double quickest_sample(struct engine *engine)
{
    double least = sample(engine);
    for (int i = 0; i < 2 && least >= sample_seconds; i++) {
        const double again = sample(engine);
        least = again < least ? again : least;
    }
    return least;
}

static void calibrate(struct engine *engine)
{
    engine->times = 1;
    engine->run(&engine->state);
    while (quickest_sample(engine) < sample_seconds && engine->times < 1 << 20)
        engine->times *= 2;
}

static void turn(struct engine *engine, int threads)
{
    if (threads > 1)
        usleep((useconds_t)(1e6 * pause_seconds));
    const double end = timing_now() + (threads > 1 ? threaded_turn_seconds : turn_seconds);
    sample(engine); /* the caches still hold another one's data */
    do {
        const long before = timing_switches();
        const double took = sample(engine) / engine->times;
        samples_add(&engine->samples, took);
        if (timing_switches() == before)
            samples_add(&engine->undisturbed, took);
    } while (timing_now() < end);
}

static double typical_time(struct engine *engine, int undisturbed)
{
    if (busy)
        return samples_least(&engine->samples);
    return samples_median(undisturbed ? &engine->undisturbed : &engine->samples);
}

/* All engines that there are, cnnc's networks first: cnnc_us, cnnc1_us, ... */
static int open_engines(struct engine *engines, const char *library, const char *model, int threads,
                        const char *problem)
{
    char error[512];
    int count = 0;
    for (int i = 0; i < bench_entry_count; i++, count++) {
        struct engine *engine = &engines[count];
        snprintf(engine->word, sizeof engine->word, i ? "cnnc%d_us" : "cnnc_us", i);
        engine->run = run_cnnc;
        open_cnnc(&engine->state, i, threads);
        make_data(&engine->state);
    }
    if (bench_naive) {
        engines[count] = (struct engine){.word = "naive_us", .state.model = bench_entries[0].model, .run = run_naive};
        make_data(&engines[count++].state);
    }
    if (strcmp(problem, "-") != 0) {
        engines[count] = (struct engine){.word = "dnnl_us", .run = run_dnnl};
        engines[count].state.dnnl = dnnl_bench_open(problem, error, sizeof error);
        count += engines[count].state.dnnl != NULL; /* no oneDNN: no time */
    }
    if (strcmp(library, "-") != 0) {
        engines[count] = (struct engine){.word = "ort_us", .state = engines[0].state, .run = run_ort};
        open_ort(&engines[count].state, library, model, threads);
        copy_inputs(&engines[count++].state);
    }
    return count;
}

static void print_differences(const struct engine *engines, int count)
{
    for (int i = 0; i < count; i++) { /* every call writes the same numbers */
        if (engines[i].run == run_ort)
            printf("max_rel_err %.9g\n", difference_from_ort(&engines[0].state, engines[i].state.ort));
        if (engines[i].run == run_naive)
            printf("naive_rel_err %.9g\n", difference_from_naive(&engines[0].state, &engines[i].state));
    }
}

static void compare(const char *library, const char *model, int threads, int lanes, double seconds, const char *problem)
{
    struct engine engines[MAX_ENGINES] = {0};
    struct samples peaks = {0};
    int enough = 1;
    if (threads == 1)
        timing_pin();
    const int count = open_engines(engines, library, model, threads, problem);
    for (int i = 0; i < count; i++)
        calibrate(&engines[i]);
    const double end = timing_now() + seconds;
    for (int round = 0; round < LEAST_ROUNDS || timing_now() < end; round++) {
        for (int i = 0; i < PEAKS_A_ROUND; i++)
            samples_add(&peaks, peak_measure(lanes));
        for (int i = 0; i < count; i++)
            turn(&engines[i], threads);
    }
    for (int i = 0; i < count; i++) /* the same rule for all, or the less disturbed one would win */
        enough = enough && engines[i].undisturbed.count >= LEAST_ROUNDS;
    for (int i = 0; i < count; i++)
        printf("%s %.9g\n", engines[i].word, 1e6 * typical_time(&engines[i], enough));
    printf("peak %.9g\narena_bytes %llu\n", busy ? samples_most(&peaks) : samples_median(&peaks),
           (unsigned long long)engines[0].state.model->arena_bytes);
    print_differences(engines, count);
}

/* ---- load ---- */

static void print_load(double seconds, double resident)
{
    printf("load_ms %.9g\nrss_mb %.9g\n", 1e3 * seconds, resident / 1048576);
}

/* Opening; then the memory after one call, when everything has been read. */
static void load_cnnc(int threads)
{
    struct state state = {0};
    const double begin = timing_now();
    open_cnnc(&state, 0, threads);
    const double took = timing_now() - begin;
    make_data(&state);
    run_cnnc(&state);
    print_load(took, timing_resident());
}

static void load_ort(const char *library, const char *model, int threads)
{
    struct state state = {.model = bench_entries[0].model};
    dlopen(library, RTLD_NOW | RTLD_LOCAL); /* loading the library itself is not counted */
    const double begin = timing_now();
    open_ort(&state, library, model, threads);
    const double took = timing_now() - begin;
    for (int i = 0; i < state.model->input_count; i++)
        fill(&state.model->inputs[i], ort_input(state.ort, (size_t)i)->data);
    run_ort(&state);
    print_load(took, timing_resident());
}

/* ---- layers ---- */

/* Per layer: the time since the previous one; the second, without disturbed runs. */
static struct samples *stamps, *undisturbed_stamps;
static double last_stamp;
static long last_switches;

void bench_probe(int layer)
{
    static const double worth_asking = 20e-6; /* asking the system takes time itself */
    const double took = timing_now() - last_stamp;
    if (stamps) {
        const long switches = took > worth_asking ? timing_switches() : last_switches;
        samples_add(&stamps[layer], took);
        if (switches == last_switches)
            samples_add(&undisturbed_stamps[layer], took);
        last_switches = switches;
    }
    last_stamp = timing_now();
}

static double layer_time(struct samples *all, struct samples *undisturbed)
{
    return samples_median(undisturbed->count < LEAST_ROUNDS ? all : undisturbed);
}

static void run_stamped(struct state *state, struct samples *into)
{
    stamps = into;
    last_switches = timing_switches();
    last_stamp = timing_now();
    run_cnnc(state);
    stamps = NULL;
}

static void layers(int lanes, double seconds)
{
    struct state state = {0};
    struct samples peaks = {0};
    timing_pin();
    open_cnnc(&state, 0, 1);
    make_data(&state);
    const int count = state.model->layer_count, clock = count;
    struct samples *into = calloc((size_t)count + 1, sizeof *into);
    undisturbed_stamps = calloc((size_t)count + 1, sizeof *into);
    if (!into || !undisturbed_stamps)
        fail("layers", "out of memory");
    run_cnnc(&state); /* not counted */
    stamps = into;
    last_switches = timing_switches();
    last_stamp = timing_now();
    for (int i = 0; i < 1000; i++)
        bench_probe(clock); /* the time it takes to read the clock */
    stamps = NULL;
    const double end = timing_now() + seconds;
    for (int round = 0; round < LEAST_ROUNDS || timing_now() < end; round++) {
        samples_add(&peaks, peak_measure(lanes));
        run_cnnc(&state); /* after the pause the caches are warm again */
        run_stamped(&state, into);
    }
    printf("peak %.9g\n", samples_median(&peaks));
    for (int i = 0; i < count; i++) {
        const double time = layer_time(&into[i], &undisturbed_stamps[i]) -
                            layer_time(&into[clock], &undisturbed_stamps[clock]);
        printf("layer %d %lld %.9g\n", i, (long long)state.model->layers[i].macs, 1e6 * (time > 0 ? time : 0));
    }
}

static int lanes_of(const char *word)
{
    return atoi(word) ? atoi(word) : peak_lanes();
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    if (argc == 9 && strcmp(mode, "compare") == 0 && bench_entry_count + 3 <= MAX_ENGINES) {
        busy = strcmp(argv[8], "busy") == 0;
        compare(argv[2], argv[3], atoi(argv[4]), lanes_of(argv[5]), atof(argv[6]), argv[7]);
    } else if (argc == 3 && strcmp(mode, "load") == 0) {
        load_cnnc(atoi(argv[2]));
    } else if (argc == 5 && strcmp(mode, "load-ort") == 0) {
        load_ort(argv[2], argv[3], atoi(argv[4]));
    } else if (argc == 4 && strcmp(mode, "layers") == 0) {
        layers(lanes_of(argv[2]), atof(argv[3]));
    } else {
        fprintf(stderr, "usage: see the top of bench.c\n");
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
