/* The .cnnw file: maps it, checks its header against the model and its content against its checksum.
 * The file must not change while it is open, as with any mapping. */
#define _DEFAULT_SOURCE
#include "cnn_internal.h"
#include "cnnw.h"

#include <string.h>

#ifdef CNN_NO_FILES

int cnn_file_open(struct cnn_file *file, const struct cnn_model *model, const char *path, struct cnn_error *error)
{
    (void)file;
    return cnn_fail(error, CNN_ERROR_FILE, "%s: %s cannot be read: this runtime was built without files (CNN_NO_FILES)",
                    model->name, path);
}

void cnn_file_close(struct cnn_file *file)
{
    (void)file;
}

#else

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef MADV_HUGEPAGE
enum { LARGE_PAGE = 2 * 1024 * 1024 };
#endif

static int little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static int map_file(struct cnn_file *file, const char *path, struct cnn_error *error)
{
    struct stat status;
    int problem = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* so as not to wait for the other end of a pipe */
    if (fd < 0)
        return cnn_fail(error, CNN_ERROR_FILE, "%.120s: %s", path, strerror(errno));
    if (fstat(fd, &status) != 0) {
        problem = cnn_fail(error, CNN_ERROR_FILE, "%.120s: %s", path, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        problem = cnn_fail(error, CNN_ERROR_FILE, "%.120s: not a regular file", path);
    } else if (status.st_size < CNNW_HEADER_BYTES) {
        problem = cnn_fail(error, CNN_ERROR_FORMAT, "%.120s: not a .cnnw file: its %lld bytes are too few for a header",
                           path, (long long)status.st_size);
    } else if ((uintmax_t)status.st_size > SIZE_MAX) {
        problem = cnn_fail(error, CNN_ERROR_MEMORY, "%.120s: too large for this machine", path);
    } else {
        void *map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (map == MAP_FAILED) {
            problem = cnn_fail(error, CNN_ERROR_FILE, "%.120s: cannot be mapped: %s", path, strerror(errno));
        } else {
#ifdef MADV_HUGEPAGE /* reads what is not yet in memory as large pages, where the file system supports them */
            if (status.st_size >= LARGE_PAGE)
                (void)madvise(map, (size_t)status.st_size, MADV_HUGEPAGE);
#endif
            file->map = map;
            file->map_bytes = (size_t)status.st_size;
        }
    }
    close(fd);
    return problem;
}

static int check_header(const struct cnn_file *file, const struct cnnw_header *header, const struct cnn_model *model,
                        const char *path, struct cnn_error *error)
{
    const uint64_t follows = (uint64_t)file->map_bytes - CNNW_HEADER_BYTES;
    if (memcmp(header->magic, CNNW_MAGIC, sizeof header->magic) != 0)
        return cnn_fail(error, CNN_ERROR_FORMAT, "%.120s: not a .cnnw file", path);
    if (header->version != CNNW_VERSION)
        return cnn_fail(error, CNN_ERROR_VERSION,
                        "%.120s: version %lu of the .cnnw format, but this runtime reads version %d", path,
                        (unsigned long)header->version, (int)CNNW_VERSION);
    if (header->header_bytes != CNNW_HEADER_BYTES || header->reserved[0] || header->reserved[1] || header->reserved[2])
        return cnn_fail(error, CNN_ERROR_FORMAT, "%.120s: its header is damaged", path);
    if (cnnw_has_halves(header->plan_hash) != cnnw_has_halves(model->plan_hash))
        return cnn_fail(error, CNN_ERROR_MODEL,
                        cnnw_has_halves(model->plan_hash)
                            ? "%.120s: its weights are not half floats, which %.60s was generated for: pack them with "
                              "cnnc --emit=cnnw --store=f16"
                            : "%.120s: its weights are half floats, which %.60s was not generated for: pack them with "
                              "cnnc --emit=cnnw --store=f32",
                        path, model->name);
    if (header->plan_hash != model->plan_hash)
        return cnn_fail(error, CNN_ERROR_MODEL,
                        "%.120s: weights of another network, or packed differently (plan %016llx; %.60s needs %016llx)",
                        path, (unsigned long long)header->plan_hash, model->name, (unsigned long long)model->plan_hash);
    if (header->weight_bytes != model->weight_bytes)
        return cnn_fail(error, CNN_ERROR_FORMAT,
                        "%.120s: its header is damaged: %llu bytes of weights, but %.60s needs %llu", path,
                        (unsigned long long)header->weight_bytes, model->name, (unsigned long long)model->weight_bytes);
    if (follows != header->weight_bytes)
        return cnn_fail(error, CNN_ERROR_FORMAT, "%.120s: %s: %llu bytes of weights, but its header says %llu", path,
                        follows < header->weight_bytes ? "truncated" : "too long", (unsigned long long)follows,
                        (unsigned long long)header->weight_bytes);
    return CNN_OK;
}

int cnn_file_open(struct cnn_file *file, const struct cnn_model *model, const char *path, struct cnn_error *error)
{
    struct cnnw_header header;
    int failed;
    if (!little_endian())
        return cnn_fail(error, CNN_ERROR_FILE,
                        "%.120s: .cnnw files are little-endian, this machine is not: embed the weights (--embed=yes)",
                        path);
    failed = map_file(file, path, error);
    if (failed)
        return failed;
    memcpy(&header, file->map, sizeof header);
    failed = check_header(file, &header, model, path, error);
    if (failed)
        return failed;
    file->weights = (const unsigned char *)file->map + CNNW_HEADER_BYTES;
    file->weight_bytes = header.weight_bytes;
    file->checksum = header.checksum;
    return header.weight_bytes <= CNNW_CHECK_ON_OPEN_BYTES ? cnn_file_verify(file, path, error) : CNN_OK;
}

void cnn_file_close(struct cnn_file *file)
{
    if (file->map)
        munmap(file->map, file->map_bytes);
    file->map = NULL;
}

#endif

int cnn_file_verify(const struct cnn_file *file, const char *name, struct cnn_error *error)
{
    const uint64_t sum = cnnw_checksum(file->weights, file->weight_bytes);
    if (sum == file->checksum)
        return CNN_OK;
    return cnn_fail(error, CNN_ERROR_CHECKSUM, "%.120s: damaged: the checksum of its weights is %016llx, not %016llx",
                    name, (unsigned long long)sum, (unsigned long long)file->checksum);
}
