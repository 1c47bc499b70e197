/* Collects the times that probes of generated code tell (cnn_profile.h): a sample for each layer and run, of which it
 * keeps the least and the median. */
#include "cnn_profile.h"
#include "cnn_internal.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_RUNS = 100000 };

/* Probes run on the thread that called the network. */
#if defined(__GNUC__) && !defined(CNN_NO_THREADS)
#define OF_THREAD __thread
#else
#define OF_THREAD
#endif

struct recorder {
    double *samples; /* a row of runs for each layer */
    double last;     /* when the layer before was complete */
    int run, runs, layers, probes;
};
static OF_THREAD struct recorder *recording; /* NULL: nobody asks */

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cnn_profile_layer(int layer)
{
    struct recorder *r = recording;
    if (!r || layer < 0 || layer >= r->layers)
        return;
    const double now = seconds();
    if (r->run >= 0)
        r->samples[(size_t)layer * (size_t)r->runs + (size_t)r->run] += now - r->last;
    r->probes++;
    r->last = seconds();
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run_all(struct cnn_net *net, const void *const inputs[], void *const outputs[], struct recorder *r)
{
    recording = r;
    for (r->run = -1; r->run < r->runs; r->run++) {
        r->last = seconds();
        cnn_run_many(net, inputs, outputs);
    }
    recording = NULL;
}

int cnn_profile(struct cnn_net *net, const void *const inputs[], void *const outputs[], int runs,
                struct cnn_layer_time *times, struct cnn_error *error)
{
    struct recorder r;
    if (!net || !inputs || !outputs || !times)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_profile: an argument is NULL");
    if (runs < 1 || runs > MOST_RUNS)
        return cnn_fail(error, CNN_ERROR_ARGUMENT, "cnn_profile: %d runs; the number must be from 1 to %d", runs,
                        (int)MOST_RUNS);
    const int layers = (int)net->model->layer_count;
    const size_t bytes = (size_t)(layers > 0 ? layers : 1) * (size_t)runs * sizeof(double);
    if (bytes / sizeof(double) / (size_t)runs != (size_t)(layers > 0 ? layers : 1))
        return cnn_fail(error, CNN_ERROR_MEMORY, "cnn_profile: no memory for %d runs of %d layers", runs, layers);
    memset(&r, 0, sizeof r);
    r.runs = runs;
    r.layers = layers;
    r.samples = (double *)cnn_allocate(&net->memory, bytes);
    if (!r.samples)
        return cnn_fail(error, CNN_ERROR_MEMORY, "cnn_profile: no memory for %d runs of %d layers", runs, layers);
    memset(r.samples, 0, bytes);
    run_all(net, inputs, outputs, &r);
    for (int i = 0; i < layers; i++) {
        double *row = r.samples + (size_t)i * (size_t)runs;
        qsort(row, (size_t)runs, sizeof *row, compare);
        times[i].least = row[0];
        times[i].median = row[runs / 2];
    }
    cnn_release(&net->memory, r.samples);
    if (layers > 0 && r.probes == 0)
        return cnn_fail(error, CNN_ERROR_ARGUMENT,
                        "%.60s was compiled without probes: compile its C with -include cnn_profile.h",
                        net->model->name);
    if (error) {
        error->code = CNN_OK;
        error->message[0] = 0;
    }
    return CNN_OK;
}
