/* Training code: what m4 reads, and what marks are replaced by. */
#include "emit/train.h"

#include <string.h>

#include "base/map.h"
#include "emit/define.h"
#include "emit/m4.h"
#include "emit/words.h"

struct train_writing {
    const struct train_emission *emission;
    const struct naming *naming; /* of kernels */
    const char **tensors;        /* names, by id */
    int kernel;                  /* whose text is being written */
};

/* ---- names ---- */

static const char *tensor_name(struct arena *arena, struct map *taken, const char *layer)
{
    const char *name = emit_local(arena, layer), *result = name;
    for (int number = 2; map_get(taken, result); number++)
        result = arena_printf(arena, "%s_%d", name, number);
    map_set(arena, taken, result, (void *)result);
    return result;
}

static const char **name_tensors(const struct train_emission *emission)
{
    struct arena *arena = emission->base.arena;
    const struct train_plan *plan = emission->plan;
    static const char *const words[] = {"work", "at", "t", "restrict", "null"};
    const char **names = ARENA_ARRAY(arena, const char *, plan->tensors.count + 1);
    struct map taken = {0};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        map_set(arena, &taken, words[i], (void *)words[i]);
    size_t prefix = strlen(emission->base.name);
    for (size_t i = 0; i < plan->tensors.count; i++) {
        const char *layer = plan->tensors.items[i]->name, *name = emit_local(arena, layer);
        if (strncmp(name, emission->base.name, prefix) == 0 && name[prefix] == '_')
            layer = arena_printf(arena, "%s_0", name); /* it could hide a function */
        names[i] = tensor_name(arena, &taken, layer);
    }
    return names;
}

/* ---- calls ---- */

static void add_offset(struct text *data, const char *pointer, int64_t offset)
{
    text_add(data, pointer);
    if (offset)
        text_printf(data, " + %lld", (long long)offset);
}

static void add_argument(struct text *data, const struct train_argument *argument)
{
    switch (argument->kind) {
    case TRAIN_TENSOR: text_printf(data, "@tensor:%d@", argument->tensor->id); break;
    case TRAIN_PARAMETER: add_offset(data, "work->trainer->parameters", argument->offset); break;
    case TRAIN_CONSTANT: add_offset(data, "work->trainer->constants", argument->offset); break;
    case TRAIN_GRADIENT: add_offset(data, "at->gradients", argument->offset); break;
    case TRAIN_BATCH: add_offset(data, "work->trainer->norms", argument->offset); break;
    case TRAIN_GROUP: add_offset(data, "at->sums", argument->offset); break;
    case TRAIN_WORD: text_add(data, argument->word); break;
    }
}

static void add_places(struct text *data, const struct train_step *step, bool *introduced)
{
    for (size_t i = 0; i < step->arguments.count; i++) {
        const struct lanes *tensor = step->arguments.items[i].tensor;
        if (!tensor || introduced[tensor->id])
            continue;
        introduced[tensor->id] = true;
        text_printf(data, "PLACE(%d, %s, %lld)m4_dnl\n", tensor->id, tensor->root->local ? "local" : "block",
                    (long long)tensor->root->offset);
    }
}

/* STEP_CALL(number, shared, kernel, seen, arguments) where threads share steps, else CALL(kernel, arguments) */
static void add_call(const struct train_plan *plan, struct text *data, const struct train_step *step, int number,
                     const char *seen)
{
    bool shared = train_splits(plan, step->kernel);
    if (plan->splits)
        text_printf(data, "STEP_CALL(%d, %d, %d, [<%s>], [<", number, shared, step->kernel->id, seen);
    else
        text_printf(data, "CALL(%d, [<", step->kernel->id);
    for (size_t i = 0; i < step->arguments.count; i++) {
        text_add(data, i ? ", " : "");
        add_argument(data, &step->arguments.items[i]);
    }
    text_add(data, shared ? ", part, parts>])m4_dnl\n" : ">])m4_dnl\n");
    if (!plan->splits && *seen)
        text_printf(data, "    %s\n", seen);
}

static bool is_forward(const struct op *op)
{
    return op->kind != OP_LOSS && op->kind != OP_STATISTICS && !op->of;
}

