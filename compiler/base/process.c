/* Processes. No shell is involved, so arguments reach a program unchanged. Where there are no processes, as in a web
 * page, another process_run takes the place of this file. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arena.h"
#include "cleanup.h"

extern char **environ;

enum { GRACE_MILLISECONDS = 500 };

static int spawn(const struct process *process, const sigset_t *mask, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    const char *out = process->stdout_path, *err = process->stderr_path;
    const int create = O_WRONLY | O_CREAT | O_TRUNC;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return failed;
    failed = posix_spawnattr_init(&attributes);
    if (failed) {
        posix_spawn_file_actions_destroy(&actions);
        return failed;
    }
    const char *in = process->stdin_path ? process->stdin_path : "/dev/null";
    failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, in, O_RDONLY, 0);
    if (!failed && out)
        failed = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out, create, 0600);
    if (!failed && err && out && strcmp(err, out) == 0)
        failed = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    else if (!failed && err)
        failed = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err, create, 0600);
    /* A process group of its own, so that its children can be ended with it. */
    if (!failed)
        failed = posix_spawnattr_setpgroup(&attributes, 0);
    if (!failed)
        failed = posix_spawnattr_setsigmask(&attributes, mask);
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGXFSZ); /* cnnc ignores it */
    if (!failed)
        failed = posix_spawnattr_setsigdefault(&attributes, &caught);
    if (!failed)
        failed = posix_spawnattr_setflags(&attributes,
                                          POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (!failed)
        failed = posix_spawnp(child, process->argv[0], &actions, &attributes, (char *const *)process->argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void sleep_seconds(double seconds)
{
    struct timespec time = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

/* Polls again after a sixteenth of the elapsed time: a short run is not delayed, a long one costs nothing, and the
 * caller's signal handlers are left alone. */
static double pause_after(double elapsed)
{
    double pause = elapsed / 16;
    return pause < 0.0002 ? 0.0002 : pause > 0.02 ? 0.02 : pause;
}

static bool over_limit(const char *path, size_t limit)
{
    struct stat status;
    return path && limit && stat(path, &status) == 0 && S_ISREG(status.st_mode) && (size_t)status.st_size > limit;
}

/* Ends the group: politely first, so that a compiler can remove its own temporary files. */
static void end_group(pid_t child)
{
    int status;
    kill(-child, SIGTERM);
    for (double begin = seconds_now(); seconds_now() - begin < GRACE_MILLISECONDS * 1e-3; sleep_seconds(0.005))
        if (waitpid(child, &status, WNOHANG) == child) {
            kill(-child, SIGKILL); /* children that it left behind */
            return;
        }
    kill(-child, SIGKILL);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
}

/* NULL: it ended with *status. */
static const char *wait_for(struct arena *arena, const struct process *process, pid_t child, int *status)
{
    double begin = seconds_now();
    for (;;) {
        pid_t got = waitpid(child, status, WNOHANG);
        if (got < 0 && errno != EINTR) {
            const char *error = arena_printf(arena, "cannot wait for %s: %s", process->argv[0], strerror(errno));
            kill(-child, SIGKILL);
            return error;
        }
        bool too_much = over_limit(process->stdout_path, process->output_limit) ||
                        over_limit(process->stderr_path, process->output_limit);
        double elapsed = seconds_now() - begin;
        if (got == child && !too_much)
            return NULL;
        if (too_much || (process->deadline_seconds > 0 && elapsed > process->deadline_seconds)) {
            if (got != child)
                end_group(child);
            return too_much
                       ? arena_printf(arena, "%s wrote more than %zu bytes", process->argv[0], process->output_limit)
                       : arena_printf(arena, "%s did not end within %d seconds", process->argv[0],
                                      process->deadline_seconds);
        }
        sleep_seconds(pause_after(elapsed));
    }
}

/* What happens to signals while a program takes them. It is in the background, but may write to any terminal. */
static const struct {
    int number;
    void (*handler)(int);
} passed_on[] = {{SIGINT, cleanup_pass_on},  {SIGTERM, cleanup_pass_on}, {SIGHUP, cleanup_pass_on},
                 {SIGQUIT, cleanup_pass_on}, {SIGTSTP, cleanup_pass_on}, {SIGTTOU, SIG_IGN}};
enum { PASSED_ON = sizeof passed_on / sizeof *passed_on };

/* nohup is respected. */
static void pass_signals(struct sigaction before[PASSED_ON])
{
    for (int i = 0; i < PASSED_ON; i++) {
        struct sigaction action = {.sa_handler = passed_on[i].handler};
        sigfillset(&action.sa_mask);
        sigaction(passed_on[i].number, NULL, &before[i]);
        if (before[i].sa_handler != SIG_IGN)
            sigaction(passed_on[i].number, &action, NULL);
    }
}

static void keep_signals(const struct sigaction before[PASSED_ON])
{
    for (int i = 0; i < PASSED_ON; i++)
        sigaction(passed_on[i].number, &before[i], NULL);
}

bool process_run(struct arena *arena, const struct process *process, int *exit_status, const char **error)
{
    pid_t child = 0;
    int status = 0;
    sigset_t all, old;
    struct sigaction before[PASSED_ON];
    sigfillset(&all);
    fflush(NULL); /* the child may write to the same places */
    if (process->stdin_path && access(process->stdin_path, R_OK) != 0) {
        *error = arena_printf(arena, "cannot read %s: %s", process->stdin_path, strerror(errno));
        return false;
    }
    sigprocmask(SIG_BLOCK, &all, &old); /* an interrupt sees the child on the list, or not yet started */
    if (process->takes_signals)
        pass_signals(before);
    int failed = spawn(process, &old, &child);
    if (!failed)
        cleanup_running(child, process->takes_signals ? process->first_signal : 0);
    if (failed && process->takes_signals)
        keep_signals(before);
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (failed) {
        *error = arena_printf(arena, "cannot run %s: %s", process->argv[0], strerror(failed));
        return false;
    }
    const char *reason = wait_for(arena, process, child, &status);
    if (process->takes_signals)
        keep_signals(before);
    cleanup_running(0, 0);
    if (!reason && WIFSIGNALED(status))
        reason = arena_printf(arena, "%s was ended by signal %d", process->argv[0], WTERMSIG(status));
    if (reason) {
        *error = reason;
        return false;
    }
    *exit_status = WEXITSTATUS(status);
    return true;
}
