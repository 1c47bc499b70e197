/* Layers in PyTorch's words: how one with numbers is constructed, what it is inside an nn.Sequential, and how it is
 * called. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pytorch/module.h"

const char *pytorch_number(struct arena *arena, double number)
{
    const char *text = "";
    for (int digits = 1; digits <= 17; digits++) {
        text = arena_printf(arena, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    return text;
}

void pytorch_refuse(struct writer *w, const struct node *node, const char *what)
{
    w->failed = true;
    node_report(w->diag, CHECK_UNSUPPORTED, node, "--emit=pytorch: %s", what);
}

static const char *unknown(struct writer *w, const struct node *node)
{
    pytorch_refuse(w, node, arena_printf(w->arena, "%s is not supported yet", layer_table[node->kind].keyword));
    return "";
}

static const char *whole(struct writer *w, enum slot role, int64_t number)
{
    return pytorch_mark(w->arena, role, number);
}

/* "3" or "(3, 1)" */
static const char *pair(struct writer *w, enum slot role, int64_t h, int64_t v)
{
    return h == v ? whole(w, role, h) : arena_printf(w->arena, "(%s, %s)", whole(w, role, h), whole(w, role, v));
}

/* ", name=value" unless it is PyTorch's default. */
static const char *option(struct writer *w, const char *name, enum slot role, int64_t h, int64_t v, int64_t fallback)
{
    return h == fallback && v == fallback ? "" : arena_printf(w->arena, ", %s=%s", name, pair(w, role, h, v));
}

static bool is_even(const struct padding *pad)
{
    return pad->top == pad->bottom && pad->left == pad->right;
}

/* As F.pad takes them: left, right, top, bottom. */
static const char *sides(struct writer *w, const struct padding *pad)
{
    return arena_printf(w->arena, "(%s, %s, %s, %s)", whole(w, SLOT_PAD, pad->left), whole(w, SLOT_PAD, pad->right),
                        whole(w, SLOT_PAD, pad->top), whole(w, SLOT_PAD, pad->bottom));
}

static const char *number_list(struct writer *w, const double *numbers, int64_t count)
{
    enum { A_LINE = 12 };
    struct text out = text_new(w->arena);
    if (count == 1)
        return pytorch_number(w->arena, numbers[0]);
    for (int64_t i = 0; i < count; i++)
        text_printf(&out, "%s%s",
                    i == 0            ? "["
                    : i % A_LINE == 0 ? ",\n    "
                                      : ", ",
                    pytorch_number(w->arena, numbers[i]));
    text_add_char(&out, ']');
    return out.bytes;
}

/* The numbers that the text states take the place of parameters. */
static const char *with_literals(struct writer *w, const struct node *node, const char *made)
{
    static const char *const names[ROLE_COUNT] = {"weight", "bias", "running_mean", "running_var"};
    struct text out = text_new(w->arena);
    for (size_t i = 0; i < node->weight_count; i++)
        if (node->weights[i].literal)
            text_printf(&out, ", %s=%s", names[node->weights[i].role],
                        number_list(w, node->weights[i].literal, node->weights[i].period));
    if (!out.length)
        return made;
    w->needs[PART_FIXED] = true;
    return arena_printf(w->arena, "fixed(%s%s)", made, out.bytes);
}

/* ---- convolutions ---- */

static const char *connections(struct writer *w, const struct matrix *connect)
{
    struct text out = text_new(w->arena);
    for (int64_t i = 0; i < connect->rows; i++) {
        text_add(&out, i ? ",\n    [" : "[\n    [");
        for (int64_t k = 0; k < connect->columns; k++)
            text_printf(&out, "%s%d", k ? ", " : "", connect->entries[i * connect->columns + k] != 0);
        text_add_char(&out, ']');
    }
    return arena_printf(w->arena, "%s\n]", out.bytes);
}

