/* Windows that slide over a map: how many fit, and the message when none does. What is computed in a
 * window is in shape_conv.c and shape_pool.c. */
#include "shape/origin.h"
#include "shape/rules.h"

int64_t shape_window_count(int64_t n, int64_t pad_before, int64_t pad_after, int64_t window, int64_t stride,
                           int64_t dilation, bool ceil)
{
    int64_t room = n + pad_before + pad_after - dilation * (window - 1) - 1;
    if (ceil)
        room += stride - 1;
    if (room < 0)
        return 0;
    int64_t count = room / stride + 1;
    if (ceil && (count - 1) * stride >= n + pad_before) /* the last one would see nothing but padding */
        count--;
    return count;
}

static bool in_range(const struct inference *in, const char *what, int64_t number, int64_t least)
{
    if (number >= least && number <= LIMIT_ELEMENTS)
        return true;
    enum check check = number < least ? CHECK_ARGUMENT : CHECK_LIMIT;
    diag_report(in->diag, check, shape_argument_span(in, what), "%s of %s is %lld; it must be from %lld to %lld", what,
                layer_table[in->node->kind].keyword, (long long)number, (long long)least, (long long)LIMIT_ELEMENTS);
    return false;
}

static bool reach_in_range(const struct inference *in, int64_t window, int64_t dilation)
{
    return shape_reach(window, dilation) <= LIMIT_ELEMENTS || shape_report_limit(in, "the dilated window");
}

bool shape_check_window(const struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    return in_range(in, "window", a->window.h, 1) && in_range(in, "window", a->window.w, 1) &&
           in_range(in, "stride", a->stride.h, 1) && in_range(in, "stride", a->stride.w, 1) &&
           in_range(in, "dilation", a->dilation.h, 1) && in_range(in, "dilation", a->dilation.w, 1) &&
           reach_in_range(in, a->window.h, a->dilation.h) && reach_in_range(in, a->window.w, a->dilation.w) &&
           in_range(in, "pad", a->pad.top, 0) && in_range(in, "pad", a->pad.left, 0) &&
           in_range(in, "pad", a->pad.bottom, 0) && in_range(in, "pad", a->pad.right, 0);
}

static struct pair counts(const struct inference *in, struct pair window, struct padding pad, struct pair dilation)
{
    const struct layer_args *a = &in->node->args;
    return (struct pair){
        shape_window_count(in->input.h, pad.top, pad.bottom, window.h, a->stride.h, dilation.h, a->ceil),
        shape_window_count(in->input.w, pad.left, pad.right, window.w, a->stride.w, dilation.w, a->ceil)};
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static const char *result_text(const struct inference *in, struct pair count)
{
    return shape_pair_text(in->arena, count.h, count.w);
}

/* The cause may be INPUT(3x32x32), which is 3 high, and not the window. */
static bool help_channels_first(const struct inference *in, struct message *m)
{
    const struct node *input = in->node;
    while (input->input_count > 0)
        input = input->inputs[0];
    struct shape s = input->shape;
    if (input->kind != LAYER_INPUT || !shape_channels_first(s))
        return false;
    message_help(m,
                 "%s is %lld high and %lld wide with %lld channels; a size is height x width x channels: "
                 "did you mean %s?",
                 shape_node_name(in->arena, input), (long long)s.h, (long long)s.w, (long long)s.c,
                 shape_text(in->arena, (struct shape){s.w, s.c, s.h}));
    return true;
}

/* The least padding with which one window fits, the largest window that fits as it is, dilation 1. */
static void help_window(const struct inference *in, struct message *m)
{
    const struct layer_args *a = &in->node->args;
    int64_t reach_h = shape_reach(a->window.h, a->dilation.h), reach_w = shape_reach(a->window.w, a->dilation.w);
    int64_t need_h = larger(0, reach_h + 1 - in->input.h), need_w = larger(0, reach_w + 1 - in->input.w);
    bool pool = layer_table[in->node->kind].family == FAMILY_POOLING;
    struct padding pad = {(need_h + 1) / 2, (need_w + 1) / 2, (need_h + 1) / 2, (need_w + 1) / 2};
    if (pad.top > 0 && pad.left > 0) /* one number is enough if both need some */
        pad.top = pad.left = pad.bottom = pad.right = larger(pad.top, pad.left);
    if (!pool || (in->input.h > 1 && in->input.w > 1 && pad.top <= a->window.h / 2 && pad.left <= a->window.w / 2))
        message_fix_argument(m, "pad", shape_pad_text(in->arena, pad), "pad=%s gives %s",
                             shape_pad_text(in->arena, pad), result_text(in, counts(in, a->window, pad, a->dilation)));
    struct pair one = {1, 1}, plain = counts(in, a->window, a->pad, one);
    if ((a->dilation.h > 1 || a->dilation.w > 1) && plain.h > 0 && plain.w > 0)
        message_fix_argument(m, "dilation", "1", "dilation=1 gives %s", result_text(in, plain));
    struct pair largest = {(in->input.h + a->pad.top + a->pad.bottom - 1) / a->dilation.h + 1,
                           (in->input.w + a->pad.left + a->pad.right - 1) / a->dilation.w + 1};
    largest.h = largest.h < a->window.h ? largest.h : a->window.h;
    largest.w = largest.w < a->window.w ? largest.w : a->window.w;
    if (pool && largest.h == 1 && largest.w == 1)
        message_help(m, "nothing is left to pool: remove the layer, or write %s?, which skips it where it does not fit",
                     layer_table[in->node->kind].keyword);
    else
        message_fix_argument(m, "window", shape_pair_text(in->arena, largest.h, largest.w),
                             "the largest window that fits is %s", shape_pair_text(in->arena, largest.h, largest.w));
}

/* Plans lay the padded input out in memory. Each number here is within LIMIT_ELEMENTS. */
static bool check_padded(const struct inference *in)
{
    const struct padding *pad = &in->node->args.pad;
    int64_t elements;
    return (checked_product(&elements, 3, in->input.h + pad->top + pad->bottom, in->input.w + pad->left + pad->right,
                            in->input.c) &&
            elements <= LIMIT_ELEMENTS) ||
           shape_report_limit(in, "the padded input");
}

bool shape_slide(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    struct pair count = counts(in, a->window, a->pad, a->dilation);
    if (count.h < 1 || count.w < 1) {
        struct message *m = diag_report(
            in->diag, CHECK_WINDOW, shape_argument_span(in, "window"), "%s does not fit %s %s input with padding %s",
            shape_window_words(in->arena, in->node), shape_article(in->input.h),
            shape_pair_text(in->arena, in->input.h, in->input.w), shape_pad_text(in->arena, a->pad));
        shape_label_input(in, m);
        if (!help_channels_first(in, m))
            help_window(in, m);
        return false;
    }
    if (!check_padded(in))
        return false;
    in->result.shape.h = count.h;
    in->result.shape.w = count.w;
    struct pair reach = {shape_reach(a->window.h, a->dilation.h), shape_reach(a->window.w, a->dilation.w)};
    return shape_field_window(in, reach, a->stride);
}
