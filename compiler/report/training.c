/* What training will do with a network, for --summary and --emit=json; of texts with a train statement. */
#include <string.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "recipe.h"
#include "report/report.h"

static void add_line(struct text *out, const char *what, const char *words)
{
    text_printf(out, "%-22s%s\n", what, words);
}

/* In the columns of the totals above. */
static void add_number(struct text *out, const char *what, int64_t number)
{
    text_printf(out, "%-20s%16s\n", what, text_thousands(out->arena, (long long)number));
}

/* Words separated by commas; a line that would be longer than the table goes on below. */
static void add_list(struct text *out, const char *what, const char *const *words, size_t count)
{
    enum { FROM = 22 };
    int column = FROM;
    text_printf(out, "%-*s", FROM, what);
    for (size_t i = 0; i < count; i++) {
        const int columns = text_columns(words[i], strlen(words[i])) + 2;
        const bool fits = column + columns <= REPORT_WIDTH;
        text_add(out, !i ? "" : fits ? ", " : ",\n");
        if (i && !fits)
            text_repeat(out, ' ', FROM);
        text_add(out, words[i]);
        column = (i && !fits ? FROM : column) + columns;
    }
    text_add_char(out, '\n');
}

static void add_augmentations(struct text *out, const struct recipe *recipe)
{
    const size_t count = recipe->augmentations.count;
    const char **words = ARENA_ARRAY(out->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        words[i] = recipe_words(out->arena, &recipe->augmentations.items[i].choice);
    if (count)
        add_list(out, "augmentation", words, count);
}

static void add_settings(struct text *out, struct recipe *recipe)
{
    const char *words[SETTING_COUNT];
    size_t listed = 0;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct recipe_argument *argument = recipe->settings[i].arguments;
        const void *value = recipe_setting_field(recipe, argument);
        const bool always = argument->fallback && argument->type != RECIPE_FLAG;
        if (value && (always || recipe_value_differs(out->arena, argument, value)))
            words[listed++] = arena_printf(out->arena, "%s=%s", argument->name,
                                           recipe_value_words(out->arena, argument, value));
    }
    add_list(out, "settings", words, listed);
}

static void add_heads(struct text *out, const struct graph *graph)
{
    const struct recipe *recipe = graph->recipe;
    const char **words = ARENA_ARRAY(out->arena, const char *, recipe->heads.count);
    for (size_t i = 0; i < recipe->heads.count; i++) {
        const struct recipe_head *head = &recipe->heads.items[i];
        const char *name = text_clean(out->arena, graph->outputs.items[head->output].name);
        words[i] = head->weight == 1 ? name : arena_printf(out->arena, "%g*%s", head->weight, name);
    }
    if (recipe->heads.count > 1 || recipe->heads.count < graph->outputs.count)
        add_list(out, "losses of", words, recipe->heads.count);
}

static void add_freezes(struct text *out, const struct recipe *recipe)
{
    const char **words = ARENA_ARRAY(out->arena, const char *, recipe->freezes.count);
    for (size_t i = 0; i < recipe->freezes.count; i++)
        words[i] = text_clean(out->arena, recipe->freezes.items[i].label);
    if (recipe->freezes.count)
        add_list(out, "frozen", words, recipe->freezes.count);
}

/* What a trainer takes for a batch; unknown where the network cannot be trained yet. */
static void add_memory(struct text *out, const struct recipe *recipe, const struct report_totals *totals)
{
    const bool known = totals && totals->training_bytes;
    text_printf(out, "%-20s%16s", "training bytes",
                known ? text_thousands(out->arena, (long long)totals->training_bytes) : "-");
    text_printf(out, known ? "   for batches of %lld, with one thread\n" : "\n", (long long)recipe->batch);
}

void report_training(const struct graph *graph, const struct report_totals *totals, struct text *out)
{
    struct recipe *recipe = graph->recipe;
    if (!recipe || !recipe->written)
        return;
    text_add(out, "\n");
    add_number(out, "trained parameters", recipe->trained_params);
    if (recipe->freezes.count)
        add_number(out, "frozen parameters", recipe->frozen_params);
    add_memory(out, recipe, totals);
    text_add(out, "\n");
    add_freezes(out, recipe);
    add_line(out, "optimiser", recipe_words(out->arena, &recipe->optimiser.choice));
    add_line(out, "schedule", recipe_words(out->arena, &recipe->schedule.choice));
    add_line(out, "loss", recipe_words(out->arena, &recipe->loss.choice));
    add_heads(out, graph);
    add_line(out, "initialisation", recipe_words(out->arena, &recipe->initialisation.choice));
    add_augmentations(out, recipe);
    add_settings(out, recipe);
}

