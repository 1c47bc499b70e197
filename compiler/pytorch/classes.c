/* The classes: modules that are alike but for their numbers are one class, whose arguments are the numbers that differ.
 * They are found from the deepest modules up, since a class that is made of others has their arguments, too. */
#include <ctype.h>
#include <string.h>

#include "pytorch/module.h"

enum { LINE = 100 };

/* ---- what a module makes in its __init__ ---- */

struct child { /* of nn.Sequential, or of __init__ */
    const char *name, *made;
};

struct children {
    struct VEC(struct child) items;
};

/* "layer" and 3 of "layer3"; false if there is no number at the end. */
static bool split_number(struct arena *arena, const char *name, const char **stem, int64_t *number)
{
    size_t length = strlen(name), digits = 0;
    while (digits < length && digits < 9 && isdigit((unsigned char)name[length - 1 - digits]))
        digits++;
    if (digits == 0 || (digits > 1 && name[length - digits] == '0') || strpbrk(name, "{}\\\"") != NULL)
        return false;
    *stem = arena_copy(arena, name, length - digits);
    *number = 0;
    for (size_t i = length - digits; i < length; i++)
        *number = 10 * *number + (name[i] - '0');
    return true;
}

/* How many children from `first` on differ in numbers only, which rise evenly, and are called by rising numbers. */
static size_t run_of(struct writer *w, const struct children *list, size_t first)
{
    const struct child *a = &list->items.items[first];
    const char *skeleton = pytorch_skeleton(w->arena, a->made), *stem, *other;
    int64_t begin, number;
    size_t count = 1;
    if (!split_number(w->arena, a->name, &stem, &begin))
        return 1;
    struct marks start = pytorch_marks(w->arena, a->made), step = {0};
    for (; first + count < list->items.count; count++) {
        const struct child *b = &list->items.items[first + count];
        if (!split_number(w->arena, b->name, &other, &number) || strcmp(stem, other) != 0 ||
            number != begin + (int64_t)count || strcmp(pytorch_skeleton(w->arena, b->made), skeleton) != 0)
            break;
        struct marks these = pytorch_marks(w->arena, b->made);
        if (count == 1)
            step = these;
        bool even = true;
        for (size_t i = 0; i < these.numbers.count; i++)
            even = even && these.numbers.items[i] - start.numbers.items[i] ==
                               (int64_t)count * (step.numbers.items[i] - start.numbers.items[i]);
        if (!even)
            break;
    }
    return count;
}

/* "64 + 32 * i", with the index of a loop; NULL for a number that stays. */
static const char *rising(struct arena *arena, int64_t first, int64_t step)
{
    const char *term = step == 1 ? "i" : arena_printf(arena, "%lld * i", (long long)step);
    if (step == 0)
        return NULL;
    return first == 0 ? term : arena_printf(arena, "%lld + %s", (long long)first, term);
}

/* What is made in round i of a run. */
static const char *made_in_round(struct writer *w, const struct children *list, size_t first, bool *uses_index)
{
    struct marks start = pytorch_marks(w->arena, list->items.items[first].made);
    struct marks next = pytorch_marks(w->arena, list->items.items[first + 1].made);
    const char **words = ARENA_ARRAY(w->arena, const char *, start.numbers.count + 1);
    *uses_index = false;
    for (size_t i = 0; i < start.numbers.count; i++) {
        words[i] = rising(w->arena, start.numbers.items[i], next.numbers.items[i] - start.numbers.items[i]);
        *uses_index = *uses_index || words[i];
    }
    return *uses_index ? pytorch_fill(w->arena, list->items.items[first].made, words) : list->items.items[first].made;
}

static const char *name_in_round(struct writer *w, const char *name)
{
    const char *stem = "";
    int64_t begin = 0;
    split_number(w->arena, name, &stem, &begin);
    return arena_printf(w->arena, "f\"%s{%s}\"", stem,
                        begin ? arena_printf(w->arena, "i + %lld", (long long)begin) : "i");
}

enum { LEAST_ROUNDS = 3 };

