/* Which kernel runs which layer, and what is slow. */
#include "plan/describe.h"

#include "base/diag.h"
#include "base/text.h"
#include "thin/thin.h"

/* ---- the steps of an operation ---- */

struct description {
    const struct plan *plan;
    size_t *first;         /* by op id: its first step; its steps end where those of the next operation begin */
    const struct op **ops; /* by node id: the operation with steps that the layer is a part of; NULL: none */
    bool *needed;          /* by node id: does an output depend on the layer? */
};

static size_t end_of(const struct description *d, const struct op *op)
{
    return d->first[op->id + 1];
}

/* Steps follow each other as their operations do. */
static void find_steps(struct description *d)
{
    const struct plan *plan = d->plan;
    size_t at = 0;
    for (size_t id = 0; id <= plan->list->ops.count; id++) {
        d->first[id] = at;
        while (at < plan->steps.count && plan->steps.items[at]->op->id == (int)id)
            at++;
    }
}

/* As the steps name them: a pool that was made a part of an operation is a layer of it. */
static void find_ops(struct description *d)
{
    for (size_t i = d->plan->steps.count; i-- > 0;) {
        const struct op *op = d->plan->steps.items[i]->op;
        for (size_t k = 0; op->output && k < op->nodes.count; k++)
            d->ops[op->nodes.items[k]->id] = op;
    }
}

/* Inputs have smaller numbers than what reads them. */
static void find_needed(struct description *d)
{
    const struct graph *graph = d->plan->graph;
    for (size_t i = 0; i < graph->outputs.count; i++)
        d->needed[graph->outputs.items[i].node->id] = true;
    for (size_t i = graph->nodes.count; i-- > 0;)
        for (size_t k = 0; d->needed[i] && k < graph->nodes.items[i]->input_count; k++)
            d->needed[graph->nodes.items[i]->inputs[k]->id] = true;
}

struct description *plan_description(const struct plan *plan)
{
    struct description *d = ARENA_NEW(plan->arena, struct description);
    d->plan = plan;
    d->first = ARENA_ARRAY(plan->arena, size_t, plan->list->ops.count + 2);
    d->ops = ARENA_ARRAY(plan->arena, const struct op *, plan->graph->nodes.count + 1);
    d->needed = ARENA_ARRAY(plan->arena, bool, plan->graph->nodes.count + 1);
    find_steps(d);
    find_ops(d);
    find_needed(d);
    return d;
}

/* "conv3x3", or "silu in plain C" where the target has vectors. */
static void add_kernel(const struct step *step, struct text *out)
{
    const struct kernel *kernel = step->kernel;
    text_add(out, kernel->family);
    if (kernel->label)
        text_printf(out, " %s", kernel->label);
    if (step->plain)
        text_add(out, " in plain C");
}

/* "block, conv3x3 2x14x32"; "" if the operation needs no step. */
static const char *kernels_of(const struct description *d, const struct op *op)
{
    struct text text = text_new(d->plan->arena);
    for (size_t i = d->first[op->id]; i < end_of(d, op); i++) {
        text_add(&text, text.length ? ", " : "");
        add_kernel(d->plan->steps.items[i], &text);
    }
    return text.length ? text.bytes : "";
}

/* ---- all operations, a line each ---- */

void plan_print_kernels(const struct plan *plan, struct text *out)
{
    const struct description *d = plan_description(plan);
    for (size_t i = 0; i < plan->steps.count; i = end_of(d, plan->steps.items[i]->op)) {
        const struct op *op = plan->steps.items[i]->op;
        const struct value *result = op->output ? op->output : op->inputs.items[0];
        text_printf(out, "%s%s  %s  %s\n", op->kind == OP_OUTPUT ? "output " : "", result->node->name,
                    shape_text(plan->arena, result->shape), kernels_of(d, op));
    }
}

/* ---- one layer ---- */

static const char *reason_of(const struct description *d, const struct op *op)
{
    for (size_t i = d->first[op->id]; i < end_of(d, op); i++)
        if (d->plan->steps.items[i]->why)
            return d->plan->steps.items[i]->why;
    return NULL;
}

/* "96,000 bytes of half floats, 480 of floats"; NULL where nothing is stored as half floats, or the operation has no
 * weights. */
static const char *stored_of(const struct description *d, const struct op *op)
{
    struct arena *arena = d->plan->arena;
    const int64_t width = element_bytes(ELEMENT_F16);
    int64_t halves = 0, floats = 0;
    for (size_t i = d->first[op->id]; i < end_of(d, op) && d->plan->options.store == ELEMENT_F16; i++)
        for (size_t k = 0; k < d->plan->steps.items[i]->arguments.count; k++) {
            const struct pack *pack = d->plan->steps.items[i]->arguments.items[k].pack;
            halves += pack ? pack->halves * width : 0;
            floats += pack ? (pack->count - pack->halves) * element_bytes(ELEMENT_F32) : 0;
        }
    if (!halves && floats && op_is_linear(op))
        return arena_printf(arena, "%s bytes of floats, transformed from half floats", text_thousands(arena, floats));
    return !halves  ? NULL
           : floats ? arena_printf(arena, "%s bytes of half floats, %s of floats", text_thousands(arena, halves),
                                   text_thousands(arena, floats))
                    : arena_printf(arena, "%s bytes of half floats", text_thousands(arena, halves));
}

