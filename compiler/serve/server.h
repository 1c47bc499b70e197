/* What the parts of the language server share: the session, its documents, a request. */
#ifndef CNNC_SERVE_SERVER_H
#define CNNC_SERVE_SERVER_H

#include <jansson.h>
#include <stdbool.h>

#include "serve/analysis.h"
#include "serve/lines.h"
#include "serve/serve.h"
#include "serve/wire.h"

struct document {
    char *uri;
    long long version;
    char *bytes; /* with a NUL behind them */
    size_t length;
    struct analysis *analysis; /* of these bytes; NULL until somebody asks */
    bool published;            /* its diagnostics */
    struct document *next;
};

struct server {
    const struct serve_host *host;
    struct wire *wire;
    struct document *documents; /* those that are open, in the order in which they were opened */
    json_t *settings;           /* an object, checked; NULL: none */
    enum encoding encoding;
    bool markdown, snippets, versioned_edits; /* what the client can show and do */
    bool started, shut_down, ended, faulty;   /* faulty: what came could not be followed */
    int status;
};

enum error_code {
    ERROR_INVALID_REQUEST = -32600,
    ERROR_METHOD_NOT_FOUND = -32601,
    ERROR_INVALID_PARAMS = -32602,
    ERROR_PARSE = -32700,
    ERROR_NOT_INITIALIZED = -32002,
    ERROR_CANCELLED = -32800,
    ERROR_FAILED = -32803,
};

/* A request about a document. */
struct request {
    struct server *server;
    struct document *document;
    struct analysis *analysis; /* the document's, up to date */
    struct arena *arena;       /* for the answer alone */
    json_t *params;
    size_t offset; /* of params.position */
    enum error_code code;
    const char *error; /* why there is no answer */
};

/* document.c: the texts that are open. */
struct document *document_named(const struct server *server, const char *uri); /* or NULL */
void document_open(struct server *server, const char *uri, long long version, const char *bytes, size_t length);
void document_close(struct server *server, struct document *document);
/* Applies one change of a notification; false if it is malformed. */
bool document_change(struct server *server, struct document *document, const json_t *change);
/* The byte at a position of the protocol; false if that is malformed. */
bool document_offset(const struct server *server, const struct document *document, const json_t *position,
                     size_t *offset);
/* It has to be checked again. */
void document_forget(struct document *document);
struct analysis *document_analysis(struct server *server, struct document *document);

/* settings.c: from the client's configuration. Wrong ones are reported to the user and left out. */
void settings_set(struct server *server, const json_t *value);
/* The options with which a document is checked; `path` is that of its file, or NULL. */
void settings_options(const struct server *server, struct arena *arena, const char *path, struct options *options);
/* "all", "changes" or "none". */
const char *settings_hints(const struct server *server, const char *path);

/* shapes.c: what became of an item, in the order in which it was expanded; once for each time, if it is repeated. */
struct shapes {
    const struct trace_step *const *steps;
    size_t count;
};
struct shapes shapes_after(struct analysis *a, const struct item *item);
/* "28x28x6"; "56x56x64, 28x28x128" or "56x56x64 ... 7x7x512" where they differ; "" if none is known. */
const char *shapes_text(struct arena *arena, const struct trace_step *const *steps, size_t count);

/* answer.c: pieces of answers. */
json_t *answer_text(const char *text); /* any bytes, made UTF-8 */
json_t *answer_range(const struct lines *lines, struct span span);
json_t *answer_edit(const struct lines *lines, struct span span, const char *text);
/* A WorkspaceEdit of the request's document; takes the edits over. */
json_t *answer_workspace_edit(const struct request *request, json_t *edits);
json_t *answer_location(const struct request *request, struct span span);
/* Markdown, or what is left of it for a client that cannot show it. */
json_t *answer_markup(const struct server *server, const char *markdown);
json_t *answer_error(struct request *request, enum error_code code, const char *error); /* NULL */
void server_notify(struct server *server, const char *method, json_t *params);
void server_show(struct server *server, const char *text); /* a warning to the user */

/* The answers. Each returns the result, or NULL with request->error. */
json_t *serve_hover(struct request *request);      /* hover.c */
json_t *serve_completion(struct request *request); /* complete.c */
json_t *serve_definition(struct request *request); /* rename.c */
json_t *serve_references(struct request *request);
json_t *serve_highlights(struct request *request);
json_t *serve_prepare_rename(struct request *request);
json_t *serve_rename(struct request *request);
json_t *serve_hints(struct request *request);   /* hints.c */
json_t *serve_symbols(struct request *request); /* symbols.c */
json_t *serve_folding(struct request *request);
json_t *serve_formatting(struct request *request); /* edit.c */
json_t *serve_actions(struct request *request);    /* fixes.c */
json_t *serve_tokens(struct request *request);     /* tokens.c */
json_t *serve_tokens_range(struct request *request);
json_t *serve_token_legend(void);

/* diagnostics.c */
struct message;
json_t *diagnostic_of(const struct analysis *a, const char *uri, const struct message *message);
void publish(struct server *server, struct document *document);
void publish_nothing(struct server *server, const char *uri);

#endif
