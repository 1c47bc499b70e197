/* --emit=svg: draws what layout.c has laid out. Letters are taken to be as wide as those of DejaVu Sans, wider than
 * most, and every text is one element, so that any program shows it whole. Each layer is a group with the place where
 * the text calls it as its class, "at-LINE-COLUMN", for editors. */
#include "report/layout.h"

#include <string.h>

#include "base/text.h"
#include "report/picture.h"

enum {
    MARGIN = 24,
    TITLE = 58, /* height of the network's name and totals */
    HEAD = LAYOUT_HEAD,
    HEAD_NAMED = 39,
    SLIM = LAYOUT_SLIM,
    SLIM_HEAD = 21,
    END = LAYOUT_END,
    LETTERS = 60 /* of a layer; a longer text would stretch the picture */
};

struct picture {
    struct drawing drawing;
    struct arrangement layout;
    struct text *out;
    bool *labelled;      /* by node id: its shape stands at an edge */
    double left;         /* of the layout */
    double end_x, end_y; /* of OUTPUT, its top's middle */
    double width, height;
};

static double letter_width(unsigned char letter)
{
    if (strchr("iljI.,:;|'!()[]/ ", letter))
        return 0.36;
    if (strchr("mwMW@%", letter))
        return 0.94;
    return letter >= 'A' && letter <= 'Z' ? 0.7 : 0.62;
}

static double text_width(const char *words, double size, bool bold)
{
    double width = 0;
    for (const char *p = words; *p; p++)
        if (((unsigned char)*p & 0xC0) != 0x80)
            width += letter_width((unsigned char)*p);
    return width * size * (bold ? 1.12 : 1);
}

static const char *cut(struct arena *arena, const char *words)
{
    size_t bytes = 0;
    int left = LETTERS;
    while (words[bytes] && (((unsigned char)words[bytes] & 0xC0) == 0x80 || left-- > 0))
        bytes++;
    return words[bytes] ? arena_printf(arena, "%.*s\xE2\x80\xA6", (int)bytes, words) : words;
}

/* ---- sizes ---- */

static double title_width(const struct drawing *d, const struct box *box)
{
    const struct frame_title title = box_title(d, box);
    return text_width(cut(d->arena, title.name), 11, true) + text_width(cut(d->arena, title.rest), 11, false) +
           (*title.rest ? 8 : 0);
}

static double head_height(const struct stack *stack, const struct head_words *words)
{
    return layer_is_slim(stack->head) ? SLIM_HEAD : *words->name ? HEAD_NAMED : HEAD;
}

static struct placed size_of(const struct drawing *d, int index)
{
    const struct stack *stack = &d->stacks.items[index];
    const struct head_words words = stack_head(d, stack);
    const double named = text_width(cut(d->arena, words.name), 9, false);
    struct placed p = {.height = head_height(stack, &words)};
    p.width = text_width(words.keyword, 12, true) + text_width(cut(d->arena, words.arguments), 12, false) + 22;
    p.width = named + 18 > p.width ? named + 18 : p.width;
    for (int id = stack->head->id + 1; id <= stack->last->id; id++)
        if (d->stack_of[id] == index) {
            const double wide = text_width(cut(d->arena, report_call(d->arena, d->graph->nodes.items[id])), 10, false);
            p.width = wide + 14 > p.width ? wide + 14 : p.width;
            p.height += SLIM + 1;
        }
    p.label = 10 + text_width(shape_pretty(d->arena, stack->last->shape), 9, false);
    return p;
}

/* ---- stacks ---- */

static void begin_layer(struct picture *p, const struct node *node)
{
    const struct position at = report_place(p->drawing.graph, node);
    text_add(p->out, "<g class=\"layer");
    if (at.line)
        text_printf(p->out, " at-%d-%d", at.line, at.column);
    text_add(p->out, "\" data-layer=\"");
    text_add_xml(p->out, node->name);
    text_add(p->out, "\"><title>");
    text_add_xml(p->out, layer_tooltip(p->drawing.arena, node));
    text_add(p->out, "</title>");
}

