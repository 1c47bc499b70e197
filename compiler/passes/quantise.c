/* The pass that quantises: it has the network's C in floats run over pictures, for ranges (templates/calibrate), makes
 * the tensors of a network in integers of them, has both run for what that loses, and writes them. */
#include "quantise/calibration.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "cli/tell.h"
#include "compilation.h"
#include "emit/emit.h"
#include "emit/m4.h"
#include "learn/learn.h"
#include "pack/pack.h"
#include "passes/outputs.h"
#include "passes/quantise.h"
#include "plan/targets.h"
#include "quantise/equalise.h"
#include "weights/weights.h"

enum { CALIBRATION_PICTURES = 512, MOST_MEASURED = 10000, LEAST_MEASURED = 256 };

/* A network as a part of a program: its C, and its packed weights. */
struct side {
    struct plan *plan;
    const char *name, *source, *packed; /* packed: "" if there are no weights */
};

struct quantising {
    struct compilation *c;
    const char *folder, *templates;
    struct learn_place place;
    struct side floats, integers;
    bool again; /* with other weights of the same network */
};

/* A network in integers, and what it loses. */
struct quantised {
    struct calibration calibration;
    struct quantised_tensors *tensors;
    struct quantising_loss loss;
    const struct plan *plan;
};

/* ---- files ---- */

static const char *file_in(struct quantising *q, const char *name)
{
    const char *error = NULL, *path = temporary_file(q->c->arena, q->folder, name, &error);
    if (error)
        compilation_file_fault(q->c, q->folder, error);
    return error ? NULL : path;
}

static bool write_text(struct quantising *q, const char *path, const struct text *text)
{
    const char *error;
    return path && (file_write(q->c->arena, path, text->bytes, text->length, &error) ||
                    compilation_file_fault(q->c, path, error));
}

static int status_of(enum emit_result result)
{
    return result == EMIT_FAULT ? STATUS_FAULT : result == EMIT_NO_TOOLS ? STATUS_USAGE : STATUS_NETWORK;
}

static bool write_side(struct quantising *q, struct side *side, const struct weights *weights)
{
    struct compilation *c = q->c;
    struct text source = text_new(c->arena), header = text_new(c->arena);
    const char *header_path = file_in(q, arena_printf(c->arena, "%s.h", side->name));
    side->source = file_in(q, arena_printf(c->arena, "%s.c", side->name));
    side->packed = "";
    if (!header_path || !side->source)
        return false;
    struct emission emission = {.arena = c->arena,
                                .diag = c->diag,
                                .plan = side->plan,
                                .weights = weights,
                                .name = side->name,
                                .header_name = path_base(header_path),
                                .version = CNNC_VERSION,
                                .program = c->program};
    enum emit_result result = emit_c(&emission, &source, &header);
    if (result != EMIT_DONE)
        return compilation_stop(c, status_of(result));
    if (!write_text(q, header_path, &header) || !write_text(q, side->source, &source))
        return false;
    if (side->plan->weight_bytes == 0)
        return true;
    side->packed = file_in(q, arena_printf(c->arena, "%s.cnnw", side->name));
    return side->packed && pack_write_file(c->arena, c->diag, side->plan, weights, side->packed);
}

/* ---- programs ---- */

/* "-DFLOATS_SOURCE=\"PATH\"", "-DFLOATS_MODEL=floats_model" */
static void add_side(struct arena *arena, const struct side *side, const char *word, const char **words)
{
    words[0] = arena_printf(arena, "-D%s_SOURCE=\"%s\"", word, side->source);
    words[1] = arena_printf(arena, "-D%s_MODEL=%s_model", word, side->name);
}

static const char *build(struct quantising *q, const char *name, const char *const *words, size_t count)
{
    struct arena *arena = q->c->arena;
    const char *program = file_in(q, name), *log = file_in(q, arena_printf(arena, "%s.log", name));
    if (!program || !log)
        return NULL;
    const struct learn_build building = {
        .source = arena_printf(arena, "%s/calibrate/%s.c", q->templates, name), .program = program, .log = log};
    return learn_compile_program(arena, q->c->diag, &q->place, &building, words, count) ? program : NULL;
}

