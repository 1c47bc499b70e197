/* Convolutions, transposed convolutions and dense operations: results, gradients of inputs, gradients of weights.
 *
 * A convolution leads from its wide side, the map that windows slide over, to its narrow side, a pixel for each window;
 * its weights are [channels of the narrow side][of the wide side][window]. Going the other way, `back', each pixel
 * of the wide side gathers what it took part in: this is a convolution's gradient, and what a transposed convolution
 * computes. With a stride, pixels of the wide side meet different taps by their place in it, their phase. */
#include "base/text.h"
#include "plan/train/train_plan.h"

/* One side to the other: per axis, the element that tap t of result m reads is stride*m + first + tap*t. */
struct axis_walk {
    int64_t results, from, spread; /* results m at from + spread*m */
    int64_t stride, first, tap, taps;
    int64_t weight, weight_step; /* the weight's row or column of tap 0, and from one to the next */
};

struct sides {
    const struct op *op; /* whose weights */
    struct shape wide, narrow;
    struct window window;
    int64_t groups;
    bool flat; /* the wide side of a dense operation is a line of numbers with nothing between them */
};

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static struct sides sides_of(const struct op *op, bool flat)
{
    struct shape in = op->inputs.items[0]->shape, out = op->map;
    if (op->kind == OP_DENSE) {
        struct window whole = {{in.h, in.w}, {1, 1}, {1, 1}, {0, 0, 0, 0}},
                      one = {{1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0}};
        struct shape line = {1, 1, shape_elements(in)};
        return (struct sides){op, flat ? line : in, out, flat ? one : whole, 1, flat};
    }
    bool transposed = op->kind == OP_TRANSPOSED;
    return (struct sides){op, transposed ? out : in, transposed ? in : out, op->window, op->groups, false};
}

static struct axis_walk walk_down(int64_t narrow, int64_t size, int64_t stride, int64_t dilation, int64_t pad)
{
    return (struct axis_walk){narrow, 0, 1, stride, -pad, dilation, size, 0, 1};
}

/* Pixel stride*j + phase of the wide side meets tap t at pixel (stride*j + phase + pad - dilation*t)/stride of the
 * narrow one, if that is whole: every so many taps, from the first such on, if there is any. */
static struct axis_walk walk_back(int64_t wide, int64_t size, int64_t stride, int64_t dilation, int64_t pad,
                                  int64_t phase)
{
    int64_t common = common_divisor(stride, dilation), every = stride / common, tap = 0;
    struct axis_walk walk = {.results = plan_ceiling(wide - phase, stride), .from = phase, .spread = stride};
    walk.stride = 1;
    walk.tap = -(dilation / common);
    walk.weight_step = every;
    while (tap < every && (phase + pad - dilation * tap) % stride != 0)
        tap++;
    if (tap == every || tap >= size)
        return walk;
    walk.first = (phase + pad - dilation * tap) / stride;
    walk.taps = plan_ceiling(size - tap, every);
    walk.weight = tap;
    return walk;
}

static struct axis_walk walk_h(const struct sides *s, bool back, int64_t phase)
{
    const struct window *w = &s->window;
    return back ? walk_back(s->wide.h, w->size.h, w->stride.h, w->dilation.h, w->pad.top, phase)
                : walk_down(s->narrow.h, w->size.h, w->stride.h, w->dilation.h, w->pad.top);
}

static struct axis_walk walk_w(const struct sides *s, bool back, int64_t phase)
{
    const struct window *w = &s->window;
    return back ? walk_back(s->wide.w, w->size.w, w->stride.w, w->dilation.w, w->pad.left, phase)
                : walk_down(s->narrow.w, w->size.w, w->stride.w, w->dilation.w, w->pad.left);
}

/* ---- borders ---- */

static void reach(struct padding *halo, const struct axis_walk *walk, int64_t width)
{
    if (walk->taps == 0 || walk->results == 0)
        return;
    int64_t taps = walk->tap * (walk->taps - 1), last = walk->stride * (walk->results - 1) + walk->first;
    halo->left = larger(halo->left, -(walk->first + (taps < 0 ? taps : 0)));
    halo->right = larger(halo->right, last + (taps > 0 ? taps : 0) - (width - 1));
}

