/* Lints about the order of layers, linear, softmax-not-last and bn-after-activation; and clip-range. */
#include "check/lint.h"

/* Layers that compute a linear function of one tensor and add no power to their neighbours. */
static bool is_linear_link(const struct node *node)
{
    switch (node->kind) {
    case LAYER_BN:
    case LAYER_SCALE:
    case LAYER_DROPOUT:
    case LAYER_FLATTEN:
    case LAYER_RESHAPE: return true;
    default:
        return layer_table[node->kind].family == FAMILY_POOLING &&
               (node->args.pool == POOL_KIND_AVG || node->args.pool == POOL_KIND_GAUSS);
    }
}

/* A CONV or FC whose weights are trained and join every map with every other. */
static bool is_dense_layer(const struct node *node)
{
    if (node->kind == LAYER_CONV && (node->args.groups > 1 || node->args.connect))
        return false;
    return (node->kind == LAYER_CONV || node->kind == LAYER_FC) && !node->weights[0].literal;
}

static bool is_point(const struct node *node)
{
    return node->kind == LAYER_CONV && node->args.window.h == 1 && node->args.window.w == 1;
}

/* 1xN and Nx1, or the other way round. */
static bool is_separable_pair(const struct node *a, const struct node *b)
{
    if (a->kind != LAYER_CONV || b->kind != LAYER_CONV)
        return false;
    struct pair s = a->args.window, t = b->args.window;
    return (s.h == 1 && t.w == 1 && s.w > 1 && t.h > 1) || (s.w == 1 && t.h == 1 && s.h > 1 && t.w > 1);
}

/* A narrow tensor between two wider ones: a low rank, which one layer could not have as cheaply. */
static bool is_bottleneck(const struct node *first, const struct node *second)
{
    struct shape before = first->inputs[0]->shape, between = second->inputs[0]->shape, after = second->shape;
    bool maps = first->kind == LAYER_CONV && second->kind == LAYER_CONV;
    int64_t in = maps ? before.c : shape_elements(before), out = maps ? after.c : shape_elements(after);
    int64_t middle = maps ? between.c : shape_elements(between);
    return middle < out && (middle < in || (middle == in && is_point(first) && is_point(second)));
}

/* linear: a CONV or FC whose result reaches another CONV or FC through nothing but linear layers (BN,
 * SCALE, DROPOUT, FLATTEN, RESHAPE, averaging pools) computes no more than one layer could. Silent
 * where the pair is a factorisation that saves work: one of the two is depthwise, grouped or sparse
 * (MobileNet, ShuffleNet), they are 1xN and Nx1, or the tensor between is narrower than both sides
 * (MobileNetV2's linear bottleneck). Silent too when the tensor between is read elsewhere as well
 * (merges and FPN's laterals), when a DECONV or UPSAMPLE is between them (U-Net), and for fixed kernels. */
void lint_linear(const struct lint *lint, const struct node *node)
{
    const struct node *second, *before = node;
    if (!is_dense_layer(node))
        return;
    for (second = lint_only_reader(lint, node); second && is_linear_link(second);
         second = lint_only_reader(lint, second))
        if (layer_table[second->kind].family == FAMILY_NORMALISATION) /* the activation belongs after BN */
            before = second;
    if (!second || !is_dense_layer(second) || is_separable_pair(node, second) || is_bottleneck(node, second))
        return;
    struct message *m = node_report(lint->diag, CHECK_LINEAR, second,
                                    "%s follows %s with no non-linearity in between; one layer could compute the same",
                                    layer_table[second->kind].keyword, layer_table[node->kind].keyword);
    lint_label(lint, m, arena_printf(lint->arena, "linear since %s", lint_place(lint, node)));
    message_help(m, "put an activation, such as RELU, after %s", lint_place(lint, before));
}

/* Layers that only pass numbers on. */
static bool passes_numbers(const struct node *node)
{
    return node->kind == LAYER_DROPOUT || node->kind == LAYER_FLATTEN || node->kind == LAYER_RESHAPE ||
           node->kind == LAYER_TRANSPOSE;
}

/* The first layer after `node` that uses probabilities as features; NULL if none does. */
static const struct node *misreader(const struct lint *lint, const struct node *node)
{
    const struct readers *readers = &lint->readers[node->id];
    for (size_t i = 0; i < readers->count; i++) {
        const struct node *reader = readers->items[i];
        enum layer_family family = layer_table[reader->kind].family;
        const struct node *found = passes_numbers(reader) ? misreader(lint, reader)
                                   : family == FAMILY_CONVOLUTION || family == FAMILY_DENSE ||
                                           family == FAMILY_POOLING || family == FAMILY_ACTIVATION ||
                                           family == FAMILY_NORMALISATION
                                       ? reader
                                       : NULL;
        if (found)
            return found;
    }
    return NULL;
}

/* softmax-not-last: probabilities are an answer, not a feature; a layer after them sees numbers that
 * sum to one. Silent if a merge reads them: attention multiplies by them. */
void lint_softmax_not_last(const struct lint *lint, const struct node *node)
{
    if (node->kind != LAYER_SOFTMAX && node->kind != LAYER_LOGSOFTMAX)
        return;
    const struct node *reader = misreader(lint, node);
    if (!reader)
        return;
    struct message *m = node_report(lint->diag, CHECK_SOFTMAX_NOT_LAST, node,
                                    "%s is not the last layer: it is followed by %s", layer_table[node->kind].keyword,
                                    lint_place(lint, reader));
    message_help(m, "%s belongs at the end of the network; inside it RELU is the usual choice",
                 layer_table[node->kind].keyword);
}

/* bn-after-activation: BN directly after an activation normalises values already cut off. Silent
 * if the activation's result is read elsewhere too: then BN opens a branch of its own (pre-activation
 * blocks). */
void lint_bn_after_activation(const struct lint *lint, const struct node *node)
{
    if (node->kind != LAYER_BN)
        return;
    const struct node *before = node->inputs[0];
    while (before->kind == LAYER_DROPOUT && lint_only_reader(lint, before))
        before = before->inputs[0];
    if (!lint_is_activation(before) || !lint_only_reader(lint, before))
        return;
    const char *keyword = layer_table[before->kind].keyword;
    struct message *m = node_report(lint->diag, CHECK_BN_AFTER_ACTIVATION, node,
                                    "BN follows the activation %s directly", keyword);
    lint_label(lint, m, arena_printf(lint->arena, "input comes from %s", lint_place(lint, before)));
    message_help(m, "BN -> %s is the usual order, and BN then folds into the convolution before it", keyword);
}

/* clip-range: the upper bound wins, so such a CLIP computes a constant. Silent for equal bounds, which say so. */
void lint_clip_range(const struct lint *lint, const struct node *node)
{
    const double low = node->args.a, high = node->args.b;
    if (node->kind != LAYER_CLIP || low <= high)
        return;
    struct message *m = node_report(lint->diag, CHECK_CLIP_RANGE, node,
                                    "lo of CLIP, %g, is greater than hi, %g: every result is %g", low, high, high);
    message_help(m, "did you mean CLIP(%g, %g)?", high, low);
}
