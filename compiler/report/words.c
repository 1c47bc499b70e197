/* A layer in words: its arguments as one would write them. format.c handles the canonical text of a
 * whole network; this is for titles and labels, and leaves defaults out. */
#include <string.h>

#include "base/arena.h"
#include "base/source.h"
#include "report/report.h"

struct position report_place(const struct graph *graph, const struct node *node)
{
    if (!graph->source || node->span.end == 0)
        return (struct position){0, 0};
    return source_position(graph->source, node->span.start);
}

int report_line(const struct graph *graph, const struct node *node)
{
    return report_place(graph, node).line;
}

/* Adds to a list of arguments: "a, b, name=c". */
static void add(struct text *out, const char *name, const char *value)
{
    text_add(out, out->length ? ", " : "");
    if (name)
        text_printf(out, "%s=", name);
    text_add(out, value);
}

static const char *whole(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%lld", (long long)number);
}

static const char *real(struct arena *arena, double number)
{
    return arena_printf(arena, "%.6g", number);
}

static const char *edges(struct arena *arena, struct pair pair)
{
    return arena_printf(arena, "%lldx%lld", (long long)pair.h, (long long)pair.w);
}

/* 2, or (2, 1) */
static const char *step(struct arena *arena, struct pair pair)
{
    return pair.h == pair.w ? whole(arena, pair.h)
                            : arena_printf(arena, "(%lld, %lld)", (long long)pair.h, (long long)pair.w);
}

static const char *padding(struct arena *arena, struct padding pad)
{
    if (pad.top == pad.bottom && pad.left == pad.right)
        return step(arena, (struct pair){pad.top, pad.left});
    return arena_printf(arena, "(%lld, %lld, %lld, %lld)", (long long)pad.top, (long long)pad.left,
                        (long long)pad.bottom, (long long)pad.right);
}

static bool pad_is_none(struct padding pad)
{
    return !pad.top && !pad.left && !pad.bottom && !pad.right;
}

static bool pad_is_same(const struct layer_args *args)
{
    int64_t h = (args->window.h - 1) * args->dilation.h, w = (args->window.w - 1) * args->dilation.w;
    return args->pad.top == h / 2 && args->pad.bottom == h - h / 2 && args->pad.left == w / 2 &&
           args->pad.right == w - w / 2;
}

static void add_window(struct arena *arena, struct text *out, const struct node *node)
{
    const struct layer_args *args = &node->args;
    bool transposed = node->kind == LAYER_DECONV;
    int64_t plain_stride = transposed ? 2 : 1;
    add(out, NULL, edges(arena, args->window));
    if (args->stride.h != plain_stride || args->stride.w != plain_stride)
        add(out, "stride", step(arena, args->stride));
    if (transposed ? !pad_is_none(args->pad) : !pad_is_same(args))
        add(out, "pad", pad_is_none(args->pad) ? "valid" : padding(arena, args->pad));
    if (args->dilation.h != 1 || args->dilation.w != 1)
        add(out, "dilation", step(arena, args->dilation));
}

static void add_convolution(struct arena *arena, struct text *out, const struct node *node)
{
    const struct layer_args *args = &node->args;
    if (node->kind != LAYER_DWCONV)
        add(out, NULL, whole(arena, args->filters));
    add_window(arena, out, node);
    if (node->kind == LAYER_DWCONV) {
        if (node->input_count && args->filters != node->inputs[0]->shape.c)
            add(out, "mult", whole(arena, args->filters / node->inputs[0]->shape.c));
    } else if (args->groups != 1) {
        add(out, "groups", whole(arena, args->groups));
    }
    if (args->out_pad.h || args->out_pad.w)
        add(out, "outpad", step(arena, args->out_pad));
    if (args->connect)
        add(out, NULL, "connect");
}

static void add_pool(struct arena *arena, struct text *out, const struct node *node)
{
    const struct layer_args *args = &node->args;
    if (node->kind == LAYER_GAP || node->kind == LAYER_GMP)
        return;
    if (args->adaptive) {
        add(out, "out", edges(arena, args->out));
    } else {
        add(out, NULL, edges(arena, args->window));
        if (args->stride.h != args->window.h || args->stride.w != args->window.w)
            add(out, "stride", step(arena, args->stride));
        if (!pad_is_none(args->pad))
            add(out, "pad", padding(arena, args->pad));
        if (args->ceil)
            add(out, "ceil", "yes");
    }
    if (node->kind == LAYER_POOL && args->pool != POOL_KIND_MAX)
        add(out, "kind", pool_kind_words[args->pool]);
    if (args->affine)
        add(out, "affine", "yes");
}

