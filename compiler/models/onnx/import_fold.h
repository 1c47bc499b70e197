/* Between the files that fold constants, and the readers of arguments that they share with the
 * operators on tensors. */
#ifndef CNNC_ONNX_IMPORT_FOLD_H
#define CNNC_ONNX_IMPORT_FOLD_H

#include "import.h"

/* import_fold_ops.c */
void fold_inherit(const struct call *call, struct constant *result); /* trained, and after whom it is named */
import_function fold_elementwise;

/* import_fold_axes.c */
import_function fold_split, fold_tile, fold_reduce, fold_clip, fold_matmul;

struct slices { /* an axis each: element first + i*step for i below count */
    int64_t first[IMPORT_MAX_RANK], count[IMPORT_MAX_RANK], step[IMPORT_MAX_RANK];
};
/* import_arguments.c: what Slice takes; the shape after Reshape, Squeeze, Unsqueeze, Flatten; Transpose's order. */
bool call_slices(struct importer *im, struct call *call, const struct dims *dims, struct slices *slices);
bool call_new_dims(struct importer *im, struct call *call, const struct dims *old, struct dims *dims);
/* import_shape.c: how long the parts of Split are. */
bool split_sizes(struct importer *im, struct call *call, int64_t length, int64_t **sizes);
bool call_order(struct importer *im, struct call *call, int rank, int *order);

#endif
