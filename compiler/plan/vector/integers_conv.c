/* Convolutions and dense operations of integers of 8 bits: which rows a copy of the input holds, how it is laid out,
 * and the tiles. The templates say how they compute. */
#include "plan/portable/portable.h"
#include "plan/vector/integers.h"
#include "quantise/types.h"

enum {
    DEPTH_PIXELS = 4,        /* of a row that a depthwise convolution computes at a time */
    QUAD = 4,                /* channels that a round of a tile takes */
    MOST_BYTES = 160 * 1024, /* of the copy: it stays in the second level of cache, beside weights */
    FEWER_BYTES = 24 * 1024, /* in the first level */
    FAR_BYTES = 256 * 1024,  /* weights that do not stay in the second level */
    SLACK = 64               /* bytes that are read beyond */
};

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* One axis of the copy. A window of one tap needs no pixels that the stride leaves out: every `step'th is copied, and
 * the window goes on by one. */
struct side {
    int64_t in, out, size, stride, dilation, pad;
    int64_t step; /* in the input, from one copied pixel to the next */
};

static struct side axis_of(int64_t in, int64_t out, int64_t size, int64_t stride, int64_t dilation, int64_t pad)
{
    const bool one = size == 1;
    return (struct side){in, out, size, one ? 1 : stride, one ? 1 : dilation, pad, one ? stride : 1};
}

static int64_t axis_reach(const struct side *a, int64_t count)
{
    return (count - 1) * a->stride + (a->size - 1) * a->dilation + 1;
}

/* Columns of the copy: `left' of padding, then `real' ones from column `first' of the input on. */
struct columns {
    int64_t count, left, first, real;
};

static struct columns columns_of(const struct side *x)
{
    struct columns c = {.count = axis_reach(x, x->out)};
    c.left = smaller(plan_ceiling(x->pad, x->step), c.count);
    c.first = c.left * x->step - x->pad;
    c.real = larger(smaller(plan_ceiling(x->in - c.first, x->step), c.count - c.left), 0);
    return c;
}

/* As many rows of the result at a time as the copy has room for, and all of them alike. */
static int64_t rows_of(const struct side *y, int64_t row_bytes, int64_t budget)
{
    int64_t most = 1;
    while (most < y->out && axis_reach(y, most + 1) * row_bytes <= budget)
        most++;
    return plan_ceiling(y->out, plan_ceiling(y->out, most));
}

/* Rows at a time, so that least is read from the second level of cache, or written there: each copy meets all weights,
 * and each of the blocks of filters reads all of a copy that does not stay in the first level. */
static int64_t rows_for_tiles(const struct side *y, int64_t row_bytes, int64_t weights, int64_t blocks)
{
    const int64_t budgets[] = {MOST_BYTES, FEWER_BYTES};
    int64_t best = 0, least = INT64_MAX;
    for (int i = 0; i < 2; i++) {
        const int64_t rows = rows_of(y, row_bytes, budgets[i]), copies = plan_ceiling(y->out, rows);
        const int64_t bytes = axis_reach(y, rows) * row_bytes;
        const int64_t read = copies * (weights > FAR_BYTES ? 2 * weights : weights) + 2 * copies * bytes +
                             (bytes > FEWER_BYTES ? blocks * copies * bytes : 0);
        if (read < least) {
            least = read;
            best = rows;
        }
    }
    return best;
}

static void describe_copy(struct kernel *kernel, const struct side *y, const struct side *x, const struct columns *c)
{
    kernel_numbers(kernel, {"IN_H", y->in}, {"IN_W", x->in}, {"OUT_H", y->out}, {"KERNEL_H", y->size},
                   {"KERNEL_W", x->size}, {"STRIDE_H", y->stride}, {"STRIDE_W", x->stride}, {"DILATION_H", y->dilation},
                   {"DILATION_W", x->dilation}, {"PAD_TOP", y->pad}, {"WIN_W", c->count}, {"WIN_LEFT", c->left},
                   {"WIN_FIRST", c->first}, {"WIN_REAL", c->real}, {"STEP_H", y->step}, {"STEP_W", x->step});
}

/* ---- each channel by itself ---- */

static bool plan_depthwise(struct planning *v, const struct op *op)
{
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const struct side x = {in.w, out.w, w->size.w, w->stride.w, w->dilation.w, w->pad.left, 1};
    const int64_t channels = integer_channels(in.c), pairs = plan_ceiling(w->size.h, 2);
    const int64_t step = pairs == 1 ? w->stride.h : common_divisor(w->stride.h, 2 * w->dilation.h);
    const struct columns c = columns_of(&x);
    const int64_t row_bytes = c.count * channels * (int64_t)sizeof(int32_t);
    /* Rows of the copy: every `step'th, where a pair of taps may begin. */
    const struct side y = {in.h, out.h, pairs, w->stride.h / step, pairs == 1 ? 1 : 2 * w->dilation.h / step, 0, 1};
    const int64_t rows = rows_of(&y, row_bytes, MOST_BYTES);
    struct kernel *kernel = integer_kernel(v, "quantised/channels_depthwise.m4", vector_family(v, op, "depthwise"));
    kernel_numbers(kernel, {"CHANNELS", channels}, {"IN_PIXEL", channels}, {"OUT_PIXEL", channels},
                   {"IN_ROW", in.w * channels}, {"IN_H", in.h}, {"IN_W", in.w}, {"OUT_H", out.h}, {"OUT_W", out.w},
                   {"KERNEL_H", w->size.h}, {"KERNEL_W", w->size.w}, {"STRIDE_H", w->stride.h},
                   {"STRIDE_W", w->stride.w}, {"DILATION_H", w->dilation.h}, {"DILATION_W", w->dilation.w},
                   {"PAD_TOP", w->pad.top}, {"WIN_LEFT", w->pad.left}, {"WIN_W", c.count}, {"WIN_STEP", step},
                   {"ROWS", rows}, {"PIXELS", smaller(DEPTH_PIXELS, out.w)});
    struct tensor *from = vector_blocked(v, op, op->inputs.items[0]);
    struct pack *pack = plan_pack(v->plan, op, op->node, PACK_DEPTH_PAIRS, INTEGER_BLOCK, pairs * w->size.w * channels);
    return integer_step(v, op, kernel, from, pack, out.c, axis_reach(&y, rows) * row_bytes + SLACK);
}

