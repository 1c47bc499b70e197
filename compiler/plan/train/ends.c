/* Where numbers come in and go out: images, results, losses. */
#include "plan/train/train_plan.h"

static void constants(struct train_plan *plan, struct kernel *kernel, const char *name, const double *numbers,
                      int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        kernel_real(kernel, arena_printf(plan->arena, "%s_%lld", name, (long long)i), numbers[i]);
}

bool train_input(struct train_plan *plan, const struct op *op)
{
    struct lanes *out = train_result(plan, op);
    struct shape shape = op->output->shape;
    bool hwc = op->layout == LAYOUT_HWC;
    struct kernel *kernel = train_kernel(plan, "train/load.m4", "load");
    kernel_word(kernel, "IN_TYPE", element_c(op->caller_type));
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"MEANS", op->mean != NULL}, {"SCALES", op->scale != NULL},
                   {"STEP_C", hwc ? 1 : shape.h * shape.w}, {"STEP_Y", hwc ? shape.w * shape.c : shape.w},
                   {"STEP_X", hwc ? shape.c : 1});
    if (op->mean)
        constants(plan, kernel, "MEAN", op->mean, shape.c);
    if (op->scale)
        constants(plan, kernel, "FACTOR", op->scale, shape.c);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_word(plan, step,
               arena_printf(plan->arena, "(const %s *)work->images[%d]", element_c(op->caller_type), op->index));
    train_word(plan, step, "at");
    train_tensor(plan, step, out);
    return true;
}

bool train_const(struct train_plan *plan, const struct op *op)
{
    const bool back = op->kind == OP_WEIGHT_GRADIENT;
    struct lanes *tensor = back ? train_operand(plan, op, 0) : train_result(plan, op);
    struct kernel *kernel = train_kernel(plan, back ? "train/const_gradient.m4" : "train/const.m4",
                                         back ? "const_gradient" : "const");
    kernel_number(kernel, "CHANNELS", tensor->shape.c);
    if (back)
        train_describe(kernel, "GRADIENT", tensor);
    else
        train_describe_result(kernel, tensor);
    struct train_step *step = train_step(plan, op, kernel);
    if (back) {
        train_tensor(plan, step, tensor);
        train_gradient_arguments(plan, step, train_gradient(plan, op->of, ROLE_WEIGHT, ORDER_PLAIN, 0));
    } else {
        train_parameter(plan, step, op, ROLE_WEIGHT);
        train_tensor(plan, step, tensor);
    }
    return true;
}

bool train_output(struct train_plan *plan, const struct op *op)
{
    struct lanes *in = train_operand(plan, op, 0);
    struct kernel *kernel = train_kernel(plan, "train/output.m4", "output");
    kernel_number(kernel, "CHANNELS", in->shape.c);
    train_describe(kernel, "IN", in);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    train_word(plan, step, "at");
    train_word(plan, step, arena_printf(plan->arena, "work->outputs[%d]", op->index));
    return true;
}

bool train_loss(struct train_plan *plan, const struct op *op)
{
    static const char *const words[] = {[LOSS_CROSSENTROPY] = "crossentropy",
                                        [LOSS_MSE] = "mse",
                                        [LOSS_MAE] = "mae",
                                        [LOSS_HINGE] = "hinge",
                                        [LOSS_BCE] = "bce"};
    const struct training_recipe *recipe = &plan->training->recipe;
    struct lanes *in = train_operand(plan, op, 0), *out = train_result(plan, op);
    bool classes = recipe->loss == LOSS_CROSSENTROPY || recipe->loss == LOSS_HINGE;
    double numbers = (double)(in->shape.h * in->shape.w * (classes ? 1 : in->shape.c));
    struct kernel *kernel = train_kernel(plan, "train/loss.m4", words[recipe->loss]);
    kernel_word(kernel, "KIND", words[recipe->loss]);
    kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"INDEX", op->index},
                   {"SMOOTHS", recipe->loss == LOSS_CROSSENTROPY && recipe->smoothing > 0});
    kernel_real(kernel, "HEAD", (recipe->heads ? recipe->heads[op->index] : 1) / numbers);
    kernel_real(kernel, "SMOOTH_REST", 1 - recipe->smoothing);
    kernel_real(kernel, "SMOOTH_SHARE", recipe->smoothing / (double)in->shape.c);
    kernel_real(kernel, "MARGIN", recipe->margin);
    train_describe(kernel, "IN", in);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    train_word(plan, step, "work");
    train_word(plan, step, "at");
    train_tensor(plan, step, out);
    return true;
}

bool train_softmax(struct train_plan *plan, const struct op *op)
{
    bool backward = op->kind == OP_GRADIENT;
    const struct op *of = backward ? op->of : op;
    struct lanes *out = train_result(plan, op);
    struct kernel *kernel = train_kernel(plan, backward ? "train/softmax_gradient.m4" : "train/softmax.m4",
                                         backward ? "softmax_gradient" : "softmax");
    kernel_numbers(kernel, {"CHANNELS", out->shape.c}, {"LOGARITHM", of->logarithm});
    train_describe(kernel, backward ? "GRADIENT" : "IN", train_operand(plan, op, 0));
    if (backward)
        train_describe(kernel, "RESULT", train_operand(plan, op, 1));
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    for (size_t i = 0; i < op->inputs.count; i++)
        train_tensor(plan, step, train_operand(plan, op, i));
    train_tensor(plan, step, out);
    return true;
}
