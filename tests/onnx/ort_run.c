/* Runs a model with ONNX Runtime on a deterministic input and writes input and outputs as tensors, which
 * make_newer.py stores as the expected results.
 *
 *     ort_run LIBRARY MODEL FOLDER     writes FOLDER/input_0.pb, output_0.pb, ... */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/files.h"
#include "onnx/onnx.pb-c.h"
#include "tests/bench/ort.h"

static int put(struct arena *arena, const char *folder, const char *what, size_t i, const struct ort_tensor *t)
{
    Onnx__TensorProto tensor = ONNX__TENSOR_PROTO__INIT;
    int64_t dims[ORT_MAX_RANK];
    const char *error;
    memcpy(dims, t->dims, sizeof dims);
    tensor.n_dims = t->rank;
    tensor.dims = dims;
    tensor.has_data_type = tensor.has_raw_data = 1;
    tensor.data_type = t->type;
    tensor.raw_data.data = t->data;
    tensor.raw_data.len = t->count * (t->type == ORT_UINT8 ? 1 : 4);
    size_t length = onnx__tensor_proto__get_packed_size(&tensor);
    unsigned char *bytes = arena_alloc(arena, length + 1);
    onnx__tensor_proto__pack(&tensor, bytes);
    return file_write(arena, arena_printf(arena, "%s/%s_%zu.pb", folder, what, i), bytes, length, &error);
}

int main(int argc, char **argv)
{
    char error[512];
    if (argc != 4)
        return 2;
    struct arena *arena = arena_new();
    struct ort_session *session = ort_open(argv[1], argv[2], 1, error, sizeof error);
    uint32_t state = 99;
    for (size_t i = 0; session && i < ort_input_count(session); i++) {
        const struct ort_tensor *t = ort_input(session, i);
        for (size_t k = 0; k < t->count; k++) {
            state = state * 1664525u + 1013904223u;
            if (t->type == ORT_UINT8)
                ((unsigned char *)t->data)[k] = (unsigned char)(state >> 24);
            else
                ((float *)t->data)[k] = (float)(state >> 8) / 4194304.0f - 2.0f;
        }
    }
    if (!session || !ort_run(session, error, sizeof error)) {
        fprintf(stderr, "%s: %s\n", argv[2], error);
        return 1;
    }
    for (size_t i = 0; i < ort_input_count(session); i++)
        put(arena, argv[3], "input", i, ort_input(session, i));
    for (size_t i = 0; i < ort_output_count(session); i++)
        put(arena, argv[3], "output", i, ort_output(session, i));
    ort_close(session);
    arena_free(arena);
    return 0;
}
