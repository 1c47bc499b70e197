/* A plan as text, for --trace=plan. */
#include "base/text.h"
#include "plan/plan.h"

static void print_tensor(const struct tensor *tensor, struct text *out)
{
    static const char *const places[] = {[PLACE_ARENA] = "arena", [PLACE_INPUT] = "input", [PLACE_OUTPUT] = "output"};
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
