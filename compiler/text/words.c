/* A layer as one would write it: its keyword and those arguments that differ from the defaults.
 * Numbers are written so that reading them gives the same number. */
#include <stdlib.h>
#include <string.h>

#include "tree.h"

struct writer {
    struct arena *arena;
    const struct text_defaults *defaults;
    struct text out;
    bool any;
};

static const char *real(struct arena *arena, double number)
{
    const char *text = "";
    for (int digits = 6; digits <= 17; digits++) {
        text = arena_printf(arena, "%.*g", digits, number);
        if (strtod(text, NULL) == number || (digits >= 9 && (float)strtod(text, NULL) == (float)number))
            break;
    }
    return text;
}

static void argument(struct writer *w, const char *name, const char *value)
{
    text_add(&w->out, w->any ? ", " : "(");
    if (name)
        text_printf(&w->out, "%s=", name);
    text_add(&w->out, value);
    w->any = true;
}

static void argument_real(struct writer *w, const char *name, double number, double usual)
{
    if ((float)number != (float)usual)
        argument(w, name, real(w->arena, number));
}

static const char *whole(struct arena *arena, int64_t number)
{
    return arena_printf(arena, "%lld", (long long)number);
}

static const char *pair_words(struct arena *arena, struct pair pair)
{
    return pair.h == pair.w ? whole(arena, pair.h)
                            : arena_printf(arena, "%lldx%lld", (long long)pair.h, (long long)pair.w);
}

static void argument_pair(struct writer *w, const char *name, struct pair pair, int64_t usual)
{
    if (pair.h != usual || pair.w != usual)
        argument(w, name,
                 pair.h == pair.w || (pair.h > 0 && pair.w > 0)
                     ? pair_words(w->arena, pair)
                     : arena_printf(w->arena, "(%lld, %lld)", (long long)pair.h, (long long)pair.w));
}

static const char *pad_words(struct arena *arena, const struct padding *p)
{
    if (p->top == p->bottom && p->left == p->right)
        return p->top == p->left ? whole(arena, p->top)
                                 : arena_printf(arena, "(%lld, %lld)", (long long)p->top, (long long)p->left);
    return arena_printf(arena, "(%lld, %lld, %lld, %lld)", (long long)p->top, (long long)p->left, (long long)p->bottom,
                        (long long)p->right);
}

static void argument_pad(struct writer *w, const char *name, const struct padding *pad)
{
    if (pad->top || pad->left || pad->bottom || pad->right)
        argument(w, name, pad_words(w->arena, pad));
}

static bool is_same_pad(const struct layer_args *a)
{
    const int64_t h = (a->window.h - 1) * a->dilation.h, w = (a->window.w - 1) * a->dilation.w;
    return a->pad.top == h / 2 && a->pad.bottom == h - h / 2 && a->pad.left == w / 2 && a->pad.right == w - w / 2;
}

/* As many numbers as there are, in rows of `columns`; one alone where all are equal. */
static const char *numbers(struct arena *arena, const double *entries, int64_t count, int64_t columns)
{
    struct text out = text_new(arena);
    bool equal = true;
    for (int64_t i = 1; i < count; i++)
        equal = equal && entries[i] == entries[0];
    if (equal)
        return real(arena, entries[0]);
    for (int64_t i = 0; i < count; i++)
        text_printf(&out, "%s%s",
                    i == 0        ? "["
                    : i % columns ? " "
                    : count > 24  ? ";\n"
                                  : "; ",
                    real(arena, entries[i]));
    text_add_char(&out, ']');
    return out.bytes;
}

static void argument_literal(struct writer *w, const struct node *node, enum weight_role role, const char *name)
{
    const struct weight *weight = node_weight(node, role);
    if (!weight || !weight->literal)
        return;
    const int64_t columns = weight->rank > 1 ? weight->dims[weight->rank - 1] : weight->count;
    argument(w, name, numbers(w->arena, weight->literal, weight->period, columns));
}

static void argument_bias(struct writer *w, const struct node *node, bool has)
{
    const bool none = w->defaults->no_bias && (node->kind == LAYER_CONV || node->kind == LAYER_DWCONV);
    const struct weight *bias = node_weight(node, ROLE_BIAS);
    if (has && bias && bias->literal)
        argument_literal(w, node, ROLE_BIAS, "bias");
    else if (has == none)
        argument(w, "bias", has ? "yes" : "no");
}

