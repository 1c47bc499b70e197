/* Writes many networks as C, with inputs and the evaluator's results, for harness.c to run. It does
 * not compile or compare anything.
 *
 *     driver FOLDER TARGET BATCH CHOICES [RESULTS] < networks
 *
 * CHOICES is no-winograd, stressN, embed, halves (weights are stored as half floats; with a number as stressN) or
 * nothing. Networks are texts separated by lines that begin with "===" and
 * hold the test's name. FOLDER gets netN.c and netN.h for each (and netN.cnnw if its weights are large, unless `embed`
 * is given), batchK.c with BATCH of them each, and the file `data`. In the folder RESULTS the evaluator's results are
 * kept, for another target to which the same networks are given.
 * A text that does not compile is a failed test, reported at once. A title may be followed by " :: NUMBERS => NUMBERS",
 * the input and the output (without "=>", the evaluator's result), or by " @ WEIGHTS INPUT RESULT [TOLERANCE]", three
 * files ("-": no weights) as described in tests/fixtures/README.md; otherwise weights and input are random, and the
 * result is the evaluator's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "emit/emit.h"
#include "emit/words.h"
#include "expand/expand.h"
#include "pack/pack.h"
#include "plan/targets.h"
#include "reference/reference.h"
#include "verify/compare.h"
#include "weights/weights.h"

enum {
    EMBED_MOST = 1 << 15, /* larger ones go into netN.cnnw */
    KEPT_MOST = 1 << 28   /* bytes of one network's inputs and results */
};

struct run {
    const char *folder, *results; /* results: NULL if none are kept */
    struct plan_options options;
    int batch, tried, made;
    bool embed; /* the weights, whatever their size */
    FILE *data, *list;
    const char *input, *result; /* numbers given by hand, or NULL */
    char weights_path[1024];    /* empty: random ones; "-": none */
    FILE *input_file, *result_file;
    double tolerance; /* relative; 0: the usual one for generated code */
};

static float take_float(FILE *file)
{
    float number;
    if (fread(&number, sizeof number, 1, file) != 1) {
        fprintf(stderr, "driver: a file of numbers ends too early\n");
        exit(1);
    }
    return number;
}

static uint64_t state = 1;

static uint32_t next_random(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(state >> 33);
}

static void put(FILE *file, const void *bytes, size_t length)
{
    if (length && fwrite(bytes, 1, length, file) != length) {
        fprintf(stderr, "driver: cannot write\n");
        exit(1);
    }
}

static void put_count(FILE *file, int64_t count)
{
    put(file, &count, sizeof count);
}

/* The position of number i of a CHW tensor in the caller's layout. */
static int64_t place(struct shape shape, enum layout layout, int64_t i)
{
    int64_t pixels = shape.h * shape.w;
    return layout == LAYOUT_HWC ? i % pixels * shape.c + i / pixels : i;
}

/* Random numbers for one input: returned in CHW order, written as the code reads them. */
static double *make_input(const struct run *run, const struct node *node)
{
    int64_t count = shape_elements(node->shape);
    bool bytes = node->element == ELEMENT_U8;
    char *given = (char *)run->input;
    double *image = calloc((size_t)count + 1, sizeof *image);
    float *floats = calloc((size_t)count + 1, sizeof *floats);
    unsigned char *small = calloc((size_t)count + 1, 1);
    for (int64_t i = 0; i < count; i++) {
        int64_t at = place(node->shape, node->args.layout, i);
        small[at] = (unsigned char)(next_random() & 255);
        floats[at] = given             ? strtof(given, &given)
                     : run->input_file ? take_float(run->input_file)
                                       : (float)((double)next_random() / 2147483648.0 * 2 - 1);
        if (run->input_file && bytes)
            small[at] = (unsigned char)floats[at];
        image[i] = bytes ? small[at] : (double)floats[at];
    }
    put_count(run->data, bytes ? count : 4 * count);
    put(run->data, bytes ? (void *)small : (void *)floats, (size_t)(bytes ? count : 4 * count));
    free(floats);
    free(small);
    return image;
}

