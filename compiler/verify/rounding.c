/* How much rounding to float alone can change a network's results. The evaluator runs again, and after each layer every
 * number is moved by as much as float32 code may lose there: it is rounded to float, and where the formula adds terms,
 * it also moves, up or down, by a unit of rounding of the sum of their sizes, since partial sums are rounded too (where
 * terms cancel, that is more than the result). Later layers read the moved numbers, so that losses carry on as they do
 * in the code. */
#include "verify/rounding.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "reference/reference.h"

static const double unit = 1.0 / (1 << 24); /* float's unit of rounding */

/* Up or down at random, but the same on every machine: losses that all went one way would cancel where means are
 * subtracted. */
static double sign_of(size_t id, int64_t i)
{
    uint64_t bits = ((uint64_t)id << 40 ^ (uint64_t)i) * UINT64_C(0x9E3779B97F4A7C15);
    bits = (bits ^ bits >> 29) * UINT64_C(0xBF58476D1CE4E5B9);
    return bits >> 63 ? 1 : -1;
}

static bool round_node(struct rounding *r, const struct node *node, const double *const in[], double *out)
{
    int64_t count = shape_elements(node->shape);
    double *terms = heap_array((size_t)count, sizeof *terms);
    bool right = reference_layer(node, r->weights, in, out) && reference_terms(node, r->weights, in, out, terms);
    for (int64_t i = 0; right && i < count; i++) {
        double loss = terms[i] * unit * r->coarseness;
        r->losses[node->id] = fmax(r->losses[node->id], loss);
        out[i] = (double)(float)(out[i] + sign_of(node->id, i) * loss);
    }
    free(terms);
    return right;
}

/* Stops at the first weight that cannot be read; later tensors stay NULL. */
static void round_all(struct rounding *r)
{
    size_t image = 0;
    bool right = true;
    r->tensors = heap_array(r->graph->nodes.count + 1, sizeof *r->tensors);
    r->losses = heap_array(r->graph->nodes.count + 1, sizeof *r->losses);
    for (size_t i = 0; i < r->graph->nodes.count && right; i++) {
        const struct node *node = r->graph->nodes.items[i];
        const double **in = heap_array(node->input_count + 1, sizeof *in);
        in[0] = node->kind == LAYER_INPUT ? r->images[image++] : NULL;
        for (size_t k = 0; k < node->input_count; k++)
            in[k] = r->tensors[node->inputs[k]->id];
        r->tensors[i] = heap_array((size_t)shape_elements(node->shape), sizeof **r->tensors);
        right = round_node(r, node, in, r->tensors[i]);
        free(in);
        if (!right) {
            free(r->tensors[i]);
            r->tensors[i] = NULL;
        }
    }
}

double rounding_error(struct rounding *r, const struct node *node, const double *exact)
{
    if (!r->tensors)
        round_all(r);
    double worst = r->losses[node->id]; /* by chance it may have cancelled an earlier one */
    for (int64_t i = 0; r->tensors[node->id] && i < shape_elements(node->shape); i++) {
        double difference = fabs(r->tensors[node->id][i] - exact[i]);
        worst = fmax(worst, isnan(difference) ? INFINITY : difference);
    }
    return worst;
}

void rounding_free(struct rounding *r)
{
    for (size_t i = 0; r->tensors && i < r->graph->nodes.count; i++)
        free(r->tensors[i]);
    free(r->tensors);
    free(r->losses);
}
