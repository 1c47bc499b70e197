/* Names, before anything is expanded: every layer, block, argument, param, formal, index, table and
 * function that the text mentions exists. All mistakes are reported in one run. References to labels, and blocks
 * that contain themselves, are checked during expansion. */
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "bind_value.h"
#include "expand/foreign.h"
#include "program.h"

struct names { /* what an expression may mention besides params and tables */
    const char *name;
    const struct names *outer;
};

struct resolver {
    struct program *program;
};

typedef struct VEC(const char *) word_list;

/* Whether another error would be shown. Suggestions are searched for only then, since a text can have a million
 * errors and as many names. */
static bool shown(const struct program *program)
{
    return !diag_full(program->diag);
}

static void suggest(struct message *m, const char *word, const word_list *words)
{
    const char *nearest = text_nearest(word, words->items, words->count);
    if (nearest)
        message_suggest(m, nearest);
}

/* Suggests the same name in another case, says that a layer is not a number, or how to define one. */
static void suggest_for_name(struct message *m, const char *word, const word_list *words)
{
    static const char *const values[] = {"yes", "no", "same", "valid", "full"};
    const char *value = foreign_case(word, values, sizeof values / sizeof *values);
    if (!value)
        value = foreign_case(word, pool_kind_words, POOL_KIND_COUNT);
    const char *flag = foreign_case(word, (const char *const[]){"true", "false"}, 2);
    const char *layer = foreign_layer(word);
    for (int i = 0; i < LAYER_COUNT && !layer; i++)
        layer = foreign_case(word, &layer_table[i].keyword, 1);
    const char *nearest = text_nearest(word, words->items, words->count);
    if (value)
        message_suggest(m, value);
    else if (flag)
        message_fix(m, *flag == 't' ? "yes" : "no", "write %s", *flag == 't' ? "yes" : "no");
    else if (nearest)
        message_suggest(m, nearest);
    else if (layer)
        message_help(m, "a layer cannot be an argument; put it after an arrow: CONV(16) -> RELU");
    else
        message_help(m, "define it above: param %s = 2", word);
}

static void add_keys(struct program *program, word_list *words, const struct map *map)
{
    for (size_t i = 0; i < map->count; i++)
        VEC_PUSH(program->arena, words, map->entries[i].key);
}

static void resolve_expr(struct resolver *r, const struct names *names, const struct expr *expr);

/* Notes that a param is used. */
static bool is_defined(struct program *program, const struct names *names, const char *name)
{
    for (const struct names *n = names; n; n = n->outer)
        if (strcmp(n->name, name) == 0)
            return true;
    if (strchr("HWC", name[0]) && !name[1])
        return true;
    struct param *param = map_get(&program->params, name);
    if (param)
        param->used = true;
    return param || map_get(&program->tables, name);
}

static void resolve_name(struct resolver *r, const struct names *names, const struct expr *expr)
{
    struct program *program = r->program;
    if (is_defined(program, names, expr->name))
        return;
    word_list known = {0};
    if (shown(program)) {
        for (const struct names *n = names; n; n = n->outer)
            VEC_PUSH(program->arena, &known, n->name);
        add_keys(program, &known, &program->params);
        add_keys(program, &known, &program->tables);
    }
    bool helps = shown(program);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_NAME, expr->span, "nothing here is named %s",
                                    expr->name);
    if (helps)
        suggest_for_name(m, expr->name, &known);
}

static void resolve_function(struct resolver *r, const struct expr *expr)
{
    static const char *const functions[] = {"min", "max", "ceil", "floor", "abs"};
    struct program *program = r->program;
    word_list known = {0};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strcmp(functions[i], expr->name) == 0)
            return;
        VEC_PUSH(program->arena, &known, functions[i]);
    }
    if (map_get(&program->tables, expr->name))
        return;
    if (shown(program))
        add_keys(program, &known, &program->tables);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_NAME, expr->span, "no function or table is named %s",
                                    expr->name);
    suggest(m, expr->name, &known);
}

static void resolve_expr(struct resolver *r, const struct names *names, const struct expr *expr)
{
    if (expr->kind == EXPR_NAME)
        resolve_name(r, names, expr);
    if (expr->kind == EXPR_CALL)
        resolve_function(r, expr);
    for (size_t i = 0; i < expr->count; i++)
        resolve_expr(r, names, expr->operands[i]);
}

void resolve_value(struct program *program, const struct expr *expr)
{
    struct resolver r = {program};
    resolve_expr(&r, NULL, expr);
}

static void unknown_argument(struct program *program, const struct arg *arg, const char *what, const word_list *known)
{
    bool helps = shown(program);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_ARGUMENT, arg->name_span, "%s has no argument %s",
                                    what, arg->name);
    if (!helps)
        return;
    const char *ours = foreign_argument(arg->name), *nearest = NULL;
    for (size_t i = 0; i < known->count && ours && !nearest; i++)
        nearest = strcmp(known->items[i], ours) == 0 ? ours : NULL;
    if (!nearest)
        nearest = text_nearest(arg->name, known->items, known->count);
    struct text list = text_new(program->arena);
    for (size_t i = 0; i < known->count; i++)
        text_printf(&list, "%s%s", i ? ", " : "", known->items[i]);
    if (nearest)
        message_suggest(m, nearest);
    if (known->count)
        message_help(m, "%s takes %s", what, list.bytes);
    else
        message_help(m, "%s takes no arguments", what);
}

