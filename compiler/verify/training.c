/* Verifies training code: makes random images, targets and the request of the program, and passes its results to
 * gradients.c. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "recipe.h"
#include "verify/gradients.h"
#include "verify/machine.h"
#include "verify/verify.h"

/* Enough for a second group of images that lie side by side, where the evaluator, which is slow, is done in seconds. */
enum { FEWEST_IMAGES = 2, MOST_IMAGES = 17 };
static const int64_t work = 300000000; /* multiply-adds of all images */

struct training_verification {
    struct machine machine;
    struct trial trial;
    const struct verify_training_code *code;
    unsigned char **images, **targets; /* as the code reads them */
    int64_t *image_bytes, *target_bytes;
};

static int64_t image_count(const struct graph *graph)
{
    int64_t count = graph->macs > 0 ? work / graph->macs : MOST_IMAGES;
    return count < FEWEST_IMAGES ? FEWEST_IMAGES : count > MOST_IMAGES ? MOST_IMAGES : count;
}

static bool has_classes(const struct trial *trial)
{
    return trial->training->recipe.loss == LOSS_CROSSENTROPY || trial->training->recipe.loss == LOSS_HINGE;
}

/* ---- random numbers ---- */

static void make_images(struct training_verification *v, uint64_t *state)
{
    struct trial *trial = &v->trial;
    const struct graph *graph = trial->training->graph;
    const double **images = ARENA_ARRAY(trial->arena, const double *, graph->inputs.count + 1);
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const struct node *input = graph->inputs.items[i];
        const int64_t each = shape_elements(input->shape), bytes = (int64_t)random_bytes(input);
        double *numbers = ARENA_ARRAY(trial->arena, double, (size_t)(each * trial->batch.count));
        v->image_bytes[i] = bytes * trial->batch.count;
        v->images[i] = ARENA_ARRAY(trial->arena, unsigned char, (size_t)v->image_bytes[i]);
        for (int64_t n = 0; n < trial->batch.count; n++)
            random_fill(input, v->images[i] + n * bytes, numbers + n * each, state);
        images[i] = numbers;
    }
    trial->batch.images = images;
}

/* Classes, or numbers from 0 to 1, as many of each as the code takes. */
static void make_targets(struct training_verification *v, uint64_t *state)
{
    struct trial *trial = &v->trial;
    const struct graph *graph = trial->training->graph;
    struct reference_target *targets = ARENA_ARRAY(trial->arena, struct reference_target, graph->outputs.count + 1);
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct shape shape = graph->outputs.items[i].node->shape;
        const bool classes = has_classes(trial);
        const int64_t count = trial->batch.count * (classes ? shape.h * shape.w : shape_elements(shape));
        int32_t *whole = ARENA_ARRAY(trial->arena, int32_t, (size_t)count);
        float *floats = ARENA_ARRAY(trial->arena, float, (size_t)count);
        double *numbers = ARENA_ARRAY(trial->arena, double, (size_t)count);
        for (int64_t k = 0; k < count; k++) {
            const uint64_t bits = random_next(state) >> 40;
            whole[k] = (int32_t)(bits % (uint64_t)shape.c);
            floats[k] = (float)bits / (1 << 24);
            numbers[k] = (double)floats[k];
        }
        targets[i] = (struct reference_target){.classes = whole, .numbers = numbers};
        v->targets[i] = classes ? (unsigned char *)whole : (unsigned char *)floats;
        v->target_bytes[i] = count * 4;
    }
    trial->batch.targets = targets;
}

static void make_batch(struct training_verification *v)
{
    const struct graph *graph = v->trial.training->graph;
    struct arena *arena = v->trial.arena;
    uint64_t state = 1;
    v->trial.batch.count = image_count(graph);
    v->images = ARENA_ARRAY(arena, unsigned char *, graph->inputs.count + 1);
    v->image_bytes = ARENA_ARRAY(arena, int64_t, graph->inputs.count + 1);
    v->targets = ARENA_ARRAY(arena, unsigned char *, graph->outputs.count + 1);
    v->target_bytes = ARENA_ARRAY(arena, int64_t, graph->outputs.count + 1);
    make_images(v, &state);
    make_targets(v, &state);
}

/* ---- the program ---- */

/* "(const float *)images[0], (const float *)images[1]" */
static const char *arguments_of(const struct trial *trial, bool images)
{
    const struct graph *graph = trial->training->graph;
    struct text text = text_new(trial->arena);
    const size_t count = images ? graph->inputs.count : graph->outputs.count;
    for (size_t i = 0; i < count; i++) {
        const char *type = images               ? element_c(graph->inputs.items[i]->element)
                           : has_classes(trial) ? "int32_t"
                                                : "float";
        text_printf(&text, "%s(const %s *)%s[%zu]", i ? ", " : "", type, images ? "images" : "targets", i);
    }
    return text.bytes;
}

