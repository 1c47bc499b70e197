/* Normalisation by vectors over the channels of blocked tensors, or over runs of planar ones; SOFTMAX by vectors over
 * the pixels of planes, or over the numbers of a single pixel. */
#include "plan/vector/vector.h"

#include <string.h>

#include "plan/portable/portable.h"

static int64_t pixels_of(struct shape shape)
{
    return shape.h * shape.w;
}

/* ---- normalisation of groups of channels ---- */

static int64_t group_of(const struct op *op)
{
    return op->output->shape.c / op->groups;
}

/* The fewest blocks that hold whole groups. */
static int64_t unit_of(const struct op *op)
{
    int64_t blocks = vector_blocks(op->output->shape.c), group = group_of(op);
    int64_t unit = group / common_divisor(group, VECTOR_BLOCK);
    return unit < blocks ? unit : blocks;
}

/* LN over the image is LN over the channels where there is one pixel. */
static bool is_by_pixel(const struct op *op)
{
    return op->norm.over == NORM_PIXEL || (op->norm.over == NORM_IMAGE && pixels_of(op->output->shape) == 1);
}

bool vector_can_normalise(const struct op *op)
{
    enum { MOST_BLOCKS = 512 }; /* whose channels' means are kept on the stack */
    return op->kind == OP_NORMALISE && (is_by_pixel(op) || unit_of(op) <= MOST_BLOCKS);
}

static const char *family_of(const struct op *op)
{
    switch (op->norm.over) {
    case NORM_GROUPS: return "groupnorm";
    case NORM_MAPS: return "instancenorm";
    default: return "layernorm";
    }
}

/* ROWS and COLUMNS: of the maps; those without halo are one long row where that helps. */
static void describe_maps(struct kernel *kernel, const struct tensor *in, const struct tensor *out, bool join)
{
    bool joined = join && !layout_has_halo(&in->layout) && !layout_has_halo(&out->layout);
    struct shape shape = out->shape;
    kernel_numbers(kernel, {"ROWS", joined ? 1 : shape.h}, {"COLUMNS", joined ? pixels_of(shape) : shape.w},
                   {"CHANNELS", shape.c}, {"BLOCKS", vector_blocks(shape.c)});
    vector_describe_operand(kernel, in, "IN");
    vector_describe_result(kernel, out);
}

static struct kernel *describe_pixels(struct planning *v, const struct op *op, const struct tensor *in,
                                      const struct tensor *out)
{
    enum { MOST_PIXELS = 4 }; /* of a tile, each with a sum in registers */
    struct kernel *kernel = vector_kernel(v, "vector/norm_pixels.m4", family_of(op));
    describe_maps(kernel, in, out, true);
    bool joined = !layout_has_halo(&in->layout) && !layout_has_halo(&out->layout);
    int64_t columns = joined ? pixels_of(out->shape) : out->shape.w;
    kernel_number(kernel, "TILE", columns < MOST_PIXELS ? 1 : MOST_PIXELS);
    return kernel;
}

static struct kernel *describe_groups(struct planning *v, const struct op *op, const struct tensor *in,
                                      const struct tensor *out)
{
    enum { LONG_ROW = 8 };
    struct kernel *kernel = vector_kernel(v, "vector/norm.m4", family_of(op));
    int64_t group = group_of(op);
    describe_maps(kernel, in, out, out->shape.w < LONG_ROW);
    kernel_numbers(kernel, {"GROUP", group}, {"COUNT", group * pixels_of(out->shape)}, {"UNIT", unit_of(op)});
    return kernel;
}

static void add_weights(struct planning *v, const struct op *op, struct step *step, bool by_element)
{
    int64_t channels = vector_blocks(op->output->shape.c) * VECTOR_BLOCK;
    int64_t count = 2 * channels * (by_element ? pixels_of(op->output->shape) : 1);
    step_weights(v->plan, step,
                 plan_pack(v->plan, op, op->node, by_element ? PACK_BLOCKED : PACK_AFFINE, VECTOR_BLOCK, count));
}

static const struct function reciprocal_root = {.kind = FUNCTION_RSQRT};

