/* The pass that writes a network in another form: as an ONNX model, or as a text in the language. */
#include <string.h>
#include <unistd.h>

#include "cli/tell.h"
#include "compilation.h"
#include "emit/m4.h"
#include "models/onnx/onnx.h"

#include "passes/outputs.h"
#include "pytorch/pytorch.h"
#include "report/format.h"
#include "text/write.h"
#include "weights/weights.h"

/* A text in its canonical form, which may take the text's own place. */
static bool export_canonical(struct compilation *c)
{
    const char *text = report_format(c->arena, c->source, c->ast);
    if (!output_spares(c, c->options.output, c->options.weights) || !output_write_text(c, text, strlen(text)))
        return false;
    tell_report(c);
    return true;
}

/* A model as text and its numbers, in two files. */
static bool export_pair(struct compilation *c, const char *text, const char *path)
{
    const char *numbers = path_with_ending(c->arena, path, ".safetensors"), *error;
    struct output_set set = {.count = 0};
    if (!output_set_is_free(c, &set, numbers))
        return false;
    struct output *output = weights_put_safetensors(c->arena, c->weights, c->graph, numbers, &error);
    if (!output)
        return compilation_file_fault(c, numbers, error);
    output_set_add(&set, output);
    if (!output_set_add_text(c, &set, path, text))
        return output_set_discard(&set);
    if (!output_set_commit(c, &set))
        return false;
    tell_text(c, path, numbers);
    return true;
}

/* A model as text; its numbers go beside it if the text goes to a file. */
static bool export_text(struct compilation *c)
{
    const char *path = c->options.output, *text = graph_to_text(c->arena, c->diag, c->graph);
    bool numbered = c->weights && (c->graph->weight_count || weights_named_count(c->weights));
    if (!text)
        return false;
    if (numbered && !output_is_standard(path))
        return export_pair(c, text, path);
    if (!output_spares_inputs(c, path) || !output_write_text(c, text, strlen(text)))
        return false;
    if (output_is_standard(path))
        tell_text_alone(numbered);
    else
        tell_text(c, path, NULL);
    return true;
}

static bool export_model(struct compilation *c)
{
    if (!compilation_needs_weights(c, "--emit=onnx"))
        return false;
    const char *path = output_name(c, ".onnx");
    if (output_is_standard(path) && isatty(STDOUT_FILENO))
        return compilation_file_fault(c, "standard output",
                                      "it is a terminal, and a model is binary: use -o FILE.onnx");
    if (!output_spares_inputs(c, path) || !onnx_export(c->arena, c->diag, c->graph, c->weights, c->types, path))
        return false;
    tell_model(c, path);
    return true;
}

/* A Python module. Its text is made of what it needs of a template; numbers stay where they are. */
static bool export_module(struct compilation *c)
{
    enum { MAX_PARTS = 1 << 20 };
    const char *templates = emit_find_templates(c->arena, c->diag, c->program), *error;
    const char *path = templates ? arena_printf(c->arena, "%s/pytorch/parts.py", templates) : NULL;
    size_t length;
    if (!templates)
        return compilation_stop(c, STATUS_USAGE);
    const char *parts = file_read(c->arena, path, MAX_PARTS, &length, &error);
    if (!parts)
        return compilation_file_fault(c, path, error);
    const char *text = pytorch_text(c->arena, c->diag, c->graph, parts);
    if (!text || !output_spares_inputs(c, c->options.output) || !output_write_text(c, text, strlen(text)))
        return false;
    tell_report(c);
    return true;
}

bool pass_export(struct compilation *c)
{
    bool written;
    if (!c->options.emit_given)
        return true;
    switch (c->options.emit) {
    case EMIT_CNN: written = c->ast ? export_canonical(c) : export_text(c); break;
    case EMIT_ONNX: written = export_model(c); break;
    case EMIT_PYTORCH: written = export_module(c); break;
    default: return true;
    }
    return written && compilation_stop(c, STATUS_DONE);
}
