/* Expansion: from the syntax tree to the graph. Params, defaults, blocks, repeats and conditions are
 * evaluated, every layer's shape is inferred at once (expressions may ask for H, W and C), and every
 * layer gets its name. */
#ifndef CNNC_EXPAND_EXPAND_H
#define CNNC_EXPAND_EXPAND_H

#include "base/diag.h"
#include "grammar/ast.h"
#include "graph.h"

struct define { /* -D NAME=VALUE */
    const char *name, *value;
    struct define *next;
};

/* clang-format off */
enum quantity {
    QUANTITY_PARAMS, QUANTITY_MACS, QUANTITY_RAM, QUANTITY_FLASH, QUANTITY_RECEPTIVE_FIELD, QUANTITY_COUNT
};
/* clang-format on */

struct expectation { /* `expect macs <= 10^9`, its right side evaluated */
    enum quantity quantity;
    enum expr_op op;
    int64_t limit;
    struct span span;
};

struct expansion {
    struct graph *graph;
    struct VEC(struct expectation) expectations;
};

/* `name`: the network's name from --name, or NULL; `stem`: the file's. Returns NULL after reporting
 * what is wrong. */
struct expansion *expand_network(struct arena *arena, struct diag *diag, const struct source *source,
                                 const struct ast *ast, const struct define *defines, const char *name,
                                 const char *stem);

/* Checks what the graph determines: params, macs, receptive field. */
void expect_graph(struct diag *diag, const struct expansion *expansion);
/* Checks what a plan determines: ram and flash, in bytes. */
bool expect_needs_plan(const struct expansion *expansion);
void expect_plan(struct diag *diag, const struct expansion *expansion, int64_t ram, int64_t flash);

#endif
