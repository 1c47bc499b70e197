/* The convolutions: CONV, DWCONV, DECONV. MACs are torchvision's, without the bias; connections are
 * LeCun's: every input of every output, and its bias. */
#include "shape/origin.h"
#include "shape/rules.h"

static int64_t divisor_below(int64_t channels, int64_t also, int64_t limit)
{
    int64_t best = 1;
    for (int64_t i = 1; i * i <= channels; i++) {
        int64_t pair[2] = {i, channels / i};
        for (int k = 0; k < 2 && channels % i == 0; k++)
            if (also % pair[k] == 0 && pair[k] < limit && pair[k] > best)
                best = pair[k];
    }
    return best;
}

static int64_t divisor_above(int64_t channels, int64_t also, int64_t limit)
{
    int64_t best = 0;
    for (int64_t i = 1; i * i <= channels; i++) {
        int64_t pair[2] = {i, channels / i};
        for (int k = 0; k < 2 && channels % i == 0; k++)
            if (also % pair[k] == 0 && pair[k] > limit && (best == 0 || pair[k] < best))
                best = pair[k];
    }
    return best;
}

bool shape_check_groups(const struct inference *in, int64_t groups, int64_t channels, const char *which, int64_t also)
{
    if (groups >= 1 && channels % groups == 0)
        return true;
    struct message *m = diag_report(in->diag, CHECK_GROUPS, shape_argument_span(in, "groups"),
                                    "%lld groups do not divide %lld %s", (long long)groups, (long long)channels, which);
    shape_label_input(in, m);
    int64_t below = divisor_below(channels, also, groups), above = divisor_above(channels, also, groups);
    const char *fewer = arena_printf(in->arena, "%lld", (long long)below);
    if (above)
        message_fix_argument(m, "groups", fewer, "groups=%lld or groups=%lld would work", (long long)below,
                             (long long)above);
    else
        message_fix_argument(m, "groups", fewer, "groups=%lld would work", (long long)below);
    return false;
}

static bool check_filters(const struct inference *in)
{
    int64_t filters = in->node->args.filters;
    if (filters >= 1 && filters <= LIMIT_ELEMENTS)
        return true;
    if (filters > LIMIT_ELEMENTS)
        return shape_report_limit(in, "the number of filters");
    diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "filters"), "%s needs at least one filter, not %lld",
                layer_table[in->node->kind].keyword, (long long)filters);
    return false;
}

/* Groups must divide what comes in and what goes out. */
static bool check_conv_groups(const struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    return shape_check_groups(in, a->groups, in->input.c, "input channels", a->filters) &&
           shape_check_groups(in, a->groups, a->filters, "filters", in->input.c);
}

static bool add_conv_weights(struct inference *in, int64_t first, int64_t second)
{
    const struct layer_args *a = &in->node->args;
    int64_t dims[4] = {first, second, a->window.h, a->window.w};
    return shape_add_weight(in, ROLE_WEIGHT, true, 4, dims) &&
           (!a->bias || shape_add_weight(in, ROLE_BIAS, true, 1, &a->filters));
}

/* macs = positions * weights; connections = macs, and one for each output that has a bias. */
static bool count_conv(struct inference *in, struct shape positions, int64_t weights)
{
    struct layer_result *result = &in->result;
    if (!shape_check_size(in))
        return false;
    int64_t outputs = shape_elements(result->shape);
    if (checked_product(&result->macs, 3, positions.h, positions.w, weights) &&
        checked_add(result->macs, in->node->args.bias ? outputs : 0, &result->connections))
        return true;
    return shape_report_count(in, "connections");
}

static bool report_connect(const struct inference *in, const char *text)
{
    struct message *m = diag_report(in->diag, CHECK_LITERAL, shape_argument_span(in, "connect"), "%s", text);
    shape_label_input(in, m);
    message_help(
        m,
        "the table needs a row for each input map (%lld) and a column for each filter (%lld), with entries of 0 or 1",
        (long long)in->input.c, (long long)in->node->args.filters);
    return false;
}

/* Counts the ones of a connection table; false after reporting that it is not valid. */
static bool count_connected(const struct inference *in, int64_t *ones)
{
    const struct layer_args *a = &in->node->args;
    const struct matrix *table = a->connect;
    *ones = 0;
    if (a->groups != 1)
        return report_connect(
            in, arena_printf(in->arena, "connect cannot be combined with groups=%lld", (long long)a->groups));
    if (table->rows != in->input.c || table->columns != a->filters)
        return report_connect(
            in, arena_printf(
                    in->arena, "the connection table is %lldx%lld, but there are %lld input maps and %lld filters",
                    (long long)table->rows, (long long)table->columns, (long long)in->input.c, (long long)a->filters));
    for (int64_t i = 0; i < table->rows * table->columns; i++) {
        double entry = table->entries[i];
        if (entry != 0 && entry != 1)
            return report_connect(
                in, arena_printf(in->arena, "entry %lld of row %lld of the connection table is %g, not 0 or 1",
                                 (long long)(i % table->columns + 1), (long long)(i / table->columns + 1), entry));
        *ones += entry == 1;
    }
    return true;
}

