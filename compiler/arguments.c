/* The table of arguments.h, and what derives from it: defaults and comparison. */
#include "arguments.h"

#include <stdlib.h>
#include <string.h>

/* A field whose type differs from the row's does not compile. */
#define AT(type, member)                                                                                               \
    (offsetof(struct layer_args, member) +                                                                             \
     0 * sizeof(char[_Generic(((struct layer_args *)0)->member, type : 1, default                                      \
                              : -1)]))

/* clang-format off */
#define WHOLE(member) STORE_WHOLE, AT(int64_t, member), NO_ROLE
#define REAL(member)  STORE_REAL, AT(double, member), NO_ROLE
#define FLAG(member)  STORE_FLAG, AT(bool, member), NO_ROLE
#define PAIR(member)  STORE_PAIR, AT(struct pair, member), NO_ROLE
#define PADDING       STORE_PAD, AT(struct padding, pad), NO_ROLE
#define SHAPE(member) STORE_SHAPE, AT(struct shape, member), NO_ROLE
#define WORD(type, member) STORE_WORD, AT(enum type, member), NO_ROLE
#define LITERAL(role) STORE_NONE, 0, role
#define FLAG_OR_LITERAL(member, role) STORE_FLAG, AT(bool, member), role
#define CHANNELS(member, role) STORE_CHANNELS, AT(const double *, member), role

const struct argument argument_table[] = {
    {"size", LAYER_LRN, WHOLE(size), FORM_ALWAYS},
    {"size", ANY_LAYER, SHAPE(target), FORM_ALWAYS},
    {"layout", ANY_LAYER, WORD(layout, layout), FORM_NAMED},
    {"type", ANY_LAYER, WORD(element_type, type), FORM_NAMED},
    {"mean", LAYER_INPUT, CHANNELS(mean, ROLE_MEAN), FORM_NAMED},
    {"scale", LAYER_INPUT, CHANNELS(scale, ROLE_WEIGHT), FORM_NAMED},

    {"filters", ANY_LAYER, WHOLE(filters), FORM_ALWAYS},
    {"out", ANY_LAYER, STORE_SIDES, AT(struct pair, out), NO_ROLE, FORM_NAMED},
    {"window", ANY_LAYER, PAIR(window), FORM_ALWAYS},
    {"stride", ANY_LAYER, PAIR(stride), FORM_NAMED},
    {"pad", ANY_LAYER, PADDING, FORM_NAMED},
    {"dilation", ANY_LAYER, PAIR(dilation), FORM_NAMED},
    {"mult", ANY_LAYER, WHOLE(mult), FORM_NAMED},
    {"groups", LAYER_GN, WHOLE(groups), FORM_ALWAYS},
    {"groups", LAYER_SHUFFLE, WHOLE(groups), FORM_ALWAYS},
    {"groups", ANY_LAYER, WHOLE(groups), FORM_NAMED},
    {"outpad", ANY_LAYER, PAIR(out_pad), FORM_NAMED},
    {"connect", ANY_LAYER, STORE_MATRIX, AT(const struct matrix *, connect), NO_ROLE, FORM_NAMED},
    {"ceil", ANY_LAYER, FLAG(ceil), FORM_NAMED},
    {"kind", LAYER_REDUCE, WORD(reducing, reducing), FORM_ALWAYS},
    {"kind", ANY_LAYER, WORD(pool_kind, pool), FORM_NAMED},
    {"count_pad", ANY_LAYER, FLAG(count_pad), FORM_NAMED},

    {"alpha", LAYER_ELU, REAL(a), FORM_BARE},
    {"slope", ANY_LAYER, REAL(a), FORM_BARE},
    {"a", ANY_LAYER, REAL(a), FORM_NAMED},
    {"b", ANY_LAYER, REAL(b), FORM_NAMED},
    {"exponent", ANY_LAYER, REAL(a), FORM_ALWAYS},
    {"lambda", ANY_LAYER, REAL(a), FORM_BARE},
    {"bias", LAYER_SHRINK, REAL(b), FORM_BARE},
    {"threshold", ANY_LAYER, REAL(a), FORM_BARE},
    {"value", LAYER_THRESHOLD, REAL(b), FORM_BARE},
    {"number", ANY_LAYER, REAL(a), FORM_BARE},
    {"lo", ANY_LAYER, REAL(a), FORM_ALWAYS},
    {"hi", ANY_LAYER, REAL(b), FORM_ALWAYS},
    {"approximate", ANY_LAYER, STORE_IS_SECOND, AT(bool, tanh_gelu), NO_ROLE, FORM_NAMED},
    {"shared", ANY_LAYER, FLAG(shared), FORM_NAMED},

    {"alpha", ANY_LAYER, REAL(alpha), FORM_NAMED},
    {"beta", ANY_LAYER, REAL(beta), FORM_NAMED},
    {"k", ANY_LAYER, REAL(k), FORM_NAMED},
    {"eps", ANY_LAYER, REAL(eps), FORM_NAMED},
    {"affine", ANY_LAYER, FLAG(affine), FORM_NAMED},
    {"over", ANY_LAYER, STORE_IS_FIRST, AT(bool, per_pixel), NO_ROLE, FORM_NAMED},

    {"factor", ANY_LAYER, PAIR(factor), FORM_ALWAYS},
    {"mode", ANY_LAYER, WORD(upsample_mode, mode), FORM_BARE},
    {"align", ANY_LAYER, FLAG(align), FORM_NAMED},
    {"hw", ANY_LAYER, PADDING, FORM_BARE},
    {"c", ANY_LAYER, STORE_PAIR, AT(int64_t, pad_c_front), NO_ROLE, FORM_NAMED},
    {"value", LAYER_CONST, LITERAL(ROLE_WEIGHT), FORM_NAMED},
    {"value", ANY_LAYER, REAL(value), FORM_NAMED},
    {"from", ANY_LAYER, WHOLE(from), FORM_ALWAYS},
    {"to", ANY_LAYER, WHOLE(to), FORM_ALWAYS},
    {"axis", LAYER_REDUCE, WORD(over, over), FORM_ALWAYS_NAMED},
    {"axis", LAYER_ARGMAX, WORD(over, over), FORM_NAMED},
    {"pieces", ANY_LAYER, WHOLE(pieces), FORM_ALWAYS},
    {"axis", ANY_LAYER, WORD(axis, axis), FORM_NAMED},
    {"axes", ANY_LAYER, STORE_AXES, AT(enum axis *, axes), NO_ROLE, FORM_ALWAYS_NAMED},
    {"rate", ANY_LAYER, REAL(rate), FORM_BARE},

    {"weight", LAYER_SCALE, FLAG_OR_LITERAL(has_weight, ROLE_WEIGHT), FORM_NAMED},
    {"weight", LAYER_BN, LITERAL(ROLE_WEIGHT), FORM_NAMED},
    {"bias", LAYER_BN, LITERAL(ROLE_BIAS), FORM_NAMED},
    {"mean", ANY_LAYER, LITERAL(ROLE_MEAN), FORM_NAMED},
    {"var", ANY_LAYER, LITERAL(ROLE_VAR), FORM_NAMED},
    {"bias", ANY_LAYER, FLAG_OR_LITERAL(bias, ROLE_BIAS), FORM_NAMED},
    {"weight", ANY_LAYER, LITERAL(ROLE_WEIGHT), FORM_NAMED},
};
/* clang-format on */
const size_t argument_table_count = sizeof argument_table / sizeof *argument_table;