static void add_rect(struct picture *p, double x, double y, double width, double height, const char *fill)
{
    text_printf(p->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"5\" fill=\"%s\"/>", x, y,
                width, height, fill);
}

static void add_centred(struct picture *p, double x, double y, double size, const char *ink, const char *words)
{
    text_printf(p->out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%g\" fill=\"%s\">", x, y, size, ink);
    text_add_xml(p->out, cut(p->drawing.arena, words));
    text_add(p->out, "</text>");
}

static void add_head(struct picture *p, const struct stack *stack, const struct placed *at, double y)
{
    const struct head_words words = stack_head(&p->drawing, stack);
    const struct stack_colors colors = layer_colors(stack->head);
    const double height = head_height(stack, &words);
    begin_layer(p, stack->head);
    add_rect(p, at->x - at->width / 2, y, at->width, height, colors.fill);
    text_printf(p->out, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\"><tspan font-weight=\"bold\">%s</tspan>", at->x,
                y + (height == SLIM_HEAD ? 15 : 17), colors.ink, words.keyword);
    if (*words.arguments) {
        text_add(p->out, "&#160;");
        text_add_xml(p->out, cut(p->drawing.arena, words.arguments));
    }
    text_add(p->out, "</text>");
    if (*words.name && height == HEAD_NAMED)
        add_centred(p, at->x, y + 31, 9, colors.ink, words.name);
    text_add(p->out, "</g>\n");
}

static void add_stack(struct picture *p, int index)
{
    const struct stack *stack = &p->drawing.stacks.items[index];
    const struct placed *at = &p->layout.stacks[index];
    const struct head_words words = stack_head(&p->drawing, stack);
    const double height = head_height(stack, &words);
    const double step = at->rises ? -SLIM - 1 : SLIM + 1;
    double y = at->rises ? at->y + at->height - height - SLIM - 1 : at->y + height + 1;
    add_head(p, stack, at, at->rises ? at->y + at->height - height : at->y);
    for (int id = stack->head->id + 1; id <= stack->last->id; id++) {
        const struct node *node = p->drawing.graph->nodes.items[id];
        if (p->drawing.stack_of[id] != index)
            continue;
        begin_layer(p, node);
        add_rect(p, at->x - at->width / 2, y, at->width, SLIM, layer_colors(node).fill);
        add_centred(p, at->x, y + 12.5, 10, layer_colors(node).ink, report_call(p->drawing.arena, node));
        text_add(p->out, "</g>\n");
        y += step;
    }
}

static void add_frame(struct picture *p, const struct frame *f)
{
    const struct frame_title title = box_title(&p->drawing, &p->drawing.boxes[f->box]);
    text_printf(p->out,
                "<rect class=\"frame\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"8\"/>"
                "<text class=\"frame-title\" x=\"%.1f\" y=\"%.1f\"><tspan font-weight=\"bold\">",
                f->left, f->top, f->right - f->left, f->bottom - f->top, f->left + FRAME_PAD, f->top + 16);
    text_add_xml(p->out, cut(p->drawing.arena, title.name));
    text_add(p->out, "</tspan>");
    if (*title.rest) {
        text_add(p->out, "&#160;<tspan dx=\"4\" fill=\"#64748b\">");
        text_add_xml(p->out, cut(p->drawing.arena, title.rest));
        text_add(p->out, "</tspan>");
    }
    text_add(p->out, "</text>\n");
}

/* ---- edges ---- */

static void add_shape(struct picture *p, const struct node *tensor, double x, double y, bool centred)
{
    if (p->labelled[tensor->id])
        return;
    p->labelled[tensor->id] = true;
    text_printf(p->out, "<text class=\"shape%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", centred ? " centred" : "", x, y,
                shape_pretty(p->drawing.arena, tensor->shape));
}