bool shape_rule_conv(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    int64_t kernels; /* of one input map and one filter */
    if (!check_filters(in) || !shape_check_window(in) || !check_conv_groups(in) || !shape_slide(in))
        return false;
    in->result.shape.c = a->filters;
    if (!add_conv_weights(in, a->filters, in->input.c / a->groups))
        return false;
    kernels = a->filters * (in->input.c / a->groups);
    if (a->connect && !count_connected(in, &kernels))
        return false;
    int64_t window = a->window.h * a->window.w, weights = kernels * window;
    const struct weight *tensors = in->result.weights;
    if (a->connect) /* the tensor stays dense, as weight files have it */
        in->result.params = (tensors[0].trainable ? weights : 0) +
                            (a->bias && tensors[1].trainable ? tensors[1].count : 0);
    return count_conv(in, in->result.shape, weights);
}

bool shape_rule_dwconv(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    if (!check_filters(in) || !shape_check_window(in) || !shape_slide(in))
        return false;
    in->result.shape.c = a->filters;
    return add_conv_weights(in, a->filters, 1) && count_conv(in, in->result.shape, in->result.weights[0].count);
}

/* (n - 1)*S - P + D*(F - 1) + 1 + outpad; what is not negative here fits in 64 bits. */
static int64_t deconv_size(int64_t n, int64_t stride, int64_t pads, int64_t window, int64_t dilation, int64_t out_pad)
{
    int64_t size;
    if (!checked_mul(n - 1, stride, &size))
        return INT64_MAX;
    if (!checked_add(size, dilation * (window - 1) + 1 + out_pad - pads, &size))
        return INT64_MAX;
    return size;
}

static bool check_out_pad(const struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    int64_t most_h = (a->stride.h > a->dilation.h ? a->stride.h : a->dilation.h) - 1;
    int64_t most_w = (a->stride.w > a->dilation.w ? a->stride.w : a->dilation.w) - 1;
    if (a->out_pad.h >= 0 && a->out_pad.w >= 0 && a->out_pad.h <= most_h && a->out_pad.w <= most_w)
        return true;
    struct message *m = diag_report(in->diag, CHECK_ARGUMENT, shape_argument_span(in, "outpad"),
                                    "outpad of DECONV is %s; it must be smaller than the stride %s or the dilation %s",
                                    shape_pair_text(in->arena, a->out_pad.h, a->out_pad.w),
                                    shape_pair_text(in->arena, a->stride.h, a->stride.w),
                                    shape_pair_text(in->arena, a->dilation.h, a->dilation.w));
    message_fix_argument(m, "outpad", shape_pair_text(in->arena, most_h, most_w), "it can be at most %s",
                         shape_pair_text(in->arena, most_h, most_w));
    return false;
}

static bool check_deconv_size(const struct inference *in)
{
    const struct shape *s = &in->result.shape;
    if (s->h >= 1 && s->w >= 1)
        return true;
    struct message *m = diag_report(in->diag, CHECK_WINDOW, shape_argument_span(in, "pad"),
                                    "padding %s leaves nothing of the result of DECONV: it would be %s",
                                    shape_pad_text(in->arena, in->node->args.pad),
                                    shape_pair_text(in->arena, s->h, s->w));
    shape_label_input(in, m);
    message_fix_argument(m, "pad", "0",
                         "in a transposed convolution pad removes rows and columns; pad=0 keeps them all");
    return false;
}

bool shape_rule_deconv(struct inference *in)
{
    const struct layer_args *a = &in->node->args;
    struct layer_result *result = &in->result;
    if (!check_filters(in) || !shape_check_window(in) || !check_conv_groups(in) || !check_out_pad(in))
        return false;
    result->shape.c = a->filters;
    result->shape.h = deconv_size(in->input.h, a->stride.h, a->pad.top + a->pad.bottom, a->window.h, a->dilation.h,
                                  a->out_pad.h);
    result->shape.w = deconv_size(in->input.w, a->stride.w, a->pad.left + a->pad.right, a->window.w, a->dilation.w,
                                  a->out_pad.w);
    if (!check_deconv_size(in) || !add_conv_weights(in, in->input.c, a->filters / a->groups))
        return false;
    /* A result gathers from the inputs whose windows reach it; the jump between results shrinks by the stride. */
    struct pair reach = {a->dilation.h * (a->window.h - 1) / a->stride.h,
                         a->dilation.w * (a->window.w - 1) / a->stride.w};
    struct pair keep = {1, 1};
    if (!shape_field_window(in, reach, keep))
        return false;
    result->jump_h /= (double)a->stride.h;
    result->jump_w /= (double)a->stride.w;
    return count_conv(in, in->input, result->weights[0].count);
}
