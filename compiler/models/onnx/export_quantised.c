/* Networks of integers in ONNX: every result of 8 bits goes through QuantizeLinear and DequantizeLinear, weights and
 * biases are integers with a DequantizeLinear, and operators between them are those of floats. Integers are written as
 * uint8, 128 more: ONNX Runtime's products of int8 saturate on processors without instructions of their own for them,
 * those of uint8 do not. */
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "fields.h"
#include "quantise/types.h"
#include "weights/weights.h"

static const char *const END = NULL;

static const struct node_type *type_of(const struct builder *b)
{
    return b->types ? &b->types->nodes[b->node->id] : NULL;
}

bool onnx_computes_integers(const struct builder *b)
{
    const struct node_type *type = type_of(b);
    return type && type->computes == COMPUTES_INTEGERS && type_is_linear(b->node->kind);
}

/* The tensor of a transposed convolution is [C, K/groups, h, w]: filters of different groups share an axis's entry. */
bool onnx_scales_have_axis(struct builder *b)
{
    const struct node *node = b->node;
    if (!onnx_computes_integers(b) || node->kind != LAYER_DECONV || node->args.groups == 1)
        return true;
    const struct named_tensor *scale = type_tensor(b->arena, b->types, node, "weight_scale");
    return !scale || scale->count == 1;
}

bool onnx_is_folded(const struct builder *b)
{
    const struct node_type *type = type_of(b);
    return type && type->computes == COMPUTES_NOTHING && type_is_affine(b->node->kind);
}

bool onnx_becomes_integers(const struct builder *b)
{
    const struct node_type *type = type_of(b);
    return type && type->integers && type->computes != COMPUTES_NOTHING && !type->bounds;
}

/* ---- integers and what they mean, as initializers ---- */

static void put(unsigned char *to, uint32_t bits, int width)
{
    for (int i = 0; i < width; i++)
        to[i] = (unsigned char)(bits >> 8 * i);
}

static const char *store(struct builder *b, const char *name, int type, const int64_t *dims, int rank,
                         const unsigned char *bytes, int64_t length)
{
    struct initializer initializer = {.name = name, .type = type, .rank = rank, .bytes = bytes, .length = length};
    if (map_get(&b->stored, name))
        return name;
    if (rank)
        memcpy(initializer.dims, dims, (size_t)rank * sizeof *dims);
    VEC_PUSH(b->arena, &b->initializers, initializer);
    map_set(b->arena, &b->stored, name, b);
    return name;
}

/* One number, or one each. */
static const char *store_floats(struct builder *b, const char *name, const float *numbers, int64_t count)
{
    unsigned char *bytes = ARENA_ARRAY(b->arena, unsigned char, 4 * (size_t)count + 1);
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        put(bytes + 4 * i, bits, 4);
    }
    return store(b, name, TYPE_FLOAT, &count, count == 1 ? 0 : 1, bytes, 4 * count);
}

static const char *store_zeros(struct builder *b, const char *name, int type, int zero, int64_t count)
{
    unsigned char *bytes = ARENA_ARRAY(b->arena, unsigned char, (size_t)count + 1);
    memset(bytes, zero, (size_t)count);
    return store(b, name, type, &count, count == 1 ? 0 : 1, bytes, count);
}

static const char *named(struct builder *b, const char *suffix)
{
    const struct node *node = b->node->shares ? b->node->shares : b->node;
    return arena_printf(b->arena, "%s.%s", b->types->nodes[node->id].label, suffix);
}

static double *read_numbers(struct builder *b, const char *suffix, int64_t *count, const struct named_tensor **tensor)
{
    *tensor = type_tensor(b->arena, b->types, b->node, suffix);
    if (!*tensor)
        return NULL;
    *count = (*tensor)->count;
    double *numbers = ARENA_ARRAY(b->arena, double, (size_t)*count + 1);
    return weights_read_exactly(b->types->weights, *tensor, numbers) ? numbers : NULL;
}

