/* Which operations on integers of 8 bits have kernels of vectors, and those of pools, merges and moves. What the
 * numbers mean is described as for plain C (plan/portable/quantised.c); convolutions are in integers_conv.c. */
#include "plan/vector/integers.h"

#include <string.h>

#include "plan/portable/portable.h"
#include "quantise/linear.h"
#include "quantise/quantise.h"

/* ---- instruction sets ---- */

static const struct integer_set integer_sets[] = {{"avx512", 32, "x86", true, 2, 6},
                                                  {"avx2", 32, "x86", true, 1, 6},
                                                  {"sse2", 16, "x86", false, 1, 2},
                                                  {"neon", 16, "plain", false, 1, 5},
                                                  {"wasm128", 16, "wasm", false, 1, 2}};

const struct integer_set *integer_set_of(const struct vector_set *set)
{
    for (size_t i = 0; i < sizeof integer_sets / sizeof *integer_sets; i++)
        if (strcmp(integer_sets[i].name, set->name) == 0)
            return &integer_sets[i];
    return NULL;
}

static void describe_sets(const struct planning *v, struct kernel *kernel)
{
    kernel->per_set = true;
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++)
        kernel_set_number(kernel, *set, "BYTES", integer_set_of(*set)->bytes);
}

static struct kernel *words_of_set(struct planning *v)
{
    struct kernel *helper = kernel_new(v->plan, "quantised/vectors.m4", "integers");
    helper->helper = true;
    describe_sets(v, helper);
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++) {
        kernel_set_number(helper, *set, "WIDE", integer_set_of(*set)->wide);
        kernel_set_word(helper, *set, "PAIRS", integer_set_of(*set)->pairs);
    }
    return kernel_intern(v->plan, helper);
}

struct kernel *integer_kernel(struct planning *v, const char *file, const char *family)
{
    struct kernel *words = words_of_set(v), *kernel = kernel_new(v->plan, file, family);
    describe_sets(v, kernel);
    kernel_reference(kernel, "INT", words);
    return kernel;
}

int64_t integer_channels(int64_t channels)
{
    return layout_blocks(channels, INTEGER_BLOCK) * INTEGER_BLOCK;
}

static int64_t pixels_of(struct shape shape)
{
    return shape.h * shape.w;
}

static const char *family_of(struct planning *v, const char *word)
{
    return arena_printf(v->plan->arena, "%s_s8", word);
}

/* As ONNX has it; else halves go away from zero. */
static bool rounds_to_even(const struct op *op)
{
    const struct quantisation *in = op->inputs.count ? op->inputs.items[0]->quantisation : NULL;
    return (op->output->quantisation && op->output->quantisation->even) || (in && in->even);
}

/* ---- pools ---- */

/* The quotient of a mean is found in floats, which are exact for so many pixels. */
static bool can_pool(const struct op *op)
{
    enum { MOST_PIXELS = 1 << 15 };
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    if (op->pool.whole || op->pool.kind == POOL_KIND_MAX)
        return true;
    const int64_t adaptive = (in.h / out.h + 2) * (in.w / out.w + 2);
    return (op->pool.adaptive ? adaptive : op->window.size.h * op->window.size.w) <= MOST_PIXELS;
}

static bool plan_pool(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    const char *word = pool_kind_words[op->pool.kind];
    const char *family = arena_printf(v->plan->arena, op->pool.whole ? "global_%s_s8" : "%spool_s8", word);
    struct kernel *kernel =
        integer_kernel(v, op->pool.whole ? "quantised/channels_global.m4" : "quantised/channels_pool.m4", family);
    kernel_word(kernel, "KIND", word);
    kernel_number(kernel, "CHANNELS", integer_channels(in->shape.c));
    if (op->pool.whole)
        kernel_number(kernel, "PIXELS", pixels_of(in->shape));
    else
        portable_describe_pool(kernel, op);
    quantised_describe_pool(v->plan, kernel, op);
    plan_transform(v->plan, op, kernel, in, out);
    return true;
}

/* ---- two tensors become one ---- */

/* Of the second operand: is it as large as the result, or one pixel of its channels? */
static bool can_merge(const struct op *op)
{
    struct shape out = op->output->shape, a = op->inputs.items[0]->shape;
    if (op->inputs.count != 2 || !shape_equal(a, out))
        return false;
    struct shape b = op->inputs.items[1]->shape;
    return shape_equal(b, out) || (b.c == out.c && pixels_of(b) == 1);
}