static void add_lane(struct picture *p, const struct lane *lane)
{
    const struct placed *from = &p->layout.stacks[lane->from], *to = &p->layout.stacks[lane->to];
    const double begin = layout_leaves(&p->layout, lane->from), end = layout_arrives(to);
    text_printf(p->out,
                "<path class=\"edge\" d=\"M%.1f %.1fH%.1fq8 0 8 8V%.1fq0 8 -8 8H%.1f\" marker-end=\"url(#arrow)\"/>\n",
                from->x + from->width / 2, begin, lane->x - 8, end - 8, to->x + to->width / 2 + 2);
}

/* The edge's lane, if it has one. */
static const struct lane *lane_of(const struct picture *p, int from, int to)
{
    for (size_t i = p->layout.lanes.count; i-- > 0;)
        if (p->layout.lanes.items[i].from == from && p->layout.lanes.items[i].to == to)
            return &p->layout.lanes.items[i];
    return NULL;
}

/* From the middle below to the middle above, with a curve from one height to the other where they are not in line. */
static void add_curve(struct picture *p, double x, double y, double begin, double end, double to_x, double to_y)
{
    text_printf(p->out, "<path class=\"edge\" d=\"M%.1f %.1f", x, y);
    if (x - to_x > 0.05 || to_x - x > 0.05)
        text_printf(p->out, "V%.1fC%.1f %.1f %.1f %.1f %.1f %.1f", begin, x, (begin + end) / 2, to_x, (begin + end) / 2,
                    to_x, end);
    text_printf(p->out, "V%.1f\" marker-end=\"url(#arrow)\"/>\n", to_y - 2);
}

/* The outermost frame that an edge leaves, or -1. */
static int last_left(const struct arrangement *l, int from, int to)
{
    int left = -1;
    for (int f = l->frame_of[from]; f >= 0; f = l->frames.items[f].parent) {
        int around = l->frame_of[to];
        while (around >= 0 && around != f)
            around = l->frames.items[around].parent;
        if (around == f)
            break;
        left = f;
    }
    return left;
}

/* Where the edge has left the frames that it starts in, going down, */
static double way_out(const struct picture *p, int from, int to)
{
    const int frame = last_left(&p->layout, from, to);
    const struct placed *a = &p->layout.stacks[from];
    return frame < 0 ? a->y + a->height : p->layout.frames.items[frame].bottom;
}

/* and going up. */
static double way_up(const struct picture *p, int from, int to)
{
    const int frame = last_left(&p->layout, from, to);
    return frame < 0 ? p->layout.stacks[from].y : p->layout.frames.items[frame].top;
}

/* To, or within, the column that rises. */
static void add_rising(struct picture *p, int from, int to, const struct node *tensor)
{
    const struct placed *a = &p->layout.stacks[from], *b = &p->layout.stacks[to];
    if (a->rises) {
        text_printf(p->out, "<path class=\"edge rising\" d=\"M%.1f %.1fV%.1f\" marker-end=\"url(#arrow)\"/>\n", a->x,
                    a->y, b->y + b->height + 2);
        add_shape(p, tensor, a->x + 7, way_up(p, from, to) - 6, false);
    } else if (to == p->layout.bend && from == to - 1) {
        const double bottom = way_out(p, from, to) + LAYOUT_TURN;
        text_printf(p->out,
                    "<path class=\"edge rising\" d=\"M%.1f %.1fV%.1fq0 8 8 8H%.1fq8 0 8 -8V%.1f\" "
                    "marker-end=\"url(#arrow)\"/>\n",
                    a->x, a->y + a->height, bottom - 8, b->x - 8, b->y + b->height + 2);
        add_shape(p, tensor, a->x + 7, bottom - 8, false);
    } else
        text_printf(p->out, "<path class=\"edge\" d=\"M%.1f %.1fH%.1f\" marker-end=\"url(#arrow)\"/>\n",
                    a->x + a->width / 2, layout_leaves(&p->layout, from), b->x - b->width / 2 - 2);
}