/* The arguments of nn.Sequential: modules, or pairs of a name and a module where they are not called 0, 1, 2, ... */
static const char *sequence_arguments(struct writer *w, const struct children *list)
{
    struct VEC(const char *) parts = {0};
    bool numbered = true;
    size_t columns = 0;
    for (size_t i = 0; i < list->items.count; i++)
        numbered = numbered && strcmp(list->items.items[i].name, arena_printf(w->arena, "%zu", i)) == 0;
    for (size_t i = 0; i < list->items.count;) {
        const struct child *child = &list->items.items[i];
        size_t run = run_of(w, list, i);
        const char *part;
        bool uses = false;
        if (run >= LEAST_ROUNDS) {
            const char *made = made_in_round(w, list, i, &uses), *index = uses || !numbered ? "i" : "_";
            part = numbered ? arena_printf(w->arena, "*(%s for %s in range(%zu))", made, index, run)
                            : arena_printf(w->arena, "*((%s, %s) for i in range(%zu))", name_in_round(w, child->name),
                                           made, run);
            i += run;
        } else {
            part = numbered ? child->made
                            : arena_printf(w->arena, "(%s, %s)", pytorch_string(w->arena, child->name), child->made);
            i++;
        }
        columns += pytorch_columns(part) + 2 + (strchr(part, '\n') ? LINE : 0);
        VEC_PUSH(w->arena, &parts, part);
    }
    const bool one_line = columns <= LINE - 30;
    struct text out = text_new(w->arena);
    text_add(&out, numbered ? "" : "OrderedDict([");
    for (size_t i = 0; i < parts.count; i++)
        text_printf(&out, "%s%s",
                    one_line ? (i ? ", " : "")
                    : i      ? ",\n    "
                             : "\n    ",
                    pytorch_indent(w->arena, parts.items[i], 4));
    text_add(&out, one_line ? "" : "\n");
    text_add(&out, numbered ? "" : "])");
    return out.bytes;
}

static const char *layer_of(const struct node *node)
{
    const char *dot = strrchr(node->name, '.');
    return dot ? dot + 1 : node->name;
}

const char *pytorch_sequence(struct writer *w, struct module *module)
{
    struct children list = {0};
    for (size_t i = 0; i < module->items.count; i++) {
        const struct item item = module->items.items[i];
        struct child child = {item.module ? item.module->name : layer_of(item.node),
                              item.module ? item.module->constructor : pytorch_module(w, item.node)};
        VEC_PUSH(w->arena, &list.items, child);
    }
    return sequence_arguments(w, &list);
}

/* Names that nn.Module has for itself. */
static bool is_taken(const char *name)
{
    static const char *const taken[] = {"T_destination",
                                        "add_module",
                                        "apply",
                                        "bfloat16",
                                        "buffers",
                                        "call_super_init",
                                        "children",
                                        "compile",
                                        "cpu",
                                        "cuda",
                                        "double",
                                        "dump_patches",
                                        "eval",
                                        "extra_repr",
                                        "float",
                                        "forward",
                                        "get_buffer",
                                        "get_extra_state",
                                        "get_parameter",
                                        "get_submodule",
                                        "half",
                                        "ipu",
                                        "load_state_dict",
                                        "modules",
                                        "mtia",
                                        "named_buffers",
                                        "named_children",
                                        "named_modules",
                                        "named_parameters",
                                        "parameters",
                                        "register_backward_hook",
                                        "register_buffer",
                                        "register_forward_hook",
                                        "register_forward_pre_hook",
                                        "register_full_backward_hook",
                                        "register_full_backward_pre_hook",
                                        "register_load_state_dict_post_hook",
                                        "register_module",
                                        "register_parameter",
                                        "register_state_dict_pre_hook",
                                        "requires_grad_",
                                        "set_extra_state",
                                        "set_submodule",
                                        "share_memory",
                                        "state_dict",
                                        "to",
                                        "to_empty",
                                        "train",
                                        "training",
                                        "type",
                                        "xpu",
                                        "zero_grad",
                                        NULL};
    return text_is_one_of(name, taken);
}

static void add_child(struct writer *w, struct text *out, const char *self, const char *name, const char *made)
{
    const char *text;
    if (pytorch_is_identifier(name))
        text = arena_printf(w->arena, "%s.%s = %s", self, name, made);
    else
        text = arena_printf(w->arena, "%s.add_module(%s, %s)", self, pytorch_string(w->arena, name), made);
    text_printf(out, "        %s\n", pytorch_indent(w->arena, text, 8));
}

