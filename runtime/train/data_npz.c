/* NumPy's archives: a zip file of arrays, here x and y, x_test and y_test. Stored entries are used where they are in
 * the mapped file, deflated ones are inflated. Pictures are N x H x W, N x C x H x W or N x H x W x C; which of the two
 * last is decided when the network is known, since both may have been meant. */
#include <stdlib.h>
#include <string.h>

#include "gzip.h"
#include "npy.h"

int cnn_npz_found(const char *path)
{
    const size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".npz") == 0 && !cnn_path_is_folder(path);
}

/* Places in a zip file's structures. */
enum {
    END_BYTES = 22,
    END_COUNT = 10,
    END_DIRECTORY_BYTES = 12,
    END_DIRECTORY = 16,
    CENTRAL_BYTES = 46,
    CENTRAL_FLAGS = 8,
    CENTRAL_METHOD = 10,
    CENTRAL_CRC = 16,
    CENTRAL_PACKED = 20,
    CENTRAL_SIZE = 24,
    CENTRAL_NAME_BYTES = 28,
    CENTRAL_EXTRA_BYTES = 30,
    CENTRAL_COMMENT_BYTES = 32,
    CENTRAL_LOCAL = 42,
    LOCAL_BYTES = 30,
    LOCAL_NAME_BYTES = 26,
    LOCAL_EXTRA_BYTES = 28,
    END64_LOCATOR_BYTES = 20,
    END64_BYTES = 56,
    ENCRYPTED = 1,
    METHOD_STORED = 0,
    METHOD_DEFLATED = 8,
    MOST_COMMENT = 65535,
    MOST_ENTRIES = 100000
};

struct archive {
    const unsigned char *data;
    uint64_t bytes, directory, directory_bytes, count;
    const char *path;
};

struct entry {
    uint64_t packed, size, local;
    uint32_t crc;
    int method, flags;
};

static int is_at(const struct archive *a, uint64_t at, uint64_t bytes, uint32_t signature)
{
    return at <= a->bytes && a->bytes - at >= bytes && cnn_little(a->data + at, 4) == signature;
}

/* Where the directory is: the end record, and, in large archives, that of zip64. */
static int find_directory(struct archive *a, struct trouble *t)
{
    uint64_t end = a->bytes < END_BYTES ? 0 : a->bytes - END_BYTES;
    const uint64_t first = end > MOST_COMMENT ? end - MOST_COMMENT : 0;
    while (end > first && !is_at(a, end, END_BYTES, 0x06054B50))
        end--;
    if (!is_at(a, end, END_BYTES, 0x06054B50))
        return cnn_trouble(t, "%s: not an .npz file, or truncated: there is no zip directory at its end", a->path);
    a->count = cnn_little(a->data + end + END_COUNT, 2);
    a->directory_bytes = cnn_little(a->data + end + END_DIRECTORY_BYTES, 4);
    a->directory = cnn_little(a->data + end + END_DIRECTORY, 4);
    if (end >= END64_LOCATOR_BYTES && is_at(a, end - END64_LOCATOR_BYTES, END64_LOCATOR_BYTES, 0x07064B50)) {
        const uint64_t end64 = cnn_little(a->data + end - END64_LOCATOR_BYTES + 8, 8);
        if (!is_at(a, end64, END64_BYTES, 0x06064B50))
            return cnn_trouble(t, "%s: damaged: its zip64 directory is not where it should be", a->path);
        a->count = cnn_little(a->data + end64 + 32, 8);
        a->directory_bytes = cnn_little(a->data + end64 + 40, 8);
        a->directory = cnn_little(a->data + end64 + 48, 8);
    }
    if (a->directory > end || a->directory_bytes > end - a->directory || a->count > MOST_ENTRIES)
        return cnn_trouble(t, "%s: damaged: its directory does not lie within it", a->path);
    return 0;
}

/* Large sizes stand in an extra field, those that do not fit, in this order. */
static void read_zip64(struct entry *e, const unsigned char *extra, size_t bytes)
{
    uint64_t *const fields[] = {&e->size, &e->packed, &e->local};
    for (size_t at = 0; at + 4 <= bytes;) {
        const size_t size = (size_t)cnn_little(extra + at + 2, 2);
        size_t next = at + 4;
        if (cnn_little(extra + at, 2) == 1 && size <= bytes - next)
            for (int i = 0; i < 3; i++)
                if (*fields[i] == 0xFFFFFFFF && next + 8 <= at + 4 + size) {
                    *fields[i] = cnn_little(extra + next, 8);
                    next += 8;
                }
        at += 4 + size;
    }
}

