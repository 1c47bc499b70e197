/* The tree of modules that the layers' names make: which of them can be called as a whole, what goes in and out of
 * them, and in which order things are computed. */
#include <ctype.h>
#include <string.h>

#include "pytorch/module.h"

bool pytorch_inside(const struct module *module, const struct module *outer)
{
    while (module && module != outer)
        module = module->parent;
    return module != NULL;
}

bool pytorch_is_identifier(const char *name)
{
    static const char *const keywords[] = {
        "False", "None",     "True",  "and",    "as",   "assert", "async",  "await",    "break",
        "class", "continue", "def",   "del",    "elif", "else",   "except", "finally",  "for",
        "from",  "global",   "if",    "import", "in",   "is",     "lambda", "nonlocal", "not",
        "or",    "pass",     "raise", "return", "try",  "while",  "with",   "yield",    NULL};
    for (const char *p = name; *p; p++)
        if (!isalnum((unsigned char)*p) && *p != '_')
            return false;
    return *name && !isdigit((unsigned char)*name) && !text_is_one_of(name, keywords);
}

/* "a.b" of "a.b.c", and "" of "c". */
static const char *path_above(struct arena *arena, const char *path)
{
    const char *dot = strrchr(path, '.');
    return arena_copy(arena, path, dot ? (size_t)(dot - path) : 0);
}

static struct module *module_at(struct writer *w, const char *path)
{
    struct module *module = map_get(&w->modules, path);
    if (module)
        return module;
    const char *dot = strrchr(path, '.');
    module = ARENA_NEW(w->arena, struct module);
    module->path = path;
    module->name = dot ? dot + 1 : path;
    module->order = INT32_MAX;
    map_set(w->arena, &w->modules, path, module);
    if (*path) {
        module->parent = module_at(w, path_above(w->arena, path));
        VEC_PUSH(w->arena, &module->parent->children, module);
    }
    return module;
}

/* "tower" of "tower~2": what a shared part was first. */
static const char *original_path(struct arena *arena, const char *path)
{
    struct text out = text_new(arena);
    for (const char *p = path; *p; p++) {
        size_t digits = *p == '~' ? strspn(p + 1, "0123456789") : 0;
        if (digits && (p[1 + digits] == '.' || !p[1 + digits]))
            p += digits;
        else
            text_add_char(&out, *p);
    }
    return out.bytes;
}

static bool is_end(const struct node *node)
{
    return node->kind == LAYER_INPUT || node_is_mark(node);
}

const char *pytorch_layer_path(struct writer *w, const struct node *node)
{
    (void)w;
    return node->shares ? node->shares->name : node->name;
}

/* A merge may have the name of the module that holds its branches. */
static void place_nodes(struct writer *w)
{
    const struct graph *graph = w->graph;
    w->root = module_at(w, "");
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (!is_end(graph->nodes.items[i]))
            module_at(w, path_above(w->arena, graph->nodes.items[i]->name));
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        struct module *same = map_get(&w->modules, node->name);
        w->homes[i] = is_end(node) ? w->root : same ? same : map_get(&w->modules, path_above(w->arena, node->name));
        VEC_PUSH(w->arena, &w->homes[i]->layers, node);
        for (struct module *m = w->homes[i]; m; m = m->parent) {
            m->order = m->order < (int)i ? m->order : (int)i;
            m->last = (int)i;
            m->stateful = m->stateful || node->weight_count > 0;
            m->used = m->used || node->needed;
        }
    }
}

static const struct cluster *outermost(const struct node *node, const char *path)
{
    const struct cluster *found = NULL;
    for (const struct cluster *c = node->cluster; c; c = c->parent)
        if (c->path && strcmp(c->path, path) == 0)
            found = c;
    return found;
}

/* Which modules are calls of blocks, and which are other uses of a shared part. */
static void find_origins(struct writer *w)
{
    for (size_t i = 0; i < w->modules.count; i++) {
        struct module *module = w->modules.entries[i].value;
        const char *path = original_path(w->arena, module->path);
        if (strcmp(path, module->path) != 0)
            module->original = map_get(&w->modules, path);
    }
    for (size_t i = 0; i < w->graph->nodes.count; i++)
        for (struct module *m = w->homes[i]; m; m = m->parent) {
            const struct cluster *cluster = outermost(w->graph->nodes.items[i], m->path);
            const bool call = cluster && strcmp(cluster->name, cluster->path) != 0;
            m->mixed = m->mixed || !call || (m->cluster && m->cluster != cluster);
            m->cluster = cluster;
        }
}

