/* Recipes: where each argument's value lives, defaults, words; and which weights of a graph training changes. */
#include "recipe.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "graph.h"

/* A field whose type differs from the row's does not compile. */
#define AT(of, type, member)                                                                                           \
    (offsetof(struct of, member) + 0 * sizeof(char[_Generic(((struct of *)0)->member, type : 1, default : -1)]))
/* clang-format off */
#define REAL(family, member)  #member, RECIPES_##family, RECIPE_REAL, AT(FAMILY_##family, double, member)
#define WHOLE(family, member) #member, RECIPES_##family, RECIPE_WHOLE, AT(FAMILY_##family, int64_t, member)
/* clang-format on */
#define FAMILY_OPTIMISER recipe_optimiser
#define FAMILY_SCHEDULE recipe_schedule
#define FAMILY_LOSS recipe_loss
#define FAMILY_INITIALISATION recipe_initialisation
#define FAMILY_AUGMENTATION recipe_augmentation
#define FAMILY_SETTING recipe

static const struct field {
    const char *name;
    enum recipe_family family;
    enum recipe_type type;
    size_t offset; /* in the struct of the family; of a setting in struct recipe */
} fields[] = {
    {REAL(OPTIMISER, lr)},
    {REAL(OPTIMISER, momentum)},
    {REAL(OPTIMISER, decay)},
    {REAL(OPTIMISER, beta1)},
    {REAL(OPTIMISER, beta2)},
    {REAL(OPTIMISER, eps)},
    {REAL(OPTIMISER, alpha)},
    {"nesterov", RECIPES_OPTIMISER, RECIPE_FLAG, AT(recipe_optimiser, bool, nesterov)},
    {REAL(SCHEDULE, factor)},
    {REAL(SCHEDULE, warmup)},
    {REAL(SCHEDULE, peak)},
    {REAL(SCHEDULE, from)},
    {REAL(SCHEDULE, to)},
    {WHOLE(SCHEDULE, patience)},
    {"at", RECIPES_SCHEDULE, RECIPE_EPOCHS, AT(recipe_schedule, struct recipe_epochs, at)},
    {REAL(LOSS, smoothing)},
    {REAL(LOSS, margin)},
    {REAL(INITIALISATION, sd)},
    {REAL(INITIALISATION, bound)},
    {REAL(AUGMENTATION, p)},
    {REAL(AUGMENTATION, degrees)},
    {REAL(AUGMENTATION, lo)},
    {REAL(AUGMENTATION, hi)},
    {REAL(AUGMENTATION, sd)},
    {REAL(AUGMENTATION, amount)},
    {REAL(AUGMENTATION, alpha)},
    {WHOLE(AUGMENTATION, pad)},
    {WHOLE(AUGMENTATION, pixels)},
    {WHOLE(AUGMENTATION, size)},
    {WHOLE(SETTING, epochs)},
    {WHOLE(SETTING, batch)},
    {WHOLE(SETTING, seed)},
    {REAL(SETTING, clip)},
    {REAL(SETTING, average)},
    {"whiten", RECIPES_SETTING, RECIPE_FLAG, AT(recipe, bool, whiten)},
};

static void *find_field(enum recipe_family family, const struct recipe_argument *argument, void *base)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].family == family && fields[i].type == argument->type &&
            strcmp(fields[i].name, argument->name) == 0)
            return (char *)base + fields[i].offset;
    return NULL;
}

/* A choice is the first member of its family's struct. */
void *recipe_field(struct recipe_choice *choice, const struct recipe_argument *argument)
{
    return find_field(recipe_table[choice->word].family, argument, choice);
}

void *recipe_setting_field(struct recipe *recipe, const struct recipe_argument *argument)
{
    return find_field(RECIPES_SETTING, argument, recipe);
}

/* ---- defaults ---- */

static void set_default(const struct recipe_argument *argument, void *field)
{
    const char *text = argument->fallback;
    if (!text || !field)
        return;
    switch (argument->type) {
    case RECIPE_REAL: *(double *)field = strtod(text, NULL); break;
    case RECIPE_WHOLE: *(int64_t *)field = strtoll(text, NULL, 10); break;
    case RECIPE_FLAG: *(bool *)field = strcmp(text, "yes") == 0; break;
    case RECIPE_EPOCHS:
    case RECIPE_LABEL: break; /* they have none */
    }
}

