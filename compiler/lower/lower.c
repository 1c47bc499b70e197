/* Layers become operations: the only place behind the graph that compares kinds of layers. A layer's arguments end here;
 * what a kernel needs of them is in struct op from now on. */
#include "lower/ops.h"

static struct window window_of(const struct layer_args *args)
{
    return (struct window){args->window, args->stride, args->dilation, args->pad};
}

/* ---- one function a family ---- */

static void lower_convolution(struct op *op, enum op_kind kind)
{
    const struct layer_args *args = &op->node->args;
    op->kind = kind;
    op->window = window_of(args);
    op->groups = args->groups;
    op->bias = args->bias;
    op->connect = args->connect;
}

static void lower_dense(struct op *op)
{
    op->kind = OP_DENSE;
    op->groups = 1;
    op->bias = op->node->args.bias;
}

static enum pool_kind pool_kind_of(const struct node *node)
{
    switch (node->kind) {
    case LAYER_MAXPOOL:
    case LAYER_GMP: return POOL_KIND_MAX;
    case LAYER_AVGPOOL:
    case LAYER_GAP: return POOL_KIND_AVG;
    case LAYER_L2POOL: return POOL_KIND_L2;
    default: return node->args.pool;
    }
}

/* One window that is the whole map, all of whose pixels are real. */
static bool pools_whole_map(const struct node *node)
{
    const struct layer_args *args = &node->args;
    struct shape in = node->inputs[0]->shape, out = node->shape;
    if (out.h != 1 || out.w != 1 || pool_kind_of(node) == POOL_KIND_GAUSS)
        return false;
    return node->kind == LAYER_GAP || node->kind == LAYER_GMP || args->adaptive ||
           (args->window.h == in.h && args->window.w == in.w && args->pad.top == 0 && args->pad.left == 0);
}

static void lower_pool(struct op *op)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_POOL;
    op->window = window_of(args);
    op->window.dilation = (struct pair){1, 1};
    op->pool = (struct pooling){.kind = pool_kind_of(op->node),
                                .whole = pools_whole_map(op->node),
                                .adaptive = args->adaptive,
                                .count_pad = args->count_pad,
                                .affine = args->affine};
}

static void lower_function(struct op *op, enum function_kind kind)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_UNARY;
    op->function = (struct function){.kind = kind, .node = op->node};
    if (function_table[kind].arguments > 0)
        op->function.a = args->a;
    if (function_table[kind].arguments > 1)
        op->function.b = args->b;
}

static void lower_binary(struct op *op, enum binary_kind kind)
{
    op->kind = OP_BINARY;
    op->binary = kind;
}

static void lower_norm(struct op *op)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_NORMALISE;
    op->norm.epsilon = args->eps;
    op->groups = 1;
    if (op->node->kind == LAYER_LN) {
        op->norm.over = args->per_pixel ? NORM_PIXEL : NORM_IMAGE;
    } else {
        op->norm.over = op->node->kind == LAYER_IN ? NORM_MAPS : NORM_GROUPS;
        op->groups = op->node->kind == LAYER_IN ? op->map.c : args->groups;
    }
}

static void lower_lrn(struct op *op)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_LRN;
    op->lrn = (struct local_normalisation){args->size, args->alpha, args->beta, args->k};
}

static void lower_softmax(struct op *op, bool logarithm)
{
    op->kind = OP_SOFTMAX;
    op->logarithm = logarithm;
}

static void lower_slice(struct op *op)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_SLICE;
    if (op->node->kind == LAYER_CROP)
        op->origin = (struct place3){0, args->pad.top, args->pad.left};
    else
        *(args->axis == AXIS_C ? &op->origin.c : args->axis == AXIS_H ? &op->origin.y : &op->origin.x) = args->from;
}

static void lower_pad(struct op *op)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_PAD;
    op->origin = (struct place3){args->pad_c_front, args->pad.top, args->pad.left};
    op->padding = args->value;
}

static void lower_transpose(struct op *op)
{
    op->kind = OP_TRANSPOSE;
    for (int i = 0; i < 3; i++)
        op->axes[i] = op->node->args.axes[i];
}

static void lower_shuffle(struct op *op)
{
    op->kind = OP_SHUFFLE;
    op->groups = op->node->args.groups;
}

static void lower_upsample(struct op *op)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_UPSAMPLE;
    op->resize = (struct resizing){args->factor, args->mode, args->align};
}

static void lower_input(struct op *op)
{
    const struct layer_args *args = &op->node->args;
    op->kind = OP_INPUT;
    op->layout = args->layout;
    op->caller_type = args->type;
    op->mean = args->mean;
    op->scale = args->scale;
}

/* ---- all layers ---- */

