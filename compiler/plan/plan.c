/* Makes plans: asks the target's planner for each operation's steps, then shares memory and places
 * everything. Which kernel computes what is decided in the targets' files. */
#include "plan/fast.h"

#include <string.h>

#include "base/diag.h"
#include "base/text.h"

/* ---- layouts and tensors ---- */

struct tensor_layout tensor_layout(enum form form, int64_t block, struct shape shape, struct padding halo)
{
    struct tensor_layout layout = {.form = form, .block = form == FORM_PLANAR ? 1 : block, .halo = halo};
    layout.row = (halo.left + shape.w + halo.right) * layout.block;
    layout.plane = (halo.top + shape.h + halo.bottom) * layout.row;
    layout.bytes = (shape.c + layout.block - 1) / layout.block * layout.plane * (int64_t)sizeof(float);
    return layout;
}

int64_t tensor_element(const struct tensor_layout *layout, int64_t c, int64_t y, int64_t x)
{
    return c / layout->block * layout->plane + (y + layout->halo.top) * layout->row +
           (x + layout->halo.left) * layout->block + c % layout->block;
}

static struct tensor *new_tensor(struct plan *plan, struct shape shape, struct tensor_layout layout)
{
    struct tensor *tensor = ARENA_NEW(plan->arena, struct tensor);
    tensor->id = (int)plan->tensors.count;
    tensor->shape = shape;
    tensor->layout = layout;
    tensor->first_write = tensor->last_read = -1;
    VEC_PUSH(plan->arena, &plan->tensors, tensor);
    return tensor;
}

struct tensor *plan_tensor(struct plan *plan, const struct value *value, struct tensor_layout layout)
{
    struct tensor *tensor = new_tensor(plan, value->shape, layout);
    tensor->value = value;
    tensor->name = value->node->name;
    return tensor;
}

struct tensor *plan_part(struct plan *plan, struct tensor *parent, int64_t offset, struct shape shape,
                         struct tensor_layout layout)
{
    struct tensor *tensor = new_tensor(plan, shape, layout);
    tensor->value = parent->value;
    tensor->name = parent->name;
    tensor->element = parent->element;
    tensor->parent = tensor->whole = parent;
    tensor->offset = tensor->whole_offset = offset;
    return tensor;
}

/* ---- kernels ---- */

struct kernel *kernel_describe(struct plan *plan, const char *file, const char *family)
{
    struct kernel *kernel = ARENA_NEW(plan->arena, struct kernel);
    kernel->file = file;
    kernel->family = family;
    return kernel;
}

static void add_param(struct plan *plan, struct kernel *kernel, struct param param)
{
    VEC_PUSH(plan->arena, &kernel->params, param);
}

void kernel_integer(struct plan *plan, struct kernel *kernel, const char *name, int64_t value)
{
    add_param(plan, kernel, (struct param){.name = name, .type = PARAM_INTEGER, .integer = value});
}

void kernel_real(struct plan *plan, struct kernel *kernel, const char *name, double value)
{
    add_param(plan, kernel, (struct param){.name = name, .type = PARAM_REAL, .real = value});
}

void kernel_word(struct plan *plan, struct kernel *kernel, const char *name, const char *word)
{
    add_param(plan, kernel, (struct param){.name = name, .type = PARAM_WORD, .word = word});
}

void kernel_text(struct plan *plan, struct kernel *kernel, const char *name, const char *text)
{
    add_param(plan, kernel, (struct param){.name = name, .type = PARAM_TEXT, .word = text});
}

/* -0.0 is not 0.0: the text of a number goes into the C. */
static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static bool params_equal(const struct param *a, const struct param *b)
{
    if (strcmp(a->name, b->name) != 0 || a->type != b->type || a->integer != b->integer ||
        bits_of(a->real) != bits_of(b->real))
        return false;
    return a->word == b->word || (a->word && b->word && strcmp(a->word, b->word) == 0);
}

static bool kernels_equal(const struct kernel *a, const struct kernel *b)
{
    if (strcmp(a->file, b->file) != 0 || strcmp(a->family, b->family) != 0 || a->params.count != b->params.count)
        return false;
    for (size_t i = 0; i < a->params.count; i++)
        if (!params_equal(&a->params.items[i], &b->params.items[i]))
            return false;
    return true;
}

struct kernel *kernel_intern(struct plan *plan, struct kernel *kernel)
{
    for (size_t i = 0; i < plan->kernels.count; i++)
        if (kernels_equal(plan->kernels.items[i], kernel))
            return plan->kernels.items[i];
    kernel->id = (int)plan->kernels.count;
    VEC_PUSH(plan->arena, &plan->kernels, kernel);
    return kernel;
}

/* Drops kernels that no step calls in the end (those of copies that vanished), and numbers the rest
 * within their families. Helpers stay: a kernel that is left may call them. */