/* The struct of the family, emptied. */
static struct recipe_choice *clear_family(struct arena *arena, struct recipe *recipe, enum recipe_family family)
{
    const struct recipe_augmentation none = {.choice = {.written = false}};
    switch (family) {
    case RECIPES_OPTIMISER: memset(&recipe->optimiser, 0, sizeof recipe->optimiser); return &recipe->optimiser.choice;
    case RECIPES_SCHEDULE: memset(&recipe->schedule, 0, sizeof recipe->schedule); return &recipe->schedule.choice;
    case RECIPES_LOSS: memset(&recipe->loss, 0, sizeof recipe->loss); return &recipe->loss.choice;
    case RECIPES_INITIALISATION:
        memset(&recipe->initialisation, 0, sizeof recipe->initialisation);
        return &recipe->initialisation.choice;
    case RECIPES_AUGMENTATION:
    case RECIPES_SETTING:
    case RECIPE_FAMILY_COUNT: break;
    }
    VEC_PUSH(arena, &recipe->augmentations, none);
    return &recipe->augmentations.items[recipe->augmentations.count - 1].choice;
}

struct recipe_choice *recipe_choose(struct arena *arena, struct recipe *recipe, enum recipe_word word, struct span span)
{
    struct recipe_choice *choice = clear_family(arena, recipe, recipe_table[word].family);
    const struct recipe_row *row = &recipe->words[word];
    *choice = (struct recipe_choice){word, span.end > 0, span};
    for (size_t i = 0; i < row->count; i++)
        set_default(&row->arguments[i], recipe_field(choice, &row->arguments[i]));
    return choice;
}

struct recipe *recipe_new(struct arena *arena)
{
    static const enum recipe_word words[] = {RECIPE_SGD, RECIPE_CONSTANT, RECIPE_CROSSENTROPY, RECIPE_HE};
    const struct span nowhere = {0, 0};
    struct recipe *recipe = ARENA_NEW(arena, struct recipe);
    for (int i = 0; i < RECIPE_WORD_COUNT; i++)
        recipe->words[i].arguments = recipe_arguments(arena, &recipe_table[i], &recipe->words[i].count);
    for (int i = 0; i < SETTING_COUNT; i++)
        recipe->settings[i].arguments = recipe_arguments(arena, &setting_table[i], &recipe->settings[i].count);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        recipe_choose(arena, recipe, words[i], nowhere);
    recipe->optimiser.momentum = 0.9;
    for (int i = 0; i < SETTING_COUNT; i++)
        set_default(recipe->settings[i].arguments, recipe_setting_field(recipe, recipe->settings[i].arguments));
    return recipe;
}

/* ---- words ---- */

/* The first of the precisions that gives the same number when it is read; 1e-8 rather than 1e-08. */
static char *shortest(struct arena *arena, bool power, int digits, double number)
{
    char *text;
    do
        text = power ? arena_printf(arena, "%.*e", digits, number) : arena_printf(arena, "%.*g", digits, number);
    while (strtod(text, NULL) != number && digits++ < 17);
    char *exponent = strchr(text, 'e');
    if (!exponent)
        return text;
    if (exponent[1] == '+')
        memmove(exponent + 1, exponent + 2, strlen(exponent + 1));
    exponent += exponent[1] == '-';
    if (exponent[1] == '0')
        memmove(exponent + 1, exponent + 2, strlen(exponent + 1));
    return text;
}

/* As few characters as give the same number when they are read: 0.01, 5e-4. */
static const char *real_words(struct arena *arena, double number)
{
    const char *plain = shortest(arena, false, 6, number), *power = shortest(arena, true, 0, number);
    return strlen(power) < strlen(plain) ? power : plain;
}

static const char *epochs_words(struct arena *arena, const struct recipe_epochs *epochs)
{
    struct text out = text_new(arena);
    text_add(&out, epochs->count == 1 ? "" : "(");
    for (size_t i = 0; i < epochs->count; i++)
        text_printf(&out, "%s%lld", i ? ", " : "", (long long)epochs->items[i]);
    text_add(&out, epochs->count == 1 ? "" : ")");
    return out.bytes;
}

