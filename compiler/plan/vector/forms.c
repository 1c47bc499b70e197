/* Values in the form in which a kernel wants them: blocked, planar, or planar with a halo. A conversion is a step of
 * the operation that asks first; the others find the tensor made. */
#include "plan/vector/integers.h"

static struct tensor *new_blocked(struct planning *v, const struct value *value)
{
    struct vector_value *form = &v->values[value->id];
    const int64_t block = value->type == ELEMENT_S8 ? integer_channels(value->shape.c) : VECTOR_BLOCK;
    form->tensor = plan_tensor(v->plan, value, value_blocked(value, block, &form->halo));
    return form->tensor;
}

struct tensor *vector_result(struct planning *v, const struct op *op)
{
    struct vector_value *form = &v->values[op->output->id];
    form->result = form->tensor ? form->tensor : new_blocked(v, op->output);
    return form->result;
}

/* ---- conversions: channels of a row of pixels are a matrix's rows where the result is blocked, its columns where it
 * is planar ---- */

/* Maps without halo that are narrow are one row of pixels. */
static bool is_one_row(const struct tensor *from, const struct tensor *to)
{
    enum { WIDE = 32 };
    return !layout_has_halo(&from->layout) && !layout_has_halo(&to->layout) && from->shape.w < WIDE;
}

static void convert(struct planning *v, const struct op *op, struct tensor *from, struct tensor *to)
{
    if (from->layout.type == ELEMENT_S8) {
        integer_convert(v, op, from, to);
        return;
    }
    bool to_blocks = to->layout.form == FORM_BLOCKED, one_row = is_one_row(from, to);
    const struct tensor *planar = to_blocks ? from : to, *blocked = to_blocks ? to : from;
    struct shape shape = from->shape;
    int64_t last = shape.c - (vector_blocks(shape.c) - 1) * VECTOR_BLOCK;
    int64_t pixels = one_row ? shape.h * shape.w : shape.w, plane = planar->layout.plane;
    struct vector_matrices m = {.maps = {vector_blocks(shape.c), one_row ? 1 : shape.h},
                                .from = {plane * VECTOR_BLOCK, planar->layout.row},
                                .to = {blocked->layout.plane, blocked->layout.row},
                                .from_start = vector_start(from, 0, 0),
                                .to_start = vector_start(to, 0, 0),
                                .rows = VECTOR_BLOCK,
                                .last_rows = last,
                                .columns = pixels,
                                .last_columns = pixels,
                                .from_step = plane,
                                .to_step = VECTOR_BLOCK,
                                .filled = to_blocks};
    if (!to_blocks) {
        m.from[0] = blocked->layout.plane;
        m.from[1] = blocked->layout.row;
        m.to[0] = plane * VECTOR_BLOCK;
        m.to[1] = planar->layout.row;
        m.rows = m.last_rows = pixels;
        m.columns = VECTOR_BLOCK;
        m.last_columns = last;
        m.from_step = VECTOR_BLOCK;
        m.to_step = plane;
    }
    vector_transpose_step(v, op, to_blocks ? "block" : "unblock", &m, from, to);
}

struct tensor *vector_blocked(struct planning *v, const struct op *op, const struct value *value)
{
    struct vector_value *form = &v->values[value->id];
    if (!form->tensor && value->producer->kind == OP_CONST) {
        form->tensor = plan_constant(v->plan, value, value_blocked(value, VECTOR_BLOCK, &form->halo));
    } else if (!form->tensor) {
        struct tensor *from = v->plan->planar[value->id];
        convert(v, op, from, new_blocked(v, value));
    }
    return form->tensor;
}

struct tensor *vector_planar(struct planning *v, const struct op *op, const struct value *value)
{
    struct tensor **slot = &v->plan->planar[value->id];
    if (!*slot && value->producer->kind == OP_CONST)
        *slot = plan_constant(v->plan, value, value_planar(value, NULL));
    if (*slot)
        return *slot;
    struct tensor *from = v->values[value->id].tensor;
    struct tensor_layout layout = value_planar(value, NULL);
    if (value->shape.h == 1 && value->shape.w == 1 && !layout_has_halo(&from->layout)) {
        *slot = plan_part(v->plan, from, 0, value->shape, layout); /* one pixel lies the same way in both forms */
    } else {
        *slot = plan_tensor(v->plan, value, layout);
        convert(v, op, from, *slot);
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
        struct kernel *kernel = vector_kernel(v, "vector/border.m4", "border");
        kernel_number(kernel, "CHANNELS", value->shape.c);
        vector_describe_operand(kernel, planar, "IN");
        vector_describe_result(kernel, form->haloed);
        plan_transform(v->plan, op, kernel, planar, form->haloed);
    }
    return form->haloed;
}
