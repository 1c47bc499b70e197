/* The pass that gets the numbers: from a file, or made up. Reports are complete once these are known to fit. */
#include "weights/weights.h"

#include "compilation.h"

bool pass_weights(struct compilation *c)
{
    const struct options *o = &c->options;
    if (compilation_learns(c) && !o->verify)
        return true; /* pass_learn reads them: what a file lacks is initialised then */
    if (o->weights && !compilation_learns(c) && !c->types && !c->weights_opened) {
        c->weights = weights_open(c->arena, c->diag, c->graph, o->weights, o->match);
    } else if (o->init_given) {
        c->weights = weights_initial(c->arena, c->graph, o->init, o->seed);
    } else if (!c->weights && o->verify) {
        c->weights = weights_initial(c->arena, c->graph, INIT_HE, 1);
        c->weights_on_trial = true;
    }
    if (c->weights)
        weights_check_variances(c->weights, c->diag, c->graph, o->weights ? o->weights : !c->source ? o->input : NULL);
    return !diag_failed(c->diag) && (!compilation_only_reports(c) || compilation_stop(c, STATUS_DONE));
}
