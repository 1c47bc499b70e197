/* Pictures of any size and kind become INPUT's. Scaling is bilinear with pixels' centres at halves; where a picture
 * becomes smaller, the window grows, so that every pixel counts. What was bytes is rounded to whole numbers again. */
#include "fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int64_t size_of(const struct cnn_tensor *input)
{
    return (int64_t)input->height * input->width * input->channels;
}

size_t cnn_fit_bytes(const struct cnn_tensor *input)
{
    return (size_t)size_of(input) * (input->type == 0 ? sizeof(float) : 1);
}

int cnn_fit_begin(struct fit *fit, const struct cnn_tensor *input, enum fitting fitting, struct trouble *t)
{
    memset(fit, 0, sizeof *fit);
    fit->input = input;
    fit->fitting = fitting;
    fit->planes = (float *)cnn_heap((size_t)size_of(input), sizeof(float), t);
    fit->spare = (float *)cnn_heap((size_t)size_of(input), sizeof(float), t);
    return fit->planes && fit->spare ? 0 : -1;
}

void cnn_fit_end(struct fit *fit)
{
    free(fit->picture.room);
    free(fit->planes);
    free(fit->spare);
    free(fit->large);
    memset(fit, 0, sizeof *fit);
}

static int same_size(const struct picture *p, const struct cnn_tensor *input)
{
    return p->height == input->height && p->width == input->width;
}

static int check_size(const struct fit *fit, const struct set *set, int64_t index, struct trouble *t)
{
    const struct picture *p = &fit->picture;
    const struct cnn_tensor *input = fit->input;
    char *where = set->where ? set->where(set, index)
                             : cnn_heap_text(t, "%s, picture %lld", set->path, (long long)index);
    const char *name = where ? where : set->path;
    const int larger = p->height > input->height || p->width > input->width;
    if (p->channels != input->channels && !(p->channels == 1 || (p->channels == 3 && input->channels == 1)))
        cnn_trouble(t, "%s: a picture of %d channels, but INPUT has %d", name, p->channels, input->channels);
    else if (!same_size(p, input) && fit->fitting == FIT_NONE) {
        cnn_trouble(t, "%s: a picture of %dx%d pixels, but INPUT is %dx%d", name, p->height, p->width, input->height,
                    input->width);
        cnn_trouble_help(t, "--resize scales pictures, --resize=pad puts smaller ones in a border of zeros");
    } else if (larger && fit->fitting == FIT_PAD) {
        cnn_trouble(t, "%s: a picture of %dx%d pixels does not fit into INPUT, %dx%d, with a border", name, p->height,
                    p->width, input->height, input->width);
        cnn_trouble_help(t, "--resize scales pictures");
    }
    free(where);
    return t->message[0] ? -1 : 0;
}

/* Three channels become one by the weights of BT.601. */
static void read_grey(const struct picture *p, int64_t at, int64_t step, int64_t apart, float *to)
{
    const unsigned char *bytes = p->pixels + at;
    const float *floats = (const float *)(const void *)p->pixels + at;
    for (int32_t x = 0; x < p->width; x++) {
        const int64_t i = x * step;
        if (p->floats) {
            to[x] = 0.299f * floats[i] + 0.587f * floats[i + apart] + 0.114f * floats[i + 2 * apart];
        } else {
            const int thousandths = 299 * bytes[i] + 587 * bytes[i + apart] + 114 * bytes[i + 2 * apart];
            const int grey = (thousandths + 500) / 1000;
            to[x] = (float)grey;
        }
    }
}

/* Numbers that lie `step` apart; most often they lie side by side. */
static void read_bytes(const unsigned char *bytes, int64_t step, int32_t count, float *to)
{
    if (step == 1)
        for (int32_t x = 0; x < count; x++)
            to[x] = bytes[x];
    else
        for (int32_t x = 0; x < count; x++)
            to[x] = bytes[x * step];
}