_Static_assert(offsetof(struct layer_args, pad_c_back) - offsetof(struct layer_args, pad_c_front) ==
                   offsetof(struct pair, w) - offsetof(struct pair, h),
               "the argument c is a pair");
_Static_assert(sizeof(enum layout) == sizeof(int) && sizeof(enum element_type) == sizeof(int) &&
                   sizeof(enum pool_kind) == sizeof(int) && sizeof(enum upsample_mode) == sizeof(int) &&
                   sizeof(enum axis) == sizeof(int) && sizeof(enum reducing) == sizeof(int) &&
                   sizeof(enum over) == sizeof(int),
               "words are stored as int");

const struct argument *argument_of(enum layer_kind kind, const char *name)
{
    const struct argument *any = NULL;
    for (size_t i = 0; i < argument_table_count; i++) {
        const struct argument *row = &argument_table[i];
        if ((row->kind != ANY_LAYER && row->kind != (int)kind) || strcmp(row->name, name) != 0)
            continue;
        if (row->kind != ANY_LAYER)
            return row;
        any = row;
    }
    return any;
}

void *argument_field(const struct argument *argument, struct layer_args *args)
{
    return (char *)args + argument->offset;
}

const void *argument_value(const struct argument *argument, const struct layer_args *args)
{
    return (const char *)args + argument->offset;
}

int argument_choice(const char *words, const char *word)
{
    size_t length = strlen(word);
    int index = 0;
    for (const char *p = words; *p; index++) {
        size_t n = strcspn(p, "|");
        if (n == length && strncmp(p, word, n) == 0)
            return index;
        p += n + (p[n] == '|');
    }
    return -1;
}

const char *argument_choices_text(struct arena *arena, const char *words)
{
    const char *text = "";
    for (const char *p = words, *joint = ""; *p; joint = strchr(p, '|') ? ", " : " or ") {
        size_t n = strcspn(p, "|");
        text = arena_printf(arena, "%s%s%.*s", text, joint, (int)n, p);
        p += n + (p[n] == '|');
    }
    return text;
}

