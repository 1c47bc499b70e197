/* The help text, from the tables of options, layers, recipes and checks. No option is known to it by name. */
#include "cli/help.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "check/rules.h"
#include "cli/manual.h"
#include "cli/terms.h"
#include "recipes.h"

enum { WIDTH = 96 };

/* Adds words, broken at WIDTH, every line after the first indented. */
static void add_wrapped(struct text *out, const char *words, int column, int indent)
{
    for (bool first = true; *words; first = false) {
        size_t length = strcspn(words, " ");
        int columns = text_columns(words, length);
        if (!first && column + 1 + columns > WIDTH) {
            text_add_char(out, '\n');
            text_repeat(out, ' ', indent);
            column = indent;
        } else if (!first) {
            text_add_char(out, ' ');
            column++;
        }
        text_add_bytes(out, words, length);
        column += columns;
        words += length + strspn(words + length, " ");
    }
    text_add_char(out, '\n');
}

/* A term on the left and its text to the right, or below it if the term is long. */
static void add_entry(struct text *out, const char *term, const char *text, int indent)
{
    int columns = 2 + text_columns(term, strlen(term));
    text_printf(out, "  %s", term);
    if (columns + 2 > indent) {
        text_add_char(out, '\n');
        columns = 0;
    }
    text_repeat(out, ' ', indent - columns);
    add_wrapped(out, text, indent, indent);
}

static void add_options(struct arena *arena, struct text *out)
{
    const char *group = "";
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_info *info = &option_table[i];
        if (strcmp(group, info->group) != 0)
            text_printf(out, "\n%s\n", group = info->group);
        add_entry(out, term_option(arena, info), info->text, 22);
    }
}

/* "CONV DWCONV DECONV": the keywords of each family, a line a family. */
static void add_families(struct text *out)
{
    text_add(out, "\nLayers (details: cnnc --help=layers, or cnnc --help=CONV for one of them)\n");
    for (int family = 0; family < FAMILY_COUNT; family++) {
        struct text words = text_new(out->arena);
        for (int kind = 0; kind < LAYER_COUNT; kind++)
            if ((int)layer_table[kind].family == family)
                text_printf(&words, "%s%s", words.length ? " " : "", layer_table[kind].keyword);
        add_entry(out, layer_family_names[family], words.bytes, 22);
    }
}

static void add_layers(struct arena *arena, struct text *out)
{
    for (int family = 0; family < FAMILY_COUNT; family++) {
        text_printf(out, "%s%c%s\n", family ? "\n" : "", toupper((unsigned char)layer_family_names[family][0]),
                    layer_family_names[family] + 1);
        for (int kind = 0; kind < LAYER_COUNT; kind++) {
            if ((int)layer_table[kind].family != family)
                continue;
            text_add(out, "  ");
            add_wrapped(out, term_signature(arena, (enum layer_kind)kind), 2, 6);
            text_add(out, "      ");
            add_wrapped(out, layer_table[kind].text, 6, 6);
        }
    }
}

static void add_layer(struct arena *arena, struct text *out, enum layer_kind kind)
{
    size_t count;
    const struct arg_spec *specs = layer_arguments(arena, kind, &count);
    add_wrapped(out, term_signature(arena, kind), 0, 4);
    text_add(out, "    ");
    add_wrapped(out, layer_table[kind].text, 4, 4);
    for (size_t i = 0; i < count; i++) {
        const char *alias = specs[i].alias ? arena_printf(arena, " (or %c)", specs[i].alias) : "";
        add_entry(out, arena_printf(arena, "%s%s", specs[i].name, alias), term_argument(arena, &specs[i]), 20);
    }
}

static void add_recipe_arguments(struct arena *arena, struct text *out, const struct recipe_info *info)
{
    size_t count;
    const struct recipe_argument *arguments = recipe_arguments(arena, info, &count);
    for (size_t i = 0; i < count; i++)
        add_entry(out, arguments[i].name, term_recipe_argument(arena, &arguments[i]), 20);
}

/* A row of recipes.def: a word with its arguments, or a setting. */
static void add_recipe(struct arena *arena, struct text *out, const struct recipe_info *info)
{
    add_wrapped(out, term_recipe(arena, info), 0, 4);
    text_add(out, "    ");
    add_wrapped(out, arena_printf(arena, "train, %s: %s", recipe_family_names[info->family], info->text), 4, 4);
    add_recipe_arguments(arena, out, info);
}

static void add_recipe_rows(struct arena *arena, struct text *out, const struct recipe_info *rows, int count,
                            enum recipe_family family)
{
    for (int i = 0; i < count; i++) {
        if (rows[i].family != family)
            continue;
        text_add(out, "  ");
        add_wrapped(out, term_recipe(arena, &rows[i]), 2, 6);
        text_add(out, "      ");
        add_wrapped(out, rows[i].text, 6, 6);
    }
}