static const char *convolution(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    const int64_t channels = node->inputs[0]->shape.c;
    const char *class = "nn.Conv2d", *more = "";
    if (a->connect && !is_even(&a->pad))
        pytorch_refuse(w, node, "a convolution with connect= and uneven padding is not supported yet");
    if (a->connect) {
        class = "ConnectedConv2d";
        more = arena_printf(w->arena, ", table=%s", connections(w, a->connect));
        w->needs[PART_CONNECTED] = true;
    } else if (!is_even(&a->pad)) {
        class = "PaddedConv2d";
        more = arena_printf(w->arena, ", sides=%s", sides(w, &a->pad));
        w->needs[PART_PADDED] = true;
    }
    return arena_printf(w->arena, "%s(%s, %s, %s%s%s%s%s%s%s)", class, whole(w, SLOT_INPUTS, channels),
                        whole(w, SLOT_FILTERS, a->filters), pair(w, SLOT_WINDOW, a->window.h, a->window.w),
                        option(w, "stride", SLOT_STRIDE, a->stride.h, a->stride.w, 1),
                        is_even(&a->pad) ? option(w, "padding", SLOT_PAD, a->pad.top, a->pad.left, 0) : "",
                        option(w, "dilation", SLOT_DILATION, a->dilation.h, a->dilation.w, 1),
                        option(w, "groups", SLOT_GROUPS, a->groups, a->groups, 1), a->bias ? "" : ", bias=False", more);
}

/* Its padding is cut off the result, which nn.ConvTranspose2d does alike on both sides only. */
static const char *transposed(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    const int64_t most_h = a->stride.h > a->dilation.h ? a->stride.h : a->dilation.h;
    const int64_t most_w = a->stride.w > a->dilation.w ? a->stride.w : a->dilation.w;
    const bool plain = is_even(&a->pad) && a->out_pad.h < most_h && a->out_pad.w < most_w;
    const struct padding cut = {-a->pad.top, -a->pad.left, a->out_pad.h - a->pad.bottom, a->out_pad.w - a->pad.right};
    w->needs[PART_CUT] = w->needs[PART_CUT] || !plain;
    return arena_printf(w->arena, "%s(%s, %s, %s%s%s%s%s%s%s%s%s)", plain ? "nn.ConvTranspose2d" : "CutConvTranspose2d",
                        whole(w, SLOT_INPUTS, node->inputs[0]->shape.c), whole(w, SLOT_FILTERS, a->filters),
                        pair(w, SLOT_WINDOW, a->window.h, a->window.w),
                        option(w, "stride", SLOT_STRIDE, a->stride.h, a->stride.w, 1),
                        plain ? option(w, "padding", SLOT_PAD, a->pad.top, a->pad.left, 0) : "",
                        plain ? option(w, "output_padding", SLOT_PAD, a->out_pad.h, a->out_pad.w, 0) : "",
                        option(w, "groups", SLOT_GROUPS, a->groups, a->groups, 1), a->bias ? "" : ", bias=False",
                        option(w, "dilation", SLOT_DILATION, a->dilation.h, a->dilation.w, 1),
                        plain ? "" : ", sides=", plain ? "" : sides(w, &cut));
}

/* ---- pools ---- */

/* How much is added below and on the right, so that exactly the windows of the result fit. */
static struct padding whole_windows(const struct node *node)
{
    const struct layer_args *a = &node->args;
    const struct shape in = node->inputs[0]->shape, out = node->shape;
    struct padding pad = a->pad;
    const int64_t below = (out.h - 1) * a->stride.h + a->window.h - in.h - pad.top;
    const int64_t right = (out.w - 1) * a->stride.w + a->window.w - in.w - pad.left;
    pad.bottom = below > 0 ? below : 0;
    pad.right = right > 0 ? right : 0;
    return pad;
}

static const char *padded(struct writer *w, const char *x, const struct padding *pad, const char *value)
{
    if (pad->top == 0 && pad->left == 0 && pad->bottom == 0 && pad->right == 0)
        return x;
    return arena_printf(w->arena, "F.pad(%s, %s%s%s)", x, sides(w, pad), *value ? ", value=" : "", value);
}

