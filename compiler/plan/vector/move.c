/* Concatenation of blocked tensors: the parts are computed where they belong wherever possible. */
#include "plan/vector/vector.h"

bool vector_concat(struct planning *v, const struct op *op)
{
    struct tensor *out = vector_result(v, op);
    int64_t block = 0;
    for (size_t i = 0; i < op->inputs.count; i++) {
        const struct value *value = op->inputs.items[i];
        struct tensor *in = vector_blocked(v, op, value);
        int64_t offset = block * out->layout.plane * element_bytes(out->layout.type);
        struct tensor *part = plan_part(v->plan, out, offset, value->shape,
                                        value_blocked(value, VECTOR_BLOCK, &out->layout.halo));
        struct kernel *kernel = vector_kernel(v, "vector/move.m4", "move");
        kernel_number(kernel, "COUNT", part->layout.count);
        kernel_word(kernel, "TYPE", element_c(part->layout.type));
        plan_transform(v->plan, op, kernel, in, part)->movable = true;
        block += vector_blocks(value->shape.c);
    }
    return true;
}
