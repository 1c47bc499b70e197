/* From what the cells say to boxes. */
#include "boxes.h"

#include <math.h>
#include <stdlib.h>

enum { LARGEST = 32 /* pixels: what a width or height of 1 stands for */ };

static int best_class(const float *scores)
{
    int best = 0;
    for (int i = 1; i < CLASSES; i++)
        best = scores[i] > scores[best] ? i : best;
    return best;
}

/* What a cell and those around it say together, counted from the picture's edge. A digit whose middle lies near an edge
 * of the cell is split among them; another digit's cell, which is sure of its own, does not count. */
static void gather(const float *cells, int rows, int columns, int row, int column, float *sum)
{
    const float alone = 0.5f;
    for (int i = 0; i < NUMBERS; i++)
        sum[i] = 0;
    for (int y = row > 0 ? row - 1 : 0; y <= row + 1 && y < rows; y++)
        for (int x = column > 0 ? column - 1 : 0; x <= column + 1 && x < columns; x++) {
            const float *numbers = cells + (y * columns + x) * NUMBERS;
            if ((y != row || x != column) && numbers[0] > alone)
                continue;
            for (int i = 0; i < NUMBERS; i++)
                sum[i] += numbers[i];
            sum[1] += numbers[0] * (float)x;
            sum[2] += numbers[0] * (float)y;
        }
}

static struct box decode(const float *cells, int rows, int columns, int row, int column)
{
    float sum[NUMBERS];
    gather(cells, rows, columns, row, column, sum);
    /* Where the network is half sure, it says half of a number: it was taught zeros where nothing is. */
    struct box box = {.width = fmaxf(sum[3] / sum[0] * LARGEST, 1),
                      .height = fmaxf(sum[4] / sum[0] * LARGEST, 1),
                      .confidence = fminf(sum[0], 1),
                      .class = best_class(sum + 5)};
    box.left = sum[1] / sum[0] * CELL - box.width / 2;
    box.top = sum[2] / sum[0] * CELL - box.height / 2;
    return box;
}

int boxes_decode(const float *cells, int rows, int columns, float least, struct box *boxes)
{
    int count = 0;
    for (int i = 0; i < rows * columns; i++)
        if (cells[i * NUMBERS] >= least)
            boxes[count++] = decode(cells, rows, columns, i / columns, i % columns);
    return count;
}

static float shared(float a, float a_size, float b, float b_size)
{
    return fmaxf(fminf(a + a_size, b + b_size) - fmaxf(a, b), 0);
}

float boxes_overlap(const struct box *a, const struct box *b)
{
    const float both = shared(a->left, a->width, b->left, b->width) * shared(a->top, a->height, b->top, b->height);
    return both / (a->width * a->height + b->width * b->height - both);
}

static int by_confidence(const void *a, const void *b)
{
    const float x = ((const struct box *)a)->confidence, y = ((const struct box *)b)->confidence;
    return (x < y) - (x > y);
}

int boxes_suppress(struct box *boxes, int count, float most_overlap)
{
    int kept = 0;
    qsort(boxes, (size_t)count, sizeof *boxes, by_confidence);
    for (int i = 0; i < count; i++) {
        int k = 0;
        while (k < kept && boxes_overlap(&boxes[k], &boxes[i]) <= most_overlap)
            k++;
        if (k == kept)
            boxes[kept++] = boxes[i];
    }
    return kept;
}