static bool compile(struct training_verification *v)
{
    struct arena *arena = v->machine.arena;
    /* clang-format off */
    const char *const arguments[] = {
        "-O2", "-w", v->code->fast ? "-O2" : "-ffp-contract=off",
        arena_printf(arena, "-DVERIFY_NAME=%s", v->code->name),
        arena_printf(arena, "-DVERIFY_IMAGES=%s", arguments_of(&v->trial, true)),
        arena_printf(arena, "-DVERIFY_TARGETS=%s", arguments_of(&v->trial, false)), "-include", v->code->source,
        "-o", v->machine.program, arena_printf(arena, "%s/verify/training.c", v->code->templates), "-lm",
    };
    /* clang-format on */
    return machine_compile(&v->machine, arguments, sizeof arguments / sizeof *arguments);
}

/* The weights in the order of the code. */
static float *parameters_of(const struct trial *trial)
{
    const struct training *training = trial->training;
    float *parameters = ARENA_ARRAY(trial->arena, float, (size_t)training->parameter_count);
    for (size_t i = 0; i < training->tensors.count; i++) {
        const struct training_tensor *tensor = &training->tensors.items[i];
        const double *values = trial->model->values[tensor->node->id].of[tensor->weight->role];
        for (int64_t k = 0; k < tensor->weight->count; k++)
            parameters[tensor->offset + k] = (float)values[k];
    }
    return parameters;
}

static void write_sizes(struct output *output, const int64_t *sizes, size_t count)
{
    const int64_t number = (int64_t)count;
    output_write(output, &number, sizeof number);
    output_write(output, sizes, count * sizeof *sizes);
}

static bool write_request(struct training_verification *v)
{
    const struct training *training = v->trial.training;
    const size_t inputs = training->graph->inputs.count, outputs = training->graph->outputs.count;
    const int64_t head[] = {v->trial.batch.count, training->parameter_count, training->trained_count};
    const char *error;
    struct output *output = output_open(v->machine.arena, v->machine.request, &error);
    if (!output)
        return machine_fault(&v->machine, "the input for the generated C cannot be written", error);
    output_write(output, head, sizeof head);
    write_sizes(output, v->image_bytes, inputs);
    write_sizes(output, v->target_bytes, outputs);
    output_write(output, parameters_of(&v->trial), (size_t)training->parameter_count * sizeof(float));
    for (size_t i = 0; i < inputs; i++)
        output_write(output, v->images[i], (size_t)v->image_bytes[i]);
    for (size_t i = 0; i < outputs; i++)
        output_write(output, v->targets[i], (size_t)v->target_bytes[i]);
    return output_commit(output, &error) ||
           machine_fault(&v->machine, "the input for the generated C cannot be written", error);
}

static bool compare(struct training_verification *v, struct text *table)
{
    const struct training *training = v->trial.training;
    const size_t wanted = (size_t)(1 + training->trained_count + training->parameter_count) * sizeof(float);
    struct mapping mapping;
    const char *error;
    if (!file_map(v->machine.arena, v->machine.result, &mapping, &error))
        return machine_fault(&v->machine, "the results of the generated C cannot be read", error);
    bool right = mapping.length == wanted;
    if (!right)
        diag_report_file(v->machine.diag, CHECK_VERIFY, NULL, "the generated C ran, but its result is truncated");
    else
        right = gradients_compare(&v->trial, v->machine.diag, (const float *)(const void *)mapping.bytes, table);
    file_unmap(&mapping);
    return right;
}

bool verify_training(struct arena *arena, struct diag *diag, const struct training *training,
                     const struct weights *weights, const struct verify_training_code *code, struct text *table)
{
    struct training_verification v = {.machine = {.arena = arena, .diag = diag, .foreign = code->fast},
                                      .trial = {.arena = arena, .training = training, .weights = weights},
                                      .code = code};
    v.trial.recipe = reference_recipe(arena, training->graph, 1);
    v.trial.model = reference_model_new(arena, training->graph, weights, v.trial.recipe.frozen);
    if (!v.trial.model) {
        diag_report_file(diag, CHECK_VERIFY, NULL, "the evaluator could not read a weight");
        return false;
    }
    make_batch(&v);
    bool right = machine_begin(&v.machine) && compile(&v) && write_request(&v);
    const char *const arguments[] = {v.machine.request, v.machine.result};
    right = right && machine_run(&v.machine, arguments, 2) && compare(&v, table);
    machine_end(&v.machine);
    return right;
}
