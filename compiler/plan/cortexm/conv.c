/* Convolutions of s8: rows are widened to 16 bits, and rows of pixels are summed up for two filters at a time; those of
 * one map each, for two channels. */
#include "plan/cortexm/cortexm.h"
#include "plan/portable/portable.h"
#include "quantise/linear.h"
#include "quantise/quantise.h"

enum { QUAD = 4 /* weights of a filter that are read at once; runs are padded to them */ };

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t round_up(int64_t count, int64_t unit)
{
    return plan_ceiling(count, unit) * unit;
}

/* The rows that a window covers, as they are widened; counts are numbers. */
struct rows {
    int64_t pitch;              /* from one pixel to the next; `maps' of them are the input's */
    int64_t columns, copied;    /* pixels of a row with its padding; those that are the input's */
    int64_t rows, line;         /* kept at once; numbers of each */
    int64_t step;               /* from what one pixel of the result reads to the next */
    int64_t taps, next, length; /* runs in a row, from one run to the next, numbers in each */
    bool aligned;               /* do runs begin at words? */
};

/* A map more where the number is odd, if that costs little: then all pixels begin at words. */
static int64_t pitch_of(const struct window *w, int64_t maps, bool by_taps)
{
    const int64_t even = maps + maps % 2;
    if (by_taps)
        return even;
    return round_up(w->size.w * even, QUAD) * 10 <= round_up(w->size.w * maps, QUAD) * 11 ? even : maps;
}

static struct rows rows_of(const struct op *op, bool by_taps)
{
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const int64_t maps = in.c / op->groups, reach = (w->size.w - 1) * w->dilation.w + 1;
    struct rows r = {.pitch = pitch_of(w, in.c, by_taps)};
    r.columns = (out.w - 1) * w->stride.w + reach;
    r.copied = smaller(in.w, r.columns - w->pad.left);
    r.copied = r.copied > 0 ? r.copied : 0;
    r.columns = r.columns > w->pad.left ? r.columns : w->pad.left;
    r.rows = (w->size.h - 1) * w->dilation.h + 1;
    r.line = round_up(r.columns * r.pitch, QUAD) + QUAD;
    r.step = w->stride.w * r.pitch;
    r.taps = by_taps ? w->size.w : 1;
    r.length = round_up(by_taps ? maps : w->size.w * r.pitch, QUAD);
    r.next = by_taps ? w->dilation.w * r.pitch : r.length;
    r.aligned = r.step % 2 == 0 && (op->groups == 1 || maps % 2 == 0);
    return r;
}

struct tensor *cortexm_work_space(struct plan *plan, const struct op *op, int64_t bytes, enum element_type type)
{
    const struct shape shape = {1, plan_ceiling(bytes, element_bytes(type)), 1};
    struct tensor *tensor = plan_tensor(plan, op->output, layout_planar(type, shape, NULL));
    tensor->name = arena_printf(plan->arena, "%s_rows", tensor->name);
    tensor->shape = shape;
    return tensor;
}

static bool keeps_shape(const struct op *op)
{
    return shape_equal(op->inputs.items[0]->shape, op->output->shape) && op->window.stride.h == 1 &&
           op->window.stride.w == 1;
}

static bool finish(struct plan *plan, const struct op *op, struct kernel *kernel, struct pack *weights,
                   enum bounds bounds, int64_t numbers)
{
    struct tensor *in = cortexm_pixels(plan, op, op->inputs.items[0]);
    struct step *step = plan_step(plan, op, kernel);
    step_reads(plan, step, in);
    step_weights(plan, step, weights);
    step_weights(plan, step, plan_pack(plan, op, op->node, PACK_FILTERS, bounds, 4 * op->output->shape.c));
    step_writes(plan, step, cortexm_output(plan, op));
    step_writes(plan, step, cortexm_work_space(plan, op, numbers * 2, ELEMENT_S32));
    if (keeps_shape(op))
        step_in_place(step, 0);
    return true;
}

/* Pixels by themselves. */
static bool is_pointwise(const struct op *op)
{
    const struct window *w = &op->window;
    return op->groups == 1 && w->size.h == 1 && w->size.w == 1 && w->stride.h == 1 && w->stride.w == 1 &&
           padding_is_zero(w->pad);
}

/* How many pixels are summed up at once, of so many in a row. */
static int64_t tile_of(const struct rows *r, int64_t pixels)
{
    enum { MOST = 3, REACH = 1000 /* numbers: what an instruction reaches */ };
    return r->step > REACH ? 1 : smaller(pixels, MOST);
}

