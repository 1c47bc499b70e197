/* The data that m4 reads: numbers, cnnc's own words, and marks. Nothing else: not a byte of what a
 * user wrote. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "emit/emit.h"
#include "plan/fast.h"

static void define_integer(struct text *data, const char *name, int64_t value)
{
    text_printf(data, "m4_define([<%s>], [<%lld>])m4_dnl\n", name, (long long)value);
}

/* The shortest decimal that reads back as the same float: 0.1f, 6.0f. Infinities and NaN cannot occur:
 * the language has none. */
static void add_float(struct text *data, double real)
{
    float value = (float)real;
    char digits[64];
    for (int precision = 1; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)value);
        if (strtof(digits, NULL) == value)
            break;
    }
    bool point = strpbrk(digits, ".e") != NULL;
    bool negative = digits[0] == '-';
    text_printf(data, "%s%s%sf%s", negative ? "(" : "", digits, point ? "" : ".0", negative ? ")" : "");
}

/* The name under which a template knows the param where vectors have that many lanes; NULL: it is
 * meant for another instruction set. */
static const char *param_name(struct arena *arena, const struct param *param, int lanes)
{
    const char *suffix = strstr(param->name, "_L");
    while (suffix && strcmp(suffix, "_L16") != 0 && strcmp(suffix, "_L8") != 0 && strcmp(suffix, "_L4") != 0)
        suffix = strstr(suffix + 1, "_L");
    if (!suffix)
        return param->name;
    return strtol(suffix + 2, NULL, 10) == lanes ? arena_copy(arena, param->name, (size_t)(suffix - param->name))
                                                 : NULL;
}

static void define_param(struct text *data, const struct param *param, int lanes)
{
    const char *name = param_name(data->arena, param, lanes);
    if (!name)
        return;
    if (param->type == PARAM_INTEGER) {
        define_integer(data, name, param->integer);
        return;
    }
    text_printf(data, "m4_define([<%s>], [<", name);
    if (param->type == PARAM_REAL)
        add_float(data, param->real);
    else
        text_add(data, param->word);
    text_add(data, ">])m4_dnl\n");
}

static void add_kernel(struct text *data, const struct kernel *kernel, int lanes)
{
    text_printf(data, "@begin:%d@\n", kernel->id);
    for (size_t i = 0; i < kernel->params.count; i++)
        define_param(data, &kernel->params.items[i], lanes);
    text_printf(data, "m4_include([<%s>])m4_dnl\n", kernel->file);
    for (size_t i = 0; i < kernel->params.count; i++) {
        const char *name = param_name(data->arena, &kernel->params.items[i], lanes);
        if (name)
            text_printf(data, "m4_undefine([<%s>])m4_dnl\n", name);
    }
    text_add(data, "\n");
}

/* ---- instruction sets: what is written once for each of the target's ---- */

static const char *isa_word(const struct plan *plan, int lanes)
{
    return plan->options.target == TARGET_NEON ? "neon" : lanes == 16 ? "avx512" : lanes == 8 ? "avx2" : "sse2";
}

static void define_isa(const struct plan *plan, struct text *data, int lanes)
{
    const char *isa = isa_word(plan, lanes);
    define_integer(data, "LANES", lanes);
    text_printf(data, "m4_define([<ISA>], [<%s>])m4_dnl\nm4_define([<TARGET>], [<TARGET_%s>])m4_dnl\n", isa, isa);
}

static void add_isa_kernels(const struct plan *plan, struct text *data)
{
    struct fast_lanes sets = fast_lanes_of(plan->options.target);
    text_add(data, "m4_include([<vector/common.m4>])m4_dnl\n");
    for (size_t k = 0; k < sets.count; k++) {
        define_isa(plan, data, sets.lanes[k]);
        text_add(data, "m4_include([<vector/prelude.m4>])m4_dnl\n");
        for (size_t i = 0; i < plan->kernels.count; i++)
            if (plan->kernels.items[i]->per_isa)
                add_kernel(data, plan->kernels.items[i], sets.lanes[k]);
    }
}

static void add_kernels(const struct plan *plan, struct text *data)
{
    for (int helper = 1; helper >= 0; helper--)
        for (size_t i = 0; i < plan->kernels.count; i++)
            if (plan->kernels.items[i]->helper == helper && !plan->kernels.items[i]->per_isa)
                add_kernel(data, plan->kernels.items[i], 0);
    if (plan->fast)
        add_isa_kernels(plan, data);
}