struct padding train_linear_halo(const struct op *op)
{
    const struct op *linear = op->of ? op->of : op;
    struct sides s = sides_of(linear, true);
    bool back = op->kind != OP_WEIGHT_GRADIENT && (linear->kind == OP_TRANSPOSED) != (op->kind == OP_GRADIENT);
    struct padding halo = {0, 0, 0, 0};
    for (int64_t phase = 0; phase < (back ? s.window.stride.w : 1); phase++) {
        struct axis_walk walk = walk_w(&s, back, phase);
        reach(&halo, &walk, (back ? s.narrow : s.wide).w);
    }
    return halo;
}

/* ---- results and gradients of inputs ---- */

static void describe_walk(struct kernel *kernel, const struct sides *s, bool back, const struct axis_walk *h,
                          const struct axis_walk *w, const struct lanes *from, const struct lanes *to)
{
    struct shape in = back ? s->narrow : s->wide, out = back ? s->wide : s->narrow;
    int64_t wide = s->wide.c / s->groups, narrow = s->narrow.c / s->groups;
    int64_t window = s->window.size.h * s->window.size.w;
    int64_t from_plane = s->flat && !back ? from->step : from->plane;
    int64_t to_plane = s->flat && back ? to->step : to->plane;
    kernel_numbers(kernel, {"GROUPS", s->groups}, {"OUT_C", out.c / s->groups}, {"IN_C", in.c / s->groups},
                   {"OUT_H", h->results}, {"OUT_W", w->results}, {"OUT_PLANE", to_plane},
                   {"OUT_LINE", h->spread * to->row}, {"OUT_STEP", w->spread * to->step},
                   {"OUT_START", to->start + h->from * to->row + w->from * to->step});
    kernel_numbers(kernel, {"IN_H", in.h}, {"IN_PLANE", from_plane}, {"IN_ROW", from->row},
                   {"IN_STEP", w->stride * from->step}, {"IN_START", from->start + w->first * from->step},
                   {"ROW_STRIDE", h->stride}, {"ROW_FIRST", h->first}, {"ROW_TAP", h->tap},
                   {"COLUMN_TAP", w->tap * from->step}, {"TAPS_H", h->taps}, {"TAPS_W", w->taps});
    kernel_numbers(kernel, {"W_START", h->weight * s->window.size.w + w->weight}, {"W_GROUP", narrow * wide * window},
                   {"W_FILTER", back ? window : wide * window}, {"W_CHANNEL", back ? wide * window : window},
                   {"W_ROW", h->weight_step * s->window.size.w}, {"W_COLUMN", w->weight_step});
}

/* So many channels that what a tile reads of them takes half of the first level of cache. */
static int64_t choose_block(const struct train_plan *plan, const struct vector_set *set, const struct axis_walk *h,
                            const struct axis_walk *w, int64_t pixels, int64_t channels)
{
    int64_t columns = w->taps + (pixels - 1) * (w->stride < w->taps ? w->stride : w->taps);
    int64_t bytes = larger(h->taps * columns, 1) * plan->lanes * element_bytes(ELEMENT_F32);
    int64_t most = larger(set->first / 2 / bytes, 1);
    return channels <= most ? channels : plan_ceiling(channels, plan_ceiling(channels, most));
}

static void describe_tiles(struct train_plan *plan, struct kernel *kernel, int64_t filters, int64_t channels,
                           const struct axis_walk *h, const struct axis_walk *w, const struct lanes *from)
{
    const struct vector_set *const *sets = plan->plan->options.target->sets;
    for (size_t i = 0; plan->fast && sets[i]; i++) {
        struct train_tile tile = train_tile(sets[i], filters, w->results);
        kernel_set_number(kernel, sets[i], "FILTERS", tile.filters);
        kernel_set_number(kernel, sets[i], "PIXELS", tile.pixels);
        kernel_set_number(kernel, sets[i], "BLOCK", choose_block(plan, sets[i], h, w, tile.pixels, channels));
        kernel_set_number(kernel, sets[i], "FETCHES", from->bytes > sets[i]->second);
    }
}

