/* Runs of equal parts become repeats. Labels may differ if they do so by numbers that grow steadily:
 * conv1, conv2, conv3 is conv{i+1}. Works from the shortest runs outwards, so that repeats nest. */
#include <ctype.h>
#include <string.h>

#include "tree.h"

enum { LONGEST_PERIOD = 64 };

struct pattern *pattern_new(struct arena *arena, const char *name)
{
    struct pattern *pattern = ARENA_NEW(arena, struct pattern);
    for (const char *p = name; *p; p++)
        pattern->quoted = pattern->quoted || !(isalnum((unsigned char)*p) || *p == '_' || *p == '.');
    while (*name) {
        struct label_piece piece = {.text = NULL};
        size_t length = strspn(name, "0123456789");
        if (pattern->quoted || length == 0 || length > 9 || (*name == '0' && length > 1)) {
            length = pattern->quoted ? strlen(name) : length ? length : strcspn(name, "0123456789");
            piece.text = arena_copy(arena, name, length);
        } else {
            for (size_t i = 0; i < length; i++)
                piece.constant = piece.constant * 10 + (name[i] - '0');
        }
        VEC_PUSH(arena, &pattern->pieces, piece);
        name += length;
    }
    return pattern;
}

static bool same_terms(const struct label_piece *a, const struct label_piece *b)
{
    if (a->terms.count != b->terms.count)
        return false;
    for (size_t i = 0; i < a->terms.count; i++)
        if (a->terms.items[i].factor != b->terms.items[i].factor)
            return false; /* terms of the same repeat have the same position */
    return true;
}

/* Can label `b` be label `a` some rounds later? Numbers may differ, by `step` where that is fixed. */
static bool similar(const struct pattern *a, const struct pattern *b)
{
    if (!a || !b || a->quoted || b->quoted)
        return a == b || (a && b && a->quoted && b->quoted && a->pieces.count == b->pieces.count &&
                          strcmp(a->pieces.items[0].text, b->pieces.items[0].text) == 0);
    if (a->pieces.count != b->pieces.count)
        return false;
    for (size_t i = 0; i < a->pieces.count; i++) {
        const struct label_piece *x = &a->pieces.items[i], *y = &b->pieces.items[i];
        if (!x->text != !y->text || (x->text ? strcmp(x->text, y->text) != 0 : !same_terms(x, y)))
            return false;
    }
    return true;
}

/* Do three labels in turn grow steadily? */
static bool steady(const struct pattern *a, const struct pattern *b, const struct pattern *c)
{
    for (size_t i = 0; a && i < a->pieces.count; i++)
        if (!a->pieces.items[i].text && b->pieces.items[i].constant - a->pieces.items[i].constant !=
                                            c->pieces.items[i].constant - b->pieces.items[i].constant)
            return false;
    return true;
}

static bool equal_chains(const struct chain_parts *const chains[], size_t count);

/* Is every one of the parts the first one, some rounds later? */
static bool equal_parts(const struct part *const parts[], size_t count)
{
    const struct part *first = parts[0], *last = parts[count - 1];
    const struct part *before = count > 2 ? parts[count - 2] : NULL;
    if (first->kind != last->kind || first->count != last->count || strcmp(first->words, last->words) != 0 ||
        first->branches.count != last->branches.count || !similar(first->label, last->label))
        return false;
    if (before && !steady(parts[count - 3]->label, before->label, last->label))
        return false;
    /* A name that is defined must change; two layers cannot have one. */
    if (first->label && (first->kind == PART_LAYER || first->kind == PART_MARK)) {
        bool differs = false;
        for (size_t i = 0; i < first->label->pieces.count; i++)
            differs = differs || first->label->pieces.items[i].constant != last->label->pieces.items[i].constant;
        if (!differs)
            return false;
    }
    const struct chain_parts *chains[3];
    const size_t window = count < 3 ? count : 3;
    for (size_t b = 0; b < first->branches.count; b++) {
        for (size_t i = 0; i < window; i++)
            chains[i] = parts[count - window + i]->branches.items[b];
        if (!equal_chains(chains, window))
            return false;
    }
    for (size_t i = 0; i < window; i++)
        chains[i] = parts[count - window + i]->body;
    return first->kind != PART_REPEAT || equal_chains(chains, window);
}

