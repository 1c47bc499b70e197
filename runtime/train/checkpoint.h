/* NAME.checkpoint: everything that training needs to go on as if it had never stopped. Parameters, the optimiser's
 * state and the average are stored as this machine has them: a checkpoint is for the machine that wrote it. */
#ifndef CNN_TRAIN_CHECKPOINT_H
#define CNN_TRAIN_CHECKPOINT_H

#include "base.h"
#include "cnn_train.h"
#include "schedule.h"

/* What is remembered of an epoch that is over. */
struct epoch {
    double loss, rate, seconds; /* the mean over its steps; of its last step; spent on it */
    double images_per_second;
    int64_t tested; /* is there something to validate with? */
    double test_loss, accuracy, top5;
};

/* How far training has come. */
struct position {
    int64_t step;    /* steps done */
    double loss_sum; /* of this epoch's steps, loss_steps of them; after the last the epoch is yet to end */
    int64_t loss_steps;
    double seconds; /* spent in this epoch */
    struct plateau plateau;
    double best;         /* accuracy (or loss, for a loss without answers) */
    int64_t best_epoch;  /* from 1; 0: none */
    int64_t epoch_count; /* epochs that are over */
};

/* What must be the same for training to go on. */
struct identity {
    uint64_t hash; /* of network and recipe */
    uint64_t data; /* of the data set */
    int64_t epochs, batch, per_epoch;
    int64_t parameter_count, state_bytes;
    int64_t averaged;
};

struct checkpoint {
    struct identity identity;
    struct position position;
    float *parameters, *average; /* average: NULL without */
    float *filters;              /* of the first layer, as they were at first: filter_count; NULL: not drawn */
    int64_t filter_count;
    void *state;
    struct epoch *epochs; /* position.epoch_count of them; room for identity.epochs */
};

int cnn_checkpoint_write(const struct checkpoint *c, const char *path, struct trouble *t);
/* Fills in position, parameters, average, state, epochs and filters, if the file is of the same identity. */
int cnn_checkpoint_read(struct checkpoint *c, const char *path, struct trouble *t);

#endif
