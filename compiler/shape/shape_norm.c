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

bool shape_rule_bn(struct inference *in)
{
    return add_channel_pair(in) && shape_add_channel_weight(in, ROLE_MEAN, false) &&
           shape_add_channel_weight(in, ROLE_VAR, false);
}

bool shape_rule_ln(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    int64_t dims[3] = {in->input.c, in->input.h, in->input.w};
    int rank = a->per_pixel ? 1 : 3;
    return !a->affine ||
           (shape_add_weight(in, ROLE_WEIGHT, true, rank, dims) && shape_add_weight(in, ROLE_BIAS, true, rank, dims));
}

bool shape_rule_in(struct inference *in)
{
    return !in->node->args.affine || add_channel_pair(in);
}

bool shape_rule_gn(struct inference *in)
{
    return shape_check_groups(in, in->node->args.groups, in->input.c, "channels", in->input.c) &&
           (!in->node->args.affine || add_channel_pair(in));
}

bool shape_rule_scale(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    return (!a->has_weight || shape_add_channel_weight(in, ROLE_WEIGHT, true)) &&
           (!a->bias || shape_add_channel_weight(in, ROLE_BIAS, true));
}
