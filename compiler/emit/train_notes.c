/* The comments of training code. */
#include <string.h>

#include "emit/train.h"
#include "emit/words.h"

enum { MOST_NAMES = 5 };

static void add_word(struct text *out, const char *word)
{
    text_add(out, emit_comment(out->arena, word, strlen(word)));
}

static const char *pool_formula(enum pool_kind kind)
{
    switch (kind) {
    case POOL_KIND_MAX: return "dL/dx = dL/dy where x is the first maximum of its window, else 0";
    case POOL_KIND_AVG: return "dL/dx = the mean's share of dL/dy";
    case POOL_KIND_GAUSS: return "dL/dx = the weighted mean's share of dL/dy";
    default: return "dL/dx = dL/dy * x/y";
    }
}

/* Of an operand, which sums up where it was repeated. */
static const char *merge_formula(const struct op *op)
{
    switch (op->of->binary) {
    case BINARY_MUL: return "dL/da = dL/dy * b";
    case BINARY_MAX: return "dL/da = dL/dy where a is larger than b, half of it where they are the same";
    case BINARY_MIN: return "dL/da = dL/dy where a is smaller than b, half of it where they are the same";
    case BINARY_DIV: return op->operand ? "dL/db = -dL/dy * a/b^2" : "dL/da = dL/dy / b";
    case BINARY_POW: return op->operand ? "dL/db = dL/dy * a^b * log(a)" : "dL/da = dL/dy * b * a^(b - 1)";
    case BINARY_KEEP: return op->operand ? "dL/dc = 0" : "dL/da = dL/dy where c is not 0, else 0";
    case BINARY_DROP: return op->operand ? "dL/dc = 0" : "dL/db = dL/dy where c is 0, else 0";
    case BINARY_LESS:
    case BINARY_GREATER:
    case BINARY_EQUAL: return "dL/da = 0: a comparison has steps alone";
    case BINARY_SUB: return op->operand ? "dL/db = -dL/dy" : "dL/da = dL/dy";
    default: return "dL/da = dL/dy";
    }
}

static const char *reduction_formula(enum reducing kind)
{
    switch (kind) {
    case REDUCING_MEAN: return "dL/dx = dL/dy / n";
    case REDUCING_MAX:
    case REDUCING_MIN: return "dL/dx = dL/dy, shared by all x that are y, else 0";
    case REDUCING_PROD: return "dL/dx = dL/dy * the product of the others";
    case REDUCING_L1: return "dL/dx = dL/dy * sign of x";
    case REDUCING_L2: return "dL/dx = dL/dy * x/y";
    case REDUCING_ARGMAX: return "dL/dx = 0: a place has steps alone";
    case REDUCING_LOGSUMEXP: return "dL/dx = dL/dy * e^(x - y)";
    default: return "dL/dx = dL/dy";
    }
}

/* The formula of a gradient: of an input of the operation that it belongs to, or of its weights. */
static const char *gradient_formula(const struct op *op)
{
    const struct op *of = op->of;
    bool weights = op->kind == OP_WEIGHT_GRADIENT;
    switch (of->kind) {
    case OP_CONVOLUTION:
    case OP_TRANSPOSED:
        return weights ? "dL/dw = the sum of dL/dy * x over images and pixels"
                       : "dL/dx = the sum of w * dL/dy over filters and taps";
    case OP_DENSE: return weights ? "dL/dw = dL/dy * x, summed over images" : "dL/dx = w, transposed, * dL/dy";
    case OP_CONST: return "dL/dw = dL/dy, summed over images";
    case OP_DISTANCE: return "dL/dx = 2 * the sum of dL/dy * (x - w) over prototypes";
    case OP_POOL: return pool_formula(of->pool.kind);
    case OP_UNARY: return weights ? "dL/dw = the sum of dL/dy * x where x <= 0" : "dL/dx = dL/dy * f'(x)";
    case OP_AFFINE: return weights ? "sums of dL/dy and of dL/dy * x" : "dL/dx from dL/dy";
    case OP_NORMALISE:
        return weights ? "dL/dw = the sum of dL/dy * n, dL/db = that of dL/dy"
                       : "dL/dx = (d - mean of d - n * mean of d*n)/deviation, d = dL/dy * w";
    case OP_MATMUL: return op->operand ? "dL/db = a, transposed, * dL/dy" : "dL/da = dL/dy * b, transposed";
    case OP_REDUCE: return reduction_formula(of->reduction.kind);
    case OP_LRN: return "dL/dx from dL/dy and x";
    case OP_SOFTMAX: return "dL/dx from dL/dy and y";
    case OP_DROPOUT: return "dL/dx = dL/dy/(1 - rate) where x was kept, else 0";
    case OP_BINARY: return merge_formula(op);
    case OP_UPSAMPLE: return "dL/dx = the sum of dL/dy, as far as x is a part of y";
    default: return "dL/dx: numbers move back";
    }
}

/* BN, with what follows it: "BN, + a second tensor, RELU" */
static const char *normalisation(struct arena *arena, const struct op *op)
{
    return arena_printf(arena, "%s%s%s%s", node_text(op->node), op->residual ? ", + a second tensor" : "",
                        op->activation ? ", " : "", op->activation ? function_table[op->activation->kind].word : "");
}

