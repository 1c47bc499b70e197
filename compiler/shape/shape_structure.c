/* Layers that move numbers and compute none: SHUFFLE UPSAMPLE PAD CROP SLICE RESHAPE TRANSPOSE. */
#include "shape/origin.h"
#include "shape/rules.h"

bool shape_rule_shuffle(struct inference *in)
{
    return shape_check_groups(in, in->node->args.groups, in->input.c, "channels", in->input.c);
}

bool shape_rule_upsample(struct inference *in)
{
    struct layer_result *result = &in->result;
    struct pair factor = in->node->args.factor, keep = {1, 1};
    if (factor.h < 1 || factor.w < 1) {
        diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "factor"),
                    "the factor of UPSAMPLE is %lldx%lld; it must be at least 1", (long long)factor.h,
                    (long long)factor.w);
        return false;
    }
    if (!checked_mul(in->input.h, factor.h, &result->shape.h) || !checked_mul(in->input.w, factor.w, &result->shape.w))
        return shape_report_limit(in, "the result");
    bool between = in->node->args.mode == UPSAMPLE_BILINEAR; /* a result lies between two inputs */
    struct pair reach = {between && in->input.h > 1 && factor.h > 1, between && in->input.w > 1 && factor.w > 1};
    if (!shape_field_window(in, reach, keep))
        return false;
    result->jump_h /= (double)factor.h;
    result->jump_w /= (double)factor.w;
    return true;
}

static bool add_edges(int64_t *side, int64_t before, int64_t after)
{
    return checked_add(*side, before, side) && checked_add(*side, after, side);
}

bool shape_rule_pad(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    struct shape *shape = &in->result.shape;
    if (a->pad.top < 0 || a->pad.left < 0 || a->pad.bottom < 0 || a->pad.right < 0 || a->pad_c_front < 0 ||
        a->pad_c_back < 0) {
        diag_report(in->diag, CHECK_ARGUMENT, in->node->span,
                    "PAD cannot add a negative number; to remove, use CROP or SLICE");
        return false;
    }
    if (!add_edges(&shape->h, a->pad.top, a->pad.bottom) || !add_edges(&shape->w, a->pad.left, a->pad.right) ||
        !add_edges(&shape->c, a->pad_c_front, a->pad_c_back))
        return shape_report_limit(in, "the result");
    return true;
}

bool shape_rule_crop(struct inference *in)
{
    struct padding p = in->node->args.pad;
    struct shape s = in->input;
    if (p.top < 0 || p.left < 0 || p.bottom < 0 || p.right < 0) {
        diag_report(in->diag, CHECK_ARGUMENT, in->node->span, "CROP cannot remove a negative number; to add, use PAD");
        return false;
    }
    bool fits = p.top < s.h && p.left < s.w && p.bottom < s.h - p.top && p.right < s.w - p.left;
    if (!fits) {
        struct message *m = diag_report(in->diag, CHECK_SHAPE, shape_argument_span(in, "hw"),
                                        "CROP(%s) leaves nothing of %s %s input", shape_pad_text(in->arena, p),
                                        shape_article(s.h), shape_pair_text(in->arena, s.h, s.w));
        shape_label_input(in, m);
        return false;
    }
    in->result.shape.h = s.h - p.top - p.bottom;
    in->result.shape.w = s.w - p.left - p.right;
    return true;
}

bool shape_rule_slice(struct inference *in)
{
    static const char *const names[] = {[AXIS_C] = "channels", [AXIS_H] = "rows", [AXIS_W] = "columns"};
    const struct layer_args *a = &in->node->args;
    struct shape *shape = &in->result.shape;
    int64_t *side = a->axis == AXIS_C ? &shape->c : a->axis == AXIS_H ? &shape->h : &shape->w;
    if (a->from < 0 || a->from >= a->to || a->to > *side) {
        struct message *m = diag_report(in->diag, CHECK_SHAPE, in->node->span,
                                        "SLICE cannot take [%lld, %lld) of %lld %s", (long long)a->from,
                                        (long long)a->to, (long long)*side, names[a->axis]);
        shape_label_input(in, m);
        message_help(m, "from and to must satisfy 0 <= from < to <= %lld; a negative number counts from the end",
                     (long long)*side);
        return false;
    }
    *side = a->to - a->from;
    return true;
}

bool shape_rule_reshape(struct inference *in)
{
    struct shape target = in->node->args.target;
    int64_t here = shape_elements(in->input), there = 0;
    bool counted = target.h > 0 && target.w > 0 && checked_product(&there, 3, target.h, target.w, target.c);
    if (!counted || there != here) {
        struct message *m = diag_report(in->diag, CHECK_SHAPE, shape_argument_span(in, "size"),
                                        "RESHAPE cannot read %lld numbers as %s%s", (long long)here,
                                        shape_text(in->arena, target),
                                        counted ? arena_printf(in->arena, ", which has %lld", (long long)there) : "");
        shape_label_input(in, m);
        if (counted && here % (target.h * target.w) == 0)
            message_help(m, "%lldx%lldx%lld has as many numbers", (long long)target.h, (long long)target.w,
                         (long long)(here / (target.h * target.w)));
        return false;
    }
    in->result.shape = target;
    return (target.h == in->input.h && target.w == in->input.w) || shape_field_whole(in);
}

static int64_t side_of(struct shape s, enum axis axis)
{
    return axis == AXIS_H ? s.h : axis == AXIS_W ? s.w : s.c;
}

bool shape_rule_transpose(struct inference *in)
{
    struct layer_result *result = &in->result;
    const enum axis *axes = in->node->args.axes;
    const struct node *input = in->node->inputs[0];
    result->shape.h = side_of(in->input, axes[0]);
    result->shape.w = side_of(in->input, axes[1]);
    result->shape.c = side_of(in->input, axes[2]);
    if (axes[0] == AXIS_W && axes[1] == AXIS_H) {
        result->field = (struct pair){input->field.w, input->field.h};
        result->jump_h = input->jump_w;
        result->jump_w = input->jump_h;
    }
    /* Where maps become rows or columns, one place collects numbers from many. */
    return axes[2] == AXIS_C || shape_field_whole(in);
}