static const char *slide(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    return arena_printf(w->arena, "%s%s", pair(w, SLOT_WINDOW, a->window.h, a->window.w),
                        a->stride.h == a->window.h && a->stride.w == a->window.w
                            ? ""
                            : arena_printf(w->arena, ", %s", pair(w, SLOT_STRIDE, a->stride.h, a->stride.w)));
}

/* kind: "max" or "avg" */
static const char *plain_pool(struct writer *w, const struct node *node, const char *kind, const char *x)
{
    const struct layer_args *a = &node->args;
    const bool half = 2 * a->pad.top <= a->window.h && 2 * a->pad.left <= a->window.w, max = *kind == 'm';
    const char *ceil = a->ceil ? ", ceil_mode=True" : "";
    const char *count = max || a->count_pad ? "" : ", count_include_pad=False";
    if (is_even(&a->pad) && half) {
        const char *stride = slide(w, node), *pad = "";
        if (a->pad.top || a->pad.left)
            pad = arena_printf(w->arena, ", padding=%s", pair(w, SLOT_PAD, a->pad.top, a->pad.left));
        return arena_printf(w->arena, "F.%s_pool2d(%s, %s%s%s%s)", kind, x, stride, pad, ceil, count);
    }
    if (*count || a->ceil)
        pytorch_refuse(w, node, "a pool with uneven or wide padding and ceil=yes or count_pad=no is not supported yet");
    return arena_printf(w->arena, "F.%s_pool2d(%s, %s)", kind, padded(w, x, &a->pad, max ? "float(\"-inf\")" : ""),
                        slide(w, node));
}

static const char *sum_pool(struct writer *w, const struct node *node, const char *x)
{
    struct padding pad = whole_windows(node);
    return arena_printf(w->arena, "F.avg_pool2d(%s.square(), %s, divisor_override=1).sqrt()",
                        pytorch_enclosed(w->arena, padded(w, x, &pad, "")), slide(w, node));
}

static const char *gauss_pool(struct writer *w, const struct node *node, const char *x)
{
    const struct layer_args *a = &node->args;
    struct padding pad = whole_windows(node);
    w->needs[PART_GAUSS] = true;
    return arena_printf(w->arena, "gauss_pool(%s, (%s, %s), (%s, %s), %s)", x, whole(w, SLOT_WINDOW, a->window.h),
                        whole(w, SLOT_WINDOW, a->window.w), whole(w, SLOT_STRIDE, a->stride.h),
                        whole(w, SLOT_STRIDE, a->stride.w), sides(w, &pad));
}

static const char *adaptive_pool(struct writer *w, const struct node *node, const char *x)
{
    const struct shape out = node->shape;
    const char *size = pair(w, SLOT_SIZE, out.h, out.w);
    if (node->args.pool == POOL_KIND_MAX || node->args.pool == POOL_KIND_AVG)
        return arena_printf(w->arena, "F.adaptive_%s_pool2d(%s, %s)", node->args.pool == POOL_KIND_MAX ? "max" : "avg",
                            x, size);
    pytorch_refuse(w, node, "an adaptive pool is not supported yet unless it is max or avg");
    return x;
}

static const char *pool(struct writer *w, const struct node *node, const char *x)
{
    if (node->kind == LAYER_GAP)
        return arena_printf(w->arena, "F.adaptive_avg_pool2d(%s, 1)", x);
    if (node->kind == LAYER_GMP)
        return arena_printf(w->arena, "F.adaptive_max_pool2d(%s, 1)", x);
    if (node->args.adaptive)
        return adaptive_pool(w, node, x);
    switch (node->args.pool) {
    case POOL_KIND_MAX: return plain_pool(w, node, "max", x);
    case POOL_KIND_AVG: return plain_pool(w, node, "avg", x);
    case POOL_KIND_L2: return sum_pool(w, node, x);
    default: return gauss_pool(w, node, x);
    }
}

