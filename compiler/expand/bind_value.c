/* Conversions of argument values to the types of layers.def, with the messages for what does not convert. Which field
 * of struct layer_args an argument fills is known to arguments.h. */
#include "bind_value.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "arguments.h"

struct binding_job {
    struct program *program;
    struct node *node;
    const struct arg_spec *spec;
    const struct argument *argument;
    struct value value;
    struct span span;
};

static struct message *refuse_value(const struct binding_job *job, enum check check, const char *wanted)
{
    return diag_report(job->program->diag, check, job->span, "%s of %s must be %s, not %s", job->spec->name,
                       layer_table[job->node->kind].keyword, wanted,
                       value_is_number(&job->value) || job->value.kind == VALUE_WORD || job->value.kind == VALUE_TUPLE
                           ? value_text(job->program->arena, &job->value)
                           : value_kind_name(&job->value));
}

static bool refuse(const struct binding_job *job, const char *wanted)
{
    bool real = job->value.kind == VALUE_REAL && job->spec->type != ARG_REAL;
    struct message *m = refuse_value(job, real ? CHECK_WHOLE : CHECK_ARGUMENT, wanted);
    bool number = value_is_number(&job->value);
    if (real)
        message_help(m, "floor(...) or ceil(...) makes it whole");
    else if (strcmp(job->spec->name, "filters") == 0 && job->value.kind == VALUE_TUPLE)
        message_help(m, "the number of filters comes first, then the window: CONV(16, 3x3)");
    else if (strcmp(job->spec->name, "layout") == 0 && number)
        message_help(m, "a comma starts the next argument: write a size as 32x32x3 and a fraction as 0.5");
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

/* Layers compute in 32-bit floats, where a larger number would become infinite. */
static bool fits_float(const struct binding_job *job, const double *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        if (!(fabs(numbers[i]) <= FLT_MAX)) {
            refuse_value(job, CHECK_ARGUMENT, "in the range of 32-bit floats, up to 3.4e38");
            return false;
        }
    return true;
}

/* NULL after reporting that it is not one. */
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
    literals[job->argument->role] = (struct literal_weight){matrix, job->span};
    return true;
}

/* yes, no, or a literal. */
static bool bind_bias(const struct binding_job *job, bool *field, struct literal_weight literals[ROLE_COUNT])
{
    const struct value *v = &job->value;
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

static bool bind_words(const struct binding_job *job)
{
    const struct value *v = &job->value;
    int choice = v->kind == VALUE_WORD ? argument_choice(job->spec->words, v->word) : -1;
    if (choice < 0)
        return refuse(job, argument_choices_text(job->program->arena, job->spec->words));
    argument_choose(job->argument, job->spec, choice, &job->node->args);
    return true;
}

static bool bind_real(const struct binding_job *job, double *field)
{
    if (!value_is_number(&job->value))
        return refuse(job, "a number");
    *field = value_number(&job->value);
    return fits_float(job, field, 1);
}

static bool bind_matrix(const struct binding_job *job, const struct matrix **field)
{
    if (job->value.kind != VALUE_MATRIX)
        return refuse(job, "a table");
    *field = job->value.matrix;
    return true;
}

static bool convert(const struct place *place, const struct binding_job *job,
                    struct literal_weight literals[ROLE_COUNT])
{
    void *field = argument_field(job->argument, &job->node->args);
    struct pair *pair = field;
    switch (job->spec->type) {
    case ARG_WHOLE:
    case ARG_NATURAL:
    case ARG_INDEX: return bind_whole(job, field);
    case ARG_REAL: return bind_real(job, field);
    case ARG_FLAG: return bind_flag(job, field);
    case ARG_PAIR: return bind_pair(job, 1, &pair->h, &pair->w) || refuse(job, "n or HxW, each at least 1");
    case ARG_PAD2: return bind_pair(job, 0, &pair->h, &pair->w) || refuse(job, "n or (a, b), each at least 0");
    case ARG_PAD: return bind_pad(job, field);
    case ARG_SIZE: return bind_shape(place, &job->value, field);
    case ARG_MATRIX: return bind_matrix(job, field);
    case ARG_WORDS: return bind_words(job);
    case ARG_LITERAL: return bind_literal(job, literals);
    case ARG_BIAS: return bind_bias(job, field, literals);
    }
    return false;
}

static bool missing(const struct binding_job *job, const struct item *item)
{
    struct message *m = diag_report(job->program->diag, CHECK_ARGUMENT, item->name_span, "%s needs %s",
                                    layer_table[job->node->kind].keyword, job->spec->name);
    message_help(m, "set it here with %s(%s=...), or for all that follow with default %s(%s=...)", item->name,
                 job->spec->name, item->name, job->spec->name);
    return false;
}

bool bind_slot(const struct place *place, const struct item *item, struct node *node, const struct arg_spec *spec,
               const struct slot *slot, struct literal_weight literals[ROLE_COUNT])
{
    struct program *program = place->program;
    const struct expr *expr = slot->value;
    struct binding_job job = {program,
                              node,
                              spec,
                              argument_of(node->kind, spec->name),
                              {.kind = VALUE_WORD},
                              expr ? slot->span : item->name_span};
    if (!expr && !spec->fallback && !spec->optional)
        return missing(&job, item);
    if (!expr) {
        argument_leave_out(job.argument, spec, &node->args);
        return true;
    }
    if (spec->type == ARG_WORDS && (expr->kind == EXPR_NAME || expr->kind == EXPR_WORD) &&
        argument_choice(spec->words, expr->name) >= 0)
        job.value.word = expr->name;
    else if (!value_of(&slot->place, expr, &job.value))
        return false;
    job.value.span = slot->span;
    if (strcmp(spec->name, "window") == 0)
        habit_size_product(program, expr, slot->span);
    return convert(place, &job, literals);
}
