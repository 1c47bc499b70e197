/* INPUT, and the layers that read their whole input as one row of numbers: FC, RBF, FLATTEN; DROPOUT, which stands
 * among them. */
#include "shape/rules.h"

/* A constant per channel of INPUT's normalisation, expanded; true if there is none to expand. */
static bool input_constant(struct inference *in, enum weight_role role, const char *what, const double **constant)
{
    const struct literal_weight *literal = in->literals ? &in->literals[role] : NULL;
    const int64_t channels = in->node->shape.c;
    if (!literal || !literal->matrix)
        return true;
    struct weight wanted = {.role = role, .rank = 1, .dims = {channels}, .count = channels};
    if (!shape_check_literal(in, literal, what, &wanted))
        return false;
    if (channels > LIMIT_ENTRIES) {
        diag_report(in->diag, CHECK_LIMIT, literal->span, "a %s for each of %lld channels: at most %d are possible",
                    what, (long long)channels, LIMIT_ENTRIES);
        return false;
    }
    wanted.literal = literal->matrix->entries;
    wanted.period = literal->matrix->rows * literal->matrix->columns;
    double *expanded = ARENA_ARRAY(in->arena, double, (size_t)channels);
    for (int64_t i = 0; i < channels; i++)
        expanded[i] = weight_literal(&wanted, i);
    *constant = expanded;
    return true;
}

bool shape_rule_input(struct inference *in)
{
    struct node *node = in->node;
    node->shape = node->args.target;
    node->element = node->args.type;
    node->field = (struct pair){1, 1};
    node->jump_h = node->jump_w = 1;
    if (node->shape.c < 1) {
        diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "size"), "INPUT has no channels");
        return false;
    }
    return input_constant(in, ROLE_MEAN, "mean", &node->args.mean) &&
           input_constant(in, ROLE_WEIGHT, "scale", &node->args.scale);
}

/* Makes the result 1x1xcount, each number of which depends on the whole input. */
static bool flatten(struct inference *in, int64_t count)
{
    in->node->shape = (struct shape){1, 1, count};
    return shape_field_whole(in);
}

static bool check_filters(const struct inference *in)
{
    int64_t filters = in->node->args.filters;
    if (filters >= 1 && filters <= LIMIT_ELEMENTS)
        return true;
    if (filters > LIMIT_ELEMENTS)
        return shape_report_limit(in, "the number of results");
    diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "filters"), "%s needs at least one result, not %lld",
                layer_table[in->node->kind].keyword, (long long)filters);
    return false;
}

bool shape_rule_fc(struct inference *in)
{
    struct node *node = in->node;
    int64_t dims[2] = {node->args.filters, shape_elements(in->input)};
    if (!check_filters(in) || !flatten(in, node->args.filters) || !shape_add_weight(in, ROLE_WEIGHT, true, 2, dims))
        return false;
    node->macs = node->weights[0].count;
    node->connections = node->macs + (node->args.bias ? node->args.filters : 0);
    return !node->args.bias || shape_add_channel_weight(in, ROLE_BIAS, true);
}

bool shape_rule_rbf(struct inference *in)
{
    struct node *node = in->node;
    int64_t dims[2] = {node->args.filters, shape_elements(in->input)};
    if (!check_filters(in) || !flatten(in, node->args.filters) || !shape_add_weight(in, ROLE_WEIGHT, false, 2, dims))
        return false;
    node->connections = node->weights[0].count;
    return true;
}

bool shape_rule_flatten(struct inference *in)
{
    return flatten(in, shape_elements(in->input));
}

bool shape_rule_dropout(struct inference *in)
{
    double rate = in->node->args.rate;
    if (rate >= 0 && rate <= 1)
        return shape_rule_same(in);
    struct message *m = diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "rate"),
                                    "DROPOUT drops a share of its input, from 0 to 1, and not %g", rate);
    if (rate > 1 && rate <= 100)
        message_help(m, "did you mean %g, which is %g%%?", rate / 100, rate);
    return false;
}
