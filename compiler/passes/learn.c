/* The pass that trains and tests: it writes training code into a temporary folder, has it compiled and run, and hands
 * it the options and the weights. The program does the rest (runtime/train). */
#include "learn/learn.h"

#include <stdio.h>
#include <string.h>

#include "base/process.h"
#include "cli/tell.h"
#include "emit/m4.h"
#include "emit/words.h"
#include "passes/outputs.h"
#include "passes/train.h"
#include "plan/targets.h"
#include "plan/train/train_plan.h"
#include "recipe.h"
#include "weights/weights.h"

/* Temporary files. */
struct learn_files {
    const char *source, *program, *log, *weights, *status;
};

static bool name_files(struct compilation *c, const char *folder, struct learn_files *files)
{
    const char *error = NULL, *name = emit_identifier(c->arena, c->graph->name);
    temporary_file(c->arena, folder, arena_printf(c->arena, "%s_train.h", name), &error);
    files->source = temporary_file(c->arena, folder, arena_printf(c->arena, "%s_train.c", name), &error);
    files->program = temporary_file(c->arena, folder, name, &error);
    files->status = temporary_file(c->arena, folder, "status.txt", &error); /* no network has a dot in its name */
    files->log = temporary_file(c->arena, folder, "log.txt", &error);
    files->weights = temporary_file(c->arena, folder, "weights.safetensors", &error);
    return !error || compilation_file_fault(c, folder, error);
}

/* The program says more; but not before it is compiled. "DATA:10%" is DATA. */
static bool data_exists(struct compilation *c, const char *data)
{
    const char *colon = data ? strrchr(data, ':') : NULL;
    if (!data || path_exists(data) || (colon && path_exists(arena_copy(c->arena, data, (size_t)(colon - data)))))
        return true;
    return compilation_file_fault(c, data, "there is no such file or folder to take data from");
}

/* "net" for -o net.safetensors, too; "runs/net" for -o runs/. */
static const char *name_of_outputs(struct compilation *c)
{
    static const char ending[] = ".safetensors";
    const char *name = output_name(c, "");
    size_t length = strlen(name), tail = sizeof ending - 1;
    if (length && name[length - 1] == '/')
        return arena_printf(c->arena, "%s%s", name, emit_identifier(c->arena, c->graph->name));
    bool ends = length > tail && name[length - tail - 1] != '/' && strcmp(name + length - tail, ending) == 0;
    return ends ? arena_copy(c->arena, name, length - tail) : name;
}

static bool open_weights(struct compilation *c)
{
    const struct options *o = &c->options;
    struct weight_gaps gaps = {0};
    c->weights = o->train ? weights_open_some(c->arena, c->diag, c->graph, o->weights, o->match, &gaps)
                          : weights_open(c->arena, c->diag, c->graph, o->weights, o->match);
    if (c->weights)
        tell_gaps(c, &gaps);
    return c->weights;
}

/* The weights that the program begins with; files->weights becomes NULL if there are none. */
static bool place_weights(struct compilation *c, struct learn_files *files)
{
    const char *error;
    if ((c->options.weights && !open_weights(c)) || (!c->options.train && !compilation_needs_weights(c, "--test")))
        return false;
    if (!c->weights || c->options.resume)
        files->weights = NULL;
    else if (!weights_write_safetensors(c->arena, c->weights, c->graph, files->weights, &error))
        return compilation_file_fault(c, files->weights, error);
    return true;
}

/* The outputs have a folder, and spare the file of weights. */
static bool outputs_are_free(struct compilation *c, const char *name)
{
    static const char *const endings[] = {".safetensors", ".checkpoint", ".train.jsonl", ".train.svg", ".filters.svg"};
    const char *folder = path_folder(c->arena, name);
    if (c->options.train && *folder && !path_exists(folder)) {
        struct message *m = diag_report_file(c->diag, CHECK_FILE, folder,
                                             "there is no such folder for what is learned");
        message_help(m, "make it before: mkdir -p %s", folder);
        return compilation_stop(c, STATUS_USAGE);
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings && c->options.train; i++)
        if (!output_spares_inputs(c, arena_printf(c->arena, "%s%s", name, endings[i])))
            return false;
    return true;
}

static bool build(struct compilation *c, const struct learn_files *files)
{
    const char *templates = emit_find_templates(c->arena, c->diag, c->program);
    struct learn_place place;
    struct learn_build build = {.source = files->source, .program = files->program, .log = files->log};
    if (!templates || !learn_find(c->arena, c->diag, c->program, templates, &place))
        return false;
    if (!c->options.target)
        c->options.target = "native";
    build.mpi = c->options.processes > 0;
    build.exact = !target_is_fast(target_named(c->options.target));
    return train_write(c, files->source) && learn_compile(c->arena, c->diag, &place, &build);
}