static void add_activation(struct arena *arena, struct text *out, const struct node *node)
{
    const struct layer_args *args = &node->args;
    if (node->kind == LAYER_CLIP || (node->kind == LAYER_TANH && (args->a != 1 || args->b != 1))) {
        add(out, NULL, real(arena, args->a));
        add(out, NULL, real(arena, args->b));
    } else if (node->kind == LAYER_SHRINK || node->kind == LAYER_THRESHOLD) {
        add(out, NULL, real(arena, args->a));
        if (args->b != 0)
            add(out, NULL, real(arena, args->b));
    } else if (node->kind == LAYER_LEAKY || node->kind == LAYER_POWER || (node->kind == LAYER_ELU && args->a != 1)) {
        add(out, NULL, real(arena, args->a));
    } else if (node->kind == LAYER_PRELU && args->shared) {
        add(out, "shared", "yes");
    } else if (node->kind == LAYER_GELU && args->tanh_gelu) {
        add(out, "approximate", "tanh");
    }
}

static void add_structure(struct arena *arena, struct text *out, const struct node *node)
{
    static const char *const axes[] = {"c", "h", "w"};
    const struct layer_args *args = &node->args;
    switch (node->kind) {
    case LAYER_SHUFFLE: add(out, NULL, whole(arena, args->groups)); break;
    case LAYER_UPSAMPLE:
        add(out, NULL, step(arena, args->factor));
        if (args->mode == UPSAMPLE_BILINEAR)
            add(out, NULL, "bilinear");
        break;
    case LAYER_PAD:
        if (!pad_is_none(args->pad))
            add(out, NULL, padding(arena, args->pad));
        if (args->pad_c_front || args->pad_c_back)
            add(out, "c", step(arena, (struct pair){args->pad_c_front, args->pad_c_back}));
        break;
    case LAYER_CROP: add(out, NULL, padding(arena, args->pad)); break;
    case LAYER_SLICE:
        add(out, NULL, whole(arena, args->from));
        add(out, NULL, whole(arena, args->to));
        if (args->axis != AXIS_C)
            add(out, "axis", axes[args->axis]);
        break;
    case LAYER_RESHAPE: add(out, NULL, shape_text(arena, node->shape)); break;
    case LAYER_TRANSPOSE:
        add(out, NULL, arena_printf(arena, "%s%s%s", axes[args->axes[0]], axes[args->axes[1]], axes[args->axes[2]]));
        break;
    default: break;
    }
}

static void add_reduction(struct arena *arena, struct text *out, const struct node *node)
{
    static const char *const kinds[REDUCING_COUNT] = {"mean", "sum", "max",       "min", "prod",
                                                      "l1",   "l2",  "logsumexp", NULL};
    static const char *const axes[] = {
        [OVER_C] = "c", [OVER_H] = "h", [OVER_W] = "w", [OVER_HW] = "hw", [OVER_CHW] = "chw"};
    if (node->kind == LAYER_MAXOUT) {
        add(out, NULL, whole(arena, node->args.pieces));
        return;
    }
    if (node->kind == LAYER_REDUCE)
        add(out, NULL, kinds[node->args.reducing]);
    if (node->kind == LAYER_REDUCE || node->args.over != OVER_C)
        add(out, "axis", axes[node->args.over]);
}

const char *report_arguments(struct arena *arena, const struct node *node)
{
    struct text out = text_new(arena);
    switch (layer_table[node->kind].family) {
    case FAMILY_CONVOLUTION: add_convolution(arena, &out, node); break;
    case FAMILY_POOLING: add_pool(arena, &out, node); break;
    case FAMILY_ACTIVATION: add_activation(arena, &out, node); break;
    case FAMILY_REDUCTION: add_reduction(arena, &out, node); break;
    case FAMILY_STRUCTURE: add_structure(arena, &out, node); break;
    case FAMILY_DENSE:
        if (node->kind == LAYER_FC || node->kind == LAYER_RBF)
            add(&out, NULL, whole(arena, node->args.filters));
        else if (node->kind == LAYER_DROPOUT)
            add(&out, NULL, real(arena, node->args.rate));
        break;
    case FAMILY_NORMALISATION:
        if (node->kind == LAYER_GN)
            add(&out, NULL, whole(arena, node->args.groups));
        else if (node->kind == LAYER_LRN)
            add(&out, NULL, whole(arena, node->args.size));
        break;
    case FAMILY_ENDS:
        if (node->kind == LAYER_INPUT)
            add(&out, NULL, shape_text(arena, node->shape));
        break;
    default: break;
    }
    return out.bytes;
}

const char *report_call(struct arena *arena, const struct node *node)
{
    const char *arguments = report_arguments(arena, node), *keyword = layer_table[node->kind].keyword;
    return *arguments ? arena_printf(arena, "%s(%s)", keyword, arguments) : keyword;
}
