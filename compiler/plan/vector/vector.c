/* The vector planner: which values are blocked, how wide their halos are, and who plans which operation. */
#include "plan/vector/vector.h"

#include <string.h>

#include "plan/portable/portable.h"

/* ---- the algorithms ---- */

static bool plan_portable(struct planning *v, const struct op *op);

static bool plan_nothing(struct planning *v, const struct op *op)
{
    (void)v, (void)op;
    return true;
}

static const struct algorithm_info {
    bool (*plan)(struct planning *v, const struct op *op);
    enum form result;
    bool window;
} algorithm_table[ALGORITHM_COUNT] = {
#define ALGORITHM(name, plan, result, window) {plan, FORM_##result, window},
#include "plan/vector/algorithms.def"
#undef ALGORITHM
};

/* ---- halos: how far readers reach over the edges of their inputs ---- */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void widen(struct padding *halo, struct padding need, bool *changed)
{
    struct padding before = *halo;
    halo->top = larger(halo->top, need.top);
    halo->left = larger(halo->left, need.left);
    halo->bottom = larger(halo->bottom, need.bottom);
    halo->right = larger(halo->right, need.right);
    *changed = *changed || memcmp(&before, halo, sizeof before) != 0;
}

static int64_t beyond(int64_t count, int64_t stride, int64_t window, int64_t dilation, int64_t pad, int64_t size)
{
    return larger((count - 1) * stride + (window - 1) * dilation + 1 - pad - size, 0);
}

struct padding vector_reach(const struct planning *v, const struct op *op, enum algorithm algorithm)
{
    struct shape in = op->inputs.items[0]->shape, out = op->output->shape;
    const struct window *w = &op->window;
    if (algorithm == ALGORITHM_TRANSPOSED)
        return vector_transposed_reach(op);
    struct padding reach = {w->pad.top, w->pad.left, 0, 0};
    if (vector_is_winograd(algorithm)) {
        struct wino_shape wino = vector_wino_shape(v, op, algorithm, vector_model(v));
        reach.bottom = larger((wino.phase.h * wino.out + w->size.h - 1) * w->dilation.h - w->pad.top - in.h, 0);
        reach.right = larger((wino.phase.w * wino.out + w->size.w - 1) * w->dilation.w - w->pad.left - in.w, 0);
    } else {
        reach.bottom = beyond(out.h, w->stride.h, w->size.h, w->dilation.h, w->pad.top, in.h);
        reach.right = beyond(out.w, w->stride.w, w->size.w, w->dilation.w, w->pad.left, in.w);
    }
    return reach;
}

/* The parts of a concatenation lie in the whole, a slice in what it is cut from: the halo of one is that of the other.
 */
static void share_halo(struct planning *v, const struct op *move, bool *changed)
{
    struct vector_value *out = &v->values[move->output->id];
    for (size_t k = 0; k < move->inputs.count; k++) {
        struct vector_value *in = &v->values[move->inputs.items[k]->id];
        widen(&out->halo, in->halo, changed);
        widen(&in->halo, out->halo, changed);
    }
}

static bool shares_memory(enum algorithm algorithm)
{
    return algorithm == ALGORITHM_CONCAT || algorithm == ALGORITHM_SLICE;
}

static void find_halos(struct planning *v)
{
    const struct op_list *list = v->plan->list;
    bool changed = true;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        enum algorithm algorithm = v->algorithms[op->id];
        if (!algorithm_table[algorithm].window)
            continue;
        struct vector_value *in = &v->values[op->inputs.items[0]->id];
        widen(vector_reads_blocks(v, op, algorithm) ? &in->halo : &in->planar_halo, vector_reach(v, op, algorithm),
              &changed);
    }
    while (changed) {
        changed = false;
        for (size_t i = 0; i < list->ops.count; i++)
            if (shares_memory(v->algorithms[list->ops.items[i]->id]))
                share_halo(v, list->ops.items[i], &changed);
    }
}

