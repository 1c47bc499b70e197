/* Train statements: their words, arguments and settings become the graph's recipe; then, on the finished graph, the
 * labels of freeze and head are looked up, and sizes compared with the input's. */
#include <string.h>

#include "base/text.h"
#include "program.h"

/* One statement: in it a word of a family that has one place, or a setting, is given once. */
struct train {
    struct program *program;
    struct recipe *recipe;
    const struct recipe_item *words[RECIPE_FAMILY_COUNT], *settings[SETTING_COUNT], *head;
};

/* A value on its way to its field. */
struct job {
    struct program *program;
    const char *word; /* NULL: a setting */
    const struct recipe_argument *argument;
    struct value value;
    struct span span;
    void *field;
};

/* ---- values ---- */

static const char *shown(const struct job *job)
{
    const struct value *v = &job->value;
    return value_is_number(v) || v->kind == VALUE_WORD || v->kind == VALUE_TUPLE ? value_text(job->program->arena, v)
                                                                                 : value_kind_name(v);
}

static bool refuse(const struct job *job)
{
    struct arena *arena = job->program->arena;
    const struct recipe_argument *argument = job->argument;
    const bool real = job->value.kind == VALUE_REAL, whole = argument->type == RECIPE_WHOLE;
    const double number = value_is_number(&job->value) ? value_number(&job->value) : 0;
    const bool percent = argument->type == RECIPE_REAL && argument->high == 1 && number >= 5 && number <= 100;
    const char *name = job->word ? arena_printf(arena, "%s of %s", argument->name, job->word) : argument->name;
    struct message *m = diag_report(job->program->diag, real && whole ? CHECK_WHOLE : CHECK_ARGUMENT, job->span,
                                    "%s must be %s, not %s", name, recipe_range_words(arena, argument), shown(job));
    if (real && whole)
        message_help(m, "floor(...) or ceil(...) makes it whole");
    else if (strcmp(argument->name, "factor") == 0 && number > 1)
        message_help(m, "the rate is multiplied by it: to divide by %g, write 1/%g", number, number);
    else if (percent)
        message_help(m, "%g%% is written as %g", number, number / 100);
    return false;
}

static bool bind_epochs(const struct job *job)
{
    const struct value *v = &job->value;
    const size_t count = v->kind == VALUE_TUPLE ? v->count : 1;
    int64_t *items = ARENA_ARRAY(job->program->arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct value *one = v->kind == VALUE_TUPLE ? &v->items[i] : v;
        if (one->kind != VALUE_INTEGER || one->integer < 1)
            return refuse(job);
        items[i] = one->integer;
        if (i == 0 || items[i] > items[i - 1])
            continue;
        diag_report(job->program->diag, CHECK_ARGUMENT, job->span, "%s of %s must rise, but %lld follows %lld",
                    job->argument->name, job->word, (long long)items[i], (long long)items[i - 1]);
        return false;
    }
    *(struct recipe_epochs *)job->field = (struct recipe_epochs){items, count};
    return true;
}

static bool bind_flag(const struct job *job)
{
    const struct value *v = &job->value;
    const bool yes = v->kind == VALUE_WORD && strcmp(v->word, "yes") == 0;
    const bool no = v->kind == VALUE_WORD && strcmp(v->word, "no") == 0;
    const bool digit = v->kind == VALUE_INTEGER && (v->integer == 0 || v->integer == 1);
    if (!yes && !no && !digit)
        return refuse(job);
    *(bool *)job->field = yes || (digit && v->integer);
    return true;
}

static bool convert(const struct job *job)
{
    const struct value *v = &job->value;
    switch (job->argument->type) {
    case RECIPE_REAL:
        if (!value_is_number(v) || !recipe_in_range(job->argument, value_number(v)))
            return refuse(job);
        *(double *)job->field = value_number(v);
        return true;
    case RECIPE_WHOLE:
        if (v->kind != VALUE_INTEGER || !recipe_in_range(job->argument, (double)v->integer))
            return refuse(job);
        *(int64_t *)job->field = v->integer;
        return true;
    case RECIPE_FLAG: return bind_flag(job);
    case RECIPE_EPOCHS: return bind_epochs(job);
    case RECIPE_LABEL: break;
    }
    return false;
}

