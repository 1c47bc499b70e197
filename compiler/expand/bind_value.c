/* Conversions of argument values to the types of layers.def, with the messages for what does not
 * convert, and the table that says which field of struct layer_args an argument fills. */
#include "bind_value.h"

#include <ctype.h>
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct field {
    const char *name;
    int kind; /* of the layer, or -1: any */
    size_t offset;
};

#define FIELD(member) offsetof(struct layer_args, member)
/* clang-format off */
static const struct field fields[] = {
    {"filters", -1, FIELD(filters)},   {"window", -1, FIELD(window)},       {"stride", -1, FIELD(stride)},
    {"dilation", -1, FIELD(dilation)}, {"pad", -1, FIELD(pad)},             {"hw", -1, FIELD(pad)},
    {"groups", -1, FIELD(groups)},     {"ceil", -1, FIELD(ceil)},           {"count_pad", -1, FIELD(count_pad)},
    {"affine", -1, FIELD(affine)},     {"out", -1, FIELD(out)},             {"outpad", -1, FIELD(out_pad)},
    {"slope", -1, FIELD(a)},           {"alpha", LAYER_ELU, FIELD(a)},      {"alpha", -1, FIELD(alpha)},
    {"beta", -1, FIELD(beta)},         {"k", -1, FIELD(k)},                 {"a", -1, FIELD(a)},
    {"b", -1, FIELD(b)},               {"lo", -1, FIELD(a)},                {"hi", -1, FIELD(b)},
    {"eps", -1, FIELD(eps)},           {"size", LAYER_LRN, FIELD(size)},    {"size", -1, FIELD(target)},
    {"shared", -1, FIELD(shared)},     {"factor", -1, FIELD(factor)},       {"align", -1, FIELD(align)},
    {"c", -1, FIELD(pad_c_front)},     {"value", -1, FIELD(value)},         {"from", -1, FIELD(from)},
    {"to", -1, FIELD(to)},             {"rate", -1, FIELD(rate)},           {"connect", -1, FIELD(connect)},
    {"mult", -1, FIELD(mult)},
};
/* clang-format on */

static const struct field *field_named(const struct node *node, const char *name)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(fields[i].name, name) == 0 && (fields[i].kind < 0 || fields[i].kind == (int)node->kind))
            return &fields[i];
    return NULL;
}

int bind_choice(const char *words, const char *word)
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

struct binding_job {
    struct program *program;
    struct node *node;
    const struct arg_spec *spec;
    struct value value;
    struct span span;
};

static bool refuse(const struct binding_job *job, const char *wanted)
{
    bool real = job->value.kind == VALUE_REAL && job->spec->type != ARG_REAL;
    struct message *m =
        diag_report(job->program->diag, real ? CHECK_WHOLE : CHECK_ARGUMENT, job->span, "%s of %s must be %s, not %s",
                    job->spec->name, layer_table[job->node->kind].keyword, wanted,
                    value_is_number(&job->value) || job->value.kind == VALUE_WORD || job->value.kind == VALUE_TUPLE
                        ? value_text(job->program->arena, &job->value)
                        : value_kind_name(&job->value));
    bool number = value_is_number(&job->value);
    if (real)
        message_help(m, "floor(...) or ceil(...) makes a whole number");
    else if (strcmp(job->spec->name, "filters") == 0 && job->value.kind == VALUE_TUPLE)
        message_help(m, "the number of filters comes first, and then the window, as in CONV(16, 3x3)");
    else if (strcmp(job->spec->name, "layout") == 0 && number)
        message_help(m,
                     "a size is one argument, 32x32x3, and a number has a decimal point, 0.5: a comma begins the next");
    return false;
}

static bool whole_at_least(const struct value *value, int64_t least, int64_t *result)
{
    if (value->kind != VALUE_INTEGER || value->integer < least || value->integer > LIMIT_ELEMENTS)
        return false;
    *result = value->integer;
    return true;
}

