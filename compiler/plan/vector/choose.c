/* Which algorithm computes an operation: those that can, and among those for convolutions the fastest by cost.c. */
#include "optimise/optimise.h"
#include "plan/phases.h"
#include "plan/portable/portable.h"
#include "plan/vector/vector.h"

/* ---- what the kernels can take on, for optimise/ ---- */

static bool has_convolution(const struct op *op)
{
    return op->kind == OP_CONVOLUTION || op->kind == OP_TRANSPOSED;
}

static bool is_one_pixel(struct shape shape)
{
    return shape.h == 1 && shape.w == 1;
}

/* Two operands of the result's shape, or a second one with one number a map. */
static bool has_binary(const struct op *op)
{
    if (op->kind != OP_BINARY || op->inputs.count != 2)
        return false;
    struct shape a = op->inputs.items[0]->shape, b = op->inputs.items[1]->shape;
    return shape_equal(a, op->map) && (shape_equal(b, op->map) || (is_one_pixel(b) && b.c == op->map.c));
}

/* Windows over blocked maps, but for their edges. */
static bool has_windows(const struct op *op)
{
    return op->kind == OP_POOL && !op->pool.adaptive && !op->pool.affine && op->pool.kind != POOL_KIND_GAUSS;
}

/* The mean or the largest of each map; a root of a sum is a window like any other. */
static bool has_whole(const struct op *op)
{
    return op->kind == OP_POOL && op->pool.whole && !op->pool.affine && op->pool.kind != POOL_KIND_L2;
}

/* Vectors are worth more than saving a pass over the numbers: where a kernel of vectors cannot take on the function,
 * the function stays an operation of its own. */
static bool ends_in(const struct op *op, const struct function *function)
{
    if (has_convolution(op) || op->kind == OP_DENSE || op->kind == OP_AFFINE || has_binary(op))
        return !function_is_sloped(function); /* slopes are read by the elementwise kernel only */
    if (has_windows(op) || has_whole(op))
        return false;
    return portable_abilities.ends_in(op, function);
}

static bool adds_residual(const struct op *op)
{
    if (has_convolution(op))
        return !op->activation;
    return op->kind != OP_DENSE && portable_abilities.adds_residual(op);
}

const struct abilities vector_abilities = {ends_in, adds_residual};

/* ---- operations whose kernel of vectors cannot take them on ---- */

/* The reason goes to --explain and -Wslow. */
static enum algorithm portable(const char **why, const char *reason)
{
    *why = reason;
    return ALGORITHM_PORTABLE;
}

static const char in_planes[] = "the vector kernel reads blocks of 16 channels, and what it would read lies in planes";
static const char other_end[] = "the vector kernel does not take on the function that it ends in";

/* ---- convolutions ---- */

static bool winograd_fits(const struct op *op)
{
    const struct window *w = &op->window;
    return vector_groups(op) == 1 && w->size.h == w->size.w && (w->size.h == 3 || w->size.h == 5) && w->stride.h == 1 &&
           w->stride.w == 1 && w->dilation.h == 1 && w->dilation.w == 1 && op->inputs.items[0]->shape.c >= VECTOR_BLOCK;
}

static enum algorithm choose_by_cost(struct planning *v, const struct op *op, bool blocked, const char **why)
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
    int stress = v->plan->options.stress, turn = stress ? (op->id + stress) % CANDIDATES : 0;
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

/* Few filters over wide planar maps: blocks would be filled with nothing. */
static bool wants_rows(const struct op *op, bool blocked)
{
    enum { FEWEST_FILTERS = 14 }; /* from which a block of them is worth its zeros */
    return !blocked && op->output->shape.c < FEWEST_FILTERS && op->output->shape.w >= VECTOR_BLOCK &&
           vector_groups(op) == 1 && op->window.stride.w == 1 && !op->residual;
}

/* Can a kernel of vectors end as the operation does? */
static bool can_finish(const struct op *op)
{
    return !op->before && !function_is_sloped(op->activation);
}

