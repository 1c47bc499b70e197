/* Operations that only move numbers, and their gradients, which move them back. */
#include "plan/train/train_plan.h"

/* Number (i, j, k) goes from one place to another; strides count pixels of sixteen numbers. */
struct walk {
    int64_t count[3], from[3], to[3], from_start, to_start; /* floats */
};

static void move(struct train_plan *plan, const struct op *op, const char *family, const struct walk *w,
                 struct lanes *from, struct lanes *to, bool adds, bool fills, double fill)
{
    struct kernel *kernel = train_kernel(plan, "train/move.m4", family);
    kernel_numbers(kernel, {"COUNT_I", w->count[0]}, {"COUNT_J", w->count[1]}, {"COUNT_K", w->count[2]},
                   {"FROM_I", w->from[0]}, {"FROM_J", w->from[1]}, {"FROM_K", w->from[2]}, {"TO_I", w->to[0]},
                   {"TO_J", w->to[1]}, {"TO_K", w->to[2]}, {"FROM_START", w->from_start}, {"TO_START", w->to_start});
    kernel_numbers(kernel, {"ADDS", adds}, {"FILLS", fills}, {"FILL_IS_ZERO", fill == 0},
                   {"OUT_COUNT", to->shape.c * to->plane}, {"OUT_C", to->shape.c});
    kernel_real(kernel, "FILL", fill);
    train_describe_result(kernel, to);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, from);
    train_tensor(plan, step, to);
}

/* The box of `shape` from (c, y, x) of the one to (c, y, x) of the other. */
static struct walk box(struct shape shape, const struct lanes *from, struct place3 a, const struct lanes *to,
                       struct place3 b)
{
    return (struct walk){{shape.c, shape.h, shape.w},
                         {from->plane, from->row, from->step},
                         {to->plane, to->row, to->step},
                         from->start + a.c * from->plane + a.y * from->row + a.x * from->step,
                         to->start + b.c * to->plane + b.y * to->row + b.x * to->step};
}

static struct shape smaller(struct shape a, struct shape b)
{
    return (struct shape){a.h < b.h ? a.h : b.h, a.w < b.w ? a.w : b.w, a.c < b.c ? a.c : b.c};
}

/* A PAD with negative edges cuts: both sides then begin where the picture does. */
static void place_pad(struct place3 origin, struct place3 *in, struct place3 *out)
{
    *in = (struct place3){origin.c < 0 ? -origin.c : 0, origin.y < 0 ? -origin.y : 0, origin.x < 0 ? -origin.x : 0};
    *out = (struct place3){origin.c > 0 ? origin.c : 0, origin.y > 0 ? origin.y : 0, origin.x > 0 ? origin.x : 0};
}

static void concat(struct train_plan *plan, const struct op *op)
{
    struct lanes *out = train_result(plan, op);
    struct place3 at = {0, 0, 0}, zero = {0, 0, 0};
    for (size_t i = 0; i < op->inputs.count; i++) {
        struct lanes *in = train_operand(plan, op, i);
        struct walk w = box(in->shape, in, zero, out, at);
        move(plan, op, "concat", &w, in, out, false, false, 0);
        at.c += in->shape.c;
    }
}

/* Numbers in CHW order under another shape: where rows lie apart, by way of a tensor without borders. */
static struct lanes *flat(struct train_plan *plan, const struct op *op, struct lanes *tensor, bool copies)
{
    if (tensor->plane == tensor->shape.h * tensor->shape.w * tensor->step)
        return tensor;
    struct lanes *line = train_scratch(plan, tensor->name, tensor->shape);
    struct place3 zero = {0, 0, 0};
    struct walk w = box(tensor->shape, tensor, zero, line, zero);
    if (copies)
        move(plan, op, "reshape", &w, tensor, line, false, false, 0);
    return line;
}

static void reshape(struct train_plan *plan, const struct op *op, struct lanes *from, struct lanes *to)
{
    struct place3 zero = {0, 0, 0};
    if (from->root == to->root)
        return;
    struct lanes *line = flat(plan, op, from, true);
    struct lanes *as = train_scratch(plan, to->name, to->shape); /* the line in the result's shape */
    as->root = line->root;
    struct walk w = box(to->shape, as, zero, to, zero);
    move(plan, op, "reshape", &w, as, to, false, false, 0);
}

