/* When a file has all that is missing, but calls it otherwise: one message for all tensors, and how to make the names
 * agree. Tensors are paired with weights in the file's order, or in that of their names, where 10 comes after 9. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "weights/bind.h"
#include "weights/bind_report.h"

enum { LEAST_PAIRS = 2, SHOWN = 3 };

static int compare_natural(const char *a, const char *b)
{
    while (*a && *b) {
        if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
            a += strspn(a, "0");
            b += strspn(b, "0");
            size_t m = strspn(a, "0123456789"), n = strspn(b, "0123456789");
            int order = m != n ? (m < n ? -1 : 1) : strncmp(a, b, m);
            if (order)
                return order;
            a += m;
            b += n;
        } else if (*a != *b) {
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return (*a != 0) - (*b != 0);
}

static int compare_stored(const void *a, const void *b)
{
    const struct stored *x = *(const struct stored *const *)a, *y = *(const struct stored *const *)b;
    int order = compare_natural(x->name, y->name);
    return order ? order : (x > y) - (x < y);
}

/* The store's tensors by their names. */
static const size_t *natural_order(const struct binding *binding)
{
    const size_t count = binding->store->tensors.count;
    const struct stored **sorted = ARENA_ARRAY(binding->arena, const struct stored *, count + 1);
    size_t *order = ARENA_ARRAY(binding->arena, size_t, count + 1);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &binding->store->tensors.items[i];
    qsort(sorted, count, sizeof *sorted, compare_stored);
    for (size_t i = 0; i < count; i++)
        order[i] = (size_t)(sorted[i] - binding->store->tensors.items);
    return order;
}

struct pairs {
    struct wanted *items; /* what is missing, each with a tensor of another name */
    size_t count;
};

/* A copy of the binding in which what was found under its name, with its shape, is taken. */
static struct binding trial_of(const struct binding *binding, struct pairs *pairs)
{
    struct binding trial = *binding;
    const size_t count = binding->store->tensors.count;
    trial.used = ARENA_ARRAY(binding->arena, bool, count + 1);
    memcpy(trial.used, binding->used, count * sizeof *trial.used);
    pairs->items = ARENA_ARRAY(binding->arena, struct wanted, binding->wanted.count + 1);
    pairs->count = 0;
    for (size_t i = 0; i < binding->wanted.count; i++) {
        struct wanted wanted = binding->wanted.items[i];
        if (wanted.found && stored_fits(wanted.found, wanted.weight->dims, wanted.weight->rank))
            continue;
        if (wanted.found)
            trial.used[wanted.found - binding->store->tensors.items] = false;
        wanted.found = NULL;
        pairs->items[pairs->count++] = wanted;
    }
    return trial;
}

/* Would --match=order take all tensors as they lie? */
static bool fits_in_order(const struct binding *binding)
{
    struct binding trial = *binding;
    struct wanted *all = ARENA_ARRAY(binding->arena, struct wanted, binding->wanted.count + 1);
    trial.used = ARENA_ARRAY(binding->arena, bool, binding->store->tensors.count + 1);
    trial.order = NULL;
    memcpy(all, binding->wanted.items, binding->wanted.count * sizeof *all);
    for (size_t i = 0; i < binding->store->tensors.count; i++) {
        const char *name = binding->store->tensors.items[i].name, *last = strrchr(name, '.');
        trial.used[i] = strcmp(last ? last + 1 : name, "num_batches_tracked") == 0;
    }
    return bind_in_order(&trial, all, binding->wanted.count);
}

/* "features.0" of "features.0.weight" */
static const char *layer_of(struct binding *binding, const char *name)
{
    const char *dot = strrchr(name, '.');
    return arena_copy(binding->arena, name, dot ? (size_t)(dot - name) : 0);
}

/* Takes the last parts, between dots, off two names while they are equal. */
static void drop_common_end(struct binding *binding, const char **a, const char **b)
{
    for (;;) {
        const char *x = strrchr(*a, '.'), *y = strrchr(*b, '.');
        const char *last_a = x ? x + 1 : *a, *last_b = y ? y + 1 : *b;
        if (!*last_a || strcmp(last_a, last_b) != 0)
            return;
        *a = arena_copy(binding->arena, *a, x ? (size_t)(x - *a) : 0);
        *b = arena_copy(binding->arena, *b, y ? (size_t)(y - *b) : 0);
    }
}

