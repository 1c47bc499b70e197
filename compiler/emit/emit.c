/* Drives the emission: names, marks, the two files. */
#include "emit/emit.h"

#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/map.h"
#include "emit/m4.h"
#include "emit/words.h"
#include "pack/pack.h"

/* ---- names ---- */

struct naming {
    const struct emission *emission;
    const struct kernel **kernels; /* by id */
    size_t kernel_count;
    const char **tensors; /* by id; NULL for parts */
    const char **packs;   /* by id */
};

struct taken {
    int next; /* the number that a second one of this name tries first */
};

/* The name itself, or name_2, name_3 ... where it is taken. Each number is tried once, however many share a name. */
static const char *unique(struct arena *arena, struct map *taken, const char *name)
{
    const char *result = name;
    struct taken *first = map_get(taken, name), *own = ARENA_NEW(arena, struct taken);
    while (map_get(taken, result))
        result = arena_printf(arena, "%s_%d", name, first->next++);
    own->next = 2;
    map_set(arena, taken, result, own);
    return result;
}

/* Inputs and outputs: "input", or "input0", "input1" where there are several. */
static const char *end_name(struct arena *arena, const struct tensor *tensor, const struct graph *graph)
{
    bool input = tensor->place == PLACE_INPUT;
    size_t count = input ? graph->inputs.count : graph->outputs.count;
    return arena_printf(arena, count > 1 ? "%s%d" : "%s", input ? "input" : "output", tensor->index);
}

/* A layer's name as that of a local variable. What begins like the functions' names could hide one of them. */
static const char *local_name(const struct emission *emission, const char *layer)
{
    const char *name = emit_local(emission->arena, layer);
    size_t prefix = strlen(emission->name);
    bool hides = strncmp(name, emission->name, prefix) == 0 && name[prefix] == '_';
    return hides ? arena_printf(emission->arena, "%s_0", name) : name;
}

const struct tensor *naming_end(const struct tensor *tensor)
{
    int64_t offset;
    const struct tensor *root = tensor_root(tensor, &offset);
    return root->place != PLACE_ARENA && offset == 0 && root->layout.bytes == tensor->layout.bytes ? root : NULL;
}

struct naming *naming_new(const struct emission *emission)
{
    struct arena *arena = emission->arena;
    const struct plan *plan = emission->plan;
    struct naming *naming = ARENA_NEW(arena, struct naming);
    struct map taken = {0};
    naming->emission = emission;
    for (size_t i = 0; i < plan->kernels.count; i++)
        if ((size_t)plan->kernels.items[i]->id >= naming->kernel_count)
            naming->kernel_count = (size_t)plan->kernels.items[i]->id + 1;
    naming->kernels = ARENA_ARRAY(arena, const struct kernel *, naming->kernel_count + 1);
    for (size_t i = 0; i < plan->kernels.count; i++)
        naming->kernels[plan->kernels.items[i]->id] = plan->kernels.items[i];
    naming->tensors = ARENA_ARRAY(arena, const char *, plan->tensors.count + 1);
    for (int end = 1; end >= 0; end--) /* the caller's tensors have the first choice */
        for (size_t i = 0; i < plan->tensors.count; i++) {
            const struct tensor *tensor = plan->tensors.items[i];
            if (tensor->whole || (tensor->place != PLACE_ARENA) != end)
                continue;
            if (!end && naming_end(tensor))
                continue;
            const char *name = end ? end_name(arena, tensor, plan->graph) : local_name(emission, tensor->name);
            naming->tensors[i] = unique(arena, &taken, name);
        }
    naming->packs = ARENA_ARRAY(arena, const char *, plan->packs.count + 1);
    for (size_t i = 0; i < plan->packs.count; i++) {
        const char *layer = local_name(emission, plan->packs.items[i]->node->name);
        naming->packs[i] = unique(arena, &taken, arena_printf(arena, "%s_weights", layer));
    }
    return naming;
}

void naming_kernel(const struct naming *naming, int id, struct text *out)
{
    const struct kernel *kernel = naming->kernels[id];
    text_printf(out, "%s_%s", naming->emission->name, kernel->family);
    if (kernel->number)
        text_printf(out, "_%d", kernel->number);
}

void naming_tensor(const struct naming *naming, int id, struct text *out)
{
    const struct tensor *end = naming_end(naming->emission->plan->tensors.items[id]);
    text_add(out, naming->tensors[end ? end->id : id]);
}

void naming_pack(const struct naming *naming, int id, struct text *out)
{
    text_add(out, naming->packs[id]);
}

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
        note_kernel(emission, writing->naming->kernels[writing->kernel], out);
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

static bool resolve_numbered(struct writing *writing, const char *word, size_t number, struct text *out)
{
    struct arena *arena = writing->emission->arena;
    const struct plan *plan = writing->emission->plan;
    if (strcmp(word, "begin") == 0 && number < writing->naming->kernel_count)
        writing->kernel = (int)number;
    else if (strcmp(word, "kernel") == 0 && number < writing->naming->kernel_count)
        naming_kernel(writing->naming, (int)number, out);
    else if (strcmp(word, "tensor") == 0 && number < plan->tensors.count)
        naming_tensor(writing->naming, (int)number, out);
    else if (strcmp(word, "pack") == 0 && number < plan->packs.count)
        naming_pack(writing->naming, (int)number, out);
    else if (strcmp(word, "step") == 0 && number < plan->steps.count)
        note_step(writing->emission, plan->steps.items[number], out);
    else if (strcmp(word, "layer") == 0 && number < plan->probes.count)
        text_add(out, emit_string(arena, plan->probes.items[number].node->name));
    else if (strcmp(word, "kind") == 0 && number < plan->probes.count)
        text_add(out, node_keyword(plan->probes.items[number].op->node));
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
    return number < 0 ? resolve_text(writing, word, out) : resolve_numbered(writing, word, (size_t)number, out);
}

/* ---- the files ---- */

static enum emit_result expand(const struct emission *emission, const char *templates, const struct naming *naming,
                               void (*write_data)(const struct emission *, struct text *), struct text *out)
{
    struct text data = text_new(emission->arena);
    struct writing writing = {.emission = emission, .naming = naming};
    struct marks marks = {resolve, &writing};
    size_t count;
    const char *const *params = data_params(emission, &count);
    write_data(emission, &data);
    enum emit_result result = emit_expand(emission->arena, emission->diag, templates, &data, params, count, &marks,
                                          out);
    return result == EMIT_DONE && writing.failed ? EMIT_NO_WEIGHTS : result;
}

enum emit_result emit_c(const struct emission *emission, struct text *source, struct text *header)
{
    const char *templates = emit_find_templates(emission->arena, emission->diag, emission->program);
    if (!templates)
        return EMIT_NO_TOOLS;
    const struct naming *naming = naming_new(emission);
    enum emit_result result = expand(emission, templates, naming, data_source, source);
    return result != EMIT_DONE ? result : expand(emission, templates, naming, data_header, header);
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