static bool runs(const struct train_step *step, int phase)
{
    return phase < 0 ? is_forward(step->op) : step->phase == phase && !step->evaluates;
}

/* ---- results of the pass forward, which the driver may look through for the first that is not finite ---- */

/* The driver trains networks with one input and one output. */
static bool has_driver(const struct train_plan *plan)
{
    return plan->training->graph->inputs.count == 1 && plan->training->graph->outputs.count == 1;
}

/* Is the result of the step's operation complete behind it? */
static bool completes(const struct train_plan *plan, size_t index)
{
    const struct train_step *step = plan->steps.items[index];
    if (step->phase < 0 || step->evaluates || !is_forward(step->op) || !step->op->output || !has_driver(plan))
        return false;
    for (size_t i = index + 1; i < plan->steps.count; i++)
        if (plan->steps.items[i]->op == step->op && !plan->steps.items[i]->evaluates)
            return false;
    return true;
}

/* "SEE(3, conv1);" */
static const char *seen_behind(const struct train_plan *plan, size_t index)
{
    int number = 0;
    if (!completes(plan, index))
        return "";
    for (size_t i = 0; i < index; i++)
        number += completes(plan, i);
    return arena_printf(plan->arena, "SEE(%d, @tensor:%d@);", number,
                        train_result(plan, plan->steps.items[index]->op)->id);
}

/* SEEN(step, planes, rows, pixels, numbers to the next plane and row, and to the first) */
static void add_seen(const struct train_plan *plan, struct text *data)
{
    text_add(data, "m4_define([<SEEN_LIST>], [<");
    for (size_t i = 0; i < plan->steps.count; i++) {
        if (!completes(plan, i))
            continue;
        const struct lanes *tensor = train_result(plan, plan->steps.items[i]->op);
        text_printf(data, "SEEN(%d, %lld, %lld, %lld, %lld, %lld, %lld)m4_dnl\n", plan->steps.items[i]->id,
                    (long long)tensor->shape.c, (long long)tensor->shape.h, (long long)tensor->shape.w,
                    (long long)tensor->plane, (long long)tensor->row, (long long)tensor->start);
    }
    text_add(data, ">])m4_dnl\n");
}

/* ---- phases ---- */

static int count_steps(const struct train_plan *plan, int phase)
{
    int count = 0;
    for (size_t i = 0; i < plan->steps.count; i++)
        count += runs(plan->steps.items[i], phase);
    return count;
}

/* Phase `number`, or (-1) what NAME_evaluate runs: all that leads from the images to the results. */
static void add_phase(const struct train_plan *plan, int number, struct text *data)
{
    bool *introduced = ARENA_ARRAY(plan->arena, bool, plan->tensors.count + 1);
    const struct op *last = NULL;
    int made = 0;
    if (number < 0)
        text_add(data, "PHASE(evaluate, [<");
    else
        text_printf(data, "PHASE(%d, [<", number);
    for (size_t i = 0; plan->splits && i < plan->steps.count; i++)
        if (runs(plan->steps.items[i], number))
            add_places(data, plan->steps.items[i], introduced);
    if (plan->splits)
        text_add(data, ">], [<");
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct train_step *step = plan->steps.items[i];
        if (!runs(step, number))
            continue;
        if (step->op != last)
            text_printf(data, "LAYER(%d)m4_dnl\n", step->id);
        last = step->op;
        add_places(data, step, introduced);
        add_call(plan, data, step, made++, number < 0 ? "" : seen_behind(plan, i));
    }
    text_add(data, ">])m4_dnl\n");
}

static void add_phases(const struct train_plan *plan, struct text *data)
{
    text_add(data, "m4_define([<PHASE_LIST>], [<");
    for (int i = -1; i < plan->phases; i++)
        add_phase(plan, i, data);
    text_add(data, ">])m4_dnl\n");
}

/* ---- between phases ---- */

/* The gradients, of which weights that the text gives have none, or the numbers. */
static void add_parameter(const struct train_plan *plan, const struct op *op, enum weight_role role, bool gradient,
                          struct text *data)
{
    const struct training_tensor *tensor = training_tensor(plan->training, op->node, role);
    const struct training_constant *constant = training_constant(plan->training, op->node, role);
    if (tensor)
        add_offset(data, gradient ? ", t->gradients" : ", t->parameters", tensor->offset);
    else if (constant && !gradient)
        add_offset(data, ", t->constants", constant->offset);
    else
        text_add(data, ", NULL");
}

