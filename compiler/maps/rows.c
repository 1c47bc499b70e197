/* Which layers a sheet shows, and how much of each. */
#include "maps/sheet.h"

#include <string.h>

/* These pass their numbers on. */
bool row_is_worthwhile(const struct node *node)
{
    return node->needed && node->kind != LAYER_OUTPUT && node->kind != LAYER_DROPOUT && node->kind != LAYER_FLATTEN &&
           node->kind != LAYER_RESHAPE;
}

static bool is_behind(const struct node *node)
{
    const enum layer_family family = layer_table[node->kind].family;
    return node->input_count == 1 && (family == FAMILY_ACTIVATION || family == FAMILY_NORMALISATION);
}

/* The only reader of the node's result, if it shows that better; or NULL. */
static const struct node *follower(const struct graph *graph, const struct node *node)
{
    if (node->reader_count != 1 || node->is_output || node->kind == LAYER_INPUT)
        return NULL;
    for (size_t i = (size_t)node->id + 1; i < graph->nodes.count; i++) {
        const struct node *next = graph->nodes.items[i];
        for (size_t k = 0; k < next->input_count; k++)
            if (next->inputs[k] == node)
                return is_behind(next) ? next : NULL;
    }
    return NULL;
}

/* Numbers in the order [channel][step] are a map, too. */
static struct shape shape_shown(struct shape shape, bool *lines)
{
    *lines = (shape.h == 1) != (shape.w == 1) && shape.c <= MOST_STEPS;
    return *lines ? (struct shape){shape.c, shape.h * shape.w, 1} : shape;
}

int64_t row_step(const struct row *row)
{
    const int64_t longer = row->lines || row->shape.w > row->shape.h ? row->shape.w : row->shape.h;
    const int64_t most = row->lines ? MOST_STEPS : MOST_SIDE;
    return (longer + most - 1) / most;
}

static void measure(const struct sheet *sheet, struct row *row)
{
    row->shape = shape_shown(row->node->shape, &row->lines);
    const struct shape shape = row->shape;
    const int64_t step = row_step(row);
    const int most = sheet->large || sheet->sets > 1 ? MOST_MAPS_LARGE : MOST_MAPS;
    row->all = (int)shape.c;
    row->channels = 1;
    row->shown = row->all;
    row->height = row->lines ? (int)shape.h : (int)((shape.h + step - 1) / step);
    row->width = (int)((shape.w + step - 1) / step);
    row->finite = true;
    if (row->kind == ROW_MAPS && row->all > most)
        row->shown = most;
    if (row->kind == ROW_PICTURE) {
        row->channels = shape.c == 3 ? 3 : 1;
        row->shown = shape.c == 3 || shape.c == 1 ? 1 : row->all < most ? row->all : most;
    }
}

static void add_row(struct sheet *sheet, enum row_kind kind, const struct node *first, const struct node *node)
{
    struct row row = {.kind = kind, .first = first, .node = node};
    measure(sheet, &row);
    VEC_PUSH(sheet->arena, &sheet->rows, row);
}

/* ---- filters ---- */

/* Does the layer read a picture, if need be through layers that change its numbers only? */
static const struct node *picture_of(const struct node *node)
{
    const struct node *input = node->input_count == 1 ? node->inputs[0] : NULL;
    while (input && input->kind != LAYER_INPUT)
        input = is_behind(input) || input->kind == LAYER_PAD || input->kind == LAYER_FLATTEN ? input->inputs[0] : NULL;
    return input;
}

