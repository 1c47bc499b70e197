/* Parts that several kernels share. Kernels are distinct as soon as one number differs, but what takes most of their
 * code reads few of these numbers: it becomes a helper, written once for all kernels to which it looks the same.
 * Numbers that it can be told at each call are its arguments, unless they are the same for all. A part of one kernel
 * alone stays within it, where every number is a constant. */
#include <string.h>

#include "plan/vector/vector.h"

struct shared_part {
    const char *kernel; /* the template of those that have the part */
    const char *file;   /* the part's own */
    const char *name;   /* it is of the kernel's family, with this name behind */
    const char *word;   /* the kernel's: WORD_PART is its name or the word none, WORD_VARIES: has it arguments? */
    const char *needs;  /* a number that is not 0, for some set, if the kernel has the part; NULL: all have it */
    const char *lacks;  /* one that is 0 if the part can be shared; NULL: it always can */
    const char *reads;  /* the words that the part reads, with blanks around each, beside its arguments; or NULL: */
    const char *own;    /* those that it does not read */
    const char *told;   /* those that can be its arguments */
};

#define BATCH " IMAGES AT_ONCE IN_IMAGE RESIDUAL_IMAGE OUT_IMAGE "
#define AROUND " HALO_TOP HALO_LEFT HALO_BOTTOM HALO_RIGHT SHARED SCRATCH BIASES_AT "
#define DIRECT_OWN AROUND BATCH " IN_START OUT_START RESIDUAL_START OUT_H OUT_W GROUPS GROUP_BLOCKS GROUP_IN UNITS "
#define ENDS " BEFORE BEFORE_EACH BEFORE_SLOPES ACTIVATION ACTIVATION_EACH ACTIVATION_SLOPES "
#define WINOGRAD_UNIT                                                                                                  \
    " BLOCK OUT_TILE POSITIONS TILES_X OUT_H OUT_W OUT_ROW OUT_PLANE RESIDUAL RESIDUAL_ROW RESIDUAL_PLANE VECTORS "    \
    " UNIT_BLOCKS GROUP REST_TILES OUT_PART STEP_Y STEP_X PHASE_Y PHASE_X "                                            \
    " IMAGES MAP_TILES OUT_IMAGE RESIDUAL_IMAGE " ENDS

static const struct shared_part parts[] = {
    {"vector/direct.m4", "vector/direct_unit.m4", "unit", "UNIT", NULL, "IN_PLANAR", NULL, DIRECT_OWN " REST REST_* ",
     " IN_CHANNELS IN_REAL "},
    {"vector/direct.m4", "vector/direct_rest.m4", "rest", "REST", "REST", "IN_PLANAR", NULL, DIRECT_OWN,
     " IN_CHANNELS IN_REAL "},
    {"vector/winograd.m4", "vector/winograd_shared_in.m4", "in", "IN", NULL, NULL,
     " BLOCK KERNEL_H OUT_TILE POSITIONS TAP_ROW TAP_COLUMN ", NULL, " V_POSITION "},
    {"vector/winograd.m4", "vector/winograd_shared_out.m4", "out", "OUT", NULL, NULL,
     " BLOCK KERNEL_H OUT_TILE POSITIONS STEP_Y STEP_X OUT_ROW RESIDUAL RESIDUAL_ROW " ENDS, NULL, " "},
    {"vector/winograd.m4", "vector/winograd_shared_unit.m4", "unit", "UNIT", NULL, NULL, WINOGRAD_UNIT, NULL,
     " IN_CHANNELS V_POSITION V_GROUP "},
    {"vector/winograd.m4", "vector/winograd_shared_last.m4", "last", "LAST", "REST_BLOCKS", NULL,
     WINOGRAD_UNIT " REST_BLOCKS ", NULL, " IN_CHANNELS V_POSITION V_GROUP "},
    {"vector/elementwise.m4", "vector/elementwise_shared.m4", "loop", "LOOP", NULL, NULL, NULL,
     AROUND " LAST_CHANNELS ", " BLOCKS "},
    {"vector/depthwise.m4", "vector/depthwise_shared.m4", "loop", "LOOP", NULL, NULL, NULL, AROUND, " BLOCKS "},
};

enum { PART_COUNT = sizeof parts / sizeof *parts };

/* Is the word in a list of words with blanks around each? REST_* are all that begin so. */
static bool lists(const char *words, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(word, "REST_", strlen("REST_")) == 0 && strstr(words, " REST_* "))
        return true;
    for (const char *at = words; (at = strstr(at, word)); at++)
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    return false;
}