static void add_edge(struct picture *p, int from, int to, const struct node *tensor)
{
    const struct placed *a = &p->layout.stacks[from], *b = &p->layout.stacks[to];
    const double bottom = a->y + a->height;
    const struct lane *lane = lane_of(p, from, to);
    if (b->rises) {
        add_rising(p, from, to, tensor);
        return;
    }
    if (lane) {
        add_lane(p, lane);
    } else if (p->layout.sideways) {
        const double y = a->y + a->height / 2;
        text_printf(p->out, "<path class=\"edge\" d=\"M%.1f %.1fH%.1f\" marker-end=\"url(#arrow)\"/>\n",
                    a->x + a->width / 2, y, b->x - b->width / 2 - 2);
        add_shape(p, tensor, (a->x + a->width / 2 + b->x - b->width / 2) / 2, y - 6, true);
        return;
    } else if (b->fan_end != 0)
        add_curve(p, a->x, bottom, b->fan_end - LAYOUT_FAN, b->fan_end, b->x, b->y);
    else if (b->join_begin != 0)
        add_curve(p, a->x, bottom, b->join_begin, b->join_begin + LAYOUT_FAN, b->x, b->y);
    else
        add_curve(p, a->x, bottom, bottom + 2, b->y - 8, b->x, b->y);
    if (!lane)
        add_shape(p, tensor, a->x + 7, way_out(p, from, to) + 14, false);
}

static void add_edges(struct picture *p)
{
    const struct drawing *d = &p->drawing;
    for (int i = 0; i < (int)d->stacks.count; i++) {
        const struct node *head = d->stacks.items[i].head;
        for (size_t k = 0; k < head->input_count; k++) {
            bool drawn = false;
            for (size_t j = 0; j < k; j++)
                drawn |= d->stack_of[head->inputs[j]->id] == d->stack_of[head->inputs[k]->id];
            if (!drawn)
                add_edge(p, d->stack_of[head->inputs[k]->id], i, head->inputs[k]);
        }
    }
}

/* ---- OUTPUT, where the text does not say it ---- */

static const struct node *unsaid_output(const struct picture *p)
{
    const struct node *node = p->drawing.graph->outputs.items[0].node;
    return node->kind == LAYER_OUTPUT ? NULL : node;
}

static double end_width(void)
{
    return text_width("OUTPUT", 12, true) + 22;
}

static void place_end(struct picture *p)
{
    const struct placed *last = &p->layout.stacks[p->drawing.stacks.count - 1];
    p->width = p->layout.width;
    p->height = p->layout.height;
    if (!unsaid_output(p))
        return;
    if (p->layout.sideways) {
        p->end_x = p->layout.width + LAYOUT_SIDE + end_width() / 2;
        p->end_y = last->y + last->height / 2 - END / 2.0;
        p->width = p->end_x + end_width() / 2;
    } else if (last->rises) {
        p->end_x = last->x;
        p->end_y = layout_top(&p->layout, (int)p->drawing.stacks.count - 1) - LAYOUT_EDGE - END;
    } else {
        p->end_x = last->x;
        p->end_y = p->layout.height + LAYOUT_EDGE;
        p->height = p->end_y + END;
    }
}

static void add_end(struct picture *p)
{
    const struct node *output = unsaid_output(p);
    const struct placed *last = &p->layout.stacks[p->drawing.stacks.count - 1];
    const struct stack_colors colors = layer_colors(p->drawing.graph->inputs.items[0]);
    const double bottom = last->y + last->height, right = last->x + last->width / 2;
    if (!output)
        return;
    if (p->layout.sideways) {
        text_printf(p->out, "<path class=\"edge\" d=\"M%.1f %.1fH%.1f\" marker-end=\"url(#arrow)\"/>\n", right,
                    p->end_y + END / 2.0, p->end_x - end_width() / 2 - 2);
        add_shape(p, output, (right + p->end_x - end_width() / 2) / 2, p->end_y + END / 2.0 - 6, true);
    } else if (last->rises) {
        text_printf(p->out, "<path class=\"edge rising\" d=\"M%.1f %.1fV%.1f\" marker-end=\"url(#arrow)\"/>\n", last->x,
                    last->y, p->end_y + END + 2);
        add_shape(p, output, last->x + 7, p->end_y + END + LAYOUT_EDGE - 6, false);
    } else {
        add_curve(p, last->x, bottom, bottom, bottom, p->end_x, p->end_y);
        add_shape(p, output, last->x + 7, p->layout.height + 14, false);
    }
    add_rect(p, p->end_x - end_width() / 2, p->end_y, end_width(), END, colors.fill);
    text_printf(p->out, "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\" font-weight=\"bold\">OUTPUT</text>\n", p->end_x,
                p->end_y + 17, colors.ink);
}

