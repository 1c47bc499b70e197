/* A layer as one would write it: its keyword and those arguments that differ from the defaults.
 * Numbers are written so that reading them gives the same number. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "shape/shape.h"
#include "tree.h"

struct writer {
    struct arena *arena;
    const struct text_defaults *defaults;
    struct text out;
    bool any;
};

/* As few digits as mean the same float; no more than the largest one, which a text may not exceed. */
static const char *real(struct arena *arena, double number)
{
    const char *text = "";
    for (int digits = 6; digits <= 17; digits++) {
        text = arena_printf(arena, "%.*g", digits, number);
        const double read = strtod(text, NULL);
        if (read == number || (digits >= 9 && (float)read == (float)number && fabs(read) <= FLT_MAX))
            break;
    }
    return text;
}

static const char *whole(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%lld", (long long)number);
}

static const char *pad_words(struct arena *arena, const struct padding *p)
{
    if (p->top == p->bottom && p->left == p->right)
        return p->top == p->left ? whole(arena, p->top)
                                 : arena_printf(arena, "(%lld, %lld)", (long long)p->top, (long long)p->left);
    return arena_printf(arena, "(%lld, %lld, %lld, %lld)", (long long)p->top, (long long)p->left, (long long)p->bottom,
                        (long long)p->right);
}

/* As many numbers as there are, in rows of `columns`; one alone where all are equal. */
static const char *numbers(struct arena *arena, const double *entries, int64_t count, int64_t columns)
{
    struct text out = text_new(arena);
    bool equal = true;
    for (int64_t i = 1; i < count; i++)
        equal = equal && entries[i] == entries[0];
    if (equal)
        return real(arena, entries[0]);
    for (int64_t i = 0; i < count; i++)
        text_printf(&out, "%s%s",
                    i == 0        ? "["
                    : i % columns ? " "
                    : count > 24  ? ";\n"
                                  : "; ",
                    real(arena, entries[i]));
    text_add_char(&out, ']');
    return out.bytes;
}

/* The numbers of a tensor that stand in the text, or NULL. */
static const char *literal_words(struct arena *arena, const struct node *node, int role)
{
    const struct weight *weight = role == NO_ROLE ? NULL : node_weight(node, (enum weight_role)role);
    if (!weight || !weight->literal)
        return NULL;
    const int64_t columns = weight->rank > 1 ? weight->dims[weight->rank - 1] : weight->count;
    return numbers(arena, weight->literal, weight->period, columns);
}

static const char *sides_words(struct arena *arena, struct pair pair)
{
    return arena_printf(arena, "%lldx%lld", (long long)pair.h, (long long)pair.w);
}

static const char *pair_words(struct arena *arena, const struct arg_spec *spec, struct pair pair)
{
    if (spec->type == ARG_PAD2)
        return arena_printf(arena, "(%lld, %lld)", (long long)pair.h, (long long)pair.w);
    return pair.h == pair.w ? whole(arena, pair.h) : sides_words(arena, pair);
}

static const char *matrix_words(struct arena *arena, const struct matrix *matrix)
{
    return numbers(arena, matrix->entries, matrix->rows * matrix->columns, matrix->columns);
}

/* An argument's value; NULL where it is a literal alone, which is none here. */
static const char *value_words(struct arena *arena, const struct argument *argument, const struct arg_spec *spec,
                               const struct node *node)
{
    const void *value = argument_value(argument, &node->args);
    switch (argument->store) {
    case STORE_NONE: return NULL;
    case STORE_WHOLE: return whole(arena, *(const int64_t *)value);
    case STORE_REAL: return real(arena, *(const double *)value);
    case STORE_FLAG: return *(const bool *)value ? "yes" : "no";
    case STORE_PAIR: return pair_words(arena, spec, *(const struct pair *)value);
    case STORE_SIDES: return sides_words(arena, *(const struct pair *)value);
    case STORE_PAD: return pad_words(arena, value);
    case STORE_SHAPE: return shape_text(arena, *(const struct shape *)value);
    case STORE_MATRIX: return matrix_words(arena, *(const struct matrix *const *)value);
    case STORE_CHANNELS: return numbers(arena, *(const double *const *)value, node->shape.c, node->shape.c);
    case STORE_WORD:
    case STORE_IS_FIRST:
    case STORE_IS_SECOND:
    case STORE_AXES: return argument_word(arena, argument, spec, &node->args);
    }
    return NULL;
}

