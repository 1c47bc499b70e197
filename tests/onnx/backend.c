/* ONNX's own backend tests, as Debian's libonnx-testdata installs them: each case's model is imported,
 * evaluated and compared with the stored results. Node tests give parameters (kernels, statistics,
 * sizes) as inputs; a compiler needs them as constants, so they are made initializers first. The list of
 * cases, and why some are out of scope, is computed from the data.
 *
 *     backend ROOT WORK
 *
* writes WORK/table.md and, for running generated code, WORK/cases.txt and a file of inputs and outputs
 * beside each model. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "base/diag_message.h"
#include "base/files.h"
#include "base/text.h"
#include "models/onnx/onnx.h"
#include "onnx/onnx.pb-c.h"
#include "quantise/types.h"
#include "reference/reference.h"
#include "tests/lib/report.h"
#include "weights/weights.h"

enum { MAX_CASES = 4000, MAX_OPERATORS = 400, MAX_REASONS = 12 };

/* Operators that the importer reads or computes from constants; all others are out of scope by name. */
static const char *const listed[] = {
#define OPERATOR(type, function) #type,
#include "models/onnx/operators.def"
#undef OPERATOR
    "Constant", "ConstantOfShape", "Shape",         "Size",           "Range",     "EyeLike",
    "NonZero",  "HannWindow",      "HammingWindow", "BlackmanWindow", "QLinearAdd"};
/* Inputs that are parameters of an operator: from this position on. */
static const struct {
    const char *type;
    size_t from;
} parameters[] = {
    {"Conv", 1},
    {"ConvTranspose", 1},
    {"Gemm", 1},
    {"BatchNormalization", 1},
    {"InstanceNormalization", 1},
    {"LayerNormalization", 1},
    {"GroupNormalization", 1},
    {"PRelu", 1},
    {"Clip", 1},
    {"Pad", 1},
    {"Resize", 1},
    {"Upsample", 1},
    {"Dropout", 1},
    {"Slice", 1},
    {"QuantizeLinear", 1},
    {"DequantizeLinear", 1},
    {"QLinearConv", 1},
    {"QLinearMatMul", 1},
    {"ConvInteger", 1},
    {"MatMulInteger", 1},
    {"Compress", 1},
    {"BitShift", 1},
    {"Trilu", 1},
    {"CumSum", 1},
    {"OneHot", 1},
    {"TopK", 1},
    {"RNN", 1},
    {"GRU", 1},
    {"LSTM", 1},
};

struct operator_row {
    const char *name;
    int cases, passed, failed, outside;
    const char *reasons[MAX_REASONS];
    int counts[MAX_REASONS];
};

struct suite {
    struct arena *arena;
    const char *work;
    struct operator_row rows[MAX_OPERATORS];
    size_t row_count;
    FILE *list;
};

static bool is_listed(const char *type)
{
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
        if (strcmp(type, listed[i]) == 0)
            return true;
    return false;
}

static struct operator_row *row_of(struct suite *suite, const char *name)
{
    for (size_t i = 0; i < suite->row_count; i++)
        if (strcmp(suite->rows[i].name, name) == 0)
            return &suite->rows[i];
    if (suite->row_count == MAX_OPERATORS)
        exit(2);
    suite->rows[suite->row_count].name = arena_string(suite->arena, name);
    return &suite->rows[suite->row_count++];
}

static void add_reason(struct suite *suite, struct operator_row *row, const char *reason)
{
    row->outside++;
    for (int i = 0; i < MAX_REASONS; i++) {
        if (!row->reasons[i])
            row->reasons[i] = arena_string(suite->arena, reason);
        if (strcmp(row->reasons[i], reason) == 0) {
            row->counts[i]++;
            return;
        }
    }
}

/* ---- one case ---- */

static unsigned char *slurp(struct arena *arena, const char *path, size_t *length)
{
    const char *error;
    return (unsigned char *)file_read(arena, path, (size_t)1 << 30, length, &error);
}

static Onnx__TensorProto *read_tensor(struct arena *arena, const char *path)
{
    size_t length;
    unsigned char *bytes = path_exists(path) ? slurp(arena, path, &length) : NULL;
    return bytes ? onnx__tensor_proto__unpack(NULL, length, bytes) : NULL;
}

static bool is_initializer(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t i = 0; i < graph->n_initializer; i++)
        if (strcmp(graph->initializer[i]->name, name) == 0)
            return true;
    return false;
}

