/* Stacks, boxes and their words. */
#include "report/drawing.h"

#include <string.h>

#include "base/text.h"

static const struct stack_colors colors[FAMILY_COUNT] = {
    [FAMILY_ENDS] = {"#475569", "#ffffff"},       [FAMILY_CONVOLUTION] = {"#2563eb", "#ffffff"},
    [FAMILY_DENSE] = {"#7c3aed", "#ffffff"},      [FAMILY_POOLING] = {"#059669", "#ffffff"},
    [FAMILY_ACTIVATION] = {"#fde68a", "#78350f"}, [FAMILY_NORMALISATION] = {"#cffafe", "#155e75"},
    [FAMILY_REDUCTION] = {"#99f6e4", "#134e4a"},  [FAMILY_STRUCTURE] = {"#cbd5e1", "#1e293b"},
    [FAMILY_MERGE] = {"#be185d", "#ffffff"}};

struct stack_colors layer_colors(const struct node *node)
{
    static const struct stack_colors dropout = {"#ede9fe", "#5b21b6"};
    return node->kind == LAYER_DROPOUT ? dropout : colors[layer_table[node->kind].family];
}

bool layer_is_slim(const struct node *node)
{
    enum layer_family family = layer_table[node->kind].family;
    return node->input_count == 1 &&
           (family == FAMILY_ACTIVATION || family == FAMILY_NORMALISATION || node->kind == LAYER_DROPOUT);
}

int box_index(const struct cluster *cluster)
{
    return cluster ? cluster->id + 1 : 0;
}

static void find_boxes(struct drawing *drawing)
{
    int most = 0;
    for (size_t i = 0; i < drawing->graph->nodes.count; i++)
        for (const struct cluster *c = drawing->graph->nodes.items[i]->cluster; c; c = c->parent)
            if (c->id + 1 > most)
                most = c->id + 1;
    drawing->box_count = most + 1;
    drawing->boxes = ARENA_ARRAY(drawing->arena, struct box, drawing->box_count);
    for (int i = 0; i < drawing->box_count; i++)
        drawing->boxes[i] = (struct box){NULL, -1, -1, -1, -1, -1, 0, false};
    for (size_t i = 0; i < drawing->graph->nodes.count; i++) {
        const struct node *node = drawing->graph->nodes.items[i];
        for (const struct cluster *c = node->cluster; c; c = c->parent) {
            drawing->boxes[box_index(c)].cluster = c;
            drawing->boxes[box_index(c)].heads += !layer_is_slim(node);
        }
    }
}

/* May `node` join the stack that ends before it? It may leave boxes that hold only that stack. */
static bool may_join(const struct drawing *drawing, const struct stack *stack, const struct node *node)
{
    if (!layer_is_slim(node) || stack->last->reader_count != 1 || stack->last->is_output ||
        layer_table[stack->head->kind].family == FAMILY_ENDS)
        return false;
    const struct cluster *at = stack->cluster;
    for (; at && at != node->cluster; at = at->parent)
        if (drawing->boxes[box_index(at)].heads > 1)
            return false;
    return at == node->cluster;
}

/* Adds the node to the end of a stack, if it may be there. */
static bool joined(const struct drawing *drawing, struct stack *stack, const struct node *node)
{
    if (stack->last != node->inputs[0] || !may_join(drawing, stack, node))
        return false;
    stack->last = node;
    stack->cluster = node->cluster;
    return true;
}

static void make_stacks(struct drawing *drawing)
{
    size_t count = drawing->graph->nodes.count;
    drawing->stack_of = ARENA_ARRAY(drawing->arena, int, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct node *node = drawing->graph->nodes.items[i];
        size_t none = drawing->stacks.count;
        size_t before = node->input_count == 1 ? (size_t)drawing->stack_of[node->inputs[0]->id] : none;
        if (before < none && joined(drawing, &drawing->stacks.items[before], node)) {
            drawing->stack_of[i] = (int)before;
            continue;
        }
        drawing->stack_of[i] = (int)drawing->stacks.count;
        struct stack fresh = {node, node, node->cluster, -1};
        VEC_PUSH(drawing->arena, &drawing->stacks, fresh);
    }
}

static void list_box(struct drawing *drawing, const struct cluster *cluster)
{
    struct box *box = &drawing->boxes[box_index(cluster)];
    if (!cluster || box->added)
        return;
    list_box(drawing, cluster->parent);
    struct box *parent = &drawing->boxes[box_index(cluster->parent)];
    box->added = true;
    if (parent->last_child >= 0)
        drawing->boxes[parent->last_child].next = box_index(cluster);
    else
        parent->first_child = box_index(cluster);
    parent->last_child = box_index(cluster);
}

static void list_stacks(struct drawing *drawing)
{
    for (int i = 0; i < drawing->box_count; i++)
        drawing->boxes[i].heads = 0;
    for (size_t i = 0; i < drawing->stacks.count; i++) {
        const struct cluster *cluster = drawing->stacks.items[i].cluster;
        struct box *box = &drawing->boxes[box_index(cluster)];
        list_box(drawing, cluster);
        if (box->last_stack >= 0)
            drawing->stacks.items[box->last_stack].next = (int)i;
        else
            box->first_stack = (int)i;
        box->last_stack = (int)i;
        for (const struct cluster *c = cluster; c; c = c->parent)
            drawing->boxes[box_index(c)].heads++;
    }
}

