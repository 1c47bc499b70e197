/* Draws the rows of a sheet: captions at the left, maps, filters or bars beside them. */
#include "maps/sheet.h"

#include <math.h>
#include <string.h>

#include "base/files.h"
#include "base/text.h"
#include "report/report.h"

enum {
    WIDTH = 1120,
    MARGIN = 28,
    LEFT = 276, /* of the maps */
    ROOM = WIDTH - LEFT - MARGIN,
    HEAD = 92,
    FOOT = 64,
    ROW_GAP = 22,
    TILE_GAP = 6,
    CAPTION_LINE = 15,
    CAPTION_LETTERS = 38,
    LONGEST_NAME = 100,
    COLUMNS = 8,
    COLUMNS_LARGE = MOST_MAPS_LARGE,
    FILTERS_IN_A_LINE = 16,
    LARGEST_PICTURE = 168,
    LARGEST_TILE = 100,
    LARGEST_FILTER = 46,
    LARGEST_OF_FEW = 76, /* filters that are one line */
    LEAST_LINES = 12,    /* how high a signal is */
    NUMBER_LINE = 11,    /* below a map */
    BARS_HEIGHT = 78,
    BARS_HEIGHT_MANY = 50,
};

/* How the tiles of a row lie. */
struct grid {
    int columns, lines; /* for one picture, or all filters */
    double width, height, step_x, step_y;
    int each; /* pixels of the sheet for a number */
};

static double smaller(double a, double b)
{
    return a < b ? a : b;
}

/* Pixels of small maps are whole numbers of the sheet's. */
static void fit_tile(struct grid *g, const struct row *row, double room, double largest)
{
    if (row->lines) {
        g->width = ROOM;
        g->height = row->height * 4 < LEAST_LINES ? LEAST_LINES : smaller(row->height * 4, LARGEST_TILE);
        g->step_x = ROOM + TILE_GAP;
        g->step_y = g->height + TILE_GAP;
        g->each = 1;
        return;
    }
    const double side = smaller(room - TILE_GAP, largest), longer = row->height > row->width ? row->height : row->width;
    double scale = side / longer;
    scale = scale >= 1 ? floor(scale) : scale;
    g->each = scale >= 1 ? (int)scale : 1;
    g->width = scale * row->width > 1 ? scale * row->width : 1;
    g->height = scale * row->height > 1 ? scale * row->height : 1;
    g->step_x = g->width + TILE_GAP;
    g->step_y = g->height + TILE_GAP + (row->chosen ? NUMBER_LINE : 0);
}

/* Are the pictures of all sets in one line? */
static bool is_beside(const struct sheet *sheet, const struct row *row)
{
    return row->kind == ROW_PICTURE && sheet->sets > 1 && !row->lines;
}

static struct grid grid_of(const struct sheet *sheet, const struct row *row)
{
    const int usual = sheet->large ? COLUMNS_LARGE : COLUMNS;
    struct grid g = {.columns = row->kind == ROW_FILTERS ? FILTERS_IN_A_LINE : usual};
    double largest = LARGEST_TILE;
    if (row->kind == ROW_FILTERS && row->shown <= COLUMNS)
        g.columns = COLUMNS;
    if (row->kind == ROW_FILTERS)
        largest = row->shown <= COLUMNS ? LARGEST_OF_FEW : LARGEST_FILTER;
    if (row->kind == ROW_PICTURE && sheet->sets == 1 && row->shown == 1)
        largest = LARGEST_PICTURE;
    if (sheet->sets > 1 && row->kind == ROW_MAPS)
        g.columns = MOST_MAPS_LARGE;
    const double room = largest == LARGEST_PICTURE ? ROOM : (double)ROOM / g.columns;
    g.columns = row->shown < g.columns ? row->shown : g.columns;
    if (is_beside(sheet, row))
        g.columns = (int)sheet->sets * row->shown;
    g.lines = (row->shown + g.columns - 1) / g.columns;
    fit_tile(&g, row, room, largest);
    return g;
}

/* ---- captions ---- */

static const char *shortened(struct arena *arena, const char *text, int letters)
{
    size_t bytes = 0;
    if (text_columns(text, strlen(text)) <= letters)
        return text;
    for (int left = letters - 1; text[bytes]; bytes++)
        if (((unsigned char)text[bytes] & 0xC0) != 0x80 && left-- == 0)
            break;
    return arena_printf(arena, "%.*s\xE2\x80\xA6", (int)bytes, text);
}