/* Channel i*(C/groups) + j of one side is channel j*groups + i of the other. */
static void shuffle(struct train_plan *plan, const struct op *op, int64_t groups, struct lanes *from, struct lanes *to,
                    bool back)
{
    int64_t each = from->shape.c / groups, a = each * from->plane, b = from->plane;
    struct walk w = {{groups, each, from->shape.h},
                     {a, b, from->row},
                     {to->plane, groups * to->plane, to->row},
                     from->start,
                     to->start};
    if (back)
        w = (struct walk){{groups, each, from->shape.h},
                          {from->plane, groups * from->plane, from->row},
                          {each * to->plane, to->plane, to->row},
                          from->start,
                          to->start};
    for (int64_t x = 0; x < from->shape.w; x++) {
        struct walk column = w;
        column.from_start += x * from->step;
        column.to_start += x * to->step;
        move(plan, op, "shuffle", &column, from, to, false, false, 0);
    }
}

/* Where an axis of `tensor' leads. */
static int64_t stride_of(const struct lanes *tensor, enum axis axis)
{
    return axis == AXIS_C ? tensor->plane : axis == AXIS_H ? tensor->row : tensor->step;
}

/* Numbers of `small', in the order of its h, w, c, to or from where `axes' say that they lie in the other tensor. */
static void transpose(struct train_plan *plan, const struct op *op, const enum axis *axes, struct lanes *from,
                      struct lanes *to, bool back)
{
    struct lanes *result = back ? from : to, *origin = back ? to : from;
    struct walk w = {
        .count = {result->shape.h, result->shape.w, result->shape.c}, .from_start = from->start, .to_start = to->start};
    static const enum axis order[] = {AXIS_H, AXIS_W, AXIS_C};
    for (int i = 0; i < 3; i++) {
        int64_t own = stride_of(result, order[i]), other = stride_of(origin, axes[i]);
        w.from[i] = back ? own : other;
        w.to[i] = back ? other : own;
    }
    move(plan, op, "transpose", &w, from, to, false, false, 0);
}

bool train_move(struct train_plan *plan, const struct op *op)
{
    struct lanes *in = train_operand(plan, op, 0), *out = train_result(plan, op);
    struct place3 from = {0, 0, 0}, to = {0, 0, 0};
    struct walk w;
    switch (op->kind) {
    case OP_CONCAT: concat(plan, op); return true;
    case OP_RESHAPE: reshape(plan, op, in, out); return true;
    case OP_SHUFFLE: shuffle(plan, op, op->groups, in, out, false); return true;
    case OP_TRANSPOSE: transpose(plan, op, op->axes, in, out, false); return true;
    case OP_UPSAMPLE: return train_upsample(plan, op);
    case OP_SLICE:
        w = box(out->shape, in, op->origin, out, to);
        move(plan, op, "slice", &w, in, out, false, false, 0);
        return true;
    case OP_PAD:
        place_pad(op->origin, &from, &to);
        w = box(smaller(in->shape, out->shape), in, from, out, to);
        move(plan, op, "pad", &w, in, out, false, true, op->padding);
        return true;
    default: return false;
    }
}

bool train_move_gradient(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *gradient = train_operand(plan, op, 0), *out = train_result(plan, op);
    struct place3 from = {0, 0, 0}, to = {0, 0, 0};
    struct walk w;
    switch (of->kind) {
    case OP_CONCAT:
        for (size_t i = 0; i < op->operand; i++)
            from.c += of->inputs.items[i]->shape.c;
        w = box(out->shape, gradient, from, out, to);
        move(plan, op, "concat_gradient", &w, gradient, out, false, false, 0);
        return true;
    case OP_RESHAPE: reshape(plan, op, gradient, out); return true;
    case OP_SHUFFLE: shuffle(plan, op, of->groups, gradient, out, true); return true;
    case OP_TRANSPOSE: transpose(plan, op, of->axes, gradient, out, true); return true;
    case OP_UPSAMPLE: return train_upsample(plan, op);
    case OP_SLICE:
        w = box(gradient->shape, gradient, from, out, of->origin);
        move(plan, op, "slice_gradient", &w, gradient, out, false, true, 0);
        return true;
    case OP_PAD:
        place_pad(of->origin, &to, &from);
        w = box(smaller(gradient->shape, out->shape), gradient, from, out, to);
        move(plan, op, "pad_gradient", &w, gradient, out, false, true, 0);
        return true;
    default: return false;
    }
}