/* Numbers that the text states are in no file. */
static void add_tensor(struct writer *w, struct text *out, const char *self, const struct node *node)
{
    const char *name = layer_of(node), *made = pytorch_tensor(w, node), *text;
    if (node->weights[0].literal)
        text = arena_printf(w->arena, "%s.register_buffer(%s, %s, persistent=False)", self,
                            pytorch_string(w->arena, name), made);
    else if (pytorch_is_identifier(name))
        text = arena_printf(w->arena, "%s.%s = %s", self, name, made);
    else
        text = arena_printf(w->arena, "%s.register_parameter(%s, %s)", self, pytorch_string(w->arena, name), made);
    text_printf(out, "        %s\n", pytorch_indent(w->arena, text, 8));
}

static void check_name(struct writer *w, const struct node *node, const char *name)
{
    if (*name && !is_taken(name))
        return;
    pytorch_refuse(
        w, node, arena_printf(w->arena, "a module cannot be called '%s': nn.Module has something of that name", name));
}

static void add_below(struct writer *w, struct module *module, const char *self, struct text *out);

static void add_module(struct writer *w, struct module *child, const char *self, struct text *out)
{
    if (!child->stateful || child->original)
        return;
    check_name(w, w->graph->nodes.items[child->order], child->name);
    const bool open = child->form == FORM_OPEN, word = pytorch_is_identifier(child->name);
    add_child(w, out, self, child->name, open ? "nn.Module()" : child->constructor);
    if (open)
        add_below(w, child,
                  arena_printf(w->arena, word ? "%s.%s" : "getattr(%s, %s)", self,
                               word ? child->name : pytorch_string(w->arena, child->name)),
                  out);
}

/* Layers and modules in the order of the text. Those of a module that is not called as a whole stand under its name. */
static void add_below(struct writer *w, struct module *module, const char *self, struct text *out)
{
    size_t next = 0;
    for (size_t i = 0; i < module->layers.count; i++) {
        const struct node *node = module->layers.items[i];
        for (; next < module->children.count && module->children.items[next]->order < node->id; next++)
            add_module(w, module->children.items[next], self, out);
        if (!node->weight_count || node->shares)
            continue;
        check_name(w, node, layer_of(node));
        if (node->kind == LAYER_CONST)
            add_tensor(w, out, self, node);
        else
            add_child(w, out, self, layer_of(node), pytorch_constructor(w, node));
    }
    for (; next < module->children.count; next++)
        add_module(w, module->children.items[next], self, out);
}

void pytorch_add_modules(struct writer *w, struct module *module, struct text *out)
{
    add_below(w, module, "self", out);
}

/* ---- classes ---- */

const char *pytorch_class_name(struct writer *w, const char *wish)
{
    static const char *const taken[] = {"Dense",
                                        "PaddedConv2d",
                                        "CutConvTranspose2d",
                                        "ConnectedConv2d",
                                        "Scale",
                                        "Distances",
                                        "ChannelNorm",
                                        "Apply",
                                        "OrderedDict",
                                        "F",
                                        "True",
                                        "False",
                                        "None",
                                        NULL};
    struct text out = text_new(w->arena);
    bool upper = true;
    for (const char *p = wish; *p; p++) {
        const bool word = isalnum((unsigned char)*p);
        if (word && !(out.length == 0 && isdigit((unsigned char)*p)))
            text_add_char(&out, upper ? (char)toupper((unsigned char)*p) : *p);
        upper = !word;
    }
    if (!out.length)
        text_add(&out, "Part");
    const char *name = out.bytes;
    for (int i = 2; map_get(&w->class_names, name) || text_is_one_of(name, taken); i++)
        name = arena_printf(w->arena, "%s%d", out.bytes, i);
    map_set(w->arena, &w->class_names, name, w);
    return name;
}

/* What a class is called: as a block of the text, a label, or after the merge that it ends in. */
static const char *wish_for(const struct module *module)
{
    if (!module->mixed && module->cluster)
        return module->cluster->name;
    if (!isdigit((unsigned char)module->name[0]) && !strchr(module->name, '~'))
        return module->name;
    for (size_t i = module->items.count; i-- > 0;) {
        const struct node *node = module->items.items[i].node;
        if (node && layer_is_merge(node->kind))
            return node->kind == LAYER_CONCAT ? "Branches" : node->kind == LAYER_MUL ? "Gate" : "Residual";
    }
    return "Part";
}

