/* The runtime with real networks: which weight files it opens, which it refuses and why, and what stops a wrong call.
 * Arguments: the name of the tested build, a folder to write into, the .cnnw files of MODEL, of MODEL with other
 * weights, of MODEL for another target, and of another network. */
#include <assert.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cnnw.h"
#include "test.h"

extern const struct cnn_model MODEL;

static const char *variant;
static char path[600];
static unsigned char *file;
static size_t size;
static int cases, accepted; /* damaged files tried, and those that opened */

static unsigned char *read_file(const char *name, size_t *length)
{
    FILE *from = fopen(name, "rb");
    unsigned char *bytes = (unsigned char *)malloc(1 << 22);
    if (!from || !bytes) {
        perror(name);
        exit(2);
    }
    *length = fread(bytes, 1, 1 << 22, from);
    fclose(from);
    return bytes;
}

static float *tensor_memory(const struct cnn_tensor *tensor)
{
    float *memory = (float *)calloc((size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels, 4);
    assert(memory);
    return memory;
}

/* The network runs, and gives the same result with one thread and with two. */
static int runs(const char *weights)
{
    struct cnn_error error;
    const struct cnn_tensor *in = &MODEL.inputs[0];
    float *input = tensor_memory(in), *outputs[2];
    float most = 0;
    int right = 1;
    for (int i = 0; i < in->height * in->width * in->channels; i++)
        input[i] = (float)(i % 7) / 7;
    for (int threads = 1; threads <= 2; threads++) {
        struct cnn_net *net = cnn_open(&MODEL, weights, threads, &error);
        outputs[threads - 1] = tensor_memory(&MODEL.outputs[0]);
        if (net)
            cnn_run(net, input, outputs[threads - 1]);
        else
            printf("# %s\n", error.message);
        right = right && net && cnn_verify_weights(net, &error) == CNN_OK;
        cnn_close(net);
    }
    for (int i = 0; i < MODEL.outputs[0].channels; i++) {
        right = right && isfinite(outputs[0][i]) && outputs[0][i] == outputs[1][i];
        most = fmaxf(most, fabsf(outputs[0][i]));
    }
    free(input);
    free(outputs[0]);
    free(outputs[1]);
    return right && most > 0;
}

static void refuse(const char *what, const char *weights, int code, const char *words)
{
    struct cnn_error error;
    struct cnn_net *net = cnn_open(&MODEL, weights, 1, &error);
    const int right = !net && error.code == code && strstr(error.message, words);
    check(right, variant, what);
    if (!right)
        printf("# code %d: %s\n", error.code, net ? "(opened)" : error.message);
    cases++;
    accepted += net != NULL;
    cnn_close(net);
}

static void damaged(void)
{
    struct cnn_net *net = cnn_open(&MODEL, path, 1, NULL);
    cases++;
    accepted += net != NULL;
    cnn_close(net);
}

static void put_bytes(FILE *to, size_t at, const void *bytes, size_t length)
{
    if (fseek(to, (long)at, SEEK_SET) != 0 || fwrite(bytes, 1, length, to) != length || fflush(to) != 0) {
        perror(path);
        exit(2);
    }
}

/* Every bit of the header, and 500 of the numbers, from the first byte to the last. */
static void one_bit(void)
{
    enum { NUMBERS = 500 };
    const size_t header = 8 * CNNW_HEADER_BYTES, bits = 8 * size - header;
    write_file(path, file, size);
    FILE *to = fopen(path, "r+b");
    assert(to);
    const int before = accepted;
    for (size_t i = 0; i < header + NUMBERS; i++) {
        const size_t bit = i < header ? i : header + (i - header) * (bits - 1) / (NUMBERS - 1);
        const unsigned char flipped = file[bit / 8] ^ (unsigned char)(1u << bit % 8);
        put_bytes(to, bit / 8, &flipped, 1);
        damaged();
        put_bytes(to, bit / 8, &file[bit / 8], 1);
    }
    fclose(to);
    check(accepted == before && runs(path), variant, "one bit flipped, in 1,012 places: all are found");
}

/* At every byte of the header, and after it at every 64th, where tensors begin (for large files, at some). */
static void truncated(void)
{
    const int before = accepted, tried = cases;
    write_file(path, file, size);
    const size_t apart = (size / 4000 + 63) / 64 * 64;
    for (size_t length = size - 1; length > CNNW_HEADER_BYTES; length = (length - 1) / apart * apart) {
        if (truncate(path, (off_t)length) != 0)
            break;
        damaged();
    }
    for (size_t length = CNNW_HEADER_BYTES + 1; length-- > 0;) {
        if (truncate(path, (off_t)length) != 0)
            break;
        damaged();
    }
    check(accepted == before && cases - tried > (int)(size / apart), variant, "cut at every boundary: all are found");
}

static void swap(unsigned char *bytes, size_t length)
{
    for (size_t i = 0; i < length / 2; i++) {
        const unsigned char byte = bytes[i];
        bytes[i] = bytes[length - 1 - i];
        bytes[length - 1 - i] = byte;
    }
}

/* As a big-endian program would write it that ignores the byte order. */
static void swapped(int header, int numbers, int code, const char *words)
{
    static const size_t fields[] = {4, 4, 8, 8, 8, 8, 8, 8};
    unsigned char *bytes = (unsigned char *)malloc(size);
    size_t at = sizeof(((struct cnnw_header *)0)->magic);
    assert(bytes);
    memcpy(bytes, file, size);
    for (size_t i = 0; header && i < sizeof fields / sizeof *fields; at += fields[i++])
        swap(bytes + at, fields[i]);
    for (at = CNNW_HEADER_BYTES; numbers && at + 4 <= size; at += 4)
        swap(bytes + at, 4);
    write_file(path, bytes, size);
    free(bytes);
    refuse(header && numbers ? "bytes swapped"
           : header          ? "bytes of the header swapped"
                             : "bytes of the numbers swapped",
           path, code, words);
}

/* ---- wrong calls ---- */

struct call {
    struct cnn_context context;
    const void *input;
    void *output;
};

static struct call good_call(void)
{
    static struct call call;
    if (!call.output) {
        unsigned char *memory = (unsigned char *)calloc(1, size + MODEL.arena_bytes + MODEL.scratch_bytes + 1024);
        assert(memory);
        memory += 64 - (uintptr_t)memory % 64;
        memcpy(memory, file + CNNW_HEADER_BYTES, size - CNNW_HEADER_BYTES);
        call.context.weights = memory;
        call.context.arena = memory += size / 64 * 64 + 64;
        call.context.scratch = memory + MODEL.arena_bytes / 64 * 64 + 64;
        call.input = tensor_memory(&MODEL.inputs[0]);
        call.output = tensor_memory(&MODEL.outputs[0]);
    }
    return call;
}

static void make_call(void *with)
{
    const struct call *call = (const struct call *)with;
    MODEL.run(&call->context, &call->input, &call->output);
}

/* The call ends in an assertion that holds these words; NULL: it ends well. */
static void calls(const char *what, struct call call, const char *words)
{
    char said[2000];
    const int status = in_child(make_call, &call, path, said, sizeof said);
    const int stopped = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    check(words ? stopped && strstr(said, words) != NULL : WIFEXITED(status) && WEXITSTATUS(status) == 0, variant,
          what);
    if (words ? !stopped : status != 0)
        printf("# status %x: %s\n", (unsigned)status, said);
    cases++;
}

static void *odd(const void *memory)
{
    return (char *)(uintptr_t)memory + 1;
}

static void wrong_calls(void)
{
    struct call call = good_call();
    calls("a right call of the code alone", call, NULL);
    call.context.weights = NULL;
    calls("no weights stop a call", call, "context->weights != NULL");
    call = good_call(), call.context.weights = odd(call.context.weights);
    calls("weights on an odd address stop a call", call, "context->weights % 64");
    call = good_call(), call.context.arena = NULL;
    calls("no arena stops a call", call, "context->arena != NULL");
    call = good_call(), call.context.arena = (char *)call.context.arena + 4;
    calls("an arena on another address stops a call", call, "context->arena % 64");
    call = good_call(), call.context.scratch = NULL;
    calls("no scratch stops a call that needs some", call, MODEL.scratch_bytes ? "context->scratch != NULL" : NULL);
    call = good_call(), call.context.scratch = odd(call.context.scratch);
    calls("scratch on an odd address stops one", call, MODEL.scratch_bytes ? "context->scratch % 64" : NULL);
    call = good_call(), call.input = NULL;
    calls("no input stops a call", call, "inputs[0] != NULL");
    call = good_call(), call.input = odd(call.input);
    calls("an input on an odd address stops a call", call, "inputs[0] % sizeof(float)");
    call = good_call(), call.output = NULL;
    calls("no output stops a call", call, "outputs[0] != NULL");
    call = good_call(), call.output = odd(call.output);
    calls("an output on an odd address stops a call", call, "outputs[0] % sizeof(float)");
}

static void threads(void)
{
    struct cnn_error error;
    struct cnn_net *net = cnn_open(&MODEL, path, 256, &error);
    check(net != NULL, variant, "256 threads are accepted");
    cnn_close(net);
    net = cnn_open(&MODEL, path, 257, &error);
    check(!net && error.code == CNN_ERROR_ARGUMENT && strstr(error.message, "257 threads"), variant,
          "257 threads are refused");
    cnn_close(net);
}

int main(int argc, char **argv)
{
    if (argc != 7)
        return 2;
    variant = argv[1];
    snprintf(path, sizeof path, "%s/generated-%ld.cnnw", argv[2], (long)getpid());
    file = read_file(argv[3], &size);
    check(runs(argv[3]), variant, "its own weights");
    check(runs(argv[4]), variant, "other weights of the same network, without generating it again");
    refuse("weights of the same network, packed for another target", argv[5], CNN_ERROR_MODEL, "another network");
    refuse("weights of another network", argv[6], CNN_ERROR_MODEL, "another network");
    one_bit();
    truncated();
    swapped(1, 1, CNN_ERROR_VERSION, "version 16777216");
    swapped(1, 0, CNN_ERROR_VERSION, "version 16777216");
    swapped(0, 1, CNN_ERROR_CHECKSUM, "checksum");
    write_file(path, file, size);
    threads();
    wrong_calls();
    unlink(path);
    check(accepted == 0, variant, "no damaged or foreign file was opened");
    printf("# %s: %d files and calls that are wrong\n", variant, cases);
    return failures != 0;
}
