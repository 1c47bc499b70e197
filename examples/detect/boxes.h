/* From what the cells say to boxes: decoding, and non-maximum suppression. */
#ifndef BOXES_H
#define BOXES_H

enum { CELL = 8, CLASSES = 10, NUMBERS = 5 + CLASSES };

struct box {
    float left, top, width, height; /* pixels */
    float confidence;               /* from 0 to 1 */
    int class;
};

/* The box of each cell whose confidence is at least that; returns how many there are, at most rows*columns. `cells` has
 * NUMBERS numbers for each cell: is a middle here, its x and y in the cell, width and height, the classes. */
int boxes_decode(const float *cells, int rows, int columns, float least, struct box *boxes);
/* Several cells may have found one thing: of boxes that overlap, only the most confident stays. Returns how many stay,
 * the most confident first. */
int boxes_suppress(struct box *boxes, int count, float most_overlap);
/* What both cover, as a part of what one of them covers: from 0 to 1. */
float boxes_overlap(const struct box *a, const struct box *b);

#endif
