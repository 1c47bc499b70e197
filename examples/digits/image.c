/* Reads pictures of digits. Drawn ones are made to look like MNIST's. */
#include "image.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_PNG
#include <png.h>
#endif

#include "centre.h"

enum { MAX_FILE_BYTES = 256 * 1024 * 1024, MAX_SIDE = 16384 };

struct picture { /* grey, any size */
    unsigned char *pixels;
    int width, height;
};

static unsigned char *read_file(const char *path, size_t *length, const char **error)
{
    FILE *file = fopen(path, "rb");
    unsigned char *bytes = NULL;
    long size = -1;
    *error = "cannot be read";
    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size >= 0 && size <= MAX_FILE_BYTES && fseek(file, 0, SEEK_SET) == 0)
        bytes = malloc((size_t)size + 1);
    if (bytes && fread(bytes, 1, (size_t)size, file) == (size_t)size) {
        bytes[size] = 0;
        *length = (size_t)size;
    } else {
        free(bytes);
        bytes = NULL;
    }
    if (file)
        fclose(file);
    return bytes;
}

/* ---- drawn pictures ---- */

/* Dark ink on light paper becomes light ink on a dark background, as in the training data. */
static void make_ground_dark(struct picture *p)
{
    long border = 0, count = 0;
    for (int y = 0; y < p->height; y++)
        for (int x = 0; x < p->width; x++)
            if (y == 0 || x == 0 || y == p->height - 1 || x == p->width - 1) {
                border += p->pixels[y * p->width + x];
                count++;
            }
    if (border <= 127 * count)
        return;
    for (int i = 0; i < p->width * p->height; i++)
        p->pixels[i] = (unsigned char)(255 - p->pixels[i]);
}

static int take_picture(struct picture *p, struct images *images, const char **error)
{
    images->pixels = malloc(IMAGE_BYTES);
    images->count = 1;
    if (!images->pixels) {
        *error = "out of memory";
        return 0;
    }
    make_ground_dark(p);
    if (p->width == IMAGE_SIDE && p->height == IMAGE_SIDE)
        memcpy(images->pixels, p->pixels, IMAGE_BYTES);
    else
        centre_digit(p->pixels, p->width, p->height, images->pixels);
    return 1;
}

/* ---- file formats ---- */

static int next_number(const unsigned char *bytes, size_t length, size_t *at)
{
    int value = 0;
    while (*at < length && (bytes[*at] <= ' ' || bytes[*at] == '#'))
        if (bytes[(*at)++] == '#')
            while (*at < length && bytes[*at] != '\n')
                ++*at;
    if (*at >= length || bytes[*at] < '0' || bytes[*at] > '9')
        return -1;
    for (; *at < length && bytes[*at] >= '0' && bytes[*at] <= '9' && value < 1000000; ++*at)
        value = 10 * value + bytes[*at] - '0';
    return value;
}

static int read_pgm(const unsigned char *bytes, size_t length, struct images *images, const char **error)
{
    size_t at = 2;
    struct picture p = {NULL, next_number(bytes, length, &at), 0};
    p.height = next_number(bytes, length, &at);
    int white = next_number(bytes, length, &at), text = bytes[1] == '2', right = 0;
    at++;
    *error = "a damaged PGM file, or one with more than 256 greys";
    if (p.width < 1 || p.height < 1 || p.width > MAX_SIDE || p.height > MAX_SIDE || white < 1 || white > 255)
        return 0;
    size_t count = (size_t)p.width * (size_t)p.height;
    if (!text && (at > length || length - at < count))
        return 0;
    p.pixels = calloc(count, 1);
    for (size_t i = 0; p.pixels && i < count; i++) {
        int value = text ? next_number(bytes, length, &at) : bytes[at++];
        if (value < 0 || value > white)
            goto done;
        p.pixels[i] = (unsigned char)(255 * value / white);
    }
    right = p.pixels && take_picture(&p, images, error);
done:
    free(p.pixels);
    return right;
}

static int read_png(const unsigned char *bytes, size_t length, struct images *images, const char **error)
{
#ifdef HAVE_PNG
    png_image png = {.version = PNG_IMAGE_VERSION};
    struct picture p = {0};
    int right = 0;
    *error = "a damaged PNG file, or a very large one";
    if (png_image_begin_read_from_memory(&png, bytes, length) && png.width <= MAX_SIDE && png.height <= MAX_SIDE) {
        png.format = PNG_FORMAT_GRAY;
        p = (struct picture){malloc(PNG_IMAGE_SIZE(png)), (int)png.width, (int)png.height};
        const png_color paper = {255, 255, 255}; /* where the picture is transparent */
        right = p.pixels && png_image_finish_read(&png, &paper, p.pixels, 0, NULL) && take_picture(&p, images, error);
    }
    png_image_free(&png);
    free(p.pixels);
    return right;
#else
    (void)bytes, (void)length, (void)images;
    *error = "this program was built without PNG support: install libpng (package libpng-dev) and build again";
    return 0;
#endif
}

static uint32_t big_endian(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* The pictures begin at `offset`. */
static int take_bytes(const unsigned char *bytes, size_t length, size_t offset, struct images *images,
                      const char **error)
{
    *error = "not a file of 28x28 pictures";
    if (length - offset < IMAGE_BYTES || (length - offset) % IMAGE_BYTES != 0)
        return 0;
    *error = "out of memory";
    images->pixels = malloc(length - offset);
    if (!images->pixels)
        return 0;
    memcpy(images->pixels, bytes + offset, length - offset);
    images->count = (length - offset) / IMAGE_BYTES;
    return 1;
}

int images_read(const char *path, struct images *images, const char **error)
{
    size_t length;
    int right;
    *images = (struct images){0};
    unsigned char *bytes = read_file(path, &length, error);
    if (!bytes)
        return 0;
    if (length > 16 && big_endian(bytes) == 0x803 && big_endian(bytes + 8) == IMAGE_SIDE)
        right = take_bytes(bytes, length, 16, images, error);
    else if (length > 8 && memcmp(bytes, "\x89PNG", 4) == 0)
        right = read_png(bytes, length, images, error);
    else if (length > 8 && bytes[0] == 'P' && (bytes[1] == '5' || bytes[1] == '2'))
        right = read_pgm(bytes, length, images, error);
    else
        right = take_bytes(bytes, length, 0, images, error);
    free(bytes);
    return right;
}

int images_read_labels(const char *path, struct images *images, const char **error)
{
    size_t length, at = 0, count = 0;
    unsigned char *bytes = read_file(path, &length, error);
    if (!bytes)
        return 0;
    if (length >= 8 && big_endian(bytes) == 0x801) {
        count = length - 8;
        memmove(bytes, bytes + 8, count);
    } else {
        for (int label; (label = next_number(bytes, length, &at)) >= 0;)
            bytes[count++] = (unsigned char)label; /* writing never overtakes reading */
    }
    if (count != images->count) {
        *error = "there must be as many labels as pictures";
        free(bytes);
        return 0;
    }
    images->labels = bytes;
    return 1;
}

void images_free(struct images *images)
{
    free(images->pixels);
    free(images->labels);
}
