/* A recipe as train statements: what differs from the defaults, or was written although it does not. Frozen labels and
 * heads are named as the text names their layers. */
#include <ctype.h>
#include <string.h>

#include "recipe.h"
#include "tree.h"

enum { LINE_COLUMNS = 100 };

struct lister {
    struct text *out;
    size_t line; /* where the statement begins; 0: none is open */
    bool open;
};

/* One item, or several that belong together; the statement goes on if the line has room, else another one begins. */
static void add_item(struct lister *list, const char *words)
{
    const bool fits = list->open && list->out->length - list->line + strlen(words) + 2 <= LINE_COLUMNS;
    if (list->open && !fits)
        text_add_char(list->out, '\n');
    if (!fits)
        list->line = list->out->length;
    text_printf(list->out, "%s%s", fits ? ", " : "train ", words);
    list->open = true;
}

static void end_statement(struct lister *list)
{
    if (list->open)
        text_add_char(list->out, '\n');
    list->open = false;
}

static void add_choice(struct lister *list, const struct recipe_choice *choice)
{
    if (choice->written)
        add_item(list, recipe_words(list->out->arena, choice));
}

static void add_settings(struct lister *list, struct recipe *recipe)
{
    struct arena *arena = list->out->arena;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct recipe_argument *argument = recipe->settings[i].arguments;
        const void *value = recipe_setting_field(recipe, argument);
        const bool always = i == SETTING_epochs || i == SETTING_batch; /* so that no statement is empty */
        if (value && (always || recipe_value_differs(arena, argument, value)))
            add_item(list, arena_printf(arena, "%s=%s", argument->name, recipe_value_words(arena, argument, value)));
    }
}

/* A label as it is referred to. */
static const char *reference(struct arena *arena, const char *label)
{
    for (const char *p = label; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_' && *p != '.')
            return arena_printf(arena, "\"%s\"", label);
    return label;
}

static bool is_under(const struct node *node, const char *label)
{
    const size_t length = strlen(label);
    return strncmp(node->name, label, length) == 0 && (node->name[length] == '.' || !node->name[length]);
}

/* Does the label stand for frozen layers alone? Marks them. */
static bool freezes_only(const struct graph *graph, const char *label, bool *told)
{
    bool any = false;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (!node->weight_count || node->shares || !is_under(node, label))
            continue;
        if (!graph->recipe->frozen[i])
            return false;
        any = true;
    }
    for (size_t i = 0; any && i < graph->nodes.count; i++)
        told[i] = told[i] || is_under(graph->nodes.items[i], label);
    return any;
}

static void add_freezes(struct lister *list, const struct graph *graph)
{
    const struct recipe *recipe = graph->recipe;
    struct arena *arena = list->out->arena;
    bool *told = ARENA_ARRAY(arena, bool, graph->nodes.count);
    for (size_t i = 0; i < recipe->freezes.count; i++)
        if (freezes_only(graph, recipe->freezes.items[i].label, told))
            add_item(list, arena_printf(arena, "freeze=%s", reference(arena, recipe->freezes.items[i].label)));
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (recipe->frozen[i] && node->weight_count && !told[i])
            add_item(list, arena_printf(arena, "freeze=%s", reference(arena, node->name)));
    }
}

static void add_heads(struct lister *list, const struct graph *graph, const char *const labels[])
{
    const struct recipe *recipe = graph->recipe;
    struct arena *arena = list->out->arena;
    const struct recipe_argument *weight = recipe->settings[SETTING_weight].arguments;
    for (size_t i = 0; i < recipe->heads.count; i++) {
        const struct recipe_head *head = &recipe->heads.items[i];
        const struct node *node = graph->outputs.items[head->output].node;
        if (!head->label)
            continue;
        const char *words = arena_printf(arena, "head=%s",
                                         reference(arena, labels[node->id] ? labels[node->id] : node->name));
        if (recipe_value_differs(arena, weight, &head->weight))
            words = arena_printf(arena, "%s, weight=%s", words, recipe_value_words(arena, weight, &head->weight));
        add_item(list, words);
    }
}

void add_recipe(struct text *out, const struct graph *graph, const char *const labels[])
{
    struct recipe *recipe = graph->recipe;
    struct lister list = {.out = out};
    if (!recipe || !recipe->written)
        return;
    add_choice(&list, &recipe->optimiser.choice);
    add_choice(&list, &recipe->schedule.choice);
    add_choice(&list, &recipe->loss.choice);
    add_choice(&list, &recipe->initialisation.choice);
    add_settings(&list, recipe);
    end_statement(&list);
    for (size_t i = 0; i < recipe->augmentations.count; i++)
        add_choice(&list, &recipe->augmentations.items[i].choice);
    end_statement(&list);
    add_freezes(&list, graph);
    end_statement(&list);
    add_heads(&list, graph, labels);
    end_statement(&list);
}
