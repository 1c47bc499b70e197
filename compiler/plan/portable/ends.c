/* Where numbers come from and where they go: the caller's inputs and outputs. */
#include "plan/portable/portable.h"

/* Are the numbers in the same order in both layouts? */
static bool chw_is_hwc(struct shape shape)
{
    return shape.c == 1 || (shape.h == 1 && shape.w == 1);
}

bool portable_input_op(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    struct tensor *raw = plan_tensor(plan, op->output, layout_planar(op->caller_type, shape, NULL));
    raw->place = PLACE_INPUT;
    raw->index = op->index;
    bool hwc = op->layout == LAYOUT_HWC && !chw_is_hwc(shape), affine = (op->mean || op->scale) && !op->scale_folded;
    if (!hwc && !affine && op->caller_type == op->output->type) {
        plan->planar[op->output->id] = raw; /* kernels read the caller's image where it is */
        return true;
    }
    struct kernel *kernel = kernel_new(plan, "portable/load.m4", "load");
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w},
                   {"STEP_C", hwc ? 1 : shape.h * shape.w}, {"STEP_PIXEL", hwc ? shape.c : 1}, {"AFFINE", affine});
    kernel_word(kernel, "IN_TYPE", element_c(op->caller_type));
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, raw);
    if (affine)
        step_weights(plan, step, plan_pack(plan, op, op->node, PACK_INPUT, 1, 2 * shape.c));
    step_writes(plan, step, portable_output(plan, op));
    return true;
}

bool portable_output_op(struct plan *plan, const struct op *op)
{
    struct tensor *from = portable_input(plan, op, 0);
    struct shape shape = from->shape;
    struct tensor *to = plan_tensor(plan, op->inputs.items[0], layout_planar(op->caller_type, shape, NULL));
    to->place = PLACE_OUTPUT;
    to->index = op->index;
    bool hwc = op->layout == LAYOUT_HWC && !chw_is_hwc(shape);
    struct portable_move move = portable_move_flat(shape);
    if (hwc)
        move = (struct portable_move){
            {shape.h, shape.w, shape.c}, {shape.w, 1, shape.h * shape.w}, {shape.w * shape.c, shape.c, 1}, 0, 0};
    if (op->caller_type == ELEMENT_S32)
        portable_store_integers(plan, op, move, from, to);
    else
        portable_move(plan, op, "store", move, from, to)->movable = !hwc;
    return true;
}
