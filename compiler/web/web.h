/* --emit=js: generated C becomes WebAssembly, with a JavaScript module that loads and calls it, and that module's types
 * for TypeScript. No C library is linked: templates/web has what is needed of one. */
#ifndef CNNC_WEB_WEB_H
#define CNNC_WEB_WEB_H

#include <stdbool.h>

#include "base/text.h"
#include "emit/emit.h"

/* Adds the functions that JavaScript calls to the network's C. False after reporting that a template cannot be read. */
bool web_source(const struct emission *emission, const char *templates, struct text *source);

/* What the texts name; the files lie side by side. */
struct web_names {
    const char *module; /* "lenet5.js" */
    const char *wasm;   /* "lenet5.wasm" */
    const char *packed; /* "lenet5.cnnw"; NULL: the weights are embedded, or there are none */
};
/* The module and its types. False after reporting that a template cannot be read. */
bool web_module(const struct emission *emission, const char *templates, const struct web_names *names,
                struct text *module, struct text *types);

/* Compiles `source` to `wasm` with $WASM_CC or clang. Both and `log` are temporary files, and the network's header is
 * beside `source`. False after reporting. */
struct web_build {
    const char *source, *wasm, *log;
    const char *templates;
    bool vectors; /* the target has them */
};
bool web_compile(struct arena *arena, struct diag *diag, const struct web_build *build);

#endif
