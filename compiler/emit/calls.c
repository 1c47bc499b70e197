/* The calls of NAME_run_many as data for m4: where tensors and weights lie, which kernel gets which of them; and the
 * rows of the tables that describe the network. */
#include "emit/define.h"
#include "emit/emit.h"
#include "plan/build.h"

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

/* What is being written: the calls of the network; of a batch, for all images or for one of them. */
struct calling {
    const struct plan *plan;
    bool each;             /* it is the image number `image' */
    bool *tensors, *packs; /* by id: what has its name already */
};

static struct calling *calling_new(const struct plan *plan, bool each)
{
    struct calling *calling = ARENA_NEW(plan->arena, struct calling);
    calling->plan = plan;
    calling->each = each;
    calling->tensors = ARENA_ARRAY(plan->arena, bool, plan->tensors.count + 1);
    calling->packs = ARENA_ARRAY(plan->arena, bool, plan->packs.count + 1);
    return calling;
}

/* Where a tensor lies, as an expression. */
static void add_place(struct text *data, const struct calling *calling, struct tensor *tensor)
{
    int64_t offset;
    const struct tensor *root = tensor_root(tensor, &offset);
    if (root->place == PLACE_ARENA && root->buffer->own)
        add_offset(data, "own", root->buffer->offset + offset);
    else if (root->place == PLACE_ARENA && calling->each)
        add_offset(data, arena_printf(data->arena, "arena + image * %lld", (long long)root->buffer->image),
                   root->buffer->offset + offset);
    else if (root->place == PLACE_ARENA)
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

/* Each tensor gets its name just before the first call that uses it. */
static void introduce(struct text *data, struct tensor *tensor, struct calling *calling)
{
    while (!is_whole(tensor))
        tensor = tensor->whole;
    if (calling->tensors[tensor->id] || naming_end(tensor))
        return;
    calling->tensors[tensor->id] = true;
    const struct tensor *root = tensor_root(tensor, NULL);
    static const char *const words[] = {
        [PLACE_ARENA] = "", [PLACE_INPUT] = "INPUT_", [PLACE_OUTPUT] = "", [PLACE_WEIGHTS] = "CONSTANT_"};
    text_printf(data, "%sPLACE(%d, [<%s>], [<", words[root->place], tensor->id, element_c(tensor->layout.type));
    add_place(data, calling, tensor);
    text_printf(data, ">], %d)m4_dnl\n", root->place == PLACE_ARENA);
}

/* And each piece of the packed weights. */
static void introduce_weights(struct text *data, const struct pack *pack, struct calling *calling)
{
    if (calling->packs[pack->id])
        return;
    calling->packs[pack->id] = true;
    text_printf(data, "WEIGHTS(%d, [<%s>], [<", pack->id, element_c(pack->type));
    add_offset(data, "weights", pack->offset);
    text_add(data, ">])m4_dnl\n");
}

static void introduce_arguments(struct text *data, const struct step *step, struct calling *calling)
{
    for (size_t i = 0; i < step->arguments.count; i++)
        if (step->arguments.items[i].tensor)
            introduce(data, step->arguments.items[i].tensor, calling);
        else
            introduce_weights(data, step->arguments.items[i].pack, calling);
}

static void add_call(struct text *data, const struct step *step, struct calling *calling)
{
    const struct plan *plan = calling->plan;
    const struct step *before = step->id ? plan->steps.items[step->id - 1] : NULL;
    if (!before || before->op != step->op)
        text_printf(data, "LAYER(%d)m4_dnl\n", step->id);
    introduce_arguments(data, step, calling);
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

/* What a segment's calls use. */
struct needs {
    bool weights, arena, own, scratch, shared, inputs, outputs;
    bool *roots; /* by id: tensors with a buffer of their own */
};

static void add_needs(struct needs *needs, const struct plan *plan, const struct segment *segment)
{
    for (size_t i = segment->first; i < segment->end; i++) {
        const struct step *step = plan->steps.items[i];
        needs->scratch |= step->scratch && !step->kernel->shared;
        needs->shared |= step->kernel->shared;
        for (size_t k = 0; k < step->arguments.count; k++) {
            const struct tensor *tensor = step->arguments.items[k].tensor;
            if (!tensor) {
                needs->weights = true;
                continue;
            }
            const struct tensor *root = tensor_root(tensor, NULL);
            needs->roots[root->id] = true;
            needs->inputs |= root->place == PLACE_INPUT;
            needs->weights |= root->place == PLACE_WEIGHTS;
            needs->outputs |= root->place == PLACE_OUTPUT;
            needs->own |= root->buffer->own;
            needs->arena |= root->place == PLACE_ARENA && !root->buffer->own;
        }
    }
}

static struct needs needs_new(const struct plan *plan)
{
    return (struct needs){.roots = ARENA_ARRAY(plan->arena, bool, plan->tensors.count + 1)};
}

/* The caller's tensors that calls use. Of one image of a batch: how many numbers one has. */
static void add_pointers(struct text *data, const struct plan *plan, const struct needs *needs, bool each)
{
    for (size_t i = 0; i < plan->tensors.count; i++) {
        const struct tensor *tensor = plan->tensors.items[i];
        if (needs->roots[i] && is_end(tensor))
            text_printf(data, "%s_POINTER(%d, [<%s>], %d, %lld)m4_dnl\n",
                        tensor->place == PLACE_INPUT ? "INPUT" : "OUTPUT", tensor->id, element_c(tensor->layout.type),
                        tensor->index, each ? (long long)tensor->layout.count : 0);
    }
    text_add(data, needs->inputs ? "" : "    (void)inputs;\n");
    text_add(data, needs->outputs ? "" : "    (void)outputs;\n");
    text_add(data, !each || needs->inputs || needs->outputs || needs->arena ? "" : "    (void)image;\n");
}

/* The steps of a segment, and what watches their results. */
static void add_steps(struct text *data, const struct segment *segment, struct calling *calling)
{
    const struct plan *plan = calling->plan;
    size_t probe = 0;
    while (probe < plan->probes.count && plan->probes.items[probe].step < (int)segment->first)
        probe++;
    for (size_t i = segment->first; i < segment->end; i++) {
        const struct step *step = plan->steps.items[i];
        add_call(data, step, calling);
        if (probe < plan->probes.count && plan->probes.items[probe].step == step->id) {
            struct tensor *tensor = plan->probes.items[probe].tensor;
            const struct tensor *root = tensor_root(tensor, NULL);
            introduce(data, tensor, calling);
            text_printf(data, "%s(%zu, %d, %lld)m4_dnl\n", segment->batched ? "PROBE_EACH" : "PROBE", probe, tensor->id,
                        (long long)(plan_image_bytes(root) / element_bytes(root->layout.type)));
            probe++;
        }
    }
}

/* ---- the function's body; of a batch, one for each segment, too ---- */

/* What the body begins with: of what it needs, numbers that are 0 or 1. */
static void add_begin(struct text *data, const struct needs *needs)
{
    text_printf(data, "%d, %d, %d, %d", needs->weights, needs->arena, needs->own, needs->scratch);
}

static void add_segment(struct text *data, const struct plan *plan, size_t number)
{
    const struct segment *segment = &plan->segments.items[number];
    struct needs needs = needs_new(plan);
    add_needs(&needs, plan, segment);
    text_printf(data, "SEGMENT(%zu, ", number);
    add_begin(data, &needs);
    text_printf(data, ", %d, [<", needs.shared);
    add_pointers(data, plan, &needs, true);
    add_steps(data, segment, calling_new(plan, true));
    text_add(data, ">])m4_dnl\n");
}

/* The segments of single images, and the calls between them. */
static void add_batch(struct text *data, const struct plan *plan)
{
    struct calling *calling = calling_new(plan, false);
    struct needs needs = needs_new(plan);
    text_add(data, "m4_define([<SEGMENTS>], [<");
    for (size_t i = 0; i < plan->segments.count; i++)
        if (!plan->segments.items[i].batched)
            add_segment(data, plan, i);
    text_add(data, ">])m4_dnl\nm4_define([<CALLS>], [<");
    for (size_t i = 0; i < plan->segments.count; i++)
        if (plan->segments.items[i].batched)
            add_needs(&needs, plan, &plan->segments.items[i]);
        else
            needs.inputs = needs.outputs = needs.shared = true;
    add_pointers(data, plan, &needs, false);
    for (size_t i = 0; i < plan->segments.count; i++)
        if (plan->segments.items[i].batched)
            add_steps(data, &plan->segments.items[i], calling);
        else
            text_printf(data, "CALL_SEGMENT(%zu)m4_dnl\n", i);
    text_add(data, ">])m4_dnl\nm4_define([<NEEDS>], [<");
    add_begin(data, &needs);
    text_add(data, ">])m4_dnl\n");
}

void data_calls(const struct plan *plan, struct text *data)
{
    const struct segment all = {0, plan->steps.count, false};
    struct needs needs = needs_new(plan);
    if (plan->segments.count) {
        add_batch(data, plan);
        return;
    }
    add_needs(&needs, plan, &all);
    text_add(data, "m4_define([<POINTERS>], [<");
    add_pointers(data, plan, &needs, false);
    text_add(data, ">])m4_dnl\nm4_define([<CALLS>], [<");
    add_steps(data, &all, calling_new(plan, false));
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
    data_float(data, integers ? (double)value->quantisation->scale[0] : op->caller_type == ELEMENT_S32 ? 1 : 0);
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
