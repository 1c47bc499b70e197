/* Running m4 over the templates, and finishing its output. Data in, templates, C out: m4 reads
 * only what cnnc's own tables hold; names and comments replace @marks@ after it has run. */
#ifndef CNNC_EMIT_M4_H
#define CNNC_EMIT_M4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emit/emit.h"

struct arena;
struct diag;
struct text;

/* The folder of the templates: $CNNC_TEMPLATES, else beside the program in the source tree, else the
 * installed place. `program` is argv[0] or NULL. NULL after reporting that there is none. */
const char *emit_find_templates(struct arena *arena, struct diag *diag, const char *program);

/* Replaces a mark: @word@ (number -1) or @word:number@. False: there is no such mark. */
struct marks {
    bool (*resolve)(void *context, const char *word, int64_t number, struct text *out);
    void *context;
};

/* A line of its own after each file that the data describe. */
#define EMIT_END_OF_FILE "@end@\n"

/* Runs $M4 (m4 if unset) once over `data`, for all the files that they describe: replaces the marks and drops lines
 * that only conditions left behind. EMIT_NO_TOOLS if m4 cannot be run, EMIT_FAULT if it fails or leaves a word behind
 * that is defined. Reports what is wrong. */
enum emit_result emit_expand(struct arena *arena, struct diag *diag, const char *templates, const struct text *data,
                             const struct marks *marks, struct text *const outs[], size_t out_count);

#endif