/* "nn.MaxPool2d(2)" of "F.max_pool2d(x, 2)"; NULL for what has no module of its own. */
static const char *pool_module(struct writer *w, const struct node *node)
{
    static const struct {
        const char *call, *module;
    } names[] = {{"F.max_pool2d(", "nn.MaxPool2d("},
                 {"F.avg_pool2d(", "nn.AvgPool2d("},
                 {"F.adaptive_avg_pool2d(", "nn.AdaptiveAvgPool2d("},
                 {"F.adaptive_max_pool2d(", "nn.AdaptiveMaxPool2d("}};
    const char *call = pool(w, node, "x");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *rest = arena_printf(w->arena, "%sx, ", names[i].call);
        if (strncmp(call, rest, strlen(rest)) == 0 && !strstr(call, ").sqrt"))
            return arena_printf(w->arena, "%s%s", names[i].module, call + strlen(rest));
    }
    return NULL;
}

/* ---- normalisation ---- */

static const char *eps_text(struct writer *w, const struct node *node)
{
    return node->args.eps == 1e-5 ? "" : arena_printf(w->arena, ", eps=%s", pytorch_number(w->arena, node->args.eps));
}

static const char *layer_norm(struct writer *w, const struct node *node)
{
    const struct shape s = node->shape;
    const char *affine = node->args.affine ? "" : ", elementwise_affine=False";
    const bool channels = node->args.per_pixel && !w->flat[node->id];
    w->needs[PART_CHANNEL_NORM] = w->needs[PART_CHANNEL_NORM] || channels;
    const char *over = node->args.per_pixel ? whole(w, SLOT_FILTERS, s.c)
                                            : arena_printf(w->arena, "(%s, %s, %s)", whole(w, SLOT_FILTERS, s.c),
                                                           whole(w, SLOT_SIZE, s.h), whole(w, SLOT_SIZE, s.w));
    return arena_printf(w->arena, "%s(%s%s%s)", channels ? "ChannelNorm" : "nn.LayerNorm", over, eps_text(w, node),
                        affine);
}

static const char *local_norm(struct writer *w, const struct node *node, bool call, const char *x)
{
    const struct layer_args *a = &node->args;
    struct text out = text_new(w->arena);
    text_printf(&out, call ? "F.local_response_norm(%s, %s" : "nn.LocalResponseNorm(%s%s", call ? x : "",
                whole(w, SLOT_SIZE, a->size));
    if (a->alpha != 1e-4)
        text_printf(&out, ", alpha=%s", pytorch_number(w->arena, a->alpha));
    if (a->beta != 0.75)
        text_printf(&out, ", beta=%s", pytorch_number(w->arena, a->beta));
    if (a->k != 1)
        text_printf(&out, ", k=%s", pytorch_number(w->arena, a->k));
    return arena_printf(w->arena, "%s)", out.bytes);
}

static const char *scale(struct writer *w, const struct node *node)
{
    const bool weight = node_weight(node, ROLE_WEIGHT), bias = node_weight(node, ROLE_BIAS);
    w->needs[PART_SCALE] = true;
    return arena_printf(w->arena, "Scale(%s%s%s)", whole(w, SLOT_FILTERS, node->shape.c),
                        weight ? "" : ", weight=False", bias ? "" : ", bias=False");
}

const char *pytorch_tensor(struct writer *w, const struct node *node)
{
    const struct shape s = node->shape;
    const struct weight *weight = &node->weights[0];
    const char *size = arena_printf(w->arena, "%s, %s, %s", whole(w, SLOT_FILTERS, s.c), whole(w, SLOT_SIZE, s.h),
                                    whole(w, SLOT_SIZE, s.w));
    if (!weight->literal)
        return arena_printf(w->arena, "nn.Parameter(torch.zeros(%s))", size);
    const char *numbers = number_list(w, weight->literal, weight->period);
    return weight->period == 1 ? arena_printf(w->arena, "torch.full((%s), float(%s))", size, numbers)
                               : arena_printf(w->arena, "torch.tensor(%s).reshape(%s)", numbers, size);
}

