/* A hand-written network that touches everything it may touch, so that sanitizers and guard pages
 * notice a runtime that hands out too little. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cnnw.h"
#include "test.h"

enum { PARTS = 7 };

struct job {
    const float *in, *weights;
    float *out, *arena;
};

static void fill(void *argument, int index, int count, void *scratch)
{
    const struct job *job = (const struct job *)argument;
    float *mine = (float *)scratch;
    float sum = 0;
    assert((uintptr_t)scratch % 64 == 0);
    for (int i = 0; i < FAKE_SCRATCH; i++)
        mine[i] = (float)index;
    for (int i = 0; i < FAKE_WEIGHTS; i++)
        sum += job->weights[i];
    for (int i = index * FAKE_FLOATS / count; i < (index + 1) * FAKE_FLOATS / count; i++) {
        job->arena[i] = (float)i * sum;
        job->out[i] = job->in[i] + job->arena[i];
    }
    for (int i = 0; i < FAKE_SCRATCH; i++) /* nobody else has written here */
        if (mine[i] != (float)index)
            job->out[index * FAKE_FLOATS / count] = -1;
}

static void run(const struct cnn_context *context, const void *const inputs[], void *const outputs[])
{
    struct job job;
    job.in = (const float *)inputs[0];
    job.out = (float *)outputs[0];
    job.weights = (const float *)context->weights;
    job.arena = (float *)context->arena;
    assert((uintptr_t)context->arena % 64 == 0 && (uintptr_t)context->weights % 64 == 0);
    if (context->pool)
        context->pool->run(context->pool, fill, &job, PARTS);
    else
        for (int i = 0; i < PARTS; i++)
            fill(&job, i, PARTS, context->scratch);
}

static const struct cnn_tensor input = {"input", 1, 1, FAKE_FLOATS, 0, 0, 0, 0};
static const struct cnn_tensor output = {"output", 1, 1, FAKE_FLOATS, 0, 0, 0, 0};
static const struct cnn_layer layer = {"fake", "FC", 1, 1, FAKE_FLOATS, 1};

/* clang-format off */
const struct cnn_model fake_model = {CNN_ABI, "fake", UINT64_C(0x123456789ABCDEF0), 4 * (uint64_t)FAKE_WEIGHTS,
                                     4 * (uint64_t)FAKE_FLOATS, 4 * (uint64_t)FAKE_SCRATCH, NULL, &input, &output,
                                     &layer, 1, 1, 1, run};
/* clang-format on */

const float *fake_weights(void)
{
    static union {
        float numbers[FAKE_WEIGHTS + 16];
        uint64_t align;
    } weights;
    float *aligned = weights.numbers + ((64 - (uintptr_t)weights.numbers % 64) % 64) / 4;
    for (int i = 0; i < FAKE_WEIGHTS; i++)
        aligned[i] = (float)(i % 8) / 64;
    return aligned;
}

unsigned char *fake_file(size_t *size)
{
    struct cnnw_header header;
    *size = sizeof header + 4 * (size_t)FAKE_WEIGHTS;
    unsigned char *bytes = (unsigned char *)malloc(*size);
    assert(bytes);
    memset(&header, 0, sizeof header);
    memcpy(header.magic, CNNW_MAGIC, sizeof header.magic);
    header.version = CNNW_VERSION;
    header.header_bytes = CNNW_HEADER_BYTES;
    header.plan_hash = fake_model.plan_hash;
    header.weight_bytes = fake_model.weight_bytes;
    header.checksum = cnnw_checksum(fake_weights(), fake_model.weight_bytes);
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, fake_weights(), 4 * (size_t)FAKE_WEIGHTS);
    return bytes;
}

int write_file(const char *path, const void *bytes, size_t size)
{
    remove(path); /* some file systems flush a file at once when it is truncated and rewritten */
    FILE *file = fopen(path, "wb");
    if (!file)
        return 0;
    const int written = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && written;
}

int in_child(void (*act)(void *with), void *with, const char *path, char *said, size_t room)
{
    int status = 0;
    said[0] = 0;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        if (!freopen(path, "w", stderr))
            _exit(3);
        act(with);
        _exit(0);
    }
    waitpid(child, &status, 0);
    FILE *log = fopen(path, "r");
    if (log) {
        said[fread(said, 1, room - 1, log)] = 0;
        fclose(log);
    }
    unlink(path);
    return status;
}
