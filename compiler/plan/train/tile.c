/* How many filters by how many pixels a kernel sums up at once: whatever keeps its registers full, reads little, and
 * fits the number of filters and pixels. */
#include "plan/train/train_plan.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Cycles that one tap of a tile takes: two multiply-adds and two loads a cycle, four cycles until a sum can be added to
 * again, and what runs the loop. */
static double cycles(int64_t filters, int64_t pixels)
{
    double sums = (double)(filters * pixels) / 2, loads = (double)(filters + pixels) / 2;
    return larger(larger(sums, loads), 4) + 0.8;
}

/* A whole tile, those at the right edge, at the last filters, and at both. */
static double cost(int64_t filters, int64_t pixels, int64_t all_filters, int64_t all_pixels)
{
    int64_t rows = all_filters / filters, columns = all_pixels / pixels;
    int64_t rest_filters = all_filters % filters, rest_pixels = all_pixels % pixels;
    double result = (double)(rows * columns) * cycles(filters, pixels);
    if (rest_pixels)
        result += (double)rows * cycles(filters, rest_pixels);
    if (rest_filters)
        result += (double)columns * cycles(rest_filters, pixels);
    if (rest_filters && rest_pixels)
        result += cycles(rest_filters, rest_pixels);
    return result;
}

struct train_tile train_tile(const struct vector_set *set, int64_t filters, int64_t pixels)
{
    enum { MOST = 16 };
    struct train_tile best = {1, 1};
    double least = cost(1, 1, filters, pixels);
    for (int64_t f = 1; f <= smaller(filters, MOST); f++)
        for (int64_t p = 1; p <= smaller(pixels, MOST); p++) {
            /* The smaller side is held in registers, the other one passes through one. */
            if (f * p > set->sums || f * p + smaller(f, p) > set->sums + 3)
                continue;
            double c = cost(f, p, filters, pixels);
            if (c < least) {
                least = c;
                best = (struct train_tile){f, p};
            }
        }
    return best;
}
