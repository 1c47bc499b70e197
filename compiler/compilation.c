/* How a run ends, and what several passes ask of it. */
#include "compilation.h"

#include <stdio.h>
#include <unistd.h>

#include "pack/pack.h"
#include "thin/thin.h"

bool compilation_stop(struct compilation *c, int status)
{
    c->status = status;
    return false;
}

bool compilation_file_fault(struct compilation *c, const char *path, const char *error)
{
    diag_report_file(c->diag, CHECK_FILE, path, "%s", error);
    return compilation_stop(c, STATUS_USAGE);
}

bool compilation_only_reports(const struct compilation *c)
{
    const struct options *o = &c->options;
    return (o->check || o->summary || o->explain || o->trace) && !o->emit_given && !o->verify && !o->quantize &&
           !compilation_learns(c);
}

bool compilation_learns(const struct compilation *c)
{
    return c->options.train || c->options.test;
}

void compilation_print(struct compilation *c)
{
    struct diag_style style = {options_color(&c->options, STDERR_FILENO), c->options.json_diagnostics, true};
    diag_print(c->diag, stderr, style);
    const struct source *source = diag_source(c->diag);
    const char *path = diag_path(c->diag);
    c->diag = diag_new(c->arena);
    options_apply_warnings(&c->options, c->diag);
    diag_set_source(c->diag, source);
    diag_set_path(c->diag, path);
}

bool compilation_wants_code(const struct compilation *c)
{
    if (compilation_learns(c) || c->options.verify_training || c->options.quantize || c->options.compare ||
        c->options.maps.count)
        return false;
    return c->options.emit_given ? emits_code(c->options.emit) : !compilation_only_reports(c);
}

const struct graph *compilation_planned(const struct compilation *c)
{
    return c->thinned ? c->thinned->graph : c->graph;
}

const struct weights *compilation_packed(const struct compilation *c)
{
    return c->thinned ? c->thinned->weights : c->weights;
}

bool compilation_has_weights(const struct compilation *c)
{
    return c->weights || (c->plan ? pack_all_literal(c->plan) : c->graph->params == 0);
}

bool compilation_needs_weights(struct compilation *c, const char *what)
{
    if (compilation_has_weights(c))
        return true;
    struct message *m = diag_report_file(c->diag, CHECK_WEIGHTS, NULL, "%s needs the network's weights", what);
    message_help(m, "--weights=FILE takes them from a .safetensors or .npz file; --init=he:1 makes them up");
    return false;
}
