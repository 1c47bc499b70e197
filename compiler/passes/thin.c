/* The pass that leaves out channels whose values the weights leave no choice. It needs the numbers before the plan is
 * made: those of a network in floats are opened here. */
#include "thin/thin.h"

#include "compilation.h"
#include "weights/weights.h"

/* What does not fit is for pass_weights to report. */
static void open_floats(struct compilation *c)
{
    const struct options *o = &c->options;
    if (!o->weights || c->types)
        return;
    struct weights *weights = weights_open(c->arena, diag_new(c->arena), c->graph, o->weights, o->match);
    if (!weights)
        return;
    c->weights = weights;
    c->weights_opened = true;
}

bool pass_thin(struct compilation *c)
{
    const struct options *o = &c->options;
    if (o->no_fold_constant || o->init_given || o->verify_training || o->quantize || compilation_learns(c) ||
        !compilation_wants_plan(c))
        return true;
    open_floats(c);
    if (c->weights && (c->types || c->weights_opened || !o->weights))
        c->thinned = thin_network(c->arena, c->graph, c->weights, c->types, 1);
    return true;
}
