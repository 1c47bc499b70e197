/* What the vector kernels of convolutions share, and the two small ones: depthwise, and rows for few filters. */
#include "plan/vector/vector.h"

/* Do the groups fill the blocks of a tensor with so many channels? The last may lack some of its own. */
static bool fill_blocks(int64_t groups, int64_t of_each, int64_t channels)
{
    return of_each % VECTOR_BLOCK == 0 && groups * of_each == vector_blocks(channels) * VECTOR_BLOCK;
}

struct grouping vector_grouping(const struct op *op)
{
    int64_t in = op->inputs.items[0]->shape.c, out = op->map.c;
    for (int64_t merged = 1; merged < op->groups; merged++) {
        int64_t groups = plan_ceiling(op->groups, merged);
        struct grouping all = {groups, merged, merged * in / op->groups, merged * out / op->groups};
        if (fill_blocks(groups, all.in, in) && fill_blocks(groups, all.out, out))
            return all;
    }
    return (struct grouping){1, op->groups, in, out};
}

/* A tile reads as many planes as there are channels, each of them far from the next. */
bool vector_converts(const struct op *op)
{
    int64_t channels = op->inputs.items[0]->shape.c, zeros = vector_blocks(channels) * VECTOR_BLOCK - channels;
    return zeros * 4 <= channels;
}

bool vector_reads_blocks(const struct planning *v, const struct op *op, enum algorithm algorithm)
{
    return v->values[op->inputs.items[0]->id].blocked || algorithm == ALGORITHM_DEPTHWISE ||
           vector_grouping(op).groups > 1 || (algorithm != ALGORITHM_ROWS && vector_converts(op));
}

struct conv_input vector_conv_input(struct planning *v, const struct op *op)
{
    const struct value *value = op->inputs.items[0];
    bool blocked = vector_reads_blocks(v, op, v->algorithms[op->id]);
    int64_t channels = vector_grouping(op).in;
    return (struct conv_input){blocked ? vector_blocked(v, op, value) : vector_haloed(v, op, value), !blocked,
                               blocked ? vector_blocks(channels) * VECTOR_BLOCK : channels};
}

void vector_describe_window(struct kernel *kernel, const struct op *op, const struct tensor *in)
{
    const struct tensor_layout *layout = &in->layout;
    const struct window *w = &op->window;
    kernel_numbers(
        kernel, {"KERNEL_H", w->size.h}, {"KERNEL_W", w->size.w}, {"IN_PLANE", layout->plane},
        {"IN_START", vector_start(in, w->pad.top, w->pad.left) + op->part.first_channel / VECTOR_BLOCK * layout->plane},
        {"TAP_ROW", w->dilation.h * layout->row}, {"TAP_COLUMN", w->dilation.w * layout->block},
        {"PIXEL_ROW", w->stride.h * layout->row}, {"PIXEL_COLUMN", w->stride.w * layout->block});
}

void vector_describe_residual(struct kernel *kernel, const struct tensor *residual)
{
    kernel_number(kernel, "RESIDUAL", residual != NULL);
    if (residual)
        vector_describe_operand(kernel, residual, "RESIDUAL");
}

struct tensor *vector_residual(struct planning *v, struct kernel *kernel, const struct op *op)
{
    struct tensor *residual = op->residual ? vector_blocked(v, op, op->residual) : NULL;
    vector_describe_residual(kernel, residual);
    return residual;
}

struct step *vector_conv_step(struct planning *v, const struct op *op, struct kernel *kernel, struct tensor *in,
                              struct tensor *residual, enum pack_form form, int64_t count, struct tensor *out)
{
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, in);
    if (residual) {
        step_reads(v->plan, step, residual);
        step_in_place(step, 1);
    }
    struct pack *pack = plan_pack(v->plan, op, op->node, form, VECTOR_BLOCK, count);
    pack->merged = form == PACK_DEPTHWISE ? 1 : vector_grouping(op).merged;
    step_weights(v->plan, step, pack);
    step_writes(v->plan, step, out);
    return step;
}

const char *vector_family(struct planning *v, const struct op *op, const char *word)
{
    return arena_printf(v->plan->arena, "%s%lldx%lld", word, (long long)op->window.size.h,
                        (long long)op->window.size.w);
}

/* ---- depthwise ---- */

/* The weights of all taps and a tile of pixels are in registers: 3x3 of them beside 2x7 sums, say. Sets of few
 * registers take a row of the window at a time, so that the tile need not be smaller: 5 weights, 7 sums, and a
 * pixel. */
static void describe_depthwise_tile(struct kernel *kernel, const struct vector_set *set, const struct window *w,
                                    struct shape map)
{
    enum { WIDEST_TILE = 7, WIDEST_ROW = 7 /* of a window, whose weights leave room for the sums */ };
    bool many = vector_has_many_sums(set);
    bool rows = !many && w->size.h * w->size.w > 1 && w->size.w <= WIDEST_ROW;
    int64_t count = plan_ceiling(map.w, many || rows ? WIDEST_TILE : 2);
    kernel_set_number(kernel, set, "BY_ROWS", rows);
    kernel_set_number(kernel, set, "TILE_W", map.w / count);
    kernel_set_number(kernel, set, "WIDE", map.w % count);
    kernel_set_number(kernel, set, "NARROW", count - map.w % count);
    kernel_set_number(kernel, set, "TILE_H", map.h % 2 == 0 && many ? 2 : 1);
}

