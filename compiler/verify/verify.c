/* Compiles generated code, runs it on random input, and passes the results to compare.c. */
#include "verify/verify.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/process.h"
#include "base/program.h"
#include "base/progress.h"
#include "base/text.h"
#include "plan/plan.h"
#include "verify/compare.h"

enum { LOG_BYTES = 1 << 20 };

struct verification {
    struct arena *arena;
    struct diag *diag;
    const struct plan *plan;
    const struct verify_code *code;
    const char *folder, *request, *result, *program, *log; /* all temporary files */
};

/* ---- random input ---- */

/* Splitmix64. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Pixels 0..255 where the network expects them, else numbers from -1 to 1; both exact in float. */
static double random_number(const struct node *input, uint64_t *state)
{
    uint64_t bits = next_random(state);
    if (input->element == ELEMENT_U8 || input->args.scale || input->args.mean)
        return (double)(bits % 256);
    return (double)((int64_t)(bits >> 40) - (1 << 23)) / (1 << 23);
}

static size_t input_bytes(const struct node *input)
{
    return (size_t)(shape_elements(input->shape) * element_bytes(input->element));
}

static void fill_input(const struct node *input, unsigned char *bytes, double *image, uint64_t *state)
{
    struct shape s = input->shape;
    for (int64_t c = 0; c < s.c; c++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++) {
                int64_t chw = (c * s.h + y) * s.w + x, hwc = (y * s.w + x) * s.c + c;
                int64_t at = input->args.layout == LAYOUT_CHW ? chw : hwc;
                double number = random_number(input, state);
                float single = (float)number;
                image[chw] = number;
                if (input->element == ELEMENT_U8)
                    bytes[at] = (unsigned char)number;
                else
                    memcpy(bytes + at * (int64_t)sizeof single, &single, sizeof single);
            }
}

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
        inputs->length += input_bytes(graph->inputs.items[i]);
    inputs->bytes = heap_array(inputs->length, 1);
    inputs->images = heap_array(graph->inputs.count + 1, sizeof *inputs->images);
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const struct node *input = graph->inputs.items[i];
        inputs->images[i] = heap_array((size_t)shape_elements(input->shape), sizeof(double));
        fill_input(input, inputs->bytes + at, inputs->images[i], &state);
        at += input_bytes(input);
    }
}

/* ---- compiling and running ---- */

static void help_machine(struct message *message)
{
    message_help(message, "code for another machine takes its compiler in CC and an emulator in CNNC_RUN, such as "
                          "CC='aarch64-linux-gnu-gcc -static' CNNC_RUN=qemu-aarch64");
}

/* A failure of the machine says nothing about the network. */
static struct message *fault(struct verification *v, const char *what, const char *why)
{
    return diag_report_file(v->diag, CHECK_FILE, NULL, "%s: %s", what, why);
}

/* It cannot be started here, or has instructions that this machine lacks. */
static bool is_foreign(struct verification *v, const char *program, const char *error)
{
    return strncmp(error, "cannot run ", 11) == 0 ||
           strcmp(error, arena_printf(v->arena, "%s was ended by signal %d", program, SIGILL)) == 0;
}

/* NULL: it ended with status 0. Otherwise the message that says how it failed. */
static struct message *run(struct verification *v, const char *what, const char *const *argv, int seconds)
{
    struct process process = {.argv = argv,
                              .stdout_path = v->log,
                              .stderr_path = v->log,
                              .deadline_seconds = seconds,
                              .output_limit = LOG_BYTES};
    struct message *message;
    const char *error;
    int status = 0;
    if (!process_run(v->arena, &process, &status, &error)) {
        message = strncmp(error, "cannot ", 7) == 0
                      ? fault(v, what, error)
                      : diag_report_file(v->diag, CHECK_VERIFY, NULL, "%s: %s", what, error);
        if (argv[0] == v->program && is_foreign(v, argv[0], error))
            help_machine(message);
        return message;
    }
    if (status == 0)
        return NULL;
    message = diag_report_file(v->diag, CHECK_VERIFY, NULL, "%s: %s ended with status %d", what, argv[0], status);
    program_quote(v->arena, message, v->log);
    return message;
}

static bool compile_code(struct verification *v)
{
    const char *templates = v->code->templates;
    /* clang-format off */
    const char *const arguments[] = {
        "-O2", "-w", arena_printf(v->arena, "-DVERIFY_MODEL=%s", v->code->model),
        "-include", arena_printf(v->arena, "%s/verify/probe.h", templates), "-include", v->code->source,
        "-o", v->program, arena_printf(v->arena, "%s/verify/driver.c", templates), "-lm",
    };
    /* clang-format on */
    const char **words = program_words(v->arena, "CC", "cc", arguments, sizeof arguments / sizeof *arguments);
    struct progress progress = progress_begin("compiling the generated C", 0);
    struct message *failure = run(v, "the generated C does not compile", words, LIMIT_COMPILE_SECONDS);
    progress_end(&progress);
    if (failure && target_is_fast(v->plan->options.target))
        help_machine(failure);
    return !failure;
}

static bool write_request(struct verification *v, const struct verify_inputs *inputs)
{
    const char *error;
    struct output *output = output_open(v->arena, v->request, &error);
    if (!output) {
        fault(v, "the input for the generated C cannot be written", error);
        return false;
    }
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
        fault(v, "the input for the generated C cannot be written", error);
    return written;
}

static bool run_code(struct verification *v, const struct verify_inputs *inputs)
{
    const char *const arguments[] = {v->program, v->request, v->result, v->code->weights};
    const char **words = program_words(v->arena, "CNNC_RUN", NULL, arguments, v->code->weights ? 4 : 3);
    if (!write_request(v, inputs))
        return false;
    struct progress progress = progress_begin("running the generated C", 0);
    bool done = !run(v, "the generated C does not run", words, LIMIT_RUN_SECONDS);
    progress_end(&progress);
    return done;
}

static bool compare(struct verification *v, const struct weights *weights, const struct verify_inputs *inputs,
                    struct text *table)
{
    struct mapping mapping;
    const char *error;
    if (!file_map(v->arena, v->result, &mapping, &error)) {
        fault(v, "the results of the generated C cannot be read", error);
        return false;
    }
    bool right = verify_compare(v->arena, v->diag, v->plan, weights, inputs, mapping.bytes, mapping.length, table);
    file_unmap(&mapping);
    return right;
}

static bool name_files(struct verification *v)
{
    const char *error = NULL;
    v->folder = temporary_folder(v->arena, &error);
    if (v->folder) {
        v->request = temporary_file(v->arena, v->folder, "request", &error);
        v->result = temporary_file(v->arena, v->folder, "result", &error);
        v->program = temporary_file(v->arena, v->folder, "program", &error);
        v->log = temporary_file(v->arena, v->folder, "log", &error);
    }
    if (error)
        fault(v, "no place for temporary files", error);
    return !error;
}

bool verify_network(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_code *code, struct text *table)
{
    struct verification v = {.arena = arena, .diag = diag, .plan = plan, .code = code};
    struct verify_inputs inputs = {0};
    bool right = name_files(&v) && compile_code(&v);
    if (right)
        inputs_make(plan->graph, &inputs);
    right = right && run_code(&v, &inputs) && compare(&v, weights, &inputs, table);
    inputs_free(plan->graph, &inputs);
    if (v.folder)
        temporary_remove(v.folder);
    return right;
}
