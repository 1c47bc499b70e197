/* The passes behind the checked graph: plan, reports, weights, code, files. Nothing is written before
 * all of it exists, and each file takes its name only when it is whole. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "compilation.h"
#include "emit/emit.h"
#include "emit/m4.h"
#include "emit/program.h"
#include "emit/words.h"
#include "models/onnx/onnx.h"
#include "optimise/ops.h"
#include "pack/pack.h"
#include "report/format.h"
#include "report/report.h"
#include "tell.h"
#include "text/write.h"
#include "verify/verify.h"
#include "weights/weights.h"

/* ---- the plan ---- */

static bool wants_code(const struct compilation *c)
{
    const struct options *o = &c->options;
    if (o->emit_given)
        return o->emit == EMIT_C || o->emit == EMIT_MAIN || o->emit == EMIT_CNNW;
    return o->verify || !(o->check || o->summary || o->explain);
}

static bool wants_numbers(const struct compilation *c)
{
    return wants_code(c) || c->options.summary || c->options.explain || c->options.trace ||
           (c->options.emit_given && c->options.emit == EMIT_JSON) || (c->expansion && expect_needs_plan(c->expansion));
}

static void trace(const struct compilation *c, const char *pass, const struct text *text)
{
    if (c->options.trace && strcmp(c->options.trace, pass) == 0)
        fwrite(text->bytes, 1, text->length, stdout);
}

bool pass_plan(struct compilation *c)
{
    struct plan_options options = {.winograd = !c->options.no_winograd};
    struct text text = text_new(c->arena);
    if (!wants_numbers(c))
        return true;
    target_named(c->options.target, &options.target);
    struct op_list *list = optimise(c->arena, c->graph);
    op_list_print(list, &text);
    trace(c, "optimise", &text);
    c->plan = plan_make(c->arena, c->diag, list, options);
    if (!c->plan)
        return false;
    text = text_new(c->arena);
    plan_print(c->plan, &text);
    trace(c, "plan", &text);
    if (c->expansion)
        expect_plan(c->diag, c->expansion, c->plan->arena_bytes + c->plan->scratch_bytes, c->plan->weight_bytes);
    return !diag_failed(c->diag);
}

/* ---- where files go ---- */

/* What cnnc reads it does not write over; only a text may be brought into its canonical form where it stands. */
static bool keeps_inputs(struct compilation *c, const char *path)
{
    const char *const inputs[] = {c->options.input, c->options.weights};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        if (inputs[i] && strcmp(inputs[i], "-") != 0 && path_takes_place(path, inputs[i]))
            return compilation_file_fault(c, path,
                                          "the output would take the place of what is read: name another, -o FILE");
    return true;
}

/* ---- reports ---- */

static bool write_text(struct compilation *c, const struct text *text)
{
    const char *path = c->options.output ? c->options.output : "-", *error;
    if (c->options.emit != EMIT_CNN && !keeps_inputs(c, path))
        return false;
    return file_write(c->arena, path, text->bytes, text->length, &error) || compilation_file_fault(c, path, error);
}

static struct report_totals totals_of(const struct compilation *c)
{
    struct report_totals totals = {.has_plan = c->plan != NULL};
    if (c->plan) {
        totals.weight_bytes = c->plan->weight_bytes;
        totals.arena_bytes = c->plan->arena_bytes;
        totals.arena_lower_bound = c->plan->arena_lower_bound;
    }
    return totals;
}

/* For --explain: what the plan chose for a layer. */
static const char *code_of(void *data, const struct node *node)
{
    const struct plan *plan = data;
    for (size_t i = 0; i < plan->steps.count; i++)
        if (plan->steps.items[i]->op->node == node && plan->steps.items[i]->why)
            return plan->steps.items[i]->why;
    return NULL;
}

