/* Files: mapped to be read; written beside and renamed, so that a reader never sees half a file. */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int cnn_contents_open(struct contents *contents, const char *path, struct trouble *t)
{
    struct stat status;
    void *map = MAP_FAILED;
    contents->data = NULL;
    contents->bytes = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* so as not to wait for the other end of a pipe */
    if (fd < 0)
        return cnn_trouble(t, "%s: %s", path, strerror(errno));
    if (fstat(fd, &status) != 0)
        cnn_trouble(t, "%s: %s", path, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        cnn_trouble(t, "%s: not a regular file", path);
    else if (status.st_size == 0)
        cnn_trouble(t, "%s: the file is empty", path);
    else if ((uintmax_t)status.st_size > SIZE_MAX / 2)
        cnn_trouble(t, "%s: too large for this machine", path);
    else if ((map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0)) == MAP_FAILED)
        cnn_trouble(t, "%s: cannot be mapped: %s", path, strerror(errno));
    close(fd);
    if (map == MAP_FAILED)
        return -1;
    contents->data = (const unsigned char *)map;
    contents->bytes = (size_t)status.st_size;
    return 0;
}

void cnn_contents_close(struct contents *contents)
{
    if (contents->data)
        munmap((void *)(uintptr_t)contents->data, contents->bytes);
    contents->data = NULL;
}

int cnn_writing_open(struct writing *w, const char *path, struct trouble *t)
{
    w->failed = w->passing = 0;
    w->fd = -1;
    w->path = cnn_heap_text(t, "%s", path);
    w->beside = cnn_heap_text(t, "%s.new", path);
    if (w->path && w->beside) {
        w->fd = open(w->beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (w->fd >= 0)
            return 0;
        cnn_trouble(t, "%s: cannot be written: %s", w->beside, strerror(errno));
    }
    free(w->path);
    free(w->beside);
    return -1;
}

void cnn_writing_add(struct writing *w, const void *bytes, size_t count)
{
    const unsigned char *next = (const unsigned char *)bytes;
    while (!w->failed && count > 0) {
        const ssize_t wrote = write(w->fd, next, count < (1u << 30) ? count : (1u << 30));
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            w->failed = wrote < 0 ? errno : EIO;
            return;
        }
        next += wrote;
        count -= (size_t)wrote;
    }
}

/* A new name lasts once its folder is written, too; file systems without that are content without. */
static void sync_folder(const char *path, struct trouble *ignored)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? cnn_heap_text(ignored, "%.*s", (int)(slash - path + 1), path) : cnn_heap_text(ignored, ".");
    const int fd = folder ? open(folder, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

int cnn_writing_done(struct writing *w, struct trouble *t)
{
    struct trouble ignored = {"", ""};
    if (!w->failed && !w->passing && fsync(w->fd) != 0 && errno != EINVAL && errno != EROFS)
        w->failed = errno;
    if (close(w->fd) != 0 && !w->failed)
        w->failed = errno;
    if (!w->failed && rename(w->beside, w->path) != 0)
        w->failed = errno;
    if (w->failed) {
        unlink(w->beside);
        cnn_trouble(t, "%s: cannot be written: %s", w->path, strerror(w->failed));
    } else if (!w->passing) {
        sync_folder(w->path, &ignored);
    }
    const int failed = w->failed;
    free(w->path);
    free(w->beside);
    return failed ? -1 : 0;
}
