/* The fast targets' planner: which values are blocked, how wide their halos are, which kernels run,
 * and where conversions stand. The kernels themselves are planned in fast_conv.c and fast_simple.c,
 * the choice between algorithms in fast_cost.c. */
#include "plan/fast.h"

#include <string.h>

bool target_is_fast(enum target target)
{
    return target != TARGET_C99;
}

struct fast_lanes fast_lanes_of(enum target target)
{
    static const int all[] = {16, 8, 4};
    switch (target) {
    case TARGET_AVX512: return (struct fast_lanes){all, 1};
    case TARGET_AVX2: return (struct fast_lanes){all + 1, 1};
    case TARGET_NEON: return (struct fast_lanes){all + 2, 1};
    default: return (struct fast_lanes){all, 3};
    }
}

int64_t fast_blocks(int64_t channels)
{
    return (channels + FAST_BLOCK - 1) / FAST_BLOCK;
}

int64_t fast_start(const struct tensor *tensor, int64_t top, int64_t left)
{
    const struct tensor_layout *layout = &tensor->layout;
    return (layout->halo.top - top) * layout->row + (layout->halo.left - left) * layout->block;
}

/* ---- describing kernels ---- */

struct kernel *fast_kernel(struct fast *fast, const char *file, const char *family)
{
    struct kernel *kernel = kernel_describe(fast->plan, file, family);
    kernel->per_isa = true;
    fast_number(fast, kernel, "BLOCK", FAST_BLOCK);
    return kernel;
}

void fast_number(struct fast *fast, struct kernel *kernel, const char *name, int64_t value)
{
    kernel_integer(fast->plan, kernel, name, value);
}

void fast_lane_number(struct fast *fast, struct kernel *kernel, const char *name, int lanes, int64_t value)
{
    kernel_integer(fast->plan, kernel, arena_printf(fast->plan->arena, "%s_L%d", name, lanes), value);
}

/* Waking a thread costs some ten microseconds, handing work to one that is awake a fraction of one. */
bool fast_share(struct fast *fast, struct kernel *kernel, double cycles, bool scratch)
{
    enum { WORTH_IT = 40 * 1000 };
    kernel->shared = fast->plan->options.stress || (fast->threads && cycles >= WORTH_IT);
    fast_number(fast, kernel, "SHARED", kernel->shared);
    fast_number(fast, kernel, "SCRATCH", scratch);
    return kernel->shared;
}

void fast_describe_result(struct fast *fast, struct kernel *kernel, const struct tensor *out)
{
    const struct tensor_layout *layout = &out->layout;
    fast_number(fast, kernel, "OUT_H", out->shape.h);
    fast_number(fast, kernel, "OUT_W", out->shape.w);
    fast_number(fast, kernel, "OUT_ROW", layout->row);
    fast_number(fast, kernel, "OUT_PLANE", layout->plane);
    fast_number(fast, kernel, "OUT_START", fast_start(out, 0, 0));
    fast_number(fast, kernel, "HALO_TOP", layout->halo.top);
    fast_number(fast, kernel, "HALO_LEFT", layout->halo.left);
    fast_number(fast, kernel, "HALO_BOTTOM", layout->halo.bottom);
    fast_number(fast, kernel, "HALO_RIGHT", layout->halo.right);
}

static const char *activation_word(const struct node *node)
{
    if (!node)
        return "none";
    switch (node->kind) {
    case LAYER_RELU: return "relu";
    case LAYER_RELU6: return "relu6";
    case LAYER_CLIP: return "clip";
    case LAYER_LEAKY: return node->args.a >= 0 && node->args.a <= 1 ? "leaky" : NULL; /* then it is a maximum */
    default: return NULL;
    }
}

bool fast_can_activate(const struct node *activation)
{
    return activation_word(activation) != NULL;
}

bool fast_activation(struct fast *fast, struct kernel *kernel, const struct node *activation)
{
    const char *word = activation_word(activation);
    if (!word)
        return false;
    kernel_word(fast->plan, kernel, "VECTOR_ACTIVATION", word);
    if (activation && (activation->kind == LAYER_CLIP || activation->kind == LAYER_LEAKY))
        kernel_real(fast->plan, kernel, "VECTOR_LOW", activation->args.a);
    if (activation && activation->kind == LAYER_CLIP)
        kernel_real(fast->plan, kernel, "VECTOR_HIGH", activation->args.b);
    return true;
}

/* ---- forms and halos, before anything is planned ---- */

static bool same_shapes(const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (!shape_equal(op->inputs.items[i]->shape, op->output->shape))
            return false;
    return true;
}

static bool all_blocked(const struct fast *fast, const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        if (!fast->values[op->inputs.items[i]->id].blocked)
            return false;
    return true;
}

