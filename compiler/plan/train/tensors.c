/* Tensors of sixteen images: which values share one, how wide their borders are, where they lie. */
#include "plan/assign.h"
#include "plan/train/train_plan.h"

static bool is_reshape(const struct op *op)
{
    return op->kind == OP_RESHAPE || (op->kind == OP_GRADIENT && op->of->kind == OP_RESHAPE);
}

/* Are the numbers read after operation `id`, as this value or as another shape of it? */
static bool read_after(const struct value *value, int id)
{
    for (size_t i = 0; i < value->readers.count; i++) {
        const struct op *reader = value->readers.items[i];
        if (reader->id > id || (is_reshape(reader) && read_after(reader->output, id)))
            return true;
    }
    return false;
}

/* Does the operation read the value, once, and nothing read it later? Then its result may lie there. */
static bool reads_last(const struct value *value, const struct op *op)
{
    const struct value *origin = value;
    size_t uses = 0;
    while (is_reshape(origin->producer))
        origin = origin->producer->inputs.items[0];
    for (size_t i = 0; i < value->readers.count; i++)
        uses += value->readers.items[i] == op;
    return uses == 1 && !read_after(origin, op->id);
}

/* Of two tensors of one shape, or sums and products of more. */
static bool is_plain_merge(const struct op *op)
{
    if (op->kind != OP_BINARY || (op->binary != BINARY_ADD && op->binary != BINARY_MUL))
        return false;
    for (size_t i = 0; i < op->inputs.count; i++)
        if (!shape_equal(op->inputs.items[i]->shape, op->output->shape))
            return false;
    return true;
}

/* Which operand the result of an operation may overwrite, or NULL: operations on each number by itself, and those that
 * add to a sum of gradients. */
static const struct value *overwritten(const struct op *op)
{
    const struct op *of = op->of;
    if (op->kind == OP_GRADIENT && op->residual)
        return reads_last(op->residual, op) ? op->residual : NULL;
    bool gradient = op->kind == OP_GRADIENT &&
                    (of->kind == OP_UNARY || of->kind == OP_DROPOUT || of->kind == OP_AFFINE ||
                     (of->kind == OP_BINARY && of->binary == BINARY_SUB));
    bool sloped = function_is_sloped(op->kind == OP_UNARY ? &op->function : gradient ? &of->function : NULL);
    bool each = op->kind == OP_UNARY || op->kind == OP_DROPOUT || gradient || is_plain_merge(op);
    each = each && !(sloped && (op->kind == OP_UNARY || of->kind == OP_UNARY));
    for (size_t i = 0; each && i < (gradient ? 1 : op->inputs.count); i++) {
        const struct value *operand = op->inputs.items[i];
        if (shape_equal(operand->shape, op->output->shape) && reads_last(operand, op))
            return operand;
    }
    return NULL;
}

static struct lanes *new_tensor(struct train_plan *plan, const char *name, struct shape shape)
{
    struct lanes *tensor = ARENA_NEW(plan->arena, struct lanes);
    tensor->id = (int)plan->tensors.count;
    tensor->name = name;
    tensor->shape = shape;
    tensor->step = plan->lanes;
    tensor->root = tensor;
    tensor->first = tensor->last = -1;
    VEC_PUSH(plan->arena, &plan->tensors, tensor);
    return tensor;
}

static void widen(struct lanes *tensor, struct padding halo)
{
    tensor->left = halo.left > tensor->left ? halo.left : tensor->left;
    tensor->right = halo.right > tensor->right ? halo.right : tensor->right;
    tensor->spread = true;
}

static void lay_out(struct lanes *tensor)
{
    tensor->row = (tensor->left + tensor->shape.w + tensor->right) * tensor->step;
    int64_t lines = tensor->shape.h * tensor->row / tensor->step;
    /* Maps that are a multiple of a large power of two apart share few places of a cache: at five lines beyond a
     * multiple of eight, as many as fit. */
    if (tensor->spread && tensor->shape.c >= 4 && lines >= 16)
        lines += (5 + 8 - lines % 8) % 8;
    tensor->plane = lines * tensor->step;
    tensor->start = tensor->left * tensor->step;
    tensor->bytes = plan_aligned(tensor->shape.c * tensor->plane * element_bytes(ELEMENT_F32));
}