static bool report_kind(struct compilation *c, const struct report_totals *totals)
{
    struct text out = text_new(c->arena);
    const char *error;
    switch (c->options.emit) {
    case EMIT_JSON: report_json(c->graph, totals, &out); break;
    case EMIT_DOT: report_dot(c->graph, &out); break;
    case EMIT_CNN:
        if (!c->ast)
            return true; /* pass_export writes a model as text */
        text_add(&out, report_format(c->arena, c->source, c->ast));
        break;
    case EMIT_SVG:
        if (!report_svg(c->graph, &out, &error))
            return compilation_file_fault(c, NULL, error);
        break;
    default: return true;
    }
    if (!write_text(c, &out))
        return false;
    tell_report(c);
    return compilation_stop(c, STATUS_DONE);
}

bool pass_report(struct compilation *c)
{
    const struct options *o = &c->options;
    struct report_totals totals = totals_of(c);
    struct text out = text_new(c->arena);
    const char *error;
    if (o->summary)
        report_summary(c->graph, &totals, REPORT_WIDTH, &out);
    struct report_code code = {code_of, c->plan};
    if (o->explain && !report_explain(c->graph, o->explain_layer, c->plan ? &code : NULL, &out, &error)) {
        diag_report_file(c->diag, CHECK_LABEL, NULL, "%s", error);
        return false;
    }
    if (out.length && !file_write(c->arena, "-", out.bytes, out.length, &error))
        return compilation_file_fault(c, "standard output", error);
    if (o->emit_given && !report_kind(c, &totals))
        return false;
    bool only_reports = (o->check || o->summary || o->explain) && !o->emit_given && !o->verify;
    return !only_reports || compilation_stop(c, STATUS_DONE);
}

/* ---- weights ---- */

bool pass_weights(struct compilation *c)
{
    const struct options *o = &c->options;
    if (o->weights)
        c->weights = weights_open(c->arena, c->diag, c->graph, o->weights, o->match);
    else if (o->init_given)
        c->weights = weights_initial(c->arena, c->graph, o->init, o->seed);
    else if (!c->weights && o->verify)
        c->weights = weights_initial(c->arena, c->graph, INIT_HE, 1);
    return !diag_failed(c->diag);
}

static bool weights_needed(struct compilation *c, const char *what)
{
    if (c->weights || (c->plan && pack_all_literal(c->plan)) || (!c->plan && c->graph->params == 0))
        return true;
    struct message *m = diag_report_file(c->diag, CHECK_WEIGHTS, NULL, "%s needs the network's weights", what);
    message_help(m, "--weights=FILE takes them from a .safetensors or .npz file; --init=he:1 makes them up");
    return false;
}

/* ---- files that take their names together: old code never meets new weights ---- */

struct outputs {
    struct output *items[3];
    size_t count;
};

/* Is the place neither an input's nor another output's? */
static bool is_free(struct compilation *c, const struct outputs *outputs, const char *path)
{
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(output_path(outputs->items[i]), path) == 0)
            return compilation_file_fault(c, path, "two files would have this name: give the output another, -o FILE");
    return keeps_inputs(c, path);
}

static bool add_text(struct compilation *c, struct outputs *outputs, const char *path, const char *text)
{
    const char *error;
    if (!is_free(c, outputs, path))
        return false;
    struct output *output = output_open(c->arena, path, &error);
    if (!output)
        return compilation_file_fault(c, path, error);
    output_write(output, text, strlen(text)); /* committing tells what failed */
    outputs->items[outputs->count++] = output;
    return true;
}

static bool commit(struct compilation *c, struct outputs *outputs)
{
    const char *error;
    struct output *failed = outputs_commit(outputs->items, outputs->count, &error);
    return !failed || compilation_file_fault(c, output_path(failed), error);
}

static bool discard(struct outputs *outputs)
{
    for (size_t i = 0; i < outputs->count; i++)
        output_discard(outputs->items[i]);
    return false;
}

/* ---- models ---- */

