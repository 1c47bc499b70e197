/* Decides layer by layer, in the order of computation, what computes in integers. Tensors are read and checked in
 * tensors.c. */
#include "quantise/types.h"

#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "quantise/tensors.h"
#include "weights/weights.h"

struct deciding {
    struct arena *arena;
    struct diag *diag;
    struct types *types;
    struct node **readers; /* by node id: the last that reads it */
    bool failed;
};

/* ---- kinds of layers ---- */

bool type_is_linear(enum layer_kind kind)
{
    return kind == LAYER_CONV || kind == LAYER_DWCONV || kind == LAYER_DECONV || kind == LAYER_FC;
}

/* That of a transposed convolution is [C, K/groups, h, w]. */
int64_t type_weight_index(const struct node *node, int64_t filter, int64_t i, int64_t row)
{
    const struct layer_args *args = &node->args;
    if (node->kind != LAYER_DECONV)
        return filter * row + i;
    const int64_t window = args->window.h * args->window.w, channels = row / window,
                  filters = node->shape.c / args->groups;
    const int64_t channel = filter / filters * channels + i / window;
    return (channel * filters + filter % filters) * window + i % window;
}

bool type_is_bounds(enum layer_kind kind)
{
    return kind == LAYER_RELU || kind == LAYER_RELU6 || kind == LAYER_CLIP;
}

bool type_is_affine(enum layer_kind kind)
{
    return kind == LAYER_BN || kind == LAYER_SCALE;
}

static bool is_pool(enum layer_kind kind)
{
    return kind == LAYER_POOL || kind == LAYER_MAXPOOL || kind == LAYER_AVGPOOL || kind == LAYER_GAP ||
           kind == LAYER_GMP || kind == LAYER_L2POOL;
}

bool type_keeps_meaning(const struct node *node)
{
    switch (node->kind) {
    case LAYER_FLATTEN:
    case LAYER_RESHAPE:
    case LAYER_SLICE:
    case LAYER_CROP:
    case LAYER_PAD:
    case LAYER_TRANSPOSE:
    case LAYER_SHUFFLE: return true;
    case LAYER_UPSAMPLE: return node->args.mode == UPSAMPLE_NEAREST;
    default:
        return is_pool(node->kind) && !node->args.affine &&
               (node->args.pool == POOL_KIND_MAX || node->args.pool == POOL_KIND_AVG);
    }
}

bool type_has_table(const struct node *node)
{
    switch (node->kind) {
    case LAYER_RELU:
    case LAYER_RELU6:
    case LAYER_CLIP:
    case LAYER_LEAKY:
    case LAYER_ABS:
    case LAYER_HARDSIGMOID:
    case LAYER_HARDSWISH:
    case LAYER_SIGMOID:
    case LAYER_SILU:
    case LAYER_TANH: return true;
    default: return false;
    }
}

/* Those that are another layer's result at inference. */
static bool is_nothing(enum layer_kind kind)
{
    return kind == LAYER_OUTPUT || kind == LAYER_DROPOUT;
}

/* ---- numbers ---- */

bool meaning_equal(struct meaning a, struct meaning b)
{
    return memcmp(&a.scale, &b.scale, sizeof a.scale) == 0 && a.zero == b.zero;
}

static float to_even(float x)
{
    const float below = floorf(x), rest = x - below;
    return rest > 0.5f || (rest == 0.5f && fmodf(below, 2) != 0) ? below + 1 : below;
}

int32_t meaning_round(struct meaning meaning, float x)
{
    const float steps = x / meaning.scale;
    const float y = (meaning.even ? to_even(steps) : roundf(steps)) + (float)meaning.zero;
    return y > -128.0f ? (y < 127.0f ? (int32_t)y : 127) : -128;
}

/* ---- one layer ---- */

static struct node_type *type_of(const struct deciding *d, const struct node *node)
{
    return &d->types->nodes[node->id];
}

static const struct node *source_of(const struct deciding *d, const struct node *node)
{
    const struct node_type *type = type_of(d, node);
    return type->computes == COMPUTES_NOTHING || type->computes == COMPUTES_BOUNDS ? type->source : node;
}

static bool all_integers(const struct deciding *d, const struct node *node)
{
    for (size_t i = 0; i < node->input_count; i++)
        if (!type_of(d, node->inputs[i])->integers)
            return false;
    return node->input_count > 0;
}

static bool same_inputs(const struct deciding *d, const struct node *node)
{
    const struct meaning first = type_of(d, node->inputs[0])->meaning;
    for (size_t i = 1; i < node->input_count; i++)
        if (!meaning_equal(type_of(d, node->inputs[i])->meaning, first))
            return false;
    return true;
}

/* Has the layer tensors of its own in the file, under the graph's names? */
static bool has_floats(const struct deciding *d, const struct node *node)
{
    for (size_t i = 0; i < node->weight_count; i++)
        if (weights_have(d->types->weights, &node->weights[i]))
            return true;
    return false;
}