static bool bind_value(struct program *program, const char *word, const struct recipe_argument *argument,
                       const struct expr *expr, struct span span, void *field)
{
    const struct place place = {program, NULL, NULL};
    struct job job = {program, word, argument, {.kind = VALUE_WORD}, span, field};
    return value_of(&place, expr, &job.value) && convert(&job);
}

/* ---- words ---- */

static bool too_many(struct program *program, const struct arg *arg, const char *word, const struct recipe_row *row)
{
    struct message *m = diag_report(program->diag, CHECK_ARGUMENT, arg->span,
                                    row->count ? "%s takes at most %zu argument%s" : "%s takes no arguments", word,
                                    row->count, row->count == 1 ? "" : "s");
    struct text list = text_new(program->arena);
    for (size_t i = 0; i < row->count; i++)
        text_printf(&list, "%s%s", i ? ", " : "", row->arguments[i].name);
    if (row->count)
        message_help(m, "%s takes %s", word, list.bytes);
    return false;
}

/* Which argument each one written is; the names are known to exist. */
static bool place_arguments(struct program *program, const struct recipe_item *item, const struct recipe_row *row,
                            const struct arg *given[RECIPE_MAX_ARGUMENTS])
{
    size_t position = 0;
    for (const struct arg *arg = item->args; arg; arg = arg->next) {
        size_t i = arg->name ? 0 : position++;
        while (arg->name && strcmp(row->arguments[i].name, arg->name) != 0)
            i++;
        if (i >= row->count)
            return too_many(program, arg, item->name, row);
        if (given[i]) {
            struct message *m = diag_report(program->diag, CHECK_ARGUMENT, arg->span, "%s is given twice",
                                            row->arguments[i].name);
            message_note(m, given[i]->span, "first here");
            return false;
        }
        given[i] = arg;
    }
    return true;
}

/* Arguments of the word that was bound last that are right alone, but not together. */
static void check_together(struct program *program, const struct recipe *recipe, enum recipe_word word,
                           struct span span)
{
    const struct recipe_optimiser *o = &recipe->optimiser;
    struct message *m;
    if (word == RECIPE_SGD && o->nesterov && o->momentum == 0) {
        m = diag_report(program->diag, CHECK_ARGUMENT, span, "nesterov=yes needs a momentum, but it is 0");
        message_help(m, "write SGD(%g, momentum=0.9, nesterov=yes)", o->lr);
    } else if (word == RECIPE_ZOOM) {
        const struct recipe_augmentation *a = &recipe->augmentations.items[recipe->augmentations.count - 1];
        if (a->lo <= a->hi)
            return;
        m = diag_report(program->diag, CHECK_ARGUMENT, span, "lo of ZOOM, %g, is greater than hi, %g", a->lo, a->hi);
        message_help(m, "did you mean ZOOM(%g, %g)?", a->hi, a->lo);
    }
}

