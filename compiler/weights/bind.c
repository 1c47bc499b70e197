/* Finds the stored tensor of every weight, by name or by order.
 *
 * By name: the weight's exact full name; else a name that is equal when `/` and `__` are read as
 * `.` on both sides (Caffe and TensorFlow write conv1/weight, and .npz files made from these conv1__weight).
 * Tensors called num_batches_tracked are not weights.
 *
 * By order: layer by layer, as many tensors as the layer has weights. Within a layer the last part of
 * the names says which is which (weight, bias, running_mean, ...) if it does so for all of them, since
 * files often sort names and put the bias first; otherwise the order decides. */
#include "weights/bind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/progress.h"
#include "weights/bind_report.h"

static const char *plain_name(struct arena *arena, const char *name)
{
    char *plain = arena_string(arena, name), *to = plain;
    for (const char *from = plain; *from; from++) {
        bool two = from[0] == '_' && from[1] == '_';
        *to++ = two || *from == '/' ? '.' : *from;
        from += two;
    }
    *to = 0;
    return plain;
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

static void list_wanted(struct binding *binding)
{
    for (size_t i = 0; i < binding->graph->nodes.count; i++) {
        const struct node *node = binding->graph->nodes.items[i];
        for (size_t k = 0; k < node->weight_count && !node->shares; k++)
            if (!node->weights[k].literal)
                VEC_PUSH(binding->arena, &binding->wanted, ((struct wanted){node, &node->weights[k], NULL}));
    }
}

static void list_ignored(struct binding *binding)
{
    for (size_t i = 0; i < binding->store->tensors.count; i++) {
        const struct stored *stored = &binding->store->tensors.items[i];
        binding->used[i] = ends_with(stored->name, "num_batches_tracked") ||
                           (binding->quantised && stored_is_quantised(stored));
    }
}

/* Gives `wanted` the tensor listed under `name`, if it is free. */
static void bind_named(struct binding *binding, struct wanted *wanted, const struct map *table, const char *name)
{
    const struct stored *stored = map_get(table, name);
    size_t index = stored ? (size_t)(stored - binding->store->tensors.items) : 0;
    if (!stored || binding->used[index])
        return;
    binding->used[index] = true;
    wanted->found = stored;
}

/* All exact names first, so that a similar name never takes a tensor away from its owner. */
static void bind_by_name(struct binding *binding)
{
    struct map exact = {0}, plain = {0};
    for (size_t i = 0; i < binding->store->tensors.count; i++) {
        struct stored *stored = &binding->store->tensors.items[i];
        map_set(binding->arena, &exact, stored->name, stored);
    }
    for (size_t i = 0; i < binding->wanted.count; i++)
        bind_named(binding, &binding->wanted.items[i], &exact, binding->wanted.items[i].weight->name);
    for (size_t i = 0; i < binding->store->tensors.count; i++) {
        struct stored *stored = &binding->store->tensors.items[i];
        const char *name = plain_name(binding->arena, stored->name);
        if (!binding->used[i] && !map_get(&plain, name))
            map_set(binding->arena, &plain, name, stored);
    }
    for (size_t i = 0; i < binding->wanted.count; i++) {
        struct wanted *wanted = &binding->wanted.items[i];
        if (!wanted->found)
            bind_named(binding, wanted, &plain, plain_name(binding->arena, wanted->weight->name));
    }
}

/* The role that a name's last part denotes, or ROLE_COUNT. */
static enum weight_role role_of(const char *name)
{
    static const struct {
        const char *end;
        enum weight_role role;
    } ends[] = {{"weight", ROLE_WEIGHT},    {"kernel", ROLE_WEIGHT},   {"gamma", ROLE_WEIGHT},
                {"bias", ROLE_BIAS},        {"beta", ROLE_BIAS},       {"running_mean", ROLE_MEAN},
                {"moving_mean", ROLE_MEAN}, {"running_var", ROLE_VAR}, {"moving_variance", ROLE_VAR}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_with(name, ends[i].end))
            return ends[i].role;
    return ROLE_COUNT;
}

/* The tensor among next[0..count-1] whose name denotes `role`; NULL unless all their names denote distinct roles. */
static const struct stored *stored_by_role(const struct stored *const next[], size_t count, enum weight_role role)
{
    const struct stored *found[ROLE_COUNT] = {NULL};
    for (size_t i = 0; i < count; i++) {
        enum weight_role told = role_of(next[i]->name);
        if (told == ROLE_COUNT || found[told])
            return NULL;
        found[told] = next[i];
    }
    return found[role];
}

/* How many of the wanted belong to the layer of the first. */
static size_t layer_weights(const struct wanted *wanted, size_t most)
{
    size_t count = 1;
    while (count < most && wanted[count].node == wanted->node)
        count++;
    return count;
}

static void bind_layer(struct binding *binding, struct wanted *wanted, size_t count, size_t *at)
{
    const struct stored *next[GRAPH_MAX_WEIGHTS];
    size_t found = 0;
    for (; *at < binding->store->tensors.count && found < count; ++*at) {
        size_t index = binding->order ? binding->order[*at] : *at;
        if (!binding->used[index]) {
            binding->used[index] = true;
            next[found++] = &binding->store->tensors.items[index];
        }
    }
    bool all_roles = found == count;
    for (size_t i = 0; i < count && all_roles; i++)
        all_roles = stored_by_role(next, count, wanted[i].weight->role) != NULL;
    for (size_t i = 0; i < found; i++)
        wanted[i].found = all_roles ? stored_by_role(next, count, wanted[i].weight->role) : next[i];
}

static bool fits(const struct wanted *wanted)
{
    return stored_fits(wanted->found, wanted->weight->dims, wanted->weight->rank);
}

bool bind_in_order(struct binding *binding, struct wanted *wanted, size_t count)
{
    size_t at = 0, layer;
    bool all = true;
    for (size_t i = 0; i < count; i += layer) {
        layer = layer_weights(&wanted[i], count - i);
        bind_layer(binding, &wanted[i], layer, &at);
    }
    for (size_t i = 0; i < count; i++)
        all = all && wanted[i].found && fits(&wanted[i]);
    for (size_t i = 0; i < binding->store->tensors.count; i++)
        all = all && binding->used[i];
    return all;
}

/* Reads the tensor once, to find NaN and infinity before it is packed. */
static void check_values(struct binding *binding, const struct wanted *wanted)
{
    const char *error = NULL;
    float *values = heap_array((size_t)wanted->found->count, sizeof *values);
    if (!store_read(binding->store, wanted->found, values, &error))
        bind_report_unreadable(binding, wanted, error);
    else
        for (int64_t i = 0; i < wanted->found->count; i++)
            if (!isfinite(values[i])) {
                bind_report_value(binding, wanted, i, values[i]);
                break;
            }
    free(values);
}

static void count_gap(int64_t *count, const char **first, const char *name)
{
    if ((*count)++ == 0)
        *first = name;
}

static void check_found(struct binding *binding, const struct wanted *wanted, bool by_order)
{
    if (!wanted->found && binding->gaps)
        count_gap(&binding->gaps->missing, &binding->gaps->a_missing, wanted->weight->name);
    else if (!wanted->found && binding->quantised)
        return;
    else if (!wanted->found)
        bind_report_missing(binding, wanted);
    else if (!fits(wanted) && by_order)
        bind_report_order(binding, wanted);
    else if (!fits(wanted))
        bind_report_shape(binding, wanted);
    else if (wanted->found->type == NUMBER_OTHER)
        bind_report_type(binding, wanted);
    else
        check_values(binding, wanted);
}

/* One wrong shape by order means that all after it are likely to be wrong too: only the first is told. */
static bool stops(const struct wanted *wanted, bool by_order)
{
    return by_order && wanted->found && !fits(wanted);
}

/* False: nothing after this is worth a message. */
static bool check_all(struct binding *binding, bool by_order)
{
    int64_t total = 1, done = 0;
    for (size_t i = 0; i < binding->wanted.count; i++)
        total += binding->wanted.items[i].weight->count;
    struct progress progress = progress_begin("reading weights", total);
    bool goes_on = true;
    for (size_t i = 0; i < binding->wanted.count && !diag_full(binding->diag) && goes_on; i++) {
        struct wanted *wanted = &binding->wanted.items[i];
        check_found(binding, wanted, by_order);
        goes_on = !stops(wanted, by_order);
        if (goes_on)
            map_set(binding->arena, &binding->found, wanted->weight->name, (void *)(uintptr_t)wanted->found);
        progress_at(&progress, done += wanted->weight->count);
    }
    progress_end(&progress);
    return goes_on;
}

bool bind_weights(struct binding *binding, bool by_order)
{
    int errors = diag_error_count(binding->diag);
    binding->used = ARENA_ARRAY(binding->arena, bool, binding->store->tensors.count + 1);
    list_wanted(binding);
    list_ignored(binding);
    if (binding->store->single && binding->wanted.count == 1)
        by_order = true; /* a lone array needs no name */
    if (by_order)
        bind_in_order(binding, binding->wanted.items, binding->wanted.count);
    else
        bind_by_name(binding);
    if (!by_order && !binding->gaps && bind_report_names(binding))
        return false;
    if (!check_all(binding, by_order))
        return false;
    for (size_t i = 0; i < binding->store->tensors.count && !diag_full(binding->diag); i++)
        if (!binding->used[i] && binding->gaps)
            count_gap(&binding->gaps->surplus, &binding->gaps->a_surplus, binding->store->tensors.items[i].name);
        else if (!binding->used[i])
            bind_report_surplus(binding, &binding->store->tensors.items[i]);
    if (binding->gaps && binding->wanted.count > 0 && binding->gaps->missing == (int64_t)binding->wanted.count)
        bind_report_nothing(binding);
    return diag_error_count(binding->diag) == errors;
}
