/* Writes networks as training code, with random weights, images and targets, and what the evaluator makes of them, for
 * harness.c to compare. It does not compile or run anything.
 *
 *     driver FOLDER TARGET < networks
 *
 * Networks are texts separated by lines that begin with "===" and hold the test's name and, behind a '/', how many
 * images a batch has. FOLDER gets netN.c and netN.h for each, all.c that includes them with a table, and `data`. A text
 * that does not compile is a failed test, reported at once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "emit/train.h"
#include "expand/expand.h"
#include "plan/targets.h"
#include "reference/train.h"

enum { STEPS = 3 };

struct run {
    const char *folder;
    const struct target *target;
    FILE *data, *list;
    int made;
};

static uint64_t state = 1;

/* A network has the same numbers whichever others are tried. */
static void seed_by(const char *title)
{
    for (state = 1; *title; title++)
        state = state * 31 + (unsigned char)*title;
}

/* From -1 to 1. */
static double next_random(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(int64_t)(state >> 40) / (1 << 23) - 1;
}

static void put(struct run *run, const void *bytes, size_t length)
{
    if (length && fwrite(bytes, 1, length, run->data) != length) {
        fprintf(stderr, "driver: cannot write\n");
        exit(1);
    }
}

static void put_count(struct run *run, int64_t count)
{
    put(run, &count, sizeof count);
}

static void put_floats(struct run *run, const double *numbers, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        float number = (float)numbers[i];
        put(run, &number, sizeof number);
    }
}

/* ---- random numbers for the network ---- */

/* A weight as float32, so that both sides have the same. */
static double random_weight(const struct training_tensor *tensor)
{
    double spread = 1 / (0.2 + (double)tensor->weight->count / (double)tensor->weight->dims[0]), r = next_random();
    enum weight_role role = tensor->weight->role;
    if (role == ROLE_VAR || (role == ROLE_WEIGHT && tensor->weight->rank == 1))
        return (double)(float)(1 + 0.4 * r);
    if (role != ROLE_WEIGHT)
        return (double)(float)(0.2 * r);
    double root = 1;
    for (int i = 0; i < 40; i++)
        root = (root + 3 * spread / root) / 2;
    return (double)(float)(root * r);
}

static void fill_weights(const struct training *training, const struct reference_model *model)
{
    for (size_t i = 0; i < training->tensors.count; i++) {
        const struct training_tensor *tensor = &training->tensors.items[i];
        double *values = model->values[tensor->node->id].of[tensor->weight->role];
        for (int64_t k = 0; k < tensor->weight->count; k++)
            values[k] = random_weight(tensor);
    }
}

/* The values or gradients of all tensors as the array of parameters, as far as `count`. */
static double *array_of(const struct training *training, const struct reference_tensors *tensors, int64_t count)
{
    double *array = heap_array((size_t)count + 1, sizeof *array);
    for (size_t i = 0; i < training->tensors.count; i++) {
        const struct training_tensor *tensor = &training->tensors.items[i];
        const double *values = tensors[tensor->node->id].of[tensor->weight->role];
        if (values && tensor->offset < count)
            memcpy(array + tensor->offset, values, (size_t)tensor->weight->count * sizeof *array);
    }
    return array;
}

static double *random_images(struct run *run, struct arena *arena, const struct node *input, int64_t batch)
{
    struct shape s = input->shape;
    int64_t each = shape_elements(s), pixels = s.h * s.w;
    double *images = ARENA_ARRAY(arena, double, (size_t)(batch * each));
    double *placed = heap_array((size_t)(batch * each), sizeof *placed);
    bool bytes = input->element == ELEMENT_U8;
    for (int64_t i = 0; i < batch * each; i++) {
        int64_t image = i / each, k = i % each;
        int64_t at = input->args.layout == LAYOUT_HWC ? k % pixels * s.c + k / pixels : k;
        images[i] = bytes ? (double)(int)(127.5 + 127.5 * next_random()) : (double)(float)next_random();
        placed[image * each + at] = images[i];
    }
    put_count(run, bytes);
    put_count(run, batch * each);
    for (int64_t i = 0; bytes && i < batch * each; i++) {
        unsigned char byte = (unsigned char)placed[i];
        put(run, &byte, 1);
    }
    if (!bytes)
        put_floats(run, placed, batch * each);
    free(placed);
    return images;
}