static bool is_read(const struct shared_part *part, const struct param *param)
{
    return !lists(part->told, param->name) &&
           (part->reads ? lists(part->reads, param->name) : !lists(part->own, param->name));
}

static bool has_number(const struct kernel *kernel, const char *name)
{
    for (size_t i = 0; i < kernel->params.count; i++)
        if (strcmp(kernel->params.items[i].name, name) == 0 && kernel->params.items[i].number)
            return true;
    return false;
}

static bool has_part(const struct shared_part *part, const struct kernel *kernel)
{
    return strcmp(kernel->file, part->kernel) == 0 && (!part->needs || has_number(kernel, part->needs)) &&
           !(part->lacks && has_number(kernel, part->lacks));
}

/* The next param from *at on that the part reads. */
static const struct param *next_read(const struct shared_part *part, const struct kernel *kernel, size_t *at)
{
    while (*at < kernel->params.count) {
        const struct param *param = &kernel->params.items[(*at)++];
        if (is_read(part, param))
            return param;
    }
    return NULL;
}

static bool alike(const struct shared_part *part, const struct kernel *a, const struct kernel *b)
{
    size_t at_a = 0, at_b = 0;
    if (strcmp(a->family, b->family) != 0)
        return false;
    for (;;) {
        const struct param *one = next_read(part, a, &at_a), *other = next_read(part, b, &at_b);
        if (!one || !other)
            return one == other;
        if (!param_equal(one, other))
            return false;
    }
}

struct kernels {
    struct VEC(struct kernel *) list;
};

/* A number that the part is told is the largest of all kernels'. */
static bool describe_told(struct kernel *helper, const struct shared_part *part, const struct kernels *users)
{
    const struct kernel *first = users->list.items[0];
    bool varies = false;
    for (size_t i = 0; i < first->params.count; i++) {
        const struct param *param = &first->params.items[i];
        if (!lists(part->told, param->name))
            continue;
        int64_t most = param->number;
        for (size_t k = 1; k < users->list.count; k++) {
            int64_t number = kernel_find_number(users->list.items[k], param->set, param->name);
            varies = varies || number != param->number;
            most = number > most ? number : most;
        }
        kernel_set_number(helper, param->set, param->name, most);
    }
    kernel_number(helper, "VARIES", varies);
    return varies;
}

static void share(struct plan *plan, const struct shared_part *part, const struct kernels *users)
{
    const struct kernel *first = users->list.items[0], *helper = NULL;
    bool varies = false;
    if (users->list.count > 1) {
        const char *family = arena_printf(plan->arena, "%s_%s", first->family, part->name);
        struct kernel *shared = kernel_new(plan, part->file, family);
        shared->per_set = first->per_set;
        shared->helper = true;
        size_t at = 0;
        for (const struct param *param; (param = next_read(part, first, &at));)
            VEC_PUSH(plan->arena, &shared->params, *param);
        varies = describe_told(shared, part, users);
        helper = kernel_intern(plan, shared);
    }
    for (size_t i = 0; i < users->list.count; i++) {
        struct kernel *kernel = users->list.items[i];
        const char *name = arena_printf(plan->arena, "%s_PART", part->word);
        if (helper)
            kernel_reference(kernel, name, helper);
        else
            kernel_word(kernel, name, "none");
        kernel_number(kernel, arena_printf(plan->arena, "%s_VARIES", part->word), varies);
    }
}

static void share_part(struct plan *plan, const struct shared_part *part)
{
    size_t count = plan->kernels.count;
    bool *done = ARENA_ARRAY(plan->arena, bool, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct kernel *kernel = plan->kernels.items[i];
        if (done[i] || strcmp(kernel->file, part->kernel) != 0)
            continue;
        struct kernels users = {0};
        VEC_PUSH(plan->arena, &users.list, kernel);
        for (size_t k = i + 1; k < count && has_part(part, kernel); k++) {
            if (done[k] || !has_part(part, plan->kernels.items[k]) || !alike(part, kernel, plan->kernels.items[k]))
                continue;
            done[k] = true;
            VEC_PUSH(plan->arena, &users.list, plan->kernels.items[k]);
        }
        share(plan, part, &users);
    }
}

void vector_share_parts(struct plan *plan)
{
    for (int i = 0; i < PART_COUNT; i++)
        share_part(plan, &parts[i]);
}