const char *recipe_value_words(struct arena *arena, const struct recipe_argument *argument, const void *value)
{
    switch (argument->type) {
    case RECIPE_REAL: return real_words(arena, *(const double *)value);
    case RECIPE_WHOLE: return arena_printf(arena, "%lld", (long long)*(const int64_t *)value);
    case RECIPE_FLAG: return *(const bool *)value ? "yes" : "no";
    case RECIPE_EPOCHS: return epochs_words(arena, value);
    case RECIPE_LABEL: break;
    }
    return "";
}

bool recipe_value_differs(struct arena *arena, const struct recipe_argument *argument, const void *value)
{
    if (argument->type == RECIPE_REAL) /* without a default a setting is 0, which is no value of its range */
        return *(const double *)value != (argument->fallback ? strtod(argument->fallback, NULL) : 0);
    return !argument->fallback || strcmp(recipe_value_words(arena, argument, value), argument->fallback) != 0;
}

/* The first argument, and those without a default, need no name as long as none before them was left out. */
const char *recipe_words(struct arena *arena, const struct recipe_choice *choice)
{
    struct text out = text_new(arena);
    struct recipe_choice *its = (struct recipe_choice *)choice; /* its fields are only read */
    size_t count, written = 0;
    const struct recipe_argument *arguments = recipe_arguments(arena, &recipe_table[choice->word], &count);
    text_add(&out, recipe_table[choice->word].word);
    for (size_t i = 0; i < count; i++) {
        const void *value = recipe_field(its, &arguments[i]);
        if (!value || !recipe_value_differs(arena, &arguments[i], value))
            continue;
        text_add(&out, written ? ", " : "(");
        if (written != i || (i > 0 && arguments[i].fallback))
            text_printf(&out, "%s=", arguments[i].name);
        text_add(&out, recipe_value_words(arena, &arguments[i], value));
        written++;
    }
    text_add(&out, written ? ")" : "");
    return out.bytes;
}

/* ---- what is trained ---- */

static void add_heads(struct graph *graph)
{
    struct recipe *recipe = graph->recipe;
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct recipe_head head = {.output = i, .weight = 1};
        VEC_PUSH(graph->arena, &recipe->heads, head);
    }
}

/* Inputs precede their readers. */
static void find_reached(const struct graph *graph, struct recipe *recipe)
{
    for (size_t i = 0; i < recipe->heads.count; i++)
        recipe->reached[graph->outputs.items[recipe->heads.items[i].output].node->id] = true;
    for (size_t i = graph->nodes.count; i-- > 0;)
        for (size_t k = 0; recipe->reached[i] && k < graph->nodes.items[i]->input_count; k++)
            recipe->reached[graph->nodes.items[i]->inputs[k]->id] = true;
}

int recipe_owner(const struct node *node)
{
    return node->shares ? node->shares->id : node->id;
}

const struct node *recipe_whitened(const struct graph *graph)
{
    const struct node *found = NULL;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        for (size_t k = 0; k < node->input_count; k++)
            if (node->inputs[k]->kind == LAYER_INPUT) {
                if (found || node->kind != LAYER_CONV)
                    return NULL;
                found = node;
            }
    }
    return found;
}

void recipe_finish(struct graph *graph)
{
    struct recipe *recipe = graph->recipe;
    const size_t count = graph->nodes.count;
    if (recipe->heads.count == 0)
        add_heads(graph);
    if (!recipe->frozen)
        recipe->frozen = ARENA_ARRAY(graph->arena, bool, count);
    recipe->reached = ARENA_ARRAY(graph->arena, bool, count);
    recipe->trained = ARENA_ARRAY(graph->arena, bool, count);
    recipe->trained_params = recipe->frozen_params = 0;
    find_reached(graph, recipe);
    for (size_t i = 0; i < count; i++)
        if (recipe->reached[i] && !recipe->frozen[recipe_owner(graph->nodes.items[i])])
            recipe->trained[recipe_owner(graph->nodes.items[i])] = true;
    for (size_t i = 0; i < count; i++) {
        const struct node *node = graph->nodes.items[i];
        recipe->trained_params += recipe->trained[i] ? node->params : 0;
        recipe->frozen_params += recipe->frozen[i] && node->weights_needed ? node->params : 0;
    }
}
