/* The C of a network and its weights, for the pass that writes them and the one that verifies a copy. */
#ifndef CNNC_PASSES_CODE_H
#define CNNC_PASSES_CODE_H

#include "cli/tell.h"
#include "compilation.h"

/* Writes files->source, and beside it a header and the weights, whose names it fills in. */
bool code_write(struct compilation *c, struct code_files *files);

#endif
