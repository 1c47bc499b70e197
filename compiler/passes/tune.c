/* The pass that finds out which kernels are the fastest here, or reads what an earlier run found out; and
 * --tune=machine, which measures the machine. */
#include "tune/tune.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/tell.h"
#include "compilation.h"
#include "emit/words.h"
#include "passes/outputs.h"
#include "plan/targets.h"
#include "tune/profile.h"

static bool read_tuning(struct compilation *c, const char *path)
{
    c->tuning = tune_read(c->arena, c->diag, path);
    if (!c->tuning)
        return compilation_stop(c, STATUS_USAGE);
    const struct target *asked = c->options.target ? target_named(c->options.target) : NULL;
    if (asked && asked != target_named(c->tuning->target)) {
        diag_report_file(c->diag, CHECK_FILE, path, "it was measured with --target=%s, not for --target=%s",
                         c->tuning->target, asked->name);
        return compilation_stop(c, STATUS_USAGE);
    }
    c->options.target = c->tuning->target;
    return true;
}

static bool measure(struct compilation *c)
{
    struct tune_result result;
    const char *path = path_with_ending(c->arena, output_name(c, ".c"), ".tune"), *error;
    c->options.target = c->options.target ? c->options.target : "native";
    struct tune_request request = {.arena = c->arena,
                                   .diag = c->diag,
                                   .graph = compilation_planned(c),
                                   .options = {.target = target_named(c->options.target),
                                               .winograd = !c->options.no_winograd,
                                               .store = c->options.halves ? ELEMENT_F16 : ELEMENT_F32,
                                               .separate_pools = c->options.no_fused_pools},
                                   .name = emit_identifier(c->arena, c->graph->name),
                                   .version = CNNC_VERSION,
                                   .program = c->program};
    if (!output_spares_inputs(c, path) || !tune_network(&request, &result))
        return false;
    if (!file_write(c->arena, path, result.file.bytes, result.file.length, &error))
        return compilation_file_fault(c, path, error);
    c->tuning = result.tuning;
    tell_tuning(c, path, &result);
    return true;
}

bool pass_tune(struct compilation *c)
{
    if (!c->options.tune)
        return true;
    return c->options.tune_file ? read_tuning(c, c->options.tune_file) : measure(c);
}

/* Makes the folders of a path that are missing. */
static bool make_folders(struct compilation *c, const char *path)
{
    char *folder = arena_copy(c->arena, path, strlen(path));
    for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(folder, 0777) != 0 && errno != EEXIST)
            return compilation_file_fault(c, folder, strerror(errno));
        *at = '/';
    }
    return true;
}

bool tune_machine(struct compilation *c)
{
    struct text file = text_new(c->arena);
    struct speeds speeds;
    const char *path = profile_path(c->arena), *error;
    if (!path)
        return compilation_file_fault(c, NULL,
                                      "neither HOME nor XDG_CONFIG_HOME is set: there is no folder to keep it");
    if (!make_folders(c, path))
        return false;
    if (!speeds_measure(&speeds))
        return compilation_file_fault(c, path, "256 MB of memory are needed to measure, and are not there");
    profile_write(c->arena, &speeds, &file);
    if (!file_write(c->arena, path, file.bytes, file.length, &error))
        return compilation_file_fault(c, path, error);
    tell_machine(c, path, file.bytes);
    return true;
}
