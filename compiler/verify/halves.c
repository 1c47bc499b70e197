/* What the plan says of weights that are stored as half floats, told to the evaluator. */
#include "reference/halves.h"

#include "plan/plan.h"
#include "thin/thin.h"
#include "verify/compare.h"

static bool has_half_weights(const struct op *op)
{
    return op_is_linear(op) || op->kind == OP_DISTANCE;
}

/* As it was written, where the plan is of a thinner network. */
static const struct node *whole_node(const struct plan *plan, const struct node *node)
{
    return plan->options.thinned ? plan->options.thinned->whole->nodes.items[node->id] : node;
}

struct halves verify_halves(struct arena *arena, const struct plan *plan, const struct weights *weights)
{
    const struct op_list *list = plan->list;
    struct half_layer *layers = ARENA_ARRAY(arena, struct half_layer, list->ops.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (!has_half_weights(op))
            continue;
        struct half_layer *layer = &layers[count++];
        *layer = (struct half_layer){.node = whole_node(plan, op->node)};
        for (size_t k = 0; k < op->folded.count; k++)
            VEC_PUSH(arena, &layer->folded, whole_node(plan, op->folded.items[k]->node));
        if (op->scaled) {
            layer->scale = op->scaled->scale;
            layer->channels = op->scaled->map.c;
        }
    }
    return reference_halves(arena, plan->options.thinned ? plan->options.thinned->whole : plan->graph, weights, layers,
                            count);
}
