/* A transposed convolution as ordinary ones: the pixels of its result at the same place modulo the stride (a phase) are
 * a convolution of stride 1 with some of the taps. Planners lay kernels out by it, pack/ orders the weights by it. */
#ifndef CNNC_PLAN_PHASES_H
#define CNNC_PLAN_PHASES_H

#include "lower/ops.h"

enum { MOST_BANDS = 8 };

/* Neighbouring phases along one axis that are alike. */
struct band {
    int64_t first, phases; /* phases first to first + phases - 1 */
    int64_t taps;          /* of each phase; 0: its pixels are the bias */
    int64_t count;         /* pixels of the result */
    int64_t origin;        /* where its window begins in the input, seen from the first of those pixels */
    int64_t before;        /* taps of the phases before the first */
};

/* Along rows or columns. Pixel i of phase r is row r + i*stride of the result, and the sum over t below `taps' of
 * weight phase_tap(r, t) times row i + origin + t*step of the input. */
struct phases {
    int64_t window, pad, dilation; /* the operation's */
    int64_t stride, step;
    int64_t phases; /* that have pixels */
    int64_t taps;   /* of all phases */
    int count;
    struct band bands[MOST_BANDS];
};

/* False if they differ so much that there are more than MOST_BANDS. */
bool phases_along(const struct op *op, enum axis axis, struct phases *phases);
/* How many taps phase r has, and which tap of the window its tap t is. */
int64_t phase_taps(const struct phases *phases, int64_t r);
int64_t phase_tap(const struct phases *phases, int64_t r, int64_t t);

#endif