static bool aligned_concat(const struct op *op)
{
    for (size_t i = 0; i + 1 < op->inputs.count; i++)
        if (op->inputs.items[i]->shape.c % FAST_BLOCK)
            return false;
    return true;
}

/* Elementwise operations run on vectors if all operands have the result's shape, or one value a map. */
static bool can_run_elementwise(const struct op *op)
{
    if (op->before || !fast_can_activate(op->activation) || op->residual)
        return false;
    switch (op->kind) {
    case LAYER_ADD:
    case LAYER_MUL:
    case LAYER_MAX:
    case LAYER_SUB: return op->inputs.count == 2 && same_shapes(op);
    case LAYER_BN:
    case LAYER_SCALE: return true;
    default: return !op->activation && op_is_activation(op->kind) && fast_can_activate(op->node);
    }
}

static bool can_pool(const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    return !args->adaptive && !args->affine && args->pool != POOL_KIND_GAUSS && !op->activation && !op->before &&
           !op->residual;
}

static enum algorithm choose(struct fast *fast, const struct op *op)
{
    const char **why = &fast->reasons[op->id];
    bool blocked = op->output && all_blocked(fast, op);
    switch (op->kind) {
    case LAYER_CONV:
    case LAYER_DWCONV:
    case LAYER_FC: return fast_choose(fast, op, blocked, why);
    case LAYER_POOL:
    case LAYER_MAXPOOL:
    case LAYER_AVGPOOL:
    case LAYER_L2POOL: return blocked && can_pool(op) ? ALGORITHM_POOL : ALGORITHM_PLAIN;
    case LAYER_GAP:
    case LAYER_GMP: return blocked && can_pool(op) ? ALGORITHM_GLOBAL : ALGORITHM_PLAIN;
    case LAYER_CONCAT: return blocked && aligned_concat(op) ? ALGORITHM_CONCAT : ALGORITHM_PLAIN;
    default: return blocked && can_run_elementwise(op) ? ALGORITHM_ELEMENTWISE : ALGORITHM_PLAIN;
    }
}

static bool writes_blocked(enum algorithm algorithm)
{
    return algorithm != ALGORITHM_PLAIN && algorithm != ALGORITHM_ROWS && algorithm != ALGORITHM_DENSE;
}

static void widen(struct padding *halo, struct padding need, bool *changed)
{
    struct padding before = *halo;
    halo->top = need.top > halo->top ? need.top : halo->top;
    halo->left = need.left > halo->left ? need.left : halo->left;
    halo->bottom = need.bottom > halo->bottom ? need.bottom : halo->bottom;
    halo->right = need.right > halo->right ? need.right : halo->right;
    *changed = *changed || memcmp(&before, halo, sizeof before) != 0;
}

static int64_t beyond(int64_t count, int64_t stride, int64_t window, int64_t dilation, int64_t pad, int64_t size)
{
    int64_t reach = (count - 1) * stride + (window - 1) * dilation + 1 - pad - size;
    return reach > 0 ? reach : 0;
}

/* How far the convolution reads over each edge of its input. */
static struct padding reach_of(const struct op *op, enum algorithm algorithm)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const struct layer_args *args = &op->node->args;
    struct padding reach = {args->pad.top, args->pad.left, 0, 0};
    if (fast_is_winograd(algorithm)) {
        struct wino_shape wino = fast_wino_shape(op, algorithm, 16);
        reach.bottom = beyond(wino.tiles_y * wino.out, 1, args->window.h, 1, args->pad.top, in.h);
        reach.right = beyond(wino.tiles_x * wino.out, 1, args->window.w, 1, args->pad.left, in.w);
    } else {
        reach.bottom = beyond(out.h, args->stride.h, args->window.h, args->dilation.h, args->pad.top, in.h);
        reach.right = beyond(out.w, args->stride.w, args->window.w, args->dilation.w, args->pad.left, in.w);
    }
    return reach;
}

static bool is_window_algorithm(enum algorithm algorithm)
{
    return algorithm == ALGORITHM_DIRECT || fast_is_winograd(algorithm) || algorithm == ALGORITHM_DEPTHWISE ||
           algorithm == ALGORITHM_ROWS;
}

static void find_halos(struct fast *fast)
{
    const struct op_list *list = fast->plan->list;
    bool changed = true;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        enum algorithm algorithm = fast->algorithms[op->id];
        if (!is_window_algorithm(algorithm))
            continue;
        struct fast_value *in = &fast->values[op->inputs.items[0]->id];
        bool blocked = in->blocked || algorithm == ALGORITHM_DEPTHWISE; /* which converts what is planar */
        widen(blocked ? &in->halo : &in->planar_halo, reach_of(op, algorithm), &changed);
    }
    while (changed) { /* the parts of a concatenation lie in the whole: they have its halo, it has theirs */
        changed = false;
        for (size_t i = 0; i < list->ops.count; i++) {
            const struct op *op = list->ops.items[i];
            if (fast->algorithms[op->id] != ALGORITHM_CONCAT)
                continue;
            struct fast_value *out = &fast->values[op->output->id];
            for (size_t k = 0; k < op->inputs.count; k++) {
                struct fast_value *in = &fast->values[op->inputs.items[k]->id];
                widen(&out->halo, in->halo, &changed);
                widen(&in->halo, out->halo, &changed);
            }
        }
    }
}

