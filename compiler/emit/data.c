/* The data that m4 reads: numbers, cnnc's own words, and marks. Nothing else: not a byte of what a
 * user wrote. */
#include <stdio.h>
#include <string.h>

#include "emit/define.h"
#include "emit/emit.h"
#include "emit/m4.h"

/* Is the param meant for this instruction set? */
static bool has_param(const struct param *param, const struct vector_set *set)
{
    return !param->set || param->set == set;
}

static void define_param(struct text *data, const struct param *param, const struct vector_set *set)
{
    if (param->type == PARAM_NUMBER) {
        define_integer(data, param->name, param->number);
        return;
    }
    text_printf(data, "m4_define([<%s>], [<", param->name);
    if (param->type == PARAM_REAL)
        data_float(data, param->real);
    else if (param->type == PARAM_KERNEL)
        text_printf(data, param->kernel->per_set ? "@kernel:%d@_%s" : "@kernel:%d@", param->kernel->id,
                    set ? set->name : "");
    else
        text_add(data, param->word);
    text_add(data, ">])m4_dnl\n");
}

static void add_kernel(struct text *data, const struct kernel *kernel, const struct vector_set *set)
{
    text_printf(data, "@begin:%d@\nBEGIN_KERNEL[<>]m4_dnl\n", kernel->id);
    for (size_t i = 0; i < kernel->params.count; i++)
        if (has_param(&kernel->params.items[i], set))
            define_param(data, &kernel->params.items[i], set);
    text_printf(data, "m4_include([<%s>])m4_dnl\nEND_KERNEL[<>]m4_dnl\n\n", kernel->file);
}

/* ---- instruction sets: what is written once for each of the target's ---- */

/* "avx2,fma" */
static void add_features(struct text *data, const struct vector_set *set)
{
    for (size_t i = 0; set->features[i]; i++)
        text_printf(data, "%s%s", i ? "," : "", set->features[i]);
}

static void define_set(struct text *data, const struct plan *plan, const struct vector_set *set)
{
    const int64_t width = element_bytes(ELEMENT_F32);
    define_integer(data, "LANES", set->lanes);
    define_integer(data, "WIDTH", width);
    define_integer(data, "LINE", PLAN_ALIGNMENT / width);
    define_word(data, "ISA", set->name);
    text_printf(data, "m4_define([<TARGET>], [<TARGET_%s%s>])m4_dnl\n", set->name,
                plan_has_halves(plan) && set->halves[0] ? "_halves" : "");
    text_add(data, "m4_define([<FEATURES>], [<");
    add_features(data, set);
    for (size_t i = 0; plan_has_halves(plan) && set->halves[i]; i++)
        text_printf(data, ",%s", set->halves[i]);
    text_add(data, ">])m4_dnl\n");
}

/* Those of one instruction set, or (NULL) of none; what they call comes first. */
static void add_kernels_of(const struct plan *plan, struct text *data, const struct vector_set *set)
{
    for (int helper = 1; helper >= 0; helper--)
        for (size_t i = 0; i < plan->kernels.count; i++)
            if (plan->kernels.items[i]->helper == helper && plan->kernels.items[i]->per_set == (set != NULL))
                add_kernel(data, plan->kernels.items[i], set);
}

static void add_set_kernels(const struct plan *plan, struct text *data)
{
    text_add(data, "m4_include([<vector/common.m4>])m4_dnl\n");
    for (const struct vector_set *const *set = plan->options.target->sets; *set; set++) {
        define_set(data, plan, *set);
        text_add(data, "m4_include([<vector/prelude.m4>])m4_dnl\n");
        add_kernels_of(plan, data, *set);
    }
}

void data_kernels(const struct plan *plan, struct text *data)
{
    add_kernels_of(plan, data, NULL);
    if (target_is_fast(plan->options.target))
        add_set_kernels(plan, data);
}

/* ISA_RUNS: for each set the calls; ISA_CHOICE: the choice between them. */
void data_sets(const struct plan *plan, struct text *data)
{
    const struct vector_set *const *sets = plan->options.target->sets;
    text_add(data, "m4_define([<ISA_RUNS>], [<");
    for (size_t k = 0; sets[k]; k++)
        text_printf(data, "ISA_RUN(%s)", sets[k]->name);
    text_add(data, ">])m4_dnl\nm4_define([<ISA_CHOICE>], [<");
    for (size_t k = 0; sets[k]; k++) {
        text_printf(data, "%s(%s%s", sets[k + 1] ? "ISA_TRY" : "ISA_LAST", sets[k]->name,
                    *sets[k]->features ? "," : "");
        add_features(data, sets[k]);
        text_add(data, ")");
    }
    text_add(data, ">])m4_dnl\n");
}

/* ---- the files ---- */