/* What the weights leave out of a layer with weights, on either side; NULL: nothing. */
static const char *left_out_of(const struct description *d, const struct node *node)
{
    struct arena *arena = d->plan->arena;
    const struct thinned *thinned = d->plan->options.thinned;
    if (!thinned || !op_is_linear(d->ops[node->id]))
        return NULL;
    const struct thin_channels *out = &thinned->nodes[node->id], *in = &thinned->nodes[node->inputs[0]->id];
    if (out->kept == out->whole && in->kept == in->whole)
        return NULL;
    const int64_t macs = thinned->graph->nodes.items[node->id]->macs;
    return arena_printf(arena, "constant channels are folded away: %s of %s channels in, %s of %s out, %s MACs",
                        text_thousands(arena, in->kept), text_thousands(arena, in->whole),
                        text_thousands(arena, out->kept), text_thousands(arena, out->whole),
                        text_thousands(arena, macs));
}

const char *plan_describe(const struct description *d, const struct node *node)
{
    struct arena *arena = d->plan->arena;
    const struct op *op = d->ops[node->id];
    if (!op)
        return !d->needed[node->id] ? "left out: no output depends on it"
               : !node->input_count && node->weight_count
                   ? "nothing to compute: kernels read it where it lies among the weights"
               : node->input_count ? "nothing to compute: its result is already in place"
                                   : "nothing to compute: kernels read the caller's buffer";
    const char *kernels = kernels_of(d, op), *why = reason_of(d, op);
    if (op->node->id != node->id) /* the plan's graph may be a thinner one */
        return arena_printf(arena, "a part of %s: %s", text_clean(arena, op->node->name), kernels);
    const char *stored = stored_of(d, op), *left_out = left_out_of(d, node);
    return arena_printf(arena, "%s%s%s%s%s%s%s", kernels, why ? "\n" : "", why ? why : "", stored ? "\n" : "",
                        stored ? stored : "", left_out ? "\n" : "", left_out ? left_out : "");
}

/* ---- what is slow ---- */

/* About how many instructions plain C would take, a multiply-accumulate counting as one. */
static double work_of(const struct op *op)
{
    enum { FUNCTION_WORK = 10 }; /* an exponential, or a root and a division */
    double numbers = (double)shape_elements(op->map);
    switch (op->kind) {
    case OP_CONST: return 0;
    case OP_INPUT:
    case OP_OUTPUT: return numbers;
    case OP_POOL: {
        double inputs = (double)shape_elements(op->inputs.items[0]->shape);
        double windows = numbers * (double)(op->window.size.h * op->window.size.w);
        return op->pool.whole || op->pool.adaptive ? inputs : windows;
    }
    case OP_DISTANCE: return (double)op->node->connections;
    case OP_UNARY:
    case OP_NORMALISE:
    case OP_LRN:
    case OP_SOFTMAX: return FUNCTION_WORK * numbers;
    default: return (double)op_macs(op) + numbers;
    }
}

static bool is_plain(const struct description *d, const struct op *op)
{
    for (size_t i = d->first[op->id]; i < end_of(d, op); i++)
        if (d->plan->steps.items[i]->plain)
            return true;
    return false;
}

void plan_warn_slow(const struct plan *plan, struct diag *diag)
{
    const struct description *d = plan_description(plan);
    const double share = 0.01, least = 4096; /* instructions: a microsecond or two is not slow */
    double all = 0;
    for (size_t i = 0; i < plan->list->ops.count; i++)
        all += work_of(plan->list->ops.items[i]);
    for (size_t i = 0; i < plan->list->ops.count; i++) {
        const struct op *op = plan->list->ops.items[i];
        double work = work_of(op);
        if (!(work > share * all && work > least) || !is_plain(d, op))
            continue;
        const char *why = reason_of(d, op);
        struct message *m = node_report(diag, CHECK_SLOW, op->node,
                                        "%s, %.0f %% of the network's work, runs in plain C on --target=%s",
                                        node_keyword(op->node), 100 * work / all, plan->options.target->name);
        message_help(m, "%s", why ? why : "it has no vector kernel yet");
    }
}

/* ---- all steps ---- */

static void print_tensor(const struct tensor *tensor, struct text *out)
{
    static const char *const places[] = {[PLACE_ARENA] = "arena", [PLACE_INPUT] = "input", [PLACE_OUTPUT] = "output"};
    int64_t offset;
    const struct tensor *root = tensor_root(tensor, &offset);
    if (root->place == PLACE_ARENA)
        text_printf(out, "%s+%lld", root->buffer->own ? "own" : "arena", (long long)(root->buffer->offset + offset));
    else if (root->place == PLACE_WEIGHTS)
        text_printf(out, "weights+%lld", (long long)(root->pack->offset + offset));
    else
        text_printf(out, "%s%d+%lld", places[root->place], root->index, (long long)offset);
}

void plan_print(const struct plan *plan, struct text *out)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct step *step = plan->steps.items[i];
        text_printf(out, "%4d  %s_%d(", step->id, step->kernel->family, step->kernel->number);
        for (size_t k = 0; k < step->arguments.count; k++) {
            const struct argument *argument = &step->arguments.items[k];
            text_add(out, k ? ", " : "");
            if (argument->kind == ARGUMENT_WEIGHTS)
                text_printf(out, "weights+%lld", (long long)argument->pack->offset);
            else
                print_tensor(argument->tensor, out);
        }
        text_printf(out, ")  %s\n", step->op->output ? step->op->output->node->name : "-> output");
    }
    if (plan_images(plan) > 1)
        text_printf(out, "%d images a call; a thread's own memory %lld bytes\n", plan_images(plan),
                    (long long)plan->own_bytes);
    text_printf(out, "arena %lld bytes, lower bound %lld; weights %lld bytes\n", (long long)plan->arena_bytes,
                (long long)plan->arena_lower_bound, (long long)plan->weight_bytes);
}
