/* --emit=main: what is added to generated C to make a program of it (templates/main/main.c). */
#ifndef CNNC_EMIT_PROGRAM_H
#define CNNC_EMIT_PROGRAM_H

#include <stdbool.h>

struct arena;
struct diag;
struct text;

/* Adds main() to `source`, the C of the network whose symbols begin with `name`. `templates`: their folder.
 * False after reporting that the template cannot be read. */
bool emit_program(struct arena *arena, struct diag *diag, const char *templates, const char *name, struct text *source);

#endif