/* ISA_RUNS: for each set the calls; ISA_CHOICE: the choice between them. */
static void define_isa_runs(const struct plan *plan, struct text *data)
{
    struct fast_lanes sets = fast_lanes_of(plan->options.target);
    text_add(data, "m4_define([<ISA_RUNS>], [<");
    for (size_t k = 0; plan->fast && k < sets.count; k++)
        text_printf(data, "ISA_RUN(%s)", isa_word(plan, sets.lanes[k]));
    text_add(data, ">])m4_dnl\nm4_define([<ISA_CHOICE>], [<");
    for (size_t k = 0; plan->fast && k < sets.count; k++)
        text_printf(data, "%s(%s)", k + 1 < sets.count ? "ISA_TRY" : "ISA_LAST", isa_word(plan, sets.lanes[k]));
    text_add(data, ">])m4_dnl\n");
    define_integer(data, "FAST", plan->fast != NULL);
}

/* ---- the calls ---- */

static bool is_whole(const struct tensor *tensor)
{
    return tensor->whole == NULL;
}

/* Where a tensor lies, as an expression. */
static void add_place(struct text *data, struct tensor *tensor)
{
    const struct tensor *root = tensor;
    int64_t offset = 0;
    for (; root->parent; root = root->parent)
        offset += root->offset;
    if (root->place == PLACE_ARENA)
        text_printf(data, "arena + %lld", (long long)((root->buffer->offset + offset) / 4));
    else if (offset)
        text_printf(data, "@tensor:%d@ + %lld", root->id, (long long)(offset / 4));
    else
        text_printf(data, "@tensor:%d@", root->id);
}

static bool is_end(const struct tensor *tensor)
{
    return tensor->place != PLACE_ARENA && !tensor->parent;
}

static void add_argument(struct text *data, const struct argument *argument)
{
    const struct tensor *tensor = argument->tensor;
    if (argument->kind == ARGUMENT_WEIGHTS) {
        text_printf(data, "weights + %lld", (long long)(argument->pack->offset / 4));
        return;
    }
    int64_t offset = 0;
    for (; tensor->whole; tensor = tensor->whole) /* NOLINT(clang-analyzer-*): all but weights have a tensor */
        offset += tensor->whole_offset;
    text_printf(data, "@tensor:%d@", tensor->id);
    if (offset)
        text_printf(data, " + %lld", (long long)(offset / 4));
}

/* Each tensor gets its name just before the first call that uses it. */
static void introduce(struct text *data, struct tensor *tensor, bool *introduced)
{
    while (!is_whole(tensor))
        tensor = tensor->whole;
    if (introduced[tensor->id] || naming_end(tensor))
        return;
    introduced[tensor->id] = true;
    const struct tensor *root = tensor;
    while (root->parent)
        root = root->parent;
    text_printf(data, "%sPLACE(%d, [<", root->place == PLACE_INPUT ? "INPUT_" : "", tensor->id);
    add_place(data, tensor);
    text_add(data, ">])m4_dnl\n");
}

static void add_call(struct text *data, const struct plan *plan, const struct step *step, bool *introduced)
{
    const struct step *before = step->id ? plan->steps.items[step->id - 1] : NULL;
    if (!before || before->op != step->op)
        text_printf(data, "LAYER(%d)m4_dnl\n", step->id);
    for (size_t i = 0; i < step->arguments.count; i++)
        if (step->arguments.items[i].tensor)
            introduce(data, step->arguments.items[i].tensor, introduced);
    const struct kernel *kernel = step->kernel;
    text_printf(data, "%s(%d, [<", kernel->shared ? "CALL_SHARED" : kernel->per_isa ? "CALL_ISA" : "CALL", kernel->id);
    for (size_t i = 0; i < step->arguments.count; i++) {
        text_add(data, i ? ", " : "");
        add_argument(data, &step->arguments.items[i]);
    }
    if (step->scratch && !step->kernel->shared)
        text_add(data, ", scratch");
    text_add(data, ">])m4_dnl\n");
}

