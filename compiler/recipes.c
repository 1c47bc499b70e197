/* The tables of recipes.def, the parser of a row's argument text, and ranges in words. */
#include "recipes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

const char *const recipe_family_names[RECIPE_FAMILY_COUNT] = {"optimiser",      "schedule",     "loss",
                                                              "initialisation", "augmentation", "setting"};

const struct recipe_info recipe_table[RECIPE_WORD_COUNT] = {
#define RECIPE(word, family, arguments, text) {#word, RECIPES_##family, arguments, text},
#define SETTING(name, ...)
#include "recipes.def"
#undef RECIPE
#undef SETTING
};

const struct recipe_info setting_table[SETTING_COUNT] = {
#define RECIPE(word, ...)
#define SETTING(name, argument, text) {#name, RECIPES_SETTING, argument, text},
#include "recipes.def"
#undef RECIPE
#undef SETTING
};

int recipe_word_named(const char *name)
{
    for (int i = 0; i < RECIPE_WORD_COUNT; i++)
        if (strcmp(recipe_table[i].word, name) == 0)
            return i;
    return -1;
}

int setting_named(const char *name)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (strcmp(setting_table[i].word, name) == 0)
            return i;
    return -1;
}

bool setting_takes_label(const char *name, size_t length)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (strlen(setting_table[i].word) == length && memcmp(setting_table[i].word, name, length) == 0)
            return strncmp(setting_table[i].arguments + length, ":label", 6) == 0;
    return false;
}

static enum recipe_type type_named(const char *type, size_t length)
{
    static const struct {
        const char *name;
        enum recipe_type type;
    } types[] = {{"real", RECIPE_REAL},
                 {"whole", RECIPE_WHOLE},
                 {"flag", RECIPE_FLAG},
                 {"epochs", RECIPE_EPOCHS},
                 {"label", RECIPE_LABEL}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, type, length) == 0)
            return types[i].type;
    return RECIPE_REAL;
}

/* One "name:type[low,high)?=default" of a row. */
static struct recipe_argument read_argument(struct arena *arena, const char *text, size_t length)
{
    struct recipe_argument argument = {.low = -INFINITY, .high = INFINITY};
    char *name = arena_copy(arena, text, length), *type = name + strcspn(name, ":");
    *type++ = 0;
    argument.name = name;
    char *rest = type + strcspn(type, "[(?=");
    argument.type = type_named(type, (size_t)(rest - type));
    if (*rest == '[' || *rest == '(') {
        argument.above_low = *rest == '(';
        argument.low = strtod(rest + 1, &rest);
        argument.high = strtod(rest + 1, &rest);
        argument.below_high = *rest++ == ')';
    }
    argument.optional = *rest == '?';
    rest += argument.optional;
    argument.fallback = *rest == '=' ? rest + 1 : NULL;
    return argument;
}

const struct recipe_argument *recipe_arguments(struct arena *arena, const struct recipe_info *info, size_t *count)
{
    struct VEC(struct recipe_argument) arguments = {0};
    for (const char *p = info->arguments; *p;) {
        size_t length = strcspn(p, " ");
        VEC_PUSH(arena, &arguments, read_argument(arena, p, length));
        p += length + (p[length] == ' ');
    }
    *count = arguments.count;
    return arguments.items;
}

bool recipe_in_range(const struct recipe_argument *argument, double value)
{
    return (argument->above_low ? value > argument->low : value >= argument->low) &&
           (argument->below_high ? value < argument->high : value <= argument->high);
}

/* 65536 as "65,536", 0.5 as it is. */
static const char *end_words(struct arena *arena, double end)
{
    bool whole = fabs(end) < 1e18 && end == (double)(long long)end;
    return whole ? text_thousands(arena, (long long)end) : arena_printf(arena, "%g", end);
}

const char *recipe_range_words(struct arena *arena, const struct recipe_argument *argument)
{
    const char *kind = argument->type == RECIPE_WHOLE ? "a whole number" : "a number";
    const char *low = end_words(arena, argument->low);
    const char *high = isinf(argument->high) ? NULL : end_words(arena, argument->high);
    switch (argument->type) {
    case RECIPE_FLAG: return "yes or no";
    case RECIPE_EPOCHS: return "a number of epochs, as 30, or rising ones, as (30, 60, 90)";
    case RECIPE_LABEL: return "a label";
    case RECIPE_REAL:
    case RECIPE_WHOLE: break;
    }
    if (high && !argument->above_low && !argument->below_high)
        return arena_printf(arena, "%s from %s to %s", kind, low, high);
    const char *words = argument->above_low ? arena_printf(arena, "%s greater than %s", kind, low)
                                            : arena_printf(arena, "%s of at least %s", kind, low);
    if (high)
        words = arena_printf(arena, "%s and %s %s", words, argument->below_high ? "less than" : "at most", high);
    return words;
}
