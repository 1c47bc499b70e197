/* The table and the JSON of --emit=report. */
#include "report/resources.h"

#include "base/json_text.h"

int64_t resources_flash(const struct resources_row *row)
{
    return row->code + row->weights;
}

int64_t resources_ram(const struct resources_row *row)
{
    return row->arena + row->scratch + row->inputs + row->outputs;
}

enum { NUMBERS = 8 };

static const struct column {
    const char *name;
    int width;
} columns[NUMBERS] = {{"~code", 8},  {"weights", 11}, {"flash", 11}, {"arena", 10},
                      {"inputs", 9}, {"outputs", 8},  {"RAM", 11},   {"MACs", 12}};

static void add_row(const struct graph *graph, const struct resources_row *row, struct text *out)
{
    const int64_t numbers[NUMBERS] = {row->code,   row->weights, resources_flash(row), row->arena + row->scratch,
                                      row->inputs, row->outputs, resources_ram(row),   graph->macs};
    text_printf(out, "%-8s %-7s", row->target, row->type);
    if (row->missing) {
        text_printf(out, "   %s\n", row->missing);
        return;
    }
    for (int i = 0; i < NUMBERS; i++)
        text_printf(out, " %*s", columns[i].width - 1, text_thousands(out->arena, (long long)numbers[i]));
    text_add_char(out, '\n');
}

void report_resources(const struct graph *graph, const struct resources_row *rows, size_t count, struct text *out)
{
    enum { WORDS = 16 };
    int width = WORDS;
    text_printf(out, "%s: bytes of flash and RAM, multiply-accumulates\n\n%-8s %-7s",
                text_clean(out->arena, graph->name), "target", "type");
    for (int i = 0; i < NUMBERS; i++) {
        text_printf(out, "%*s", columns[i].width, columns[i].name);
        width += columns[i].width;
    }
    text_add_char(out, '\n');
    text_repeat(out, '-', width);
    text_add_char(out, '\n');
    for (size_t i = 0; i < count; i++)
        add_row(graph, &rows[i], out);
    text_add(out,
             "\ncode is an estimate for a Cortex-M4, gcc -O2; flash is code and weights, RAM the arena with scratch\n"
             "memory, inputs and outputs; the stack is not counted\n");
}

static void add_json_row(const struct graph *graph, const struct resources_row *row, struct text *out)
{
    text_printf(out, "{\"target\":\"%s\",\"type\":\"%s\"", row->target, row->type);
    if (row->missing) {
        text_add(out, ",\"missing\":");
        json_add_string(out, row->missing);
        text_add_char(out, '}');
        return;
    }
    text_printf(out, ",\"flash\":{\"code\":%lld,\"code_is\":\"estimated\",\"weights\":%lld,\"total\":%lld}",
                (long long)row->code, (long long)row->weights, (long long)resources_flash(row));
    text_printf(out, ",\"ram\":{\"arena\":%lld,\"scratch\":%lld,\"inputs\":%lld,\"outputs\":%lld,\"total\":%lld}",
                (long long)row->arena, (long long)row->scratch, (long long)row->inputs, (long long)row->outputs,
                (long long)resources_ram(row));
    text_printf(out, ",\"macs\":%lld}", (long long)graph->macs);
}

void report_resources_json(const struct graph *graph, const struct resources_row *rows, size_t count, struct text *out)
{
    text_add(out, "{\"network\":");
    json_add_string(out, graph->name);
    text_add(out, ",\"targets\":[\n");
    for (size_t i = 0; i < count; i++) {
        add_json_row(graph, &rows[i], out);
        text_add(out, i + 1 < count ? ",\n" : "\n");
    }
    text_add(out, "]}\n");
}
