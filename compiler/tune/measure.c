/* Times every way of computing each convolution. The network is written once for each way, so that in the first program
 * all convolutions take their first way, in the second their second one, and so on; a layer is timed within the
 * network, where its weights and its input are in the caches that they will be in. The programs run in turns, and the
 * least time of a layer counts. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/process.h"
#include "base/text.h"
#include "emit/emit.h"
#include "emit/m4.h"
#include "plan/build.h"
#include "tune/tune.h"
#include "verify/machine.h"

enum { ROUNDS = 5, MOST_WAYS = 16 };

static const double WORTH_IT = 0.98; /* of the time of the way that the model of cost chose: less is noise */

/* One way of all convolutions. */
struct trial {
    struct plan *plan;
    const char *source, *program;
    double *us; /* by probe: the least time so far; 0: none */
};

struct tuner {
    const struct tune_request *request;
    struct machine machine;
    const char *templates;
    struct trial trials[MOST_WAYS];
    size_t count;
};

/* ---- writing the programs ---- */

static struct plan *plan_turn(const struct tune_request *r, size_t turn)
{
    struct plan_options options = r->options;
    options.tuning = NULL;
    options.turn = (int)turn;
    return plan_make(r->arena, r->diag, r->graph, options);
}

static size_t most_ways(const struct plan *plan)
{
    size_t most = 0;
    for (size_t i = 0; i < plan->ways.count; i++)
        if (plan->ways.items[i].count > most)
            most = plan->ways.items[i].count;
    return most < MOST_WAYS ? most : MOST_WAYS;
}

static bool write_text(struct tuner *t, const char *path, const struct text *text)
{
    const char *error;
    return file_write(t->machine.arena, path, text->bytes, text->length, &error) ||
           machine_fault(&t->machine, "the code to be timed cannot be written", error);
}

static bool write_code(struct tuner *t, struct trial *trial, const char *header)
{
    const struct tune_request *r = t->request;
    struct text source = text_new(r->arena), head = text_new(r->arena);
    struct emission emission = {.arena = r->arena,
                                .diag = r->diag,
                                .plan = trial->plan,
                                .name = r->name,
                                .header_name = path_base(header),
                                .version = r->version,
                                .program = r->program};
    return emit_c(&emission, &source, &head) == EMIT_DONE && write_text(t, header, &head) &&
           write_text(t, trial->source, &source);
}

static bool compile(struct tuner *t, struct trial *trial)
{
    struct arena *arena = t->machine.arena;
    t->machine.program = trial->program;
    /* clang-format off */
    const char *const arguments[] = {
        "-O2", "-w", arena_printf(arena, "-DTUNE_MODEL=%s_model", t->request->name),
        "-include", arena_printf(arena, "%s/tune/probe.h", t->templates), "-include", trial->source,
        "-o", trial->program, arena_printf(arena, "%s/tune/driver.c", t->templates), "-lm",
    };
    /* clang-format on */
    return machine_compile(&t->machine, arguments, sizeof arguments / sizeof *arguments);
}

static bool prepare(struct tuner *t, size_t turn)
{
    struct arena *arena = t->machine.arena;
    struct trial *trial = &t->trials[t->count++];
    const char *stem = arena_printf(arena, "%s_%zu", t->request->name, turn), *error = NULL;
    const char *header = temporary_file(arena, t->machine.folder, arena_printf(arena, "%s.h", stem), &error);
    trial->plan = plan_turn(t->request, turn);
    trial->source = temporary_file(arena, t->machine.folder, arena_printf(arena, "%s.c", stem), &error);
    trial->program = temporary_file(arena, t->machine.folder, arena_printf(arena, "program_%zu", turn), &error);
    if (error)
        return machine_fault(&t->machine, "no place for temporary files", error);
    if (!trial->plan)
        return false;
    trial->us = ARENA_ARRAY(arena, double, trial->plan->probes.count + 1);
    return write_code(t, trial, header) && compile(t, trial);
}

/* ---- running them ---- */

static bool take_times(struct tuner *t, struct trial *trial)
{
    struct mapping mapping;
    const char *error;
    size_t count = trial->plan->probes.count;
    if (!file_map(t->machine.arena, t->machine.result, &mapping, &error))
        return machine_fault(&t->machine, "the times of the generated C cannot be read", error);
    bool whole = mapping.length == count * sizeof(double);
    for (size_t i = 0; whole && i < count; i++) {
        double us;
        memcpy(&us, mapping.bytes + i * sizeof us, sizeof us);
        if (trial->us[i] == 0 || us < trial->us[i])
            trial->us[i] = us;
    }
    file_unmap(&mapping);
    return whole || machine_fault(&t->machine, "the times of the generated C cannot be read", "there are too few");
}

static bool run_all(struct tuner *t)
{
    const char *const arguments[] = {t->machine.result};
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < t->count; i++) {
            t->machine.program = t->trials[i].program;
            if (!machine_run(&t->machine, arguments, 1) || !take_times(t, &t->trials[i]))
                return false;
        }
    return true;
}

/* ---- what they say ---- */

static double time_of(const struct trial *trial, const struct op *op)
{
    for (size_t i = 0; op && i < trial->plan->probes.count; i++)
        if (trial->plan->probes.items[i].op->id == op->id)
            return trial->us[i];
    return 0;
}

/* Of a convolution, with the pool behind it: some ways find its maxima, others leave them to it. */
static double time_of_layer(const struct trial *trial, const struct op *op)
{
    return time_of(trial, op) + time_of(trial, plan_pool_after(trial->plan, op));
}

