/* Fully connected layers, and distances to prototypes, by vectors of outputs, or, where there are few of them, of
 * inputs. */
#include "plan/vector/vector.h"

enum { MOST_DOTS = 12 }; /* sums of dots.m4 in registers, on every instruction set */

/* So few that much of a block's weights would be zeros. */
static bool few_outputs(int64_t inputs, int64_t outputs)
{
    enum { FEWEST_INPUTS = 512 }; /* fewer do not make up for adding the lanes at the end */
    return outputs <= MOST_DOTS && inputs >= FEWEST_INPUTS && inputs % VECTOR_BLOCK == 0;
}

static struct step *dense_step(struct planning *v, const struct op *op, struct kernel *kernel, struct tensor *in,
                               enum pack_form form, int64_t count, struct tensor *out)
{
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, in);
    step_weights(v->plan, step, plan_pack(v->plan, op, op->node, form, VECTOR_BLOCK, count));
    step_writes(v->plan, step, out);
    return step;
}

static void plan_dots(struct planning *v, const struct op *op, struct tensor *in, struct tensor *out)
{
    /* Bytes of weights: half of the second level stays from call to call, half of the first is fetched ahead. */
    const int64_t stays_cached = vector_model(v)->second / 2, fetched_ahead = vector_model(v)->first / 2;
    int64_t count = in->layout.count, outputs = out->shape.c, chains = MOST_DOTS / outputs;
    const int64_t width = element_bytes(v->plan->options.store);
    while (count / VECTOR_BLOCK % chains)
        chains--;
    struct kernel *kernel = vector_kernel(v, "vector/dots.m4", "fc");
    kernel_numbers(kernel, {"IN_COUNT", count}, {"OUT_COUNT", outputs}, {"CHAINS", chains}, {"MOST_SUMS", MOST_DOTS},
                   {"AHEAD", count * outputs * width > stays_cached ? fetched_ahead / width : 0});
    int64_t slopes = vector_describe_end(v, kernel, op, VECTOR_BLOCK);
    plan_describe_store(v->plan, kernel, count * outputs);
    enum pack_form form = in->layout.form == FORM_BLOCKED ? PACK_DOTS_BLOCKED : PACK_DOTS_PLANAR;
    dense_step(v, op, kernel, in, form, count * outputs + VECTOR_BLOCK + slopes, out);
}

/* Sums that do not wait for each other: enough of them to keep the multiply-add units busy. */
static int64_t chains_of(const struct vector_set *set, int64_t blocks)
{
    int64_t vectors = blocks * VECTOR_BLOCK / set->lanes;
    return vectors >= 8 ? 1 : vectors >= 4 ? 2 : vectors >= 2 ? 4 : 8;
}

static void plan_groups(struct planning *v, const struct op *op, struct tensor *in, struct tensor *out)
{
    enum { WEIGHTS_A_CYCLE = 4 }; /* which are read from memory */
    int64_t blocks = vector_blocks(out->shape.c), count = in->layout.count, last = blocks % PACK_DENSE_BLOCKS;
    bool distance = op->kind == OP_DISTANCE;
    struct kernel *kernel = vector_kernel(v, "vector/dense.m4", distance ? "rbf" : "fc");
    kernel_numbers(kernel, {"IN_COUNT", count}, {"BLOCKS", blocks}, {"GROUPS", blocks / PACK_DENSE_BLOCKS},
                   {"GROUP_BLOCKS", PACK_DENSE_BLOCKS}, {"LAST_BLOCKS", last}, {"DISTANCE", distance});
    int64_t slopes = vector_describe_end(v, kernel, op, blocks * VECTOR_BLOCK);
    plan_describe_store(v->plan, kernel, blocks * VECTOR_BLOCK * count);
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++) {
        kernel_set_number(kernel, *set, "CHAINS", chains_of(*set, PACK_DENSE_BLOCKS));
        kernel_set_number(kernel, *set, "LAST_CHAINS", chains_of(*set, last));
    }
    vector_share(v, kernel, (double)(count * blocks * VECTOR_BLOCK) / WEIGHTS_A_CYCLE, false);
    enum pack_form form = in->layout.form == FORM_BLOCKED ? PACK_DENSE_BLOCKED : PACK_DENSE_PLANAR;
    dense_step(v, op, kernel, in, form, blocks * VECTOR_BLOCK * (count + 1) + slopes, out);
}

/* ---- for all images of a batch ---- */

