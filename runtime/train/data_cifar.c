/* CIFAR-10's and CIFAR-100's binary batches: records of one or two label bytes (CIFAR-100: coarse, then fine, which is
 * the class here) and 3x32x32 bytes in chw order. */
#include <stdlib.h>
#include <string.h>

#include "data.h"

enum { SIDE = 32, CHANNELS = 3, PIXELS = SIDE * SIDE * CHANNELS, BATCHES = 5 };

static const char *const ten_train[] = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                                        "data_batch_5.bin"};

static int has(const char *folder, const char *file)
{
    struct trouble ignored = {"", ""};
    char *path = cnn_heap_text(&ignored, "%s/%s", folder, file);
    const int there = path && cnn_path_exists(path) && !cnn_path_is_folder(path);
    free(path);
    return there;
}

int cnn_cifar_found(const char *path)
{
    return cnn_path_is_folder(path) && (has(path, ten_train[0]) || has(path, "test_batch.bin") ||
                                        (has(path, "train.bin") && has(path, "test.bin")));
}

/* The names of the classes, a line each; without the file they have numbers. */
static void read_names(struct set *set, const char *folder, const char *file)
{
    struct trouble ignored = {"", ""};
    struct contents names;
    char *path = cnn_heap_text(&ignored, "%s/%s", folder, file);
    if (!path || !cnn_path_exists(path) || cnn_contents_open(&names, path, &ignored)) {
        free(path);
        return;
    }
    set->class_names = (char **)cnn_heap((size_t)set->classes, sizeof *set->class_names, &ignored);
    const char *line = (const char *)names.data, *end = line + names.bytes;
    for (int32_t i = 0; set->class_names && i < set->classes; i++) {
        const char *newline = line < end ? (const char *)memchr(line, '\n', (size_t)(end - line)) : NULL;
        size_t length = (size_t)((newline ? newline : end) - line);
        length -= length > 0 && line[length - 1] == '\r';
        set->class_names[i] = length > 0
                                  ? cnn_clean(cnn_heap_text(&ignored, "%.*s", length < 100 ? (int)length : 100, line))
                                  : cnn_heap_text(&ignored, "%d", i);
        line = newline ? newline + 1 : end;
    }
    cnn_contents_close(&names);
    free(path);
}

/* All batches behind one another: one file is used where it is, several are copied together. */
static int join(struct set *set, const char *folder, const char *const files[], int count, size_t record,
                struct trouble *t)
{
    uint64_t bytes = 0;
    for (int i = 0; i < count; i++) {
        char *path = cnn_heap_text(t, "%s/%s", folder, files[i]);
        const struct contents *file = path ? cnn_set_map(set, path, t) : NULL;
        if (file && file->bytes % record != 0)
            cnn_trouble(t, "%s: %llu bytes are not a whole number of records of %llu bytes: truncated?", path,
                        (unsigned long long)file->bytes, (unsigned long long)record);
        bytes += file ? file->bytes : 0;
        free(path);
        if (t->message[0])
            return -1;
    }
    const unsigned char *all = set->files[0].data;
    if (count > 1) {
        struct space *space = cnn_set_space(set, bytes, "CIFAR's batches", t);
        if (!space)
            return -1;
        size_t at = 0;
        for (int i = 0; i < count; i++) {
            memcpy(space->data + at, set->files[i].data, set->files[i].bytes);
            at += set->files[i].bytes;
        }
        all = space->data;
    }
    set->count = (int64_t)(bytes / record);
    set->targets = all + (record - PIXELS - 1);
    set->pixels = all + (record - PIXELS);
    set->stride = set->apart = record;
    set->target_number = NUMBER_U1;
    set->height = set->width = SIDE;
    set->channels = CHANNELS;
    set->layout = LAYOUT_CHW;
    return 0;
}

static int open_batches(struct set *set, const char *folder, const char *const files[], int count, int32_t classes,
                        struct trouble *t)
{
    const int ten = classes == 10;
    if (cnn_set_begin(set, ten ? "CIFAR-10's binary batches" : "CIFAR-100's binary batches", folder, t) ||
        join(set, folder, files, count, (size_t)PIXELS + (ten ? 1 : 2), t))
        return -1;
    set->classes = classes;
    for (int64_t i = 0; i < set->count; i++)
        if (cnn_set_label(set, i, 0) >= classes)
            return cnn_trouble(t, "%s: label %lld of picture %lld (of its files in order) is not a class, 0 to %d",
                               folder, (long long)cnn_set_label(set, i, 0), (long long)i, classes - 1);
    read_names(set, folder, ten ? "batches.meta.txt" : "fine_label_names.txt");
    return 0;
}

int cnn_cifar_open(struct dataset *data, const char *path, struct trouble *t)
{
    static const char *const ten_test[] = {"test_batch.bin"}, *const hundred_train[] = {"train.bin"},
                             *const hundred_test[] = {"test.bin"};
    if (!has(path, ten_train[0]) && !has(path, ten_test[0]))
        return open_batches(&data->train, path, hundred_train, 1, 100, t) ||
               open_batches(&data->test, path, hundred_test, 1, 100, t);
    int count = 0;
    while (count < BATCHES && has(path, ten_train[count]))
        count++;
    for (int i = count + 1; i < BATCHES; i++)
        if (has(path, ten_train[i])) {
            cnn_trouble(t, "%s: %s is missing, but %s is there", path, ten_train[count], ten_train[i]);
            return cnn_trouble_help(t, "the first batches alone are a set, too; but not with a gap between them");
        }
    if (count > 0 && open_batches(&data->train, path, ten_train, count, 10, t))
        return -1;
    return has(path, ten_test[0]) ? open_batches(&data->test, path, ten_test, 1, 10, t) : 0;
}
