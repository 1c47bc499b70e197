/* Optimisers, as PyTorch 1.13 defines those of the same names. p is a weight, g its gradient, and step t counts from 1:
 *
 *   SGD      g += decay*p;  v = momentum*v + g, at first v = g;  p -= rate*v, or with nesterov rate*(g + momentum*v)
 *   ADAM     g += decay*p;  m = beta1*m + (1 - beta1)*g;  v = beta2*v + (1 - beta2)*g^2;
 *            p -= rate * m/(1 - beta1^t) / (sqrt(v/(1 - beta2^t)) + eps)
 *   ADAMW    p -= rate*decay*p, then as ADAM without decay
 *   RMSPROP  v = alpha*v + (1 - alpha)*g^2;  p -= rate*g/(sqrt(v) + eps)
 *
 * Decay applies to every weight that is trained. Before all that, a gradient whose norm over all weights is greater
 * than `clip` is multiplied with clip/(norm + 1e-6). */
#include <math.h>

#include "reference/train.h"

static void update_sgd(const struct reference_optimiser *optimiser, double rate, double *p, double g, double *v)
{
    g += optimiser->decay * *p;
    *v = optimiser->steps == 0 ? g : optimiser->momentum * *v + g;
    *p -= rate * (optimiser->nesterov ? g + optimiser->momentum * *v : *v);
}

static void update_adam(const struct reference_optimiser *optimiser, double rate, double *p, double g, double *m,
                        double *v)
{
    double beta1 = optimiser->beta1, beta2 = optimiser->beta2, t = (double)optimiser->steps + 1;
    if (optimiser->kind == REFERENCE_ADAMW)
        *p -= rate * optimiser->decay * *p;
    else
        g += optimiser->decay * *p;
    *m = beta1 * *m + (1 - beta1) * g;
    *v = beta2 * *v + (1 - beta2) * g * g;
    *p -= rate * *m / (1 - pow(beta1, t)) / (sqrt(*v / (1 - pow(beta2, t))) + optimiser->eps);
}

static void update_rmsprop(const struct reference_optimiser *optimiser, double rate, double *p, double g, double *v)
{
    g += optimiser->decay * *p;
    *v = optimiser->alpha * *v + (1 - optimiser->alpha) * g * g;
    *p -= rate * g / (sqrt(*v) + optimiser->eps);
}

void reference_update_numbers(const struct reference_optimiser *optimiser, double rate, int64_t count, double *p,
                              const double *g, double *m, double *v)
{
    for (int64_t i = 0; i < count; i++)
        switch (optimiser->kind) {
        case REFERENCE_SGD: update_sgd(optimiser, rate, &p[i], g[i], &v[i]); break;
        case REFERENCE_ADAM:
        case REFERENCE_ADAMW: update_adam(optimiser, rate, &p[i], g[i], &m[i], &v[i]); break;
        case REFERENCE_RMSPROP: update_rmsprop(optimiser, rate, &p[i], g[i], &v[i]); break;
        }
}

/* Calls the function for each tensor that is trained; where layers share it, only the first one needs its weights. */
typedef void trained_function(const struct node *node, const struct weight *weight, double *gradient, void *context);

static void each_trained(const struct reference_model *model, trained_function *function, void *context)
{
    for (size_t i = 0; i < model->graph->nodes.count; i++) {
        const struct node *node = model->graph->nodes.items[i];
        for (size_t k = 0; node->weights_needed && k < node->weight_count; k++) {
            double *gradient = model->gradients[i].of[node->weights[k].role];
            if (gradient)
                function(node, &node->weights[k], gradient, context);
        }
    }
}

static void add_squares(const struct node *node, const struct weight *weight, double *gradient, void *context)
{
    double *sum = context;
    (void)node;
    for (int64_t i = 0; i < weight->count; i++)
        *sum += gradient[i] * gradient[i];
}

static void scale(const struct node *node, const struct weight *weight, double *gradient, void *context)
{
    const double *factor = context;
    (void)node;
    for (int64_t i = 0; i < weight->count; i++)
        gradient[i] *= *factor;
}

double reference_clip(const struct reference_model *model, double largest)
{
    double squares = 0;
    each_trained(model, add_squares, &squares);
    double norm = sqrt(squares), factor = largest / (norm + 1e-6);
    if (factor < 1)
        each_trained(model, scale, &factor);
    return norm;
}

struct update {
    const struct reference_model *model;
    struct reference_optimiser *optimiser;
    double rate;
};

static double *remembered(struct arena *arena, struct reference_tensors *tensors, const struct weight *weight)
{
    if (!tensors->of[weight->role])
        tensors->of[weight->role] = ARENA_ARRAY(arena, double, (size_t)weight->count);
    return tensors->of[weight->role];
}

static void update_tensor(const struct node *node, const struct weight *weight, double *gradient, void *context)
{
    const struct update *update = context;
    struct reference_optimiser *optimiser = update->optimiser;
    struct arena *arena = update->model->arena;
    reference_update_numbers(optimiser, update->rate, weight->count, update->model->values[node->id].of[weight->role],
                             gradient, remembered(arena, &optimiser->first[node->id], weight),
                             remembered(arena, &optimiser->second[node->id], weight));
}

void reference_update(const struct reference_model *model, struct reference_optimiser *optimiser, double rate)
{
    struct update update = {model, optimiser, rate};
    if (!optimiser->first) {
        optimiser->first = ARENA_ARRAY(model->arena, struct reference_tensors, model->graph->nodes.count);
        optimiser->second = ARENA_ARRAY(model->arena, struct reference_tensors, model->graph->nodes.count);
    }
    if (optimiser->clip > 0)
        reference_clip(model, optimiser->clip);
    each_trained(model, update_tensor, &update);
    optimiser->steps++;
}
