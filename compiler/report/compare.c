/* Aligns the layers of two networks: dynamic programming over what lies between their common beginning and end. A layer
 * that stands alone costs 4; a pair of one kind up to 3, of one family 5, which is less than both alone. */
#include "report/compare.h"

#include <string.h>

enum { MOST_CELLS = 25000000, ALONE = 4, UNLIKE = 1000 };

struct side {
    const struct node **nodes;
    const char **calls; /* "CONV(64, 3x3)" */
    size_t count;
};

static struct side side_of(struct arena *arena, const struct graph *graph)
{
    struct side side = {.count = graph->nodes.count};
    side.nodes = ARENA_ARRAY(arena, const struct node *, side.count + 1);
    side.calls = ARENA_ARRAY(arena, const char *, side.count + 1);
    for (size_t i = 0; i < side.count; i++) {
        side.nodes[i] = graph->nodes.items[i];
        side.calls[i] = report_call(arena, graph->nodes.items[i]);
    }
    return side;
}

static bool same_inputs(const struct node *a, const struct node *b)
{
    for (size_t i = 0; i < a->input_count && a->input_count == b->input_count; i++)
        if (!shape_equal(a->inputs[i]->shape, b->inputs[i]->shape))
            return false;
    return a->input_count == b->input_count;
}

/* The same layer on the same shapes. */
static bool is_same(const struct side *a, size_t i, const struct side *b, size_t k)
{
    const struct node *x = a->nodes[i], *y = b->nodes[k];
    return x->kind == y->kind && shape_equal(x->shape, y->shape) && same_inputs(x, y) && x->params == y->params &&
           x->args.bias == y->args.bias && strcmp(a->calls[i], b->calls[k]) == 0;
}

static bool same_kind(const struct node *x, const struct node *y)
{
    return x->kind == y->kind ||
           (layer_table[x->kind].family == layer_table[y->kind].family &&
            layer_table[x->kind].family != FAMILY_STRUCTURE && layer_table[x->kind].family != FAMILY_DENSE &&
            layer_table[x->kind].family != FAMILY_ENDS);
}

/* What it costs to write them side by side; among equals, those with the same call or name. */
static int pair_cost(const struct side *a, size_t i, const struct side *b, size_t k)
{
    const struct node *x = a->nodes[i], *y = b->nodes[k];
    if (is_same(a, i, b, k))
        return 0;
    if (!same_kind(x, y))
        return UNLIKE;
    if (x->kind != y->kind)
        return 5;
    return strcmp(a->calls[i], b->calls[k]) == 0 ? 1 : strcmp(x->name, y->name) == 0 ? 2 : 3;
}

static void push(struct arena *arena, struct comparison *c, const struct node *first, const struct node *second,
                 bool same)
{
    struct layer_pair pair = {same      ? PAIR_SAME
                              : !second ? PAIR_FIRST_ONLY
                              : !first  ? PAIR_SECOND_ONLY
                                        : PAIR_CHANGED,
                              first, second};
    VEC_PUSH(arena, &c->pairs, pair);
    c->counts[pair.mark]++;
}

enum step { STEP_PAIR, STEP_FIRST, STEP_SECOND };

/* Which step is best from each pair of places on, for the layers [begin, end) of both. */
static unsigned char *best_steps(struct arena *arena, const struct side *a, const struct side *b, size_t begin,
                                 size_t m, size_t n)
{
    unsigned char *steps = ARENA_ARRAY(arena, unsigned char, (m + 1) * (n + 1));
    int *below = ARENA_ARRAY(arena, int, n + 2), *row = ARENA_ARRAY(arena, int, n + 2);
    for (size_t i = m + 1; i-- > 0;) {
        for (size_t k = n + 1; k-- > 0;) {
            int pair = i < m && k < n ? pair_cost(a, begin + i, b, begin + k) + below[k + 1] : 2 * UNLIKE;
            int first = i < m ? ALONE + below[k] : INT32_MAX, second = k < n ? ALONE + row[k + 1] : INT32_MAX;
            if (i == m && k == n) {
                row[k] = 0;
                continue;
            }
            enum step step = i < m && k < n && pair <= first && pair <= second ? STEP_PAIR
                             : first <= second                                 ? STEP_FIRST
                                                                               : STEP_SECOND;
            row[k] = step == STEP_PAIR ? pair : step == STEP_FIRST ? first : second;
            steps[i * (n + 1) + k] = (unsigned char)step;
        }
        int *spare = below;
        below = row;
        row = spare;
    }
    return steps;
}

