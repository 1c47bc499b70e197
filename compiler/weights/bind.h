/* Internal to weights/: which stored tensor belongs to which weight of the graph. */
#ifndef CNNC_WEIGHTS_BIND_H
#define CNNC_WEIGHTS_BIND_H

#include "weights/binding.h"

/* Fills binding->found in from graph and store, by name or by order; false after reporting what does not fit. */
bool bind_weights(struct binding *binding, bool by_order);

/* The tensors that are not used yet, for the `count` wanted ones, a layer's together; false if there are too few, too
 * many, or some of another shape. */
bool bind_in_order(struct binding *binding, struct wanted *wanted, size_t count);

#endif
