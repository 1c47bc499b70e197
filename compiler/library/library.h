/* --emit=so: generated C becomes a shared library, with cnnc's runtime inside and the network's functions outside.
 * Compiled with $CC from the runtime's sources, so that it is for whatever machine that compiles for. */
#ifndef CNNC_LIBRARY_LIBRARY_H
#define CNNC_LIBRARY_LIBRARY_H

#include <stdbool.h>

#include "base/text.h"
#include "emit/emit.h"

/* Adds the library's functions to the texts of the network's C and header. False after reporting that a template
 * cannot be read. */
bool library_text(const struct emission *emission, const char *templates, struct text *source, struct text *header);

/* JSON about the network, for NAME_describe: what a caller must know to call it. */
void library_describe(const struct emission *emission, struct text *out);

/* Compiles `source`, which is in a temporary folder with its header, to `library`; both and `log` are temporary files.
 * file_name: what the library will be called. False after reporting. */
struct library_build {
    const char *source, *library, *log;
    const char *templates, *file_name;
};
bool library_compile(struct arena *arena, struct diag *diag, const struct library_build *build);

#endif