const char *pytorch_constructor(struct writer *w, const struct node *node)
{
    const struct shape in = node->inputs[0]->shape;
    const char *channels = whole(w, SLOT_FILTERS, node->shape.c), *made = "";
    switch (node->kind) {
    case LAYER_CONV:
    case LAYER_DWCONV: made = convolution(w, node); break;
    case LAYER_DECONV: made = transposed(w, node); break;
    case LAYER_FC:
        made = arena_printf(w->arena, "nn.Linear(%s, %s%s)", whole(w, SLOT_INPUTS, shape_elements(in)),
                            whole(w, SLOT_FILTERS, node->args.filters), node->args.bias ? "" : ", bias=False");
        break;
    case LAYER_RBF:
        w->needs[PART_DISTANCES] = true;
        made = arena_printf(w->arena, "Distances(%s, %s)", whole(w, SLOT_INPUTS, shape_elements(in)),
                            whole(w, SLOT_FILTERS, node->args.filters));
        break;
    case LAYER_BN:
        made = arena_printf(w->arena, "nn.BatchNorm%s(%s%s)", w->flat[node->id] ? "1d" : "2d", channels,
                            eps_text(w, node));
        break;
    case LAYER_IN:
        made = arena_printf(w->arena, "nn.InstanceNorm2d(%s%s, affine=True)", channels, eps_text(w, node));
        break;
    case LAYER_GN:
        made = arena_printf(w->arena, "nn.GroupNorm(%s, %s%s)", whole(w, SLOT_GROUPS, node->args.groups), channels,
                            eps_text(w, node));
        break;
    case LAYER_LN: made = layer_norm(w, node); break;
    case LAYER_PRELU: made = arena_printf(w->arena, "nn.PReLU(%s)", node->args.shared ? "" : channels); break;
    case LAYER_SCALE: made = scale(w, node); break;
    default: /* a pool with a coefficient a map */
        made = layer_table[node->kind].family == FAMILY_POOLING ? scale(w, node) : unknown(w, node);
        break;
    }
    return with_literals(w, node, made);
}

/* ---- what has no numbers ---- */

static const struct {
    const char *keyword, *call, *module;
} simple[] = {
#define WORD(keyword, call, module) {keyword, call, module},
#include "pytorch/words.def"
#undef WORD
};

static const char *simple_text(struct writer *w, enum layer_kind kind, const char *x)
{
    for (size_t i = 0; i < sizeof simple / sizeof *simple; i++) {
        const char *text = x ? simple[i].call : simple[i].module, *hole = text ? strstr(text, "%s") : NULL;
        if (strcmp(simple[i].keyword, layer_table[kind].keyword) == 0)
            return x ? arena_printf(w->arena, "%.*s%s%s", (int)(hole - text), text, x, hole + 2) : text;
    }
    return NULL;
}

static const char *slices(struct writer *w, const char *x, int64_t top, int64_t bottom, int64_t left, int64_t right)
{
    return arena_printf(w->arena, "%s[:, :, %s:%s, %s:%s]", pytorch_enclosed(w->arena, x), whole(w, SLOT_SIZE, top),
                        whole(w, SLOT_SIZE, bottom), whole(w, SLOT_SIZE, left), whole(w, SLOT_SIZE, right));
}

static const char *slice(struct writer *w, const struct node *node, const char *x)
{
    static const char *const before[] = {[AXIS_C] = ":, ", [AXIS_H] = ":, :, ", [AXIS_W] = ":, :, :, "};
    return arena_printf(w->arena, "%s[%s%s:%s]", pytorch_enclosed(w->arena, x), before[node->args.axis],
                        whole(w, SLOT_SIZE, node->args.from), whole(w, SLOT_SIZE, node->args.to));
}

