/* The pools: sliding, adaptive and global ones. They compute no MACs by torchvision's convention;
 * LeCun's connections count each window's inputs, and the bias of a trainable pool. */
#include "shape/origin.h"
#include "shape/rules.h"

/* Adds the coefficient and the bias of each map that affine=yes asks for. */
static bool add_affine(struct inference *in)
{
    return !in->node->args.affine ||
           (shape_add_channel_weight(in, ROLE_WEIGHT, true) && shape_add_channel_weight(in, ROLE_BIAS, true));
}

/* The sum over all results of a map of their windows' inputs, plus a bias each with affine; times maps. */
static bool count_connections(struct inference *in, int64_t inputs_of_map)
{
    struct shape s = in->result.shape;
    int64_t biases, total;
    if (!shape_check_size(in))
        return false;
    if (checked_mul(s.h, s.w, &biases) && checked_add(inputs_of_map, in->node->args.affine ? biases : 0, &total) &&
        checked_mul(total, s.c, &in->result.connections))
        return true;
    return shape_report_count(in, "connections");
}

/* Arguments of a window, written beside out, would have no effect. */
static bool check_adaptive_alone(const struct inference *in)
{
    static const char *const others[] = {"window", "stride", "pad", "ceil"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (!shape_argument_written(in, others[i]))
            continue;
        struct message *m = diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, others[i]),
                                        "%s cannot have both %s and out: out=%s determines its windows",
                                        layer_table[in->node->kind].keyword, others[i],
                                        shape_pair_text(in->arena, in->node->args.out.h, in->node->args.out.w));
        message_help(m, "leave out one of the two");
        return false;
    }
    return true;
}

static bool pool_adaptive(struct inference *in)
{
    struct layer_result *result = &in->result;
    struct pair out = in->node->args.out;
    int64_t inputs;
    if (out.h < 1 || out.w < 1 || out.h > LIMIT_ELEMENTS || out.w > LIMIT_ELEMENTS) {
        diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "out"),
                    "out=%lldx%lld; each side must be from 1 to %lld", (long long)out.h, (long long)out.w,
                    (long long)LIMIT_ELEMENTS);
        return false;
    }
    if (!check_adaptive_alone(in))
        return false;
    result->shape.h = out.h;
    result->shape.w = out.w;
    const struct adaptive_windows rows = adaptive_windows(in->input.h, out.h);
    const struct adaptive_windows columns = adaptive_windows(in->input.w, out.w);
    struct pair reach = {rows.longest - 1, columns.longest - 1}, keep = {1, 1};
    if (!shape_field_window(in, reach, keep))
        return false;
    result->jump_h *= (double)in->input.h / (double)out.h;
    result->jump_w *= (double)in->input.w / (double)out.w;
    if (!checked_mul(rows.sum, columns.sum, &inputs))
        return shape_report_count(in, "connections");
    return add_affine(in) && count_connections(in, inputs);
}

bool shape_rule_pool(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    int64_t inputs;
    if (a->adaptive)
        return pool_adaptive(in);
    if (!shape_check_window(in) || !shape_slide(in) || !add_affine(in))
        return false;
    if (!checked_product(&inputs, 4, in->result.shape.h, in->result.shape.w, a->window.h, a->window.w))
        return shape_report_count(in, "connections");
    return count_connections(in, inputs);
}

bool shape_rule_global_pool(struct inference *in)
{
    in->result.shape.h = in->result.shape.w = 1;
    return shape_field_whole(in) && count_connections(in, in->input.h * in->input.w);
}
