/* Compares what generated code computed with the evaluator, layer by layer, and writes the table. */
#include "verify/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "plan/plan.h"
#include "reference/reference.h"
#include "thin/thin.h"
#include "verify/rounding.h"
#include "weights/weights.h"

/* What rounding to float may cost: for plain sums, and for those of transformed tiles, which are larger than their
 * results. An ill-conditioned network may be FACTOR times as wrong as float itself makes it (rounding.c). */
static const double tolerance_sums = 1e-5, tolerance_transformed = 1e-4, factor = 4;

/* The largest difference between a tensor of the code and the evaluator's. */
struct verify_error {
    double most;        /* the largest |value| of the evaluator's result */
    double difference;  /* infinite for NaN */
    double got, wanted; /* there */
    int64_t c, y, x;    /* and where that is */
    double allowed;     /* difference */
    bool overflows;     /* float32 holds no such numbers: nothing can be said of the difference */
    bool undefined;     /* the evaluator's result holds a NaN */
    bool integers;      /* which must be equal */
};

struct comparison {
    struct arena *arena;
    const struct plan *plan;
    const struct graph *graph;     /* as it was written, with those weights */
    const struct weights *weights; /* as they are stored */
    double tolerance;              /* of the plan's kernels */
    struct reference *reference;
    struct rounding rounding;
    struct verify_error *errors;   /* the probes', then the outputs' */
    const unsigned char **entries; /* what the code computed of each; NULL: nothing */
    size_t count;
};

/* ---- one tensor ---- */

struct view { /* a tensor of the code */
    const unsigned char *bytes;
    struct tensor_layout layout;
    bool hwc;                        /* if it is an output */
    const struct quantisation *from; /* floats that were integers just before; NULL: they were not */
};

static double view_number(const struct view *view, int64_t at)
{
    return element_read(view->layout.type, view->bytes + at * element_bytes(view->layout.type));
}

/* Keeps the difference if it is the worst so far; NaN is worse than anything. */
static void take(struct verify_error *e, double got, double wanted, int64_t c, int64_t y, int64_t x)
{
    double difference = got == wanted ? 0 : fabs(got - wanted);
    if (isnan(difference))
        difference = INFINITY;
    e->undefined |= isnan(wanted);
    e->most = fmax(e->most, fabs(wanted));
    if (difference > e->difference) {
        e->difference = difference;
        e->got = got, e->wanted = wanted;
        e->c = c, e->y = y, e->x = x;
    }
}

static double dequantised(const struct quantisation *q, int32_t integer)
{
    return (double)(float)((double)q->scale[0] * (integer - q->zero[0]));
}

/* The evaluator has all channels. */
static int64_t whole_channel(const struct comparison *c, const struct node *node, int64_t channel)
{
    const struct thinned *thinned = c->plan->options.thinned;
    return thinned ? thin_whole_channel(thinned, node, channel) : channel;
}

static void compare_tensor(struct comparison *c, const struct view *view, const struct node *node,
                           struct verify_error *e)
{
    const double *wanted = c->reference->tensors[node->id];
    const int32_t *integers = view->layout.type == ELEMENT_S8 ? c->reference->integers[node->id] : NULL;
    struct shape s = node->shape;
    *e = (struct verify_error){.integers = integers != NULL};
    for (int64_t k = 0; k < s.c; k++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++) {
                int64_t at = view->hwc ? (y * s.w + x) * s.c + k : layout_element(&view->layout, k, y, x);
                int64_t i = (whole_channel(c, node, k) * s.h + y) * s.w + x;
                take(e, view_number(view, at),
                     integers     ? (double)integers[i]
                     : view->from ? dequantised(view->from, c->reference->integers[node->id][i])
                                  : wanted[i],
                     k, y, x);
            }
}

static double tolerance_of(const struct plan *plan)
{
    bool transformed = false;
    for (size_t i = 0; i < plan->kernels.count; i++)
        transformed |= plan->kernels.items[i]->exactness == EXACTNESS_TRANSFORMED;
    return transformed ? tolerance_transformed : tolerance_sums;
}

static void judge(struct comparison *c, const struct node *node, struct verify_error *e)
{
    e->allowed = e->integers ? 0 : c->tolerance * e->most;
    if (e->difference <= e->allowed || c->plan->options.types)
        return;
    double error = rounding_error(&c->rounding, c->graph->nodes.items[node->id], c->reference->tensors[node->id]);
    e->overflows = !isfinite(error);
    if (!e->overflows)
        e->allowed = fmax(e->allowed, factor * error);
}

