/* --emit=dot: the network as a picture in Graphviz's language. */
#include <string.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "report/drawing.h"

/* The shared drawing as it becomes dot's text. */
struct drawn {
    struct drawing drawing;
    struct text *out;
    int *labelled;  /* by node id: an edge already carries its shape */
    bool *shortcut; /* by node id: one of its readers is a merge */
    int indent;
};

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

static void indent(struct drawn *drawn)
{
    text_repeat(drawn->out, ' ', 2 * drawn->indent);
}

/* The keyword and its arguments are one piece of text: a blank between two of them would be lost where a program that
 * shows SVG has wider letters than dot counted on. */
static void add_head(struct drawn *drawn, const struct stack *stack)
{
    const struct stack_colors colors = layer_colors(stack->head);
    const struct head_words words = stack_head(&drawn->drawing, stack);
    struct arena *arena = drawn->drawing.arena;
    text_printf(
        drawn->out,
        "<TR><TD PORT=\"in\" STYLE=\"ROUNDED\" BGCOLOR=\"%s\" CELLPADDING=\"%d\"><FONT COLOR=\"%s\"><B>%s%s%s</B>",
        colors.fill, layer_is_slim(stack->head) ? 3 : 6, colors.ink, words.keyword, *words.arguments ? " " : "",
        escaped(arena, words.arguments, true));
    if (*words.name)
        text_printf(drawn->out, "<BR/><FONT POINT-SIZE=\"9\">%s</FONT>", escaped(arena, words.name, true));
    text_add(drawn->out, "</FONT></TD></TR>");
}

static void add_slim(struct drawn *drawn, const struct node *node, bool last)
{
    const struct stack_colors colors = layer_colors(node);
    text_printf(drawn->out,
                "<TR><TD%s STYLE=\"ROUNDED\" BGCOLOR=\"%s\" CELLPADDING=\"2\"><FONT COLOR=\"%s\" POINT-SIZE=\"10\">"
                "%s</FONT></TD></TR>",
                last ? " PORT=\"out\"" : "", colors.fill, colors.ink,
                escaped(drawn->drawing.arena, report_call(drawn->drawing.arena, node), true));
}

static void add_stack(struct drawn *drawn, int index)
{
    const struct stack *stack = &drawn->drawing.stacks.items[index];
    indent(drawn);
    text_printf(drawn->out, "s%d [class=\"", index);
    for (int id = stack->head->id; id <= stack->last->id; id++) {
        const struct position at = report_place(drawn->drawing.graph, drawn->drawing.graph->nodes.items[id]);
        if (drawn->drawing.stack_of[id] == index && at.line)
            text_printf(drawn->out, "%sat-%d-%d", id > stack->head->id ? " " : "", at.line, at.column);
    }
    text_printf(drawn->out, "\", tooltip=\"%s\", label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"1\">",
                escaped(drawn->drawing.arena, layer_tooltip(drawn->drawing.arena, stack->head), false));
    add_head(drawn, stack);
    for (int id = stack->head->id + 1; id <= stack->last->id; id++)
        if (drawn->drawing.stack_of[id] == index)
            add_slim(drawn, drawn->drawing.graph->nodes.items[id], id == stack->last->id);
    text_add(drawn->out, "</TABLE>>];\n");
}

static void add_title(struct drawn *drawn, const struct box *box)
{
    const struct frame_title title = box_title(&drawn->drawing, box);
    struct arena *arena = drawn->drawing.arena;
    indent(drawn);
    text_printf(drawn->out, "labeljust=l; label=<<B>%s</B>", escaped(arena, title.name, true)); /* beside the edge */
    if (*title.rest)
        text_printf(drawn->out, " &#160;<FONT COLOR=\"#64748b\">%s</FONT>", escaped(arena, title.rest, true));
    text_add(drawn->out, ">;\n");
}

static void add_box(struct drawn *drawn, int index);

static void add_content(struct drawn *drawn, const struct box *box)
{
    for (int i = box->first_stack; i >= 0; i = drawn->drawing.stacks.items[i].next)
        add_stack(drawn, i);
    for (int i = box->first_child; i >= 0; i = drawn->drawing.boxes[i].next)
        add_box(drawn, i);
}

