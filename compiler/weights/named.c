/* The tensors of a quantised network, by name: integers, scales and zero points belong to no weight of the graph, whose
 * weights are floats. What they mean is quantise/'s business. */
#include <string.h>

#include "base/text.h"
#include "weights/bind.h"
#include "weights/origin.h"

static enum element_type type_of(const struct stored *stored)
{
    static const struct {
        const char *word;
        enum element_type type;
    } types[] = {{"F32", ELEMENT_F32}, {"I8", ELEMENT_S8}, {"I32", ELEMENT_S32}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(stored->type_text, types[i].word) == 0)
            return types[i].type;
    return ELEMENT_COUNT;
}

/* Axes of size 1 that come first are left out where there are too many. */
static struct named_tensor named_of(const struct stored *stored)
{
    struct named_tensor tensor = {.name = stored->name, .type = type_of(stored), .count = stored->count};
    int first = 0;
    while (stored->rank - first > NAMED_MOST_AXES && stored->dims[first] == 1)
        first++;
    if (stored->rank - first > NAMED_MOST_AXES) {
        tensor.type = ELEMENT_COUNT;
        first = stored->rank;
    }
    for (int i = first; i < stored->rank; i++)
        tensor.dims[tensor.rank++] = stored->dims[i];
    return tensor;
}

static void index_names(struct arena *arena, struct weights *weights)
{
    for (size_t i = 0; i < weights->named.count; i++)
        map_set(arena, &weights->by_name, weights->named.items[i].name, &weights->named.items[i]);
}

static bool is_quantised(const struct store *store)
{
    for (size_t i = 0; i < store->tensors.count; i++)
        if (stored_is_quantised(&store->tensors.items[i]))
            return true;
    return false;
}

bool weights_file_is_quantised(struct arena *arena, const char *path)
{
    const char *error, *help;
    struct store *store = store_open(arena, path, &error, &help);
    const bool quantised = store && is_quantised(store);
    if (store)
        store_close(store);
    return quantised;
}

bool weights_open_quantised(struct arena *arena, struct diag *diag, const struct graph *graph, const char *path,
                            struct weights **weights)
{
    const char *error, *help;
    struct store *store = store_open(arena, path, &error, &help);
    *weights = NULL;
    if (!store)
        return true;
    if (store->zip || store->single || !is_quantised(store)) {
        store_close(store);
        return true;
    }
    struct binding binding = {.arena = arena, .diag = diag, .graph = graph, .store = store, .quantised = true};
    if (!bind_weights(&binding, false)) {
        store_close(store);
        return false;
    }
    *weights = ARENA_NEW(arena, struct weights);
    **weights = (struct weights){.origin = ORIGIN_FILE, .store = store, .found = binding.found};
    for (size_t i = 0; i < store->tensors.count; i++)
        VEC_PUSH(arena, &(*weights)->named, named_of(&store->tensors.items[i]));
    index_names(arena, *weights);
    return true;
}

struct weights *weights_held_named(struct arena *arena, const struct held_tensor *tensors, size_t count)
{
    struct weights *weights = ARENA_NEW(arena, struct weights);
    weights->origin = ORIGIN_HELD;
    weights->held = tensors;
    for (size_t i = 0; i < count; i++) {
        VEC_PUSH(arena, &weights->named, tensors[i].is);
        if (tensors[i].is.type == ELEMENT_F32)
            map_set(arena, &weights->found, tensors[i].is.name, (void *)(uintptr_t)tensors[i].numbers);
    }
    index_names(arena, weights);
    return weights;
}

size_t weights_named_count(const struct weights *weights)
{
    return weights ? weights->named.count : 0;
}

const struct named_tensor *weights_named_at(const struct weights *weights, size_t index)
{
    return &weights->named.items[index];
}

const struct named_tensor *weights_find(const struct weights *weights, const char *name)
{
    return weights ? map_get(&weights->by_name, name) : NULL;
}

bool weights_read_exactly(const struct weights *weights, const struct named_tensor *tensor, double *values)
{
    const size_t index = (size_t)(tensor - weights->named.items);
    if (tensor->type == ELEMENT_COUNT)
        return false;
    if (weights->origin == ORIGIN_FILE)
        return store_read_exactly(weights->store, &weights->store->tensors.items[index], values);
    const unsigned char *from = weights->held[index].numbers;
    for (int64_t i = 0; i < tensor->count; i++)
        values[i] = element_read(tensor->type, from + i * element_bytes(tensor->type));
    return true;
}
