/* cnnc: the program. It reads the options and runs the passes, one line a pass. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/files.h"
#include "check/check.h"
#include "expand/expand.h"
#include "onnx/onnx.h"
#include "options.h"
#include "report/format.h"
#include "report/report.h"

enum { EXIT_DONE = 0, EXIT_NETWORK = 1, EXIT_USAGE = 2, EXIT_FAULT = 70, MAX_SOURCE_BYTES = 16 << 20 };

struct compilation {
    struct arena *arena;
    struct diag *diag;
    struct options options;
    const struct source *source;
    const struct ast *ast;
    struct expansion *expansion; /* NULL for a model that was imported */
    struct graph *graph;
    struct weights *weights;
    int status;
};

/* A pass goes on to the next one if it returns true. */
typedef bool pass(struct compilation *c);

static bool stop(struct compilation *c, int status)
{
    c->status = status;
    return false;
}

static bool file_fault(struct compilation *c, const char *path, const char *error)
{
    diag_report_file(c->diag, CHECK_FILE, path, "%s", error);
    return stop(c, EXIT_USAGE);
}

static bool is_onnx(const struct compilation *c)
{
    const char *path = c->options.input;
    size_t length = strlen(path);
    return length > 5 && strcmp(path + length - 5, ".onnx") == 0;
}

static bool read_source(struct compilation *c)
{
    const char *path = c->options.input, *error;
    size_t length;
    if (is_onnx(c))
        return true;
    char *bytes = file_read(c->arena, path, MAX_SOURCE_BYTES, &length, &error);
    if (!bytes)
        return file_fault(c, strcmp(path, "-") == 0 ? "standard input" : path, error);
    c->source = source_new(c->arena, strcmp(path, "-") == 0 ? "standard input" : path, bytes, length);
    diag_set_source(c->diag, c->source);
    return true;
}

static bool parse(struct compilation *c)
{
    if (c->source)
        c->ast = grammar_parse(c->arena, c->source, c->diag);
    return !diag_failed(c->diag);
}

static bool expand(struct compilation *c)
{
    if (!c->ast)
        return true;
    const char *stem = strcmp(c->options.input, "-") == 0 ? "network" : path_stem(c->arena, c->options.input);
    c->expansion = expand_network(c->arena, c->diag, c->source, c->ast, c->options.defines, c->options.name, stem);
    c->graph = c->expansion ? c->expansion->graph : NULL;
    return c->graph != NULL;
}

static bool check(struct compilation *c)
{
    check_graph(c->arena, c->diag, c->graph);
    if (c->expansion)
        expect_graph(c->diag, c->expansion);
    return !diag_failed(c->diag);
}

static bool write_text(struct compilation *c, const char *text, size_t length)
{
    const char *path = c->options.output ? c->options.output : "-", *error;
    return file_write(c->arena, path, text, length, &error) || file_fault(c, path, error);
}

static bool report_emitted(struct compilation *c, const struct report_totals *totals)
{
    struct text out = text_new(c->arena);
    const char *error;
    switch (c->options.emit) {
    case EMIT_JSON: report_json(c->graph, totals, &out); break;
    case EMIT_DOT: report_dot(c->graph, &out); break;
    case EMIT_CNN: text_add(&out, report_format(c->arena, c->source, c->ast)); break;
    case EMIT_SVG:
        if (!report_svg(c->graph, &out, &error))
            return file_fault(c, NULL, error);
        break;
    default: return true;
    }
    return write_text(c, out.bytes, out.length) && stop(c, EXIT_DONE);
}

/* What is asked of the graph alone. */
static bool report(struct compilation *c)
{
    const struct options *o = &c->options;
    struct report_totals totals = {.has_plan = false};
    struct text out = text_new(c->arena);
    const char *error;
    if (o->summary)
        report_summary(c->graph, &totals, REPORT_WIDTH, &out);
    if (o->explain && !report_explain(c->graph, o->explain_layer, NULL, &out, &error))
        return file_fault(c, NULL, error);
    if (out.length && fwrite(out.bytes, 1, out.length, stdout) != out.length)
        return file_fault(c, "standard output", "cannot be written");
    if (o->emit_given)
        return report_emitted(c, &totals);
    return !(o->check || o->summary || o->explain);
}

static bool run(struct compilation *c)
{
    static pass *const passes[] = {
        read_source,
        parse,
        expand,
        check,
        report,
    };
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        if (!passes[i](c))
            return false;
    return true;
}

static void on_signal(int number)
{
    files_discard_pending();
    signal(number, SIG_DFL);
    raise(number);
}

static int usage(struct compilation *c, const char *error)
{
    (void)c;
    fputs(error, stderr);
    return EXIT_USAGE;
}

static int help(struct compilation *c)
{
    struct text text = text_new(c->arena);
    bool known = options_help(c->arena, c->options.help_topic, &text);
    fputs(text.bytes, known ? stdout : stderr);
    return known ? EXIT_DONE : EXIT_USAGE;
}

static int compile(struct compilation *c)
{
    c->diag = diag_new(c->arena);
    options_apply_warnings(&c->options, c->diag);
    run(c);
    if (c->status == EXIT_DONE && diag_failed(c->diag))
        c->status = EXIT_NETWORK;
    struct diag_style style = {options_color(&c->options, STDERR_FILENO), c->options.json_diagnostics, true};
    diag_print(c->diag, stderr, style);
    return c->status;
}

int main(int argc, char **argv)
{
    struct compilation c = {.arena = arena_new()};
    const char *error;
    int status;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    if (!options_read(c.arena, argc, argv, &c.options, &error))
        status = usage(&c, error);
    else if (c.options.help)
        status = help(&c);
    else if (c.options.version)
        status = puts("cnnc " CNNC_VERSION) < 0 ? EXIT_USAGE : EXIT_DONE;
    else
        status = compile(&c);
    arena_free(c.arena);
    return status;
}
