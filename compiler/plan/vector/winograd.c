/* Convolutions by Winograd's minimal filtering: units of filters, and the scratch memory between the transforms. How
 * the map is cut is in parts.c, since the cost model asks, too. */
#include "plan/vector/vector.h"

/* What one instruction set makes of it; returns the bytes of scratch. The template is told where everything lies.
 *
 * SPLIT_TILES: threads share batches of tiles. Where few batches hold all tiles, each thread transforms them all and
 * computes its share of the filters. */
static int64_t describe_set(const struct planning *v, struct kernel *kernel, const struct op *op,
                            enum algorithm algorithm, const struct vector_set *set, int64_t channels, int64_t blocks)
{
    enum { BATCHES_TO_SHARE = 4 }; /* fewer do not keep several threads busy */
    /* A cache line between positions, so that they do not meet in the same cache set. */
    const int64_t apart = PLAN_ALIGNMENT / element_bytes(op->output->type);
    struct wino_shape shape = vector_wino_shape(v, op, algorithm, set);
    int64_t vectors = vector_tile_vectors(set, blocks) > 1 ? 2 : 1, filters = vectors * set->lanes;
    int64_t unit = filters > VECTOR_BLOCK ? filters / VECTOR_BLOCK : 1; /* blocks of filters */
    int64_t position = channels * shape.group + apart, group_v = shape.positions * position;
    int64_t group_m = shape.positions * shape.group * unit * VECTOR_BLOCK;
    int64_t count = shape.groups * (group_v + group_m);
    kernel_set_number(kernel, set, "VECTORS", vectors);
    kernel_set_number(kernel, set, "UNIT_BLOCKS", unit);
    kernel_set_number(kernel, set, "UNITS", blocks / unit);
    kernel_set_number(kernel, set, "REST_BLOCKS", blocks % unit);
    kernel_set_number(kernel, set, "GROUP", shape.group);
    kernel_set_number(kernel, set, "BATCH_GROUPS", shape.groups);
    kernel_set_number(kernel, set, "REST_TILES", shape.rest);
    kernel_set_number(kernel, set, "SPLIT_TILES",
                      plan_ceiling(shape.images * shape.tiles_y * shape.tiles_x, shape.group * shape.groups) >=
                          BATCHES_TO_SHARE);
    kernel_set_number(kernel, set, "V_POSITION", position);
    kernel_set_number(kernel, set, "V_GROUP", group_v);
    kernel_set_number(kernel, set, "M_GROUP", group_m);
    kernel_set_number(kernel, set, "SCRATCH_COUNT", count);
    return count * element_bytes(op->output->type);
}

static const char *family_of(enum algorithm algorithm)
{
    return algorithm == ALGORITHM_WINOGRAD4   ? "winograd4"
           : algorithm == ALGORITHM_WINOGRAD2 ? "winograd2"
                                              : "winograd2_5x5";
}

static enum pack_form form_of(enum algorithm algorithm)
{
    return algorithm == ALGORITHM_WINOGRAD4   ? PACK_WINOGRAD4
           : algorithm == ALGORITHM_WINOGRAD2 ? PACK_WINOGRAD2
                                              : PACK_WINOGRAD2_5;
}

bool vector_winograd(struct planning *v, const struct op *op)
{
    enum { SPARE = 256 }; /* bytes behind the scratch of any set */
    enum algorithm algorithm = v->algorithms[op->id];
    struct conv_input in = vector_conv_input(v, op);
    struct tensor *out = vector_result(v, op);
    struct wino_shape widest = vector_wino_shape(v, op, algorithm, v->plan->options.target->sets[0]);
    struct kernel *kernel = vector_kernel(v, "vector/winograd.m4", family_of(algorithm));
    const struct pair apart = op->window.dilation;
    int64_t blocks = vector_blocks(out->shape.c), scratch = 0;
    kernel->exactness = EXACTNESS_TRANSFORMED;
    vector_describe_window(kernel, op, in.tensor);
    kernel_numbers(kernel, {"IN_ROW", in.tensor->layout.row}, {"IN_CHANNELS", in.channels}, {"BLOCKS", blocks},
                   {"OUT_TILE", widest.out}, {"POSITIONS", widest.positions}, {"TILES_Y", widest.tiles_y},
                   {"TILES_X", widest.tiles_x}, {"STEP_Y", apart.h}, {"STEP_X", apart.w},
                   {"PHASE_Y", apart.h > 1 ? widest.phase.h : 0}, {"PHASE_X", apart.w > 1 ? widest.phase.w : 0});
    if (widest.images > 1)
        kernel_number(kernel, "MAP_TILES", widest.tiles_y * widest.tiles_x);
    plan_describe_images(v->plan, kernel, widest.images > 1);
    struct tensor *residual = vector_residual(v, kernel, op);
    vector_describe_result(kernel, out);
    int64_t slopes = vector_describe_end(v, kernel, op, blocks * VECTOR_BLOCK);
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++) {
        int64_t bytes = describe_set(v, kernel, op, algorithm, *set, in.channels, blocks) + SPARE;
        scratch = bytes > scratch ? bytes : scratch;
    }
    v->reasons[op->id] = arena_printf(v->plan->arena, "%s; groups of %lld tiles, %lld at once", v->reasons[op->id],
                                      (long long)widest.group, (long long)widest.groups);
    if (widest.images > 1)
        v->reasons[op->id] = arena_printf(v->plan->arena, "%s; of all %lld images", v->reasons[op->id],
                                          (long long)widest.images);
    vector_share(v, kernel, (double)widest.images * vector_winograd_cycles(v, op, algorithm), true);
    struct step *step = vector_conv_step(v, op, kernel, in.tensor, residual, form_of(algorithm),
                                         blocks * VECTOR_BLOCK * (widest.positions * in.channels + 1) + slopes, out);
    step->scratch = scratch;
    step->batched = widest.images > 1;
    return true;
}
