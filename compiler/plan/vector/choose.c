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

/* Vectors are worth more than saving a pass over the numbers: where a kernel of vectors cannot take on the function,
 * the function stays an operation of its own. */
static bool ends_in(const struct op *op, const struct function *function)
{
    if (function_is_partial(function) && op->kind != OP_DENSE && op->map.c % VECTOR_BLOCK)
        return false; /* elementwise.c keeps them out of the channels that the last block lacks */
    if (has_convolution(op) || op->kind == OP_DENSE)
        return true;
    if (op->kind == OP_AFFINE || op->kind == OP_BINARY || op->kind == OP_POOL || vector_can_normalise(op))
        return !function_is_sloped(function); /* which have no place for slopes */
    return portable_abilities.ends_in(op, function);
}

/* A convolution that may turn out to be too small for vectors runs in plain C, which takes no slopes before a sum. */
static bool adds_residual(const struct op *op)
{
    if (op->kind == OP_CONVOLUTION && (!op_is_depthwise(op) || op->map.c >= VECTOR_BLOCK))
        return true;
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
    return vector_grouping(op).groups == 1 && w->size.h == w->size.w && (w->size.h == 3 || w->size.h == 5) &&
           w->stride.h == 1 && w->stride.w == 1 && op->inputs.items[0]->shape.c >= VECTOR_BLOCK;
}

/* Thousands of cycles. */
static const char *thousands(struct arena *arena, double cycles)
{
    return arena_printf(arena, cycles < 10000 ? "%.2g" : "%.0f", cycles / 1000);
}

/* The ways to compute one, as --tune calls them. */
static const struct way {
    const char *name;
    enum algorithm algorithm;
    int side;   /* of the window that it is for; 0: any */
    int blocks; /* of channels at a time; 0: all */
} ways[] = {{"rows", ALGORITHM_ROWS, 0, 0},
            {"direct", ALGORITHM_DIRECT, 0, 0},
            {"direct/64", ALGORITHM_DIRECT, 1, 64 / VECTOR_BLOCK},
            {"direct/128", ALGORITHM_DIRECT, 1, 128 / VECTOR_BLOCK},
            {"direct/256", ALGORITHM_DIRECT, 1, 256 / VECTOR_BLOCK},
            {"F(4x4,3x3)", ALGORITHM_WINOGRAD4, 3, 0},
            {"F(2x2,3x3)", ALGORITHM_WINOGRAD2, 3, 0},
            {"F(2x2,5x5)", ALGORITHM_WINOGRAD2_5, 5, 0}};
enum { WAYS = sizeof ways / sizeof *ways };

static enum algorithm choose_by_cost(struct planning *v, const struct op *op, bool blocked, const char **why)
{
    struct arena *arena = v->plan->arena;
    double best = vector_direct_cycles(v, op);
    const struct way *chosen = NULL;
    int stress = v->plan->options.stress, turn = stress ? (op->id + stress) % 3 : 0;
    const char *others = arena_printf(arena, "direct %s", thousands(arena, best));
    *why = arena_printf(arena, "direct: about %s thousand cycles", thousands(arena, best));
    if (!v->plan->options.winograd || !blocked || !winograd_fits(op))
        return ALGORITHM_DIRECT;
    for (const struct way *w = ways; w < ways + WAYS; w++) {
        if (!vector_is_winograd(w->algorithm) || w->side != op->window.size.h)
            continue;
        double cycles = vector_winograd_cycles(v, op, w->algorithm);
        others = arena_printf(arena, "%s, %s %s", others, w->name, thousands(arena, cycles));
        if (stress ? turn-- == 0 : cycles < best) {
            best = cycles;
            chosen = w;
        }
    }
    *why = arena_printf(arena, "%s%s: about %s thousand cycles; %s", chosen ? "Winograd " : "",
                        chosen ? chosen->name : "direct", thousands(arena, best), others);
    return chosen ? chosen->algorithm : ALGORITHM_DIRECT;
}

static bool can_be_rows(const struct op *op, bool blocked)
{
    return !blocked && op->output->shape.w >= VECTOR_BLOCK && vector_grouping(op).groups == 1 &&
           op->window.stride.w == 1 && !op->residual;
}

