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

/* ---- costly functions and derivatives by vectors ---- */

/* Derivatives that are worth it, and the functions that their formulas in train/derivative_vector.m4 call. */
static const struct {
    enum function_kind kind, uses[2];
    size_t use_count;
} vector_derivatives[] = {
    {FUNCTION_EXP, {FUNCTION_EXP}, 1},
    {FUNCTION_ERF, {FUNCTION_EXP_BELOW}, 1},
    {FUNCTION_GELU, {FUNCTION_ERF, FUNCTION_EXP_BELOW}, 2},
    {FUNCTION_GELU_TANH, {FUNCTION_TANH}, 1},
    {FUNCTION_SILU, {FUNCTION_SIGMOID}, 1},
    {FUNCTION_MISH, {FUNCTION_EXP_BELOW}, 1},
    {FUNCTION_SOFTPLUS, {FUNCTION_EXPM1}, 1},
};

static void use_function(struct train_plan *plan, struct kernel *kernel, enum function_kind kind)
{
    const struct function used = {.kind = kind};
    kernel_reference(kernel, arena_printf(kernel->arena, "USED_%s", function_table[kind].word),
                     train_vector_function(plan, &used));
}

const struct kernel *train_vector_function(struct train_plan *plan, const struct function *function)
{
    const struct function_info *info = &function_table[function->kind];
    struct kernel *helper = train_kernel(plan, "vector/function.m4", arena_printf(plan->arena, "%s_of", info->word));
    kernel_function(helper, function);
    for (size_t i = 0; i < info->use_count; i++)
        use_function(plan, helper, info->uses[i]);
    return kernel_intern(plan->plan, helper);
}

/* NULL: the derivative is not worth it, or not written for vectors. */
static const struct kernel *vector_derivative(struct train_plan *plan, const struct function *function)
{
    for (size_t i = 0; i < sizeof vector_derivatives / sizeof *vector_derivatives; i++) {
        if (vector_derivatives[i].kind != function->kind)
            continue;
        const char *word = function_table[function->kind].word;
        struct kernel *helper = train_kernel(plan, "train/derivative_vector.m4",
                                             arena_printf(plan->arena, "%s_derivative_of", word));
        kernel_function(helper, function);
        for (size_t k = 0; k < vector_derivatives[i].use_count; k++)
            use_function(plan, helper, vector_derivatives[i].uses[k]);
        return kernel_intern(plan->plan, helper);
    }
    return NULL;
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
    const bool vectors = function_is_costly(&op->function) && plan->fast;
    kernel_reference(kernel, "ACTIVATION",
                     vectors ? train_vector_function(plan, &op->function) : function_kernel(plan, &op->function));
    kernel_numbers(kernel, {"BY_VECTORS", vectors}, {"IN_PLACE", in_place}, {"OUT_ROW", out->row});
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
    const struct kernel *vectors = plan->fast ? vector_derivative(plan, function) : NULL;
    kernel_reference(kernel, "DERIVATIVE_OF", vectors ? vectors : derivative_kernel(plan, function));
    kernel_numbers(kernel, {"BY_VECTORS", vectors != NULL}, {"IN_PLACE", in == out}, {"OUT_ROW", out->row});
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