/* Without a window there is none to write, and only the mean of one asks what it counts. */
static bool applies(const struct argument *argument, const struct node *node)
{
    const struct layer_args *a = &node->args;
    if (strcmp(argument->name, "window") == 0)
        return !a->adaptive;
    return strcmp(argument->name, "count_pad") != 0 || (a->pool == POOL_KIND_AVG && !a->adaptive);
}

static bool always_written(const struct argument *argument, const struct arg_spec *spec)
{
    return argument->form == FORM_ALWAYS || argument->form == FORM_ALWAYS_NAMED || !(spec->fallback || spec->optional);
}

/* Would the layer be another one if the argument were left out? */
static bool differs(const struct writer *w, const struct argument *argument, const struct arg_spec *spec,
                    const struct node *node)
{
    const struct shape none = {0, 0, 0};
    struct layer_args args = node->args;
    argument_leave_out(argument, spec, &args);
    if (w->defaults->no_bias && (node->kind == LAYER_CONV || node->kind == LAYER_DWCONV) &&
        strcmp(argument->name, "bias") == 0)
        args.bias = false;
    if (node->kind == LAYER_BN && strcmp(argument->name, "eps") == 0)
        args.eps = w->defaults->bn_eps;
    shape_normalise_args(node->kind, node->input_count ? node->inputs[0]->shape : none, &args);
    return !argument_equal(argument, &args, &node->args);
}

static void write_argument(struct writer *w, const struct argument *argument, const struct arg_spec *spec,
                           const struct node *node)
{
    const bool named = argument->form == FORM_NAMED || argument->form == FORM_ALWAYS_NAMED;
    const char *value = literal_words(w->arena, node, argument->role);
    if (!value && applies(argument, node) && (always_written(argument, spec) || differs(w, argument, spec, node)))
        value = value_words(w->arena, argument, spec, node);
    if (!value)
        return;
    text_add(&w->out, w->any ? ", " : "(");
    if (named)
        text_printf(&w->out, "%s=", argument->name);
    text_add(&w->out, value);
    w->any = true;
}

struct text_defaults find_defaults(const struct graph *graph, struct text *out)
{
    struct text_defaults defaults = {.bn_eps = 1e-5};
    for (int i = 0; i < LAYER_COUNT; i++)
        defaults.arguments[i] = layer_arguments(out->arena, (enum layer_kind)i, &defaults.argument_counts[i]);
    size_t without = 0, with = 0, norms = 0;
    double eps = 0;
    bool same = true;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node->kind == LAYER_CONV || node->kind == LAYER_DWCONV)
            *(node->args.bias ? &with : &without) += 1;
        if (node->kind == LAYER_BN) {
            same = norms++ == 0 || (same && (float)node->args.eps == (float)eps);
            eps = node->args.eps;
        }
    }
    defaults.no_bias = without > 1 && without > with;
    if (defaults.no_bias)
        text_add(out, "default CONV(bias=no)\n");
    if (norms > 1 && same && (float)eps != (float)defaults.bn_eps) {
        defaults.bn_eps = eps;
        text_printf(out, "default BN(eps=%s)\n", real(out->arena, eps));
    }
    return defaults;
}

static const struct arg_spec *spec_named(const struct text_defaults *defaults, enum layer_kind kind, const char *name)
{
    for (size_t i = 0; i < defaults->argument_counts[kind]; i++)
        if (strcmp(defaults->arguments[kind][i].name, name) == 0)
            return &defaults->arguments[kind][i];
    return NULL;
}

const char *layer_words(struct arena *arena, const struct text_defaults *defaults, const struct node *node)
{
    struct writer w = {arena, defaults, text_new(arena), false};
    text_add(&w.out, layer_table[node->kind].keyword);
    for (size_t i = 0; i < argument_table_count; i++) {
        const struct argument *argument = &argument_table[i];
        const struct arg_spec *spec = spec_named(defaults, node->kind, argument->name);
        if (spec && argument_of(node->kind, argument->name) == argument)
            write_argument(&w, argument, spec, node);
    }
    if (w.any)
        text_add_char(&w.out, ')');
    return w.out.bytes;
}
