/* Learning, in double precision: what a step of training computes, written from the formulas. Like the evaluator, of
 * which it is a part, it walks the graph's layers, shares nothing with what generates code, and is deliberately slow.
 *
 *     struct reference_model *model = reference_model_new(arena, graph, weights, NULL);
 *     struct reference_optimiser optimiser = {.kind = REFERENCE_SGD, .momentum = 0.9};
 *     for (step = 0; step < steps; step++) {
 *         struct arena *scratch = arena_new();
 *         struct reference_learning learning = {.kind = REFERENCE_CROSSENTROPY, .seed = 1, .step = step};
 *         loss = reference_gradients(scratch, model, &batch, &learning)->loss;
 *         reference_update(model, &optimiser, reference_rate(&schedule, 0.1, step));
 *         arena_free(scratch);
 *     }
 */
#ifndef CNNC_REFERENCE_TRAIN_H
#define CNNC_REFERENCE_TRAIN_H

#include "graph.h"

struct weights;

/* The tensors of a node, each in PyTorch's order; NULL where it has none. */
struct reference_tensors {
    double *of[ROLE_COUNT];
};

/* A network that learns. Both arrays are indexed by node id, and a node that shares another's weights has its arrays
 * too. Only what is trained has gradients: no literals, no statistics, no prototypes of an RBF, nothing frozen. */
struct reference_model {
    struct arena *arena;
    const struct graph *graph;
    const bool *frozen; /* by node id, or NULL: nothing is */
    struct reference_tensors *values;
    struct reference_tensors *gradients; /* of the last reference_gradients() */
};

/* weights: NULL for zeros, but ones for variances and for the factors of normalisations and pools, and 0.25 for PRELU.
 * The result is NULL if a weight cannot be read. */
struct reference_model *reference_model_new(struct arena *arena, const struct graph *graph,
                                            const struct weights *weights, const bool *frozen);

/* What an output should have been. Class numbers serve CROSSENTROPY and HINGE, one a pixel of each image; numbers, as
 * many as the output has and in CHW order, the other losses. Image n of a MIXUP is shares[n] of `classes` and
 * 1 - shares[n] of `others`. */
struct reference_target {
    const int32_t *classes;
    const double *numbers;
    const int32_t *others; /* or NULL */
    const double *shares;
};

struct reference_batch {
    int64_t count;               /* images */
    const double *const *images; /* by input: `count` images, one after another, as the user gives them, CHW */
    const struct reference_target *targets; /* by output */
};

/* clang-format off */
enum reference_loss {
    REFERENCE_CROSSENTROPY, REFERENCE_MSE, REFERENCE_MAE, REFERENCE_HINGE, REFERENCE_BCE
};
/* clang-format on */

struct reference_learning {
    enum reference_loss kind;
    double smoothing;    /* CROSSENTROPY */
    double margin;       /* HINGE */
    const double *heads; /* by output: what its loss is multiplied with; NULL: ones */
    uint64_t seed, step; /* which numbers DROPOUT drops; steps count from 0 */
};

/* Arrays by node id, or by input for d_images; each holds the images of the batch one after another. d_x is the
 * derivative of the loss by x. NULL where no output depends on the node. Behind the scores that the loss is computed
 * from, all derivatives are 0: those of a final SOFTMAX, and of marks. */
struct reference_pass {
    double loss;
    double **results, **d_results, **d_images;
};

/* Forward as in training, the loss, and backward. As in PyTorch, the forward pass moves the running statistics of BN.
 * The result is in `arena`. */
struct reference_pass *reference_gradients(struct arena *arena, const struct reference_model *model,
                                           const struct reference_batch *batch,
                                           const struct reference_learning *learning);
/* Forward as in training and the loss, nothing else; statistics stay. */
double reference_loss(const struct reference_model *model, const struct reference_batch *batch,
                      const struct reference_learning *learning);
/* Forward as when the network is used, with running statistics and without dropout. The batch needs no targets. Results
 * by node id, in `arena`. */
double **reference_evaluate(struct arena *arena, const struct reference_model *model,
                            const struct reference_batch *batch);

/* clang-format off */
enum reference_optimiser_kind {
    REFERENCE_SGD, REFERENCE_ADAM, REFERENCE_ADAMW, REFERENCE_RMSPROP
};
/* clang-format on */

struct reference_optimiser {
    enum reference_optimiser_kind kind;
    double momentum, decay;
    bool nesterov;
    double beta1, beta2; /* ADAM, ADAMW */
    double alpha;        /* RMSPROP */
    double eps;
    double clip;                              /* the gradient's largest norm; 0: any */
    int64_t steps;                            /* how many were taken; this and the rest begin with zeros */
    struct reference_tensors *first, *second; /* by node id: m and v */
};

/* A step with the model's gradients, which are clipped before. */
void reference_update(const struct reference_model *model, struct reference_optimiser *optimiser, double rate);
/* Shortens the model's gradients, taken as one vector, to that norm if they are longer; the norm that they had. */
double reference_clip(const struct reference_model *model, double largest);
/* The step alone, for numbers p with gradients g; optimiser->steps does not count this step yet. m and v hold what the
 * optimiser remembers of each number, zeros at first. */
void reference_update_numbers(const struct reference_optimiser *optimiser, double rate, int64_t count, double *p,
                              const double *g, double *m, double *v);

/* clang-format off */
enum reference_schedule_kind {
    REFERENCE_CONSTANT, REFERENCE_STEP, REFERENCE_COSINE, REFERENCE_LINEAR, REFERENCE_ONECYCLE
};
/* clang-format on */

struct reference_schedule {
    enum reference_schedule_kind kind;
    int64_t steps;     /* of the whole training */
    int64_t warmup;    /* in steps; 0 for a schedule without */
    double factor;     /* STEP */
    const int64_t *at; /* STEP: the steps at which the rate is multiplied, ascending */
    size_t at_count;
    double to;         /* COSINE, LINEAR: the last rate. ONECYCLE: the same as a share of the highest */
    double peak, from; /* ONECYCLE */
};

/* The learning rate of a step, which counts from 0; `rate` is the recipe's. */
double reference_rate(const struct reference_schedule *schedule, double rate, int64_t step);

/* PLATEAU: the rate is multiplied by `factor` when the error did not fall for more than `patience` epochs. */
struct reference_plateau {
    double factor;
    int64_t patience;
    double best; /* INFINITY at first */
    int64_t bad; /* epochs in a row; 0 at first */
};

/* The rate after an epoch that ended with this error. */
double reference_plateau_rate(struct reference_plateau *plateau, double rate, double error);

/* All of the above, as the recipe of the graph has it, with so many steps an epoch. */
struct reference_recipe {
    const bool *frozen; /* for reference_model_new() */
    struct reference_learning learning;
    struct reference_optimiser optimiser;
    struct reference_schedule schedule; /* of PLATEAU: CONSTANT */
    struct reference_plateau plateau;
    double rate;
};

struct reference_recipe reference_recipe(struct arena *arena, const struct graph *graph, int64_t steps);

/* Random bits, a function of the three numbers alone, and a float in [0, 1) made from them. */
uint64_t reference_random(uint64_t seed, uint64_t stream, uint64_t index);
double reference_uniform(uint64_t bits);

#endif