static bool bind_whole(const struct binding_job *job, int64_t *field)
{
    int64_t least = job->spec->type == ARG_WHOLE ? 1 : job->spec->type == ARG_NATURAL ? 0 : -LIMIT_ELEMENTS;
    if (whole_at_least(&job->value, least, field))
        return true;
    if (job->value.kind == VALUE_INTEGER && job->value.integer > LIMIT_ELEMENTS)
        return refuse(job, "at most 2^31");
    return refuse(job, least == 1   ? "a whole number of at least 1"
                       : least == 0 ? "a whole number of at least 0"
                                    : "a whole number");
}

/* n, or (h, w): both at least `least`. */
static bool bind_pair(const struct binding_job *job, int64_t least, int64_t *first, int64_t *second)
{
    const struct value *v = &job->value;
    const struct value *a = v, *b = v;
    if (v->kind == VALUE_TUPLE && v->count == 2) {
        a = &v->items[0];
        b = &v->items[1];
    }
    return whole_at_least(a, least, first) && whole_at_least(b, least, second);
}

static bool bind_pad(const struct binding_job *job, struct padding *pad)
{
    struct layer_args *args = &job->node->args;
    const struct value *v = &job->value;
    if (v->kind == VALUE_WORD) {
        bool windowed = args->window.h > 0;
        if (strcmp(v->word, "valid") == 0)
            *pad = (struct padding){0, 0, 0, 0};
        else if (windowed && strcmp(v->word, "same") == 0)
            args->pad_rule = PAD_SAME;
        else if (windowed && strcmp(v->word, "full") == 0)
            args->pad_rule = PAD_FULL;
        else
            return refuse(job, windowed ? "same, valid, full or numbers" : "numbers");
        return true;
    }
    if (v->kind == VALUE_TUPLE && v->count == 4) {
        int64_t *sides[4] = {&pad->top, &pad->left, &pad->bottom, &pad->right};
        for (int i = 0; i < 4; i++)
            if (!whole_at_least(&v->items[i], 0, sides[i]))
                return refuse(job, "whole numbers of at least 0");
        return true;
    }
    if (!bind_pair(job, 0, &pad->top, &pad->left))
        return refuse(job, "same, valid, full, n, (h, w) or (top, left, bottom, right)");
    pad->bottom = pad->top;
    pad->right = pad->left;
    return true;
}

bool bind_shape(const struct place *place, const struct value *value, struct shape *shape)
{
    struct program *program = place->program;
    int64_t sides[3] = {1, 1, 1};
    bool good = value->kind == VALUE_INTEGER ||
                (value->kind == VALUE_TUPLE && (value->count == 2 || value->count == 3));
    if (value->kind == VALUE_INTEGER)
        sides[2] = value->integer;
    for (size_t i = 0; good && value->kind == VALUE_TUPLE && i < value->count; i++) {
        good = value->items[i].kind == VALUE_INTEGER;
        sides[i] = value->items[i].integer;
    }
    for (int i = 0; i < 3; i++)
        good = good && sides[i] >= 1 && sides[i] <= LIMIT_ELEMENTS;
    if (!good) {
        struct message *m = diag_report(program->diag, CHECK_ARGUMENT, value->span, "%s is not a shape",
                                        value_text(program->arena, value));
        message_help(m, "write HxWxC, HxW for one channel, or N for 1x1xN; each side is at least 1");
        return false;
    }
    *shape = (struct shape){sides[0], sides[1], sides[2]};
    return true;
}

