/* Whole trainings against PyTorch: the losses of every step, from the same weights and batches. The file has lines of
 * words:
 *
 *     training TITLE
 *     net PATH
 *     batch N
 *     recipe N                          what the text's recipe says, with N steps an epoch; without it:
 *     digits IMAGES LABELS              28x28 bytes an image, which get a border of two zeros; a label a line
 *     SGD, ADAM, ADAMW or RMSPROP [lr=A] [momentum=A] [decay=A] [clip=A] [eps=A]
 *     smoothing A
 *     evaluated N                       that many steps (all); generated code can follow the others
 *     losses A B ...                    of successive steps; several lines
 *     after NAME COUNT SUM              a tensor in the end; SUM as in problem.h
 *
 * Without digits, inputs and classes are counted numbers, others in every step. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "problem.h"
#include "tests/lib/report.h"

enum { SIDE = 28, PADDED = 32, SEED = 1 };

struct training {
    struct arena *arena;
    char *title;
    int64_t batch;
    unsigned char *digits;
    int *labels;
    int64_t digit_count;
    struct reference_optimiser optimiser;
    struct reference_learning learning;
    struct reference_schedule schedule;
    double rate;
    struct network network;
    struct reference_model *model;
    int64_t step, evaluated; /* evaluated: 0 for all */
    double worst;
    int64_t worst_step;
};

static void read_digits(struct training *training, const char *images, const char *labels)
{
    size_t bytes;
    training->digits = network_read_bytes(images, &bytes);
    training->digit_count = (int64_t)bytes / (SIDE * SIDE);
    training->labels = ARENA_ARRAY(training->arena, int, (size_t)training->digit_count);
    FILE *file = fopen(labels, "r");
    for (int64_t i = 0; file && i < training->digit_count; i++)
        if (fscanf(file, "%d", &training->labels[i]) != 1)
            training->digit_count = i;
    if (!file || fclose(file) != 0)
        exit(1);
}

/* Image n of the batch is the next digit. */
static void place_digit(const struct training *training, double *image, int64_t number)
{
    const unsigned char *digit = training->digits + number * SIDE * SIDE;
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            image[(y + 2) * PADDED + x + 2] = digit[y * SIDE + x];
}

static void make_batch(const struct training *training, double *images, int32_t *classes)
{
    int64_t elements = shape_elements(training->network.graph->inputs.items[0]->shape);
    int64_t class_count = training->network.graph->outputs.items[0].node->shape.c;
    for (int64_t n = 0; n < training->batch; n++) {
        int64_t number = training->step * training->batch + n;
        if (training->digits) {
            place_digit(training, images + n * elements, number % training->digit_count);
            classes[n] = training->labels[number % training->digit_count];
            continue;
        }
        classes[n] = (int32_t)floor(counted(SEED, "classes", number) * (double)class_count);
        for (int64_t i = 0; i < elements; i++)
            images[n * elements + i] = 2 * counted(SEED, "images", number * elements + i) - 1;
    }
}

static void take_step(struct training *training, double expected)
{
    struct arena *arena = arena_new();
    const struct graph *graph = training->network.graph;
    size_t numbers = (size_t)(training->batch * shape_elements(graph->inputs.items[0]->shape));
    double *images[] = {ARENA_ARRAY(arena, double, numbers)};
    struct reference_target target = {.classes = ARENA_ARRAY(arena, int32_t, (size_t)training->batch)};
    make_batch(training, images[0], (int32_t *)target.classes);
    struct reference_batch batch = {training->batch, (const double *const *)images, &target};
    training->learning.step = (uint64_t)training->step;
    double loss = reference_gradients(arena, training->model, &batch, &training->learning)->loss;
    double rate = reference_rate(&training->schedule, training->rate, training->step);
    reference_update(training->model, &training->optimiser, rate);
    double error = fabs(loss - expected) / fabs(expected);
    if (!(error <= training->worst)) {
        training->worst = error;
        training->worst_step = training->step;
    }
    training->step++;
    arena_free(arena);
}