static void add_finish(const struct train_plan *plan, const struct train_norm *norm, bool training, struct text *data)
{
    text_printf(data, "CALL(%d, [<t, %d", norm->finish->id, training);
    add_offset(data, ", t->sums", norm->group_offset);
    for (int role = 0; role < ROLE_COUNT; role++)
        add_parameter(plan, norm->op, (enum weight_role)role, false, data);
    add_offset(data, ", t->norms", norm->batch_offset);
    text_add(data, ">])m4_dnl\n");
}

static void add_finish_gradient(const struct train_plan *plan, const struct train_norm *norm, struct text *data)
{
    text_printf(data, "CALL(%d, [<t", norm->finish_gradient->id);
    add_offset(data, ", t->sums", norm->group_offset);
    add_parameter(plan, norm->op, ROLE_WEIGHT, true, data);
    add_parameter(plan, norm->op, ROLE_BIAS, true, data);
    add_offset(data, ", t->norms", norm->batch_offset);
    text_add(data, ">])m4_dnl\n");
}

/* What normalisations know of their groups, before anything is made of it: other trainers may have the other groups. */
static void add_meetings(const struct train_plan *plan, int phase, struct text *data)
{
    for (size_t i = 0; i < plan->barriers.count; i++) {
        const struct train_norm *norm = plan->barriers.items[i].norm;
        if (plan->barriers.items[i].phase != phase)
            continue;
        text_add(data, "MEET([<");
        add_offset(data, "t->sums", norm->group_offset);
        text_printf(data, ">], %lld)m4_dnl\n", (long long)(2 * norm->op->output->shape.c));
    }
}

static void add_gradient_calls(const struct train_plan *plan, struct text *data)
{
    text_add(data, "m4_define([<GRADIENT_CALLS>], [<");
    for (size_t i = 0; i < plan->norms.count; i++)
        if (!training_is_batch_norm(plan->training, plan->norms.items[i]->op))
            add_finish(plan, plan->norms.items[i], false, data);
    for (int phase = 0; phase < plan->phases; phase++) {
        text_printf(data, "RUN(%d, %d)m4_dnl\n", phase, count_steps(plan, phase));
        add_meetings(plan, phase, data);
        for (size_t i = 0; i < plan->barriers.count; i++)
            if (plan->barriers.items[i].phase == phase && plan->barriers.items[i].backward)
                add_finish_gradient(plan, plan->barriers.items[i].norm, data);
            else if (plan->barriers.items[i].phase == phase)
                add_finish(plan, plan->barriers.items[i].norm, true, data);
    }
    text_add(data, ">])m4_dnl\nm4_define([<SUM_CALLS>], [<");
    for (size_t i = 0; i < plan->gradients.count; i++) {
        const struct train_gradient *gradient = plan->gradients.items[i];
        text_printf(data, "CALL(%d, [<", gradient->sum->id);
        add_offset(data, "t->shares", gradient->offset);
        add_offset(data, ", SHARD_COUNT, t->shards, t->gradients", gradient->tensor->offset);
        text_add(data, ", part, parts>])m4_dnl\n");
    }
    text_add(data, ">])m4_dnl\nm4_define([<EVALUATE_CALLS>], [<");
    for (size_t i = 0; i < plan->norms.count; i++)
        add_finish(plan, plan->norms.items[i], false, data);
    text_printf(data, "RUN(evaluate, %d)m4_dnl\n>])m4_dnl\n", count_steps(plan, -1));
}

/* Gradients of weights that a connection table leaves out become zeros, once all are added up. */
static void add_mask_calls(const struct train_plan *plan, struct text *data)
{
    text_add(data, "m4_define([<MASK_CALLS>], [<");
    for (size_t i = 0; i < plan->gradients.count; i++) {
        const struct train_gradient *gradient = plan->gradients.items[i];
        if (!gradient->mask)
            continue;
        text_printf(data, "CALL(%d, [<", gradient->mask->id);
        add_offset(data, "t->gradients", gradient->tensor->offset);
        add_offset(data, ", t->gradients", gradient->tensor->offset);
        text_add(data, ">])m4_dnl\n");
    }
    text_add(data, ">])m4_dnl\n");
}