static bool bind_words(const struct binding_job *job, int choice)
{
    struct layer_args *args = &job->node->args;
    const char *name = job->spec->name;
    if (strcmp(name, "layout") == 0)
        args->layout = choice ? LAYOUT_HWC : LAYOUT_CHW;
    else if (strcmp(name, "type") == 0)
        args->type = choice ? ELEMENT_U8 : ELEMENT_F32;
    else if (strcmp(name, "kind") == 0)
        args->pool = (enum pool_kind)choice;
    else if (strcmp(name, "approximate") == 0)
        args->tanh_gelu = choice == 1;
    else if (strcmp(name, "over") == 0)
        args->per_pixel = choice == 0;
    else if (strcmp(name, "mode") == 0)
        args->mode = choice ? UPSAMPLE_BILINEAR : UPSAMPLE_NEAREST;
    else if (strcmp(name, "axis") == 0)
        args->axis = (enum axis)choice;
    else if (strcmp(name, "axes") == 0) {
        const char *axes = job->spec->words + choice * 4;
        for (int i = 0; i < 3; i++)
            args->axes[i] = axes[i] == 'h' ? AXIS_H : axes[i] == 'w' ? AXIS_W : AXIS_C;
    } else {
        return false;
    }
    return true;
}

static int role_of(const char *name)
{
    static const char *const names[ROLE_COUNT] = {"weight", "bias", "mean", "var"};
    for (int i = 0; i < ROLE_COUNT; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return ROLE_WEIGHT; /* INPUT's scale */
}

/* Layers compute in 32-bit floats: what they do not hold would become infinite there. */
static bool fits_float(const struct binding_job *job, const double *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(fabs(numbers[i]) <= FLT_MAX))
            return refuse(job, "within what 32-bit floats hold, 3.4e38");
    return true;
}

/* NULL: it is none, which was said. */
static const struct matrix *literal_matrix(const struct binding_job *job)
{
    struct arena *arena = job->program->arena;
    const struct value *v = &job->value;
    if (v->kind == VALUE_MATRIX)
        return v->matrix;
    size_t count = v->kind == VALUE_TUPLE ? v->count : 1;
    if (v->kind != VALUE_TUPLE && !value_is_number(v)) {
        refuse(job, "a number, a tuple or a table");
        return NULL;
    }
    double *entries = ARENA_ARRAY(arena, double, count);
    for (size_t i = 0; i < count; i++)
        entries[i] = value_number(v->kind == VALUE_TUPLE ? &v->items[i] : v);
    struct matrix *made = ARENA_NEW(arena, struct matrix);
    *made = (struct matrix){1, (int64_t)count, entries};
    return made;
}

static bool bind_literal(const struct binding_job *job, struct literal_weight literals[ROLE_COUNT])
{
    const struct matrix *matrix = literal_matrix(job);
    if (!matrix || !fits_float(job, matrix->entries, matrix->rows * matrix->columns))
        return false;
    literals[role_of(job->spec->name)] = (struct literal_weight){matrix, job->span};
    return true;
}

/* yes, no, or a literal. */
static bool bind_bias(const struct binding_job *job, struct literal_weight literals[ROLE_COUNT])
{
    const struct value *v = &job->value;
    bool *field = job->spec->name[0] == 'b' ? &job->node->args.bias : &job->node->args.has_weight;
    *field = true;
    if (v->kind != VALUE_WORD)
        return bind_literal(job, literals);
    if (strcmp(v->word, "yes") != 0 && strcmp(v->word, "no") != 0)
        return refuse(job, "yes, no or numbers");
    *field = v->word[0] == 'y';
    return true;
}

static bool bind_flag(const struct binding_job *job, bool *field)
{
    const struct value *v = &job->value;
    bool yes = v->kind == VALUE_WORD && strcmp(v->word, "yes") == 0,
         no = v->kind == VALUE_WORD && strcmp(v->word, "no") == 0;
    bool digit = v->kind == VALUE_INTEGER && (v->integer == 0 || v->integer == 1);
    if (!yes && !no && !digit)
        return refuse(job, "yes or no");
    *field = yes || (digit && v->integer);
    return true;
}

/* What has no field among the arguments. */
static bool convert_literal(const struct binding_job *job, struct literal_weight literals[ROLE_COUNT])
{
    switch (job->spec->type) {
    case ARG_LITERAL: return bind_literal(job, literals);
    case ARG_BIAS: return bind_bias(job, literals);
    default: return refuse(job, arena_printf(job->program->arena, "one of %s", job->spec->words));
    }
}