/* A model as text, and its numbers beside it if the text goes to a file. */
static bool export_text(struct compilation *c)
{
    const char *path = c->options.output, *text = graph_to_text(c->arena, c->diag, c->graph), *numbers = NULL, *error;
    bool numbered = c->weights && c->graph->weight_count;
    if (!text)
        return false;
    if (!path || strcmp(path, "-") == 0) {
        if (!file_write(c->arena, "-", text, strlen(text), &error))
            return compilation_file_fault(c, "standard output", error);
        tell_text_alone(numbered);
        return true;
    }
    struct outputs outputs = {.count = 0};
    if (numbered) {
        numbers = path_with_ending(c->arena, path, ".safetensors");
        struct output *output = NULL;
        if (!is_free(c, &outputs, numbers))
            return false;
        output = weights_put_safetensors(c->arena, c->weights, c->graph, numbers, &error);
        if (!output)
            return compilation_file_fault(c, numbers, error);
        outputs.items[outputs.count++] = output;
    }
    if (!add_text(c, &outputs, path, text))
        return discard(&outputs);
    if (!commit(c, &outputs))
        return false;
    tell_text(c, path, numbers);
    return true;
}

bool pass_export(struct compilation *c)
{
    const struct options *o = &c->options;
    if (!o->emit_given || (o->emit != EMIT_ONNX && o->emit != EMIT_CNN))
        return true;
    if (o->emit == EMIT_CNN)
        return export_text(c) && compilation_stop(c, STATUS_DONE);
    if (!weights_needed(c, "--emit=onnx"))
        return false;
    const char *path = o->output ? o->output
                                 : arena_printf(c->arena, "%s.onnx", emit_identifier(c->arena, c->graph->name));
    if (strcmp(path, "-") == 0 && isatty(STDOUT_FILENO))
        return compilation_file_fault(c, "standard output", "it is a terminal, and a model is no text: -o FILE.onnx");
    if (!keeps_inputs(c, path) || !onnx_export(c->arena, c->diag, c->graph, c->weights, path))
        return false;
    tell_model(c, path);
    return compilation_stop(c, STATUS_DONE);
}

/* ---- code ---- */

/* Where the weights go: into a file of their own, or (*embed) into the C. */
static bool place_weights(struct compilation *c, struct code_files *files, bool *embed)
{
    bool have = c->weights || pack_all_literal(c->plan);
    int wanted = c->options.embed == EMBED_AUTO ? -1 : c->options.embed == EMBED_YES;
    *embed = false;
    if (c->plan->weight_bytes == 0)
        return true;
    if ((wanted > 0 && !weights_needed(c, "--embed=yes")) || !emit_embeds(c->diag, c->plan, wanted, have, embed))
        return false;
    if (!*embed && have)
        files->packed = path_with_ending(c->arena, files->source, ".cnnw");
    return true;
}

static bool emit_texts(struct compilation *c, const struct code_files *files, bool embed, struct text *source,
                       struct text *header)
{
    const char *name = emit_identifier(c->arena, c->graph->name);
    struct emission emission = {.arena = c->arena,
                                .diag = c->diag,
                                .plan = c->plan,
                                .weights = c->weights,
                                .embed = embed,
                                .name = name,
                                .header_name = path_base(files->header),
                                .version = CNNC_VERSION,
                                .program = c->program};
    int status = emit_c(&emission, source, header);
    if (status)
        return compilation_stop(c, status);
    if (!files->with_main)
        return true;
    const char *templates = emit_find_templates(c->arena, c->diag, c->program);
    return (templates && emit_program(c->arena, c->diag, templates, name, source)) || compilation_stop(c, STATUS_USAGE);
}

static bool add_weights(struct compilation *c, struct outputs *outputs, const char *path)
{
    if (path && !is_free(c, outputs, path))
        return false;
    struct output *output = path ? pack_write(c->arena, c->diag, c->plan, c->weights, path) : NULL;
    if (output)
        outputs->items[outputs->count++] = output;
    return output || !path;
}