/* Finds NAME or NAME.npy; 1: found, 0: not there, -1: trouble. */
static int find_entry(const struct archive *a, const char *name, struct entry *e, struct trouble *t)
{
    uint64_t at = a->directory;
    const uint64_t end = a->directory + a->directory_bytes;
    const size_t wanted = strlen(name);
    for (uint64_t i = 0; i < a->count; i++) {
        if (at > end || end - at < CENTRAL_BYTES || !is_at(a, at, CENTRAL_BYTES, 0x02014B50))
            return cnn_trouble(t, "%s: damaged: entry %llu of its directory", a->path, (unsigned long long)i);
        const unsigned char *c = a->data + at;
        const size_t name_bytes = (size_t)cnn_little(c + CENTRAL_NAME_BYTES, 2);
        const size_t extra = (size_t)cnn_little(c + CENTRAL_EXTRA_BYTES, 2);
        const uint64_t whole = CENTRAL_BYTES + name_bytes + extra + cnn_little(c + CENTRAL_COMMENT_BYTES, 2);
        const char *text = (const char *)c + CENTRAL_BYTES;
        if (end - at < whole)
            return cnn_trouble(t, "%s: damaged: entry %llu of its directory", a->path, (unsigned long long)i);
        at += whole;
        if (name_bytes < wanted || strncmp(text, name, wanted) != 0 ||
            !(name_bytes == wanted || (name_bytes == wanted + 4 && strncmp(text + wanted, ".npy", 4) == 0)))
            continue;
        e->flags = (int)cnn_little(c + CENTRAL_FLAGS, 2);
        e->method = (int)cnn_little(c + CENTRAL_METHOD, 2);
        e->crc = (uint32_t)cnn_little(c + CENTRAL_CRC, 4);
        e->packed = cnn_little(c + CENTRAL_PACKED, 4);
        e->size = cnn_little(c + CENTRAL_SIZE, 4);
        e->local = cnn_little(c + CENTRAL_LOCAL, 4);
        read_zip64(e, c + CENTRAL_BYTES + name_bytes, extra);
        return 1;
    }
    return 0;
}

/* The entry's bytes, where they are or inflated; NULL after trouble. */
static const unsigned char *entry_bytes(struct set *set, const struct archive *a, const char *name,
                                        const struct entry *e, struct trouble *t)
{
    const unsigned char *bytes = NULL;
    if (e->flags & ENCRYPTED || (e->method != METHOD_STORED && e->method != METHOD_DEFLATED)) {
        cnn_trouble(t, "%s: %s is %s: write it with numpy.savez or numpy.savez_compressed", a->path, name,
                    e->flags & ENCRYPTED ? "encrypted" : "compressed by a method other than deflate");
        return NULL;
    }
    if (!is_at(a, e->local, LOCAL_BYTES, 0x04034B50)) {
        cnn_trouble(t, "%s: damaged: %s is not where its directory says", a->path, name);
        return NULL;
    }
    const uint64_t data = e->local + LOCAL_BYTES + cnn_little(a->data + e->local + LOCAL_NAME_BYTES, 2) +
                          cnn_little(a->data + e->local + LOCAL_EXTRA_BYTES, 2);
    if (data > a->bytes || e->packed > a->bytes - data || (e->method == METHOD_STORED && e->packed != e->size) ||
        (e->method == METHOD_DEFLATED && !cnn_gzip_possible(e->size, (size_t)e->packed))) {
        cnn_trouble(t, "%s: damaged or truncated: %s does not have the bytes that its directory promises", a->path,
                    name);
        return NULL;
    }
    if (e->method == METHOD_STORED) {
        bytes = a->data + data;
    } else {
        char *place = cnn_heap_text(t, "%s: %s", a->path, name);
        struct space *space = place ? cnn_set_space(set, e->size, place, t) : NULL;
        if (space && cnn_gzip_inflate(a->data + data, (size_t)e->packed, 1, place, space->data, e->size, t) == 0)
            bytes = space->data;
        free(place);
    }
    if (bytes && cnn_gzip_has_crc() && cnn_gzip_crc(bytes, (size_t)e->size) != e->crc) {
        cnn_trouble(t, "%s: damaged: the checksum of %s is not what its directory says", a->path, name);
        return NULL;
    }
    return bytes;
}

