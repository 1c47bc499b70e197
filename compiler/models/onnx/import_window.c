/* Windows: sizes, strides, padding and its automatic forms. A signal (1 x C x L) is an image of one
 * column. */
#include <string.h>

#include "import_window.h"

enum { LARGEST = 1 << 30 };

bool call_pair(struct importer *im, struct call *call, const char *name, int spatial, int64_t fallback,
               struct pair *pair)
{
    const int64_t *values;
    size_t count;
    *pair = (struct pair){fallback, spatial == 2 ? fallback : name[0] == 'o' ? 0 : 1};
    if (!call_ints(call, name, &values, &count) || count == 0)
        return true;
    if (count != (size_t)spatial)
        return refuse(im, call, "%s has %zu entries for %d axes", name, count, spatial);
    pair->h = values[0];
    if (spatial == 2)
        pair->w = values[1];
    if (pair->h < 0 || pair->w < 0 || pair->h > LARGEST || pair->w > LARGEST)
        return refuse(im, call, "%s is out of range", name);
    return true;
}

struct dims image_dims(int rank, int64_t images, struct shape shape)
{
    struct dims dims = {rank, {images, shape.c / images, shape.h, shape.w}};
    return dims;
}

static bool explicit_pads(struct importer *im, struct call *call, int spatial, struct padding *pad)
{
    const int64_t *pads;
    size_t count;
    *pad = (struct padding){0};
    if (!call_ints(call, "pads", &pads, &count) || count == 0)
        return true;
    if (count != (size_t)spatial * 2)
        return refuse(im, call, "pads has %zu entries for %d axes", count, spatial);
    for (size_t i = 0; i < count; i++)
        if (pads[i] < 0 || pads[i] > LARGEST)
            return refuse(im, call, "pads of %lld", (long long)pads[i]);
    pad->top = pads[0];
    pad->bottom = pads[spatial];
    if (spatial == 2) {
        pad->left = pads[1];
        pad->right = pads[3];
    }
    return true;
}

/* As many results as strides begin in the input; the odd pixel goes after (upper) or before. */
static void same_pads(int64_t length, int64_t window, int64_t stride, int64_t dilation, bool upper, int64_t *before,
                      int64_t *after)
{
    int64_t out = (length + stride - 1) / stride;
    int64_t total = (out - 1) * stride + (window - 1) * dilation + 1 - length;
    total = total > 0 ? total : 0;
    *before = upper ? total / 2 : total - total / 2;
    *after = total - *before;
}

bool call_window(struct importer *im, struct call *call, const struct dims *dims, const int64_t *kernel,
                 struct layer_args *args)
{
    const int spatial = dims->rank - 2;
    if (spatial != 1 && spatial != 2)
        return refuse(im, call, "its input %s has %d space axes; 1 and 2 are supported", dims_words(im->arena, dims),
                      spatial);
    if (!call_pair(im, call, "kernel_shape", spatial, 1, &args->window) ||
        !call_pair(im, call, "strides", spatial, 1, &args->stride) ||
        !call_pair(im, call, "dilations", spatial, 1, &args->dilation) || !explicit_pads(im, call, spatial, &args->pad))
        return false;
    if (kernel && !call_attribute(call, "kernel_shape"))
        args->window = (struct pair){kernel[0], spatial == 2 ? kernel[1] : 1};
    const struct pair *const positive[] = {&args->window, &args->stride, &args->dilation};
    for (size_t i = 0; i < sizeof positive / sizeof *positive; i++)
        if (positive[i]->h < 1 || positive[i]->w < 1)
            return refuse(im, call, "its window, stride or dilation is 0");
    const char *mode = call_string(call, "auto_pad", "NOTSET");
    if (strcmp(mode, "SAME_UPPER") == 0 || strcmp(mode, "SAME_LOWER") == 0) {
        const bool upper = mode[5] == 'U';
        args->pad = (struct padding){0};
        same_pads(dims->at[2], args->window.h, args->stride.h, args->dilation.h, upper, &args->pad.top,
                  &args->pad.bottom);
        if (spatial == 2)
            same_pads(dims->at[3], args->window.w, args->stride.w, args->dilation.w, upper, &args->pad.left,
                      &args->pad.right);
    } else if (strcmp(mode, "VALID") == 0) {
        args->pad = (struct padding){0};
    } else if (strcmp(mode, "NOTSET") != 0) {
        return refuse(im, call, "auto_pad=%s", mode);
    }
    return true;
}
