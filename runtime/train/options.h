/* The command line of a program that trains; cnn_train.h describes it. */
#ifndef CNN_TRAIN_OPTIONS_H
#define CNN_TRAIN_OPTIONS_H

#include "data.h"

struct options {
    char *train, *test; /* paths; NULL: not given */
    const char *weights, *name;
    const char *weights_name; /* of a FILE that was made from another: what messages call it */
    const char *status;       /* where the exit status goes instead; NULL: it is the program's own */
    double hold_out;          /* percent of --train; 0: none */
    int resume, json, threads;
    int64_t epochs; /* 0: the recipe's */
    double checkpoint_seconds;
    enum fitting fitting;
    int help;
};

/* -1: wrong, and trouble says what. The processors are shared with the peers beside, if there are any. */
int cnn_options_read(struct options *options, const struct cnn_trainee *trainee, const struct cnn_peers *peers,
                     int argc, char **argv, struct trouble *t);
void cnn_options_free(struct options *options);
void cnn_options_help(const char *program);

#endif
