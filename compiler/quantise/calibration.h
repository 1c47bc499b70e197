/* What a network's results are on pictures, and how it is quantised by that. */
#ifndef CNNC_QUANTISE_CALIBRATION_H
#define CNNC_QUANTISE_CALIBRATION_H

#include "lower/ops.h"
#include "quantise/types.h"

struct diag;
struct held_tensor;
struct weights;

enum { CALIBRATION_BINS = 2048 };

/* The numbers of one layer's result, over all pictures. */
struct statistics {
    bool known;
    double least, most;
    double *means; /* one a channel */
    double *sizes; /* the largest of each channel, signs left out */
    double *bins;  /* how many numbers are in each of CALIBRATION_BINS equal parts from least to most */
};

/* The range that integers of 8 bits cover with the least squared error, among the whole, percentiles, and shorter ones;
 * 0 is in it, and is an integer. */
struct meaning range_choose(const struct statistics *s);
/* The meaning whose integers cover at least low..high. */
struct meaning range_meaning(double low, double high);

struct calibration {
    struct arena *arena;
    struct diag *diag;
    const struct graph *graph;
    const struct weights *weights;
    const struct op_list *list;    /* one operation a layer, but for what is folded into weights */
    struct statistics *statistics; /* by node id; those of a folded layer are its operation's, too */
    const char *const *keep;       /* labels of layers that stay floats */
    size_t keep_count;
    bool integer_softmax; /* the network's results are to be s8 */
};

struct quantised_tensors {
    struct VEC(struct held_tensor) items; /* in the order in which they are written */
    size_t layers;                        /* how many have weights of 8 bits */
};

/* Every label of `keep' is a layer's. False after reporting. */
bool calibration_check(const struct calibration *c);
/* The tensors of the quantised network. NULL after reporting. */
struct quantised_tensors *calibration_quantise(const struct calibration *c);

#endif
