/* Compiles generated code, runs it on random input, and passes the results to compare.c. */
#include "verify/verify.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "plan/plan.h"
#include "verify/compare.h"
#include "verify/machine.h"

struct verification {
    struct machine machine;
    const struct plan *plan;
    const struct verify_code *code;
};

static void inputs_free(const struct plan *plan, struct verify_inputs *inputs)
{
    const size_t count = plan->graph->inputs.count * (size_t)plan_images(plan);
    for (size_t i = 0; inputs->images && i < count; i++)
        free(inputs->images[i]);
    free(inputs->images);
    free(inputs->bytes);
}

/* Of each input all images of a batch; `images' has the inputs of each image side by side. */
static void inputs_make(const struct plan *plan, struct verify_inputs *inputs)
{
    const struct graph *graph = plan->graph;
    const size_t count = (size_t)plan_images(plan);
    uint64_t state = 1;
    size_t at = 0;
    *inputs = (struct verify_inputs){0};
    for (size_t i = 0; i < graph->inputs.count; i++)
        inputs->length += count * random_bytes(graph->inputs.items[i]);
    inputs->bytes = heap_array(inputs->length, 1);
    inputs->images = heap_array(count * graph->inputs.count + 1, sizeof *inputs->images);
    for (size_t i = 0; i < graph->inputs.count; i++)
        for (size_t image = 0; image < count; image++) {
            const struct node *input = graph->inputs.items[i];
            double *numbers = heap_array((size_t)shape_elements(input->shape), sizeof(double));
            inputs->images[image * graph->inputs.count + i] = numbers;
            random_fill(input, inputs->bytes + at, numbers, &state);
            at += random_bytes(input);
        }
}

/* ---- compiling and running ---- */

static bool compile_code(struct verification *v)
{
    const char *templates = v->code->templates;
    /* clang-format off */
    const char *const arguments[] = {
        "-O2", "-w", arena_printf(v->machine.arena, "-DVERIFY_MODEL=%s", v->code->model),
        "-include", arena_printf(v->machine.arena, "%s/verify/probe.h", templates), "-include", v->code->source,
        "-o", v->machine.program, arena_printf(v->machine.arena, "%s/verify/driver.c", templates), "-lm",
    };
    /* clang-format on */
    return machine_compile(&v->machine, arguments, sizeof arguments / sizeof *arguments);
}

static bool write_request(struct verification *v, const struct verify_inputs *inputs)
{
    const char *error;
    struct output *output = output_open(v->machine.arena, v->machine.request, &error);
    if (!output)
        return machine_fault(&v->machine, "the input for the generated C cannot be written", error);
    int64_t count = (int64_t)v->plan->probes.count;
    output_write(output, &count, sizeof count);
    for (size_t i = 0; i < v->plan->probes.count; i++) {
        const struct tensor *tensor = v->plan->probes.items[i].tensor;
        int64_t bytes = tensor->layout.bytes;
        output_write(output, &bytes, sizeof bytes);
    }
    output_write(output, inputs->bytes, inputs->length);
    bool written = output_commit(output, &error);
    if (!written)
        machine_fault(&v->machine, "the input for the generated C cannot be written", error);
    return written;
}

static bool run_code(struct verification *v, const struct verify_inputs *inputs)
{
    const char *const arguments[] = {v->machine.request, v->machine.result, v->code->weights};
    return write_request(v, inputs) && machine_run(&v->machine, arguments, v->code->weights ? 3 : 2);
}

/* Image by image: the first one's table is shown, and that of one that is wrong. */
static bool compare_images(struct verification *v, const struct weights *weights, const struct verify_inputs *inputs,
                           const struct mapping *result, struct text *table)
{
    const int count = plan_images(v->plan);
    for (int image = 0; image < count; image++) {
        struct text other = text_new(v->machine.arena);
        const struct verify_result found = {result->bytes, result->length, image};
        const bool right = verify_compare(v->machine.arena, v->machine.diag, v->plan, weights, inputs, &found, &other);
        if (!right && image)
            text_printf(table, "image %d of %d:\n", image + 1, count);
        if (!right || image == 0)
            text_add(table, other.bytes);
        if (!right)
            return false;
    }
    if (count > 1)
        text_printf(table, "this is the first of %d images; the others are right, too\n", count);
    return true;
}

static bool compare(struct verification *v, const struct weights *weights, const struct verify_inputs *inputs,
                    struct text *table)
{
    struct mapping mapping;
    const char *error;
    if (!file_map(v->machine.arena, v->machine.result, &mapping, &error))
        return machine_fault(&v->machine, "the results of the generated C cannot be read", error);
    bool right = compare_images(v, weights, inputs, &mapping, table);
    file_unmap(&mapping);
    return right;
}

bool verify_network(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_code *code, struct text *table)
{
    struct verification v = {
        .machine = {arena, diag, target_is_fast(plan->options.target), NULL, NULL, NULL, NULL, NULL},
        .plan = plan,
        .code = code};
    struct verify_inputs inputs = {0};
    bool right = machine_begin(&v.machine) && compile_code(&v);
    if (right)
        inputs_make(plan, &inputs);
    right = right && run_code(&v, &inputs) && compare(&v, weights, &inputs, table);
    inputs_free(plan, &inputs);
    machine_end(&v.machine);
    return right;
}
