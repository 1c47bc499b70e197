/* Kernels as data: a template and what its upper-case words mean. */
#include <string.h>

#include "plan/build.h"

struct kernel *kernel_new(struct plan *plan, const char *file, const char *family)
{
    struct kernel *kernel = ARENA_NEW(plan->arena, struct kernel);
    kernel->arena = plan->arena;
    kernel->file = file;
    kernel->family = family;
    return kernel;
}

static void add_param(struct kernel *kernel, struct param param)
{
    VEC_PUSH(kernel->arena, &kernel->params, param);
}

void kernel_number(struct kernel *kernel, const char *name, int64_t number)
{
    kernel_set_number(kernel, NULL, name, number);
}

void kernel_set_number(struct kernel *kernel, const struct vector_set *set, const char *name, int64_t number)
{
    add_param(kernel, (struct param){.name = name, .type = PARAM_NUMBER, .set = set, .number = number});
}

void kernel_add_numbers(struct kernel *kernel, const struct kernel_size *sizes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        kernel_number(kernel, sizes[i].name, sizes[i].number);
}

void kernel_real(struct kernel *kernel, const char *name, double real)
{
    add_param(kernel, (struct param){.name = name, .type = PARAM_REAL, .real = real});
}

void kernel_word(struct kernel *kernel, const char *name, const char *word)
{
    kernel_set_word(kernel, NULL, name, word);
}

void kernel_set_word(struct kernel *kernel, const struct vector_set *set, const char *name, const char *word)
{
    add_param(kernel, (struct param){.name = name, .type = PARAM_WORD, .set = set, .word = word});
}

void kernel_reference(struct kernel *kernel, const char *name, const struct kernel *other)
{
    add_param(kernel, (struct param){.name = name, .type = PARAM_KERNEL, .kernel = other});
}

int64_t kernel_find_number(const struct kernel *kernel, const struct vector_set *set, const char *name)
{
    for (size_t i = 0; i < kernel->params.count; i++)
        if (kernel->params.items[i].set == set && strcmp(kernel->params.items[i].name, name) == 0)
            return kernel->params.items[i].number;
    return 0;
}

void kernel_function(struct kernel *helper, const struct function *function)
{
    const struct function_info *info = &function_table[function->kind];
    helper->helper = true;
    kernel_word(helper, "KIND", info->word);
    kernel_number(helper, "SLOPED", function_is_sloped(function));
    if (info->arguments > 0)
        kernel_real(helper, "FIRST", function->a);
    if (info->arguments > 1)
        kernel_real(helper, "SECOND", function->b);
}

/* -0.0 is not 0.0: the text of a number goes into the C. */
static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

bool param_equal(const struct param *a, const struct param *b)
{
    if (strcmp(a->name, b->name) != 0 || a->type != b->type || a->set != b->set || a->number != b->number ||
        bits_of(a->real) != bits_of(b->real) || a->kernel != b->kernel)
        return false;
    return a->word == b->word || (a->word && b->word && strcmp(a->word, b->word) == 0);
}

bool kernel_equal(const struct kernel *a, const struct kernel *b)
{
    if (strcmp(a->file, b->file) != 0 || strcmp(a->family, b->family) != 0 || a->params.count != b->params.count)
        return false;
    for (size_t i = 0; i < a->params.count; i++)
        if (!param_equal(&a->params.items[i], &b->params.items[i]))
            return false;
    return true;
}

struct kernel *kernel_intern(struct plan *plan, struct kernel *kernel)
{
    for (size_t i = 0; i < plan->kernels.count; i++)
        if (kernel_equal(plan->kernels.items[i], kernel))
            return plan->kernels.items[i];
    kernel->id = (int)plan->kernels.count;
    VEC_PUSH(plan->arena, &plan->kernels, kernel);
    return kernel;
}

/* Kernels in plain C call a function for each. */
void plan_describe_store(struct plan *plan, struct kernel *kernel, int64_t weights)
{
    if (plan->options.store != ELEMENT_F16)
        return;
    kernel_numbers(kernel, {"HALVES", 1}, {"BIASES_AT", plan_biases_at(weights)});
    if (kernel->per_set)
        return;
    struct kernel *helper = kernel_new(plan, "portable/half.m4", "half");
    helper->helper = true;
    kernel_reference(kernel, "FROM_HALF", kernel_intern(plan, helper));
}

/* Kernels of copies that vanished go; helpers stay, since a kernel that is left may call them. */
static void drop_unused(struct plan *plan)
{
    int most = 0;
    size_t kept = 0;
    for (size_t i = 0; i < plan->kernels.count; i++)
        most = plan->kernels.items[i]->id > most ? plan->kernels.items[i]->id : most;
    bool *used = ARENA_ARRAY(plan->arena, bool, (size_t)most + 1);
    for (size_t i = 0; i < plan->steps.count; i++)
        used[plan->steps.items[i]->kernel->id] = true;
    for (size_t i = 0; i < plan->kernels.count; i++)
        if (used[plan->kernels.items[i]->id] || plan->kernels.items[i]->helper)
            plan->kernels.items[kept++] = plan->kernels.items[i];
    plan->kernels.count = kept;
}

void plan_number_kernels(struct plan *plan)
{
    drop_unused(plan);
    for (size_t i = 0; i < plan->kernels.count; i++) {
        struct kernel *kernel = plan->kernels.items[i], *other = NULL;
        for (size_t k = 0; k < i; k++)
            if (strcmp(plan->kernels.items[k]->family, kernel->family) == 0 &&
                plan->kernels.items[k]->per_set == kernel->per_set)
                other = plan->kernels.items[k];
        if (other && other->number == 0)
            other->number = 1;
        kernel->number = other ? other->number + 1 : 0;
    }
}