static void bind_word(struct train *train, const struct recipe_item *item, enum recipe_word word)
{
    struct program *program = train->program;
    const struct recipe_info *info = &recipe_table[word];
    const struct arg *given[RECIPE_MAX_ARGUMENTS] = {NULL};
    const struct recipe_item *first = train->words[info->family];
    const struct recipe_row *row = &train->recipe->words[word];
    if (first && info->family != RECIPES_AUGMENTATION) {
        struct message *m = diag_report(program->diag, CHECK_ARGUMENT, item->span,
                                        "this statement has two words for the %s, %s and %s",
                                        recipe_family_names[info->family], first->name, item->name);
        message_note(m, first->span, "the first is here");
        message_help(m, "to replace it, write %s in a train statement below", item->name);
        return;
    }
    train->words[info->family] = item;
    if (!place_arguments(program, item, row, given))
        return;
    struct recipe_choice *choice = recipe_choose(program->arena, train->recipe, word, item->span);
    bool bound = true;
    for (size_t i = 0; i < row->count; i++) {
        const struct recipe_argument *argument = &row->arguments[i];
        if (given[i]) {
            bound = bind_value(program, info->word, argument, given[i]->value, given[i]->span,
                               recipe_field(choice, argument)) &&
                    bound;
        } else if (!argument->fallback) {
            diag_report(program->diag, CHECK_ARGUMENT, item->name_span, "%s needs %s: %s", info->word, argument->name,
                        recipe_range_words(program->arena, argument));
            bound = false;
        }
    }
    if (bound)
        check_together(program, train->recipe, word, item->span);
}

/* ---- settings ---- */

static void bind_label(struct train *train, const struct recipe_item *item, int setting)
{
    struct program *program = train->program;
    const struct place place = {program, NULL, NULL};
    const char *label = label_text(&place, item->reference);
    if (!label)
        return;
    if (setting == SETTING_freeze) {
        const struct recipe_freeze freeze = {label, item->reference->span, 0};
        VEC_PUSH(program->arena, &program->freezes, freeze);
    } else {
        const struct recipe_head head = {label, item->reference->span, 0, 1};
        VEC_PUSH(program->arena, &program->heads, head);
        train->head = item;
        train->settings[SETTING_weight] = NULL;
    }
}

/* weight=, of the head before it in the same statement */
static void bind_weight(struct train *train, const struct recipe_item *item, const struct recipe_argument *argument)
{
    struct program *program = train->program;
    if (!train->head) {
        struct message *m = diag_report(program->diag, CHECK_ARGUMENT, item->span,
                                        "there is no head before this weight in its statement");
        message_help(m, "write head=LABEL, weight=...");
        return;
    }
    struct recipe_head *head = &program->heads.items[program->heads.count - 1];
    bind_value(program, NULL, argument, item->value, item->value->span, &head->weight);
}

static void bind_setting(struct train *train, const struct recipe_item *item, int setting)
{
    struct program *program = train->program;
    const struct recipe_argument *argument = train->recipe->settings[setting].arguments;
    const struct recipe_item *first = train->settings[setting];
    if (item->reference) {
        bind_label(train, item, setting);
        return;
    }
    if (first) {
        struct message *m = diag_report(program->diag, CHECK_ARGUMENT, item->span, "%s is given twice", item->name);
        message_note(m, first->span, "first here");
        return;
    }
    train->settings[setting] = item;
    if (setting == SETTING_whiten)
        train->recipe->whiten_span = item->span;
    if (setting == SETTING_weight)
        bind_weight(train, item, argument);
    else
        bind_value(program, NULL, argument, item->value, item->value->span,
                   recipe_setting_field(train->recipe, argument));
}

/* ---- the recipe as a whole ---- */

/* A schedule that is to end at a rate above the one it starts from. */
static void check_rates(struct program *program, const struct recipe *recipe)
{
    const struct recipe_schedule *s = &recipe->schedule;
    const bool falls = s->choice.word == RECIPE_COSINE || s->choice.word == RECIPE_LINEAR;
    if (!falls || s->to <= recipe->optimiser.lr)
        return;
    struct message *m = diag_report(program->diag, CHECK_ARGUMENT, s->choice.span,
                                    "%s ends at the rate %g, above lr of %s, %g", recipe_table[s->choice.word].word,
                                    s->to, recipe_table[recipe->optimiser.choice.word].word, recipe->optimiser.lr);
    message_help(m, "to= is a rate, not a share of lr: for a hundredth of lr write to=%g", recipe->optimiser.lr / 100);
}

