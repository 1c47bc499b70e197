/* --emit=dot: the network as a picture. A layer and the normalisations and activations after it are
 * drawn as one stack. Blocks, repeats and labelled groups are boxes around their stacks; a box around a
 * single stack is left out, and boxes with the same content are merged. */
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "report/report.h"

enum { MOST_SIDEWAYS = 11 }; /* a short chain is drawn sideways, as on a slide */

struct stack { /* drawn as one node of the picture */
    const struct node *head, *last;
    const struct cluster *cluster;
    int next; /* the next stack of the same cluster, or -1 */
};

struct box { /* a cluster of the graph */
    const struct cluster *cluster;
    int first_stack, last_stack, first_child, last_child, next; /* -1: none */
    int heads;                                                  /* stacks in it and below */
    bool added;                                                 /* listed under its parent */
};

struct drawing {
    const struct graph *graph;
    struct arena *arena;
    struct text *out;
    int *stack_of; /* by node id */
    struct VEC(struct stack) stacks;
    struct box *boxes; /* by cluster id, plus one; boxes[0] is the whole picture */
    int box_count;
    int *labelled;  /* by node id: an edge already carries its shape */
    bool *shortcut; /* by node id: one of its readers is a merge */
    int indent;
};

static const struct {
    const char *fill, *ink;
} colors[FAMILY_COUNT] = {[FAMILY_ENDS] = {"#475569", "#ffffff"},       [FAMILY_CONVOLUTION] = {"#2563eb", "#ffffff"},
                          [FAMILY_DENSE] = {"#7c3aed", "#ffffff"},      [FAMILY_POOLING] = {"#059669", "#ffffff"},
                          [FAMILY_ACTIVATION] = {"#fde68a", "#78350f"}, [FAMILY_NORMALISATION] = {"#cffafe", "#155e75"},
                          [FAMILY_REDUCTION] = {"#99f6e4", "#134e4a"},  [FAMILY_STRUCTURE] = {"#cbd5e1", "#1e293b"},
                          [FAMILY_MERGE] = {"#be185d", "#ffffff"}};

/* Control characters for a terminal, and characters that XML cannot hold. */
static bool is_unprintable(const unsigned char *p, int length)
{
    bool c1_control = length == 2 && *p == 0xC2 && p[1] < 0xA0;
    bool no_character = length == 3 && *p == 0xEF && p[1] == 0xBF && p[2] >= 0xBE;
    return *p < 32 || *p == 127 || c1_control || no_character;
}

/* User text for an HTML-like label or for a quoted string. Very long text is cut in a label, since it
 * would stretch the picture. */
static const char *escaped(struct arena *arena, const char *string, bool html)
{
    enum { LONGEST = 80 };
    struct text out = text_new(arena);
    int characters = 0;
    for (const unsigned char *p = (const unsigned char *)string; *p;) {
        int length = utf8_length(p);
        if (html && ++characters > LONGEST) {
            text_add(&out, "\xE2\x80\xA6");
            break;
        }
        if (is_unprintable(p, length))
            text_add_char(&out, '?');
        else if (*p == '&')
            text_add(&out, "&amp;");
        else if (*p == '<')
            text_add(&out, "&lt;");
        else if (*p == '>')
            text_add(&out, "&gt;");
        else if (*p == '"')
            text_add(&out, "&quot;");
        else if (*p == '\\') /* dot replaces \N by a name, however '\' is written: a zero-width space separates them */
            text_add(&out, "&#92;&#8203;");
        else if (length)
            text_add_bytes(&out, (const char *)p, (size_t)length);
        else
            text_add(&out, "\xEF\xBF\xBD");
        p += length ? length : 1;
    }
    return out.bytes;
}

static bool is_slim(const struct node *node)
{
    enum layer_family family = layer_table[node->kind].family;
    return node->input_count == 1 &&
           (family == FAMILY_ACTIVATION || family == FAMILY_NORMALISATION || node->kind == LAYER_DROPOUT);
}

static int box_index(const struct cluster *cluster)
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
            drawing->boxes[box_index(c)].heads += !is_slim(node);
        }
    }
}

