/* A network is laid out as it is read: a chain goes down, one stack below the other. Where a result has several
 * readers, the stacks up to the one in which all of them meet again (its post-dominator) fall into branches, each of
 * which is a chain of its own; branches stand side by side, and a shortcut to the meeting place runs at their right.
 * A column that is a U is bent afterwards (bend.c). Networks whose branches are entangled, and those with several
 * inputs or outputs or a CONST, are not laid out here. */
#include "report/layout.h"

#include <string.h>

enum {
    ARROW = 14,         /* of an edge that goes straight down at its end */
    SHAPE = 18,         /* height of the shape below a branch */
    BRANCH_GAP = 16,    /* between branches */
    LANE = 18,          /* a shortcut beside what it passes */
    MOST_STACKS = 5000, /* moving a branch takes time */
    MOST_NESTING = 200
};

struct list {
    struct VEC(int) items;
};

struct maker {
    struct arrangement *l;
    struct arena *arena;
    int count;
    struct list *readers, *sources; /* by stack: each once, in their order */
    int *meeting;                   /* by stack: its immediate post-dominator; or -1 */
    int *component;                 /* by stack: the branch that it was last found in */
    int components, nesting;
    struct VEC(int) order; /* stacks as they are placed */
};

struct block { /* placed around x = 0, from y = 0 */
    double left, right, height;
    size_t first_stack, first_lane; /* of the orders; it goes to their ends */
};

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* ---- the stacks as a graph ---- */

static void add_once(struct arena *arena, struct list *list, int item)
{
    for (size_t i = 0; i < list->items.count; i++)
        if (list->items.items[i] == item)
            return;
    VEC_PUSH(arena, &list->items, item);
}

static void link_stacks(struct maker *m)
{
    const struct drawing *d = m->l->drawing;
    m->readers = ARENA_ARRAY(m->arena, struct list, m->count);
    m->sources = ARENA_ARRAY(m->arena, struct list, m->count);
    for (int i = 0; i < m->count; i++) {
        const struct node *head = d->stacks.items[i].head;
        for (size_t k = 0; k < head->input_count; k++) {
            const int from = d->stack_of[head->inputs[k]->id];
            add_once(m->arena, &m->readers[from], i);
            add_once(m->arena, &m->sources[i], from);
        }
    }
}

/* Stacks are in execution order: readers are larger. The last one is where all ends. */
static bool find_meetings(struct maker *m)
{
    m->meeting = ARENA_ARRAY(m->arena, int, m->count);
    for (int i = m->count - 1; i >= 0; i--) {
        const struct list *readers = &m->readers[i];
        m->meeting[i] = readers->items.count ? readers->items.items[0] : -1;
        if (!readers->items.count && i != m->count - 1)
            return false; /* another end */
        for (size_t k = 1; k < readers->items.count; k++) {
            int other = readers->items.items[k];
            while (m->meeting[i] != other)
                if (m->meeting[i] < other)
                    m->meeting[i] = m->meeting[m->meeting[i]];
                else
                    other = m->meeting[other];
        }
    }
    return true;
}

/* ---- frames ---- */

static int find_frame(const struct cluster *cluster, const int *frame_of_box)
{
    for (; cluster; cluster = cluster->parent)
        if (frame_of_box[box_index(cluster)] >= 0)
            return frame_of_box[box_index(cluster)];
    return -1;
}

static void add_frames(struct maker *m, int box, int parent, bool merged, int *frame_of_box,
                       double (*title)(const struct drawing *, const struct box *))
{
    const struct drawing *d = m->l->drawing;
    const struct box *b = &d->boxes[box];
    frame_of_box[box] = -1;
    if (box && b->heads == 0)
        return;
    if (box_is_framed(b) && !merged) {
        struct frame frame = {
            box,  parent, parent < 0 ? 1 : m->l->frames.items[parent].depth + 1, title(d, b), -1, 0, 1e9, 1e9,
            -1e9, -1e9};
        frame_of_box[box] = parent = (int)m->l->frames.count;
        VEC_PUSH(m->arena, &m->l->frames, frame);
        merged = true;
    }
    merged = merged && box_only_child(d, b) >= 0; /* its content is its parent's */
    for (int i = b->first_child; i >= 0; i = d->boxes[i].next)
        add_frames(m, i, parent, merged, frame_of_box, title);
}

int layout_depth(const struct arrangement *l, int frame)
{
    return frame < 0 ? 0 : l->frames.items[frame].depth;
}

static int common_frame(const struct arrangement *l, int a, int b)
{
    while (a != b)
        if (layout_depth(l, a) >= layout_depth(l, b))
            a = l->frames.items[a].parent;
        else
            b = l->frames.items[b].parent;
    return a;
}

