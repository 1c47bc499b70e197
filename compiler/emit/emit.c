/* Drives the emission: what marks are replaced by, and the two files. */
#include "emit/emit.h"

#include <string.h>

#include "base/diag.h"
#include "emit/m4.h"
#include "emit/words.h"
#include "pack/pack.h"

/* ---- marks ---- */

struct writing {
    const struct emission *emission;
    const struct naming *naming;
    int kernel;  /* whose text is being written */
    bool failed; /* the weights could not be had */
};

static bool resolve_text(struct writing *writing, const char *word, struct text *out)
{
    const struct emission *emission = writing->emission;
    if (strcmp(word, "name") == 0)
        text_add(out, emission->name);
    else if (strcmp(word, "NAME") == 0)
        text_add(out, emit_capitals(emission->arena, emission->name));
    else if (strcmp(word, "function") == 0)
        naming_kernel(writing->naming, writing->kernel, out);
    else if (strcmp(word, "about") == 0)
        note_kernel(emission, naming_find_kernel(writing->naming, writing->kernel), out);
    else if (strcmp(word, "title") == 0 || strcmp(word, "headertitle") == 0)
        note_title(emission, *word == 'h', out);
    else if (strcmp(word, "header") == 0)
        text_add(out, emission->header_name);
    else if (strcmp(word, "string") == 0)
        text_add(out, emit_string(emission->arena, emission->plan->graph->name));
    else if (strcmp(word, "hash") == 0)
        text_printf(out, "0x%016llx", (unsigned long long)emission->plan->hash);
    else if (strcmp(word, "weights") == 0)
        writing->failed |= !pack_write_words(emission->arena, emission->diag, emission->plan, emission->weights, out);
    else
        return false;
    return true;
}

static bool resolve_numbered(struct writing *writing, const char *word, int64_t mark, struct text *out)
{
    const size_t number = (size_t)mark;
    struct arena *arena = writing->emission->arena;
    const struct plan *plan = writing->emission->plan;
    if (strcmp(word, "begin") == 0 && naming_find_kernel(writing->naming, mark))
        writing->kernel = (int)number;
    else if (strcmp(word, "kernel") == 0 && naming_find_kernel(writing->naming, mark))
        naming_kernel(writing->naming, (int)number, out);
    else if (strcmp(word, "tensor") == 0 && number < plan->tensors.count)
        naming_tensor(writing->naming, (int)number, out);
    else if (strcmp(word, "pack") == 0 && number < plan->packs.count)
        naming_pack(writing->naming, (int)number, out);
    else if ((strcmp(word, "from") == 0 || strcmp(word, "to") == 0) && number < plan->segments.count)
        note_segment(writing->emission, &plan->segments.items[number], *word == 't', out);
    else if (strcmp(word, "step") == 0 && number < plan->steps.count)
        note_step(writing->emission, plan->steps.items[number], out);
    else if (strcmp(word, "layer") == 0 && number < plan->probes.count)
        text_add(out, emit_string(arena, plan->probes.items[number].node->name));
    else if (strcmp(word, "kind") == 0 && number < plan->probes.count)
        text_add(out, plan->probes.items[number].op->kind == OP_CONVERT
                          ? "CONVERT"
                          : node_keyword(plan->probes.items[number].op->node));
    else if (strcmp(word, "input") == 0 && number < plan->graph->inputs.count)
        text_add(out, emit_string(arena, plan->graph->inputs.items[number]->name));
    else if (strcmp(word, "output") == 0 && number < plan->graph->outputs.count)
        text_add(out, emit_string(arena, plan->graph->outputs.items[number].name));
    else
        return false;
    return true;
}

static bool resolve(void *context, const char *word, int64_t number, struct text *out)
{
    struct writing *writing = context;
    return number < 0 ? resolve_text(writing, word, out) : resolve_numbered(writing, word, number, out);
}

/* ---- the files ---- */

enum emit_result emit_c(const struct emission *emission, struct text *source, struct text *header)
{
    struct arena *arena = emission->arena;
    const char *templates = emit_find_templates(arena, emission->diag, emission->program);
    if (!templates)
        return EMIT_NO_TOOLS;
    struct writing writing = {.emission = emission, .naming = naming_new(emission)};
    struct marks marks = {resolve, &writing};
    struct text data = text_new(arena);
    data_files(emission, &data);
    enum emit_result result = emit_expand(arena, emission->diag, templates, &data, &marks,
                                          (struct text *const[]){header, source}, 2);
    return result == EMIT_DONE && writing.failed ? EMIT_NO_WEIGHTS : result;
}

bool emit_embeds(struct diag *diag, const struct plan *plan, int wanted, bool have_weights, bool *embed)
{
    *embed = have_weights && (wanted > 0 || (wanted < 0 && plan->weight_bytes <= EMBED_AUTO_BYTES));
    if (!*embed || plan->weight_bytes <= LIMIT_EMBEDDED)
        return true;
    struct message *m = diag_report_file(diag, CHECK_LIMIT, NULL,
                                         "%lld bytes of weights are too many to embed; "
                                         "the limit is %d",
                                         (long long)plan->weight_bytes, (int)LIMIT_EMBEDDED);
    message_help(m, "--embed=no writes a .cnnw file beside the C source");
    return false;
}