void train_collect(struct program *program, const struct ast *ast)
{
    struct recipe *recipe = program->graph->recipe;
    const int errors = diag_error_count(program->diag);
    for (const struct statement *s = ast->statements; s && !diag_full(program->diag); s = s->next) {
        struct train train = {.program = program, .recipe = recipe};
        if (s->kind != STATEMENT_TRAIN)
            continue;
        recipe->written = true;
        for (const struct recipe_item *item = s->items; item; item = item->next)
            if (item->value || item->reference)
                bind_setting(&train, item, setting_named(item->name));
            else
                bind_word(&train, item, (enum recipe_word)recipe_word_named(item->name));
    }
    if (diag_error_count(program->diag) == errors)
        check_rates(program, recipe);
}

/* ---- labels ---- */

static void unknown_label(struct program *program, const struct scope *root, const char *label, struct span span)
{
    struct message *m = diag_report(program->diag, CHECK_LABEL, span, "no layer or group is labelled %s", label);
    const size_t length = strlen(label);
    for (size_t i = 0; i < program->labels.count; i++) {
        const char *name = program->labels.entries[i].key, *end = name + strlen(name);
        if ((size_t)(end - name) > length && end[-(ptrdiff_t)length - 1] == '.' && strcmp(end - length, label) == 0) {
            message_help(m, "it takes the full name: %s", name);
            return;
        }
    }
    label_suggest(program, m, root, label);
}

static void freeze_node(struct recipe *recipe, struct recipe_freeze *freeze, const struct node *node)
{
    recipe->frozen[recipe_owner(node)] = true;
    for (size_t i = 0; i < node->weight_count; i++)
        freeze->tensors += node->weights[i].trainable;
}

/* A label's own layers, and all whose full names go on from it: layer1.0 may be a number that a sequence gave. */
static void resolve_freeze(struct program *program, const struct scope *root, struct recipe_freeze *freeze)
{
    const struct graph *graph = program->graph;
    const struct place place = {program, NULL, NULL};
    const struct labelled *labelled = label_find(program, root, freeze->label);
    const size_t length = strlen(freeze->label);
    bool found = labelled != NULL;
    if (!value_spend(&place, freeze->span, (int64_t)graph->nodes.count))
        return;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        const bool own = labelled && i >= labelled->first_node && i < labelled->end_node;
        if (!own && (strncmp(node->name, freeze->label, length) != 0 || node->name[length] != '.'))
            continue;
        found = true;
        freeze_node(graph->recipe, freeze, node);
    }
    if (found)
        VEC_PUSH(program->arena, &graph->recipe->freezes, *freeze);
    else
        unknown_label(program, root, freeze->label, freeze->span);
}

/* The output that a tensor is, itself or through an OUTPUT; outputs.count if it is none. */
static size_t output_of(const struct graph *graph, const struct node *tensor)
{
    size_t i = 0;
    for (; i < graph->outputs.count; i++) {
        const struct node *node = graph->outputs.items[i].node;
        if (node == tensor || (node_is_mark(node) && node->inputs[0] == tensor))
            break;
    }
    return i;
}

static void refuse_head(struct program *program, const struct recipe_head *head)
{
    enum { MOST_SHOWN = 8 };
    const struct graph *graph = program->graph;
    struct text list = text_new(program->arena);
    struct message *m = diag_report(program->diag, CHECK_LABEL, head->span, "%s is not an output of the network",
                                    head->label);
    for (size_t i = 0; i < graph->outputs.count && i < MOST_SHOWN; i++)
        text_printf(&list, "%s%s", i ? ", " : "", graph->outputs.items[i].name);
    message_help(m, "%s %s%s; -> OUTPUT behind a layer makes it one",
                 graph->outputs.count == 1 ? "the output is" : "the outputs are", list.bytes,
                 graph->outputs.count > MOST_SHOWN ? ", ..." : "");
}

