/* Where values lie, and who plans which operation. */
#include "plan/cortexm/cortexm.h"

#include "optimise/optimise.h"
#include "plan/portable/portable.h"
#include "quantise/quantise.h"
#include "quantise/types.h"

struct planning {
    struct tensor **pixels; /* by value id: the form by pixels; NULL: there is none */
    bool *by_pixels;        /* by value id: is it computed in that form? */
};

/* ---- forms of a value ---- */

bool cortexm_is_flat(struct shape shape)
{
    return shape.c == 1 || shape.h * shape.w == 1;
}

static struct tensor **slot_of(struct plan *plan, const struct value *value)
{
    return cortexm_is_flat(value->shape) ? &plan->planar[value->id] : &plan->planning->pixels[value->id];
}

struct tensor *cortexm_either(struct plan *plan, const struct value *value, bool *by_maps)
{
    struct tensor *pixels = *slot_of(plan, value);
    *by_maps = !pixels;
    return pixels ? pixels : plan->planar[value->id];
}

/* From one form to the other, for an operation that reads it. */
static void convert(struct plan *plan, const struct op *op, const struct value *value, struct tensor *from,
                    struct tensor *to)
{
    const struct shape shape = value->shape;
    const bool to_pixels = to->layout.form == FORM_BLOCKED;
    struct portable_move move = {{shape.h * shape.w, shape.c, 1}, {1, shape.h * shape.w, 0}, {shape.c, 1, 0}, 0, 0};
    if (!to_pixels)
        move =
            (struct portable_move){{shape.c, shape.h * shape.w, 1}, {1, shape.c, 0}, {shape.h * shape.w, 1, 0}, 0, 0};
    portable_move(plan, op, to_pixels ? "by_pixels" : "by_maps", move, from, to);
}

struct tensor *cortexm_pixels(struct plan *plan, const struct op *op, const struct value *value)
{
    struct tensor **slot = slot_of(plan, value);
    if (!*slot) {
        *slot = plan_tensor(plan, value, value_blocked(value, value->shape.c, NULL));
        convert(plan, op, value, plan->planar[value->id], *slot);
    }
    return *slot;
}

static void need_planar(struct plan *plan, const struct op *op, const struct value *value)
{
    struct tensor **slot = &plan->planar[value->id];
    if (*slot || !plan->planning->pixels[value->id]) /* what a convolution hands to its pool is never stored */
        return;
    *slot = plan_tensor(plan, value, value_planar(value, NULL));
    convert(plan, op, value, plan->planning->pixels[value->id], *slot);
}

void cortexm_set_pixels(struct plan *plan, const struct value *value, struct tensor *tensor)
{
    *slot_of(plan, value) = tensor;
    plan->planning->by_pixels[value->id] = !cortexm_is_flat(value->shape);
}

struct tensor *cortexm_output(struct plan *plan, const struct op *op)
{
    struct tensor **slot = slot_of(plan, op->output);
    const struct value *value = op->output;
    if (!*slot)
        cortexm_set_pixels(plan, value,
                           plan_tensor(plan, value,
                                       cortexm_is_flat(value->shape) ? value_planar(value, NULL)
                                                                     : value_blocked(value, value->shape.c, NULL)));
    return *slot;
}

/* ---- helpers ---- */

struct kernel *cortexm_helper(struct plan *plan, const char *file, const char *family)
{
    struct kernel *kernel = kernel_new(plan, file, family);
    kernel->helper = true;
    return kernel;
}

struct kernel *cortexm_words(struct plan *plan)
{
    return kernel_intern(plan, cortexm_helper(plan, "cortexm/words.m4", "words"));
}

void cortexm_describe_result(struct plan *plan, struct kernel *kernel, const struct op *op, enum bounds bounds)
{
    kernel_numbers(kernel, {"BOUNDS", bounds}, {"CLAMP", op->low > -128 || op->high < 127}, {"LOW", op->low},
                   {"HIGH", op->high});
    if (bounds != BOUNDS_NONE)
        return;
    quantised_describe_result(plan, kernel, op);
}

/* ---- the planner ---- */

static struct planning *begin(struct plan *plan)
{
    struct planning *planning = ARENA_NEW(plan->arena, struct planning);
    planning->by_pixels = ARENA_ARRAY(plan->arena, bool, plan->list->values.count + 1);
    planning->pixels = ARENA_ARRAY(plan->arena, struct tensor *, plan->list->values.count + 1);
    return planning;
}

static bool plan_integers(struct plan *plan, const struct op *op)
{
    switch (op->kind) {
    case OP_INPUT: return cortexm_input(plan, op);
    case OP_OUTPUT: return cortexm_output_op(plan, op);
    case OP_CONVOLUTION: return cortexm_convolution(plan, op);
    case OP_DENSE: return cortexm_dense(plan, op);
    case OP_POOL: return cortexm_pool(plan, op);
    case OP_BINARY: return cortexm_binary(plan, op);
    case OP_UNARY:
    case OP_CONVERT: return cortexm_table(plan, op);
    default: return false;
    }
}

static bool plan_op(struct plan *plan, const struct op *op)
{
    const bool integers = op_is_quantised(op) || (op->kind == OP_OUTPUT && op->inputs.items[0]->type == ELEMENT_S8);
    const bool even = plan->options.types && plan->options.types->even; /* ONNX's rounding: by plain C alone */
    if (integers ? !even && plan_integers(plan, op) : cortexm_floats(plan, op))
        return true;
    for (size_t i = 0; i < op->inputs.count; i++)
        need_planar(plan, op, op->inputs.items[i]);
    if (op->residual)
        need_planar(plan, op, op->residual);
    return cortexm_pools_alone(plan, op) ? portable_plan_op(plan, op) : portable_planner.plan_op(plan, op);
}

static struct tensor *result(const struct plan *plan, const struct op *op)
{
    const int value = op->output->id;
    return plan->planning->by_pixels[value] ? plan->planning->pixels[value] : plan->planar[value];
}

const struct planner cortexm_planner = {"cortexm", &portable_abilities, begin, plan_op, NULL, result};
