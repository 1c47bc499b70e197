/* One run of cnnc: what the passes read and write, and the passes themselves, in their order. A pass
 * goes on to the next one if it returns true; otherwise the run ends with `status`. */
#ifndef CNNC_COMPILATION_H
#define CNNC_COMPILATION_H

#include "base/diag.h"
#include "base/files.h"
#include "cli/options.h"
#include "expand/trace.h"
#include "plan/plan.h"

enum { STATUS_DONE = 0, STATUS_NETWORK = 1, STATUS_USAGE = 2, STATUS_FAULT = 70 };

struct compilation {
    struct arena *arena;
    struct diag *diag;
    struct options options;
    const char *program; /* argv[0] */
    const char *text;    /* an editor's, in the place of the input file's; NULL: none */
    size_t text_length;
    const struct source *source; /* NULL for a model */
    const struct ast *ast;
    bool parsed;                 /* without an error */
    struct trace *trace;         /* for an editor; or NULL */
    struct expansion *expansion; /* NULL for a model */
    struct graph *graph;
    struct weights *weights;     /* NULL: none were given */
    struct types *types;         /* of a quantised network; NULL: it computes in floats */
    bool weights_on_trial;       /* made up for --verify, not to be written */
    bool weights_opened;         /* by pass_thin, which needs them early */
    struct thinned *thinned;     /* what is planned, if some channels cannot vary; NULL: the graph */
    const struct tuning *tuning; /* NULL: the model of cost chooses between kernels */
    struct plan *plan;           /* NULL: none is needed */
    int status;
};

/* passes/read.c: from the file to the checked graph. */
bool pass_read(struct compilation *c);
bool pass_parse(struct compilation *c);
bool pass_expand(struct compilation *c);
bool pass_import(struct compilation *c);
bool pass_check(struct compilation *c);

/* The other files of passes/, each named after its pass: from the graph to files. */
bool pass_types(struct compilation *c);
bool pass_compare(struct compilation *c);
bool pass_thin(struct compilation *c);
bool pass_tune(struct compilation *c);
bool pass_plan(struct compilation *c);
bool pass_report(struct compilation *c);
bool pass_targets(struct compilation *c);
bool pass_weights(struct compilation *c);
bool pass_quantise(struct compilation *c);
bool pass_export(struct compilation *c);
bool pass_maps(struct compilation *c);
bool pass_train(struct compilation *c);
bool pass_learn(struct compilation *c);
bool pass_verify(struct compilation *c);
bool pass_code(struct compilation *c);

/* passes/tune.c: --tune=machine. */
bool tune_machine(struct compilation *c);

/* Ends the run. */
bool compilation_stop(struct compilation *c, int status);
/* Reports that a file cannot be read or written (path NULL: the network's). */
bool compilation_file_fault(struct compilation *c, const char *path, const char *error);

/* Do the options ask for a check, a summary or an explanation, and for no file? */
bool compilation_only_reports(const struct compilation *c);
/* Is the network to be trained, or tested on data? */
bool compilation_learns(const struct compilation *c);
/* Prints the messages so far; those that follow are printed in the end. */
void compilation_print(struct compilation *c);
/* Do the options ask for C or packed weights? */
bool compilation_wants_code(const struct compilation *c);
/* Does anything that is asked for need a plan? */
bool compilation_wants_plan(const struct compilation *c);
/* What is planned, and the numbers that its code reads. */
const struct graph *compilation_planned(const struct compilation *c);
const struct weights *compilation_packed(const struct compilation *c);
/* Is every number of the network known, from a file, an initialisation or the text? */
bool compilation_has_weights(const struct compilation *c);
/* Reports that `what` needs them where they are not. */
bool compilation_needs_weights(struct compilation *c, const char *what);

#endif