static bool is_folded(const struct deciding *d, const struct node *node)
{
    return type_is_affine(node->kind) && !has_floats(d, node) && !tensors_have_meaning(d->types, node);
}

/* The one that reads a layer's result and nothing else does, past those that compute nothing. */
static const struct node *sole_reader(const struct deciding *d, const struct node *node)
{
    for (;;) {
        if (node->reader_count != 1 || node->is_output)
            return NULL;
        const struct node *reader = d->readers[node->id];
        if (!is_nothing(reader->kind) && !is_folded(d, reader))
            return reader;
        node = reader;
    }
}

/* Bounds of the result of a RELU, RELU6 or CLIP, as integers. */
static void set_bounds(struct node_type *type, const struct node *clamp)
{
    const struct layer_args *args = &clamp->args;
    const float low = clamp->kind == LAYER_CLIP ? (float)(args->a < args->b ? args->a : args->b) : 0.0f;
    const float high = clamp->kind == LAYER_CLIP ? (float)args->b : 6.0f;
    type->low = meaning_round(type->meaning, low);
    type->high = clamp->kind == LAYER_RELU ? 127 : meaning_round(type->meaning, high);
}

/* The layer computes in integers, and its result has the tensors' meaning, or that of the RELU behind it. False: there
 * is neither. */
static bool take_meaning(const struct deciding *d, const struct node *node)
{
    struct node_type *type = type_of(d, node);
    const struct node *clamp = node;
    if (!tensors_have_meaning(d->types, node)) {
        clamp = sole_reader(d, node);
        if (!clamp || !type_is_bounds(clamp->kind) || !tensors_have_meaning(d->types, clamp))
            return false;
    }
    type->computes = COMPUTES_INTEGERS;
    type->integers = true;
    type->meaning = tensors_meaning(d->types, clamp);
    if (clamp == node)
        return true;
    type->bounds = clamp;
    set_bounds(type, clamp);
    struct node_type *bounds = type_of(d, clamp);
    bounds->computes = COMPUTES_BOUNDS;
    bounds->source = node;
    bounds->integers = true;
    bounds->meaning = type->meaning;
    bounds->low = type->low;
    bounds->high = type->high;
    return true;
}

/* The result keeps the input's meaning unless it has one of its own. */
static void keep_meaning(const struct deciding *d, const struct node *node)
{
    struct node_type *type = type_of(d, node);
    type->computes = COMPUTES_INTEGERS;
    type->integers = true;
    type->meaning = tensors_have_meaning(d->types, node) ? tensors_meaning(d->types, node)
                                                         : type_of(d, node->inputs[0])->meaning;
}

static void compute_nothing(const struct deciding *d, const struct node *node)
{
    const struct node_type *in = type_of(d, node->inputs[0]);
    struct node_type *type = type_of(d, node);
    type->computes = COMPUTES_NOTHING;
    type->integers = in->integers;
    type->meaning = in->meaning;
    type->source = source_of(d, node->inputs[0]);
}

static void compute_floats(const struct deciding *d, const struct node *node)
{
    struct node_type *type = type_of(d, node);
    type->computes = COMPUTES_FLOATS;
    type->integers = tensors_have_meaning(d->types, node);
    if (type->integers)
        type->meaning = tensors_meaning(d->types, node);
}

static void decide_linear(struct deciding *d, const struct node *node)
{
    if (!all_integers(d, node))
        d->failed |= !tensors_report_float_input(d->diag, d->types, node);
    else if (!take_meaning(d, node))
        d->failed |= !tensors_report_no_meaning(d->diag, d->types, node);
    else
        d->failed |= !tensors_check_linear(d->arena, d->diag, d->types, node);
}

/* A softmax in integers has one meaning: it is the format's. */
static bool is_integer_softmax(const struct deciding *d, const struct node *node)
{
    const struct meaning wanted = {1.0f / 256, -128, false};
    return node->kind == LAYER_SOFTMAX && !d->types->even && all_integers(d, node) &&
           tensors_have_meaning(d->types, node) && meaning_equal(tensors_meaning(d->types, node), wanted);
}

static bool merges_pairs(const struct node *node)
{
    return (node->kind == LAYER_ADD || node->kind == LAYER_SUB || node->kind == LAYER_MUL) && node->input_count == 2;
}

static bool joins(const struct node *node)
{
    return node->kind == LAYER_CONCAT || node->kind == LAYER_MAX;
}

static bool covers_map(const struct node *node)
{
    const struct layer_args *args = &node->args;
    const struct shape in = node->inputs[0]->shape, out = node->shape;
    const bool same = args->window.h == in.h && args->window.w == in.w && args->pad.top == 0 && args->pad.left == 0;
    return out.h == 1 && out.w == 1 && (args->adaptive || args->window.h == 0 || same);
}

/* What ONNX defines as the floats that integers mean. A mean over the whole map is a sum of products there, if its
 * result has a scale. */