/* No tensor leaves it and comes back. */
static bool is_one_piece(struct writer *w, const struct module *module)
{
    const struct graph *graph = w->graph;
    const size_t first = (size_t)module->order, end = (size_t)module->last + 1;
    bool *after = ARENA_ARRAY(w->arena, bool, end - first);
    for (size_t i = first; i < end; i++) {
        const struct node *node = graph->nodes.items[i];
        const bool inside = pytorch_inside(w->homes[i], module);
        for (size_t k = 0; k < node->input_count; k++) {
            const size_t input = (size_t)node->inputs[k]->id;
            const bool late = input >= first && after[input - first];
            if (inside && late)
                return false;
            if (!inside && (late || pytorch_inside(w->homes[input], module)))
                after[i - first] = true;
        }
    }
    return true;
}

/* All numbers that its layers use belong to it, or it is another use of a part that can be called. */
static bool has_own_numbers(struct writer *w, const struct module *module)
{
    for (size_t i = (size_t)module->order; i <= (size_t)module->last; i++) {
        const struct node *node = w->graph->nodes.items[i];
        if (!node->shares || !pytorch_inside(w->homes[i], module))
            continue;
        const bool same = strcmp(original_path(w->arena, node->name), node->shares->name) == 0;
        if (!pytorch_inside(w->homes[node->shares->id], module) && !(module->original && same))
            return false;
    }
    return true;
}

static void add_input(struct arena *arena, struct module *module, const struct node *node)
{
    for (size_t i = 0; i < module->inputs.count; i++)
        if (module->inputs.items[i] == node)
            return;
    VEC_PUSH(arena, &module->inputs, node);
}

static void add_output(struct arena *arena, struct module *module, const struct node *node)
{
    for (size_t i = 0; i < module->outputs.count; i++)
        if (module->outputs.items[i] == node)
            return;
    VEC_PUSH(arena, &module->outputs, node);
}

/* What goes into modules and out of them. */
static void find_ends(struct writer *w)
{
    for (size_t i = 0; i < w->graph->nodes.count; i++) {
        const struct node *node = w->graph->nodes.items[i];
        for (size_t k = 0; node->needed && k < node->input_count; k++) {
            const struct node *input = node->inputs[k];
            struct module *to = w->homes[i], *from = w->homes[input->id];
            for (struct module *m = to; m; m = m->parent)
                if (!pytorch_inside(from, m))
                    add_input(w->arena, m, input);
            for (struct module *m = from; m; m = m->parent)
                if (!pytorch_inside(to, m))
                    add_output(w->arena, m, input);
        }
        for (struct module *m = w->homes[i]; node->is_output && m != w->root; m = m->parent)
            add_output(w->arena, m, node);
    }
}

static void choose_forms(struct writer *w)
{
    find_ends(w);
    for (size_t i = 0; i < w->modules.count; i++) {
        struct module *module = w->modules.entries[i].value;
        module->form = FORM_OPEN;
        if (module != w->root && (!module->stateful || !module->used))
            continue;
        if (module != w->root && (!is_one_piece(w, module) || !has_own_numbers(w, module)))
            continue;
        if (module == w->root || (module->inputs.count && module->outputs.count))
            module->form = FORM_CLASS;
    }
    for (size_t i = 0; i < w->modules.count; i++) { /* a shared part is called only if its original can be */
        struct module *module = w->modules.entries[i].value;
        const struct module *original = module->original;
        if (original && (original->form == FORM_OPEN || original->inputs.count != module->inputs.count ||
                         original->outputs.count != module->outputs.count))
            module->form = FORM_OPEN;
    }
}

/* Where a node stands among the items of a module: it itself, or the outermost closed module around it. */
static struct item item_of(struct writer *w, const struct module *module, const struct node *node)
{
    struct item item = {node, NULL};
    for (struct module *m = w->homes[node->id]; m != module; m = m->parent)
        if (m->form != FORM_OPEN)
            item = (struct item){NULL, m};
    return item;
}

static bool same_item(struct item a, struct item b)
{
    return a.node == b.node && a.module == b.module;
}

static size_t index_of(const struct module *module, struct item item)
{
    for (size_t i = module->items.count; i-- > 0;)
        if (same_item(module->items.items[i], item))
            return i;
    return module->items.count;
}

