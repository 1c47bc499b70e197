/* Internal to weights/: which stored tensor belongs to which weight of the graph. */
#ifndef CNNC_WEIGHTS_BIND_H
#define CNNC_WEIGHTS_BIND_H

#include "base/map.h"
#include "graph.h"
#include "weights/store.h"
#include "weights/weights.h"

struct diag;

struct wanted { /* a weight that the file must hold */
    const struct node *node;
    const struct weight *weight;
    const struct stored *found; /* NULL: none yet */
};

struct binding {
    struct arena *arena;
    struct diag *diag;
    const struct graph *graph;
    const struct store *store;
    struct VEC(struct wanted) wanted;
    bool *used;       /* by index in store->tensors */
    struct map found; /* from a weight's name to its struct stored */
};

/* Fills in binding->found from graph and store; false after reporting what does not match. */
bool bind_weights(struct binding *binding, enum weight_match match);

/* bind_report.c: the messages. */
void bind_report_missing(struct binding *binding, const struct wanted *wanted);
void bind_report_shape(struct binding *binding, const struct wanted *wanted);
void bind_report_type(struct binding *binding, const struct wanted *wanted);
void bind_report_value(struct binding *binding, const struct wanted *wanted, int64_t index, float value);
void bind_report_unreadable(struct binding *binding, const struct wanted *wanted, const char *error);
void bind_report_surplus(struct binding *binding, const struct stored *stored);
void bind_report_order(struct binding *binding, const struct wanted *wanted);

/* Are they equal after dropping axes of size 1? */
bool bind_shape_fits(const struct weight *weight, const struct stored *stored);

#endif