static bool is_wrong(const struct verify_error *e)
{
    return !e->overflows && !(e->difference <= e->allowed);
}

/* Beyond the tolerance, but float itself does no better. */
static bool is_ill_conditioned(const struct comparison *c, const struct verify_error *e)
{
    return !e->integers && !e->overflows && !is_wrong(e) && e->difference > c->tolerance * e->most;
}

static double in_proportion(double difference, double most)
{
    return difference > 0 ? difference / most : 0;
}

/* ---- all tensors ---- */

static const struct node *compared_node(const struct comparison *c, size_t id)
{
    size_t probes = c->plan->probes.count;
    return id < probes ? c->plan->probes.items[id].node : c->plan->graph->outputs.items[id - probes].node;
}

/* What the operation's floats were before, if they were integers. */
static const struct quantisation *meaning_before(const struct op *op)
{
    const struct op *conversion = op->kind == OP_OUTPUT ? op->inputs.items[0]->producer : op;
    return conversion->kind == OP_CONVERT && conversion->output->type == ELEMENT_F32 && op->caller_type != ELEMENT_S8
               ? conversion->inputs.items[0]->quantisation
               : NULL;
}

/* How entry `id` of the result lies in memory. */
static struct view view_of(const struct comparison *c, size_t id)
{
    struct view view = {.bytes = c->entries[id]};
    const size_t probes = c->plan->probes.count;
    if (id < probes) {
        view.layout = c->plan->probes.items[id].tensor->layout;
        view.from = meaning_before(c->plan->probes.items[id].op);
    } else {
        view.layout = layout_planar(plan_end(c->plan, OP_OUTPUT, id - probes)->caller_type, compared_node(c, id)->shape,
                                    NULL);
        view.hwc = c->plan->graph->outputs.items[id - probes].layout == LAYOUT_HWC;
        view.from = meaning_before(plan_end(c->plan, OP_OUTPUT, id - probes));
    }
    return view;
}

/* Finds the entries. What is wrong with the result as a whole, or NULL. */
static const char *find_entries(struct comparison *c, const struct verify_result *of)
{
    const unsigned char *result = of->bytes;
    const size_t length = of->length;
    int *found = ARENA_ARRAY(c->arena, int, c->count + 1); /* by number: images so far */
    size_t at = 0;
    while (length - at >= sizeof(int64_t)) {
        int64_t id;
        memcpy(&id, result + at, sizeof id);
        at += sizeof id;
        const bool known = id >= 0 && (size_t)id < c->count;
        const size_t bytes = known ? (size_t)view_of(c, (size_t)id).layout.bytes : 0;
        if (bytes == 0 || bytes > length - at)
            return "its result is truncated";
        if (found[id]++ == of->image)
            c->entries[id] = result + at;
        at += bytes;
    }
    for (size_t id = 0; id < c->count; id++)
        if (!c->entries[id])
            return arena_printf(c->arena, "it never reaches layer %s", compared_node(c, id)->name);
    return NULL;
}

static void compare_all(struct comparison *c)
{
    for (size_t id = 0; id < c->count; id++) {
        const struct view view = view_of(c, id);
        compare_tensor(c, &view, compared_node(c, id), &c->errors[id]);
        judge(c, compared_node(c, id), &c->errors[id]);
    }
}

/* ---- the evaluator ---- */

/* Floats that lie between two integers, up to rounding, may become either: the code's is taken. */
static void settle(void *context, const struct node *node, const double *floats, int32_t *integers)
{
    static const double between = 0.01; /* steps */
    const struct comparison *c = context;
    const struct shape s = c->plan->graph->nodes.items[node->id]->shape;
    for (size_t id = 0; id < c->plan->probes.count; id++) {
        const struct op *op = c->plan->probes.items[id].op;
        if (op->kind != OP_CONVERT || op->output->type != ELEMENT_S8 || op->output->node->id != node->id ||
            !c->entries[id])
            continue;
        const struct view view = view_of(c, id);
        const double scale = (double)op->output->quantisation->scale[0];
        for (int64_t of_code = 0; of_code < shape_elements(s); of_code++) {
            const int64_t k = of_code / (s.h * s.w), pixel = of_code % (s.h * s.w);
            const int64_t at = layout_element(&view.layout, k, pixel / s.w, pixel % s.w);
            const int64_t i = whole_channel(c, node, k) * s.h * s.w + pixel;
            const int32_t got = (int32_t)view_number(&view, at), least = got < integers[i] ? got : integers[i];
            const double steps = floats[i] / scale + op->output->quantisation->zero[0];
            if (abs(got - integers[i]) == 1 && fabs(steps - (least + 0.5)) < between)
                integers[i] = got;
        }
    }
}