static const char *formula(struct arena *arena, const struct op *op)
{
    switch (op->kind) {
    case OP_INPUT: return "images side by side";
    case OP_CONST: return "y = w, the same for all images";
    case OP_OUTPUT: return "results, to the caller";
    case OP_CONVOLUTION: return op->bias ? "y = w * x + b" : "y = w * x";
    case OP_TRANSPOSED: return op->bias ? "y = w * x + b, transposed" : "y = w * x, transposed";
    case OP_DENSE: return op->bias ? "y = w * x + b" : "y = w * x";
    case OP_AFFINE: return training_is_norm(op) ? normalisation(arena, op) : "y = w * x + b, one of each a map";
    case OP_BINARY: return op->of ? "a sum of gradients" : node_text(op->node);
    case OP_STATISTICS: return "the mean of each map, and how far apart from it";
    case OP_LOSS: return "the loss, and dL/dx";
    case OP_GRADIENT:
    case OP_WEIGHT_GRADIENT: return gradient_formula(op);
    default: return node_text(op->node);
    }
}

static void add_shapes(struct text *out, const struct op *op)
{
    if (op->inputs.count)
        text_printf(out, ": %s", shape_text(out->arena, op->inputs.items[0]->shape));
    if (op->output)
        text_printf(out, "%s%s", op->inputs.count ? " -> " : ": ", shape_text(out->arena, op->output->shape));
}

/* "gradient of conv1" */
static void add_subject(struct text *out, const struct op *op)
{
    if (op->kind == OP_LOSS)
        text_add(out, "loss of ");
    else if (op->kind == OP_WEIGHT_GRADIENT)
        text_add(out, "gradient of the weights of ");
    else if (op->kind == OP_STATISTICS)
        text_add(out, "statistics for ");
    else if (op->kind == OP_AFFINE && op->of)
        text_add(out, "again ");
    else if (op->of)
        text_add(out, "gradient through ");
    add_word(out, op->node->name);
}

void note_train_step(const struct train_emission *emission, const struct train_step *step, struct text *out)
{
    (void)emission;
    add_subject(out, step->op);
    add_shapes(out, step->op);
}

/* A kernel that finishes statistics or adds up gradients belongs to no step. */
static const char *about_others(const struct kernel *kernel)
{
    if (strcmp(kernel->family, "sum") == 0)
        return "The gradient of a weight tensor: those of all shards.";
    return strcmp(kernel->family, "norm_finish") == 0 ? "Statistics of the batch, and what follows from them."
                                                      : "Gradients of a normalisation's weights, of the batch.";
}

/* What is done with numbers before an operation can read them; NULL: it computes the operation. */
static const char *about_preparation(const struct kernel *kernel)
{
    if (strcmp(kernel->family, "turn") == 0)
        return "channels side by side, not images";
    return strcmp(kernel->family, "connect") == 0 ? "weights, and zeros for the maps that a filter does not read"
                                                  : NULL;
}

void note_train_kernel(const struct train_emission *emission, const struct kernel *kernel, struct text *out)
{
    const struct train_plan *plan = emission->plan;
    const struct op *first = NULL;
    size_t users = 0;
    struct text names = text_new(emission->base.arena);
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct train_step *step = plan->steps.items[i];
        if (step->kernel != kernel)
            continue;
        first = first ? first : step->op;
        if (users++ < MOST_NAMES) {
            text_add(&names, users > 1 ? ", " : "");
            add_word(&names, step->op->node->name);
        }
    }
    if (!first) {
        text_add(out, about_others(kernel));
        return;
    }
    const char *prepares = about_preparation(kernel);
    text_add(out, prepares ? prepares : formula(emission->base.arena, first));
    if (!prepares)
        add_shapes(out, first);
    text_printf(out, "\n * for %s", names.bytes);
    if (users > MOST_NAMES)
        text_printf(out, " and %zu more", users - MOST_NAMES);
}

/* ---- the files ---- */

void note_train_parameters(const struct train_emission *emission, struct text *out)
{
    const struct training *training = emission->plan->training;
    struct arena *arena = emission->base.arena;
    for (size_t i = 0; i < training->tensors.count; i++) {
        const struct training_tensor *tensor = &training->tensors.items[i];
        struct text shape = text_new(arena);
        for (int k = 0; k < tensor->weight->rank; k++)
            text_printf(&shape, "%s%lld", k ? "x" : "", (long long)tensor->weight->dims[k]);
        text_printf(out, "%s *     %10lld  ", i ? "\n" : "", (long long)tensor->offset);
        add_word(out, tensor->weight->name);
        text_printf(out, " %s%s", shape.bytes, tensor->learns || tensor->buffer ? "" : ", frozen");
    }
}

void note_train_title(const struct train_emission *emission, bool header, struct text *out)
{
    const struct train_plan *plan = emission->plan;
    struct arena *arena = emission->base.arena;
    add_word(out, plan->training->graph->name);
    text_printf(out, ", learning: %s parameters; %s bytes for the tensors of %d images.\n",
                text_thousands(arena, plan->training->graph->params),
                text_thousands(arena, plan->block_bytes + plan->local_bytes), plan->lanes);
    text_printf(out, " * Written by cnnc %s for --target=%s; do not edit.", emission->base.version,
                plan->plan->options.target->name);
    if (!header)
        text_printf(out, " A step takes %d %s, which %s for one group of images after another.", plan->phases,
                    plan->phases == 1 ? "phase" : "phases", plan->phases == 1 ? "runs" : "run");
}