double layout_passage(const struct arrangement *l, int from, int to)
{
    const int common = layout_depth(l, common_frame(l, from, to));
    const int left = layout_depth(l, from) - common, entered = layout_depth(l, to) - common;
    return left * FRAME_PAD + entered * (FRAME_PAD + (l->sideways ? 0 : FRAME_TITLE));
}

/* The frames between `outer` and `inner` are entered above the stack `spine`; their titles stand at its left. */
static void enter(struct maker *m, int outer, int inner, int spine, struct block *b, int base)
{
    for (int f = inner; f != outer && f >= 0; f = m->l->frames.items[f].parent) {
        struct frame *frame = &m->l->frames.items[f];
        if (frame->spine >= 0)
            continue;
        frame->spine = spine;
        b->left = larger(b->left, frame->title + FRAME_PAD * (2 + frame->depth - layout_depth(m->l, base)));
    }
}

/* ---- placing ---- */

double layout_reach(const struct placed *p)
{
    return larger(p->width / 2, p->label);
}

static void widen(const struct maker *m, struct block *b, double left, double right, int frame, int base)
{
    const double pads = FRAME_PAD * (layout_depth(m->l, frame) - layout_depth(m->l, base));
    b->left = larger(b->left, left + pads);
    b->right = larger(b->right, right + pads);
}

static void move(struct maker *m, const struct block *b, size_t stacks, size_t lanes, double x, double y)
{
    for (size_t i = b->first_stack; i < stacks; i++) {
        struct placed *p = &m->l->stacks[m->order.items[i]];
        p->x += x;
        p->y += y;
        p->fan_end += p->fan_end != 0 ? y : 0;
        p->join_begin += p->join_begin != 0 ? y : 0;
    }
    for (size_t i = b->first_lane; i < lanes; i++)
        m->l->lanes.items[i].x += x;
}

/* Marks what is reached from a stack before `end`, and finds the frame that all of it is in. False: it meets another
 * branch, or something else reads into it. */
static bool mark_branch(struct maker *m, int entry, int fork, int end, int mark, int *frame)
{
    struct VEC(int) open = {0};
    VEC_PUSH(m->arena, &open, entry);
    m->component[entry] = mark;
    for (size_t i = 0; i < open.count; i++) {
        const int at = open.items[i];
        *frame = common_frame(m->l, *frame, m->l->frame_of[at]);
        for (size_t k = 0; k < m->readers[at].items.count; k++) {
            const int next = m->readers[at].items.items[k];
            if (next == end || m->component[next] == mark)
                continue;
            m->component[next] = mark;
            VEC_PUSH(m->arena, &open, next);
        }
    }
    for (size_t i = 0; i < open.count; i++)
        for (size_t k = 0; k < m->sources[open.items[i]].items.count; k++) {
            const int from = m->sources[open.items[i]].items.items[k];
            if (open.items[i] == entry ? from != fork : m->component[from] != mark)
                return false;
        }
    return true;
}

struct region { /* between a fork and its meeting place */
    int fork, end, frame;
    struct list entries; /* of branches, in the order in which the meeting place reads them */
    bool shortcut;
};

static bool find_branches(struct maker *m, struct region *r)
{
    const struct list *readers = &m->readers[r->fork];
    r->frame = m->l->frame_of[r->end];
    const int first = m->components + 1;
    for (size_t i = 0; i < readers->items.count; i++) {
        const int entry = readers->items.items[i];
        r->shortcut |= entry == r->end;
        if (entry != r->end &&
            (m->component[entry] >= first || !mark_branch(m, entry, r->fork, r->end, ++m->components, &r->frame)))
            return false;
    }
    for (size_t k = 0; k < m->sources[r->end].items.count; k++) {
        const int mark = m->component[m->sources[r->end].items.items[k]];
        for (size_t i = 0; mark >= first && i < readers->items.count; i++)
            if (readers->items.items[i] != r->end && m->component[readers->items.items[i]] == mark)
                add_once(m->arena, &r->entries, readers->items.items[i]);
    }
    return true;
}

static bool place_chain(struct maker *m, int at, int end, int base, struct block *b);

/* Side by side; `b` gets their extent. */
static bool place_branches(struct maker *m, const struct region *r, struct block *b, double y)
{
    const size_t count = r->entries.items.count;
    struct block *blocks = ARENA_ARRAY(m->arena, struct block, count + 1);
    size_t *stacks = ARENA_ARRAY(m->arena, size_t, count + 1), *lanes = ARENA_ARRAY(m->arena, size_t, count + 1);
    double width = 0, x = 0;
    for (size_t i = 0; i < count; i++) {
        if (!place_chain(m, r->entries.items.items[i], r->end, r->frame, &blocks[i]))
            return false;
        stacks[i] = m->order.count;
        lanes[i] = m->l->lanes.count;
        width += blocks[i].left + blocks[i].right + (i ? BRANCH_GAP : 0);
        b->height = larger(b->height, blocks[i].height);
    }
    x = count == 1 ? -blocks[0].left : -width / 2;
    b->left = -x;
    b->right = x + width;
    for (size_t i = 0; i < count; x += blocks[i].left + blocks[i].right + BRANCH_GAP, i++) {
        move(m, &blocks[i], stacks[i], lanes[i], x + blocks[i].left, y);
        m->l->stacks[r->entries.items.items[i]].fan_end = count > 1 ? y - ARROW : 0;
    }
    return true;
}

