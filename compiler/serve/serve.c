/* The session: messages in their order, requests that are answered, notifications that are followed. A text is checked
 * when something asks about it, or when nothing is left to do: a text that changes with every key is not checked for
 * each of them if they come faster than that. */
#include "serve/serve.h"

#include <stdio.h>
#include <string.h>

#include "serve/server.h"

enum { MOST_QUEUED = 1000 };

/* ---- answers ---- */

enum need { NEED_TEXT, NEED_POSITION };

static const struct method {
    const char *name;
    json_t *(*answer)(struct request *request);
    enum need need;
} methods[] = {
    {"textDocument/hover", serve_hover, NEED_POSITION},
    {"textDocument/completion", serve_completion, NEED_POSITION},
    {"textDocument/definition", serve_definition, NEED_POSITION},
    {"textDocument/references", serve_references, NEED_POSITION},
    {"textDocument/documentHighlight", serve_highlights, NEED_POSITION},
    {"textDocument/prepareRename", serve_prepare_rename, NEED_POSITION},
    {"textDocument/rename", serve_rename, NEED_POSITION},
    {"textDocument/inlayHint", serve_hints, NEED_TEXT},
    {"textDocument/documentSymbol", serve_symbols, NEED_TEXT},
    {"textDocument/foldingRange", serve_folding, NEED_TEXT},
    {"textDocument/formatting", serve_formatting, NEED_TEXT},
    {"textDocument/codeAction", serve_actions, NEED_TEXT},
    {"textDocument/semanticTokens/full", serve_tokens, NEED_TEXT},
    {"textDocument/semanticTokens/range", serve_tokens_range, NEED_TEXT},
};