/* May `node` join the stack that ends before it? It may leave boxes that hold only that stack. */
static bool may_join(const struct drawing *drawing, const struct stack *stack, const struct node *node)
{
    if (!is_slim(node) || stack->last->reader_count != 1 || stack->last->is_output ||
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

static void indent(struct drawing *drawing)
{
    text_repeat(drawing->out, ' ', 2 * drawing->indent);
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

static void add_head(struct drawing *drawing, const struct stack *stack)
{
    const struct node *node = stack->head;
    enum layer_family family = layer_table[node->kind].family;
    const char *arguments = report_arguments(drawing->arena, node), *ink = colors[family].ink;
    bool slim = is_slim(node), naming = (node->named || node->weight_count) && !layer_is_merge(node->kind);
    if (family == FAMILY_ENDS)
        arguments = "";
    text_printf(drawing->out,
                "<TR><TD PORT=\"in\" STYLE=\"ROUNDED\" BGCOLOR=\"%s\" CELLPADDING=\"%d\"><FONT COLOR=\"%s\"><B>%s</B>",
                colors[family].fill, slim ? 3 : 6, ink, layer_table[node->kind].keyword);
    if (*arguments)
        text_printf(drawing->out, "&#160;%s", escaped(drawing->arena, arguments, true)); /* SVG drops a blank there */
    if (node->shares && node->weight_count)
        text_printf(drawing->out, "<BR/><FONT POINT-SIZE=\"9\">weights of %s</FONT>",
                    escaped(drawing->arena, node->shares->name, true));
    else if (naming)
        text_printf(drawing->out, "<BR/><FONT POINT-SIZE=\"9\">%s</FONT>",
                    escaped(drawing->arena, short_name(drawing, stack, node), true));
    text_add(drawing->out, "</FONT></TD></TR>");
}

static void add_slim(struct drawing *drawing, const struct node *node, bool last)
{
    enum layer_family family = layer_table[node->kind].family;
    bool dropout = family == FAMILY_DENSE;
    text_printf(drawing->out,
                "<TR><TD%s STYLE=\"ROUNDED\" BGCOLOR=\"%s\" CELLPADDING=\"2\"><FONT COLOR=\"%s\" POINT-SIZE=\"10\">"
                "%s</FONT></TD></TR>",
                last ? " PORT=\"out\"" : "", dropout ? "#ede9fe" : colors[family].fill,
                dropout ? "#5b21b6" : colors[family].ink,
                escaped(drawing->arena, report_call(drawing->arena, node), true));
}

static const char *tooltip(struct drawing *drawing, const struct node *node)
{
    struct text out = text_new(drawing->arena);
    text_printf(&out, "%s: %s", node->name, shape_text(drawing->arena, node->shape));
    if (node->params)
        text_printf(&out, ", %s parameters", text_thousands(drawing->arena, (long long)node->params));
    if (node->macs)
        text_printf(&out, ", %s MACs", text_thousands(drawing->arena, (long long)node->macs));
    return escaped(drawing->arena, out.bytes, false);
}

static void add_stack(struct drawing *drawing, int index)
{
    const struct stack *stack = &drawing->stacks.items[index];
    indent(drawing);
    text_printf(drawing->out, "s%d [tooltip=\"%s\", label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"1\">",
                index, tooltip(drawing, stack->head));
    add_head(drawing, stack);
    for (int id = stack->head->id + 1; id <= stack->last->id; id++)
        if (drawing->stack_of[id] == index)
            add_slim(drawing, drawing->graph->nodes.items[id], id == stack->last->id);
    text_add(drawing->out, "</TABLE>>];\n");
}

/* The child that is a box's only content, or -1. */
static int only_child(const struct drawing *drawing, const struct box *box)
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

/* "layer1 stage", "basic layer1.0", "x2": the user's label first, then the block; the other way round
 * where the label is only a number. */
static void add_cluster_title(struct drawing *drawing, const struct cluster *cluster, bool bold)
{
    const char *label = own_path(cluster), *name = cluster->name, *second = "";
    bool number = strspn(label, "0123456789") == strlen(label), repeat = !cluster->path && strncmp(name, "x ", 2) == 0;
    if (repeat) {
        name = arena_printf(drawing->arena, "\xC3\x97 %s", name + 2);
    } else if (*label && !number) {
        second = strcmp(name, label) == 0 || strcmp(name, cluster->path) == 0 ? "" : name;
        name = label;
    } else if (*label) {
        second = strcmp(name, cluster->path) == 0 ? "" : cluster->path;
        name = *second ? name : cluster->path;
    }
    text_printf(drawing->out, bold ? "<B>%s</B>" : " &#160;<FONT COLOR=\"#64748b\">%s</FONT>",
                escaped(drawing->arena, name, true));
    if (*second)
        text_printf(drawing->out, " &#160;<FONT COLOR=\"#64748b\">%s</FONT>", escaped(drawing->arena, second, true));
}

static void add_title(struct drawing *drawing, const struct box *box, int inner)
{
    indent(drawing);
    text_add(drawing->out, "labeljust=l; label=<"); /* out of the way of the incoming edge */
    add_cluster_title(drawing, box->cluster, true);
    for (int i = inner; i >= 0; i = only_child(drawing, &drawing->boxes[i]))
        if (drawing->boxes[i].cluster->name && drawing->boxes[i].heads > 1)
            add_cluster_title(drawing, drawing->boxes[i].cluster, false);
    text_add(drawing->out, ">;\n");
}

static void add_box(struct drawing *drawing, int index);

static void add_content(struct drawing *drawing, const struct box *box)
{
    for (int i = box->first_stack; i >= 0; i = drawing->stacks.items[i].next)
        add_stack(drawing, i);
    for (int i = box->first_child; i >= 0; i = drawing->boxes[i].next)
        add_box(drawing, i);
}

static void add_box(struct drawing *drawing, int index)
{
    const struct box *box = &drawing->boxes[index];
    if (box->heads < 2 || !box->cluster->name) { /* nothing worth a frame */
        add_content(drawing, box);
        return;
    }
    int inner = only_child(drawing, box);
    indent(drawing);
    text_printf(drawing->out, "subgraph cluster_%d {\n", index);
    drawing->indent++;
    add_title(drawing, box, inner);
    while (inner >= 0) {
        box = &drawing->boxes[inner];
        inner = only_child(drawing, box);
    }
    add_content(drawing, box);
    drawing->indent--;
    indent(drawing);
    text_add(drawing->out, "}\n");
}

/* 28x28x6 with the multiplication sign; a vector as its length. */
static const char *pretty_shape(struct arena *arena, struct shape shape)
{
    if (shape.h == 1 && shape.w == 1)
        return arena_printf(arena, "%lld", (long long)shape.c);
    return arena_printf(arena, "%lld\xC3\x97%lld\xC3\x97%lld", (long long)shape.h, (long long)shape.w,
                        (long long)shape.c);
}

static bool merges(const struct node *node)
{
    return node->input_count > 1;
}

/* A shortcut: the tensor that is split goes straight to the merge. */
static bool is_shortcut(const struct node *from, const struct node *to)
{
    return merges(to) && from->reader_count > 1;
}

/* Heavy edges are drawn straight. Beside a shortcut the other path is straight; parallel branches are
 * all alike, so that a merge is centred below them. */
static bool is_straight(const struct drawing *drawing, const struct node *from, const struct node *to)
{
    bool beside = false;
    if (is_shortcut(from, to))
        return false;
    if (from->reader_count > 1)
        return drawing->shortcut[from->id];
    for (size_t i = 0; i < to->input_count; i++)
        beside |= is_shortcut(to->inputs[i], to);
    return !merges(to) || beside;
}

static void find_shortcuts(struct drawing *drawing)
{
    drawing->shortcut = ARENA_ARRAY(drawing->arena, bool, drawing->graph->nodes.count + 1);
    for (size_t i = 0; i < drawing->graph->nodes.count; i++) {
        const struct node *node = drawing->graph->nodes.items[i];
        for (size_t k = 0; k < node->input_count; k++)
            if (is_shortcut(node->inputs[k], node))
                drawing->shortcut[node->inputs[k]->id] = true;
    }
}

/* A tensor's shape is written on the first of its edges. */
static void add_edge(struct drawing *drawing, const struct node *tensor, const char *from, const char *to,
                     bool straight)
{
    text_printf(drawing->out, "  %s -> %s", from, to);
    if (!drawing->labelled[tensor->id]++)
        text_printf(drawing->out, " [label=\" %s \"%s];\n", pretty_shape(drawing->arena, tensor->shape),
                    straight ? ", weight=8" : "");
    else
        text_add(drawing->out, straight ? " [weight=8];\n" : ";\n");
}

static const char *port_of_end(const struct drawing *drawing, int stack)
{
    return drawing->stacks.items[stack].last == drawing->stacks.items[stack].head ? "in" : "out";
}

static void add_edges(struct drawing *drawing)
{
    drawing->labelled = ARENA_ARRAY(drawing->arena, int, drawing->graph->nodes.count + 1);
    find_shortcuts(drawing);
    for (size_t i = 0; i < drawing->stacks.count; i++) {
        const struct node *head = drawing->stacks.items[i].head;
        for (size_t k = 0; k < head->input_count; k++) {
            const struct node *input = head->inputs[k];
            int from = drawing->stack_of[input->id];
            /* A shortcut is an arc at the side: from middle to middle it would wind its way around the boxes. */
            if (is_shortcut(input, head))
                add_edge(drawing, input, arena_printf(drawing->arena, "s%d:%s", from, port_of_end(drawing, from)),
                         arena_printf(drawing->arena, "s%zu:in", i), false);
            else
                add_edge(drawing, input, arena_printf(drawing->arena, "s%d", from),
                         arena_printf(drawing->arena, "s%zu", i), is_straight(drawing, input, head));
        }
    }
    for (size_t i = 0; i < drawing->graph->outputs.count; i++) {
        const struct output_tensor *output = &drawing->graph->outputs.items[i];
        if (output->node->kind == LAYER_OUTPUT)
            continue;
        const char *end = arena_printf(drawing->arena, "o%zu", i);
        text_printf(drawing->out,
                    "  %s [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\"><TR><TD STYLE=\"ROUNDED\" BGCOLOR=\"%s\" "
                    "CELLPADDING=\"6\"><FONT COLOR=\"%s\"><B>OUTPUT</B></FONT></TD></TR></TABLE>>];\n",
                    end, colors[FAMILY_ENDS].fill, colors[FAMILY_ENDS].ink);
        add_edge(drawing, output->node, arena_printf(drawing->arena, "s%d", drawing->stack_of[output->node->id]), end,
                 true);
    }
}

static bool lies_down(const struct drawing *drawing)
{
    for (size_t i = 0; i < drawing->stacks.count; i++)
        if (drawing->stacks.items[i].head->input_count > 1)
            return false;
    return drawing->stacks.count <= MOST_SIDEWAYS && drawing->graph->inputs.count == 1;
}

static void add_preamble(struct drawing *drawing)
{
    const struct graph *graph = drawing->graph;
    const char *fonts = "Helvetica,Arial,sans-serif";
    text_printf(drawing->out,
                "digraph network {\n"
                "  graph [rankdir=%s, bgcolor=white, nodesep=0.3, ranksep=0.3, pad=0.25,\n"
                "         fontname=\"%s\", fontsize=12, labelloc=t, style=\"rounded,filled\",\n"
                "         fillcolor=\"#64748b14\", color=\"#cbd5e1\"];\n"
                "  node [shape=plain, fontname=\"%s\", fontsize=12];\n"
                "  edge [fontname=\"%s\", fontsize=9, fontcolor=\"#475569\", color=\"#94a3b8\", penwidth=1.2, "
                "arrowsize=0.6];\n",
                lies_down(drawing) ? "LR" : "TB", fonts, fonts, fonts);
    text_printf(drawing->out,
                "  label=<<FONT POINT-SIZE=\"18\"><B>%s</B></FONT><BR/><FONT POINT-SIZE=\"11\" COLOR=\"#64748b\">"
                "%s parameters &#160;\xC2\xB7&#160; %s multiply-accumulates</FONT><BR/>&#160;>;\n",
                escaped(drawing->arena, graph->name, true), text_thousands(drawing->arena, (long long)graph->params),
                text_thousands(drawing->arena, (long long)graph->macs));
}

void report_dot(const struct graph *graph, struct text *out)
{
    struct drawing drawing = {.graph = graph, .arena = out->arena, .out = out, .indent = 1};
    find_boxes(&drawing);
    make_stacks(&drawing);
    list_stacks(&drawing);
    add_preamble(&drawing);
    add_content(&drawing, &drawing.boxes[0]);
    add_edges(&drawing);
    text_add(out, "}\n");
}
