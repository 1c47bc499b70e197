/* Two networks side by side as a table and as JSON. */
#include <string.h>

#include "base/json_text.h"
#include "base/text.h"
#include "report/compare.h"

enum { WIDEST_CALL = 34, SHAPE = 12, COUNT = 15 };

static const char marks[] = {
    [PAIR_SAME] = ' ', [PAIR_CHANGED] = '~', [PAIR_FIRST_ONLY] = '-', [PAIR_SECOND_ONLY] = '+'};

static int columns_of(const char *text)
{
    return text_columns(text, strlen(text));
}

static const char *fitting(struct arena *arena, const char *text, int width)
{
    int columns = columns_of(text);
    if (columns <= width)
        return text;
    size_t bytes = 0;
    for (int left = width - 1; text[bytes]; bytes++)
        if (((unsigned char)text[bytes] & 0xC0) != 0x80 && left-- == 0)
            break;
    return arena_printf(arena, "%.*s\xE2\x80\xA6", (int)bytes, text);
}

static void add_cell(struct text *out, const char *text, int width, bool right)
{
    text = fitting(out->arena, text, width);
    text_repeat(out, ' ', right ? width - columns_of(text) : 0);
    text_add(out, text);
    text_repeat(out, ' ', right ? 0 : width - columns_of(text));
}

static int call_width(const struct comparison *c, struct arena *arena, int side)
{
    int width = columns_of(text_clean(arena, c->graphs[side]->name));
    for (size_t i = 0; i < c->pairs.count; i++) {
        const struct node *node = side ? c->pairs.items[i].second : c->pairs.items[i].first;
        int columns = node ? columns_of(report_call(arena, node)) : 0;
        width = columns > width ? columns : width;
    }
    return width > WIDEST_CALL ? WIDEST_CALL : width;
}

static void add_side(struct text *out, const struct node *node, int width)
{
    add_cell(out, node ? report_call(out->arena, node) : "", width, false);
    text_add(out, "  ");
    add_cell(out, node ? shape_text(out->arena, node->shape) : "", SHAPE, true);
}

/* A line without blanks at its end. */
static void end_line(struct text *out)
{
    while (out->length && out->bytes[out->length - 1] == ' ')
        out->bytes[--out->length] = 0;
    text_add_char(out, '\n');
}

static void add_totals(const struct comparison *c, struct text *out)
{
    struct compared_total totals[MOST_COMPARED_TOTALS];
    const size_t count = compare_totals(c, totals);
    text_printf(out, "\n%-16s", "");
    add_cell(out, text_clean(out->arena, c->graphs[0]->name), COUNT + 2, true);
    text_add(out, "  ");
    add_cell(out, text_clean(out->arena, c->graphs[1]->name), COUNT + 2, true);
    text_add(out, "     ratio\n");
    for (size_t i = 0; i < count; i++) {
        text_printf(out, "%-16s", totals[i].name);
        for (int side = 0; side < 2; side++) {
            text_add(out, side ? "  " : "");
            add_cell(out, text_thousands(out->arena, (long long)totals[i].numbers[side]), COUNT + 2, true);
        }
        text_add(out, "  ");
        add_cell(out, compare_ratio(out->arena, &totals[i]), 8, true);
        text_add_char(out, '\n');
    }
}

void report_compare(const struct comparison *c, struct text *out)
{
    const int widths[] = {call_width(c, out->arena, 0), call_width(c, out->arena, 1)};
    text_add(out, "  ");
    add_cell(out, text_clean(out->arena, c->graphs[0]->name), widths[0] + 2 + SHAPE, false);
    text_add(out, "     ");
    text_add(out, text_clean(out->arena, c->graphs[1]->name));
    text_add_char(out, '\n');
    text_repeat(out, '-', widths[0] + widths[1] + 2 * SHAPE + 11);
    text_add_char(out, '\n');
    for (size_t i = 0; i < c->pairs.count; i++) {
        const struct layer_pair *pair = &c->pairs.items[i];
        text_printf(out, "%c ", marks[pair->mark]);
        add_side(out, pair->first, widths[0]);
        text_add(out, "  |  ");
        add_side(out, pair->second, widths[1]);
        end_line(out);
    }
    text_repeat(out, '-', widths[0] + widths[1] + 2 * SHAPE + 11);
    text_printf(out, "\n%zu the same, %zu changed (~), %zu only in %s (-), %zu only in %s (+)\n", c->counts[PAIR_SAME],
                c->counts[PAIR_CHANGED], c->counts[PAIR_FIRST_ONLY], text_clean(out->arena, c->graphs[0]->name),
                c->counts[PAIR_SECOND_ONLY], text_clean(out->arena, c->graphs[1]->name));
    add_totals(c, out);
}

/* ---- JSON ---- */

static void add_json_layer(struct text *out, const char *key, const struct node *node)
{
    text_printf(out, ",\"%s\":", key);
    if (!node) {
        text_add(out, "null");
        return;
    }
    text_add(out, "{\"name\":");
    json_add_string(out, node->name);
    text_add(out, ",\"layer\":");
    json_add_string(out, report_call(out->arena, node));
    text_printf(out, ",\"output\":[%lld,%lld,%lld],\"params\":%lld,\"macs\":%lld}", (long long)node->shape.h,
                (long long)node->shape.w, (long long)node->shape.c, (long long)node->params, (long long)node->macs);
}

void report_compare_json(const struct comparison *c, struct text *out)
{
    static const char *const words[] = {
        [PAIR_SAME] = "same", [PAIR_CHANGED] = "changed", [PAIR_FIRST_ONLY] = "first", [PAIR_SECOND_ONLY] = "second"};
    struct compared_total totals[MOST_COMPARED_TOTALS];
    const size_t count = compare_totals(c, totals);
    text_add(out, "{\"networks\":[");
    json_add_string(out, c->graphs[0]->name);
    text_add_char(out, ',');
    json_add_string(out, c->graphs[1]->name);
    text_add(out, "],\n\"layers\":[");
    for (size_t i = 0; i < c->pairs.count; i++) {
        const struct layer_pair *pair = &c->pairs.items[i];
        text_printf(out, "%s{\"mark\":\"%s\"", i ? ",\n " : "\n ", words[pair->mark]);
        add_json_layer(out, "first", pair->first);
        add_json_layer(out, "second", pair->second);
        text_add_char(out, '}');
    }
    text_add(out, "\n],\n\"total\":{");
    for (size_t i = 0; i < count; i++)
        text_printf(out, "%s\"%s\":[%lld,%lld]", i ? "," : "", totals[i].key, (long long)totals[i].numbers[0],
                    (long long)totals[i].numbers[1]);
    text_add(out, "}}\n");
}