static const char *dequantised_weight(struct builder *b)
{
    const struct named_tensor *tensor, *ignored;
    const struct weight *weight = node_weight(b->node, ROLE_WEIGHT);
    int64_t count = 0, scales = 0;
    const double *numbers = read_numbers(b, "weight", &count, &tensor);
    const double *scale = read_numbers(b, "weight_scale", &scales, &ignored);
    unsigned char *bytes = ARENA_ARRAY(b->arena, unsigned char, (size_t)count + 1);
    float *factors = ARENA_ARRAY(b->arena, float, (size_t)scales + 1);
    for (int64_t i = 0; numbers && i < count; i++)
        bytes[i] = (unsigned char)((int)numbers[i] + 128);
    for (int64_t i = 0; scale && i < scales; i++)
        factors[i] = (float)scale[i];
    struct attributes a = onnx_attributes(b);
    if (scales > 1)
        attribute_int(&a, "axis", b->node->kind == LAYER_DECONV ? 1 : 0);
    const char *integers = store(b, named(b, "weight_quantized"), TYPE_UINT8, weight->dims, weight->rank, bytes, count);
    const char *units = store_floats(b, named(b, "weight_scale"), factors, scales);
    return onnx_op(b, "DequantizeLinear", &a, integers, units,
                   store_zeros(b, named(b, "weight_zero_point"), TYPE_UINT8, 128, scales), END);
}

/* In units of input scale * weight scale, which depend on the input: layers that share weights have one each. */
static const char *dequantised_bias(struct builder *b)
{
    const struct named_tensor *tensor, *ignored;
    int64_t count = 0, scales = 0;
    const double *numbers = read_numbers(b, "bias", &count, &tensor);
    const double *scale = read_numbers(b, "weight_scale", &scales, &ignored);
    const float input = b->types->nodes[b->node->inputs[0]->id].meaning.scale;
    if (!numbers || !scale)
        return NULL;
    unsigned char *bytes = ARENA_ARRAY(b->arena, unsigned char, 4 * (size_t)count + 1);
    float *units = ARENA_ARRAY(b->arena, float, (size_t)scales + 1);
    for (int64_t i = 0; i < count; i++)
        put(bytes + 4 * i, (uint32_t)(int32_t)numbers[i], 4);
    for (int64_t i = 0; i < scales; i++)
        units[i] = (float)((double)input * (double)(float)scale[i]);
    struct attributes a = onnx_attributes(b);
    if (scales > 1)
        attribute_int(&a, "axis", 0);
    const char *integers = store(b, named(b, "bias_quantized"), TYPE_INT32, &count, 1, bytes, 4 * count);
    const char *scale_name = arena_printf(b->arena, "%s.bias_scale", b->node->name);
    return onnx_op(b, "DequantizeLinear", &a, integers, store_floats(b, scale_name, units, scales), END);
}

const char *onnx_integer_weight(struct builder *b, enum weight_role role)
{
    return role == ROLE_WEIGHT ? dequantised_weight(b) : dequantised_bias(b);
}

/* ---- results ---- */

static const char *meaning_words(struct builder *b, int offset, const char *suffix, const char **zero)
{
    const struct meaning meaning = type_of(b)->meaning;
    const char *name = b->node->name;
    *zero = store_zeros(b, arena_printf(b->arena, "%s.zero_point%s", name, suffix), offset ? TYPE_UINT8 : TYPE_INT8,
                        meaning.zero + offset, 1);
    return store_floats(b, arena_printf(b->arena, "%s.scale", name), &meaning.scale, 1);
}

void onnx_quantise(struct builder *b, const char *x)
{
    const char *zero, *scale = meaning_words(b, 128, "", &zero);
    onnx_op(b, "DequantizeLinear", NULL, onnx_op(b, "QuantizeLinear", NULL, x, scale, zero, END), scale, zero, END);
}

const char *onnx_from_integers(struct builder *b, const char *x)
{
    const char *zero, *scale = meaning_words(b, 0, "_int8", &zero);
    return onnx_op(b, "DequantizeLinear", NULL, x, scale, zero, END);
}

const char *onnx_to_integers(struct builder *b, const char *x)
{
    const char *zero, *scale = meaning_words(b, 0, "_int8", &zero);
    return onnx_op(b, "QuantizeLinear", NULL, x, scale, zero, END);
}