/* The scale of the result, where what is brought to it is known to be small. */
static void describe_bounded(struct kernel *kernel, const struct op *op)
{
    enum { LARGEST = 255 /* of an operand, less its zero point */ };
    const struct value *a = op->inputs.items[0], *b = op->inputs.items[1];
    const float to = value_scale(op->output);
    const bool product = op->binary == BINARY_MUL;
    const struct multiplier m = product ? multiplier_of(multiplier_product(value_scale(a), value_scale(b), to))
                                        : multiplier_sum(value_scale(a), value_scale(b), to).result;
    const int64_t most = product ? (int64_t)LARGEST * LARGEST : (int64_t)LARGEST << MULTIPLIER_SUM_SHIFT;
    struct bounded bounded = {0, 0, 1, 0};
    const bool small = op->binary != BINARY_MAX &&
                       multiplier_bounded(m, most, value_zero(op->output), &bounded) == BOUNDS_RIGHT;
    kernel_numbers(kernel, {"BOUNDED", small}, {"EVEN", 0}, {"BELOW", linear_goes_below(op)},
                   {"END_BY", bounded.multiplier}, {"END_RIGHT", bounded.right}, {"END_SUMMAND", bounded.summand});
}

static bool plan_merge(struct planning *v, const struct op *op)
{
    struct tensor *a = vector_blocked(v, op, op->inputs.items[0]), *b = vector_blocked(v, op, op->inputs.items[1]);
    struct tensor *out = vector_result(v, op);
    const bool one_pixel = !shape_equal(b->shape, out->shape);
    const char *word = binary_word(op->binary);
    struct kernel *kernel = integer_kernel(v, "quantised/channels_merge.m4", family_of(v, word));
    const int64_t channels = integer_channels(out->shape.c), pixels = pixels_of(out->shape);
    kernel_word(kernel, "KIND", word);
    kernel_numbers(kernel, {"ONE_PIXEL", one_pixel}, {"CHANNELS", one_pixel ? channels : channels * pixels},
                   {"PIXELS", one_pixel ? pixels : 1});
    quantised_describe_factors(kernel, op);
    describe_bounded(kernel, op);
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, a);
    step_reads(v->plan, step, b);
    step_writes(v->plan, step, out);
    step_in_place(step, 0);
    if (!one_pixel)
        step_in_place(step, 1);
    return true;
}

/* ---- moves: loops over pixels and channels ---- */

/* A box of `shape` from one tensor to another, from their pixels and channels on. */
static void move_box(struct planning *v, const struct op *op, struct tensor *from, struct place3 at, struct tensor *to,
                     struct place3 there, struct shape shape)
{
    const struct portable_move move = {{shape.h, shape.w, shape.c},
                                       {from->layout.row, from->layout.block, 1},
                                       {to->layout.row, to->layout.block, 1},
                                       layout_element(&from->layout, at.c, at.y, at.x),
                                       layout_element(&to->layout, there.c, there.y, there.x)};
    portable_move(v->plan, op, family_of(v, op_table[op->kind].word), move, from, to);
}

static bool plan_concat(struct planning *v, const struct op *op)
{
    struct tensor *out = vector_result(v, op);
    struct place3 to = {0, 0, 0};
    for (size_t i = 0; i < op->inputs.count; i++) {
        struct tensor *in = vector_blocked(v, op, op->inputs.items[i]);
        move_box(v, op, in, (struct place3){0, 0, 0}, out, to, in->shape);
        to.c += in->shape.c;
    }
    return true;
}

static bool plan_slice(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    move_box(v, op, in, op->origin, out, (struct place3){0, 0, 0}, out->shape);
    return true;
}

static bool plan_pad(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    struct kernel *kernel = kernel_new(v->plan, "portable/fill.m4", "fill");
    kernel_word(kernel, "TYPE", element_c(out->layout.type));
    kernel_numbers(kernel, {"COUNT", out->layout.count}, {"VALUE", quantised_number(op->output, op->padding)});
    plan_transform(v->plan, op, kernel, NULL, out);
    move_box(v, op, in, (struct place3){0, 0, 0}, out, op->origin, in->shape);
    return true;
}

static bool plan_shuffle(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    const int64_t each = in->shape.c / op->groups, block = in->layout.block;
    const struct portable_move move = {
        {pixels_of(in->shape), each, op->groups}, {block, 1, each}, {block, op->groups, 1}, 0, 0};
    portable_move(v->plan, op, "shuffle_s8", move, in, out);
    return true;
}

/* ---- a table for each number ---- */

static bool plan_table(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]);
    quantised_table_step(v->plan, op, in, vector_result(v, op));
    return true;
}

/* ---- conversions: floats lie in planes ---- */

static bool plan_floats(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]);
    quantised_floats_step(v->plan, op, in, portable_output(v->plan, op));
    return true;
}

/* Planes of floats become planes of integers. */
static void integers_step(struct planning *v, const struct op *op, struct tensor *from, bool affine)
{
    const struct shape shape = op->output->shape;
    struct kernel *kernel = integer_kernel(v, "quantised/channels_load.m4", affine ? "load_s8" : "to_s8");
    kernel_numbers(kernel, {"CHANNELS", affine ? shape.c : 1}, {"COUNT", pixels_of(shape) * (affine ? 1 : shape.c)},
                   {"AFFINE", affine}, {"OUT_ZERO", value_zero(op->output)});
    kernel_real(kernel, "SCALE", (double)value_scale(op->output));
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, from);
    if (affine)
        step_weights(v->plan, step, plan_pack(v->plan, op, op->node, PACK_INPUT, 1, 2 * shape.c));
    step_writes(v->plan, step, portable_output(v->plan, op));
}

