/* The passes that read: from a text or a model to a checked graph. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/progress.h"
#include "check/check.h"
#include "compilation.h"
#include "models/onnx/onnx.h"
#include "models/tflite/tflite.h"

/* More than LIMIT_TEXT, so that the parser can tell how long a text is that exceeds the limit moderately. */
enum { MAX_SOURCE_BYTES = 4 * LIMIT_TEXT };

static bool is_standard_input(const struct compilation *c)
{
    return strcmp(c->options.input, "-") == 0;
}

enum format { FORMAT_TEXT, FORMAT_ONNX, FORMAT_TFLITE };

static bool ends_with(const char *path, const char *ending)
{
    const size_t length = strlen(path), more = strlen(ending);
    return length > more && strcmp(path + length - more, ending) == 0;
}

/* By the file's name, and TensorFlow Lite's by what it says of itself, too. */
static enum format format_of(const struct compilation *c)
{
    const char *path = c->options.input;
    if (c->text)
        return FORMAT_TEXT;
    if (ends_with(path, ".onnx"))
        return FORMAT_ONNX;
    if (ends_with(path, ".tflite"))
        return FORMAT_TFLITE;
    const bool known = ends_with(path, ".cnn") || is_standard_input(c) || path_is_special(path);
    return !known && tflite_recognises(path) ? FORMAT_TFLITE : FORMAT_TEXT;
}

/* What stands behind --verify --train is the network: a folder would be data. */
static bool cannot_read(struct compilation *c, const char *shown, const char *error)
{
    struct message *m = diag_report_file(c->diag, CHECK_FILE, shown, "%s", error);
    if (c->options.verify_training && path_exists(arena_printf(c->arena, "%s/.", shown)))
        message_help(m, "'cnnc --verify --train NET' checks the gradients of the network NET; "
                        "'cnnc --verify --train=DATA NET' trains it on DATA, too");
    return compilation_stop(c, STATUS_USAGE);
}

bool pass_read(struct compilation *c)
{
    const char *path = c->options.input, *shown = is_standard_input(c) ? "standard input" : path, *error;
    size_t length;
    if (format_of(c) != FORMAT_TEXT)
        return true;
    const char *bytes = c->text;
    length = c->text_length;
    if (bytes && length > MAX_SOURCE_BYTES)
        return compilation_file_fault(
            c, shown, arena_printf(c->arena, "the file is larger than %zu bytes", (size_t)MAX_SOURCE_BYTES));
    if (!bytes)
        bytes = file_read(c->arena, path, MAX_SOURCE_BYTES, &length, &error);
    if (!bytes)
        return cannot_read(c, shown, error);
    c->source = source_new(c->arena, shown, bytes, length);
    diag_set_source(c->diag, c->source);
    return true;
}

bool pass_parse(struct compilation *c)
{
    if (c->source)
        c->ast = grammar_parse(c->arena, c->source, c->diag);
    return c->parsed = !diag_failed(c->diag);
}

/* Are symbols written, or a text that names the network? */
static bool writes_name(const struct compilation *c)
{
    const struct options *o = &c->options;
    if (o->emit_given && (o->emit == EMIT_TRAIN || o->emit == EMIT_CNN))
        return !compilation_learns(c);
    return compilation_wants_code(c);
}

/* What the network is called if neither the command line nor its text says so: as the file that is written, so that
 * symbols of two files differ, else as the one that is read. */
static const char *default_name(const struct compilation *c)
{
    static const char training[] = "_train";
    const char *output = c->options.output;
    if (!output || !writes_name(c) || strcmp(output, "-") == 0 || path_is_special(output))
        return is_standard_input(c) ? "network" : path_stem(c->arena, c->options.input);
    const char *stem = path_stem(c->arena, output);
    size_t length = strlen(stem), tail = sizeof training - 1;
    bool trainer = c->options.emit_given && c->options.emit == EMIT_TRAIN && length > tail &&
                   strcmp(stem + length - tail, training) == 0;
    return trainer ? arena_copy(c->arena, stem, length - tail) : stem;
}

bool pass_expand(struct compilation *c)
{
    if (!c->ast)
        return true;
    const char *stem = default_name(c);
    c->expansion = expand_traced(c->arena, c->diag, c->source, c->ast, c->options.defines, c->options.name, stem,
                                 c->trace);
    c->graph = c->expansion ? c->expansion->graph : NULL;
    return c->graph != NULL;
}

/* For a model, -D NAME=VALUE sets a symbolic dimension, whose name may hold a '='. */
static bool read_dimensions(struct compilation *c, struct onnx_options *options)
{
    struct VEC(struct onnx_dimension) dimensions = {0};
    for (const struct define *d = c->options.defines; d; d = d->next) {
        const char *word = arena_printf(c->arena, "%s=%s", d->name, d->value), *equals = strrchr(word, '=');
        char *end;
        long long value = strtoll(equals + 1, &end, 10);
        if (*end || value < 1) {
            diag_report_file(c->diag, CHECK_ARGUMENT, NULL, "-D %s: a dimension must be a whole number of at least 1",
                             word);
            return false;
        }
        const char *name = arena_copy(c->arena, word, (size_t)(equals - word));
        VEC_PUSH(c->arena, &dimensions, ((struct onnx_dimension){name, value}));
    }
    options->dimensions = dimensions.items;
    options->dimension_count = dimensions.count;
    return true;
}

static bool import_tflite(struct compilation *c)
{
    const struct define *define = c->options.defines;
    bool integers = false;
    if (define) {
        diag_report_file(c->diag, CHECK_UNKNOWN_NAME, c->options.input,
                         "-D %s=%s: dimensions have no names in a TensorFlow Lite model", define->name, define->value);
        return false;
    }
    c->graph = tflite_import(c->arena, c->diag, c->options.input, c->options.name, &c->weights, &integers);
    c->options.io_integers = c->options.io_integers || integers;
    return c->graph != NULL;
}

bool pass_import(struct compilation *c)
{
    struct onnx_options options = {.name = c->options.name};
    const enum format format = format_of(c);
    if (format == FORMAT_TEXT)
        return true;
    if (!options.name)
        options.name = default_name(c);
    diag_set_path(c->diag, c->options.input);
    if (!path_exists(c->options.input))
        return compilation_file_fault(c, c->options.input, "No such file or directory");
    if (format == FORMAT_ONNX && !read_dimensions(c, &options))
        return false;
    struct progress progress = progress_begin("reading the model", 0);
    if (format == FORMAT_ONNX)
        c->graph = onnx_import(c->arena, c->diag, c->options.input, &options, &c->weights);
    else if (!import_tflite(c))
        c->graph = NULL;
    progress_end(&progress);
    return c->graph != NULL;
}

bool pass_check(struct compilation *c)
{
    check_graph(c->arena, c->diag, c->graph);
    if (c->expansion)
        expect_graph(c->diag, c->expansion);
    return !diag_failed(c->diag);
}
