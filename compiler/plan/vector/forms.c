/* Values in the form in which a kernel wants them: blocked, planar, or planar with a halo. A conversion is a step of
 * the operation that asks first; the others find the tensor made. */
#include "plan/vector/vector.h"

static struct tensor *new_blocked(struct planning *v, const struct value *value)
{
    struct vector_value *form = &v->values[value->id];
    form->tensor = plan_tensor(v->plan, value, value_blocked(value, VECTOR_BLOCK, &form->halo));
    return form->tensor;
}

struct tensor *vector_result(struct planning *v, const struct op *op)
{
    struct vector_value *form = &v->values[op->output->id];
    form->result = form->tensor ? form->tensor : new_blocked(v, op->output);
    return form->result;
}

/* A step that only changes the layout. */
static void convert(struct planning *v, const struct op *op, const char *family, struct tensor *from, struct tensor *to)
{
    struct kernel *kernel = vector_kernel(v, "vector/convert.m4", family);
    kernel_numbers(kernel, {"CHANNELS", from->shape.c}, {"IN_BLOCK", from->layout.block});
    vector_describe_operand(kernel, from, "IN");
    kernel_number(kernel, "OUT_BLOCK", to->layout.block);
    vector_describe_result(kernel, to);
    plan_transform(v->plan, op, kernel, from, to);
}

struct tensor *vector_blocked(struct planning *v, const struct op *op, const struct value *value)
{
    struct vector_value *form = &v->values[value->id];
    if (!form->tensor) {
        struct tensor *from = v->plan->planar[value->id];
        convert(v, op, "block", from, new_blocked(v, value));
    }
    return form->tensor;
}

struct tensor *vector_planar(struct planning *v, const struct op *op, const struct value *value)
{
    struct tensor **slot = &v->plan->planar[value->id];
    if (*slot)
        return *slot;
    struct tensor *from = v->values[value->id].tensor;
    struct tensor_layout layout = value_planar(value, NULL);
    if (value->shape.h == 1 && value->shape.w == 1 && !layout_has_halo(&from->layout)) {
        *slot = plan_part(v->plan, from, 0, value->shape, layout); /* one pixel lies the same way in both forms */
    } else {
        *slot = plan_tensor(v->plan, value, layout);
        convert(v, op, "unblock", from, *slot);
    }
    return *slot;
}

struct tensor *vector_haloed(struct planning *v, const struct op *op, const struct value *value)
{
    struct vector_value *form = &v->values[value->id];
    struct tensor *planar = vector_planar(v, op, value);
    if (padding_is_zero(form->planar_halo))
        return planar;
    if (!form->haloed) {
        form->haloed = plan_tensor(v->plan, value, value_planar(value, &form->planar_halo));
        convert(v, op, "border", planar, form->haloed);
    }
    return form->haloed;
}