static void conv_words(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    const int64_t channels = node->inputs[0]->shape.c;
    if (node->kind == LAYER_CONV || node->kind == LAYER_DECONV)
        argument(w, NULL, whole(w->arena, a->filters));
    argument(w, NULL, pair_words(w->arena, a->window));
    argument_pair(w, "stride", a->stride, node->kind == LAYER_DECONV ? 2 : 1);
    if (node->kind == LAYER_DECONV)
        argument_pad(w, "pad", &a->pad);
    else if (!is_same_pad(a))
        argument(w, "pad", pad_words(w->arena, &a->pad));
    argument_pair(w, "dilation", a->dilation, 1);
    if (node->kind == LAYER_DWCONV) {
        if (a->filters != channels)
            argument(w, "mult", whole(w->arena, a->filters / channels));
    } else if (a->groups != 1) {
        argument(w, "groups", whole(w->arena, a->groups));
    }
    if (node->kind == LAYER_DECONV && (a->out_pad.h || a->out_pad.w))
        argument(w, "outpad", arena_printf(w->arena, "(%lld, %lld)", (long long)a->out_pad.h, (long long)a->out_pad.w));
    if (a->connect)
        argument(w, "connect",
                 numbers(w->arena, a->connect->entries, a->connect->rows * a->connect->columns, a->connect->columns));
    argument_bias(w, node, a->bias);
    argument_literal(w, node, ROLE_WEIGHT, "weight");
}

static void pool_words(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    if (a->adaptive) {
        argument(w, "out", arena_printf(w->arena, "%lldx%lld", (long long)a->out.h, (long long)a->out.w));
    } else {
        argument(w, NULL, pair_words(w->arena, a->window));
        if (a->stride.h != a->window.h || a->stride.w != a->window.w)
            argument(w, "stride", pair_words(w->arena, a->stride));
        argument_pad(w, "pad", &a->pad);
        if (a->ceil)
            argument(w, "ceil", "yes");
    }
    if (node->kind == LAYER_POOL && a->pool != POOL_KIND_MAX)
        argument(w, "kind", pool_kind_words[a->pool]);
    if (a->pool == POOL_KIND_AVG && !a->count_pad && !a->adaptive)
        argument(w, "count_pad", "no");
    if (a->affine)
        argument(w, "affine", "yes");
}

static void input_words(struct writer *w, const struct node *node)
{
    const struct shape s = node->shape;
    argument(w, NULL, arena_printf(w->arena, "%lldx%lldx%lld", (long long)s.h, (long long)s.w, (long long)s.c));
    if (node->args.layout == LAYOUT_HWC)
        argument(w, "layout", "hwc");
    if (node->element == ELEMENT_U8)
        argument(w, "type", "u8");
    if (node->args.mean)
        argument(w, "mean", numbers(w->arena, node->args.mean, s.c, s.c));
    if (node->args.scale)
        argument(w, "scale", numbers(w->arena, node->args.scale, s.c, s.c));
}

static void scale_words(struct writer *w, const struct node *node)
{
    if (!node->args.has_weight)
        argument(w, "weight", "no");
    argument_literal(w, node, ROLE_WEIGHT, "weight");
    argument_bias(w, node, node->args.bias);
}

static void norm_words(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    if (node->kind == LAYER_GN)
        argument(w, NULL, whole(w->arena, a->groups));
    if (node->kind == LAYER_LRN) {
        argument(w, NULL, whole(w->arena, a->size));
        argument_real(w, "alpha", a->alpha, 1e-4);
        argument_real(w, "beta", a->beta, 0.75);
        argument_real(w, "k", a->k, 1);
        return;
    }
    argument_real(w, "eps", a->eps, node->kind == LAYER_BN ? w->defaults->bn_eps : 1e-5);
    if (node->kind == LAYER_BN) {
        argument_literal(w, node, ROLE_WEIGHT, "weight");
        argument_literal(w, node, ROLE_BIAS, "bias");
        argument_literal(w, node, ROLE_MEAN, "mean");
        argument_literal(w, node, ROLE_VAR, "var");
    } else if (a->affine != (node->kind != LAYER_IN)) {
        argument(w, "affine", a->affine ? "yes" : "no");
    }
    if (node->kind == LAYER_LN && a->per_pixel)
        argument(w, "over", "channels");
}