bool vector_normalise(struct planning *v, const struct op *op)
{
    enum { NUMBERS_A_CYCLE = 2 };
    struct shape shape = op->output->shape;
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    const struct weight *weight = node_weight(op->node, ROLE_WEIGHT);
    bool by_element = weight && weight->count != shape.c;
    struct kernel *kernel = is_by_pixel(op) ? describe_pixels(v, op, in, out) : describe_groups(v, op, in, out);
    kernel_word(kernel, "AFFINE", !weight ? "none" : by_element ? "element" : "channel");
    kernel_real(kernel, "EPSILON", op->norm.epsilon);
    vector_function(v, kernel, "RSQRT", &reciprocal_root);
    vector_activation(v, kernel, op->activation);
    vector_share(v, kernel, (double)shape_elements(shape) / NUMBERS_A_CYCLE, false);
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, in);
    if (weight)
        add_weights(v, op, step, by_element);
    step_writes(v->plan, step, out);
    step_in_place(step, 0);
    return true;
}

/* ---- the same over planes ---- */

bool vector_can_normalise_planes(const struct op *op)
{
    return op->kind == OP_NORMALISE && op->norm.over != NORM_PIXEL && pixels_of(op->output->shape) >= VECTOR_BLOCK;
}

bool vector_normalise_planes(struct planning *v, const struct op *op)
{
    enum { NUMBERS_A_CYCLE = 2 };
    struct shape shape = op->output->shape;
    struct tensor *in = vector_planar(v, op, op->inputs.items[0]), *out = portable_output(v->plan, op);
    const struct weight *weight = node_weight(op->node, ROLE_WEIGHT);
    bool by_element = weight && weight->count != shape.c, by_channel = weight && !by_element;
    int64_t count = group_of(op) * pixels_of(shape), maps = by_channel ? group_of(op) : 1;
    struct kernel *kernel = vector_kernel(v, "vector/norm_planes.m4", family_of(op));
    kernel_numbers(kernel, {"GROUPS", op->groups}, {"COUNT", count}, {"RUN_MAPS", maps}, {"PIXELS", count / maps},
                   {"CHANNELS", shape.c}, {"PIECE", vector_model(v)->first / 2 / element_bytes(op->output->type)});
    kernel_word(kernel, "AFFINE", !weight ? "none" : by_element ? "element" : "channel");
    kernel_real(kernel, "EPSILON", op->norm.epsilon);
    vector_function(v, kernel, "RSQRT", &reciprocal_root);
    vector_activation(v, kernel, op->activation);
    if (op->groups > 1)
        vector_share(v, kernel, (double)shape_elements(shape) / NUMBERS_A_CYCLE, false);
    else
        kernel_numbers(kernel, {"SHARED", 0}, {"SCRATCH", 0});
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, in);
    if (weight)
        step_weights(v->plan, step,
                     plan_pack(v->plan, op, op->node, by_element ? PACK_TENSOR : PACK_AFFINE, 1, 2 * weight->count));
    step_writes(v->plan, step, out);
    step_in_place(step, 0);
    return true;
}

/* ---- local response normalisation ---- */

