/* What works on each number of blocked tensors by itself. */
#include "plan/vector/vector.h"

static const char *word_of(const struct op *op)
{
    switch (op->kind) {
    case OP_BINARY: return binary_word(op->binary);
    case OP_AFFINE: return "affine";
    default: return "apply";
    }
}

bool vector_elementwise(struct planning *v, const struct op *op)
{
    enum { NUMBERS_A_CYCLE = 4 };
    const char *word = word_of(op);
    bool slopes = op->kind == OP_UNARY && function_is_sloped(&op->function);
    struct tensor *a = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    struct tensor *b = op->inputs.count > 1 ? vector_blocked(v, op, op->inputs.items[1]) : NULL;
    int64_t blocks = vector_blocks(out->shape.c);
    struct kernel *kernel = vector_kernel(v, "vector/elementwise.m4", word);
    kernel_word(kernel, "KIND", word);
    vector_describe_operand(kernel, a, "IN");
    bool one_pixel = b && !shape_equal(b->shape, out->shape); /* of each map, for all of its pixels */
    kernel_numbers(kernel, {"SECOND", b != NULL}, {"ONE_PIXEL", one_pixel});
    if (b)
        vector_describe_operand(kernel, b, "SECOND");
    kernel_numbers(kernel, {"BLOCKS", blocks}, {"SLOPES", slopes});
    vector_describe_result(kernel, out);
    vector_activation(v, kernel, op->kind == OP_UNARY ? &op->function : op->activation);
    vector_share(v, kernel, (double)shape_elements(out->shape) / NUMBERS_A_CYCLE, false);
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, a);
    if (b)
        step_reads(v->plan, step, b);
    if (op->kind == OP_AFFINE)
        step_weights(v->plan, step,
                     plan_pack(v->plan, op, op->node, PACK_AFFINE, VECTOR_BLOCK, 2 * blocks * VECTOR_BLOCK));
    if (slopes)
        step_weights(v->plan, step,
                     plan_pack(v->plan, op, op->node, PACK_CHANNELS, VECTOR_BLOCK, blocks * VECTOR_BLOCK));
    step_writes(v->plan, step, out);
    step_in_place(step, 0);
    if (b && !one_pixel)
        step_in_place(step, 1);
    return true;
}
