/* Files. Outputs are listed until they are committed, so that a signal or a fault removes them. */
#define _XOPEN_SOURCE 700 /* realpath */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "cleanup.h"

struct output {
    struct arena *arena;
    const char *path, *temporary; /* temporary: under which name it is written; NULL: in place, or committed */
    int fd, failed;               /* failed: the errno of the first write that did */
};

static ssize_t read_some(int fd, void *bytes, size_t length)
{
    ssize_t got;
    do
        got = read(fd, bytes, length);
    while (got < 0 && errno == EINTR);
    return got;
}

static char *read_all(struct arena *arena, int fd, size_t limit, size_t *length, const char **error)
{
    size_t capacity = 64 * 1024, used = 0;
    char *bytes = arena_alloc(arena, capacity + 1);
    for (;;) {
        ssize_t got = read_some(fd, bytes + used, capacity - used);
        if (got < 0) {
            *error = strerror(errno);
            return NULL;
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > limit) {
            *error = arena_printf(arena, "the file is larger than %zu bytes", limit);
            return NULL;
        }
        if (used == capacity) {
            char *larger = arena_alloc(arena, capacity * 2 + 1);
            memcpy(larger, bytes, used);
            bytes = larger;
            capacity *= 2;
        }
    }
    bytes[used] = 0;
    *length = used;
    return bytes;
}

static int open_input(const char *path, int flags, const char **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    struct stat status;
    if (fd < 0) {
        *error = strerror(errno);
        return -1;
    }
    if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        *error = strerror(EISDIR);
        close(fd);
        return -1;
    }
    return fd;
}

char *file_read(struct arena *arena, const char *path, size_t limit, size_t *length, const char **error)
{
    if (strcmp(path, "-") == 0)
        return read_all(arena, STDIN_FILENO, limit, length, error);
    int fd = open_input(path, 0, error);
    if (fd < 0)
        return NULL;
    char *bytes = read_all(arena, fd, limit, length, error);
    close(fd);
    return bytes;
}

bool file_map(struct arena *arena, const char *path, struct mapping *mapping, const char **error)
{
    (void)arena;
    int fd = open_input(path, O_NONBLOCK, error); /* does not wait for a pipe's other end */
    struct stat status;
    if (fd < 0)
        return false;
    bool known = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    void *bytes = NULL;
    if (!known)
        *error = "not a regular file";
    else if (status.st_size == 0)
        *error = "the file is empty";
    else if ((bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) == MAP_FAILED)
        *error = strerror(errno);
    close(fd);
    if (!known || status.st_size == 0 || bytes == MAP_FAILED)
        return false;
    *mapping = (struct mapping){bytes, (size_t)status.st_size};
    return true;
}

void file_unmap(struct mapping *mapping)
{
    if (mapping->bytes)
        munmap((void *)(uintptr_t)mapping->bytes, mapping->length);
    *mapping = (struct mapping){NULL, 0};
}

static void hold_signals(sigset_t *old)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, old);
}

bool path_is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

/* The descriptor that a path such as /dev/stdout or /dev/fd/3 names, or -1. Nothing may be renamed over such a path:
 * it is the system's, or leads to a file that somebody else opened. */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        const char *digits = path + length;
        if (strncmp(path, folders[i], length) == 0 && *digits && strlen(digits) < 7 &&
            digits[strspn(digits, "0123456789")] == 0)
            return (int)strtol(digits, NULL, 10);
    }
    return -1;
}

/* Beside the final name, since a rename does not cross file systems. Names left by a killed run are skipped: in a
 * container the next run often has the same process number. */
static void create_temporary(struct output *output)
{
    enum { TRIES = 100 };
    for (int i = 0; i < TRIES; i++) {
        output->temporary = arena_printf(output->arena, "%s.cnnc-%ld-%d.tmp", output->path, (long)getpid(), i);
        sigset_t old;
        hold_signals(&old); /* an interrupt sees the file and its name on the list, or neither */
        bool listed = cleanup_add(output->temporary);
        output->fd = listed ? open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
        output->failed = output->fd >= 0 ? 0 : listed ? errno : EMFILE;
        if (listed && output->fd < 0)
            cleanup_forget(output->temporary);
        sigprocmask(SIG_SETMASK, &old, NULL);
        if (output->failed != EEXIST)
            return;
    }
}

struct output *output_open(struct arena *arena, const char *path, const char **error)
{
    struct output *output = ARENA_NEW(arena, struct output);
    *output = (struct output){.arena = arena, .path = path, .fd = -1};
    struct stat status;
    int descriptor = descriptor_of(path);
    if (descriptor < 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        *error = strerror(EISDIR);
        return NULL;
    }
    if (descriptor >= 0) {
        fflush(stdout);
        output->fd = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    } else if (path_is_special(path)) {
        output->fd = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        create_temporary(output);
        errno = output->failed;
    }
    if (output->fd >= 0)
        return output;
    *error = strerror(errno);
    return NULL;
}

bool output_can_patch(const struct output *output)
{
    return lseek(output->fd, 0, SEEK_CUR) == 0 && (fcntl(output->fd, F_GETFL) & O_APPEND) == 0;
}

bool output_write(struct output *output, const void *bytes, size_t length)
{
    const char *from = bytes;
    while (length && !output->failed) {
        ssize_t put = write(output->fd, from, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            output->failed = errno;
            break;
        }
        from += put;
        length -= (size_t)put;
    }
    return !output->failed;
}