/* Reads the array NAME; 1: read, 0: not there, -1: trouble. */
static int read_array(struct set *set, const struct archive *a, const char *name, struct npy *array, struct trouble *t)
{
    struct entry e = {0, 0, 0, 0, 0, 0};
    const int found = find_entry(a, name, &e, t);
    if (found <= 0)
        return found;
    const unsigned char *bytes = entry_bytes(set, a, name, &e, t);
    return bytes && cnn_npy_read(array, bytes, (size_t)e.size, a->path, name, t) == 0 ? 1 : -1;
}

static int take_pictures(struct set *set, const struct npy *x, const char *name, struct trouble *t)
{
    if (x->number != NUMBER_U1 && x->number != NUMBER_F4) {
        cnn_trouble(t, "%s: %s holds numbers of type %s; pictures are bytes (u1) or floats (f4)", set->path, name,
                    x->type);
        return cnn_trouble_help(t, "x.astype('f4')");
    }
    if (x->rank < 3 || x->rank > 4) {
        cnn_trouble(t, "%s: %s has %d axes; pictures are N x H x W, N x C x H x W or N x H x W x C", set->path, name,
                    x->rank);
        return x->rank == 2 ? cnn_trouble_help(t, "%s.reshape(-1, 1, 1, %lld), for INPUT(1x1x%lld)?", name,
                                               (long long)x->shape[1], (long long)x->shape[1])
                            : -1;
    }
    for (int i = 1; i < x->rank; i++)
        if (x->shape[i] < 1 || x->shape[i] > MOST_SIDE)
            return cnn_trouble(t, "%s: %s has an axis of %lld; sides and channels are 1 to %d", set->path, name,
                               (long long)x->shape[i], (int)MOST_SIDE);
    set->pixels = x->numbers;
    set->floats = x->number == NUMBER_F4;
    set->big = x->big;
    set->count = x->shape[0];
    set->height = (int32_t)x->shape[1];
    set->width = (int32_t)x->shape[2];
    set->channels = x->rank == 4 ? (int32_t)x->shape[3] : 1;
    set->layout = LAYOUT_HWC;
    set->either = x->rank == 4;
    set->stride = (size_t)(x->bytes / (uint64_t)(x->shape[0] ? x->shape[0] : 1));
    if ((int64_t)set->stride > MOST_PIXELS * (set->floats ? 4 : 1))
        return cnn_trouble(t, "%s: pictures of more than %lld numbers", set->path, (long long)MOST_PIXELS);
    return 0;
}

static int take_targets(struct set *set, const struct npy *y, const char *name, struct trouble *t)
{
    if (y->rank < 1 || y->shape[0] != set->count)
        return cnn_trouble(t, "%s: %s has %lld rows, but there are %lld pictures", set->path, name,
                           y->rank < 1 ? 0LL : (long long)y->shape[0], (long long)set->count);
    set->targets = y->numbers;
    set->target_number = y->number;
    set->target_big = y->big;
    set->apart = (size_t)(y->bytes / (uint64_t)(set->count ? set->count : 1));
    set->each = (int64_t)set->apart / cnn_number_bytes(y->number);
    return 0;
}

static int open_part(struct set *set, const char *path, const char *x_name, const char *y_name, struct trouble *t)
{
    struct npy x, y;
    struct archive a = {0};
    if (cnn_set_begin(set, ".npz", path, t))
        return -1;
    const struct contents *file = cnn_set_map(set, path, t);
    if (!file)
        return -1;
    a.data = file->data;
    a.bytes = file->bytes;
    a.path = path;
    if (find_directory(&a, t))
        return -1;
    const int found = read_array(set, &a, x_name, &x, t);
    if (found <= 0)
        return found; /* the set stays empty */
    if (take_pictures(set, &x, x_name, t))
        return -1;
    const int labelled = read_array(set, &a, y_name, &y, t);
    if (labelled == 0)
        cnn_trouble(t, "%s: it has %s but not %s, what the pictures show", path, x_name, y_name);
    return labelled == 1 ? take_targets(set, &y, y_name, t) : -1;
}

int cnn_npz_open(struct dataset *data, const char *path, struct trouble *t)
{
    if (open_part(&data->train, path, "x", "y", t) || open_part(&data->test, path, "x_test", "y_test", t))
        return -1;
    if (!data->train.count && !data->test.count) {
        cnn_trouble(t, "%s: neither x nor x_test is in it, or they are empty", path);
        return cnn_trouble_help(t, "numpy.savez('data.npz', x=pictures, y=labels)");
    }
    return 0;
}