static const char *enlarge(struct writer *w, const struct node *node, bool call, const char *x)
{
    const struct layer_args *a = &node->args;
    const char *mode = a->mode == UPSAMPLE_NEAREST ? ""
                       : a->align                  ? ", mode=\"bilinear\", align_corners=True"
                                                   : ", mode=\"bilinear\"";
    return arena_printf(w->arena, "%s%sscale_factor=%s%s)", call ? "F.interpolate(" : "nn.Upsample(",
                        call ? arena_printf(w->arena, "%s, ", x) : "", pair(w, SLOT_SIZE, a->factor.h, a->factor.w),
                        mode);
}

static const char *pad(struct writer *w, const struct node *node, const char *x)
{
    const struct layer_args *a = &node->args;
    const char *value = a->value == 0 ? "" : arena_printf(w->arena, ", value=%s", pytorch_number(w->arena, a->value));
    if (a->pad_c_front == 0 && a->pad_c_back == 0)
        return arena_printf(w->arena, "F.pad(%s, %s%s)", x, sides(w, &a->pad), value);
    const char *four = sides(w, &a->pad);
    return arena_printf(w->arena, "F.pad(%s, %.*s, %s, %s)%s)", x, (int)strlen(four) - 1, four,
                        whole(w, SLOT_PAD, a->pad_c_front), whole(w, SLOT_PAD, a->pad_c_back), value);
}

static const char *structure(struct writer *w, const struct node *node, const char *x)
{
    const struct layer_args *a = &node->args;
    const struct shape s = node->shape;
    switch (node->kind) {
    case LAYER_SHUFFLE: return arena_printf(w->arena, "F.channel_shuffle(%s, %s)", x, whole(w, SLOT_GROUPS, a->groups));
    case LAYER_UPSAMPLE: return enlarge(w, node, true, x);
    case LAYER_PAD: return pad(w, node, x);
    case LAYER_CROP: return slices(w, x, a->pad.top, a->pad.top + s.h, a->pad.left, a->pad.left + s.w);
    case LAYER_SLICE: return slice(w, node, x);
    case LAYER_RESHAPE:
        return arena_printf(w->arena, "%s.reshape(-1, %s, %s, %s)", pytorch_enclosed(w->arena, x),
                            whole(w, SLOT_FILTERS, s.c), whole(w, SLOT_SIZE, s.h), whole(w, SLOT_SIZE, s.w));
    case LAYER_TRANSPOSE:
        return arena_printf(w->arena, "%s.permute(0, %d, %d, %d)", pytorch_enclosed(w->arena, x), a->axes[2] + 1,
                            a->axes[0] + 1, a->axes[1] + 1);
    default: return unknown(w, node);
    }
}

static const char *activation(struct writer *w, const struct node *node, const char *x)
{
    const struct layer_args *a = &node->args;
    const char *p = pytorch_number(w->arena, a->a), *q = pytorch_number(w->arena, a->b);
    switch (node->kind) {
    case LAYER_LEAKY: return arena_printf(w->arena, "F.leaky_relu(%s, %s)", x, p);
    case LAYER_ELU:
        return a->a == 1 ? arena_printf(w->arena, "F.elu(%s)", x) : arena_printf(w->arena, "F.elu(%s, %s)", x, p);
    case LAYER_CLIP: return arena_printf(w->arena, "torch.clamp(%s, %s, %s)", x, p, q);
    case LAYER_GELU: return arena_printf(w->arena, a->tanh_gelu ? "F.gelu(%s, approximate=\"tanh\")" : "F.gelu(%s)", x);
    case LAYER_POWER: return arena_printf(w->arena, "torch.pow(%s, %s)", x, p);
    case LAYER_THRESHOLD: return arena_printf(w->arena, "F.threshold(%s, %s, %s)", x, p, q);
    case LAYER_SHRINK: w->needs[PART_SHRINK] = true; return arena_printf(w->arena, "shrink(%s, %s, %s)", x, p, q);
    case LAYER_ABOVE: return arena_printf(w->arena, "torch.gt(%s, %s).float()", x, p);
    case LAYER_BELOW: return arena_printf(w->arena, "torch.lt(%s, %s).float()", x, p);
    case LAYER_EQUALS: return arena_printf(w->arena, "torch.eq(%s, %s).float()", x, p);
    case LAYER_TANH: break;
    default: return unknown(w, node);
    }
    const char *inner = a->b == 1 ? x : arena_printf(w->arena, "%s * %s", q, pytorch_enclosed(w->arena, x));
    return a->a == 1 ? arena_printf(w->arena, "torch.tanh(%s)", inner)
                     : arena_printf(w->arena, "%s * torch.tanh(%s)", p, inner);
}

