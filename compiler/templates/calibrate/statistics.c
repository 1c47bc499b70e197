/* The first program of `cnnc --quantize`: what every layer's results are on pictures. The generated C of the network in
 * floats, whose layers all have a result of their own, is STATISTICS_SOURCE; its model is STATISTICS_MODEL.
 * usage: statistics DATA PICTURES RESIZE WEIGHTS RESULT [QUIET]
 *
 * RESULT receives doubles, for each layer of the model and then for the input: the least and the largest number, how
 * many are no numbers, the channels, each one's mean, each one's largest size, and how many numbers lie in each of
 * STATISTICS_BINS equal parts between the least and the largest. */
#define CNN_PROBE(layer, tensor) statistics_take((layer), (tensor))
static void statistics_take(int layer, const float *numbers);
#include STATISTICS_SOURCE

#include "cnn_train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATISTICS_BINS = 2048 };

struct statistics {
    long pixels, channels;
    double least, most, strange;
    double *sums, *sizes, *bins;
};

static struct statistics *statistics_all;
static int statistics_pass;

static void statistics_fail(const char *reason)
{
    fprintf(stderr, "cnnc: error: %s\n", reason);
    exit(1);
}

static void *statistics_memory(size_t bytes)
{
    void *memory = calloc(bytes ? bytes : 1, 1);
    if (!memory)
        statistics_fail("out of memory");
    return memory;
}

static void statistics_bound(struct statistics *s, const float *numbers)
{
    for (long c = 0; c < s->channels; c++)
        for (long p = 0; p < s->pixels; p++) {
            const double x = (double)numbers[c * s->pixels + p];
            if (!(fabs(x) < INFINITY)) {
                s->strange += 1;
                continue;
            }
            s->least = x < s->least ? x : s->least;
            s->most = x > s->most ? x : s->most;
            s->sums[c] += x;
            s->sizes[c] = fabs(x) > s->sizes[c] ? fabs(x) : s->sizes[c];
        }
}

static void statistics_count(struct statistics *s, const float *numbers)
{
    const double width = s->most - s->least;
    for (long i = 0; i < s->channels * s->pixels; i++) {
        const double place = width > 0 ? ((double)numbers[i] - s->least) / width * STATISTICS_BINS : 0;
        const int bin = place < 0 ? 0 : place >= STATISTICS_BINS ? STATISTICS_BINS - 1 : (int)place;
        s->bins[bin] += 1;
    }
}

static void statistics_take(int layer, const float *numbers)
{
    if (statistics_pass == 0)
        statistics_bound(&statistics_all[layer], numbers);
    else
        statistics_count(&statistics_all[layer], numbers);
}

static void statistics_begin(struct statistics *s, long height, long width, long channels)
{
    s->pixels = height * width;
    s->channels = channels;
    s->least = INFINITY;
    s->most = -INFINITY;
    s->sums = (double *)statistics_memory((size_t)channels * sizeof *s->sums);
    s->sizes = (double *)statistics_memory((size_t)channels * sizeof *s->sizes);
    s->bins = (double *)statistics_memory(STATISTICS_BINS * sizeof *s->bins);
}

static void statistics_write(const struct statistics *s, long pictures, FILE *result)
{
    const double head[] = {s->least, s->most, s->strange, (double)s->channels};
    fwrite(head, sizeof head, 1, result);
    for (long c = 0; c < s->channels; c++) {
        const double mean = s->sums[c] / ((double)s->pixels * (double)pictures);
        fwrite(&mean, sizeof mean, 1, result);
    }
    fwrite(s->sizes, sizeof *s->sizes, (size_t)s->channels, result);
    fwrite(s->bins, sizeof *s->bins, STATISTICS_BINS, result);
}

int main(int argc, char **argv)
{
    const struct cnn_model *model = &STATISTICS_MODEL;
    const struct cnn_tensor *input = &model->inputs[0];
    struct cnn_error error;
    if (argc != 6 && argc != 7)
        return 2;
    struct cnn_pictures *pictures = cnn_pictures_open(argv[1], input, 0, atoi(argv[3]));
    if (!pictures)
        return 1;
    struct cnn_net *net = cnn_open(model, *argv[4] ? argv[4] : NULL, 1, &error);
    if (!net)
        statistics_fail(error.message);
    const long most = atol(argv[2]), all = (long)cnn_pictures_count(pictures), count = all < most ? all : most;
    const size_t numbers = (size_t)input->height * (size_t)input->width * (size_t)input->channels;
    void *image = statistics_memory(numbers * sizeof(float));
    void **outputs = (void **)statistics_memory((size_t)model->output_count * sizeof *outputs);
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = statistics_memory((size_t)model->outputs[i].height * (size_t)model->outputs[i].width *
                                       (size_t)model->outputs[i].channels * sizeof(float));
    if (argc == 6)
        printf("%s\n", cnn_pictures_said(pictures));
    fflush(stdout);
    statistics_all = (struct statistics *)statistics_memory(((size_t)model->layer_count + 1) * sizeof *statistics_all);
    for (int i = 0; i < model->layer_count; i++)
        statistics_begin(&statistics_all[i], model->layers[i].height, model->layers[i].width,
                         model->layers[i].channels);
    statistics_begin(&statistics_all[model->layer_count], input->height, input->width, input->channels);
    for (statistics_pass = 0; statistics_pass < 2; statistics_pass++)
        for (long i = 0; i < count; i++) {
            const void *inputs[] = {image};
            if (cnn_pictures_get(pictures, (int64_t)i * all / count, image))
                return 1;
            if (input->type == 0)
                statistics_take(model->layer_count, (const float *)image);
            cnn_run_many(net, inputs, outputs);
        }
    FILE *result = fopen(argv[5], "wb");
    if (!result)
        statistics_fail("the statistics cannot be written");
    for (int i = 0; i <= model->layer_count; i++)
        statistics_write(&statistics_all[i], count, result);
    if (fclose(result) != 0)
        statistics_fail("the statistics cannot be written");
    cnn_close(net);
    cnn_pictures_close(pictures);
    return 0;
}
