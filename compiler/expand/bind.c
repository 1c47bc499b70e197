/* Arguments: from what is written, and the defaults above it, to struct layer_args; and from a
 * block's call to its formals. Their effect on shapes is left to shape/. */
#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "bind_value.h"
#include "program.h"

static bool matches(const struct arg_spec *spec, const char *name)
{
    return strcmp(spec->name, name) == 0 || (spec->alias && spec->alias == name[0] && !name[1]);
}

int bind_argument_named(const struct program *program, enum layer_kind kind, const char *name)
{
    for (size_t i = 0; i < program->argument_counts[kind]; i++)
        if (matches(&program->arguments[kind][i], name))
            return (int)i;
    return -1;
}

bool bind_is_shorthand(const char *name)
{
    int groups = 0;
    while (*name) {
        if (!strchr("KFSP", *name) || !isdigit((unsigned char)name[1]))
            return false;
        for (name++; isdigit((unsigned char)*name); name++) {
        }
        if (*name == 'x' && isdigit((unsigned char)name[1]))
            for (name++; isdigit((unsigned char)*name); name++) {
            }
        groups++;
    }
    return groups >= 2;
}

static struct expr *shorthand_number(struct program *program, const struct expr *whole, const char **text)
{
    struct expr *expr = ARENA_NEW(program->arena, struct expr);
    expr->kind = EXPR_INTEGER;
    expr->span = whole->span;
    for (; isdigit((unsigned char)**text); ++*text)
        if (expr->integer < INT32_MAX)
            expr->integer = expr->integer * 10 + (**text - '0');
    return expr;
}

static struct expr *shorthand_value(struct program *program, const struct expr *whole, const char **text)
{
    struct expr *first = shorthand_number(program, whole, text);
    if (**text != 'x')
        return first;
    ++*text;
    struct expr *size = ARENA_NEW(program->arena, struct expr);
    size->kind = EXPR_TUPLE;
    size->span = whole->span;
    size->operands = ARENA_ARRAY(program->arena, struct expr *, 2);
    size->count = 2;
    size->operands[0] = first;
    size->operands[1] = shorthand_number(program, whole, text);
    return size;
}

struct binder {
    struct program *program;
    enum layer_kind kind;
    struct slot slots[MAX_ARGUMENTS];
};

/* Puts one argument into its slot. `strict`: it is part of the call itself, so giving it twice is an error. */
static bool set_slot(struct binder *binder, int index, const struct expr *value, const struct place *place,
                     struct span span, bool strict)
{
    struct slot *slot = &binder->slots[index];
    if (strict && slot->written) {
        struct message *m = diag_report(binder->program->diag, CHECK_ARGUMENT, span, "%s is given twice",
                                        binder->program->arguments[binder->kind][index].name);
        message_note(m, slot->span, "first here");
        return false;
    }
    *slot = (struct slot){value, *place, span, strict};
    return true;
}

enum { SHORTHAND_TERMS = 16 }; /* what one of them counts for, by the memory it takes */

static bool set_shorthand(struct binder *binder, const struct arg *arg, const struct place *place, bool strict)
{
    for (const char *text = arg->value->name; *text;) {
        char alias[2] = {*text++, 0};
        struct expr *value = shorthand_value(binder->program, arg->value, &text);
        int index = bind_argument_named(binder->program, binder->kind, alias);
        if (index < 0) {
            diag_report(binder->program->diag, CHECK_UNKNOWN_ARGUMENT, arg->span, "%s has no argument %s",
                        layer_table[binder->kind].keyword, alias);
            return false;
        }
        if (!value_spend(place, arg->span, SHORTHAND_TERMS) ||
            !set_slot(binder, index, value, place, arg->span, strict))
            return false;
    }
    return true;
}

/* The arguments of `source` (the kind that the list was written for) go to the slots of binder->kind;
 * those that this kind does not have are left out. */
static bool set_arguments(struct binder *binder, enum layer_kind source, const struct arg *args,
                          const struct place *place, bool strict)
{
    struct program *program = binder->program;
    size_t position = 0;
    for (const struct arg *arg = args; arg; arg = arg->next) {
        if (!value_spend(place, arg->span, 1))
            return false;
        if (!arg->name && arg->value->kind == EXPR_NAME && bind_is_shorthand(arg->value->name)) {
            if (!set_shorthand(binder, arg, place, strict))
                return false;
            continue;
        }
        if (!arg->name && position >= program->argument_counts[source]) {
            if (program->argument_counts[source] == 0) {
                diag_report(program->diag, CHECK_ARGUMENT, arg->span, "%s takes no arguments",
                            layer_table[source].keyword);
                return false;
            }
            struct message *m = diag_report(program->diag, CHECK_ARGUMENT, arg->span, "%s takes at most %zu arguments",
                                            layer_table[source].keyword, program->argument_counts[source]);
            struct text list = text_new(program->arena);
            for (size_t i = 0; i < program->argument_counts[source]; i++)
                text_printf(&list, "%s%s", i ? ", " : "", program->arguments[source][i].name);
            message_help(m, "%s takes %s", layer_table[source].keyword, list.bytes);
            return false;
        }
        int from = arg->name ? bind_argument_named(program, source, arg->name) : (int)position++;
        if (from < 0)
            return false; /* reported by program_resolve */
        int index = source == binder->kind
                        ? from
                        : bind_argument_named(program, binder->kind, program->arguments[source][from].name);
        if (index >= 0 && !set_slot(binder, index, arg->value, place, arg->span, strict))
            return false;
    }
    return true;
}

