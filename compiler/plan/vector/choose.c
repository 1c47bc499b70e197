/* Which algorithm computes an operation: by what its kernels can do, and between convolutions by the model of cost.c. */
#include "plan/vector/vector.h"

/* ---- convolutions ---- */

static bool winograd_fits(const struct op *op)
{
    const struct window *w = &op->window;
    return op->groups == 1 && w->size.h == w->size.w && (w->size.h == 3 || w->size.h == 5) && w->stride.h == 1 &&
           w->stride.w == 1 && w->dilation.h == 1 && w->dilation.w == 1 && op->inputs.items[0]->shape.c >= VECTOR_BLOCK;
}

static enum algorithm choose_by_cost(struct vectors *v, const struct op *op, bool blocked, const char **why)
{
    static const struct candidate {
        enum algorithm algorithm;
        int window;
        const char *name;
    } all[] = {{ALGORITHM_WINOGRAD4, 3, "F(4x4,3x3)"},
               {ALGORITHM_WINOGRAD2, 3, "F(2x2,3x3)"},
               {ALGORITHM_WINOGRAD2_5, 5, "F(2x2,5x5)"}};
    enum { CANDIDATES = sizeof all / sizeof *all };
    struct arena *arena = v->plan->arena;
    double best = vector_direct_cycles(v, op);
    const struct candidate *chosen = NULL;
    int stress = v->plan->options.stress, turn = stress ? (op->id + stress) % 3 : 0;
    const char *others = arena_printf(arena, "direct %.0f", best / 1000);
    *why = arena_printf(arena, "direct: about %.0f thousand cycles", best / 1000);
    if (!v->plan->options.winograd || !blocked || !winograd_fits(op))
        return ALGORITHM_DIRECT;
    for (const struct candidate *c = all; c < all + CANDIDATES; c++) {
        if (c->window != op->window.size.h)
            continue;
        double cycles = vector_winograd_cycles(v, op, c->algorithm);
        others = arena_printf(arena, "%s, %s %.0f", others, c->name, cycles / 1000);
        if (stress ? turn-- == 0 : cycles < best) {
            best = cycles;
            chosen = c;
        }
    }
    *why = arena_printf(arena, "%s%s: about %.0f thousand cycles; %s", chosen ? "Winograd " : "",
                        chosen ? chosen->name : "direct", best / 1000, others);
    return chosen ? chosen->algorithm : ALGORITHM_DIRECT;
}

static bool groups_are_blocks(const struct op *op)
{
    int64_t in = op->inputs.items[0]->shape.c / op->groups, out = op->output->shape.c / op->groups;
    return op->groups == 1 || (in % VECTOR_BLOCK == 0 && out % VECTOR_BLOCK == 0);
}

/* Few filters over wide planar maps: blocks would be filled with nothing. */
static bool wants_rows(const struct op *op, bool blocked)
{
    return !blocked && op->output->shape.c < 14 && op->output->shape.w >= VECTOR_BLOCK && op->groups == 1 &&
           op->window.stride.w == 1 && !op->residual;
}

/* Can a kernel of vectors end as the operation does? */
static bool can_finish(const struct op *op)
{
    return !op->before && vector_has_function(op->activation);
}

static enum algorithm choose_convolution(struct vectors *v, const struct op *op, bool blocked, const char **why)
{
    if (op->connect || !can_finish(op))
        return ALGORITHM_PORTABLE;
    if (op_is_depthwise(op) && op->output->shape.c == op->groups) {
        *why = "depthwise: vectors over 16 channels";
        return blocked || op->output->shape.c >= VECTOR_BLOCK ? ALGORITHM_DEPTHWISE : ALGORITHM_PORTABLE;
    }
    if (!groups_are_blocks(op) || (op->groups > 1 && !blocked))
        return ALGORITHM_PORTABLE;
    if (wants_rows(op, blocked)) {
        *why = "rows: few filters, so vectors along the width";
        return ALGORITHM_ROWS;
    }
    return choose_by_cost(v, op, blocked, why);
}

static enum algorithm choose_dense(const struct vectors *v, const struct op *op)
{
    enum { WORTH_IT = 256 };
    int64_t products = op->output->shape.c * shape_elements(op->inputs.items[0]->shape);
    bool fits = can_finish(op) && !op->residual;
    return fits && (products >= WORTH_IT || v->plan->options.stress) ? ALGORITHM_DENSE : ALGORITHM_PORTABLE;
}

/* ---- the others ---- */

static bool all_blocked(const struct vectors *v, const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (!v->values[op->inputs.items[i]->id].blocked)
            return false;
    return true;
}

static bool aligned_concat(const struct op *op)
{
    for (size_t i = 0; i + 1 < op->inputs.count; i++)
        if (op->inputs.items[i]->shape.c % VECTOR_BLOCK)
            return false;
    return true;
}

static bool same_shapes(const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (!shape_equal(op->inputs.items[i]->shape, op->output->shape))
            return false;
    return true;
}

bool vector_can_pool(const struct op *op)
{
    return !op->pool.adaptive && !op->pool.affine && op->pool.kind != POOL_KIND_GAUSS && !op->activation;
}

/* The mean or the largest of each map; a root of a sum is a window like any other. */
static bool pools_whole(const struct op *op)
{
    return op->pool.whole && !op->pool.affine && op->pool.kind != POOL_KIND_L2 && !op->activation;
}

enum algorithm vector_choose(struct vectors *v, const struct op *op, const char **why)
{
    bool blocked = all_blocked(v, op);
    switch (op->kind) {
    case OP_CONVOLUTION: return choose_convolution(v, op, blocked, why);
    case OP_DENSE: return choose_dense(v, op);
    case OP_POOL:
        return !blocked              ? ALGORITHM_PORTABLE
               : pools_whole(op)     ? ALGORITHM_GLOBAL
               : vector_can_pool(op) ? ALGORITHM_POOL
                                     : ALGORITHM_PORTABLE;
    case OP_CONCAT: return blocked && aligned_concat(op) ? ALGORITHM_CONCAT : ALGORITHM_PORTABLE;
    case OP_UNARY: return blocked && vector_has_function(&op->function) ? ALGORITHM_ELEMENTWISE : ALGORITHM_PORTABLE;
    case OP_BINARY:
        return blocked && op->inputs.count == 2 && same_shapes(op) && can_finish(op) ? ALGORITHM_ELEMENTWISE
                                                                                     : ALGORITHM_PORTABLE;
    case OP_AFFINE: return blocked && can_finish(op) ? ALGORITHM_ELEMENTWISE : ALGORITHM_PORTABLE;
    default: return ALGORITHM_PORTABLE;
    }
}