/* Few filters over wide planar maps: blocks would be filled with nothing. */
static bool wants_rows(const struct op *op, bool blocked)
{
    enum { FEWEST_FILTERS = 14 }; /* from which a block of them is worth its zeros */
    return can_be_rows(op, blocked) && op->output->shape.c < FEWEST_FILTERS;
}

static enum algorithm choose_without_measuring(struct planning *v, const struct op *op, bool blocked, const char **why)
{
    if (!wants_rows(op, blocked))
        return choose_by_cost(v, op, blocked || vector_converts(op), why);
    *why = "rows: few filters, so vectors along the width";
    return ALGORITHM_ROWS;
}

static bool is_possible(const struct planning *v, const struct op *op, bool blocked, const struct way *way)
{
    enum { MOST_ROWS = 2 * VECTOR_BLOCK }; /* filters that are worth a try */
    if (way->side && way->side != op->window.size.h)
        return false;
    if (way->algorithm == ALGORITHM_ROWS)
        return can_be_rows(op, blocked) && op->output->shape.c <= MOST_ROWS;
    blocked = blocked || vector_converts(op);
    if (way->algorithm == ALGORITHM_DIRECT)
        return !way->blocks || (blocked && vector_takes_pieces(op, way->blocks));
    return v->plan->options.winograd && blocked && winograd_fits(op);
}

/* As a tuning has it; without one, and for layers that it does not know, by cost. */
static enum algorithm choose_way(struct planning *v, const struct op *op, bool blocked, const char **why)
{
    const char **names = ARENA_ARRAY(v->plan->arena, const char *, WAYS);
    const struct way *possible[WAYS];
    size_t count = 0;
    v->pieces[op->id] = -1;
    for (const struct way *way = ways; way < ways + WAYS; way++) {
        if (!is_possible(v, op, blocked, way))
            continue;
        names[count] = way->name;
        possible[count++] = way;
    }
    int tuned = tuning_choose(v->plan, op, !blocked && !vector_converts(op), names, count);
    if (tuned >= 0) {
        v->pieces[op->id] = possible[tuned]->blocks;
        *why = arena_printf(v->plan->arena, "%s, as measured", names[tuned]);
        return possible[tuned]->algorithm;
    }
    enum algorithm algorithm = choose_without_measuring(v, op, blocked, why);
    int64_t blocks = algorithm == ALGORITHM_DIRECT ? vector_piece_by_cost(v, op) : 0;
    for (size_t i = 0; i < count; i++)
        if (possible[i]->algorithm == algorithm && possible[i]->blocks == blocks)
            tuning_chose(v->plan, i);
    return algorithm;
}

/* One tap over one pixel: a fully connected layer. */
static bool is_dense(const struct op *op)
{
    enum { WORTH_IT = 256 };
    struct shape in = op->inputs.items[0]->shape;
    const struct window *w = &op->window;
    bool one_tap = w->size.h == 1 && w->size.w == 1 && w->pad.top == 0 && w->pad.left == 0;
    return one_tap && op->groups == 1 && !op->residual && in.h == 1 && in.w == 1 && op->map.h == 1 && op->map.w == 1 &&
           in.c * op->map.c >= WORTH_IT;
}

static enum algorithm choose_convolution(struct planning *v, const struct op *op, bool blocked, const char **why)
{
    enum { MOST_REPEATED = 16 }; /* maps of each that comes in: a copy has it as often, in a line of code each */
    if (is_dense(op)) {
        *why = "one pixel: as a fully connected layer";
        return ALGORITHM_DENSE;
    }
    if (op_is_depthwise(op) && op->map.c <= MOST_REPEATED * op->groups) {
        bool vectors = blocked || op->output->shape.c >= VECTOR_BLOCK;
        *why = vectors ? "depthwise: vectors over 16 channels" : "depthwise: too few channels for vectors";
        return vectors ? ALGORITHM_DEPTHWISE : ALGORITHM_PORTABLE;
    }
    return choose_way(v, op, blocked, why);
}

static enum algorithm choose_transposed(struct planning *v, const struct op *op, const char **why)
{
    struct phases rows, columns;
    if (!phases_along(op, AXIS_H, &rows) || !phases_along(op, AXIS_W, &columns))
        return portable(why, "the vector kernel takes no dilation= with so large a stride=");
    *why = arena_printf(v->plan->arena, "direct, in %lldx%lld phases: about %s thousand cycles", (long long)rows.phases,
                        (long long)columns.phases, thousands(v->plan->arena, vector_transposed_cycles(v, op)));
    return ALGORITHM_TRANSPOSED;
}