static void add_training(struct arena *arena, struct text *out)
{
    text_add(out, "train WORD, WORD(arguments), setting=value: how the network learns\n"
                  "\n"
                  "  INPUT(28x28, type=u8, scale=1/255) -> CONV(8) -> RELU -> POOL -> FC(10)\n"
                  "  train ADAM(1e-3), COSINE(warmup=1), epochs=5, SHIFT(2)\n"
                  "\n"
                  "cnnc --train=DATA FILE trains it. What no statement says is SGD(0.01, momentum=0.9), CONSTANT,\n"
                  "CROSSENTROPY, HE, batch=64, epochs=10.\n");
    for (int family = 0; family < RECIPE_FAMILY_COUNT; family++) {
        text_printf(out, "\n%c%s\n", toupper((unsigned char)recipe_family_names[family][0]),
                    recipe_family_names[family] + 1);
        add_recipe_rows(arena, out, recipe_table, RECIPE_WORD_COUNT, (enum recipe_family)family);
        add_recipe_rows(arena, out, setting_table, SETTING_COUNT, (enum recipe_family)family);
    }
}

static void add_check(struct arena *arena, struct text *out, enum check check)
{
    const struct check_info *info = &check_table[check];
    add_entry(out, info->name, arena_printf(arena, "%s (%s)", info->text, term_check_class(info->class)), 24);
}

static void add_checks(struct arena *arena, struct text *out)
{
    text_add(out, "Warnings: -WNAME turns one on, -Wno-NAME off, and -Werror=NAME into an error; -Wrules means all "
                  "rules of thumb\n");
    for (int pass = 0; pass < 2; pass++) {
        text_add(out, pass ? "\nErrors and remarks\n" : "");
        for (int i = 0; i < CHECK_COUNT; i++)
            if (check_is_lint((enum check)i) == !pass)
                add_check(arena, out, (enum check)i);
    }
}

static void add_rules(struct text *out)
{
    text_add(out, "Rules of thumb: -Wrules turns them all on, -WNAME and -Wno-NAME one of them\n");
    for (int i = 0; i < RULE_COUNT; i++) {
        const struct rule_info *rule = &rule_table[i];
        text_printf(out, "\n%s: ", check_table[rule->check].name);
        add_wrapped(out, check_table[rule->check].text, (int)strlen(check_table[rule->check].name) + 2, 4);
        add_entry(out, "why", rule->reason, 14);
        add_entry(out, "except", rule->exceptions, 14);
    }
}

static void add_overview(struct arena *arena, struct text *out)
{
    text_add(out, "cnnc compiles the description of a convolutional network into C that is specialised for it.\n\n"
                  "Usage: cnnc [options] FILE\n\n"
                  "FILE is a .cnn text, an .onnx or .tflite model, or - for standard input.\n");
    add_options(arena, out);
    add_families(out);
    text_add(out, "\nExit status: 0 success, 1 wrong network or weights, 2 wrong usage or a file error, 70 a bug in "
                  "cnnc.\n");
}

static bool add_topic(struct arena *arena, const char *topic, struct text *out)
{
    if (manual_page(arena, topic, out))
        return true;
    int kind = layer_kind_named(topic), word = recipe_word_named(topic), setting = setting_named(topic);
    if (kind >= 0)
        add_layer(arena, out, (enum layer_kind)kind);
    if (word >= 0) /* CROP is both */
        add_recipe(arena, out, &recipe_table[word]);
    if (setting >= 0)
        add_recipe(arena, out, &setting_table[setting]);
    if (kind >= 0 || word >= 0 || setting >= 0)
        return true;
    for (int i = 0; i < CHECK_COUNT; i++)
        if (strcmp(check_table[i].name, topic) == 0) {
            add_check(arena, out, (enum check)i);
            return true;
        }
    enum { TOPICS = 4, NAMES = TOPICS + LAYER_COUNT + CHECK_COUNT + RECIPE_WORD_COUNT + SETTING_COUNT };
    const char *names[NAMES] = {"layers", "checks", "rules", "train"};
    size_t count = TOPICS;
    for (int i = 0; i < LAYER_COUNT; i++)
        names[count++] = layer_table[i].keyword;
    for (int i = 0; i < CHECK_COUNT; i++)
        names[count++] = check_table[i].name;
    for (int i = 0; i < RECIPE_WORD_COUNT; i++)
        names[count++] = recipe_table[i].word;
    for (int i = 0; i < SETTING_COUNT; i++)
        names[count++] = setting_table[i].word;
    const char *near = strcmp(topic, "training") == 0 ? "train" : text_nearest(topic, names, count);
    text_printf(out, "cnnc: no help for '%s'%s%s%s\n", text_clean(out->arena, topic), near ? "; did you mean '" : "",
                near ? near : "", near ? "'?" : "");
    return false;
}

bool help_text(struct arena *arena, const char *topic, struct text *out)
{
    if (!topic)
        add_overview(arena, out);
    else if (strcmp(topic, "layers") == 0)
        add_layers(arena, out);
    else if (strcmp(topic, "checks") == 0)
        add_checks(arena, out);
    else if (strcmp(topic, "rules") == 0)
        add_rules(out);
    else if (strcmp(topic, "train") == 0)
        add_training(arena, out);
    else
        return add_topic(arena, topic, out);
    return true;
}