static struct reference_target random_targets(struct run *run, struct arena *arena, struct shape shape, bool classes,
                                              int64_t batch)
{
    int64_t count = batch * (classes ? shape.h * shape.w : shape_elements(shape));
    int32_t *whole = ARENA_ARRAY(arena, int32_t, (size_t)count);
    double *numbers = ARENA_ARRAY(arena, double, (size_t)count);
    for (int64_t i = 0; i < count; i++) {
        double r = (next_random() + 1) / 2;
        whole[i] = (int32_t)(r * (double)shape.c * 0.9999);
        numbers[i] = (double)(float)r;
    }
    put_count(run, count);
    if (classes)
        put(run, whole, (size_t)count * sizeof *whole);
    else
        put_floats(run, numbers, count);
    return (struct reference_target){.classes = whole, .numbers = numbers};
}

/* ---- what the evaluator makes of it ---- */

static struct reference_optimiser optimiser_of(const struct training_recipe *r)
{
    static const enum reference_optimiser_kind kinds[] = {REFERENCE_SGD, REFERENCE_ADAM, REFERENCE_ADAMW,
                                                          REFERENCE_RMSPROP};
    return (struct reference_optimiser){.kind = kinds[r->optimiser],
                                        .momentum = r->momentum,
                                        .decay = r->decay,
                                        .nesterov = r->nesterov,
                                        .beta1 = r->beta1,
                                        .beta2 = r->beta2,
                                        .alpha = r->alpha,
                                        .eps = r->epsilon,
                                        .clip = r->clip};
}

static void put_array(struct run *run, double *array, int64_t count)
{
    put(run, array, (size_t)count * sizeof *array);
    free(array);
}

static void put_results(struct run *run, struct arena *arena, const struct training *training,
                        const struct reference_model *model, const struct reference_batch *batch)
{
    const struct training_recipe *recipe = &training->recipe;
    static const enum reference_loss losses[] = {REFERENCE_CROSSENTROPY, REFERENCE_MSE, REFERENCE_MAE, REFERENCE_HINGE,
                                                 REFERENCE_BCE};
    struct reference_optimiser optimiser = optimiser_of(recipe);
    for (int step = 0; step < STEPS; step++) {
        struct reference_learning learning = {.kind = losses[recipe->loss],
                                              .smoothing = recipe->smoothing,
                                              .margin = recipe->margin,
                                              .heads = recipe->heads,
                                              .seed = recipe->seed,
                                              .step = (uint64_t)step};
        double loss = reference_gradients(arena, model, batch, &learning)->loss;
        put(run, &loss, sizeof loss);
        put_array(run, array_of(training, model->gradients, training->trained_count), training->trained_count);
        reference_update(model, &optimiser, recipe->rate);
        put_array(run, array_of(training, model->values, training->parameter_count), training->parameter_count);
    }
    double **results = reference_evaluate(arena, model, batch);
    const struct graph *graph = training->graph;
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct node *node = graph->outputs.items[i].node;
        int64_t count = batch->count * shape_elements(node->shape);
        put_count(run, count);
        put(run, results[node->id], (size_t)count * sizeof **results);
    }
}

