/* Inside maps/: the rows of a sheet, from what is chosen to what is drawn. */
#ifndef CNNC_MAPS_SHEET_H
#define CNNC_MAPS_SHEET_H

#include "graph.h"
#include "maps/maps.h"

/* What a sheet has at most; a network with more has a choice of them, and the sheet says so. */
enum {
    MOST_ROWS = 60,
    MOST_SINGLE = 24, /* layers that have a row each; where there are more, a row is a layer with the activations and
                           normalisations behind it */
    MOST_MAPS = 16,   /* of a layer, in a small network; */
    MOST_MAPS_LARGE = 12, /* in others, and where there are several pictures */
    MOST_FILTERS = 128,
    MOST_SIDE = 128, /* pixels of a map; a larger one is reduced */
    MOST_STEPS = 512 /* of a signal */
};

enum row_kind { ROW_PICTURE, ROW_FILTERS, ROW_MAPS, ROW_VECTOR };

struct row {
    enum row_kind kind;
    const struct node *first, *node; /* the layers that it shows: the result is that of `node` */
    struct shape shape;              /* of the result; of a signal's, one map with a line for each channel */
    bool lines;                      /* it is one, or filters of signals are shown that way */
    int all, shown;                  /* maps, filters or numbers */
    int *chosen;                     /* the maps that are shown, in their order; NULL: the first ones */
    int channels, height, width;     /* of what is stored: a map, maybe reduced; a filter or picture has channels */
    float *values;                   /* [picture][shown][channels][height][width]; filters: of one picture */
    double low, high;                /* of all numbers, of all pictures */
    bool finite;                     /* all numbers are */
};

struct sheet {
    struct arena *arena;
    struct diag *diag;
    const struct maps_request *request;
    size_t sets; /* of pictures: one for each input */
    bool large;
    struct VEC(struct row) rows;
    int candidates; /* how many rows there could be */
};

void sheet_choose_rows(struct sheet *sheet);            /* rows.c */
bool sheet_collect(struct sheet *sheet);                /* collect.c: false after reporting */
void sheet_draw(struct sheet *sheet, struct text *svg); /* draw.c */

/* Does a number of the layer's result say something that its input's does not? */
bool row_is_worthwhile(const struct node *node);
/* How many of the result's rows and columns become one of what is stored. */
int64_t row_step(const struct row *row);

/* tile.c: the reference of an SVG image to pixels, data and all. A number becomes `each` pixels across and down, since
 * not every program that shows SVG leaves the edges of enlarged pixels sharp. What is not finite is magenta. */
enum palette { PALETTE_HEAT, PALETTE_SIGNED };
struct tile {
    const float *values; /* [channel][row][column] */
    int height, width, each;
};
void tile_add_map(struct text *svg, struct tile tile, double most, enum palette palette);
/* 1 or 3 channels; 0 is `zero`, and `most` beside it is 255. */
void tile_add_colors(struct text *svg, struct tile tile, int channels, double zero, double most);
/* The stops of a legend's gradient. */
void tile_add_gradient(struct text *svg, enum palette palette, const char *id);

/* vector.c: numbers as bars. */
struct place {
    double x, y, width, height;
};
void vector_draw(const struct sheet *sheet, const struct row *row, size_t set, struct place place, struct text *svg);
const char *number_text(struct arena *arena, double number);

#endif
