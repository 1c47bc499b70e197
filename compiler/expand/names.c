/* Full names: what a label, a record or a sequence gives to a layer, and what a reference finds. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "program.h"

const char *path_join(struct arena *arena, const char *path, const char *name)
{
    return *path ? arena_printf(arena, "%s.%s", path, name) : name;
}

const char *label_text(const struct place *place, const struct label *label)
{
    struct program *program = place->program;
    struct text text = text_new(program->arena);
    for (const struct label_part *part = label->parts; part; part = part->next) {
        int64_t number;
        if (part->text)
            text_add(&text, part->text);
        else if (value_integer(place, part->expr, "a number in a label", &number))
            text_printf(&text, "%lld", (long long)number);
        else
            return NULL;
    }
    if (text.length && text.length <= LIMIT_NAME)
        return text.bytes;
    if (text.length)
        diag_report(program->diag, CHECK_LIMIT, label->span, "a label cannot have more than %d bytes", LIMIT_NAME);
    else
        diag_report(program->diag, CHECK_LABEL, label->span, "a label cannot be empty");
    return NULL;
}

struct scope *scope_open(struct program *program, const struct scope *outer, const char *path, bool sequence)
{
    struct scope *scope = ARENA_NEW(program->arena, struct scope);
    scope->outer = outer;
    scope->path = path;
    scope->sequence = sequence;
    return scope;
}

static const char *lower_case(struct arena *arena, const char *word)
{
    char *lower = arena_string(arena, word);
    for (char *p = lower; *p; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return lower;
}

/* In a sequence the next number; in a record the keyword with its ordinal. INPUT and OUTPUT take no number of a
 * sequence: there they are named as in a record. */
const char *scope_layer_name(struct program *program, struct scope *scope, enum layer_kind kind)
{
    bool numbered = scope->sequence && kind != LAYER_INPUT && kind != LAYER_OUTPUT;
    const char *name = numbered
                           ? arena_printf(program->arena, "%d", scope->next++)
                           : arena_printf(program->arena, "%s%d", lower_case(program->arena, layer_table[kind].keyword),
                                          ++scope->ordinals[kind]);
    return path_join(program->arena, scope->path, name);
}

struct labelled *label_define(struct program *program, const char *name, struct span span)
{
    const struct labelled *first = map_get(&program->labels, name);
    if (strlen(name) > LIMIT_NAME) {
        diag_report(program->diag, CHECK_LIMIT, span,
                    "the full name, including the names around it, has more than %d bytes", LIMIT_NAME);
        return NULL;
    }
    if (first) {
        struct message *m = diag_report(program->diag, CHECK_LABEL, span, "the name %s is given twice", name);
        message_note(m, first->span, "first here");
        return NULL;
    }
    struct labelled *labelled = ARENA_NEW(program->arena, struct labelled);
    labelled->name = name;
    labelled->span = span;
    map_set(program->arena, &program->labels, name, labelled);
    return labelled;
}

/* A reference is looked up in its own scope, then outward. */
struct labelled *label_find(struct program *program, const struct scope *scope, const char *reference)
{
    char name[2 * LIMIT_NAME + 2]; /* not in the arena: many references in deep scopes would fill it */
    do {
        int length = snprintf(name, sizeof name, "%s%s%s", scope->path, *scope->path ? "." : "", reference);
        struct labelled *found = length <= LIMIT_NAME ? map_get(&program->labels, name) : NULL;
        if (found)
            return found;
        scope = scope->outer;
    } while (scope);
    return NULL;
}

void label_suggest(struct program *program, struct message *m, const struct scope *scope, const char *reference)
{
    const char **known = ARENA_ARRAY(program->arena, const char *, program->labels.count);
    size_t count = 0, prefix = strlen(scope->path);
    for (size_t i = 0; i < program->labels.count; i++) {
        const char *name = program->labels.entries[i].key;
        bool inside = prefix && strncmp(name, scope->path, prefix) == 0 && name[prefix] == '.';
        known[count++] = inside ? name + prefix + 1 : name;
    }
    const char *nearest = text_nearest(reference, known, count);
    if (nearest)
        message_suggest(m, nearest);
}

bool label_required(struct program *program, const struct scope *scope, const struct place *place,
                    const struct item *item, struct labelled **found)
{
    const char *reference = label_text(place, item->reference);
    if (!reference)
        return false;
    *found = label_find(program, scope, reference);
    if (*found)
        trace_reference(program, item->reference, *found);
    if (*found && (*found)->tensor)
        return true;
    if (*found) {
        diag_report(program->diag, CHECK_LABEL, item->reference->span, "%s cannot be used inside itself", reference);
    } else if (!diag_failed(program->diag)) { /* else the chain that defines it may have failed */
        struct message *m = diag_report(program->diag, CHECK_LABEL, item->reference->span,
                                        "no layer or group before this is labelled %s", reference);
        label_suggest(program, m, scope, reference);
    }
    return false;
}