/* Does the same beginning replace another in all names? Either may be empty. */
static bool find_renaming(struct binding *binding, const struct pairs *pairs, const char **here, const char **there)
{
    for (size_t i = 0; i < pairs->count; i++) {
        const char *a = layer_of(binding, pairs->items[i].weight->name);
        const char *b = layer_of(binding, pairs->items[i].found->name);
        drop_common_end(binding, &a, &b);
        if (i > 0 && (strcmp(a, *here) != 0 || strcmp(b, *there) != 0))
            return false;
        *here = a;
        *there = b;
    }
    return true;
}

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == 0;
}

/* "net" for net.0, net.2, ... and "" for 0, 2, ...: the group that an nn.Sequential numbers; NULL for other names. */
static const char *sequence_of(struct binding *binding, const struct pairs *pairs)
{
    const char *group = NULL;
    for (size_t i = 0; i < pairs->count; i++) {
        const char *layer = layer_of(binding, pairs->items[i].found->name), *dot = strrchr(layer, '.');
        const char *outer = arena_copy(binding->arena, layer, dot ? (size_t)(dot - layer) : 0);
        if (!is_number(dot ? dot + 1 : layer) || (group && strcmp(group, outer) != 0))
            return NULL;
        group = outer;
    }
    return group;
}

/* "0: CONV, 3: CONV, 6: FC, ..." */
static const char *labels(struct binding *binding, const struct pairs *pairs)
{
    struct text list = text_new(binding->arena);
    int shown = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (i > 0 && pairs->items[i].node == pairs->items[i - 1].node)
            continue;
        if (shown == SHOWN) {
            text_add(&list, ", ...");
            break;
        }
        text_printf(&list, "%s%s: %s", shown++ ? ", " : "",
                    name_text(binding->arena, layer_of(binding, pairs->items[i].found->name)),
                    node_keyword(pairs->items[i].node));
    }
    return list.bytes;
}

static void help_rename(struct binding *binding, struct message *message, const struct pairs *pairs, bool in_order)
{
    const char *here = "", *there = "", *group = sequence_of(binding, pairs);
    const bool renamed = find_renaming(binding, pairs, &here, &there);
    if (renamed && *here && *there)
        message_help(message, "the label %s instead of %s gives these names", name_text(binding->arena, there), here);
    else if (renamed && *there)
        message_help(message, "in the file all of them begin with '%s.': leave it out when saving",
                     name_text(binding->arena, there));
    else if (group && *group)
        message_help(message,
                     "they are the names of an nn.Sequential: a labelled group, %s: [ ... ], numbers its layers "
                     "alike",
                     name_text(binding->arena, group));
    else
        message_help(message, "%slabels give the layers these names: %s",
                     group ? "they are the names of an nn.Sequential: " : "", labels(binding, pairs));
    if (in_order)
        message_help(message, "--match=order takes the tensors in their order, in which all shapes fit");
}

static void report(struct binding *binding, const struct pairs *pairs, bool in_order)
{
    struct text list = text_new(binding->arena);
    for (size_t i = 0; i < pairs->count && i < SHOWN; i++)
        text_printf(&list, "%s'%s' instead of '%s'", i ? ", " : "",
                    name_text(binding->arena, pairs->items[i].found->name), pairs->items[i].weight->name);
    struct message *message = diag_report_file(binding->diag, CHECK_WEIGHTS, binding->store->path,
                                               "%zu tensors fit, but have other names than their layers in %s: %s%s",
                                               pairs->count, binding->graph->name, list.bytes,
                                               pairs->count > SHOWN ? ", ..." : "");
    help_rename(binding, message, pairs, in_order);
}

static bool same_pairs(const struct pairs *a, const struct pairs *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = a->items[i].found == b->items[i].found;
    return same;
}

bool bind_report_names(struct binding *binding)
{
    struct pairs filed, named;
    struct binding trial = trial_of(binding, &filed);
    if (filed.count < LEAST_PAIRS)
        return false;
    bool by_file = bind_in_order(&trial, filed.items, filed.count);
    trial = trial_of(binding, &named);
    trial.order = natural_order(binding);
    bool by_name = bind_in_order(&trial, named.items, named.count);
    if (!by_file && !by_name)
        return false;
    /* Numbers count; words may come in any order. */
    const bool numbers = by_name && sequence_of(binding, &named);
    const struct pairs *pairs = by_file && !numbers ? &filed : &named;
    report(binding, pairs, by_file && same_pairs(pairs, &filed) && fits_in_order(binding));
    return true;
}
