/* Pictures, through the stb libraries (package libstb-dev). */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_include) && !__has_include(<stb/stb_image.h>)
#error "pictures need the stb libraries: install the package libstb-dev"
#endif
#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_PNM
#define STBI_MAX_DIMENSIONS 16384
#include <stb/stb_image.h>
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>

static const char *reason = "";

static int fail(const char *why)
{
    reason = why;
    return 0;
}

const char *picture_error(void)
{
    return reason;
}

int picture_new(struct picture *p, int width, int height, int channels)
{
    *p = (struct picture){width, height, channels, calloc((size_t)width * (size_t)height, (size_t)channels)};
    return p->pixels ? 1 : fail("out of memory");
}

int picture_read(struct picture *p, const char *path, int channels)
{
    *p = (struct picture){.channels = channels};
    p->pixels = stbi_load(path, &p->width, &p->height, NULL, channels);
    return p->pixels ? 1 : fail(stbi_failure_reason());
}

static int ends_with(const char *path, const char *end)
{
    return strlen(path) >= strlen(end) && strcmp(path + strlen(path) - strlen(end), end) == 0;
}

static int write_pnm(const struct picture *p, const char *path)
{
    FILE *file = fopen(path, "wb");
    size_t bytes = (size_t)p->width * (size_t)p->height * (size_t)p->channels;
    if (!file)
        return 0;
    fprintf(file, "P%d\n%d %d\n255\n", p->channels == 1 ? 5 : 6, p->width, p->height);
    int written = fwrite(p->pixels, 1, bytes, file) == bytes;
    return fclose(file) == 0 && written;
}

int picture_write(const struct picture *p, const char *path)
{
    int written;
    if (ends_with(path, ".png"))
        written = stbi_write_png(path, p->width, p->height, p->channels, p->pixels, 0);
    else if (ends_with(path, p->channels == 1 ? ".pgm" : ".ppm"))
        written = write_pnm(p, path);
    else
        return fail(p->channels == 1 ? "its name must end in .png or .pgm" : "its name must end in .png or .ppm");
    return written ? 1 : fail("cannot be written");
}

/* The mean of one channel over the pixels from (x0, y0) up to, but excluding, (x1, y1). */
static unsigned char mean(const struct picture *p, int c, int x0, int y0, int x1, int y1)
{
    long sum = 0, count = (long)(x1 - x0) * (y1 - y0);
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            sum += p->pixels[((long)y * p->width + x) * p->channels + c];
    return (unsigned char)((sum + count / 2) / count);
}

int picture_square(struct picture *p, const struct picture *from, int side)
{
    int size = from->width < from->height ? from->width : from->height;
    int left = (from->width - size) / 2, top = (from->height - size) / 2;
    unsigned char *out;
    if (!picture_new(p, side, side, from->channels))
        return 0;
    out = p->pixels;
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++)
            for (int c = 0; c < from->channels; c++) {
                int x0 = left + x * size / side, x1 = left + (x + 1) * size / side;
                int y0 = top + y * size / side, y1 = top + (y + 1) * size / side;
                *out++ = mean(from, c, x0, y0, x1 > x0 ? x1 : x0 + 1, y1 > y0 ? y1 : y0 + 1);
            }
    return 1;
}

void picture_free(struct picture *p)
{
    free(p->pixels);
    p->pixels = NULL;
}
