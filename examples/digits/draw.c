/* A character is two pixels high: its upper half is the foreground, its lower half the background. */
#include "draw.h"

#include <stdio.h>

#include "image.h"

enum { ROWS = IMAGE_SIDE / 2, FIRST_BAR = 2, BAR_COLUMNS = 30 };

static int grey(unsigned char pixel) /* of the 24 greys that terminals have */
{
    return 232 + pixel * 23 / 255;
}

static void draw_row(const unsigned char *upper, const unsigned char *lower, int shades)
{
    static const char *const halves[] = {" ", "▄", "▀", "█"};
    for (int x = 0; x < IMAGE_SIDE; x++)
        if (shades)
            printf("\033[38;5;%d;48;5;%dm▀", grey(upper[x]), grey(lower[x]));
        else
            fputs(halves[(upper[x] > 100) * 2 + (lower[x] > 100)], stdout);
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
    printf("%s %.1f %%", parts[eighths % 8], (double)score * 100);
    if (digit == best)
        fputs(label < 0 ? "  <" : label == best ? "  < right" : "  < wrong", stdout);
    fputs(*color ? "\033[0m" : "", stdout);
}

void draw_digit(const unsigned char *pixels, const float *scores, int label, int shades)
{
    int best = 0;
    for (int digit = 1; digit < 10; digit++)
        if (scores[digit] > scores[best])
            best = digit;
    for (int row = 0; row < ROWS; row++) {
        const unsigned char *upper = pixels + 2 * row * IMAGE_SIDE;
        draw_row(upper, upper + IMAGE_SIDE, shades);
        if (row == 0 && label >= 0)
            printf("   a %d", label);
        if (row >= FIRST_BAR && row < FIRST_BAR + 10)
            draw_bar(row - FIRST_BAR, scores[row - FIRST_BAR], best, label, shades);
        putchar('\n');
    }
    putchar('\n');
}
