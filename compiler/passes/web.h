/* The files of --emit=js. */
#ifndef CNNC_PASSES_WEB_H
#define CNNC_PASSES_WEB_H

#include "base/text.h"
#include "passes/outputs.h"

struct code_files;

/* Compiles the network's C, whose header is called files->header, to files->wasm, and adds that file, the module
 * (files->source) and its types to the set. */
bool web_add(struct compilation *c, const struct code_files *files, bool embed, struct text *source,
             const struct text *header, struct output_set *set);

#endif
