/* Arguments in their final form, the same for a layer that was written and for one that was imported: what follows
 * from other arguments or from the input's shape is filled in. The rules check whether the numbers make sense. */
#include "shape/rules.h"

int64_t shape_reach(int64_t window, int64_t dilation)
{
    int64_t reach;
    if (!checked_sub(window, 1, &reach) || !checked_mul(reach, dilation, &reach) || reach > LIMIT_ELEMENTS)
        return LIMIT_ELEMENTS + 1;
    return reach > 0 ? reach : 0;
}

/* `same` pads (F - 1)*D rows and columns in all, an odd one below or on the right; `full` pads as many on each side. */
static void normalise_pad(struct layer_args *args)
{
    int64_t h = shape_reach(args->window.h, args->dilation.h), w = shape_reach(args->window.w, args->dilation.w);
    if (args->pad_rule == PAD_SAME)
        args->pad = (struct padding){h / 2, w / 2, h - h / 2, w - w / 2};
    else if (args->pad_rule == PAD_FULL)
        args->pad = (struct padding){h, w, h, w};
    args->pad_rule = PAD_GIVEN;
}

static void normalise_pool(enum layer_kind kind, struct layer_args *args)
{
    if (kind == LAYER_AVGPOOL || kind == LAYER_GAP)
        args->pool = POOL_KIND_AVG;
    else if (kind == LAYER_L2POOL)
        args->pool = POOL_KIND_L2;
    else if (kind != LAYER_POOL)
        args->pool = POOL_KIND_MAX;
    args->dilation = (struct pair){1, 1};
    args->adaptive = args->adaptive || args->out.h || args->out.w;
    if (args->adaptive || kind == LAYER_GAP || kind == LAYER_GMP) { /* nothing slides */
        args->window = args->stride = (struct pair){0, 0};
        args->pad = (struct padding){0, 0, 0, 0};
        args->pad_rule = PAD_GIVEN;
        args->ceil = false;
    }
    if (!args->stride.h && !args->stride.w)
        args->stride = args->window;
}

static void normalise_slice(struct layer_args *args, struct shape input)
{
    int64_t length = args->axis == AXIS_C ? input.c : args->axis == AXIS_H ? input.h : input.w;
    args->from += args->from < 0 ? length : 0;
    args->to += args->to < 0 ? length : 0;
}

void shape_normalise_args(enum layer_kind kind, struct shape input, struct layer_args *args)
{
    if (layer_table[kind].family == FAMILY_POOLING)
        normalise_pool(kind, args);
    if (kind == LAYER_MAXOUT)
        args->reducing = REDUCING_MAX;
    if (kind == LAYER_ARGMAX)
        args->reducing = REDUCING_ARGMAX;
    if (kind == LAYER_SLICE)
        normalise_slice(args, input);
    if (kind == LAYER_DWCONV) { /* each factor is at most 2^31 */
        args->filters = args->mult * input.c;
        args->groups = input.c;
    }
    normalise_pad(args);
}

/* One number for each channel of INPUT; no numbers if none were written. */
static bool expand_constant(const struct inference *in, enum weight_role role, const char *what,
                            const double **constant)
{
    const struct literal_weight *literal = in->literals ? &in->literals[role] : NULL;
    const int64_t channels = in->node->args.target.c;
    if (!literal || !literal->matrix || channels < 1)
        return true;
    struct weight wanted = {.role = role, .rank = 1, .dims = {channels}, .count = channels};
    if (!shape_check_literal(in, literal, what, &wanted))
        return false;
    if (channels > LIMIT_ENTRIES) {
        diag_report(in->diag, CHECK_LIMIT, literal->span, "a %s for each of %lld channels exceeds the limit of %d",
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

bool shape_normalise(struct shape_context *context, struct node *node, const struct literal_weight literals[ROLE_COUNT])
{
    const struct shape none = {0, 0, 0};
    const struct inference in = {
        .context = context, .arena = context->arena, .diag = context->diag, .node = node, .literals = literals};
    shape_normalise_args(node->kind, node->input_count ? node->inputs[0]->shape : none, &node->args);
    return node->kind != LAYER_INPUT || (expand_constant(&in, ROLE_MEAN, "mean", &node->args.mean) &&
                                         expand_constant(&in, ROLE_WEIGHT, "scale", &node->args.scale));
}
