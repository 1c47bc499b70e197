/* ONNX Runtime's C interface is a table of function pointers that only ever grows, so the positions of
 * its oldest entries are enough to call it. */
#include "ort.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum slot {
    GET_ERROR_MESSAGE = 2,
    CREATE_ENV = 3,
    CREATE_SESSION = 7,
    RUN = 9,
    CREATE_SESSION_OPTIONS = 10,
    SET_OPTIMISATION = 23,
    SET_INTRA_THREADS = 24,
    SET_INTER_THREADS = 25,
    INPUT_COUNT = 30,
    OUTPUT_COUNT = 31,
    INPUT_TYPE = 33,
    OUTPUT_TYPE = 34,
    INPUT_NAME = 36,
    OUTPUT_NAME = 37,
    CREATE_TENSOR = 49,
    TENSOR_DATA = 51,
    AS_TENSOR_INFO = 55,
    ELEMENT_TYPE = 60,
    RANK = 61,
    DIMENSIONS = 62,
    VALUE_INFO = 65,
    CPU_MEMORY = 69,
    DEFAULT_ALLOCATOR = 78,
    RELEASE_ENV = 92,
    RELEASE_STATUS = 93,
    RELEASE_MEMORY = 94,
    RELEASE_SESSION = 95,
    RELEASE_VALUE = 96,
    RELEASE_TYPE = 98,
    RELEASE_SHAPE = 99,
    RELEASE_OPTIONS = 100
};
enum { API_VERSION = 11, OPTIMISE_ALL = 99, LOG_ERRORS = 3, MAX_TENSORS = 16 };

typedef void function(void);
struct api_base {
    function *const *(*get_api)(uint32_t version);
    const char *(*get_version)(void);
};

struct ort_session {
    void *library;
    function *const *api;
    const struct api_base *base;
    void *env, *options, *session, *memory, *allocator;
    size_t input_count, output_count;
    struct ort_tensor inputs[MAX_TENSORS], outputs[MAX_TENSORS];
    void *in_values[MAX_TENSORS], *out_values[MAX_TENSORS];
    char *error;
    size_t error_size;
};

/* Calls an entry that returns a status: an error when it is not NULL. */
#define CALL(s, slot, types, ...) succeeded((s), ((void *(*)types)(s)->api[slot])(__VA_ARGS__))
#define RELEASE(s, slot, object) (((void (*)(void *))(s)->api[slot])(object))

static bool succeeded(struct ort_session *s, void *status)
{
    if (!status)
        return true;
    snprintf(s->error, s->error_size, "%s", ((const char *(*)(const void *))s->api[GET_ERROR_MESSAGE])(status));
    RELEASE(s, RELEASE_STATUS, status);
    return false;
}

static size_t element_size(int type)
{
    switch (type) {
    case 2:
    case 3:
    case 9: return 1;
    case 4:
    case 5:
    case 10:
    case 16: return 2;
    case 7:
    case 11:
    case 13: return 8;
    default: return 4;
    }
}

static bool read_shape(struct ort_session *s, const void *info, struct ort_tensor *tensor)
{
    if (!CALL(s, ELEMENT_TYPE, (const void *, int *), info, &tensor->type) ||
        !CALL(s, RANK, (const void *, size_t *), info, &tensor->rank))
        return false;
    if (tensor->rank > ORT_MAX_RANK) {
        snprintf(s->error, s->error_size, "a tensor of %zu dimensions", tensor->rank);
        return false;
    }
    if (!CALL(s, DIMENSIONS, (const void *, int64_t *, size_t), info, tensor->dims, tensor->rank))
        return false;
    tensor->count = 1;
    for (size_t i = 0; i < tensor->rank; i++) {
        if (tensor->dims[i] < 0)
            tensor->dims[i] = 1;
        tensor->count *= (size_t)tensor->dims[i];
    }
    return true;
}

static bool describe(struct ort_session *s, enum slot name, enum slot type, size_t i, struct ort_tensor *tensor)
{
    char *text;
    void *info;
    const void *shape;
    if (!CALL(s, name, (const void *, size_t, void *, char **), s->session, i, s->allocator, &text) ||
        !CALL(s, type, (const void *, size_t, void **), s->session, i, &info))
        return false;
    tensor->name = text; /* kept: a handful of bytes per session */
    bool ok = CALL(s, AS_TENSOR_INFO, (const void *, const void **), info, &shape) && read_shape(s, shape, tensor);
    RELEASE(s, RELEASE_TYPE, info);
    return ok;
}

static bool make_input(struct ort_session *s, size_t i)
{
    struct ort_tensor *tensor = &s->inputs[i];
    if (!describe(s, INPUT_NAME, INPUT_TYPE, i, tensor))
        return false;
    size_t bytes = tensor->count * element_size(tensor->type);
    tensor->data = aligned_alloc(64, (bytes + 63) / 64 * 64 + 64);
    if (!tensor->data)
        return false;
    memset(tensor->data, 0, bytes);
    return CALL(s, CREATE_TENSOR, (const void *, void *, size_t, const int64_t *, size_t, int, void **), s->memory,
                tensor->data, bytes, tensor->dims, tensor->rank, tensor->type, &s->in_values[i]);
}

