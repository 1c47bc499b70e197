/* The pass that finds out whether the network is quantised, and what its integers mean, before it is planned: the
 * tensors of its weights say so. */
#include "quantise/types.h"

#include "compilation.h"
#include "weights/weights.h"

static bool report_io(struct compilation *c)
{
    struct message *m = diag_report_file(
        c->diag, CHECK_WEIGHTS, NULL, "--io=int8 is for networks of 8-bit integers, and this one computes in floats");
    message_help(m, "--quantize=DATA makes one of it; --weights=FILE then takes the file that it writes");
    return false;
}

static bool report_floats_wanted(struct compilation *c)
{
    const char *what = c->options.quantize ? "--quantize" : c->options.test && !c->options.train ? "--test" : "--train";
    struct message *m = diag_report_file(c->diag, CHECK_WEIGHTS, c->options.weights,
                                         "these weights are integers of 8 bits, and %s computes in floats", what);
    message_help(m, "give it the weights that they were made of; --quantize=DATA says how many pictures the network in "
                    "integers has right");
    return false;
}

bool pass_types(struct compilation *c)
{
    const struct options *o = &c->options;
    struct weights *weights = o->weights ? NULL : c->weights;
    if (compilation_learns(c) || o->verify_training || o->quantize)
        return !o->weights || !weights_file_is_quantised(c->arena, o->weights) || report_floats_wanted(c);
    if (o->weights && !weights_open_quantised(c->arena, c->diag, c->graph, o->weights, &weights))
        return false;
    if (!weights || !types_are_quantised(weights)) {
        if (weights != c->weights)
            weights_close(weights);
        return !o->io_integers || report_io(c);
    }
    if (o->halves) {
        struct message *m = diag_report_file(
            c->diag, CHECK_WEIGHTS, o->weights ? o->weights : NULL,
            "--store=f16 is for networks of floats, and the weights of this one are integers of 8 bits, which are "
            "smaller");
        message_help(m, "leave it out, or give the weights that they were made of");
        return false;
    }
    if (o->tune) {
        diag_report_file(
            c->diag, CHECK_UNSUPPORTED, NULL,
            "--tune of a network of 8-bit integers is not supported yet: there is one kernel for each layer");
        return false;
    }
    c->weights = weights;
    for (size_t i = 0; o->io_integers && i < c->graph->inputs.count; i++)
        c->graph->inputs.items[i]->args.type = c->graph->inputs.items[i]->element = ELEMENT_S8;
    c->types = types_find(c->arena, c->diag, c->graph, weights, o->weights ? o->weights : o->input);
    return c->types != NULL;
}
