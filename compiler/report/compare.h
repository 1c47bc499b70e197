/* --compare: two networks side by side. Layers are aligned as lines are in a diff, so that as few as possible stand
 * alone; layers of one kind may stand beside each other if their numbers differ. */
#ifndef CNNC_REPORT_COMPARE_H
#define CNNC_REPORT_COMPARE_H

#include "report/report.h"

enum pair_mark { PAIR_SAME, PAIR_CHANGED, PAIR_FIRST_ONLY, PAIR_SECOND_ONLY };

struct layer_pair {
    enum pair_mark mark;
    const struct node *first, *second; /* NULL where there is none */
};

struct comparison {
    const struct graph *graphs[2];
    struct report_totals totals[2];
    struct VEC(struct layer_pair) pairs;
    size_t counts[4]; /* of pairs, by mark */
};

/* What is counted of both. */
struct compared_total {
    const char *name, *key; /* "weight bytes", "weight_bytes" */
    int64_t numbers[2];
};
enum { MOST_COMPARED_TOTALS = 8 };
size_t compare_totals(const struct comparison *comparison, struct compared_total totals[MOST_COMPARED_TOTALS]);
/* "1.73", "0.042", "1,234"; "-" where the first is 0. */
const char *compare_ratio(struct arena *arena, const struct compared_total *total);

/* NULL if there are too many layers to align; *error says so. */
struct comparison *compare_graphs(struct arena *arena, const struct graph *first, const struct graph *second,
                                  const char **error);
void report_compare(const struct comparison *comparison, struct text *out);
void report_compare_json(const struct comparison *comparison, struct text *out);
void report_compare_svg(const struct comparison *comparison, struct text *out);

#endif
