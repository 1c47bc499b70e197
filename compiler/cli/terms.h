/* The pieces of a table's row as the help text and the manual pages both show them. */
#ifndef CNNC_CLI_TERMS_H
#define CNNC_CLI_TERMS_H

#include "base/diag.h"
#include "cli/options.h"
#include "layers.h"
#include "recipes.h"

/* "--target=c99|x86-64|…", "-o FILE" */
const char *term_option(struct arena *arena, const struct option_info *info);
/* "CONV(filters, window=3x3, …)": as a text would write it. */
const char *term_signature(struct arena *arena, enum layer_kind kind);
/* "HxW; default 3x3", "n; required" */
const char *term_argument(struct arena *arena, const struct arg_spec *spec);
/* "SGD(lr=0.01, momentum=0, …)", "batch=64": as a train statement has it. */
const char *term_recipe(struct arena *arena, const struct recipe_info *info);
/* "a number greater than 0; default 0.01" */
const char *term_recipe_argument(struct arena *arena, const struct recipe_argument *argument);
/* "warning", "error", … */
const char *term_check_class(enum check_class class);

#endif
