/* The pass that writes C and packed weights. */
#include "passes/code.h"

#include <string.h>

#include "base/process.h"
#include "cli/tell.h"
#include "emit/emit.h"
#include "emit/m4.h"
#include "emit/program.h"
#include "emit/words.h"
#include "library/library.h"
#include "pack/pack.h"
#include "passes/beside.h"
#include "passes/outputs.h"
#include "passes/web.h"

/* Decides where the weights go: into a file of their own or, with *embed, into the C. */
static bool place_weights(struct compilation *c, struct code_files *files, bool *embed)
{
    bool have = compilation_has_weights(c);
    int wanted = c->options.embed == EMBED_AUTO ? -1 : c->options.embed == EMBED_YES;
    *embed = false;
    if (c->plan->weight_bytes == 0)
        return true;
    if ((wanted > 0 && !compilation_needs_weights(c, "--embed=yes")) ||
        !emit_embeds(c->diag, c->plan, wanted, have, embed))
        return false;
    if (!*embed && have)
        files->packed = path_with_ending(c->arena, files->source, ".cnnw");
    return true;
}

/* How a result of the emitter ends the run. */
static int status_of(enum emit_result result)
{
    switch (result) {
    case EMIT_DONE: return STATUS_DONE;
    case EMIT_NO_WEIGHTS: return STATUS_NETWORK;
    case EMIT_NO_TOOLS: return STATUS_USAGE;
    case EMIT_FAULT: break;
    }
    return STATUS_FAULT;
}

static bool emit_texts(struct compilation *c, const struct code_files *files, bool embed, struct text *source,
                       struct text *header)
{
    const char *name = emit_identifier(c->arena, c->graph->name);
    struct emission emission = {.arena = c->arena,
                                .diag = c->diag,
                                .plan = c->plan,
                                .weights = compilation_packed(c),
                                .embed = embed,
                                .name = name,
                                .header_name = path_base(files->header),
                                .version = CNNC_VERSION,
                                .program = c->program};
    enum emit_result result = emit_c(&emission, source, header);
    if (result != EMIT_DONE)
        return compilation_stop(c, status_of(result));
    if (!files->with_main && !files->library)
        return true;
    const char *templates = emit_find_templates(c->arena, c->diag, c->program);
    const struct program_parts parts = {templates, name, plan_images(c->plan), c->options.profile};
    return (templates && (files->library ? library_text(&emission, templates, source, header)
                                         : emit_program(c->arena, c->diag, &parts, source))) ||
           compilation_stop(c, STATUS_USAGE);
}

/* Compiles the texts in a temporary folder; the library's bytes are what is written. */
static bool make_library(struct compilation *c, const char *folder, const struct code_files *files,
                         const struct text *source, const struct text *header, struct output_set *set)
{
    const char *name = path_base(files->source), *error = NULL, *place = NULL;
    const char *header_path = temporary_file(c->arena, folder, path_base(files->header), &error);
    struct library_build build = {.source = temporary_file(c->arena, folder, "library.c", &error),
                                  .library = temporary_file(c->arena, folder, "library.so", &error),
                                  .log = temporary_file(c->arena, folder, "log.txt", &error),
                                  .templates = emit_find_templates(c->arena, c->diag, c->program),
                                  .file_name = name};
    struct mapping made;
    if (!error && !file_write(c->arena, header_path, header->bytes, header->length, &error))
        place = header_path;
    if (!error && !file_write(c->arena, build.source, source->bytes, source->length, &error))
        place = build.source;
    if (error)
        return compilation_file_fault(c, place ? place : folder, error);
    if (!build.templates || !library_compile(c->arena, c->diag, &build))
        return false;
    if (!file_map(c->arena, build.library, &made, &error))
        return compilation_file_fault(c, build.library, error);
    const bool added = output_set_add_bytes(c, set, files->source, made.bytes, made.length);
    file_unmap(&made);
    return added;
}

static bool add_library(struct compilation *c, const struct code_files *files, const struct text *source,
                        const struct text *header, struct output_set *set)
{
    const char *error;
    const char *folder = temporary_folder(c->arena, &error);
    if (!folder)
        return compilation_file_fault(c, "the temporary folder", error);
    const bool made = make_library(c, folder, files, source, header, set);
    temporary_remove(folder);
    return made;
}

static bool add_weights(struct compilation *c, struct output_set *set, const char *path)
{
    if (!path)
        return true;
    if (!output_set_is_free(c, set, path))
        return false;
    struct output *output = pack_write(c->arena, c->diag, c->plan, compilation_packed(c), path);
    if (!output)
        return false;
    output_set_add(set, output);
    return true;
}

bool code_write(struct compilation *c, struct code_files *files)
{
    struct text source = text_new(c->arena), header = text_new(c->arena);
    struct output_set set = {.count = 0};
    bool embed;
    files->header = files->wasm ? "network.h" : path_with_ending(c->arena, files->source, ".h");
    if (!output_can_be_included(files->header))
        return compilation_file_fault(c, files->header,
                                      "an #include cannot contain this name: choose another, -o FILE");
    if (!place_weights(c, files, &embed) || !emit_texts(c, files, embed, &source, &header))
        return false;
    bool written = add_weights(c, &set, files->packed);
    if (written && files->wasm)
        written = web_add(c, files, embed, &source, &header, &set);
    else if (written)
        written = output_set_add_text(c, &set, files->header, header.bytes) &&
                  (files->library ? add_library(c, files, &source, &header, &set)
                                  : output_set_add_text(c, &set, files->source, source.bytes));
    return written ? output_set_commit(c, &set) : output_set_discard(&set);
}

/* Code is written as several files side by side, so it needs a folder and a name. */
static bool goes_to_file(struct compilation *c)
{
    const char *path = c->options.output;
    if (path && output_is_standard(path))
        return compilation_file_fault(c, "standard output", "code and packed weights go to files: -o FILE");
    if (path && path_is_special(path))
        return compilation_file_fault(c, path, "not a regular file, and code and packed weights go to files: -o FILE");
    return true;
}

static bool emit_packed(struct compilation *c)
{
    const char *path = output_name(c, ".cnnw");
    if (!compilation_needs_weights(c, "--emit=cnnw") || !output_spares_inputs(c, path) || !beside_fits(c) ||
        !pack_write_file(c->arena, c->diag, c->plan, compilation_packed(c), path))
        return false;
    tell_packed(c, path);
    return true;
}

bool pass_code(struct compilation *c)
{
    const struct options *o = &c->options;
    if (!compilation_wants_code(c) || (o->verify && !o->emit_given && !o->output))
        return true;
    if (!goes_to_file(c))
        return false;
    if (o->emit_given && o->emit == EMIT_CNNW)
        return emit_packed(c);
    const bool library = o->emit_given && o->emit == EMIT_SO, web = o->emit_given && o->emit == EMIT_JS;
    struct code_files files = {.source = output_name(c, library ? ".so"
                                                        : web   ? ".js"
                                                                : ".c"),
                               .with_main = o->emit_given && o->emit == EMIT_MAIN,
                               .library = library};
    if (web)
        files.wasm = path_with_ending(c->arena, files.source, ".wasm");
    if (!code_write(c, &files))
        return false;
    tell_code(c, &files);
    return true;
}
