/* The names in a train statement, before anything is expanded: its words, their arguments and its settings exist. The
 * labels that it refers to are found on the finished graph (train.c). */
#include <string.h>

#include "base/text.h"
#include "expand/foreign.h"
#include "program.h"
#include "recipes.h"

enum { MOST_NAMES = RECIPE_WORD_COUNT + SETTING_COUNT };

/* The words of one family, or of all. */
static size_t list_words(const char *names[MOST_NAMES], int family)
{
    size_t count = 0;
    for (int i = 0; i < RECIPE_WORD_COUNT; i++)
        if (family < 0 || (int)recipe_table[i].family == family)
            names[count++] = recipe_table[i].word;
    return count;
}

static size_t list_settings(const char *names[MOST_NAMES])
{
    for (int i = 0; i < SETTING_COUNT; i++)
        names[i] = setting_table[i].word;
    return SETTING_COUNT;
}

/* "SGD, ADAM or ADAMW" */
static const char *joined(struct arena *arena, const char *const names[], size_t count, const char *last)
{
    struct text out = text_new(arena);
    for (size_t i = 0; i < count; i++) {
        if (i)
            text_add(&out, i + 1 < count ? ", " : arena_printf(arena, " %s ", last));
        text_add(&out, names[i]);
    }
    return out.bytes;
}

/* "SGD, ADAM or ADAMW": the words that have the argument; NULL if none has. */
static const char *words_with(struct arena *arena, const char *argument)
{
    const char *found[RECIPE_WORD_COUNT];
    size_t count = 0;
    for (int i = 0; i < RECIPE_WORD_COUNT; i++) {
        size_t arguments;
        const struct recipe_argument *list = recipe_arguments(arena, &recipe_table[i], &arguments);
        for (size_t k = 0; k < arguments; k++)
            if (strcmp(list[k].name, argument) == 0)
                found[count++] = recipe_table[i].word;
    }
    return count ? joined(arena, found, count, "or") : NULL;
}

static void help_with_argument(struct program *program, struct message *m, const char *argument)
{
    const char *words = words_with(program->arena, argument), *first = words;
    if (!words)
        return;
    size_t length = strcspn(first, ", ");
    message_help(m, "%s is an argument of %s: write it in parentheses, as in %.*s(%s=...)", argument, words,
                 (int)length, first, argument);
}

/* How to write a setting: with the default, or a label. */
static const char *setting_example(struct arena *arena, int setting)
{
    const struct recipe_info *info = &setting_table[setting];
    size_t count;
    const struct recipe_argument *argument = recipe_arguments(arena, info, &count);
    const char *value = argument->type == RECIPE_LABEL ? "LABEL" : argument->fallback ? argument->fallback : "...";
    return arena_printf(arena, "%s=%s", info->word, value);
}

/* A word alone, or with arguments, that is none of the table's. */
static void unknown_word(struct program *program, const struct recipe_item *item)
{
    const char *names[MOST_NAMES], *ours = foreign_recipe(item->name);
    const int setting = setting_named(item->name);
    bool helps = !diag_full(program->diag);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_WORD, item->name_span,
                                    "a train statement knows no word %s", item->name);
    if (!helps)
        return;
    const char *nearest = text_nearest(item->name, names, list_words(names, -1));
    if (setting >= 0)
        message_help(m, "it is a setting: write %s", setting_example(program->arena, setting));
    else if (ours && recipe_word_named(ours) >= 0)
        message_fix(m, ours, "cnnc calls it %s", ours);
    else if (ours && setting_named(ours) >= 0)
        message_help(m, "cnnc calls it %s", setting_example(program->arena, setting_named(ours)));
    else if (words_with(program->arena, ours ? ours : item->name))
        help_with_argument(program, m, ours ? ours : item->name);
    else if (nearest)
        message_suggest(m, nearest);
    else if (layer_kind_named(item->name) >= 0)
        message_help(m, "%s is a layer: it stands in a chain, on a line of its own", item->name);
    else
        message_help(m, "cnnc --help=train lists the words");
}