/* ---- the others ---- */

/* Few planes are read as they are. */
static struct tensor *input_of(struct planning *v, const struct op *op)
{
    enum { FEW = 4 };
    const struct value *value = op->inputs.items[0];
    const struct vector_value *form = &v->values[value->id];
    return !form->tensor && value->shape.c <= FEW ? vector_planar(v, op, value) : vector_blocked(v, op, value);
}

static void describe_tile(const struct planning *v, struct kernel *kernel, int64_t pixels, int64_t blocks)
{
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++) {
        const struct integer_set *known = integer_set_of(*set);
        kernel_set_number(kernel, *set, "PIXELS", smaller(known->pixels, pixels));
        kernel_set_number(kernel, *set, "UNIT", smaller(known->blocks, blocks));
    }
    const struct integer_set *widest = integer_set_of(v->plan->options.target->sets[0]);
    kernel->label = arena_printf(v->plan->arena, "%lldx%lld", (long long)smaller(widest->pixels, pixels),
                                 (long long)(smaller(widest->blocks, blocks) * INTEGER_BLOCK));
}

struct groups {
    int64_t count, in, out;
};

static bool plan_tiles(struct planning *v, const struct op *op, struct kernel *kernel, struct tensor *in,
                       const struct side *y, const struct side *x, struct groups groups)
{
    const struct columns columns = columns_of(x);
    const int64_t group_pixel = layout_blocks(groups.in, QUAD) * QUAD, pixel = groups.count * group_pixel;
    const int64_t row_bytes = columns.count * pixel * (int64_t)sizeof(int16_t);
    const int64_t blocks = layout_blocks(groups.out, INTEGER_BLOCK);
    const int64_t weights = groups.count * blocks * y->size * x->size * group_pixel * INTEGER_BLOCK;
    const int64_t rows = rows_for_tiles(y, row_bytes, weights, blocks);
    const int64_t places = layout_blocks(rows * x->out, INTEGER_BLOCK) * INTEGER_BLOCK;
    describe_copy(kernel, y, x, &columns);
    kernel_numbers(kernel, {"OUT_W", x->out}, {"GROUPS", groups.count}, {"IN_PER_GROUP", groups.in},
                   {"OUT_PER_GROUP", groups.out}, {"GROUP_PIXEL", group_pixel}, {"WIN_PIXEL", pixel},
                   {"OUT_PIXEL", integer_channels(op->output->shape.c)}, {"ROWS", rows}, {"REACH_H", axis_reach(y, 1)},
                   {"PLACES", places});
    describe_tile(v, kernel, rows * x->out, blocks);
    struct pack *pack = plan_pack(v->plan, op, op->node, PACK_QUADS, INTEGER_BLOCK, weights);
    return integer_step(v, op, kernel, in, pack, groups.out,
                        places * (int64_t)sizeof(int32_t) + axis_reach(y, rows) * row_bytes + SLACK);
}

/* ---- Winograd's algorithm ---- */

