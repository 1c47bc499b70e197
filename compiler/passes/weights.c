/* The pass that gets the numbers: from a file, or made up. */
#include "weights/weights.h"

#include "compilation.h"

bool pass_weights(struct compilation *c)
{
    const struct options *o = &c->options;
    if (o->weights) {
        c->weights = weights_open(c->arena, c->diag, c->graph, o->weights, o->match);
    } else if (o->init_given) {
        c->weights = weights_initial(c->arena, c->graph, o->init, o->seed);
    } else if (!c->weights && o->verify) {
        c->weights = weights_initial(c->arena, c->graph, INIT_HE, 1);
        c->weights_on_trial = true;
    }
    return !diag_failed(c->diag);
}
