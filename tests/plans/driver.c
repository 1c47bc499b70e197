/* What plans are made of, looked at without making any: types of numbers, layouts, targets, functions.
 *
 *     driver            the cases, a line each; status 0 once all have been reported
 *     driver targets    the words of --target */
#include <math.h>
#include <string.h>

#include "base/diag.h"
#include "elements.h"
#include "expand/expand.h"
#include "lower/ops.h"
#include "plan/layout.h"
#include "plan/targets.h"
#include "plan/vector/vector.h"
#include "reference/reference.h"
#include "tests/lib/report.h"

/* ---- types of numbers ---- */

static const int64_t widths[ELEMENT_COUNT] = {
    [ELEMENT_F32] = 4, [ELEMENT_U8] = 1, [ELEMENT_S8] = 1, [ELEMENT_S32] = 4, [ELEMENT_F16] = 2};

static bool same_number(double a, double b)
{
    return isnan(a) ? isnan(b) : a == b && signbit(a) == signbit(b);
}

static void check_read(enum element_type type, const void *bytes, double number)
{
    const double read = element_read(type, bytes);
    if (!report(same_number(read, number), "element_read: %s, %g", element_word(type), number))
        detail("it is read as %g", read);
}

/* A half float's bits as a number, digit by digit. */
static double half_of(uint16_t bits)
{
    double size = 0, digit = 1;
    const int exponent = bits >> 10 & 31;
    for (int i = 9; i >= 0; i--) {
        digit /= 2;
        size += bits >> i & 1 ? digit : 0;
    }
    if (exponent == 31)
        size = size > 0 ? (double)NAN : (double)INFINITY;
    else
        size = (size + (exponent > 0)) * pow(2, exponent > 0 ? exponent - 15 : -14);
    return bits & 0x8000 ? -size : size;
}

static void check_elements(void)
{
    bool known = true;
    for (int type = 0; type < ELEMENT_COUNT; type++)
        known = known && element_bytes((enum element_type)type) == widths[type];
    report(known, "every type of numbers is as wide as its name says");
    check_read(ELEMENT_F32, &(float){-1.5f}, -1.5);
    check_read(ELEMENT_F32, &(float){-0.0f}, -0.0);
    check_read(ELEMENT_F32, &(float){NAN}, (double)NAN);
    check_read(ELEMENT_F32, &(float){-INFINITY}, (double)-INFINITY);
    check_read(ELEMENT_U8, &(uint8_t){255}, 255);
    check_read(ELEMENT_S8, &(int8_t){-128}, -128);
    check_read(ELEMENT_S8, &(int8_t){127}, 127);
    check_read(ELEMENT_S32, &(int32_t){INT32_MIN}, -2147483648.0);
    check_read(ELEMENT_S32, &(int32_t){INT32_MAX}, 2147483647.0);
    int wrong = 0;
    for (uint32_t bits = 0; bits <= UINT16_MAX; bits++) {
        const uint16_t half = (uint16_t)bits;
        wrong += !same_number(element_read(ELEMENT_F16, (const unsigned char *)&half), half_of(half));
    }
    if (!report(wrong == 0, "element_read: all 65536 half floats"))
        detail("%d of them are read wrong", wrong);
}

/* ---- layouts ---- */

/* Walks through memory number by number and asks the layout where each lies. False at the first that differs. */
static bool walks(const struct tensor_layout *layout, struct shape shape, int64_t batch)
{
    const struct padding *halo = &layout->halo;
    int64_t at = 0;
    for (int64_t image = 0; image < batch; image++)
        for (int64_t block = 0; block * layout->block < shape.c; block++)
            for (int64_t y = -halo->top; y < shape.h + halo->bottom; y++)
                for (int64_t x = -halo->left; x < shape.w + halo->right; x++)
                    for (int64_t lane = 0; lane < layout->block; lane++, at++)
                        if (image * layout->image + layout_element(layout, block * layout->block + lane, y, x) != at)
                            return false;
    return at == layout->count;
}

static bool layout_is_right(struct tensor_layout one, enum element_type type, struct shape shape,
                            const struct padding *halo)
{
    bool right = one.type == type && layout_has_halo(&one) == (halo != NULL);
    for (int64_t batch = 1; batch <= 3; batch++) {
        const struct tensor_layout layout = layout_batch(one, batch);
        right = right && layout.bytes == layout.count * widths[type] && walks(&layout, shape, batch);
    }
    return right && memcmp(&one, &(struct tensor_layout){0}, sizeof one) != 0;
}

