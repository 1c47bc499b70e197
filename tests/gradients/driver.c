/* The evaluator's backward pass:
 *
 *     driver differences CASES LIMIT    against central differences of the loss
 *     driver directions CASES LIMIT     the same, for all numbers at once in random directions: for large networks
 *     driver stored CASES LIMIT         against gradients that PyTorch computed
 *     driver inference CASES            evaluating a network that has learnt against evaluating it as ever
 *     driver updates FILE LIMIT         optimisers and schedules against PyTorch's (updates.c)
 *     driver follow FILE LIMIT          whole trainings against PyTorch's (follow.c)
 *
 * CASES is described in problem.h. Errors are fractions of the largest number of a tensor. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "problem.h"
#include "tests/lib/report.h"

/* Numbers that the loss depends on, and its gradient by them. */
struct place {
    const char *name;
    double *x;
    const double *gradient;
    int64_t count;
};

typedef void place_function(const struct problem *problem, const struct place *place, void *context);

/* Images, then trained tensors. */
static void each_place(const struct problem *problem, const struct reference_pass *pass, place_function *function,
                       void *context)
{
    const struct graph *graph = problem->network.graph;
    for (size_t i = 0; i < graph->inputs.count; i++) {
        struct place place = {arena_printf(problem->network.arena, "image%zu", i), problem->images[i],
                              pass->d_images[i], problem->count * shape_elements(graph->inputs.items[i]->shape)};
        if (place.gradient) /* of an image that an output depends on */
            function(problem, &place, context);
    }
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        for (size_t k = 0; !node->shares && k < node->weight_count; k++) {
            const struct weight *weight = &node->weights[k];
            struct place place = {weight->name, problem->model->values[i].of[weight->role],
                                  problem->model->gradients[i].of[weight->role], weight->count};
            if (place.gradient)
                function(problem, &place, context);
        }
    }
}

static double largest_of(const double *numbers, int64_t count)
{
    double largest = 0;
    for (int64_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(numbers[i]));
    return largest;
}

static void find_largest(const struct problem *problem, const struct place *place, void *context)
{
    double *largest = context;
    (void)problem;
    *largest = fmax(*largest, largest_of(place->gradient, place->count));
}

/* ---- central differences ---- */

enum { MOST_NUMBERS = 60 }; /* tried of a tensor */
static const double distance = 1e-5;

struct differences {
    double largest; /* of all gradients: what is tiny beside it is zero but for rounding */
    double worst;
    const char *name;
    int64_t at;
    double found, expected;
};

/* (L(x + h) - L(x - h))/(2*h) */
static double central_difference(const struct problem *problem, double *x)
{
    double before = *x;
    *x = before + distance;
    double above = reference_loss(problem->model, &problem->batch, &problem->learning);
    *x = before - distance;
    double below = reference_loss(problem->model, &problem->batch, &problem->learning);
    *x = before;
    return (above - below) / (2 * distance);
}

static void compare_differences(const struct problem *problem, const struct place *place, void *context)
{
    struct differences *differences = context;
    double largest = fmax(largest_of(place->gradient, place->count), 1e-3 * differences->largest);
    for (int64_t i = 0; i < place->count; i += 1 + (place->count - 1) / MOST_NUMBERS) {
        double expected = central_difference(problem, &place->x[i]), found = place->gradient[i];
        double error = fabs(found - expected) / largest;
        if (!(error <= differences->worst)) {
            differences->worst = error;
            differences->name = place->name;
            differences->at = i;
            differences->found = found;
            differences->expected = expected;
        }
    }
}

static void check_differences(const struct problem *problem, double limit)
{
    struct arena *arena = arena_new();
    struct reference_pass *pass = problem_gradients(problem, arena);
    struct differences differences = {.name = ""};
    each_place(problem, pass, find_largest, &differences.largest);
    each_place(problem, pass, compare_differences, &differences);
    report(differences.largest > 0 && differences.worst <= limit, "%s", problem->title);
    detail("largest gradient %g; relative error %.1e, limit %.1e, at %s[%lld]: %.10g, by differences %.10g",
           differences.largest, differences.worst, limit, differences.name, (long long)differences.at,
           differences.found, differences.expected);
    arena_free(arena);
}

/* ---- in random directions ---- */

enum { DIRECTIONS = 3 };

