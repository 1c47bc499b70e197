/* Layers that keep their input's shape: those without tensors, normalisation, and PRELU. */
#include "shape/rules.h"

bool shape_rule_same(struct inference *in)
{
    (void)in; /* the result begins with the input's shape, field and jump */
    return true;
}

static bool add_channel_pair(struct inference *in)
{
    return shape_add_channel_weight(in, ROLE_WEIGHT, true) && shape_add_channel_weight(in, ROLE_BIAS, true);
}

bool shape_rule_prelu(struct inference *in)
{
    int64_t count = in->node->args.shared ? 1 : in->input.c;
    return shape_add_weight(in, ROLE_WEIGHT, true, 1, &count);
}

/* A variance that the text gives; those in a weight file are checked when they are read. */
static bool check_literal_variance(const struct inference *in)
{
    const struct literal_weight *var = in->literals ? &in->literals[ROLE_VAR] : NULL;
    const int64_t count = var && var->matrix ? var->matrix->rows * var->matrix->columns : 0;
    for (int64_t i = 0; i < count; i++)
        if (!(var->matrix->entries[i] + in->node->args.eps > 0)) {
            diag_report(in->diag, CHECK_ARGUMENT, var->span,
                        "var of BN is %g%s; var + eps must be greater than 0, and eps is %g", var->matrix->entries[i],
                        count > 1 ? arena_printf(in->arena, " at [%lld]", (long long)i) : "", in->node->args.eps);
            return false;
        }
    return true;
}

bool shape_rule_bn(struct inference *in)
{
    return add_channel_pair(in) && shape_add_channel_weight(in, ROLE_MEAN, false) &&
           shape_add_channel_weight(in, ROLE_VAR, false) && check_literal_variance(in);
}

/* A variance computed from the input may be 0. */
static bool check_epsilon(const struct inference *in)
{
    const double eps = in->node->args.eps;
    if (eps >= 0)
        return true;
    diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "eps"), "eps of %s must be at least 0, not %g",
                layer_table[in->node->kind].keyword, eps);
    return false;
}

bool shape_rule_ln(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    int64_t dims[3] = {in->input.c, in->input.h, in->input.w};
    int rank = a->per_pixel ? 1 : 3;
    return check_epsilon(in) && (!a->affine || (shape_add_weight(in, ROLE_WEIGHT, true, rank, dims) &&
                                                shape_add_weight(in, ROLE_BIAS, true, rank, dims)));
}

bool shape_rule_in(struct inference *in)
{
    return check_epsilon(in) && (!in->node->args.affine || add_channel_pair(in));
}

bool shape_rule_gn(struct inference *in)
{
    return check_epsilon(in) && shape_check_groups(in, in->node->args.groups, in->input.c, "channels", in->input.c) &&
           (!in->node->args.affine || add_channel_pair(in));
}

bool shape_rule_scale(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    return (!a->has_weight || shape_add_channel_weight(in, ROLE_WEIGHT, true)) &&
           (!a->bias || shape_add_channel_weight(in, ROLE_BIAS, true));
}
