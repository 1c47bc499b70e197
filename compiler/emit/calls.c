/* The calls of NAME_run_many as data for m4: where tensors and weights lie, which kernel gets which of them; and the
 * rows of the tables that describe the network. */
#include "emit/define.h"
#include "emit/emit.h"

static bool is_whole(const struct tensor *tensor)
{
    return tensor->whole == NULL;
}

static void add_offset(struct text *data, const char *pointer, int64_t offset)
{
    text_add(data, pointer);
    if (offset)
        text_printf(data, " + %lld", (long long)offset);
}

/* Where a tensor lies, as an expression. */
static void add_place(struct text *data, struct tensor *tensor)
{
    int64_t offset;
    const struct tensor *root = tensor_root(tensor, &offset);
    if (root->place == PLACE_ARENA)
        add_offset(data, "arena", root->buffer->offset + offset);
    else if (root->place == PLACE_WEIGHTS)
        add_offset(data, "weights", root->pack->offset + offset);
    else
        add_offset(data, arena_printf(data->arena, "@tensor:%d@", root->id), offset / element_bytes(root->layout.type));
}

static bool is_end(const struct tensor *tensor)
{
    return plan_is_callers(tensor) && !tensor->parent;
}

static void add_argument(struct text *data, const struct argument *argument)
{
    const struct tensor *tensor = argument->tensor;
    if (argument->kind == ARGUMENT_WEIGHTS) {
        text_printf(data, "@pack:%d@", argument->pack->id);
        return;
    }
    int64_t offset = 0;
    for (; tensor->whole; tensor = tensor->whole) /* NOLINT(clang-analyzer-*): all but weights have a tensor */
        offset += tensor->whole_offset;
    add_offset(data, arena_printf(data->arena, "@tensor:%d@", tensor->id), offset / element_bytes(tensor->layout.type));
}

/* What has its name already. */
struct introduced {
    bool *tensors, *packs; /* by id */
};

/* Each tensor gets its name just before the first call that uses it. */
static void introduce(struct text *data, struct tensor *tensor, struct introduced *introduced)
{
    while (!is_whole(tensor))
        tensor = tensor->whole;
    if (introduced->tensors[tensor->id] || naming_end(tensor))
        return;
    introduced->tensors[tensor->id] = true;
    const struct tensor *root = tensor_root(tensor, NULL);
    static const char *const words[] = {
        [PLACE_ARENA] = "", [PLACE_INPUT] = "INPUT_", [PLACE_OUTPUT] = "", [PLACE_WEIGHTS] = "CONSTANT_"};
    text_printf(data, "%sPLACE(%d, [<%s>], [<", words[root->place], tensor->id, element_c(tensor->layout.type));
    add_place(data, tensor);
    text_printf(data, ">], %d)m4_dnl\n", root->place == PLACE_ARENA);
}

/* And each piece of the packed weights. */
static void introduce_weights(struct text *data, const struct pack *pack, struct introduced *introduced)
{
    if (introduced->packs[pack->id])
        return;
    introduced->packs[pack->id] = true;
    text_printf(data, "WEIGHTS(%d, [<%s>], [<", pack->id, element_c(pack->type));
    add_offset(data, "weights", pack->offset);
    text_add(data, ">])m4_dnl\n");
}

static void introduce_arguments(struct text *data, const struct step *step, struct introduced *introduced)
{
    for (size_t i = 0; i < step->arguments.count; i++)
        if (step->arguments.items[i].tensor)
            introduce(data, step->arguments.items[i].tensor, introduced);
        else
            introduce_weights(data, step->arguments.items[i].pack, introduced);
}

static void add_call(struct text *data, const struct plan *plan, const struct step *step, struct introduced *introduced)
{
    const struct step *before = step->id ? plan->steps.items[step->id - 1] : NULL;
    if (!before || before->op != step->op)
        text_printf(data, "LAYER(%d)m4_dnl\n", step->id);
    introduce_arguments(data, step, introduced);
    const struct kernel *kernel = step->kernel;
    text_printf(data, "%s(%d, [<", kernel->shared ? "CALL_SHARED" : kernel->per_set ? "CALL_ISA" : "CALL", kernel->id);
    for (size_t i = 0; i < step->arguments.count; i++) {
        text_add(data, i ? ", " : "");
        add_argument(data, &step->arguments.items[i]);
    }
    if (step->scratch && !step->kernel->shared)
        text_add(data, ", scratch");
    text_add(data, ">])m4_dnl\n");
}

