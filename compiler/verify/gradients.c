/* Compares a step of training code with the evaluator's, tensor by tensor, and writes the table: the loss, the
 * gradient of each tensor that learns, and the running statistics after the step. */
#include "verify/gradients.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "verify/machine.h"

/* Of a tensor's largest number. A small gradient is held against the part `least` of the largest of all gradients, and
 * one that is nothing but rounding, such as that of a bias before a normalisation (for the evaluator it is `nothing` of
 * the largest), against `tolerance` of that. Where a change of the weights and images by a unit of rounding changes
 * more, that times `factor` is allowed. */
static const double tolerance = 1e-4, least = 1e-6, nothing = 1e-12, factor = 32;

enum result_kind { RESULT_LOSS, RESULT_GRADIENT, RESULT_STATISTIC };

struct result {
    enum result_kind kind;
    const struct training_tensor *tensor; /* NULL: the loss */
    const float *found;
    const double *wanted; /* the evaluator's */
    int64_t count;
    double most, difference, allowed; /* difference: infinite for NaN */
    double scale; /* what the difference is measured by: `most`, or a part of the largest gradient */
    int64_t at;
    bool beyond, ill; /* float32 holds no such numbers; it is as wrong as float32 makes it */
};

struct results {
    struct trial *trial;
    double loss, moved_loss;
    struct reference_model *moved; /* NULL: not needed yet */
    struct VEC(struct result) list;
};

/* ---- one result ---- */

static void measure(struct result *r)
{
    for (int64_t i = 0; i < r->count; i++) {
        double difference = fabs((double)r->found[i] - r->wanted[i]);
        difference = isnan(difference) ? INFINITY : difference;
        r->beyond |= !(fabs(r->wanted[i]) <= FLT_MAX);
        r->most = fmax(r->most, fabs(r->wanted[i]));
        if (difference > r->difference) {
            r->difference = difference;
            r->at = i;
        }
    }
}

static const double *numbers_of(const struct reference_model *model, const struct result *r)
{
    const struct reference_tensors *tensors = r->kind == RESULT_GRADIENT ? model->gradients : model->values;
    return tensors[r->tensor->node->id].of[r->tensor->weight->role];
}

/* ---- what rounding does ---- */

static double moved_by_a_unit(double number, uint64_t *state)
{
    return number * (random_next(state) >> 63 ? 1 + DBL_EPSILON * (1 << 28) : 1 - DBL_EPSILON * (1 << 28));
}

/* The evaluator's step with weights and images that are each a unit of float's rounding apart, up or down. */
static void move(struct results *results)
{
    struct trial *trial = results->trial;
    const struct graph *graph = trial->training->graph;
    struct reference_batch batch = trial->batch;
    const double **images = ARENA_ARRAY(trial->arena, const double *, graph->inputs.count + 1);
    uint64_t state = 2;
    results->moved = reference_model_new(trial->arena, graph, trial->weights, trial->recipe.frozen);
    for (size_t i = 0; results->moved && i < trial->training->tensors.count; i++) {
        const struct training_tensor *tensor = &trial->training->tensors.items[i];
        double *values = results->moved->values[tensor->node->id].of[tensor->weight->role];
        for (int64_t k = 0; k < tensor->weight->count; k++)
            values[k] = moved_by_a_unit(values[k], &state);
    }
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const int64_t count = batch.count * shape_elements(graph->inputs.items[i]->shape);
        double *numbers = ARENA_ARRAY(trial->arena, double, (size_t)count);
        for (int64_t k = 0; k < count; k++)
            numbers[k] = moved_by_a_unit(batch.images[i][k], &state);
        images[i] = numbers;
    }
    batch.images = images;
    if (results->moved)
        results->moved_loss = reference_gradients(trial->arena, results->moved, &batch, &trial->recipe.learning)->loss;
}

static double rounding_of(struct results *results, const struct result *r)
{
    double largest = 0;
    if (!results->moved)
        move(results);
    const double *moved = !r->tensor       ? &results->moved_loss
                          : results->moved ? numbers_of(results->moved, r)
                                           : r->wanted;
    for (int64_t i = 0; i < r->count; i++)
        largest = fmax(largest, fabs(moved[i] - r->wanted[i]));
    return largest;
}

static void judge(struct results *results, struct result *r, double most)
{
    if (r->kind == RESULT_GRADIENT)
        r->scale = fmax(r->most, r->most <= nothing * most ? most : least / tolerance * most);
    else
        r->scale = r->most;
    r->allowed = tolerance * r->scale;
    if (r->beyond || r->difference <= r->allowed)
        return;
    r->allowed = fmax(r->allowed, factor * rounding_of(results, r));
    r->ill = r->difference <= r->allowed;
}

static bool is_wrong(const struct result *r)
{
    return !r->beyond && !(r->difference <= r->allowed);
}

/* ---- all results ---- */

static void add(struct results *results, enum result_kind kind, const struct training_tensor *tensor,
                const float *found)
{
    struct result r = {.kind = kind, .tensor = tensor, .found = found, .wanted = &results->loss, .count = 1};
    if (tensor) {
        r.wanted = numbers_of(results->trial->model, &r);
        r.count = tensor->weight->count;
    }
    measure(&r);
    VEC_PUSH(results->trial->arena, &results->list, r);
}

