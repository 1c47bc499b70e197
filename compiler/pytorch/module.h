/* Between the files of pytorch/. Names with dots make a tree of modules: those that are one tensor after another become
 * nn.Sequential, others a class with a forward, and where the layers of a name are not one piece of the graph, what is
 * around calls them.
 *
 * Text under way has numbers that may become arguments of a class: \1, a letter that says what it is (enum slot), its
 * digits, \2. */
#ifndef CNNC_PYTORCH_MODULE_H
#define CNNC_PYTORCH_MODULE_H

#include "base/map.h"
#include "base/text.h"
#include "graph.h"

enum slot {
    SLOT_INPUTS = 'i',
    SLOT_FILTERS = 'f',
    SLOT_WINDOW = 'w',
    SLOT_STRIDE = 's',
    SLOT_PAD = 'p',
    SLOT_DILATION = 'd',
    SLOT_GROUPS = 'g',
    SLOT_SIZE = 'n'
};

enum form {
    FORM_OPEN,       /* what is around calls its modules */
    FORM_SEQUENTIAL, /* nn.Sequential, where it is made */
    FORM_CLASS       /* a class; also a Sequential that a block of the text names */
};

struct module {
    const char *name, *path;          /* "conv1" and "layer1.0.conv1"; both "" for the network */
    struct module *parent, *original; /* original: whose weights a shared part has, or NULL */
    const struct cluster *cluster;    /* the call of a block that it is, or NULL */
    bool mixed;                       /* more than that */
    struct VEC(struct module *) children;
    struct VEC(const struct node *) layers; /* that have its name, in order */
    int order, last;                        /* ids of the first and the last of its nodes */
    bool stateful;                          /* it, or a module in it, has numbers */
    bool used;                              /* a layer that outputs depend on is in it */
    enum form form;
    bool sequence;                                   /* its items are one after another */
    int height;                                      /* of the tree below */
    struct VEC(const struct node *) inputs, outputs; /* inputs: outside; outputs: read outside */
    struct VEC(struct item) items;                   /* in the order in which they are computed */
    const char *constructor;                         /* once its class is known */
};

/* One step of a forward: a layer, or a module that is called as a whole. */
struct item {
    const struct node *node;
    struct module *module;
};

/* What of parts.py the text needs; enum order is the order in the text. */
enum part {
    PART_DENSE,
    PART_PADDED,
    PART_CUT,
    PART_CONNECTED,
    PART_SCALE,
    PART_DISTANCES,
    PART_CHANNEL_NORM,
    PART_APPLY,
    PART_FIXED,
    PART_GAUSS,
    PART_TURN,
    PART_MOVE,
    PART_CUT_OUT,
    PART_UNIFORM,
    PART_SHRINK,
    PART_COUNT
};

struct writer {
    struct arena *arena;
    struct diag *diag;
    const struct graph *graph;
    struct module *root;
    struct map modules;    /* by path */
    struct module **homes; /* by node id */
    bool *flat;            /* by node id: N x C in PyTorch, not N x C x 1 x 1 */
    bool needs[PART_COUNT];
    struct text classes; /* above the network's own */
    struct map class_names;
    bool failed;
};

/* tree.c */
void pytorch_find_modules(struct writer *w);
bool pytorch_inside(const struct module *module, const struct module *outer);
/* The module that has the numbers of a node, by its path: that of the layer it shares them with. */
const char *pytorch_layer_path(struct writer *w, const struct node *node);
bool pytorch_is_identifier(const char *name);

/* layers.c: a layer as it is constructed where it has numbers, as a module without them, and as a call. */
const char *pytorch_number(struct arena *arena, double number);
const char *pytorch_constructor(struct writer *w, const struct node *node);
const char *pytorch_module(struct writer *w, const struct node *node);
/* Of a CONST: a parameter, or a tensor of the numbers that the text states. */
const char *pytorch_tensor(struct writer *w, const struct node *node);
/* x: the text of the input, of which `flat` says what it is; one for each input. */
const char *pytorch_call(struct writer *w, const struct node *node, const char *const x[]);
/* reduce.c */
const char *pytorch_reduction(struct writer *w, const struct node *node, const char *x);
/* Does the layer take N x C only, or N x C x H x W only? */
bool pytorch_wants_flat(const struct node *node);
bool pytorch_wants_maps(const struct writer *w, const struct node *node);
void pytorch_refuse(struct writer *w, const struct node *node, const char *what);

/* forward.c: the lines of a forward, with `self` for the module; indented by eight. */
void pytorch_forward(struct writer *w, struct module *module, struct text *out);

/* What the buffer of an INPUT's mean or scale is called; NULL: one number, or none. */
const char *pytorch_input_buffer(struct writer *w, const struct node *input, const double *numbers, const char *what);

/* classes.c: from the deepest modules up; constructors become known. */
void pytorch_write_classes(struct writer *w);
/* Lines that make the module's own modules, indented by eight. */
void pytorch_add_modules(struct writer *w, struct module *module, struct text *out);
/* Sequential's arguments. */
const char *pytorch_sequence(struct writer *w, struct module *module);
const char *pytorch_class_name(struct writer *w, const char *wish);

/* text.c: text with numbers that may vary. */
const char *pytorch_mark(struct arena *arena, enum slot role, int64_t number);
/* In parentheses if it is a sum or a product. */
const char *pytorch_enclosed(struct arena *arena, const char *text);
const char *pytorch_plain(struct arena *arena, const char *marked);
const char *pytorch_skeleton(struct arena *arena, const char *marked); /* without the digits */
size_t pytorch_columns(const char *marked);
struct marks {
    struct VEC(int64_t) numbers;
    struct VEC(char) roles;
};
struct marks pytorch_marks(struct arena *arena, const char *marked);
/* A string of Python, with its quotes. */
const char *pytorch_string(struct arena *arena, const char *text);
/* The text with something else in the place of each number; NULL: the number. */
const char *pytorch_fill(struct arena *arena, const char *marked, const char *const words[]);
/* Every line after the first so many columns further to the right. */
const char *pytorch_indent(struct arena *arena, const char *text, int columns);

/* recipe.c: the function that trains by the network's recipe. */
void pytorch_add_recipe(struct writer *w, struct text *out);

#endif
