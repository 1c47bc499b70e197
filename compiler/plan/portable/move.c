/* Plain C for operations that only move numbers. Every move is one template, copy.m4: three nested loops with a stride
 * on each side. */
#include "plan/portable/portable.h"

/* Makes one loop of the loops `outer` and `outer` + 1 if one step width does for both. */
static void merge_loops(struct portable_move *move, int outer)
{
    int inner = outer + 1;
    bool outer_runs_once = move->count[outer] == 1, inner_runs_once = move->count[inner] == 1;
    bool adjoin = move->from_step[outer] == move->from_step[inner] * move->count[inner] &&
                  move->to_step[outer] == move->to_step[inner] * move->count[inner];
    if (!outer_runs_once && !inner_runs_once && !adjoin)
        return;
    if (inner_runs_once) {
        move->from_step[inner] = move->from_step[outer];
        move->to_step[inner] = move->to_step[outer];
    }
    move->count[inner] *= move->count[outer];
    for (int i = outer; i > 0; i--) { /* the loops outside of it move inwards */
        move->count[i] = move->count[i - 1];
        move->from_step[i] = move->from_step[i - 1];
        move->to_step[i] = move->to_step[i - 1];
    }
    move->count[0] = 1;
}

static struct portable_move simplify(struct portable_move move)
{
    merge_loops(&move, 1);
    merge_loops(&move, 1);
    merge_loops(&move, 0);
    for (int i = 0; i < 3; i++)
        if (move.count[i] == 1)
            move.from_step[i] = move.to_step[i] = 0;
    return move;
}

struct step *portable_move(struct plan *plan, const struct op *op, const char *family, struct portable_move move,
                           struct tensor *from, struct tensor *to)
{
    struct kernel *kernel = kernel_new(plan, "portable/copy.m4", family);
    move = simplify(move);
    kernel_word(kernel, "TYPE", element_c(from->layout.type));
    kernel_numbers(kernel, {"COUNT_0", move.count[0]}, {"COUNT_1", move.count[1]}, {"COUNT_2", move.count[2]},
                   {"FROM_0", move.from_step[0]}, {"FROM_1", move.from_step[1]}, {"FROM_2", move.from_step[2]},
                   {"TO_0", move.to_step[0]}, {"TO_1", move.to_step[1]}, {"TO_2", move.to_step[2]},
                   {"FROM_START", move.from_start}, {"TO_START", move.to_start});
    return plan_transform(plan, op, kernel, from, to);
}

void portable_store_integers(struct plan *plan, const struct op *op, struct portable_move move, struct tensor *from,
                             struct tensor *to)
{
    struct kernel *kernel = kernel_new(plan, "portable/store_integers.m4", "store_integers");
    move = simplify(move);
    kernel_numbers(kernel, {"COUNT_0", move.count[0]}, {"COUNT_1", move.count[1]}, {"COUNT_2", move.count[2]},
                   {"FROM_0", move.from_step[0]}, {"FROM_1", move.from_step[1]}, {"FROM_2", move.from_step[2]},
                   {"TO_0", move.to_step[0]}, {"TO_1", move.to_step[1]}, {"TO_2", move.to_step[2]});
    plan_transform(plan, op, kernel, from, to);
}

struct portable_move portable_move_flat(struct shape shape)
{
    int64_t count = shape_elements(shape);
    return (struct portable_move){{1, 1, count}, {count, count, 1}, {count, count, 1}, 0, 0};
}

/* A box of `shape` that begins at `origin` of a planar tensor, to or from a tensor of that shape. */
static struct portable_move move_box(struct shape shape, struct shape large, struct place3 origin, bool out_of)
{
    struct portable_move move = {
        {shape.c, shape.h, shape.w}, {shape.h * shape.w, shape.w, 1}, {shape.h * shape.w, shape.w, 1}, 0, 0};
    int64_t *steps = out_of ? move.from_step : move.to_step;
    steps[0] = large.h * large.w;
    steps[1] = large.w;
    *(out_of ? &move.from_start : &move.to_start) = (origin.c * large.h + origin.y) * large.w + origin.x;
    return move;
}

