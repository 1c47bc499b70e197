/* Lays out rows of tiles. All tiles of a row share one colour scale. */
#include "sheet.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <stb/stb_easy_font.h>

/* clang-format off */
enum {
    MARGIN = 24, CAPTION = 200, CONTENT = 768, PAGE_WIDTH = 2 * MARGIN + CAPTION + CONTENT, PAGE_HEIGHT = 2000,
    ROW_GAP = 22, TILE_GAP = 8, LARGEST_SLOT = 168, LARGEST_SCALE = 16, TEXT_LINE = 22, CELL = 12, MOST_COLUMNS = 8,
    BAR_HEIGHT = 72
};
/* clang-format on */

struct color {
    unsigned char red, green, blue;
};
static const struct color INK = {40, 44, 52}, PALE = {225, 228, 233}, FRAME = {150, 155, 165}, BEST = {222, 73, 60};

int sheet_open(struct sheet *sheet)
{
    sheet->y = MARGIN;
    if (!picture_new(&sheet->page, PAGE_WIDTH, PAGE_HEIGHT, 3))
        return 0;
    memset(sheet->page.pixels, 255, (size_t)3 * PAGE_WIDTH * PAGE_HEIGHT);
    return 1;
}

static void fill(struct sheet *sheet, int left, int top, int width, int height, struct color color)
{
    for (int y = top < 0 ? 0 : top; y < top + height && y < PAGE_HEIGHT; y++)
        for (int x = left < 0 ? 0 : left; x < left + width && x < PAGE_WIDTH; x++)
            memcpy(sheet->page.pixels + 3 * (y * PAGE_WIDTH + x), &color, 3);
}

/* stb_easy_font gives rectangles, each as four corners, starting at the upper left. */
static void write_text(struct sheet *sheet, int left, int top, const char *text, struct color color)
{
    static struct {
        float x, y, z;
        unsigned char color[4];
    } corners[4 * 1024];
    char copy[64];
    snprintf(copy, sizeof copy, "%s", text);
    int count = stb_easy_font_print(0, 0, copy, NULL, corners, sizeof corners);
    for (int i = 0; i < 4 * count; i += 4)
        fill(sheet, left + (int)(2 * corners[i].x), top + (int)(2 * corners[i].y),
             (int)(2 * (corners[i + 2].x - corners[i].x)), (int)(2 * (corners[i + 2].y - corners[i].y)), color);
}

static void write_captions(struct sheet *sheet, const char *caption, const char *more, const char *sizes)
{
    int y = sheet->y;
    write_text(sheet, MARGIN, y, caption, INK);
    if (*more)
        write_text(sheet, MARGIN, y += TEXT_LINE, more, INK);
    write_text(sheet, MARGIN, y + TEXT_LINE, sizes, FRAME);
}

static unsigned char between(int from, int to, float part)
{
    return (unsigned char)((float)from + (float)(to - from) * part + 0.5f);
}

/* `value` is -1..1. */
static struct color choose_color(float value, enum palette palette)
{
    static const struct color heat[] = {{8, 8, 20}, {70, 15, 90}, {175, 45, 80}, {240, 120, 40}, {252, 225, 110}};
    float part = fminf(fabsf(value), 1);
    if (palette == PALETTE_GREY)
        return (struct color){between(0, 255, part), between(0, 255, part), between(0, 255, part)};
    if (palette == PALETTE_SIGNED && value < 0)
        return (struct color){between(250, 30, part), between(250, 90, part), between(250, 190, part)};
    if (palette == PALETTE_SIGNED)
        return (struct color){between(250, 200, part), between(250, 40, part), between(250, 40, part)};
    part *= 4;
    int i = part < 3 ? (int)part : 3;
    const struct color *a = &heat[i], *b = a + 1;
    part -= (float)i;
    return (struct color){between(a->red, b->red, part), between(a->green, b->green, part),
                          between(a->blue, b->blue, part)};
}

static float largest(const struct tiles *tiles)
{
    float most = 1e-30f;
    for (int i = 0; i < tiles->count * tiles->height * tiles->width; i++)
        most = fmaxf(most, fabsf(tiles->values[i]));
    return most;
}

void sheet_row(struct sheet *sheet, const char *caption, const char *more, const struct tiles *tiles,
               enum palette palette)
{
    int single = tiles->height * tiles->width == 1; /* plain numbers: small cells */
    int most_columns = single ? CONTENT / CELL : MOST_COLUMNS;
    int rows = (tiles->count + most_columns - 1) / most_columns, columns = (tiles->count + rows - 1) / rows;
    int slot = single ? CELL : CONTENT / columns < LARGEST_SLOT ? CONTENT / columns : LARGEST_SLOT;
    int scale = single ? CELL - 1 : (slot - TILE_GAP) / tiles->width;
    float most = largest(tiles);
    char sizes[64];
    scale = scale > LARGEST_SCALE ? LARGEST_SCALE : scale;
    snprintf(sizes, sizeof sizes, "%dx%dx%d", tiles->height, tiles->width, tiles->count);
    write_captions(sheet, caption, more, sizes);
    const float *value = tiles->values;
    for (int i = 0; i < tiles->count; i++) {
        int left = MARGIN + CAPTION + i % columns * slot, top = sheet->y + i / columns * slot;
        fill(sheet, left - 1, top - 1, tiles->width * scale + 2, tiles->height * scale + 2, single ? PALE : FRAME);
        for (int y = 0; y < tiles->height; y++)
            for (int x = 0; x < tiles->width; x++)
                fill(sheet, left + x * scale, top + y * scale, scale, scale, choose_color(*value++ / most, palette));
    }
    int height = rows * slot - (single ? 0 : slot - tiles->height * scale);
    sheet->y += (height > 3 * TEXT_LINE ? height : 3 * TEXT_LINE) + ROW_GAP;
}

void sheet_bars(struct sheet *sheet, const char *caption, const char *more, const float *shares, int count)
{
    int slot = CONTENT / count, best = 0;
    char text[16];
    snprintf(text, sizeof text, "1x1x%d", count);
    write_captions(sheet, caption, more, text);
    for (int i = 1; i < count; i++)
        best = shares[i] > shares[best] ? i : best;
    for (int i = 0; i < count; i++) {
        int left = MARGIN + CAPTION + i * slot, width = slot - TILE_GAP, height = (int)(BAR_HEIGHT * shares[i] + 0.5f);
        fill(sheet, left, sheet->y, width, BAR_HEIGHT, PALE);
        fill(sheet, left, sheet->y + BAR_HEIGHT - height, width, height, i == best ? BEST : FRAME);
        snprintf(text, sizeof text, "%d", i);
        write_text(sheet, left + width / 2 - 6, sheet->y + BAR_HEIGHT + 8, text, i == best ? BEST : INK);
    }
    sheet->y += BAR_HEIGHT + TEXT_LINE + ROW_GAP;
}

int sheet_write(struct sheet *sheet, const char *path)
{
    sheet->page.height = sheet->y < PAGE_HEIGHT ? sheet->y : PAGE_HEIGHT;
    int written = picture_write(&sheet->page, path);
    picture_free(&sheet->page);
    return written;
}
