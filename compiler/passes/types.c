/* The pass that finds out whether the network is quantised, and what its integers mean, before it is planned: the
 * tensors of its weights say so. */
#include "quantise/types.h"

#include "compilation.h"
#include "weights/weights.h"

bool pass_types(struct compilation *c)
{
    const struct options *o = &c->options;
    struct weights *weights = o->weights ? NULL : c->weights;
    if (compilation_learns(c) || o->verify_training || o->quantize)
        return true;
    if (o->weights && !weights_open_quantised(c->arena, c->diag, c->graph, o->weights, &weights))
        return false;
    if (!weights || !types_are_quantised(weights)) {
        if (weights != c->weights)
            weights_close(weights);
        return true;
    }
    c->weights = weights;
    c->types = types_find(c->arena, c->diag, c->graph, weights, o->weights ? o->weights : o->input);
    return c->types != NULL;
}
