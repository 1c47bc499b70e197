/* The texts beside the WebAssembly: templates of templates/web with what is known of the network in the place of their
 * words, @WORD@. */
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/json_text.h"
#include "base/map.h"
#include "elements.h"
#include "emit/words.h"
#include "plan/target.h"
#include "web/web.h"

enum { MAX_TEMPLATE_BYTES = 1 << 20, MAX_WORDS = 20 };

/* What the words of a template become; the last one is NULL. */
struct word {
    const char *name, *text;
};

static const char *text_of(const struct word *words, const char *name, size_t length)
{
    for (; words->name; words++)
        if (strlen(words->name) == length && memcmp(words->name, name, length) == 0)
            return words->text;
    return NULL;
}

static bool fill(const struct emission *emission, const char *path, const struct word *words, struct text *out)
{
    const char *error;
    size_t length;
    const char *rest = file_read(emission->arena, path, MAX_TEMPLATE_BYTES, &length, &error);
    if (!rest) {
        diag_report_file(emission->diag, CHECK_FILE, path, "%s", error);
        return false;
    }
    for (const char *mark; (mark = strchr(rest, '@')) != NULL;) {
        const char *end = strchr(mark + 1, '@');
        const char *text = end ? text_of(words, mark + 1, (size_t)(end - mark) - 1) : NULL;
        text_add_bytes(out, rest, (size_t)(mark - rest));
        text_add(out, text ? text : "@");
        rest = text ? end + 1 : mark + 1;
    }
    text_add(out, rest);
    return true;
}

bool web_source(const struct emission *emission, const char *templates, struct text *source)
{
    struct arena *arena = emission->arena;
    const struct graph *graph = emission->plan->graph;
    const struct word words[] = {{"name", emission->name},
                                 {"inputs", arena_printf(arena, "%zu", graph->inputs.count)},
                                 {"outputs", arena_printf(arena, "%zu", graph->outputs.count)},
                                 {NULL, NULL}};
    return fill(emission, arena_printf(arena, "%s/web/glue.c", templates), words, source);
}

/* ---- inputs and outputs ---- */

/* One of them, as the module says it. */
struct end {
    const char *name; /* no other input, or no other output, has it */
    enum element_type type;
    struct shape shape;
    bool hwc;
    double scale;
    int zero_point;
};

static const char *array_of(enum element_type type)
{
    switch (type) {
    case ELEMENT_U8: return "Uint8Array";
    case ELEMENT_S8: return "Int8Array";
    case ELEMENT_S32: return "Int32Array";
    default: return "Float32Array";
    }
}

/* As emit/calls.c fills struct cnn_tensor. */
static struct end end_of(const struct plan *plan, enum op_kind kind, size_t index, struct map *taken)
{
    const struct graph *graph = plan->graph;
    const struct op *op = plan_end(plan, kind, index);
    const struct value *value = kind == OP_INPUT ? op->output : op->inputs.items[0];
    const struct quantisation *q = op->caller_type == ELEMENT_S8 ? value->quantisation : NULL;
    const char *given = kind == OP_INPUT ? graph->inputs.items[index]->name : graph->outputs.items[index].name;
    const char *name = given;
    for (int number = 2; map_get(taken, name); number++)
        name = arena_printf(plan->arena, "%s_%d", given, number);
    map_set(plan->arena, taken, name, taken);
    return (struct end){.name = name,
                        .type = op->caller_type,
                        .shape = value->shape,
                        .hwc = op->layout == LAYOUT_HWC,
                        .scale = q ? (double)q->scale[0] : op->caller_type == ELEMENT_S32,
                        .zero_point = q ? (int)q->zero[0] : 0};
}

static size_t count_of(const struct plan *plan, enum op_kind kind)
{
    return kind == OP_INPUT ? plan->graph->inputs.count : plan->graph->outputs.count;
}

static const struct end *ends_of(const struct plan *plan, enum op_kind kind)
{
    const size_t count = count_of(plan, kind);
    struct end *ends = ARENA_ARRAY(plan->arena, struct end, count + 1);
    struct map taken = {0};
    for (size_t i = 0; i < count; i++)
        ends[i] = end_of(plan, kind, i, &taken);
    return ends;
}

static void add_end(struct text *out, const struct end *end)
{
    const long long h = end->shape.h, w = end->shape.w, c = end->shape.c;
    text_add(out, "        { name: ");
    json_add_string(out, end->name);
    text_printf(out, ", shape: [%lld, %lld, %lld]", end->hwc ? h : c, end->hwc ? w : h, end->hwc ? c : w);
    text_printf(out, ", layout: \"%s\", type: \"%s\", length: %lld, scale: %.9g, zeroPoint: %d },\n",
                end->hwc ? "hwc" : "chw", element_word(end->type), h * w * c, end->scale, end->zero_point);
}

static void add_ends(struct text *out, const struct plan *plan, const char *word, enum op_kind kind)
{
    const struct end *ends = ends_of(plan, kind);
    text_printf(out, "    %s: [\n", word);
    for (size_t i = 0; i < count_of(plan, kind); i++)
        add_end(out, &ends[i]);
    text_add(out, "    ],\n");
}