/* A direction has a number for each of a place. */
struct direction {
    int number;
    double step;    /* how far to go */
    double slope;   /* the gradient times the direction */
    double squares; /* of its terms */
};

static const char *stream_of(const struct problem *problem, const struct direction *direction, const char *name)
{
    return arena_printf(problem->network.arena, "direction %d %s", direction->number, name);
}

static double along(const struct problem *problem, const char *stream, int64_t i)
{
    return 2 * counted(problem->seed, stream, i) - 1;
}

static void add_slope(const struct problem *problem, const struct place *place, void *context)
{
    struct direction *direction = context;
    const char *stream = stream_of(problem, direction, place->name);
    for (int64_t i = 0; i < place->count; i++) {
        double term = place->gradient[i] * along(problem, stream, i);
        direction->slope += term;
        direction->squares += term * term;
    }
}

static void go(const struct problem *problem, const struct place *place, void *context)
{
    const struct direction *direction = context;
    const char *stream = stream_of(problem, direction, place->name);
    for (int64_t i = 0; i < place->count; i++)
        place->x[i] += direction->step * along(problem, stream, i);
}

static double loss_after(const struct problem *problem, const struct reference_pass *pass, struct direction *direction,
                         double step)
{
    direction->step = step;
    each_place(problem, pass, go, direction);
    double loss = reference_loss(problem->model, &problem->batch, &problem->learning);
    direction->step = -step;
    each_place(problem, pass, go, direction);
    return loss;
}

/* In a large network something often passes a kink on the way; then a shorter one is right. */
static double error_along(const struct problem *problem, const struct reference_pass *pass, struct direction *direction)
{
    double least = INFINITY;
    for (double h = 1e-6; h > 1e-8; h /= 10) {
        double above = loss_after(problem, pass, direction, h), below = loss_after(problem, pass, direction, -h);
        double error = fabs((above - below) / (2 * h) - direction->slope) / sqrt(direction->squares);
        least = fmin(least, error);
    }
    return least;
}

static void check_directions(const struct problem *problem, double limit)
{
    double worst = 0;
    struct arena *arena = arena_new();
    struct reference_pass *pass = problem_gradients(problem, arena);
    for (int i = 0; i < DIRECTIONS; i++) {
        struct direction direction = {.number = i};
        each_place(problem, pass, add_slope, &direction);
        double error = error_along(problem, pass, &direction);
        if (!(error <= worst))
            worst = error;
    }
    report(worst <= limit, "%s", problem->title);
    detail("relative error %.1e, limit %.1e", worst, limit);
    arena_free(arena);
}

/* ---- stored gradients ---- */

struct numbers {
    const char *name;
    const double *items;
    int64_t count;
};

static void match_place(const struct problem *problem, const struct place *place, void *context)
{
    struct numbers *numbers = context;
    (void)problem;
    if (strcmp(place->name, numbers->name) == 0)
        *numbers = (struct numbers){numbers->name, place->gradient, place->count};
}

/* The gradient of that name, or the running statistics. */
static struct numbers find_numbers(const struct problem *problem, const struct reference_pass *pass, const char *name)
{
    struct numbers numbers = {name, NULL, 0};
    each_place(problem, pass, match_place, &numbers);
    for (size_t i = 0; i < problem->network.graph->nodes.count; i++) {
        const struct node *node = problem->network.graph->nodes.items[i];
        for (size_t k = 0; k < node->weight_count; k++) {
            const struct weight *weight = &node->weights[k];
            bool statistic = weight->role == ROLE_MEAN || weight->role == ROLE_VAR;
            if (statistic && strcmp(weight->name, name) == 0)
                numbers = (struct numbers){name, problem->model->values[i].of[weight->role], weight->count};
        }
    }
    return numbers;
}

/* Numbers below `least` are zero but for rounding. */
static double error_of(const struct problem *problem, const struct expectation *expected, struct numbers numbers,
                       double least)
{
    double largest = least, worst = 0, sum = 0, size = 0;
    for (int64_t i = 0; i < numbers.count; i++) {
        double factor = 2 * counted(problem->seed, "sum", i) - 1;
        sum += factor * numbers.items[i];
        size += fabs(factor * numbers.items[i]);
        largest = fmax(largest, fabs(numbers.items[i]));
    }
    for (int i = 0; i < expected->sample_count; i++) {
        int64_t at = i * expected->count / expected->sample_count;
        worst = fmax(worst, fabs(numbers.items[at] - expected->samples[i]));
    }
    if (largest == 0 && size == 0) /* as that of a function in steps is */
        return worst == 0 && expected->sum == 0 ? 0 : INFINITY;
    return fmax(worst / largest, fabs(sum - expected->sum) / fmax(size, (double)numbers.count * least));
}

