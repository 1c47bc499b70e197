/* The table of --summary. */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "report/report.h"
#include "thin/thin.h"

enum { NAME, KIND, OUTPUT, PARAMS, MACS, FIELD, BYTES, COLUMNS };

static const char *const headings[2][COLUMNS] = {{"", "", "", "", "", "receptive", "activation"},
                                                 {"name", "kind", "output", "parameters", "MACs", "field", "bytes"}};

struct row {
    const char *cells[COLUMNS];
};

static const char *count_text(struct arena *arena, int64_t number)
{
    return number ? text_thousands(arena, (long long)number) : "-";
}

static const char *pair_text(struct arena *arena, struct pair pair)
{
    return arena_printf(arena, "%lldx%lld", (long long)pair.h, (long long)pair.w);
}

static struct row node_row(struct arena *arena, const struct node *node)
{
    static const char unused[] = "unused"; /* not in the totals */
    const bool shares = node->shares && node->weight_count;
    struct row row = {{text_clean(arena, node->name), layer_table[node->kind].keyword, shape_text(arena, node->shape),
                       !node->needed && !node->weights_needed ? unused
                       : shares                               ? "shared"
                                                              : count_text(arena, node->params),
                       node->needed ? count_text(arena, node->macs) : unused, pair_text(arena, node->field),
                       node->needed ? text_thousands(arena, (long long)node->bytes) : "-"}};
    return row;
}

static int cell_columns(const char *cell)
{
    return text_columns(cell, strlen(cell));
}

/* The bytes of the first (or, from_end, the last) `columns` characters of a string. */
static size_t prefix_bytes(const char *string, int columns)
{
    size_t bytes = 0;
    for (; string[bytes]; bytes++)
        if (((unsigned char)string[bytes] & 0xC0) != 0x80 && columns-- == 0)
            break;
    return bytes;
}

/* A long name keeps its start and its end: "features.dens….conv2". */
static const char *shorten(struct arena *arena, const char *name, int width)
{
    int columns = cell_columns(name);
    if (columns <= width)
        return name;
    int head = (width - 1) / 3, tail = width - 1 - head;
    return arena_printf(arena, "%.*s\xE2\x80\xA6%s", (int)prefix_bytes(name, head), name,
                        name + prefix_bytes(name, columns - tail));
}

static void add_row(struct text *out, const struct row *row, const int widths[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        const char *cell = i == NAME ? shorten(out->arena, row->cells[i], widths[i]) : row->cells[i];
        int blanks = widths[i] - cell_columns(cell);
        bool left = i == NAME || i == KIND;
        text_add(out, i ? "  " : "");
        text_repeat(out, ' ', left ? 0 : blanks);
        text_add(out, cell);
        text_repeat(out, ' ', left ? blanks : 0);
    }
    text_add_char(out, '\n');
}

static void fit_widths(const struct row *rows, size_t count, int width, int widths[COLUMNS])
{
    int total = 2 * (COLUMNS - 1);
    for (int i = 0; i < COLUMNS; i++) {
        int upper = cell_columns(headings[0][i]), lower = cell_columns(headings[1][i]);
        widths[i] = upper > lower ? upper : lower;
        for (size_t k = 0; k < count; k++)
            if (cell_columns(rows[k].cells[i]) > widths[i])
                widths[i] = cell_columns(rows[k].cells[i]);
        total += widths[i];
    }
    enum { SHORTEST_NAME = 12 };
    if (total > width) {
        widths[NAME] -= total - width;
        if (widths[NAME] < SHORTEST_NAME)
            widths[NAME] = SHORTEST_NAME;
    }
}

static void add_total(struct text *out, const char *what, const char *number)
{
    text_printf(out, "%-20s%16s\n", what, number);
}

static void add_totals(struct text *out, const struct graph *graph, const struct report_totals *totals)
{
    struct arena *arena = out->arena;
    bool known = totals && totals->has_plan;
    add_total(out, "parameters", text_thousands(arena, (long long)graph->params));
    add_total(out, "MACs", text_thousands(arena, (long long)graph->macs));
    add_total(out, "connections", text_thousands(arena, (long long)graph->connections));
    add_total(out, "weight bytes", known ? text_thousands(arena, (long long)totals->weight_bytes) : "-");
    if (known && totals->half_bytes)
        add_total(out, "of half floats", text_thousands(arena, (long long)totals->half_bytes));
    add_total(out, "arena bytes", known ? text_thousands(arena, (long long)totals->arena_bytes) : "-");
    if (known && totals->images) {
        add_total(out, "scratch bytes", text_thousands(arena, (long long)totals->scratch_bytes));
        add_total(out, "images of a call", text_thousands(arena, totals->images));
    }
    add_total(out, "arena lower bound", known ? text_thousands(arena, (long long)totals->arena_lower_bound) : "-");
}

/* What weights that are known leave of the network. */
static void add_thinned(struct text *out, const struct thinned *thinned)
{
    struct arena *arena = out->arena;
    add_total(out, "constant channels", text_thousands(arena, (long long)thinned->constant));
    add_total(out, "of all layers'", text_thousands(arena, (long long)thinned->channels));
    add_total(out, "folded away", text_thousands(arena, (long long)thinned->removed));
    add_total(out, "MACs without them", text_thousands(arena, (long long)thinned->graph->macs));
}

static void add_ends(struct text *out, const struct graph *graph)
{
    text_printf(out, "%s: ", text_clean(out->arena, graph->name));
    for (size_t i = 0; i < graph->inputs.count; i++)
        text_printf(out, "%s%s", i ? ", " : "", shape_text(out->arena, graph->inputs.items[i]->shape));
    text_add(out, " -> ");
    for (size_t i = 0; i < graph->outputs.count; i++)
        text_printf(out, "%s%s", i ? ", " : "", shape_text(out->arena, graph->outputs.items[i].node->shape));
    text_add(out, "\n\n");
}

void report_summary(const struct graph *graph, const struct report_totals *totals, int width, struct text *out)
{
    size_t count = graph->nodes.count;
    struct row *rows = ARENA_ARRAY(out->arena, struct row, count + 1);
    int widths[COLUMNS], total = 2 * (COLUMNS - 1);
    for (size_t i = 0; i < count; i++)
        rows[i] = node_row(out->arena, graph->nodes.items[i]);
    fit_widths(rows, count, width < REPORT_MIN_WIDTH ? REPORT_MIN_WIDTH : width, widths);
    for (int i = 0; i < COLUMNS; i++)
        total += widths[i];
    add_ends(out, graph);
    for (int i = 0; i < 2; i++) {
        struct row heading;
        memcpy(heading.cells, headings[i], sizeof headings[i]);
        add_row(out, &heading, widths);
    }
    text_repeat(out, '-', total);
    text_add_char(out, '\n');
    for (size_t i = 0; i < count; i++)
        add_row(out, &rows[i], widths);
    text_repeat(out, '-', total);
    text_add_char(out, '\n');
    add_totals(out, graph, totals);
    if (totals && totals->thinned)
        add_thinned(out, totals->thinned);
    report_training(graph, totals, out);
}
