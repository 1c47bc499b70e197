/* `expect`: budgets that a network promises to keep. */
#include <string.h>

#include "base/text.h"
#include "program.h"

static const char *const quantity_names[QUANTITY_COUNT] = {"params", "macs", "ram", "flash", "receptive_field"};
static const char *const quantity_units[QUANTITY_COUNT] = {"parameters", "multiply-accumulates", "bytes of RAM",
                                                           "bytes of flash", "pixels of receptive field"};

static bool holds(int64_t value, enum expr_op op, int64_t limit)
{
    switch (op) {
    case OP_LT: return value < limit;
    case OP_LE: return value <= limit;
    case OP_GT: return value > limit;
    case OP_GE: return value >= limit;
    case OP_NE: return value != limit;
    default: return value == limit;
    }
}

static void check(struct diag *diag, const struct expansion *expansion, enum quantity quantity, int64_t value)
{
    struct arena *arena = expansion->graph->arena;
    for (size_t i = 0; i < expansion->expectations.count; i++) {
        const struct expectation *e = &expansion->expectations.items[i];
        if (e->quantity != quantity || holds(value, e->op, e->limit))
            continue;
        bool above = value > e->limit;
        struct message *m = diag_report(diag, CHECK_EXPECT, e->span, "the network has %s %s",
                                        text_thousands(arena, value), quantity_units[quantity]);
        if (value != e->limit)
            message_label(m, "%s %s", text_thousands(arena, above ? value - e->limit : e->limit - value),
                          above ? "too many" : "too few");
    }
}

/* The smaller side of the field of the network's first output. */
static int64_t field_of_output(const struct graph *graph)
{
    const struct pair field = graph->outputs.items[0].node->field;
    return field.h < field.w ? field.h : field.w;
}

void expect_graph(struct diag *diag, const struct expansion *expansion)
{
    const struct graph *graph = expansion->graph;
    check(diag, expansion, QUANTITY_PARAMS, graph->params);
    check(diag, expansion, QUANTITY_MACS, graph->macs);
    check(diag, expansion, QUANTITY_RECEPTIVE_FIELD, field_of_output(graph));
}

bool expect_needs_plan(const struct expansion *expansion)
{
    for (size_t i = 0; i < expansion->expectations.count; i++)
        if (expansion->expectations.items[i].quantity == QUANTITY_RAM ||
            expansion->expectations.items[i].quantity == QUANTITY_FLASH)
            return true;
    return false;
}

void expect_plan(struct diag *diag, const struct expansion *expansion, int64_t ram, int64_t flash)
{
    check(diag, expansion, QUANTITY_RAM, ram);
    check(diag, expansion, QUANTITY_FLASH, flash);
}

bool expect_collect(struct program *program, const struct statement *statement)
{
    struct place place = {program, NULL, NULL};
    struct expectation expectation = {QUANTITY_COUNT, statement->op, 0, statement->span};
    for (int i = 0; i < QUANTITY_COUNT; i++)
        if (strcmp(quantity_names[i], statement->name) == 0)
            expectation.quantity = (enum quantity)i;
    if (expectation.quantity == QUANTITY_COUNT) {
        struct message *m = diag_report(program->diag, CHECK_UNKNOWN_NAME, statement->name_span,
                                        "expect knows no quantity named %s", statement->name);
        const char *nearest = text_nearest(statement->name, quantity_names, QUANTITY_COUNT);
        if (nearest)
            message_suggest(m, nearest);
        message_help(m, "the quantities are params, macs, ram, flash and receptive_field");
        return false;
    }
    if (!value_integer(&place, statement->value, "a budget", &expectation.limit))
        return false;
    VEC_PUSH(program->arena, &program->expansion->expectations, expectation);
    return true;
}
