/* The comments of generated code: what the network is, what each call computes. */
#include <string.h>

#include "base/map.h"
#include "emit/emit.h"
#include "emit/words.h"
#include "thin/thin.h"

enum { SOURCE_LINES = 60, LINE_COLUMNS = 104, NAMES = 5 };

/* Adds a text of several lines to a comment whose further lines begin with `lead`. */
static void add_lines(struct text *out, const char *lines, const char *lead)
{
    for (const char *p = lines; *p; p++) {
        if (*p != '\n') {
            text_add_char(out, *p);
            continue;
        }
        while (out->length && out->bytes[out->length - 1] == ' ')
            out->bytes[--out->length] = 0;
        text_add(out, "\n");
        text_add(out, p[1] == '\n' || !p[1] ? lead : arena_printf(out->arena, "%s ", lead));
    }
}

/* ---- one operation ---- */

static void add_window(struct text *out, const struct window *window)
{
    struct padding pad = window->pad;
    text_printf(out, "%lldx%lld", (long long)window->size.h, (long long)window->size.w);
    if (window->stride.h != 1 || window->stride.w != 1)
        text_printf(out, window->stride.h == window->stride.w ? ", stride %lld" : ", stride %lldx%lld",
                    (long long)window->stride.h, (long long)window->stride.w);
    if (pad.top == pad.left && pad.top == pad.bottom && pad.top == pad.right) {
        if (pad.top)
            text_printf(out, ", padding %lld", (long long)pad.top);
    } else {
        text_printf(out, ", padding (%lld, %lld, %lld, %lld)", (long long)pad.top, (long long)pad.left,
                    (long long)pad.bottom, (long long)pad.right);
    }
    if (window->dilation.h > 1 || window->dilation.w > 1)
        text_printf(out, ", dilation %lldx%lld", (long long)window->dilation.h, (long long)window->dilation.w);
}

static void add_pool(struct text *out, const struct op *op)
{
    static const char *const words[] = {[POOL_KIND_MAX] = "maximum",
                                        [POOL_KIND_AVG] = "mean",
                                        [POOL_KIND_L2] = "root of the sum of squares",
                                        [POOL_KIND_GAUSS] = "distance-weighted mean"};
    text_printf(out, "%s of ", words[op->pool.kind]);
    if (op->pool.whole) {
        text_add(out, "each map");
    } else if (op->pool.adaptive) {
        text_add(out, "each of as many windows as it takes");
    } else {
        text_add(out, "each window, ");
        add_window(out, &op->window);
    }
    if (op->pool.affine)
        text_add(out, ", times a coefficient + bias");
}

static void add_convolution(struct text *out, const struct op *op)
{
    bool depthwise = op->kind == OP_CONVOLUTION && op_is_depthwise(op);
    text_add(out, op->kind == OP_TRANSPOSED ? "transposed convolution "
                  : depthwise               ? "depthwise convolution "
                                            : "convolution ");
    add_window(out, &op->window);
    if (op->part.window.h)
        text_printf(out, " (the part of a %lldx%lld window that sees the map)", (long long)op->part.window.h,
                    (long long)op->part.window.w);
    if (op->groups > 1 && !op_is_depthwise(op))
        text_printf(out, ", %lld groups", (long long)op->groups);
    text_add(out, op_has_bias(op) ? " + bias" : "");
}

static void add_meaning(struct text *out, const struct value *value)
{
    if (value->type == ELEMENT_F32)
        text_add(out, "floats");
    else
        text_printf(out, "s8, %.6g*(integer - %d)", (double)value->quantisation->scale[0],
                    (int)value->quantisation->zero[0]);
}

static void add_conversion(struct text *out, const struct op *op)
{
    add_meaning(out, op->inputs.items[0]);
    text_add(out, " to ");
    add_meaning(out, op->output);
}

/* What a step computes; `residual` is what it adds. */
static void add_formula(struct text *out, const struct op *op, const char *residual)
{
    switch (op->kind) {
    case OP_CONVOLUTION:
    case OP_TRANSPOSED: add_convolution(out, op); break;
    case OP_DENSE: text_printf(out, "weights * x%s", op_has_bias(op) ? " + bias" : ""); break;
    case OP_POOL: add_pool(out, op); break;
    case OP_CONVERT: add_conversion(out, op); break;
    default: text_add(out, node_text(op->node));
    }
    if (op->output && op->output->type == ELEMENT_S8 && op->kind != OP_CONVERT)
        text_add(out, ", in integers of 8 bits");
    for (size_t i = 0; i < op->folded.count; i++)
        text_printf(out, "%s%s", i ? " and " : ", ", node_keyword(op->folded.items[i]->node));
    if (op->folded.count)
        text_add(out, " folded in");
    if (op->scaled)
        text_add(out, ", the input's scale folded in");
    if (op->before)
        text_printf(out, ", then %s", node_keyword(op->before->node));
    if (op->residual)
        text_printf(out, " + %s", emit_comment(out->arena, residual, strlen(residual)));
    if (op->activation && op->activation->node != op->node)
        text_printf(out, ", then %s", node_keyword(op->activation->node));
    if (op->pooled)
        text_printf(out, ", then the maximum of each %lldx%lld", (long long)op->pooled->window.size.h,
                    (long long)op->pooled->window.size.w);
}