static const struct {
    const char *keyword, *begin, *between;
} joints[] = {{"ADD", "", " + "},
              {"MEAN", "", " + "},
              {"SUB", "", " - "},
              {"MUL", "", " * "},
              {"DIV", "", " / "},
              {"MAX", "torch.maximum(", NULL},
              {"MIN", "torch.minimum(", NULL},
              {"POW", "torch.pow(", NULL},
              {"MATMUL", "torch.matmul(", NULL}};

/* Two operands after another: "a + b", "torch.maximum(torch.maximum(a, b), c)". */
static const char *joined(struct writer *w, const struct node *node, const char *const x[])
{
    const char *text = x[0], *keyword = layer_table[node->kind].keyword;
    if (node->kind == LAYER_CONCAT) {
        for (size_t i = 1; i < node->input_count; i++)
            text = arena_printf(w->arena, "%s, %s", text, x[i]);
        return arena_printf(w->arena, "torch.cat((%s), 1)", text);
    }
    if (node->kind == LAYER_WHERE)
        return arena_printf(w->arena, "torch.where(%s != 0, %s, %s)", pytorch_enclosed(w->arena, x[0]), x[1], x[2]);
    const char *comparison = node->kind == LAYER_LESS      ? "lt"
                             : node->kind == LAYER_GREATER ? "gt"
                             : node->kind == LAYER_EQUAL   ? "eq"
                                                           : NULL;
    if (comparison)
        return arena_printf(w->arena, "torch.%s(%s, %s).float()", comparison, x[0], x[1]);
    size_t joint = 0;
    const size_t count = sizeof joints / sizeof *joints;
    while (joint < count && strcmp(joints[joint].keyword, keyword) != 0)
        joint++;
    if (joint == count)
        return unknown(w, node);
    for (size_t i = 1; i < node->input_count; i++) {
        const char *left = i > 1 ? text : pytorch_enclosed(w->arena, text), *right = pytorch_enclosed(w->arena, x[i]);
        text = joints[joint].between ? arena_printf(w->arena, "%s%s%s", left, joints[joint].between, right)
                                     : arena_printf(w->arena, "%s%s, %s)", joints[joint].begin, text, x[i]);
    }
    if (node->kind == LAYER_MEAN)
        return arena_printf(w->arena, "(%s) / %zu", text, node->input_count);
    return text;
}

bool pytorch_wants_flat(const struct node *node)
{
    return node->kind == LAYER_FC || node->kind == LAYER_RBF;
}

bool pytorch_wants_maps(const struct writer *w, const struct node *node)
{
    switch (layer_table[node->kind].family) {
    case FAMILY_CONVOLUTION:
    case FAMILY_POOLING:
    case FAMILY_REDUCTION: return true;
    case FAMILY_STRUCTURE: return node->kind != LAYER_RESHAPE;
    case FAMILY_NORMALISATION:
        return node->kind == LAYER_IN || node->kind == LAYER_LRN || (node->kind == LAYER_LN && !node->args.per_pixel);
    case FAMILY_MERGE: return !w->flat[node->id];
    default: return false;
    }
}

