/* Products of two results, matrix by matrix, of planar tensors. */
#include "plan/portable/portable.h"
#include "plan/vector/vector.h"

enum { TILE_ROWS = 4, TILE_VECTORS = 2 };

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool vector_matmul(struct planning *v, const struct op *op)
{
    struct tensor *a = vector_planar(v, op, op->inputs.items[0]), *b = vector_planar(v, op, op->inputs.items[1]);
    struct kernel *kernel = vector_kernel(v, "vector/matmul.m4", "matmul");
    portable_describe_matmul(kernel, op);
    kernel_numbers(kernel, {"TILE_ROWS", smaller(TILE_ROWS, op->map.h)}, {"TILE_VECTORS", TILE_VECTORS});
    vector_share(v, kernel, (double)op_macs(op) / VECTOR_BLOCK, false);
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, a);
    step_reads(v->plan, step, b);
    step_writes(v->plan, step, portable_output(v->plan, op));
    return true;
}