/* ---- a convolution and the pool after it, as one operation ---- */

/* Maxima of pairs of rows and columns. A rest of one row or column that no window covers is not
 * computed at all; windows that are clipped at an edge are the pool's own matter. */
static bool pools_pairs(const struct op *op)
{
    const struct layer_args *args = &op->node->args;
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    return args->pool == POOL_KIND_MAX && args->window.h == 2 && args->window.w == 2 && args->stride.h == 2 &&
           args->stride.w == 2 && args->dilation.h <= 1 && args->dilation.w <= 1 && !args->pad.top && !args->pad.left &&
           out.h * 2 <= in.h && out.w * 2 <= in.w;
}

/* Kernels that find the maximum in registers. A direct convolution's tiles must then have even sides, which
 * costs more than the pool does where there are many channels. */
static bool ends_in_pool(const struct fast *fast, const struct op *op)
{
    enum { MOST_TAPS = 256 };
    const struct layer_args *args = &op->node->args;
    switch (fast->algorithms[op->id]) {
    case ALGORITHM_ROWS: return true;
    case ALGORITHM_DIRECT:
        return op->inputs.items[0]->shape.c / args->groups * args->window.h * args->window.w <= MOST_TAPS;
    default: return false;
    }
}

/* The pool that can become a part of `op`: of its result, which nobody else reads. Activations that
 * vectors can do never decrease, so that they may come after the maximum. */
static const struct op *pool_after(const struct fast *fast, const struct op *op)
{
    if (!ends_in_pool(fast, op) || op->output->readers.count != 1)
        return NULL;
    const struct op *pool = op->output->readers.items[0];
    bool is_pool = pool->kind == LAYER_POOL || pool->kind == LAYER_MAXPOOL;
    return is_pool && can_pool(pool) && pools_pairs(pool) ? pool : NULL;
}

static const struct op *with_pool(struct fast *fast, const struct op *op, const struct op *pool)
{
    struct arena *arena = fast->plan->arena;
    struct op *both = ARENA_NEW(arena, struct op);
    *both = *op;
    memset(&both->nodes, 0, sizeof both->nodes); /* a list of its own */
    for (size_t i = 0; i < op->nodes.count; i++)
        VEC_PUSH(arena, &both->nodes, op->nodes.items[i]);
    VEC_PUSH(arena, &both->nodes, pool->node);
    both->pool = pool->node;
    both->output = pool->output;
    return both;
}

static void fuse_pools(struct fast *fast)
{
    const struct op_list *list = fast->plan->list;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i], *pool = op->output ? pool_after(fast, op) : NULL;
        if (!pool)
            continue;
        fast->pooled[op->id] = with_pool(fast, op, pool);
        fast->algorithms[pool->id] = ALGORITHM_FUSED;
        fast->values[pool->output->id].blocked = fast->values[op->output->id].blocked;
    }
}

struct fast *fast_begin(struct plan *plan)
{
    struct fast *fast = ARENA_NEW(plan->arena, struct fast);
    const struct op_list *list = plan->list;
    fast->plan = plan;
    fast->threads = plan->graph->macs >= 10 * 1000 * 1000;
    fast->values = ARENA_ARRAY(plan->arena, struct fast_value, list->values.count + 1);
    fast->algorithms = ARENA_ARRAY(plan->arena, enum algorithm, list->ops.count + 1);
    fast->reasons = ARENA_ARRAY(plan->arena, const char *, list->ops.count + 1);
    fast->pooled = ARENA_ARRAY(plan->arena, const struct op *, list->ops.count + 1);
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (op->kind == LAYER_INPUT || op->kind == LAYER_OUTPUT)
            continue;
        fast->algorithms[op->id] = choose(fast, op);
        fast->values[op->output->id].blocked = writes_blocked(fast->algorithms[op->id]);
    }
    fuse_pools(fast);
    find_halos(fast);
    return fast;
}

/* ---- tensors, and the conversions between their forms ---- */

static struct tensor *new_blocked(struct fast *fast, const struct value *value)
{
    struct fast_value *v = &fast->values[value->id];
    v->tensor = plan_tensor(fast->plan, value, tensor_layout(FORM_BLOCKED, FAST_BLOCK, value->shape, v->halo));
    return v->tensor;
}

