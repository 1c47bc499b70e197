/* Weights are made up, every result lies between -1 and 1, and the rest is what --quantize does. */
#include "quantise/suppose.h"

#include "base/diag.h"
#include "quantise/calibration.h"
#include "weights/weights.h"

static struct statistics *suppose_statistics(struct arena *arena, const struct graph *graph)
{
    struct statistics *all = ARENA_ARRAY(arena, struct statistics, graph->nodes.count + 1);
    double *bins = ARENA_ARRAY(arena, double, CALIBRATION_BINS);
    for (int i = 0; i < CALIBRATION_BINS; i++)
        bins[i] = 1;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const int64_t channels = graph->nodes.items[i]->shape.c;
        all[i] = (struct statistics){.known = true,
                                     .least = -1,
                                     .most = 1,
                                     .means = ARENA_ARRAY(arena, double, channels),
                                     .sizes = ARENA_ARRAY(arena, double, channels),
                                     .bins = bins};
    }
    return all;
}

const struct types *types_suppose(struct arena *arena, const struct graph *graph, const struct op_list *list)
{
    if (graph->inputs.count != 1 || graph->params > SUPPOSE_MOST_PARAMETERS)
        return NULL;
    struct diag *trial = diag_new(arena); /* its messages are nobody's */
    const struct calibration calibration = {.arena = arena,
                                            .diag = trial,
                                            .graph = graph,
                                            .weights = weights_initial(arena, graph, INIT_HE, 1),
                                            .list = list,
                                            .statistics = suppose_statistics(arena, graph)};
    const struct quantised_tensors *tensors = calibration_quantise(&calibration);
    if (!tensors || tensors->layers == 0)
        return NULL;
    return types_find(arena, trial, graph, weights_held_named(arena, tensors->items.items, tensors->items.count), NULL);
}