static bool run(struct quantising *q, const char *const *argv)
{
    struct process process = {.argv = argv, .takes_signals = true};
    const char *error;
    int status = 0;
    fflush(stdout);
    if (!process_run(q->c->arena, &process, &status, &error)) {
        diag_report_file(q->c->diag, CHECK_FILE, NULL, "the calibrating program failed: %s", error);
        return false;
    }
    return status == 0 || compilation_stop(q->c, STATUS_NETWORK); /* it has said why */
}

static const char *resize_word(const struct options *o)
{
    return !o->resize ? "0" : o->pad ? "2" : "1";
}

static const double *read_result(struct quantising *q, const char *path, size_t count)
{
    const char *error = "it is truncated";
    size_t length = 0;
    char *bytes = file_read(q->c->arena, path, count * sizeof(double) + 1, &length, &error);
    if (bytes && length == count * sizeof(double))
        return (const double *)(const void *)bytes;
    compilation_file_fault(q->c, path, bytes ? "it is truncated" : error);
    return NULL;
}

/* ---- statistics ---- */

static size_t doubles_of(const struct node *node)
{
    return 4 + 2 * (size_t)node->shape.c + CALIBRATION_BINS;
}

static bool take_statistics(struct quantising *q, const struct node *node, const double *numbers, struct statistics *s)
{
    double *copy = ARENA_ARRAY(q->c->arena, double, doubles_of(node));
    memcpy(copy, numbers, doubles_of(node) * sizeof *copy);
    double *const means = copy + 4, *const sizes = means + node->shape.c, *const bins = sizes + node->shape.c;
    *s = (struct statistics){true, copy[0], copy[1], means, sizes, bins};
    if (copy[2] == 0)
        return true;
    struct message *m = diag_report(q->c->diag, CHECK_WEIGHTS, node->span,
                                    "%s holds %.0f numbers that are NaN or infinite on these pictures", node->name,
                                    copy[2]);
    message_help(m, "such a result has no range: are the weights those of this network, and the pictures what it "
                    "takes?");
    return false;
}

static bool calibrate(struct quantising *q, struct statistics *statistics)
{
    struct compilation *c = q->c;
    const struct plan *plan = q->floats.plan;
    const struct node *input = c->graph->inputs.items[0];
    const char *words[2], *result = file_in(q, "statistics.result");
    add_side(c->arena, &q->floats, "STATISTICS", words);
    const char *program = build(q, "statistics", words, 2);
    if (!program || !result)
        return false;
    const char *const argv[] = {program,
                                c->options.quantize,
                                arena_printf(c->arena, "%d", CALIBRATION_PICTURES),
                                resize_word(&c->options),
                                q->floats.packed,
                                result,
                                q->again ? "quiet" : NULL,
                                NULL};
    size_t count = doubles_of(input);
    for (size_t i = 0; i < plan->probes.count; i++)
        count += doubles_of(plan->probes.items[i].node);
    const double *numbers = run(q, argv) ? read_result(q, result, count) : NULL;
    bool right = numbers != NULL;
    for (size_t i = 0; right && i < plan->probes.count; i++) {
        const struct node *node = plan->probes.items[i].node;
        right = take_statistics(q, node, numbers, &statistics[node->id]);
        numbers += doubles_of(node);
    }
    if (right && !statistics[input->id].known && input->element == ELEMENT_F32)
        right = take_statistics(q, input, numbers, &statistics[input->id]);
    return right;
}

/* ---- what it loses ---- */

/* The layer of the floats' model that has the same result; -1: none. */
static int same_result(const struct plan *floats, const struct node *node)
{
    for (size_t i = 0; i < floats->probes.count; i++)
        for (size_t k = 0; k < floats->probes.items[i].op->nodes.count; k++)
            if (floats->probes.items[i].op->nodes.items[k] == node)
                return (int)i;
    return -1;
}

