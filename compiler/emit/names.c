/* The names of kernels, tensors and packs in generated C: from the layers' own, safe and unique in the file. */
#include <string.h>

#include "base/map.h"
#include "emit/emit.h"
#include "emit/words.h"

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
    if (plan_images(emission->plan) > 1) /* what the functions of a batch call their own */
        hides |= strcmp(name, "image") == 0 || strcmp(name, "own") == 0;
    return hides ? arena_printf(emission->arena, "%s_0", name) : name;
}

const struct tensor *naming_end(const struct tensor *tensor)
{
    int64_t offset;
    const struct tensor *root = tensor_root(tensor, &offset);
    return plan_is_callers(root) && offset == 0 && root->layout.bytes == tensor->layout.bytes ? root : NULL;
}

static const char *pack_word(enum pack_form form)
{
    switch (form) {
    case PACK_ENDS:
    case PACK_BOUNDED_ENDS:
    case PACK_FACTORS:
    case PACK_FILTERS: return "factors";
    case PACK_TABLE:
    case PACK_BYTES: return "table";
    case PACK_EXPONENTIALS: return "exponentials";
    default: return "weights";
    }
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
            if (tensor->whole || plan_is_callers(tensor) != end)
                continue;
            if (!end && naming_end(tensor))
                continue;
            const char *name = end ? end_name(arena, tensor, plan->graph) : local_name(emission, tensor->name);
            naming->tensors[i] = unique(arena, &taken, name);
        }
    naming->packs = ARENA_ARRAY(arena, const char *, plan->packs.count + 1);
    for (size_t i = 0; i < plan->packs.count; i++) {
        const char *layer = local_name(emission, plan->packs.items[i]->node->name);
        naming->packs[i] = unique(arena, &taken,
                                  arena_printf(arena, "%s_%s", layer, pack_word(plan->packs.items[i]->form)));
    }
    return naming;
}

const struct kernel *naming_find_kernel(const struct naming *naming, int64_t id)
{
    return id >= 0 && id < (int64_t)naming->kernel_count ? naming->kernels[id] : NULL;
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
