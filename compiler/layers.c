/* The tables of layers.def, merges.def and pools.def, and the parser of a row's argument text. */
#include "layers.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"

const char *const layer_family_names[FAMILY_COUNT] = {
    "ends", "convolution", "dense", "pooling", "activation", "normalisation", "reduction", "structure", "merge"};

/* A row that lacks a fact, or has one too many, stops here, with a message that says which. A new column is a parameter
 * here too. */
enum { NO_FACT, FACT_SHAPE, FACT_OPERATION, FACT_ONNX };
#define SHAPE(rule) FACT_SHAPE
#define OPERATION(lowering, which) FACT_OPERATION
#define ONNX(type, rule) FACT_ONNX
#define NEEDS(keyword, fact, given)                                                                                    \
    _Static_assert((given) == FACT_##fact, keyword ": " #fact "(...) is not at its place in the row")
#define FACTS(keyword, shape, operation, onnx, more, ...)                                                              \
    NEEDS(keyword, SHAPE, shape);                                                                                      \
    NEEDS(keyword, OPERATION, operation);                                                                              \
    NEEDS(keyword, ONNX, onnx);                                                                                        \
    _Static_assert((more) == NO_FACT, keyword ": a fact too many in the row")
#define LAYER(keyword, family, arguments, text, ...)                                                                   \
    FACTS(#keyword, __VA_ARGS__, NO_FACT, NO_FACT, NO_FACT, NO_FACT, NO_FACT, NO_FACT);
#include "layers.def"
#undef LAYER
#define MERGE(keyword, text, ...) FACTS(#keyword, __VA_ARGS__, NO_FACT, NO_FACT, NO_FACT, NO_FACT, NO_FACT, NO_FACT);
#include "merges.def"
#undef MERGE
#undef FACTS
#undef NEEDS
#undef ONNX
#undef OPERATION
#undef SHAPE

const struct layer_info layer_table[LAYER_COUNT] = {
#define LAYER(keyword, family, arguments, text, ...) {#keyword, FAMILY_##family, arguments, text},
#include "layers.def"
#undef LAYER
#define MERGE(keyword, text, ...) {#keyword, FAMILY_MERGE, "", text},
#include "merges.def"
#undef MERGE
};

const char *const pool_kind_words[POOL_KIND_COUNT] = {
#define POOL(name, word) #word,
#include "pools.def"
#undef POOL
};

int layer_kind_named(const char *keyword)
{
    for (int i = 0; i < LAYER_COUNT; i++)
        if (strcmp(layer_table[i].keyword, keyword) == 0)
            return i;
    return -1;
}

int layer_kind_counted(const char *name)
{
    char keyword[32];
    size_t length = strcspn(name, "0123456789");
    if (length == 0 || length >= sizeof keyword || !name[length] || name[length + strspn(name + length, "0123456789")])
        return -1;
    for (size_t i = 0; i < length; i++)
        keyword[i] = (char)toupper((unsigned char)name[i]);
    keyword[length] = 0;
    return layer_kind_named(keyword);
}

bool layer_is_merge(enum layer_kind kind)
{
    return layer_table[kind].family == FAMILY_MERGE;
}

bool layer_begins_chain(enum layer_kind kind)
{
    return kind == LAYER_INPUT || kind == LAYER_CONST;
}

int layer_base(enum layer_kind kind)
{
    switch (kind) {
    case LAYER_MAXPOOL:
    case LAYER_AVGPOOL:
    case LAYER_L2POOL: return LAYER_POOL;
    case LAYER_DWCONV: return LAYER_CONV;
    default: return -1;
    }
}

enum pool_kind layer_pool(enum layer_kind kind, enum pool_kind argument)
{
    switch (kind) {
    case LAYER_MAXPOOL:
    case LAYER_GMP: return POOL_KIND_MAX;
    case LAYER_AVGPOOL:
    case LAYER_GAP: return POOL_KIND_AVG;
    case LAYER_L2POOL: return POOL_KIND_L2;
    default: return argument;
    }
}

static enum arg_type type_named(const char *type)
{
    static const struct {
        const char *name;
        enum arg_type type;
    } types[] = {{"whole", ARG_WHOLE}, {"natural", ARG_NATURAL}, {"index", ARG_INDEX},   {"real", ARG_REAL},
                 {"flag", ARG_FLAG},   {"pair", ARG_PAIR},       {"pad", ARG_PAD},       {"pad2", ARG_PAD2},
                 {"size", ARG_SIZE},   {"literal", ARG_LITERAL}, {"matrix", ARG_MATRIX}, {"bias", ARG_BIAS}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].type;
    return ARG_WORDS;
}

/* One "name[A]:type?=default" of a row. */
static struct arg_spec read_argument(struct arena *arena, const char *text, size_t length)
{
    struct arg_spec spec = {0};
    char *name = arena_copy(arena, text, length), *type = name + strcspn(name, ":"), *bracket = strchr(name, '[');
    *type++ = 0;
    if (bracket) {
        spec.alias = bracket[1];
        *bracket = 0;
    }
    char *fallback = strchr(type, '=');
    if (fallback) {
        *fallback++ = 0;
        spec.fallback = fallback;
    }
    size_t end = strlen(type);
    if (type[end - 1] == '?') {
        type[end - 1] = 0;
        spec.optional = true;
    }
    spec.name = name;
    spec.type = type_named(type);
    if (spec.type == ARG_WORDS)
        spec.words = type;
    return spec;
}

const struct arg_spec *layer_arguments(struct arena *arena, enum layer_kind kind, size_t *count)
{
    struct VEC(struct arg_spec) specs = {0};
    for (const char *p = layer_table[kind].arguments; *p;) {
        size_t length = strcspn(p, " ");
        VEC_PUSH(arena, &specs, read_argument(arena, p, length));
        p += length + (p[length] == ' ');
    }
    *count = specs.count;
    return specs.items;
}
