/* The second program of `cnnc --quantize`: what the network in integers loses. FLOATS_SOURCE and FLOATS_MODEL are the
 * generated C of the network in floats, INTEGERS_SOURCE and INTEGERS_MODEL that in integers.
 * usage: measure DATA PICTURES RESIZE FLOATS_WEIGHTS INTEGERS_WEIGHTS PAIRS RESULT
 *
 * PAIRS holds doubles: for each of the integers' layers the floats' layer of the same result (-1: none), its scale and
 * its zero point. RESULT receives doubles: the pictures, whether they are labelled, how many each network has right, on
 * how many both agree; then for each of the integers' layers the energy of the floats' numbers, and that of the
 * differences. */
#define CNN_PROBE(layer, tensor) measure_keep((layer), (const float *)(const void *)(tensor))
static void measure_keep(int layer, const float *numbers);
#include FLOATS_SOURCE
#undef CNN_PROBE
#define CNN_PROBE(layer, tensor) measure_compare((layer), (const signed char *)(const void *)(tensor))
static void measure_compare(int layer, const signed char *numbers);
#include INTEGERS_SOURCE

#include "cnn_train.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct measure_pair {
    double floats, scale, zero;
};

static const struct cnn_model *measure_floats = &FLOATS_MODEL, *measure_integers = &INTEGERS_MODEL;
static struct measure_pair *measure_pairs;
static float **measure_kept;
static double (*measure_energies)[2];

static void measure_fail(const char *reason)
{
    fprintf(stderr, "cnnc: error: %s\n", reason);
    exit(1);
}

static void *measure_memory(size_t bytes)
{
    void *memory = calloc(bytes ? bytes : 1, 1);
    if (!memory)
        measure_fail("out of memory");
    return memory;
}

static size_t measure_size(const struct cnn_layer *layer)
{
    return (size_t)layer->height * (size_t)layer->width * (size_t)layer->channels;
}

static void measure_keep(int layer, const float *numbers)
{
    memcpy(measure_kept[layer], numbers, measure_size(&measure_floats->layers[layer]) * sizeof *numbers);
}

static void measure_compare(int layer, const signed char *numbers)
{
    const struct measure_pair *pair = &measure_pairs[layer];
    if (pair->floats < 0)
        return;
    const float *floats = measure_kept[(int)pair->floats];
    for (size_t i = 0; i < measure_size(&measure_integers->layers[layer]); i++) {
        const double x = (double)floats[i], difference = pair->scale * (numbers[i] - pair->zero) - x;
        measure_energies[layer][0] += x * x;
        measure_energies[layer][1] += difference * difference;
    }
}

static int32_t measure_class(const void *output, const struct cnn_tensor *tensor)
{
    const float *floats = (const float *)output;
    const signed char *integers = (const signed char *)output;
    int32_t best = 0;
    for (int32_t c = 1; c < tensor->channels; c++)
        if (tensor->type == 0 ? floats[c] > floats[best] : integers[c] > integers[best])
            best = c;
    return best;
}

static void **measure_outputs(const struct cnn_model *model)
{
    void **outputs = (void **)measure_memory((size_t)model->output_count * sizeof *outputs);
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = measure_memory((size_t)model->outputs[i].height * (size_t)model->outputs[i].width *
                                    (size_t)model->outputs[i].channels * sizeof(float));
    return outputs;
}

static struct cnn_net *measure_open(const struct cnn_model *model, const char *weights)
{
    struct cnn_error error;
    struct cnn_net *net = cnn_open(model, *weights ? weights : NULL, 1, &error);
    if (!net)
        measure_fail(error.message);
    return net;
}

int main(int argc, char **argv)
{
    const struct cnn_tensor *input = &measure_floats->inputs[0], *output = &measure_floats->outputs[0];
    const int layers = measure_integers->layer_count;
    double counts[5] = {0};
    if (argc != 8)
        return 2;
    struct cnn_pictures *pictures = cnn_pictures_open(argv[1], input, 1, atoi(argv[3]));
    if (!pictures)
        return 1;
    struct cnn_net *floats = measure_open(measure_floats, argv[4]), *integers = measure_open(measure_integers, argv[5]);
    const long most = atol(argv[2]), all = (long)cnn_pictures_count(pictures), count = all < most ? all : most;
    const int one = measure_floats->output_count == 1 && output->height == 1 && output->width == 1;
    const int labelled = one && cnn_pictures_labelled(pictures, output->channels);
    measure_pairs = (struct measure_pair *)measure_memory((size_t)layers * sizeof *measure_pairs);
    measure_energies = (double(*)[2])measure_memory((size_t)layers * sizeof *measure_energies);
    measure_kept = (float **)measure_memory((size_t)measure_floats->layer_count * sizeof *measure_kept);
    for (int i = 0; i < measure_floats->layer_count; i++)
        measure_kept[i] = (float *)measure_memory(measure_size(&measure_floats->layers[i]) * sizeof(float));
    FILE *pairs = fopen(argv[6], "rb");
    if (!pairs || fread(measure_pairs, sizeof *measure_pairs, (size_t)layers, pairs) != (size_t)layers)
        measure_fail("the layers' scales cannot be read");
    fclose(pairs);
    void *image = measure_memory((size_t)input->height * (size_t)input->width * (size_t)input->channels *
                                 sizeof(float));
    void **of_floats = measure_outputs(measure_floats), **of_integers = measure_outputs(measure_integers);
    counts[0] = (double)count;
    counts[1] = labelled;
    for (long i = 0; i < count; i++) {
        const int64_t index = (int64_t)i * all / count;
        const void *inputs[] = {image};
        if (cnn_pictures_get(pictures, index, image))
            return 1;
        cnn_run_many(floats, inputs, of_floats);
        cnn_run_many(integers, inputs, of_integers);
        const int32_t a = measure_class(of_floats[0], output);
        const int32_t b = measure_class(of_integers[0], &measure_integers->outputs[0]);
        const int32_t label = labelled ? cnn_pictures_label(pictures, index) : -1;
        counts[2] += a == label;
        counts[3] += b == label;
        counts[4] += a == b;
    }
    FILE *result = fopen(argv[7], "wb");
    if (!result || fwrite(counts, sizeof counts, 1, result) != 1 ||
        fwrite(measure_energies, sizeof *measure_energies, (size_t)layers, result) != (size_t)layers ||
        fclose(result) != 0)
        measure_fail("the results cannot be written");
    cnn_close(floats);
    cnn_close(integers);
    cnn_pictures_close(pictures);
    return 0;
}