static void add_box(struct drawn *drawn, int index)
{
    const struct box *box = &drawn->drawing.boxes[index];
    if (!box_is_framed(box)) {
        add_content(drawn, box);
        return;
    }
    int inner = box_only_child(&drawn->drawing, box);
    indent(drawn);
    text_printf(drawn->out, "subgraph cluster_%d {\n", index);
    drawn->indent++;
    add_title(drawn, box);
    while (inner >= 0) {
        box = &drawn->drawing.boxes[inner];
        inner = box_only_child(&drawn->drawing, box);
    }
    add_content(drawn, box);
    drawn->indent--;
    indent(drawn);
    text_add(drawn->out, "}\n");
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
static bool is_straight(const struct drawn *drawn, const struct node *from, const struct node *to)
{
    bool beside = false;
    if (is_shortcut(from, to))
        return false;
    if (from->reader_count > 1)
        return drawn->shortcut[from->id];
    for (size_t i = 0; i < to->input_count; i++)
        beside |= is_shortcut(to->inputs[i], to);
    return !merges(to) || beside;
}

static void find_shortcuts(struct drawn *drawn)
{
    drawn->shortcut = ARENA_ARRAY(drawn->drawing.arena, bool, drawn->drawing.graph->nodes.count + 1);
    for (size_t i = 0; i < drawn->drawing.graph->nodes.count; i++) {
        const struct node *node = drawn->drawing.graph->nodes.items[i];
        for (size_t k = 0; k < node->input_count; k++)
            if (is_shortcut(node->inputs[k], node))
                drawn->shortcut[node->inputs[k]->id] = true;
    }
}

/* A tensor's shape is written on the first of its edges. */
static void add_edge(struct drawn *drawn, const struct node *tensor, const char *from, const char *to, bool straight)
{
    text_printf(drawn->out, "  %s -> %s", from, to);
    if (!drawn->labelled[tensor->id]++)
        text_printf(drawn->out, " [label=\" %s \"%s];\n", shape_pretty(drawn->drawing.arena, tensor->shape),
                    straight ? ", weight=8" : "");
    else
        text_add(drawn->out, straight ? " [weight=8];\n" : ";\n");
}

static const char *port_of_end(const struct drawn *drawn, int stack)
{
    return drawn->drawing.stacks.items[stack].last == drawn->drawing.stacks.items[stack].head ? "in" : "out";
}

static void add_edges(struct drawn *drawn)
{
    drawn->labelled = ARENA_ARRAY(drawn->drawing.arena, int, drawn->drawing.graph->nodes.count + 1);
    find_shortcuts(drawn);
    for (size_t i = 0; i < drawn->drawing.stacks.count; i++) {
        const struct node *head = drawn->drawing.stacks.items[i].head;
        for (size_t k = 0; k < head->input_count; k++) {
            const struct node *input = head->inputs[k];
            int from = drawn->drawing.stack_of[input->id];
            /* A shortcut is an arc at the side: from middle to middle it would wind its way around the boxes. */
            if (is_shortcut(input, head))
                add_edge(drawn, input, arena_printf(drawn->drawing.arena, "s%d:%s", from, port_of_end(drawn, from)),
                         arena_printf(drawn->drawing.arena, "s%zu:in", i), false);
            else
                add_edge(drawn, input, arena_printf(drawn->drawing.arena, "s%d", from),
                         arena_printf(drawn->drawing.arena, "s%zu", i), is_straight(drawn, input, head));
        }
    }
    const struct stack_colors end_colors = layer_colors(drawn->drawing.graph->inputs.items[0]);
    for (size_t i = 0; i < drawn->drawing.graph->outputs.count; i++) {
        const struct output_tensor *output = &drawn->drawing.graph->outputs.items[i];
        if (output->node->kind == LAYER_OUTPUT)
            continue;
        const char *end = arena_printf(drawn->drawing.arena, "o%zu", i);
        text_printf(drawn->out,
                    "  %s [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\"><TR><TD STYLE=\"ROUNDED\" BGCOLOR=\"%s\" "
                    "CELLPADDING=\"6\"><FONT COLOR=\"%s\"><B>OUTPUT</B></FONT></TD></TR></TABLE>>];\n",
                    end, end_colors.fill, end_colors.ink);
        add_edge(drawn, output->node,
                 arena_printf(drawn->drawing.arena, "s%d", drawn->drawing.stack_of[output->node->id]), end, true);
    }
}

static void add_preamble(struct drawn *drawn)
{
    const struct graph *graph = drawn->drawing.graph;
    const char *fonts = "Helvetica,Arial,sans-serif";
    text_printf(drawn->out,
                "digraph network {\n"
                "  graph [rankdir=%s, bgcolor=white, nodesep=0.3, ranksep=0.3, pad=0.25,\n"
                "         fontname=\"%s\", fontsize=12, labelloc=t, style=\"rounded,filled\",\n"
                "         fillcolor=\"#64748b14\", color=\"#cbd5e1\"];\n"
                "  node [shape=plain, fontname=\"%s\", fontsize=12];\n"
                "  edge [fontname=\"%s\", fontsize=9, fontcolor=\"#475569\", color=\"#94a3b8\", penwidth=1.2, "
                "arrowsize=0.6];\n",
                drawing_lies_down(&drawn->drawing) ? "LR" : "TB", fonts, fonts, fonts);
    text_printf(drawn->out,
                "  label=<<FONT POINT-SIZE=\"18\"><B>%s</B></FONT><BR/><FONT POINT-SIZE=\"11\" COLOR=\"#64748b\">"
                "%s parameters &#160;\xC2\xB7&#160; %s multiply-accumulates</FONT><BR/>&#160;>;\n",
                escaped(drawn->drawing.arena, graph->name, true),
                text_thousands(drawn->drawing.arena, (long long)graph->params),
                text_thousands(drawn->drawing.arena, (long long)graph->macs));
}

void report_dot(const struct graph *graph, struct text *out)
{
    struct drawn drawn = {.out = out, .indent = 1};
    drawing_make(&drawn.drawing, graph, out->arena);
    add_preamble(&drawn);
    add_content(&drawn, &drawn.drawing.boxes[0]);
    add_edges(&drawn);
    text_add(out, "}\n");
}
