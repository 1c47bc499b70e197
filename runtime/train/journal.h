/* What is written about a training: NAME.train.jsonl, an object an epoch, and NAME.train.svg, the curves. */
#ifndef CNN_TRAIN_JOURNAL_H
#define CNN_TRAIN_JOURNAL_H

#include "checkpoint.h"

struct history {
    const char *name;
    const struct epoch *epochs;
    int64_t count, all; /* so far; in the end */
    int has_answers;    /* is there an accuracy? */
};

/* A number of JSON; NaN and infinity, which it has not, become null. */
void cnn_json_number(char *text, size_t room, double value);

/* Writes all lines anew, or adds the last one. */
int cnn_journal_rewrite(const struct history *h, const char *path, struct trouble *t);
int cnn_journal_add(const struct history *h, const char *path, struct trouble *t);

int cnn_curves_write(const struct history *h, const char *path, struct trouble *t);

#endif
