/* Compiles and runs code, and makes the random numbers that it runs on. */
#include "verify/machine.h"

#include <signal.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/process.h"
#include "base/program.h"
#include "base/progress.h"

enum { LOG_BYTES = 1 << 20 };

/* ---- random input ---- */

/* Splitmix64. */
uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Pixels 0..255 where the network expects them, else numbers from -1 to 1; both exact in float. */
static double random_number(const struct node *input, uint64_t *state)
{
    uint64_t bits = random_next(state);
    if (input->element == ELEMENT_S8)
        return (double)(bits % 256) - 128;
    if (input->element == ELEMENT_U8 || input->args.scale || input->args.mean)
        return (double)(bits % 256);
    return (double)((int64_t)(bits >> 40) - (1 << 23)) / (1 << 23);
}

size_t random_bytes(const struct node *input)
{
    return (size_t)(shape_elements(input->shape) * element_bytes(input->element));
}

void random_fill(const struct node *input, unsigned char *bytes, double *image, uint64_t *state)
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
                else if (input->element == ELEMENT_S8)
                    bytes[at] = (unsigned char)(signed char)number;
                else
                    memcpy(bytes + at * (int64_t)sizeof single, &single, sizeof single);
            }
}

/* ---- compiling and running ---- */

static void help_machine(struct message *message)
{
    message_help(message, "code for another machine takes its compiler in CC and an emulator in CNNC_RUN, such as "
                          "CC='aarch64-linux-gnu-gcc -static' CNNC_RUN=qemu-aarch64");
}

/* A failure of the machine says nothing about the network. */
static struct message *fault(struct machine *m, const char *what, const char *why)
{
    return diag_report_file(m->diag, CHECK_FILE, NULL, "%s: %s", what, why);
}

bool machine_fault(struct machine *m, const char *what, const char *why)
{
    fault(m, what, why);
    return false;
}

/* It cannot be started here, or has instructions that this machine lacks. */
static bool is_foreign(struct machine *m, const char *program, const char *error)
{
    return strncmp(error, "cannot run ", 11) == 0 ||
           strcmp(error, arena_printf(m->arena, "%s was ended by signal %d", program, SIGILL)) == 0;
}

/* NULL: it ended with status 0. Otherwise the message that says how it failed. */
static struct message *run(struct machine *m, const char *what, const char *const *argv, int seconds)
{
    struct process process = {.argv = argv,
                              .stdout_path = m->log,
                              .stderr_path = m->log,
                              .deadline_seconds = seconds,
                              .output_limit = LOG_BYTES};
    struct message *message;
    const char *error;
    int status = 0;
    if (!process_run(m->arena, &process, &status, &error)) {
        message = strncmp(error, "cannot ", 7) == 0
                      ? fault(m, what, error)
                      : diag_report_file(m->diag, CHECK_VERIFY, NULL, "%s: %s", what, error);
        if (argv[0] == m->program && is_foreign(m, argv[0], error))
            help_machine(message);
        return message;
    }
    if (status == 0)
        return NULL;
    message = diag_report_file(m->diag, CHECK_VERIFY, NULL, "%s: %s ended with status %d", what, argv[0], status);
    program_quote(m->arena, message, m->log);
    return message;
}

bool machine_compile(struct machine *m, const char *const *arguments, size_t count)
{
    const char **words = program_words(m->arena, "CC", "cc", arguments, count);
    struct progress progress = progress_begin("compiling the generated C", 0);
    struct message *failure = run(m, "the generated C does not compile", words, LIMIT_COMPILE_SECONDS);
    progress_end(&progress);
    if (failure && m->foreign)
        help_machine(failure);
    return !failure;
}

bool machine_run(struct machine *m, const char *const *arguments, size_t count)
{
    const char **more = ARENA_ARRAY(m->arena, const char *, count + 1);
    more[0] = m->program;
    memcpy(more + 1, arguments, count * sizeof *arguments);
    const char **words = program_words(m->arena, "CNNC_RUN", NULL, more, count + 1);
    struct progress progress = progress_begin("running the generated C", 0);
    bool done = !run(m, "the generated C does not run", words, LIMIT_RUN_SECONDS);
    progress_end(&progress);
    return done;
}

bool machine_begin(struct machine *m)
{
    const char *error = NULL;
    m->folder = temporary_folder(m->arena, &error);
    if (m->folder) {
        m->request = temporary_file(m->arena, m->folder, "request", &error);
        m->result = temporary_file(m->arena, m->folder, "result", &error);
        m->program = temporary_file(m->arena, m->folder, "program", &error);
        m->log = temporary_file(m->arena, m->folder, "log", &error);
    }
    if (error)
        fault(m, "no place for temporary files", error);
    return !error;
}

void machine_end(const struct machine *m)
{
    if (m->folder)
        temporary_remove(m->folder);
}