/* The input of a depthwise convolution that makes several maps of each: a copy with each map as often. */
static struct tensor *repeated(struct planning *v, const struct op *op, int64_t times)
{
    const struct value *value = op->inputs.items[0];
    struct tensor *from = vector_blocked(v, op, value);
    struct value more = *value;
    more.shape.c *= times;
    struct padding halo = vector_reach(v, op, ALGORITHM_DEPTHWISE);
    struct tensor *to = plan_tensor(v->plan, &more, value_blocked(&more, VECTOR_BLOCK, &halo));
    to->value = value;
    struct kernel *kernel = vector_kernel(v, "vector/repeat.m4", "repeat");
    kernel_numbers(kernel, {"CHANNELS", value->shape.c}, {"REPEAT", times});
    vector_describe_operand(kernel, from, "IN");
    vector_describe_result(kernel, to);
    plan_transform(v->plan, op, kernel, from, to);
    return to;
}

bool vector_depthwise(struct planning *v, const struct op *op)
{
    enum { PRODUCTS_A_CYCLE = 20, MOST_UNROLLED = 64 /* taps: with more, code would be long, and weights reloaded */ };
    int64_t times = op->map.c / op->groups;
    struct tensor *in = times > 1 ? repeated(v, op, times) : vector_blocked(v, op, op->inputs.items[0]);
    struct tensor *out = vector_result(v, op);
    struct kernel *kernel = vector_kernel(v, "vector/depthwise.m4", vector_family(v, op, "depthwise"));
    int64_t blocks = vector_blocks(out->shape.c), taps = op->window.size.h * op->window.size.w;
    vector_describe_window(kernel, op, in);
    kernel_numbers(kernel, {"BLOCKS", blocks}, {"UNROLLED", taps <= MOST_UNROLLED});
    struct tensor *residual = vector_residual(v, kernel, op);
    vector_describe_result(kernel, out);
    int64_t slopes = vector_describe_end(v, kernel, op, blocks * VECTOR_BLOCK);
    plan_describe_store(v->plan, kernel, blocks * VECTOR_BLOCK * taps);
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++)
        describe_depthwise_tile(kernel, *set, &op->window, out->shape);
    vector_share(v, kernel, (double)shape_elements(out->shape) * (double)taps / PRODUCTS_A_CYCLE, false);
    vector_conv_step(v, op, kernel, in, residual, PACK_DEPTHWISE, blocks * VECTOR_BLOCK * (taps + 1) + slopes, out);
    return true;
}

/* ---- few filters: vectors along the width ---- */

static int64_t largest_divisor(int64_t number, int64_t most)
{
    int64_t divisor = most < number ? most : number;
    while (number % divisor)
        divisor--;
    return divisor;
}

/* Of a map of the result's rows and columns; `pool` of the convolution's make one. The rows that come in take
 * registers, too, where there are many. */
static void describe_rows_tile(struct kernel *kernel, const struct vector_set *set, struct shape map, int64_t pool)
{
    enum { ROWS_IN = 4 };
    int64_t sums = set->sums, most = vector_has_many_sums(set) ? sums - ROWS_IN : sums;
    int64_t vectors = map.w * pool <= set->lanes ? 1 : 2;
    int64_t filters = largest_divisor(map.c, most / vectors / pool);
    int64_t rows = pool * largest_divisor(map.h, most / vectors / pool / filters);
    kernel_set_number(kernel, set, "VECTORS", vectors);
    kernel_set_number(kernel, set, "TILE_FILTERS", filters);
    kernel_set_number(kernel, set, "TILE_H", rows);
}

bool vector_rows(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_haloed(v, op, op->inputs.items[0]);
    struct tensor **slot = &v->plan->planar[op->output->id];
    struct shape shape = op->output->shape;
    int64_t pool = vector_pool_side(op), taps = in->shape.c * op->window.size.h * op->window.size.w;
    *slot = plan_tensor(v->plan, op->output, value_planar(op->output, NULL));
    struct kernel *kernel = vector_kernel(v, "vector/rows.m4", vector_family(v, op, "rows"));
    vector_describe_window(kernel, op, in);
    kernel_numbers(kernel, {"IN_CHANNELS", in->shape.c}, {"FILTERS", shape.c}, {"POOL", pool});
    vector_describe_result(kernel, *slot);
    int64_t slopes = vector_describe_end(v, kernel, op, shape.c);
    plan_describe_store(v->plan, kernel, shape.c * taps);
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++)
        describe_rows_tile(kernel, *set, shape, pool);
    vector_conv_step(v, op, kernel, in, NULL, PACK_SCALARS, shape.c * (taps + 1) + slopes, *slot);
    return true;
}