/* Register tiles: so many vectors of outputs by so many images, or one less. */
static void describe_tiles(struct kernel *kernel, const struct vector_set *set, const char *prefix, int64_t blocks,
                           int64_t images)
{
    struct arena *arena = kernel->arena;
    const int64_t all = blocks * VECTOR_BLOCK / set->lanes, most = vector_has_many_sums(set) ? 4 : 2;
    int64_t vectors = all < most ? all : most;
    while (all % vectors)
        vectors--;
    const int64_t tiles = plan_ceiling(images, set->sums / vectors), wide = plan_ceiling(images, tiles);
    const int64_t narrow = tiles * wide - images;
    kernel_set_number(kernel, set, arena_printf(arena, "%sVECTORS", prefix), vectors);
    kernel_set_number(kernel, set, arena_printf(arena, "%sTILE_IMAGES", prefix), wide);
    kernel_set_number(kernel, set, arena_printf(arena, "%sWIDE_TILES", prefix), tiles - narrow);
    kernel_set_number(kernel, set, arena_printf(arena, "%sNARROW_TILES", prefix), narrow);
}

static void plan_images_at_once(struct planning *v, const struct op *op, struct tensor *in, struct tensor *out)
{
    enum { PRODUCTS_A_CYCLE = 20 };
    const int64_t images = plan_images(v->plan), width = element_bytes(v->plan->options.store);
    int64_t blocks = vector_blocks(out->shape.c), count = in->layout.count, last = blocks % PACK_DENSE_BLOCKS;
    struct kernel *kernel = vector_kernel(v, "vector/dense_batch.m4", "fc");
    kernel_numbers(kernel, {"IN_COUNT", count}, {"BLOCKS", blocks}, {"GROUPS", blocks / PACK_DENSE_BLOCKS},
                   {"GROUP_BLOCKS", PACK_DENSE_BLOCKS}, {"LAST_BLOCKS", last});
    plan_describe_images(v->plan, kernel, true);
    int64_t slopes = vector_describe_end(v, kernel, op, blocks * VECTOR_BLOCK);
    plan_describe_store(v->plan, kernel, blocks * VECTOR_BLOCK * count);
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++) {
        kernel_set_number(kernel, *set, "PIECE", (*set)->second / 2 / (PACK_DENSE_BLOCKS * VECTOR_BLOCK * width));
        describe_tiles(kernel, *set, "", PACK_DENSE_BLOCKS, images);
        if (last)
            describe_tiles(kernel, *set, "LAST_", last, images);
    }
    vector_share(v, kernel, (double)(images * count * blocks * VECTOR_BLOCK) / PRODUCTS_A_CYCLE, false);
    enum pack_form form = in->layout.form == FORM_BLOCKED ? PACK_DENSE_BLOCKED : PACK_DENSE_PLANAR;
    dense_step(v, op, kernel, in, form, blocks * VECTOR_BLOCK * (count + 1) + slopes, out)->batched = true;
    v->reasons[op->id] = arena_printf(v->plan->arena, "for all %lld images, so that weights are read once",
                                      (long long)images);
}

/* Offsets within a register tile are ints. */
static bool takes_batch(const struct planning *v, const struct op *op, const struct tensor *in)
{
    enum { MOST_INPUTS = 1 << 26 };
    return plan_images(v->plan) > 1 && op->kind != OP_DISTANCE && in->layout.count <= MOST_INPUTS &&
           tensor_root(in, NULL)->place != PLACE_WEIGHTS;
}

/* ---- the kernel ---- */

/* The result: whole blocks are written, so the buffer is that long. */
static struct tensor *dense_result(struct planning *v, const struct op *op)
{
    const struct value *value = op->output;
    struct vector_value *form = &v->values[value->id];
    struct tensor *out = plan_tensor(v->plan, value, value_blocked(value, VECTOR_BLOCK, NULL));
    v->plan->planar[value->id] = plan_part(v->plan, out, 0, value->shape, value_planar(value, NULL));
    form->result = out;
    if (padding_is_zero(form->halo)) /* else a reader's halo takes a copy */
        form->tensor = out;
    return out;
}

bool vector_dense(struct planning *v, const struct op *op)
{
    const struct value *value = op->inputs.items[0];
    const struct vector_value *form = &v->values[value->id];
    bool blocked = form->blocked && form->tensor && !layout_has_halo(&form->tensor->layout) &&
                   value->shape.h * value->shape.w > 1 && op->kind == OP_DENSE;
    /* Distances are not taken from a block's channels beyond the last, which need not be zero. */
    struct tensor *in = blocked ? form->tensor : vector_planar(v, op, value);
    struct tensor *out = dense_result(v, op);
    if (takes_batch(v, op, in))
        plan_images_at_once(v, op, in, out);
    else if (op->kind == OP_DENSE && few_outputs(in->layout.count, out->shape.c))
        plan_dots(v, op, in, out);
    else
        plan_groups(v, op, in, out);
    return true;
}