/* ---- the picture ---- */

static const char style[] =
    "<style>\n"
    ".frame { fill: #64748b; fill-opacity: 0.08; stroke: #cbd5e1 }\n"
    ".frame-title { font-size: 11px; text-anchor: start; fill: #0f172a }\n"
    ".edge { fill: none; stroke: #94a3b8; stroke-width: 1.2 }\n"
    ".shape { font-size: 9px; text-anchor: start; fill: #475569 } .centred { text-anchor: middle }\n"
    "</style>\n"
    "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"6\" refY=\"4\" markerWidth=\"6\" markerHeight=\"6\" "
    "orient=\"auto\"><path d=\"M0 0.5L8 4L0 7.5z\" fill=\"#94a3b8\"/></marker></defs>\n";

static void add_start(struct picture *p)
{
    const struct graph *graph = p->drawing.graph;
    const char *name = cut(p->drawing.arena, graph->name);
    const char *totals = arena_printf(p->drawing.arena, "%s parameters \xC2\xB7 %s multiply-accumulates",
                                      text_thousands(p->drawing.arena, (long long)graph->params),
                                      text_thousands(p->drawing.arena, (long long)graph->macs));
    const double words = text_width(totals, 11, false), title = text_width(name, 18, true);
    double width = words > title ? words : title;
    width = (width > p->width ? width : p->width) + 2 * MARGIN;
    const double height = p->height + TITLE + 2 * MARGIN;
    p->left = (width - p->width) / 2;
    text_printf(p->out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
                "font-family=\"Helvetica, Arial, sans-serif\" font-size=\"12\" text-anchor=\"middle\">\n"
                "%s<rect width=\"%.0f\" height=\"%.0f\" fill=\"#ffffff\"/>\n"
                "<text x=\"%.1f\" y=\"%d\" font-size=\"18\" font-weight=\"bold\" fill=\"#0f172a\">",
                width, height, width, height, style, width, height, width / 2, MARGIN + 16);
    text_add_xml(p->out, name);
    text_printf(p->out, "</text>\n<text x=\"%.1f\" y=\"%d\" font-size=\"11\" fill=\"#64748b\">%s</text>\n", width / 2,
                MARGIN + 35, totals);
    text_printf(p->out, "<g transform=\"translate(%.1f %d)\">\n", p->left, MARGIN + TITLE);
}

bool picture_draw(const struct graph *graph, struct text *out)
{
    struct picture p = {.out = out};
    drawing_make(&p.drawing, graph, out->arena);
    const int count = (int)p.drawing.stacks.count;
    struct placed *stacks = ARENA_ARRAY(out->arena, struct placed, (size_t)count + 1);
    for (int i = 0; i < count; i++)
        stacks[i] = size_of(&p.drawing, i);
    if (!layout_make(&p.layout, &p.drawing, stacks, title_width))
        return false;
    p.labelled = ARENA_ARRAY(out->arena, bool, graph->nodes.count + 1);
    place_end(&p);
    add_start(&p);
    for (size_t i = 0; i < p.layout.frames.count; i++)
        add_frame(&p, &p.layout.frames.items[i]);
    add_edges(&p);
    for (int i = 0; i < count; i++)
        add_stack(&p, i);
    add_end(&p);
    text_add(out, "</g>\n</svg>\n");
    return true;
}
