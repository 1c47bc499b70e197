/* ONNX in and out: reading a trained model into the graph, and writing a graph with its numbers as
 * a model that other tools open. Nothing here knows about C code or text. */
#ifndef CNNC_ONNX_ONNX_H
#define CNNC_ONNX_ONNX_H

#include <stdbool.h>
#include <stdint.h>

#include "graph.h"

struct diag;
struct types;
struct weights;

struct onnx_dimension { /* -D NAME=value: a symbolic dimension */
    const char *name;
    int64_t value;
};

struct onnx_options {
    const char *name; /* of the network; NULL: the file's stem */
    const struct onnx_dimension *dimensions;
    size_t dimension_count;
};

/* Reads a model: a graph with shapes and counts (graph_finish was called), and its numbers. NULL
 * after reporting why not; all unsupported operators are reported at once. */
struct graph *onnx_import(struct arena *arena, struct diag *diag, const char *path, const struct onnx_options *options,
                          struct weights **weights);

/* Writes the graph as a model of opset 17; with types, which a network of integers has, between QuantizeLinear and
 * DequantizeLinear. Tensors of floats are read and written one at a time. False after reporting which layer cannot be
 * said in ONNX, or why the file cannot be written. */
bool onnx_export(struct arena *arena, struct diag *diag, const struct graph *graph, const struct weights *weights,
                 const struct types *types, const char *path);

#endif
