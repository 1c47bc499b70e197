/* Compiles training code, and runs it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/process.h"
#include "base/program.h"
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
        build->mpi ? "cnn_train_mpi.h" : "cnn_train.h",
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
    return build->mpi ? program_words(arena, "MPICC", "mpicc", more, fixed_count + count)
                      : program_words(arena, "CC", "cc", more, fixed_count + count);
}

static void help_compiler(struct message *m, bool mpi)
{
    if (mpi)
        message_help(m,
                     "MPI is missing: Debian and Ubuntu have it as libopenmpi-dev with openmpi-bin, or as libmpich-dev "
                     "with mpich; $MPICC names its compiler; without it, it is mpicc");
    else
        message_help(m, "$CC names the C compiler; without it, it is cc");
}

static bool compile(struct arena *arena, struct diag *diag, const struct learn_build *build, const char *const *argv,
                    const char *what)
{
    bool ran;
    struct message *m = program_compile(arena, diag, what, argv, build->log, &ran);
    if (m && !ran)
        help_compiler(m, build->mpi);
    return !m;
}

bool learn_compile(struct arena *arena, struct diag *diag, const struct learn_place *place,
                   const struct learn_build *build)
{
    return compile(arena, diag, build, compiler_words(arena, place, build), "the training code");
}

bool learn_compile_program(struct arena *arena, struct diag *diag, const struct learn_place *place,
                           const struct learn_build *build, const char *const *words, size_t count)
{
    size_t libraries_count;
    const char **libraries = process_words(arena, CNNC_TRAIN_LIBS, 2, &libraries_count);
    libraries[libraries_count++] = "-lm";
    libraries[libraries_count++] = "-lpthread";
    const char *const fixed[] = {
        "-O3",
        "-w",
        "-ffp-contract=off",
        arena_printf(arena, "-I%s", place->headers),
        arena_printf(arena, "-I%s", place->train_headers),
        "-o",
        build->program,
        build->source,
        arena_printf(arena, "%slibcnntrain.a", place->libraries),
        arena_printf(arena, "%slibcnn.a", place->libraries),
    };
    const size_t fixed_count = sizeof fixed / sizeof *fixed;
    const char **all = ARENA_ARRAY(arena, const char *, count + fixed_count + libraries_count + 1);
    memcpy(all, words, count * sizeof *words);
    memcpy(all + count, fixed, sizeof fixed);
    memcpy(all + count + fixed_count, libraries, libraries_count * sizeof *libraries);
    return compile(arena, diag, build, program_words(arena, "CC", "cc", all, count + fixed_count + libraries_count),
                   "the calibrating code");
}

static bool was_interrupted(struct arena *arena, const char *program, const char *error)
{
    return strcmp(error, arena_printf(arena, "%s was ended by signal %d", program, SIGINT)) == 0;
}

int learn_run(struct arena *arena, struct diag *diag, const char *const *argv)
{
    struct process process = {.argv = argv, .takes_signals = true};
    const char *error;
    int status;
    if (process_run(arena, &process, &status, &error))
        return status;
    if (was_interrupted(arena, argv[0], error))
        return STATUS_INTERRUPTED;
    struct message *m = diag_report_file(diag, CHECK_FILE, NULL, "the training program failed: %s", error);
    message_help(m, "--resume goes on from the last checkpoint, if there is one");
    return -1;
}

/* What the program left in `path`; -1: nothing. */
static int status_in(struct arena *arena, const char *path)
{
    const char *error;
    size_t length;
    const char *text = file_read(arena, path, LOG_BYTES, &length, &error);
    return text && length && *text >= '0' && *text <= '9' ? (int)strtol(text, NULL, 10) : -1;
}

int learn_run_mpi(struct arena *arena, struct diag *diag, const struct learn_processes *processes,
                  const char *const *argv, size_t argc)
{
    const char **more = ARENA_ARRAY(arena, const char *, argc + 3);
    more[0] = "-n";
    more[1] = arena_printf(arena, "%d", processes->count);
    memcpy(more + 2, argv, argc * sizeof *argv);
    more[argc + 2] = arena_printf(arena, "--status=%s", processes->status);
    /* An interrupt makes mpirun end all processes before they could save; this signal it passes on to them. */
    struct process process = {.argv = program_words(arena, "MPIRUN", "mpirun", more, argc + 3),
                              .takes_signals = true,
                              .first_signal = SIGUSR1};
    const char *error;
    int status;
    if (process_run(arena, &process, &status, &error)) {
        const int said = status == 0 ? status_in(arena, processes->status) : -1;
        if (said >= 0)
            return said;
        error = arena_printf(arena, "%s ended with status %d", process.argv[0], status);
    } else if (was_interrupted(arena, process.argv[0], error)) {
        return STATUS_INTERRUPTED;
    }
    struct message *m = diag_report_file(diag, CHECK_FILE, NULL, "training over MPI failed: %s", error);
    if (strncmp(error, "cannot run ", 11) == 0)
        message_help(m, "$MPIRUN names the program that starts processes; without it, it is mpirun");
    else
        message_help(m, "a process has died, or could not be started (more processes than processors take "
                        "MPIRUN='mpirun --oversubscribe' with Open MPI); --resume goes on from the last checkpoint, if "
                        "there is one");
    return -1;
}