/* Does the network's own function hand scratch memory on? (Shared kernels take it from the context.) */
static bool hands_scratch(const struct plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++)
        if (plan->steps.items[i]->scratch && !plan->steps.items[i]->kernel->shared)
            return true;
    return false;
}

static bool has_bytes(const struct plan *plan)
{
    for (size_t i = 0; i < plan->packs.count; i++)
        if (element_bytes(plan->packs.items[i]->type) == 1)
            return true;
    return false;
}

/* What NAME_run takes and gives: floats, also where bytes come in, s8, or s32. */
static const char *run_type(const struct plan *plan, enum op_kind kind)
{
    const struct op *op = plan_end(plan, kind, 0);
    return element_c(op && op->caller_type != ELEMENT_U8 ? op->caller_type : ELEMENT_F32);
}

static void define_sizes(const struct emission *emission, struct text *data)
{
    enum { WORTH_THREADS = 10 * 1000 * 1000 /* multiply-accumulates of a batch, whose images they share */ };
    const struct plan *plan = emission->plan;
    const struct graph *graph = plan->graph;
    text_add(data, "m4_include(`common/language.m4')m4_dnl\n"); /* it changes the quotes */
    define_integer(data, "ALIGNMENT", PLAN_ALIGNMENT);
    define_integer(data, "ARENA_BYTES", plan->arena_bytes);
    define_integer(data, "SCRATCH_BYTES", plan->scratch_bytes);
    define_integer(data, "HANDS_SCRATCH", hands_scratch(plan));
    define_integer(data, "WEIGHT_BYTES", plan->weight_bytes);
    define_integer(data, "EMBEDDED", emission->embed && plan->weight_bytes > 0);
    define_integer(data, "SINGLE", graph->inputs.count == 1 && graph->outputs.count == 1);
    define_integer(data, "INPUTS", (int64_t)graph->inputs.count);
    define_integer(data, "OUTPUTS", (int64_t)graph->outputs.count);
    define_integer(data, "LAYERS", (int64_t)plan->probes.count);
    define_integer(data, "BATCH", plan_images(plan));
    define_integer(data, "OWN_OFFSET", plan->own_offset);
    define_integer(data, "SPREAD", graph->macs >= WORTH_THREADS / plan_images(plan));
    define_integer(data, "HAS_BYTES", has_bytes(plan));
    define_integer(data, "HAS_HALVES", plan_has_halves(plan));
    define_integer(data, "HALVES", 0); /* but of kernels that read such */
    define_word(data, "IN_C_TYPE", run_type(plan, OP_INPUT));
    define_word(data, "OUT_C_TYPE", run_type(plan, OP_OUTPUT));
}

static void add_source(const struct emission *emission, struct text *data)
{
    const struct plan *plan = emission->plan;
    define_integer(data, "FAST", target_is_fast(plan->options.target));
    text_add(data, "m4_include([<common/source.m4>])m4_dnl\n");
    data_kernels(plan, data);
    data_tables(plan, data);
    data_calls(plan, data);
    data_sets(plan, data);
    text_add(data, "m4_include([<common/run.m4>])m4_dnl\n" EMIT_END_OF_FILE);
}

/* LENET5_INPUT_FLOATS; with several inputs SIAMESE_INPUT0_FLOATS, SIAMESE_INPUT1_FLOATS. */
static void add_size(struct text *data, const char *what, size_t index, size_t count, int64_t floats)
{
    if (count == 1)
        text_printf(data, "#define @NAME@_%s_FLOATS %lld\n", what, (long long)floats);
    else
        text_printf(data, "#define @NAME@_%s%zu_FLOATS %lld\n", what, index, (long long)floats);
}

static void add_header(const struct emission *emission, struct text *data)
{
    const struct graph *graph = emission->plan->graph;
    define_integer(data, "BYTES", graph->inputs.count == 1 && graph->inputs.items[0]->element == ELEMENT_U8);
    text_add(data, "m4_define([<SIZES>], [<");
    if (plan_images(emission->plan) > 1)
        text_add(data,
                 "/* A call takes @NAME@_BATCH images, one behind the other, and gives as many results. Of one: */\n"
                 "#define @NAME@_BATCH BATCH\n");
    for (size_t i = 0; i < graph->inputs.count; i++)
        add_size(data, "INPUT", i, graph->inputs.count, shape_elements(graph->inputs.items[i]->shape));
    for (size_t i = 0; i < graph->outputs.count; i++)
        add_size(data, "OUTPUT", i, graph->outputs.count, shape_elements(graph->outputs.items[i].node->shape));
    text_add(data, ">])m4_dnl\nm4_include([<common/header.m4>])m4_dnl\n" EMIT_END_OF_FILE);
}

void data_files(const struct emission *emission, struct text *data)
{
    define_sizes(emission, data);
    add_header(emission, data);
    add_source(emission, data);
}