static bool is_parameter(const Onnx__GraphProto *graph, const char *name)
{
    for (size_t n = 0; n < graph->n_node; n++)
        for (size_t i = 0; i < graph->node[n]->n_input; i++)
            for (size_t p = 0; p < sizeof parameters / sizeof *parameters; p++)
                if (strcmp(graph->node[n]->input[i], name) == 0 &&
                    strcmp(graph->node[n]->op_type, parameters[p].type) == 0 && i >= parameters[p].from)
                    return true;
    return false;
}

struct test_case {
    const char *name, *folder, *model_path;
    Onnx__ModelProto *model;
    const char *operators; /* its own, or what the whole model is counted under */
};

/* The data of the graph's inputs that stay inputs, in order. */
struct inputs {
    Onnx__TensorProto *tensors[32];
    size_t count;
};

static const char *tensor_path(struct arena *arena, const char *folder, int set, const char *what, size_t i)
{
    return arena_printf(arena, "%s/test_data_set_%d/%s_%zu.pb", folder, set, what, i);
}

/* Moves parameters from the inputs to the initializers, and integers, if they are to be constants. */
static void fix_parameters(struct suite *suite, struct test_case *c, int set, bool integers, struct inputs *inputs)
{
    Onnx__GraphProto *graph = c->model->graph;
    size_t kept = 0, data = 0, count = graph->n_initializer, free_inputs = 0;
    for (size_t i = 0; i < graph->n_input; i++)
        free_inputs += !is_initializer(graph, graph->input[i]->name);
    Onnx__TensorProto **initializers = malloc((graph->n_initializer + graph->n_input + 1) * sizeof *initializers);
    if (graph->n_initializer)
        memcpy(initializers, graph->initializer, graph->n_initializer * sizeof *initializers);
    for (size_t i = 0; i < graph->n_input; i++) {
        Onnx__ValueInfoProto *input = graph->input[i];
        if (is_initializer(graph, input->name)) {
            graph->input[kept++] = input;
            continue;
        }
        Onnx__TensorProto *tensor = read_tensor(suite->arena,
                                                tensor_path(suite->arena, c->folder, set, "input", data++));
        const bool fixed = tensor && free_inputs > 1 && is_parameter(graph, input->name);
        const bool constant = integers && tensor && tensor->data_type != 1 && tensor->data_type != 2 &&
                              tensor->data_type != 3;
        if (tensor && (fixed || constant)) {
            tensor->name = input->name;
            initializers[count++] = tensor;
            continue;
        }
        if (inputs->count < 32)
            inputs->tensors[inputs->count++] = tensor;
        graph->input[kept++] = input;
    }
    graph->initializer = initializers;
    graph->n_initializer = count;
    graph->n_input = kept;
}

static void write_model(struct suite *suite, struct test_case *c, int set)
{
    size_t length = onnx__model_proto__get_packed_size(c->model);
    unsigned char *bytes = malloc(length + 1);
    const char *error;
    onnx__model_proto__pack(c->model, bytes);
    c->model_path = arena_printf(suite->arena, "%s/%s_%d.onnx", suite->work, c->name, set);
    if (!file_write(suite->arena, c->model_path, bytes, length, &error)) {
        fprintf(stderr, "%s: %s\n", c->model_path, error);
        exit(2);
    }
    free(bytes);
}

static double half_number(uint32_t bits, int exponent_bits)
{
    const int fraction_bits = 15 - exponent_bits, exponent = (int)(bits >> fraction_bits) & ((1 << exponent_bits) - 1);
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const double fraction = (double)(bits & ((1u << fraction_bits) - 1)) / (1 << fraction_bits);
    double size = exponent ? ldexp(1 + fraction, exponent - bias) : ldexp(fraction, 1 - bias);
    if (exponent == (1 << exponent_bits) - 1)
        size = fraction != 0 ? NAN : INFINITY;
    return bits >> 15 & 1 ? -size : size;
}

/* As ONNX numbers types. */
enum {
    T_FLOAT = 1,
    T_UINT8,
    T_INT8,
    T_UINT16,
    T_INT16,
    T_INT32,
    T_INT64,
    T_STRING,
    T_BOOL,
    T_HALF,
    T_DOUBLE,
    T_UINT32,
    T_UINT64,
    T_BFLOAT16 = 16
};