struct caption {
    struct text *svg;
    double y;
    int lines;
};

static void add_line(struct caption *caption, const char *class, const char *words)
{
    text_printf(caption->svg, "<text class=\"%s\" x=\"%d\" y=\"%.2f\">", class, MARGIN,
                caption->y + 11 + caption->lines++ * CAPTION_LINE);
    text_add_xml(caption->svg, shortened(caption->svg->arena, words, CAPTION_LETTERS));
    text_add(caption->svg, "</text>\n");
}

/* The layers of a row, from the first to the last: their names, or what they are in a text. */
static const char *layers_of(struct arena *arena, const struct row *row, bool calls, const char *separator)
{
    const struct node *node = row->node;
    const char *words = NULL;
    for (;; node = node->inputs[0]) {
        const char *word = calls ? report_call(arena, node) : node->name;
        words = words ? arena_printf(arena, "%s%s%s", word, separator, words) : word;
        if (node == row->first)
            return words;
    }
}

static const char *size_text(struct arena *arena, const struct row *row)
{
    const struct shape shape = row->node->shape;
    const char *const things = row->kind == ROW_FILTERS ? "filters" : "maps";
    if (row->kind == ROW_VECTOR)
        return arena_printf(arena, "%d number%s", row->all, row->all == 1 ? "" : "s");
    if (row->lines) /* what has one row or column */
        return arena_printf(arena, "%lld steps, %d %s, a line each",
                            row->kind == ROW_FILTERS ? (long long)row->width : (long long)(shape.h * shape.w),
                            row->height, things);
    const char *size = row->kind == ROW_FILTERS
                           ? arena_printf(arena, "%d\xC3\x97%d", row->height, row->width)
                           : arena_printf(arena, "%lld\xC3\x97%lld", (long long)shape.h, (long long)shape.w);
    if (row->shown < row->all)
        return arena_printf(arena, "%s, the %s %d of %d %s", size, row->chosen ? "strongest" : "first", row->shown,
                            row->all, things);
    return arena_printf(arena, "%s, %d %.*s", size, row->all, (int)strlen(things) - (row->all == 1), things);
}

static const char *range_text(struct arena *arena, const struct row *row)
{
    return arena_printf(arena, "%s to %s%s", number_text(arena, row->low), number_text(arena, row->high),
                        row->finite ? "" : ", and some not finite");
}

/* In one line if they fit. */
static void add_calls(struct caption *caption, const struct row *row)
{
    struct arena *arena = caption->svg->arena;
    const char *all = layers_of(arena, row, true, ", ");
    if (row->first == row->node || text_columns(all, strlen(all)) <= CAPTION_LETTERS) {
        add_line(caption, "call", all);
        return;
    }
    struct row rest = *row;
    for (const struct node *node = row->node; node != row->first; node = node->inputs[0])
        rest.first = node;
    add_line(caption, "call", report_call(arena, row->first));
    add_line(caption, "call", layers_of(arena, &rest, true, ", "));
}

/* Returns how high it is. */
static double add_caption(const struct sheet *sheet, const struct row *row, double y, struct text *svg)
{
    struct caption caption = {svg, y, 0};
    const bool filters = row->kind == ROW_FILTERS;
    add_line(&caption, "name",
             filters ? arena_printf(sheet->arena, "filters of %s", row->node->name) : row->first->name);
    if (!filters)
        add_calls(&caption, row);
    if (row->kind != ROW_PICTURE)
        add_line(&caption, "grey", size_text(sheet->arena, row));
    add_line(&caption, "grey", range_text(sheet->arena, row));
    return caption.lines * CAPTION_LINE;
}

/* ---- tiles ---- */

static double most_of(const struct row *row)
{
    const double low = fabs(row->low), high = fabs(row->high);
    return low > high ? low : high;
}

static double largest_of(const float *values, size_t count)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fabs((double)values[i]) > most ? fabs((double)values[i]) : most;
    return most;
}

/* A picture's own colours; those of s8 begin at -128. */
static void add_picture(const struct row *row, struct tile tile, size_t count, struct text *svg)
{
    float *levels = ARENA_ARRAY(svg->arena, float, count);
    for (size_t i = 0; i < count; i++)
        levels[i] = tile.values[i] + (row->node->element == ELEMENT_S8 ? 128.0f : 0.0f);
    tile.values = levels;
    tile_add_colors(svg, tile, row->channels, 0, 255);
}

