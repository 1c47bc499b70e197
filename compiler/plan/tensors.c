/* Tensors of a plan, and parts of them. */
#include "plan/build.h"

struct tensor_layout value_planar(const struct value *value, const struct padding *halo)
{
    return layout_batch(layout_planar(value->type, value->shape, halo), value->batch);
}

struct tensor_layout value_blocked(const struct value *value, int64_t block, const struct padding *halo)
{
    return layout_batch(layout_blocked(value->type, block, value->shape, halo), value->batch);
}

static struct tensor *new_tensor(struct plan *plan, struct shape shape, struct tensor_layout layout)
{
    struct tensor *tensor = ARENA_NEW(plan->arena, struct tensor);
    tensor->id = (int)plan->tensors.count;
    tensor->shape = shape;
    tensor->layout = layout;
    tensor->first_write = tensor->last_read = -1;
    VEC_PUSH(plan->arena, &plan->tensors, tensor);
    return tensor;
}

struct tensor *tensor_root(const struct tensor *tensor, int64_t *offset)
{
    int64_t bytes = 0;
    for (; tensor->parent; tensor = tensor->parent)
        bytes += tensor->offset;
    if (offset)
        *offset = bytes;
    return (struct tensor *)tensor;
}

struct tensor *plan_tensor(struct plan *plan, const struct value *value, struct tensor_layout layout)
{
    struct tensor *tensor = new_tensor(plan, value->shape, layout);
    tensor->value = value;
    tensor->name = value->node->name;
    return tensor;
}

struct tensor *plan_constant(struct plan *plan, const struct value *value, struct tensor_layout layout)
{
    const struct op *op = value->producer;
    struct tensor *tensor = plan_tensor(plan, value, layout);
    struct pack *pack = plan_pack(plan, op, op->node, PACK_CONSTANT, layout.block, layout.count);
    pack->tensor = tensor;
    tensor->place = PLACE_WEIGHTS;
    tensor->pack = pack;
    return tensor;
}

struct tensor *plan_part(struct plan *plan, struct tensor *parent, int64_t bytes, struct shape shape,
                         struct tensor_layout layout)
{
    struct tensor *tensor = new_tensor(plan, shape, layout);
    tensor->value = parent->value;
    tensor->name = parent->name;
    tensor->parent = tensor->whole = parent;
    tensor->offset = tensor->whole_offset = bytes;
    return tensor;
}
