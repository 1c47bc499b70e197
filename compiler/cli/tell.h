/* What a person is told when a run has succeeded: on standard output what was written and how large it is; and, if
 * that is a terminal, a command to go on with. A pipe gets no advice. Errors and warnings are base/diag.h's. */
#ifndef CNNC_CLI_TELL_H
#define CNNC_CLI_TELL_H

#include "compilation.h"

/* Where the pieces of one emission go. */
struct code_files {
    const char *source, *header;
    const char *packed; /* NULL: embedded, or nothing to pack */
    bool with_main;
};

void tell_code(struct compilation *c, const struct code_files *files);
/* Weights that were packed alone. */
void tell_packed(struct compilation *c, const char *path);
/* An ONNX model. */
void tell_model(struct compilation *c, const char *path);
/* A network as text, and the file of its weights (NULL: there is none). */
void tell_text(struct compilation *c, const char *path, const char *weights);
/* The same, where the text itself went to standard output, and its weights nowhere. */
void tell_text_alone(bool has_weights);
/* A picture, a canonical text, JSON. */
void tell_report(struct compilation *c);

#endif