struct comparison *compare_graphs(struct arena *arena, const struct graph *first, const struct graph *second,
                                  const char **error)
{
    const struct side a = side_of(arena, first), b = side_of(arena, second);
    struct comparison *c = ARENA_NEW(arena, struct comparison);
    size_t begin = 0, m = a.count, n = b.count;
    c->graphs[0] = first;
    c->graphs[1] = second;
    while (begin < m && begin < n && is_same(&a, begin, &b, begin))
        begin++;
    while (m > begin && n > begin && is_same(&a, m - 1, &b, n - 1))
        m--, n--;
    const size_t end_a = m, end_b = n;
    m -= begin;
    n -= begin;
    if ((m + 1) > MOST_CELLS / (n + 1)) {
        *error = arena_printf(arena, "%zu and %zu layers differ; those of at most %d pairs can be compared", m, n,
                              MOST_CELLS);
        return NULL;
    }
    const unsigned char *steps = best_steps(arena, &a, &b, begin, m, n);
    for (size_t i = 0; i < begin; i++)
        push(arena, c, a.nodes[i], b.nodes[i], true);
    for (size_t i = 0, k = 0; i < m || k < n;) {
        const enum step step = (enum step)steps[i * (n + 1) + k];
        const struct node *x = step == STEP_SECOND ? NULL : a.nodes[begin + i];
        const struct node *y = step == STEP_FIRST ? NULL : b.nodes[begin + k];
        push(arena, c, x, y, x && y && is_same(&a, begin + i, &b, begin + k));
        i += x != NULL;
        k += y != NULL;
    }
    for (size_t i = 0; end_a + i < a.count; i++)
        push(arena, c, a.nodes[end_a + i], b.nodes[end_b + i], true);
    return c;
}

size_t compare_totals(const struct comparison *comparison, struct compared_total totals[MOST_COMPARED_TOTALS])
{
    const struct graph *a = comparison->graphs[0], *b = comparison->graphs[1];
    const struct report_totals *p = &comparison->totals[0], *q = &comparison->totals[1];
    size_t count = 0;
    totals[count++] = (struct compared_total){"layers", "layers", {(int64_t)a->nodes.count, (int64_t)b->nodes.count}};
    totals[count++] = (struct compared_total){"parameters", "params", {a->params, b->params}};
    totals[count++] = (struct compared_total){"MACs", "macs", {a->macs, b->macs}};
    totals[count++] = (struct compared_total){"connections", "connections", {a->connections, b->connections}};
    if (a->outputs.count && b->outputs.count) {
        const struct node *x = a->outputs.items[0].node, *y = b->outputs.items[0].node;
        totals[count++] = (struct compared_total){"receptive field", "receptive_field", {x->field.h, y->field.h}};
    }
    if (p->has_plan && q->has_plan) {
        totals[count++] = (struct compared_total){"weight bytes", "weight_bytes", {p->weight_bytes, q->weight_bytes}};
        totals[count++] = (struct compared_total){"arena bytes", "arena_bytes", {p->arena_bytes, q->arena_bytes}};
    }
    return count;
}

const char *compare_ratio(struct arena *arena, const struct compared_total *total)
{
    if (total->numbers[0] == 0)
        return total->numbers[1] == 0 ? "1.00" : "-";
    const double ratio = (double)total->numbers[1] / (double)total->numbers[0];
    if (ratio >= 1000)
        return text_thousands(arena, (long long)(ratio + 0.5));
    return arena_printf(arena, ratio >= 100 ? "%.0f" : ratio >= 10 ? "%.1f" : ratio >= 0.1 ? "%.2f" : "%.3g", ratio);
}