/* Can the header's name stand between the quotes of #include? Compilers warn of marks that turn the direction of
 * writing, U+202A to U+202E and U+2066 to U+2069. */
static bool includes(const char *name)
{
    for (const char *p = name; *p; p++) {
        bool turns = (strncmp(p, "\xE2\x80", 2) == 0 && strchr("\xAA\xAB\xAC\xAD\xAE", p[2])) ||
                     (strncmp(p, "\xE2\x81", 2) == 0 && strchr("\xA6\xA7\xA8\xA9", p[2]));
        if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ' || *p == 0x7F || strncmp(p, "??", 2) == 0 || turns)
            return false;
    }
    return true;
}

static bool emit_files(struct compilation *c, struct code_files *files)
{
    struct text source = text_new(c->arena), header = text_new(c->arena);
    struct outputs outputs = {.count = 0};
    bool embed;
    files->header = path_with_ending(c->arena, files->source, ".h");
    if (!includes(path_base(files->header)))
        return compilation_file_fault(c, files->header, "no #include can name such a file");
    if (!place_weights(c, files, &embed) || !emit_texts(c, files, embed, &source, &header))
        return false;
    bool written = add_weights(c, &outputs, files->packed) && add_text(c, &outputs, files->header, header.bytes) &&
                   add_text(c, &outputs, files->source, source.bytes);
    return written ? commit(c, &outputs) : discard(&outputs);
}

/* ---- the pass ---- */

bool pass_emit(struct compilation *c)
{
    const struct options *o = &c->options;
    const char *name = emit_identifier(c->arena, c->graph->name);
    if (!wants_code(c) || (o->verify && !o->emit_given && !o->output))
        return true;
    if (o->output && strcmp(o->output, "-") == 0)
        return compilation_file_fault(c, "standard output", "code and packed weights go to files: -o FILE");
    if (o->output && path_is_special(o->output)) /* others would come to lie beside it */
        return compilation_file_fault(c, o->output, "code and packed weights go to files, which this is none of");
    if (o->emit_given && o->emit == EMIT_CNNW) {
        const char *path = o->output ? o->output : arena_printf(c->arena, "%s.cnnw", name);
        if (!weights_needed(c, "--emit=cnnw") || !keeps_inputs(c, path) ||
            !pack_write_file(c->arena, c->diag, c->plan, c->weights, path))
            return false;
        tell_packed(c, path);
        return true;
    }
    struct code_files files = {.source = o->output ? o->output : arena_printf(c->arena, "%s.c", name),
                               .with_main = o->emit_given && o->emit == EMIT_MAIN};
    if (!emit_files(c, &files))
        return false;
    tell_code(c, &files);
    return true;
}

/* ---- verification: of a copy in a folder of its own ---- */

static bool verify_in(struct compilation *c, const char *folder)
{
    const char *name = emit_identifier(c->arena, c->graph->name), *error;
    struct text table = text_new(c->arena);
    struct code_files files = {.with_main = false};
    const char *endings[] = {".h", ".cnnw", ".c"};
    for (size_t i = 0; i < 3; i++) {
        files.source = temporary_file(c->arena, folder, arena_printf(c->arena, "%s%s", name, endings[i]), &error);
        if (!files.source)
            return compilation_file_fault(c, folder, error);
    }
    if (!emit_files(c, &files))
        return false;
    struct verify_code code = {files.source, arena_printf(c->arena, "%s_model", name), files.packed,
                               emit_find_templates(c->arena, c->diag, c->program)};
    bool right = code.templates && verify_network(c->arena, c->diag, c->plan, c->weights, &code, &table);
    fwrite(table.bytes, 1, table.length, stdout);
    return right;
}

bool pass_verify(struct compilation *c)
{
    const char *error;
    if (!c->options.verify)
        return true;
    const char *folder = temporary_folder(c->arena, &error);
    if (!folder)
        return compilation_file_fault(c, "the temporary folder", error);
    bool right = verify_in(c, folder);
    temporary_remove(folder);
    return right;
}