/* ---- a convolution and the pool after it, as one operation ---- */

/* Kernels that find the maximum in registers. A direct convolution's tiles must then have even sides, which costs more
 * than the pool does where there are many channels. */
static bool ends_in_pool(const struct planning *v, const struct op *op)
{
    enum { MOST_TAPS = 256 };
    switch (v->algorithms[op->id]) {
    case ALGORITHM_ROWS: return true;
    case ALGORITHM_DIRECT: return vector_grouping(op).in * op->window.size.h * op->window.size.w <= MOST_TAPS;
    default: return false;
    }
}

static void fuse_pools(struct planning *v)
{
    const struct op_list *list = v->plan->list;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i], *pool = plan_pool_after(v->plan, op);
        if (!pool || !ends_in_pool(v, op))
            continue;
        v->pooled[op->id] = plan_with_pool(v->plan, op, pool);
        v->algorithms[pool->id] = ALGORITHM_FUSED;
        v->values[pool->output->id].blocked = v->values[op->output->id].blocked;
    }
}

/* ---- the planner ---- */

static struct planning *begin(struct plan *plan)
{
    enum { WORTH_THREADS = 10 * 1000 * 1000 };
    struct planning *v = ARENA_NEW(plan->arena, struct planning);
    const struct op_list *list = plan->list;
    v->plan = plan;
    v->threads = plan->graph->macs >= WORTH_THREADS;
    v->values = ARENA_ARRAY(plan->arena, struct vector_value, list->values.count + 1);
    v->algorithms = ARENA_ARRAY(plan->arena, enum algorithm, list->ops.count + 1);
    v->reasons = ARENA_ARRAY(plan->arena, const char *, list->ops.count + 1);
    v->pieces = ARENA_ARRAY(plan->arena, int, list->ops.count + 1);
    v->made_of = ARENA_ARRAY(plan->arena, const struct channel *, list->values.count + 1);
    v->pooled = ARENA_ARRAY(plan->arena, const struct op *, list->ops.count + 1);
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (op->kind == OP_INPUT || op->kind == OP_OUTPUT)
            continue;
        v->algorithms[op->id] = vector_choose(v, op, &v->reasons[op->id]);
        v->values[op->output->id].blocked = algorithm_table[v->algorithms[op->id]].result == FORM_BLOCKED;
    }
    fuse_pools(v);
    vector_join_moves(v);
    find_halos(v);
    return v;
}

static bool plan_portable(struct planning *v, const struct op *op)
{
    for (size_t i = 0; i < op->inputs.count; i++)
        vector_planar(v, op, op->inputs.items[i]);
    if (op->residual)
        vector_planar(v, op, op->residual);
    size_t first = v->plan->steps.count;
    bool done = portable_plan_op(v->plan, op);
    for (size_t i = first; i < v->plan->steps.count; i++)
        v->plan->steps.items[i]->plain = !vector_is_move(op) && !v->plan->steps.items[i]->kernel->per_set;
    return done;
}

static bool plan_op(struct plan *plan, const struct op *op)
{
    struct planning *v = plan->planning;
    size_t first = plan->steps.count;
    const struct op *whole = v->pooled[op->id] ? v->pooled[op->id] : op;
    bool done = op->kind == OP_OUTPUT ? vector_output(v, op) : algorithm_table[v->algorithms[op->id]].plan(v, whole);
    if (plan->steps.count > first)
        plan->steps.items[plan->steps.count - 1]->why = v->reasons[op->id];
    return done;
}

static struct tensor *result(const struct plan *plan, const struct op *op)
{
    const struct planning *v = plan->planning;
    struct tensor *computed = v->values[op->output->id].result;
    return computed ? computed : plan->planar[op->output->id];
}

const struct planner vector_planner = {"vector", &vector_abilities, begin, plan_op, vector_share_parts, result};
