/* Reports: what is known about a checked graph, as text. Nothing here recomputes a shape or a count,
 * and nothing writes files; the user's own words are escaped for the format they go into. */
#ifndef CNNC_REPORT_REPORT_H
#define CNNC_REPORT_REPORT_H

#include <stdbool.h>

#include "base/text.h"
#include "graph.h"

struct thinned;

/* What only a plan knows. */
struct report_totals {
    bool has_plan; /* false: the three numbers are unknown */
    int64_t weight_bytes, arena_bytes, arena_lower_bound;
    int64_t scratch_bytes;         /* of a call of several images, for each thread: there one of them lies */
    int images;                    /* of a call, if there are several; else 0 */
    int64_t half_bytes;            /* of those of weights, as half floats */
    const struct thinned *thinned; /* what is planned, without channels that cannot vary; NULL: all of it */
    uint64_t training_bytes;       /* of a trainer with one thread; 0: unknown */
};

/* Which code was chosen for a layer, and why; NULL if there is nothing to say. */
struct report_code {
    const char *(*text)(void *data, const struct node *node);
    void *data;
};

enum { REPORT_WIDTH = 96, REPORT_MIN_WIDTH = 80 };

/* A table of the layers and the totals, at most `width` columns wide (at least REPORT_MIN_WIDTH). */
void report_summary(const struct graph *graph, const struct report_totals *totals, int width, struct text *out);

/* What the train statements say, for the end of the summary and as a member of the JSON; nothing if there are none. */
void report_training(const struct graph *graph, const struct report_totals *totals, struct text *out);
void report_training_json(const struct graph *graph, const struct report_totals *totals, struct text *out);

/* The arithmetic of all layers (layer NULL) or of one, given by its full name or a unique end of it.
 * `code` may be NULL. False: no such layer; *error says so and names the nearest. */
bool report_explain(const struct graph *graph, const char *layer, const struct report_code *code, struct text *out,
                    const char **error);

void report_json(const struct graph *graph, const struct report_totals *totals, struct text *out);

/* The network in Graphviz's language, and as the picture that `dot` makes of it. */
void report_dot(const struct graph *graph, struct text *out);
bool report_svg(const struct graph *graph, struct text *out, const char **error);
/* Any SVG of cnnc's as PNG, which librsvg's rsvg-convert makes of it: twice as large, as far as its sides allow. */
bool report_png(const struct text *svg, struct text *out, const char **error);

/* "64, 3x3, stride=2": a layer's arguments as one would write them, without defaults. */
const char *report_arguments(struct arena *arena, const struct node *node);
/* "CONV(64, 3x3, stride=2)" */
const char *report_call(struct arena *arena, const struct node *node);
/* Where the text calls the layer, and the line of that; 0 each if it does not. */
struct position report_place(const struct graph *graph, const struct node *node);
int report_line(const struct graph *graph, const struct node *node);

#endif
