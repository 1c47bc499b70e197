/* What DATA names: recognises its kind, opens it, and holds it against the network. */
#include "data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int cnn_by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

int cnn_path_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

int cnn_path_is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

int cnn_set_begin(struct set *set, const char *kind, const char *path, struct trouble *t)
{
    memset(set, 0, sizeof *set);
    set->kind = kind;
    set->fetch = cnn_fetch_array;
    set->each = 1;
    set->path = cnn_heap_text(t, "%s", path);
    return set->path ? 0 : -1;
}

const struct contents *cnn_set_map(struct set *set, const char *path, struct trouble *t)
{
    if (set->file_count == MOST_FILES) {
        cnn_trouble(t, "%s: more than %d files", set->path, MOST_FILES);
        return NULL;
    }
    struct contents *file = &set->files[set->file_count];
    if (cnn_contents_open(file, path, t))
        return NULL;
    set->file_count++;
    return file;
}

struct space *cnn_set_space(struct set *set, uint64_t bytes, const char *purpose, struct trouble *t)
{
    if (set->space_count == MOST_SPACES) {
        cnn_trouble(t, "%s: more than %d arrays", set->path, MOST_SPACES);
        return NULL;
    }
    struct space *space = &set->spaces[set->space_count];
    if (cnn_space_new(space, bytes, purpose, t))
        return NULL;
    set->space_count++;
    return space;
}

int64_t cnn_set_label(const struct set *set, int64_t index, int64_t k)
{
    const int bytes = cnn_number_bytes(set->target_number);
    const unsigned char *at = set->targets + (size_t)index * set->apart + (size_t)(k * bytes);
    return cnn_number_integer(at, set->target_number, set->target_big);
}

double cnn_set_target(const struct set *set, int64_t index, int64_t k)
{
    const int bytes = cnn_number_bytes(set->target_number);
    const unsigned char *at = set->targets + (size_t)index * set->apart + (size_t)(k * bytes);
    return cnn_number_real(at, set->target_number, set->target_big);
}

int cnn_picture_room(struct picture *picture, uint64_t bytes, struct trouble *t)
{
    if (bytes > picture->room_bytes) {
        unsigned char *room = bytes < SIZE_MAX / 2 ? (unsigned char *)realloc(picture->room, (size_t)bytes) : NULL;
        if (!room)
            return cnn_trouble(t, "no memory for a picture of %llu bytes", (unsigned long long)bytes);
        picture->room = room;
        picture->room_bytes = (size_t)bytes;
    }
    picture->pixels = picture->room;
    return 0;
}

int cnn_fetch_array(const struct set *set, int64_t index, struct picture *picture, struct trouble *t)
{
    const unsigned char *from = set->pixels + (size_t)index * set->stride;
    const int64_t numbers = (int64_t)set->height * set->width * set->channels;
    picture->height = set->height;
    picture->width = set->width;
    picture->channels = set->channels;
    picture->layout = set->layout;
    picture->floats = set->floats;
    picture->pixels = from;
    if (!set->floats)
        return 0;
    if (cnn_picture_room(picture, (uint64_t)numbers * sizeof(float), t)) /* aligned, and in this machine's order */
        return -1;
    if (set->big != cnn_machine_is_little()) {
        memcpy(picture->room, from, (size_t)numbers * sizeof(float));
        return 0;
    }
    for (int64_t i = 0; i < numbers * 4; i++)
        picture->room[i] = from[i ^ 3];
    return 0;
}

static const struct reader {
    int (*found)(const char *path);
    int (*open)(struct dataset *data, const char *path, struct trouble *t);
} readers[] = {{cnn_npz_found, cnn_npz_open},
               {cnn_idx_found, cnn_idx_open},
               {cnn_cifar_found, cnn_cifar_open},
               {cnn_folder_found, cnn_folder_open}};

static void describe(struct dataset *data, const char *path, struct trouble *t)
{
    const struct set *set = data->train.count ? &data->train : &data->test;
    char counts[120], size[80] = "", classes[60] = "";
    if (data->train.count && data->test.count)
        snprintf(counts, sizeof counts, "%lld pictures to train and %lld to test with", (long long)data->train.count,
                 (long long)data->test.count);
    else
        snprintf(counts, sizeof counts, "%lld picture%s", (long long)set->count, set->count == 1 ? "" : "s");
    if (set->height)
        snprintf(size, sizeof size, " of %dx%dx%d %s", set->height, set->width, set->channels,
                 set->floats ? "floats" : "bytes");
    if (set->classes)
        snprintf(classes, sizeof classes, ", %d class%s", set->classes, set->classes == 1 ? "" : "es");
    data->said = cnn_clean(cnn_heap_text(t, "%s: %s, %s%s%s", path, set->kind, counts, size, classes));
}

int cnn_data_open(struct dataset *data, const char *path, struct trouble *t)
{
    const struct reader *reader = NULL;
    memset(data, 0, sizeof *data);
    if (!cnn_path_exists(path)) {
        cnn_trouble(t, "%s: no such file or folder", path);
        return -1;
    }
    for (size_t i = 0; !reader && i < sizeof readers / sizeof *readers; i++)
        reader = readers[i].found(path) ? &readers[i] : NULL;
    if (!reader) {
        cnn_trouble(t, "%s: not a data set", path);
        return cnn_trouble_help(t,
                                "DATA is a folder with IDX files (NAME-images-idx3-ubyte and NAME-labels-idx1-ubyte, "
                                "also .gz), with CIFAR's binary batches, or with a folder of PNG, JPEG or PNM pictures "
                                "for each class; or an .npz file");
    }
    if (reader->open(data, path, t))
        return -1;
    if (!data->train.count && !data->test.count)
        return cnn_trouble(t, "%s: there are no pictures in it", path);
    describe(data, path, t);
    return data->said ? 0 : -1;
}

int cnn_data_same_classes(const struct set *train, const struct set *test, struct trouble *t)
{
    if (!train->class_names || !test->class_names)
        return 0;
    if (train->classes != test->classes)
        return cnn_trouble(t, "%s has %d class%s, but %s has %d", train->path, train->classes,
                           train->classes == 1 ? "" : "es", test->path, test->classes);
    for (int32_t i = 0; i < train->classes; i++) {
        const char *own = test->class_names[i], *first = train->class_names[i];
        if (!own || !first || strcmp(own, first) == 0)
            continue;
        cnn_trouble(t, "%s: class %ld is %s, but in %s it is %s", test->path, (long)i, own, train->path, first);
        return cnn_trouble_help(t, "classes are numbered in the order of their names: both sets need the same ones");
    }
    return 0;
}

static void set_close(struct set *set)
{
    for (int i = 0; i < set->file_count; i++)
        cnn_contents_close(&set->files[i]);
    for (int i = 0; i < set->space_count; i++)
        cnn_space_free(&set->spaces[i]);
    for (int32_t i = 0; set->class_names && i < set->classes; i++)
        free(set->class_names[i]);
    free(set->class_names);
    cnn_folder_close(set->folder);
    free(set->path);
    free(set->target_path);
    memset(set, 0, sizeof *set);
}

void cnn_data_close(struct dataset *data)
{
    set_close(&data->train);
    set_close(&data->test);
    free(data->said);
    data->said = NULL;
}
