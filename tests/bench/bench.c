/* Runs one network as generated C and in ONNX Runtime, and times both. tests/bench/run compiles and
 * calls it, and makes a table of its output: lines with a word and a number.
 *
 *     bench compare WEIGHTS LIBRARY MODEL THREADS LANES SECONDS
 *     bench load WEIGHTS THREADS
 *     bench load-ort LIBRARY MODEL THREADS
 *     bench layers WEIGHTS LANES SECONDS        with the network compiled with probe.h
 *
* LIBRARY `-`: no ONNX Runtime. WEIGHTS are not read if the network embeds its own. LANES: the vector
 * width of the peak to compare with, 0 for the machine's widest. */
#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnn.h"
#include "ort.h"
#include "peak.h"
#include "timing.h"

extern const struct cnn_model *const bench_model; /* in the few lines that `run` writes for a network */
void bench_probe(int layer);

enum { LEAST_ROUNDS = 5, PEAKS_A_ROUND = 5 };
/* A sample is one call, or as many as take this long; a turn is this many samples. Engines with threads get
 * a pause before their turn, so that the other one's threads fall asleep: ONNX Runtime's look for work a
 * million times first, for some 50 ms. Their turns are longer, or the bench would mostly wait. */
static const double sample_seconds = 1e-3, turn_seconds = 20e-3;
static const double pause_seconds = 150e-3, threaded_turn_seconds = 100e-3;

struct state {
    const struct cnn_model *model;
    struct cnn_net *net;
    void **inputs, **outputs;
    struct ort_session *ort;
};

struct engine {
    void (*run)(struct state *state);
    int times;                           /* calls per sample */
    struct samples samples, undisturbed; /* the second: only those in which the core was not taken away */
};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

/* ---- tensors ---- */