static enum algorithm choose_convolution(struct planning *v, const struct op *op, bool blocked, const char **why)
{
    enum { MOST_REPEATED = 16 }; /* maps of each that comes in: a copy has it as often, in a line of code each */
    if (!can_finish(op))
        return portable(why, other_end);
    if (op_is_depthwise(op) && op->map.c <= MOST_REPEATED * op->groups) {
        bool vectors = blocked || op->output->shape.c >= VECTOR_BLOCK;
        *why = vectors ? "depthwise: vectors over 16 channels" : "depthwise: too few channels for vectors";
        return vectors ? ALGORITHM_DEPTHWISE : ALGORITHM_PORTABLE;
    }
    if (wants_rows(op, blocked)) {
        *why = "rows: few filters, so vectors along the width";
        return ALGORITHM_ROWS;
    }
    return choose_by_cost(v, op, blocked, why);
}

static enum algorithm choose_transposed(struct planning *v, const struct op *op, const char **why)
{
    struct phases rows, columns;
    if (!can_finish(op))
        return portable(why, other_end);
    if (!phases_along(op, AXIS_H, &rows) || !phases_along(op, AXIS_W, &columns))
        return portable(why, "the vector kernel takes no dilation= with so large a stride=");
    *why = arena_printf(v->plan->arena, "direct, in %lldx%lld phases: about %.0f thousand cycles",
                        (long long)rows.phases, (long long)columns.phases, vector_transposed_cycles(v, op) / 1000);
    return ALGORITHM_TRANSPOSED;
}

static enum algorithm choose_dense(const struct planning *v, const struct op *op, const char **why)
{
    enum { WORTH_IT = 256 };
    int64_t products = op->output->shape.c * shape_elements(op->inputs.items[0]->shape);
    if (!can_finish(op) || op->residual)
        return portable(why, other_end);
    if (products < WORTH_IT && !v->plan->options.stress)
        return portable(why, "it has too few weights for vectors");
    return ALGORITHM_DENSE;
}

/* ---- the others ---- */

static bool all_blocked(const struct planning *v, const struct op *op)
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

bool vector_can_pool(const struct op *op)
{
    return has_windows(op) && !op->activation;
}

static enum algorithm choose_pool(const struct op *op, bool blocked, const char **why)
{
    if (!has_whole(op) && !has_windows(op))
        return portable(why, op->pool.affine     ? "the vector kernel takes no affine=yes"
                             : op->pool.adaptive ? "the vector kernel takes no out="
                                                 : "the vector kernel takes no kind=gauss");
    if (!blocked)
        return portable(why, in_planes);
    if (op->activation)
        return portable(why, other_end);
    return has_whole(op) ? ALGORITHM_GLOBAL : ALGORITHM_POOL;
}

static enum algorithm choose_elementwise(const struct op *op, bool blocked, const char **why)
{
    if (op->kind == OP_BINARY && !has_binary(op))
        return portable(why, "the vector kernel takes two operands, of one shape or the second with one pixel a map");
    if (!blocked)
        return portable(why, in_planes);
    if (op->kind != OP_UNARY && !can_finish(op))
        return portable(why, other_end);
    return ALGORITHM_ELEMENTWISE;
}

static enum algorithm choose_concat(const struct op *op, bool blocked, const char **why)
{
    if (!blocked)
        return portable(why, in_planes);
    if (!aligned_concat(op))
        return portable(why, "the vector kernel joins whole blocks of 16 channels");
    return ALGORITHM_CONCAT;
}

enum algorithm vector_choose(struct planning *v, const struct op *op, const char **why)
{
    bool blocked = all_blocked(v, op);
    switch (op->kind) {
    case OP_CONVOLUTION: return choose_convolution(v, op, blocked, why);
    case OP_TRANSPOSED: return choose_transposed(v, op, why);
    case OP_DENSE:
    case OP_DISTANCE: return choose_dense(v, op, why);
    case OP_POOL: return choose_pool(op, blocked, why);
    case OP_CONCAT: return choose_concat(op, blocked, why);
    case OP_UNARY:
    case OP_BINARY:
    case OP_AFFINE: return choose_elementwise(op, blocked, why);
    default: return ALGORITHM_PORTABLE;
    }
}