static void put_network(struct run *run, struct arena *arena, const struct training *training, const char *title,
                        int64_t count)
{
    const struct graph *graph = training->graph;
    enum training_loss loss = training->recipe.loss;
    bool *frozen = ARENA_ARRAY(arena, bool, graph->nodes.count + 1);
    for (size_t i = 0; i < graph->nodes.count; i++)
        frozen[i] = !training->recipe.trained[i];
    struct reference_model *model = reference_model_new(arena, graph, NULL, frozen);
    struct reference_batch batch = {.count = count};
    const double **images = ARENA_ARRAY(arena, const double *, graph->inputs.count + 1);
    struct reference_target *targets = ARENA_ARRAY(arena, struct reference_target, graph->outputs.count + 1);
    put_count(run, (int64_t)strlen(title));
    put(run, title, strlen(title));
    put_count(run, count);
    put_count(run, training->parameter_count);
    put_count(run, training->trained_count);
    fill_weights(training, model);
    double *parameters = array_of(training, model->values, training->parameter_count);
    put_floats(run, parameters, training->parameter_count);
    free(parameters);
    put_count(run, (int64_t)graph->inputs.count);
    for (size_t i = 0; i < graph->inputs.count; i++)
        images[i] = random_images(run, arena, graph->inputs.items[i], count);
    put_count(run, (int64_t)graph->outputs.count);
    put_count(run, loss == LOSS_CROSSENTROPY || loss == LOSS_HINGE);
    for (size_t i = 0; i < graph->outputs.count; i++)
        targets[i] = random_targets(run, arena, graph->outputs.items[i].node->shape,
                                    loss == LOSS_CROSSENTROPY || loss == LOSS_HINGE, count);
    batch.images = images;
    batch.targets = targets;
    put_results(run, arena, training, model, &batch);
}

/* ---- the code ---- */

static void list_arguments(FILE *file, const char *array, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        fprintf(file, ", (%s *)%s[%zu]", type, array, i);
}

static void list_images(FILE *file, const struct graph *graph)
{
    for (size_t i = 0; i < graph->inputs.count; i++)
        fprintf(file, ", (const %s *)images[%zu]", element_c(graph->inputs.items[i]->element), i);
}

/* Of networks that learn classes at one output. */
static void list_mixed(FILE *file, const struct graph *graph, bool classes, int number)
{
    if (!classes || graph->outputs.count != 1) {
        fprintf(file, "#define mixed_%d NULL\n", number);
        return;
    }
    fprintf(file,
            "static float mixed_%d(void *t, void *const *images, void *const *targets, const int32_t *others,\n"
            "                      const float *shares)\n{\n    return net%d_train_mixed((struct net%d_trainer *)t",
            number, number, number);
    list_images(file, graph);
    fprintf(file, ", (const int32_t *)targets[0], others, shares);\n}\n");
}

/* A row of the table whose functions take whatever the network's take. */
static void list_network(struct run *run, const struct training *training, int number)
{
    const struct graph *graph = training->graph;
    enum training_loss loss = training->recipe.loss;
    const char *target = loss == LOSS_CROSSENTROPY || loss == LOSS_HINGE ? "const int32_t" : "const float";
    FILE *file = run->list;
    fprintf(file, "#include \"net%d.c\"\n", number);
    fprintf(file,
            "static void *begin_%d(void *memory, int batch, struct cnn_pool *pool)\n{\n    return "
            "net%d_train_begin(memory, batch, pool);\n}\n",
            number, number);
    fprintf(file,
            "static float *parameters_%d(void *t)\n{\n    return net%d_train_parameters((struct net%d_trainer "
            "*)t);\n}\n",
            number, number, number);
    fprintf(file,
            "static float *gradients_%d(void *t)\n{\n    return net%d_train_gradients((struct net%d_trainer "
            "*)t);\n}\n",
            number, number, number);
    fprintf(file,
            "static float step_%d(void *t, void *const *images, void *const *targets)\n{\n    return "
            "net%d_train_step((struct net%d_trainer *)t",
            number, number, number);
    list_images(file, graph);
    list_arguments(file, "targets", graph->outputs.count, target);
    fprintf(file,
            ");\n}\nstatic float gradient_%d(void *t, void *const *images, void *const *targets)\n{\n    return "
            "net%d_train_gradient((struct net%d_trainer *)t",
            number, number, number);
    list_images(file, graph);
    list_arguments(file, "targets", graph->outputs.count, target);
    fprintf(file,
            ");\n}\nstatic void part_%d(void *t, int first, int end,\n"
            "    void (*meet)(void *context, float *numbers, int count, long step, int groups), void *context)\n{\n"
            "    net%d_train_part((struct net%d_trainer *)t, first, end, meet, context",
            number, number, number);
    fprintf(file,
            ");\n}\nstatic void evaluate_%d(void *t, void *const *images, int count, float *const *outputs)\n{\n"
            "    net%d_evaluate((struct net%d_trainer *)t",
            number, number, number);
    list_images(file, graph);
    fprintf(file, ", count");
    for (size_t i = 0; i < graph->outputs.count; i++)
        fprintf(file, ", outputs[%zu]", i);
    fprintf(file, ");\n}\n");
    list_mixed(file, graph, loss == LOSS_CROSSENTROPY || loss == LOSS_HINGE, number);
}

