/* Convolutions of floats by pixels: which tile sums them up, which rows are copied, and what pools are a part. */
#include "plan/cortexm/cortexm.h"
#include "plan/portable/portable.h"

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* ---- tiles ---- */

enum { REGISTERS = 32, MOST_PIXELS = 5 /* each has a pointer */, MOST_FILTERS = 10, LITTLE = 16 };

/* What a tile costs, in halves of an instruction. */
static int64_t cost_of(const struct float_tile *t, int64_t runs, int64_t length)
{
    enum { CALL = 40, RESULT = 8, RUN = 6 };
    const int64_t sums = t->pixels * t->filters;
    const int64_t number = 2 * sums + 2 * (1 + t->pixels) / t->depth + 1;
    return runs * (length * number + 2 * (RUN + t->pixels)) + 2 * (CALL + RESULT * sums);
}

static int64_t depth_of(int64_t pixels, int64_t filters, int64_t length)
{
    for (int64_t depth = length > 1 ? 2 : 1; depth > 0; depth--)
        if (pixels * filters + depth * (filters + 1) <= REGISTERS)
            return depth;
    return 0;
}

struct float_tile cortexm_float_tile(int64_t width, int64_t filters, int64_t runs, int64_t length, int64_t side,
                                     bool whole)
{
    struct float_tile best = {0, 0, 0};
    int64_t least = INT64_MAX;
    for (int64_t f = smaller(filters, MOST_FILTERS); f > 0; f--)
        for (int64_t p = side; p <= smaller(width, MOST_PIXELS) && (filters % f == 0 || !whole); p += side) {
            const struct float_tile tile = {p, f, depth_of(p, f, length)};
            if (!tile.depth)
                continue;
            int64_t cost = plan_ceiling(filters, f) * plan_ceiling(width, p) * cost_of(&tile, runs, length);
            cost += filters % f ? cost / LITTLE : 0; /* zeros take memory, too */
            if (cost < least) {
                least = cost;
                best = tile;
            }
        }
    return best;
}

void cortexm_describe_float_tile(struct plan *plan, struct kernel *kernel, const struct float_tile *tile,
                                 int64_t length)
{
    enum { ROUND = 4 };
    struct kernel *helper = cortexm_helper(plan, "cortexm/float_tile.m4", "tile");
    kernel_reference(helper, "FLOATS", cortexm_float_words(plan));
    kernel_numbers(helper, {"PIXELS", tile->pixels}, {"FILTERS", tile->filters}, {"DEPTH", tile->depth},
                   {"LONG", length >= ROUND}, {"REST", length % ROUND});
    kernel_reference(kernel, "FLOATS", cortexm_float_words(plan));
    kernel_reference(kernel, "TILE", kernel_intern(plan, helper));
    kernel_numbers(kernel, {"PIXELS", tile->pixels}, {"FILTERS", tile->filters});
}

/* ---- what they read ---- */

/* A signal that is one pixel wide lies as one that is one pixel high. */
struct reading {
    struct portable_window w;
    struct tensor *in;
    bool by_maps, copies;
    int64_t columns, copied, rows, line;
};

/* Is a row of the result written when the row of its place has been read? Behind a pool that is not so. */
static bool keeps_shape(const struct op *op)
{
    return !op->pooled && shape_equal(op->inputs.items[0]->shape, op->output->shape) && op->window.stride.h == 1 &&
           op->window.stride.w == 1;
}

static int64_t side_of(const struct op *op)
{
    return op->pooled ? PLAN_POOL_SIDE : 1;
}

static struct portable_window window_of(const struct op *op)
{
    const struct shape out = op->output->shape;
    const int64_t side = side_of(op);
    return portable_window(op->inputs.items[0]->shape, (struct shape){out.h * side, out.w * side, out.c}, &op->window);
}

/* `beyond': numbers behind a row that are read, though nothing is made of them. */
static struct reading reading_of(struct plan *plan, const struct op *op, int64_t beyond)
{
    struct reading r = {.w = window_of(op)};
    const struct window *w = &r.w.window;
    const int64_t side = side_of(op);
    r.in = cortexm_either(plan, op->inputs.items[0], &r.by_maps);
    r.copies = r.by_maps || r.w.clip_h || r.w.clip_w || keeps_shape(op) || beyond > 0;
    r.columns = (r.w.out_w - 1) * w->stride.w + (w->size.w - 1) * w->dilation.w + 1;
    r.columns = r.columns > w->pad.left ? r.columns : w->pad.left;
    r.copied = smaller(r.w.in_w, r.columns - w->pad.left);
    r.rows = (side - 1) * w->stride.h + (w->size.h - 1) * w->dilation.h + 1;
    r.line = r.columns * op->inputs.items[0]->shape.c + beyond;
    return r;
}