static enum algorithm choose_dense(const struct planning *v, const struct op *op, const char **why)
{
    enum { WORTH_IT = 256 };
    int64_t products = op->output->shape.c * shape_elements(op->inputs.items[0]->shape);
    if (op->residual)
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

/* Is the operand made blocked for another reader? */
static bool is_wanted_blocked(const struct op *op)
{
    const struct value *value = op->inputs.items[0];
    for (size_t i = 0; i < value->readers.count; i++)
        if (value->readers.items[i]->kind == OP_CONVOLUTION && vector_converts(value->readers.items[i]))
            return true;
    return false;
}

/* A plane of few channels would be blocks of little else than zeros. */
static enum algorithm choose_pool(const struct op *op, bool blocked, const char **why)
{
    enum { FEWEST_CHANNELS = 6 }; /* from which blocks of them are faster than plain C, conversions and all */
    if (!blocked && vector_can_pool_planes(op) && !is_wanted_blocked(op))
        return ALGORITHM_POOL_PLANES;
    if (!blocked && op->output->shape.c < FEWEST_CHANNELS)
        return portable(why, in_planes);
    return op->pool.whole ? ALGORITHM_GLOBAL : ALGORITHM_POOL;
}

/* Planar tensors stay as they are, unless one as large as the result is blocked; without any as large, one that is. */
static enum algorithm choose_elementwise(const struct planning *v, const struct op *op)
{
    bool large = false, any = false;
    for (size_t i = 0; i < op->inputs.count; i++) {
        const struct value *value = op->inputs.items[i];
        bool blocked = v->values[value->id].blocked;
        if (blocked && shape_equal(value->shape, op->map))
            return ALGORITHM_ELEMENTWISE;
        large = large || shape_equal(value->shape, op->map);
        any = any || blocked;
    }
    return any && !large ? ALGORITHM_ELEMENTWISE : ALGORITHM_PLANES;
}

static enum algorithm choose_upsample(const struct op *op, bool blocked, const char **why)
{
    enum { WIDEST = 4096 }; /* of planar results: a row and what it takes are on the stack */
    if (!blocked && op->output->shape.w > WIDEST)
        return portable(why, "the vector kernel for planes takes rows of up to 4096 pixels");
    return blocked ? ALGORITHM_UPSAMPLE : ALGORITHM_UPSAMPLE_PLANES;
}

static enum algorithm choose_normalise(const struct op *op, bool blocked, const char **why)
{
    if (!blocked && vector_can_normalise_planes(op))
        return ALGORITHM_NORMALISE_PLANES;
    return vector_can_normalise(op) ? ALGORITHM_NORMALISE : portable(why, "its groups lie across too many channels");
}

enum algorithm vector_choose(struct planning *v, const struct op *op, const char **why)
{
    bool blocked = all_blocked(v, op);
    if (op_is_quantised(op))
        return integer_choose(op, why);
    switch (op->kind) {
    case OP_CONVOLUTION: return choose_convolution(v, op, blocked, why);
    case OP_TRANSPOSED: return choose_transposed(v, op, why);
    case OP_DENSE:
    case OP_DISTANCE: return choose_dense(v, op, why);
    case OP_POOL: return choose_pool(op, blocked, why);
    case OP_NORMALISE: return choose_normalise(op, blocked, why);
    case OP_LRN: return ALGORITHM_LRN;
    case OP_REDUCE: return ALGORITHM_REDUCE;
    case OP_MATMUL: return ALGORITHM_MATMUL;
    case OP_SOFTMAX: return ALGORITHM_SOFTMAX;
    case OP_UNARY:
    case OP_BINARY:
    case OP_AFFINE: return choose_elementwise(v, op);
    case OP_CONCAT:
    case OP_SLICE:
    case OP_PAD:
    case OP_SHUFFLE: return vector_choose_move(v, op);
    case OP_TRANSPOSE: return ALGORITHM_TRANSPOSE;
    case OP_UPSAMPLE: return choose_upsample(op, blocked, why);
    case OP_CONST: return ALGORITHM_CONSTANT;
    default: return ALGORITHM_PORTABLE;
    }
}
