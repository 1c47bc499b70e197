/* Reads and checks the tensors of a quantised network. Whoever made the file may have been wrong: every number that
 * code is made of is looked at here. */
#include "quantise/tensors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/map.h"
#include "quantise/multiplier.h"
#include "weights/weights.h"

/* ---- messages ---- */

static struct message *report(struct diag *diag, const struct types *types, const struct node *node, const char *text)
{
    if (types->graph->source && node)
        return diag_report(diag, CHECK_WEIGHTS, node->span, "%s", text);
    return diag_report_file(diag, CHECK_WEIGHTS, types->path, "%s", text);
}

bool tensors_report_float_input(struct diag *diag, const struct types *types, const struct node *node)
{
    const struct node *input = node->inputs[0];
    struct arena *arena = types->graph->arena;
    struct message *m = report(diag, types, node,
                               arena_printf(arena, "%s %s has weights of 8 bits, but its input %s is floats",
                                            node_keyword(node), node->name, input->name));
    message_help(m, "%s.output_scale and %s.output_zero_point say how the input becomes s8",
                 types->nodes[input->id].label, types->nodes[input->id].label);
    return false;
}

bool tensors_report_no_meaning(struct diag *diag, const struct types *types, const struct node *node)
{
    const char *label = types->nodes[node->id].label;
    struct message *m = report(diag, types, node,
                               arena_printf(types->graph->arena,
                                            "the result of %s %s has no scale: '%s.output_scale' "
                                            "is missing",
                                            node_keyword(node), node->name, label));
    message_help(m,
                 "%s.output_scale (F32) and %s.output_zero_point (I8) belong to it, or to a RELU, RELU6 or CLIP that "
                 "alone reads it",
                 label, label);
    return false;
}

static bool wrong(struct diag *diag, const struct types *types, const struct node *node, const char *text,
                  const char *help)
{
    struct message *m = report(diag, types, node, text);
    if (help)
        message_help(m, "%s", help);
    return false;
}

/* ---- tensors by layer ---- */

static const char *label_of(const struct types *types, const struct node *node, bool weights)
{
    return types->nodes[weights && node->shares ? node->shares->id : node->id].label;
}

static bool is_of_weights(const char *suffix)
{
    return strncmp(suffix, "output_", sizeof "output_" - 1) != 0;
}

const struct named_tensor *type_tensor(struct arena *arena, const struct types *types, const struct node *node,
                                       const char *suffix)
{
    const char *label = label_of(types, node, is_of_weights(suffix));
    return weights_find(types->weights, arena_printf(arena, "%s.%s", label, suffix));
}

bool tensors_have_meaning(const struct types *types, const struct node *node)
{
    return types->nodes[node->id].stated;
}

struct meaning tensors_meaning(const struct types *types, const struct node *node)
{
    return types->nodes[node->id].stated_meaning;
}

bool tensors_have_integers(struct arena *arena, const struct types *types, const struct node *node)
{
    const struct named_tensor *weight = type_tensor(arena, types, node, "weight");
    return weight && weight->type == ELEMENT_S8;
}

static double *read_numbers(const struct types *types, const struct named_tensor *tensor)
{
    double *values = heap_array((size_t)tensor->count + 1, sizeof *values);
    if (weights_read_exactly(types->weights, tensor, values))
        return values;
    free(values);
    return NULL;
}

/* ---- scales and zero points of results ---- */

static bool has_form(const struct named_tensor *tensor, enum element_type type, int64_t count)
{
    return tensor && tensor->type == type && tensor->count == count;
}

