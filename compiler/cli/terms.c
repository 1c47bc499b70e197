/* A row of the tables of options, layers and checks in words. */
#include "cli/terms.h"

#include "base/arena.h"
#include "base/text.h"

const char *term_option(struct arena *arena, const struct option_info *info)
{
    const char *value = info->value ? info->value : "";
    if (!info->name) /* -o FILE, -D NAME=VALUE, -WCHECK, -w */
        return arena_printf(arena, "-%c%s%s", info->letter, info->value && info->letter != 'W' ? " " : "", value);
    if (value[0] == '[')
        return arena_printf(arena, "--%s[=%s", info->name, value + 1);
    return arena_printf(arena, "--%s%s%s", info->name, info->value ? "=" : "", value);
}

static const char *type_text(const struct arg_spec *spec)
{
    static const char *const texts[] = {
        [ARG_WHOLE] = "n",     [ARG_NATURAL] = "n",       [ARG_INDEX] = "i",      [ARG_REAL] = "x",
        [ARG_FLAG] = "yes|no", [ARG_PAIR] = "HxW",        [ARG_PAD] = "pad",      [ARG_PAD2] = "(a, b)",
        [ARG_SIZE] = "HxWxC",  [ARG_LITERAL] = "numbers", [ARG_MATRIX] = "table", [ARG_BIAS] = "yes|no|numbers"};
    return spec->type == ARG_WORDS ? spec->words : texts[spec->type];
}

const char *term_signature(struct arena *arena, enum layer_kind kind)
{
    struct text out = text_new(arena);
    size_t count;
    const struct arg_spec *specs = layer_arguments(arena, kind, &count);
    text_add(&out, layer_table[kind].keyword);
    if (layer_is_merge(kind))
        text_add(&out, "{ chain | chain }");
    for (size_t i = 0; i < count; i++) {
        text_add(&out, i ? ", " : "(");
        text_add(&out, specs[i].name);
        if (specs[i].fallback)
            text_printf(&out, "=%s", specs[i].fallback);
        else if (specs[i].optional)
            text_add_char(&out, '=');
    }
    text_add(&out, count ? ")" : "");
    return out.bytes;
}

const char *term_argument(struct arena *arena, const struct arg_spec *spec)
{
    const char *fallback = spec->fallback   ? arena_printf(arena, "; default %s", spec->fallback)
                           : spec->optional ? "; optional"
                                            : "; required";
    return arena_printf(arena, "%s%s", type_text(spec), fallback);
}

const char *term_recipe(struct arena *arena, const struct recipe_info *info)
{
    struct text out = text_new(arena);
    size_t count;
    const struct recipe_argument *arguments = recipe_arguments(arena, info, &count);
    const bool setting = info->family == RECIPES_SETTING;
    text_add(&out, setting ? "" : info->word);
    for (size_t i = 0; i < count; i++) {
        const struct recipe_argument *a = &arguments[i];
        text_add(&out, setting ? "" : i ? ", " : "(");
        text_add(&out, a->name);
        if (a->fallback || a->optional)
            text_printf(&out, "=%s", a->fallback ? a->fallback : a->type == RECIPE_LABEL ? "LABEL" : "");
    }
    text_add(&out, count && !setting ? ")" : "");
    return out.bytes;
}

const char *term_recipe_argument(struct arena *arena, const struct recipe_argument *argument)
{
    const char *fallback = argument->fallback   ? arena_printf(arena, "; default %s", argument->fallback)
                           : argument->optional ? "; optional"
                                                : "; required";
    return arena_printf(arena, "%s%s", recipe_range_words(arena, argument), fallback);
}

const char *term_check_class(enum check_class class)
{
    switch (class) {
    case CHECK_CLASS_LINT: return "warning";
    case CHECK_CLASS_LINT_OFF: return "warning, off by default";
    case CHECK_CLASS_RULE: return "rule of thumb, on with -Wrules";
    case CHECK_CLASS_REMARK: return "remark";
    default: return "error";
    }
}
