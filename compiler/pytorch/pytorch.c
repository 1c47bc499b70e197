/* The Python file: what it needs of parts.py, the classes, the network, and how it learns. */
#include "pytorch/pytorch.h"

#include <string.h>

#include "pytorch/module.h"
#include "recipe.h"

/* Where tensors have no rows and columns: behind what makes a vector, until something needs a map. */
static void find_flat(struct writer *w)
{
    for (size_t i = 0; i < w->graph->nodes.count; i++) {
        const struct node *node = w->graph->nodes.items[i];
        const enum layer_family family = layer_table[node->kind].family;
        bool all = node->input_count > 0;
        for (size_t k = 0; k < node->input_count; k++)
            all = all && w->flat[node->inputs[k]->id];
        w->flat[i] = node->kind == LAYER_FLATTEN || pytorch_wants_flat(node) ||
                     (all && (family == FAMILY_ACTIVATION || family == FAMILY_MERGE || node->kind == LAYER_DROPOUT ||
                              node_is_mark(node)));
        if (strcmp(node_keyword(node), "MATMUL") == 0) /* of the rows and columns of maps */
            w->flat[i] = false;
        if (family == FAMILY_NORMALISATION)
            w->flat[i] = all && !pytorch_wants_maps(w, node);
    }
}

static void add_buffers(struct writer *w, struct text *out)
{
    for (size_t i = 0; i < w->graph->inputs.count; i++) {
        const struct node *input = w->graph->inputs.items[i];
        const double *const numbers[] = {input->args.mean, input->args.scale};
        for (int k = 0; k < 2; k++) {
            const char *name = pytorch_input_buffer(w, input, numbers[k], k ? "scale" : "mean");
            if (!name)
                continue;
            text_printf(out, "        self.register_buffer(\"%s\", torch.tensor([", name);
            for (int64_t c = 0; c < input->shape.c; c++)
                text_printf(out, "%s%s", c ? ", " : "", pytorch_number(w->arena, numbers[k][c]));
            text_add(out, "]).reshape(-1, 1, 1), persistent=False)\n");
        }
    }
}

/* "x: N x 3 x 224 x 224" */
static void add_shapes(struct writer *w, struct text *out)
{
    for (size_t i = 0; i < w->graph->inputs.count; i++) {
        const struct node *input = w->graph->inputs.items[i];
        text_printf(out, "%sN x %lld x %lld x %lld%s", i ? ", and " : "", (long long)input->shape.c,
                    (long long)input->shape.h, (long long)input->shape.w,
                    input->args.type == ELEMENT_U8 ? " of 0 to 255" : "");
    }
}

static const char *network_class(struct writer *w)
{
    struct text body = text_new(w->arena), shapes = text_new(w->arena);
    const char *name = pytorch_class_name(w, w->graph->name);
    add_shapes(w, &shapes);
    text_printf(&body, "class %s(nn.Module):\n    \"\"\"%s parameters; takes %s.\"\"\"\n\n", name,
                text_thousands(w->arena, w->graph->params), shapes.bytes);
    text_add(&body, "    def __init__(self):\n        super().__init__()\n");
    pytorch_add_modules(w, w->root, &body);
    add_buffers(w, &body);
    text_add_char(&body, '\n');
    pytorch_forward(w, w->root, &body);
    return pytorch_plain(w->arena, body.bytes);
}

/* Nothing in it ends a docstring, or begins an escape. */
static const char *shown_name(struct arena *arena, const char *name)
{
    char *shown = arena_string(arena, text_clean(arena, name));
    for (char *p = shown; *p; p++)
        if (*p == '"' || *p == '\\')
            *p = '_';
    return shown;
}

/* A part of parts.py: the lines behind "# ---- NAME", up to the next such line. */
static const char *part_text(struct arena *arena, const char *parts, const char *name)
{
    const char *head = arena_printf(arena, "# ---- %s\n", name), *begin = strstr(parts, head);
    if (!begin)
        return "";
    begin += strlen(head);
    const char *end = strstr(begin, "# ---- ");
    return arena_copy(arena, begin, end ? (size_t)(end - begin) : strlen(begin));
}

static void add_parts(struct writer *w, const char *parts, struct text *out)
{
    static const char *const names[PART_COUNT] = {"dense",     "padded",       "cut",     "connected", "scale",
                                                  "distances", "channel-norm", "apply",   "fixed",     "gauss",
                                                  "turn",      "move",         "cut-out", "uniform",   "shrink"};
    for (int i = 0; i < PART_COUNT; i++)
        if (w->needs[i])
            text_add(out, part_text(w->arena, parts, names[i]));
}

const char *pytorch_text(struct arena *arena, struct diag *diag, const struct graph *graph, const char *parts)
{
    struct writer w = {.arena = arena, .diag = diag, .graph = graph};
    struct text out = text_new(arena), learning = text_new(arena);
    w.classes = text_new(arena);
    w.flat = ARENA_ARRAY(arena, bool, graph->nodes.count + 1);
    w.homes = ARENA_ARRAY(arena, struct module *, graph->nodes.count + 1);
    find_flat(&w);
    pytorch_find_modules(&w);
    pytorch_write_classes(&w);
    const char *network = network_class(&w);
    if (graph->recipe->written && graph->inputs.count == 1)
        pytorch_add_recipe(&w, &learning);
    if (w.failed)
        return NULL;
    const bool ordered = strstr(network, "OrderedDict(") || strstr(w.classes.bytes, "OrderedDict(");
    text_printf(&out, "\"\"\"%s, written by cnnc --emit=pytorch.\"\"\"\n", shown_name(arena, graph->name));
    text_add(&out, strstr(learning.bytes, "math.") ? "import math\n\n" : "");
    text_printf(&out, "%simport torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n",
                ordered ? "from collections import OrderedDict\n\n" : "");
    add_parts(&w, parts, &out);
    text_add(&out, pytorch_plain(arena, w.classes.bytes));
    text_add(&out, network);
    if (learning.length)
        text_printf(&out, "\n\n%s", learning.bytes);
    return out.bytes;
}
