/* The numbers of a network, wherever they come from: a file, an initialisation, or an importer that
 * holds them in memory. Literals are in the graph itself. */
#include "weights/weights.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "weights/bind.h"
#include "weights/initial.h"
#include "weights/origin.h"

static struct weights *open_file(struct arena *arena, struct diag *diag, const struct graph *graph, const char *path,
                                 enum weight_match match, struct weight_gaps *gaps)
{
    const char *error, *help;
    struct mapping mapping;
    if (!file_map(arena, path, &mapping, &error)) {
        diag_report_file(diag, CHECK_FILE, path, "%s", error);
        return NULL;
    }
    struct store *store = store_of(arena, path, mapping, &error, &help);
    if (!store) {
        struct message *message = diag_report_file(diag, CHECK_WEIGHTS, path, "%s", error);
        if (help)
            message_help(message, "%s", help);
        return NULL;
    }
    struct binding binding = {.arena = arena, .diag = diag, .graph = graph, .store = store, .gaps = gaps};
    if (!bind_weights(&binding, match == MATCH_ORDER)) {
        store_close(store);
        return NULL;
    }
    struct weights *weights = ARENA_NEW(arena, struct weights);
    *weights = (struct weights){.origin = ORIGIN_FILE, .store = store, .found = binding.found};
    return weights;
}

struct weights *weights_open(struct arena *arena, struct diag *diag, const struct graph *graph, const char *path,
                             enum weight_match match)
{
    return open_file(arena, diag, graph, path, match, NULL);
}

struct weights *weights_open_some(struct arena *arena, struct diag *diag, const struct graph *graph, const char *path,
                                  enum weight_match match, struct weight_gaps *gaps)
{
    *gaps = (struct weight_gaps){0};
    return open_file(arena, diag, graph, path, match, gaps);
}

bool weights_have(const struct weights *weights, const struct weight *weight)
{
    const bool overlaid = weights && weights->origin == ORIGIN_OVERLAID;
    return weight->literal || (weights && map_get(&weights->found, weight->name)) ||
           (overlaid && weights_have(weights->before, weight));
}

struct weights *weights_initial(struct arena *arena, const struct graph *graph, enum weight_init init, uint64_t seed)
{
    struct weights *weights = ARENA_NEW(arena, struct weights);
    *weights = (struct weights){.origin = ORIGIN_INITIAL, .init = init, .seed = seed};
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->weight_count; k++)
            map_set(arena, &weights->found, graph->nodes.items[i]->weights[k].name, graph->nodes.items[i]);
    return weights;
}

struct weights *weights_held(struct arena *arena, const struct weight *const tensors[], const float *const values[],
                             size_t count)
{
    struct weights *weights = ARENA_NEW(arena, struct weights);
    weights->origin = ORIGIN_HELD;
    for (size_t i = 0; i < count; i++)
        map_set(arena, &weights->found, tensors[i]->name, (void *)(uintptr_t)values[i]);
    return weights;
}

struct weights *weights_changed(struct arena *arena, const struct weights *before, weights_change *change,
                                void *context)
{
    struct weights *weights = ARENA_NEW(arena, struct weights);
    *weights = (struct weights){.origin = ORIGIN_CHANGED, .before = before, .change = change, .context = context};
    return weights;
}

struct weights *weights_overlaid(struct arena *arena, const struct weights *before,
                                 const struct weight *const tensors[], const float *const values[], size_t count)
{
    struct weights *weights = weights_held(arena, tensors, values, count);
    weights->origin = ORIGIN_OVERLAID;
    weights->before = before;
    return weights;
}

static void copy_literal(const struct weight *weight, float *values)
{
    for (int64_t i = 0; i < weight->count; i++)
        values[i] = (float)weight_literal(weight, i);
}

static void make_initial(const struct weights *weights, const struct node *node, const struct weight *weight,
                         float *values)
{
    if (weights->init == INIT_ZERO)
        initial_zero(weight, values);
    else
        initial_he(node->kind, weight, weights->seed, values);
}

bool weights_read(const struct weights *weights, const struct weight *weight, float *values)
{
    if (weights && weights->origin == ORIGIN_CHANGED)
        return weights_read(weights->before, weight, values) && weights->change(weights->context, weight, values);
    if (weight->literal) {
        copy_literal(weight, values);
        return true;
    }
    const void *found = weights ? map_get(&weights->found, weight->name) : NULL;
    if (!found && weights && weights->origin == ORIGIN_OVERLAID)
        return weights_read(weights->before, weight, values);
    if (!found)
        return false;
    const char *error;
    switch (weights->origin) {
    case ORIGIN_FILE: return store_read(weights->store, found, values, &error);
    case ORIGIN_INITIAL: make_initial(weights, found, weight, values); return true;
    default: memcpy(values, found, (size_t)weight->count * sizeof *values); return true;
    }
}

static void report_variance(struct diag *diag, const struct graph *graph, const struct node *bn, const char *path,
                            const char *contents)
{
    const char *text = arena_printf(graph->arena, "%s; var + eps must be greater than 0, and eps is %g", contents,
                                    bn->args.eps);
    if (graph->source)
        diag_report(diag, CHECK_WEIGHTS, bn->span, "%s", text);
    else
        diag_report_file(diag, CHECK_WEIGHTS, path, "%s", text);
}

void weights_check_variances(const struct weights *weights, struct diag *diag, const struct graph *graph,
                             const char *path)
{
    const char *in = path ? arena_printf(graph->arena, " in %s", path) : "";
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        const struct weight *variance = node->shares ? NULL : node_weight(node, ROLE_VAR);
        if (!variance || variance->literal)
            continue;
        float *values = heap_array((size_t)variance->count, sizeof *values);
        int64_t at = weights_read(weights, variance, values) ? 0 : variance->count;
        while (at < variance->count && (double)values[at] + node->args.eps > 0)
            at++;
        if (at < variance->count)
            report_variance(diag, graph, node, path,
                            arena_printf(graph->arena, "'%s'%s contains %g at [%lld]", variance->name, in,
                                         (double)values[at], (long long)at));
        free(values);
    }
}

void weights_close(struct weights *weights)
{
    if (weights && weights->store)
        store_close(weights->store);
}