/* How many times four numbers of a run are taken in a round of the loop; a short run in one. */
static int64_t unrolled(const struct rows *r)
{
    enum { MOST_ONCE = 4 };
    const int64_t quads = r->length / QUAD;
    return quads <= MOST_ONCE ? quads : quads % 2 == 0 ? 2 : quads % 3 == 0 ? 3 : 1;
}

/* The function for a row of pixels. */
static struct kernel *dots(struct plan *plan, const struct op *op, const struct rows *r, int64_t pixels,
                           enum bounds bounds)
{
    enum { PAIRS_REACH = 510 };
    struct kernel *kernel = cortexm_helper(plan, "cortexm/dots.m4", "dots");
    const int64_t tile = tile_of(r, pixels);
    kernel_reference(kernel, "WORDS", cortexm_words(plan));
    kernel_numbers(kernel, {"PIXELS", tile}, {"PIXEL", r->step},
                   {"ALIGNED", r->aligned && (tile == 1 || r->step <= PAIRS_REACH)}, {"UNROLLED", unrolled(r)},
                   {"ONCE", r->length == QUAD * unrolled(r)}, {"SINGLE", is_pointwise(op)});
    cortexm_describe_result(plan, kernel, op, bounds);
    return kernel_intern(plan, kernel);
}

static void describe_rows(struct kernel *kernel, const struct op *op, const struct rows *r)
{
    const struct window *w = &op->window;
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    kernel_numbers(kernel, {"IN_H", in.h}, {"IN_W", in.w}, {"IN_C", in.c}, {"OUT_H", out.h}, {"OUT_W", out.w},
                   {"OUT_C", out.c}, {"KERNEL_H", w->size.h}, {"STRIDE_H", w->stride.h}, {"DILATION_H", w->dilation.h},
                   {"PAD_TOP", w->pad.top}, {"PAD_LEFT", w->pad.left}, {"PITCH", r->pitch}, {"COLUMNS", r->columns},
                   {"COPIED", r->copied}, {"ROWS", r->rows}, {"LINE", r->line},
                   {"ZERO", value_zero(op->inputs.items[0])});
}

static const char *family_of(struct plan *plan, const struct op *op, const char *word)
{
    return arena_printf(plan->arena, "%s%lldx%lld_s8", word, (long long)op->window.size.h,
                        (long long)op->window.size.w);
}

/* ---- one map each ---- */

static bool is_channelwise(const struct op *op)
{
    const struct shape in = op->inputs.items[0]->shape;
    return op->groups == in.c && in.c > 1 && in.c == op->output->shape.c;
}

/* Pixels at once: as many as an instruction reaches, and as there are registers for. */
static int64_t channel_tile(const struct window *w, int64_t pitch, int64_t pixels, bool unrolled)
{
    enum { MOST = 3, REACH = 2040 };
    int64_t tile = smaller(pixels, MOST);
    const int64_t taps = unrolled ? (w->size.w - 1) * w->dilation.w : 0;
    while (tile > 1 && ((tile - 1) * w->stride.w + taps) * pitch > REACH)
        tile--;
    return tile;
}

static bool plan_channels(struct plan *plan, const struct op *op, enum bounds bounds)
{
    enum { MOST_UNROLLED = 4 /* weights in a row that are in registers */, REACH = 2040 };
    const struct window *w = &op->window;
    const int64_t channels = op->output->shape.c, pairs = plan_ceiling(channels, 2);
    struct rows r = rows_of(op, false);
    r.pitch = channels;
    r.step = w->stride.w * channels;
    r.line = round_up(r.columns * channels, QUAD) + QUAD;
    const bool unrolled = w->size.w <= MOST_UNROLLED && (w->size.w - 1) * w->dilation.w * channels <= REACH;
    const int64_t count = pairs * w->size.h * plan_ceiling(w->size.w, 2) * 4;
    struct kernel *row = cortexm_helper(plan, "cortexm/channels.m4", "channels");
    kernel_reference(row, "WORDS", cortexm_words(plan));
    kernel_numbers(row, {"PIXELS", channel_tile(w, channels, op->output->shape.w, unrolled)}, {"STRIDE", w->stride.w},
                   {"DILATION", w->dilation.w}, {"PITCH", channels}, {"KERNEL_H", w->size.h}, {"KERNEL_W", w->size.w},
                   {"UNROLLED", unrolled});
    cortexm_describe_result(plan, row, op, bounds);
    struct kernel *kernel = kernel_new(plan, "cortexm/depthwise.m4", family_of(plan, op, "depthwise"));
    kernel_reference(kernel, "WORDS", cortexm_words(plan));
    kernel_reference(kernel, "ROW", kernel_intern(plan, row));
    describe_rows(kernel, op, &r);
    kernel_number(kernel, "PAIR_BYTES", count / pairs);
    return finish(plan, op, kernel, plan_pack(plan, op, op->node, PACK_CHANNEL_PAIRS, 1, count), bounds,
                  r.rows * r.line);
}