static void add_shapes(struct text *out, const struct op *op)
{
    text_add(out, ": ");
    if (op->inputs.count == 1 && op->kind == OP_OUTPUT)
        text_add(out, shape_text(out->arena, op->inputs.items[0]->shape));
    for (size_t i = 0; op->output && i < op->inputs.count; i++)
        text_printf(out, "%s%s", i ? ", " : "", shape_text(out->arena, op->inputs.items[i]->shape));
    if (op->output)
        text_printf(out, "%s%s", op->inputs.count ? " -> " : "", shape_text(out->arena, op->output->shape));
}

/* "CONV(6, 5x5, pad=valid) -> RELU", on one line, cut if it is long. */
static const char *source_of(const struct emission *emission, const struct op *op)
{
    const struct source *source = emission->plan->graph->source;
    struct text text = text_new(emission->arena);
    for (size_t i = 0; source && i < op->nodes.count; i++) {
        struct span span = op->nodes.items[i]->span;
        if (span.start == span.end)
            continue;
        text_add(&text, text.length ? " -> " : "");
        if (op->nodes.items[i]->input_count > 1) { /* its branches have comments of their own */
            text_add(&text, node_keyword(op->nodes.items[i]));
            continue;
        }
        bool blank = false;
        for (uint32_t at = span.start; at < span.end && at < source->length; at++) {
            char byte = source->bytes[at];
            bool space = byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r';
            if (!space || !blank)
                text_add_char(&text, space ? ' ' : byte);
            blank = space;
        }
    }
    if (text.length == 0)
        return NULL;
    const char *safe = emit_comment(emission->arena, text.bytes, text.length);
    return strlen(safe) <= LINE_COLUMNS ? safe : arena_printf(emission->arena, "%.*s ...", LINE_COLUMNS - 4, safe);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void add_origin(const struct emission *emission, const struct op *op, struct text *out)
{
    const struct source *source = emission->plan->graph->source;
    const char *text = source_of(emission, op);
    if (!text)
        return;
    const char *file = base_name(source->path);
    text_printf(out, " (%s:%d): %s", emit_comment(emission->arena, file, strlen(file)),
                source_position(source, op->node->span.start).line, text);
}

/* "conv1, bn1, relu1" */
static void add_names(const struct op *op, struct text *out)
{
    if (op->kind == OP_CONVERT)
        text_add(out, emit_comment(out->arena, op->node->name, strlen(op->node->name)));
    for (size_t i = 0; i < op->nodes.count && i < NAMES; i++) {
        const char *name = op->nodes.items[i]->name;
        text_printf(out, "%s%s", i ? ", " : "", emit_comment(out->arena, name, strlen(name)));
    }
}

void note_step(const struct emission *emission, const struct step *step, struct text *out)
{
    const struct op *op = step->op;
    if (op->kind == OP_OUTPUT) {
        const char *name = emission->plan->graph->outputs.items[op->index].name;
        text_printf(out, "%s, to the caller", emit_comment(emission->arena, name, strlen(name)));
    } else {
        add_names(op, out);
        add_origin(emission, op, out);
        text_add(out, "\n     * ");
        add_formula(out, op, op->residual ? op->residual->node->name : NULL);
    }
    add_shapes(out, op);
}

void note_segment(const struct emission *emission, const struct segment *segment, bool last, struct text *out)
{
    const struct op *op = emission->plan->steps.items[last ? segment->end - 1 : segment->first]->op;
    const char *name = op->output ? op->output->node->name : emission->plan->graph->outputs.items[op->index].name;
    text_add(out, emit_comment(emission->arena, name, strlen(name)));
}

/* ---- kernels ---- */

static bool calls(const struct kernel *kernel, const struct kernel *helper)
{
    for (size_t i = 0; i < kernel->params.count; i++)
        if (kernel->params.items[i].kernel == helper)
            return true;
    return false;
}

/* "conv1, conv2 and 3 more" of the steps that the kernel computes, or that call it, if it is a helper. The first of
 * them; how many there are. */
static const struct op *add_users(const struct plan *plan, const struct kernel *kernel, struct text *names,
                                  size_t *users)
{
    const struct op *first = NULL;
    *users = 0;
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct step *step = plan->steps.items[i];
        if (kernel->helper ? !calls(step->kernel, kernel) : step->kernel != kernel)
            continue;
        first = first ? first : step->op;
        const char *name = step->op->output ? step->op->node->name : "the output";
        if ((*users)++ < NAMES)
            text_printf(names, "%s%s", *users > 1 ? ", " : "", emit_comment(names->arena, name, strlen(name)));
    }
    if (*users > NAMES)
        text_printf(names, " and %zu more", *users - NAMES);
    return first;
}