struct body {
    const char *begin, *forward; /* forward: "" where it is that of nn.Sequential */
};

struct python_class {
    const char *wish;
    struct VEC(struct module *) modules;
    struct VEC(struct body) bodies; /* one a module */
};

static struct body body_of(struct writer *w, struct module *module)
{
    struct text forward = text_new(w->arena), modules = text_new(w->arena);
    if (module->sequence) {
        const char *sequence = pytorch_indent(w->arena, pytorch_sequence(w, module), 8);
        return (struct body){arena_printf(w->arena, "        super().__init__(%s)\n", sequence), ""};
    }
    pytorch_add_modules(w, module, &modules);
    pytorch_forward(w, module, &forward);
    return (struct body){modules.bytes, forward.bytes};
}

static const char *whole_body(struct writer *w, const struct body *body)
{
    return arena_printf(w->arena, "%s%s", body->begin, body->forward);
}

struct parameters { /* of a class */
    struct VEC(const char *) names;
    struct VEC(char) roles;
    struct VEC(size_t) slots; /* the first slot of each */
    const char **words;       /* by slot: the parameter's name, or NULL */
    size_t begin;             /* how many slots are in __init__ */
};

static bool are_channels(char role)
{
    return role == SLOT_INPUTS || role == SLOT_FILTERS || role == SLOT_GROUPS;
}

static const char *parameter_name(struct arena *arena, const struct parameters *p, const struct python_class *made,
                                  char role)
{
    static const struct {
        char role;
        const char *name;
    } names[] = {{SLOT_INPUTS, "inputs"}, {SLOT_FILTERS, "filters"},   {SLOT_WINDOW, "window"}, {SLOT_STRIDE, "stride"},
                 {SLOT_PAD, "padding"},   {SLOT_DILATION, "dilation"}, {SLOT_GROUPS, "groups"}, {SLOT_SIZE, "size"}};
    const char *stem = "n", *name;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].role == role)
            stem = names[i].name;
    name = stem;
    for (int k = 2;; k++) {
        bool used = strstr(made->bodies.items[0].begin, arena_printf(arena, "self.%s = ", name));
        for (size_t i = 0; i < p->names.count; i++)
            used = used || strcmp(p->names.items[i], name) == 0;
        if (!used)
            return name;
        name = arena_printf(arena, "%s%d", stem, k);
    }
}

/* Numbers that differ between the modules; those that never differ from each other are one parameter. */
static struct parameters find_parameters(struct writer *w, const struct python_class *made)
{
    struct parameters p = {0};
    struct marks *marks = ARENA_ARRAY(w->arena, struct marks, made->bodies.count);
    for (size_t m = 0; m < made->bodies.count; m++)
        marks[m] = pytorch_marks(w->arena, whole_body(w, &made->bodies.items[m]));
    p.begin = pytorch_marks(w->arena, made->bodies.items[0].begin).numbers.count;
    p.words = ARENA_ARRAY(w->arena, const char *, marks[0].numbers.count + 1);
    for (size_t s = 0; s < marks[0].numbers.count; s++) {
        bool varies = false;
        for (size_t m = 1; m < made->bodies.count; m++)
            varies = varies || marks[m].numbers.items[s] != marks[0].numbers.items[s];
        if (!varies)
            continue;
        for (size_t k = 0; k < p.slots.count && !p.words[s]; k++) {
            const char a = marks[0].roles.items[p.slots.items[k]], b = marks[0].roles.items[s];
            bool same = a == b || (are_channels(a) && are_channels(b));
            for (size_t m = 0; same && m < made->bodies.count; m++)
                same = marks[m].numbers.items[s] == marks[m].numbers.items[p.slots.items[k]];
            if (same)
                p.words[s] = p.names.items[k];
        }
        if (p.words[s])
            continue;
        p.words[s] = parameter_name(w->arena, &p, made, marks[0].roles.items[s]);
        VEC_PUSH(w->arena, &p.names, p.words[s]);
        VEC_PUSH(w->arena, &p.roles, marks[0].roles.items[s]);
        VEC_PUSH(w->arena, &p.slots, s);
    }
    return p;
}