/* ---- words ---- */

/* A file's name as a relative URL, in quotes. */
static const char *url_of(struct arena *arena, const char *file)
{
    struct text out = text_new(arena);
    for (const unsigned char *p = (const unsigned char *)file; *p; p++)
        if (isalnum(*p) || strchr("-_.~", *p))
            text_add_char(&out, (char)*p);
        else
            text_printf(&out, "%%%02X", *p);
    /* Bundlers look for these very words. */
    return arena_printf(arena, "new URL(\"%s\", import.meta.url)", out.bytes);
}

/* For a comment of one line. */
static const char *plain_of(struct arena *arena, const char *file)
{
    const size_t length = strlen(file);
    char *line = arena_copy(arena, file, length);
    for (char *p = line; (p = strchr(p, '\n')) != NULL;)
        *p = ' ';
    return emit_comment(arena, line, length);
}

static const char *json_of(struct arena *arena, const char *string)
{
    struct text out = text_new(arena);
    json_add_string(&out, string);
    return out.bytes;
}

static const char *network_of(const struct emission *emission, const struct web_names *names)
{
    const struct plan *plan = emission->plan;
    struct arena *arena = emission->arena;
    struct text out = text_new(arena);
    text_printf(&out, "{\n    name: %s,\n    plan: \"0x%016llx\",\n", json_of(arena, plan->graph->name),
                (unsigned long long)plan->hash);
    text_printf(&out, "    wasm: %s,\n    packed: %s,\n", json_of(arena, names->wasm),
                names->packed ? json_of(arena, names->packed) : "null");
    text_printf(&out, "    weightBytes: %lld,\n    bytes: %lld,\n", (long long)plan->weight_bytes,
                (long long)(plan->weight_bytes + plan->arena_bytes + plan->scratch_bytes));
    add_ends(&out, plan, "inputs", OP_INPUT);
    add_ends(&out, plan, "outputs", OP_OUTPUT);
    text_add(&out, "}");
    return out.bytes;
}

/* What run() takes, as an example; the last names are left out where there are many. */
static const char *example_of(const struct plan *plan)
{
    enum { SHOWN = 3 };
    struct text out = text_new(plan->arena);
    const struct end *ends = ends_of(plan, OP_INPUT);
    const size_t count = count_of(plan, OP_INPUT);
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        const char *key = plain_of(plan->arena, ends[i].name);
        const struct shape s = ends[i].shape;
        text_printf(&out, "%s%s: new %s(%lld)", i ? ", " : "", json_of(plan->arena, key), array_of(ends[i].type),
                    (long long)(s.h * s.w * s.c));
    }
    if (count > SHOWN)
        text_add(&out, ", ...");
    return out.bytes;
}

/* The properties of a type: an array for each name. */
static const char *properties_of(const struct plan *plan, enum op_kind kind)
{
    struct text out = text_new(plan->arena);
    const struct end *ends = ends_of(plan, kind);
    const size_t count = count_of(plan, kind);
    for (size_t i = 0; i < count; i++)
        text_printf(&out, "    %s: %s;\n", json_of(plan->arena, ends[i].name), array_of(ends[i].type));
    if (kind == OP_OUTPUT && count == 1 && strcmp(ends[0].name, "output") != 0)
        text_printf(&out, "    /** the same */\n    output: %s;\n", array_of(ends[0].type));
    return out.bytes;
}

static const char *argument_of(const struct plan *plan)
{
    if (count_of(plan, OP_INPUT) != 1)
        return "Inputs";
    const char *array = array_of(ends_of(plan, OP_INPUT)->type);
    return arena_printf(plan->arena, "Inputs | { input: %s } | %s", array, array);
}

bool web_module(const struct emission *emission, const char *templates, const struct web_names *names,
                struct text *module, struct text *types)
{
    const struct plan *plan = emission->plan;
    struct arena *arena = emission->arena;
    const bool vectors = target_is_fast(plan->options.target);
    const struct word words[MAX_WORDS] = {
        {"name", emission->name},
        {"version", emission->version},
        {"summary", arena_printf(arena, "%s parameters, %s multiply-accumulates",
                                 text_thousands(arena, plan->graph->params), text_thousands(arena, plan->graph->macs))},
        {"module_plain", plain_of(arena, names->module)},
        {"wasm_plain", plain_of(arena, names->wasm)},
        {"example", example_of(plan)},
        {"network", network_of(emission, names)},
        {"wasm_url", url_of(arena, names->wasm)},
        {"weights_url", names->packed ? url_of(arena, names->packed) : "null"},
        {"simd_hint", vectors ? " (it needs SIMD; --target=c99 does without)" : ""},
        {"inputs_type", properties_of(plan, OP_INPUT)},
        {"outputs_type", properties_of(plan, OP_OUTPUT)},
        {"run_type", argument_of(plan)},
    };
    return fill(emission, arena_printf(arena, "%s/web/module.js", templates), words, module) &&
           fill(emission, arena_printf(arena, "%s/web/types.d.ts", templates), words, types);
}
