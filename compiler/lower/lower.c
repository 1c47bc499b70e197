/* Layers become operations: the only place behind the graph that reads a layer's arguments. Whatever kernels need of
 * them is in struct op from here on. Which function lowers which layer is a column of layers.def. */
#include "lower/ops.h"

/* Makes the operation of op->node; `which` is the column's second entry. False: the layer does nothing at inference,
 * and its result is its input. */
typedef bool lowering(struct op *op, int which);

static struct window window_of(const struct layer_args *args)
{
    return (struct window){args->window, args->stride, args->dilation, args->pad};
}

/* ---- one function a family ---- */

static bool lower_nothing(struct op *op, int which)
{
    (void)op, (void)which;
    return false;
}

/* An operation that needs nothing but its operands and weights. */
static bool lower_plain(struct op *op, int which)
{
    op->kind = (enum op_kind)which;
    return true;
}

static bool lower_dropout(struct op *op, int which)
{
    op->rate = op->node->args.rate;
    return lower_plain(op, which);
}

static bool lower_input(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->layout = args->layout;
    op->caller_type = args->type;
    op->mean = args->mean;
    op->scale = args->scale;
    return lower_plain(op, which);
}

static bool lower_const(struct op *op, int which)
{
    static const enum axis as_written[] = {AXIS_H, AXIS_W, AXIS_C};
    for (int i = 0; i < 3; i++)
        op->axes[i] = as_written[i];
    return lower_plain(op, which);
}

static bool lower_convolution(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->window = window_of(args);
    op->groups = args->groups;
    op->bias = args->bias;
    op->connect = args->connect;
    return lower_plain(op, which);
}

static bool lower_dense(struct op *op, int which)
{
    op->groups = 1;
    op->bias = op->node->args.bias;
    return lower_plain(op, which);
}

/* One window that is the whole map, all of whose pixels are real; a global pool's window has no size. */
static bool pools_whole_map(const struct node *node)
{
    const struct layer_args *args = &node->args;
    struct shape in = node->inputs[0]->shape, out = node->shape;
    if (out.h != 1 || out.w != 1 || args->pool == POOL_KIND_GAUSS)
        return false;
    bool covers = args->window.h == in.h && args->window.w == in.w && args->pad.top == 0 && args->pad.left == 0;
    return args->adaptive || args->window.h == 0 || covers;
}

static bool lower_pool(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->window = window_of(args);
    op->pool = (struct pooling){.kind = args->pool,
                                .whole = pools_whole_map(op->node),
                                .adaptive = args->adaptive,
                                .count_pad = args->count_pad,
                                .affine = args->affine};
    return lower_plain(op, which);
}

static bool lower_function(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->function = (struct function){.kind = (enum function_kind)which, .node = op->node};
    if (function_table[which].arguments > 0)
        op->function.a = args->a;
    if (function_table[which].arguments > 1)
        op->function.b = args->b;
    return lower_plain(op, OP_UNARY);
}

static bool lower_tanh(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    return lower_function(op, args->a == 1 && args->b == 1 ? which : FUNCTION_SCALED_TANH);
}

/* A lower limit above the upper one never holds: the upper one is applied last. */
static bool lower_clip(struct op *op, int which)
{
    lower_function(op, which);
    if (op->function.a > op->function.b)
        op->function.a = op->function.b;
    return true;
}

/* Powers that have functions of their own. */
static bool lower_power(struct op *op, int which)
{
    static const struct {
        double exponent;
        enum function_kind function;
    } powers[] = {{2, FUNCTION_SQUARE}, {0.5, FUNCTION_SQRT}, {-0.5, FUNCTION_RSQRT}, {-1, FUNCTION_RECIPROCAL}};
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++)
        if (op->node->args.a == powers[i].exponent)
            which = (int)powers[i].function;
    return lower_function(op, which);
}

static bool lower_gelu(struct op *op, int which)
{
    return lower_function(op, op->node->args.tanh_gelu ? FUNCTION_GELU_TANH : which);
}

static bool lower_binary(struct op *op, int which)
{
    op->binary = (enum binary_kind)which;
    return lower_plain(op, OP_BINARY);
}

/* A sum, and each branch's share of it. */
static bool lower_mean(struct op *op, int which)
{
    op->function =
        (struct function){.kind = FUNCTION_TIMES, .a = 1.0 / (double)op->node->input_count, .node = op->node};
    op->activation = &op->function;
    return lower_binary(op, which);
}

