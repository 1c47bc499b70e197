/* A contact sheet: rows of small pictures, each row with a caption. */
#ifndef SHEET_H
#define SHEET_H

#include "picture.h"

struct sheet {
    struct picture page;
    int y; /* where the next row begins */
};

struct tiles { /* `count` pictures of height x width numbers each, one after the other */
    const float *values;
    int height, width, count;
};

enum palette {
    PALETTE_GREY,  /* 0 black, the largest white */
    PALETTE_HEAT,  /* 0 black, the largest bright yellow */
    PALETTE_SIGNED /* negative blue, 0 white, positive red */
};

int sheet_open(struct sheet *sheet); /* 0: out of memory */
/* The captions are beside the row, with its sizes below them. */
void sheet_row(struct sheet *sheet, const char *caption, const char *more, const struct tiles *tiles,
               enum palette palette);
void sheet_bars(struct sheet *sheet, const char *caption, const char *more, const float *shares, int count);
int sheet_write(struct sheet *sheet, const char *path); /* and releases it */

#endif
