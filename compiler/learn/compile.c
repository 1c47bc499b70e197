/* Compiles training code, and runs it. */
#include <signal.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/process.h"
#include "base/program.h"
#include "base/progress.h"
#include "learn/learn.h"

/* What libcnntrain.a was built with. */
#ifndef CNNC_TRAIN_LIBS
#define CNNC_TRAIN_LIBS ""
#endif

enum { LOG_BYTES = 1 << 20, STATUS_INTERRUPTED = 130 };

static const char **compiler_words(struct arena *arena, const struct learn_place *place,
                                   const struct learn_build *build)
{
    size_t count;
    const char **libraries = process_words(arena, CNNC_TRAIN_LIBS, 2, &count);
    libraries[count++] = "-lm";
    libraries[count++] = "-lpthread";
    const char *const fixed[] = {
        "-O2",
        "-w",
        build->exact ? "-ffp-contract=off" : "-pthread",
        "-include",
        "cnn_train.h",
        "-DCNN_TRAIN_MAIN",
        arena_printf(arena, "-I%s", place->headers),
        arena_printf(arena, "-I%s", place->train_headers),
        "-o",
        build->program,
        build->source,
        arena_printf(arena, "%slibcnntrain.a", place->libraries),
        arena_printf(arena, "%slibcnn.a", place->libraries),
    };
    const size_t fixed_count = sizeof fixed / sizeof *fixed;
    const char **more = ARENA_ARRAY(arena, const char *, fixed_count + count);
    memcpy(more, fixed, sizeof fixed);
    memcpy(more + fixed_count, libraries, count * sizeof *libraries);
    return program_words(arena, "CC", "cc", more, fixed_count + count);
}

bool learn_compile(struct arena *arena, struct diag *diag, const struct learn_place *place,
                   const struct learn_build *build)
{
    struct process process = {.argv = compiler_words(arena, place, build),
                              .stdout_path = build->log,
                              .stderr_path = build->log,
                              .deadline_seconds = LIMIT_COMPILE_SECONDS,
                              .output_limit = LOG_BYTES};
    const char *error;
    int status = 0;
    struct progress progress = progress_begin("compiling the training code", 0);
    bool ran = process_run(arena, &process, &status, &error);
    progress_end(&progress);
    if (ran && status == 0)
        return true;
    if (!ran) {
        struct message *m = diag_report_file(diag, CHECK_FILE, NULL, "the training code is not compiled: %s", error);
        message_help(m, "$CC names the C compiler; without it, it is cc");
        return false;
    }
    struct message *m = diag_report_file(
        diag, CHECK_FILE, NULL, "the training code does not compile: %s ended with status %d", process.argv[0], status);
    program_quote(arena, m, build->log);
    return false;
}

int learn_run(struct arena *arena, struct diag *diag, const char *const *argv)
{
    struct process process = {.argv = argv, .takes_signals = true};
    const char *error;
    int status;
    if (process_run(arena, &process, &status, &error))
        return status;
    if (strcmp(error, arena_printf(arena, "%s was ended by signal %d", argv[0], SIGINT)) == 0)
        return STATUS_INTERRUPTED;
    struct message *m = diag_report_file(diag, CHECK_FILE, NULL, "the training program failed: %s", error);
    message_help(m, "--resume goes on from the last checkpoint, if there is one");
    return -1;
}
