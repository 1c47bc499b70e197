/* Makes networks, batches and weights for the tests of gradients; see problem.h. */
#include "problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *where)
{
    fprintf(stderr, "%s: %s\n", where, what);
    exit(1);
}

/* ---- counted numbers ---- */

/* FNV-1a */
static uint64_t hash(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h;
}

double counted(uint64_t seed, const char *stream, int64_t index)
{
    return reference_uniform(reference_random(seed, hash(stream), (uint64_t)index));
}

static double signed_counted(uint64_t seed, const char *stream, int64_t index)
{
    return 2 * counted(seed, stream, index) - 1;
}

static bool is_called_weight(const char *name)
{
    static const char ending[] = "weight";
    const size_t length = strlen(name), letters = sizeof ending - 1;
    return length >= letters && strcmp(name + length - letters, ending) == 0;
}

/* Kernels have about the variance of He's initialisation; factors are around 1, variances positive. A CONST's tensor has
 * a name of its own. */
static double weight_number(uint64_t seed, const struct weight *weight, int64_t i)
{
    double x = signed_counted(seed, weight->name, i);
    if (weight->role == ROLE_VAR)
        return 1 + x / 2;
    if (weight->role != ROLE_WEIGHT || !is_called_weight(weight->name))
        return x / 2;
    if (weight->rank == 1)
        return 1 + x / 2;
    return x * sqrt(6 / ((double)weight->count / (double)weight->dims[0]));
}

void fill_weights(const struct reference_model *model, uint64_t seed)
{
    for (size_t i = 0; i < model->graph->nodes.count; i++) {
        const struct node *node = model->graph->nodes.items[i];
        for (size_t k = 0; !node->shares && k < node->weight_count; k++) {
            const struct weight *weight = &node->weights[k];
            for (int64_t n = 0; !weight->literal && n < weight->count; n++)
                model->values[i].of[weight->role][n] = weight_number(seed, weight, n);
        }
    }
}

/* ---- files of cases ---- */

int split(char *line, char *words[MAX_WORDS])
{
    int count = 0;
    for (char *word = strtok(line, " \n"); word && count < MAX_WORDS; word = strtok(NULL, " \n"))
        words[count++] = word;
    return count;
}