/* The caller's tensors that a call names. */
static void add_pointers(struct text *data, const struct plan *plan)
{
    bool *used = ARENA_ARRAY(plan->arena, bool, plan->tensors.count + 1);
    for (size_t i = 0; i < plan->steps.count; i++)
        for (size_t k = 0; k < plan->steps.items[i]->arguments.count; k++) {
            const struct tensor *root = plan->steps.items[i]->arguments.items[k].tensor;
            while (root && root->parent)
                root = root->parent;
            if (root)
                used[root->id] = true;
        }
    for (size_t i = 0; i < plan->tensors.count; i++) {
        const struct tensor *tensor = plan->tensors.items[i];
        if (!used[i] || !is_end(tensor))
            continue;
        if (tensor->place == PLACE_INPUT)
            text_printf(data, "INPUT_POINTER(%d, %d, %d)m4_dnl\n", tensor->id, tensor->element == ELEMENT_U8,
                        tensor->index);
        else
            text_printf(data, "OUTPUT_POINTER(%d, %d)m4_dnl\n", tensor->id, tensor->index);
    }
    const struct graph *graph = plan->graph;
    bool any_input = false, any_output = false;
    for (size_t i = 0; i < plan->tensors.count; i++) {
        any_input |= used[i] && plan->tensors.items[i]->place == PLACE_INPUT && is_end(plan->tensors.items[i]);
        any_output |= used[i] && plan->tensors.items[i]->place == PLACE_OUTPUT && is_end(plan->tensors.items[i]);
    }
    if (!any_input || graph->inputs.count == 0)
        text_add(data, "    (void)inputs;\n");
    if (!any_output)
        text_add(data, "    (void)outputs;\n");
}

static void add_calls(struct text *data, const struct plan *plan)
{
    bool *introduced = ARENA_ARRAY(plan->arena, bool, plan->tensors.count + 1);
    size_t probe = 0;
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct step *step = plan->steps.items[i];
        add_call(data, plan, step, introduced);
        if (probe < plan->probes.count && plan->probes.items[probe].step == step->id) {
            introduce(data, plan->probes.items[probe].tensor, introduced);
            text_printf(data, "PROBE(%zu, %d)m4_dnl\n", probe, plan->probes.items[probe].tensor->id);
            probe++;
        }
    }
}

/* ---- tables ---- */

static void add_rows(struct text *data, const struct plan *plan)
{
    const struct graph *graph = plan->graph;
    text_add(data, "m4_define([<INPUT_ROWS>], [<");
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const struct node *node = graph->inputs.items[i];
        text_printf(data, "TENSOR_ROW(input, %zu, %lld, %lld, %lld, %d, %d)m4_dnl\n", i, (long long)node->shape.h,
                    (long long)node->shape.w, (long long)node->shape.c, node->args.layout == LAYOUT_HWC,
                    node->element == ELEMENT_U8);
    }
    text_add(data, ">])m4_dnl\nm4_define([<OUTPUT_ROWS>], [<");
    for (size_t i = 0; i < graph->outputs.count; i++) {
        const struct output_tensor *output = &graph->outputs.items[i];
        struct shape shape = output->node->shape;
        text_printf(data, "TENSOR_ROW(output, %zu, %lld, %lld, %lld, %d, 0)m4_dnl\n", i, (long long)shape.h,
                    (long long)shape.w, (long long)shape.c, output->layout == LAYOUT_HWC);
    }
    text_add(data, ">])m4_dnl\nm4_define([<LAYER_ROWS>], [<");
    for (size_t i = 0; i < plan->probes.count; i++) {
        const struct op *op = plan->probes.items[i].op;
        int64_t macs = 0;
        for (size_t k = 0; k < op->nodes.count; k++)
            macs += op->nodes.items[k]->macs;
        struct shape shape = op->output->shape;
        text_printf(data, "LAYER_ROW(%zu, %lld, %lld, %lld, %lld)m4_dnl\n", i, (long long)shape.h, (long long)shape.w,
                    (long long)shape.c, (long long)macs);
    }
    text_add(data, ">])m4_dnl\n");
}

/* Does the network's own function hand scratch memory on? (Shared kernels take it from the context.) */
static bool hands_scratch(const struct plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++)
        if (plan->steps.items[i]->scratch && !plan->steps.items[i]->kernel->shared)
            return true;
    return false;
}

