/* What functions.def says, as C: functions of one number. */
#ifndef CNNC_LOWER_FUNCTIONS_H
#define CNNC_LOWER_FUNCTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct node;

enum function_kind {
#define FUNCTION(kind, word, arguments, traits, uses) FUNCTION_##kind,
#include "lower/functions.def"
#undef FUNCTION
    FUNCTION_COUNT
};

enum { FUNCTION_MONOTONE = 1, FUNCTION_SLOPED = 2, FUNCTION_COSTLY = 4, FUNCTION_PARTIAL = 8, FUNCTION_MOST_USES = 3 };

struct function_info {
    const char *word;
    int arguments;
    unsigned traits;
    size_t use_count;
    enum function_kind uses[FUNCTION_MOST_USES + 1];
};
extern const struct function_info function_table[FUNCTION_COUNT];

/* y = f(x; a, b) of each number by itself. */
struct function {
    enum function_kind kind;
    double a, b;
    const struct node *node; /* the layer that it was: for names, and for a PRELU's slopes */
};

bool function_is_sloped(const struct function *function);
/* Is it long, for vectors? */
bool function_is_costly(const struct function *function);
/* Is its result infinite, or NaN, for some finite numbers? */
bool function_is_partial(const struct function *function);
/* Does it never decrease? A maximum and the function may then change places. */
bool function_is_monotone(const struct function *function);

#endif
