/* A step of learning: the layers forward over a batch, the losses of the outputs, the layers backward. What layers
 * compute is in the files of their families; all but BN and DROPOUT (learning.c) treat the images of a batch one by
 * one. Where a result has several readers, and where layers share weights, derivatives add up. */
#include "reference/train.h"

#include <string.h>

#include "reference/layer.h"
#include "reference/learning.h"
#include "reference/reference.h"

/* ---- the model ---- */

static double initial_value(const struct node *node, enum weight_role role)
{
    enum layer_family family = layer_table[node->kind].family;
    bool factor = role == ROLE_WEIGHT && (family == FAMILY_NORMALISATION || family == FAMILY_POOLING);
    if (node->kind == LAYER_PRELU)
        return 0.25;
    return factor || role == ROLE_VAR ? 1 : 0;
}

static bool read_values(const struct reference_model *model, const struct node *node, const struct weights *weights)
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct weight *weight = &node->weights[i];
        double *values = ARENA_ARRAY(model->arena, double, (size_t)weight->count);
        model->values[node->id].of[weight->role] = values;
        if (weights || weight->literal) {
            if (!reference_read(weights, weight, values))
                return false;
        } else {
            for (int64_t k = 0; k < weight->count; k++)
                values[k] = initial_value(node, weight->role);
        }
        if (weight->trainable && !(model->frozen && model->frozen[node->id]))
            model->gradients[node->id].of[weight->role] = ARENA_ARRAY(model->arena, double, (size_t)weight->count);
    }
    return true;
}

struct reference_model *reference_model_new(struct arena *arena, const struct graph *graph,
                                            const struct weights *weights, const bool *frozen)
{
    struct reference_model *model = ARENA_NEW(arena, struct reference_model);
    *model = (struct reference_model){arena, graph, frozen,
                                      ARENA_ARRAY(arena, struct reference_tensors, graph->nodes.count),
                                      ARENA_ARRAY(arena, struct reference_tensors, graph->nodes.count)};
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node->shares) {
            model->values[i] = model->values[node->shares->id];
            model->gradients[i] = model->gradients[node->shares->id];
        } else if (!read_values(model, node, weights)) {
            return NULL;
        }
    }
    return model;
}

/* A BN that is frozen, or whose statistics are literals, uses its running statistics while others learn. */
static bool uses_batch_statistics(const struct reference_model *model, const struct node *node)
{
    int owner = node->shares ? node->shares->id : node->id;
    bool frozen = model->frozen && model->frozen[owner];
    return node->kind == LAYER_BN && !frozen && !node_weight(node, ROLE_MEAN)->literal &&
           !node_weight(node, ROLE_VAR)->literal;
}

/* ---- forward ---- */

struct step {
    struct arena *arena;
    const struct reference_model *model;
    const struct reference_batch *batch;
    const struct reference_learning *learning; /* NULL: the network is used, and does not learn */
    bool moves_statistics;
    struct reference_pass pass;
};

static struct step step_new(struct arena *arena, const struct reference_model *model,
                            const struct reference_batch *batch, const struct reference_learning *learning)
{
    const struct graph *graph = model->graph;
    return (struct step){.arena = arena,
                         .model = model,
                         .batch = batch,
                         .learning = learning,
                         .pass = {.results = ARENA_ARRAY(arena, double *, graph->nodes.count),
                                  .d_results = ARENA_ARRAY(arena, double *, graph->nodes.count),
                                  .d_images = ARENA_ARRAY(arena, double *, graph->inputs.count)}};
}

static size_t number_of_input(const struct graph *graph, const struct node *node)
{
    size_t i = 0;
    while (graph->inputs.items[i] != node)
        i++;
    return i;
}

/* What input i of a node reads, for the whole batch; INPUT reads the images. */
static const double *read_by(const struct step *step, const struct node *node, size_t i)
{
    return node->kind == LAYER_INPUT ? step->batch->images[number_of_input(step->model->graph, node)]
                                     : step->pass.results[node->inputs[i]->id];
}

static double *derivatives_of(const struct step *step, const struct node *node, size_t i)
{
    return node->kind == LAYER_INPUT ? step->pass.d_images[number_of_input(step->model->graph, node)]
                                     : step->pass.d_results[node->inputs[i]->id];
}

static size_t count_inputs(const struct node *node)
{
    return node->kind == LAYER_INPUT ? 1 : node->input_count;
}

static int64_t input_elements(const struct node *node, size_t i)
{
    return shape_elements(node->kind == LAYER_INPUT ? node->shape : node->inputs[i]->shape);
}

static double *new_numbers(const struct step *step, const struct node *node)
{
    return arena_array(step->arena, (size_t)step->batch->count, (size_t)shape_elements(node->shape) * sizeof(double));
}

static struct batch_call call_batch(const struct step *step, const struct node *node)
{
    return (struct batch_call){.node = node,
                               .count = step->batch->count,
                               .in = read_by(step, node, 0),
                               .out = step->pass.results[node->id],
                               .tensors = &step->model->values[node->id],
                               .seed = step->learning->seed,
                               .step = step->learning->step,
                               .d_out = step->pass.d_results[node->id],
                               .d_in = derivatives_of(step, node, 0),
                               .d_tensors = &step->model->gradients[node->id]};
}