/* The evaluator's numbers, or those given by hand if the evaluator agrees. */
static bool check_given(const struct run *run, int64_t count, const double *values)
{
    char *given = (char *)run->result;
    for (int64_t i = 0; given && i < count; i++) {
        double wanted = strtod(given, &given);
        if (values[i] != wanted) {
            printf("# the evaluator finds %.9g, not %.9g\n", values[i], wanted);
            return false;
        }
    }
    return true;
}

/* Adds one weight times all its pixels to the sums. */
static void add_shifted(float *sums, struct shape to, float weight, const double *map, struct shape from,
                        struct pair stride, struct pair shift)
{
    int64_t first = shift.w < 0 ? (-shift.w + stride.w - 1) / stride.w : 0, end = 0;
    if (from.w > shift.w)
        end = (from.w - shift.w - 1) / stride.w + 1;
    end = end < to.w ? end : to.w;
    for (int64_t y = 0; y < to.h; y++) {
        int64_t line = y * stride.h + shift.h;
        if (line < 0 || line >= from.h)
            continue;
        float *row = sums + y * to.w;
        const double *pixels = map + line * from.w + shift.w;
        for (int64_t x = first; x < end; x++)
            row[x] += weight * (float)pixels[x * stride.w];
    }
}

/* A convolution or FC as the simplest float32 code computes it: one sum, in order. False: another kind. */
static bool naive_sums(const struct node *node, const struct weights *weights, const double *in, double *out)
{
    const struct layer_args *args = &node->args;
    if (node->kind != LAYER_FC && node->kind != LAYER_CONV && node->kind != LAYER_DWCONV)
        return false;
    const struct weight *weight = node_weight(node, ROLE_WEIGHT), *bias = node_weight(node, ROLE_BIAS);
    struct shape from = node->inputs[0]->shape, to = node->shape;
    struct pair window = args->window, stride = args->stride, dilation = args->dilation;
    struct padding pad = args->pad;
    int64_t groups = args->groups;
    if (node->kind == LAYER_FC) { /* a window as large as the image */
        window = (struct pair){from.h, from.w};
        stride = dilation = (struct pair){1, 1};
        pad = (struct padding){0, 0, 0, 0};
        groups = 1;
    } else if (args->connect) {
        return false;
    }
    int64_t channels = from.c / groups, pixels = to.h * to.w;
    float *w = calloc((size_t)weight->count, sizeof *w), *b = calloc((size_t)to.c, sizeof *b), *sums;
    if (!weights_read(weights, weight, w) || (bias && !weights_read(weights, bias, b)))
        exit(1);
    sums = calloc((size_t)pixels, sizeof *sums);
    for (int64_t k = 0, j = 0; k < to.c; k++) {
        for (int64_t i = 0; i < pixels; i++)
            sums[i] = b[k];
        for (int64_t c = k / (to.c / groups) * channels, last = c + channels; c < last; c++)
            for (int64_t fy = 0; fy < window.h; fy++)
                for (int64_t fx = 0; fx < window.w; fx++, j++)
                    add_shifted(sums, to, w[j], in + c * from.h * from.w, from, stride,
                                (struct pair){fy * dilation.h - pad.top, fx * dilation.w - pad.left});
        for (int64_t i = 0; i < pixels; i++)
            out[k * pixels + i] = (double)sums[i];
    }
    free(sums);
    free(w);
    free(b);
    return true;
}

/* The network again in plain float32 (other layers: rounded afterwards). Where numbers cancel, its error is
 * the measure, not the size of the remainder. NULL: a weight cannot be read. */
static double **evaluate_plainly(const struct graph *graph, const struct weights *weights,
                                 const struct reference *reference)
{
    double **plain = calloc(graph->nodes.count + 1, sizeof *plain);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        int64_t count = shape_elements(node->shape);
        const double **in = calloc(node->input_count + 1, sizeof *in);
        plain[i] = calloc((size_t)count + 1, sizeof **plain);
        for (size_t k = 0; k < node->input_count; k++)
            in[k] = plain[node->inputs[k]->id];
        if (node->kind == LAYER_INPUT)
            memcpy(plain[i], reference->tensors[i], (size_t)count * sizeof **plain);
        else if (!naive_sums(node, weights, in[0], plain[i]) && !reference_layer(node, weights, in, plain[i]))
            return NULL;
        for (int64_t k = 0; k < count; k++)
            plain[i][k] = (double)(float)plain[i][k];
        free(in);
    }
    return plain;
}

