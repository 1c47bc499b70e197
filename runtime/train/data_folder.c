/* A folder for each class, with PNG, JPEG or PNM pictures; or two such folders, `train` and `test` (or `val`). Classes
 * are numbered in the order of their names, byte by byte. Pictures are decoded when they are asked for. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"

struct folder {
    int32_t *classes; /* of each picture */
    char **files;     /* below the set's path */
    int64_t count, room;
    int64_t ignored; /* files with other endings */
};

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int is_picture(const char *name)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".pnm", ".pgm", ".ppm", ".pbm"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++) {
        size_t k = 0;
        while (dot[k] && endings[i][k] && (dot[k] | 32) == endings[i][k])
            k++;
        if (!dot[k] && !endings[i][k])
            return 1;
    }
    return 0;
}

/* The names in a folder, sorted; -1 after trouble. */
static int list(const char *path, struct dirent ***entries, struct trouble *t)
{
    const int count = scandir(path, entries, is_visible, cnn_by_name);
    if (count < 0) {
        *entries = NULL;
        cnn_trouble(t, "%s: cannot be listed: %s", path, strerror(errno));
        return -1;
    }
    return count;
}

static void free_list(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
}

/* Does a folder in `path` hold a picture? */
static int has_classes(const char *path)
{
    struct trouble ignored = {"", ""};
    struct dirent **classes = NULL, **files = NULL;
    int found = 0;
    const int count = cnn_path_is_folder(path) ? list(path, &classes, &ignored) : -1;
    for (int i = 0; i < count && !found; i++) {
        char *class_path = cnn_heap_text(&ignored, "%s/%s", path, classes[i]->d_name);
        const int in_class = class_path && cnn_path_is_folder(class_path) ? list(class_path, &files, &ignored) : -1;
        for (int k = 0; k < in_class && !found; k++)
            found = is_picture(files[k]->d_name);
        if (in_class >= 0)
            free_list(files, in_class);
        free(class_path);
    }
    if (count >= 0)
        free_list(classes, count);
    return found;
}

static const char *const test_names[] = {"test", "val", "validation"};
enum { TEST_NAMES = 3 };

/* PATH/train, or PATH/test and so on, if it is a folder of classes; else NULL. */
static char *part_path(const char *path, int training)
{
    struct trouble ignored = {"", ""};
    for (int i = 0; i < (training ? 1 : TEST_NAMES); i++) {
        char *part = cnn_heap_text(&ignored, "%s/%s", path, training ? "train" : test_names[i]);
        if (part && has_classes(part))
            return part;
        free(part);
    }
    return NULL;
}

int cnn_folder_found(const char *path)
{
    char *train = part_path(path, 1), *test = part_path(path, 0);
    const int found = train || test || has_classes(path);
    free(train);
    free(test);
    return found;
}

void cnn_folder_close(struct folder *folder)
{
    if (!folder)
        return;
    for (int64_t i = 0; i < folder->count; i++)
        free(folder->files[i]);
    free(folder->files);
    free(folder->classes);
    free(folder);
}

static int add_file(struct folder *folder, const char *class_name, const char *file, int32_t class, struct trouble *t)
{
    if (folder->count == folder->room) {
        const int64_t room = folder->room ? 2 * folder->room : 1024;
        char **files = (char **)realloc(folder->files, (size_t)room * sizeof *files);
        folder->files = files ? files : folder->files;
        int32_t *classes = (int32_t *)realloc(folder->classes, (size_t)room * sizeof *classes);
        folder->classes = classes ? classes : folder->classes;
        if (!files || !classes)
            return cnn_trouble(t, "no memory for the names of %lld pictures", (long long)room);
        folder->room = room;
    }
    char *name = cnn_heap_text(t, "%s/%s", class_name, file);
    if (!name)
        return -1;
    folder->classes[folder->count] = class;
    folder->files[folder->count++] = name;
    return 0;
}

static int add_class(struct set *set, const char *class_name, int32_t class, struct trouble *t)
{
    struct dirent **files = NULL;
    const int64_t before = set->folder->count;
    char *path = cnn_heap_text(t, "%s/%s", set->path, class_name);
    const int count = path ? list(path, &files, t) : -1;
    for (int i = 0; i < count && !t->message[0]; i++)
        if (is_picture(files[i]->d_name))
            add_file(set->folder, class_name, files[i]->d_name, class, t);
        else
            set->folder->ignored++;
    if (count >= 0)
        free_list(files, count);
    if (path && set->folder->count == before && !t->message[0])
        cnn_trouble(
            t, "%s: there is no picture in this class's folder: none ends in .png, .jpg, .jpeg, .pnm, .pgm or .ppm",
            path);
    free(path);
    return t->message[0] ? -1 : 0;
}

static char *where_file(const struct set *set, int64_t index)
{
    struct trouble ignored = {"", ""};
    return cnn_heap_text(&ignored, "%s/%s", set->path, set->folder->files[index]);
}

static int fetch_file(const struct set *set, int64_t index, struct picture *picture, struct trouble *t)
{
    struct contents file;
    char *path = cnn_heap_text(t, "%s/%s", set->path, set->folder->files[index]);
    if (!path || cnn_contents_open(&file, path, t)) {
        free(path);
        return -1;
    }
    const int failed = cnn_decode_picture(file.data, file.bytes, path, picture, t);
    cnn_contents_close(&file);
    free(path);
    return failed;
}

static int add_classes(struct set *set, struct dirent **entries, int count, struct trouble *t)
{
    set->class_names = (char **)cnn_heap((size_t)count, sizeof *set->class_names, t);
    for (int i = 0; set->class_names && i < count && !t->message[0]; i++) {
        char *path = cnn_heap_text(t, "%s/%s", set->path, entries[i]->d_name);
        if (path && cnn_path_is_folder(path)) {
            set->class_names[set->classes] = cnn_clean(cnn_heap_text(t, "%s", entries[i]->d_name));
            add_class(set, entries[i]->d_name, set->classes++, t);
        }
        free(path);
        if (set->classes > MOST_CLASSES)
            cnn_trouble(t, "%s: more than %d classes", set->path, (int)MOST_CLASSES);
    }
    return t->message[0] ? -1 : 0;
}

static int open_part(struct set *set, const char *path, struct trouble *t)
{
    struct dirent **entries = NULL;
    if (cnn_set_begin(set, "folders of pictures", path, t))
        return -1;
    set->folder = (struct folder *)cnn_heap(1, sizeof *set->folder, t);
    const int count = set->folder ? list(path, &entries, t) : -1;
    if (count < 0)
        return -1;
    add_classes(set, entries, count, t);
    free_list(entries, count);
    set->fetch = fetch_file;
    set->where = where_file;
    set->count = set->folder->count;
    set->targets = (const unsigned char *)set->folder->classes;
    set->target_number = NUMBER_I4;
    set->target_big = !cnn_machine_is_little();
    set->apart = sizeof *set->folder->classes;
    return t->message[0] ? -1 : 0;
}

int cnn_folder_open(struct dataset *data, const char *path, struct trouble *t)
{
    char *train = part_path(path, 1), *test = part_path(path, 0);
    int failed = 0;
    if (train || test) {
        failed = (train && open_part(&data->train, train, t)) || (test && open_part(&data->test, test, t));
        failed = failed || cnn_data_same_classes(&data->train, &data->test, t);
    } else {
        failed = open_part(&data->train, path, t);
    }
    free(train);
    free(test);
    return failed ? -1 : 0;
}