static bool is_number_type(int type)
{
    return (type >= T_FLOAT && type <= T_UINT64 && type != T_STRING) || type == T_BFLOAT16;
}

/* A number from its bytes. */
static double raw_number(int type, const unsigned char *bytes, size_t i)
{
    static const size_t sizes[] = {0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 0, 0, 2};
    uint64_t bits = 0;
    float single;
    double number;
    memcpy(&bits, bytes + i * sizes[type], sizes[type]); /* the tests run on little-endian machines */
    const uint32_t word = (uint32_t)bits;
    memcpy(&single, &word, sizeof single);
    memcpy(&number, &bits, sizeof number);
    switch (type) {
    case T_FLOAT: return (double)single;
    case T_DOUBLE: return number;
    case T_HALF: return half_number(word, 5);
    case T_BFLOAT16: return half_number(word, 8);
    case T_INT8: return (int8_t)bits;
    case T_INT16: return (int16_t)bits;
    case T_INT32: return (int32_t)bits;
    case T_INT64: return (double)(int64_t)bits;
    default: return (double)bits;
    }
}

static double tensor_number(const Onnx__TensorProto *t, size_t i)
{
    if (t->has_raw_data)
        return raw_number(t->data_type, t->raw_data.data, i);
    switch (t->data_type) {
    case T_FLOAT: return (double)t->float_data[i];
    case T_DOUBLE: return t->double_data[i];
    case T_INT64: return (double)t->int64_data[i];
    case T_UINT32:
    case T_UINT64: return (double)t->uint64_data[i];
    case T_HALF: return half_number((uint32_t)t->int32_data[i], 5);
    case T_BFLOAT16: return half_number((uint32_t)t->int32_data[i], 8);
    default: return (double)t->int32_data[i];
    }
}

static size_t tensor_count(const Onnx__TensorProto *t)
{
    size_t count = 1;
    for (size_t i = 0; i < t->n_dims; i++)
        count *= (size_t)t->dims[i];
    return count;
}

/* The whole refusal on one line, without the first operator's name. */
static const char *refusal_text(struct suite *suite, struct diag *diag)
{
    for (size_t i = 0; i < diag->messages.count; i++) {
        const struct message *message = diag->messages.items[i];
        if (message->severity != SEVERITY_ERROR)
            continue;
        const char *text = message->attachments.count ? message->attachments.items[0].text : message->text;
        const char *colon = message->attachments.count ? strstr(text, "\": ") : NULL;
        return arena_string(suite->arena, colon ? colon + 3 : text);
    }
    return "no reason given";
}

/* Integers are compared by what they mean where the network has a scale for them; bytes lie 128 above s8. */
static double wanted_number(const struct types *types, const struct node *node, const Onnx__TensorProto *t, size_t i)
{
    const double number = tensor_number(t, i);
    if (!types || !types->nodes[node->id].integers || (t->data_type != 2 && t->data_type != 3))
        return number;
    const struct meaning meaning = types->nodes[node->id].meaning;
    return (double)meaning.scale * (number - (t->data_type == 2 ? 128 : 0) - meaning.zero);
}

/* Integers, too, for what they mean. */
static double got_number(const struct types *types, const struct node *node, const struct reference *reference,
                         int64_t i)
{
    const int32_t *integers = reference->integers ? reference->integers[node->id] : NULL;
    if (!types || !integers)
        return reference->tensors[node->id][i];
    const struct meaning meaning = types->nodes[node->id].meaning;
    return (double)meaning.scale * (integers[i] - meaning.zero);
}

/* A scale that is found while the network runs is rounded to a float there, and not in the evaluator: a number halfway
 * between two integers may go to either. */
static double step_of(const struct test_case *c)
{
    const Onnx__GraphProto *graph = c->model->graph;
    for (size_t i = 0; i < graph->n_node; i++)
        if (strcmp(graph->node[i]->op_type, "DynamicQuantizeLinear") == 0)
            return 1;
    return 0;
}

/* How far a result may be from what is stored, as a share of the largest number: halves are stored rounded. */
static float share_of(const Onnx__TensorProto *t)
{
    return t->data_type == T_BFLOAT16 ? 4e-3f : t->data_type == T_HALF ? 5e-4f : 1e-4f;
}

