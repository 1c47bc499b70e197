/* The numbers of a vector as bars, and the largest of them by their places. */
#include "maps/sheet.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

enum {
    STRONGEST = 5,
    WIDEST_BAR = 36,
    MOST_NUMBERED = 24,
    LIST_WIDTH = 150,
    NUMBERS_WIDTH = 56,
    LIST_LINE = 15,
    NUMBER_HEIGHT = 15
};

const char *number_text(struct arena *arena, double number)
{
    const bool large = fabs(number) >= 999.5 && fabs(number) < 1e9;
    const char *text = large ? text_thousands(arena, (long long)(number < 0 ? number - 0.5 : number + 0.5))
                             : arena_printf(arena, "%.3g", number);
    return *text == '-' ? arena_printf(arena, "\xE2\x88\x92%s", text + 1) : text;
}

/* The places of the largest numbers, largest first; equal ones in their order. */
static int find_strongest(const float *values, int count, int most, int places[STRONGEST])
{
    int found = 0;
    for (int i = 0; i < count; i++) {
        int at = found;
        if (!isfinite(values[i]))
            continue;
        while (at > 0 && values[places[at - 1]] < values[i])
            at--;
        if (at == most)
            continue;
        found += found < most;
        memmove(places + at + 1, places + at, (size_t)(found - at - 1) * sizeof *places);
        places[at] = i;
    }
    return found;
}

static const char *score(const struct row *row, struct arena *arena, float value)
{
    if (row->node->kind == LAYER_SOFTMAX)
        return arena_printf(arena, "%.1f %%", 100 * (double)value);
    return number_text(arena, (double)value);
}

/* Where a row of bars lies, and how many numbers a bar stands for. */
struct bars {
    double x, y, step, width, height, zero, unit; /* unit: pixels of 1 */
    int each;
};

static struct bars bars_of(const struct row *row, struct place place)
{
    const double high = row->high > 0 ? row->high : 0, low = row->low < 0 ? row->low : 0;
    struct bars b = {.x = place.x, .y = place.y, .each = 1};
    const bool numbered = row->all <= MOST_NUMBERED;
    while (row->all / b.each > (int)(place.width - LIST_WIDTH) / 2)
        b.each++;
    b.step = (place.width - LIST_WIDTH) / ((row->all + b.each - 1) / b.each);
    b.step = b.step < WIDEST_BAR ? b.step : WIDEST_BAR;
    b.width = b.step > 3 ? b.step * 0.8 : b.step;
    b.height = place.height - (numbered ? NUMBER_HEIGHT : 0);
    b.unit = high > low ? b.height / (high - low) : 0;
    b.zero = b.y + high * b.unit;
    return b;
}

/* Of the numbers that a bar stands for, the one farthest from 0. */
static float bar_value(const float *values, const struct row *row, const struct bars *b, int bar)
{
    float value = 0;
    for (int i = bar * b->each; i < (bar + 1) * b->each && i < row->all; i++)
        if (isfinite(values[i]) && fabsf(values[i]) > fabsf(value))
            value = values[i];
    return value;
}

static void add_bar(struct text *svg, const struct bars *b, int bar, float value)
{
    const double height = fabs((double)value) * b->unit;
    if (value == 0)
        return;
    text_printf(svg, "M%.2f %.2fh%.2fv%.2fh-%.2fz", b->x + bar * b->step, value > 0 ? b->zero - height : b->zero,
                b->width, height > 0.5 ? height : 0.5, b->width);
}

static void add_bars(struct text *svg, const struct row *row, const float *values, const struct bars *b, int best)
{
    const int count = (row->all + b->each - 1) / b->each;
    text_printf(svg, "<rect class=\"ground\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n", b->x, b->y,
                count * b->step, b->height);
    text_add(svg, "<path class=\"bars\" d=\"");
    for (int i = 0; i < count; i++)
        if (i != best / b->each)
            add_bar(svg, b, i, bar_value(values, row, b, i));
    text_add(svg, "\"/>\n<path class=\"best\" d=\"");
    add_bar(svg, b, best / b->each, bar_value(values, row, b, best / b->each));
    text_add(svg, "\"/>\n");
}

void vector_draw(const struct sheet *sheet, const struct row *row, size_t set, struct place place, struct text *svg)
{
    const float *values = row->values + set * (size_t)row->shown;
    const struct bars b = bars_of(row, place);
    const double x = place.x + place.width - LIST_WIDTH + NUMBERS_WIDTH;
    int places[STRONGEST + 1], most = (int)place.height / LIST_LINE;
    most = most < STRONGEST ? most : STRONGEST;
    const int found = find_strongest(values, row->all, most < row->all ? most : row->all, places);
    add_bars(svg, row, values, &b, found ? places[0] : 0);
    for (int i = 0; row->all <= MOST_NUMBERED && i < row->all; i++)
        text_printf(svg, "<text class=\"middle%s\" x=\"%.2f\" y=\"%.2f\">%d</text>\n",
                    found && i == places[0] ? " first" : "", b.x + (i + 0.4) * b.step, b.y + b.height + 12, i);
    for (int i = 0; i < found && row->all > 1; i++)
        text_printf(svg,
                    "<text class=\"number%s\" x=\"%.2f\" y=\"%.2f\">%d</text>"
                    "<text class=\"score%s\" data-number=\"%d\" x=\"%.2f\" y=\"%.2f\">%s</text>\n",
                    i ? "" : " first", x, place.y + 11 + i * LIST_LINE, places[i], i ? "" : " first", places[i], x + 10,
                    place.y + 11 + i * LIST_LINE, score(row, sheet->arena, values[places[i]]));
}
