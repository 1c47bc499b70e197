/* Normalisation within an image: LN, IN, GN, LRN; and slopes of PRELU, distances of RBF. */
#include "plan/train/train_plan.h"

static const struct weight *weight_of(const struct op *op, enum weight_role role)
{
    return node_weight(op->node, role);
}

/* The sets of numbers and their weights, as sets.m4 has them. */
static struct kernel *set_kernel(struct train_plan *plan, const struct op *op, const char *file, const char *family,
                                 struct lanes *in)
{
    struct kernel *kernel = train_kernel(plan, file, family);
    struct shape shape = in->shape;
    const struct weight *weight = weight_of(op, ROLE_WEIGHT);
    bool pixel = op->norm.over == NORM_PIXEL;
    int64_t set = pixel ? 1 : shape.c / op->groups, count = pixel ? shape.c : set * shape.h * shape.w;
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"BY_PIXEL", pixel}, {"SET_CHANNELS", set},
                   {"WEIGHTED", weight != NULL}, {"BIASED", weight_of(op, ROLE_BIAS) != NULL},
                   {"BY_CHANNEL", weight && weight->count == shape.c}, {"WEIGHT_COUNT", weight ? weight->count : 0});
    kernel_real(kernel, "SET_SHARE", 1 / (double)count);
    kernel_real(kernel, "EPSILON", op->norm.epsilon);
    train_describe(kernel, "IN", in);
    return kernel;
}

bool train_normalise(struct train_plan *plan, const struct op *op)
{
    struct lanes *in = train_operand(plan, op, 0), *out = train_result(plan, op);
    struct kernel *kernel = set_kernel(plan, op, "train/normalise.m4", "normalise", in);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    if (weight_of(op, ROLE_WEIGHT))
        train_parameter(plan, step, op, ROLE_WEIGHT);
    if (weight_of(op, ROLE_BIAS))
        train_parameter(plan, step, op, ROLE_BIAS);
    train_tensor(plan, step, out);
    return true;
}

bool train_normalise_gradient(struct train_plan *plan, const struct op *op)
{
    struct lanes *gradient = train_operand(plan, op, 0), *in = train_operand(plan, op, 1),
                 *out = train_result(plan, op);
    struct kernel *kernel = set_kernel(plan, op->of, "train/normalise_gradient.m4", "normalise_gradient", in);
    train_describe(kernel, "GRADIENT", gradient);
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, gradient);
    train_tensor(plan, step, in);
    if (weight_of(op->of, ROLE_WEIGHT))
        train_parameter(plan, step, op->of, ROLE_WEIGHT);
    train_tensor(plan, step, out);
    return true;
}

bool train_normalise_weights(struct train_plan *plan, const struct op *op)
{
    struct lanes *in = train_operand(plan, op, 0), *gradient = train_operand(plan, op, 1);
    struct train_gradient *weight = train_gradient(plan, op->of, ROLE_WEIGHT, ORDER_PLAIN, 0);
    struct train_gradient *bias = train_gradient(plan, op->of, ROLE_BIAS, ORDER_PLAIN, 0);
    struct kernel *kernel = set_kernel(plan, op->of, "train/normalise_weights.m4", "normalise_weights", in);
    train_describe(kernel, "GRADIENT", gradient);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    train_tensor(plan, step, gradient);
    train_word(plan, step, (weight && weight->written) || (bias && bias->written) ? "0" : "at->fresh");
    if (weight)
        train_argument(plan, step, TRAIN_GRADIENT, weight->offset), weight->written = true;
    if (bias)
        train_argument(plan, step, TRAIN_GRADIENT, bias->offset), bias->written = true;
    return weight || !weight_of(op->of, ROLE_WEIGHT);
}

bool train_lrn(struct train_plan *plan, const struct op *op)
{
    bool back = op->kind == OP_GRADIENT;
    const struct local_normalisation *lrn = back ? &op->of->lrn : &op->lrn;
    struct lanes *in = train_operand(plan, op, back), *out = train_result(plan, op);
    struct kernel *kernel = train_kernel(plan, "train/lrn.m4", back ? "lrn_gradient" : "lrn");
    kernel_numbers(kernel, {"BACK", back}, {"CHANNELS", in->shape.c}, {"BEFORE", lrn->size / 2},
                   {"AFTER", (lrn->size - 1) / 2});
    kernel_real(kernel, "ALPHA_PER_SIZE", lrn->alpha / (double)lrn->size);
    kernel_real(kernel, "BETA", lrn->beta);
    kernel_real(kernel, "LRN_K", lrn->k);
    train_describe(kernel, "IN", in);
    train_describe(kernel, "GRADIENT", train_operand(plan, op, 0));
    train_describe_result(kernel, out);
    struct train_step *step = train_step(plan, op, kernel);
    if (back)
        train_tensor(plan, step, train_operand(plan, op, 0));
    train_tensor(plan, step, in);
    train_tensor(plan, step, out);
    return true;
}

/* The result, the gradient of the input, or that of the slopes, whose operands are x and dL/dy. */
bool train_prelu(struct train_plan *plan, const struct op *op)
{
    bool back = op->kind == OP_GRADIENT, slopes = op->kind == OP_WEIGHT_GRADIENT;
    const struct op *of = back || slopes ? op->of : op;
    struct lanes *in = train_operand(plan, op, back), *gradient = train_operand(plan, op, slopes);
    const char *word = slopes ? "slopes" : back ? "gradient" : "result";
    struct kernel *kernel = train_kernel(plan, "train/prelu.m4", arena_printf(plan->arena, "prelu_%s", word));
    kernel_word(kernel, "KIND", word);
    kernel_numbers(kernel, {"CHANNELS", in->shape.c}, {"SHARED_SLOPE", weight_of(of, ROLE_WEIGHT)->count == 1});
    train_describe(kernel, "IN", in);
    train_describe(kernel, "GRADIENT", gradient);
    if (!slopes)
        train_describe_result(kernel, train_result(plan, op));
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    if (back || slopes)
        train_tensor(plan, step, gradient);
    if (slopes) {
        struct train_gradient *of_slopes = train_gradient(plan, of, ROLE_WEIGHT, ORDER_PLAIN, 0);
        train_gradient_arguments(plan, step, of_slopes);
        return true;
    }
    train_parameter(plan, step, of, ROLE_WEIGHT);
    train_tensor(plan, step, train_result(plan, op));
    return true;
}

bool train_distance(struct train_plan *plan, const struct op *op)
{
    bool back = op->kind == OP_GRADIENT;
    const struct op *of = back ? op->of : op;
    struct lanes *in = train_operand(plan, op, back), *out = train_result(plan, op);
    struct lanes *wide = back ? out : in;
    if (wide->plane != wide->shape.h * wide->shape.w * wide->step || in->plane != wide->plane)
        return false;
    struct kernel *kernel = train_kernel(plan, "train/distance.m4", back ? "distance_gradient" : "distance");
    kernel_numbers(kernel, {"BACK", back}, {"COUNT", shape_elements(in->shape)}, {"PROTOTYPES", of->output->shape.c});
    struct train_step *step = train_step(plan, op, kernel);
    if (back)
        train_tensor(plan, step, train_operand(plan, op, 0));
    train_tensor(plan, step, in);
    train_parameter(plan, step, of, ROLE_WEIGHT);
    train_tensor(plan, step, out);
    return true;
}