/* A name without the path of the box around it. */
static const char *short_name(const struct drawing *drawing, const struct stack *stack, const struct node *node)
{
    for (const struct cluster *c = stack->cluster; c; c = c->parent) {
        size_t length = c->path ? strlen(c->path) : 0;
        bool drawn = length && drawing->boxes[box_index(c)].heads > 1;
        if (drawn && strncmp(node->name, c->path, length) == 0 && node->name[length] == '.')
            return node->name + length + 1;
    }
    return node->name;
}

struct head_words stack_head(const struct drawing *drawing, const struct stack *stack)
{
    const struct node *node = stack->head;
    const bool ends = layer_table[node->kind].family == FAMILY_ENDS;
    const bool naming = (node->named || node->weight_count) && !layer_is_merge(node->kind);
    struct head_words words = {layer_table[node->kind].keyword, ends ? "" : report_arguments(drawing->arena, node), ""};
    if (node->shares && node->weight_count)
        words.name = arena_printf(drawing->arena, "weights of %s", node->shares->name);
    else if (naming)
        words.name = short_name(drawing, stack, node);
    return words;
}

const char *layer_tooltip(struct arena *arena, const struct node *node)
{
    struct text out = text_new(arena);
    text_printf(&out, "%s: %s", node->name, shape_text(arena, node->shape));
    if (node->params)
        text_printf(&out, ", %s parameters", text_thousands(arena, (long long)node->params));
    if (node->macs)
        text_printf(&out, ", %s MACs", text_thousands(arena, (long long)node->macs));
    return out.bytes;
}

int box_only_child(const struct drawing *drawing, const struct box *box)
{
    if (box->first_stack >= 0)
        return -1;
    int child = -1;
    for (int i = box->first_child; i >= 0; i = drawing->boxes[i].next)
        if (drawing->boxes[i].heads) {
            if (child >= 0)
                return -1;
            child = i;
        }
    return child;
}

/* The part of a box's path that the boxes around it do not show; "" if nothing is left. */
static const char *own_path(const struct cluster *cluster)
{
    const char *path = cluster->path ? cluster->path : "";
    for (const struct cluster *c = cluster->parent; c; c = c->parent) {
        size_t length = c->path ? strlen(c->path) : 0;
        if (length && strncmp(path, c->path, length) == 0 && (path[length] == '.' || !path[length]))
            return path[length] ? path + length + 1 : "";
    }
    return path;
}

static bool is_repeat(const struct cluster *cluster)
{
    return !cluster->path && strncmp(cluster->name, "x ", 2) == 0;
}

bool box_is_framed(const struct box *box)
{
    return box->heads > 1 && box->cluster && box->cluster->name && !is_repeat(box->cluster);
}

static struct frame_title own_title(const struct cluster *cluster)
{
    const char *label = own_path(cluster), *path = cluster->path ? cluster->path : "", *name = cluster->name;
    const bool number = strspn(label, "0123456789") == strlen(label);
    if (!*label || strcmp(name, label) == 0 || strcmp(name, path) == 0)
        return (struct frame_title){*label && !number ? label : *path ? path : name, *label ? "" : *path ? name : ""};
    return (struct frame_title){number ? path : label, name};
}

struct frame_title box_title(const struct drawing *drawing, const struct box *box)
{
    struct frame_title title = own_title(box->cluster);
    for (int i = box_only_child(drawing, box); i >= 0; i = box_only_child(drawing, &drawing->boxes[i])) {
        const struct box *inner = &drawing->boxes[i];
        if (!box_is_framed(inner))
            continue;
        const struct frame_title more = own_title(inner->cluster);
        const char *gap = *title.rest ? "  " : "", *both = *more.rest ? "  " : "";
        title.rest = arena_printf(drawing->arena, "%s%s%s%s%s", title.rest, gap, more.name, both, more.rest);
    }
    return title;
}

const char *shape_pretty(struct arena *arena, struct shape shape)
{
    if (shape.h == 1 && shape.w == 1)
        return arena_printf(arena, "%lld", (long long)shape.c);
    return arena_printf(arena, "%lld\xC3\x97%lld\xC3\x97%lld", (long long)shape.h, (long long)shape.w,
                        (long long)shape.c);
}

bool drawing_lies_down(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->stacks.count; i++)
        if (drawing->stacks.items[i].head->input_count > 1)
            return false;
    return drawing->stacks.count <= MOST_SIDEWAYS && drawing->graph->inputs.count == 1;
}

void drawing_make(struct drawing *drawing, const struct graph *graph, struct arena *arena)
{
    *drawing = (struct drawing){.graph = graph, .arena = arena};
    find_boxes(drawing);
    make_stacks(drawing);
    list_stacks(drawing);
}
