/* Makes one system call fail: preloaded into cnnc (not into programs it starts), it counts the calls of a function
 * and fails the n-th, or all from the n-th on.
 *
 *     FAULT_CALL   the function: malloc (with calloc and realloc), open, read, write, pwrite, close, rename, mmap,
 *                  posix_spawnp, mkdtemp, waitpid
 *     FAULT_AT     which call, from 1; 0 none
 *     FAULT_HOW    an errno by number; "short": every read and write moves only one byte; "signal 15": the call
 *                  succeeds, and the signal arrives in the middle of it; "cut": the file is truncated once mmap maps it
 *     FAULT_LINKS  "none": the file system has no links
 *     FAULT_COUNT  a file that gets the number of calls when the program ends */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

static const char *call = "", *count_path;
static long at, calls;
static int how = ENOMEM, number, moves_little, cuts, begun;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("FAULT_AT");
    at = text ? atol(text) : 0;
    text = getenv("FAULT_CALL");
    call = text ? text : "";
    text = getenv("FAULT_HOW");
    moves_little = text && strcmp(text, "short") == 0;
    cuts = text && strcmp(text, "cut") == 0;
    number = text && strncmp(text, "signal ", 7) == 0 ? atoi(text + 7) : 0;
    how = text && !moves_little ? atoi(text) : ENOMEM;
    count_path = getenv("FAULT_COUNT");
    unsetenv("LD_PRELOAD"); /* m4 and the compiler must work */
    begun = 1;
}

__attribute__((destructor)) static void end(void)
{
    char text[32];
    begun = 0;
    if (!count_path)
        return;
    int fd = open(count_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int length = snprintf(text, sizeof text, "%ld\n", calls);
    if (fd >= 0 && write(fd, text, (size_t)length) == length)
        close(fd);
}

/* Is this the call that must fail? */
static int fails(const char *name)
{
    if (!begun || strcmp(name, call) != 0)
        return 0;
    calls++;
    if (moves_little || calls != at)
        return 0;
    if (number) {
        raise(number);
        return 0;
    }
    if (cuts)
        return 1;
    errno = how;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#ifndef SANITIZED /* AddressSanitizer has a malloc of its own */
void *malloc(size_t size)
{
    return fails("malloc") ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails("malloc") ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails("malloc") ? NULL : __libc_realloc(block, size);
}
#endif

static int open_with(const char *path, int flags, va_list arguments)
{
    int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, int) : 0;
    return openat(AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int fd = fails("open") ? -1 : open_with(path, flags, arguments);
    va_end(arguments);
    return fd;
}

int open64(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    int fd = fails("open") ? -1 : open_with(path, flags, arguments);
    va_end(arguments);
    return fd;
}

static size_t moved(size_t size)
{
    return moves_little && size > 1 ? 1 : size;
}

ssize_t read(int fd, void *bytes, size_t size)
{
    return fails("read") ? -1 : REAL(read)(fd, bytes, strcmp(call, "read") == 0 ? moved(size) : size);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    return fails("write") ? -1 : REAL(write)(fd, bytes, strcmp(call, "write") == 0 ? moved(size) : size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return fails("pwrite") ? -1 : REAL(pwrite)(fd, bytes, strcmp(call, "pwrite") == 0 ? moved(size) : size, offset);
}

int close(int fd)
{
    if (!fails("close"))
        return REAL(close)(fd);
    REAL(close)(fd); /* as on Linux: it is closed, and the error is returned */
    errno = how;
    return -1;
}

int rename(const char *from, const char *to)
{
    return fails("rename") ? -1 : REAL(rename)(from, to);
}

int link(const char *from, const char *to)
{
    const char *text = getenv("FAULT_LINKS");
    if (!text || access(from, F_OK) != 0)
        return REAL(link)(from, to);
    errno = EPERM;
    return -1;
}

void *mmap(void *where, size_t size, int protection, int flags, int fd, off_t offset)
{
    char file[32];
    const int fault = fd >= 0 && fails("mmap");
    if (fault && !cuts)
        return MAP_FAILED;
    void *map = REAL(mmap)(where, size, protection, flags, fd, offset);
    snprintf(file, sizeof file, "/proc/self/fd/%d", fd);
    return fault && truncate(file, 0) != 0 ? MAP_FAILED : map;
}

int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes, char *const argv[], char *const envp[])
{
    return fails("posix_spawnp") ? how : REAL(posix_spawnp)(pid, file, actions, attributes, argv, envp);
}

char *mkdtemp(char *template)
{
    return fails("mkdtemp") ? NULL : REAL(mkdtemp)(template);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return fails("waitpid") ? -1 : REAL(waitpid)(pid, status, options);
}
