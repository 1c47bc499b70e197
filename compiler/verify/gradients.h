/* Inside verify/: a step of training code, held against the evaluator's. */
#ifndef CNNC_VERIFY_GRADIENTS_H
#define CNNC_VERIFY_GRADIENTS_H

#include "reference/train.h"
#include "train/train.h"

struct diag;
struct text;
struct weights;

/* What both sides compute. */
struct trial {
    struct arena *arena;
    const struct training *training;
    const struct weights *weights;
    struct reference_recipe recipe;
    struct reference_model *model;
    struct reference_batch batch;
};

/* `result`: what templates/verify/training.c wrote, one loss, gradients, parameters. The evaluator's step is taken. */
bool gradients_compare(struct trial *trial, struct diag *diag, const float *result, struct text *table);

#endif
