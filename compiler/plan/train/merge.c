/* Merges: sums, differences, products, maxima and comparisons of tensors, and their gradients. Two tensors of one
 * shape, or any number that are added up, are walked through row by row; of other shapes, one is repeated where it has
 * size 1. */
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

/* A tensor that is repeated along the axes on which it has size 1 and `whole' has not: PREFIX_C, _H and _W are the
 * floats from one number to the next, 0 along those. */
static void describe_repeated(struct kernel *kernel, const char *prefix, const struct lanes *tensor, struct shape whole)
{
    struct shape shape = tensor->shape;
    struct arena *arena = kernel->arena;
    kernel_numbers(kernel, {arena_printf(arena, "%s_C", prefix), shape.c < whole.c ? 0 : tensor->plane},
                   {arena_printf(arena, "%s_H", prefix), shape.h < whole.h ? 0 : tensor->row},
                   {arena_printf(arena, "%s_W", prefix), shape.w < whole.w ? 0 : tensor->step},
                   {arena_printf(arena, "%s_START", prefix), tensor->start});
}

/* Of the merge, or the gradient of an operand by the formula `derived'. */
static struct kernel *broadcast_kernel(struct train_plan *plan, const struct op *merge, const char *derived,
                                       struct lanes *out)
{
    const char *word = derived ? derived : binary_word(merge->binary), *ending = derived ? "_gradient" : "";
    struct kernel *kernel = train_kernel(plan, derived ? "train/broadcast_gradient.m4" : "train/broadcast.m4",
                                         arena_printf(plan->arena, "broadcast_%s%s", word, ending));
    struct shape whole = merge->output->shape;
    kernel_word(kernel, "KIND", word);
    kernel_numbers(kernel, {"CHANNELS", whole.c}, {"ROWS", whole.h}, {"COLUMNS", whole.w});
    describe_repeated(kernel, "OUT", out, whole);
    train_describe_border(kernel, out, true);
    return kernel;
}

static void broadcast(struct train_plan *plan, const struct op *op)
{
    struct lanes *out = train_result(plan, op);
    struct kernel *kernel = broadcast_kernel(plan, op, NULL, out);
    describe_repeated(kernel, "IN", train_operand(plan, op, 0), out->shape);
    describe_repeated(kernel, "SECOND", train_operand(plan, op, 1), out->shape);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, train_operand(plan, op, 0));
    train_tensor(plan, step, train_operand(plan, op, 1));
    train_tensor(plan, step, out);
}

/* Does the result stay where it is when the operand changes a little? */
static bool is_level(const struct op *gradient)
{
    const enum binary_kind kind = gradient->of->binary;
    return binary_compares(kind) || ((kind == BINARY_KEEP || kind == BINARY_DROP) && gradient->operand == 1);
}

/* The formula's name in broadcast_gradient.m4: those of quotients and powers differ for their operands. */
static const char *gradient_word(struct train_plan *plan, const struct op *op)
{
    const char *word = is_level(op) ? "level" : binary_word(op->of->binary);
    bool differs = op->of->binary == BINARY_DIV || op->of->binary == BINARY_POW;
    return differs ? arena_printf(plan->arena, "%s%zu", word, op->operand) : word;
}

/* Of one of two operands. A product's derivative reads the other one, a maximum's both. */
static void broadcast_gradient(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *gradient = train_operand(plan, op, 0), *out = train_result(plan, op);
    struct shape whole = of->output->shape;
    bool quotient = of->binary == BINARY_DIV && op->operand == 0;
    bool choice = of->binary == BINARY_KEEP || of->binary == BINARY_DROP;
    bool reads_other = of->binary != BINARY_ADD && of->binary != BINARY_SUB && !is_level(op);
    bool reads_own = reads_other && of->binary != BINARY_MUL && !quotient && !choice;
    struct kernel *kernel = broadcast_kernel(plan, of, gradient_word(plan, op), out);
    describe_repeated(kernel, "GRADIENT", gradient, whole);
    if (reads_own)
        describe_repeated(kernel, "IN", train_operand(plan, op, 1 + op->operand), whole);
    if (reads_other)
        describe_repeated(kernel, "SECOND", train_operand(plan, op, 2 - op->operand), whole);
    kernel_numbers(kernel, {"NEGATIVE", of->binary == BINARY_SUB && op->operand == 1}, {"READS_OTHER", reads_other},
                   {"READS_OWN", reads_own});
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, gradient);
    if (reads_own)
        train_tensor(plan, step, train_operand(plan, op, 1 + op->operand));
    if (reads_other)
        train_tensor(plan, step, train_operand(plan, op, 2 - op->operand));
    train_tensor(plan, step, out);
}

static void maximum(struct train_plan *plan, const struct op *op, struct lanes *gradient, struct lanes *in,
                    struct lanes *second, struct lanes *out)
{
    static const char *const prefixes[] = {"IN", "SECOND", "OUT", "GRADIENT"};
    bool least = (op->of ? op->of : op)->binary == BINARY_MIN;
    const char *word = arena_printf(plan->arena, "%s%s", least ? "minimum" : "maximum", gradient ? "_gradient" : "");
    struct kernel *kernel = train_kernel(plan, "train/maximum.m4", word);
    kernel_numbers(kernel, {"BACK", gradient != NULL}, {"LEAST", least});
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

/* A sum of any number of tensors, or two of them combined; the one that is overwritten comes first. */
static void combine_all(struct train_plan *plan, const struct op *op)
{
    struct lanes *out = train_result(plan, op);
    size_t first = 0, count = op->inputs.count;
    for (size_t i = 0; i < count; i++)
        if (train_operand(plan, op, i) == out)
            first = i;
    struct lanes *sum = train_operand(plan, op, first);
    for (size_t i = 0; i < count; i++)
        if (i != first) {
            combine(plan, op, binary_word(op->binary), sum, train_operand(plan, op, i), out);
            sum = out;
        }
}

bool train_binary(struct train_plan *plan, const struct op *op)
{
    if (!same_shapes(op))
        broadcast(plan, op);
    else if (op->binary == BINARY_MAX || op->binary == BINARY_MIN)
        maximum(plan, op, NULL, train_operand(plan, op, 0), train_operand(plan, op, 1), train_result(plan, op));
    else
        combine_all(plan, op);
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

bool train_binary_gradient(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *gradient = train_operand(plan, op, 0), *out = train_result(plan, op);
    bool equal = same_shapes(of);
    if (of->binary == BINARY_SUB && shape_equal(op->output->shape, of->output->shape))
        negate(plan, op, gradient, out);
    else if (!equal || (of->binary != BINARY_MUL && of->binary != BINARY_MAX && of->binary != BINARY_MIN))
        broadcast_gradient(plan, op);
    else if (of->binary == BINARY_MUL)
        combine(plan, op, "mul", gradient, train_operand(plan, op, 2 - op->operand), out);
    else
        maximum(plan, op, gradient, train_operand(plan, op, 1 + op->operand), train_operand(plan, op, 2 - op->operand),
                out);
    return true;
}