struct lanes *train_scratch(struct train_plan *plan, const char *name, struct shape shape)
{
    struct lanes *tensor = new_tensor(plan, name, shape);
    lay_out(tensor);
    return tensor;
}

static const char *name_of(struct train_plan *plan, const struct op *op)
{
    const char *name = op->node->name;
    if (op->kind == OP_LOSS || op->of)
        return arena_printf(plan->arena, "d_%s", name);
    return name;
}

static bool is_dense(const struct lanes *tensor)
{
    return tensor->plane == tensor->shape.h * tensor->shape.w * tensor->step;
}

void train_tensors(struct train_plan *plan)
{
    const struct op_list *list = plan->training->list;
    plan->of_value = ARENA_ARRAY(plan->arena, struct lanes *, list->values.count + 1);
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (!op->output)
            continue;
        const struct value *operand = overwritten(op);
        plan->of_value[op->output->id] = operand ? plan->of_value[operand->id]
                                                 : new_tensor(plan, name_of(plan, op), op->output->shape);
    }
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        const struct op *linear = op->kind == OP_GRADIENT ? op->of : op;
        if (op->inputs.count && (linear->kind == OP_CONVOLUTION || linear->kind == OP_TRANSPOSED))
            widen(plan->of_value[op->inputs.items[0]->id], train_linear_halo(op));
        if (op->kind != OP_WEIGHT_GRADIENT || (op->of->kind != OP_CONVOLUTION && op->of->kind != OP_TRANSPOSED))
            continue;
        size_t wide = op->of->kind == OP_TRANSPOSED ? 1 : 0; /* the operand that windows slide over */
        widen(plan->of_value[op->inputs.items[wide]->id], train_linear_halo(op));
    }
    for (size_t i = 0; i < plan->tensors.count; i++)
        lay_out(plan->tensors.items[i]);
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (!op->output || !is_reshape(op))
            continue;
        struct lanes *from = plan->of_value[op->inputs.items[0]->id], *to = plan->of_value[op->output->id];
        if (is_dense(from) && is_dense(to) && to->root == to)
            to->root = from->root;
    }
}

/* Offsets of the tensors that are local, or of the others; bytes of all of them. */
static int64_t assign(struct train_plan *plan, bool local)
{
    struct interval *intervals = ARENA_ARRAY(plan->arena, struct interval, plan->tensors.count + 1);
    struct lanes **owners = ARENA_ARRAY(plan->arena, struct lanes *, plan->tensors.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < plan->tensors.count; i++) {
        struct lanes *tensor = plan->tensors.items[i];
        if (tensor->root != tensor || tensor->first < 0)
            continue;
        tensor->local = plan->steps.items[tensor->first]->phase == plan->steps.items[tensor->last]->phase;
        if (tensor->local != local)
            continue;
        intervals[count] = (struct interval){tensor->bytes, tensor->first, tensor->last, 0};
        owners[count++] = tensor;
    }
    int64_t bytes = memory_assign(plan->arena, intervals, count);
    for (size_t i = 0; i < count; i++)
        owners[i]->offset = intervals[i].offset;
    return bytes;
}

void train_memory(struct train_plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++)
        for (size_t k = 0; k < plan->steps.items[i]->arguments.count; k++) {
            const struct train_argument *argument = &plan->steps.items[i]->arguments.items[k];
            if (argument->kind != TRAIN_TENSOR)
                continue;
            struct lanes *root = argument->tensor->root;
            root->first = root->first < 0 ? (int)i : root->first;
            root->last = (int)i;
        }
    plan->block_bytes = assign(plan, false);
    plan->local_bytes = assign(plan, true);
}