static bool wants_floats(const struct deciding *d, const struct node *node)
{
    const bool mean = is_pool(node->kind) && node->args.pool == POOL_KIND_AVG;
    if (mean && covers_map(node) && node->inputs[0]->shape.h * node->inputs[0]->shape.w > INT32_MAX / 255)
        return true; /* its sum might not fit */
    return d->types->even &&
           (merges_pairs(node) || (mean && !(covers_map(node) && tensors_have_meaning(d->types, node))));
}

/* Is the number what an integer means? */
static bool on_grid(struct meaning meaning, double x)
{
    const int32_t nearest = meaning_round(meaning, (float)x);
    return (float)((double)meaning.scale * (nearest - meaning.zero)) == (float)x;
}

/* Is there nothing between the bound and the last integer on its side? */
static bool bounds_grid(struct meaning meaning, double x, int32_t last)
{
    const double end = (double)meaning.scale * (last - meaning.zero);
    return on_grid(meaning, x) || (last > 0 ? x >= end : x <= end);
}

/* In ONNX the bounds of a RELU6 or CLIP, and what a PAD adds, are as they are written unless the result is quantised:
 * where no integer means them, the layer computes in floats. */
static bool leaves_grid(const struct deciding *d, const struct node *node)
{
    const struct meaning in = type_of(d, node->inputs[0])->meaning;
    const struct layer_args *args = &node->args;
    if (!d->types->even || tensors_have_meaning(d->types, node))
        return false;
    switch (node->kind) {
    case LAYER_RELU6: return !bounds_grid(in, 6, 127);
    case LAYER_CLIP: return !bounds_grid(in, args->a, -128) || !bounds_grid(in, args->b, 127);
    case LAYER_PAD: return !on_grid(in, args->value);
    default: return false;
    }
}

static void decide(struct deciding *d, const struct node *node)
{
    struct node_type *type = type_of(d, node);
    const bool integers = all_integers(d, node) && !wants_floats(d, node) && !leaves_grid(d, node),
               own = tensors_have_meaning(d->types, node);
    if (type->computes == COMPUTES_BOUNDS)
        return;
    if (node->kind == LAYER_INPUT && own) {
        type->computes = COMPUTES_INTEGERS;
        type->integers = true;
        type->meaning = tensors_meaning(d->types, node);
    } else if (is_nothing(node->kind) || (is_folded(d, node) && integers)) {
        compute_nothing(d, node);
    } else if (type_is_linear(node->kind) && tensors_have_integers(d->arena, d->types, node)) {
        decide_linear(d, node);
    } else if (integers &&
               (type_keeps_meaning(node) || (node->input_count == 1 && (joins(node) || merges_pairs(node))))) {
        keep_meaning(d, node);
    } else if (integers && type_is_bounds(node->kind)) {
        keep_meaning(d, node);
    } else if (integers && own && (type_has_table(node) || is_integer_softmax(d, node))) {
        keep_meaning(d, node);
    } else if (integers && joins(node) && (own || same_inputs(d, node))) {
        keep_meaning(d, node);
    } else if (integers && merges_pairs(node) && take_meaning(d, node)) {
        d->failed |= !tensors_check_merge(d->arena, d->diag, d->types, node);
    } else {
        compute_floats(d, node);
        d->failed |= !tensors_check_floats(d->diag, d->types, node);
    }
}

/* ---- all layers ---- */

static struct node **find_readers(struct arena *arena, const struct graph *graph)
{
    struct node **readers = ARENA_ARRAY(arena, struct node *, graph->nodes.count + 1);
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->input_count; k++)
            readers[graph->nodes.items[i]->inputs[k]->id] = graph->nodes.items[i];
    return readers;
}

bool types_end_in_integers(const struct types *types)
{
    const struct graph *graph = types->graph;
    for (size_t i = 0; i < graph->inputs.count; i++)
        if (graph->inputs.items[i]->args.type != ELEMENT_S8)
            return false;
    return graph->inputs.count > 0;
}

struct types *types_find(struct arena *arena, struct diag *diag, const struct graph *graph,
                         const struct weights *weights, const char *path)
{
    struct types *types = ARENA_NEW(arena, struct types);
    *types = (struct types){graph, weights, path, false, ARENA_ARRAY(arena, struct node_type, graph->nodes.count + 1)};
    struct deciding d = {arena, diag, types, find_readers(arena, graph), false};
    for (size_t i = 0; i < graph->nodes.count; i++) {
        types->nodes[i].low = -128;
        types->nodes[i].high = 127;
        types->nodes[i].label = type_label(arena, graph->nodes.items[i]);
    }
    d.failed = !tensors_check(arena, diag, types);
    for (size_t i = 0; i < graph->nodes.count && !d.failed; i++)
        decide(&d, graph->nodes.items[i]);
    return d.failed ? NULL : types;
}

const char *type_label(struct arena *arena, const struct node *node)
{
    const struct weight *weight = node->shares ? NULL : node_weight(node, ROLE_WEIGHT);
    const size_t tail = sizeof ".weight" - 1, length = weight ? strlen(weight->name) : 0;
    if (length > tail && strcmp(weight->name + length - tail, ".weight") == 0)
        return arena_copy(arena, weight->name, length - tail);
    return node->name;
}