bool portable_concat(struct plan *plan, const struct op *op)
{
    struct tensor *out = portable_output(plan, op);
    int64_t offset = 0;
    for (size_t i = 0; i < op->inputs.count; i++) {
        struct tensor *from = portable_input(plan, op, i);
        struct tensor *part = plan_part(plan, out, offset, from->shape,
                                        layout_planar(out->layout.type, from->shape, NULL));
        portable_move(plan, op, "concat", portable_move_flat(from->shape), from, part)->movable = true;
        offset += from->layout.bytes;
    }
    return true;
}

bool portable_reshape(struct plan *plan, const struct op *op)
{
    struct portable_move move = portable_move_flat(op->output->shape);
    struct step *step = portable_move(plan, op, "reshape", move, portable_input(plan, op, 0),
                                      portable_output(plan, op));
    step->movable = true;
    return true;
}

bool portable_slice(struct plan *plan, const struct op *op)
{
    struct tensor *from = portable_input(plan, op, 0), *out = portable_output(plan, op);
    struct shape in = from->shape, shape = out->shape;
    if (in.h == shape.h && in.w == shape.w) { /* whole maps lie side by side */
        int64_t offset = op->origin.c * in.h * in.w * element_bytes(from->layout.type);
        struct tensor *part = plan_part(plan, from, offset, shape, layout_planar(from->layout.type, shape, NULL));
        portable_move(plan, op, "slice", portable_move_flat(shape), part, out)->movable = true;
        return true;
    }
    portable_move(plan, op, "slice", move_box(shape, in, op->origin, true), from, out);
    return true;
}

bool portable_pad(struct plan *plan, const struct op *op)
{
    struct tensor *from = portable_input(plan, op, 0), *out = portable_output(plan, op);
    struct kernel *kernel = kernel_new(plan, "portable/fill.m4", "fill");
    kernel_word(kernel, "TYPE", element_c(out->layout.type));
    kernel_number(kernel, "COUNT", shape_elements(out->shape));
    if (op_is_quantised(op))
        kernel_number(kernel, "VALUE", quantised_number(op->output, op->padding));
    else
        kernel_real(kernel, "VALUE", op->padding);
    plan_transform(plan, op, kernel, NULL, out);
    portable_move(plan, op, "pad", move_box(from->shape, out->shape, op->origin, false), from, out);
    return true;
}

bool portable_transpose(struct plan *plan, const struct op *op)
{
    struct tensor *from = portable_input(plan, op, 0), *out = portable_output(plan, op);
    struct shape in = from->shape, shape = out->shape;
    const int64_t steps[] = {[AXIS_C] = in.h * in.w, [AXIS_H] = in.w, [AXIS_W] = 1};
    struct portable_move move = {{shape.c, shape.h, shape.w},
                                 {steps[op->axes[2]], steps[op->axes[0]], steps[op->axes[1]]},
                                 {shape.h * shape.w, shape.w, 1},
                                 0,
                                 0};
    portable_move(plan, op, "transpose", move, from, out);
    return true;
}

bool portable_shuffle(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    int64_t groups = op->groups, n = shape.c / groups, pixels = shape.h * shape.w;
    struct portable_move move = {{n, groups, pixels}, {pixels, n * pixels, 1}, {groups * pixels, pixels, 1}, 0, 0};
    portable_move(plan, op, "shuffle", move, portable_input(plan, op, 0), portable_output(plan, op));
    return true;
}

bool portable_upsample(struct plan *plan, const struct op *op)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    bool nearest = op->resize.mode == UPSAMPLE_NEAREST;
    struct kernel *kernel = nearest ? kernel_new(plan, "portable/upsample_nearest.m4", "upsample")
                                    : kernel_new(plan, "portable/upsample_bilinear.m4", "bilinear");
    kernel_numbers(kernel, {"CHANNELS", in.c}, {"IN_H", in.h}, {"IN_W", in.w}, {"OUT_H", out.h}, {"OUT_W", out.w},
                   {"FACTOR_H", op->resize.factor.h}, {"FACTOR_W", op->resize.factor.w});
    if (nearest)
        kernel_word(kernel, "TYPE", element_c(op->output->type));
    else
        kernel_number(kernel, "ALIGN", op->resize.align);
    plan_transform(plan, op, kernel, portable_input(plan, op, 0), portable_output(plan, op));
    return true;
}