bool output_patch_start(struct output *output, const void *bytes, size_t length)
{
    size_t done = 0;
    while (done < length && !output->failed) {
        ssize_t put = pwrite(output->fd, (const char *)bytes + done, length - done, (off_t)done);
        if (put < 0 && errno != EINTR)
            output->failed = errno;
        done += put > 0 ? (size_t)put : 0;
    }
    return !output->failed;
}

static bool finish_writing(struct output *output)
{
    if (output->fd >= 0 && close(output->fd) != 0 && !output->failed)
        output->failed = errno;
    output->fd = -1;
    return !output->failed;
}

/* The file that an output replaces, kept under a second name until all outputs are renamed. NULL: there was no such
 * file. A file system without hard links has it moved instead, which only a crash between two renames would show. */
struct kept {
    const char *path;
    bool moved;
};

static struct kept keep_old(const struct output *output)
{
    struct kept kept = {arena_printf(output->arena, "%s.cnnc-%ld.old", output->path, (long)getpid()), false};
    if (link(output->path, kept.path) == 0)
        return kept;
    if (errno == EEXIST && unlink(kept.path) == 0 && link(output->path, kept.path) == 0) /* left by a killed run */
        return kept;
    kept.moved = errno != ENOENT && rename(output->path, kept.path) == 0;
    if (!kept.moved)
        kept.path = NULL;
    return kept;
}

/* Undoes one output of a failed commit: the earlier file gets its name back. */
static void take_back(const struct output *output, const struct kept *kept, bool renamed)
{
    if (kept->path && (renamed || kept->moved))
        (void)rename(kept->path, output->path);
    else if (renamed && output->temporary)
        unlink(output->path);
}

/* Renames all of them; after a failure, those already renamed are undone. */
static struct output *rename_all(struct output *const outputs[], size_t count, struct kept kept[])
{
    struct output *failed = NULL;
    size_t done = 0;
    for (; done < count && !failed; done++) {
        struct output *output = outputs[done];
        kept[done] = output->temporary && count > 1 ? keep_old(output) : (struct kept){NULL, false};
        if (output->temporary && rename(output->temporary, output->path) != 0) {
            output->failed = errno;
            failed = output;
        }
    }
    for (size_t i = 0; i < done; i++) {
        if (failed)
            take_back(outputs[i], &kept[i], outputs[i] != failed);
        if (kept[i].path)
            unlink(kept[i].path); /* fails, harmlessly, if the file got its name back */
    }
    return failed;
}

static void forget_temporary(struct output *output)
{
    if (output->temporary)
        cleanup_forget(output->temporary);
    output->temporary = NULL;
}

struct output *outputs_commit(struct output *const outputs[], size_t count, const char **error)
{
    struct output *failed = NULL;
    struct kept *kept = count ? ARENA_ARRAY(outputs[0]->arena, struct kept, count) : NULL;
    sigset_t old;
    for (size_t i = 0; i < count; i++)
        if (!finish_writing(outputs[i]) && !failed)
            failed = outputs[i];
    hold_signals(&old); /* an interrupt sees all of the new files or none */
    if (!failed)
        failed = rename_all(outputs, count, kept);
    for (size_t i = 0; i < count && !failed; i++)
        forget_temporary(outputs[i]);
    sigprocmask(SIG_SETMASK, &old, NULL);
    if (!failed)
        return NULL;
    *error = strerror(failed->failed);
    for (size_t i = 0; i < count; i++)
        output_discard(outputs[i]);
    return failed;
}

bool output_commit(struct output *output, const char **error)
{
    return outputs_commit(&output, 1, error) == NULL;
}

const char *output_path(const struct output *output)
{
    return output->path;
}

void output_discard(struct output *output)
{
    if (output->fd >= 0)
        close(output->fd);
    output->fd = -1;
    if (output->temporary)
        unlink(output->temporary);
    forget_temporary(output);
}

bool file_write(struct arena *arena, const char *path, const void *bytes, size_t length, const char **error)
{
    if (strcmp(path, "-") == 0) {
        if (fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0)
            return true;
        *error = strerror(errno);
        return false;
    }
    struct output *output = output_open(arena, path, error);
    if (!output)
        return false;
    output_write(output, bytes, length);
    return output_commit(output, error);
}

const char *path_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return arena_copy(arena, path, slash ? (size_t)(slash - path) + 1 : 0);
}

const char *path_stem(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *dot = strrchr(name, '.');
    return arena_copy(arena, name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_with_ending(struct arena *arena, const char *path, const char *ending)
{
    return arena_printf(arena, "%s%s%s", path_folder(arena, path), path_stem(arena, path), ending);
}

bool path_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool path_takes_place(const char *output, const char *input)
{
    struct stat one, other;
    return lstat(output, &one) == 0 && stat(input, &other) == 0 && S_ISREG(one.st_mode) && one.st_dev == other.st_dev &&
           one.st_ino == other.st_ino;
}

static bool climbs(const char *name)
{
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == 0))
            return true;
    }
    return false;
}

const char *path_inside(struct arena *arena, const char *folder, const char *name)
{
    const char *path = arena_printf(arena, "%s%s", folder, name);
    if (*name == '/' || !*name || climbs(name))
        return NULL;
    char *home = realpath(*folder ? folder : ".", NULL), *target = realpath(path, NULL);
    size_t length = home ? strlen(home) : 0;
    bool inside = home && target && strncmp(target, home, length) == 0 && (target[length] == '/' || length == 1);
    free(home);
    free(target);
    return inside ? path : NULL;
}