/* What is between a fork at the end of the chain `b` and its meeting place; b->height grows down to that. */
static bool place_region(struct maker *m, struct region *r, int base, struct block *b)
{
    struct block all = {0};
    if (!find_branches(m, r))
        return false;
    const bool parts = r->entries.items.count > 1;
    b->height += LAYOUT_EDGE + layout_passage(m->l, m->l->frame_of[r->fork], r->frame) +
                 (parts ? LAYOUT_FAN + ARROW : 0);
    const bool begins = r->frame >= 0 && m->l->frames.items[r->frame].spine < 0;
    enter(m, common_frame(m->l, m->l->frame_of[r->fork], r->frame), r->frame, r->fork, b, base);
    if (parts && begins)
        m->l->frames.items[r->frame].above = LAYOUT_FAN + ARROW;
    if (!place_branches(m, r, &all, b->height))
        return false;
    if (r->shortcut) {
        const double wider = larger(m->l->stacks[r->fork].width, m->l->stacks[r->end].width) / 2;
        struct lane lane = {r->fork, r->end, larger(all.right, wider) + LANE};
        VEC_PUSH(m->arena, &m->l->lanes, lane);
        all.right = lane.x;
    }
    widen(m, b, all.left, all.right, r->frame, base);
    b->height += all.height + (parts ? SHAPE : 0);
    m->l->stacks[r->end].join_begin = parts ? b->height : 0;
    b->height += parts ? LAYOUT_FAN + ARROW : LAYOUT_EDGE;
    return true;
}

/* From a stack down to the one before `end` (-1: to the last). `base`: the frame around the chain. */
static bool place_chain(struct maker *m, int at, int end, int base, struct block *b)
{
    int frame = base; /* of what stands above */
    *b = (struct block){.first_stack = m->order.count, .first_lane = m->l->lanes.count};
    if (++m->nesting > MOST_NESTING)
        return false;
    while (at != end) {
        struct placed *p = &m->l->stacks[at];
        const int own = m->l->frame_of[at];
        b->height += layout_passage(m->l, frame, own);
        enter(m, common_frame(m->l, frame, own), own, at, b, base);
        p->x = 0;
        p->y = b->height;
        VEC_PUSH(m->arena, &m->order, at);
        widen(m, b, p->width / 2, layout_reach(p), own, base);
        b->height += p->height;
        frame = own;
        const struct list *readers = &m->readers[at];
        const int next = m->meeting[at];
        if (readers->items.count == 0)
            break;
        if (readers->items.count > 1) {
            struct region r = {.fork = at, .end = next};
            if (!place_region(m, &r, base, b))
                return false;
            frame = r.frame;
        } else if (next != end) {
            if (m->sources[next].items.count > 1)
                return false;
            b->height += LAYOUT_EDGE;
        }
        at = next;
    }
    b->height += (layout_depth(m->l, frame) - layout_depth(m->l, base)) * FRAME_PAD;
    m->nesting--;
    return true;
}

/* ---- sideways ---- */

static void place_sideways(struct maker *m)
{
    double x = 0, tallest = 0;
    int frame = -1;
    for (int i = 0; i < m->count; i++)
        tallest = larger(tallest, m->l->stacks[i].height);
    for (int i = 0; i < m->count; i++) {
        struct placed *p = &m->l->stacks[i];
        x += (i ? LAYOUT_SIDE : 0) + layout_passage(m->l, frame, m->l->frame_of[i]);
        p->x = x + p->width / 2;
        p->y = (tallest - p->height) / 2;
        x += p->width;
        frame = m->l->frame_of[i];
    }
}

/* ---- extents ---- */

static void stretch(struct frame *f, double left, double top, double right, double bottom)
{
    f->left = left < f->left ? left : f->left;
    f->top = top < f->top ? top : f->top;
    f->right = larger(f->right, right);
    f->bottom = larger(f->bottom, bottom);
}

