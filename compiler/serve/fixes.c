/* Fixes: what messages propose, as edits. */
#include <ctype.h>
#include <string.h>

#include "base/diag_message.h"
#include "serve/server.h"
#include "serve/words.h"

struct fix {
    const char *title, *text;
    struct span span;
};

/* Where the argument of this name stands in the call, by name, alias or position; NULL: it is not given. */
static const struct arg *argument_of_call(struct arena *arena, const struct item *item, const char *name, bool *hidden)
{
    size_t count = 0, position = 0;
    const int kind = layer_kind_named(item->name);
    const struct arg_spec *specs = kind < 0 ? NULL : layer_arguments(arena, (enum layer_kind)kind, &count),
                          *spec = specs;
    *hidden = !specs;
    if (!specs)
        return NULL;
    while (spec < specs + count && strcmp(spec->name, name) != 0)
        spec++;
    *hidden = spec == specs + count;
    for (const struct arg *arg = item->args; arg && !*hidden; arg = arg->next) {
        const bool letters = !arg->name && arg->value->kind == EXPR_NAME && strlen(arg->value->name) > 3 &&
                             strchr("KFSP", arg->value->name[0]) && isdigit((unsigned char)arg->value->name[1]);
        if (letters && spec->alias && strchr(arg->value->name, spec->alias))
            *hidden = true; /* within K16F3: it cannot be set alone */
        else if (arg->name ? strcmp(arg->name, name) == 0 || (spec->alias == arg->name[0] && !arg->name[1])
                           : !letters && position++ == (size_t)(spec - specs))
            return arg;
    }
    return NULL;
}

/* Sets an argument of the layer that the message is about; false if that cannot be done. */
static bool set_argument(const struct request *request, const struct message *message, const struct attachment *a,
                         struct fix *fix)
{
    bool hidden;
    const struct item *item = find_item(request->analysis->ast, message->span);
    if (!item || item->kind != ITEM_CALL || message->span.end > item->span.end)
        return false;
    const struct arg *given = argument_of_call(request->arena, item, a->argument, &hidden), *last = item->args;
    while (last && last->next)
        last = last->next;
    if (hidden)
        return false;
    fix->title = arena_printf(request->arena, "set %s=%s", a->argument, a->words);
    fix->text = a->words;
    if (given) {
        fix->span = given->value->span;
    } else if (last) {
        fix->span = (struct span){last->span.end, last->span.end};
        fix->text = arena_printf(request->arena, ", %s=%s", a->argument, a->words);
    } else if (!item->has_args) {
        fix->span = (struct span){item->name_span.end, item->name_span.end};
        fix->text = arena_printf(request->arena, "(%s=%s)", a->argument, a->words);
    } else {
        return false;
    }
    return true;
}

static bool fix_of(const struct request *request, const struct message *message, const struct attachment *a,
                   struct fix *fix)
{
    if (!a->words)
        return false;
    if (a->argument)
        return set_argument(request, message, a, fix);
    const char *old = source_text(message->source, request->arena, message->span);
    *fix = (struct fix){arena_printf(request->arena, "replace '%s' by '%s'", old, a->words), a->words, message->span};
    return true;
}

/* The definition of what is never used goes, with its lines. */
static bool removal_of(const struct request *request, const struct message *message, struct fix *fix)
{
    if (message->check != CHECK_UNUSED_PARAM && message->check != CHECK_UNUSED_BLOCK)
        return false;
    const struct analysis *a = request->analysis;
    const struct statement *s = find_at(a->ast, message->span.start).statement;
    if (!s)
        return false;
    struct span span = s->span;
    while (span.start > 0 && strchr(" \t", a->lines.bytes[span.start - 1]))
        span.start--;
    while (span.end < a->lines.length && a->lines.bytes[span.end] != '\n')
        span.end++;
    span.end += span.end < a->lines.length;
    *fix = (struct fix){arena_printf(request->arena, "remove %s", s->name), "", span};
    return true;
}

static void add_action(const struct request *request, const struct message *message, const struct fix *fix, bool only,
                       json_t *actions)
{
    const struct lines *lines = &request->analysis->lines;
    json_t *edits = json_pack("[o]", answer_edit(lines, fix->span, fix->text));
    json_t *about = diagnostic_of(request->analysis, request->document->uri, message);
    json_array_append_new(actions, json_pack("{s:o, s:s, s:b, s:[o], s:o}", "title", answer_text(fix->title), "kind",
                                             "quickfix", "isPreferred", (int)only, "diagnostics", about, "edit",
                                             answer_workspace_edit(request, edits)));
}

static void add_fixes(const struct request *request, const struct message *message, json_t *actions)
{
    struct fix fix;
    size_t count = 0;
    for (size_t i = 0; i < message->attachments.count; i++)
        count += message->attachments.items[i].words != NULL;
    for (size_t i = 0; i < message->attachments.count; i++)
        if (fix_of(request, message, &message->attachments.items[i], &fix))
            add_action(request, message, &fix, count == 1, actions);
    if (removal_of(request, message, &fix))
        add_action(request, message, &fix, true, actions);
}

/* Does the client want fixes? "quickfix" may be asked for alone, with others, or not at all. */
static bool are_wanted(const json_t *only)
{
    size_t i;
    json_t *kind;
    json_array_foreach(only, i, kind)
    {
        const char *name = json_is_string(kind) ? json_string_value(kind) : "";
        if (!*name || strcmp(name, "quickfix") == 0)
            return true;
    }
    return !json_is_array(only);
}

json_t *serve_actions(struct request *request)
{
    const json_t *range = json_object_get(request->params, "range");
    const struct analysis *a = request->analysis;
    json_t *actions = json_array();
    size_t from, to;
    int errors = 0;
    if (!are_wanted(json_object_get(json_object_get(request->params, "context"), "only")) ||
        !document_offset(request->server, request->document, json_object_get(range, "start"), &from) ||
        !document_offset(request->server, request->document, json_object_get(range, "end"), &to))
        return actions;
    for (size_t i = 0; i < a->check.diag->messages.count; i++) {
        const struct message *m = a->check.diag->messages.items[i];
        if (m->severity == SEVERITY_ERROR && ++errors > LIMIT_ERRORS)
            continue;
        if (m->has_span && m->source == a->source && m->span.start <= to && m->span.end >= from)
            add_fixes(request, m, actions);
    }
    return actions;
}