/* What has a gradient here has one in PyTorch, too. */
static void find_surplus(const struct problem *problem, const struct place *place, void *context)
{
    const char **surplus = context;
    const struct expectation *e = problem->expectations;
    while (e && strcmp(e->name, place->name) != 0)
        e = e->next;
    if (!e)
        *surplus = place->name;
}

static void check_stored(const struct problem *problem, double limit)
{
    struct arena *arena = arena_new();
    struct reference_pass *pass = problem_gradients(problem, arena);
    double error = fabs(pass->loss - problem->loss) / fabs(problem->loss), worst = error;
    const char *name = "loss", *surplus = NULL;
    double largest = 0;
    each_place(problem, pass, find_largest, &largest);
    each_place(problem, pass, find_surplus, &surplus);
    for (const struct expectation *e = problem->expectations; e; e = e->next) {
        struct numbers numbers = find_numbers(problem, pass, e->name);
        error = numbers.items && numbers.count == e->count ? error_of(problem, e, numbers, 1e-3 * largest) : INFINITY;
        if (!(error <= worst)) {
            worst = error;
            name = e->name;
        }
    }
    report(!surplus && worst <= limit, "%s", problem->title);
    detail("relative error %.1e, limit %.1e, of %s; loss %.12g, PyTorch's %.12g", worst, limit, name, pass->loss,
           problem->loss);
    if (surplus)
        detail("%s has a gradient, which PyTorch does not have", surplus);
    arena_free(arena);
}

/* ---- inference ---- */

/* Are the outputs of image n those of reference_run()? */
static bool same_outputs(const struct problem *problem, const struct weights *weights, double **results, int64_t n)
{
    const struct graph *graph = problem->network.graph;
    const double *images[MAX_OUTPUTS];
    for (size_t k = 0; k < graph->inputs.count; k++)
        images[k] = problem->images[k] + n * shape_elements(graph->inputs.items[k]->shape);
    struct reference *reference = reference_run(graph, weights, images);
    bool same = reference != NULL;
    for (size_t k = 0; same && k < graph->outputs.count; k++) {
        const struct node *node = graph->outputs.items[k].node;
        size_t count = (size_t)shape_elements(node->shape);
        same = memcmp(reference->tensors[node->id], results[node->id] + (size_t)n * count, count * sizeof(double)) == 0;
    }
    reference_free(reference);
    return same;
}

static void check_inference(const struct problem *problem)
{
    struct arena *arena = arena_new();
    struct weights *weights = weights_initial(arena, problem->network.graph, INIT_HE, 1);
    struct reference_model *model = reference_model_new(arena, problem->network.graph, weights, NULL);
    double **results = reference_evaluate(arena, model, &problem->batch);
    bool same = true;
    for (int64_t n = 0; n < problem->count; n++)
        same = same && same_outputs(problem, weights, results, n);
    report(same, "%s", problem->title);
    weights_close(weights);
    arena_free(arena);
}

/* ---- */

static int each_case(const char *path, const char *mode, double limit)
{
    FILE *file = fopen(path, "r");
    struct arena *arena = arena_new();
    struct problem problem;
    while (file && problem_read(file, arena, &problem)) {
        if (!wants(problem.title))
            continue;
        problem_open(&problem);
        if (strcmp(mode, "differences") == 0)
            check_differences(&problem, limit);
        else if (strcmp(mode, "directions") == 0)
            check_directions(&problem, limit);
        else if (strcmp(mode, "stored") == 0)
            check_stored(&problem, limit);
        else
            check_inference(&problem);
        problem_close(&problem);
    }
    arena_free(arena);
    return file ? fclose(file) : 1;
}

int main(int argc, char **argv)
{
    double limit = argc == 4 ? strtod(argv[3], NULL) : 0;
    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "updates") == 0)
        return check_updates(argv[2], limit);
    if (strcmp(argv[1], "follow") == 0)
        return check_follow(argv[2], limit);
    return each_case(argv[2], argv[1], limit);
}