static void number_kernels(struct plan *plan)
{
    bool *used = ARENA_ARRAY(plan->arena, bool, plan->kernels.count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < plan->steps.count; i++)
        used[plan->steps.items[i]->kernel->id] = true;
    for (size_t i = 0; i < plan->kernels.count; i++)
        if (used[i] || plan->kernels.items[i]->helper)
            plan->kernels.items[kept++] = plan->kernels.items[i];
    plan->kernels.count = kept;
    for (size_t i = 0; i < kept; i++) {
        struct kernel *kernel = plan->kernels.items[i], *other = NULL;
        for (size_t k = 0; k < i; k++)
            if (strcmp(plan->kernels.items[k]->family, kernel->family) == 0)
                other = plan->kernels.items[k];
        if (other && other->number == 0)
            other->number = 1;
        kernel->number = other ? other->number + 1 : 0;
    }
}

/* ---- steps ---- */

struct step *plan_step(struct plan *plan, const struct op *op, struct kernel *kernel)
{
    struct step *step = ARENA_NEW(plan->arena, struct step);
    step->id = (int)plan->steps.count;
    step->op = op;
    step->kernel = kernel;
    step->parts = 1;
    VEC_PUSH(plan->arena, &plan->steps, step);
    return step;
}

void step_reads(struct plan *plan, struct step *step, struct tensor *tensor)
{
    VEC_PUSH(plan->arena, &step->arguments, ((struct argument){.kind = ARGUMENT_TENSOR, .tensor = tensor}));
}

void step_writes(struct plan *plan, struct step *step, struct tensor *tensor)
{
    VEC_PUSH(plan->arena, &step->arguments,
             ((struct argument){.kind = ARGUMENT_TENSOR, .tensor = tensor, .written = true}));
}

void step_weights(struct plan *plan, struct step *step, struct pack *pack)
{
    VEC_PUSH(plan->arena, &step->arguments, ((struct argument){.kind = ARGUMENT_WEIGHTS, .pack = pack}));
}

/* ---- the plan ---- */

/* The tensor that holds an operation's result in the form in which it was computed. */
static struct tensor *result_of(const struct plan *plan, const struct op *op)
{
    struct tensor *computed = plan->fast ? plan->fast->values[op->output->id].result : NULL;
    return computed ? computed : plan->of_value[op->output->id];
}

/* The last step of each operation that computes a layer completes it. */
static void find_probes(struct plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        struct step *step = plan->steps.items[i];
        bool last = i + 1 == plan->steps.count || plan->steps.items[i + 1]->op != step->op;
        const struct op *op = step->op;
        plan->scratch_bytes = step->scratch > plan->scratch_bytes ? step->scratch : plan->scratch_bytes;
        if (!last || !op->output)
            continue;
        step->final = true;
        struct probe probe = {op->output->node, op, result_of(plan, op), step->id};
        VEC_PUSH(plan->arena, &plan->probes, probe);
    }
}

static bool plan_op(struct plan *plan, const struct op *op)
{
    return plan->fast ? plan_fast_op(plan->fast, op) : plan_c99_op(plan, op);
}

struct plan *plan_make(struct arena *arena, struct diag *diag, const struct op_list *list, struct plan_options options)
{
    struct plan *plan = ARENA_NEW(arena, struct plan);
    plan->arena = arena;
    plan->graph = list->graph;
    plan->list = list;
    plan->options = options;
    plan->of_value = ARENA_ARRAY(arena, struct tensor *, list->values.count + 1);
    if (target_is_fast(options.target))
        plan->fast = fast_begin(plan);
    bool complete = true;
    for (size_t i = 0; i < list->ops.count; i++) {
        const struct op *op = list->ops.items[i];
        if (plan_op(plan, op))
            continue;
        diag_report(diag, CHECK_UNSUPPORTED, op->node->span, "--target=%s has no code for %s yet",
                    target_names[options.target], layer_table[op->kind].keyword);
        complete = false;
    }
    if (!complete)
        return NULL;
    plan_alias(plan);
    number_kernels(plan);
    find_probes(plan);
    plan_memory(plan);
    plan_place_weights(plan);
    return plan;
}

/* ---- printing ---- */

static void print_tensor(const struct tensor *tensor, struct text *out)
{
    static const char *const places[] = {"arena", "input", "output"};
    int64_t offset = 0;
    for (; tensor->parent; tensor = tensor->parent)
        offset += tensor->offset;
    if (tensor->place == PLACE_ARENA)
        text_printf(out, "arena+%lld", (long long)(tensor->buffer->offset + offset));
    else
        text_printf(out, "%s%d+%lld", places[tensor->place], tensor->index, (long long)offset);
}

void plan_print(const struct plan *plan, struct text *out)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct step *step = plan->steps.items[i];
        text_printf(out, "%4d  %s_%d(", step->id, step->kernel->family, step->kernel->number);
        for (size_t k = 0; k < step->arguments.count; k++) {
            const struct argument *argument = &step->arguments.items[k];
            text_add(out, k ? ", " : "");
            if (argument->kind == ARGUMENT_WEIGHTS)
                text_printf(out, "weights+%lld", (long long)argument->pack->offset);
            else
                print_tensor(argument->tensor, out);
        }
        text_printf(out, ")  %s\n", step->op->output ? step->op->output->node->name : "-> output");
    }
    text_printf(out, "arena %lld bytes, lower bound %lld; weights %lld bytes\n", (long long)plan->arena_bytes,
                (long long)plan->arena_lower_bound, (long long)plan->weight_bytes);
}