/* Runs of tensors that learn. */
static void add_update_calls(const struct train_plan *plan, struct text *data)
{
    const struct training *training = plan->training;
    text_add(data, "m4_define([<UPDATE_CALLS>], [<");
    for (size_t i = 0; i < training->tensors.count; i++) {
        if (!training->tensors.items[i].learns)
            continue;
        int64_t start = training->tensors.items[i].offset, end = training->trained_count;
        for (; i < training->tensors.count && training->tensors.items[i].learns; i++)
            ;
        if (i < training->tensors.count)
            end = training->tensors.items[i].offset;
        text_printf(data, "RANGE(%lld, %lld)m4_dnl\n", (long long)start, (long long)(end - start));
    }
    text_add(data, ">])m4_dnl\n");
}

/* Other tensors than these begin with zeros. */
static const char *first_number(const struct training_tensor *tensor)
{
    switch (tensor->kind) {
    case TRAINING_SCALE:
    case TRAINING_VARIANCE: return "1.0f";
    case TRAINING_SLOPE: return "0.25f";
    default: return NULL;
    }
}

static void add_first_numbers(const struct train_plan *plan, struct text *data)
{
    const struct training *training = plan->training;
    text_add(data, "m4_define([<FIRST_NUMBERS>], [<");
    for (size_t i = 0; i < training->tensors.count; i++) {
        const struct training_tensor *tensor = &training->tensors.items[i];
        if (first_number(tensor))
            text_printf(data, "FILLED(%lld, %lld, %s)", (long long)tensor->offset, (long long)tensor->weight->count,
                        first_number(tensor));
    }
    for (size_t i = 0; i < training->constants.count; i++) {
        const struct training_constant *constant = &training->constants.items[i];
        const struct weight *weight = constant->weight;
        text_printf(data, "GIVEN(%lld, %lld, %lld, [<", (long long)constant->offset, (long long)weight->count,
                    (long long)weight->period);
        for (int64_t k = 0; k < weight->period; k++) {
            text_add(data, k ? ", " : "");
            data_float(data, weight->literal[k]);
        }
        text_add(data, ">])");
    }
    text_add(data, ">])m4_dnl\n");
}

static bool drops(const struct training *training)
{
    for (size_t i = 0; i < training->list->ops.count; i++)
        if (training->list->ops.items[i]->kind == OP_DROPOUT)
            return true;
    return false;
}

/* ---- sizes and lists ---- */

static bool has_classes(const struct train_plan *plan)
{
    enum training_loss loss = plan->training->recipe.loss;
    return loss == LOSS_CROSSENTROPY || loss == LOSS_HINGE;
}

/* "images", or "images0", "images1" where there are several. */
static const char *numbered(const struct train_plan *plan, const char *word, size_t index, size_t count)
{
    return count > 1 ? arena_printf(plan->arena, "%s%zu", word, index) : word;
}

static void add_list(const struct train_plan *plan, const char *macro, const char *word, const char *field, bool types,
                     size_t count, struct text *data)
{
    const struct graph *graph = plan->training->graph;
    text_printf(data, "m4_define([<%s>], [<", macro);
    for (size_t i = 0; i < count; i++) {
        const char *name = numbered(plan, word, i, count);
        bool images = strcmp(word, "images") == 0, outputs = strcmp(word, "outputs") == 0;
        const char *type = images                          ? element_c(graph->inputs.items[i]->element)
                           : !outputs && has_classes(plan) ? "int32_t"
                                                           : "float";
        if (field)
            text_printf(data, "    work.%s[%zu] = %s;\n", field, i, name);
        else
            text_printf(data, types ? "%s%s%s *%s" : "%s%.0s%.0s%s", i ? ", " : "", outputs ? "" : "const ", type,
                        name);
    }
    text_add(data, ">])m4_dnl\n");
}

