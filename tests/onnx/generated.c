/* Runs the C that cnnc generated from models on stored inputs and compares with stored outputs. The suite
 * generates the table of models.
 *
 *     generated FOLDER     FOLDER/NAME.data was written by backend.c or roundtrip.c */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "cnn.h"

static void take(FILE *file, void *to, size_t bytes)
{
    if (bytes && fread(to, 1, bytes, file) != bytes) {
        fprintf(stderr, "generated: the data end too early\n");
        exit(2);
    }
}

static void *zeros(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (!memory)
        exit(2);
    return memset(memory, 0, (bytes + 127) / 64 * 64);
}

static size_t size_of(const struct cnn_tensor *tensor)
{
    return (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels;
}

static float *take_tensor(FILE *file, size_t expected, int *fits)
{
    int64_t count;
    take(file, &count, sizeof count);
    float *values = zeros((size_t)count * sizeof *values);
    take(file, values, (size_t)count * sizeof *values);
    *fits = *fits && (size_t)count == expected;
    return values;
}

static double error_of(const float *got, const float *wanted, size_t count)
{
    double largest = 0, worst = 0;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(wanted[i]) && isfinite(got[i])) {
            largest = fmax(largest, fabs((double)wanted[i]));
            worst = fmax(worst, fabs((double)wanted[i] - (double)got[i]));
        } else if (!(wanted[i] == got[i]) && !(isnan(wanted[i]) && isnan(got[i]))) {
            return INFINITY;
        }
    }
    return worst <= 1e-7 ? 0 : worst / largest;
}

/* The numbers that integers of 8 bits stand for. */
static float *meant(const struct cnn_tensor *tensor, const signed char *integers)
{
    float *values = zeros(size_of(tensor) * sizeof *values);
    for (size_t k = 0; k < size_of(tensor); k++)
        values[k] = tensor->scale * (float)(integers[k] - tensor->zero_point);
    return values;
}

static double run_case(const struct cnn_model *model, const char *weights, FILE *file)
{
    const void *inputs[32];
    void *outputs[32];
    int64_t count;
    int fits = 1;
    struct cnn_error problem;
    struct cnn_net *net = cnn_open(model, weights, 1, &problem);
    if (!net) {
        printf("# %s\n", problem.message);
        return INFINITY;
    }
    take(file, &count, sizeof count);
    for (int32_t i = 0; i < model->input_count && i < count; i++) {
        float *values = take_tensor(file, size_of(&model->inputs[i]), &fits);
        if (model->inputs[i].type == 2)
            for (size_t k = 0; k < size_of(&model->inputs[i]); k++)
                ((signed char *)values)[k] = (signed char)values[k];
        if (model->inputs[i].type == 1)
            for (size_t k = 0; k < size_of(&model->inputs[i]); k++)
                ((unsigned char *)values)[k] = (unsigned char)values[k];
        inputs[i] = values;
    }
    for (int32_t i = 0; i < model->output_count; i++)
        outputs[i] = zeros(size_of(&model->outputs[i]) * sizeof(float));
    if (count != model->input_count || !fits)
        return INFINITY;
    cnn_run_many(net, inputs, outputs);
    cnn_close(net);
    double worst = 0;
    take(file, &count, sizeof count);
    for (int32_t i = 0; i < model->output_count; i++) {
        const float *wanted = take_tensor(file, size_of(&model->outputs[i]), &fits);
        float share; /* of the largest number, that results may be off */
        take(file, &share, sizeof share);
        if (model->outputs[i].type == 3)
            for (size_t k = 0; k < size_of(&model->outputs[i]); k++)
                ((float *)outputs[i])[k] = (float)((const int32_t *)outputs[i])[k];
        if (model->outputs[i].type == 2)
            outputs[i] = meant(&model->outputs[i], outputs[i]);
        worst = fmax(worst,
                     fits ? error_of(outputs[i], wanted, size_of(&model->outputs[i])) / (double)share : INFINITY);
    }
    return count == model->output_count ? worst : INFINITY;
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.data", argv[1], cases[i].name);
        FILE *file = fopen(path, "rb");
        if (!file)
            return 2;
        const double error = run_case(cases[i].model, cases[i].weights, file);
        fclose(file);
        if (!(error <= 1)) {
            printf("%s: %g times the error that is allowed\n", cases[i].name, error);
            failed = 1;
        }
    }
    printf("# %zu cases ran\n", sizeof cases / sizeof *cases);
    return failed;
}