static struct reference *evaluate(struct comparison *c, const double *const images[])
{
    const struct reference_settling settling = {settle, c};
    const struct types *types = c->plan->options.thinned ? c->plan->options.thinned->whole_types
                                                         : c->plan->options.types;
    return types ? reference_run_quantised(types, images, &settling) : reference_run(c->graph, c->weights, images);
}

/* What the evaluator runs: as it was written. */
static const struct graph *whole_graph(const struct plan *plan)
{
    return plan->options.thinned ? plan->options.thinned->whole : plan->graph;
}

static bool report_evaluator(struct diag *diag)
{
    diag_report_file(diag, CHECK_VERIFY, NULL, "the evaluator ran out of memory or could not read a weight");
    return false;
}

/* ---- the table ---- */

/* "CONV+BN+RELU" */
static const char *fused_kinds(struct comparison *c, size_t id)
{
    struct text text = text_new(c->arena);
    if (id >= c->plan->probes.count)
        return "OUTPUT";
    const struct op *op = c->plan->probes.items[id].op;
    if (op->kind == OP_CONVERT)
        return "CONVERT";
    for (size_t i = 0; i < op->nodes.count; i++)
        text_printf(&text, "%s%s", i ? "+" : "", node_keyword(op->nodes.items[i]));
    return text.bytes;
}

static int at_least(int width, const char *word)
{
    int columns = text_columns(word, strlen(word));
    return columns > width ? columns : width;
}

static void padded(struct text *out, const char *word, int width)
{
    text_add(out, word);
    text_repeat(out, ' ', width - text_columns(word, strlen(word)) + 2);
}

static const char *output_name(const struct comparison *c, size_t id)
{
    size_t probes = c->plan->probes.count;
    return id < probes ? compared_node(c, id)->name : c->plan->graph->outputs.items[id - probes].name;
}

static void print_table(struct comparison *c, struct text *out)
{
    int name_width = 5, kind_width = 4, shape_width = 6;
    for (size_t id = 0; id < c->count; id++) {
        name_width = at_least(name_width, output_name(c, id));
        kind_width = at_least(kind_width, fused_kinds(c, id));
        shape_width = at_least(shape_width, shape_text(c->arena, compared_node(c, id)->shape));
    }
    padded(out, "layer", name_width);
    padded(out, "kind", kind_width);
    padded(out, "result", shape_width);
    text_printf(out, "%12s  %9s  %s\n", "largest", "error", "at row, column, channel");
    for (size_t id = 0; id < c->count; id++) {
        const struct verify_error *e = &c->errors[id];
        padded(out, output_name(c, id), name_width);
        padded(out, fused_kinds(c, id), kind_width);
        padded(out, shape_text(c->arena, compared_node(c, id)->shape), shape_width);
        text_printf(out, "%12.6g  %9.2g  %lld, %lld, %lld%s\n", e->most, in_proportion(e->difference, e->most),
                    (long long)e->y, (long long)e->x, (long long)e->c,
                    e->undefined               ? "  holds NaN"
                    : e->overflows             ? "  beyond float32"
                    : is_wrong(e)              ? "  WRONG"
                    : is_ill_conditioned(c, e) ? "  ill-conditioned"
                                               : "");
    }
}

static bool report_wrong(struct comparison *c, struct diag *diag, size_t first, size_t wrong)
{
    const struct verify_error *e = &c->errors[first];
    diag_report(diag, CHECK_VERIFY, compared_node(c, first)->span,
                "the generated C is wrong in %zu of %zu results, first in %s: %.9g instead of %.9g at row %lld, "
                "column %lld, channel %lld (%.2g of the largest value; %.2g is allowed)",
                wrong, c->count, output_name(c, first), e->got, e->wanted, (long long)e->y, (long long)e->x,
                (long long)e->c, in_proportion(e->difference, e->most),
                e->most > 0 ? e->allowed / e->most : c->tolerance);
    return false;
}

/* Results with numbers that no comparison can judge. */
static bool report_nothing_verified(struct comparison *c, struct diag *diag, size_t undefined)
{
    struct message *m = diag_report_file(diag, CHECK_VERIFY, NULL, "none of the %zu results can be verified: they %s",
                                         c->count,
                                         undefined == 0          ? "overflow float32, beyond 3.4e38"
                                         : undefined == c->count ? "hold NaN, as the evaluator's do"
                                                                 : "hold NaN or overflow float32");
    message_help(m, "check the weights: very large ones give infinities, and the difference of two infinities is NaN");
    return false;
}

