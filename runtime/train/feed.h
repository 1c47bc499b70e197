/* What training learns from, prepared by a thread ahead of the computation: the order of each epoch, pictures made to
 * fit and augmented, their targets. Everything depends on the recipe's seed, the epoch and the picture alone. */
#ifndef CNN_TRAIN_FEED_H
#define CNN_TRAIN_FEED_H

#include "fit.h"

/* Some pictures of a set. */
struct view {
    const struct set *set;
    const int64_t *members; /* NULL: all of them */
    int64_t count;
};

/* The picture of the set that stands at place i. */
int64_t cnn_view_member(const struct view *view, int64_t i);

/* Splits a set: `percent` of it, chosen by the seed alone, are held out. Both lists are one block, *members. */
int cnn_view_hold_out(const struct set *set, double percent, uint64_t seed, struct view *kept, struct view *held,
                      int64_t **members, struct trouble *t);

/* The pictures of an epoch in the order in which they are seen. */
void cnn_epoch_order(uint64_t seed, int64_t epoch, int64_t *order, int64_t count);

/* The targets of one picture, as struct cnn_batch has them; returns the bytes of one. */
size_t cnn_target_bytes(const struct cnn_trainee *trainee);
void cnn_target_store(const struct cnn_trainee *trainee, const struct set *set, int64_t index, void *to);

/* A batch's size, and which of its pictures are made: those from `begin` to `end` - 1. */
struct slice {
    int32_t batch, begin, end;
};

struct feed;
/* Batches of steps first .. last - 1; an epoch has view.count / batch of them. */
struct feed *cnn_feed_new(const struct cnn_trainee *trainee, const struct view *view, enum fitting fitting,
                          struct slice slice, int64_t first, int64_t last, struct trouble *t);
/* The next batch, valid until the next call; NULL after trouble. */
const struct cnn_batch *cnn_feed_next(struct feed *feed, struct trouble *t);
void cnn_feed_free(struct feed *feed);

#endif
