/* A TensorFlow Lite file as it stands: the tables of its first subgraph, checked against the file and against each
 * other, with no opinion on what is computed. */
#ifndef CNNC_TFLITE_MODEL_H
#define CNNC_TFLITE_MODEL_H

#include "models/onnx/import.h"
#include "models/tflite/flatbuffer.h"
#include "models/tflite/schema.h"

struct tfl_quantisation {
    struct flat_vector scales, zero_points; /* empty: none */
    int64_t axis;
    bool custom;
};

struct tfl_tensor {
    const char *name;
    enum tfl_type type;
    struct dims dims;
    bool unknown_shape; /* the file gives none: a number, or any */
    bool dynamic;       /* a dimension other than the first is not fixed */
    bool held, sparse, variable;
    size_t at, length; /* of its numbers in the file, if they are held there */
    struct tfl_quantisation quantisation;
};

struct tfl_operator {
    int64_t code, version;
    const char *custom; /* its name, if it is none of the format's own */
    struct flat_vector inputs, outputs;
    struct flat_table options;
};

struct tfl_model {
    struct flat flat;
    struct tfl_tensor *tensors;
    struct tfl_operator *operators;
    size_t tensor_count, operator_count;
    struct flat_vector inputs, outputs;
};

/* False after setting *error. Nothing is copied but names: the bytes must stay. */
bool tfl_read(struct arena *arena, const unsigned char *bytes, size_t length, struct tfl_model *model,
              const char **error);
/* "float32"; "unknown" */
const char *tfl_type_name(int type);
const char *tfl_operator_name(int64_t code); /* NULL: none of the format's */
/* ONNX's code of the type, or 0. */
int tfl_onnx_type(int type);

#endif