/* A convolution whose filters do not read all maps, in which the weights of the others are zeros. */
static struct kernel *mask_kernel(struct train_plan *plan, const struct op *op)
{
    enum { BITS = 32 };
    const struct matrix *table = op->connect; /* a row an input map, a column a filter */
    const int64_t words = plan_ceiling(table->rows, BITS);
    struct text bits = text_new(plan->arena);
    for (int64_t k = 0; k < table->columns; k++)
        for (int64_t w = 0; w < words; w++) {
            uint32_t word = 0;
            for (int64_t c = w * BITS; c < table->rows && c < (w + 1) * BITS; c++)
                word |= (uint32_t)(table->entries[c * table->columns + k] != 0) << (c - w * BITS);
            text_printf(&bits, "%s0x%xu", k + w ? ", " : "", (unsigned)word);
        }
    struct kernel *kernel = train_kernel(plan, "train/connect.m4", "connect");
    kernel_numbers(kernel, {"FILTERS", table->columns}, {"CHANNELS", table->rows}, {"WORDS", words},
                   {"TAPS", op->window.size.h * op->window.size.w});
    kernel_word(kernel, "CONNECTED", bits.bytes);
    return kernel;
}

/* The weights as a convolution with a connection table takes them; NULL: as they are. */
static struct lanes *connected_weights(struct train_plan *plan, const struct op *op, const struct op *linear)
{
    if (!linear->connect)
        return NULL;
    struct shape room = {1, 1, plan_ceiling(node_weight(linear->node, ROLE_WEIGHT)->count, plan->lanes)};
    struct lanes *weights = train_scratch(plan, arena_printf(plan->arena, "connected_%s", linear->node->name), room);
    struct train_step *step = train_step(plan, op, mask_kernel(plan, linear));
    train_parameter(plan, step, linear, ROLE_WEIGHT);
    train_tensor(plan, step, weights);
    return weights;
}

/* One kernel a phase. Where the result is added to what is there, phases without taps have nothing to do. */
static void pass(struct train_plan *plan, const struct op *op, const struct sides *s, bool back, struct lanes *from,
                 struct lanes *to, bool bias)
{
    bool adds = op->residual != NULL;
    int64_t phases_h = back ? s->window.stride.h : 1, phases_w = back ? s->window.stride.w : 1;
    const char *family = s->op->kind == OP_DENSE ? "dense" : s->op->kind == OP_TRANSPOSED ? "transposed" : "conv";
    if (op->kind == OP_GRADIENT)
        family = arena_printf(plan->arena, "%s_gradient", family);
    struct lanes *weights = connected_weights(plan, op, s->op);
    for (int64_t y = 0; y < phases_h; y++)
        for (int64_t x = 0; x < phases_w; x++) {
            struct axis_walk h = walk_h(s, back, y), w = walk_w(s, back, x);
            if (h.results <= 0 || w.results <= 0 || (adds && (h.taps == 0 || w.taps == 0)))
                continue;
            struct kernel *kernel = train_kernel(plan, plan->fast ? "train/conv.m4" : "train/conv_plain.m4", family);
            describe_walk(kernel, s, back, &h, &w, from, to);
            train_describe_border(kernel, to, x == 0 && y == 0 && !adds);
            describe_tiles(plan, kernel, (back ? s->wide : s->narrow).c / s->groups,
                           (back ? s->narrow : s->wide).c / s->groups, &h, &w, from);
            kernel_numbers(kernel, {"BIAS", bias}, {"BACK", back}, {"GRADIENT", op->kind == OP_GRADIENT},
                           {"ADDS", adds});
            struct train_step *step = train_step(plan, op, kernel);
            train_tensor(plan, step, from);
            if (weights)
                train_tensor(plan, step, weights);
            else
                train_parameter(plan, step, s->op, ROLE_WEIGHT);
            if (bias)
                train_parameter(plan, step, s->op, ROLE_BIAS);
            train_tensor(plan, step, to);
        }
}

/* A dense operation reads its input as one line of numbers, unless something lies between them. */
static bool is_flat(const struct lanes *tensor)
{
    return tensor->plane == tensor->shape.h * tensor->shape.w * tensor->step;
}

bool train_linear(struct train_plan *plan, const struct op *op)
{
    struct lanes *from = train_operand(plan, op, 0), *to = train_result(plan, op);
    struct sides s = sides_of(op, is_flat(from));
    pass(plan, op, &s, op->kind == OP_TRANSPOSED, from, to, op->bias);
    return true;
}

/* The same numbers with other borders. */
static void copy(struct train_plan *plan, const struct op *op, struct lanes *from, struct lanes *to)
{
    static const char *const prefixes[] = {"IN", "OUT"};
    struct kernel *kernel = train_kernel(plan, "train/copy.m4", "copy");
    train_describe_rows(kernel, prefixes, (struct lanes *const[]){from, to}, 2);
    train_describe_border(kernel, to, true);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, from);
    train_tensor(plan, step, to);
}

