/* Matrices whose rows become columns: conversions between layouts, and TRANSPOSE of planar tensors. */
#include "plan/portable/portable.h"
#include "plan/vector/vector.h"

struct step *vector_transpose_step(struct planning *v, const struct op *op, const char *family,
                                   const struct vector_matrices *m, struct tensor *from, struct tensor *to)
{
    enum { NUMBERS_A_CYCLE = 2 };
    struct kernel *kernel = vector_kernel(v, "vector/transpose.m4", family);
    kernel_numbers(kernel, {"MAPS_0", m->maps[0]}, {"MAPS_1", m->maps[1]}, {"FROM_0", m->from[0]},
                   {"FROM_1", m->from[1]}, {"TO_0", m->to[0]}, {"TO_1", m->to[1]}, {"FROM_START", m->from_start},
                   {"TO_START", m->to_start}, {"ROWS", m->rows}, {"LAST_ROWS", m->last_rows}, {"COLUMNS", m->columns},
                   {"LAST_COLUMNS", m->last_columns}, {"FROM_STEP", m->from_step}, {"TO_STEP", m->to_step},
                   {"FILL", m->filled});
    vector_describe_result(kernel, to);
    vector_share(v, kernel, (double)shape_elements(from->shape) / NUMBERS_A_CYCLE, false);
    return plan_transform(v->plan, op, kernel, from, to);
}

/* The axis that is innermost in the operand, w, comes second in a matrix's place; the result's innermost comes from
 * `across`; the third axis counts matrices. */
bool vector_transpose(struct planning *v, const struct op *op)
{
    struct tensor *from = vector_planar(v, op, op->inputs.items[0]);
    struct tensor *out = portable_output(v->plan, op);
    struct shape in = from->shape, shape = out->shape;
    const int64_t size[] = {[AXIS_C] = in.c, [AXIS_H] = in.h, [AXIS_W] = in.w};
    const int64_t from_step[] = {[AXIS_C] = in.h * in.w, [AXIS_H] = in.w, [AXIS_W] = 1};
    int64_t to_step[] = {[AXIS_C] = 0, [AXIS_H] = 0, [AXIS_W] = 0};
    to_step[op->axes[0]] = shape.w;
    to_step[op->axes[1]] = 1;
    to_step[op->axes[2]] = shape.h * shape.w;
    enum axis across = op->axes[1];
    if (across == AXIS_W) /* rows stay whole */
        return portable_transpose(v->plan, op);
    enum axis other = across == AXIS_C ? AXIS_H : AXIS_C;
    struct vector_matrices m = {.maps = {size[other], 1},
                                .from = {from_step[other], 0},
                                .to = {to_step[other], 0},
                                .rows = size[across],
                                .last_rows = size[across],
                                .columns = in.w,
                                .last_columns = in.w,
                                .from_step = from_step[across],
                                .to_step = to_step[AXIS_W]};
    vector_transpose_step(v, op, "transpose", &m, from, out);
    return true;
}

/* Are the numbers in the same order in both of the caller's layouts? */
static bool chw_is_hwc(struct shape shape)
{
    return shape.c == 1 || (shape.h == 1 && shape.w == 1);
}

static void plan_pixels(struct planning *v, const struct op *op, struct tensor *from, struct tensor *to)
{
    struct kernel *kernel = vector_kernel(v, "vector/pixels.m4", "pixels");
    vector_describe_operand(kernel, from, "IN");
    kernel_numbers(kernel, {"IN_H", from->shape.h}, {"IN_W", from->shape.w}, {"CHANNELS", from->shape.c},
                   {"BLOCKS", vector_blocks(from->shape.c)});
    plan_transform(v->plan, op, kernel, from, to);
}

/* Blocks without a form in planes go to the caller directly. */
bool vector_output(struct planning *v, const struct op *op)
{
    const struct value *value = op->inputs.items[0];
    struct shape shape = value->shape;
    struct tensor *blocked = v->values[value->id].tensor;
    if (op->layout != LAYOUT_HWC || chw_is_hwc(shape) || op->caller_type != ELEMENT_F32) {
        vector_planar(v, op, value);
        return portable_output_op(v->plan, op);
    }
    struct tensor *to = plan_tensor(v->plan, value, layout_planar(op->caller_type, shape, NULL));
    to->place = PLACE_OUTPUT;
    to->index = op->index;
    if (v->values[value->id].blocked && blocked) {
        plan_pixels(v, op, blocked, to);
        return true;
    }
    int64_t pixels = shape.h * shape.w;
    struct vector_matrices m = {.maps = {1, 1},
                                .rows = shape.c,
                                .last_rows = shape.c,
                                .columns = pixels,
                                .last_columns = pixels,
                                .from_step = pixels,
                                .to_step = shape.c};
    vector_transpose_step(v, op, "store", &m, vector_planar(v, op, value), to);
    return true;
}
