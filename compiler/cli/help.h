/* cnnc --help: the overview, and a topic's text. */
#ifndef CNNC_CLI_HELP_H
#define CNNC_CLI_HELP_H

#include <stdbool.h>

struct arena;
struct text;

/* topic NULL: the options and the layers by family. False: there is no such topic, and *out says so. */
bool help_text(struct arena *arena, const char *topic, struct text *out);

#endif