bool train_linear_gradient(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *from = train_operand(plan, op, 0), *to = train_result(plan, op), *line = to;
    struct sides s = sides_of(of, true);
    if (of->kind == OP_DENSE && !is_flat(to))
        line = train_scratch(plan, to->name, to->shape);
    struct lanes *before = op->residual ? plan->of_value[op->residual->id] : to;
    if (before != to)
        copy(plan, op, before, to);
    pass(plan, op, &s, of->kind != OP_TRANSPOSED, from, line, false);
    if (line != to)
        copy(plan, op, line, to);
    return true;
}

/* ---- gradients of weights ---- */

static void describe_weights(struct kernel *kernel, const struct sides *s, const struct lanes *wide,
                             const struct lanes *narrow)
{
    const struct window *w = &s->window;
    kernel_numbers(kernel, {"GROUPS", s->groups}, {"FILTERS", s->narrow.c / s->groups},
                   {"CHANNELS", s->wide.c / s->groups}, {"OUT_H", s->narrow.h}, {"OUT_W", s->narrow.w},
                   {"IN_H", s->wide.h}, {"TAPS_H", w->size.h}, {"TAPS_W", w->size.w});
    kernel_numbers(kernel, {"STRIDE_H", w->stride.h}, {"STRIDE_W", w->stride.w}, {"DILATION_H", w->dilation.h},
                   {"DILATION_W", w->dilation.w}, {"PAD_TOP", w->pad.top}, {"PAD_LEFT", w->pad.left});
    kernel_numbers(kernel, {"IN_PLANE", s->flat ? wide->step : wide->plane}, {"IN_ROW", wide->row},
                   {"IN_START", wide->start - w->pad.left * wide->step}, {"OUT_PLANE", narrow->plane},
                   {"OUT_ROW", narrow->row}, {"OUT_START", narrow->start});
}

/* Cycles a pixel of the narrow side: a round an image for each pair of vectors, or one for each pair of numbers and the
 * sum of its lanes in the end; and turning a tensor. */
static enum train_order choose_order(struct train_plan *plan, const struct sides *s, bool *turned)
{
    double taps = (double)(s->window.size.h * s->window.size.w), pixels = (double)(s->narrow.h * s->narrow.w);
    double lanes = plan->plan->options.target->sets[0]->lanes, images = (double)plan->lanes, rounds = images / 2 * 1.1;
    int64_t filters = s->narrow.c / s->groups, channels = s->wide.c / s->groups, l = (int64_t)lanes;
    double turns = (double)(s->wide.h * s->wide.w) / pixels * images;
    double inputs = taps * (double)(filters * plan_ceiling(channels, l)) * rounds + (double)channels * turns;
    double outputs = taps * (double)(channels * plan_ceiling(filters, l)) * rounds + (double)filters * images;
    double plain = taps * (double)(filters * channels) * (images / lanes / 2 * 1.3 + 25 / pixels);
    *turned = plain > inputs || (plain > outputs && s->groups == 1);
    if (!*turned)
        return ORDER_PLAIN;
    return outputs < inputs && s->groups == 1 ? ORDER_FILTERS : ORDER_INPUTS;
}

/* Channels side by side in a turned tensor: as many as the widest vectors have lanes. */
static int64_t block_of(const struct train_plan *plan)
{
    return plan->plan->options.target->sets[0]->lanes;
}

/* What turns numbers on their way calls: vectors exchange halves. */
static const struct kernel *exchange_kernel(struct train_plan *plan)
{
    struct kernel *helper = train_kernel(plan, "train/exchange.m4", "exchange");
    helper->helper = true;
    return kernel_intern(plan->plan, helper);
}

/* [group][block][H][columns][image][channel], channels padded to whole blocks. With `again', a normalisation, it is
 * what that is applied to, which has no columns beside it, that is read. */
