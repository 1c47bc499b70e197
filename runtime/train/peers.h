/* What processes that learn together agree on. Each function is called by all of them at the same point, or does
 * nothing where a process is alone (peers is NULL). It knows cnn_train.h's struct cnn_peers, and nothing of MPI. */
#ifndef CNN_TRAIN_PEERS_H
#define CNN_TRAIN_PEERS_H

#include "run.h"

/* Is this the process that speaks and writes files? */
int cnn_is_first(const struct cnn_peers *peers);

/* Did any process fail? Then -1, and only the first that can say why keeps its trouble; else 0. */
int cnn_agree(const struct cnn_peers *peers, int failed, struct trouble *t);

/* Which images of each batch this process computes, told to the trainer. */
int cnn_peers_divide(struct run *run, struct trouble *t);

/* The first process's weights and position become everyone's; data must be the same. */
int cnn_peers_begin(struct run *run, struct trouble *t);

/* After the gradient of a step: the loss and the gradients become those of the whole batch. failed: this process has
 * none. Also hears whether someone was asked to stop (run->stop). */
int cnn_peers_step(struct run *run, float *loss, int failed, struct trouble *t);

/* The smallest of the processes' numbers from 0 on; -1 if none has one. */
int32_t cnn_peers_smallest(const struct cnn_peers *peers, int32_t number);

/* The part of `count` pictures that this process evaluates. */
void cnn_peers_part(const struct cnn_peers *peers, int64_t count, int64_t *first, int64_t *end);
/* The result becomes that of all processes. status as of cnn_evaluate: this process's, and then everyone's. */
int cnn_peers_result(struct run *run, struct result *result, int status, struct trouble *t);

/* Was this process, or another as far as it is known, asked to stop? */
int cnn_peers_stop(const struct run *run);

#endif
