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

static struct box decode(const float *numbers, int row, int column)
{
    /* Where the network is half sure, it says half of the number: it was taught zeros where nothing is. */
    const float sure = numbers[0];
    const float x = fminf(fmaxf(numbers[1] / sure, 0), 1), y = fminf(fmaxf(numbers[2] / sure, 0), 1);
    struct box box = {.width = fmaxf(numbers[3] / sure * LARGEST, 1),
                      .height = fmaxf(numbers[4] / sure * LARGEST, 1),
                      .confidence = fminf(sure, 1),
                      .class = best_class(numbers + 5)};
    box.left = ((float)column + x) * CELL - box.width / 2;
    box.top = ((float)row + y) * CELL - box.height / 2;
    return box;
}

int boxes_decode(const float *cells, int rows, int columns, float least, struct box *boxes)
{
    int count = 0;
    for (int i = 0; i < rows * columns; i++)
        if (cells[i * NUMBERS] >= least)
            boxes[count++] = decode(cells + i * NUMBERS, i / columns, i % columns);
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