/* An argument that is one of a few words. A name that is none of them may be a param that holds one. */
static void resolve_word(struct resolver *r, const struct names *names, enum layer_kind kind,
                         const struct arg_spec *spec, const struct expr *expr)
{
    struct program *program = r->program;
    if (argument_choice(spec->words, expr->name) >= 0 || is_defined(program, names, expr->name))
        return;
    diag_report(program->diag, CHECK_ARGUMENT, expr->span, "%s of %s must be %s, not %s", spec->name,
                layer_table[kind].keyword, argument_choices_text(program->arena, spec->words), expr->name);
}

static void resolve_layer_args(struct resolver *r, const struct names *names, enum layer_kind kind,
                               const struct arg *args)
{
    struct program *program = r->program;
    size_t position = 0;
    for (const struct arg *arg = args; arg; arg = arg->next) {
        const struct arg_spec *spec = NULL;
        if (arg->name) {
            int index = bind_argument_named(program, kind, arg->name);
            if (index >= 0) {
                spec = &program->arguments[kind][index];
            } else {
                word_list known = {0};
                for (size_t i = 0; i < program->argument_counts[kind]; i++)
                    VEC_PUSH(program->arena, &known, program->arguments[kind][i].name);
                unknown_argument(program, arg, layer_table[kind].keyword, &known);
            }
        } else if (arg->value->kind == EXPR_NAME && bind_is_shorthand(arg->value->name)) {
            continue;
        } else if (position < program->argument_counts[kind]) {
            spec = &program->arguments[kind][position++];
        }
        if (spec && spec->type == ARG_WORDS && arg->value->kind == EXPR_NAME)
            resolve_word(r, names, kind, spec, arg->value);
        else
            resolve_expr(r, names, arg->value);
    }
}

static void unknown_formal(struct program *program, const struct arg *arg, const struct block *block)
{
    const char *what = "the block";
    word_list known = {0};
    if (shown(program)) {
        for (const struct formal *formal = block->statement->formals; formal; formal = formal->next)
            VEC_PUSH(program->arena, &known, formal->name);
        what = arena_printf(program->arena, "the block %s", block->statement->name);
    }
    unknown_argument(program, arg, what, &known);
}

static void resolve_block_args(struct resolver *r, const struct names *names, const struct block *block,
                               const struct arg *args)
{
    struct program *program = r->program;
    for (const struct arg *arg = args; arg; arg = arg->next) {
        resolve_expr(r, names, arg->value);
        if (!arg->name)
            continue;
        const struct formal *formal = block->statement->formals;
        while (formal && strcmp(formal->name, arg->name) != 0)
            formal = formal->next;
        if (!formal)
            unknown_formal(program, arg, block);
    }
}

static void unknown_layer(struct program *program, const struct item *item)
{
    word_list known = {0};
    for (int i = 0; shown(program) && i < LAYER_COUNT; i++)
        VEC_PUSH(program->arena, &known, layer_table[i].keyword);
    if (shown(program))
        add_keys(program, &known, &program->blocks);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_LAYER, item->name_span,
                                    "no layer or block is named %s", item->name);
    const char *ours = foreign_layer(item->name);
    if (ours && !text_nearest(item->name, known.items, known.count))
        message_fix(m, ours, "cnnc calls it %s", ours);
    else if (recipe_word_named(item->name) >= 0)
        message_help(m, "%s is for training: write train %s, on a line of its own", item->name, item->name);
    else
        suggest(m, item->name, &known);
    if (setting_named(item->name) >= 0)
        message_help(m, "to set it for training, write train %s=...", item->name);
    bool number = !item->has_args && item->suffixes && item->suffixes->kind == SUFFIX_ASSERT;
    if (number)
        message_help(m, "to define a number, write param %s = ...", item->name);
    if (map_get(&program->params, item->name) || map_get(&program->tables, item->name))
        message_help(m, "%s is a number; only layers can stand between arrows", item->name);
}

static void resolve_call(struct resolver *r, const struct names *names, const struct item *item)
{
    struct program *program = r->program;
    struct block *block = map_get(&program->blocks, item->name);
    int kind = layer_kind_named(item->name);
    if (block) {
        block->used = true;
        resolve_block_args(r, names, block, item->args);
    } else if (kind >= 0 && layer_is_merge((enum layer_kind)kind)) {
        struct message *m = diag_report(program->diag, CHECK_SYNTAX, item->name_span,
                                        "%s is a merge and needs branches", item->name);
        message_help(m, "write %s{ branch | branch }", item->name);
    } else if (kind >= 0) {
        resolve_layer_args(r, names, (enum layer_kind)kind, item->args);
    } else if (strcmp(item->name, "NONE") != 0) {
        unknown_layer(program, item);
    }
}

