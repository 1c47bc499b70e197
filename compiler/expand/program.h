/* What the passes of the expander share: the definitions of a text, and the graph being made. */
#ifndef CNNC_EXPAND_PROGRAM_H
#define CNNC_EXPAND_PROGRAM_H

#include "base/map.h"
#include "expand.h"
#include "recipe.h"
#include "shape/shape.h"
#include "trace.h"
#include "value.h"

enum param_state { PARAM_FRESH, PARAM_BUSY, PARAM_READY, PARAM_BROKEN };

struct param {
    const struct statement *statement;
    enum param_state state;
    struct value value;
    bool used;
};

struct block {
    const struct statement *statement;
    bool used;
};

struct table {
    const struct statement *statement;
    enum param_state state;
    struct matrix *matrix;
};

/* `default KIND(args)`, in text order. */
struct layer_default {
    enum layer_kind kind;
    const struct statement *statement;
};

/* Where names are given: a record or a sequence (see LANGUAGE.md). */
struct scope {
    bool sequence;
    const char *path; /* "" for the network itself */
    const struct scope *outer;
    int next;                  /* the next number of a sequence */
    int ordinals[LAYER_COUNT]; /* of a record, per keyword */
};

struct call { /* the blocks that are being expanded, the innermost first */
    const struct block *block;
    struct span span;
    const struct call *outer;
};

struct program {
    struct arena *arena;
    struct diag *diag;
    const struct source *source;
    struct map params, blocks, tables; /* by name */
    struct VEC(struct layer_default) defaults;
    const struct arg_spec *arguments[LAYER_COUNT];
    size_t argument_counts[LAYER_COUNT];
    const char *network_name;
    const struct statement *network;
    struct expansion *expansion;
    struct graph *graph;
    struct map labels;                    /* full name to struct labelled */
    struct VEC(struct recipe_head) heads; /* of the train statements; their labels are looked up in the end */
    struct VEC(struct recipe_freeze) freezes;
    struct cluster *cluster;
    const struct call *call;
    struct trace *trace; /* or NULL */
    bool partial;        /* expand_known: what failed is left out, and the rest goes on */
    int cluster_count;
    int trial_depth; /* inside how many `X?` */
    int depth;       /* of blocks and of params */
    int64_t steps;   /* items */
    int64_t terms;   /* of expressions */
};

/* collect.c: fills params, blocks, tables and defaults in. */
void program_collect(struct program *program, const struct ast *ast, const struct define *defines);
/* resolve.c: every name of the text is known, no block calls itself; notes what is used. */
void program_resolve(struct program *program, const struct ast *ast);
/* bind.c: a layer's arguments (its defaults, then what is written) become node->args. */
bool bind_layer(const struct place *place, const struct item *item, enum layer_kind kind, struct node *node,
                struct literal_weight literals[ROLE_COUNT], struct shape_context *context);
/* bind.c: a block's arguments become bindings of its formals. */
bool bind_block(const struct place *place, const struct item *item, const struct block *block,
                const struct binding **names);
/* bind.c: `32x32x3`, `4096` as a shape. */
bool bind_shape(const struct place *place, const struct value *value, struct shape *shape);

/* habits.c: lints of a call's arguments, bound but not yet inferred, and of a window as it was written. */
void habit_input_channels(const struct program *program, const struct item *item, const struct node *node);
void habit_size_product(const struct program *program, const struct expr *window, struct span span);

/* expect.c: an expect statement, evaluated. */
bool expect_collect(struct program *program, const struct statement *statement);

/* resolve.c: the names in an expression outside any chain are known. */
void resolve_value(struct program *program, const struct expr *expr);

/* train_names.c: the words, arguments and settings of a train statement exist. */
void train_resolve(struct program *program, const struct statement *statement);
/* train.c: what the train statements say becomes the recipe; then, on the finished graph, what their labels mean. */
void train_collect(struct program *program, const struct ast *ast);
void train_finish(struct program *program);

/* names.c */
const char *label_text(const struct place *place, const struct label *label); /* NULL after an error */
const char *path_join(struct arena *arena, const char *path, const char *name);
const char *scope_layer_name(struct program *program, struct scope *scope, enum layer_kind kind);
struct scope *scope_open(struct program *program, const struct scope *outer, const char *path, bool sequence);
struct labelled *label_define(struct program *program, const char *name, struct span span); /* NULL if taken */
struct labelled *label_find(struct program *program, const struct scope *scope, const char *reference);
/* Suggests a label for one that is unknown. */
void label_suggest(struct program *program, struct message *m, const struct scope *scope, const char *reference);
bool label_required(struct program *program, const struct scope *scope, const struct place *place,
                    const struct item *item, struct labelled **found);

/* chain.c */
struct flow {
    struct node *node; /* the current tensor; NULL before the first layer */
    bool fresh;        /* nothing was applied yet in this branch or statement: INPUT and FROM are allowed */
    bool dropped;      /* NONE was met */
};
bool expand_chain(const struct place *place, struct scope *scope, const struct chain *chain, struct flow *flow);
bool expand_element(const struct place *place, struct scope *scope, const struct element *element, struct flow *flow);
bool expand_item(const struct place *place, struct scope *scope, const struct item *item, struct flow *flow);
/* The item under a full name that it was given already. */
bool expand_labelled(const struct place *place, struct scope *scope, const struct item *item, const char *name,
                     struct flow *flow);
/* branches.c: a merge and its branches, SHARE. They expand chains, and chains contain them. */
bool expand_merge(const struct place *place, struct scope *branches, const struct item *item, const char *name,
                  bool named, struct scope *naming, struct flow *flow);
bool expand_share(const struct place *place, struct scope *scope, const struct item *item, struct flow *flow);

/* layer.c: one layer; a merge whose branches are expanded. */
bool expand_layer(const struct place *place, const struct item *item, enum layer_kind kind, const char *name,
                  bool named, struct flow *flow);
bool expand_join(const struct place *place, const struct item *item, enum layer_kind kind, const char *name, bool named,
                 struct node *const *inputs, size_t input_count, struct flow *flow);

/* expand.c: a program with nothing in it. */
struct program *program_new(struct arena *arena, struct diag *diag, const struct source *source);
/* trace.c: what an editor asks about. All may be called without a trace. */
void trace_item(struct program *program, const struct item *item, const struct scope *scope, struct node *node);
void trace_reference(struct program *program, const struct label *reference, const struct labelled *found);
size_t trace_length(const struct program *program);
void trace_truncate(struct program *program, size_t length);
void trace_finish(struct program *program);

struct cluster *cluster_open(struct program *program, const char *name, const char *path);
void cluster_close(struct program *program, struct cluster *cluster);

#endif
