/* The pieces of a table's row as the help text and the manual pages both show them. */
#ifndef CNNC_HELP_H
#define CNNC_HELP_H

#include "base/diag.h"
#include "layers.h"
#include "options.h"

/* "--target=c99|x86-64|…", "-o FILE" */
const char *help_option(struct arena *arena, const struct option_info *info);
/* "CONV(filters, window=3x3, …)" as it would be written. */
const char *help_signature(struct arena *arena, enum layer_kind kind);
/* "HxW; default 3x3", "n; needed" */
const char *help_argument(struct arena *arena, const struct arg_spec *spec);
/* "warning", "error", … */
const char *help_check_class(enum check_class class);

/* manual.c: cnnc(1) and cnn(5), for man; *out grows. False: `page` is neither "cnnc.1" nor "cnn.5". */
bool manual_page(struct arena *arena, const char *page, struct text *out);

#endif