static bool read_meaning(struct arena *arena, struct diag *diag, struct types *types, const struct node *node)
{
    struct node_type *type = &types->nodes[node->id];
    const struct named_tensor *scale = type_tensor(arena, types, node, "output_scale"),
                              *zero = type_tensor(arena, types, node, "output_zero_point");
    double numbers[2] = {0, 0};
    if (!scale && !zero)
        return true;
    if (!has_form(scale, ELEMENT_F32, 1))
        return wrong(diag, types, node,
                     arena_printf(arena,
                                  scale ? "'%s.output_scale' must be one number of type F32"
                                        : "'%s.output_scale' is missing beside '%s.output_zero_point'",
                                  type->label, type->label),
                     "a result of 8 bits has both");
    if (!has_form(zero, ELEMENT_S8, 1))
        return wrong(diag, types, node,
                     arena_printf(arena,
                                  zero ? "'%s.output_zero_point' must be one number of type I8, -128 to 127"
                                       : "'%s.output_zero_point' is missing beside '%s.output_scale'",
                                  type->label, type->label),
                     "a result of 8 bits has both");
    if (!weights_read_exactly(types->weights, scale, &numbers[0]) ||
        !weights_read_exactly(types->weights, zero, &numbers[1]))
        return wrong(diag, types, node, arena_printf(arena, "'%s' cannot be read", scale->name), NULL);
    if (!(numbers[0] > 0) || !isfinite(numbers[0]) || fpclassify((float)numbers[0]) != FP_NORMAL)
        return wrong(diag, types, node,
                     arena_printf(arena, "'%s' is %g: a scale is a positive number", scale->name, numbers[0]),
                     "quantise the network again: a scale is the step between two neighbouring integers");
    type->stated = true;
    type->stated_meaning = (struct meaning){(float)numbers[0], (int32_t)numbers[1], types->even};
    return true;
}

/* ---- what belongs to no layer ---- */

static const char rounding[] = "rounding";
static const char *const suffixes[] = {"weight", "weight_scale", "bias", "output_scale", "output_zero_point"};

static bool is_suffix(const char *word)
{
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strcmp(word, suffixes[i]) == 0)
            return true;
    return false;
}

static bool takes(const struct node *node, const char *suffix)
{
    if (!is_of_weights(suffix))
        return true;
    return !node->shares && type_is_linear(node->kind);
}

/* Integers and scales that no layer takes; floats are the binding's. */
static bool check_surplus(struct arena *arena, struct diag *diag, const struct types *types, const struct map *labels)
{
    bool right = true;
    for (size_t i = 0; i < weights_named_count(types->weights) && !diag_full(diag); i++) {
        const struct named_tensor *tensor = weights_named_at(types->weights, i);
        const char *dot = strrchr(tensor->name, '.');
        const bool known = dot && is_suffix(dot + 1);
        const bool quantises = tensor->type != ELEMENT_F32 || (known && strstr(dot, "_scale"));
        const struct node *node = known ? map_get(labels, arena_copy(arena, tensor->name, (size_t)(dot - tensor->name)))
                                        : NULL;
        if (!quantises || strcmp(tensor->name, rounding) == 0 || (node && takes(node, dot + 1)))
            continue;
        right = wrong(diag, types, NULL, arena_printf(arena, "no layer of the network takes '%s'", tensor->name),
                      "cnnc --summary lists the layers' names; is the file another network's?");
    }
    return right;
}

bool types_are_quantised(const struct weights *weights)
{
    for (size_t i = 0; i < weights_named_count(weights); i++) {
        const struct named_tensor *tensor = weights_named_at(weights, i);
        const char *dot = strrchr(tensor->name, '.');
        if (dot && (strcmp(dot, ".output_scale") == 0 || (strcmp(dot, ".weight") == 0 && tensor->type == ELEMENT_S8)))
            return true;
    }
    return false;
}

/* Whose arithmetic the network computes in. */
static bool read_rounding(struct arena *arena, struct diag *diag, struct types *types)
{
    const struct named_tensor *tensor = weights_find(types->weights, rounding);
    double number = 0;
    if (!tensor)
        return true;
    if (!has_form(tensor, ELEMENT_S8, 1) || !weights_read_exactly(types->weights, tensor, &number) ||
        (number != 0 && number != 1))
        return wrong(diag, types, NULL,
                     arena_printf(arena, "'%s' must be one number of type I8, 0 or 1, and not %g", rounding, number),
                     "0: sums are brought to a scale as TensorFlow Lite does it, 1: as ONNX does");
    types->even = number != 0;
    return true;
}