/* A row of the stored picture's channel as floats. */
static void read_row(const struct picture *p, int32_t channel, int32_t channels, int32_t y, float *to)
{
    const int64_t area = (int64_t)p->height * p->width;
    const int64_t step = p->layout == LAYOUT_HWC ? p->channels : 1, apart = p->layout == LAYOUT_HWC ? 1 : area;
    const int64_t row = (int64_t)y * p->width * step, at = row + (p->channels == 1 ? 0 : channel * apart);
    const float *floats = (const float *)(const void *)p->pixels + at;
    if (channels == 1 && p->channels == 3)
        read_grey(p, row, step, apart, to);
    else if (!p->floats)
        read_bytes(p->pixels + at, step, p->width, to);
    else
        for (int32_t x = 0; x < p->width; x++)
            to[x] = floats[x * step];
}

/* Output number `i` of a line scaled from `from` to `to` pixels, which lie `step` apart. */
static float scaled(const float *line, int32_t from, int32_t to, int32_t i, int64_t step)
{
    const double scale = (double)from / to, reach = scale > 1 ? scale : 1, centre = (i + 0.5) * scale - 0.5;
    int32_t first = (int32_t)ceil(centre - reach), last = (int32_t)floor(centre + reach);
    double sum = 0, weights = 0;
    for (int32_t k = first; k <= last; k++) {
        const double weight = 1 - fabs(k - centre) / reach;
        const int32_t at = k < 0 ? 0 : k >= from ? from - 1 : k;
        if (weight <= 0 || (scale > 1 && at != k)) /* windows end at the border; the border's pixel goes on beyond it */
            continue;
        sum += weight * (double)line[at * step];
        weights += weight;
    }
    return (float)(sum / weights);
}

static int large_room(struct fit *fit, size_t count, struct trouble *t)
{
    if (count <= fit->large_count)
        return 0;
    free(fit->large);
    fit->large_count = 0;
    fit->large = (float *)cnn_heap(count, sizeof(float), t);
    fit->large_count = fit->large ? count : 0;
    return fit->large ? 0 : -1;
}

/* Rows are scaled as they are read, then columns. */
static int scale(struct fit *fit, struct trouble *t)
{
    const struct picture *p = &fit->picture;
    const struct cnn_tensor *input = fit->input;
    const int32_t height = input->height, width = input->width;
    if (large_room(fit, (size_t)p->width + (size_t)p->height * (size_t)width, t))
        return -1;
    float *line = fit->large, *rows = fit->large + p->width;
    for (int32_t c = 0; c < input->channels; c++) {
        float *plane = fit->planes + (int64_t)c * height * width;
        for (int32_t y = 0; y < p->height; y++) {
            read_row(p, c, input->channels, y, line);
            for (int32_t x = 0; x < width; x++)
                rows[(int64_t)y * width + x] = scaled(line, p->width, width, x, 1);
        }
        for (int32_t y = 0; y < height; y++)
            for (int32_t x = 0; x < width; x++)
                plane[(int64_t)y * width + x] = scaled(rows + x, p->height, height, y, width);
    }
    for (int64_t i = 0; !p->floats && i < size_of(input); i++)
        fit->planes[i] = floorf(fit->planes[i] + 0.5f);
    return 0;
}

/* In the middle of zeros. */
static void pad(struct fit *fit)
{
    const struct picture *p = &fit->picture;
    const struct cnn_tensor *input = fit->input;
    const int32_t top = (input->height - p->height) / 2, left = (input->width - p->width) / 2;
    if (!same_size(p, input))
        memset(fit->planes, 0, (size_t)size_of(input) * sizeof(float));
    for (int32_t c = 0; c < input->channels; c++)
        for (int32_t y = 0; y < p->height; y++)
            read_row(p, c, input->channels, y,
                     fit->planes + ((int64_t)c * input->height + y + top) * input->width + left);
}

