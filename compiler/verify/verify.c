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

static void inputs_free(const struct graph *graph, struct verify_inputs *inputs)
{
    for (size_t i = 0; inputs->images && i < graph->inputs.count; i++)
        free(inputs->images[i]);
    free(inputs->images);
    free(inputs->bytes);
}

static void inputs_make(const struct graph *graph, struct verify_inputs *inputs)
{
    uint64_t state = 1;
    size_t at = 0;
    *inputs = (struct verify_inputs){0};
    for (size_t i = 0; i < graph->inputs.count; i++)
        inputs->length += random_bytes(graph->inputs.items[i]);
    inputs->bytes = heap_array(inputs->length, 1);
    inputs->images = heap_array(graph->inputs.count + 1, sizeof *inputs->images);
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const struct node *input = graph->inputs.items[i];
        inputs->images[i] = heap_array((size_t)shape_elements(input->shape), sizeof(double));
        random_fill(input, inputs->bytes + at, inputs->images[i], &state);
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

static bool compare(struct verification *v, const struct weights *weights, const struct verify_inputs *inputs,
                    struct text *table)
{
    struct mapping mapping;
    const char *error;
    if (!file_map(v->machine.arena, v->machine.result, &mapping, &error))
        return machine_fault(&v->machine, "the results of the generated C cannot be read", error);
    bool right = verify_compare(v->machine.arena, v->machine.diag, v->plan, weights, inputs, mapping.bytes,
                                mapping.length, table);
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
        inputs_make(plan->graph, &inputs);
    right = right && run_code(&v, &inputs) && compare(&v, weights, &inputs, table);
    inputs_free(plan->graph, &inputs);
    machine_end(&v.machine);
    return right;
}