static void close_frames(struct arrangement *l, int count)
{
    for (int i = 0; i < count; i++) {
        const struct placed *p = &l->stacks[i];
        if (l->frame_of[i] >= 0)
            stretch(&l->frames.items[l->frame_of[i]], p->x - p->width / 2, p->y,
                    p->x + (l->sideways ? p->width / 2 : layout_reach(p)), p->y + p->height);
    }
    for (size_t i = 0; i < l->lanes.count; i++) {
        const struct lane *lane = &l->lanes.items[i];
        const int f = l->frame_of[lane->to];
        if (f >= 0 && l->frames.items[f].spine == lane->from)
            stretch(&l->frames.items[f], lane->x, l->stacks[lane->to].y, lane->x, l->stacks[lane->to].y);
    }
    for (size_t i = l->frames.count; i-- > 0;) {
        struct frame *f = &l->frames.items[i];
        f->left -= FRAME_PAD;
        f->right += FRAME_PAD;
        f->bottom += FRAME_PAD;
        f->top -= FRAME_PAD + FRAME_TITLE + f->above;
        if (f->spine >= 0 && f->left > l->stacks[f->spine].x - f->title - FRAME_PAD * 2)
            f->left = l->stacks[f->spine].x - f->title - FRAME_PAD * 2;
        f->right = larger(f->right, f->left + f->title + FRAME_PAD * 2);
        if (f->parent >= 0)
            stretch(&l->frames.items[f->parent], f->left, f->top, f->right, f->bottom);
    }
}

double layout_top(const struct arrangement *l, int stack)
{
    double top = l->stacks[stack].y;
    for (int f = l->frame_of[stack]; f >= 0; f = l->frames.items[f].parent)
        top = l->frames.items[f].top;
    return top;
}

/* Moves all to the right of, and below, (0, 0). */
static void find_extent(struct arrangement *l, int count)
{
    struct frame all = {.left = 1e9, .top = 1e9, .right = -1e9, .bottom = -1e9};
    for (int i = 0; i < count; i++) {
        const struct placed *p = &l->stacks[i];
        stretch(&all, p->x - p->width / 2, p->y, p->x + (l->sideways ? p->width / 2 : layout_reach(p)),
                p->y + p->height);
    }
    for (size_t i = 0; i < l->frames.count; i++) {
        const struct frame *f = &l->frames.items[i];
        stretch(&all, f->left, f->top, f->right, f->bottom);
    }
    for (size_t i = 0; i < l->lanes.count; i++)
        all.right = larger(all.right, l->lanes.items[i].x);
    if (l->bend) { /* the edge below, and OUTPUT above */
        const double top = layout_top(l, count - 1) - (l->drawing->graph->outputs.items[0].node->kind == LAYER_OUTPUT
                                                           ? 0
                                                           : LAYOUT_EDGE + LAYOUT_END);
        stretch(&all, l->stacks[0].x, top, l->stacks[0].x, all.bottom + LAYOUT_TURN);
    }
    for (int i = 0; i < count; i++) {
        struct placed *p = &l->stacks[i];
        p->x -= all.left;
        p->y -= all.top;
        p->fan_end -= p->fan_end != 0 ? all.top : 0;
        p->join_begin -= p->join_begin != 0 ? all.top : 0;
    }
    for (size_t i = 0; i < l->frames.count; i++) {
        struct frame *f = &l->frames.items[i];
        f->left -= all.left;
        f->right -= all.left;
        f->top -= all.top;
        f->bottom -= all.top;
    }
    for (size_t i = 0; i < l->lanes.count; i++)
        l->lanes.items[i].x -= all.left;
    l->width = all.right - all.left;
    l->height = all.bottom - all.top;
}

bool layout_make(struct arrangement *layout, const struct drawing *drawing, struct placed *stacks,
                 double (*title)(const struct drawing *drawing, const struct box *box))
{
    const int count = (int)drawing->stacks.count;
    struct maker m = {.l = layout, .arena = drawing->arena, .count = count};
    struct block b;
    *layout = (struct arrangement){.drawing = drawing, .stacks = stacks, .sideways = drawing_lies_down(drawing)};
    if (count > MOST_STACKS || drawing->graph->inputs.count != 1 || drawing->graph->outputs.count != 1 ||
        drawing->stacks.items[0].head->kind != LAYER_INPUT)
        return false;
    link_stacks(&m);
    if (!find_meetings(&m))
        return false;
    int *frame_of_box = ARENA_ARRAY(m.arena, int, drawing->box_count);
    for (int i = 0; i < drawing->box_count; i++)
        frame_of_box[i] = -1;
    add_frames(&m, 0, -1, false, frame_of_box, title);
    layout->frame_of = ARENA_ARRAY(m.arena, int, count);
    for (int i = 0; i < count; i++)
        layout->frame_of[i] = find_frame(drawing->stacks.items[i].cluster, frame_of_box);
    m.component = ARENA_ARRAY(m.arena, int, count);
    if (layout->sideways)
        place_sideways(&m);
    else if (!place_chain(&m, 0, -1, -1, &b) || (int)m.order.count != count)
        return false;
    layout_bend(layout, count, m.arena);
    close_frames(layout, count);
    find_extent(layout, count);
    return true;
}