/* Branches that are NONE count: whether they are left out may depend on a condition. */
static void require_branches(struct program *program, const struct item *item)
{
    if (item->body && item->body->next)
        return;
    struct message *m = diag_report(program->diag, CHECK_MERGE, item->span, "%s needs at least two branches",
                                    item->name);
    message_help(m, "separate them by |; an empty branch is the identity: %s{ CONV(8) | }", item->name);
}

static void resolve_merge(struct resolver *r, const struct item *item)
{
    struct program *program = r->program;
    int kind = layer_kind_named(item->name);
    if (kind >= 0 && layer_is_merge((enum layer_kind)kind)) {
        require_branches(program, item);
        return;
    }
    word_list known = {0};
    for (int i = 0; shown(program) && i < LAYER_COUNT; i++)
        if (layer_is_merge((enum layer_kind)i))
            VEC_PUSH(program->arena, &known, layer_table[i].keyword);
    struct message *m = diag_report(program->diag, CHECK_UNKNOWN_LAYER, item->name_span, "no merge is named %s",
                                    item->name);
    const char *nearest = text_nearest(item->name, known.items, known.count);
    if (nearest)
        message_suggest(m, nearest);
    else
        message_help(m, "the merges are ADD, MUL, MAX, SUB and CONCAT");
}

static void resolve_label(struct resolver *r, const struct names *names, const struct label *label)
{
    for (const struct label_part *part = label ? label->parts : NULL; part; part = part->next)
        if (part->expr)
            resolve_expr(r, names, part->expr);
}

static void resolve_chain(struct resolver *r, const struct names *names, const struct chain *chain);

static void resolve_item(struct resolver *r, const struct names *names, const struct item *item)
{
    for (const struct suffix *s = item->suffixes; s; s = s->next) {
        struct names *inner = ARENA_NEW(r->program->arena, struct names);
        *inner = (struct names){s->index, names};
        if (s->index)
            names = inner;
    }
    for (const struct suffix *s = item->suffixes; s; s = s->next)
        if (s->value)
            resolve_expr(r, names, s->value);
    resolve_label(r, names, item->label);
    resolve_label(r, names, item->reference);
    if (item->kind == ITEM_CALL)
        resolve_call(r, names, item);
    if (item->kind == ITEM_MERGE)
        resolve_merge(r, item);
    for (const struct chain *branch = item->body; branch; branch = branch->next)
        resolve_chain(r, names, branch);
}

static void resolve_chain(struct resolver *r, const struct names *names, const struct chain *chain)
{
    for (const struct element *e = chain->elements; e; e = e->next)
        for (const struct element *one = e; one; one = one->otherwise) {
            if (one->item->unknown)
                continue;
            resolve_item(r, names, one->item);
            if (one->condition)
                resolve_expr(r, names, one->condition);
        }
}

static void resolve_block(struct resolver *r, const struct statement *statement)
{
    const struct names *names = NULL;
    for (const struct formal *formal = statement->formals; formal; formal = formal->next) {
        if (formal->value)
            resolve_expr(r, names, formal->value);
        struct names *inner = ARENA_NEW(r->program->arena, struct names);
        *inner = (struct names){formal->name, names};
        names = inner;
    }
    resolve_chain(r, names, statement->chain);
}

static void warn_unused(struct program *program)
{
    for (size_t i = 0; i < program->params.count; i++) {
        const struct param *param = program->params.entries[i].value;
        if (!param->used)
            diag_report(program->diag, CHECK_UNUSED_PARAM, param->statement->name_span, "the param %s is never used",
                        param->statement->name);
    }
    for (size_t i = 0; i < program->blocks.count; i++) {
        const struct block *block = program->blocks.entries[i].value;
        if (!block->used)
            diag_report(program->diag, CHECK_UNUSED_BLOCK, block->statement->name_span, "the block %s is never used",
                        block->statement->name);
    }
}

void program_resolve(struct program *program, const struct ast *ast)
{
    struct resolver r = {program};
    for (const struct statement *s = ast->statements; s; s = s->next) {
        switch (s->kind) {
        case STATEMENT_NETWORK: break;
        case STATEMENT_DEFAULT: {
            int kind = layer_kind_named(s->name);
            if (kind >= 0)
                resolve_layer_args(&r, NULL, (enum layer_kind)kind, s->args);
            break;
        }
        case STATEMENT_BLOCK: resolve_block(&r, s); break;
        case STATEMENT_CHAIN: resolve_chain(&r, NULL, s->chain); break;
        case STATEMENT_TRAIN: train_resolve(program, s); break;
        case STATEMENT_PARAM:
        case STATEMENT_TABLE:
        case STATEMENT_EXPECT: resolve_expr(&r, NULL, s->value); break;
        }
    }
    warn_unused(program);
}