/* Filters are scaled each by itself, the maps of a layer all alike. */
static void add_tile(const struct row *row, const float *values, int each, struct text *svg)
{
    const size_t count = (size_t)row->channels * (size_t)row->height * (size_t)row->width;
    const struct tile tile = {values, row->height, row->width, each};
    if (row->kind == ROW_PICTURE)
        add_picture(row, tile, count, svg);
    else if (row->kind == ROW_FILTERS && row->channels == 3)
        tile_add_colors(svg, tile, 3, 128, largest_of(values, count));
    else if (row->kind == ROW_FILTERS)
        tile_add_map(svg, tile, largest_of(values, count), PALETTE_SIGNED);
    else
        tile_add_map(svg, tile, most_of(row), row->low < 0 ? PALETTE_SIGNED : PALETTE_HEAT);
}

/* Returns how high they are. */
static double add_tiles(const struct sheet *sheet, const struct row *row, double y, struct text *svg)
{
    const struct grid g = grid_of(sheet, row);
    const size_t numbers = (size_t)row->channels * (size_t)row->height * (size_t)row->width;
    const bool beside = is_beside(sheet, row);
    const size_t sets = row->kind == ROW_FILTERS ? 1 : sheet->sets;
    for (size_t set = 0; set < sets; set++)
        for (int i = 0; i < row->shown; i++) {
            const int k = beside ? (int)set * row->shown + i : i,
                      line = beside ? 0 : (int)set * g.lines + k / g.columns;
            const double x = LEFT + k % g.columns * g.step_x, top = y + line * g.step_y;
            const int number = row->chosen ? row->chosen[i] : i;
            text_printf(
                svg,
                "<image data-picture=\"%zu\" data-map=\"%d\" data-each=\"%d\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
                "height=\"%.2f\" preserveAspectRatio=\"none\" ",
                set, number, g.each, x, top, g.width, g.height);
            add_tile(row, row->values + (set * (size_t)row->shown + (size_t)i) * numbers, g.each, svg);
            text_add(svg, "><title>");
            text_add_xml(svg, row->node->name);
            text_printf(svg, ", number %d</title></image>\n", number);
            if (row->chosen)
                text_printf(svg, "<text class=\"tiny\" x=\"%.2f\" y=\"%.2f\">%d</text>\n", x, top + g.height + 10,
                            number);
        }
    return (beside ? 1 : (double)sets * g.lines) * g.step_y - TILE_GAP;
}

/* The names of files below pictures side by side. */
static double add_names(const struct sheet *sheet, const struct row *row, double y, struct text *svg)
{
    const struct graph *graph = sheet->request->graph;
    const struct grid g = grid_of(sheet, row);
    size_t input = 0;
    while (input + 1 < graph->inputs.count && graph->inputs.items[input] != row->node)
        input++;
    for (size_t set = 0; set < sheet->sets; set++) {
        const char *path = sheet->request->pictures[set * graph->inputs.count + input];
        const double step = is_beside(sheet, row) ? row->shown * g.step_x : (double)ROOM / (double)sheet->sets;
        text_printf(svg, "<text class=\"grey\" x=\"%.2f\" y=\"%.2f\">", LEFT + (double)set * step, y + 13);
        text_add_xml(svg, shortened(sheet->arena, path_base(path), sheet->sets == 1 ? LONGEST_NAME : (int)(step / 7)));
        text_add(svg, "</text>\n");
    }
    return CAPTION_LINE + 3;
}

static double add_vectors(const struct sheet *sheet, const struct row *row, double y, struct text *svg)
{
    const double height = sheet->sets == 1 ? BARS_HEIGHT : BARS_HEIGHT_MANY;
    for (size_t set = 0; set < sheet->sets; set++)
        vector_draw(sheet, row, set, (struct place){LEFT, y + (double)set * (height + TILE_GAP), ROOM, height}, svg);
    return (double)sheet->sets * (height + TILE_GAP) - TILE_GAP;
}