/* The last lines, and on failure a message about the first wrong layer. */
static bool conclude(struct comparison *c, struct diag *diag, struct text *out)
{
    size_t worst = 0, first = 0, wrong = 0, ill = 0, beyond = 0, undefined = 0, integers = 0;
    double most = 0;
    for (size_t id = 0; id < c->count; id++) {
        const struct verify_error *e = &c->errors[id];
        double error = in_proportion(e->difference, e->most);
        if (is_wrong(e) && wrong++ == 0)
            first = id;
        ill += is_ill_conditioned(c, e);
        integers += e->integers;
        beyond += e->overflows;
        undefined += e->overflows && e->undefined;
        if (error > most && !is_ill_conditioned(c, e) && !e->overflows)
            most = error, worst = id;
    }
    if (wrong > 0)
        return report_wrong(c, diag, first, wrong);
    if (beyond == c->count)
        return report_nothing_verified(c, diag, undefined);
    text_printf(out, "verified: %zu result%s; the largest error is %.2g of the largest value, in %s; %.2g is allowed\n",
                c->count - beyond, c->count - beyond == 1 ? "" : "s", most, output_name(c, worst), c->tolerance);
    if (integers > 0)
        text_printf(out, "%zu of them are integers, all of them equal\n", integers);
    if (ill > 0)
        text_printf(out, "%zu of them are ill-conditioned, but no worse than float32 makes them\n", ill);
    if (undefined > 0)
        text_printf(out, "%zu more hold NaN, as the evaluator's do, and could not be verified\n", undefined);
    if (beyond > undefined)
        text_printf(out, "%zu more overflow float32, beyond 3.4e38, and could not be verified\n", beyond - undefined);
    return true;
}

/* ---- weights that are stored as half floats ---- */

/* How far the results are from those of weights that are not rounded. */
static bool tell_halves(struct comparison *c, struct diag *diag, const struct weights *weights,
                        const double *const images[], struct text *out)
{
    struct reference *exact = reference_run(whole_graph(c->plan), weights, images);
    double worst = 0;
    size_t where = 0;
    if (!exact)
        return report_evaluator(diag);
    for (size_t i = 0; i < c->graph->outputs.count; i++) {
        const struct node *node = c->plan->graph->outputs.items[i].node;
        double most = 0, difference = 0;
        for (int64_t k = 0; k < shape_elements(node->shape); k++) {
            most = fmax(most, fabs(exact->tensors[node->id][k]));
            difference = fmax(difference, fabs(exact->tensors[node->id][k] - c->reference->tensors[node->id][k]));
        }
        if (in_proportion(difference, most) >= worst)
            worst = in_proportion(difference, most), where = i;
    }
    text_printf(out, "half floats: weights so rounded change results by at most %.2g of the largest value, in %s\n",
                worst, c->plan->graph->outputs.items[where].name);
    reference_free(exact);
    return true;
}

static void comparison_free(struct comparison *c)
{
    rounding_free(&c->rounding);
    reference_free(c->reference);
}

bool verify_compare(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                    const struct verify_inputs *inputs, const struct verify_result *result, struct text *table)
{
    const bool rounded = plan->options.store == ELEMENT_F16;
    const struct halves halves = rounded ? verify_halves(arena, plan, weights)
                                         : (struct halves){whole_graph(plan), NULL};
    struct comparison c = {.arena = arena,
                           .plan = plan,
                           .graph = halves.graph,
                           .weights = rounded ? halves.weights : weights,
                           .tolerance = tolerance_of(plan)};
    const double *const *images = (const double *const *)inputs->images +
                                  (size_t)result->image * plan->graph->inputs.count;
    const char *fault;
    bool right = false;
    c.count = plan->probes.count + plan->graph->outputs.count;
    c.errors = ARENA_ARRAY(arena, struct verify_error, c.count + 1);
    c.entries = ARENA_ARRAY(arena, const unsigned char *, c.count + 1);
    fault = find_entries(&c, result);
    c.reference = evaluate(&c, images);
    c.rounding = (struct rounding){c.graph, c.weights, images, c.tolerance / tolerance_sums, NULL, NULL};
    if (!c.reference) {
        report_evaluator(diag);
    } else if (fault) {
        diag_report_file(diag, CHECK_VERIFY, NULL, "the generated C ran, but %s", fault);
    } else {
        compare_all(&c);
        print_table(&c, table);
        right = conclude(&c, diag, table) && (!rounded || tell_halves(&c, diag, weights, images, table));
    }
    comparison_free(&c);
    return right;
}