static const char **command(struct compilation *c, const struct learn_files *files, const char *name, size_t *length)
{
    enum { MOST = 12 };
    const struct options *o = &c->options;
    const char **words = ARENA_ARRAY(c->arena, const char *, MOST);
    size_t count = 0;
    words[count++] = files->program;
    if (o->train)
        words[count++] = arena_printf(c->arena, "--train=%s", o->train);
    if (o->test)
        words[count++] = arena_printf(c->arena, "--test=%s", o->test);
    if (files->weights)
        words[count++] = arena_printf(c->arena, "--weights=%s", files->weights);
    if (o->weights)
        words[count++] = arena_printf(c->arena, "--weights-name=%s", o->weights);
    if (o->threads)
        words[count++] = arena_printf(c->arena, "-j%s", o->threads);
    if (o->resume)
        words[count++] = "--resume";
    if (o->resize)
        words[count++] = o->pad ? "--resize=pad" : "--resize";
    if (o->emit_given)
        words[count++] = "--emit=json";
    words[count++] = arena_printf(c->arena, "--out=%s", name);
    *length = count;
    return words;
}

/* A set of data has pictures, and what each of them shows. */
static bool data_can_feed(struct compilation *c)
{
    const size_t inputs = c->graph->inputs.count, outputs = c->graph->outputs.count;
    if (inputs == 1 && outputs == 1)
        return true;
    struct message *m = diag_report_file(c->diag, CHECK_UNSUPPORTED, NULL,
                                         "--train and --test: networks of several inputs or outputs are not supported "
                                         "yet; this one has %zu and %zu",
                                         inputs, outputs);
    message_help(m, "'cnnc --emit=train' writes its training code, whose functions take them all, for a program of "
                    "your own");
    return false;
}

/* What is compiled is run here. */
static bool target_is_here(struct compilation *c)
{
    const struct target *target = target_named(c->options.target);
    if (target_runs_here(target))
        return true;
    struct message *m = diag_report_file(c->diag, CHECK_FILE, NULL,
                                         "--train and --test run the code that they compile, and this machine does not "
                                         "run that of --target=%s (%s)",
                                         target->name, target->text);
    message_help(m,
                 "without --target it is this machine's own; '--emit=train --target=%s' writes the C that another "
                 "machine learns with",
                 target->name);
    return false;
}

/* Each process computes whole groups of images that lie side by side. */
static bool batch_can_be_divided(struct compilation *c)
{
    const int64_t batch = c->graph->recipe->batch, groups = (batch - 1) / TRAIN_LANES + 1;
    if (!c->options.train || c->options.processes <= groups)
        return true;
    struct message *m = diag_report_file(
        c->diag, CHECK_FILE, NULL, "--mpi=%d: a batch of %lld is %lld group%s of %d images, too few for %d processes",
        c->options.processes, (long long)batch, (long long)groups, groups == 1 ? "" : "s", TRAIN_LANES,
        c->options.processes);
    message_help(m, "train batch=%lld, or --mpi=%lld", (long long)c->options.processes * TRAIN_LANES,
                 (long long)groups);
    return false;
}

static int run(struct compilation *c, const struct learn_files *files, const char *name)
{
    size_t length;
    const char **words = command(c, files, name, &length);
    const struct learn_processes processes = {c->options.processes, files->status};
    return processes.count ? learn_run_mpi(c->arena, c->diag, &processes, words, length)
                           : learn_run(c->arena, c->diag, words);
}

static bool learn_in(struct compilation *c, const char *folder)
{
    const char *name = name_of_outputs(c);
    struct learn_files files;
    if (!data_can_feed(c) || !target_is_here(c) || !batch_can_be_divided(c) || !data_exists(c, c->options.train) ||
        !data_exists(c, c->options.test) || !outputs_are_free(c, name) || !name_files(c, folder, &files) ||
        !place_weights(c, &files) || !build(c, &files))
        return false;
    if (!c->options.json_diagnostics)
        compilation_print(c); /* warnings come before what the program says */
    int status = run(c, &files, name);
    if (status == 0 && c->options.train)
        tell_learned(c, arena_printf(c->arena, "%s.safetensors", name));
    return status < 0 ? compilation_stop(c, STATUS_USAGE) : status == 0 || compilation_stop(c, status);
}

bool pass_learn(struct compilation *c)
{
    const char *error;
    if (!compilation_learns(c))
        return true;
    const char *folder = temporary_folder(c->arena, &error);
    if (!folder)
        return compilation_file_fault(c, "the temporary folder", error);
    bool done = learn_in(c, folder);
    temporary_remove(folder);
    return done;
}