static bool plan_integers(struct planning *v, const struct op *op)
{
    integers_step(v, op, vector_planar(v, op, op->inputs.items[0]), false);
    return true;
}

bool integer_input(struct planning *v, const struct op *op)
{
    const struct shape shape = op->output->shape;
    const bool affine = op->mean || op->scale;
    if (!op_is_quantised(op) || rounds_to_even(op) || op->caller_type != ELEMENT_F32 ||
        (op->layout == LAYOUT_HWC && shape.c > 1) || pixels_of(shape) * (affine ? 1 : shape.c) < INTEGER_BLOCK)
        return false;
    struct tensor *raw = plan_tensor(v->plan, op->output, layout_planar(op->caller_type, shape, NULL));
    raw->place = PLACE_INPUT;
    raw->index = op->index;
    integers_step(v, op, raw, affine);
    return true;
}

void integer_convert(struct planning *v, const struct op *op, struct tensor *from, struct tensor *to)
{
    struct shape shape = from->shape;
    const bool to_planes = to->layout.form == FORM_PLANAR;
    const int64_t block = to_planes ? from->layout.block : to->layout.block, plane = pixels_of(shape);
    struct portable_move move = {{1, plane, shape.c}, {0, 1, plane}, {0, block, 1}, 0, 0};
    if (to_planes)
        move = (struct portable_move){{1, shape.c, plane}, {0, 1, block}, {0, plane, 1}, 0, 0};
    portable_move(v->plan, op, to_planes ? "planes_s8" : "channels_s8", move, from, to);
}

/* ---- which operations ---- */

enum algorithm integer_choose(const struct op *op, const char **why)
{
    *why = "integers of 8 bits, channels side by side";
    switch (op->kind) {
    case OP_CONVOLUTION:
    case OP_UNARY:
    case OP_CONCAT:
    case OP_SLICE:
    case OP_PAD:
    case OP_SHUFFLE: return ALGORITHM_INTEGERS;
    case OP_DENSE: return ALGORITHM_INTEGERS;
    case OP_CONVERT:
        if (op->output->type == op->inputs.items[0]->type)
            return ALGORITHM_INTEGERS;
        if (op->output->type != ELEMENT_S8)
            return ALGORITHM_FLOATS;
        if (!rounds_to_even(op) && shape_elements(op->output->shape) >= INTEGER_BLOCK)
            return ALGORITHM_FLOATS;
        break;
    case OP_POOL:
        if (can_pool(op) && (op->pool.kind == POOL_KIND_MAX || !rounds_to_even(op)))
            return ALGORITHM_INTEGERS;
        break;
    case OP_BINARY:
        if (can_merge(op) && (op->binary == BINARY_MAX || !rounds_to_even(op)))
            return ALGORITHM_INTEGERS;
        break;
    default: break;
    }
    *why = "integers of 8 bits: this operation has no vector kernel yet";
    return ALGORITHM_PORTABLE;
}

bool integer_plan(struct planning *v, const struct op *op)
{
    switch (op->kind) {
    case OP_CONVOLUTION: return integer_convolution(v, op);
    case OP_DENSE: return integer_dense(v, op);
    case OP_POOL: return plan_pool(v, op);
    case OP_BINARY: return plan_merge(v, op);
    case OP_CONCAT: return plan_concat(v, op);
    case OP_SLICE: return plan_slice(v, op);
    case OP_PAD: return plan_pad(v, op);
    case OP_SHUFFLE: return plan_shuffle(v, op);
    case OP_CONVERT:
        return op->output->type != ELEMENT_S8                  ? plan_floats(v, op)
               : op->inputs.items[0]->type == op->output->type ? plan_table(v, op)
                                                               : plan_integers(v, op);
    default: return plan_table(v, op);
    }
}

/* ---- the steps of linear operations ---- */

bool integer_step(struct planning *v, const struct op *op, struct kernel *kernel, struct tensor *in, struct pack *pack,
                  int64_t filters, int64_t scratch)
{
    const int64_t blocks = op->output->shape.c / filters * layout_blocks(filters, INTEGER_BLOCK);
    const bool even = rounds_to_even(op);
    const bool bounded = !even && linear_bounds(v->plan->arena, v->plan->options.types, op) == BOUNDS_RIGHT;
    const enum pack_form form = bounded ? PACK_BOUNDED_ENDS : PACK_ENDS;
    const int64_t ends = bounded ? INTEGER_BOUNDED_ENDS : INTEGER_ENDS;
    quantised_describe_bounds(kernel, op);
    kernel_numbers(kernel, {"ZERO", value_zero(op->inputs.items[0])}, {"ENDS", ends}, {"BOUNDED", bounded},
                   {"BELOW", linear_goes_below(op)}, {"EVEN", even});
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, in);
    step_weights(v->plan, step, pack);
    step_weights(v->plan, step, plan_pack(v->plan, op, op->node, form, filters, blocks * ends));
    step_writes(v->plan, step, vector_result(v, op));
    step->scratch = scratch;
    return true;
}
