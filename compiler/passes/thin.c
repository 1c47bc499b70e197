/* The pass that leaves out channels whose values the weights leave no choice. It needs the numbers before the plan is
 * made: those of a network in floats are opened here. */
#include "thin/thin.h"

#include "compilation.h"
#include "passes/beside.h"
#include "runtime/cnnw.h"
#include "weights/weights.h"

/* Kept channels are an even number where all were: code for microcontrollers reads them in pairs. */
enum { UNIT = 2 };

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

/* Weights that are packed for code with all channels keep all. */
static bool packs_for_whole_code(struct compilation *c)
{
    const uint64_t hash = c->options.emit_given && c->options.emit == EMIT_CNNW ? beside_hash(c) : 0;
    return hash && !cnnw_is_folded(hash);
}

/* Ranges do not know how weights are rounded to half floats, nor how integers meet a layer whose kernel the text has;
 * and they take memory for every channel, of which a flattened map has many. */
static bool can_be_thinned(const struct compilation *c)
{
    enum { MOST_CHANNELS = 1 << 22 };
    int64_t channels = 0;
    for (size_t i = 0; i < c->graph->nodes.count; i++) {
        const struct node *node = c->graph->nodes.items[i];
        channels += node->shape.c;
        for (size_t k = 0; k < node->weight_count; k++)
            if (c->types && node->weights[k].literal)
                return false;
    }
    return !c->options.halves && channels <= MOST_CHANNELS;
}

bool pass_thin(struct compilation *c)
{
    const struct options *o = &c->options;
    if (packs_for_whole_code(c) || !can_be_thinned(c))
        return true;
    if (o->no_fold_constant || o->init_given || o->verify_training || o->quantize || compilation_learns(c) ||
        !(compilation_wants_plan(c) || (o->emit_given && o->emit == EMIT_REPORT)))
        return true;
    open_floats(c);
    if (c->weights && (c->types || c->weights_opened || !o->weights))
        c->thinned = thin_network(c->arena, c->graph, c->weights, c->types, UNIT);
    return true;
}