static void check_layouts(void)
{
    static const struct shape shapes[] = {{1, 1, 1}, {5, 3, 4}, {16, 2, 7}, {33, 1, 2}};
    static const struct padding halos[] = {{1, 2, 3, 4}, {1, 1, 1, 1}, {0, 0, 0, 5}, {2, 0, 0, 0}};
    static const int64_t blocks[] = {1, 4, 16};
    for (int t = 0; t < ELEMENT_COUNT; t++) {
        const enum element_type type = (enum element_type)t;
        bool planar = true, blocked = true;
        for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
            for (size_t h = 0; h <= sizeof halos / sizeof *halos; h++) {
                const struct padding *halo = h ? &halos[h - 1] : NULL;
                planar = planar && layout_is_right(layout_planar(type, shapes[s], halo), type, shapes[s], halo);
                for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++)
                    blocked = blocked &&
                              layout_is_right(layout_blocked(type, blocks[b], shapes[s], halo), type, shapes[s], halo);
            }
        report(planar, "planar layouts of %s: halos, batches of 1 to 3", element_word(type));
        report(blocked, "blocked layouts of %s: blocks of 1, 4 and 16, halos, batches of 1 to 3", element_word(type));
    }
    report(layout_blocks(1, 16) == 1 && layout_blocks(16, 16) == 1 && layout_blocks(17, 16) == 2 &&
               layout_blocks(5, 1) == 5,
           "blocks are rounded up");
}

/* ---- targets ---- */

static void check_sets(const struct target *target)
{
    bool ordered = true, sound = true;
    for (size_t i = 0; target->sets[i]; i++) {
        const struct vector_set *set = target->sets[i], *wider = i ? target->sets[i - 1] : NULL;
        ordered = ordered && (!wider || wider->lanes > set->lanes);
        sound = sound && set->lanes > 0 && VECTOR_BLOCK % set->lanes == 0 && set->first > 0 &&
                set->second > set->first && set->sums >= 8;
        for (size_t k = i + 1; target->sets[k]; k++)
            sound = sound && strcmp(set->name, target->sets[k]->name) != 0;
    }
    report(ordered, "target %s: its instruction sets begin with the widest", target->name);
    report(sound, "target %s: its instruction sets have names, lanes that fill a block, registers", target->name);
}

static void check_targets(void)
{
    char words[1000] = "";
    bool unique = true, found = true, filled = true;
    for (const struct target *target = target_table; target->name; target++) {
        strncat(strncat(words, target->name, 100), "|", 2);
        for (const struct target *other = target + 1; other->name; other++)
            unique = unique && strcmp(target->name, other->name) != 0;
        found = found && target_named(target->name) == target;
        filled = filled && target->planner && target->planner->plan_op && target->planner->result &&
                 target->planner->abilities && target->costs && *target->text;
        check_sets(target);
    }
    strcat(words, "native");
    report(unique, "targets have different names");
    report(found, "every target is found by its name");
    report(filled, "every target has a planner, costs and a text");
    report(strcmp(words, target_words) == 0, "the words of --target are those of the table");
    report(target_named(NULL) && strcmp(target_named(NULL)->name, "c99") == 0, "without a word the target is c99");
    report(target_named("native") != NULL, "native is a target of the table");
    report(!target_named("avx") && !target_named(""), "there is no target of another name");
}

/* ---- functions ---- */

struct applied {
    const struct graph *graph;
    const struct op *op;
};

/* The layer behind an input of GRID numbers, as an operation. */
enum { GRID = 40001 };

static struct applied apply(struct arena *arena, const char *layer)
{
    struct diag *diag = diag_new(arena);
    const char *text = arena_printf(arena, "INPUT(%dx1x1) -> %s", (int)GRID, layer);
    const struct source *source = source_new(arena, "function", text, strlen(text));
    diag_set_source(diag, source);
    const struct ast *ast = grammar_parse(arena, source, diag);
    const struct expansion *expansion = diag_failed(diag)
                                            ? NULL
                                            : expand_network(arena, diag, source, ast, NULL, NULL, "function");
    if (!expansion || diag_failed(diag))
        return (struct applied){NULL, NULL};
    return (struct applied){expansion->graph, lower(arena, expansion->graph)->ops.items[1]};
}