void note_kernel(const struct emission *emission, const struct kernel *kernel, struct text *out)
{
    size_t users;
    struct text names = text_new(emission->arena);
    const struct op *first = add_users(emission->plan, kernel, &names, &users);
    if (!first)
        return;
    if (kernel->helper) {
        text_printf(out, "for %zu layers:\n * %s", users, names.bytes);
        return;
    }
    if (first->kind == OP_OUTPUT)
        text_add(out, "to the caller");
    else
        add_formula(out, first, "residual"); /* several steps may share the kernel, each with a tensor of its own */
    add_shapes(out, first);
    text_printf(out, "\n * for %s", names.bytes);
}

/* ---- the file ---- */

static void add_source(const struct emission *emission, struct text *out)
{
    const struct source *source = emission->plan->graph->source;
    if (!source || source->line_count > SOURCE_LINES)
        return;
    size_t length = source->length;
    while (length && (source->bytes[length - 1] == '\n' || source->bytes[length - 1] == ' '))
        length--;
    text_add(out, "\n *\n *     ");
    add_lines(out, emit_comment(emission->arena, source->bytes, length), " *    ");
}

static void add_table(const struct emission *emission, struct text *out)
{
    const struct graph *graph = emission->plan->graph;
    struct arena *arena = emission->arena;
    int wide = 5;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        int length = (int)strlen(graph->nodes.items[i]->name);
        wide = length > wide ? length : wide;
    }
    wide = wide > 40 ? 40 : wide;
    text_printf(out, "\n *\n *     %-*s  %-12s %14s %12s %16s", wide, "layer", "kind", "output", "parameters", "MACs");
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node_is_mark(node))
            continue;
        const char *params = node->params ? text_thousands(arena, node->params) : "";
        const char *macs = node->macs ? text_thousands(arena, node->macs) : "";
        struct text row = text_new(arena);
        text_printf(&row, "%-*s  %-12s %14s %12s %16s", wide, emit_comment(arena, node->name, strlen(node->name)),
                    node_keyword(node), shape_text(arena, node->shape), params, macs);
        while (row.length && row.bytes[row.length - 1] == ' ')
            row.bytes[--row.length] = 0;
        text_printf(out, "\n *     %s", row.bytes);
    }
}

void note_title(const struct emission *emission, bool header, struct text *out)
{
    const struct plan *plan = emission->plan;
    const struct graph *graph = plan->graph;
    struct arena *arena = emission->arena;
    const char *name = emit_comment(arena, graph->name, strlen(graph->name));
    text_printf(out, "%s: %s parameters, %s multiply-accumulates, %s bytes of weights, %s bytes of arena.\n", name,
                text_thousands(arena, graph->params), text_thousands(arena, graph->macs),
                text_thousands(arena, plan->weight_bytes), text_thousands(arena, plan->arena_bytes));
    const char *file = graph->source ? base_name(graph->source->path) : NULL;
    text_printf(out, " * Written by cnnc %s for --target=%s%s%s%s; do not edit.", emission->version,
                plan->options.target->name,
                plan->options.target->costs->measured ? ", with the costs of the machine that it ran on," : "",
                file ? " from " : "", file ? emit_comment(arena, file, strlen(file)) : "");
    if (plan->options.thinned)
        text_printf(out,
                    "\n * Without %s of its layers' %s channels, which its weights leave constant or nothing needs: "
                    "weights\n * that leave others take code of their own. cnnc --no-fold-constant keeps all channels.",
                    text_thousands(arena, plan->options.thinned->removed),
                    text_thousands(arena, plan->options.thinned->channels));
    if (header)
        return;
    add_source(emission, out);
    add_table(emission, out);
    text_add(out, "\n");
}