/* The heads go into the recipe in the order of the outputs. */
static void resolve_heads(struct program *program, const struct scope *root)
{
    struct graph *graph = program->graph;
    const struct place place = {program, NULL, NULL};
    const struct recipe_head **of = ARENA_ARRAY(program->arena, const struct recipe_head *, graph->outputs.count);
    for (size_t i = 0; i < program->heads.count && !diag_full(program->diag); i++) {
        struct recipe_head *head = &program->heads.items[i];
        const struct labelled *labelled = label_find(program, root, head->label);
        if (!labelled) {
            unknown_label(program, root, head->label, head->span);
            continue;
        }
        if (!value_spend(&place, head->span, (int64_t)graph->outputs.count))
            return;
        head->output = output_of(graph, labelled->tensor);
        if (head->output == graph->outputs.count) {
            refuse_head(program, head);
        } else if (of[head->output]) {
            struct message *m = diag_report(program->diag, CHECK_ARGUMENT, head->span, "%s is a head already",
                                            head->label);
            message_note(m, of[head->output]->span, "first here");
        } else {
            of[head->output] = head;
        }
    }
    if (program->heads.count)
        graph->recipe->heads.count = 0;
    for (size_t i = 0; i < graph->outputs.count; i++)
        if (of[i])
            VEC_PUSH(program->arena, &graph->recipe->heads, *of[i]);
}

/* ---- sizes ---- */

/* The smallest side of more than one pixel of the inputs, and its input; 1 if there is none. */
static int64_t smallest_side(const struct graph *graph, const struct node **input)
{
    int64_t least = 1;
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const struct shape s = graph->inputs.items[i]->shape;
        const int64_t sides[2] = {s.h, s.w};
        for (int k = 0; k < 2; k++)
            if (sides[k] > 1 && (least == 1 || sides[k] < least)) {
                least = sides[k];
                *input = graph->inputs.items[i];
            }
    }
    return least;
}

/* Pictures and their targets are mixed in one step, at the end of the list. */
static void check_mixtures(struct program *program, const struct recipe *recipe)
{
    const struct recipe_choice *first = NULL;
    for (size_t i = 0; i < recipe->augmentations.count; i++) {
        const struct recipe_choice *choice = &recipe->augmentations.items[i].choice;
        if (choice->word != RECIPE_MIXUP)
            continue;
        if (first) {
            struct message *m = diag_report(program->diag, CHECK_ARGUMENT, choice->span,
                                            "a recipe has one MIXUP, but this is another one");
            message_note(m, first->span, "the first is here");
            return;
        }
        first = choice;
    }
}

/* Nothing of a picture would be left. */
static void check_sizes(struct program *program, const struct recipe *recipe)
{
    const struct node *input = program->graph->inputs.count ? program->graph->inputs.items[0] : NULL;
    const int64_t side = smallest_side(program->graph, &input);
    for (size_t i = 0; i < recipe->augmentations.count && input; i++) {
        const struct recipe_augmentation *a = &recipe->augmentations.items[i];
        const int64_t size = a->pad ? a->pad : a->pixels ? a->pixels : a->size;
        if (size < side || !size)
            continue;
        diag_report(program->diag, CHECK_ARGUMENT, a->choice.span,
                    "%s of %s must be less than each side of the input, %s, not %lld",
                    a->pad      ? "pad"
                    : a->pixels ? "pixels"
                                : "size",
                    recipe_table[a->choice.word].word, shape_text(program->arena, input->shape), (long long)size);
    }
}

static bool moves_pixels(enum recipe_word word)
{
    return word == RECIPE_FLIP || word == RECIPE_CROP || word == RECIPE_SHIFT || word == RECIPE_ROTATE ||
           word == RECIPE_ZOOM;
}