static void structure_words(struct writer *w, const struct node *node)
{
    static const char letters[] = {[AXIS_C] = 'c', [AXIS_H] = 'h', [AXIS_W] = 'w'};
    const struct layer_args *a = &node->args;
    const struct shape s = node->shape;
    switch (node->kind) {
    case LAYER_SHUFFLE: argument(w, NULL, whole(w->arena, a->groups)); break;
    case LAYER_UPSAMPLE:
        argument(w, NULL, pair_words(w->arena, a->factor));
        if (a->mode == UPSAMPLE_BILINEAR)
            argument(w, NULL, "bilinear");
        if (a->align)
            argument(w, "align", "yes");
        break;
    case LAYER_PAD:
        argument_pad(w, NULL, &a->pad);
        if (a->pad_c_front || a->pad_c_back)
            argument(w, "c",
                     arena_printf(w->arena, "(%lld, %lld)", (long long)a->pad_c_front, (long long)a->pad_c_back));
        argument_real(w, "value", a->value, 0);
        break;
    case LAYER_CROP: argument_pad(w, NULL, &a->pad); break;
    case LAYER_SLICE:
        argument(w, NULL, whole(w->arena, a->from));
        argument(w, NULL, whole(w->arena, a->to));
        if (a->axis != AXIS_C)
            argument(w, "axis", a->axis == AXIS_H ? "h" : "w");
        break;
    case LAYER_RESHAPE:
        argument(w, NULL, arena_printf(w->arena, "%lldx%lldx%lld", (long long)s.h, (long long)s.w, (long long)s.c));
        break;
    default: /* TRANSPOSE */
        argument(w, "axes",
                 arena_printf(w->arena, "%c%c%c", letters[a->axes[0]], letters[a->axes[1]], letters[a->axes[2]]));
        break;
    }
}

static void activation_words(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    switch (node->kind) {
    case LAYER_LEAKY: argument_real(w, NULL, a->a, 0.1); break;
    case LAYER_ELU: argument_real(w, NULL, a->a, 1); break;
    case LAYER_TANH:
        argument_real(w, "a", a->a, 1);
        argument_real(w, "b", a->b, 1);
        break;
    case LAYER_CLIP:
        argument(w, NULL, real(w->arena, a->a));
        argument(w, NULL, real(w->arena, a->b));
        break;
    case LAYER_GELU:
        if (a->tanh_gelu)
            argument(w, "approximate", "tanh");
        break;
    case LAYER_PRELU:
        if (a->shared)
            argument(w, "shared", "yes");
        argument_literal(w, node, ROLE_WEIGHT, "weight");
        break;
    default: break;
    }
}

static void dense_words(struct writer *w, const struct node *node)
{
    if (node->kind == LAYER_FC || node->kind == LAYER_RBF)
        argument(w, NULL, whole(w->arena, node->args.filters));
    if (node->kind == LAYER_FC)
        argument_bias(w, node, node->args.bias);
    if (node->kind == LAYER_DROPOUT)
        argument_real(w, NULL, node->args.rate, 0.5);
    else
        argument_literal(w, node, ROLE_WEIGHT, "weight");
}

struct text_defaults find_defaults(const struct graph *graph, struct text *out)
{
    struct text_defaults defaults = {.bn_eps = 1e-5};
    size_t without = 0, with = 0, norms = 0;
    double eps = 0;
    bool same = true;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        if (node->kind == LAYER_CONV || node->kind == LAYER_DWCONV)
            *(node->args.bias ? &with : &without) += 1;
        if (node->kind == LAYER_BN) {
            same = norms++ == 0 || (same && (float)node->args.eps == (float)eps);
            eps = node->args.eps;
        }
    }
    defaults.no_bias = without > 1 && without > with;
    if (defaults.no_bias)
        text_add(out, "default CONV(bias=no)\n");
    if (norms > 1 && same && (float)eps != (float)defaults.bn_eps) {
        defaults.bn_eps = eps;
        text_printf(out, "default BN(eps=%s)\n", real(out->arena, eps));
    }
    return defaults;
}

const char *layer_words(struct arena *arena, const struct text_defaults *defaults, const struct node *node)
{
    struct writer w = {arena, defaults, text_new(arena), false};
    const struct layer_info *info = &layer_table[node->kind];
    text_add(&w.out, info->keyword);
    switch (info->family) {
    case FAMILY_ENDS:
        if (node->kind == LAYER_INPUT)
            input_words(&w, node);
        else if (node->args.layout == LAYOUT_HWC)
            argument(&w, "layout", "hwc");
        break;
    case FAMILY_CONVOLUTION: conv_words(&w, node); break;
    case FAMILY_DENSE: dense_words(&w, node); break;
    case FAMILY_POOLING:
        if (node->kind != LAYER_GAP && node->kind != LAYER_GMP)
            pool_words(&w, node);
        break;
    case FAMILY_ACTIVATION: activation_words(&w, node); break;
    case FAMILY_NORMALISATION:
        if (node->kind == LAYER_SCALE)
            scale_words(&w, node);
        else
            norm_words(&w, node);
        break;
    case FAMILY_STRUCTURE: structure_words(&w, node); break;
    default: break;
    }
    if (w.any)
        text_add_char(&w.out, ')');
    return w.out.bytes;
}