/* "Basic(64, 128, stride=2)" */
static const char *constructor_of(struct writer *w, const char *name, const struct parameters *p, const char *body)
{
    struct marks marks = pytorch_marks(w->arena, body);
    struct text out = text_new(w->arena);
    bool positional = true;
    for (size_t k = 0; k < p->names.count; k++) {
        positional = positional && are_channels(p->roles.items[k]);
        text_printf(&out, "%s%s%s%s", k ? ", " : "", positional ? "" : p->names.items[k], positional ? "" : "=",
                    pytorch_mark(w->arena, (enum slot)p->roles.items[k], marks.numbers.items[p->slots.items[k]]));
    }
    return arena_printf(w->arena, "%s(%s)", name, out.bytes);
}

/* What the forward needs of the arguments is kept: it reads self.NAME. */
static void keep_parameters(struct writer *w, struct parameters *p, size_t slots, struct text *out)
{
    for (size_t k = 0; k < p->names.count; k++) {
        const char *kept = arena_printf(w->arena, "self.%s", p->names.items[k]);
        bool any = false;
        for (size_t s = p->begin; s < slots; s++)
            if (p->words[s] && strcmp(p->words[s], p->names.items[k]) == 0) {
                p->words[s] = kept;
                any = true;
            }
        if (any)
            text_printf(out, "        %s = %s\n", kept, p->names.items[k]);
    }
}

static void write_class(struct writer *w, struct python_class *made)
{
    struct parameters p = find_parameters(w, made);
    const char *name = pytorch_class_name(w, made->wish);
    const bool sequence = made->modules.items[0]->sequence;
    const struct body *body = &made->bodies.items[0];
    const char *first = whole_body(w, body);
    struct text arguments = text_new(w->arena), kept = text_new(w->arena);
    for (size_t k = 0; k < p.names.count; k++)
        text_printf(&arguments, ", %s", p.names.items[k]);
    keep_parameters(w, &p, pytorch_marks(w->arena, first).numbers.count, &kept);
    text_printf(&w->classes, "class %s(%s):\n    def __init__(self%s):\n%s%s%s%s%s\n\n", name,
                sequence ? "nn.Sequential" : "nn.Module", arguments.bytes,
                sequence ? "" : "        super().__init__()\n", kept.bytes,
                pytorch_fill(w->arena, body->begin, p.words), sequence ? "" : "\n",
                pytorch_fill(w->arena, body->forward, p.words + p.begin));
    for (size_t m = 0; m < made->modules.count; m++)
        made->modules.items[m]->constructor = constructor_of(w, name, &p, whole_body(w, &made->bodies.items[m]));
}

/* The modules of one height. */
static void write_height(struct writer *w, int height)
{
    struct VEC(struct python_class *) classes = {0};
    struct map found = {0};
    for (size_t i = 0; i < w->modules.count; i++) {
        struct module *module = w->modules.entries[i].value;
        if (module->height != height || module == w->root || module->original || module->form == FORM_OPEN)
            continue;
        if (module->form == FORM_SEQUENTIAL) {
            module->constructor = arena_printf(w->arena, "nn.Sequential(%s)", pytorch_sequence(w, module));
            continue;
        }
        const char *wish = wish_for(module);
        const struct body body = body_of(w, module);
        const char *key = arena_printf(w->arena, "%s\n%s", wish, pytorch_skeleton(w->arena, whole_body(w, &body)));
        struct python_class *made = map_get(&found, key);
        if (!made) {
            made = ARENA_NEW(w->arena, struct python_class);
            made->wish = wish;
            map_set(w->arena, &found, key, made);
            VEC_PUSH(w->arena, &classes, made);
        }
        VEC_PUSH(w->arena, &made->modules, module);
        VEC_PUSH(w->arena, &made->bodies, body);
    }
    for (size_t i = 0; i < classes.count; i++)
        write_class(w, classes.items[i]);
}

void pytorch_write_classes(struct writer *w)
{
    for (int height = 0; height < w->root->height; height++)
        write_height(w, height);
}
