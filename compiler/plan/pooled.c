/* A convolution and the pool after it, as one operation. */
#include "plan/build.h"

#include <string.h>

/* A rest of one row or column that no window covers is not computed at all; windows that are clipped at an edge are the
 * pool's own matter. */
static bool pools_pairs(const struct op *pool)
{
    const struct window *w = &pool->window;
    struct shape in = pool->inputs.items[0]->shape, out = pool->output->shape;
    const int64_t side = PLAN_POOL_SIDE;
    return pool->pool.kind == POOL_KIND_MAX && !pool->pool.adaptive && !pool->pool.affine && w->size.h == side &&
           w->size.w == side && w->stride.h == side && w->stride.w == side && !w->pad.top && !w->pad.left &&
           out.h * side <= in.h && out.w * side <= in.w;
}

/* The function comes after the maximum, so it must never decrease; where it is the pool's, it comes there anyway. */
const struct op *plan_pool_after(const struct plan *plan, const struct op *op)
{
    if (plan->options.separate_pools || op_is_quantised(op) || !op->output || op->output->readers.count != 1 ||
        !function_is_monotone(op->activation))
        return NULL;
    const struct op *pool = op->output->readers.items[0];
    return pool->kind == OP_POOL && !(op->activation && pool->activation) && pools_pairs(pool) ? pool : NULL;
}

const struct op *plan_with_pool(struct plan *plan, const struct op *op, const struct op *pool)
{
    struct op *both = ARENA_NEW(plan->arena, struct op);
    *both = *op;
    memset(&both->nodes, 0, sizeof both->nodes); /* a list of its own */
    for (size_t i = 0; i < op->nodes.count; i++)
        VEC_PUSH(plan->arena, &both->nodes, op->nodes.items[i]);
    for (size_t i = 0; i < pool->nodes.count; i++)
        VEC_PUSH(plan->arena, &both->nodes, pool->nodes.items[i]);
    both->activation = op->activation ? op->activation : pool->activation;
    both->pooled = pool;
    both->output = pool->output;
    return both;
}
