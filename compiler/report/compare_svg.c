/* Two networks side by side as a picture: a row for each pair of layers, and bars for the totals. */
#include <string.h>

#include "base/text.h"
#include "report/compare.h"

enum {
    MARGIN = 24,
    COLUMN = 380,
    GAP = 72,
    ROW = 26,
    HEAD = 64,
    BAR = 10,
    TOTAL = 34,
    WIDTH = 2 * MARGIN + 2 * COLUMN + GAP,
    LETTERS = 38
};

static const char *const fills[] = {
    [PAIR_SAME] = "#eef1f5", [PAIR_CHANGED] = "#fdf0d0", [PAIR_FIRST_ONLY] = "#fbdcdc", [PAIR_SECOND_ONLY] = "#d9f2dd"};

static void add_words(struct text *out, const char *class, int x, int y, const char *words)
{
    text_printf(out, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
    text_add_xml(out, words);
    text_add(out, "</text>\n");
}

/* At most so many letters of a layer's call. */
static const char *shortened(struct arena *arena, const char *text)
{
    if (text_columns(text, strlen(text)) <= LETTERS)
        return text;
    size_t bytes = 0;
    for (int left = LETTERS - 1; text[bytes]; bytes++)
        if (((unsigned char)text[bytes] & 0xC0) != 0x80 && left-- == 0)
            break;
    return arena_printf(arena, "%.*s\xE2\x80\xA6", (int)bytes, text);
}

static void add_layer(struct text *out, const struct node *node, int x, int y, const char *fill)
{
    if (!node)
        return;
    text_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"%s\"/>\n", x, y, COLUMN,
                ROW - 4, fill);
    add_words(out, "l", x + 10, y + 15, shortened(out->arena, report_call(out->arena, node)));
    add_words(out, "r", x + COLUMN - 10, y + 15, shape_text(out->arena, node->shape));
}

static void add_total(struct text *out, const struct compared_total *total, int y)
{
    const int64_t most = total->numbers[0] > total->numbers[1] ? total->numbers[0] : total->numbers[1];
    add_words(out, "m", WIDTH / 2, y + 24, arena_printf(out->arena, "\xC3\x97 %s", compare_ratio(out->arena, total)));
    for (int side = 0; side < 2; side++) {
        const int x = MARGIN + side * (COLUMN + GAP);
        const int length = most > 0 ? (int)((double)total->numbers[side] / (double)most * COLUMN + 0.5) : 0;
        text_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\" fill=\"#7f9bc4\"/>\n", x, y + 16,
                    length > 1 ? length : 1, BAR);
        add_words(out, "l", x, y + 11, total->name);
        add_words(out, "r", x + COLUMN, y + 11, text_thousands(out->arena, (long long)total->numbers[side]));
    }
}

void report_compare_svg(const struct comparison *c, struct text *out)
{
    struct compared_total totals[MOST_COMPARED_TOTALS];
    const size_t count = compare_totals(c, totals);
    const long long height = HEAD + (long long)c->pairs.count * ROW + 24 + (long long)count * TOTAL + MARGIN;
    text_printf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%lld\" viewBox=\"0 0 %d %lld\">\n"
                "<style>text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#23272f}.r{text-anchor:end}"
                ".m{text-anchor:middle;font-weight:600}.t{font:600 18px system-ui,sans-serif}</style>\n"
                "<rect width=\"%d\" height=\"%lld\" fill=\"#ffffff\"/>\n",
                WIDTH, height, WIDTH, height, WIDTH, height);
    for (int side = 0; side < 2; side++)
        add_words(out, "t", MARGIN + side * (COLUMN + GAP), 38, c->graphs[side]->name);
    int y = HEAD;
    for (size_t i = 0; i < c->pairs.count; i++, y += ROW) {
        const struct layer_pair *pair = &c->pairs.items[i];
        add_layer(out, pair->first, MARGIN, y, fills[pair->mark]);
        add_layer(out, pair->second, MARGIN + COLUMN + GAP, y, fills[pair->mark]);
        if (pair->mark == PAIR_CHANGED)
            add_words(out, "m", WIDTH / 2, y + 15, "\xE2\x89\xA0");
    }
    y += 24;
    for (size_t i = 0; i < count; i++, y += TOTAL)
        add_total(out, &totals[i], y);
    text_add(out, "</svg>\n");
}
