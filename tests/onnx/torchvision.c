/* torchvision's networks as PyTorch exported them: the weights are generated as in make_fixtures.py, into
 * the file that the model refers to; the outputs must be PyTorch's.
 *
 *     torchvision FIXTURES WORK prepare NAME     writes WORK/NAME.onnx, weights.bin, NAME.input
 *     torchvision FIXTURES WORK check NAME       imports and evaluates
 *     torchvision FIXTURES WORK compare NAME     compares WORK/NAME.out, of generated code, with PyTorch's output */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "models/onnx/onnx.h"
#include "onnx/onnx.pb-c.h"
#include "reference/reference.h"
#include "tests/lib/report.h"
#include "weights/weights.h"

static const uint32_t input_seed = 0x1234567;

static uint32_t seed_of(const char *name)
{
    uint32_t value = 2166136261u;
    for (; *name; name++)
        value = (value ^ (unsigned char)*name) * 16777619u;
    return value;
}

/* The i-th number in [-1, 1) of a sequence. */
static double uniform(uint32_t seed, uint32_t i)
{
    uint32_t x = i * 2654435761u + seed;
    x = (x ^ x >> 16) * 0x85EBCA6Bu;
    x = (x ^ x >> 13) * 0xC2B2AE35u;
    x ^= x >> 16;
    return (x >> 8) / 8388608.0 - 1.0;
}

static bool ends_with(const char *name, const char *ending)
{
    const size_t length = strlen(name), end = strlen(ending);
    return length >= end && strcmp(name + length - end, ending) == 0;
}

static float number(const Onnx__TensorProto *tensor, uint32_t seed, uint32_t i, double bound)
{
    const double u = uniform(seed, i);
    if (ends_with(tensor->name, "running_var"))
        return (float)(1 + 0.25 * u);
    if (ends_with(tensor->name, "layer_scale"))
        return (float)(0.5 * u);
    if (tensor->n_dims < 2)
        return (float)(ends_with(tensor->name, "weight") ? 1 + 0.25 * u : 0.1 * u);
    return (float)(u * bound);
}

static void write_tensor(FILE *file, const Onnx__TensorProto *tensor)
{
    int64_t count = 1;
    for (size_t i = 0; i < tensor->n_dims; i++)
        count *= tensor->dims[i];
    const double bound = tensor->n_dims ? sqrt(6.0 / ((double)count / (double)tensor->dims[0])) : 1;
    float *numbers = malloc((size_t)count * sizeof *numbers + 1);
    const uint32_t seed = seed_of(tensor->name);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = number(tensor, seed, (uint32_t)i, bound);
    if (fwrite(numbers, sizeof *numbers, (size_t)count, file) != (size_t)count)
        exit(2);
    free(numbers);
}

static void *slurp(struct arena *arena, const char *path, size_t *length)
{
    const char *error;
    char *bytes = file_read(arena, path, (size_t)1 << 30, length, &error);
    if (!bytes) {
        fprintf(stderr, "%s: %s\n", path, error);
        exit(2);
    }
    return bytes;
}

static void spill(struct arena *arena, const char *path, const void *bytes, size_t length)
{
    const char *error;
    if (!file_write(arena, path, bytes, length, &error)) {
        fprintf(stderr, "%s: %s\n", path, error);
        exit(2);
    }
}

static void prepare(struct arena *arena, const char *fixtures, const char *work, const char *name)
{
    size_t length, count = 3;
    void *bytes = slurp(arena, arena_printf(arena, "%s/%s.onnx", fixtures, name), &length);
    Onnx__ModelProto *model = onnx__model_proto__unpack(NULL, length, bytes);
    FILE *file = fopen(arena_printf(arena, "%s/weights.bin", work), "wb");
    if (!model || !file)
        exit(2);
    for (size_t i = 0; i < model->graph->n_initializer; i++)
        if (model->graph->initializer[i]->n_external_data)
            write_tensor(file, model->graph->initializer[i]);
    if (fclose(file))
        exit(2);
    spill(arena, arena_printf(arena, "%s/%s.onnx", work, name), bytes, length);
    const Onnx__TensorShapeProto *shape = model->graph->input[0]->type->tensor_type->shape;
    count *= (size_t)(shape->dim[2]->dim_value * shape->dim[3]->dim_value);
    float *image = ARENA_ARRAY(arena, float, count);
    for (size_t i = 0; i < count; i++)
        image[i] = (float)uniform(input_seed, (uint32_t)i);
    spill(arena, arena_printf(arena, "%s/%s.input", work, name), image, count * sizeof *image);
    onnx__model_proto__free_unpacked(model, NULL);
}

/* Relative to the largest number. */
static double error_of(const double *got, const float *wanted, size_t count)
{
    double largest = 0, worst = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs((double)wanted[i]));
        worst = isnan(got[i]) ? INFINITY : fmax(worst, fabs(got[i] - (double)wanted[i]));
    }
    return worst / largest;
}

static int verdict(const char *name, const char *what, double error)
{
    if (!report(error <= 1e-4, "%s: %s PyTorch's output", name, what))
        detail("error %.1e", error);
    return error <= 1e-4 ? 0 : 1;
}

static int check(struct arena *arena, const char *fixtures, const char *work, const char *name)
{
    struct diag *diag = diag_new(arena);
    const struct onnx_options options = {.name = name};
    struct weights *weights;
    size_t length, wanted_length;
    const float *image = slurp(arena, arena_printf(arena, "%s/%s.input", work, name), &length);
    const float *wanted = slurp(arena, arena_printf(arena, "%s/%s.f32", fixtures, name), &wanted_length);
    struct graph *graph = onnx_import(arena, diag, arena_printf(arena, "%s/%s.onnx", work, name), &options, &weights);
    if (!graph || wanted_length / 4 != (size_t)shape_elements(graph->outputs.items[0].node->shape)) {
        report(false, "%s: can be imported", name);
        diag_print(diag, stdout, (struct diag_style){false, false, false});
        return 1;
    }
    double *numbers = ARENA_ARRAY(arena, double, length / 4);
    for (size_t i = 0; i < length / 4; i++)
        numbers[i] = (double)image[i];
    const double *const images[] = {numbers};
    struct reference *reference = reference_run(graph, weights, images);
    if (!reference)
        exit(2);
    const double *got = reference->tensors[graph->outputs.items[0].node->id];
    int status = verdict(name, "the evaluator computes", error_of(got, wanted, wanted_length / 4));
    reference_free(reference);
    return status;
}

static int compare(struct arena *arena, const char *fixtures, const char *work, const char *name)
{
    size_t length, wanted_length;
    const float *out = slurp(arena, arena_printf(arena, "%s/%s.out", work, name), &length);
    const float *wanted = slurp(arena, arena_printf(arena, "%s/%s.f32", fixtures, name), &wanted_length);
    double *got = ARENA_ARRAY(arena, double, length / 4 + 1);
    for (size_t i = 0; i < length / 4; i++)
        got[i] = (double)out[i];
    return verdict(name, "generated code computes",
                   length == wanted_length ? error_of(got, wanted, length / 4) : INFINITY);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    struct arena *arena = arena_new();
    int status = 0;
    if (strcmp(argv[3], "prepare") == 0)
        prepare(arena, argv[1], argv[2], argv[4]);
    else if (strcmp(argv[3], "check") == 0)
        status = check(arena, argv[1], argv[2], argv[4]);
    else
        status = compare(arena, argv[1], argv[2], argv[4]);
    arena_free(arena);
    return status;
}
