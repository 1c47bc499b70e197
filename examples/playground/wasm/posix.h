/* What cnnc takes from POSIX and wasi-libc lacks: signals, which never come here, and a few calls about files, which
 * posix.c has. */
#ifndef PLAYGROUND_POSIX_H
#define PLAYGROUND_POSIX_H

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>

typedef unsigned int sigset_t;
struct sigaction {
    void (*sa_handler)(int);
    sigset_t sa_mask;
    int sa_flags;
};
enum { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK };

static inline int sigfillset(sigset_t *set)
{
    *set = ~0u;
    return 0;
}

static inline int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    (void)how, (void)set;
    if (old)
        *old = 0;
    return 0;
}

static inline int sigaction(int number, const struct sigaction *action, struct sigaction *old)
{
    (void)number, (void)action;
    if (old)
        *old = (struct sigaction){0};
    return 0;
}

#define F_DUPFD_CLOEXEC 1030 /* which fails: there is no second number for a stream */

int kill(pid_t process, int number);
char *realpath(const char *path, char *resolved);
char *mkdtemp(char *path);

#endif