/* Where the plan says how it computes the operation, if it is the same layer there: what it reads may lie otherwise. */
static const struct ways *ways_of(const struct plan *plan, const struct op *op, const char *layer)
{
    for (size_t i = 0; i < plan->ways.count; i++)
        if (plan->ways.items[i].op->id == op->id && strcmp(plan->ways.items[i].layer, layer) == 0)
            return &plan->ways.items[i];
    return NULL;
}

/* The least time of the operation by that way, whichever program took it; 0: none did. */
static double least_time(const struct tuner *t, const struct op *op, const char *layer, size_t way)
{
    double least = 0;
    for (size_t i = 0; i < t->count; i++) {
        const struct ways *ways = ways_of(t->trials[i].plan, op, layer);
        double us = time_of_layer(&t->trials[i], op);
        if (ways && ways->chosen == way && (least == 0 || us < least))
            least = us;
    }
    return least;
}

/* The sum of all operations of the plan that are this layer; 0 if one of them was never computed that way. */
static double time_of_all(const struct tuner *t, const struct plan *plan, const char *layer, size_t way)
{
    double sum = 0;
    for (size_t i = 0; i < plan->ways.count; i++) {
        if (strcmp(plan->ways.items[i].layer, layer) != 0)
            continue;
        double us = least_time(t, plan->ways.items[i].op, layer, way);
        if (us == 0)
            return 0;
        sum += us;
    }
    return sum;
}

struct layer_times {
    const struct ways *ways; /* of its first operation */
    double us[MOST_WAYS];    /* of all operations that are alike; 0: unknown */
    size_t operations, fastest, by_cost;
};

/* Of the layer that is number `first` of a plan's. */
static struct layer_times times_of(const struct tuner *t, const struct plan *plan, size_t first,
                                   const struct plan *model)
{
    struct layer_times times = {.ways = &plan->ways.items[first]};
    const char *layer = times.ways->layer;
    size_t count = times.ways->count < MOST_WAYS ? times.ways->count : MOST_WAYS;
    const struct ways *by_cost = ways_of(model, times.ways->op, layer);
    for (size_t i = first; i < plan->ways.count; i++)
        times.operations += strcmp(plan->ways.items[i].layer, layer) == 0;
    for (size_t way = 0; way < count; way++)
        times.us[way] = time_of_all(t, plan, layer, way);
    times.by_cost = times.fastest = by_cost ? by_cost->chosen : times.ways->chosen;
    for (size_t way = 0; way < count; way++)
        if (times.us[way] > 0 &&
            times.us[way] < times.us[times.fastest] * (times.fastest == times.by_cost ? WORTH_IT : 1))
            times.fastest = way;
    return times;
}

static void write_line(const struct layer_times *times, struct text *file)
{
    const struct ways *ways = times->ways;
    const char *between = "";
    text_printf(file, "%s: %s  #", ways->layer, ways->names[times->fastest]);
    if (times->operations > 1)
        text_printf(file, " %zu layers,", times->operations);
    for (size_t way = 0; way < ways->count; way++) {
        if (times->us[way] == 0)
            continue;
        text_printf(file, "%s %s %.1f", between, ways->names[way], times->us[way]);
        between = ",";
    }
    text_add_char(file, '\n');
}

/* The layers of one plan that no earlier one had. */
static void conclude(const struct tuner *t, const struct plan *plan, const struct plan *model,
                     struct tune_result *result)
{
    for (size_t i = 0; i < plan->ways.count; i++) {
        if (plan->ways.items[i].count < 2 || tuning_find(result->tuning, plan->ways.items[i].layer))
            continue;
        struct layer_times times = times_of(t, plan, i, model);
        const char *way = times.ways->names[times.fastest];
        VEC_PUSH(t->machine.arena, &result->tuning->layers, ((struct tuned){times.ways->layer, way, 0}));
        write_line(&times, &result->file);
        if (plan != model)
            continue;
        result->layers++;
        result->changed += times.fastest != times.by_cost;
        result->model_us += times.us[times.by_cost];
        result->measured_us += times.us[times.fastest];
    }
}

static void begin_file(const struct tuner *t, struct tune_result *result)
{
    result->tuning = ARENA_NEW(t->machine.arena, struct tuning);
    result->tuning->target = t->request->options.target->name;
    result->file = text_new(t->machine.arena);
    text_printf(
        &result->file,
        "# The fastest way to compute each convolution of %s, and the microseconds of each way, as cnnc --tune\n"
        "# measured them. cnnc --tune=FILE follows it.\ntarget %s\n",
        t->request->name, result->tuning->target);
}

bool tune_network(const struct tune_request *request, struct tune_result *result)
{
    struct tuner t = {.request = request,
                      .machine = {request->arena, request->diag, true, NULL, NULL, NULL, NULL, NULL},
                      .templates = emit_find_templates(request->arena, request->diag, request->program)};
    struct plan *by_cost = plan_turn(request, 0);
    *result = (struct tune_result){0};
    bool right = t.templates && by_cost && machine_begin(&t.machine);
    for (size_t turn = 1; right && turn <= most_ways(by_cost); turn++)
        right = prepare(&t, turn);
    right = right && run_all(&t);
    if (right) {
        begin_file(&t, result);
        conclude(&t, by_cost, by_cost, result);
        for (size_t i = 0; i < t.count; i++)
            conclude(&t, t.trials[i].plan, by_cost, result);
    }
    machine_end(&t.machine);
    return right;
}