/* Image n of the batch. `in` has room for the node's inputs. */
static struct layer_call call_image(const struct step *step, const struct node *node, int64_t n, const double **in)
{
    for (size_t i = 0; i < count_inputs(node); i++)
        in[i] = read_by(step, node, i) + n * input_elements(node, i);
    return reference_call(node, step->model->values[node->id].of, in,
                          step->pass.results[node->id] + n * shape_elements(node->shape));
}

static void forward_node(struct step *step, const struct node *node)
{
    step->pass.results[node->id] = new_numbers(step, node);
    if (step->learning && node->kind == LAYER_DROPOUT) {
        struct batch_call call = call_batch(step, node);
        learning_DROPOUT(&call);
    } else if (step->learning && uses_batch_statistics(step->model, node)) {
        struct batch_call call = call_batch(step, node);
        learning_BN(&call);
        if (step->moves_statistics)
            learning_move_statistics(&call);
    } else {
        const double **in = ARENA_ARRAY(step->arena, const double *, count_inputs(node));
        for (int64_t n = 0; n < step->batch->count; n++) {
            struct layer_call call = call_image(step, node, n, in);
            reference_forward(&call);
        }
    }
}

static void forward(struct step *step)
{
    const struct graph *graph = step->model->graph;
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (graph->nodes.items[i]->needed)
            forward_node(step, graph->nodes.items[i]);
}

/* ---- the losses of all outputs ---- */

static void add_losses(struct step *step)
{
    const struct graph *graph = step->model->graph;
    const struct reference_learning *learning = step->learning;
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct node *scores = loss_scores(learning->kind, graph->outputs.items[i].node);
        double head = learning->heads ? learning->heads[i] : 1;
        if (head != 0)
            step->pass.loss += loss_of(learning, &step->batch->targets[i], scores->shape, step->batch->count,
                                       step->pass.results[scores->id], head, step->pass.d_results[scores->id]);
    }
}

/* ---- backward ---- */

/* All derivatives are zeros before what they belong to is found to count. */
static void clear_derivatives(struct step *step)
{
    const struct graph *graph = step->model->graph;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node->needed)
            step->pass.d_results[i] = new_numbers(step, node);
        for (size_t k = 0; k < node->weight_count; k++) {
            double *gradient = step->model->gradients[i].of[node->weights[k].role];
            if (gradient)
                memset(gradient, 0, (size_t)node->weights[k].count * sizeof *gradient);
        }
    }
    for (size_t i = 0; i < graph->inputs.count; i++)
        if (graph->inputs.items[i]->needed)
            step->pass.d_images[i] = new_numbers(step, graph->inputs.items[i]);
}

static void backward_images(const struct step *step, const struct node *node)
{
    const double **in = ARENA_ARRAY(step->arena, const double *, count_inputs(node));
    double **d_in = ARENA_ARRAY(step->arena, double *, count_inputs(node));
    for (int64_t n = 0; n < step->batch->count; n++) {
        struct layer_backward b = {.call = call_image(step, node, n, in),
                                   .d_out = step->pass.d_results[node->id] + n * shape_elements(node->shape),
                                   .d_in = d_in};
        for (size_t i = 0; i < count_inputs(node); i++)
            d_in[i] = derivatives_of(step, node, i) + n * input_elements(node, i);
        for (int role = 0; role < ROLE_COUNT; role++)
            b.d_tensors[role] = step->model->gradients[node->id].of[role];
        reference_backward(&b);
    }
}

static void backward_node(const struct step *step, const struct node *node)
{
    if (node->kind == LAYER_DROPOUT) {
        struct batch_call call = call_batch(step, node);
        learning_backward_DROPOUT(&call);
    } else if (uses_batch_statistics(step->model, node)) {
        struct batch_call call = call_batch(step, node);
        learning_backward_BN(&call);
    } else {
        backward_images(step, node);
    }
}

static void backward(const struct step *step)
{
    const struct graph *graph = step->model->graph;
    for (size_t i = graph->nodes.count; i-- > 0;)
        if (graph->nodes.items[i]->needed)
            backward_node(step, graph->nodes.items[i]);
}

/* ---- what is called from outside ---- */

struct reference_pass *reference_gradients(struct arena *arena, const struct reference_model *model,
                                           const struct reference_batch *batch,
                                           const struct reference_learning *learning)
{
    struct step step = step_new(arena, model, batch, learning);
    step.moves_statistics = true;
    forward(&step);
    clear_derivatives(&step);
    add_losses(&step);
    backward(&step);
    struct reference_pass *pass = ARENA_NEW(arena, struct reference_pass);
    *pass = step.pass;
    return pass;
}

double reference_loss(const struct reference_model *model, const struct reference_batch *batch,
                      const struct reference_learning *learning)
{
    struct arena *arena = arena_new();
    struct step step = step_new(arena, model, batch, learning);
    forward(&step);
    add_losses(&step);
    arena_free(arena);
    return step.pass.loss;
}

double **reference_evaluate(struct arena *arena, const struct reference_model *model,
                            const struct reference_batch *batch)
{
    struct step step = step_new(arena, model, batch, NULL);
    forward(&step);
    return step.pass.results;
}