static bool convert(const struct place *place, const struct binding_job *job, void *field)
{
    struct pair *pair = field;
    switch (job->spec->type) {
    case ARG_WHOLE:
    case ARG_NATURAL:
    case ARG_INDEX: return bind_whole(job, field);
    case ARG_REAL:
        if (!value_is_number(&job->value))
            return refuse(job, "a number");
        *(double *)field = value_number(&job->value);
        return fits_float(job, field, 1);
    case ARG_FLAG: return bind_flag(job, field);
    case ARG_PAIR: return bind_pair(job, 1, &pair->h, &pair->w) || refuse(job, "n or HxW, each at least 1");
    case ARG_PAD2: return bind_pair(job, 0, &pair->h, &pair->w) || refuse(job, "n or (a, b), each at least 0");
    case ARG_PAD: return bind_pad(job, field);
    case ARG_SIZE: return bind_shape(place, &job->value, field);
    case ARG_MATRIX:
        if (job->value.kind != VALUE_MATRIX)
            return refuse(job, "a table");
        *(const struct matrix **)field = job->value.matrix;
        return true;
    default: return false; /* these have no field */
    }
}

/* The text of a default in layers.def: a number, a size or a word. */
static struct value fallback_value(struct arena *arena, const char *text)
{
    struct value value = {.kind = VALUE_WORD, .word = text};
    char *end;
    if (!isdigit((unsigned char)*text))
        return value;
    value.integer = strtoll(text, &end, 10);
    value.kind = VALUE_INTEGER;
    if (*end == 'x') {
        struct value *items = ARENA_ARRAY(arena, struct value, 2);
        items[0] = value;
        items[1] = (struct value){.kind = VALUE_INTEGER, .integer = strtoll(end + 1, NULL, 10)};
        value = (struct value){.kind = VALUE_TUPLE, .items = items, .count = 2};
    } else if (*end) {
        value.kind = VALUE_REAL;
        value.real = strtod(text, NULL);
    }
    return value;
}

static bool missing(const struct binding_job *job, const struct item *item)
{
    struct message *m = diag_report(job->program->diag, CHECK_ARGUMENT, item->name_span, "%s needs %s",
                                    layer_table[job->node->kind].keyword, job->spec->name);
    message_help(m, "give it here, %s(%s=...), or above, default %s(%s=...)", item->name, job->spec->name, item->name,
                 job->spec->name);
    return false;
}

bool bind_slot(const struct place *place, const struct item *item, struct node *node, const struct arg_spec *spec,
               const struct slot *slot, struct literal_weight literals[ROLE_COUNT])
{
    struct program *program = place->program;
    struct binding_job job = {program, node, spec, {.kind = VALUE_WORD}, slot->value ? slot->span : item->name_span};
    const struct expr *expr = slot->value;
    if (expr && spec->type == ARG_WORDS && (expr->kind == EXPR_NAME || expr->kind == EXPR_WORD) &&
        bind_choice(spec->words, expr->name) >= 0)
        job.value.word = expr->name;
    else if (expr && !value_of(&slot->place, expr, &job.value))
        return false;
    else if (!expr && spec->fallback)
        job.value = fallback_value(program->arena, spec->fallback);
    else if (!expr)
        return spec->optional || missing(&job, item);
    if (expr)
        job.value.span = slot->span;
    if (expr && strcmp(spec->name, "window") == 0)
        habit_size_product(program, expr, slot->span);
    int choice = spec->type == ARG_WORDS && job.value.kind == VALUE_WORD ? bind_choice(spec->words, job.value.word)
                                                                         : -1;
    if (choice >= 0)
        return bind_words(&job, choice);
    const struct field *field = field_named(node, spec->name);
    return field ? convert(place, &job, (char *)&node->args + field->offset) : convert_literal(&job, literals);
}