static void define_sizes(const struct train_emission *emission, struct text *data)
{
    const struct train_plan *plan = emission->plan;
    const struct training *training = plan->training;
    size_t inputs = training->graph->inputs.count, outputs = training->graph->outputs.count;
    text_add(data, "m4_include(`common/language.m4')m4_dnl\n"); /* it changes the quotes */
    define_integer(data, "FAST", plan->fast);
    define_integer(data, "HAS_HALVES", 0);
    define_integer(data, "LANE_COUNT", plan->lanes);
    define_integer(data, "SPLITS", plan->splits);
    define_integer(data, "SEES", has_driver(plan));
    define_integer(data, "DROPS", drops(training));
    define_integer(data, "ALIGNMENT", PLAN_ALIGNMENT);
    define_integer(data, "INPUTS", (int64_t)inputs);
    define_integer(data, "OUTPUTS", (int64_t)outputs);
    define_integer(data, "PARAMETER_COUNT", training->parameter_count);
    define_integer(data, "TRAINED_COUNT", training->trained_count);
    define_integer(data, "CONSTANT_COUNT", training->constant_count);
    define_integer(data, "SHARD_COUNT", plan->shard_floats);
    define_integer(data, "NORM_COUNT", plan->batch_floats);
    define_integer(data, "GROUP_STEP", plan->group_floats);
    define_integer(data, "BLOCK_BYTES", plan->block_bytes);
    define_integer(data, "LOCAL_BYTES", plan->local_bytes);
    define_integer(data, "HEAD_BYTES", TRAIN_HEAD_BYTES);
    define_integer(data, "STATE_BYTES", TRAIN_STATE_BYTES);
    define_integer(data, "MEETS", plan->phases > 1);
    define_integer(data, "SHARDS", plan->shards);
    define_integer(data, "BUFFERS", plan->state_buffers);
    define_integer(data, "MIXES", has_classes(plan) && outputs == 1);
    add_list(plan, "LIST_OF_IMAGES", "images", NULL, true, inputs, data);
    add_list(plan, "LIST_OF_TARGETS", "targets", NULL, true, outputs, data);
    add_list(plan, "LIST_OF_OUTPUTS", "outputs", NULL, true, outputs, data);
    add_list(plan, "IMAGE_NAMES", "images", NULL, false, inputs, data);
    add_list(plan, "TARGET_NAMES", "targets", NULL, false, outputs, data);
    add_list(plan, "SET_IMAGES", "images", "images", false, inputs, data);
    add_list(plan, "SET_TARGETS", "targets", "targets", false, outputs, data);
    add_list(plan, "SET_OUTPUTS", "outputs", "outputs", false, outputs, data);
}

static void define_recipe(const struct train_plan *plan, struct text *data)
{
    static const char *const words[] = {[OPTIMISER_SGD] = "sgd",
                                        [OPTIMISER_ADAM] = "adam",
                                        [OPTIMISER_ADAMW] = "adam",
                                        [OPTIMISER_RMSPROP] = "rmsprop"};
    const struct training_recipe *recipe = &plan->training->recipe;
    define_word(data, "OPTIMISER", words[recipe->optimiser]);
    define_integer(data, "MOMENTUM_USED", recipe->momentum != 0);
    define_integer(data, "DECAY_USED", recipe->decay != 0);
    define_integer(data, "NESTEROV", recipe->nesterov);
    define_integer(data, "DECOUPLED", recipe->optimiser == OPTIMISER_ADAMW);
    define_integer(data, "CLIPS", recipe->clip > 0);
    define_float(data, "RATE", recipe->rate);
    define_float(data, "MOMENTUM", recipe->momentum);
    define_float(data, "DECAY", recipe->decay);
    define_float(data, "BETA1", recipe->beta1);
    define_float(data, "BETA2", recipe->beta2);
    define_float(data, "ALPHA", recipe->alpha);
    define_float(data, "EPSILON", recipe->epsilon);
    define_float(data, "CLIP", recipe->clip);
}