static bool put_results(const struct run *run, const struct graph *graph, const struct weights *weights,
                        const struct reference *reference)
{
    double **plain = evaluate_plainly(graph, weights, reference);
    if (!plain)
        return false;
    put_count(run->data, (int64_t)graph->outputs.count);
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct output_tensor *output = &graph->outputs.items[i];
        int64_t count = shape_elements(output->node->shape);
        double *values = calloc((size_t)count + 1, sizeof *values);
        for (int64_t k = 0; k < count; k++)
            values[place(output->node->shape, output->layout, k)] = run->result_file
                                                                        ? (double)take_float(run->result_file)
                                                                        : reference->tensors[output->node->id][k];
        put_count(run->data, count);
        put(run->data, values, (size_t)count * sizeof *values);
        double plain_error = 0;
        for (int64_t k = 0; k < count; k++) {
            double error = plain[output->node->id][k] - reference->tensors[output->node->id][k];
            plain_error = error > plain_error ? error : -error > plain_error ? -error : plain_error;
        }
        put(run->data, &plain_error, sizeof plain_error);
        bool right = check_given(run, count, values);
        free(values);
        if (!right)
            return false;
    }
    for (size_t i = 0; i < graph->nodes.count; i++)
        free(plain[i]);
    free(plain);
    return true;
}

static bool evaluate_now(const struct run *run, const struct graph *graph, const struct weights *weights)
{
    double **images = calloc(graph->inputs.count + 1, sizeof *images);
    put_count(run->data, (int64_t)graph->inputs.count);
    for (size_t i = 0; i < graph->inputs.count; i++)
        images[i] = make_input(run, graph->inputs.items[i]);
    struct reference *reference = reference_run(graph, weights, (const double *const *)images);
    bool right = reference && put_results(run, graph, weights, reference);
    for (size_t i = 0; i < graph->inputs.count; i++)
        free(images[i]);
    free(images);
    if (reference)
        reference_free(reference);
    return right;
}

/* What evaluate_now writes, from the file where it was kept, or kept now; results that are given are not kept. */
static bool evaluate(struct arena *arena, const struct run *run, const struct graph *graph,
                     const struct weights *weights)
{
    if (!run->results || run->result_file)
        return evaluate_now(run, graph, weights);
    const char *path = arena_printf(arena, "%s/%d", run->results, run->tried), *error;
    size_t length;
    const char *kept = path_exists(path) ? file_read(arena, path, KEPT_MOST, &length, &error) : NULL;
    if (kept) {
        put(run->data, kept, length);
        return true;
    }
    long begin = ftell(run->data);
    if (!evaluate_now(run, graph, weights))
        return false;
    length = (size_t)(ftell(run->data) - begin);
    char *written = arena_alloc(arena, length);
    fseek(run->data, begin, SEEK_SET);
    bool whole = fread(written, 1, length, run->data) == length;
    fseek(run->data, 0, SEEK_END);
    return whole && file_write(arena, path, written, length, &error);
}

static bool write_file(struct arena *arena, const struct run *run, const char *name, const char *extension,
                       const struct text *text)
{
    const char *error;
    return file_write(arena, arena_printf(arena, "%s/%s.%s", run->folder, name, extension), text->bytes, text->length,
                      &error);
}

/* The arena must be within 5% of its lower bound, plus a few alignments. */
static bool check_plan(const struct plan *plan, const char *title)
{
    if (plan->arena_bytes >= plan->arena_lower_bound && plan->arena_bytes * 100 <= plan->arena_lower_bound * 105)
        return true;
    printf("not ok %s\n# arena %lld bytes, lower bound %lld\n", title, (long long)plan->arena_bytes,
           (long long)plan->arena_lower_bound);
    return false;
}