/* ---- JSON ---- */

/* A value in JSON: numbers as they are, epochs as an array. */
static void add_value(struct text *out, const struct recipe_argument *argument, const void *value)
{
    const struct recipe_epochs *epochs = value;
    switch (argument->type) {
    case RECIPE_FLAG: text_add(out, *(const bool *)value ? "true" : "false"); break;
    case RECIPE_EPOCHS:
        for (size_t i = 0; i < epochs->count; i++)
            text_printf(out, "%s%lld", i ? "," : "[", (long long)epochs->items[i]);
        text_add(out, epochs->count ? "]" : "[]");
        break;
    default: text_add(out, recipe_value_words(out->arena, argument, value));
    }
}

/* {"word":"SGD","lr":0.1,...} */
static void add_choice(struct text *out, struct recipe_choice *choice)
{
    size_t count;
    const struct recipe_argument *arguments = recipe_arguments(out->arena, &recipe_table[choice->word], &count);
    text_printf(out, "{\"word\":\"%s\"", recipe_table[choice->word].word);
    for (size_t i = 0; i < count; i++) {
        text_printf(out, ",\"%s\":", arguments[i].name);
        add_value(out, &arguments[i], recipe_field(choice, &arguments[i]));
    }
    text_add_char(out, '}');
}

static void add_member(struct text *out, enum recipe_family family, struct recipe_choice *choice)
{
    text_printf(out, "%s\"%s\":", family ? "," : "", recipe_family_names[family]);
    add_choice(out, choice);
}

static void add_lists(struct text *out, const struct graph *graph)
{
    const struct recipe *recipe = graph->recipe;
    text_printf(out, ",\"%s\":[", recipe_family_names[RECIPES_AUGMENTATION]);
    for (size_t i = 0; i < recipe->augmentations.count; i++) {
        text_add(out, i ? "," : "");
        add_choice(out, &recipe->augmentations.items[i].choice);
    }
    text_add(out, "],\"freeze\":[");
    for (size_t i = 0; i < recipe->freezes.count; i++) {
        text_add(out, i ? "," : "");
        json_add_string(out, recipe->freezes.items[i].label);
    }
    text_add(out, "],\"heads\":[");
    for (size_t i = 0; i < recipe->heads.count; i++) {
        const struct recipe_argument weight = {.type = RECIPE_REAL};
        text_add(out, i ? ",{\"output\":" : "{\"output\":");
        json_add_string(out, graph->outputs.items[recipe->heads.items[i].output].name);
        text_printf(out, ",\"weight\":%s}", recipe_value_words(out->arena, &weight, &recipe->heads.items[i].weight));
    }
    text_add_char(out, ']');
}

void report_training_json(const struct graph *graph, const struct report_totals *totals, struct text *out)
{
    struct recipe *recipe = graph->recipe;
    if (!recipe || !recipe->written)
        return;
    text_add(out, ",\n\"train\":{");
    add_member(out, RECIPES_OPTIMISER, &recipe->optimiser.choice);
    add_member(out, RECIPES_SCHEDULE, &recipe->schedule.choice);
    add_member(out, RECIPES_LOSS, &recipe->loss.choice);
    add_member(out, RECIPES_INITIALISATION, &recipe->initialisation.choice);
    add_lists(out, graph);
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct recipe_argument *argument = recipe->settings[i].arguments;
        const void *value = recipe_setting_field(recipe, argument);
        if (!value)
            continue;
        text_printf(out, ",\"%s\":", argument->name);
        if (argument->optional && !recipe_value_differs(out->arena, argument, value))
            text_add(out, "null");
        else
            add_value(out, argument, value);
    }
    text_printf(out, ",\"params\":%lld,\"frozen_params\":%lld,\"bytes\":", (long long)recipe->trained_params,
                (long long)recipe->frozen_params);
    if (totals && totals->training_bytes)
        text_printf(out, "%llu}", (unsigned long long)totals->training_bytes);
    else
        text_add(out, "null}");
}