static void define_sizes(const struct emission *emission, struct text *data)
{
    const struct plan *plan = emission->plan;
    const struct graph *graph = plan->graph;
    text_add(data, "m4_include(`common/language.m4')m4_dnl\n"); /* it changes the quotes */
    define_integer(data, "ARENA_BYTES", plan->arena_bytes);
    define_integer(data, "SCRATCH_BYTES", plan->scratch_bytes);
    define_integer(data, "HANDS_SCRATCH", hands_scratch(plan));
    define_integer(data, "WEIGHT_BYTES", plan->weight_bytes);
    define_integer(data, "EMBEDDED", emission->embed && plan->weight_bytes > 0);
    define_integer(data, "SINGLE", graph->inputs.count == 1 && graph->outputs.count == 1);
    define_integer(data, "INPUTS", (int64_t)graph->inputs.count);
    define_integer(data, "OUTPUTS", (int64_t)graph->outputs.count);
    define_integer(data, "LAYERS", (int64_t)plan->probes.count);
}

void data_source(const struct emission *emission, struct text *data)
{
    const struct plan *plan = emission->plan;
    define_sizes(emission, data);
    define_integer(data, "FAST", plan->fast != NULL);
    text_add(data, "m4_include([<common/source.m4>])m4_dnl\n");
    add_kernels(plan, data);
    add_rows(data, plan);
    text_add(data, "m4_define([<POINTERS>], [<");
    add_pointers(data, plan);
    text_add(data, ">])m4_dnl\nm4_define([<CALLS>], [<");
    add_calls(data, plan);
    text_add(data, ">])m4_dnl\n");
    define_isa_runs(plan, data);
    text_add(data, "m4_include([<common/run.m4>])m4_dnl\n");
}

/* LENET5_INPUT_FLOATS; with several inputs SIAMESE_INPUT0_FLOATS, SIAMESE_INPUT1_FLOATS. */
static void add_size(struct text *data, const char *what, size_t index, size_t count, int64_t floats)
{
    if (count == 1)
        text_printf(data, "#define @NAME@_%s_FLOATS %lld\n", what, (long long)floats);
    else
        text_printf(data, "#define @NAME@_%s%zu_FLOATS %lld\n", what, index, (long long)floats);
}

void data_header(const struct emission *emission, struct text *data)
{
    const struct graph *graph = emission->plan->graph;
    define_sizes(emission, data);
    define_integer(data, "BYTES", graph->inputs.count == 1 && graph->inputs.items[0]->element == ELEMENT_U8);
    text_add(data, "m4_define([<SIZES>], [<");
    for (size_t i = 0; i < graph->inputs.count; i++)
        add_size(data, "INPUT", i, graph->inputs.count, shape_elements(graph->inputs.items[i]->shape));
    for (size_t i = 0; i < graph->outputs.count; i++)
        add_size(data, "OUTPUT", i, graph->outputs.count, shape_elements(graph->outputs.items[i].node->shape));
    text_add(data, ">])m4_dnl\nm4_include([<common/header.m4>])m4_dnl\n");
}

const char *const *data_params(const struct emission *emission, size_t *count)
{
    /* clang-format off */
    static const char *const own[] = {"IF", "IS", "ASSERT", "TIMES", "PLUS", "MINUS", "ACTIVATE", "START", "FINISH",
                                      "CEILING", "SLOPES_PARAMETER", "RESIDUAL_PARAMETER", "RESULT_PARAMETER",
                                      "EMBEDDED", "SINGLE", "CALLS", "POINTERS", "SIZES", "CALL", "LAYER",
                                      "PLACE", "INPUT_PLACE", "PROBE", "TENSOR_ROW", "LAYER_ROW", "INPUT_POINTER",
                                      "OUTPUT_POINTER", "INPUT_ROWS", "OUTPUT_ROWS", "LAYER_ROWS", "ISA_RUNS",
                                      "ISA_RUN", "ISA_CHOICE", "ISA_TRY", "ISA_LAST", "CALL_ISA", "CALL_SHARED",
                                      "BODY", "ARENA_BYTES", "WEIGHT_BYTES", "SCRATCH_BYTES", "HANDS_SCRATCH"};
    /* clang-format on */
    struct VEC(const char *) words = {0};
    struct map seen = {0};
    struct arena *arena = emission->arena;
    const struct plan *plan = emission->plan;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        VEC_PUSH(arena, &words, own[i]);
    for (size_t i = 0; i < plan->kernels.count; i++)
        for (size_t k = 0; k < plan->kernels.items[i]->params.count; k++) {
            /* With its _L16: that must not be left either. */
            const char *name = plan->kernels.items[i]->params.items[k].name;
            if (map_get(&seen, name))
                continue;
            map_set(arena, &seen, name, (void *)name);
            VEC_PUSH(arena, &words, name);
        }
    *count = words.count;
    return words.items;
}