static int fitted(struct fit *fit, const struct set *set, int64_t index, struct trouble *t)
{
    if (check_size(fit, set, index, t))
        return -1;
    if (!same_size(&fit->picture, fit->input) && fit->fitting == FIT_SCALE)
        return scale(fit, t);
    pad(fit);
    return 0;
}

int cnn_fit_planes(struct fit *fit, const struct set *set, int64_t index, struct trouble *t)
{
    return set->fetch(set, index, &fit->picture, t) ? -1 : fitted(fit, set, index, t);
}

static unsigned char as_byte(float value)
{
    const float rounded = value + 0.5f;
    return (unsigned char)(int)(rounded > 255 ? 255.0f : rounded > 0 ? rounded : 0.0f);
}

/* Numbers side by side become numbers `step` apart. */
static void store_plane(const float *plane, int64_t area, int floats, void *to, int64_t begin, int64_t step)
{
    float *real = (float *)to + begin;
    unsigned char *bytes = (unsigned char *)to + begin;
    if (floats && step == 1)
        memcpy(real, plane, (size_t)area * sizeof *real);
    else if (floats)
        for (int64_t i = 0; i < area; i++)
            real[i * step] = plane[i];
    else if (step == 1)
        for (int64_t i = 0; i < area; i++)
            bytes[i] = as_byte(plane[i]);
    else
        for (int64_t i = 0; i < area; i++)
            bytes[i * step] = as_byte(plane[i]);
}

void cnn_fit_store(const struct fit *fit, void *to)
{
    const struct cnn_tensor *input = fit->input;
    const int64_t area = (int64_t)input->height * input->width;
    const int hwc = input->layout == LAYOUT_HWC;
    for (int32_t c = 0; c < input->channels; c++)
        store_plane(fit->planes + c * area, area, input->type == 0, to, hwc ? c : c * area, hwc ? input->channels : 1);
}

int cnn_fit_picture(struct fit *fit, const struct set *set, int64_t index, void *to, struct trouble *t)
{
    const struct picture *p = &fit->picture;
    const struct cnn_tensor *input = fit->input;
    if (set->fetch(set, index, &fit->picture, t))
        return -1;
    const int alike = same_size(p, input) && p->channels == input->channels &&
                      (p->layout == input->layout || p->channels == 1 || p->height * p->width == 1);
    if (alike && p->floats == (input->type == 0)) {
        memcpy(to, p->pixels, cnn_fit_bytes(input));
        return 0;
    }
    if (alike && !p->floats) {
        float *floats = (float *)to;
        for (int64_t i = 0; i < size_of(input); i++)
            floats[i] = p->pixels[i];
        return 0;
    }
    if (fitted(fit, set, index, t))
        return -1;
    cnn_fit_store(fit, to);
    return 0;
}

int cnn_fit_load(struct set *set, const struct cnn_tensor *input, enum fitting fitting, uint64_t most,
                 struct trouble *t)
{
    struct cnn_tensor bytes = *input;
    struct fit fit;
    bytes.type = 1;
    const uint64_t each = cnn_fit_bytes(&bytes);
    if (set->fetch == cnn_fetch_array || set->count == 0 || (uint64_t)set->count > most / each)
        return 0;
    struct space *space = cnn_set_space(set, (uint64_t)set->count * each, "decoded pictures", t);
    if (!space || cnn_fit_begin(&fit, &bytes, fitting, t))
        return -1;
    int failed = 0;
    for (int64_t i = 0; !failed && i < set->count; i++) {
        cnn_still_working("reading pictures", i, set->count);
        failed = cnn_fit_picture(&fit, set, i, space->data + (uint64_t)i * each, t);
    }
    cnn_still_working("reading pictures", set->count, set->count);
    cnn_fit_end(&fit);
    set->pixels = space->data;
    set->stride = (size_t)each;
    set->height = input->height;
    set->width = input->width;
    set->channels = input->channels;
    set->layout = input->layout;
    set->fetch = cnn_fetch_array;
    return failed;
}
