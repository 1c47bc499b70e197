/* ONNX Runtime through its C interface, loaded when a program runs: for comparing results and times.
* None of its headers is needed. The input buffers belong to the session: fill them, run, read the results. */
#ifndef ORT_H
#define ORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORT_MAX_RANK = 8, ORT_FLOAT = 1, ORT_UINT8 = 2 };

struct ort_tensor {
    const char *name;
    int type; /* ONNX's code of the element type */
    size_t rank;
    int64_t dims[ORT_MAX_RANK]; /* symbolic ones are 1 */
    size_t count;               /* elements */
    void *data;
};

struct ort_session;

/* `library`: path of libonnxruntime.so.1. NULL: `error` (of `error_size` bytes) says why. */
struct ort_session *ort_open(const char *library, const char *model, int threads, char *error, size_t error_size);
size_t ort_input_count(const struct ort_session *session);
size_t ort_output_count(const struct ort_session *session);
const struct ort_tensor *ort_input(const struct ort_session *session, size_t i);
/* Valid after the first run, until the session is closed; the next run overwrites its data. */
const struct ort_tensor *ort_output(const struct ort_session *session, size_t i);
bool ort_run(struct ort_session *session, char *error, size_t error_size);
const char *ort_version(const struct ort_session *session);
void ort_close(struct ort_session *session);

#endif
