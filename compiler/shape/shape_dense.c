/* INPUT, CONST, and the layers that read their whole input as one row of numbers: FC, RBF, FLATTEN; and
 * DROPOUT, of the same family. */
#include "shape/rules.h"

/* With a scale of 0 the network would see nothing of a channel. */
static bool check_scale(const struct inference *in)
{
    const double *scale = in->node->args.scale;
    const int64_t channels = in->result.shape.c;
    for (int64_t c = 0; scale && c < channels; c++)
        if (scale[c] == 0) {
            diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "scale"),
                        "scale of INPUT is 0%s: the network would see only zeros%s",
                        channels > 1 ? arena_printf(in->arena, " at [%lld]", (long long)c) : "",
                        channels > 1 ? " in this channel" : "");
            return false;
        }
    return true;
}

bool shape_rule_input(struct inference *in)
{
    struct layer_result *result = &in->result;
    result->shape = in->node->args.target;
    result->element = in->node->args.type;
    result->field = (struct pair){1, 1};
    result->jump_h = result->jump_w = 1;
    if (result->shape.c >= 1)
        return check_scale(in);
    diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "size"), "INPUT has no channels");
    return false;
}

/* Numbers that no pixel of an image has a part in. */
bool shape_rule_const(struct inference *in)
{
    struct layer_result *result = &in->result;
    const struct shape size = result->shape = in->node->args.target;
    if (size.c < 1) {
        diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "size"), "CONST has no channels");
        return false;
    }
    return shape_add_weight(in, ROLE_WEIGHT, true, 3, (const int64_t[]){size.c, size.h, size.w});
}

/* Makes the result 1x1xcount; each of its numbers depends on the whole input. */
static bool flatten(struct inference *in, int64_t count)
{
    in->result.shape = (struct shape){1, 1, count};
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
    const struct layer_args *a = &in->node->args;
    int64_t dims[2] = {a->filters, shape_elements(in->input)};
    if (!check_filters(in) || !flatten(in, a->filters) || !shape_add_weight(in, ROLE_WEIGHT, true, 2, dims))
        return false;
    in->result.macs = in->result.weights[0].count;
    in->result.connections = in->result.macs + (a->bias ? a->filters : 0);
    return !a->bias || shape_add_channel_weight(in, ROLE_BIAS, true);
}

bool shape_rule_rbf(struct inference *in)
{
    const int64_t filters = in->node->args.filters, dims[2] = {filters, shape_elements(in->input)};
    if (!check_filters(in) || !flatten(in, filters) || !shape_add_weight(in, ROLE_WEIGHT, false, 2, dims))
        return false;
    in->result.connections = in->result.weights[0].count;
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
                                    "the rate of DROPOUT must be from 0 to 1, not %g", rate);
    if (rate > 1 && rate <= 100)
        message_help(m, "did you mean %g, which is %g%%?", rate / 100, rate);
    return false;
}