bool tensors_check(struct arena *arena, struct diag *diag, struct types *types)
{
    struct map labels = {0};
    bool right = read_rounding(arena, diag, types);
    for (size_t i = 0; i < types->graph->nodes.count; i++) {
        const struct node *node = types->graph->nodes.items[i];
        map_set(arena, &labels, types->nodes[i].label, (void *)(uintptr_t)node);
    }
    for (size_t i = 0; i < types->graph->nodes.count && !diag_full(diag); i++)
        right = read_meaning(arena, diag, types, types->graph->nodes.items[i]) && right;
    return check_surplus(arena, diag, types, &labels) && right;
}

/* ---- layers with weights ---- */

static bool same_shape(const struct named_tensor *tensor, const struct weight *weight)
{
    int a = 0, b = 0;
    for (;;) {
        while (a < tensor->rank && tensor->dims[a] == 1)
            a++;
        while (b < weight->rank && weight->dims[b] == 1)
            b++;
        if (a == tensor->rank || b == weight->rank)
            return a == tensor->rank && b == weight->rank;
        if (tensor->dims[a++] != weight->dims[b++])
            return false;
    }
}

static bool check_forms(struct arena *arena, struct diag *diag, const struct types *types, const struct node *node)
{
    const struct weight *weight = node_weight(node, ROLE_WEIGHT);
    const struct named_tensor *numbers = type_tensor(arena, types, node, "weight"),
                              *scale = type_tensor(arena, types, node, "weight_scale"),
                              *bias = type_tensor(arena, types, node, "bias");
    const int64_t filters = node->shape.c;
    if (!same_shape(numbers, weight))
        return wrong(diag, types, node,
                     arena_printf(arena, "'%s' has %lld numbers in another shape than the %lld of %s", numbers->name,
                                  (long long)numbers->count, (long long)weight->count, weight->name),
                     "its layout is PyTorch's");
    if (!scale || scale->type != ELEMENT_F32 || (scale->count != 1 && scale->count != filters))
        return wrong(
            diag, types, node,
            scale ? arena_printf(arena, "'%s' must be 1 or %lld numbers of type F32", scale->name, (long long)filters)
                  : arena_printf(arena, "'%s_scale' is missing beside '%s'", numbers->name, numbers->name),
            "weights of 8 bits have one scale a filter, or one for all");
    if (bias && (bias->type != ELEMENT_S32 || bias->count != filters))
        return wrong(diag, types, node,
                     arena_printf(arena, "'%s' must be %lld numbers of type I32", bias->name, (long long)filters),
                     "the bias of weights of 8 bits counts in units of input scale * weight scale");
    return true;
}

struct linear_numbers {
    double *weight, *scale, *bias; /* bias NULL: zeros */
    int64_t scales, filters, row;
};

/* The largest sum of a filter, whatever comes in; and that of its weights, if it is larger than those before. */
static double largest_sum(const struct node *node, const struct linear_numbers *n, int64_t filter, int32_t zero,
                          double *most_weight)
{
    const double widest = zero < 0 ? 127 - zero : 128 + zero;
    double sum = n->bias ? fabs(n->bias[filter]) : 0;
    double weights = 0;
    for (int64_t i = 0; i < n->row; i++)
        weights += fabs(n->weight[type_weight_index(node, filter, i, n->row)]);
    *most_weight = weights > *most_weight ? weights : *most_weight;
    return sum + weights * (widest + 255);
}