static bool write_c(struct arena *arena, struct diag *diag, struct run *run, const struct plan *plan,
                    const struct weights *weights, const char *name, const char *title)
{
    /* clang-format off */
    struct emission emission = {.arena = arena, .diag = diag, .plan = plan, .weights = weights, .name = name,
                                .header_name = arena_printf(arena, "%s.h", name), .version = "0"};
    /* clang-format on */
    emission.embed = run->embed || plan->weight_bytes <= EMBED_MOST;
    const char *path = arena_printf(arena, "%s/%s.cnnw", run->folder, name);
    if (!emission.embed && !pack_write_file(arena, diag, plan, weights, path))
        return false;
    struct text source = text_new(arena), header = text_new(arena), again = text_new(arena), rest = text_new(arena);
    if (emit_c(&emission, &source, &header) != 0)
        return false;
    if (run->made % 50 == 0 && /* a second time, byte for byte the same */
        (emit_c(&emission, &again, &rest) != 0 || strcmp(again.bytes, source.bytes) != 0))
        printf("not ok %s\n# written twice, it differs\n", title);
    return write_file(arena, run, name, "c", &source) && write_file(arena, run, name, "h", &header);
}

static bool uses_winograd(const struct plan *plan)
{
    for (size_t i = 0; i < plan->packs.count; i++)
        if (plan->packs.items[i]->form == PACK_WINOGRAD4 || plan->packs.items[i]->form == PACK_WINOGRAD2)
            return true;
    return false;
}

static struct weights *weights_of(struct arena *arena, struct diag *diag, const struct run *run,
                                  const struct graph *graph)
{
    if (!*run->weights_path || strcmp(run->weights_path, "-") == 0)
        return weights_initial(arena, graph, INIT_HE, (uint64_t)run->tried);
    return weights_open(arena, diag, graph, run->weights_path, MATCH_NAME);
}

static bool compile(struct arena *arena, struct diag *diag, struct run *run, const struct source *source,
                    const char *title)
{
    diag_set_source(diag, source);
    diag_option(diag, "no-all");
    struct ast *ast = grammar_parse(arena, source, diag);
    struct expansion *expansion = diag_failed(diag) ? NULL : expand_network(arena, diag, source, ast, NULL, NULL, "n");
    if (!expansion)
        return false;
    struct graph *graph = expansion->graph;
    struct weights *weights = weights_of(arena, diag, run, graph);
    if (!weights)
        return false;
    struct plan *plan = plan_make(arena, diag, graph, run->options);
    const char *name = arena_printf(arena, "net%d", run->made);
    if (!plan || !check_plan(plan, title) || !write_c(arena, diag, run, plan, weights, name, title))
        return false;
    put_count(run->data, (int64_t)strlen(title));
    put(run->data, title, strlen(title));
    double tolerance = run->tolerance > 0 ? run->tolerance : uses_winograd(plan) ? 1e-4 : 1e-5;
    put(run->data, &tolerance, sizeof tolerance);
    const bool halves = run->options.store == ELEMENT_F16;
    const struct halves stored = halves ? verify_halves(arena, plan, weights) : (struct halves){graph, weights};
    if (!evaluate(arena, run, stored.graph, stored.weights))
        return false;
    if (run->made % run->batch == 0) {
        if (run->list)
            fclose(run->list);
        run->list = fopen(arena_printf(arena, "%s/batch%d.c", run->folder, run->made / run->batch), "w");
    }
    fprintf(run->list, "#include \"%s.c\"\n", name);
    run->made++;
    return true;
}

static void try_network(struct run *run, const char *title, const char *text)
{
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    long before = ftell(run->data);
    run->tried++;
    const struct source *source = source_new(arena, "net.cnn", text, strlen(text));
    if (!compile(arena, diag, run, source, title)) {
        printf("not ok %s\n", title);
        fflush(stdout);
        for (const char *p = text; *p; p += strcspn(p, "\n") + (strchr(p, '\n') != NULL))
            printf("# %.*s\n", (int)strcspn(p, "\n"), p);
        diag_print(diag, stdout, (struct diag_style){0});
        fseek(run->data, before, SEEK_SET);
    }
    arena_free(arena);
}

