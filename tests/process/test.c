/* Runs processes in every way that can go wrong. usage: test [interrupt FILE] */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/files.h"
#include "base/process.h"
#include "tests/lib/report.h"

static struct arena *arena;
static const char *folder, *out, *err;

static void check(bool right, const char *description, const char *text)
{
    if (!report(right, "%s", description))
        detail("%s", text);
}

static const char *content(const char *path)
{
    size_t length;
    const char *error;
    const char *text = file_read(arena, path, 1 << 20, &length, &error);
    return text ? text : "";
}

static bool shell(const char *script, struct process process, int *status, const char **error)
{
    const char *const argv[] = {"sh", "-c", script, NULL};
    process.argv = argv;
    process.stdout_path = out;
    *status = -1;
    *error = "";
    return process_run(arena, &process, status, error);
}

static void fails(const char *description, const char *script, struct process process, const char *words)
{
    const char *error = "";
    int status;
    time_t begin = time(NULL);
    bool ran = shell(script, process, &status, &error);
    check(!ran && strstr(error, words) && time(NULL) - begin < 6, description, error);
}

static void runs(void)
{
    const char *error = "";
    int status;
    check(shell("echo one; echo two >&2; exit 3", (struct process){.stderr_path = err}, &status, &error) &&
              status == 3 && strcmp(content(out), "one\n") == 0 && strcmp(content(err), "two\n") == 0,
          "output, errors and the exit status arrive", error);
    check(shell("echo one; echo two >&2", (struct process){.stderr_path = out}, &status, &error) &&
              strcmp(content(out), "one\ntwo\n") == 0,
          "both outputs in one file", content(out));
    check(shell("cat", (struct process){.stdin_path = err}, &status, &error) && strcmp(content(out), "two\n") == 0,
          "input from a file", content(out));
    check(shell("cat", (struct process){0}, &status, &error) && status == 0 && *content(out) == 0,
          "without input, standard input is empty", error);
    const char *const strange[] = {"printf", "%s|", "a b", "$(touch x)", "`x`;'\"*\\", "", NULL};
    check(process_run(arena, &(struct process){.argv = strange, .stdout_path = out}, &status, &error) &&
              strcmp(content(out), "a b|$(touch x)|`x`;'\"*\\||") == 0,
          "no shell sees the arguments", content(out));
    check(shell("sleep 1", (struct process){.deadline_seconds = 20, .output_limit = 10}, &status, &error) &&
              status == 0,
          "a deadline that is met has no effect", error);
}

/* The child asks its parent, which is this program, for the signals. */
static void signals(void)
{
    struct process process = {.takes_signals = true, .deadline_seconds = 20};
    struct sigaction before, after;
    const char *error = "";
    int status;
    sigaction(SIGINT, NULL, &before);
    check(shell("trap 'exit 7' INT; kill -INT $PPID; sleep 10 & wait", process, &status, &error) && status == 7,
          "an interrupt is passed on to a program that takes it", error);
    check(shell("trap 'exit 8' TERM; kill -HUP $PPID; sleep 10 & wait", process, &status, &error) && status == 8,
          "a hangup is passed on as a request to end", error);
    /* From another group: one that is stopped could not end the stop. */
    check(shell("setsid sh -c \"kill -TSTP $PPID; sleep 0.5; ps -o stat= -p $$"
                "; for i in 1 2 3 4 5; do kill -CONT $PPID; sleep 0.2; done\" & wait; exit 9",
                process, &status, &error) &&
              status == 9 && *content(out) == 'T',
          "a stop and its end are passed on", content(out));
    sigaction(SIGINT, NULL, &after);
    check(before.sa_handler == after.sa_handler, "afterwards signals mean what they did", "");
}

static void refusals(void)
{
    const char *const none[] = {"no-such-program-anywhere", NULL};
    const char *error = "";
    int status;
    fails("a deadline ends it", "sleep 600.25", (struct process){.deadline_seconds = 1}, "did not end within 1 second");
    fails("and ends its children", "sh -c 'sleep 600.25 & sleep 600.25'", (struct process){.deadline_seconds = 1},
          "did not end");
    fails("and a program that ignores SIGTERM", "trap '' TERM; sleep 600.25; sleep 600.25",
          (struct process){.deadline_seconds = 1}, "did not end");
    fails("a flood of output ends it", "yes", (struct process){.output_limit = 100000}, "more than 100000 bytes");
    fails("too much output from a short run", "head -c 200 /dev/zero", (struct process){.output_limit = 100},
          "more than");
    fails("a signal is reported", "kill -SEGV $$", (struct process){0}, "signal 11");
    fails("no input file", "true", (struct process){.stdin_path = "/no/such/file"}, "No such file");
    check(!process_run(arena, &(struct process){.argv = none}, &status, &error) && strstr(error, "cannot run"),
          "a program that does not exist", error);
    check(system("ps -eo args | grep -q '^sleep 600.25$'") != 0, "nothing is left running", "a sleep is still running");
}

static void words(void)
{
    size_t count;
    const char **list = process_words(arena, "  ccache\tgcc -m32 ", 2, &count);
    check(count == 3 && strcmp(list[0], "ccache") == 0 && strcmp(list[2], "-m32") == 0 && !list[3] && !list[5],
          "words are split at blanks", "");
    process_words(arena, " ", 0, &count);
    check(count == 0, "blanks contain no words", "");
}

static void on_signal(int number)
{
    cleanup_all();
    signal(number, SIG_DFL);
    raise(number);
}

/* Waits in a process until interrupted; prints where its temporary files are. */
static int interrupt(void)
{
    const char *error;
    int status;
    signal(SIGINT, on_signal);
    printf("%s\n", folder);
    fflush(stdout);
    shell("echo >&2; sleep 600.5", (struct process){.stderr_path = err}, &status, &error);
    return 0;
}

int main(int argc, char **argv)
{
    const char *error = "";
    arena = arena_new();
    folder = temporary_folder(arena, &error);
    out = folder ? temporary_file(arena, folder, "out", &error) : NULL;
    err = folder ? temporary_file(arena, folder, "err", &error) : NULL;
    if (!err) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    if (argc > 1 && strcmp(argv[1], "interrupt") == 0)
        return interrupt();
    runs();
    signals();
    refusals();
    words();
    const char *second = temporary_folder(arena, &error);
    temporary_remove(folder);
    check(!path_exists(folder) && second && path_exists(second), "a temporary folder is removed with its files",
          folder);
    cleanup_all();
    check(!path_exists(second), "all of them are removed on a fault", second);
    setenv("TMPDIR", "/no/such/folder", 1);
    check(!temporary_folder(arena, &error) && strstr(error, "/no/such/folder"), "no place for temporary files", error);
    arena_free(arena);
    return failures != 0;
}