static const char *write_pairs(struct quantising *q)
{
    const struct plan *integers = q->integers.plan;
    const char *error, *path = file_in(q, "pairs");
    double *pairs = ARENA_ARRAY(q->c->arena, double, 3 * integers->probes.count + 1);
    for (size_t i = 0; i < integers->probes.count; i++) {
        const struct probe *probe = &integers->probes.items[i];
        const struct value *value = probe->op->output;
        pairs[3 * i] = value->type == ELEMENT_S8 ? same_result(q->floats.plan, probe->node) : -1;
        pairs[3 * i + 1] = value->quantisation ? (double)value->quantisation->scale[0] : 1;
        pairs[3 * i + 2] = value->quantisation ? value->quantisation->zero[0] : 0;
    }
    if (path && file_write(q->c->arena, path, pairs, 3 * integers->probes.count * sizeof *pairs, &error))
        return path;
    if (path)
        compilation_file_fault(q->c, path, error);
    return NULL;
}

/* Large networks are measured on fewer pictures, so that it takes minutes. */
static long pictures_measured(const struct graph *graph)
{
    const double work = 2e10, by_work = work / ((double)graph->macs + 1);
    return by_work > MOST_MEASURED ? MOST_MEASURED : by_work < LEAST_MEASURED ? LEAST_MEASURED : (long)by_work;
}

static bool measure(struct quantising *q, struct quantising_loss *loss)
{
    struct compilation *c = q->c;
    const size_t layers = q->integers.plan->probes.count, count = 5 + 2 * layers;
    const char *words[4], *pairs = write_pairs(q), *result = file_in(q, "measure.result");
    add_side(c->arena, &q->floats, "FLOATS", words);
    add_side(c->arena, &q->integers, "INTEGERS", words + 2);
    const char *program = pairs && result ? build(q, "measure", words, 4) : NULL;
    if (!program)
        return false;
    const char *const argv[] = {program,
                                c->options.quantize,
                                arena_printf(c->arena, "%ld", pictures_measured(c->graph)),
                                resize_word(&c->options),
                                q->floats.packed,
                                q->integers.packed,
                                pairs,
                                result,
                                NULL};
    const double *numbers = run(q, argv) ? read_result(q, result, count) : NULL;
    if (!numbers)
        return false;
    *loss = (struct quantising_loss){.pictures = (long)numbers[0],
                                     .labelled = numbers[1] != 0,
                                     .right_in_floats = (long)numbers[2],
                                     .right_in_integers = (long)numbers[3],
                                     .agreed = (long)numbers[4],
                                     .energies = numbers + 5};
    return true;
}

/* ---- the network ---- */

static struct plan *plan_for(struct quantising *q, const struct types *types)
{
    const struct plan_options options = {
        .target = target_named(NULL), .types = types, .separate = !types, .separate_pools = true};
    return plan_make(q->c->arena, q->c->diag, q->c->graph, options);
}

static bool make_tensors(struct quantising *q, const struct weights *weights, struct quantised *made)
{
    struct compilation *c = q->c;
    made->calibration = (struct calibration){
        .arena = c->arena,
        .diag = c->diag,
        .graph = c->graph,
        .weights = weights,
        .list = q->floats.plan->list,
        .statistics = ARENA_ARRAY(c->arena, struct statistics, c->graph->nodes.count + 1),
        .keep = c->options.keep_float.items,
        .keep_count = c->options.keep_float.count,
        .integer_softmax = c->options.io_integers,
    };
    if (!calibration_check(&made->calibration) || !write_side(q, &q->floats, weights) ||
        !calibrate(q, made->calibration.statistics))
        return false;
    made->tensors = calibration_quantise(&made->calibration);
    if (made->tensors && made->tensors->layers == 0) {
        diag_report_file(c->diag, CHECK_WEIGHTS, NULL,
                         "no layer of the network can be quantised: there is no CONV, DWCONV "
                         "or FC whose input has a range%s",
                         c->options.keep_float.count ? " and that --keep-float does not name" : "");
        return false;
    }
    return made->tensors != NULL;
}

