/* The second half of the c99 planner: ends, pools, normalisation, merges, and the layers that move
 * numbers. Every move is one template, copy.m4: three nested loops with a stride on each side. */
#include <string.h>

#include "plan/plan_c99.h"

/* ---- moving numbers ---- */

/* to[i*to_step[0] + j*to_step[1] + k*to_step[2]] = from[i*from_step[0] + ...]; counts of 1 cost nothing. */
struct move {
    int64_t count[3], from_step[3], to_step[3], from_start, to_start;
};

/* Makes one loop of the loops `outer` and `outer` + 1 if one step width does for both. */
static void merge_loops(struct move *move, int outer)
{
    int inner = outer + 1;
    bool outer_runs_once = move->count[outer] == 1, inner_runs_once = move->count[inner] == 1;
    bool adjoin = move->from_step[outer] == move->from_step[inner] * move->count[inner] &&
                  move->to_step[outer] == move->to_step[inner] * move->count[inner];
    if (!outer_runs_once && !inner_runs_once && !adjoin)
        return;
    if (inner_runs_once) {
        move->from_step[inner] = move->from_step[outer];
        move->to_step[inner] = move->to_step[outer];
    }
    move->count[inner] *= move->count[outer];
    for (int i = outer; i > 0; i--) { /* the loops outside of it move inwards */
        move->count[i] = move->count[i - 1];
        move->from_step[i] = move->from_step[i - 1];
        move->to_step[i] = move->to_step[i - 1];
    }
    move->count[0] = 1;
}

static struct move simplify(struct move move)
{
    merge_loops(&move, 1);
    merge_loops(&move, 1);
    merge_loops(&move, 0);
    for (int i = 0; i < 3; i++)
        if (move.count[i] == 1)
            move.from_step[i] = move.to_step[i] = 0;
    return move;
}

static struct step *move_step(const struct planning *p, const char *family, struct move move, struct tensor *from,
                              struct tensor *to)
{
    struct kernel *kernel = kernel_describe(p->plan, "c99/copy.m4", family);
    move = simplify(move);
    const struct c99_integer integers[] = {
        {"COUNT_0", move.count[0]},      {"COUNT_1", move.count[1]},    {"COUNT_2", move.count[2]},
        {"FROM_0", move.from_step[0]},   {"FROM_1", move.from_step[1]}, {"FROM_2", move.from_step[2]},
        {"TO_0", move.to_step[0]},       {"TO_1", move.to_step[1]},     {"TO_2", move.to_step[2]},
        {"FROM_START", move.from_start}, {"TO_START", move.to_start}};
    c99_integers(p, kernel, integers, sizeof integers / sizeof *integers);
    struct step *step = plan_step(p->plan, p->op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, from);
    step_writes(p->plan, step, to);
    return step;
}

/* All of a tensor as it lies in memory. */
static struct move move_flat(struct shape shape)
{
    int64_t count = shape_elements(shape);
    return (struct move){{1, 1, count}, {count, count, 1}, {count, count, 1}, 0, 0};
}

/* A box of `shape` that begins at (c, y, x) of a planar tensor, to or from a tensor of that shape. */
static struct move move_box(struct shape shape, struct shape large, int64_t c, int64_t y, int64_t x, bool out_of)
{
    struct move move = {
        {shape.c, shape.h, shape.w}, {shape.h * shape.w, shape.w, 1}, {shape.h * shape.w, shape.w, 1}, 0, 0};
    int64_t *steps = out_of ? move.from_step : move.to_step;
    steps[0] = large.h * large.w;
    steps[1] = large.w;
    *(out_of ? &move.from_start : &move.to_start) = (c * large.h + y) * large.w + x;
    return move;
}

static void set_movable(struct step *step)
{
    step->movable = true;
}

/* ---- ends ---- */

static bool chw_is_hwc(struct shape shape)
{
    return shape.c == 1 || (shape.h == 1 && shape.w == 1);
}

