/* A run of the driver: what its parts share. */
#ifndef CNN_TRAIN_RUN_H
#define CNN_TRAIN_RUN_H

#include <stdio.h>

#include "checkpoint.h"
#include "feed.h"
#include "measure.h"
#include "options.h"
#include "say.h"

/* The program's. */
enum { STATUS_GOOD, STATUS_FAILED, STATUS_INTERRUPTED = 130 };

struct run {
    const struct cnn_trainee *trainee;
    const struct options *options;
    const struct cnn_peers *peers; /* NULL: alone */
    FILE *out;                     /* where a person reads */
    int32_t first, end;            /* the images of a batch that this process computes: see peers.h */
    float *stage;                  /* what it sends between the groups of a batch */
    int stop;                      /* a process was asked to */

    struct dataset data, test_data;
    struct view learn, validate, test; /* count 0: none */
    int64_t *members;                  /* of learn and validate, if a part is held out */

    struct space memory, scratch;
    struct cnn_pool *pool;
    void *self;
    struct checkpoint saved;                  /* where training is; its arrays are the trainer's own */
    float *aside;                             /* parameters, while the average takes their place */
    const struct cnn_trainee_tensor *filters; /* of the first layer, to be drawn; NULL: they cannot be seen */
    char *checkpoint_path, *weights_path, *journal_path, *curves_path, *filters_path;
    double saved_at; /* when the last checkpoint was written */
    int warned;      /* about a journal that cannot be written */
};

/* Opens the data and checks them; `training`: what --train names, too. */
int cnn_prepare_data(struct run *run, struct trouble *t);
/* Makes the trainer and its threads. */
int cnn_prepare_trainer(struct run *run, struct trouble *t);
/* Gives it weights: initial ones, a file's or a checkpoint's. */
int cnn_prepare_weights(struct run *run, struct trouble *t);
void cnn_run_free(struct run *run);

/* Was the program asked to stop? */
int cnn_stop_asked(void);
void cnn_listen_for_stop(void);

/* The average of the weights takes the place of the weights, if the recipe has one; and back. */
void cnn_average_in(struct run *run);
void cnn_average_out(struct run *run);

/* Evaluates a view; 0: done, 1: stopped, -1: trouble. */
int cnn_evaluate(struct run *run, const struct view *view, struct result *result, struct trouble *t);

/* Trains; returns the program's status. */
int cnn_learn(struct run *run, struct trouble *t);

#endif