static void reply(struct server *server, const json_t *id, json_t *result)
{
    wire_send(server->wire, json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

static void reply_error(struct server *server, const json_t *id, enum error_code code, const char *text)
{
    json_t *error = json_pack("{s:i, s:o}", "code", (int)code, "message", answer_text(text));
    json_t *answer = json_pack("{s:s, s:o}", "jsonrpc", "2.0", "error", error);
    json_object_set_new(answer, "id", id ? json_deep_copy(id) : json_null());
    wire_send(server->wire, answer);
}

static const char *uri_of(const json_t *params)
{
    return json_string_value(json_object_get(json_object_get(params, "textDocument"), "uri"));
}

static void answer_about_text(struct server *server, const struct method *method, const json_t *id, json_t *params)
{
    struct request request = {.server = server, .params = params};
    request.document = document_named(server, uri_of(params));
    if (!request.document) {
        reply_error(server, id, ERROR_INVALID_PARAMS, "this text is not open");
        return;
    }
    if (method->need == NEED_POSITION &&
        !document_offset(server, request.document, json_object_get(params, "position"), &request.offset)) {
        reply_error(server, id, ERROR_INVALID_PARAMS, "a position has a line and a character of at least 0");
        return;
    }
    request.analysis = document_analysis(server, request.document);
    request.arena = arena_new();
    json_t *result = method->answer(&request);
    if (result)
        reply(server, id, result);
    else
        reply_error(server, id, request.code ? request.code : ERROR_FAILED,
                    request.error ? request.error : "there is no answer");
    arena_free(request.arena);
}

/* ---- the beginning and the end ---- */

static bool lists(const json_t *array, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        if (json_is_string(item) && strcmp(json_string_value(item), word) == 0)
            return true;
    }
    return false;
}

/* The first encoding of the client's list that the server knows; UTF-16 if there is no list. */
static enum encoding choose_encoding(const json_t *words)
{
    size_t i;
    json_t *word;
    json_array_foreach(words, i, word)
    {
        const char *name = json_is_string(word) ? json_string_value(word) : "";
        if (strcmp(name, "utf-8") == 0)
            return ENCODING_UTF8;
        if (strcmp(name, "utf-16") == 0)
            return ENCODING_UTF16;
        if (strcmp(name, "utf-32") == 0)
            return ENCODING_UTF32;
    }
    return ENCODING_UTF16;
}

static void read_capabilities(struct server *server, const json_t *capabilities)
{
    const json_t *text = json_object_get(capabilities, "textDocument");
    const json_t *item = json_object_get(json_object_get(text, "completion"), "completionItem");
    const json_t *edit = json_object_get(json_object_get(capabilities, "workspace"), "workspaceEdit");
    const json_t *encodings = json_object_get(json_object_get(capabilities, "general"), "positionEncodings");
    server->encoding = choose_encoding(encodings);
    server->markdown = lists(json_object_get(json_object_get(text, "hover"), "contentFormat"), "markdown");
    server->snippets = json_is_true(json_object_get(item, "snippetSupport"));
    server->versioned_edits = json_is_true(json_object_get(edit, "documentChanges"));
}

static json_t *server_capabilities(const struct server *server)
{
    static const char *const encodings[] = {"utf-16", "utf-8", "utf-32"};
    enum { CHANGES_INCREMENTAL = 2 };
    json_t *features = json_pack(
        "{s:s, s:{s:b, s:i}, s:b, s:{s:[s,s,s,s,s,s,s]}, s:b, s:b, s:b, s:{s:b}, s:b, s:b, s:b, s:b, s:{s:[s]}}",
        "positionEncoding", encodings[server->encoding], "textDocumentSync", "openClose", 1, "change",
        CHANGES_INCREMENTAL, "hoverProvider", 1, "completionProvider", "triggerCharacters", "(", ",", "=", ">", "{",
        "|", "[", "definitionProvider", 1, "referencesProvider", 1, "documentHighlightProvider", 1, "renameProvider",
        "prepareProvider", 1, "inlayHintProvider", 1, "documentSymbolProvider", 1, "foldingRangeProvider", 1,
        "documentFormattingProvider", 1, "codeActionProvider", "codeActionKinds", "quickfix");
    json_object_set_new(features, "semanticTokensProvider",
                        json_pack("{s:o, s:b, s:b}", "legend", serve_token_legend(), "full", 1, "range", 1));
    return features;
}

static void initialize(struct server *server, const json_t *id, const json_t *params)
{
    read_capabilities(server, json_object_get(params, "capabilities"));
    server->started = true;
    reply(server, id,
          json_pack("{s:o, s:{s:s, s:s}}", "capabilities", server_capabilities(server), "serverInfo", "name", "cnnc",
                    "version", CNNC_VERSION));
    const json_t *settings = json_object_get(params, "initializationOptions");
    if (json_is_object(settings))
        settings_set(server, settings);
}

static void end(struct server *server)
{
    server->ended = true;
    server->status = server->faulty ? STATUS_USAGE : server->shut_down ? STATUS_DONE : STATUS_NETWORK;
}

/* ---- requests and notifications ---- */

static void answer(struct server *server, const char *name, const json_t *id, json_t *params)
{
    if (strcmp(name, "initialize") == 0 && !server->started) {
        initialize(server, id, params);
        return;
    }
    if (!server->started) {
        reply_error(server, id, ERROR_NOT_INITIALIZED, "the session begins with the request initialize");
        return;
    }
    if (server->shut_down || strcmp(name, "initialize") == 0) {
        reply_error(server, id, ERROR_INVALID_REQUEST, "the session has begun, or ended, already");
        return;
    }
    if (strcmp(name, "shutdown") == 0) {
        server->shut_down = true;
        reply(server, id, json_null());
        return;
    }
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i].name, name) == 0) {
            answer_about_text(server, &methods[i], id, params);
            return;
        }
    reply_error(server, id, ERROR_METHOD_NOT_FOUND, "cnnc does not know this request");
}

static void forget_all(struct server *server)
{
    for (struct document *d = server->documents; d; d = d->next)
        document_forget(d);
}

static void did_open(struct server *server, const json_t *params)
{
    const json_t *item = json_object_get(params, "textDocument"), *text = json_object_get(item, "text");
    const char *uri = json_string_value(json_object_get(item, "uri"));
    if (uri && json_is_string(text))
        document_open(server, uri, json_integer_value(json_object_get(item, "version")), json_string_value(text),
                      json_string_length(text));
}

static void did_change(struct server *server, const json_t *params)
{
    struct document *document = document_named(server, uri_of(params));
    const json_t *version = json_object_get(json_object_get(params, "textDocument"), "version");
    size_t i;
    json_t *change;
    bool right = true;
    json_array_foreach(json_object_get(params, "contentChanges"), i, change)
    {
        right = document && right && document_change(server, document, change);
    }
    if (!document)
        return;
    if (json_is_integer(version))
        document->version = json_integer_value(version);
    document->published = false;
    if (!right)
        server_show(server, "cnnc: a change of the text cannot be applied: close the text and open it again");
}

