/* The portable planner: which family plans which operation, and what its kernels can take on. */
#include "plan/portable/portable.h"

#include "optimise/optimise.h"

bool portable_plan_op(struct plan *plan, const struct op *op)
{
    switch (op->kind) {
    case OP_CONVERT: return quantised_convert(plan, op);
    case OP_INPUT: return op_is_quantised(op) ? quantised_input_op(plan, op) : portable_input_op(plan, op);
    case OP_OUTPUT: return portable_output_op(plan, op);
    case OP_CONVOLUTION: return portable_convolution(plan, op);
    case OP_TRANSPOSED: return portable_transposed(plan, op);
    case OP_DENSE: return portable_dense(plan, op);
    case OP_DISTANCE: return portable_distance(plan, op);
    case OP_POOL: return portable_pool(plan, op);
    case OP_UNARY: return op_is_quantised(op) ? quantised_table_op(plan, op) : portable_unary(plan, op);
    case OP_BINARY: return portable_binary(plan, op);
    case OP_AFFINE: return portable_affine(plan, op);
    case OP_NORMALISE: return portable_normalise(plan, op);
    case OP_LRN: return portable_lrn(plan, op);
    case OP_SOFTMAX: return op_is_quantised(op) ? quantised_softmax(plan, op) : portable_softmax(plan, op);
    case OP_REDUCE: return portable_reduce(plan, op);
    case OP_MATMUL: return portable_matmul(plan, op);
    case OP_CONCAT: return portable_concat(plan, op);
    case OP_RESHAPE: return portable_reshape(plan, op);
    case OP_SLICE: return portable_slice(plan, op);
    case OP_PAD: return portable_pad(plan, op);
    case OP_TRANSPOSE: return portable_transpose(plan, op);
    case OP_SHUFFLE: return portable_shuffle(plan, op);
    case OP_UPSAMPLE: return portable_upsample(plan, op);
    case OP_CONST:
        plan->planar[op->output->id] = plan_constant(plan, op->output, value_planar(op->output, NULL));
        return true;
    case OP_DROPOUT: /* of training only */
    case OP_STATISTICS:
    case OP_LOSS:
    case OP_GRADIENT:
    case OP_WEIGHT_GRADIENT:
    case OP_COUNT: break;
    }
    return false;
}

static bool ends_in(const struct op *op, const struct function *function)
{
    if (op_is_linear(op) || op->kind == OP_AFFINE)
        return true;
    /* These do not know the channel, whose slope a PRELU takes. */
    return (op->kind == OP_POOL || op->kind == OP_BINARY) && !function_is_sloped(function);
}

/* Kernels take slopes at the end only. */
static bool adds_residual(const struct op *op)
{
    return !function_is_sloped(op->activation);
}

const struct abilities portable_abilities = {ends_in, adds_residual};

/* ---- the planner of targets without vectors ---- */

static const struct op *pool_after(const struct plan *plan, const struct op *op)
{
    return op->kind == OP_CONVOLUTION && portable_ends_in_pool(op) ? plan_pool_after(plan, op) : NULL;
}

static bool plan_op(struct plan *plan, const struct op *op)
{
    const struct op *before = op->kind == OP_POOL ? op->inputs.items[0]->producer : NULL;
    if (before && pool_after(plan, before))
        return true;
    const struct op *pool = pool_after(plan, op);
    return portable_plan_op(plan, pool ? plan_with_pool(plan, op, pool) : op);
}

static struct tensor *result(const struct plan *plan, const struct op *op)
{
    return plan->planar[op->output->id];
}

const struct planner portable_planner = {"portable", &portable_abilities, NULL, plan_op, NULL, result};