/* What each pixel shows would stay where it is. */
static void check_pixels(struct program *program, const struct recipe *recipe)
{
    const struct graph *graph = program->graph;
    const struct output_tensor *output = NULL;
    for (size_t i = 0; i < recipe->heads.count && !output; i++) {
        const struct output_tensor *head = &graph->outputs.items[recipe->heads.items[i].output];
        output = head->node->shape.h * head->node->shape.w > 1 ? head : NULL;
    }
    for (size_t i = 0; i < recipe->augmentations.count && output; i++) {
        const struct recipe_choice *choice = &recipe->augmentations.items[i].choice;
        if (!moves_pixels(choice->word))
            continue;
        struct message *m = diag_report(
            program->diag, CHECK_UNSUPPORTED, choice->span,
            "%s moves pixels of the picture, but %s is %s, and what its pixels show cannot be moved along yet",
            recipe_table[choice->word].word, output->name, shape_text(program->arena, output->node->shape));
        message_help(m, "NOISE, BRIGHTNESS, CUTOUT and MIXUP leave pixels where they are; or add moved pictures, with "
                        "moved labels, to the data");
        return;
    }
}

/* A loss that chooses between classes has nothing to choose from one. */
static void check_classes(struct program *program, const struct recipe *recipe)
{
    const struct graph *graph = program->graph;
    const struct recipe_choice *loss = &recipe->loss.choice;
    if (!recipe->written || (loss->word != RECIPE_CROSSENTROPY && loss->word != RECIPE_HINGE))
        return;
    for (size_t i = 0; i < recipe->heads.count; i++) {
        const struct node *node = graph->outputs.items[recipe->heads.items[i].output].node;
        if (node->shape.c > 1)
            continue;
        struct message *m = diag_report(
            program->diag, CHECK_SHAPE, loss->written ? loss->span : node->span,
            "%s needs an output with a channel for each class, but %s is %s", recipe_table[loss->word].word,
            graph->outputs.items[recipe->heads.items[i].output].name, shape_text(program->arena, node->shape));
        message_help(m, "train MSE learns a number, train BCE a yes or no");
        return;
    }
}

/* Why the first convolution cannot begin with directions of its windows; NULL: it can. */
static const char *whitening_fault(struct program *program, const struct node *conv)
{
    enum { MOST_NUMBERS = 1024 };
    const struct layer_args *args = &conv->args;
    const struct weight *kernel = &conv->weights[0];
    const struct shape input = conv->inputs[0]->shape;
    const int64_t window = kernel->count / kernel->dims[0];
    if (kernel->literal || args->groups > 1 || args->connect)
        return kernel->literal ? "its weights are in the text" : "its filters do not see all channels";
    if (args->filters < 2)
        return "a direction and its opposite are two filters";
    if ((args->window.h - 1) * args->dilation.h >= input.h || (args->window.w - 1) * args->dilation.w >= input.w)
        return "its window is larger than the picture";
    if (window > MOST_NUMBERS)
        return arena_printf(program->arena, "its window has %lld numbers, and the most are %d", (long long)window,
                            MOST_NUMBERS);
    return NULL;
}

static void check_whitening(struct program *program, const struct recipe *recipe)
{
    const struct node *conv = recipe->whiten ? recipe_whitened(program->graph) : NULL;
    const char *fault = conv ? whitening_fault(program, conv) : NULL;
    if (!recipe->whiten || (conv && !fault))
        return;
    struct message *m = conv ? diag_report(program->diag, CHECK_ARGUMENT, recipe->whiten_span,
                                           "whiten=yes does not work for %s: %s", conv->name, fault)
                             : diag_report(program->diag, CHECK_ARGUMENT, recipe->whiten_span,
                                           "whiten=yes needs a convolution that reads INPUT, and nothing beside it");
    message_help(m, conv ? "leave it out" : "begin with INPUT(...) -> CONV(...), or leave it out");
}

void train_finish(struct program *program)
{
    struct recipe *recipe = program->graph->recipe;
    const struct scope *root = scope_open(program, NULL, "", false);
    for (size_t i = 0; i < program->freezes.count && !diag_full(program->diag); i++)
        resolve_freeze(program, root, &program->freezes.items[i]);
    resolve_heads(program, root);
    check_mixtures(program, recipe);
    check_sizes(program, recipe);
    check_classes(program, recipe);
    check_pixels(program, recipe);
    check_whitening(program, recipe);
    recipe_finish(program->graph);
}
