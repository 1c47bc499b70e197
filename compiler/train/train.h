/* What training computes, as operations: those of the network with nothing folded, then the losses, then the gradients,
 * in an order in which they can run; some that touch the same numbers are fused (fuse.c). It knows no target, layout or
 * memory: plan/train plans it.
 *
 *     CONV -> RELU -> FC     forward   convolution, unary, dense, output
 *                            loss      its gradient by the result of the dense operation
 *                            backward  weight gradient and gradient of dense, gradient of unary, weight gradient of
 *                                      convolution
 *
 * Nothing is computed that no weight needs: neither the gradient of an input of the network, nor anything between it
 * and the first layer that learns. */
#ifndef CNNC_TRAIN_TRAIN_H
#define CNNC_TRAIN_TRAIN_H

#include "lower/ops.h"

/* The part of a recipe that generated code carries out; the driver does the rest. */
enum training_loss { LOSS_CROSSENTROPY, LOSS_MSE, LOSS_MAE, LOSS_HINGE, LOSS_BCE };
enum training_optimiser { OPTIMISER_SGD, OPTIMISER_ADAM, OPTIMISER_ADAMW, OPTIMISER_RMSPROP };

struct training_recipe {
    enum training_loss loss;
    double smoothing, margin;
    enum training_optimiser optimiser;
    double rate, momentum, decay;
    bool nesterov;
    double beta1, beta2, epsilon, alpha;
    double clip; /* the largest norm of a gradient; 0: any */
    uint64_t seed;
    const bool *trained; /* by the id of the node that owns the weights: do they change? */
    const double *heads; /* by output: what its loss is multiplied by; NULL: ones */
};

/* What a tensor is to its layer, in the order of enum cnn_tensor_kind; it says which numbers it begins with. */
enum training_kind {
    TRAINING_WEIGHT,
    TRAINING_BIAS,
    TRAINING_SCALE, /* ones */
    TRAINING_SHIFT,
    TRAINING_MEAN,
    TRAINING_VARIANCE, /* ones */
    TRAINING_OTHER,
    TRAINING_SLOPE,  /* PRELU's: quarters */
    TRAINING_NUMBERS /* CONST's: normal, of deviation 0.02 */
};

/* A tensor of weights or statistics in the trainer's array of parameters. */
struct training_tensor {
    const struct node *node; /* the first whose it is */
    const struct weight *weight;
    int64_t offset; /* floats, a multiple of TRAINING_ALIGNMENT */
    bool learns;    /* false: frozen, or a running statistic */
    bool buffer;    /* a running statistic */
    enum training_kind kind;
    int64_t idle; /* numbers that no operation reads: a connection table leaves them out */
};

/* A tensor whose numbers the text gives, in the trainer's array of constants. */
struct training_constant {
    const struct weight *weight;
    int64_t offset; /* floats, a multiple of TRAINING_ALIGNMENT */
};

enum { TRAINING_ALIGNMENT = 16 /* floats */ };

struct training {
    struct arena *arena;
    const struct graph *graph;
    struct training_recipe recipe;
    struct op_list *list;
    bool *evaluates; /* by op id: only NAME_evaluate needs it */
    struct VEC(struct training_tensor) tensors;
    size_t *places; /* by the owner's id and the role: one more than a tensor's index; 0: there is none */
    int64_t trained_count, parameter_count; /* floats: of what comes before the statistics, and of all */
    struct VEC(struct training_constant) constants;
    int64_t constant_count; /* floats */
};

struct diag;

/* NULL after reporting what cannot be trained. */
struct training *training_new(struct arena *arena, struct diag *diag, const struct graph *graph);
/* fuse.c: operations that one kernel computes together; gradients have been added. */
void training_fuse(struct training *training);
/* hash.c: of all that must be the same for training to go on from a checkpoint, but for the driver's part of it. */
uint64_t training_hash(const struct training *training);
/* recipe.c */
struct training_recipe training_recipe_of(struct arena *arena, const struct graph *graph);
/* split.c: operations of several parts become several. */
void training_split(struct op_list *list);
/* tensors.c: places them. False after reporting that there is nothing to learn. */
bool training_place(struct training *training, struct diag *diag);
/* NULL: the layer has none, or it is literal. */
const struct training_tensor *training_tensor(const struct training *training, const struct node *node,
                                              enum weight_role role);
/* NULL: the layer has none, or it is a tensor of the array of parameters. */
const struct training_constant *training_constant(const struct training *training, const struct node *node,
                                                  enum weight_role role);
/* Does the operation have weights that learn? */
bool training_learns(const struct training *training, const struct op *op);
/* Can the derivative of the function be computed from its result, so that nothing keeps what it was applied to? */
bool training_from_result(const struct function *function);
/* Is it a BN? One that learns uses the statistics of the batch; one that is frozen, or whose statistics the text gives,
 * uses those that it has. */
bool training_is_norm(const struct op *op);
bool training_is_batch_norm(const struct training *training, const struct op *op);

#endif
