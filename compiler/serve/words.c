/* Words and their meanings. Layers and train statements have theirs in their tables. */
#include "serve/words.h"

#include <string.h>

#include "grammar/tokens.h"
#include "recipes.h"

static const struct {
    const char *word, *text;
} meanings[] = {
    {"network", "names the network: `network NAME`"},
    {"param", "a number of the network, which `-D NAME=VALUE` can set: `param NAME = expression`"},
    {"default", "arguments for all layers of a kind that follow: `default CONV(bias=no)`"},
    {"block", "a chain with a name, and with arguments of its own: `block NAME(a, b=1) = chain`"},
    {"table", "numbers in rows and columns, looked up as `NAME(row, column)`: `table NAME = [1 2; 3 4]`"},
    {"expect", "a budget, which is checked: `expect macs <= 10^9`"},
    {"train", "how the network learns: `train SGD(0.1), COSINE, batch=128`"},
    {"if", "chooses a layer or a value: `RELU if deep else TANH`"},
    {"else", "what is chosen where the condition does not hold"},
    {"as", "names the index of a repeat, which counts from 0: `[CONV(8*2^i)]*3 as i`"},
    {"and", "holds if both sides do"},
    {"or", "holds if one of its sides does"},
    {"not", "holds if what follows does not"},
    {"FROM", "goes on from the result of a labelled layer or group: `FROM(label) -> ...`"},
    {"SHARE", "computes a labelled layer or group again, with the same weights: `SHARE(label)`"},
    {"NONE", "drops the branch of a merge in which it stands"},
    {"min", "the smallest of its arguments"},
    {"max", "the largest of its arguments"},
    {"ceil", "the next whole number, upwards"},
    {"floor", "the next whole number, downwards"},
    {"abs", "without its sign"},
    {"H", "the height of the tensor that arrives here"},
    {"W", "the width of the tensor that arrives here"},
    {"C", "the channels of the tensor that arrives here"},
    {"params", "the number of trainable weights"},
    {"macs", "multiply-accumulates of one image"},
    {"ram", "bytes of memory that the generated code works in"},
    {"flash", "bytes of packed weights"},
    {"receptive_field", "how many pixels of the image an output sees, along a side"},
};

const char *const statement_words[] = {"network", "param", "default", "block", "table", "expect", "train", NULL};
const char *const function_words[] = {"min", "max", "ceil", "floor", "abs", NULL};
const char *const tensor_words[] = {"H", "W", "C", NULL};
const char *const quantity_words[] = {"params", "macs", "ram", "flash", "receptive_field", NULL};

const char *word_text(const char *word)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(meanings[i].word, word) == 0)
            return meanings[i].text;
    return NULL;
}

static const struct arg_spec *spec_named(const struct arg_spec *specs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(specs[i].name, name) == 0 || (specs[i].alias && specs[i].alias == name[0] && !name[1]))
            return &specs[i];
    return NULL;
}

const struct arg_spec *argument_at(const struct analysis *a, struct arena *arena, size_t token)
{
    const struct role_token *items = a->roles.items, *at = &items[token];
    if (at->call < 0 || items[at->call].role != ROLE_LAYER)
        return NULL;
    const int kind = layer_kind_named(role_text(arena, &items[at->call], a->source));
    size_t count, begin = token, written = 0;
    if (kind < 0)
        return NULL;
    const struct arg_spec *specs = layer_arguments(arena, (enum layer_kind)kind, &count);
    /* Back to the comma or bracket before it, at its own level. */
    while (begin > (size_t)at->call + 2 && !(items[begin - 1].call == at->call && items[begin - 1].kind == ','))
        begin--;
    if (items[begin].role == ROLE_ARGUMENT)
        return spec_named(specs, count, role_text(arena, &items[begin], a->source));
    for (size_t i = (size_t)at->call + 2; i < begin; i++) /* those that are named take no position */
        written += items[i].call == at->call && items[i].role == ROLE_ARGUMENT;
    const size_t position = (size_t)at->position - written;
    return (size_t)at->position >= written && position < count ? &specs[position] : NULL;
}

const struct recipe_info *recipe_named(const char *name)
{
    const int word = recipe_word_named(name), setting = setting_named(name);
    return word >= 0 ? &recipe_table[word] : setting >= 0 ? &setting_table[setting] : NULL;
}

/* The line that ends before `end`; false if it is not a comment. */
static bool comment_line(const struct source *source, size_t end, size_t *start, size_t *text)
{
    size_t at = end;
    while (at > 0 && source->bytes[at - 1] != '\n')
        at--;
    *start = at;
    while (source->bytes[at] == ' ' || source->bytes[at] == '\t')
        at++;
    *text = at + 1;
    return at < end && source->bytes[at] == '#';
}

const char *comment_above(struct arena *arena, const struct source *source, size_t offset)
{
    enum { MOST_LINES = 20 };
    struct span lines[MOST_LINES];
    size_t count = 0, start = offset, text;
    comment_line(source, offset, &start, &text);
    while (start > 0 && count < MOST_LINES) {
        const size_t end = start - 1;
        if (!comment_line(source, end, &start, &text))
            break;
        lines[count++] = (struct span){(uint32_t)text, (uint32_t)end};
    }
    struct text out = text_new(arena);
    text_add(&out, "");
    while (count) {
        const char *line = source_text(source, arena, lines[--count]);
        text_printf(&out, "%s%s", out.length ? "\n" : "", line + strspn(line, " \t"));
    }
    return out.bytes;
}

const char *block_signature(struct arena *arena, const struct source *source, const struct statement *block)
{
    struct text out = text_new(arena);
    text_printf(&out, "block %s", block->name);
    for (const struct formal *formal = block->formals; formal; formal = formal->next) {
        text_printf(&out, "%s%s", formal == block->formals ? "(" : ", ", formal->name);
        if (formal->value)
            text_printf(&out, "=%s", source_text(source, arena, formal->value->span));
    }
    text_add(&out, block->formals ? ")" : "");
    return out.bytes;
}

const struct statement *definition_of(const struct ast *ast, enum statement_kind kind, const char *name)
{
    const struct statement *s = ast->statements;
    while (s && (s->kind != kind || strcmp(s->name, name) != 0))
        s = s->next;
    return s;
}

const char *param_text(const struct analysis *a, const char *name)
{
    for (size_t i = 0; i < a->trace.params.count; i++)
        if (strcmp(a->trace.params.items[i].name, name) == 0)
            return a->trace.params.items[i].value;
    return NULL;
}
