/* Definitions, uses, and other names for params, blocks, their arguments, indices and labels. */
#include <stdlib.h>
#include <string.h>

#include "base/diag_message.h"
#include "grammar/tokens.h"
#include "grammar/words.h"
#include "serve/names.h"
#include "serve/server.h"

/* The occurrence at the cursor, the shortest if several are; NULL: none. */
static const struct occurrence *occurrence_at(const struct occurrences *names, size_t offset)
{
    const struct occurrence *best = NULL;
    for (size_t i = 0; i < names->count; i++) {
        const struct occurrence *o = &names->items[i];
        const bool here = o->span.start <= offset && offset <= o->span.end;
        if (here && (!best || o->span.end - o->span.start < best->span.end - best->span.start))
            best = o;
    }
    return best;
}

static int by_place(const void *a, const void *b)
{
    const struct occurrence *x = a, *y = b;
    return x->span.start != y->span.start ? (x->span.start < y->span.start ? -1 : 1)
           : x->span.end != y->span.end   ? (x->span.end < y->span.end ? -1 : 1)
                                          : y->defines - x->defines;
}

/* All occurrences of the name at the cursor, in the order of the text, each place once. */
static struct occurrences same_name(const struct request *request)
{
    struct occurrences names = names_of(request->analysis, request->arena), same = {0};
    const struct occurrence *chosen = occurrence_at(&names, request->offset);
    if (!chosen)
        return same;
    same.items = ARENA_ARRAY(request->arena, struct occurrence, names.count);
    for (size_t i = 0; i < names.count; i++)
        if (names.items[i].key == chosen->key)
            same.items[same.count++] = names.items[i];
    qsort(same.items, same.count, sizeof *same.items, by_place);
    size_t kept = 0;
    for (size_t i = 0; i < same.count; i++)
        if (i == 0 || same.items[i].span.start != same.items[kept - 1].span.start ||
            same.items[i].span.end != same.items[kept - 1].span.end)
            same.items[kept++] = same.items[i];
    same.count = kept;
    return same;
}

/* Where a layer without a label stands. */
static struct span place_of_layer(const struct occurrence *o)
{
    return ((const struct item *)o->key)->name_span;
}

json_t *serve_definition(struct request *request)
{
    const struct occurrences same = same_name(request);
    json_t *places = json_array();
    for (size_t i = 0; i < same.count; i++)
        if (same.items[i].defines)
            json_array_append_new(places, answer_location(request, same.items[i].span));
    if (same.count && same.items[0].kind == NAME_LAYER)
        json_array_append_new(places, answer_location(request, place_of_layer(&same.items[0])));
    return places;
}

json_t *serve_references(struct request *request)
{
    const struct occurrences same = same_name(request);
    const bool definitions =
        json_is_true(json_object_get(json_object_get(request->params, "context"), "includeDeclaration"));
    json_t *places = json_array();
    for (size_t i = 0; i < same.count; i++)
        if (definitions || !same.items[i].defines)
            json_array_append_new(places, answer_location(request, same.items[i].span));
    return places;
}

json_t *serve_highlights(struct request *request)
{
    enum { KIND_READ = 2, KIND_WRITE = 3 };
    const struct occurrences same = same_name(request);
    json_t *places = json_array();
    for (size_t i = 0; i < same.count; i++)
        json_array_append_new(places, json_pack("{s:o, s:i}", "range",
                                                answer_range(&request->analysis->lines, same.items[i].span), "kind",
                                                same.items[i].defines ? KIND_WRITE : KIND_READ));
    return places;
}

/* ---- rename ---- */

static int line_of(const struct request *request, struct span span)
{
    return source_position(request->analysis->source, span.start).line;
}

static const char *text_at(const struct request *request, struct span span)
{
    return source_text(request->analysis->source, request->arena, span);
}

/* What stands in the way of renaming, whatever the new name is; NULL if nothing does. */
static const char *obstacle(const struct request *request, const struct occurrences *same)
{
    const struct analysis *a = request->analysis;
    if (!same->count)
        return "there is no name here that can be changed: params, tables, blocks and their arguments, indices and "
               "labels can";
    if (!a->parsed)
        return "a text with syntax errors is not renamed in: some uses could be missed";
    if (same->items[0].kind == NAME_LAYER)
        return arena_printf(request->arena,
                            "cnnc gives this name to the layer in line %d: give it a label, and refer to that",
                            line_of(request, place_of_layer(&same->items[0])));
    if (same->items[0].kind == NAME_LABEL && !a->check.graph)
        return "labels are not renamed while the network has errors: some uses could be missed";
    for (size_t i = 0; i < same->count; i++)
        if (same->items[i].computed)
            return arena_printf(request->arena,
                                same->items[i].defines
                                    ? "the label %s, line %d, is computed and stands for several names: change it, and "
                                      "what refers to it, by hand"
                                    : "the reference %s, line %d, is computed and may reach this label: change both by "
                                      "hand",
                                text_at(request, same->items[i].span), line_of(request, same->items[i].span));
    return NULL;
}