static bool lower_affine(struct op *op, int which)
{
    op->epsilon = op->node->args.eps;
    return lower_plain(op, which);
}

static bool lower_norm(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->norm = (struct normalisation){args->per_pixel ? NORM_PIXEL : (enum norm_over)which, args->eps};
    op->groups = which == NORM_MAPS ? op->map.c : which == NORM_GROUPS ? args->groups : 1;
    return lower_plain(op, OP_NORMALISE);
}

static bool lower_lrn(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->lrn = (struct local_normalisation){args->size, args->alpha, args->beta, args->k};
    return lower_plain(op, which);
}

static bool lower_softmax(struct op *op, int logarithm)
{
    op->logarithm = logarithm;
    return lower_plain(op, OP_SOFTMAX);
}

/* The result has as many numbers along each axis as there are windows. */
static bool lower_reduce(struct op *op, int which)
{
    struct shape in = op->node->inputs[0]->shape;
    op->reduction = (struct reduction){op->node->args.reducing, in.c / op->map.c, in.h / op->map.h, in.w / op->map.w};
    return lower_plain(op, which);
}

static bool lower_maxout(struct op *op, int which)
{
    return lower_reduce(op, which);
}

static bool lower_slice(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    switch (args->axis) {
    case AXIS_C: op->origin.c = args->from; break;
    case AXIS_H: op->origin.y = args->from; break;
    case AXIS_W: op->origin.x = args->from; break;
    }
    return lower_plain(op, which);
}

static bool lower_crop(struct op *op, int which)
{
    const struct padding *edges = &op->node->args.pad;
    op->origin = (struct place3){0, edges->top, edges->left};
    return lower_plain(op, which);
}

static bool lower_pad(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->origin = (struct place3){args->pad_c_front, args->pad.top, args->pad.left};
    op->padding = args->value;
    return lower_plain(op, which);
}

static bool lower_transpose(struct op *op, int which)
{
    for (int i = 0; i < 3; i++)
        op->axes[i] = op->node->args.axes[i];
    return lower_plain(op, which);
}

static bool lower_shuffle(struct op *op, int which)
{
    op->groups = op->node->args.groups;
    return lower_plain(op, which);
}

static bool lower_upsample(struct op *op, int which)
{
    const struct layer_args *args = &op->node->args;
    op->resize = (struct resizing){args->factor, args->mode, args->align};
    return lower_plain(op, which);
}

/* ---- all layers ---- */

static const struct {
    lowering *lower;
    int which;
} rows[LAYER_COUNT] = {
#define OPERATION(lowering, which)                                                                                     \
    {                                                                                                                  \
        lower_##lowering, which                                                                                        \
    }
#define LAYER(keyword, family, arguments, text, shape, operation, ...) [LAYER_##keyword] = operation,
#include "layers.def"
#undef LAYER
#define MERGE(keyword, text, shape, operation, ...) [LAYER_##keyword] = operation,
#include "merges.def"
#undef MERGE
#undef OPERATION
};

static void add_outputs(struct op_list *list, struct value **of_node)
{
    const struct graph *graph = list->graph;
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct output_tensor *output = &graph->outputs.items[i];
        struct op *op = op_list_add(list, OP_OUTPUT, output->node);
        op->index = (int)i;
        op->layout = output->layout;
        op->caller_type = output->node->element == ELEMENT_S32 ? ELEMENT_S32 : ELEMENT_F32;
        op_list_add_input(list, op, of_node[output->node->id]);
    }
}

static struct op_list *lower_graph(struct arena *arena, const struct graph *graph, bool training)
{
    struct op_list *list = ARENA_NEW(arena, struct op_list);
    list->arena = arena;
    list->graph = graph;
    struct value **of_node = ARENA_ARRAY(arena, struct value *, graph->nodes.count + 1);
    int inputs = 0;
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        struct op *op = op_list_add(list, OP_INPUT, node);
        bool computes = rows[node->kind].lower(op, rows[node->kind].which);
        if (!computes || (op->kind == OP_DROPOUT && !training)) {
            list->ops.count--; /* of the last one, which nothing knows yet */
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

struct op_list *lower(struct arena *arena, const struct graph *graph)
{
    return lower_graph(arena, graph, false);
}

struct op_list *lower_for_training(struct arena *arena, const struct graph *graph)
{
    return lower_graph(arena, graph, true);
}