static void did_close(struct server *server, const json_t *params)
{
    struct document *document = document_named(server, uri_of(params));
    if (!document)
        return;
    publish_nothing(server, document->uri);
    document_close(server, document);
}

static void follow(struct server *server, const char *name, const json_t *params)
{
    if (strcmp(name, "exit") == 0) {
        end(server);
    } else if (!server->started || server->shut_down) {
        return;
    } else if (strcmp(name, "textDocument/didOpen") == 0) {
        did_open(server, params);
    } else if (strcmp(name, "textDocument/didChange") == 0) {
        did_change(server, params);
    } else if (strcmp(name, "textDocument/didClose") == 0) {
        did_close(server, params);
    } else if (strcmp(name, "workspace/didChangeConfiguration") == 0) {
        const json_t *settings = json_object_get(params, "settings");
        if (json_is_object(settings)) {
            settings_set(server, settings);
            forget_all(server);
        }
    } else if (strcmp(name, "workspace/didChangeWatchedFiles") == 0) {
        forget_all(server); /* it may have been a file of weights */
    }
}

static bool is_id(const json_t *id)
{
    return json_is_string(id) || json_is_number(id);
}

static void handle(struct server *server, json_t *message)
{
    const json_t *id = json_object_get(message, "id");
    json_t *params = json_object_get(message, "params");
    const char *name = json_string_value(json_object_get(message, "method"));
    if (!json_is_object(message))
        reply_error(server, NULL, ERROR_INVALID_REQUEST, "a message is an object");
    else if (!name)
        return; /* the answer to a request that was never sent */
    else if (is_id(id) && json_is_true(json_object_get(message, "cancelled")))
        reply_error(server, id, ERROR_CANCELLED, "cancelled");
    else if (is_id(id))
        answer(server, name, id, params);
    else
        follow(server, name, params);
}

/* ---- the queue ---- */

/* Marks a request that is still waiting. */
static void cancel(const json_t *queue, const json_t *id)
{
    size_t i;
    json_t *message;
    json_array_foreach(queue, i, message)
    {
        if (id && json_object_get(message, "method") && json_equal(json_object_get(message, "id"), id))
            json_object_set_new(message, "cancelled", json_true());
    }
}

static void enqueue(json_t *queue, json_t *message)
{
    const char *name = json_string_value(json_object_get(message, "method"));
    json_object_del(message, "cancelled");
    if (name && strcmp(name, "$/cancelRequest") == 0) {
        cancel(queue, json_object_get(json_object_get(message, "params"), "id"));
        json_decref(message);
    } else {
        json_array_append_new(queue, message);
    }
}

/* The first text whose messages are not known to the editor. */
static struct document *unpublished(const struct server *server)
{
    struct document *document = server->documents;
    while (document && document->published)
        document = document->next;
    return document;
}

/* Nothing more will come; what has not been said yet still is. */
static void finish(struct server *server)
{
    for (struct document *document; (document = unpublished(server));)
        publish(server, document);
    end(server);
}

/* Takes in what has come, or waits for something. */
static void collect(struct server *server, json_t *queue, bool wait)
{
    for (;;) {
        json_t *message;
        const char *error;
        const bool idle = wait && json_array_size(queue) == 0;
        switch (wire_receive(server->wire, idle, &message, &error)) {
        case WIRE_MESSAGE: enqueue(queue, message); break;
        case WIRE_UNREADABLE: reply_error(server, NULL, ERROR_PARSE, error); break;
        case WIRE_NOTHING: return;
        case WIRE_END:
            if (error)
                fprintf(stderr, "cnnc: --lsp: %s\n", error);
            server->faulty = server->faulty || error;
            if (json_array_size(queue) == 0)
                finish(server);
            return;
        }
        if (json_array_size(queue) >= MOST_QUEUED)
            return;
    }
}

int serve(const struct serve_host *host, int input, int output)
{
    struct server server = {.host = host, .wire = wire_new(input, output)};
    json_t *queue = json_array();
    while (!server.ended) {
        struct document *waiting = unpublished(&server);
        collect(&server, queue, !waiting);
        if (json_array_size(queue)) {
            json_t *message = json_incref(json_array_get(queue, 0));
            json_array_remove(queue, 0);
            handle(&server, message);
            json_decref(message);
        } else if (waiting && !server.ended) {
            publish(&server, waiting);
        }
    }
    while (server.documents)
        document_close(&server, server.documents);
    json_decref(queue);
    json_decref(server.settings);
    wire_free(server.wire);
    return server.status;
}
