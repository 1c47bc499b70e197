/* Where a run's outputs go: what they may not overwrite, and files that take their names together, so that old
 * code never meets new weights. */
#ifndef CNNC_PASSES_OUTPUTS_H
#define CNNC_PASSES_OUTPUTS_H

#include "compilation.h"

/* -o FILE, else "./NAME" and the ending. */
const char *output_name(struct compilation *c, const char *ending);
bool output_is_standard(const char *path); /* also NULL */
/* False after reporting that the file would overwrite `input` (NULL: there is none), or anything that the run reads. */
bool output_spares(struct compilation *c, const char *path, const char *input);
bool output_spares_inputs(struct compilation *c, const char *path);
/* The only file of a run, or standard output. */
bool output_write_text(struct compilation *c, const char *bytes, size_t length);
/* Can an #include name the file? */
bool output_can_be_included(const char *path);

struct output_set {
    struct output *items[4];
    size_t count;
};

/* False after reporting that an input or another file of the set has this name. */
bool output_set_is_free(struct compilation *c, const struct output_set *set, const char *path);
void output_set_add(struct output_set *set, struct output *output);
bool output_set_add_text(struct compilation *c, struct output_set *set, const char *path, const char *text);
bool output_set_add_bytes(struct compilation *c, struct output_set *set, const char *path, const void *bytes,
                          size_t length);
/* All take their names, or none does. */
bool output_set_commit(struct compilation *c, struct output_set *set);
/* Nothing is left of them; false, to be returned. */
bool output_set_discard(struct output_set *set);

#endif
