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

static void add_cell(struct text *out, int width, int64_t number)
{
    text_printf(out, " %*s", width - 1, text_thousands(out->arena, (long long)number));
}

void report_resources(const struct graph *graph, const struct resources_row *rows, size_t count, struct text *out)
{
    enum { NUMBER = 12, SMALL = 10 };
    text_printf(out, "%s: bytes of flash and RAM, multiply-accumulates\n\n", text_clean(out->arena, graph->name));
    text_printf(out, "%-9s %-7s%*s%*s%*s%*s%*s%*s%*s%16s\n", "target", "type", SMALL, "~code", NUMBER, "weights",
                NUMBER, "flash", NUMBER, "arena", SMALL, "inputs", SMALL, "outputs", NUMBER, "RAM", "MACs");
    text_repeat(out, '-', 9 + 1 + 7 + 3 * SMALL + 4 * NUMBER + 16);
    text_add_char(out, '\n');
    for (size_t i = 0; i < count; i++) {
        const struct resources_row *row = &rows[i];
        text_printf(out, "%-9s %-7s", row->target, row->type);
        if (row->missing) {
            text_printf(out, "   %s\n", row->missing);
            continue;
        }
        add_cell(out, SMALL, row->code);
        add_cell(out, NUMBER, row->weights);
        add_cell(out, NUMBER, resources_flash(row));
        add_cell(out, NUMBER, row->arena + row->scratch);
        add_cell(out, SMALL, row->inputs);
        add_cell(out, SMALL, row->outputs);
        add_cell(out, NUMBER, resources_ram(row));
        add_cell(out, 16, graph->macs);
        text_add_char(out, '\n');
    }
    text_add(out, "\ncode is an estimate for a Cortex-M4, gcc -O2; flash is code and weights, RAM the arena, scratch,\n"
                  "inputs and outputs; the stack is not counted\n");
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
