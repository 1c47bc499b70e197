/* From a network's C to a .wasm, a JavaScript module and its types. */
#include "passes/web.h"

#include <string.h>

#include "base/process.h"
#include "cli/tell.h"
#include "emit/m4.h"
#include "emit/words.h"
#include "web/web.h"

/* Writes the C into the folder and compiles it there. */
static bool compile(struct compilation *c, const char *folder, const struct code_files *files,
                    const struct text *source, const struct text *header, struct web_build *build)
{
    const char *error = NULL;
    const char *header_path = temporary_file(c->arena, folder, files->header, &error);
    build->source = error ? NULL : temporary_file(c->arena, folder, "network.c", &error);
    build->wasm = error ? NULL : temporary_file(c->arena, folder, "network.wasm", &error);
    build->log = error ? NULL : temporary_file(c->arena, folder, "log", &error);
    if (error || !file_write(c->arena, header_path, header->bytes, header->length, &error) ||
        !file_write(c->arena, build->source, source->bytes, source->length, &error))
        return compilation_file_fault(c, folder, error);
    return web_compile(c->arena, c->diag, build);
}

static bool add_wasm(struct compilation *c, const struct code_files *files, const char *templates,
                     const struct text *source, const struct text *header, struct output_set *set)
{
    struct web_build build = {.templates = templates, .vectors = target_is_fast(c->plan->options.target)};
    const char *error;
    const char *folder = temporary_folder(c->arena, &error);
    if (!folder)
        return compilation_file_fault(c, "the temporary folder", error);
    struct mapping made;
    bool added = compile(c, folder, files, source, header, &build);
    if (added && !file_map(c->arena, build.wasm, &made, &error)) {
        added = compilation_file_fault(c, build.wasm, error);
    } else if (added) {
        added = output_set_add_bytes(c, set, files->wasm, made.bytes, made.length);
        file_unmap(&made);
    }
    temporary_remove(folder);
    return added;
}

/* "lenet5.d.ts" for lenet5.js; TypeScript wants lenet5.d.mts beside lenet5.mjs. */
static const char *types_path(struct compilation *c, const char *module)
{
    const size_t length = strlen(module);
    const bool mjs = length > 4 && strcmp(module + length - 4, ".mjs") == 0;
    return path_with_ending(c->arena, module, mjs ? ".d.mts" : ".d.ts");
}

bool web_add(struct compilation *c, const struct code_files *files, bool embed, struct text *source,
             const struct text *header, struct output_set *set)
{
    const struct emission emission = {.arena = c->arena,
                                      .diag = c->diag,
                                      .plan = c->plan,
                                      .name = emit_identifier(c->arena, c->graph->name),
                                      .version = CNNC_VERSION};
    const bool apart = !embed && c->plan->weight_bytes > 0;
    const struct web_names names = {
        .module = path_base(files->source),
        .wasm = path_base(files->wasm),
        .packed = apart ? path_base(path_with_ending(c->arena, files->source, ".cnnw")) : NULL,
    };
    struct text module = text_new(c->arena), types = text_new(c->arena);
    const char *templates = emit_find_templates(c->arena, c->diag, c->program);
    if (!templates || !web_source(&emission, templates, source) ||
        !web_module(&emission, templates, &names, &module, &types))
        return compilation_stop(c, STATUS_USAGE);
    /* What has no right place is found out before anything is compiled. */
    return output_set_add_text(c, set, files->source, module.bytes) &&
           output_set_add_text(c, set, types_path(c, files->source), types.bytes) &&
           add_wasm(c, files, templates, source, header, set);
}