/* By id: does a call use memory of this tensor? Only those with a buffer of their own count. */
static bool *used_roots(const struct plan *plan)
{
    bool *used = ARENA_ARRAY(plan->arena, bool, plan->tensors.count + 1);
    for (size_t i = 0; i < plan->steps.count; i++)
        for (size_t k = 0; k < plan->steps.items[i]->arguments.count; k++) {
            const struct tensor *tensor = plan->steps.items[i]->arguments.items[k].tensor;
            if (tensor)
                used[tensor_root(tensor, NULL)->id] = true;
        }
    return used;
}

/* The caller's tensors that calls use. */
static void add_pointers(struct text *data, const struct plan *plan)
{
    const bool *used = used_roots(plan);
    bool any_input = false, any_output = false;
    for (size_t i = 0; i < plan->tensors.count; i++) {
        const struct tensor *tensor = plan->tensors.items[i];
        if (!used[i] || !is_end(tensor))
            continue;
        bool input = tensor->place == PLACE_INPUT;
        text_printf(data, "%s_POINTER(%d, [<%s>], %d)m4_dnl\n", input ? "INPUT" : "OUTPUT", tensor->id,
                    element_c(tensor->layout.type), tensor->index);
        any_input |= input;
        any_output |= !input;
    }
    if (!any_input)
        text_add(data, "    (void)inputs;\n");
    if (!any_output)
        text_add(data, "    (void)outputs;\n");
}

static void add_calls(struct text *data, const struct plan *plan)
{
    struct introduced introduced = {ARENA_ARRAY(plan->arena, bool, plan->tensors.count + 1),
                                    ARENA_ARRAY(plan->arena, bool, plan->packs.count + 1)};
    size_t probe = 0;
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct step *step = plan->steps.items[i];
        add_call(data, plan, step, &introduced);
        if (probe < plan->probes.count && plan->probes.items[probe].step == step->id) {
            introduce(data, plan->probes.items[probe].tensor, &introduced);
            text_printf(data, "PROBE(%zu, %d)m4_dnl\n", probe, plan->probes.items[probe].tensor->id);
            probe++;
        }
    }
}

void data_calls(const struct plan *plan, struct text *data)
{
    text_add(data, "m4_define([<POINTERS>], [<");
    add_pointers(data, plan);
    text_add(data, ">])m4_dnl\nm4_define([<CALLS>], [<");
    add_calls(data, plan);
    text_add(data, ">])m4_dnl\n");
}

/* ---- the tables of struct cnn_model ---- */

static void add_tensor_row(struct text *data, const struct plan *plan, enum op_kind kind, size_t index)
{
    const struct op *op = plan_end(plan, kind, index);
    const struct value *value = kind == OP_INPUT ? op->output : op->inputs.items[0];
    const struct shape shape = value->shape;
    const bool integers = op->caller_type == ELEMENT_S8 && value->quantisation;
    text_printf(data, "TENSOR_ROW(%s, %zu, [<%lld, %lld, %lld, %d, %d, ", kind == OP_INPUT ? "input" : "output", index,
                (long long)shape.h, (long long)shape.w, (long long)shape.c, op->layout == LAYOUT_HWC,
                (int)op->caller_type);
    data_float(data, integers ? (double)value->quantisation->scale[0] : 0);
    text_printf(data, ", %d>], %lld, [<%s>])m4_dnl\n", integers ? (int)value->quantisation->zero[0] : 0,
                (long long)element_bytes(op->caller_type), element_c(op->caller_type));
}

void data_tables(const struct plan *plan, struct text *data)
{
    const struct graph *graph = plan->graph;
    text_add(data, "m4_define([<INPUT_ROWS>], [<");
    for (size_t i = 0; i < graph->inputs.count; i++)
        add_tensor_row(data, plan, OP_INPUT, i);
    text_add(data, ">])m4_dnl\nm4_define([<OUTPUT_ROWS>], [<");
    for (size_t i = 0; i < graph->outputs.count; i++)
        add_tensor_row(data, plan, OP_OUTPUT, i);
    text_add(data, ">])m4_dnl\nm4_define([<RESULT_ROWS>], [<");
    for (size_t i = 0; i < plan->probes.count; i++) {
        const struct op *op = plan->probes.items[i].op;
        struct shape shape = op->output->shape;
        text_printf(data, "RESULT_ROW(%zu, %lld, %lld, %lld, %lld)m4_dnl\n", i, (long long)shape.h, (long long)shape.w,
                    (long long)shape.c, (long long)op_macs(op));
    }
    text_add(data, ">])m4_dnl\n");
}
