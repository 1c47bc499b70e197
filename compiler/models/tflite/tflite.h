/* TensorFlow Lite models: reading a trained model into the graph. Nothing here knows about C code or text. */
#ifndef CNNC_TFLITE_TFLITE_H
#define CNNC_TFLITE_TFLITE_H

#include <stdbool.h>

#include "graph.h"

struct diag;
struct weights;

/* Do the file's bytes 4 to 7 say "TFL3"? False if it cannot be read. */
bool tflite_recognises(const char *path);

/* Reads a model: a graph with shapes and counts (graph_finish was called), and its numbers. The network's name is the
 * file's stem if `name` is NULL. *integers: all its inputs and results are int8. NULL after reporting why not; all
 * unsupported operators are reported at once. */
struct graph *tflite_import(struct arena *arena, struct diag *diag, const char *path, const char *name,
                            struct weights **weights, bool *integers);

#endif
