/* Plans of what the fast targets do besides convolutions: FC, pools, elementwise operations,
 * concatenation. */
#include "plan/fast.h"

static struct step *simple_step(struct fast *fast, const struct op *op, struct kernel *kernel)
{
    return plan_step(fast->plan, op, kernel_intern(fast->plan, kernel));
}

static void describe_input(struct fast *fast, struct kernel *kernel, const struct tensor *in, const char *prefix)
{
    struct arena *arena = fast->plan->arena;
    fast_number(fast, kernel, arena_printf(arena, "%s_ROW", prefix), in->layout.row);
    fast_number(fast, kernel, arena_printf(arena, "%s_PLANE", prefix), in->layout.plane);
    fast_number(fast, kernel, arena_printf(arena, "%s_START", prefix), fast_start(in, 0, 0));
}

static bool no_padding(struct padding pad)
{
    return pad.top == 0 && pad.left == 0 && pad.bottom == 0 && pad.right == 0;
}

/* ---- fully connected ---- */

/* Fewer outputs than a block has: then a block's weights would be zeros for a good part. */
static bool few_outputs(int64_t inputs, int64_t outputs)
{
    return outputs <= 12 && inputs >= 512 && inputs % FAST_BLOCK == 0;
}

static void plan_dots(struct fast *fast, const struct op *op, struct tensor *in, struct tensor *out, bool blocked)
{
    int64_t count = in->layout.bytes / (int64_t)sizeof(float), outputs = out->shape.c, chains = 12 / outputs;
    while (count / FAST_BLOCK % chains)
        chains--;
    struct kernel *kernel = fast_kernel(fast, "vector/dots.m4", "fc");
    fast_number(fast, kernel, "IN_COUNT", count);
    fast_number(fast, kernel, "OUT_COUNT", outputs);
    fast_number(fast, kernel, "CHAINS", chains);
    fast_number(fast, kernel, "AHEAD", count * outputs > 128 * 1024 ? 4096 : 0);
    fast_activation(fast, kernel, op->activation);
    struct step *step = simple_step(fast, op, kernel);
    step_reads(fast->plan, step, in);
    step_weights(fast->plan, step,
                 plan_pack(fast->plan, op, op->node, blocked ? PACK_DOTS_BLOCKED : PACK_DOTS_PLANAR,
                           count * outputs + FAST_BLOCK));
    step_writes(fast->plan, step, out);
}

/* Sums of each vector of outputs that do not wait for each other: enough of them to keep the FMA units busy. */
static int dense_chains(int64_t blocks, int lanes)
{
    int64_t vectors = blocks * FAST_BLOCK / lanes;
    return vectors >= 8 ? 1 : vectors >= 4 ? 2 : vectors >= 2 ? 4 : 8;
}

