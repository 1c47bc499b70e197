/* One picture file becomes INPUT's numbers, as the pictures of DATA do. */
#include <stdlib.h>
#include <string.h>

#include "fit.h"
#include "picture.h"

static int fetch(const struct set *set, int64_t index, struct picture *picture, struct trouble *t)
{
    struct contents file;
    (void)index;
    if (cnn_contents_open(&file, set->path, t))
        return -1;
    const int failed = cnn_decode_picture(file.data, file.bytes, set->path, picture, t);
    cnn_contents_close(&file);
    return failed;
}

static char *where(const struct set *set, int64_t index)
{
    struct trouble ignored = {"", ""};
    (void)index;
    return cnn_heap_text(&ignored, "%s", set->path);
}

int cnn_picture_planes(const char *path, const struct cnn_tensor *input, int resize, float *planes, struct trouble *t)
{
    const enum fitting fitting = resize == 0 ? FIT_NONE : resize == 1 ? FIT_SCALE : FIT_PAD;
    const size_t count = (size_t)input->height * (size_t)input->width * (size_t)input->channels;
    struct set set;
    struct fit fit;
    memset(&set, 0, sizeof set);
    set.path = cnn_heap_text(t, "%s", path);
    set.count = 1;
    set.fetch = fetch;
    set.where = where;
    const int failed = !set.path || cnn_fit_begin(&fit, input, fitting, t);
    if (!failed && !cnn_fit_planes(&fit, &set, 0, t))
        memcpy(planes, fit.planes, count * sizeof *planes);
    if (set.path)
        cnn_fit_end(&fit);
    free(set.path);
    return t->message[0] ? -1 : 0;
}
