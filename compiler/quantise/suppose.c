/* Weights are made up, every result lies between -1 and 1, and the rest is what --quantize does. */
#include "quantise/suppose.h"

#include "base/diag.h"
#include "quantise/calibration.h"
#include "weights/weights.h"

enum { MOST_CHANNELS = 1 << 22 };

/* NULL: a layer has too many channels. */
static struct statistics *suppose_statistics(struct arena *arena, const struct graph *graph)
{
    struct statistics *all = ARENA_ARRAY(arena, struct statistics, graph->nodes.count + 1);
    double *bins = ARENA_ARRAY(arena, double, CALIBRATION_BINS);
    for (int i = 0; i < CALIBRATION_BINS; i++)
        bins[i] = 1;
    int64_t channels = 1; /* the most: what is supposed of one layer is supposed of all */
    for (size_t i = 0; i < graph->nodes.count; i++)
        channels = graph->nodes.items[i]->shape.c > channels ? graph->nodes.items[i]->shape.c : channels;
    if (channels > MOST_CHANNELS)
        return NULL;
    double *means = ARENA_ARRAY(arena, double, channels), *sizes = ARENA_ARRAY(arena, double, channels);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        all[i] =
            (struct statistics){.known = true, .least = -1, .most = 1, .means = means, .sizes = sizes, .bins = bins};
    }
    return all;
}

const struct types *types_suppose(struct arena *arena, const struct graph *graph, const struct op_list *list)
{
    if (graph->inputs.count != 1 || graph->params > SUPPOSE_MOST_PARAMETERS)
        return NULL;
    struct diag *trial = diag_new(arena); /* its messages are nobody's */
    struct statistics *statistics = suppose_statistics(arena, graph);
    if (!statistics)
        return NULL;
    const struct calibration calibration = {.arena = arena,
                                            .diag = trial,
                                            .graph = graph,
                                            .weights = weights_initial(arena, graph, INIT_HE, 1),
                                            .list = list,
                                            .statistics = statistics};
    const struct quantised_tensors *tensors = calibration_quantise(&calibration);
    if (!tensors || tensors->layers == 0)
        return NULL;
    return types_find(arena, trial, graph, weights_held_named(arena, tensors->items.items, tensors->items.count), NULL);
}