/* ---- pixels by themselves ---- */

/* Pixels that are widened at once: few, since memory is scarce, and so that the last ones are a whole tile. */
static int64_t run_of(int64_t pixels, int64_t bytes, int64_t allowed)
{
    enum { TILE = 3, MOST = 48 };
    int64_t run = smaller(pixels, smaller(MOST, allowed / bytes / TILE * TILE));
    if (run < TILE)
        run = smaller(pixels, TILE);
    while (run < pixels && pixels % run && pixels % run < TILE)
        run++;
    return run;
}

static bool plan_pixels(struct plan *plan, const struct op *op, enum bounds bounds)
{
    enum { SHARE = 8 /* of input and result that the widened pixels may be large */ };
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const int64_t pixels = in.h * in.w, length = round_up(in.c, QUAD);
    const int64_t run = run_of(pixels, length * 2, pixels * (in.c + out.c) / SHARE);
    const struct rows r = {
        .pitch = length, .step = length, .taps = 1, .next = length, .length = length, .aligned = true};
    const int64_t tile = pixels % run ? smaller(run, pixels % run) : run;
    struct kernel *kernel = kernel_new(plan, "cortexm/pointwise.m4", "pointwise_s8");
    kernel_reference(kernel, "WORDS", cortexm_words(plan));
    kernel_reference(kernel, "DOTS", dots(plan, op, &r, tile, bounds));
    kernel_numbers(kernel, {"IN_C", in.c}, {"OUT_C", out.c}, {"COUNT", pixels}, {"RUN", run}, {"LENGTH", length});
    const int64_t count = plan_ceiling(out.c, 2) * 2 * length;
    return finish(plan, op, kernel, plan_pack(plan, op, op->node, PACK_TAP_PAIRS, 1, count), bounds, run * length);
}

/* ---- all others ---- */

static bool plan_windows(struct plan *plan, const struct op *op, enum bounds bounds)
{
    const bool by_taps = op->groups > 1 || op->window.dilation.w > 1;
    const struct rows r = rows_of(op, by_taps);
    const int64_t filters = op->output->shape.c / op->groups;
    const int64_t pair = 2 * op->window.size.h * r.taps * r.length;
    struct kernel *kernel = kernel_new(plan, "cortexm/conv.m4", family_of(plan, op, "conv"));
    kernel_reference(kernel, "WORDS", cortexm_words(plan));
    kernel_reference(kernel, "DOTS", dots(plan, op, &r, op->output->shape.w, bounds));
    describe_rows(kernel, op, &r);
    kernel_numbers(kernel, {"GROUPS", op->groups}, {"TAPS", r.taps}, {"NEXT", r.next}, {"LENGTH", r.length},
                   {"PAIR_BYTES", pair});
    struct pack *weights = plan_pack(plan, op, op->node, by_taps ? PACK_TAP_PAIRS : PACK_ROW_PAIRS, r.pitch,
                                     op->groups * plan_ceiling(filters, 2) * pair);
    return finish(plan, op, kernel, weights, bounds, r.rows * r.line);
}

static bool covers_input(const struct op *op)
{
    const struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    return out.h == 1 && out.w == 1 && op->groups == 1 && in.h == 1 && in.w == 1 && op->window.size.h == 1 &&
           op->window.size.w == 1 && padding_is_zero(op->window.pad);
}

bool cortexm_convolution(struct plan *plan, const struct op *op)
{
    if (covers_input(op))
        return cortexm_dense(plan, op);
    const enum bounds bounds = linear_bounds(plan->arena, plan->options.types, op);
    if (is_channelwise(op))
        return plan_channels(plan, op, bounds);
    return is_pointwise(op) ? plan_pixels(plan, op, bounds) : plan_windows(plan, op, bounds);
}