static bool equal_chains(const struct chain_parts *const chains[], size_t count)
{
    const struct part *parts[3];
    for (size_t i = 1; i < count; i++)
        if (chains[i]->parts.count != chains[0]->parts.count)
            return false;
    for (size_t p = 0; p < chains[0]->parts.count; p++) {
        for (size_t i = 0; i < count; i++)
            parts[i] = chains[i]->parts.items[p];
        if (!equal_parts(parts, count))
            return false;
    }
    return true;
}

/* How often the `period` parts from `at` on are repeated without a gap. */
static size_t count_rounds(const struct chain_parts *chain, size_t at, size_t period)
{
    size_t rounds = 1;
    for (; at + (rounds + 1) * period <= chain->parts.count; rounds++) {
        const size_t window = rounds + 1 < 3 ? rounds + 1 : 3;
        bool equal = true;
        for (size_t p = 0; equal && p < period; p++) {
            const struct part *parts[3];
            for (size_t i = 0; i < window; i++)
                parts[i] = chain->parts.items[at + (rounds + 1 - window + i) * period + p];
            equal = equal_parts(parts, window);
        }
        if (!equal)
            break;
    }
    return rounds;
}

static void vary_part(struct arena *arena, struct part *first, const struct part *second, const struct part *repeat);

static void vary_chain(struct arena *arena, struct chain_parts *first, const struct chain_parts *second,
                       const struct part *repeat)
{
    for (size_t i = 0; i < first->parts.count; i++)
        vary_part(arena, first->parts.items[i], second->parts.items[i], repeat);
}

/* The first round's labels follow the index; what differs between the first two is the step. */
static void vary_part(struct arena *arena, struct part *first, const struct part *second, const struct part *repeat)
{
    for (size_t i = 0; first->label && i < first->label->pieces.count; i++) {
        struct label_piece *piece = &first->label->pieces.items[i];
        const int64_t step = second->label->pieces.items[i].constant - piece->constant;
        const struct label_term term = {repeat, step};
        if (!piece->text && step)
            VEC_PUSH(arena, &piece->terms, term);
    }
    for (size_t b = 0; b < first->branches.count; b++)
        vary_chain(arena, first->branches.items[b], second->branches.items[b], repeat);
    if (first->body)
        vary_chain(arena, first->body, second->body, repeat);
}

static bool worth_it(const struct chain_parts *chain, size_t at, size_t period, size_t rounds)
{
    const struct part *first = chain->parts.items[at];
    if (rounds < 2 || first->kind == PART_FROM || (first->kind == PART_LAYER && first->node->kind == LAYER_INPUT))
        return false;
    for (size_t p = 0; p < period; p++) {
        const struct part *part = chain->parts.items[at + p];
        if (part->kind == PART_LAYER && (part->node->kind == LAYER_INPUT || part->node->kind == LAYER_OUTPUT))
            return false;
    }
    return period > 1 || rounds > 2 || first->kind == PART_MERGE || first->kind == PART_REPEAT;
}

static void fold_run(struct arena *arena, struct chain_parts *chain, size_t at, size_t period, size_t rounds)
{
    struct part *repeat = ARENA_NEW(arena, struct part);
    repeat->kind = PART_REPEAT;
    repeat->words = "";
    repeat->count = (int64_t)rounds;
    repeat->body = ARENA_NEW(arena, struct chain_parts);
    for (size_t p = 0; p < period; p++) {
        vary_part(arena, chain->parts.items[at + p], chain->parts.items[at + period + p], repeat);
        VEC_PUSH(arena, &repeat->body->parts, chain->parts.items[at + p]);
    }
    chain->parts.items[at] = repeat;
    const size_t rest = at + period * rounds;
    memmove(&chain->parts.items[at + 1], &chain->parts.items[rest],
            (chain->parts.count - rest) * sizeof *chain->parts.items);
    chain->parts.count -= period * rounds - 1;
}

void fold_repeats(struct arena *arena, struct chain_parts *chain)
{
    for (size_t i = 0; i < chain->parts.count; i++)
        for (size_t b = 0; b < chain->parts.items[i]->branches.count; b++)
            fold_repeats(arena, chain->parts.items[i]->branches.items[b]);
    for (size_t period = 1; period <= LONGEST_PERIOD && period * 2 <= chain->parts.count; period++)
        for (size_t at = 0; at + period * 2 <= chain->parts.count; at++) {
            const size_t rounds = count_rounds(chain, at, period);
            if (worth_it(chain, at, period, rounds)) {
                fold_run(arena, chain, at, period, rounds);
                period = 0; /* a repeat may be part of a longer run */
                break;
            }
        }
}