/* Filters that can be seen: their weights belong to pixels. */
static void add_filters(struct sheet *sheet, const struct node *node)
{
    const struct weight *weight = node_weight(node, ROLE_WEIGHT);
    const struct node *picture = weight ? picture_of(node) : NULL;
    struct row row = {.kind = ROW_FILTERS, .first = node, .node = node, .finite = true};
    if (!picture || node->shares)
        return;
    int64_t channels = weight->rank == 4 ? weight->dims[1] : picture->shape.c;
    const int64_t height = weight->rank == 4 ? weight->dims[2] : picture->shape.h;
    const int64_t width = weight->rank == 4 ? weight->dims[3] : picture->shape.w;
    if (layer_table[node->kind].family == FAMILY_CONVOLUTION && node->kind != LAYER_DECONV && weight->rank == 4)
        row.all = (int)weight->dims[0];
    else if (node->kind == LAYER_FC && weight->rank == 2 && weight->dims[1] == channels * height * width)
        row.all = (int)weight->dims[0];
    if (row.all == 0 || height > MOST_SIDE || width > MOST_SIDE || height * width == 1 || channels > 1024)
        return;
    row.channels = (int)channels;
    row.height = (int)height;
    row.width = (int)width;
    row.shown = row.all < MOST_FILTERS ? row.all : MOST_FILTERS;
    row.lines = (height == 1) != (width == 1) && channels == 1;
    if (row.lines) {
        row.height = row.shown;
        row.width = (int)(height * width);
        row.shown = row.all = 1;
    }
    VEC_PUSH(sheet->arena, &sheet->rows, row);
}

/* ---- all rows ---- */

static enum row_kind kind_of(const struct node *node)
{
    return node->kind == LAYER_INPUT ? ROW_PICTURE : node->shape.h * node->shape.w == 1 ? ROW_VECTOR : ROW_MAPS;
}

static void add_rows(struct sheet *sheet)
{
    const struct graph *graph = sheet->request->graph;
    bool *shown = ARENA_ARRAY(sheet->arena, bool, graph->nodes.count + 1);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i], *last = node, *next;
        if (!row_is_worthwhile(node) || shown[i])
            continue;
        add_filters(sheet, node);
        while (sheet->large && (next = follower(graph, last)))
            shown[(last = next)->id] = true;
        add_row(sheet, kind_of(node), node, last);
    }
}

/* ---- a choice of them ---- */

static bool is_essential(const struct sheet *sheet, size_t i)
{
    const struct row *row = &sheet->rows.items[i];
    if (row->kind == ROW_PICTURE || row->kind == ROW_FILTERS || row->node->is_output || i + 1 == sheet->rows.count)
        return true;
    const struct shape here = row->node->shape, next = sheet->rows.items[i + 1].node->shape;
    return here.h != next.h || here.w != next.w;
}

/* Keeps those that matter, if they are not too many, and of the others some at equal distances. */
static void choose(struct sheet *sheet)
{
    const size_t count = sheet->rows.count;
    bool *keep = ARENA_ARRAY(sheet->arena, bool, count + 1);
    size_t essential = 0, kept = 0, others = 0;
    for (size_t i = 0; i < count; i++)
        essential += keep[i] = is_essential(sheet, i);
    if (essential > MOST_ROWS / 2) {
        memset(keep, 0, count * sizeof *keep);
        keep[0] = keep[count - 1] = true;
        essential = 2;
    }
    const size_t room = MOST_ROWS - essential, rest = count - essential;
    for (size_t i = 0; i < count; i++)
        if (!keep[i]) {
            keep[i] = others * room / rest != (others + 1) * room / rest;
            others++;
        }
    for (size_t i = 0; i < count; i++)
        if (keep[i])
            sheet->rows.items[kept++] = sheet->rows.items[i];
    sheet->rows.count = kept;
}

void sheet_choose_rows(struct sheet *sheet)
{
    const struct graph *graph = sheet->request->graph;
    size_t worthwhile = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        worthwhile += row_is_worthwhile(graph->nodes.items[i]);
    sheet->large = worthwhile > MOST_SINGLE;
    add_rows(sheet);
    sheet->candidates = (int)sheet->rows.count;
    if (sheet->rows.count > MOST_ROWS)
        choose(sheet);
}
