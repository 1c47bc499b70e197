/* Shared by the fuzz targets: an input as a file in memory, and a way to report a fault. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

enum { DEADLINE_SECONDS = 30 };

_Noreturn void fuzz_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    abort();
}

static void too_slow(int number)
{
    static const char message[] = "this input takes too long\n";
    (void)number;
    if (write(STDERR_FILENO, message, sizeof message - 1) < 0)
        _exit(1);
    abort();
}

/* CPU time rather than wall time: a busy machine must not produce findings. */
void fuzz_begin(void)
{
    static const struct itimerval deadline = {.it_value = {.tv_sec = DEADLINE_SECONDS}};
    static bool watched;
    if (!watched && signal(SIGPROF, too_slow) == SIG_ERR)
        fuzz_fail("no signals");
    watched = true;
    setitimer(ITIMER_PROF, &deadline, NULL);
}

static char path[512], beside[512], folder[480];

static void remove_link(void)
{
    unlink(path);
    unlink(beside);
    rmdir(folder);
}

static void put_beside(void)
{
    static const unsigned char numbers[4096] = {0};
    snprintf(beside, sizeof beside, "%s/data", folder);
    FILE *file = fopen(beside, "wb");
    if (!file || fwrite(numbers, 1, sizeof numbers, file) != sizeof numbers || fclose(file) != 0)
        fuzz_fail("cannot make %s", beside);
}

/* A memory file has no name of its own; if the ending matters, a link gives it one. */
static void name_file(int fd, const char *ending)
{
    const char *temporary = getenv("TMPDIR");
    char target[64];
    snprintf(target, sizeof target, "/proc/%ld/fd/%d", (long)getpid(), fd);
    if (!*ending) {
        memcpy(path, target, sizeof target);
        return;
    }
    snprintf(folder, sizeof folder, "%s/cnnc-fuzz-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(folder))
        fuzz_fail("cannot make %s", folder);
    snprintf(path, sizeof path, "%s/f%s", folder, ending);
    if (symlink(target, path) != 0)
        fuzz_fail("cannot make %s", path);
    put_beside();
    atexit(remove_link);
}

/* ---- folders ---- */

static char root[400], made[FUZZ_PARTS][600];
static size_t made_count;

static const char *temporary(void)
{
    const char *name = getenv("TMPDIR");
    return name ? name : "/tmp";
}

/* The files of the call before, and the folders that they were in. */
static void empty_folder(void)
{
    for (size_t i = 0; i < made_count; i++)
        unlink(made[i]);
    for (size_t i = 0; i < made_count; i++)
        for (char *slash; (slash = strrchr(made[i], '/')) != NULL && slash > made[i] + strlen(root);) {
            *slash = 0;
            rmdir(made[i]);
        }
    made_count = 0;
}

static void remove_folder(void)
{
    empty_folder();
    rmdir(root);
}

static void put_part(const struct fuzz_part *part)
{
    char *name = made[made_count++];
    snprintf(name, sizeof made[0], "%s/%s", root, part->name);
    for (char *slash = name + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; *slash++ = '/') {
        *slash = 0;
        mkdir(name, 0700); /* it may be there */
    }
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(part->data, 1, part->size, file) != part->size || fclose(file) != 0)
        fuzz_fail("cannot make %s", name);
}

const char *fuzz_folder(const struct fuzz_part *parts, size_t count)
{
    if (!root[0]) {
        snprintf(root, sizeof root, "%s/cnnc-fuzz-XXXXXX", temporary());
        if (!mkdtemp(root))
            fuzz_fail("cannot make %s", root);
        atexit(remove_folder);
    }
    empty_folder();
    for (size_t i = 0; i < count; i++)
        put_part(&parts[i]);
    return root;
}

struct fuzz_part fuzz_take(const char *name, const uint8_t **data, size_t *size)
{
    size_t length = *size < 2 ? 0 : (size_t)((*data)[0] | (*data)[1] << 8), head = *size < 2 ? *size : 2;
    length = length < *size - head ? length : *size - head;
    const struct fuzz_part part = {name, *data + head, length};
    *data += head + length;
    *size -= head + length;
    return part;
}

const char *fuzz_file(const uint8_t *data, size_t size, const char *ending)
{
    static int fd = -1;
    if (fd < 0) {
        fd = memfd_create("input", MFD_CLOEXEC);
        if (fd < 0)
            fuzz_fail("no memory file");
        name_file(fd, ending);
    }
    if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        fuzz_fail("cannot write the memory file");
    return path;
}
