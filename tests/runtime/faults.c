/* Every system call made while opening a network fails in turn: the linker puts the functions below in front of the
 * real ones. cnn_open must then say which one failed, and release everything it had taken. Arguments: the name of the
 * tested build, a folder to write into. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

enum call { NONE, MALLOC, OPEN, FSTAT, MMAP, MUTEX, COND, CREATE, CALLS };

static const char *const names[] = {"nothing",           "malloc",        "open", "fstat", "mmap", "pthread_mutex_init",
                                    "pthread_cond_init", "pthread_create"};
static enum call failing;
static int left;  /* calls until it fails */
static int taken; /* open maps and files */

static int fails(enum call call)
{
    return failing == call && --left == 0;
}

/* Reserved names: the linker's. */
void *__real_malloc(size_t size);
int __real_open(const char *path, int flags, ...);
int __real_close(int fd);
int __real_fstat(int fd, struct stat *status);
void *__real_mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t length);
int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __real_pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument);

void *__wrap_malloc(size_t size)
{
    return fails(MALLOC) ? NULL : __real_malloc(size);
}

int __wrap_open(const char *path, int flags, ...)
{
    errno = EMFILE;
    const int fd = fails(OPEN) ? -1 : __real_open(path, flags, 0);
    taken += fd >= 0;
    return fd;
}

int __wrap_close(int fd)
{
    taken--;
    return __real_close(fd);
}

int __wrap_fstat(int fd, struct stat *status)
{
    errno = EIO;
    return fails(FSTAT) ? -1 : __real_fstat(fd, status);
}

void *__wrap_mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    errno = ENOMEM;
    void *map = fails(MMAP) ? MAP_FAILED : __real_mmap(at, length, protection, flags, fd, offset);
    taken += map != MAP_FAILED;
    return map;
}

int __wrap_munmap(void *at, size_t length)
{
    taken--;
    return __real_munmap(at, length);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    return fails(MUTEX) ? ENOMEM : __real_pthread_mutex_init(mutex, attributes);
}

int __wrap_pthread_cond_init(pthread_cond_t *cond, const pthread_condattr_t *attributes)
{
    return fails(COND) ? ENOMEM : __real_pthread_cond_init(cond, attributes);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument)
{
    return fails(CREATE) ? EAGAIN : __real_pthread_create(thread, attributes, start, argument);
}

/* The error code for a failure of this call, and a word of its message; `pool`: it was for the threads. */
static int code_of(enum call call, int pool, const char **word)
{
    *word = call == OPEN     ? strerror(EMFILE)
            : call == FSTAT  ? strerror(EIO)
            : call == MMAP   ? strerror(ENOMEM)
            : call == MALLOC ? "no memory"
                             : "cannot start";
    if (call == MALLOC && !pool)
        return CNN_ERROR_MEMORY;
    return call == OPEN || call == FSTAT || call == MMAP ? CNN_ERROR_FILE : CNN_ERROR_THREADS;
}

/* Fails the first call of its kind, the second ... until a network opens. */
static void each(const char *variant, const char *path, enum call call)
{
    int right = 1, faults = 0;
    char text[100];
    for (int n = 1; n < 20; n++) {
        struct cnn_error error;
        const char *word;
        failing = call, left = n, taken = 0;
        struct cnn_net *net = cnn_open(&fake_model, path, 4, &error);
        failing = NONE;
        if (net) {
            cnn_close(net);
            right = right && taken == 0;
            break;
        }
        const int code = code_of(call, strstr(error.message, "threads") != NULL, &word);
        if (error.code != code || !strstr(error.message, word) || taken != 0) {
            printf("# call %d: code %d, not %d, %d left open: %s\n", n, error.code, code, taken, error.message);
            right = 0;
        }
        faults++;
    }
    snprintf(text, sizeof text, "%s fails, %d times: cnn_open says so and keeps nothing", names[call], faults);
    check(right && faults > 0 && faults < 19, variant, text);
}

int main(int argc, char **argv)
{
    char path[600];
    size_t size;
    if (argc != 3)
        return 2;
    unsigned char *file = fake_file(&size);
    snprintf(path, sizeof path, "%s/faults-%ld.cnnw", argv[2], (long)getpid());
    assert(write_file(path, file, size));
    free(file);
    for (int call = NONE + 1; call < CALLS; call++)
        each(argv[1], path, (enum call)call);
    unlink(path);
    return failures != 0;
}