static void add_all(struct results *results, const float *found)
{
    const struct training *training = results->trial->training;
    const float *gradients = found + 1, *parameters = gradients + training->trained_count;
    double most = 0;
    add(results, RESULT_LOSS, NULL, found);
    for (size_t i = 0; i < training->tensors.count; i++) {
        const struct training_tensor *tensor = &training->tensors.items[i];
        if (tensor->learns)
            add(results, RESULT_GRADIENT, tensor, gradients + tensor->offset);
        else if (tensor->buffer)
            add(results, RESULT_STATISTIC, tensor, parameters + tensor->offset);
    }
    for (size_t i = 0; i < results->list.count; i++)
        if (results->list.items[i].kind == RESULT_GRADIENT)
            most = fmax(most, results->list.items[i].most);
    for (size_t i = 0; i < results->list.count; i++)
        judge(results, &results->list.items[i], most);
}

/* ---- the table ---- */

static const char *name_of(const struct result *r)
{
    return r->tensor ? r->tensor->weight->name : "the loss";
}

static const char *shape_of(struct arena *arena, const struct result *r)
{
    struct text text = text_new(arena);
    for (int i = 0; r->tensor && i < r->tensor->weight->rank; i++)
        text_printf(&text, "%s%lld", i ? "x" : "", (long long)r->tensor->weight->dims[i]);
    return r->tensor ? text.bytes : "";
}

static double in_proportion(const struct result *r)
{
    return r->difference > 0 ? r->difference / r->scale : 0;
}

/* Its numbers are so small beside other gradients that they need not be right. */
static bool is_noise(const struct result *r)
{
    return r->difference > tolerance * r->most && r->scale > r->most;
}

static void print_table(const struct results *results, struct text *out)
{
    static const char *const kinds[] = {"loss", "gradient", "statistic"};
    int name_width = 6, shape_width = 5;
    for (size_t i = 0; i < results->list.count; i++) {
        const char *name = name_of(&results->list.items[i]), *shape = shape_of(out->arena, &results->list.items[i]);
        name_width = (int)fmax(name_width, text_columns(name, strlen(name)));
        shape_width = (int)fmax(shape_width, (double)strlen(shape));
    }
    text_printf(out, "%-*s  %-9s  %-*s  %12s  %9s  %s\n", name_width, "tensor", "result", shape_width, "shape",
                "largest", "error", "at number");
    for (size_t i = 0; i < results->list.count; i++) {
        const struct result *r = &results->list.items[i];
        text_add(out, name_of(r));
        text_repeat(out, ' ', name_width - text_columns(name_of(r), strlen(name_of(r))));
        text_printf(out, "  %-9s  %-*s  %12.6g  %9.2g  %lld%s\n", kinds[r->kind], shape_width, shape_of(out->arena, r),
                    r->most, in_proportion(r), (long long)r->at,
                    r->beyond     ? "  beyond float32"
                    : is_wrong(r) ? "  WRONG"
                    : r->ill      ? "  ill-conditioned"
                    : is_noise(r) ? "  nothing but rounding"
                                  : "");
    }
}

static void report_wrong(const struct results *results, struct diag *diag, const struct result *r, size_t wrong)
{
    static const char *const words[] = {"", "the gradient of ", "the statistic "};
    const struct span span = r->tensor ? r->tensor->node->span
                                       : results->trial->training->graph->outputs.items[0].node->span;
    diag_report(diag, CHECK_VERIFY, span,
                "the training code is wrong in %zu of %zu results, first in %s%s: %.9g instead of %.9g at number %lld "
                "(%.2g of the largest value; %.2g is allowed)",
                wrong, results->list.count, words[r->kind], name_of(r), (double)r->found[r->at], r->wanted[r->at],
                (long long)r->at, in_proportion(r), r->scale > 0 ? r->allowed / r->scale : tolerance);
}

/* The last lines, and on failure a message about the first wrong result. */
static bool conclude(const struct results *results, struct diag *diag, struct text *out)
{
    const struct result *first = NULL, *worst = &results->list.items[0];
    size_t wrong = 0, ill = 0, beyond = 0;
    for (size_t i = 0; i < results->list.count; i++) {
        const struct result *r = &results->list.items[i];
        const bool counts = !r->beyond && !r->ill;
        first = is_wrong(r) && !first ? r : first;
        wrong += is_wrong(r);
        ill += r->ill;
        beyond += r->beyond;
        if (counts && in_proportion(r) > in_proportion(worst))
            worst = r;
    }
    if (first) {
        report_wrong(results, diag, first, wrong);
        return false;
    }
    if (beyond == results->list.count) {
        diag_report_file(diag, CHECK_VERIFY, NULL,
                         "none of the %zu results can be verified: they hold NaN or overflow "
                         "float32",
                         results->list.count);
        return false;
    }
    text_printf(out,
                "verified: %zu results of a step with %lld images; the largest error is %.2g of the largest value, in "
                "%s; %.2g is allowed\n",
                results->list.count - beyond, (long long)results->trial->batch.count, in_proportion(worst),
                name_of(worst), tolerance);
    if (ill > 0)
        text_printf(out, "%zu of them are ill-conditioned, but no worse than float32 makes them\n", ill);
    if (beyond > 0)
        text_printf(out, "%zu more hold NaN or overflow float32, and could not be verified\n", beyond);
    return true;
}

bool gradients_compare(struct trial *trial, struct diag *diag, const float *result, struct text *table)
{
    struct results results = {.trial = trial};
    results.loss = reference_gradients(trial->arena, trial->model, &trial->batch, &trial->recipe.learning)->loss;
    add_all(&results, result);
    print_table(&results, table);
    return conclude(&results, diag, table);
}