/* The items in the order of the graph; false if modules wait for each other. */
static bool order_items(struct writer *w, struct module *module)
{
    enum { MOST_MOVES = 1000 };
    int moves = 0;
    module->items.count = 0;
    for (size_t i = (size_t)module->order; i < w->graph->nodes.count; i++) {
        const struct node *node = w->graph->nodes.items[i];
        if (!node->needed || node->kind == LAYER_INPUT || !pytorch_inside(w->homes[i], module))
            continue;
        struct item item = item_of(w, module, node);
        if (index_of(module, item) == module->items.count)
            VEC_PUSH(w->arena, &module->items, item);
    }
    for (size_t i = 0; i < module->items.count; i++) { /* each after all that it reads */
        const struct item item = module->items.items[i];
        const struct node *const *inputs = item.node ? (const struct node *const *)item.node->inputs
                                                     : item.module->inputs.items;
        const size_t count = item.node ? item.node->input_count : item.module->inputs.count;
        size_t last = i;
        for (size_t k = 0; k < count; k++)
            if (pytorch_inside(w->homes[inputs[k]->id], module)) {
                size_t at = index_of(module, item_of(w, module, inputs[k]));
                last = at > last && at < module->items.count ? at : last;
            }
        if (last == i)
            continue;
        if (!item.module)
            return false;
        /* A module begins before something that it reads is there: it moves behind that. */
        if (moves++ > MOST_MOVES)
            return false;
        memmove(&module->items.items[i], &module->items.items[i + 1], (last - i) * sizeof item);
        module->items.items[last] = item;
        i--;
    }
    return true;
}

static void order_all(struct writer *w)
{
    for (size_t i = 0; i < w->modules.count; i++) {
        struct module *module = w->modules.entries[i].value;
        if (module->form == FORM_OPEN || order_items(w, module))
            continue;
        for (size_t k = 0; k < module->items.count; k++) /* rare: call the layers of all of them one by one */
            if (module->items.items[k].module)
                module->items.items[k].module->form = FORM_OPEN;
        i = (size_t)-1; /* again */
    }
}

static bool takes_one(struct writer *w, struct item item, const struct node *before)
{
    if (item.module)
        return item.module->inputs.count == 1 && item.module->outputs.count == 1 &&
               item.module->inputs.items[0] == before && !item.module->original;
    if (item.node->input_count != 1 || item.node->inputs[0] != before || item.node->shares)
        return false;
    return !(w->flat[before->id] && pytorch_wants_maps(w, item.node));
}

static const struct node *result_of(struct item item)
{
    return item.module ? item.module->outputs.items[0] : item.node;
}

/* One tensor after another, each of them a module of this one. */
static bool is_sequence(struct writer *w, const struct module *module)
{
    if (module->inputs.count != 1 || module->outputs.count != 1 || module->items.count == 0)
        return false;
    const struct node *before = module->inputs.items[0];
    for (size_t i = 0; i < module->items.count; i++) {
        const struct item item = module->items.items[i];
        const struct module *home = item.module ? item.module->parent : w->homes[item.node->id];
        if (!takes_one(w, item, before) || home != module || (item.node && strcmp(item.node->name, module->path) == 0))
            return false;
        before = result_of(item);
    }
    return before == module->outputs.items[0];
}

static int measure(struct module *module)
{
    module->height = 0;
    for (size_t i = 0; i < module->children.count; i++) {
        int below = measure(module->children.items[i]);
        module->height = below + 1 > module->height ? below + 1 : module->height;
    }
    return module->height;
}

void pytorch_find_modules(struct writer *w)
{
    place_nodes(w);
    find_origins(w);
    choose_forms(w);
    for (size_t i = 0; i < w->graph->inputs.count; i++)
        VEC_PUSH(w->arena, &w->root->inputs, w->graph->inputs.items[i]);
    for (size_t i = 0; i < w->graph->outputs.count; i++)
        VEC_PUSH(w->arena, &w->root->outputs, w->graph->outputs.items[i].node);
    order_all(w);
    measure(w->root);
    for (size_t i = 0; i < w->modules.count; i++) {
        struct module *module = w->modules.entries[i].value;
        if (module == w->root || module->form == FORM_OPEN)
            continue;
        bool layers = false;
        for (size_t k = 0; k < module->items.count; k++)
            layers = layers || module->items.items[k].node;
        module->sequence = is_sequence(w, module);
        if (module->sequence && (module->mixed || !layers))
            module->form = FORM_SEQUENTIAL;
    }
}
