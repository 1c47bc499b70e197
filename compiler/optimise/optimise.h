/* Fewer operations for the same network: those that do nothing are dropped, others are merged. What can be merged
 * depends on the target's kernels, which the passes ask. */
#ifndef CNNC_OPTIMISE_OPTIMISE_H
#define CNNC_OPTIMISE_OPTIMISE_H

#include "lower/ops.h"

/* What the kernel of an operation can take on. */
struct abilities {
    bool (*ends_in)(const struct op *op, const struct function *function); /* the function of each result */
    bool (*adds_residual)(const struct op *op);                            /* another tensor, before its function */
};

/* All the passes; never fails. */
void optimise(struct op_list *list, const struct abilities *abilities);

/* Those alone that leave every layer a result of its own, but for what is folded into weights. */
void optimise_separately(struct op_list *list);

/* The passes, in their order. Each leaves a list that means the same network. */
void optimise_crop_windows(struct op_list *list);    /* taps of a convolution that see nothing but padding */
void optimise_drop_identities(struct op_list *list); /* RESHAPE to the same shape, PAD by nothing, ... */
void optimise_drop_dead(struct op_list *list);       /* what no output depends on (inputs stay) */
void optimise_fold_constants(struct op_list *list);  /* TRANSPOSE and RESHAPE into the CONST before them */
void optimise_fold_affine(struct op_list *list);     /* BN and SCALE into the linear operation before them */
void optimise_fold_scales(struct op_list *list);     /* an INPUT's scale into all that read it, if they are linear */
void optimise_fuse_functions(struct op_list *list, const struct abilities *abilities);
/* ADD into the operation that computes its last operand. */
void optimise_fuse_residuals(struct op_list *list, const struct abilities *abilities);

#endif