/* What a title says after the test's name; cuts it off. */
static void read_title(struct run *run, char *title)
{
    char paths[2][1024], *files = strstr(title, " @ "), *numbers = strstr(title, " :: ");
    const char *result = numbers ? strstr(numbers, "=> ") : NULL;
    run->input = numbers ? numbers + 4 : NULL;
    run->result = result ? result + 3 : NULL;
    run->input_file = run->result_file = NULL;
    *run->weights_path = 0;
    run->tolerance = 0;
    if (numbers)
        *numbers = 0;
    if (!files)
        return;
    if (sscanf(files, " @ %1023s %1023s %1023s %lf", run->weights_path, paths[0], paths[1], &run->tolerance) < 3 ||
        !(run->input_file = fopen(paths[0], "rb")) || !(run->result_file = fopen(paths[1], "rb"))) {
        fprintf(stderr, "driver: %s: no such files\n", title);
        exit(1);
    }
    *files = 0;
}

/* The files must have been read completely. */
static void close_files(const struct run *run, const char *title)
{
    if (!run->input_file)
        return;
    if (fgetc(run->input_file) != EOF || fgetc(run->result_file) != EOF)
        printf("not ok %s\n# the files hold more numbers than the network takes or gives\n", title);
    fclose(run->input_file);
    fclose(run->result_file);
}

static void write_list(struct run *run)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/models.c", run->folder);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < run->made; i++)
        fprintf(file, "#include \"net%d.h\"\n", i);
    fprintf(file, "extern const struct cnn_model *const models[];\nconst struct cnn_model *const models[] = {\n");
    for (int i = 0; i < run->made; i++)
        fprintf(file, "    &net%d_model,\n", i);
    fprintf(file, "    NULL};\n");
    fclose(file);
}

int main(int argc, char **argv)
{
    static char line[1 << 16], title[1 << 16];
    struct run run = {.folder = argv[1], .batch = argc > 3 ? atoi(argv[3]) : 1};
    run.options.winograd = argc <= 4 || strcmp(argv[4], "no-winograd") != 0;
    run.embed = argc > 4 && strcmp(argv[4], "embed") == 0;
    run.options.stress = argc > 4 && strncmp(argv[4], "stress", 6) == 0 ? 1 + atoi(argv[4] + 6) : 0;
    if (argc > 4 && strncmp(argv[4], "halves", 6) == 0) {
        run.options.store = ELEMENT_F16;
        run.options.stress = argv[4][6] ? 1 + atoi(argv[4] + 6) : 0;
    }
    run.results = argc > 5 ? argv[5] : NULL;
    run.options.target = argc < 4 ? NULL : target_named(argv[2]);
    if (!run.options.target) {
        fprintf(stderr, "usage: driver FOLDER TARGET BATCH CHOICES [RESULTS] < networks\n");
        return 2;
    }
    snprintf(line, sizeof line, "%s/data", run.folder);
    run.data = fopen(line, "wb+");
    put_count(run.data, 1); /* shows the byte order */
    struct arena *arena = arena_new();
    struct text text = text_new(arena);
    bool more = true;
    while (more) {
        more = fgets(line, sizeof line, stdin) != NULL;
        if ((!more || strncmp(line, "===", 3) == 0) && text.length) {
            read_title(&run, title);
            try_network(&run, title, text.bytes);
            close_files(&run, title);
            text = text_new(arena);
        }
        if (more && strncmp(line, "===", 3) == 0)
            snprintf(title, sizeof title, "%.*s", (int)strcspn(line + 4, "\n"), line + 4);
        else if (more)
            text_add(&text, line);
    }
    fclose(run.data);
    if (run.list)
        fclose(run.list);
    write_list(&run);
    arena_free(arena);
    printf("# %d networks for %s\n", run.made, run.options.target->name);
    return 0;
}
