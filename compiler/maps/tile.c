/* Small pictures within the sheet: numbers become colours, and those a PNG in base64. */
#include "maps/sheet.h"

#include <math.h>
#include <string.h>

#include "base/png.h"
#include "base/text.h"

enum { LEVELS = 128, NOT_FINITE = LEVELS, MAGENTA = 0xF000F0 };

struct stop {
    double at;
    int red, green, blue;
};

static const struct stop heat[] = {
    {0, 12, 10, 28}, {0.22, 66, 18, 98}, {0.48, 172, 46, 88}, {0.74, 240, 118, 44}, {1, 253, 231, 130}};
static const struct stop both[] = {
    {0, 24, 72, 170}, {0.25, 96, 150, 220}, {0.5, 250, 250, 250}, {0.75, 235, 120, 96}, {1, 178, 24, 36}};
enum { STOPS = 5 };

static const struct stop *stops_of(enum palette palette)
{
    return palette == PALETTE_HEAT ? heat : both;
}

static unsigned char between(int from, int to, double share)
{
    return (unsigned char)((double)from + (double)(to - from) * share + 0.5);
}

static void color_of(enum palette palette, int level, unsigned char color[3])
{
    const struct stop *stops = stops_of(palette);
    const double at = (double)level / (LEVELS - 1);
    int i = 0;
    while (i + 2 < STOPS && stops[i + 1].at < at)
        i++;
    const double share = (at - stops[i].at) / (stops[i + 1].at - stops[i].at);
    color[0] = between(stops[i].red, stops[i + 1].red, share);
    color[1] = between(stops[i].green, stops[i + 1].green, share);
    color[2] = between(stops[i].blue, stops[i + 1].blue, share);
}

static void add_base64(struct text *out, const char *bytes, size_t count)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < count; i += 3) {
        unsigned word = 0;
        for (size_t k = 0; k < 3; k++)
            word = word << 8 | (i + k < count ? (unsigned char)bytes[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            text_add_char(out, i + k > count ? '=' : letters[word >> (18 - 6 * k) & 63]);
    }
}

static void add_reference(struct text *svg, const struct png *png)
{
    struct text bytes = text_new(svg->arena);
    png_write(png, &bytes);
    text_add(svg, "xlink:href=\"data:image/png;base64,");
    add_base64(svg, bytes.bytes, bytes.length);
    text_add_char(svg, '"');
}

static int level_of(double value, double most, enum palette palette)
{
    double share = most > 0 ? value / most : 0;
    if (!isfinite(value))
        return NOT_FINITE;
    if (palette == PALETTE_SIGNED)
        share = (share + 1) / 2;
    return (int)((share > 1 ? 1 : share > 0 ? share : 0) * (LEVELS - 1) + 0.5);
}

/* Pixels of `bytes` bytes, each repeated across and down. */
static unsigned char *enlarged(struct arena *arena, const unsigned char *pixels, size_t bytes, const struct tile *tile)
{
    const size_t each = (size_t)tile->each, width = (size_t)tile->width, height = (size_t)tile->height;
    unsigned char *large = ARENA_ARRAY(arena, unsigned char, bytes *width *height *each *each), *to = large;
    for (size_t y = 0; y < height * each; y++)
        for (size_t x = 0; x < width * each; x++, to += bytes)
            memcpy(to, pixels + (y / each * width + x / each) * bytes, bytes);
    return large;
}

/* The palette has the colours that occur, in the order of their levels. */
void tile_add_map(struct text *svg, struct tile tile, double most, enum palette palette)
{
    const int count = tile.height * tile.width;
    unsigned char colors[LEVELS + 1][3], *pixels = ARENA_ARRAY(svg->arena, unsigned char, (size_t)count);
    int place[LEVELS + 1] = {0}, used = 0;
    for (int i = 0; i < count; i++)
        place[level_of((double)tile.values[i], most, palette)] = 1;
    for (int level = 0; level <= LEVELS; level++) {
        if (!place[level])
            continue;
        color_of(palette, level < LEVELS ? level : 0, colors[used]);
        for (int k = 0; k < 3 && level == NOT_FINITE; k++)
            colors[used][k] = MAGENTA >> (16 - 8 * k) & 0xFF;
        place[level] = used++;
    }
    for (int i = 0; i < count; i++)
        pixels[i] = (unsigned char)place[level_of((double)tile.values[i], most, palette)];
    add_reference(svg, &(struct png){tile.width * tile.each, tile.height * tile.each,
                                     enlarged(svg->arena, pixels, 1, &tile), (const unsigned char(*)[3])colors, used});
}

static unsigned char byte_of(double value, double zero, double most)
{
    const double share = zero + (most > 0 ? value / most * (255 - zero) : 0);
    return share >= 255 ? 255 : share > 0 ? (unsigned char)(share + 0.5) : 0; /* also of NaN */
}

void tile_add_colors(struct text *svg, struct tile tile, int channels, double zero, double most)
{
    const int area = tile.height * tile.width;
    unsigned char *pixels = ARENA_ARRAY(svg->arena, unsigned char, 3 * (size_t)area);
    for (int i = 0; i < area; i++)
        for (int c = 0; c < 3; c++)
            pixels[3 * i + c] = byte_of((double)tile.values[(channels == 3 ? c : 0) * area + i], zero, most);
    add_reference(svg, &(struct png){tile.width * tile.each, tile.height * tile.each,
                                     enlarged(svg->arena, pixels, 3, &tile), NULL, 0});
}

void tile_add_gradient(struct text *svg, enum palette palette, const char *id)
{
    const struct stop *stops = stops_of(palette);
    text_printf(svg, "<linearGradient id=\"%s\">", id);
    for (int i = 0; i < STOPS; i++)
        text_printf(svg, "<stop offset=\"%.2f\" stop-color=\"#%02x%02x%02x\"/>", stops[i].at, (unsigned)stops[i].red,
                    (unsigned)stops[i].green, (unsigned)stops[i].blue);
    text_add(svg, "</linearGradient>\n");
}
