/* The contents of recipes.def as C: the words of a train statement, their families, arguments and ranges. */
#ifndef CNNC_RECIPES_H
#define CNNC_RECIPES_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum recipe_word {
#define RECIPE(word, ...) RECIPE_##word,
#define SETTING(name, ...)
#include "recipes.def"
#undef RECIPE
#undef SETTING
    RECIPE_WORD_COUNT
};

enum recipe_setting {
#define RECIPE(word, ...)
#define SETTING(name, ...) SETTING_##name,
#include "recipes.def"
#undef RECIPE
#undef SETTING
    SETTING_COUNT
};

/* clang-format off */
enum recipe_family {
    RECIPES_OPTIMISER, RECIPES_SCHEDULE, RECIPES_LOSS, RECIPES_INITIALISATION, RECIPES_AUGMENTATION,
    RECIPES_SETTING, RECIPE_FAMILY_COUNT
};
/* clang-format on */
extern const char *const recipe_family_names[RECIPE_FAMILY_COUNT];

struct recipe_info {
    const char *word;
    enum recipe_family family;
    const char *arguments; /* the row's argument text */
    const char *text;
};
extern const struct recipe_info recipe_table[RECIPE_WORD_COUNT];
extern const struct recipe_info setting_table[SETTING_COUNT]; /* each with itself as its only argument */

enum recipe_type { RECIPE_REAL, RECIPE_WHOLE, RECIPE_FLAG, RECIPE_EPOCHS, RECIPE_LABEL };

struct recipe_argument {
    const char *name;
    enum recipe_type type;
    double low, high;           /* RECIPE_REAL, RECIPE_WHOLE: the interval of its values */
    bool above_low, below_high; /* without its ends */
    const char *fallback;       /* the default's text, or NULL */
    bool optional;              /* a setting that is off unless it is given */
};

enum { RECIPE_MAX_ARGUMENTS = 8 };

/* The word, or setting, of this name; -1 if there is none. */
int recipe_word_named(const char *name);
int setting_named(const char *name);
/* The argument list of a row, parsed; *count receives its length. */
const struct recipe_argument *recipe_arguments(struct arena *arena, const struct recipe_info *info, size_t *count);
/* Is the value of this setting a label? Its text is `length` bytes long. */
bool setting_takes_label(const char *name, size_t length);
bool recipe_in_range(const struct recipe_argument *argument, double value);
/* "a number of at least 0 and less than 1", "a whole number from 1 to 65,536", "yes or no" */
const char *recipe_range_words(struct arena *arena, const struct recipe_argument *argument);

#endif
