/* UPSAMPLE: of blocked tensors by vectors over channels, of planar ones by vectors along the width. */
#include "plan/portable/portable.h"
#include "plan/vector/vector.h"

bool vector_upsample(struct planning *v, const struct op *op)
{
    enum { NUMBERS_A_CYCLE = 4 };
    const struct resizing *resize = &op->resize;
    bool nearest = resize->mode == UPSAMPLE_NEAREST;
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    struct kernel *kernel = nearest ? vector_kernel(v, "vector/nearest.m4", "upsample")
                                    : vector_kernel(v, "vector/bilinear.m4", "bilinear");
    vector_describe_operand(kernel, in, "IN");
    vector_describe_result(kernel, out);
    kernel_numbers(kernel, {"BLOCKS", vector_blocks(out->shape.c)}, {"IN_H", in->shape.h}, {"IN_W", in->shape.w},
                   {"FACTOR_H", resize->factor.h}, {"FACTOR_W", resize->factor.w});
    if (!nearest)
        kernel_number(kernel, "ALIGN", resize->align);
    vector_share(v, kernel, (double)shape_elements(out->shape) / NUMBERS_A_CYCLE, false);
    plan_transform(v->plan, op, kernel, in, out);
    return true;
}

bool vector_upsample_planes(struct planning *v, const struct op *op)
{
    enum { NUMBERS_A_CYCLE = 2 };
    const struct resizing *resize = &op->resize;
    bool nearest = resize->mode == UPSAMPLE_NEAREST;
    struct tensor *in = vector_planar(v, op, op->inputs.items[0]), *out = portable_output(v->plan, op);
    struct kernel *kernel = nearest ? vector_kernel(v, "vector/nearest_planes.m4", "upsample")
                                    : vector_kernel(v, "vector/bilinear_planes.m4", "bilinear");
    kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"IN_H", in->shape.h}, {"IN_W", in->shape.w},
                   {"OUT_H", out->shape.h}, {"OUT_W", out->shape.w}, {"FACTOR_H", resize->factor.h},
                   {"FACTOR_W", resize->factor.w});
    if (!nearest)
        kernel_number(kernel, "ALIGN", resize->align);
    vector_share(v, kernel, (double)shape_elements(out->shape) / NUMBERS_A_CYCLE, false);
    plan_transform(v->plan, op, kernel, in, out);
    return true;
}
