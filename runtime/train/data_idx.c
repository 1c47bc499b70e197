/* IDX files, MNIST's format: a magic number with type and number of axes, the axes' lengths, the numbers, all with the
 * most significant byte first. A folder holds pairs NAME-images-idx3-ubyte and NAME-labels-idx1-ubyte, each also
 * gzipped; a NAME that ends in t10k or test is to test with, the other one to train with. */
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "gzip.h"

static const char *const images_endings[] = {"-images-idx3-ubyte", "-images.idx3-ubyte"};
static const char *const labels_endings[] = {"-labels-idx1-ubyte", "-labels.idx1-ubyte"};
enum { ENDINGS = 2, IMAGES_HEADER = 16, LABELS_HEADER = 8, TYPE_BYTE = 8 };

/* How long NAME is, if the file is called NAME-images-idx3-ubyte or so; else -1. */
static int name_length(const char *file)
{
    size_t length = strlen(file);
    if (length > 3 && strcmp(file + length - 3, ".gz") == 0)
        length -= 3;
    for (int i = 0; i < ENDINGS; i++) {
        const size_t ending = strlen(images_endings[i]);
        if (length > ending && strncmp(file + length - ending, images_endings[i], ending) == 0)
            return (int)(length - ending);
    }
    return -1;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int is_pictures(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && name_length(entry->d_name) > 0;
}

int cnn_idx_found(const char *path)
{
    struct dirent **files;
    if (!cnn_path_is_folder(path))
        return name_length(last_part(path)) > 0;
    const int count = scandir(path, &files, is_pictures, cnn_by_name);
    for (int i = 0; i < count; i++)
        free(files[i]);
    if (count >= 0)
        free(files);
    return count > 0;
}

/* What a file's header says: its bytes in all, and the lengths of its axes. */
static uint64_t header_says(const unsigned char *head, int axes, uint32_t *lengths)
{
    uint64_t bytes = 1;
    for (int i = 0; i < axes; i++) {
        lengths[i] = cnn_big32(head + 4 + 4 * i);
        if (lengths[i] != 0 && bytes > (UINT64_C(1) << 48) / lengths[i])
            return 0;
        bytes *= lengths[i];
    }
    return bytes + 4 + 4 * (uint64_t)axes;
}

static int check_magic(const unsigned char *head, int64_t size, const char *path, int axes, struct trouble *t)
{
    if (size < 4 + 4 * axes)
        return cnn_trouble(t, "%s: truncated: %lld bytes are too few for an IDX file's header", path, (long long)size);
    const uint32_t magic = cnn_big32(head), wanted = (uint32_t)(TYPE_BYTE << 8 | axes);
    if (magic == wanted)
        return 0;
    if (magic >> 16 == 0 && (magic & 255) == (uint32_t)axes)
        return cnn_trouble(t, "%s: IDX numbers of type 0x%02x are not supported: only unsigned bytes (0x08) are", path,
                           (unsigned)(magic >> 8));
    return cnn_trouble(t, "%s: not an IDX file of %s: it begins with 0x%08lx, not 0x%08lx", path,
                       axes == 3 ? "pictures" : "labels", (unsigned long)magic, (unsigned long)wanted);
}

/* The file's numbers, and its axes; NULL after trouble. */
static const unsigned char *idx_numbers(struct set *set, const char *path, int axes, uint32_t *lengths,
                                        struct trouble *t)
{
    unsigned char head[IMAGES_HEADER];
    const struct contents *file = cnn_set_map(set, path, t);
    if (!file)
        return NULL;
    const int packed = cnn_gzip_is(file->data, file->bytes);
    int64_t size = file->bytes < sizeof head ? (int64_t)file->bytes : (int64_t)sizeof head;
    if (packed)
        size = cnn_gzip_head(file->data, file->bytes, path, head, sizeof head, t);
    else
        memcpy(head, file->data, (size_t)size);
    if (size < 0 || check_magic(head, size, path, axes, t))
        return NULL;
    const uint64_t bytes = header_says(head, axes, lengths);
    if (bytes == 0) {
        cnn_trouble(t, "%s: damaged: its header promises more than any file holds", path);
        return NULL;
    }
    if ((packed && !cnn_gzip_possible(bytes, file->bytes)) || (!packed && bytes > file->bytes)) {
        cnn_trouble(t, "%s: truncated: it has %llu bytes%s, but its header promises %llu", path,
                    (unsigned long long)file->bytes, packed ? " (gzipped)" : "", (unsigned long long)bytes);
        return NULL;
    }
    if (!packed && bytes < file->bytes) {
        cnn_trouble(t, "%s: too long: it has %llu bytes, but its header promises %llu", path,
                    (unsigned long long)file->bytes, (unsigned long long)bytes);
        return NULL;
    }
    if (!packed)
        return file->data + 4 + 4 * axes;
    struct space *space = cnn_set_space(set, bytes, path, t);
    if (!space || cnn_gzip_inflate(file->data, file->bytes, 0, path, space->data, bytes, t))
        return NULL;
    return space->data + 4 + 4 * axes;
}

/* The file of labels beside one of pictures; NULL after trouble. */
static char *labels_path(const char *images, struct trouble *t)
{
    const char *file = last_part(images);
    const int folder = (int)(file - images), name = name_length(file);
    for (int i = 0; i < ENDINGS; i++)
        for (int packed = 0; packed < 2; packed++) {
            char *path = cnn_heap_text(t, "%.*s%.*s%s%s", folder, images, name, file, labels_endings[i],
                                       packed ? ".gz" : "");
            if (!path || cnn_path_exists(path))
                return path;
            free(path);
        }
    cnn_trouble(t, "%s: its labels, %.*s%s or .gz, are not beside it", images, name, file, labels_endings[0]);
    return NULL;
}

static int open_labels(struct set *set, struct trouble *t)
{
    uint32_t lengths[1];
    char *path = labels_path(set->path, t);
    if (!path)
        return -1;
    set->targets = idx_numbers(set, path, 1, lengths, t);
    set->target_number = NUMBER_U1;
    set->apart = 1;
    if (set->targets && lengths[0] != set->count)
        cnn_trouble(t, "%s: %lu labels, but %s has %lld pictures", path, (unsigned long)lengths[0], set->path,
                    (long long)set->count);
    set->target_path = path;
    return t->message[0] ? -1 : 0;
}

static int open_pair(struct set *set, const char *path, struct trouble *t)
{
    uint32_t lengths[3];
    if (cnn_set_begin(set, "IDX files", path, t))
        return -1;
    set->pixels = idx_numbers(set, path, 3, lengths, t);
    if (!set->pixels)
        return -1;
    if (lengths[0] == 0 || lengths[1] == 0 || lengths[2] == 0 || lengths[1] > MOST_SIDE || lengths[2] > MOST_SIDE)
        return cnn_trouble(
            t, "%s: %lu pictures of %lux%lu: a side must have 1 to %d pixels, and there must be a picture", path,
            (unsigned long)lengths[0], (unsigned long)lengths[1], (unsigned long)lengths[2], (int)MOST_SIDE);
    set->count = lengths[0];
    set->height = (int32_t)lengths[1];
    set->width = (int32_t)lengths[2];
    set->channels = 1;
    set->stride = (size_t)lengths[1] * lengths[2];
    return open_labels(set, t);
}

/* To test with? By the end of the pair's name. */
static int is_test(const char *file)
{
    const int length = name_length(file);
    const char *end = file + length - 4;
    return length >= 4 && (strncmp(end, "t10k", 4) == 0 || strncmp(end, "test", 4) == 0);
}

int cnn_idx_open(struct dataset *data, const char *path, struct trouble *t)
{
    struct dirent **files = NULL;
    if (!cnn_path_is_folder(path))
        return open_pair(is_test(last_part(path)) ? &data->test : &data->train, path, t);
    const int count = scandir(path, &files, is_pictures, cnn_by_name);
    const char *found[2] = {NULL, NULL}, *previous = NULL; /* to train with, to test with */
    for (int i = 0; i < count && !t->message[0]; i++) {
        const char *file = files[i]->d_name;
        const int length = name_length(file);
        if (previous && name_length(previous) == length && strncmp(previous, file, (size_t)length) == 0)
            continue; /* the same file once more, gzipped */
        previous = file;
        const int tests = is_test(file);
        if (found[tests]) {
            cnn_trouble(t, "%s: two sets to %s with: %s and %s", path, tests ? "test" : "train", found[tests], file);
            cnn_trouble_help(t, "name one of the two files instead of the folder");
        } else {
            found[tests] = file;
            char *full = cnn_heap_text(t, "%s/%s", path, file);
            if (full)
                open_pair(tests ? &data->test : &data->train, full, t);
            free(full);
        }
    }
    for (int i = 0; i < count; i++)
        free(files[i]);
    free(files);
    return t->message[0] ? -1 : 0;
}