static double add_row(const struct sheet *sheet, const struct row *row, double y, struct text *svg)
{
    const struct shape shape = row->node->shape;
    text_printf(svg, "<g class=\"%s\" data-layers=\"", row->kind == ROW_FILTERS ? "filters" : "layer");
    text_add_xml(svg, layers_of(sheet->arena, row, false, " "));
    text_printf(svg, "\" data-shape=\"%lldx%lldx%lld\" data-low=\"%.9g\" data-high=\"%.9g\">\n", (long long)shape.h,
                (long long)shape.w, (long long)shape.c, row->low, row->high);
    const double caption = add_caption(sheet, row, y, svg);
    double height = row->kind == ROW_VECTOR ? add_vectors(sheet, row, y, svg) : add_tiles(sheet, row, y, svg);
    if (row->kind == ROW_PICTURE)
        height += add_names(sheet, row, y + height, svg);
    text_add(svg, "</g>\n");
    return height > caption ? height : caption;
}

/* ---- the sheet ---- */

static void add_head(const struct sheet *sheet, struct text *svg)
{
    const struct graph *graph = sheet->request->graph;
    const int shown = (int)sheet->rows.count;
    text_printf(svg, "<text class=\"title\" x=\"%d\" y=\"44\">", MARGIN);
    text_add_xml(svg, graph->name);
    text_printf(svg, "</text>\n<text class=\"grey\" x=\"%d\" y=\"66\">what each layer makes of %s; %s parameters",
                MARGIN, sheet->request->count == 1 ? "a picture" : "pictures",
                text_thousands(svg->arena, (long long)graph->params));
    if (shown < sheet->candidates)
        text_printf(svg, "; %d of %d layers are shown", shown, sheet->candidates);
    text_add(svg, "</text>\n");
}

static void add_legend(double y, struct text *svg)
{
    static const struct {
        const char *fill, *low, *middle, *high;
    } bars[] = {{"heat", "0", "", "the layer\xE2\x80\x99s largest number"},
                {"both", "\xE2\x88\x92", "0", "+, where a layer has negative numbers"}};
    text_add(svg, "<defs>\n");
    tile_add_gradient(svg, PALETTE_HEAT, "heat");
    tile_add_gradient(svg, PALETTE_SIGNED, "both");
    text_add(svg, "</defs>\n");
    for (int i = 0; i < 2; i++) {
        const int x = LEFT + i * 380;
        text_printf(svg,
                    "<rect x=\"%d\" y=\"%.2f\" width=\"120\" height=\"10\" fill=\"url(#%s)\"/>\n"
                    "<text class=\"grey\" x=\"%d\" y=\"%.2f\">%s</text>\n"
                    "<text class=\"grey middle\" x=\"%d\" y=\"%.2f\">%s</text>\n"
                    "<text class=\"grey\" x=\"%d\" y=\"%.2f\">%s</text>\n",
                    x, y, bars[i].fill, x, y + 24, bars[i].low, x + 60, y + 24, bars[i].middle, x + 128, y + 9,
                    bars[i].high);
    }
}

static const char style[] =
    "<style>\n"
    "text { font: 12px Helvetica, Arial, \"DejaVu Sans\", sans-serif; fill: #23272f }\n"
    ".title { font-size: 22px; font-weight: bold } .name, .number, .first { font-weight: bold }\n"
    ".call { font-size: 11px } .grey { font-size: 11px; fill: #6b7280 } \n"
    ".middle { text-anchor: middle; font-size: 10px } .number { text-anchor: end }\n"
    ".tiny { font-size: 9px; fill: #9098a5 }\n"
    ".ground { fill: #f1f3f6 } .bars { fill: #94a3b8 } .best { fill: #d9483b } .first { fill: #b92d22 }\n"
    "image { image-rendering: pixelated }\n"
    "</style>\n";

void sheet_draw(struct sheet *sheet, struct text *svg)
{
    struct text body = text_new(sheet->arena);
    double y = HEAD;
    add_head(sheet, &body);
    for (size_t i = 0; i < sheet->rows.count; i++)
        y += add_row(sheet, &sheet->rows.items[i], y, &body) + ROW_GAP;
    add_legend(y + 4, &body);
    const int height = (int)ceil(y) + FOOT;
    text_printf(svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"%d\" "
                "height=\"%d\" viewBox=\"0 0 %d %d\">\n%s<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n",
                WIDTH, height, WIDTH, height, style, WIDTH, height);
    text_add_bytes(svg, body.bytes, body.length);
    text_add(svg, "</svg>\n");
}
