/* The texts that are open in the editor. They live on the heap, each analysis in an arena of its own. */
#include <stdlib.h>
#include <string.h>

#include "serve/server.h"

static char *heap_copy(const char *bytes, size_t length)
{
    char *copy = heap_array(length + 1, 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

struct document *document_named(const struct server *server, const char *uri)
{
    struct document *document = uri ? server->documents : NULL;
    while (document && strcmp(document->uri, uri) != 0)
        document = document->next;
    return document;
}

void document_forget(struct document *document)
{
    analysis_free(document->analysis);
    document->analysis = NULL;
    document->published = false;
}

static void set_text(struct document *document, char *bytes, size_t length)
{
    document_forget(document);
    free(document->bytes);
    document->bytes = bytes;
    document->length = length;
}

void document_open(struct server *server, const char *uri, long long version, const char *bytes, size_t length)
{
    struct document *document = document_named(server, uri);
    if (!document) {
        struct document **last = &server->documents;
        while (*last)
            last = &(*last)->next;
        document = *last = heap_array(1, sizeof *document);
        document->uri = heap_copy(uri, strlen(uri));
    }
    set_text(document, heap_copy(bytes, length), length);
    document->version = version;
}

void document_close(struct server *server, struct document *document)
{
    struct document **at = &server->documents;
    while (*at != document)
        at = &(*at)->next;
    *at = document->next;
    analysis_free(document->analysis);
    free(document->bytes);
    free(document->uri);
    free(document);
}

static bool read_place(const json_t *value, struct line_place *place)
{
    const json_t *line = json_object_get(value, "line"), *character = json_object_get(value, "character");
    if (!json_is_integer(line) || !json_is_integer(character))
        return false;
    const json_int_t l = json_integer_value(line), c = json_integer_value(character);
    if (l < 0 || c < 0)
        return false;
    place->line = l > UINT32_MAX ? UINT32_MAX : (uint32_t)l;
    place->character = c > UINT32_MAX ? UINT32_MAX : (uint32_t)c;
    return true;
}

bool document_offset(const struct server *server, const struct document *document, const json_t *position,
                     size_t *offset)
{
    struct line_place place;
    if (!read_place(position, &place))
        return false;
    *offset = lines_offset(document->bytes, document->length, server->encoding, place);
    return true;
}

bool document_change(struct server *server, struct document *document, const json_t *change)
{
    const json_t *text = json_object_get(change, "text"), *range = json_object_get(change, "range");
    size_t from = 0, to = document->length;
    if (!json_is_string(text))
        return false;
    if (range && !json_is_null(range) &&
        (!document_offset(server, document, json_object_get(range, "start"), &from) ||
         !document_offset(server, document, json_object_get(range, "end"), &to) || from > to))
        return false;
    const size_t added = json_string_length(text), length = document->length - (to - from) + added;
    char *bytes = heap_array(length + 1, 1);
    memcpy(bytes, document->bytes, from);
    memcpy(bytes + from, json_string_value(text), added);
    memcpy(bytes + from + added, document->bytes + to, document->length - to);
    set_text(document, bytes, length);
    return true;
}

struct analysis *document_analysis(struct server *server, struct document *document)
{
    if (!document->analysis)
        document->analysis = analysis_new(server, document);
    return document->analysis;
}
