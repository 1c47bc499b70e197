/* Messages, memory, numbers in files. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

int cnn_trouble(struct trouble *t, const char *format, ...)
{
    va_list arguments;
    if (t->message[0])
        return -1;
    va_start(arguments, format);
    vsnprintf(t->message, sizeof t->message, format, arguments);
    va_end(arguments);
    return -1;
}

int cnn_trouble_help(struct trouble *t, const char *format, ...)
{
    va_list arguments;
    if (t->help[0])
        return -1;
    va_start(arguments, format);
    vsnprintf(t->help, sizeof t->help, format, arguments);
    va_end(arguments);
    return -1;
}

/* The length of the character of UTF-8 that begins here; 0: there is none. */
static size_t character_length(const unsigned char *c)
{
    const unsigned char second = c[0] ? c[1] : 0;
    const size_t length = c[0] < 0x80 ? 1 : c[0] < 0xC2 ? 0 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : c[0] < 0xF5 ? 4 : 0;
    for (size_t i = 1; i < length; i++)
        if (c[i] < 0x80 || c[i] > 0xBF)
            return 0;
    const int longer = (c[0] == 0xE0 && second < 0xA0) || (c[0] == 0xF0 && second < 0x90);
    const int none = (c[0] == 0xED && second > 0x9F) || (c[0] == 0xF4 && second > 0x8F); /* surrogates, the end */
    return longer || none ? 0 : length;
}

char *cnn_clean(char *text)
{
    unsigned char *from = (unsigned char *)text, *to = from;
    while (from && *from) {
        const size_t length = character_length(from), step = length ? length : 1;
        const int c1_control = from[0] == 0xC2 && length == 2 && from[1] < 0xA0; /* terminals obey these too */
        if (length && *from >= ' ' && *from != 127 && !c1_control) {
            memmove(to, from, step);
            to += step;
        } else {
            *to++ = '?';
        }
        from += step;
    }
    if (to)
        *to = 0;
    return text;
}

void cnn_trouble_print(const struct trouble *t)
{
    struct trouble clean = *t;
    fflush(stdout);
    fprintf(stderr, "error: %s", cnn_clean(clean.message));
    if (t->help[0])
        fprintf(stderr, "\n    = help: %s", cnn_clean(clean.help));
    fputs("\n", stderr);
}

uint64_t cnn_machine_memory(void)
{
    const char *told = getenv("CNN_TRAIN_MEMORY");
    if (told && *told >= '0' && *told <= '9')
        return strtoull(told, NULL, 10);
#if defined(_SC_PHYS_PAGES) && defined(_SC_PAGESIZE)
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (pages > 0 && size > 0)
        return (uint64_t)pages * (uint64_t)size;
#endif
    return UINT64_C(1) << 30;
}

/* A mapped temporary file without a name. */
static void *map_temporary(size_t bytes)
{
    const char *folder = getenv("TMPDIR");
    char path[1024];
    void *map = MAP_FAILED;
    if (snprintf(path, sizeof path, "%s/cnn-train-XXXXXX", folder ? folder : "/tmp") >= (int)sizeof path)
        return MAP_FAILED;
    const int fd = mkstemp(path);
    if (fd < 0)
        return MAP_FAILED;
    unlink(path);
    const int full = posix_fallocate(fd, 0, (off_t)bytes); /* a full disk is an error here, not a signal later */
    if (!full)
        map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    errno = full ? full : errno;
    return map;
}

int cnn_space_new(struct space *space, uint64_t bytes, const char *purpose, struct trouble *t)
{
    void *map = MAP_FAILED;
    const size_t size = bytes > 0 ? (size_t)bytes : 1;
    const int large = bytes > cnn_machine_memory() / 2;
    space->data = NULL;
    space->bytes = 0;
    errno = ENOMEM;
    if (bytes <= SIZE_MAX / 2)
        map = large ? map_temporary(size)
                    : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
        cnn_trouble(t, "no room for %llu bytes (%s): %s", (unsigned long long)bytes, purpose, strerror(errno));
        return large ? cnn_trouble_help(t, "they go to a temporary file: TMPDIR names a folder with room for it") : -1;
    }
    space->data = (unsigned char *)map;
    space->bytes = size;
    return 0;
}

void cnn_space_free(struct space *space)
{
    if (space->data)
        munmap(space->data, space->bytes);
    space->data = NULL;
}

void *cnn_heap(size_t count, size_t size, struct trouble *t)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        cnn_trouble(t, "no memory for %llu times %llu bytes", (unsigned long long)count, (unsigned long long)size);
    return memory;
}

char *cnn_heap_text(struct trouble *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : (char *)cnn_heap((size_t)length + 1, 1, t);
    if (!text)
        return NULL;
    va_start(arguments, format);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return text;
}

uint32_t cnn_big32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

uint64_t cnn_little(const unsigned char *bytes, int size)
{
    uint64_t number = 0;
    for (int i = 0; i < size; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

void cnn_put_little(unsigned char *bytes, uint64_t number, int size)
{
    for (int i = 0; i < size; i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
}

int cnn_machine_is_little(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

uint64_t cnn_hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *next = (const unsigned char *)bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ next[i]) * UINT64_C(0x100000001B3);
    return hash;
}

double cnn_seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cnn_still_working(const char *what, int64_t done, int64_t all)
{
    static const int64_t looks = 50;
    const int64_t each = all / looks + 1;
    if (all < 2 * looks || (done % each && done < all) || !isatty(STDERR_FILENO))
        return;
    if (done < all)
        fprintf(stderr, "\r\033[K%s %d %%", what, (int)(100 * done / all));
    else
        fputs("\r\033[K", stderr);
    fflush(stderr);
}
