/* Calls that wasi-libc lacks, as far as cnnc needs them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posix.h"

/* There is nobody to send a signal to. */
int kill(pid_t process, int number)
{
    (void)process, (void)number;
    errno = ESRCH;
    return -1;
}

/* The page's folder has no links: a path is what it says. */
char *realpath(const char *path, char *resolved)
{
    (void)resolved;
    return access(path, F_OK) == 0 ? strdup(path) : NULL;
}

/* The path ends in XXXXXX; nobody else makes folders meanwhile. */
char *mkdtemp(char *path)
{
    char *const end = path + strlen(path);
    for (int tries = 0; tries < 1000; tries++) {
        for (int i = 1, number = tries; i <= 6; i++, number /= 10)
            end[-i] = (char)('0' + number % 10);
        if (mkdir(path, 0700) == 0)
            return path;
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}
