/* The manual pages cnnc(1) and cnn(5), in man's macros. */
#ifndef CNNC_CLI_MANUAL_H
#define CNNC_CLI_MANUAL_H

#include <stdbool.h>

struct arena;
struct text;

/* False: `page` is neither "cnnc.1" nor "cnn.5". */
bool manual_page(struct arena *arena, const char *page, struct text *out);

#endif