static bool compare(struct suite *suite, const struct test_case *c, int set, const struct graph *graph,
                    const struct types *types, const struct reference *reference, const char **problem)
{
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const Onnx__TensorProto *t = read_tensor(suite->arena, tensor_path(suite->arena, c->folder, set, "output", i));
        const struct node *node = graph->outputs.items[i].node;
        const struct shape s = node->shape;
        const bool last = graph->outputs.items[i].layout == LAYOUT_HWC;
        double largest = 0, worst = 0;
        if (!t || tensor_count(t) != (size_t)shape_elements(s)) {
            *problem = arena_printf(suite->arena, "output %zu is %s", i, shape_text(suite->arena, s));
            return false;
        }
        for (size_t k = 0; k < tensor_count(t); k++) {
            const double wanted = wanted_number(types, node, t, k);
            const int64_t p = (int64_t)k, pixels = s.h * s.w;
            const double got = got_number(types, node, reference, last ? p % s.c * pixels + p / s.c : p);
            if (isinf(wanted) || isnan(wanted) ? !(wanted == got || (isnan(wanted) && isnan(got))) : !(isfinite(got)))
                worst = INFINITY;
            else if (isfinite(wanted)) {
                largest = fmax(largest, fabs(wanted));
                worst = fmax(worst, fabs(wanted - got));
            }
        }
        if (worst > share_of(t) * largest + 1e-7 + step_of(c)) {
            *problem = arena_printf(suite->arena, "output %zu: error %g at a largest value of %g", i, worst, largest);
            return false;
        }
    }
    return true;
}

static double input_number(const struct node *input, const Onnx__TensorProto *t, size_t i)
{
    return tensor_number(t, i) - (t->data_type == 2 && input->args.type == ELEMENT_S8 ? 128 : 0);
}

static double *image_of(struct suite *suite, const struct node *input, const Onnx__TensorProto *t)
{
    const size_t count = tensor_count(t);
    const struct shape s = input->shape;
    double *image = ARENA_ARRAY(suite->arena, double, count + 1);
    for (size_t k = 0; k < count; k++) {
        const int64_t p = (int64_t)k;
        image[input->args.layout == LAYOUT_HWC ? p % s.c * s.h * s.w + p / s.c : p] = input_number(input, t, k);
    }
    return image;
}

static void put_count(FILE *file, size_t count)
{
    const int64_t number = (int64_t)count;
    fwrite(&number, sizeof number, 1, file);
}

static void put_inputs(FILE *file, const struct graph *graph, Onnx__TensorProto *const *tensors)
{
    put_count(file, graph->inputs.count);
    for (size_t i = 0; i < graph->inputs.count; i++) {
        put_count(file, tensor_count(tensors[i]));
        for (size_t k = 0; k < tensor_count(tensors[i]); k++) {
            const float value = (float)input_number(graph->inputs.items[i], tensors[i], k);
            fwrite(&value, sizeof value, 1, file);
        }
    }
}

/* Each tensor, and how far a result may be from it. */
static void put_outputs(FILE *file, const struct graph *graph, const struct types *types,
                        Onnx__TensorProto *const *tensors)
{
    put_count(file, graph->outputs.count);
    for (size_t i = 0; i < graph->outputs.count; i++) {
        put_count(file, tensor_count(tensors[i]));
        for (size_t k = 0; k < tensor_count(tensors[i]); k++) {
            const float value = (float)wanted_number(types, graph->outputs.items[i].node, tensors[i], k);
            fwrite(&value, sizeof value, 1, file);
        }
        const float share = share_of(tensors[i]);
        fwrite(&share, sizeof share, 1, file);
    }
}

/* For generated.c: the case's inputs and its outputs, in the model's own order. */
static void write_data(struct suite *suite, const struct test_case *c, int set, const struct inputs *inputs,
                       const struct graph *graph, const struct types *types)
{
    const size_t outputs = graph->outputs.count;
    FILE *file = fopen(arena_printf(suite->arena, "%s/%s_%d.data", suite->work, c->name, set), "wb");
    Onnx__TensorProto *results[32];
    if (!file || outputs > 32)
        exit(2);
    for (size_t i = 0; i < outputs; i++)
        results[i] = read_tensor(suite->arena, tensor_path(suite->arena, c->folder, set, "output", i));
    put_inputs(file, graph, inputs->tensors);
    put_outputs(file, graph, types, results);
    if (fclose(file))
        exit(2);
    fprintf(suite->list, "%s_%d\n", c->name, set);
}

