/* What a network takes of a small machine, for each target and type of numbers: as a table and as JSON. */
#ifndef CNNC_REPORT_RESOURCES_H
#define CNNC_REPORT_RESOURCES_H

#include "base/text.h"
#include "graph.h"

struct resources_row {
    const char *target, *type;
    const char *missing; /* why there are no numbers; NULL: there are */
    int64_t code, weights, arena, scratch, inputs, outputs;
};

int64_t resources_flash(const struct resources_row *row);
int64_t resources_ram(const struct resources_row *row);
void report_resources(const struct graph *graph, const struct resources_row *rows, size_t count, struct text *out);
void report_resources_json(const struct graph *graph, const struct resources_row *rows, size_t count, struct text *out);

#endif