static struct lanes *turn(struct train_plan *plan, const struct op *op, const struct sides *s, bool wide,
                          struct lanes *from, const struct op *again)
{
    struct shape shape = wide ? s->wide : s->narrow;
    int64_t block = block_of(plan), channels = shape.c / s->groups, padded = plan_ceiling(channels, block) * block;
    bool flat = s->flat && wide;
    int64_t columns = flat ? 1 : wide ? from->row / from->step : shape.w;
    struct shape turned = {shape.h, columns, s->groups * padded};
    struct lanes *to = train_scratch(plan, arena_printf(plan->arena, "turned_%s", from->name), turned), *in = from;
    struct kernel *kernel = train_kernel(plan, "train/turn.m4", "turn");
    if (again)
        in = train_operand(plan, again, 0);
    kernel_numbers(kernel, {"GROUPS", s->groups}, {"CHANNELS", channels}, {"BLOCK", block}, {"ROWS", shape.h},
                   {"COLUMNS", again ? shape.w : columns}, {"LEFT", again ? from->left : 0},
                   {"RIGHT", again ? from->right : 0});
    kernel_numbers(kernel, {"IN_PLANE", flat ? in->step : in->plane}, {"IN_ROW", in->row},
                   {"IN_START", again || !wide ? in->start : 0}, {"NORM", again != NULL});
    kernel_reference(kernel, "EXCHANGE", exchange_kernel(plan));
    if (again)
        kernel_reference(kernel, "VALUE_OF", train_vector_function(plan, again->activation));
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, in);
    if (again)
        train_norm_arguments(plan, step, again->of);
    train_tensor(plan, step, to);
    return to;
}

static int64_t padded_to_lanes(int64_t count)
{
    return plan_ceiling(count, TRAINING_ALIGNMENT) * TRAINING_ALIGNMENT;
}

/* Vectors narrower than a block of channels: a tile's columns begin where a block does. */
static struct train_tile whole_blocks(const struct vector_set *set, struct train_tile tile, int64_t block,
                                      int64_t channels)
{
    int64_t parts = block / set->lanes, columns = plan_ceiling(channels, set->lanes);
    if (tile.pixels >= columns || tile.pixels % parts == 0)
        return tile;
    tile.pixels = tile.pixels < parts ? parts : tile.pixels / parts * parts;
    tile.pixels = tile.pixels < columns ? tile.pixels : columns;
    while (tile.filters > 1 && tile.filters * tile.pixels > set->sums)
        tile.filters--;
    return tile;
}

/* Rows are scalars, columns vectors: filters by taps or channels, or taps by filters. */
static void describe_turned_tiles(struct train_plan *plan, struct kernel *kernel, const struct sides *s,
                                  enum train_order order)
{
    const struct vector_set *const *sets = plan->plan->options.target->sets;
    int64_t filters = s->narrow.c / s->groups, channels = s->wide.c / s->groups, taps = s->window.size.w;
    for (size_t i = 0; sets[i]; i++) {
        struct train_tile tile;
        if (order == ORDER_INPUTS)
            tile = train_tile(sets[i], filters, taps > 1 ? taps : plan_ceiling(channels, sets[i]->lanes));
        else
            tile = train_tile(sets[i], taps > 1 ? taps : channels, plan_ceiling(filters, sets[i]->lanes));
        if (order == ORDER_FILTERS || taps == 1)
            tile = whole_blocks(sets[i], tile, block_of(plan), order == ORDER_INPUTS ? channels : filters);
        kernel_set_number(kernel, sets[i], "TILE_ROWS", tile.filters);
        kernel_set_number(kernel, sets[i], "TILE_COLUMNS", tile.pixels);
    }
}

static void turned_weights(struct train_plan *plan, const struct op *op, const struct sides *s, enum train_order order,
                           struct train_gradient *gradient, struct lanes *wide, struct lanes *narrow)
{
    enum { SOME_PIXELS = 16 }; /* so many that reading and writing sums takes little of the time */
    bool inputs = order == ORDER_INPUTS;
    struct lanes *turned = turn(plan, op, s, inputs, inputs ? wide : narrow, train_input_again(plan, op));
    struct kernel *kernel = train_kernel(plan, "train/weights.m4", "weights");
    describe_weights(kernel, s, wide, narrow);
    describe_turned_tiles(plan, kernel, s, order);
    int64_t padded = padded_to_lanes((inputs ? s->wide.c : s->narrow.c) / s->groups);
    kernel_numbers(kernel, {"BY_INPUTS", inputs}, {"PADDED", padded}, {"BLOCK", block_of(plan)},
                   {"ROW_BLOCK", plan_ceiling(SOME_PIXELS, s->narrow.w)}, {"TURNED_ROWS", turned->shape.h},
                   {"TURNED_COLUMNS", turned->shape.w});
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, turned);
    train_tensor(plan, step, inputs ? narrow : wide);
    train_gradient_arguments(plan, step, gradient);
}