static void describe_reading(struct kernel *kernel, const struct op *op, const struct reading *r)
{
    const struct window *w = &r->w.window;
    kernel_numbers(kernel, {"IN_H", r->w.in_h}, {"IN_W", r->w.in_w}, {"IN_C", op->inputs.items[0]->shape.c},
                   {"OUT_H", r->w.out_h}, {"OUT_W", r->w.out_w}, {"OUT_C", op->output->shape.c},
                   {"KERNEL_H", w->size.h}, {"STRIDE_H", w->stride.h}, {"STRIDE_W", w->stride.w},
                   {"DILATION_H", w->dilation.h}, {"DILATION_W", w->dilation.w}, {"PAD_TOP", w->pad.top},
                   {"PAD_LEFT", w->pad.left}, {"CLIP_H", r->w.clip_h}, {"COPIES", r->copies}, {"BY_MAPS", r->by_maps},
                   {"COLUMNS", r->columns}, {"COPIED", r->copied}, {"ROWS", r->rows}, {"LINE", r->line});
}

/* `rows': numbers that are copied; 0: none. */
static bool finish(struct plan *plan, const struct op *op, struct kernel *kernel, struct tensor *in,
                   struct pack *weights, int64_t rows)
{
    struct tensor *residual = op->residual ? cortexm_pixels(plan, op, op->residual) : NULL;
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, in);
    if (residual)
        step_reads(plan, step, residual);
    step_weights(plan, step, weights);
    step_writes(plan, step, cortexm_output(plan, op));
    if (rows)
        step_writes(plan, step, cortexm_work_space(plan, op, rows * element_bytes(ELEMENT_F32), ELEMENT_F32));
    if (rows && keeps_shape(op))
        step_in_place(step, 0);
    if (residual)
        step_in_place(step, 1);
    return true;
}

static const char *family_of(struct plan *plan, const struct op *op, const char *word)
{
    return arena_printf(plan->arena, "%s%lldx%lld", word, (long long)op->window.size.h, (long long)op->window.size.w);
}

/* ---- one map each ---- */

static bool is_channelwise(const struct op *op)
{
    const struct shape in = op->inputs.items[0]->shape;
    return op->groups == in.c && in.c > 1 && in.c == op->output->shape.c;
}

/* Taps of a row that are met at once: all, or a part that leaves registers for sums. */
static int64_t taps_at_once(int64_t taps)
{
    enum { MOST_WHOLE = 5, MOST_PART = 4 };
    int64_t part = taps <= MOST_WHOLE ? taps : MOST_PART;
    while (taps % part)
        part--;
    return part;
}

/* Columns that a tile meets, whether a tap sees them or not: each is a line of code. */
static int64_t columns_of(const struct window *w, int64_t pixels, int64_t taps)
{
    return (pixels - 1) * w->stride.w + (taps - 1) * w->dilation.w + 1;
}

enum { MOST_COLUMNS = 32 };

static int64_t channel_pixels(const struct window *w, int64_t width, int64_t taps, int64_t channels)
{
    int64_t best = 1, least = INT64_MAX;
    for (int64_t p = 1; p <= width && channels * (p + taps + 1) <= REGISTERS; p++) {
        const int64_t read = columns_of(w, p, taps), sums = p * channels;
        if (p > 1 && read > MOST_COLUMNS)
            break;
        const int64_t run = sums * taps + 2 * smaller(read, p * taps) + 6;
        const int64_t cost = plan_ceiling(width, p) * (w->size.h * w->size.w / taps * run + 40 + 9 * sums);
        if (cost < least) {
            least = cost;
            best = p;
        }
    }
    return best;
}

static bool plan_channels(struct plan *plan, const struct op *op)
{
    enum { SIDE = 4 };
    const int64_t channels = op->output->shape.c, block = smaller(channels, SIDE);
    const struct reading r = reading_of(plan, op, channels % block ? block - 1 : 0);
    const struct window *w = &r.w.window;
    const int64_t together = taps_at_once(w->size.w);
    const int64_t taps = columns_of(w, 1, together) > MOST_COLUMNS ? 1 : together;
    const int64_t pixels = channel_pixels(w, r.w.out_w, taps, block);
    struct kernel *helper = cortexm_helper(plan, "cortexm/float_channels.m4", "channels");
    kernel_reference(helper, "FLOATS", cortexm_float_words(plan));
    kernel_numbers(helper, {"PIXELS", pixels}, {"FILTERS", block}, {"TAPS", taps}, {"STRIDE", w->stride.w},
                   {"DILATION", w->dilation.w});
    struct kernel *kernel = kernel_new(plan, "cortexm/float_depthwise.m4", family_of(plan, op, "depthwise"));
    kernel_reference(kernel, "FLOATS", cortexm_float_words(plan));
    kernel_reference(kernel, "TILE", kernel_intern(plan, helper));
    describe_reading(kernel, op, &r);
    const int64_t window = w->size.h * w->size.w;
    kernel_numbers(kernel, {"PIXELS", pixels}, {"FILTERS", block}, {"KERNEL_W", w->size.w}, {"TAPS", taps},
                   {"SPLIT", w->size.w / taps}, {"OUT_PER_GROUP", channels});
    cortexm_describe_float_result(plan, kernel, op, block, window);
    struct pack *weights = plan_pack(plan, op, op->node, PACK_DEPTHWISE, block, cortexm_float_count(op, block, window));
    return finish(plan, op, kernel, r.in, weights, r.copies ? r.rows * r.line : 0);
}