static bool open_session(struct ort_session *s, const char *model, int threads)
{
    if (!CALL(s, CREATE_ENV, (int, const char *, void **), LOG_ERRORS, "ort", &s->env) ||
        !CALL(s, CREATE_SESSION_OPTIONS, (void **), &s->options) ||
        !CALL(s, SET_OPTIMISATION, (void *, int), s->options, OPTIMISE_ALL) ||
        !CALL(s, SET_INTRA_THREADS, (void *, int), s->options, threads) ||
        !CALL(s, SET_INTER_THREADS, (void *, int), s->options, 1) ||
        !CALL(s, CREATE_SESSION, (const void *, const char *, const void *, void **), s->env, model, s->options,
              &s->session) ||
        !CALL(s, CPU_MEMORY, (int, int, void **), 1, 0, &s->memory) ||
        !CALL(s, DEFAULT_ALLOCATOR, (void **), &s->allocator) ||
        !CALL(s, INPUT_COUNT, (const void *, size_t *), s->session, &s->input_count) ||
        !CALL(s, OUTPUT_COUNT, (const void *, size_t *), s->session, &s->output_count))
        return false;
    if (s->input_count > MAX_TENSORS || s->output_count > MAX_TENSORS) {
        snprintf(s->error, s->error_size, "too many inputs or outputs");
        return false;
    }
    for (size_t i = 0; i < s->input_count; i++)
        if (!make_input(s, i))
            return false;
    for (size_t i = 0; i < s->output_count; i++)
        if (!describe(s, OUTPUT_NAME, OUTPUT_TYPE, i, &s->outputs[i]))
            return false;
    return true;
}

struct ort_session *ort_open(const char *library, const char *model, int threads, char *error, size_t error_size)
{
    struct ort_session *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->error = error;
    s->error_size = error_size;
    snprintf(error, error_size, "out of memory");
    s->library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    const struct api_base *(*get_base)(void) = NULL;
    if (s->library) /* POSIX's way of turning an object pointer into a function's */
        *(void **)&get_base = dlsym(s->library, "OrtGetApiBase");
    s->base = get_base ? get_base() : NULL;
    s->api = s->base ? s->base->get_api(API_VERSION) : NULL;
    if (!s->api) {
        const char *reason = dlerror();
        snprintf(error, error_size, "%s: %s", library, reason ? reason : "it has no C interface of that version");
        free(s);
        return NULL;
    }
    if (open_session(s, model, threads))
        return s;
    ort_close(s);
    return NULL;
}

static bool read_output(struct ort_session *s, size_t i)
{
    void *shape;
    if (!CALL(s, TENSOR_DATA, (void *, void **), s->out_values[i], &s->outputs[i].data) ||
        !CALL(s, VALUE_INFO, (const void *, void **), s->out_values[i], &shape))
        return false;
    bool ok = read_shape(s, shape, &s->outputs[i]);
    RELEASE(s, RELEASE_SHAPE, shape);
    return ok;
}

bool ort_run(struct ort_session *s, char *error, size_t error_size)
{
    const char *in_names[MAX_TENSORS] = {0}, *out_names[MAX_TENSORS] = {0};
    const bool first = s->output_count && !s->out_values[0];
    s->error = error;
    s->error_size = error_size;
    for (size_t i = 0; i < s->input_count; i++)
        in_names[i] = s->inputs[i].name;
    for (size_t i = 0; i < s->output_count; i++)
        out_names[i] = s->outputs[i].name;
    /* The first run allocates the outputs, later ones write into them. */
    if (!CALL(s, RUN,
              (void *, const void *, const char *const *, void *const *, size_t, const char *const *, size_t, void **),
              s->session, NULL, in_names, s->in_values, s->input_count, out_names, s->output_count, s->out_values))
        return false;
    for (size_t i = 0; first && i < s->output_count; i++)
        if (!read_output(s, i))
            return false;
    return true;
}

size_t ort_input_count(const struct ort_session *s)
{
    return s->input_count;
}

size_t ort_output_count(const struct ort_session *s)
{
    return s->output_count;
}

const struct ort_tensor *ort_input(const struct ort_session *s, size_t i)
{
    return &s->inputs[i];
}

const struct ort_tensor *ort_output(const struct ort_session *s, size_t i)
{
    return &s->outputs[i];
}

const char *ort_version(const struct ort_session *s)
{
    return s->base->get_version();
}

static void release(struct ort_session *s, enum slot slot, void *object)
{
    if (object)
        RELEASE(s, slot, object);
}

void ort_close(struct ort_session *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < MAX_TENSORS; i++) {
        release(s, RELEASE_VALUE, s->in_values[i]);
        release(s, RELEASE_VALUE, s->out_values[i]);
        free(s->inputs[i].data);
    }
    release(s, RELEASE_MEMORY, s->memory);
    release(s, RELEASE_SESSION, s->session);
    release(s, RELEASE_OPTIONS, s->options);
    release(s, RELEASE_ENV, s->env);
    free(s); /* the library stays loaded: unloading it is not safe */
}