struct tensor *fast_result(struct fast *fast, const struct op *op)
{
    struct fast_value *v = &fast->values[op->output->id];
    v->result = v->tensor ? v->tensor : new_blocked(fast, op->output);
    return v->result;
}

/* A step that only changes the layout. */
static void convert(struct fast *fast, const struct op *op, const char *family, struct tensor *from, struct tensor *to)
{
    struct kernel *kernel = fast_kernel(fast, "vector/convert.m4", family);
    fast_number(fast, kernel, "CHANNELS", from->shape.c);
    fast_number(fast, kernel, "IN_BLOCK", from->layout.block);
    fast_number(fast, kernel, "IN_ROW", from->layout.row);
    fast_number(fast, kernel, "IN_PLANE", from->layout.plane);
    fast_number(fast, kernel, "IN_START", fast_start(from, 0, 0));
    fast_number(fast, kernel, "OUT_BLOCK", to->layout.block);
    fast_describe_result(fast, kernel, to);
    struct step *step = plan_step(fast->plan, op, kernel_intern(fast->plan, kernel));
    step_reads(fast->plan, step, from);
    step_writes(fast->plan, step, to);
}

struct tensor *fast_blocked(struct fast *fast, const struct op *op, const struct value *value)
{
    struct fast_value *v = &fast->values[value->id];
    if (!v->tensor) {
        struct tensor *from = fast->plan->of_value[value->id];
        convert(fast, op, "block", from, new_blocked(fast, value));
    }
    return v->tensor;
}

static struct tensor_layout dense_layout(struct shape shape)
{
    return tensor_layout(FORM_PLANAR, 1, shape, (struct padding){0, 0, 0, 0});
}

static bool has_halo(const struct tensor *tensor)
{
    const struct padding *halo = &tensor->layout.halo;
    return halo->top || halo->left || halo->bottom || halo->right;
}

struct tensor *fast_planar(struct fast *fast, const struct op *op, const struct value *value)
{
    struct tensor **slot = &fast->plan->of_value[value->id];
    if (*slot)
        return *slot;
    struct tensor *from = fast->values[value->id].tensor;
    if (value->shape.h == 1 && value->shape.w == 1 && !has_halo(from)) { /* one pixel lies the same way in both forms */
        *slot = plan_part(fast->plan, from, 0, value->shape, dense_layout(value->shape));
    } else {
        *slot = plan_tensor(fast->plan, value, dense_layout(value->shape));
        convert(fast, op, "unblock", from, *slot);
    }
    return *slot;
}

struct tensor *fast_haloed(struct fast *fast, const struct op *op, const struct value *value)
{
    struct fast_value *v = &fast->values[value->id];
    struct padding halo = v->planar_halo;
    struct tensor *planar = fast_planar(fast, op, value);
    if (!halo.top && !halo.left && !halo.bottom && !halo.right)
        return planar;
    if (!v->haloed) {
        v->haloed = plan_tensor(fast->plan, value, tensor_layout(FORM_PLANAR, 1, value->shape, halo));
        convert(fast, op, "border", planar, v->haloed);
    }
    return v->haloed;
}

/* ---- one operation ---- */

static bool plan_plain(struct fast *fast, const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        fast_planar(fast, op, op->inputs.items[i]);
    if (op->residual)
        fast_planar(fast, op, op->residual);
    return plan_c99_op(fast->plan, op);
}

bool plan_fast_op(struct fast *fast, const struct op *op)
{
    size_t first = fast->plan->steps.count;
    bool done = false;
    op = fast->pooled[op->id] ? fast->pooled[op->id] : op;
    switch (fast->algorithms[op->id]) {
    case ALGORITHM_PLAIN: done = plan_plain(fast, op); break;
    case ALGORITHM_DIRECT: done = fast_direct(fast, op); break;
    case ALGORITHM_WINOGRAD4:
    case ALGORITHM_WINOGRAD2:
    case ALGORITHM_WINOGRAD2_5: done = fast_winograd(fast, op); break;
    case ALGORITHM_DEPTHWISE: done = fast_depthwise(fast, op); break;
    case ALGORITHM_ROWS: done = fast_rows(fast, op); break;
    case ALGORITHM_DENSE: done = fast_dense(fast, op); break;
    case ALGORITHM_POOL: done = fast_pool(fast, op); break;
    case ALGORITHM_GLOBAL: done = fast_global(fast, op); break;
    case ALGORITHM_ELEMENTWISE: done = fast_elementwise(fast, op); break;
    case ALGORITHM_CONCAT: done = fast_concat(fast, op); break;
    case ALGORITHM_FUSED: done = true; break;
    }
    if (fast->plan->steps.count > first)
        fast->plan->steps.items[fast->plan->steps.count - 1]->why = fast->reasons[op->id];
    return done;
}