/* Roots are found from numbers that are neither 0 nor negative nor denormal. */
static const char *power_word(const struct local_normalisation *lrn)
{
    const double beta = lrn->k >= 1e-30 && lrn->alpha >= 0 ? lrn->beta : 0;
    return lrn->beta == 1 ? "one" : beta == 0.5 ? "half" : beta == 0.75 ? "three_quarters" : "any";
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void describe_power(struct planning *v, struct kernel *kernel, const struct local_normalisation *lrn)
{
    static const struct function exponential = {.kind = FUNCTION_EXP}, logarithm = {.kind = FUNCTION_LOG};
    const char *word = power_word(lrn);
    kernel_real(kernel, "ALPHA_PER_SIZE", lrn->alpha / (double)lrn->size);
    kernel_real(kernel, "LRN_K", lrn->k);
    kernel_word(kernel, "POWER", word);
    if (strcmp(word, "any") == 0) {
        kernel_real(kernel, "BETA", lrn->beta);
        vector_function(v, kernel, "EXP", &exponential);
        vector_function(v, kernel, "LOG", &logarithm);
    } else if (lrn->beta == 0.5) {
        vector_function(v, kernel, "RSQRT", &reciprocal_root);
    }
}

bool vector_lrn(struct planning *v, const struct op *op)
{
    enum { MOST_SQUARES = 4096, MOST_PIXELS = 8, CYCLES = 4 /* a number */ };
    struct shape shape = op->output->shape;
    const struct local_normalisation *lrn = &op->lrn;
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    int64_t blocks = vector_blocks(shape.c);
    int64_t before = smaller(lrn->size / 2, shape.c), after = smaller((lrn->size - 1) / 2, shape.c);
    int64_t lead = vector_blocks(before) * VECTOR_BLOCK;
    int64_t room = lead + (blocks + vector_blocks(after)) * VECTOR_BLOCK;
    int64_t most = smaller(MOST_PIXELS, shape.w), fits = MOST_SQUARES / room, tile = fits < 1 ? 1 : smaller(most, fits);
    struct kernel *kernel = vector_kernel(v, "vector/lrn.m4", "lrn");
    kernel_numbers(kernel, {"CHANNELS", shape.c}, {"BLOCKS", blocks}, {"WINDOW", before + after + 1},
                   {"BEFORE", before}, {"LEAD", lead}, {"ROOM", room}, {"TILE", tile});
    describe_power(v, kernel, lrn);
    vector_describe_operand(kernel, in, "IN");
    vector_describe_result(kernel, out);
    vector_share(v, kernel, (double)shape_elements(shape) * CYCLES, false);
    step_in_place(plan_transform(v->plan, op, kernel, in, out), 0);
    return true;
}

/* ---- SOFTMAX ---- */

static void describe_softmax(struct planning *v, struct kernel *kernel, const struct op *op)
{
    static const struct function exponential = {.kind = FUNCTION_EXP_BELOW}, logarithm = {.kind = FUNCTION_LOG};
    kernel_numbers(kernel, {"CHANNELS", op->output->shape.c}, {"LOGARITHM", op->logarithm});
    vector_function(v, kernel, "EXP", &exponential);
    if (op->logarithm)
        vector_function(v, kernel, "LOG", &logarithm);
}

/* Pixels that are computed together: as many as the first level of cache holds, whole cache lines of each plane. */
static int64_t softmax_tile(const struct planning *v, const struct op *op)
{
    enum { FEWEST = 16, MOST = 128 };
    int64_t channels = op->output->shape.c, pixels = pixels_of(op->output->shape);
    int64_t tile = vector_model(v)->first / 2 / element_bytes(op->output->type) / channels / FEWEST * FEWEST;
    tile = tile < FEWEST ? FEWEST : smaller(tile, MOST);
    return smaller(tile, plan_ceiling(pixels, FEWEST) * FEWEST);
}

bool vector_softmax(struct planning *v, const struct op *op)
{
    enum { CYCLES = 4 /* a number */ };
    struct shape shape = op->output->shape;
    struct tensor *in = vector_planar(v, op, op->inputs.items[0]), **out = &v->plan->planar[op->output->id];
    *out = plan_tensor(v->plan, op->output, value_planar(op->output, NULL));
    bool single = pixels_of(shape) == 1;
    struct kernel *kernel = vector_kernel(v, single ? "vector/softmax_pixel.m4" : "vector/softmax.m4",
                                          op->logarithm ? "logsoftmax" : "softmax");
    describe_softmax(v, kernel, op);
    int64_t tile = softmax_tile(v, op);
    if (!single) {
        kernel_numbers(kernel, {"PIXELS", pixels_of(shape)}, {"TILE", tile}, {"SCRATCH_COUNT", tile * shape.c});
        vector_share(v, kernel, (double)shape_elements(shape) * CYCLES, true);
    }
    struct step *step = plan_transform(v->plan, op, kernel, in, *out);
    step->scratch = single ? 0 : tile * shape.c * element_bytes(op->output->type);
    step_in_place(step, 0);
    return true;
}