/* The family that a setting's name stands for, as in loss=MSE; -1: none. */
static int family_named(const char *name)
{
    const char *ours = foreign_recipe(name);
    for (int i = 0; i < RECIPES_SETTING; i++)
        if (strcmp(recipe_family_names[i], ours ? ours : name) == 0)
            return i;
    return -1;
}

static void help_with_family(struct program *program, struct message *m, int family)
{
    const char *names[MOST_NAMES];
    const size_t count = list_words(names, family);
    message_help(m, "it is written as a word alone: %s", joined(program->arena, names, count, "or"));
}

/* name=value where there is no such setting. */
static void unknown_setting(struct program *program, const struct recipe_item *item)
{
    const char *names[MOST_NAMES], *ours = foreign_recipe(item->name);
    bool helps = !diag_full(program->diag);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_WORD, item->name_span,
                                    "a train statement knows no setting %s", item->name);
    if (!helps)
        return;
    const char *nearest = text_nearest(item->name, names, list_settings(names));
    if (family_named(item->name) >= 0)
        help_with_family(program, m, family_named(item->name));
    else if (recipe_word_named(item->name) >= 0)
        message_help(m, "%s is a word, and its arguments go in parentheses: %s(...)", item->name, item->name);
    else if (words_with(program->arena, item->name))
        help_with_argument(program, m, item->name);
    else if (ours && setting_named(ours) >= 0)
        message_suggest(m, ours);
    else if (ours && words_with(program->arena, ours))
        help_with_argument(program, m, ours);
    else if (nearest)
        message_suggest(m, nearest);
    else
        message_help(m, "the settings are %s", joined(program->arena, names, SETTING_COUNT, "and"));
}

static void unknown_argument(struct program *program, const struct arg *arg, const struct recipe_info *info,
                             const struct recipe_argument *arguments, size_t count)
{
    const char *names[RECIPE_MAX_ARGUMENTS], *ours = foreign_recipe(arg->name), *nearest = NULL;
    bool helps = !diag_full(program->diag);
    struct text list = text_new(program->arena);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_ARGUMENT, arg->name_span, "%s has no argument %s",
                                    info->word, arg->name);
    if (!helps)
        return;
    for (size_t i = 0; i < count; i++) {
        names[i] = arguments[i].name;
        text_printf(&list, "%s%s", i ? ", " : "", names[i]);
        nearest = ours && strcmp(names[i], ours) == 0 ? ours : nearest;
    }
    if (!nearest)
        nearest = text_nearest(arg->name, names, count);
    if (nearest)
        message_suggest(m, nearest);
    if (setting_named(arg->name) >= 0)
        message_help(m, "%s is a setting of its own: write it outside the parentheses", arg->name);
    if (count)
        message_help(m, "%s takes %s", info->word, list.bytes);
    else
        message_help(m, "%s takes no arguments", info->word);
}

static void resolve_arguments(struct program *program, const struct recipe_item *item, int word)
{
    const struct recipe_argument *arguments = program->graph->recipe->words[word].arguments;
    const size_t count = program->graph->recipe->words[word].count;
    for (const struct arg *arg = item->args; arg; arg = arg->next) {
        size_t i = 0;
        while (arg->name && i < count && strcmp(arguments[i].name, arg->name) != 0)
            i++;
        if (arg->name && i == count)
            unknown_argument(program, arg, &recipe_table[word], arguments, count);
        resolve_value(program, arg->value);
    }
}

static void resolve_item(struct program *program, const struct recipe_item *item)
{
    const bool setting = item->value || item->reference;
    const int index = setting ? setting_named(item->name) : recipe_word_named(item->name);
    if (index < 0 && setting)
        unknown_setting(program, item);
    else if (index < 0)
        unknown_word(program, item);
    else if (!setting)
        resolve_arguments(program, item, index);
    if (item->value && (index >= 0 || family_named(item->name) < 0)) /* what would be a word is no value */
        resolve_value(program, item->value);
    for (const struct label_part *part = item->reference ? item->reference->parts : NULL; part; part = part->next)
        if (part->expr)
            resolve_value(program, part->expr);
}

void train_resolve(struct program *program, const struct statement *statement)
{
    for (const struct recipe_item *item = statement->items; item; item = item->next)
        resolve_item(program, item);
}