/* Does the evaluator's function fall anywhere between -20 and 20, or have no result? */
static bool falls(struct arena *arena, const struct node *node)
{
    double *in = ARENA_ARRAY(arena, double, GRID), *out = ARENA_ARRAY(arena, double, GRID);
    const double *const inputs[] = {in};
    for (int i = 0; i < GRID; i++)
        in[i] = (i - GRID / 2) * 1e-3;
    reference_layer(node, NULL, inputs, out);
    for (int i = 1; i < GRID; i++)
        if (!(out[i] >= out[i - 1] - 1e-15 * fabs(out[i])))
            return true;
    return false;
}

static void check_functions(void)
{
    static const char *const layers[] = {"RELU",
                                         "RELU6",
                                         "LEAKY(0.1)",
                                         "LEAKY(0)",
                                         "LEAKY(1)",
                                         "LEAKY(3)",
                                         "LEAKY(-0.1)",
                                         "ELU",
                                         "ELU(0)",
                                         "ELU(2.5)",
                                         "ELU(-1)",
                                         "SELU",
                                         "SIGMOID",
                                         "TANH",
                                         "TANH(1.7159, 2/3)",
                                         "TANH(-1, 1)",
                                         "TANH(1, -2)",
                                         "HARDSIGMOID",
                                         "HARDSWISH",
                                         "SILU",
                                         "GELU",
                                         "GELU(approximate=tanh)",
                                         "MISH",
                                         "SOFTPLUS",
                                         "SOFTSIGN",
                                         "ABS",
                                         "CLIP(0, 6)",
                                         "CLIP(-0.5, 0.25)",
                                         "CLIP(2, 2)",
                                         "CLIP(2, -1)",
                                         "CLIP(-30, 30)",
                                         "NEG",
                                         "SQUARE",
                                         "SQRT",
                                         "RSQRT",
                                         "RECIPROCAL",
                                         "POWER(1.5)",
                                         "POWER(3)",
                                         "EXP",
                                         "LOG",
                                         "ERF",
                                         "FLOOR",
                                         "CEIL",
                                         "ROUND",
                                         "SIGN",
                                         "SIN",
                                         "COS",
                                         "TAN",
                                         "ASIN",
                                         "ACOS",
                                         "ATAN",
                                         "SINH",
                                         "COSH",
                                         "ASINH",
                                         "ACOSH",
                                         "ATANH",
                                         "SHRINK",
                                         "SHRINK(1, 1)",
                                         "THRESHOLD",
                                         "ABOVE",
                                         "BELOW",
                                         "EQUALS"};
    bool seen[FUNCTION_COUNT] = {false};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct arena *arena = arena_new();
        const struct applied applied = apply(arena, layers[i]);
        const struct op *op = applied.op;
        if (!report(op && op->kind == OP_UNARY, "%s becomes a function", layers[i])) {
            arena_free(arena);
            continue;
        }
        const struct function_info *info = &function_table[op->function.kind];
        const bool falling = falls(arena, op->node), monotone = function_is_monotone(&op->function);
        seen[op->function.kind] = true;
        report(!monotone || !falling, "%s never decreases, if it is marked so", layers[i]);
        if (info->arguments == 0)
            report(monotone || falling, "%s is marked MONOTONE, if it never decreases", layers[i]);
        report(!function_is_sloped(&op->function) && op->node->weight_count == 0,
               "%s is not marked SLOPED: it has no weights", layers[i]);
        arena_free(arena);
    }
    struct arena *arena = arena_new();
    const struct op *prelu = apply(arena, "PRELU").op;
    report(prelu && function_is_sloped(&prelu->function) && !function_is_monotone(&prelu->function) &&
               prelu->node->weight_count == 1,
           "PRELU is marked SLOPED, and not MONOTONE: a slope may be negative");
    seen[FUNCTION_PRELU] = true;
    arena_free(arena);
    for (int kind = 0; kind < FUNCTION_COUNT; kind++) {
        const bool part = kind == FUNCTION_OPAQUE || kind == FUNCTION_EXP_BELOW || kind == FUNCTION_SIGMOID_DIVISOR ||
                          kind == FUNCTION_EXPM1 || kind == FUNCTION_LOG1P ||
                          kind == FUNCTION_TIMES; /* of others' formulas, or of merges, only */
        report(seen[kind] != part, "the function %s has been looked at", function_table[kind].word);
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "targets") == 0) {
        puts(target_words);
        return 0;
    }
    check_elements();
    check_layouts();
    check_targets();
    check_functions();
    return 0;
}