/* What it finds is 576 times the sum in 32 bits, of which 64 are lost; inputs are -128 to 127. */
static bool winograd_fits(const struct planning *v, const struct op *op)
{
    enum { FEWEST = 32 /* channels and filters, from which it is faster */, FEWEST_PIXELS = 16 };
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const double weight = v->plan->options.types->nodes[op->node->id].most_weight, most = (1 << 25) / 128 - 1;
    return v->plan->options.winograd && op->groups == 1 && w->size.h == 3 && w->size.w == 3 && w->stride.h == 1 &&
           w->stride.w == 1 && w->dilation.h == 1 && w->dilation.w == 1 && weight > 0 && weight <= most &&
           (v->plan->options.stress || (in.c >= FEWEST && out.c >= FEWEST && out.h * out.w >= FEWEST_PIXELS));
}

static bool plan_winograd(struct planning *v, const struct op *op)
{
    enum { TILE = 4, POSITIONS = 36 };
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const int64_t channels = integer_channels(in.c), tiles_x = plan_ceiling(out.w, TILE);
    const int64_t tiles_y = plan_ceiling(out.h, TILE);
    /* The window is as wide as whole tiles read. */
    const struct side x = {in.w, tiles_x * TILE, 3, 1, 1, w->pad.left, 1}, y = {in.h, out.h, 3, 1, 1, w->pad.top, 1};
    const struct columns columns = columns_of(&x);
    const int64_t row_bytes = POSITIONS * tiles_x * channels * (int64_t)sizeof(int16_t);
    const int64_t most = larger(MOST_BYTES / row_bytes, 1), rows = plan_ceiling(tiles_y, plan_ceiling(tiles_y, most));
    const int64_t tiles = rows * tiles_x, window = (TILE * rows + 2) * columns.count * channels;
    struct tensor *from = vector_blocked(v, op, op->inputs.items[0]);
    struct kernel *kernel = integer_kernel(v, "quantised/channels_winograd.m4", "winograd_s8");
    describe_copy(kernel, &y, &x, &columns);
    kernel_numbers(kernel, {"IN_ROW", from->layout.row}, {"IN_PIXEL", channels}, {"IN_STEP", 1}, {"GROUPS", 1},
                   {"IN_PER_GROUP", channels}, {"GROUP_PIXEL", channels}, {"WIN_PIXEL", channels},
                   {"CHANNELS", channels}, {"OUT_C", out.c}, {"OUT_PIXEL", integer_channels(out.c)}, {"OUT_W", out.w},
                   {"ROWS", rows}, {"TILES_X", tiles_x});
    for (const struct vector_set *const *set = v->plan->options.target->sets; *set; set++) {
        const int64_t at_once = integer_set_of(*set)->pixels;
        kernel_set_number(kernel, *set, "PIXELS", plan_ceiling(tiles, plan_ceiling(tiles, at_once)));
    }
    struct pack *pack = plan_pack(v->plan, op, op->node, PACK_WINOGRAD_PAIRS, INTEGER_BLOCK,
                                  layout_blocks(out.c, INTEGER_BLOCK) * POSITIONS * channels / 2 * INTEGER_BLOCK);
    const int64_t numbers = POSITIONS * tiles * channels + window;
    return integer_step(v, op, kernel, from, pack, out.c,
                        POSITIONS * tiles * INTEGER_BLOCK * (int64_t)sizeof(int32_t) +
                            numbers * (int64_t)sizeof(int16_t) + SLACK);
}

bool integer_convolution(struct planning *v, const struct op *op)
{
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    if (op_is_depthwise(op) && out.c == in.c)
        return plan_depthwise(v, op);
    if (winograd_fits(v, op))
        return plan_winograd(v, op);
    const struct side y = axis_of(in.h, out.h, w->size.h, w->stride.h, w->dilation.h, w->pad.top);
    const struct side x = axis_of(in.w, out.w, w->size.w, w->stride.w, w->dilation.w, w->pad.left);
    struct tensor *from = input_of(v, op);
    const bool planes = from->layout.form == FORM_PLANAR;
    struct kernel *kernel = integer_kernel(v, "quantised/channels_conv.m4", vector_family(v, op, "conv"));
    kernel_numbers(kernel, {"IN_ROW", from->layout.row}, {"IN_PIXEL", from->layout.block},
                   {"IN_STEP", planes ? from->layout.plane : 1});
    return plan_tiles(v, op, kernel, from, &y, &x, (struct groups){op->groups, in.c / op->groups, out.c / op->groups});
}

/* A convolution of one pixel with as many channels as numbers come in. */
bool integer_dense(struct planning *v, const struct op *op)
{
    const int64_t count = shape_elements(op->inputs.items[0]->shape);
    const struct side one = axis_of(1, 1, 1, 1, 1, 0);
    struct tensor *from = vector_planar(v, op, op->inputs.items[0]);
    struct kernel *kernel = integer_kernel(v, "quantised/channels_conv.m4", "fc_s8");
    kernel_numbers(kernel, {"IN_ROW", count}, {"IN_PIXEL", count}, {"IN_STEP", 1});
    return plan_tiles(v, op, kernel, from, &one, &one, (struct groups){1, count, op->output->shape.c});
}
