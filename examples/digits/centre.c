/* Crops, scales and centres a drawn digit. */
#include "centre.h"

#include "image.h"

enum { INK_SIDE = 20, FAINTEST_INK = 64 };

struct drawing {
    const unsigned char *pixels;
    int width, height;
};

struct box {
    int left, top, right, bottom; /* right and bottom are exclusive */
};

static int find_ink(const struct drawing *d, struct box *box)
{
    *box = (struct box){d->width, d->height, 0, 0};
    for (int y = 0; y < d->height; y++)
        for (int x = 0; x < d->width; x++)
            if (d->pixels[y * d->width + x] > FAINTEST_INK) {
                box->left = x < box->left ? x : box->left;
                box->top = y < box->top ? y : box->top;
                box->right = x + 1 > box->right ? x + 1 : box->right;
                box->bottom = y + 1 > box->bottom ? y + 1 : box->bottom;
            }
    return box->right > box->left;
}

/* The mean of the drawing over a rectangle; each pixel counts by the part of it that lies inside. */
static double mean_over(const struct drawing *d, double left, double top, double right, double bottom)
{
    double sum = 0;
    for (int y = (int)top; y < bottom && y < d->height; y++) {
        double down = (y + 1 < bottom ? y + 1 : bottom) - (y > top ? y : top);
        for (int x = (int)left; x < right && x < d->width; x++)
            sum += down * ((x + 1 < right ? x + 1 : right) - (x > left ? x : left)) * d->pixels[y * d->width + x];
    }
    return sum / ((right - left) * (bottom - top));
}

void centre_digit(const unsigned char *pixels, int width, int height, unsigned char *out)
{
    const struct drawing drawing = {pixels, width, height};
    double scaled[INK_SIDE][INK_SIDE], mass = 0, row = 0, column = 0;
    struct box box;
    for (int i = 0; i < IMAGE_BYTES; i++)
        out[i] = 0;
    if (!find_ink(&drawing, &box))
        return;
    int wide = box.right - box.left, high = box.bottom - box.top;
    double step = (double)(wide > high ? wide : high) / INK_SIDE;
    for (int y = 0; y < INK_SIDE; y++)
        for (int x = 0; x < INK_SIDE; x++) {
            double left = box.left + x * step, top = box.top + y * step;
            int inside = y * step < high && x * step < wide;
            double value = inside ? mean_over(&drawing, left, top, left + step, top + step) : 0;
            scaled[y][x] = value;
            mass += value, row += value * y, column += value * x;
        }
    int down = (int)(IMAGE_SIDE / 2.0 - row / mass), right = (int)(IMAGE_SIDE / 2.0 - column / mass);
    for (int y = 0; y < INK_SIDE; y++)
        for (int x = 0; x < INK_SIDE; x++)
            if (y + down >= 0 && y + down < IMAGE_SIDE && x + right >= 0 && x + right < IMAGE_SIDE)
                out[(y + down) * IMAGE_SIDE + x + right] = (unsigned char)(scaled[y][x] + 0.5);
}
