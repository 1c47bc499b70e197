/* Between the files that fold constants, and the readers of arguments that they share with the
 * operators on tensors. */
#ifndef CNNC_ONNX_IMPORT_FOLD_H
#define CNNC_ONNX_IMPORT_FOLD_H

#include "import.h"

/* Strides of a tensor that is broadcast to `to`: 0 where it repeats. */
void fold_strides(const struct dims *from, const struct dims *to, int64_t *stride);
bool fold_next(const struct dims *dims, int64_t *index); /* counts up; false after the last */
int64_t fold_offset(const struct dims *dims, const int64_t *index, const int64_t *stride);
void fold_inherit(const struct call *call, struct constant *result); /* trained, and after whom it is named */
import_function fold_elementwise;                                    /* import_fold_ops.c */

struct slices { /* an axis each: element first + i*step for i below count */
    int64_t first[IMPORT_MAX_RANK], count[IMPORT_MAX_RANK], step[IMPORT_MAX_RANK];
};
bool slice_range(int64_t length, int64_t from, int64_t to, int64_t step, int64_t *first, int64_t *count);
/* import_arguments.c: what Slice takes; the shape after Reshape, Squeeze, Unsqueeze, Flatten; Transpose's order. */
bool call_slices(struct importer *im, struct call *call, const struct dims *dims, struct slices *slices);
bool call_new_dims(struct importer *im, struct call *call, const struct dims *old, struct dims *dims);
bool call_order(struct importer *im, struct call *call, int rank, int *order);

#endif
