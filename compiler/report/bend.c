/* U-Net as a U. Its text is a chain with shortcuts from the way down to the way up, each within the one before and on
 * a smaller map. The part up to the innermost shortcut's end stays as layout.c has placed it, the rest is placed again
 * as a column at its right, from below, and whichever column is shorter between two shortcuts is pulled apart. */
#include "report/layout.h"

enum {
    COLUMN_GAP = 56,
    LEAST_BRIDGES = 2,
    MOST_LANES = 1000 /* the search takes their square */
};

/* ---- which shortcuts ---- */

static bool is_within(const struct arrangement *l, const struct lane *inner, const struct lane *outer)
{
    const struct node *a = l->drawing->stacks.items[inner->from].last, *b = l->drawing->stacks.items[outer->from].last;
    return inner->from > outer->from && inner->to < outer->to && a->shape.h < b->shape.h;
}

/* The longest sequence of lanes within each other, into l->bridges, the outermost first. An outer lane comes behind the
 * inner ones in l->lanes. */
static void find_bridges(struct arrangement *l, struct arena *arena)
{
    const int count = (int)l->lanes.count;
    int *depth = ARENA_ARRAY(arena, int, count + 1), *inner = ARENA_ARRAY(arena, int, count + 1), best = -1;
    for (int i = 0; i < count; i++) {
        depth[i] = 1;
        inner[i] = -1;
        for (int k = 0; k < i; k++)
            if (depth[k] >= depth[i] && is_within(l, &l->lanes.items[k], &l->lanes.items[i])) {
                depth[i] = depth[k] + 1;
                inner[i] = k;
            }
        best = best < 0 || depth[i] > depth[best] ? i : best;
    }
    for (; best >= 0; best = inner[best]) {
        struct lane bridge = l->lanes.items[best];
        bridge.x = 0;
        VEC_PUSH(arena, &l->bridges, bridge);
    }
}

static bool is_bridge(const struct arrangement *l, int from, int to)
{
    for (size_t i = 0; i < l->bridges.count; i++)
        if (l->bridges.items[i].from == from && l->bridges.items[i].to == to)
            return true;
    return false;
}

/* Is all from `bend` on a chain that reads nothing else than the bridges, in frames of its own? */
static bool is_column(const struct arrangement *l, int count, int bend)
{
    const struct drawing *d = l->drawing;
    for (int i = bend; i < count; i++) {
        const struct node *head = d->stacks.items[i].head;
        for (size_t k = 0; k < head->input_count; k++) {
            const int from = d->stack_of[head->inputs[k]->id];
            if (from != i - 1 && !is_bridge(l, from, i))
                return false;
        }
        for (int f = l->frame_of[i]; f >= 0; f = l->frames.items[f].parent)
            for (int k = 0; k < bend; k++)
                for (int other = l->frame_of[k]; other >= 0; other = l->frames.items[other].parent)
                    if (other == f)
                        return false;
    }
    return true;
}

/* ---- places ---- */

double layout_leaves(const struct arrangement *l, int stack)
{
    const struct placed *p = &l->stacks[stack];
    const struct stack *s = &l->drawing->stacks.items[stack];
    return p->y + p->height - (s->head == s->last ? p->height / 2 - 4 : LAYOUT_SLIM / 2.0);
}

double layout_arrives(const struct placed *p)
{
    return p->rises ? p->y + p->height - LAYOUT_HEAD / 2.0 : p->y + LAYOUT_HEAD / 2.0 - 2;
}

static double pads(const struct arrangement *l, int stack)
{
    return FRAME_PAD * layout_depth(l, l->frame_of[stack]);
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* How far the column that goes down reaches to the right. */
static double right_of(const struct arrangement *l, int bend)
{
    double right = 0;
    for (int i = 0; i < bend; i++)
        right = larger(right, l->stacks[i].x + layout_reach(&l->stacks[i]) + pads(l, i));
    for (size_t i = 0; i < l->lanes.count; i++)
        right = larger(right, l->lanes.items[i].x + pads(l, l->lanes.items[i].to));
    return right;
}

/* Places the column that rises, from its upper end; returns how far it reaches to the left of its middle. */
static double place_rising(struct arrangement *l, int count, int bend)
{
    double y = 0, left = 0;
    int frame = -1;
    for (size_t f = 0; f < l->frames.count; f++)
        for (int i = bend; i < count; i++)
            if (l->frames.items[f].spine == i)
                l->frames.items[f].spine = -1;
    for (int i = count - 1; i >= bend; i--) {
        struct placed *p = &l->stacks[i];
        const int own = l->frame_of[i];
        y += layout_passage(l, frame, own) + (i < count - 1 ? LAYOUT_EDGE : 0);
        p->rises = true;
        p->x = p->fan_end = p->join_begin = 0;
        p->y = y;
        y += p->height;
        left = larger(left, p->width / 2 + pads(l, i));
        for (int f = own; f >= 0; f = l->frames.items[f].parent) {
            struct frame *title = &l->frames.items[f];
            if (title->spine < 0)
                title->spine = i;
            left = larger(left, title->title + FRAME_PAD * (2 + title->depth));
        }
        frame = own;
    }
    return left;
}

static void shift(struct arrangement *l, int begin, int end, double x, double y)
{
    for (int i = begin; i < end; i++) {
        struct placed *p = &l->stacks[i];
        p->x += x;
        p->y += y;
        p->fan_end += p->fan_end != 0 ? y : 0;
        p->join_begin += p->join_begin != 0 ? y : 0;
    }
}

/* Pulls the columns apart until the ends of each bridge are at one height. */
static void align(struct arrangement *l, int count, int bend)
{
    for (size_t i = 0; i < l->bridges.count; i++) {
        const struct lane *bridge = &l->bridges.items[i];
        const double more = layout_leaves(l, bridge->from) - layout_arrives(&l->stacks[bridge->to]);
        if (i == 0)
            shift(l, bend, count, 0, more); /* all of the column */
        else if (more > 0)
            shift(l, bend, l->bridges.items[i - 1].to, 0, more);
        else
            shift(l, l->bridges.items[i - 1].from + 1, bend, 0, -more);
    }
}

void layout_bend(struct arrangement *l, int count, struct arena *arena)
{
    if (l->sideways || l->lanes.count > MOST_LANES)
        return;
    find_bridges(l, arena);
    const int bend = l->bridges.count < LEAST_BRIDGES ? 0 : l->bridges.items[l->bridges.count - 1].to;
    if (!bend || !is_column(l, count, bend)) {
        l->bridges.count = 0;
        return;
    }
    size_t kept = 0;
    for (size_t i = 0; i < l->lanes.count; i++)
        if (!is_bridge(l, l->lanes.items[i].from, l->lanes.items[i].to))
            l->lanes.items[kept++] = l->lanes.items[i];
    l->lanes.count = kept;
    const double right = right_of(l, bend);
    l->bend = bend;
    shift(l, bend, count, right + COLUMN_GAP + place_rising(l, count, bend), 0);
    align(l, count, bend);
}