enum verdict { PASSED, FAILED, OUTSIDE };

static enum verdict run_set_with(struct suite *suite, struct test_case *c, int set, bool integers, const char **reason)
{
    struct inputs inputs = {.count = 0};
    struct arena *arena = arena_new();
    struct diag *diag = diag_new(arena);
    const struct onnx_options options = {.name = "net"};
    struct weights *weights;
    const double *images[32];
    fix_parameters(suite, c, set, integers, &inputs);
    write_model(suite, c, set);
    struct graph *graph = onnx_import(arena, diag, c->model_path, &options, &weights);
    if (!graph) {
        *reason = refusal_text(suite, diag);
        arena_free(arena);
        return OUTSIDE;
    }
    enum verdict verdict = PASSED;
    for (size_t i = 0; i < graph->inputs.count && i < inputs.count; i++)
        if (!inputs.tensors[i] ||
            tensor_count(inputs.tensors[i]) != (size_t)shape_elements(graph->inputs.items[i]->shape))
            verdict = FAILED;
        else
            images[i] = image_of(suite, graph->inputs.items[i], inputs.tensors[i]);
    *reason = "an input's data do not fit";
    const bool quantised = types_are_quantised(weights);
    const struct types *types = quantised ? types_find(arena, diag, graph, weights, c->model_path) : NULL;
    if (quantised && !types) {
        *reason = refusal_text(suite, diag);
        verdict = FAILED;
    }
    struct reference *reference = verdict == FAILED || graph->inputs.count != inputs.count ? NULL
                                  : types ? reference_run_quantised(types, images, NULL)
                                          : reference_run(graph, weights, images);
    if (!reference || !compare(suite, c, set, graph, types, reference, reason))
        verdict = FAILED;
    reference_free(reference);
    if (verdict == PASSED)
        write_data(suite, c, set, &inputs, graph, types);
    weights_close(weights);
    arena_free(arena);
    return verdict;
}

static Onnx__ModelProto *load_model(struct suite *suite, const char *folder);
static void keep_first_result(Onnx__GraphProto *graph);

/* Integers come in as the network's inputs, or are constants where it needs them as such. */
static enum verdict run_set(struct suite *suite, struct test_case *c, int set, const char **reason)
{
    enum verdict verdict = run_set_with(suite, c, set, false, reason);
    if (verdict != OUTSIDE)
        return verdict;
    const char *second;
    c->model = load_model(suite, c->folder);
    keep_first_result(c->model->graph);
    verdict = run_set_with(suite, c, set, true, &second);
    if (verdict != OUTSIDE || strstr(second, "is a constant") == NULL)
        *reason = second;
    return verdict;
}

/* Results after the first that only training or other operators use are not compared. */
static void keep_first_result(Onnx__GraphProto *graph)
{
    const char *last = graph->n_node ? graph->node[graph->n_node - 1]->op_type : "";
    if (graph->n_node == 1 && graph->n_output > 1 &&
        (strcmp(last, "LayerNormalization") == 0 || strcmp(last, "MaxPool") == 0 || strcmp(last, "Dropout") == 0))
        graph->n_output = 1;
}

