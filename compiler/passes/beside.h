/* The code that packed weights are for, where it lies beside them. */
#ifndef CNNC_PASSES_BESIDE_H
#define CNNC_PASSES_BESIDE_H

#include "compilation.h"

/* The hash of the plan that NAME.c, beside the NAME.cnnw that --emit=cnnw writes, was generated of; 0: there is no such
 * file, or it is not cnnc's. */
uint64_t beside_hash(struct compilation *c);
/* May weights of the plan be packed beside that code? False after reporting that its constant channels are others. */
bool beside_fits(struct compilation *c);

#endif