static void compare_tensor(struct training *training, const char *name, int64_t count, double expected)
{
    const struct graph *graph = training->network.graph;
    double sum = 0, size = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; !graph->nodes.items[i]->shares && k < graph->nodes.items[i]->weight_count; k++) {
            const struct weight *weight = &graph->nodes.items[i]->weights[k];
            const double *values = training->model->values[i].of[weight->role];
            for (int64_t n = 0; strcmp(weight->name, name) == 0 && n < weight->count && n < count; n++) {
                sum += (2 * counted(SEED, "sum", n) - 1) * values[n];
                size += fabs((2 * counted(SEED, "sum", n) - 1) * values[n]);
            }
        }
    double error = size > 0 ? fabs(sum - expected) / size : INFINITY;
    if (!(error <= training->worst)) {
        training->worst = error;
        training->worst_step = -1;
    }
}

static void set_optimiser(struct training *training, char *words[], int count)
{
    static const char *const kinds[] = {"SGD", "ADAM", "ADAMW", "RMSPROP"};
    const struct {
        const char *name;
        double *number;
    } numbers[] = {{"lr", &training->rate},
                   {"momentum", &training->optimiser.momentum},
                   {"decay", &training->optimiser.decay},
                   {"clip", &training->optimiser.clip},
                   {"beta1", &training->optimiser.beta1},
                   {"beta2", &training->optimiser.beta2},
                   {"alpha", &training->optimiser.alpha},
                   {"eps", &training->optimiser.eps}};
    for (int i = 0; i < 4; i++)
        if (strcmp(words[0], kinds[i]) == 0)
            training->optimiser.kind = (enum reference_optimiser_kind)i;
    for (int i = 1; i < count; i++)
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
            if (word_value(words[i], numbers[k].name))
                *numbers[k].number = strtod(word_value(words[i], numbers[k].name), NULL);
}

static void read_recipe(struct training *training, int64_t steps)
{
    struct arena *arena = training->network.arena;
    struct reference_recipe recipe = reference_recipe(arena, training->network.graph, steps);
    training->learning = recipe.learning;
    training->optimiser = recipe.optimiser;
    training->schedule = recipe.schedule;
    training->rate = recipe.rate;
    training->model = reference_model_new(arena, training->network.graph, NULL, recipe.frozen);
    fill_weights(training->model, SEED);
}

static void do_line(struct training *training, char *words[], int count)
{
    if (strcmp(words[0], "net") == 0) {
        training->network = network_open(words[1], "-");
        training->model = reference_model_new(training->network.arena, training->network.graph, NULL, NULL);
        fill_weights(training->model, SEED);
    } else if (strcmp(words[0], "batch") == 0) {
        training->batch = strtoll(words[1], NULL, 10);
    } else if (strcmp(words[0], "recipe") == 0) {
        read_recipe(training, strtoll(words[1], NULL, 10));
    } else if (strcmp(words[0], "digits") == 0) {
        read_digits(training, words[1], words[2]);
    } else if (strcmp(words[0], "smoothing") == 0) {
        training->learning.smoothing = strtod(words[1], NULL);
    } else if (strcmp(words[0], "evaluated") == 0) {
        training->evaluated = strtoll(words[1], NULL, 10);
    } else if (strcmp(words[0], "losses") == 0) {
        for (int i = 1; i < count && (!training->evaluated || training->step < training->evaluated); i++)
            take_step(training, strtod(words[i], NULL));
    } else if (strcmp(words[0], "after") == 0 && training->evaluated) {
        return; /* the end is not reached */
    } else if (strcmp(words[0], "after") == 0) {
        compare_tensor(training, words[1], strtoll(words[2], NULL, 10), strtod(words[3], NULL));
    } else {
        set_optimiser(training, words, count);
    }
}

static void end(struct training *training, double limit)
{
    if (!training->title)
        return;
    report(training->step > 0 && training->worst <= limit, "%s", training->title);
    detail("%lld steps, relative error %.1e in step %lld (-1: in the weights at the end), limit %.1e",
           (long long)training->step, training->worst, (long long)training->worst_step, limit);
    network_close(&training->network);
    free(training->digits);
}

int check_follow(const char *path, double limit)
{
    char line[8192], *words[MAX_WORDS];
    struct training training = {.title = NULL};
    struct arena *arena = arena_new();
    bool wanted = false;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "training ", 9) == 0) {
            end(&training, limit);
            char *title = arena_copy(arena, line, strcspn(line, "\n"));
            wanted = wants(title);
            training = (struct training){.arena = arena, .title = wanted ? title : NULL, .learning.seed = SEED};
        } else if (wanted && *line != '#' && *line != '\n') {
            do_line(&training, words, split(line, words));
        }
    }
    end(&training, limit);
    arena_free(arena);
    return file ? fclose(file) : 1;
}
