/* Several numbers become one: REDUCE and ARGMAX, along whole axes, and MAXOUT, of neighbouring channels. */
#include "shape/origin.h"
#include "shape/rules.h"

bool shape_rule_reduce(struct inference *in)
{
    struct shape *shape = &in->result.shape;
    const enum over over = in->node->args.over;
    struct pair reach = {0, 0}, stride = {1, 1};
    if (over == OVER_C || over == OVER_CHW)
        shape->c = 1;
    if (over == OVER_H || over == OVER_HW || over == OVER_CHW) {
        reach.h = in->input.h - 1;
        stride.h = in->input.h;
        shape->h = 1;
    }
    if (over == OVER_W || over == OVER_HW || over == OVER_CHW) {
        reach.w = in->input.w - 1;
        stride.w = in->input.w;
        shape->w = 1;
    }
    return shape_field_window(in, reach, stride);
}

/* Its result is counted in whole numbers. */
bool shape_rule_argmax(struct inference *in)
{
    in->result.element = ELEMENT_S32;
    return shape_rule_reduce(in);
}

bool shape_rule_maxout(struct inference *in)
{
    const int64_t pieces = in->node->args.pieces, channels = in->input.c;
    if (channels % pieces == 0) {
        in->result.shape.c = channels / pieces;
        return true;
    }
    struct message *m = diag_report(in->diag, CHECK_SHAPE, shape_argument_span(in, "pieces"),
                                    "MAXOUT(%lld) cannot take %lld channels: not a multiple of %lld", (long long)pieces,
                                    (long long)channels, (long long)pieces);
    shape_label_input(in, m);
    message_help(m, "%lld channels would give %lld", (long long)((channels / pieces + 1) * pieces),
                 (long long)(channels / pieces + 1));
    return false;
}