static size_t tensor_count(const struct cnn_tensor *tensor)
{
    return (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels;
}

static size_t tensor_bytes(const struct cnn_tensor *tensor)
{
    return tensor_count(tensor) * (tensor->type == 0 ? sizeof(float) : 1);
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

static void open_cnnc(struct state *state, const char *weights, int threads)
{
    struct cnn_error error;
    const struct cnn_model *model = bench_model;
    state->model = model;
    state->net = cnn_open(model, model->weights || !model->weight_bytes ? NULL : weights, threads, &error);
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

/* The largest difference divided by the largest number, for the worst output. */
static double difference(const struct state *state)
{
    double worst = 0;
    for (int i = 0; i < state->model->output_count; i++) {
        const struct ort_tensor *tensor = ort_output(state->ort, (size_t)i);
        const float *ours = state->outputs[i], *theirs = tensor->data;
        double most = 0, apart = 0;
        if (tensor->type != ORT_FLOAT || tensor->count != tensor_count(&state->model->outputs[i]))
            fail(state->model->name, "the ONNX model has another output");
        for (size_t k = 0; k < tensor->count; k++) {
            const double d = fabs((double)ours[k] - (double)theirs[k]);
            if (!isfinite(d))
                return INFINITY;
            apart = d > apart ? d : apart;
            most = fabs((double)theirs[k]) > most ? fabs((double)theirs[k]) : most;
        }
        if (most == 0) /* an output of zeros proves nothing */
            return INFINITY;
        worst = apart / most > worst ? apart / most : worst;
    }
    return worst;
}

/* ---- compare ---- */

static double sample(struct engine *engine, struct state *state)
{
    const double begin = timing_now();
    for (int i = 0; i < engine->times; i++)
        engine->run(state);
    return timing_now() - begin;
}

static double quickest_sample(struct engine *engine, struct state *state)
{
    double least = sample(engine, state);
    for (int i = 0; i < 2 && least >= sample_seconds; i++) {
        const double again = sample(engine, state);
        least = again < least ? again : least;
    }
    return least;
}

static void calibrate(struct engine *engine, struct state *state)
{
    engine->times = 1;
    engine->run(state);
    while (quickest_sample(engine, state) < sample_seconds && engine->times < 1 << 20)
        engine->times *= 2;
}

static void turn(struct engine *engine, struct state *state, int threads)
{
    if (threads > 1)
        usleep((useconds_t)(1e6 * pause_seconds));
    const double end = timing_now() + (threads > 1 ? threaded_turn_seconds : turn_seconds);
    sample(engine, state); /* the caches still hold the other one's data */
    do {
        const long before = timing_switches();
        const double took = sample(engine, state) / engine->times;
        samples_add(&engine->samples, took);
        if (timing_switches() == before)
            samples_add(&engine->undisturbed, took);
    } while (timing_now() < end);
}

static double median_time(struct engine *engine, int undisturbed)
{
    return samples_median(undisturbed ? &engine->undisturbed : &engine->samples);
}

static void compare(const char *weights, const char *library, const char *model, int threads, int lanes, double seconds)
{
    struct state state = {0};
    struct engine cnnc = {.run = run_cnnc}, ort = {.run = run_ort};
    struct samples peaks = {0};
    const int with_ort = strcmp(library, "-") != 0;
    if (threads == 1)
        timing_pin();
    open_cnnc(&state, weights, threads);
    make_data(&state);
    calibrate(&cnnc, &state);
    if (with_ort) {
        open_ort(&state, library, model, threads);
        copy_inputs(&state);
        calibrate(&ort, &state);
    }
    const double end = timing_now() + seconds;
    for (int round = 0; round < LEAST_ROUNDS || timing_now() < end; round++) {
        for (int i = 0; i < PEAKS_A_ROUND; i++)
            samples_add(&peaks, peak_measure(lanes));
        turn(&cnnc, &state, threads);
        if (with_ort)
            turn(&ort, &state, threads);
    }
    /* The same rule for both, or the less disturbed one would win. */
    const int enough = cnnc.undisturbed.count >= LEAST_ROUNDS && (!with_ort || ort.undisturbed.count >= LEAST_ROUNDS);
    printf("cnnc_us %.9g\npeak %.9g\narena_bytes %llu\n", 1e6 * median_time(&cnnc, enough), samples_median(&peaks),
           (unsigned long long)state.model->arena_bytes);
    if (with_ort) /* every call writes the same numbers */
        printf("ort_us %.9g\nmax_rel_err %.9g\n", 1e6 * median_time(&ort, enough), difference(&state));
}

/* ---- load ---- */

static void print_load(double seconds, double resident)
{
    printf("load_ms %.9g\nrss_mb %.9g\n", 1e3 * seconds, resident / 1048576);
}

/* Opening; then the memory after one call, when everything has been read. */
static void load_cnnc(const char *weights, int threads)
{
    struct state state = {0};
    const double begin = timing_now();
    open_cnnc(&state, weights, threads);
    const double took = timing_now() - begin;
    make_data(&state);
    run_cnnc(&state);
    print_load(took, timing_resident());
}

static void load_ort(const char *library, const char *model, int threads)
{
    struct state state = {.model = bench_model};
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

static void layers(const char *weights, int lanes, double seconds)
{
    struct state state = {0};
    struct samples peaks = {0};
    timing_pin();
    open_cnnc(&state, weights, 1);
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
    if (argc == 8 && strcmp(mode, "compare") == 0) {
        compare(argv[2], argv[3], argv[4], atoi(argv[5]), lanes_of(argv[6]), atof(argv[7]));
    } else if (argc == 4 && strcmp(mode, "load") == 0) {
        load_cnnc(argv[2], atoi(argv[3]));
    } else if (argc == 5 && strcmp(mode, "load-ort") == 0) {
        load_ort(argv[2], argv[3], atoi(argv[4]));
    } else if (argc == 5 && strcmp(mode, "layers") == 0) {
        layers(argv[2], lanes_of(argv[3]), atof(argv[4]));
    } else {
        fprintf(stderr, "usage: see the top of bench.c\n");
        return 2;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
