/* What the user is told after a successful run, on standard output: what was written and how large it is and, on a
 * terminal only, a command to continue with. Errors and warnings are in base/diag.h. */
#ifndef CNNC_CLI_TELL_H
#define CNNC_CLI_TELL_H

#include "compilation.h"

/* The files of one emission. */
struct code_files {
    const char *source, *header;
    const char *packed; /* NULL: embedded, or there are no weights */
    bool with_main;
    bool library;     /* `source` is a shared library */
    const char *wasm; /* of a JavaScript module, which is `source`; else NULL */
};

/* What --tune measured and wrote to `path`. */
struct tune_result;
void tell_machine(struct compilation *c, const char *path, const char *file);
void tell_tuning(struct compilation *c, const char *path, const struct tune_result *result);
void tell_code(struct compilation *c, const struct code_files *files);
/* Packed weights alone. */
void tell_packed(struct compilation *c, const char *path);
/* An ONNX model. */
void tell_model(struct compilation *c, const char *path);
/* A network as text, and the file of its weights (NULL: there is none). */
void tell_text(struct compilation *c, const char *path, const char *weights);
/* The same when the text went to standard output and its weights were not written. */
void tell_text_alone(bool has_weights);
/* A picture, a canonical text, JSON. */
void tell_report(struct compilation *c);

/* After training: what to do with the weights that have been written. */
void tell_learned(struct compilation *c, const char *weights);
/* What a file of first weights lacks, and what it has too much. */
void tell_gaps(struct compilation *c, const struct weight_gaps *gaps);
/* Weights of 8 bits. */
void tell_quantised(struct compilation *c, const char *path);
/* That training code was written, and how to use it. */
void tell_train(struct compilation *c, const char *path);

#endif