const char *pytorch_call(struct writer *w, const struct node *node, const char *const x[])
{
    const char *text = simple_text(w, node->kind, x[0]);
    if (text)
        return text;
    switch (layer_table[node->kind].family) {
    case FAMILY_MERGE: return joined(w, node, x);
    case FAMILY_POOLING: return pool(w, node, x[0]);
    case FAMILY_STRUCTURE: return structure(w, node, x[0]);
    case FAMILY_ACTIVATION: return activation(w, node, x[0]);
    case FAMILY_REDUCTION: return pytorch_reduction(w, node, x[0]);
    default: break;
    }
    if (node->kind == LAYER_DROPOUT)
        return arena_printf(w->arena, "F.dropout(%s, %s, self.training)", x[0],
                            pytorch_number(w->arena, node->args.rate));
    if (node->kind == LAYER_LRN)
        return local_norm(w, node, true, x[0]);
    if (node->kind == LAYER_IN) /* without numbers of its own */
        return arena_printf(w->arena, "F.instance_norm(%s%s)", x[0], eps_text(w, node));
    if (node->kind == LAYER_GN)
        return arena_printf(w->arena, "F.group_norm(%s, %s%s)", x[0], whole(w, SLOT_GROUPS, node->args.groups),
                            eps_text(w, node));
    if (node->kind == LAYER_SCALE)
        return x[0];
    if (node->kind != LAYER_LN)
        return unknown(w, node);
    const struct shape s = node->shape;
    if (node->args.per_pixel && !w->flat[node->id])
        return arena_printf(w->arena, "F.layer_norm(%s.movedim(1, -1), (%s,)%s).movedim(-1, 1)",
                            pytorch_enclosed(w->arena, x[0]), whole(w, SLOT_FILTERS, s.c), eps_text(w, node));
    if (node->args.per_pixel)
        return arena_printf(w->arena, "F.layer_norm(%s, (%s,)%s)", x[0], whole(w, SLOT_FILTERS, s.c),
                            eps_text(w, node));
    return arena_printf(w->arena, "F.layer_norm(%s, (%s, %s, %s)%s)", x[0], whole(w, SLOT_FILTERS, s.c),
                        whole(w, SLOT_SIZE, s.h), whole(w, SLOT_SIZE, s.w), eps_text(w, node));
}

const char *pytorch_module(struct writer *w, const struct node *node)
{
    const struct layer_args *a = &node->args;
    static const char *const x[] = {"x"};
    const char *text = simple_text(w, node->kind, NULL);
    if (node->weight_count && layer_table[node->kind].family == FAMILY_POOLING) {
        const char *before = pool_module(w, node), *made = pytorch_constructor(w, node);
        if (!before)
            w->needs[PART_APPLY] = true;
        before = before ? before : arena_printf(w->arena, "Apply(lambda x: %s)", pool(w, node, "x"));
        return arena_printf(w->arena, "%.*s, before=%s)", (int)strlen(made) - 1, made, before);
    }
    if (node->weight_count) {
        const char *made = pytorch_constructor(w, node), *linear = strstr(made, "nn.Linear(");
        if (node->kind != LAYER_FC || w->flat[node->inputs[0]->id])
            return made;
        w->needs[PART_DENSE] = true;
        return arena_printf(w->arena, "%.*sDense%s", (int)(linear - made), made, linear + strlen("nn.Linear"));
    }
    if (layer_table[node->kind].family == FAMILY_POOLING)
        text = pool_module(w, node);
    else if (node->kind == LAYER_DROPOUT)
        text = arena_printf(w->arena, "nn.Dropout(%s)", pytorch_number(w->arena, a->rate));
    else if (node->kind == LAYER_LRN)
        text = local_norm(w, node, false, "");
    else if (node->kind == LAYER_UPSAMPLE)
        text = enlarge(w, node, false, "");
    else if (node->kind == LAYER_LEAKY)
        text = arena_printf(w->arena, "nn.LeakyReLU(%s)", pytorch_number(w->arena, a->a));
    else if (node->kind == LAYER_TANH && a->a == 1 && a->b == 1)
        text = "nn.Tanh()";
    else if (node->kind == LAYER_GELU)
        text = a->tanh_gelu ? "nn.GELU(approximate=\"tanh\")" : "nn.GELU()";
    if (text)
        return text;
    w->needs[PART_APPLY] = true;
    return arena_printf(w->arena, "Apply(lambda x: %s)", pytorch_call(w, node, x));
}