static const char *outside_by_data(struct suite *suite, const struct test_case *c)
{
    const Onnx__GraphProto *graph = c->model->graph;
    for (size_t i = 0; i < graph->n_output; i++) {
        const Onnx__TypeProto *type = graph->output[i]->type;
        if (!type || type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
            return "a result is not a tensor";
        if (!is_number_type(type->tensor_type->elem_type))
            return "a result is not of numbers";
    }
    for (size_t i = 0; i < graph->n_input; i++) {
        const Onnx__TypeProto *type = graph->input[i]->type;
        const Onnx__TensorProto *t = read_tensor(suite->arena, tensor_path(suite->arena, c->folder, 0, "input", i));
        if (t && type && type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE &&
            t->data_type != type->tensor_type->elem_type)
            return "an input's data are of another type than the model states";
        if (t && tensor_count(t) == 0)
            return "an input is empty";
    }
    for (size_t i = 0; i < graph->n_output; i++) {
        const Onnx__TensorProto *t = read_tensor(suite->arena, tensor_path(suite->arena, c->folder, 0, "output", i));
        if (t && t->data_type != graph->output[i]->type->tensor_type->elem_type)
            return "a result's data are of another type than the model states";
    }
    for (size_t i = 0; i < graph->n_node; i++)
        if (!is_listed(graph->node[i]->op_type))
            return arena_printf(suite->arena, "uses %s, which is not supported", graph->node[i]->op_type);
    return NULL;
}

static Onnx__ModelProto *load_model(struct suite *suite, const char *folder)
{
    size_t length;
    unsigned char *bytes = slurp(suite->arena, arena_printf(suite->arena, "%s/model.onnx", folder), &length);
    return bytes ? onnx__model_proto__unpack(NULL, length, bytes) : NULL;
}

static void run_case(struct suite *suite, const char *folder, const char *name)
{
    struct test_case c = {.name = name, .folder = folder};
    c.model = load_model(suite, folder);
    if (!c.model || !c.model->graph) {
        report(false, "%s", name);
        detail("the model cannot be read");
        return;
    }
    const Onnx__GraphProto *graph = c.model->graph;
    struct operator_row *row = row_of(suite, graph->n_node ? graph->node[graph->n_node - 1]->op_type : "(none)");
    row->cases++;
    keep_first_result(c.model->graph);
    const char *reason = outside_by_data(suite, &c);
    enum verdict verdict = reason ? OUTSIDE : PASSED;
    for (int set = 0; verdict == PASSED && path_exists(arena_printf(suite->arena, "%s/test_data_set_%d", folder, set));
         set++) {
        c.model = load_model(suite, folder);
        keep_first_result(c.model->graph);
        verdict = run_set(suite, &c, set, &reason);
    }
    if (verdict == PASSED) {
        row->passed++;
        report(true, "%s", name);
    } else if (verdict == OUTSIDE) {
        add_reason(suite, row, reason);
    } else {
        row->failed++;
        report(false, "%s", name);
        detail("%s", reason);
    }
    if (verdict == OUTSIDE && getenv("VERBOSE"))
        printf("# %s (%s): %s\n", name, row->name, reason);
}

/* ---- all cases ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_operator(const void *a, const void *b)
{
    return strcmp(((const struct operator_row *)a)->name, ((const struct operator_row *)b)->name);
}

static void run_folder(struct suite *suite, const char *folder)
{
    static const char *names[MAX_CASES];
    size_t count = 0;
    DIR *directory = opendir(folder);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory)) && count < MAX_CASES;)
        if (strncmp(entry->d_name, "test_", 5) == 0)
            names[count++] = arena_string(suite->arena, entry->d_name);
    closedir(directory);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++)
        run_case(suite, arena_printf(suite->arena, "%s/%s", folder, names[i]), names[i]);
}

static void write_table(struct suite *suite)
{
    struct text out = text_new(suite->arena);
    int cases = 0, passed = 0, failed = 0, outside = 0;
    qsort(suite->rows, suite->row_count, sizeof *suite->rows, by_operator);
    text_add(&out, "| operator | cases | passed | failed | out of scope | why |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < suite->row_count; i++) {
        const struct operator_row *row = &suite->rows[i];
        text_printf(&out, "| %s | %d | %d | %d | %d | ", row->name, row->cases, row->passed, row->failed, row->outside);
        for (int k = 0; k < MAX_REASONS && row->reasons[k]; k++)
            text_printf(&out, "%s%d: %s", k ? "; " : "", row->counts[k], row->reasons[k]);
        text_add(&out, " |\n");
        cases += row->cases;
        passed += row->passed;
        failed += row->failed;
        outside += row->outside;
    }
    text_printf(&out, "| **all** | %d | %d | %d | %d | |\n", cases, passed, failed, outside);
    const char *error;
    file_write(suite->arena, arena_printf(suite->arena, "%s/table.md", suite->work), out.bytes, out.length, &error);
    printf("# %d cases: %d passed, %d failed, %d out of scope\n", cases, passed, failed, outside);
}

int main(int argc, char **argv)
{
    static struct suite suite;
    static const char *const folders[] = {"node", "simple", "pytorch-operator", "pytorch-converted", "zoo"};
    if (argc != 3)
        return 2;
    suite.arena = arena_new();
    suite.work = argv[2];
    suite.list = fopen(arena_printf(suite.arena, "%s/cases.txt", argv[2]), "w");
    if (!suite.list)
        return 2;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        run_folder(&suite, arena_printf(suite.arena, "%s/%s", argv[1], folders[i]));
    write_table(&suite);
    fclose(suite.list);
    return failures != 0;
}
