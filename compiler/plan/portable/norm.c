/* Plain C normalisation, and SOFTMAX, which also divides by what it finds. */
#include "plan/portable/portable.h"

static const char *family_of(const struct op *op)
{
    switch (op->norm.over) {
    case NORM_GROUPS: return "groupnorm";
    case NORM_MAPS: return "instancenorm";
    default: return "layernorm";
    }
}

bool portable_normalise(struct plan *plan, const struct op *op)
{
    enum { LONG_SUM = 64 }; /* numbers */
    struct shape shape = op->output->shape;
    int64_t pixels = shape.h * shape.w, count = pixels * shape.c / op->groups;
    struct portable_lanes lanes = portable_lanes(count, count >= LONG_SUM ? 16 : 1);
    const struct weight *weight = node_weight(op->node, ROLE_WEIGHT);
    const char *file = op->norm.over == NORM_PIXEL ? "portable/norm_pixels.m4" : "portable/norm.m4";
    bool by_channel = weight && weight->count == shape.c && pixels > 1;
    struct kernel *kernel = kernel_new(plan, file, family_of(op));
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", pixels}, {"GROUPS", op->groups}, {"COUNT", count},
                   {"LANES", lanes.lanes}, {"WHOLE", lanes.whole}, {"WEIGHT_COUNT", weight ? weight->count : 0});
    kernel_word(kernel, "AFFINE", !weight ? "none" : by_channel ? "channel" : "element");
    kernel_real(kernel, "EPSILON", op->norm.epsilon);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, portable_input(plan, op, 0));
    if (weight)
        step_weights(plan, step, plan_pack(plan, op, op->node, PACK_TENSOR, 1, 2 * weight->count));
    step_writes(plan, step, portable_output(plan, op));
    step_in_place(step, 0);
    return true;
}

bool portable_lrn(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    const struct local_normalisation *lrn = &op->lrn;
    struct kernel *kernel = kernel_new(plan, "portable/lrn.m4", "lrn");
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w}, {"BEFORE", lrn->size / 2},
                   {"AFTER", (lrn->size - 1) / 2}, {"LAST_CHANNEL", shape.c - 1});
    kernel_real(kernel, "ALPHA_PER_SIZE", lrn->alpha / (double)lrn->size);
    kernel_real(kernel, "BETA", lrn->beta);
    kernel_real(kernel, "LRN_K", lrn->k);
    plan_transform(plan, op, kernel, portable_input(plan, op, 0), portable_output(plan, op));
    return true;
}

bool portable_softmax(struct plan *plan, const struct op *op)
{
    struct shape shape = op->output->shape;
    struct kernel *kernel = kernel_new(plan, "portable/softmax.m4", op->logarithm ? "logsoftmax" : "softmax");
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"PIXELS", shape.h * shape.w}, {"LOGARITHM", op->logarithm});
    struct step *step = plan_transform(plan, op, kernel, portable_input(plan, op, 0), portable_output(plan, op));
    step_in_place(step, 0);
    return true;
}