static void plain_weights(struct train_plan *plan, const struct op *op, const struct sides *s,
                          struct train_gradient *gradient, struct lanes *wide, struct lanes *narrow)
{
    const char *file = plan->fast ? "train/weights_lanes.m4" : "train/weights_plain.m4";
    struct kernel *kernel = train_kernel(plan, file, "weights");
    const struct vector_set *const *sets = plan->plan->options.target->sets;
    describe_weights(kernel, s, wide, narrow);
    if (plan->fast) {
        struct kernel *helper = train_kernel(plan, "train/add_lanes.m4", "add_lanes");
        helper->helper = true;
        kernel_reference(kernel, "ADD_LANES", kernel_intern(plan->plan, helper));
    }
    int64_t taps_h = s->window.size.h, taps_w = s->window.size.w, filters = s->narrow.c / s->groups;
    for (size_t i = 0; plan->fast && sets[i]; i++) {
        bool all = filters == 1 && taps_h * taps_w <= sets[i]->sums;
        struct train_tile tile = train_tile(sets[i], filters, taps_w);
        kernel_set_number(kernel, sets[i], "TILE_FILTERS", all ? 1 : tile.filters);
        kernel_set_number(kernel, sets[i], "TILE_COLUMNS", all ? taps_w : tile.pixels);
        kernel_set_number(kernel, sets[i], "TILE_ROWS", all ? taps_h : 1);
    }
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, wide);
    train_tensor(plan, step, narrow);
    train_gradient_arguments(plan, step, gradient);
}

static void bias_gradient(struct train_plan *plan, const struct op *op, struct lanes *from)
{
    struct train_gradient *gradient = train_gradient(plan, op->of, ROLE_BIAS, ORDER_PLAIN, 0);
    if (!gradient)
        return;
    struct kernel *kernel = train_kernel(plan, "train/bias.m4", "bias_gradient");
    train_describe(kernel, "IN", from);
    kernel_number(kernel, "CHANNELS", from->shape.c);
    struct train_step *step = train_step(plan, op, kernel);
    train_tensor(plan, step, from);
    train_gradient_arguments(plan, step, gradient);
}

/* The weights of a dense operation are learnt in the order of a line, whatever lies between the numbers it reads. */
static struct lanes *line_of(struct train_plan *plan, const struct op *op, struct lanes *tensor)
{
    struct lanes *line = train_scratch(plan, tensor->name, tensor->shape);
    copy(plan, op, tensor, line);
    return line;
}

static struct train_gradient *weight_gradient(struct train_plan *plan, const struct op *of, const struct sides *s)
{
    bool turned = false;
    enum train_order order = plan->fast ? choose_order(plan, s, &turned) : ORDER_PLAIN;
    int64_t padded = padded_to_lanes((order == ORDER_INPUTS ? s->wide.c : s->narrow.c) / s->groups);
    return train_gradient(plan, of, ROLE_WEIGHT, order, padded);
}

const struct op *train_input_again(struct train_plan *plan, const struct op *op)
{
    const struct op *again = op->inputs.items[0]->producer;
    if (op->kind != OP_WEIGHT_GRADIENT || op->of->kind != OP_CONVOLUTION || again->kind != OP_AFFINE || !again->of ||
        again->output->readers.count > 1)
        return NULL;
    struct sides s = sides_of(op->of, true);
    const struct train_gradient *gradient = weight_gradient(plan, op->of, &s);
    return gradient && gradient->order == ORDER_INPUTS ? again : NULL;
}

bool train_linear_weights(struct train_plan *plan, const struct op *op)
{
    const struct op *of = op->of;
    struct lanes *x = train_operand(plan, op, 0), *dy = train_operand(plan, op, 1);
    if (of->kind == OP_DENSE && !is_flat(x))
        x = line_of(plan, op, x);
    struct sides s = sides_of(of, true);
    bool transposed = of->kind == OP_TRANSPOSED;
    struct train_gradient *gradient = weight_gradient(plan, of, &s);
    if (gradient && of->connect) {
        struct kernel *mask = mask_kernel(plan, of);
        kernel_number(mask, "SHARES", false);
        gradient->mask = kernel_intern(plan->plan, mask);
    }
    struct lanes *wide = transposed ? dy : x, *narrow = transposed ? x : dy;
    if (gradient && gradient->order == ORDER_PLAIN)
        plain_weights(plan, op, &s, gradient, wide, narrow);
    else if (gradient)
        turned_weights(plan, op, &s, gradient->order, gradient, wide, narrow);
    bias_gradient(plan, op, dy);
    return true;
}