static bool has_only(const char *text, const char *more)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    for (; *text; text++)
        if (!strchr(letters, *text) && !strchr(more, *text))
            return false;
    return true;
}

/* What is wrong with the new name itself; NULL if nothing is. */
static const char *fault_of_name(const struct occurrence *first, const char *name)
{
    const struct label *label = first->kind == NAME_LABEL ? first->key : NULL;
    if (label && label->quoted)
        return *name && !strpbrk(name, "\"\r\n") ? NULL
                                                 : "a label in quotes cannot be empty or hold a quote or line end";
    if (label)
        return *name && has_only(name, ".") ? NULL : "a label consists of letters, digits, _ and dots";
    if (!*name || !has_only(name, "") || (*name >= '0' && *name <= '9'))
        return "a name consists of letters, digits and _, and does not start with a digit";
    if (identifier_token(name, strlen(name)) != TOKEN_NAME || keyword_token(name, strlen(name)))
        return "this word is reserved";
    return NULL;
}

/* The places to be changed, without the quotes of labels. */
static struct span inner_span(const struct occurrence *o)
{
    struct span span = o->span;
    const struct label *label = o->kind == NAME_LABEL && o->defines ? o->key : NULL;
    if (label && label->quoted)
        span = (struct span){span.start + 1, span.end - 1};
    return span;
}

static const char *renamed_text(const struct request *request, const struct occurrences *same, const char *name,
                                size_t *length)
{
    const struct lines *lines = &request->analysis->lines;
    struct text out = text_new(request->arena);
    size_t at = 0;
    for (size_t i = 0; i < same->count; i++) {
        const struct span span = inner_span(&same->items[i]);
        text_add_bytes(&out, lines->bytes + at, span.start - at);
        text_add(&out, name);
        at = span.end;
    }
    text_add_bytes(&out, lines->bytes + at, lines->length - at);
    *length = out.length;
    return out.bytes;
}

static bool same_shapes(const struct graph *a, const struct graph *b)
{
    if (!a || !b)
        return true;
    bool same = a->nodes.count == b->nodes.count;
    for (size_t i = 0; same && i < a->nodes.count; i++)
        same = a->nodes.items[i]->kind == b->nodes.items[i]->kind &&
               shape_equal(a->nodes.items[i]->shape, b->nodes.items[i]->shape);
    return same;
}

/* Checks the renamed text: what is wrong with it that was not before, or NULL. */
static const char *harm(const struct request *request, const struct occurrences *same, const char *name)
{
    const struct diag *before = request->analysis->check.diag;
    size_t length;
    const char *text = renamed_text(request, same, name, &length), *found = NULL;
    struct document trial = {.uri = request->document->uri, .bytes = (char *)(uintptr_t)text, .length = length};
    struct analysis *a = analysis_new(request->server, &trial);
    const struct diag *after = a->check.diag;
    for (size_t i = 0; i < after->messages.count && !found && after->errors > before->errors; i++)
        if (after->messages.items[i]->severity == SEVERITY_ERROR)
            found = arena_printf(request->arena, "with this name the text would be wrong: %s",
                                 after->messages.items[i]->text);
    if (!found && !same_shapes(a->check.graph, request->analysis->check.graph))
        found = "with this name the network would be another one";
    analysis_free(a);
    return found;
}

json_t *serve_prepare_rename(struct request *request)
{
    const struct occurrences same = same_name(request);
    const char *fault = obstacle(request, &same);
    if (fault)
        return answer_error(request, ERROR_FAILED, fault);
    for (size_t i = 0; i < same.count; i++) {
        const struct span span = inner_span(&same.items[i]);
        if (span.start <= request->offset && request->offset <= span.end)
            return json_pack("{s:o, s:o}", "range", answer_range(&request->analysis->lines, span), "placeholder",
                             answer_text(text_at(request, span)));
    }
    return json_null();
}

json_t *serve_rename(struct request *request)
{
    const struct occurrences same = same_name(request);
    const char *name = json_string_value(json_object_get(request->params, "newName"));
    const char *fault = obstacle(request, &same);
    if (!fault)
        fault = name ? fault_of_name(&same.items[0], name) : "a new name is missing";
    if (!fault)
        fault = harm(request, &same, name);
    if (fault)
        return answer_error(request, ERROR_FAILED, fault);
    json_t *edits = json_array();
    for (size_t i = 0; i < same.count; i++)
        json_array_append_new(edits, answer_edit(&request->analysis->lines, inner_span(&same.items[i]), name));
    return answer_workspace_edit(request, edits);
}
