/* The pass that verifies generated C: a copy of it, in a folder of its own. */
#include "verify/verify.h"

#include <stdio.h>

#include "base/process.h"
#include "cli/tell.h"
#include "emit/m4.h"
#include "emit/words.h"
#include "passes/code.h"
#include "passes/train.h"
#include "plan/train/train_plan.h"
#include "weights/weights.h"

static bool verify_training_in(struct compilation *c, const char *folder)
{
    const char *name = emit_identifier(c->arena, c->graph->name), *error = NULL;
    struct text table = text_new(c->arena);
    if (compilation_learns(c) && !c->options.target)
        c->options.target = "native"; /* what will learn */
    struct train_plan *plan = train_plan_for(c, c->diag);
    temporary_file(c->arena, folder, arena_printf(c->arena, "%s_train.h", name), &error);
    const char *source = temporary_file(c->arena, folder, arena_printf(c->arena, "%s_train.c", name), &error);
    if (error)
        return compilation_file_fault(c, folder, error);
    if (!plan || !train_write_plan(c, source, plan))
        return false;
    struct verify_training_code code = {source, name, emit_find_templates(c->arena, c->diag, c->program), plan->fast};
    bool right = code.templates && verify_training(c->arena, c->diag, plan->training, c->weights, &code, &table);
    fwrite(table.bytes, 1, table.length, stdout);
    return right;
}

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
    if (!code_write(c, &files))
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
    bool right = c->options.verify_training ? verify_training_in(c, folder) : verify_in(c, folder);
    temporary_remove(folder);
    if (c->weights_on_trial) {
        weights_close(c->weights);
        c->weights = NULL;
    }
    return right;
}
