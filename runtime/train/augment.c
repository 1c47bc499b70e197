/* The augmentations. Each draws its numbers from a stream of its own, numbered by its place in the recipe, so that
 * none depends on how many the others took. What comes from outside the picture is zero, except for SHIFT, which
 * mirrors the picture at its edges. */
#include "augment.h"

#include <math.h>
#include <string.h>

struct frame { /* one picture under way */
    int32_t channels, height, width;
    int bytes; /* numbers stay within 0 to 255 */
    uint64_t key, stream;
    float *planes, *spare;
};

uint64_t cnn_random_key(uint64_t seed, int64_t epoch, enum purpose purpose, int64_t index)
{
    return cnn_random(seed, (uint64_t)epoch << 8 | (uint64_t)purpose, (uint64_t)index);
}

static double uniform(const struct frame *f, uint64_t index)
{
    return (double)cnn_uniform(cnn_random(f->key, f->stream, index));
}

/* A whole number from -most to most. */
static int32_t random_offset(const struct frame *f, uint64_t index, int32_t most)
{
    const uint64_t choices = 2 * (uint64_t)most + 1;
    return (int32_t)((cnn_random(f->key, f->stream, index) >> 32) * choices >> 32) - most;
}

/* Box and Muller's; the first number is never zero. */
double cnn_random_normal(uint64_t key, uint64_t stream, uint64_t index)
{
    const double u = ((double)(cnn_random(key, stream, 2 * index) >> 11) + 0.5) * 0x1p-53;
    const double v = (double)(cnn_random(key, stream, 2 * index + 1) >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Marsaglia and Tsang's; a shape below one by the usual power. */
static double random_gamma(uint64_t key, uint64_t stream, double shape)
{
    const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / sqrt(9 * d);
    const double below = ((double)(cnn_random(key, stream + 1, 0) >> 11) + 0.5) * 0x1p-53;
    const double factor = shape < 1 ? pow(below, 1 / shape) : 1;
    for (uint64_t i = 0;; i++) {
        const double x = cnn_random_normal(key, stream, 2 * i), root = 1 + c * x;
        const double u = ((double)(cnn_random(key, stream, 4 * i + 2) >> 11) + 0.5) * 0x1p-53;
        const double v = root * root * root;
        if (root > 0 && log(u) < x * x / 2 + d - d * v + d * log(v))
            return factor * d * v;
    }
}

double cnn_random_beta(uint64_t key, double alpha)
{
    const double a = random_gamma(key, 0, alpha), b = random_gamma(key, 2, alpha);
    return a + b > 0 ? a / (a + b) : 0.5; /* tiny alphas can make both zero */
}

static void swap(struct frame *f)
{
    float *planes = f->planes;
    f->planes = f->spare;
    f->spare = planes;
}

static int32_t rows_of(const struct frame *f)
{
    return f->channels * f->height;
}

static void flip(struct frame *f, double p)
{
    if (uniform(f, 0) >= p)
        return;
    for (int32_t r = 0; r < rows_of(f); r++) {
        float *row = f->planes + (int64_t)r * f->width;
        for (int32_t x = 0; x < f->width / 2; x++) {
            const float left = row[x];
            row[x] = row[f->width - 1 - x];
            row[f->width - 1 - x] = left;
        }
    }
}

/* Which pixel stands at i - n .. i + n beyond an edge that mirrors (the edge's own pixel is not repeated). */
static int32_t mirrored(int32_t i, int32_t size)
{
    const int32_t period = size > 1 ? 2 * (size - 1) : 1;
    i = (i % period + period) % period;
    return i < size ? i : period - i;
}

/* A row that was moved to the right: from[x - right], and beyond its ends zeros, or the row mirrored. */
static void move_row(const float *from, int32_t width, int32_t right, int mirror, float *to)
{
    const int32_t first = right < 0 ? 0 : right > width ? width : right;
    const int32_t end = right > 0 ? width : right < -width ? 0 : width + right; /* of what comes from inside */
    for (int32_t x = 0; x < first; x++)
        to[x] = mirror ? from[mirrored(x - right, width)] : 0;
    if (end > first)
        memcpy(to + first, from + first - right, (size_t)(end - first) * sizeof *to);
    for (int32_t x = end > first ? end : first; x < width; x++)
        to[x] = mirror ? from[mirrored(x - right, width)] : 0;
}

/* Moves the picture by up to `most` pixels each way. */
static void move(struct frame *f, int32_t most, int mirror)
{
    const int32_t down = random_offset(f, 0, most), right = random_offset(f, 1, most);
    for (int32_t r = 0; r < rows_of(f); r++) {
        const int32_t plane = r / f->height, y = r % f->height - down;
        const int32_t from_y = mirror ? mirrored(y, f->height) : y;
        float *to = f->spare + (int64_t)r * f->width;
        if (from_y >= 0 && from_y < f->height)
            move_row(f->planes + ((int64_t)plane * f->height + from_y) * f->width, f->width, right, mirror, to);
        else
            memset(to, 0, (size_t)f->width * sizeof *to);
    }
    swap(f);
}

static float pixel(const struct frame *f, const float *plane, int32_t y, int32_t x)
{
    return y >= 0 && y < f->height && x >= 0 && x < f->width ? plane[(int64_t)y * f->width + x] : 0;
}

/* Every pixel comes from where `cosine` and `sine` (over the magnification) turn it about the middle; bilinear. */
static void turn(struct frame *f, double cosine, double sine)
{
    const double middle_y = 0.5 * (f->height - 1), middle_x = 0.5 * (f->width - 1);
    for (int32_t r = 0; r < rows_of(f); r++) {
        const float *plane = f->planes + (int64_t)(r / f->height) * f->height * f->width;
        const double y = r % f->height - middle_y;
        for (int32_t i = 0; i < f->width; i++) {
            const double x = i - middle_x;
            const double from_y = middle_y + cosine * y - sine * x, from_x = middle_x + sine * y + cosine * x;
            const int32_t y0 = (int32_t)floor(from_y), x0 = (int32_t)floor(from_x);
            const float dy = (float)(from_y - y0), dx = (float)(from_x - x0);
            const float top = (1 - dx) * pixel(f, plane, y0, x0) + dx * pixel(f, plane, y0, x0 + 1);
            const float bottom = (1 - dx) * pixel(f, plane, y0 + 1, x0) + dx * pixel(f, plane, y0 + 1, x0 + 1);
            f->spare[(int64_t)r * f->width + i] = (1 - dy) * top + dy * bottom;
        }
    }
    swap(f);
}

/* A square of zeros about a random pixel; what lies outside the picture is not made up for. */
static void cut_out(struct frame *f, int32_t size)
{
    const int32_t top = (int32_t)(uniform(f, 0) * f->height) - size / 2;
    const int32_t left = (int32_t)(uniform(f, 1) * f->width) - size / 2;
    for (int32_t r = 0; r < rows_of(f); r++)
        for (int32_t x = left > 0 ? left : 0; x < left + size && x < f->width; x++)
            if (r % f->height >= top && r % f->height < top + size)
                f->planes[(int64_t)r * f->width + x] = 0;
}

static float within(const struct frame *f, float value)
{
    return f->bytes && value < 0 ? 0 : f->bytes && value > 255 ? 255 : value;
}

static void add_noise(struct frame *f, double sd)
{
    const int64_t count = (int64_t)rows_of(f) * f->width;
    for (int64_t i = 0; i < count; i++) {
        const float noise = (float)(sd * cnn_random_normal(f->key, f->stream, (uint64_t)i));
        f->planes[i] = within(f, f->planes[i] + noise);
    }
}

static void brighten(struct frame *f, double amount)
{
    const int64_t count = (int64_t)rows_of(f) * f->width;
    const float factor = (float)(1 + amount * (2 * uniform(f, 0) - 1));
    for (int64_t i = 0; i < count; i++)
        f->planes[i] = within(f, f->planes[i] * factor);
}

static void apply(struct frame *f, const struct cnn_augmentation *what)
{
    const double degree = 3.14159265358979323846 / 180, a = what->a;
    const double angle = degree * a * (2 * uniform(f, 0) - 1), zoom = a + (what->b - a) * uniform(f, 0);
    switch (what->kind) {
    case CNN_FLIP: flip(f, a); break;
    case CNN_CROP: move(f, (int32_t)a, 0); break;
    case CNN_SHIFT: move(f, (int32_t)a, 1); break;
    case CNN_ROTATE: turn(f, cos(angle), sin(angle)); break;
    case CNN_ZOOM: turn(f, 1 / (zoom > 1e-3 ? zoom : 1e-3), 0); break;
    case CNN_CUTOUT: cut_out(f, (int32_t)a); break;
    case CNN_NOISE: add_noise(f, a); break;
    case CNN_BRIGHTNESS: brighten(f, a); break;
    default: break; /* MIXUP takes two pictures: the feed blends them */
    }
}

void cnn_augment(const struct cnn_recipe *recipe, uint64_t key, int32_t channels, int32_t height, int32_t width,
                 int bytes, float **planes, float **spare)
{
    struct frame f = {channels, height, width, bytes, key, 0, *planes, *spare};
    for (int32_t i = 0; i < recipe->augmentation_count; i++) {
        f.stream = (uint64_t)i;
        apply(&f, &recipe->augmentations[i]);
    }
    *planes = f.planes;
    *spare = f.spare;
}
