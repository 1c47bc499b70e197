/* Weights: from a .cnnw file, which is mapped, from such bytes in memory, or from the code itself. The header is
 * checked against the model, the content against its checksum. A file must not change while it is open, as with any
 * mapping. */
#define _DEFAULT_SOURCE
#include "cnn_internal.h"
#include "cnnw.h"

#include <string.h>

#ifdef CNN_NO_FILES

static int map_file(struct cnn_weights *weights, const char *path, struct cnn_error *error)
{
    (void)weights;
    return cnn_fail(error, CNN_ERROR_FILE, "%.120s cannot be read: this runtime was built without files (CNN_NO_FILES)",
                    path);
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

static int map_file(struct cnn_weights *weights, const char *path, struct cnn_error *error)
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
            weights->map = map;
            weights->map_bytes = (size_t)status.st_size;
        }
    }
    close(fd);
    return problem;
}

#endif

static int little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static int check_header(const struct cnnw_header *header, uint64_t total, const struct cnn_model *model,
                        const char *path, struct cnn_error *error)
{
    const uint64_t follows = total - CNNW_HEADER_BYTES;
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
    if (header->plan_hash != model->plan_hash &&
        (cnnw_is_folded(header->plan_hash) || cnnw_is_folded(model->plan_hash)))
        return cnn_fail(error, CNN_ERROR_MODEL,
                        cnnw_is_folded(model->plan_hash)
                            ? "%.120s: %.60s was generated for other weights, whose constant channels are folded away: "
                              "generate it from these, or both with --no-fold-constant"
                            : "%.120s: constant channels of these weights are folded away, and %.60s has all channels: "
                              "pack them with cnnc --emit=cnnw --no-fold-constant",
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

int cnn_weights_verify(const struct cnn_weights *weights, const char *name, struct cnn_error *error)
{
    const uint64_t sum = cnnw_checksum(weights->data, weights->bytes);
    if (sum == weights->checksum)
        return CNN_OK;
    return cnn_fail(error, CNN_ERROR_CHECKSUM, "%.120s: damaged: the checksum of its weights is %016llx, not %016llx",
                    name, (unsigned long long)sum, (unsigned long long)weights->checksum);
}

/* `total` bytes of a whole .cnnw file; they become the weights if they are right. */
static int take(struct cnn_weights *weights, const struct cnn_model *model, const unsigned char *bytes, uint64_t total,
                const char *name, struct cnn_error *error)
{
    struct cnnw_header header;
    memcpy(&header, bytes, sizeof header);
    const int failed = check_header(&header, total, model, name, error);
    if (failed)
        return failed;
    weights->data = bytes + CNNW_HEADER_BYTES;
    weights->bytes = header.weight_bytes;
    weights->checksum = header.checksum;
    return weights->bytes <= CNNW_CHECK_ON_OPEN_BYTES ? cnn_weights_verify(weights, name, error) : CNN_OK;
}

static int take_file(struct cnn_weights *weights, const struct cnn_model *model, const char *path,
                     struct cnn_error *error)
{
    const int failed = map_file(weights, path, error);
    return failed ? failed : take(weights, model, (const unsigned char *)weights->map, weights->map_bytes, path, error);
}

/* Bytes that are not aligned are checked before they are copied: a header that lies costs no memory. */
static int take_memory(struct cnn_weights *weights, const struct cnn_model *model, const struct cnn_settings *settings,
                       const struct cnn_memory *memory, struct cnn_error *error)
{
    static const char name[] = "the weights in memory";
    const unsigned char *bytes = (const unsigned char *)settings->weights;
    if (settings->weights_bytes < CNNW_HEADER_BYTES)
        return cnn_fail(error, CNN_ERROR_FORMAT, "%s: not a .cnnw file: their %llu bytes are too few for a header",
                        name, (unsigned long long)settings->weights_bytes);
    const int failed = take(weights, model, bytes, settings->weights_bytes, name, error);
    if (failed || (uintptr_t)weights->data % CNN_ALIGNMENT == 0)
        return failed;
    weights->copy = cnn_allocate(memory, (size_t)weights->bytes + CNN_ALIGNMENT);
    if (!weights->copy)
        return cnn_fail(error, CNN_ERROR_MEMORY, "%.60s: no memory to copy %llu bytes of weights", model->name,
                        (unsigned long long)weights->bytes);
    unsigned char *place = (unsigned char *)weights->copy;
    place += (CNN_ALIGNMENT - (uintptr_t)place % CNN_ALIGNMENT) % CNN_ALIGNMENT;
    memcpy(place, weights->data, (size_t)weights->bytes);
    weights->data = place;
    return CNN_OK;
}

/* Those in the code. */
static int take_embedded(struct cnn_weights *weights, const struct cnn_model *model, struct cnn_error *error)
{
    if (!model->weights && model->weight_bytes > 0)
        return cnn_fail(error, CNN_ERROR_ARGUMENT,
                        "%.60s has no weights in its code: name its .cnnw file when opening it", model->name);
    weights->embedded = 1;
    weights->data = model->weights;
    weights->bytes = model->weight_bytes;
    return CNN_OK;
}

int cnn_weights_open(struct cnn_weights *weights, const struct cnn_model *model, const struct cnn_settings *settings,
                     const struct cnn_memory *memory, struct cnn_error *error)
{
    int failed;
    if (!settings->weights_path && !settings->weights)
        return take_embedded(weights, model, error);
    if (!little_endian())
        return cnn_fail(error, CNN_ERROR_FILE,
                        "%.120s: .cnnw files are little-endian, this machine is not: embed the weights (--embed=yes)",
                        settings->weights_path ? settings->weights_path : model->name);
    failed = settings->weights_path ? take_file(weights, model, settings->weights_path, error)
                                    : take_memory(weights, model, settings, memory, error);
    if (failed)
        cnn_weights_close(weights, memory);
    return failed;
}

void cnn_weights_close(struct cnn_weights *weights, const struct cnn_memory *memory)
{
#ifndef CNN_NO_FILES
    if (weights->map)
        munmap(weights->map, weights->map_bytes);
#endif
    weights->map = NULL;
    cnn_release(memory, weights->copy);
    weights->copy = NULL;
}
