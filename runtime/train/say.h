/* What a person reads while a network learns, and what comes out. */
#ifndef CNN_TRAIN_SAY_H
#define CNN_TRAIN_SAY_H

#include <stdio.h>

#include "checkpoint.h"
#include "data.h"
#include "measure.h"

/* "12,345" */
const char *cnn_with_commas(int64_t number, char text[32]);

/* How far the epoch is: on standard error if it is a terminal, several times a second, and gone in the end. */
struct meter {
    int terminal, shown;
    double begun, last;
    int64_t first; /* the step that it began with */
};
void cnn_meter_begin(struct meter *meter, int64_t step);
void cnn_meter_step(struct meter *meter, const struct position *p, const struct identity *identity, double loss);
void cnn_meter_clear(struct meter *meter);

/* The line of an epoch that is over. */
void cnn_say_epoch(FILE *to, const struct epoch *e, int64_t number, int64_t all, int has_answers);

/* Results: a table with the confusion matrix, or JSON. */
void cnn_say_result(const struct result *r, const struct cnn_trainee *trainee, char **class_names, int64_t loss_only);
void cnn_say_result_json(const struct result *r, const struct cnn_trainee *trainee);

#endif