static bool plan_input(const struct planning *p)
{
    const struct op *op = p->op;
    const struct layer_args *args = &op->node->args;
    struct shape shape = op->output->shape;
    struct tensor *raw = plan_tensor(p->plan, op->output, c99_layout(shape));
    raw->place = PLACE_INPUT;
    raw->index = op->index;
    raw->element = op->node->element;
    bool hwc = args->layout == LAYOUT_HWC && !chw_is_hwc(shape), affine = (args->mean || args->scale) && !op->raw;
    if (!hwc && !affine && op->node->element == ELEMENT_F32) {
        p->plan->of_value[op->output->id] = raw; /* kernels read the caller's image where it is */
        return true;
    }
    struct kernel *kernel = kernel_describe(p->plan, "c99/load.m4", "load");
    const struct c99_integer integers[] = {{"CHANNELS", shape.c},
                                           {"PIXELS", shape.h * shape.w},
                                           {"STEP_C", hwc ? 1 : shape.h * shape.w},
                                           {"STEP_PIXEL", hwc ? shape.c : 1},
                                           {"BYTES", op->node->element == ELEMENT_U8},
                                           {"AFFINE", affine}};
    c99_integers(p, kernel, integers, 6);
    struct step *step = plan_step(p->plan, op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, raw);
    if (affine)
        step_weights(p->plan, step, plan_pack(p->plan, op, op->node, PACK_INPUT, 2 * shape.c));
    step_writes(p->plan, step, c99_output(p));
    return true;
}

static bool plan_output(const struct planning *p)
{
    const struct op *op = p->op;
    struct tensor *from = c99_input(p, 0);
    struct shape shape = from->shape;
    struct tensor *to = plan_tensor(p->plan, op->inputs.items[0], c99_layout(shape));
    to->place = PLACE_OUTPUT;
    to->index = op->index;
    bool hwc = p->plan->graph->outputs.items[op->index].layout == LAYOUT_HWC && !chw_is_hwc(shape);
    struct move move = move_flat(shape);
    if (hwc)
        move = (struct move){
            {shape.h, shape.w, shape.c}, {shape.w, 1, shape.h * shape.w}, {shape.w * shape.c, shape.c, 1}, 0, 0};
    struct step *step = move_step(p, "store", move, from, to);
    if (!hwc)
        set_movable(step);
    return true;
}

/* ---- pools ---- */

static enum pool_kind pool_kind_of(const struct node *node)
{
    switch (node->kind) {
    case LAYER_MAXPOOL:
    case LAYER_GMP: return POOL_KIND_MAX;
    case LAYER_AVGPOOL:
    case LAYER_GAP: return POOL_KIND_AVG;
    case LAYER_L2POOL: return POOL_KIND_L2;
    default: return node->args.pool;
    }
}

/* One window that is the whole map, and no pixel counted that is not there. */
static bool pools_globally(const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    if (out.h != 1 || out.w != 1 || pool_kind_of(op->node) == POOL_KIND_GAUSS)
        return false;
    return op->kind == LAYER_GAP || op->kind == LAYER_GMP || args->adaptive ||
           (args->window.h == in.h && args->window.w == in.w && args->pad.top == 0 && args->pad.left == 0);
}

static struct kernel *describe_global(const struct planning *p, const char *word)
{
    struct shape in = p->op->inputs.items[0]->shape;
    const char *family = arena_printf(p->plan->arena, "global_%s", word);
    struct kernel *kernel = kernel_describe(p->plan, "c99/pool_global.m4", family);
    int64_t pixels = in.h * in.w;
    int64_t lanes = pixels >= 64 ? 8 : 1;
    const struct c99_integer integers[] = {
        {"CHANNELS", in.c}, {"PIXELS", pixels}, {"LANES", lanes}, {"WHOLE", lanes > 1 ? pixels / lanes * lanes : 0}};
    c99_integers(p, kernel, integers, 4);
    return kernel;
}

static struct kernel *describe_pool(const struct planning *p, const char *word, enum pool_kind kind)
{
    const struct op *op = p->op;
    const struct layer_args *args = &op->node->args;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    struct kernel *kernel = kernel_describe(p->plan, "c99/pool.m4", arena_printf(p->plan->arena, "%spool", word));
    struct c99_window w = c99_window_of(in, out, args);
    if (args->adaptive) {
        w = (struct c99_window){.in_h = in.h, .in_w = in.w, .out_h = out.h, .out_w = out.w};
        w.window.h = (in.h + out.h - 1) / out.h + 1; /* the largest */
        w.window.w = (in.w + out.w - 1) / out.w + 1;
    }
    c99_describe_window(p, kernel, &w);
    /* Does ceil let a window reach beyond the padding, so that fewer pixels count there? */
    int64_t reach_h = (w.out_h - 1) * w.stride.h + w.window.h - w.pad.top - w.in_h - w.pad.bottom;
    int64_t reach_w = (w.out_w - 1) * w.stride.w + w.window.w - w.pad.left - w.in_w - w.pad.right;
    bool real = kind == POOL_KIND_AVG && !args->count_pad;
    const char *count = args->adaptive || real ? "real" : reach_h > 0 || reach_w > 0 ? "padded" : "all";
    kernel_word(p->plan, kernel, "COUNT", !w.clip_h && !w.clip_w && !args->adaptive ? "all" : count);
    const struct c99_integer integers[] = {{"CHANNELS", in.c},
                                           {"ADAPTIVE", args->adaptive},
                                           {"IN_PIXELS", in.h * in.w},
                                           {"LIMIT_H", w.in_h + w.pad.bottom},
                                           {"LIMIT_W", w.in_w + w.pad.right}};
    c99_integers(p, kernel, integers, 5);
    if (kind == POOL_KIND_GAUSS) {
        struct kernel *window = kernel_describe(p->plan, "c99/gauss_window.m4", "gauss_window");
        window->helper = true;
        window = kernel_intern(p->plan, window);
        kernel_text(p->plan, kernel, "GAUSS_WINDOW", arena_printf(p->plan->arena, "@kernel:%d@", window->id));
    }
    return kernel;
}

