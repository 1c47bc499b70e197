/* All that is known about one version of a text: what a fresh cnnc says of it, and, also where it is wrong, its tree,
 * its shapes, and what its words are. It is made once and read by every answer. */
#ifndef CNNC_SERVE_ANALYSIS_H
#define CNNC_SERVE_ANALYSIS_H

#include "compilation.h"
#include "expand/trace.h"
#include "serve/lines.h"
#include "serve/roles.h"

struct server;
struct document;

struct analysis {
    struct arena *arena;
    struct compilation check; /* exactly cnnc --check */
    const struct source *source;
    struct lines lines;
    const struct ast *ast; /* of the text, or of what mending left of it: never NULL */
    bool parsed;           /* the text's own */
    struct trace trace;    /* trace.graph may be NULL: nothing is known */
    struct roles roles;
    const struct trace_step **sorted; /* shapes.c */
};

struct analysis *analysis_new(const struct server *server, const struct document *document);
void analysis_free(struct analysis *analysis); /* NULL: nothing */

/* The path of a file: URI, "-" for any other. */
const char *analysis_path(struct arena *arena, const char *uri);

/* mend.c: the text with what cannot be parsed blanked out, byte for byte as long. It says nothing about shapes
 * behind an item that was blanked: a name that no layer has stands there. */
const struct source *mend(struct arena *arena, const struct source *source, struct ast **ast);

/* find.c: what of the tree stands at an offset, or NULL. */
struct found {
    const struct statement *statement;
    const struct item *item; /* the innermost */
};
struct found find_at(const struct ast *ast, size_t offset);
/* The item whose span begins as a node's or message's. */
const struct item *find_item(const struct ast *ast, struct span span);

#endif