static bool is_supported(struct compilation *c)
{
    if (!compilation_needs_weights(c, "--quantize"))
        return false;
    if (c->graph->inputs.count == 1)
        return true;
    diag_report_file(c->diag, CHECK_UNSUPPORTED, NULL, "--quantize of a network with %zu inputs is not supported yet",
                     c->graph->inputs.count);
    return false;
}

static const char *output_of(struct compilation *c)
{
    return c->options.output ? c->options.output : arena_printf(c->arena, "./%s.int8.safetensors", c->graph->name);
}

static bool write_tensors(struct compilation *c, const struct quantised_tensors *tensors, const char *path)
{
    const char *error = NULL;
    struct output *output = weights_put_named(c->arena, tensors->items.items, tensors->items.count, path, &error);
    if (output && output_commit(output, &error))
        return true;
    return compilation_file_fault(c, path, error);
}

static bool quantise_with(struct quantising *q, const struct weights *weights, struct quantised *made)
{
    struct compilation *c = q->c;
    q->floats = (struct side){.name = "floats", .plan = plan_for(q, NULL)};
    if (!q->floats.plan || !make_tensors(q, weights, made))
        return false;
    struct weights *integers = weights_held_named(c->arena, made->tensors->items.items, made->tensors->items.count);
    const struct types *types = types_find(c->arena, c->diag, c->graph, integers, output_of(c));
    q->integers = (struct side){.name = "integers", .plan = types ? plan_for(q, types) : NULL};
    made->plan = q->integers.plan;
    return q->integers.plan && write_side(q, &q->integers, integers) && measure(q, &made->loss);
}

/* Once more with channels of one size, where they differ; what loses less at the end of the network stays. */
static bool try_equal_channels(struct quantising *q, struct quantised *best)
{
    struct compilation *c = q->c;
    struct quantising other = {.c = c, .templates = q->templates, .place = q->place, .again = true};
    struct quantised made = {.tensors = NULL};
    const char *error;
    int64_t layers;
    const struct weights *weights = equalise(&best->calibration, &layers);
    if (!weights)
        return true;
    other.folder = temporary_folder(c->arena, &error);
    if (!other.folder)
        return compilation_file_fault(c, "the temporary folder", error);
    const bool right = quantise_with(&other, weights, &made);
    temporary_remove(other.folder);
    if (!right)
        return false;
    made.loss.equalised = layers;
    made.loss.end_before = quantising_end(best->plan, &best->loss);
    if (quantising_end(made.plan, &made.loss) > made.loss.end_before)
        *best = made;
    return true;
}

static bool quantise_in(struct quantising *q)
{
    struct compilation *c = q->c;
    const char *path = output_of(c);
    struct quantised made = {.tensors = NULL};
    if (!quantise_with(q, c->weights, &made) || !try_equal_channels(q, &made))
        return false;
    quantising_print(c, made.plan, &made.loss);
    if (!quantising_is_enough(c, made.plan, &made.loss) || !write_tensors(c, made.tensors, path))
        return false;
    tell_quantised(c, path);
    return true;
}

bool pass_quantise(struct compilation *c)
{
    struct quantising q = {.c = c};
    const char *error;
    if (!c->options.quantize)
        return true;
    if (!is_supported(c) || !output_spares_inputs(c, output_of(c)))
        return false;
    q.templates = emit_find_templates(c->arena, c->diag, c->program);
    if (!q.templates || !learn_find(c->arena, c->diag, c->program, q.templates, &q.place))
        return false;
    q.folder = temporary_folder(c->arena, &error);
    if (!q.folder)
        return compilation_file_fault(c, "the temporary folder", error);
    const bool done = quantise_in(&q);
    temporary_remove(q.folder);
    return done && compilation_stop(c, STATUS_DONE);
}
