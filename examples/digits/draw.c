/* A character is two pixels high: its upper half is the foreground, its lower half the background. */
#include "draw.h"

#include <stdio.h>

#include "image.h"

enum { ROWS = IMAGE_SIDE / 2, FIRST_BAR = 2, LAST_BAR = FIRST_BAR + 10, BAR_COLUMNS = 30, INK = 100 };

static int grey(unsigned char pixel) /* of the terminal's 24 greys */
{
    return 232 + pixel * 23 / 255;
}

static void draw_row(const unsigned char *upper, int columns, int shades)
{
    const unsigned char *lower = upper + IMAGE_SIDE;
    static const char *const halves[] = {" ", "▄", "▀", "█"};
    for (int x = 0; x < columns; x++)
        if (shades)
            printf("\033[38;5;%d;48;5;%dm▀", grey(upper[x]), grey(lower[x]));
        else
            fputs(halves[(upper[x] > INK) * 2 + (lower[x] > INK)], stdout);
    fputs(shades ? "\033[0m" : "", stdout);
}

static void draw_bar(int digit, float score, int best, int label, int shades)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int eighths = (int)(score * BAR_COLUMNS * 8 + 0.5f);
    const char *color = !shades || digit != best ? "" : label < 0 || label == best ? "\033[1;32m" : "\033[1;31m";
    printf("   %s%d ", color, digit);
    for (int i = 0; i < eighths / 8; i++)
        fputs("█", stdout);
    printf("%s%*s%5.1f %%", parts[eighths % 8], BAR_COLUMNS - eighths / 8 + (eighths % 8 == 0), "",
           (double)score * 100);
    if (digit == best)
        fputs(label < 0 ? "  <" : label == best ? "  < right" : "  < wrong", stdout);
    fputs(*color ? "\033[0m" : "", stdout);
}

static int has_ink(const unsigned char *pixels, int row)
{
    for (int i = 0; i < 2 * IMAGE_SIDE; i++)
        if (pixels[2 * row * IMAGE_SIDE + i] > INK)
            return 1;
    return 0;
}

/* How much of a row to draw: on a terminal all of it, as text nothing after the last ink. */
static int columns_of(const unsigned char *upper, int shades)
{
    int columns = IMAGE_SIDE;
    while (!shades && columns > 0 && upper[columns - 1] <= INK && upper[IMAGE_SIDE + columns - 1] <= INK)
        columns--;
    return columns;
}

static void draw_beside(int row, const float *scores, int best, int label, int shades)
{
    if (row == FIRST_BAR - 1 && label >= 0)
        printf("   a %d", label);
    if (row >= FIRST_BAR && row < LAST_BAR)
        draw_bar(row - FIRST_BAR, scores[row - FIRST_BAR], best, label, shades);
    putchar('\n');
}

void draw_digit(const unsigned char *pixels, const float *scores, int label, int shades)
{
    int best = 0, first = 0, last = ROWS;
    for (int digit = 1; digit < 10; digit++)
        if (scores[digit] > scores[best])
            best = digit;
    while (first < FIRST_BAR - 1 && !has_ink(pixels, first)) /* empty rows above and below are left out */
        first++;
    while (last > LAST_BAR && !has_ink(pixels, last - 1))
        last--;
    for (int row = first; row < last; row++) {
        const unsigned char *upper = pixels + 2 * row * IMAGE_SIDE;
        int beside = row >= FIRST_BAR - (label >= 0) && row < LAST_BAR;
        draw_row(upper, beside ? IMAGE_SIDE : columns_of(upper, shades), shades);
        draw_beside(row, scores, best, label, shades);
    }
    putchar('\n');
}