static void data_train(const struct train_emission *emission, struct text *data)
{
    const struct train_plan *plan = emission->plan;
    define_sizes(emission, data);
    define_float(data, "RATE", plan->training->recipe.rate);
    text_add(data,
             "m4_include([<train/header.m4>])m4_dnl\n" EMIT_END_OF_FILE "m4_include([<train/source.m4>])m4_dnl\n");
    data_kernels(plan->plan, data);
    define_recipe(plan, data);
    add_seen(plan, data);
    add_phases(plan, data);
    add_gradient_calls(plan, data);
    add_mask_calls(plan, data);
    add_update_calls(plan, data);
    add_first_numbers(plan, data);
    data_sets(plan->plan, data);
    text_add(data, "m4_include([<train/run.m4>])m4_dnl\n");
    if (data_trainee(plan, data))
        text_add(data, "m4_include([<train/trainee.m4>])m4_dnl\n");
    text_add(data, EMIT_END_OF_FILE);
}

/* ---- marks ---- */

static bool resolve_text(struct train_writing *writing, const char *word, struct text *out)
{
    const struct train_emission *emission = writing->emission;
    const struct emission *base = &emission->base;
    if (strcmp(word, "name") == 0)
        text_add(out, base->name);
    else if (strcmp(word, "NAME") == 0)
        text_add(out, emit_capitals(base->arena, base->name));
    else if (strcmp(word, "function") == 0)
        naming_kernel(writing->naming, writing->kernel, out);
    else if (strcmp(word, "about") == 0)
        note_train_kernel(emission, naming_find_kernel(writing->naming, writing->kernel), out);
    else if (strcmp(word, "title") == 0 || strcmp(word, "headertitle") == 0)
        note_train_title(emission, *word == 'h', out);
    else if (strcmp(word, "parameters") == 0)
        note_train_parameters(emission, out);
    else if (strcmp(word, "header") == 0)
        text_add(out, base->header_name);
    else if (strcmp(word, "string") == 0)
        text_add(out, emit_string(base->arena, emission->plan->training->graph->name));
    else if (strcmp(word, "hash") == 0)
        text_printf(out, "0x%016llx", (unsigned long long)emission->plan->hash);
    else
        return false;
    return true;
}

static bool resolve(void *context, const char *word, int64_t number, struct text *out)
{
    struct train_writing *writing = context;
    const struct train_plan *plan = writing->emission->plan;
    if (number < 0)
        return resolve_text(writing, word, out);
    if (strcmp(word, "begin") == 0 && naming_find_kernel(writing->naming, number))
        writing->kernel = (int)number;
    else if (strcmp(word, "kernel") == 0 && naming_find_kernel(writing->naming, number))
        naming_kernel(writing->naming, (int)number, out);
    else if (strcmp(word, "tensor") == 0 && (size_t)number < plan->tensors.count)
        text_add(out, writing->tensors[number]);
    else if (strcmp(word, "step") == 0 && (size_t)number < plan->steps.count)
        note_train_step(writing->emission, plan->steps.items[number], out);
    else if (strcmp(word, "layer") == 0 && (size_t)number < plan->steps.count)
        text_add(out, emit_string(plan->arena, plan->steps.items[number]->op->node->name));
    else if (strcmp(word, "parameter") == 0 && (size_t)number < plan->training->tensors.count)
        text_add(out, emit_string(plan->arena, plan->training->tensors.items[number].weight->name));
    else if (strcmp(word, "input") == 0 && (size_t)number < plan->training->graph->inputs.count)
        text_add(out, emit_string(plan->arena, plan->training->graph->inputs.items[number]->name));
    else if (strcmp(word, "output") == 0 && (size_t)number < plan->training->graph->outputs.count)
        text_add(out, emit_string(plan->arena, plan->training->graph->outputs.items[number].name));
    else
        return false;
    return true;
}

enum emit_result emit_train(const struct train_emission *emission, struct text *source, struct text *header)
{
    const struct emission *base = &emission->base;
    const char *templates = emit_find_templates(base->arena, base->diag, base->program);
    if (!templates)
        return EMIT_NO_TOOLS;
    struct train_writing writing = {emission, naming_new(base), name_tensors(emission), -1};
    struct marks marks = {resolve, &writing};
    struct text data = text_new(base->arena);
    data_train(emission, &data);
    return emit_expand(base->arena, base->diag, templates, &data, &marks, (struct text *const[]){header, source}, 2);
}