const char *word_value(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static void read_heads(struct problem *problem, const char *text)
{
    char *rest = (char *)text;
    for (int i = 0; i < MAX_OUTPUTS && *rest; i++) {
        problem->heads[i] = strtod(rest, &rest);
        rest += *rest == ',';
    }
    problem->learning.heads = problem->heads;
}

static void read_loss(struct problem *problem, char *words[], int count)
{
    static const char *const names[] = {"CROSSENTROPY", "MSE", "MAE", "HINGE", "BCE"};
    const char *value;
    int kind = 0;
    while (kind < 5 && strcmp(names[kind], words[0]) != 0)
        kind++;
    if (kind == 5)
        fail("no loss has this name", words[0]);
    problem->learning.kind = (enum reference_loss)kind;
    for (int i = 1; i < count; i++)
        if ((value = word_value(words[i], "smoothing")))
            problem->learning.smoothing = strtod(value, NULL);
        else if ((value = word_value(words[i], "margin")))
            problem->learning.margin = strtod(value, NULL);
        else if ((value = word_value(words[i], "step")))
            problem->learning.step = strtoull(value, NULL, 10);
        else if ((value = word_value(words[i], "heads")))
            read_heads(problem, value);
        else if (strcmp(words[i], "mixup") == 0)
            problem->mixup = true;
        else
            fail("a loss has no such option", words[i]);
}

static void read_expectation(struct problem *problem, struct arena *arena, char *words[], int count)
{
    if (strcmp(words[0], "loss") == 0) {
        problem->loss = strtod(words[1], NULL);
        return;
    }
    struct expectation *expectation = ARENA_NEW(arena, struct expectation);
    expectation->name = arena_string(arena, words[0]);
    expectation->count = strtoll(words[1], NULL, 10);
    expectation->sum = strtod(words[2], NULL);
    for (int i = 3; i < count; i++)
        expectation->samples[expectation->sample_count++] = strtod(words[i], NULL);
    expectation->next = problem->expectations;
    problem->expectations = expectation;
}

static void read_line(struct problem *problem, struct arena *arena, char *words[], int count)
{
    const char *word = words[0];
    if (strcmp(word, "net") == 0 && count == 2)
        problem->path = arena_string(arena, words[1]);
    else if (strcmp(word, "batch") == 0 && count == 2)
        problem->count = strtoll(words[1], NULL, 10);
    else if (strcmp(word, "seed") == 0 && count == 2)
        problem->seed = strtoull(words[1], NULL, 10);
    else if (strcmp(word, "spread") == 0 && count == 2)
        problem->spread = strtod(words[1], NULL);
    else if (strcmp(word, "pixels") == 0 && count == 1)
        problem->pixels = true;
    else if (strcmp(word, "recipe") == 0 && count == 1)
        problem->recipe = true;
    else if (strcmp(word, "freeze") == 0 && count == 2)
        problem->frozen_name = arena_string(arena, words[1]);
    else if (strcmp(word, "loss") == 0 && count > 1)
        read_loss(problem, words + 1, count - 1);
    else if (strcmp(word, "expect") == 0 && count > 2)
        read_expectation(problem, arena, words + 1, count - 1);
    else if (strcmp(word, "special") == 0)
        for (int i = 1; i < count; i++)
            problem->special[problem->special_count++] = strtod(words[i], NULL);
    else
        fail("a line that no case has", word);
}

bool problem_read(FILE *file, struct arena *arena, struct problem *problem)
{
    char line[8192], *words[MAX_WORDS];
    *problem = (struct problem){.count = 1, .seed = 1, .spread = 2, .loss = NAN};
    problem->learning.kind = REFERENCE_MSE;
    problem->learning.margin = 1;
    long before = ftell(file);
    while (fgets(line, sizeof line, file)) {
        bool begins = strncmp(line, "case ", 5) == 0;
        if (begins && problem->title) { /* the next one */
            fseek(file, before, SEEK_SET);
            break;
        }
        if (begins)
            problem->title = arena_copy(arena, line + 5, strcspn(line + 5, "\n"));
        else if (*line != '#' && *line != '\n')
            read_line(problem, arena, words, split(line, words));
        before = ftell(file);
    }
    problem->learning.seed = problem->seed;
    return problem->title != NULL;
}

/* ---- the batch ---- */

static double input_number(const struct problem *problem, const char *stream, int64_t i)
{
    if (i < problem->special_count)
        return problem->special[i];
    if (problem->pixels)
        return floor(256 * counted(problem->seed, stream, i));
    return problem->spread * signed_counted(problem->seed, stream, i);
}

static void make_images(struct problem *problem)
{
    const struct graph *graph = problem->network.graph;
    struct arena *arena = problem->network.arena;
    problem->images = ARENA_ARRAY(arena, double *, graph->inputs.count);
    for (size_t k = 0; k < graph->inputs.count; k++) {
        int64_t count = problem->count * shape_elements(graph->inputs.items[k]->shape);
        const char *stream = arena_printf(arena, "image%zu", k);
        problem->images[k] = ARENA_ARRAY(arena, double, (size_t)count);
        for (int64_t i = 0; i < count; i++)
            problem->images[k][i] = input_number(problem, stream, i);
    }
}

static int32_t *make_classes(const struct problem *problem, const char *stream, int64_t count, int64_t classes)
{
    int32_t *numbers = ARENA_ARRAY(problem->network.arena, int32_t, (size_t)count);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = (int32_t)floor(counted(problem->seed, stream, i) * (double)classes);
    return numbers;
}

static double *make_numbers(const struct problem *problem, const char *stream, int64_t count, double low, double high)
{
    double *numbers = ARENA_ARRAY(problem->network.arena, double, (size_t)count);
    for (int64_t i = 0; i < count; i++)
        numbers[i] = low + (high - low) * counted(problem->seed, stream, i);
    return numbers;
}

static void make_targets(struct problem *problem)
{
    const struct graph *graph = problem->network.graph;
    struct arena *arena = problem->network.arena;
    problem->targets = ARENA_ARRAY(arena, struct reference_target, graph->outputs.count);
    for (size_t k = 0; k < graph->outputs.count; k++) {
        struct reference_target *target = &problem->targets[k];
        struct shape shape = graph->outputs.items[k].node->shape;
        int64_t pixels = problem->count * shape.h * shape.w;
        double low = problem->learning.kind == REFERENCE_BCE ? 0 : -1;
        target->classes = make_classes(problem, arena_printf(arena, "classes%zu", k), pixels, shape.c);
        target->numbers = make_numbers(problem, arena_printf(arena, "targets%zu", k), pixels * shape.c, low, 1);
        if (problem->mixup) {
            target->others = make_classes(problem, arena_printf(arena, "others%zu", k), pixels, shape.c);
            target->shares = make_numbers(problem, arena_printf(arena, "shares%zu", k), problem->count, 0, 1);
        }
    }
}

static bool *find_frozen(const struct problem *problem)
{
    const struct graph *graph = problem->network.graph;
    bool *frozen = ARENA_ARRAY(problem->network.arena, bool, graph->nodes.count);
    for (size_t i = 0; i < graph->nodes.count; i++)
        frozen[i] = problem->frozen_name && strcmp(graph->nodes.items[i]->name, problem->frozen_name) == 0;
    return frozen;
}

void problem_open(struct problem *problem)
{
    problem->network = network_open(problem->path, "-");
    const struct graph *graph = problem->network.graph;
    const bool *frozen = find_frozen(problem);
    if (problem->recipe) {
        struct reference_recipe recipe = reference_recipe(problem->network.arena, graph, 1);
        frozen = recipe.frozen;
        problem->learning = recipe.learning;
    }
    problem->model = reference_model_new(problem->network.arena, graph, NULL, frozen);
    if (!problem->model)
        fail("its weights cannot be read", problem->path);
    fill_weights(problem->model, problem->seed);
    make_images(problem);
    make_targets(problem);
    problem->batch = (struct reference_batch){problem->count, (const double *const *)problem->images, problem->targets};
}

void problem_close(struct problem *problem)
{
    network_close(&problem->network);
}

struct reference_pass *problem_gradients(const struct problem *problem, struct arena *arena)
{
    return reference_gradients(arena, problem->model, &problem->batch, &problem->learning);
}
