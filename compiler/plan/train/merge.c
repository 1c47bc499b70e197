/* Merges: sums, differences, products and maxima of tensors, or of maps and one number a map; and their gradients. */
#include "plan/train/train_plan.h"

/* One of the operands may be overwritten: then it is the first. */
static void combine(struct train_plan *plan, const struct op *op, const char *word, struct lanes *in,
                    struct lanes *second, struct lanes *out)
{
    static const char *const prefixes[] = {"IN", "SECOND", "OUT"};
    struct kernel *kernel = train_kernel(plan, "train/binary.m4", word);
    kernel_word(kernel, "KIND", word);
    kernel_numbers(kernel, {"IN_PLACE", in == out}, {"OUT_ROW", out->row});
    train_describe_border(kernel, out, true);
    train_describe_rows(kernel, prefixes, (struct lanes *const[]){in, second, out}, 3);
    struct train_step *step = train_step(plan, op, kernel);
    if (in != out)
        train_tensor(plan, step, in);
    train_tensor(plan, step, second);
    train_tensor(plan, step, out);
}

/* Maps with one number a map, `second`; NULL: the maps alone. */
static void spread(struct train_plan *plan, const struct op *op, const char *word, struct lanes *in,
                   struct lanes *second, struct lanes *out)
{
    bool sums = out->shape.h * out->shape.w < in->shape.h * in->shape.w;
    struct kernel *kernel = train_kernel(plan, "train/spread.m4", arena_printf(plan->arena, "maps_%s", word));
    kernel_word(kernel, "KIND", word);
    kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"UNARY", second == NULL}, {"SUMS", sums});
    train_describe(kernel, "IN", in);
    if (second)
        train_describe(kernel, "SECOND", second);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    if (second)
        train_tensor(plan, step, second);
    train_tensor(plan, step, out);
}

static void maximum(struct train_plan *plan, const struct op *op, struct lanes *gradient, struct lanes *in,
                    struct lanes *second, struct lanes *out)
{
    static const char *const prefixes[] = {"IN", "SECOND", "OUT", "GRADIENT"};
    struct kernel *kernel = train_kernel(plan, "train/maximum.m4", gradient ? "maximum_gradient" : "maximum");
    kernel_number(kernel, "BACK", gradient != NULL);
    train_describe_border(kernel, out, true);
    train_describe_rows(kernel, prefixes, (struct lanes *const[]){in, second, out, gradient}, gradient ? 4 : 3);
    struct train_step *step = train_step(plan, op, kernel);
    if (gradient)
        train_tensor(plan, step, gradient);
    train_tensor(plan, step, in);
    train_tensor(plan, step, second);
    train_tensor(plan, step, out);
}

static bool same_shapes(const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (!shape_equal(op->inputs.items[i]->shape, op->output->shape))
            return false;
    return true;
}

bool train_binary(struct train_plan *plan, const struct op *op)
{
    struct lanes *out = train_result(plan, op);
    size_t first = 0, count = op->inputs.count;
    bool commutes = op->binary == BINARY_ADD || op->binary == BINARY_MUL;
    if ((op->binary == BINARY_MAX || !same_shapes(op) || !commutes) && count > 2)
        return false;
    if (count == 2 && !same_shapes(op)) { /* the operand with one number a map is the second, or they change places */
        bool small = shape_equal(op->inputs.items[1]->shape, op->output->shape);
        if ((small && !commutes) || op->binary == BINARY_MAX)
            return false;
        spread(plan, op, binary_word(op->binary), train_operand(plan, op, small), train_operand(plan, op, !small), out);
        return true;
    }
    if (op->binary == BINARY_MAX) {
        maximum(plan, op, NULL, train_operand(plan, op, 0), train_operand(plan, op, 1), out);
        return true;
    }
    for (size_t i = 0; i < count; i++)
        if (train_operand(plan, op, i) == out)
            first = i;
    if (!commutes && first > 0)
        return false;
    struct lanes *sum = train_operand(plan, op, first);
    for (size_t i = 0; i < count; i++)
        if (i != first) {
            combine(plan, op, binary_word(op->binary), sum, train_operand(plan, op, i), out);
            sum = out;
        }
    return true;
}

static void negate(struct train_plan *plan, const struct op *op, struct lanes *gradient, struct lanes *out)
{
    static const char *const prefixes[] = {"IN", "OUT"};
    struct kernel *kernel = train_kernel(plan, "train/negate.m4", "negate");
    kernel_numbers(kernel, {"IN_PLACE", gradient == out}, {"OUT_ROW", out->row});
    train_describe_border(kernel, out, true);
    train_describe_rows(kernel, prefixes, (struct lanes *const[]){gradient, out}, 2);
    struct train_step *step = train_step(plan, op, kernel);
    if (gradient != out)
        train_tensor(plan, step, gradient);
    train_tensor(plan, step, out);
}

/* Of an operand with one number a map, or of the maps beside one. */
static bool spread_gradient(struct train_plan *plan, const struct op *op, struct lanes *gradient, struct lanes *out)
{
    const struct op *of = op->of;
    bool small = !shape_equal(op->output->shape, of->output->shape), product = of->binary == BINARY_MUL;
    if (of->binary == BINARY_MAX)
        return false;
    if (!small && product)
        spread(plan, op, "mul", gradient, train_operand(plan, op, 2 - op->operand), out);
    else if (!small)
        negate(plan, op, gradient, out);
    else if (product)
        spread(plan, op, "sum_mul", gradient, train_operand(plan, op, 2 - op->operand), out);
    else
        spread(plan, op, of->binary == BINARY_SUB && op->operand == 1 ? "minus" : "sum", gradient, NULL, out);
    return true;
}

bool train_binary_gradient(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *gradient = train_operand(plan, op, 0), *out = train_result(plan, op);
    if (of->inputs.count > 2)
        return false;
    if (!same_shapes(of))
        return spread_gradient(plan, op, gradient, out);
    if (of->binary == BINARY_MUL)
        combine(plan, op, "mul", gradient, train_operand(plan, op, 2 - op->operand), out);
    else if (of->binary == BINARY_MAX)
        maximum(plan, op, gradient, train_operand(plan, op, 1 + op->operand), train_operand(plan, op, 2 - op->operand),
                out);
    else
        negate(plan, op, gradient, out);
    return true;
}