/* False: the layer does nothing at inference; its result is its input. */
static bool lower_layer(struct op *op)
{
    const struct node *node = op->node;
    switch (node->kind) {
    case LAYER_INPUT: lower_input(op); break;
    case LAYER_OUTPUT:
    case LAYER_DROPOUT: return false;
    case LAYER_CONV:
    case LAYER_DWCONV: lower_convolution(op, OP_CONVOLUTION); break;
    case LAYER_DECONV: lower_convolution(op, OP_TRANSPOSED); break;
    case LAYER_FC: lower_dense(op); break;
    case LAYER_RBF: op->kind = OP_DISTANCE; break;
    case LAYER_POOL:
    case LAYER_MAXPOOL:
    case LAYER_AVGPOOL:
    case LAYER_L2POOL:
    case LAYER_GAP:
    case LAYER_GMP: lower_pool(op); break;
    case LAYER_RELU: lower_function(op, FUNCTION_RELU); break;
    case LAYER_RELU6: lower_function(op, FUNCTION_RELU6); break;
    case LAYER_LEAKY: lower_function(op, FUNCTION_LEAKY); break;
    case LAYER_PRELU: lower_function(op, FUNCTION_PRELU); break;
    case LAYER_ELU: lower_function(op, FUNCTION_ELU); break;
    case LAYER_SELU: lower_function(op, FUNCTION_SELU); break;
    case LAYER_SIGMOID: lower_function(op, FUNCTION_SIGMOID); break;
    case LAYER_TANH:
        lower_function(op, node->args.a == 1 && node->args.b == 1 ? FUNCTION_TANH : FUNCTION_SCALED_TANH);
        break;
    case LAYER_HARDSIGMOID: lower_function(op, FUNCTION_HARDSIGMOID); break;
    case LAYER_HARDSWISH: lower_function(op, FUNCTION_HARDSWISH); break;
    case LAYER_SILU: lower_function(op, FUNCTION_SILU); break;
    case LAYER_GELU: lower_function(op, node->args.tanh_gelu ? FUNCTION_GELU_TANH : FUNCTION_GELU); break;
    case LAYER_MISH: lower_function(op, FUNCTION_MISH); break;
    case LAYER_SOFTPLUS: lower_function(op, FUNCTION_SOFTPLUS); break;
    case LAYER_SOFTSIGN: lower_function(op, FUNCTION_SOFTSIGN); break;
    case LAYER_ABS: lower_function(op, FUNCTION_ABS); break;
    case LAYER_CLIP: lower_function(op, FUNCTION_CLIP); break;
    case LAYER_SOFTMAX: lower_softmax(op, false); break;
    case LAYER_LOGSOFTMAX: lower_softmax(op, true); break;
    case LAYER_BN:
    case LAYER_SCALE: op->kind = OP_AFFINE; break;
    case LAYER_LN:
    case LAYER_IN:
    case LAYER_GN: lower_norm(op); break;
    case LAYER_LRN: lower_lrn(op); break;
    case LAYER_FLATTEN:
    case LAYER_RESHAPE: op->kind = OP_RESHAPE; break;
    case LAYER_SHUFFLE: lower_shuffle(op); break;
    case LAYER_UPSAMPLE: lower_upsample(op); break;
    case LAYER_PAD: lower_pad(op); break;
    case LAYER_CROP:
    case LAYER_SLICE: lower_slice(op); break;
    case LAYER_TRANSPOSE: lower_transpose(op); break;
    case LAYER_ADD: lower_binary(op, BINARY_ADD); break;
    case LAYER_MUL: lower_binary(op, BINARY_MUL); break;
    case LAYER_MAX: lower_binary(op, BINARY_MAX); break;
    case LAYER_SUB: lower_binary(op, BINARY_SUB); break;
    case LAYER_CONCAT: op->kind = OP_CONCAT; break;
    case LAYER_COUNT: break;
    }
    return true;
}

static void add_outputs(struct op_list *list, struct value **of_node)
{
    const struct graph *graph = list->graph;
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct output_tensor *output = &graph->outputs.items[i];
        struct op *op = op_list_add(list, OP_OUTPUT, output->node);
        op->index = (int)i;
        op->layout = output->layout;
        op->caller_type = ELEMENT_F32;
        op_list_add_input(list, op, of_node[output->node->id]);
    }
}

struct op_list *lower(struct arena *arena, const struct graph *graph)
{
    struct op_list *list = ARENA_NEW(arena, struct op_list);
    list->arena = arena;
    list->graph = graph;
    struct value **of_node = ARENA_ARRAY(arena, struct value *, graph->nodes.count + 1);
    int inputs = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        struct op *op = op_list_add(list, OP_INPUT, node);
        if (!lower_layer(op)) {
            list->ops.count--;
            of_node[node->id] = of_node[node->inputs[0]->id];
            continue;
        }
        if (op->kind == OP_INPUT)
            op->index = inputs++;
        for (size_t k = 0; k < node->input_count; k++)
            op_list_add_input(list, op, of_node[node->inputs[k]->id]);
        of_node[node->id] = op_list_add_output(list, op);
    }
    add_outputs(list, of_node);
    return list;
}