static const char *word_at(struct arena *arena, const char *words, int index)
{
    for (; index > 0; index--)
        words += strcspn(words, "|") + 1;
    return arena_copy(arena, words, strcspn(words, "|"));
}

static const char axis_letters[] = {[AXIS_C] = 'c', [AXIS_H] = 'h', [AXIS_W] = 'w'};

void argument_choose(const struct argument *argument, const struct arg_spec *spec, int choice, struct layer_args *args)
{
    void *field = argument_field(argument, args);
    switch (argument->store) {
    case STORE_IS_FIRST: *(bool *)field = choice == 0; break;
    case STORE_IS_SECOND: *(bool *)field = choice == 1; break;
    case STORE_AXES:
        for (int i = 0; i < 3; i++) { /* each word has three letters */
            const char letter = spec->words[4 * choice + i];
            args->axes[i] = letter == 'h' ? AXIS_H : letter == 'w' ? AXIS_W : AXIS_C;
        }
        break;
    default: memcpy(field, &choice, sizeof choice); break;
    }
}

const char *argument_word(struct arena *arena, const struct argument *argument, const struct arg_spec *spec,
                          const struct layer_args *args)
{
    const void *value = argument_value(argument, args);
    int choice = 0;
    switch (argument->store) {
    case STORE_IS_FIRST: choice = *(const bool *)value ? 0 : 1; break;
    case STORE_IS_SECOND: choice = *(const bool *)value ? 1 : 0; break;
    case STORE_AXES:
        return arena_printf(arena, "%c%c%c", axis_letters[args->axes[0]], axis_letters[args->axes[1]],
                            axis_letters[args->axes[2]]);
    default: memcpy(&choice, value, sizeof choice); break;
    }
    return word_at(arena, spec->words, choice);
}

static struct pair pair_from(const char *text)
{
    char *end;
    struct pair pair;
    pair.h = pair.w = strtoll(text, &end, 10);
    if (*end == 'x')
        pair.w = strtoll(end + 1, NULL, 10);
    return pair;
}

/* `text`: the default in layers.def, or "" if there is none. */
static void set_default(const struct argument *argument, const struct arg_spec *spec, const char *text,
                        struct layer_args *args)
{
    void *field = argument_field(argument, args);
    const struct pair pair = pair_from(text);
    switch (argument->store) {
    case STORE_NONE: break;
    case STORE_WHOLE: *(int64_t *)field = strtoll(text, NULL, 10); break;
    case STORE_REAL: *(double *)field = strtod(text, NULL); break;
    case STORE_FLAG: *(bool *)field = strcmp(text, "yes") == 0; break;
    case STORE_PAIR:
    case STORE_SIDES: memcpy(field, &pair, sizeof pair); break;
    case STORE_PAD:
        args->pad = (struct padding){pair.h, pair.w, pair.h, pair.w};
        args->pad_rule = strcmp(text, "same") == 0 ? PAD_SAME : PAD_GIVEN;
        break;
    case STORE_SHAPE: *(struct shape *)field = (struct shape){0, 0, 0}; break;
    case STORE_MATRIX: *(const struct matrix **)field = NULL; break;
    case STORE_CHANNELS: *(const double **)field = NULL; break;
    case STORE_WORD:
    case STORE_IS_FIRST:
    case STORE_IS_SECOND:
    case STORE_AXES: argument_choose(argument, spec, argument_choice(spec->words, text), args); break;
    }
}

void argument_leave_out(const struct argument *argument, const struct arg_spec *spec, struct layer_args *args)
{
    set_default(argument, spec, spec->fallback ? spec->fallback : "", args);
}

bool argument_equal(const struct argument *argument, const struct layer_args *a, const struct layer_args *b)
{
    static const size_t sizes[] = {[STORE_NONE] = 0,
                                   [STORE_WHOLE] = sizeof(int64_t),
                                   [STORE_FLAG] = sizeof(bool),
                                   [STORE_PAIR] = sizeof(struct pair),
                                   [STORE_SIDES] = sizeof(struct pair),
                                   [STORE_PAD] = sizeof(struct padding),
                                   [STORE_SHAPE] = sizeof(struct shape),
                                   [STORE_MATRIX] = sizeof(const struct matrix *),
                                   [STORE_CHANNELS] = sizeof(const double *),
                                   [STORE_WORD] = sizeof(int),
                                   [STORE_IS_FIRST] = sizeof(bool),
                                   [STORE_IS_SECOND] = sizeof(bool),
                                   [STORE_AXES] = sizeof a->axes};
    const void *x = argument_value(argument, a), *y = argument_value(argument, b);
    if (argument->store == STORE_REAL)
        return (float)*(const double *)x == (float)*(const double *)y;
    return memcmp(x, y, sizes[argument->store]) == 0;
}