/* The defaults above `use` in the text: those of the kind that this one derives from, then its own.
 * They are evaluated here, where they are used, but see only params, tables and H, W, C. */
static bool set_defaults(struct binder *binder, const struct place *place, struct span use)
{
    struct program *program = binder->program;
    struct place here = {program, NULL, place->tensor};
    for (int own = 0; own < 2; own++) {
        int kind = own ? (int)binder->kind : layer_base(binder->kind);
        for (size_t i = 0; i < program->defaults.count; i++) {
            const struct layer_default *d = &program->defaults.items[i];
            if (!value_spend(&here, use, 1))
                return false;
            if ((int)d->kind == kind && d->statement->span.start < use.start &&
                !set_arguments(binder, d->kind, d->statement->args, &here, false))
                return false;
        }
    }
    return true;
}

bool bind_layer(const struct place *place, const struct item *item, enum layer_kind kind, struct node *node,
                struct literal_weight literals[ROLE_COUNT], struct shape_context *context)
{
    struct program *program = place->program;
    struct binder *binder = ARENA_NEW(program->arena, struct binder);
    binder->program = program;
    binder->kind = kind;
    if (!set_defaults(binder, place, item->name_span) || !set_arguments(binder, kind, item->args, place, true))
        return false;
    for (size_t i = 0; i < program->argument_counts[kind]; i++) {
        const struct slot *slot = &binder->slots[i];
        if (!bind_slot(place, item, node, &program->arguments[kind][i], slot, literals))
            return false;
        if (slot->written && i < sizeof context->arg_spans / sizeof *context->arg_spans)
            context->arg_spans[i] = slot->span;
    }
    return true;
}

static const struct formal *formal_at(const struct block *block, const struct arg *arg, size_t *position)
{
    const struct formal *formal = block->statement->formals;
    if (arg->name) {
        while (formal && strcmp(formal->name, arg->name) != 0)
            formal = formal->next;
        return formal;
    }
    for (size_t i = 0; i < *position && formal; i++)
        formal = formal->next;
    ++*position;
    return formal;
}

static const struct arg *arg_for(const struct item *item, const struct block *block, const struct formal *formal)
{
    size_t position = 0;
    for (const struct arg *arg = item->args; arg; arg = arg->next)
        if (formal_at(block, arg, &position) == formal)
            return arg;
    return NULL;
}

static bool check_block_args(const struct place *place, const struct item *item, const struct block *block)
{
    size_t position = 0;
    for (const struct arg *arg = item->args; arg; arg = arg->next) {
        const struct formal *formal = formal_at(block, arg, &position);
        const struct arg *first = formal ? arg_for(item, block, formal) : NULL;
        if (formal && first == arg)
            continue;
        struct message *m = diag_report(place->program->diag, CHECK_ARGUMENT, arg->span,
                                        formal ? "%s is given twice" : "too many arguments for the block %s",
                                        formal ? formal->name : item->name);
        message_note(m, block->statement->name_span, "the block is defined here");
        return false;
    }
    return true;
}

bool bind_block(const struct place *place, const struct item *item, const struct block *block,
                const struct binding **names)
{
    struct program *program = place->program;
    const struct binding *bound = NULL;
    if (!check_block_args(place, item, block))
        return false;
    for (const struct formal *formal = block->statement->formals; formal; formal = formal->next) {
        const struct arg *arg = arg_for(item, block, formal);
        struct place defaults = {program, bound, place->tensor};
        if (!arg && !formal->value) {
            struct message *m = diag_report(program->diag, CHECK_ARGUMENT, item->name_span, "the block %s needs %s",
                                            item->name, formal->name);
            message_note(m, formal->span, "%s has no default value", formal->name);
            return false;
        }
        struct binding *binding = ARENA_NEW(program->arena, struct binding);
        binding->name = formal->name;
        binding->outer = bound;
        if (!value_of(arg ? place : &defaults, arg ? arg->value : formal->value, &binding->value))
            return false;
        bound = binding;
    }
    *names = bound;
    return true;
}