/* ---- pixels by themselves ---- */

static bool is_pointwise(const struct op *op)
{
    const struct window *w = &op->window;
    return op->groups == 1 && w->size.h == 1 && w->size.w == 1 && w->stride.h == 1 && w->stride.w == 1 &&
           padding_is_zero(w->pad) && !op->pooled;
}

static bool plan_pixels(struct plan *plan, const struct op *op)
{
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const int64_t pixels = in.h * in.w;
    const struct float_tile tile = cortexm_float_tile(pixels, out.c, 1, in.c, 1, false);
    struct kernel *kernel = kernel_new(plan, "cortexm/float_pointwise.m4", "pointwise");
    cortexm_describe_float_tile(plan, kernel, &tile, in.c);
    kernel_numbers(kernel, {"COUNT", pixels}, {"IN_C", in.c}, {"OUT_C", out.c}, {"OUT_PER_GROUP", out.c},
                   {"COPIES", keeps_shape(op)});
    cortexm_describe_float_result(plan, kernel, op, tile.filters, in.c);
    struct pack *weights = plan_pack(plan, op, op->node, PACK_DIRECT_PLANAR, tile.filters,
                                     cortexm_float_count(op, tile.filters, in.c));
    return finish(plan, op, kernel, cortexm_pixels(plan, op, op->inputs.items[0]), weights,
                  keeps_shape(op) ? tile.pixels * in.c : 0);
}

/* ---- all others ---- */

static bool plan_windows(struct plan *plan, const struct op *op)
{
    const struct reading r = reading_of(plan, op, 0);
    const struct window *w = &r.w.window;
    const int64_t maps = op->inputs.items[0]->shape.c / op->groups, filters = op->output->shape.c / op->groups;
    const bool by_taps = op->groups > 1 || w->dilation.w > 1;
    const int64_t taps = by_taps ? w->size.w : 1, length = by_taps ? maps : w->size.w * maps;
    const struct float_tile tile = cortexm_float_tile(r.w.out_w, filters, w->size.h * taps, length, side_of(op),
                                                      op->groups > 1);
    struct kernel *kernel = kernel_new(plan, "cortexm/float_conv.m4", family_of(plan, op, "conv"));
    cortexm_describe_float_tile(plan, kernel, &tile, length);
    describe_reading(kernel, op, &r);
    kernel_numbers(kernel, {"GROUPS", op->groups}, {"OUT_PER_GROUP", filters}, {"TAPS", taps}, {"LENGTH", length},
                   {"POOL", side_of(op)});
    const int64_t row = w->size.h * w->size.w * maps;
    cortexm_describe_float_result(plan, kernel, op, tile.filters, row);
    struct pack *weights = plan_pack(plan, op, op->node, PACK_DIRECT_PLANAR, tile.filters,
                                     cortexm_float_count(op, tile.filters, row));
    return finish(plan, op, kernel, r.in, weights, r.copies ? r.rows * r.line : 0);
}

/* ---- which, and with which pools ---- */

bool cortexm_has_float_convolution(const struct plan *plan, const struct op *op)
{
    return op->kind == OP_CONVOLUTION && !op_is_quantised(op) && plan->options.store == ELEMENT_F32 &&
           op->output->batch == 1;
}

const struct op *cortexm_float_pool_after(const struct plan *plan, const struct op *op)
{
    const bool found = cortexm_has_float_convolution(plan, op) && !op->residual && !is_channelwise(op);
    return found ? plan_pool_after(plan, op) : NULL;
}

bool cortexm_float_convolution(struct plan *plan, const struct op *op)
{
    const struct op *pool = cortexm_float_pool_after(plan, op);
    if (pool)
        return plan_windows(plan, plan_with_pool(plan, op, pool));
    if (is_channelwise(op))
        return plan_channels(plan, op);
    bool by_maps;
    cortexm_either(plan, op->inputs.items[0], &by_maps);
    return is_pointwise(op) && !by_maps ? plan_pixels(plan, op) : plan_windows(plan, op);
}