static bool plan_pool(const struct planning *p)
{
    const char *const *words = pool_kind_words;
    const struct op *op = p->op;
    enum pool_kind kind = pool_kind_of(op->node);
    struct kernel *kernel = pools_globally(op) ? describe_global(p, words[kind]) : describe_pool(p, words[kind], kind);
    kernel_word(p->plan, kernel, "KIND", words[kind]);
    kernel_integer(p->plan, kernel, "AFFINE", op->node->args.affine);
    c99_activation(p, kernel);
    struct step *step = plan_step(p->plan, op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    if (op->node->args.affine)
        step_weights(p->plan, step, plan_pack(p->plan, op, op->node, PACK_AFFINE, 2 * op->output->shape.c));
    step_writes(p->plan, step, c99_output(p));
    return true;
}

/* ---- normalisation ---- */

static bool plan_norm(const struct planning *p)
{
    const struct op *op = p->op;
    const struct layer_args *args = &op->node->args;
    struct shape shape = op->output->shape;
    int64_t pixels = shape.h * shape.w, all = pixels * shape.c;
    int64_t groups = op->kind == LAYER_IN ? shape.c : op->kind == LAYER_GN ? args->groups : 1;
    const char *family = op->kind == LAYER_LN ? "layernorm" : op->kind == LAYER_IN ? "instancenorm" : "groupnorm";
    int64_t count = all / groups, lanes = count >= 64 ? 16 : 1;
    const struct weight *weight = node_weight(op->node, ROLE_WEIGHT);
    const char *file = args->per_pixel && op->kind == LAYER_LN ? "c99/norm_pixels.m4" : "c99/norm.m4";
    bool by_channel = weight && weight->count == shape.c && pixels > 1;
    struct kernel *kernel = kernel_describe(p->plan, file, family);
    const struct c99_integer integers[] = {{"CHANNELS", shape.c},
                                           {"PIXELS", pixels},
                                           {"GROUPS", groups},
                                           {"COUNT", count},
                                           {"LANES", lanes},
                                           {"WHOLE", lanes > 1 ? count / lanes * lanes : 0},
                                           {"WEIGHT_COUNT", weight ? weight->count : 0}};
    c99_integers(p, kernel, integers, 7);
    kernel_word(p->plan, kernel, "AFFINE", !weight ? "none" : by_channel ? "channel" : "element");
    kernel_real(p->plan, kernel, "EPSILON", args->eps);
    struct step *step = plan_step(p->plan, op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    if (weight)
        step_weights(p->plan, step, plan_pack(p->plan, op, op->node, PACK_TENSOR, 2 * weight->count));
    step_writes(p->plan, step, c99_output(p));
    step->in_place = 1u << 0;
    return true;
}

static bool plan_lrn(const struct planning *p)
{
    const struct layer_args *args = &p->op->node->args;
    struct shape shape = p->op->output->shape;
    struct kernel *kernel = kernel_describe(p->plan, "c99/lrn.m4", "lrn");
    const struct c99_integer integers[] = {{"CHANNELS", shape.c},
                                           {"PIXELS", shape.h * shape.w},
                                           {"BEFORE", args->size / 2},
                                           {"AFTER", (args->size - 1) / 2},
                                           {"LAST_CHANNEL", shape.c - 1}};
    c99_integers(p, kernel, integers, 5);
    kernel_real(p->plan, kernel, "ALPHA_PER_SIZE", args->alpha / (double)args->size);
    kernel_real(p->plan, kernel, "BETA", args->beta);
    kernel_real(p->plan, kernel, "LRN_K", args->k);
    struct step *step = plan_step(p->plan, p->op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    step_writes(p->plan, step, c99_output(p));
    return true;
}

/* ---- merges ---- */

struct steps3 {
    int64_t c, h, w;
};

/* How far to go in a tensor for one step along each axis; 0 repeats it. */
static struct steps3 axis_steps(struct shape shape)
{
    return (struct steps3){shape.c == 1 ? 0 : shape.h * shape.w, shape.h == 1 ? 0 : shape.w, shape.w == 1 ? 0 : 1};
}

static struct kernel *describe_merge(const struct planning *p, struct shape a, struct shape b, bool last)
{
    static const char *const words[] = {"add", "mul", "max", "sub"};
    struct shape out = p->op->output->shape;
    const char *word = words[p->op->kind - LAYER_ADD];
    struct kernel *kernel = kernel_describe(p->plan, "c99/merge.m4", word);
    if (shape_equal(a, out) && shape_equal(b, out)) /* one loop */
        a = b = out = (struct shape){1, shape_elements(out), 1};
    struct steps3 sa = axis_steps(a), sb = axis_steps(b), to = axis_steps(out);
    const struct c99_integer integers[] = {{"OUT_C", out.c}, {"OUT_H", out.h}, {"OUT_W", out.w}, {"A_C", sa.c},
                                           {"A_H", sa.h},    {"A_W", sa.w},    {"B_C", sb.c},    {"B_H", sb.h},
                                           {"B_W", sb.w},    {"TO_C", to.c},   {"TO_H", to.h},   {"TO_W", to.w}};
    c99_integers(p, kernel, integers, 12);
    kernel_word(p->plan, kernel, "KIND", word);
    if (last)
        c99_activation(p, kernel);
    else {
        kernel_word(p->plan, kernel, "ACTIVATION", "none");
        kernel_integer(p->plan, kernel, "SLOPES", 0);
    }
    return kernel_intern(p->plan, kernel);
}

/* result = a op b; then result = result op c, ... */
static bool plan_merge(const struct planning *p)
{
    const struct op *op = p->op;
    struct tensor *out = c99_output(p), *a = c99_input(p, 0);
    for (size_t i = 1; i < op->inputs.count; i++) {
        struct tensor *b = c99_input(p, i);
        struct step *step = plan_step(p->plan, op, describe_merge(p, a->shape, b->shape, i + 1 == op->inputs.count));
        step_reads(p->plan, step, a);
        step_reads(p->plan, step, b);
        step_writes(p->plan, step, out);
        if (op->inputs.count == 2) /* with more operands a later step still reads the others */
            step->in_place = (shape_equal(a->shape, out->shape) ? 1u << 0 : 0) |
                             (shape_equal(b->shape, out->shape) ? 1u << 1 : 0);
        a = out;
    }
    return true;
}

static bool plan_concat(const struct planning *p)
{
    const struct op *op = p->op;
    struct tensor *out = c99_output(p);
    int64_t offset = 0;
    for (size_t i = 0; i < op->inputs.count; i++) {
        struct tensor *from = c99_input(p, i);
        struct tensor *part = plan_part(p->plan, out, offset, from->shape, c99_layout(from->shape));
        set_movable(move_step(p, "concat", move_flat(from->shape), from, part));
        offset += from->layout.bytes;
    }
    return true;
}

/* ---- structure ---- */

static bool plan_slice(const struct planning *p)
{
    const struct layer_args *args = &p->op->node->args;
    struct tensor *from = c99_input(p, 0), *out = c99_output(p);
    struct shape in = from->shape, shape = out->shape;
    if (args->axis == AXIS_C) {
        int64_t offset = args->from * in.h * in.w * (int64_t)sizeof(float);
        struct tensor *part = plan_part(p->plan, from, offset, shape, c99_layout(shape));
        set_movable(move_step(p, "slice", move_flat(shape), part, out));
        return true;
    }
    int64_t y = args->axis == AXIS_H ? args->from : 0, x = args->axis == AXIS_W ? args->from : 0;
    move_step(p, "slice", move_box(shape, in, 0, y, x, true), from, out);
    return true;
}

static bool plan_crop(const struct planning *p)
{
    struct tensor *from = c99_input(p, 0), *out = c99_output(p);
    const struct padding *edges = &p->op->node->args.pad;
    move_step(p, "crop", move_box(out->shape, from->shape, 0, edges->top, edges->left, true), from, out);
    return true;
}

static bool plan_pad(const struct planning *p)
{
    const struct layer_args *args = &p->op->node->args;
    struct tensor *from = c99_input(p, 0), *out = c99_output(p);
    struct kernel *kernel = kernel_describe(p->plan, "c99/fill.m4", "fill");
    kernel_integer(p->plan, kernel, "COUNT", shape_elements(out->shape));
    kernel_real(p->plan, kernel, "VALUE", args->value);
    struct step *fill = plan_step(p->plan, p->op, kernel_intern(p->plan, kernel));
    step_writes(p->plan, fill, out);
    struct move move = move_box(from->shape, out->shape, args->pad_c_front, args->pad.top, args->pad.left, false);
    move_step(p, "pad", move, from, out);
    return true;
}

static bool plan_transpose(const struct planning *p)
{
    const struct layer_args *args = &p->op->node->args;
    struct tensor *from = c99_input(p, 0), *out = c99_output(p);
    struct shape in = from->shape, shape = out->shape;
    int64_t steps[3];
    steps[AXIS_C] = in.h * in.w;
    steps[AXIS_H] = in.w;
    steps[AXIS_W] = 1;
    struct move move = {{shape.c, shape.h, shape.w},
                        {steps[args->axes[2]], steps[args->axes[0]], steps[args->axes[1]]},
                        {shape.h * shape.w, shape.w, 1},
                        0,
                        0};
    move_step(p, "transpose", move, from, out);
    return true;
}

static bool plan_shuffle(const struct planning *p)
{
    struct tensor *out = c99_output(p);
    int64_t groups = p->op->node->args.groups, n = out->shape.c / groups, pixels = out->shape.h * out->shape.w;
    struct move move = {{n, groups, pixels}, {pixels, n * pixels, 1}, {groups * pixels, pixels, 1}, 0, 0};
    move_step(p, "shuffle", move, c99_input(p, 0), out);
    return true;
}

static bool plan_upsample(const struct planning *p)
{
    const struct layer_args *args = &p->op->node->args;
    struct shape in = p->op->inputs.items[0]->shape, out = p->op->output->shape;
    bool nearest = args->mode == UPSAMPLE_NEAREST;
    struct kernel *kernel = kernel_describe(p->plan, nearest ? "c99/upsample_nearest.m4" : "c99/upsample_bilinear.m4",
                                            nearest ? "upsample" : "bilinear");
    /* clang-format off */
    const struct c99_integer integers[] = {{"CHANNELS", in.c}, {"IN_H", in.h}, {"IN_W", in.w}, {"OUT_H", out.h},
                                           {"OUT_W", out.w}, {"FACTOR_H", args->factor.h}, {"FACTOR_W", args->factor.w},
                                           {"ALIGN", args->align}};
    /* clang-format on */
    c99_integers(p, kernel, integers, nearest ? 7 : 8);
    struct step *step = plan_step(p->plan, p->op, kernel_intern(p->plan, kernel));
    step_reads(p->plan, step, c99_input(p, 0));
    step_writes(p->plan, step, c99_output(p));
    return true;
}

bool plan_c99_more(const struct planning *p)
{
    const struct op *op = p->op;
    switch (op->kind) {
    case LAYER_INPUT: return plan_input(p);
    case LAYER_OUTPUT: return plan_output(p);
    case LAYER_LN:
    case LAYER_IN:
    case LAYER_GN: return plan_norm(p);
    case LAYER_LRN: return plan_lrn(p);
    case LAYER_ADD:
    case LAYER_MUL:
    case LAYER_MAX:
    case LAYER_SUB: return plan_merge(p);
    case LAYER_CONCAT: return plan_concat(p);
    case LAYER_FLATTEN:
    case LAYER_RESHAPE:
        set_movable(move_step(p, "reshape", move_flat(op->output->shape), c99_input(p, 0), c99_output(p)));
        return true;
    case LAYER_SLICE: return plan_slice(p);
    case LAYER_CROP: return plan_crop(p);
    case LAYER_PAD: return plan_pad(p);
    case LAYER_TRANSPOSE: return plan_transpose(p);
    case LAYER_SHUFFLE: return plan_shuffle(p);
    case LAYER_UPSAMPLE: return plan_upsample(p);
    default: return layer_table[op->kind].family == FAMILY_POOLING && plan_pool(p);
    }
}
