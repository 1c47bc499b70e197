/* What quantising a network has cost it, for the pass that does it, and in words. */
#ifndef CNNC_PASSES_QUANTISE_H
#define CNNC_PASSES_QUANTISE_H

#include "compilation.h"

struct quantising_loss {
    long pictures;
    bool labelled;
    long right_in_floats, right_in_integers, agreed;
    int64_t equalised;      /* layers whose channels were brought to one size; 0: none */
    double end_before;      /* then: what quantising_end was without */
    const double *energies; /* for each layer of the network in integers two: of the floats, and of the differences */
};

/* The signal to the noise at the last result that is integers, in decibels. */
double quantising_end(const struct plan *plan, const struct quantising_loss *loss);
/* The table of layers, and the lines below it. */
void quantising_print(struct compilation *c, const struct plan *plan, const struct quantising_loss *loss);
/* False after reporting that more is lost than --max-loss allows, with a proposal. */
bool quantising_is_enough(struct compilation *c, const struct plan *plan, const struct quantising_loss *loss);

#endif