bool fast_dense(struct fast *fast, const struct op *op)
{
    const struct value *value = op->inputs.items[0];
    const struct fast_value *v = &fast->values[value->id];
    bool blocked = v->blocked && v->tensor && no_padding(v->tensor->layout.halo) && value->shape.h * value->shape.w > 1;
    struct tensor *in = blocked ? v->tensor : fast_planar(fast, op, value);
    struct tensor **slot = &fast->plan->of_value[op->output->id];
    int64_t outputs = op->output->shape.c, blocks = fast_blocks(outputs);
    int64_t count = blocked ? fast_blocks(value->shape.c) * FAST_BLOCK * value->shape.h * value->shape.w
                            : shape_elements(value->shape);
    /* Whole blocks are written, so the buffer is that long. */
    struct tensor *out =
        plan_tensor(fast->plan, op->output,
                    tensor_layout(FORM_BLOCKED, FAST_BLOCK, op->output->shape, (struct padding){0, 0, 0, 0}));
    *slot = plan_part(fast->plan, out, 0, op->output->shape,
                      tensor_layout(FORM_PLANAR, 1, op->output->shape, (struct padding){0, 0, 0, 0}));
    struct fast_value *result = &fast->values[op->output->id];
    result->result = out;
    if (no_padding(result->halo)) /* else a reader's halo takes a copy */
        result->tensor = out;
    if (few_outputs(count, outputs)) {
        plan_dots(fast, op, in, out, blocked);
        return true;
    }
    struct kernel *kernel = fast_kernel(fast, "vector/dense.m4", "fc");
    fast_number(fast, kernel, "IN_COUNT", count);
    fast_number(fast, kernel, "BLOCKS", blocks);
    fast_activation(fast, kernel, op->activation);
    fast_share(fast, kernel, (double)(count * blocks * FAST_BLOCK) / 4, false);
    struct fast_lanes lanes = fast_lanes_of(fast->plan->options.target);
    for (size_t i = 0; i < lanes.count; i++) {
        fast_lane_number(fast, kernel, "CHAINS", lanes.lanes[i], dense_chains(4, lanes.lanes[i]));
        fast_lane_number(fast, kernel, "LAST_CHAINS", lanes.lanes[i], dense_chains(blocks % 4, lanes.lanes[i]));
    }
    struct step *step = simple_step(fast, op, kernel);
    step_reads(fast->plan, step, in);
    step_weights(fast->plan, step,
                 plan_pack(fast->plan, op, op->node, blocked ? PACK_DENSE_BLOCKED : PACK_DENSE_PLANAR,
                           blocks * FAST_BLOCK * (count + 1)));
    step_writes(fast->plan, step, out);
    return true;
}

/* ---- pools ---- */

static const char *pool_word(enum pool_kind kind)
{
    return kind == POOL_KIND_MAX ? "max" : kind == POOL_KIND_AVG ? "avg" : "l2";
}

bool fast_pool(struct fast *fast, const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    struct tensor *in = fast_blocked(fast, op, op->inputs.items[0]), *out = fast_result(fast, op);
    struct kernel *kernel = fast_kernel(fast, "vector/pool.m4",
                                        arena_printf(fast->plan->arena, "pool_%s", pool_word(args->pool)));
    int64_t last_y = (out->shape.h - 1) * args->stride.h - args->pad.top + args->window.h;
    int64_t last_x = (out->shape.w - 1) * args->stride.w - args->pad.left + args->window.w;
    describe_input(fast, kernel, in, "IN");
    fast_describe_result(fast, kernel, out);
    const struct {
        const char *name;
        int64_t value;
        /* clang-format off */
    } numbers[] = {{"BLOCKS", fast_blocks(out->shape.c)}, {"IN_H", in->shape.h}, {"IN_W", in->shape.w},
                   {"KERNEL_H", args->window.h}, {"KERNEL_W", args->window.w}, {"STRIDE_H", args->stride.h},
                   {"STRIDE_W", args->stride.w}, {"PAD_TOP", args->pad.top}, {"PAD_LEFT", args->pad.left},
                   {"PAD_BOTTOM", args->pad.bottom}, {"PAD_RIGHT", args->pad.right}, {"COUNT_PAD", args->count_pad},
                   {"CLIPPED", args->pad.top || args->pad.left || last_y > in->shape.h || last_x > in->shape.w}};
    /* clang-format on */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        fast_number(fast, kernel, numbers[i].name, numbers[i].value);
    kernel_word(fast->plan, kernel, "KIND", pool_word(args->pool));
    fast_share(fast, kernel, (double)shape_elements(out->shape) * (double)(args->window.h * args->window.w) / 8, false);
    struct step *step = simple_step(fast, op, kernel);
    step_reads(fast->plan, step, in);
    step_writes(fast->plan, step, out);
    return true;
}

