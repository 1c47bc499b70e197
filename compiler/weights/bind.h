/* Internal to weights/: which stored tensor belongs to which weight of the graph. */
#ifndef CNNC_WEIGHTS_BIND_H
#define CNNC_WEIGHTS_BIND_H

#include "weights/binding.h"

/* Fills binding->found in from graph and store, by name or by order; false after reporting what does not fit. */
bool bind_weights(struct binding *binding, bool by_order);

#endif