static bool write_text(struct run *run, struct arena *arena, const char *ending, const struct text *text)
{
    const char *error, *path = arena_printf(arena, "%s/net%d%s", run->folder, run->made, ending);
    return file_write(arena, path, text->bytes, text->length, &error);
}

static bool make(struct run *run, struct arena *arena, struct diag *diag, const char *text, const char *title,
                 int64_t count)
{
    const struct source *source = source_new(arena, "net.cnn", text, strlen(text));
    struct ast *ast = grammar_parse(arena, source, diag);
    struct expansion *expansion = ast ? expand_network(arena, diag, source, ast, NULL, NULL, "net") : NULL;
    if (!expansion || diag_failed(diag))
        return false;
    struct training *training = training_new(arena, diag, expansion->graph);
    struct train_plan *plan = training ? train_plan_make(arena, diag, training, run->target) : NULL;
    if (!plan)
        return false;
    const char *name = arena_printf(arena, "net%d", run->made);
    struct train_emission emission = {.base = {.arena = arena,
                                               .diag = diag,
                                               .plan = plan->plan,
                                               .name = name,
                                               .header_name = arena_printf(arena, "%s.h", name),
                                               .version = "0"},
                                      .plan = plan};
    struct text code = text_new(arena), header = text_new(arena);
    if (emit_train(&emission, &code, &header) != EMIT_DONE || !write_text(run, arena, ".c", &code) ||
        !write_text(run, arena, ".h", &header))
        return false;
    put_network(run, arena, training, title, count);
    list_network(run, training, run->made++);
    return true;
}

static void try_network(struct run *run, char *title, const char *text)
{
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    char *slash = strchr(title, '/');
    int64_t count = slash ? strtoll(slash + 1, NULL, 10) : 19;
    if (slash)
        *slash = 0;
    seed_by(title);
    if (!make(run, arena, diag, text, title, count)) {
        printf("not ok %s\n", title);
        diag_print(diag, stdout, (struct diag_style){0});
        fflush(stdout);
    }
    arena_free(arena);
}

int main(int argc, char **argv)
{
    static char line[1 << 16], title[1 << 16];
    struct run run = {.folder = argv[1], .target = argc == 3 ? target_named(argv[2]) : NULL};
    if (!run.target) {
        fprintf(stderr, "usage: driver FOLDER TARGET < networks\n");
        return 2;
    }
    struct arena *arena = arena_new();
    run.data = fopen(arena_printf(arena, "%s/data", run.folder), "wb");
    run.list = fopen(arena_printf(arena, "%s/all.c", run.folder), "w");
    if (!run.data || !run.list)
        return 1;
    struct text text = text_new(arena);
    for (bool more = true; more;) {
        more = fgets(line, sizeof line, stdin) != NULL;
        if ((!more || strncmp(line, "===", 3) == 0) && text.length) {
            try_network(&run, title, text.bytes);
            text = text_new(arena);
        }
        if (more && strncmp(line, "===", 3) == 0)
            snprintf(title, sizeof title, "%.*s", (int)strcspn(line + 4, "\n"), line + 4);
        else if (more)
            text_add(&text, line);
    }
    fprintf(run.list, "#include \"harness.h\"\nconst struct network networks[] = {\n");
    for (int i = 0; i < run.made; i++)
        fprintf(
            run.list,
            "    {net%d_train_bytes, begin_%d, parameters_%d, gradients_%d, step_%d, mixed_%d, evaluate_%d, gradient_%d, "
            "part_%d},\n",
            i, i, i, i, i, i, i, i, i);
    fprintf(run.list, "};\nconst int network_count = %d;\n", run.made);
    fclose(run.data);
    fclose(run.list);
    arena_free(arena);
    return 0;
}