static bool check_filter(struct arena *arena, struct diag *diag, const struct types *types, const struct node *node,
                         const struct linear_numbers *n, int64_t filter)
{
    const struct node_type *in = &types->nodes[node->inputs[0]->id], *type = &types->nodes[node->id];
    const double scale = n->scale[n->scales == 1 ? 0 : filter];
    const char *label = label_of(types, node, true);
    if (!(scale > 0) || !isfinite(scale))
        return wrong(diag, types, node,
                     arena_printf(arena, "'%s.weight_scale' is %g at [%lld]: a scale is a positive number", label,
                                  scale, (long long)filter),
                     "a filter of zeros has any scale, such as 1");
    if (largest_sum(node, n, filter, in->meaning.zero, &types->nodes[node->id].most_weight) > (double)INT32_MAX)
        return wrong(
            diag, types, node,
            arena_printf(arena, "the sums of filter %lld of %s may exceed 32 bits", (long long)filter, node->name),
            arena_printf(arena, "--keep-float=%s computes the layer in floats", label));
    struct multiplier m = multiplier_of(multiplier_linear(in->meaning.scale, (float)scale, type->meaning.scale,
                                                          node->kind == LAYER_FC && n->scales == 1));
    return m.shift <= MULTIPLIER_MOST_SHIFT ||
           wrong(diag, types, node,
                 arena_printf(arena,
                              "the scales of %s do not fit together: input %g * weight %g / output %g is beyond "
                              "2^30",
                              node->name, (double)in->meaning.scale, scale, (double)type->meaning.scale),
                 "quantise the network again");
}

bool tensors_check_linear(struct arena *arena, struct diag *diag, const struct types *types, const struct node *node)
{
    if (!check_forms(arena, diag, types, node))
        return false;
    const struct named_tensor *weight = type_tensor(arena, types, node, "weight"),
                              *scale = type_tensor(arena, types, node, "weight_scale"),
                              *bias = type_tensor(arena, types, node, "bias");
    struct linear_numbers n = {read_numbers(types, weight),
                               read_numbers(types, scale),
                               bias ? read_numbers(types, bias) : NULL,
                               scale->count,
                               node->shape.c,
                               weight->count / node->shape.c};
    bool right = (n.weight && n.scale && (n.bias || !bias)) ||
                 wrong(diag, types, node, arena_printf(arena, "'%s' cannot be read", weight->name), NULL);
    for (int64_t k = 0; right && k < n.filters; k++)
        right = check_filter(arena, diag, types, node, &n, k);
    free(n.weight);
    free(n.scale);
    free(n.bias);
    if (right && node->shares && bias &&
        !meaning_equal(types->nodes[node->inputs[0]->id].meaning, types->nodes[node->shares->inputs[0]->id].meaning))
        return wrong(diag, types, node,
                     arena_printf(arena, "%s shares the bias of %s, but their inputs have different scales", node->name,
                                  node->shares->name),
                     "a bias of 32 bits counts in units of input scale * weight scale");
    return right;
}

bool tensors_check_floats(struct diag *diag, const struct types *types, const struct node *node)
{
    bool right = true;
    for (size_t i = 0; i < node->weight_count && !node->shares; i++) {
        const struct weight *weight = &node->weights[i];
        if (weights_have(types->weights, weight))
            continue;
        struct arena *arena = types->graph->arena;
        right = wrong(
            diag, types, node, arena_printf(arena, "there is no tensor '%s' for %s", weight->name, node_keyword(node)),
            type_is_affine(node->kind)
                ? "behind a layer that computes in integers a BN or SCALE without tensors was folded into its "
                  "weights; this one is elsewhere"
                : "a layer has either floats, or integers and their scales");
    }
    return right;
}

bool tensors_check_merge(struct arena *arena, struct diag *diag, const struct types *types, const struct node *node)
{
    const struct node_type *a = &types->nodes[node->inputs[0]->id], *b = &types->nodes[node->inputs[1]->id];
    const float out = types->nodes[node->id].meaning.scale;
    const struct multiplier product = multiplier_of(multiplier_product(a->meaning.scale, b->meaning.scale, out));
    const struct sum_multipliers sum = multiplier_sum(a->meaning.scale, b->meaning.scale, out);
    const bool fits = node->kind == LAYER_MUL ? product.shift <= MULTIPLIER_MOST_SHIFT - 17 : sum.result.shift <= 0;
    return fits || wrong(diag, types, node,
                         arena_printf(arena, "the scales of %s do not fit together: %g and %g become %g", node->name,
                                      (double)a->meaning.scale, (double)b->meaning.scale, (double)out),
                         "quantise the network again");
}