bool fast_global(struct fast *fast, const struct op *op)
{
    struct tensor *in = fast_blocked(fast, op, op->inputs.items[0]), *out = fast_result(fast, op);
    bool max = op->kind == LAYER_GMP;
    struct kernel *kernel = fast_kernel(fast, "vector/global.m4", max ? "global_max" : "global_avg");
    describe_input(fast, kernel, in, "IN");
    fast_number(fast, kernel, "IN_H", in->shape.h);
    fast_number(fast, kernel, "IN_W", in->shape.w);
    fast_number(fast, kernel, "BLOCKS", fast_blocks(out->shape.c));
    fast_describe_result(fast, kernel, out);
    fast_number(fast, kernel, "SHARED", 0);
    kernel_word(fast->plan, kernel, "KIND", max ? "max" : "avg");
    struct step *step = simple_step(fast, op, kernel);
    step_reads(fast->plan, step, in);
    step_writes(fast->plan, step, out);
    return true;
}

/* ---- elementwise ---- */

static const char *elementwise_word(const struct op *op)
{
    switch (op->kind) {
    case LAYER_ADD: return "add";
    case LAYER_MUL: return "mul";
    case LAYER_MAX: return "max";
    case LAYER_SUB: return "sub";
    case LAYER_BN:
    case LAYER_SCALE: return "affine";
    default: return "apply";
    }
}

bool fast_elementwise(struct fast *fast, const struct op *op)
{
    const char *word = elementwise_word(op);
    bool activation = op_is_activation(op->kind), affine = op->kind == LAYER_BN || op->kind == LAYER_SCALE;
    struct tensor *a = fast_blocked(fast, op, op->inputs.items[0]), *out = fast_result(fast, op);
    struct tensor *b = op->inputs.count > 1 ? fast_blocked(fast, op, op->inputs.items[1]) : NULL;
    int64_t blocks = fast_blocks(out->shape.c);
    struct kernel *kernel = fast_kernel(fast, "vector/elementwise.m4", word);
    kernel_word(fast->plan, kernel, "KIND", word);
    describe_input(fast, kernel, a, "IN");
    fast_number(fast, kernel, "SECOND", b != NULL);
    if (b)
        describe_input(fast, kernel, b, "SECOND");
    fast_number(fast, kernel, "BLOCKS", blocks);
    fast_describe_result(fast, kernel, out);
    fast_activation(fast, kernel, activation ? op->node : op->activation);
    fast_share(fast, kernel, (double)shape_elements(out->shape) / 4, false);
    struct step *step = simple_step(fast, op, kernel);
    step_reads(fast->plan, step, a);
    if (b)
        step_reads(fast->plan, step, b);
    if (affine)
        step_weights(fast->plan, step,
                     plan_pack(fast->plan, op, op->node, PACK_AFFINE_BLOCKED, blocks * FAST_BLOCK * 2));
    step_writes(fast->plan, step, out);
    step->in_place = b ? 3u : 1u;
    return true;
}

/* ---- concatenation: the parts are computed where they belong, if nothing speaks against it ---- */

bool fast_concat(struct fast *fast, const struct op *op)
{
    struct tensor *out = fast_result(fast, op);
    int64_t block = 0;
    for (size_t i = 0; i < op->inputs.count; i++) {
        const struct value *value = op->inputs.items[i];
        struct tensor *in = fast_blocked(fast, op, value);
        struct tensor *part = plan_part(fast->plan, out, block * out->layout.plane * (int64_t)sizeof(float),
                                        value->shape,
                                        tensor_layout(FORM_BLOCKED, FAST_BLOCK, value->shape, out->layout.halo));
        struct kernel *kernel = fast_kernel(fast, "vector/move.m4", "move");
        fast_number(fast, kernel, "COUNT", part->layout.bytes / (int64_t)sizeof(float));
        struct step *step = simple_step(fast, op, kernel);
        step_reads(fast->plan, step, in);
        step_writes(fast->plan, step, part);
        step->movable = true;
        block += fast_blocks(value->shape.c);
    }
    return true;
}
