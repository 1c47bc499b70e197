/* Operations on each number by itself, and their gradients. */
#include "plan/train/train_plan.h"

static const struct kernel *function_kernel(struct train_plan *plan, const struct function *function)
{
    struct kernel *helper = train_kernel(plan, "train/function.m4", function_table[function->kind].word);
    kernel_function(helper, function);
    return kernel_intern(plan->plan, helper);
}

static const struct kernel *derivative_kernel(struct train_plan *plan, const struct function *function)
{
    const char *word = function_table[function->kind].word;
    struct kernel *helper = train_kernel(plan, "train/derivative.m4", arena_printf(plan->arena, "%s_derivative", word));
    kernel_function(helper, function);
    kernel_number(helper, "FROM_RESULT", training_from_result(function));
    return kernel_intern(plan->plan, helper);
}

void train_activation(struct train_plan *plan, struct kernel *kernel, const struct function *function)
{
    kernel_number(kernel, "ACTIVATES", function != NULL);
    if (function)
        kernel_reference(kernel, "ACTIVATION", function_kernel(plan, function));
}

void train_derivative(struct train_plan *plan, struct kernel *kernel, const struct function *function)
{
    train_activation(plan, kernel, function);
    kernel_number(kernel, "DERIVES", function != NULL);
    if (function)
        kernel_reference(kernel, "DERIVATIVE_OF", derivative_kernel(plan, function));
}

bool train_unary(struct train_plan *plan, const struct op *op)
{
    struct lanes *in = train_operand(plan, op, 0), *out = train_result(plan, op);
    bool in_place = in == out;
    static const char *const prefixes[] = {"IN", "OUT"};
    if (function_is_sloped(&op->function))
        return train_prelu(plan, op);
    struct kernel *kernel = train_kernel(plan, "train/unary.m4",
                                         arena_printf(plan->arena, "apply_%s", function_table[op->function.kind].word));
    kernel_reference(kernel, "ACTIVATION", function_kernel(plan, &op->function));
    kernel_numbers(kernel, {"IN_PLACE", in_place}, {"OUT_ROW", out->row});
    train_describe_border(kernel, out, true);
    train_describe_rows(kernel, prefixes, (struct lanes *const[]){in, out}, 2);
    struct train_step *step = train_step(plan, op, kernel);
    if (!in_place)
        train_tensor(plan, step, in);
    train_tensor(plan, step, out);
    return true;
}

bool train_unary_gradient(struct train_plan *plan, const struct op *op)
{
    struct lanes *in = train_operand(plan, op, 0), *known = train_operand(plan, op, 1), *out = train_result(plan, op);
    const struct function *function = &op->of->function;
    if (function_is_sloped(function))
        return train_prelu(plan, op);
    static const char *const prefixes[] = {"IN", "KNOWN", "OUT"};
    struct kernel *kernel = train_kernel(plan, "train/unary_gradient.m4",
                                         arena_printf(plan->arena, "%s_gradient", function_table[function->kind].word));
    kernel_reference(kernel, "DERIVATIVE_OF", derivative_kernel(plan, function));
    kernel_numbers(kernel, {"IN_PLACE", in == out}, {"OUT_ROW", out->row});
    train_describe_border(kernel, out, true);
    train_describe_rows(kernel, prefixes, (struct lanes *const[]){in, known, out}, 3);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, known);
    if (in != out)
        train_tensor(plan, step, in);
    train_tensor(plan, step, out);
    return true;
}

bool train_dropout(struct train_plan *plan, const struct op *op, bool backward)
{
    const struct op *of = backward ? op->of : op;
    struct lanes *in = train_operand(plan, op, 0), *out = train_result(plan, op);
    struct kernel *kernel = train_kernel(plan, "train/dropout.m4", "dropout");
    kernel_numbers(kernel, {"CHANNELS", out->shape.c}, {"IN_PLACE", in == out}, {"STREAM_OF_LAYER", of->node->id},
                   {"SEED", (int64_t)plan->training->recipe.seed});
    kernel_real(kernel, "RATE", of->rate);
    kernel_real(kernel, "KEEP", of->rate < 1 ? 1 / (1 - of->rate) : 0);
    train_describe(kernel, "IN", in);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    if (in != out)
        train_tensor(plan, step, in);
    train_word(plan, step, "work");
    train_word(plan, step, "at");
    train_tensor(plan, step, out);
    return true;
}
