/* What cnn_open accepts, and everything it refuses, with the reason it gives. Arguments: the name of
 * the tested build, a folder to write into. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cnnw.h"
#include "test.h"

static const char *variant, *path;
static unsigned char *file;
static size_t size;
static float in[FAKE_FLOATS], out[FAKE_FLOATS];

/* Opening must fail with this code and these words, also if `error` is NULL. */
static void refuse(const char *description, const struct cnn_model *model, const char *weights, int threads, int code,
                   const char *words)
{
    struct cnn_error error;
    memset(&error, 'x', sizeof error);
    struct cnn_net *net = cnn_open(model, weights, threads, &error);
    const int right = !net && error.code == code && strstr(error.message, words) && strlen(error.message) < 250;
    check(right && !cnn_open(model, weights, threads, NULL), variant, description);
    if (!right)
        printf("# code %d, message: %.256s\n", error.code, net ? "(opened)" : error.message);
    cnn_close(net);
}

static void refuse_model(const char *description, struct cnn_model model, int code, const char *words)
{
    refuse(description, &model, path, 1, code, words);
}

static int computes(struct cnn_net *net)
{
    float sum = 0;
    for (int i = 0; i < FAKE_WEIGHTS; i++)
        sum += fake_weights()[i];
    for (int i = 0; i < FAKE_FLOATS; i++)
        in[i] = (float)(i % 13);
    memset(out, 0, sizeof out);
    cnn_run(net, in, out);
    for (int i = 0; i < FAKE_FLOATS; i++)
        if (out[i] != in[i] + (float)i * sum)
            return 0;
    return 1;
}

static void arguments(void)
{
    struct cnn_model model = fake_model;
    refuse("no model", NULL, NULL, 1, CNN_ERROR_ARGUMENT, "model is NULL");
    refuse("no threads", &fake_model, path, 0, CNN_ERROR_ARGUMENT, "0 threads");
    refuse("a negative number of threads", &fake_model, path, -3, CNN_ERROR_ARGUMENT, "-3 threads");
    refuse("far too many threads", &fake_model, path, 100000, CNN_ERROR_ARGUMENT, "100000 threads");
    refuse("no weights at all", &fake_model, NULL, 1, CNN_ERROR_ARGUMENT, "name its .cnnw file");
    model.abi = CNN_ABI + 1;
    refuse_model("code for another runtime", model, CNN_ERROR_VERSION, "generate it again");
    char name[1001];
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = 0;
    model = fake_model, model.name = name;
    refuse("the longest name leaves room for the reason", &model, NULL, 1, CNN_ERROR_ARGUMENT, "its .cnnw file");
    refuse("also if the number of threads is wrong", &model, NULL, 0, CNN_ERROR_ARGUMENT, "0 threads");
    model.arena_bytes = UINT64_C(1) << 62, model.weights = fake_weights();
    refuse("also if memory runs out", &model, NULL, 1, CNN_ERROR_MEMORY, "bytes of scratch");
    model = fake_model, model.run = NULL;
    refuse_model("a model without code", model, CNN_ERROR_ARGUMENT, "incomplete");
    model = fake_model, model.arena_bytes = UINT64_C(1) << 62;
    model.weights = fake_weights();
    refuse("an arena beyond all memory", &model, NULL, 1, CNN_ERROR_MEMORY, "no memory");
    model = fake_model, model.scratch_bytes = UINT64_MAX - 5;
    model.weights = fake_weights();
    refuse("scratch memory beyond all numbers", &model, NULL, 1, CNN_ERROR_MEMORY, "no memory");

    struct cnn_error error;
    model = fake_model, model.weights = fake_weights();
    struct cnn_net *net = cnn_open(&model, NULL, 1, &error);
    check(net && error.code == CNN_OK && !*error.message && computes(net), variant, "embedded weights");
    check(net && cnn_verify_weights(net, &error) == CNN_OK, variant, "embedded weights are right by definition");
    cnn_close(net);
    cnn_close(NULL);
    check(cnn_verify_weights(NULL, &error) == CNN_ERROR_ARGUMENT, variant, "verifying nothing");
}

#ifdef CNN_NO_FILES

static void files(void)
{
    refuse("a build without files refuses them", &fake_model, path, 1, CNN_ERROR_FILE, "without files");
}

#else

static void put_file(const void *bytes, size_t length)
{
    if (!write_file(path, bytes, length)) {
        perror(path);
        exit(2);
    }
}

static void header_field(const char *description, size_t at, const void *value, size_t length, int code,
                         const char *words)
{
    unsigned char *copy = (unsigned char *)malloc(size);
    assert(copy);
    memcpy(copy, file, size);
    memcpy(copy + at, value, length);
    put_file(copy, size);
    refuse(description, &fake_model, path, 1, code, words);
    free(copy);
}

static void one_bit(void)
{
    size_t accepted = 0;
    for (size_t bit = 0; bit < 8 * size; bit += bit < 8 * 200 ? 1 : 37) { /* all of the header, much of the rest */
        file[bit / 8] ^= (unsigned char)(1u << bit % 8);
        put_file(file, size);
        struct cnn_net *net = cnn_open(&fake_model, path, 1, NULL);
        accepted += net != NULL;
        cnn_close(net);
        file[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    check(accepted == 0, variant, "a file with any one bit flipped is refused");
}

static void lengths(void)
{
    size_t accepted = 0;
    for (size_t length = 0; length < size; length += length < 200 ? 1 : 97) {
        put_file(file, length);
        struct cnn_net *net = cnn_open(&fake_model, path, 1, NULL);
        accepted += net != NULL;
        cnn_close(net);
    }
    check(accepted == 0, variant, "a file cut anywhere is refused");
    put_file(file, size - 1);
    refuse("a file cut short says so", &fake_model, path, 1, CNN_ERROR_FORMAT, "truncated");
    put_file("", 0);
    refuse("an empty file says so", &fake_model, path, 1, CNN_ERROR_FORMAT, "0 bytes");
    unsigned char *longer = (unsigned char *)calloc(1, size + 1);
    assert(longer);
    memcpy(longer, file, size);
    put_file(longer, size + 1);
    refuse("a file that goes on too long", &fake_model, path, 1, CNN_ERROR_FORMAT, "too long");
    free(longer);
}

/* Content above 32 MB, which is checked only on request. Sparse on most file systems. */
static void large(void)
{
    const size_t bytes = CNNW_CHECK_ON_OPEN_BYTES + 4096;
    unsigned char *big = (unsigned char *)calloc(1, CNNW_HEADER_BYTES + bytes);
    struct cnnw_header header;
    struct cnn_model model = fake_model;
    struct cnn_error error;
    assert(big);
    memcpy(&header, file, sizeof header);
    model.weight_bytes = header.weight_bytes = bytes;
    header.checksum = cnnw_checksum(big + sizeof header, bytes);
    memcpy(big, &header, sizeof header);
    put_file(big, sizeof header + bytes);
    struct cnn_net *net = cnn_open(&model, path, 1, &error);
    check(net && cnn_verify_weights(net, &error) == CNN_OK, variant, "a large file is verified on request");
    cnn_close(net);
    big[sizeof header + bytes - 1] = 4;
    put_file(big, sizeof header + bytes);
    net = cnn_open(&model, path, 1, &error);
    check(net != NULL, variant, "a large file opens without its content being read");
    check(net && cnn_verify_weights(net, &error) == CNN_ERROR_CHECKSUM && strstr(error.message, "checksum"), variant,
          "the request finds what is wrong in a large file");
    cnn_close(net);
    free(big);
}

static void files(void)
{
    const uint32_t version = 2, header_bytes = 128;
    const uint64_t other = 1;
    struct cnn_error error;
    struct cnn_net *net;
    char none[600];
    put_file(file, size);
    if (*(const unsigned char *)&version == 0) {
        refuse("a big-endian machine refuses files", &fake_model, path, 1, CNN_ERROR_FILE, "this machine is not");
        unlink(path);
        return;
    }
    net = cnn_open(&fake_model, path, 1, &error);
    check(net && error.code == CNN_OK && computes(net), variant, "weights from a file");
    if (!net)
        printf("# %s\n", error.message);
    memset(&error, 'x', sizeof error);
    check(net && cnn_verify_weights(net, &error) == CNN_OK && error.code == CNN_OK && !*error.message, variant,
          "a good file passes");
    cnn_close(net);
    header_field("another kind of file", 0, "PK\3\4", 4, CNN_ERROR_FORMAT, "not a .cnnw file");
    header_field("another version", 8, &version, 4, CNN_ERROR_VERSION, "version 2");
    header_field("another header", 12, &header_bytes, 4, CNN_ERROR_FORMAT, "damaged");
    header_field("another network", 16, &other, 8, CNN_ERROR_MODEL, "0000000000000001; fake needs 123456789abcdef0");
    header_field("another size", 24, &other, 8, CNN_ERROR_FORMAT, "damaged");
    header_field("another checksum", 32, &other, 8, CNN_ERROR_CHECKSUM, "checksum");
    header_field("something in what is reserved", 56, &other, 8, CNN_ERROR_FORMAT, "damaged");
    one_bit();
    lengths();
    large();
    snprintf(none, sizeof none, "%s.none", path);
    refuse("no such file", &fake_model, none, 1, CNN_ERROR_FILE, "No such file");
    refuse("a folder", &fake_model, "/", 1, CNN_ERROR_FILE, "not a regular file");
    mkfifo(none, 0600);
    refuse("a pipe, without waiting for it", &fake_model, none, 1, CNN_ERROR_FILE, "not a regular file");
    unlink(none);
    memset(none, 'n', sizeof none - 1);
    none[sizeof none - 1] = 0;
    refuse("a name too long for any message", &fake_model, none, 1, CNN_ERROR_FILE, "nnn");
    unlink(path);
}

#endif

#ifndef NDEBUG
struct wrong_call {
    void (*call)(struct cnn_net *);
    struct cnn_net *net;
};

static void make_call(void *with)
{
    const struct wrong_call *wrong = (const struct wrong_call *)with;
    wrong->call(wrong->net);
}
#endif

/* A debug build aborts on a wrong call: tried in a child, whose standard error goes to a file. */
static void stops(const char *description, void (*call)(struct cnn_net *), const char *words)
{
#ifdef NDEBUG
    (void)description, (void)call, (void)words;
#else
    struct cnn_model model = fake_model;
    char said[2000];
    model.weights = fake_weights();
    struct cnn_net *net = cnn_open(&model, NULL, 1, NULL);
    struct wrong_call wrong = {call, net};
    const int status = in_child(make_call, &wrong, path, said, sizeof said);
    check(WIFSIGNALED(status) && strstr(said, words), variant, description);
    cnn_close(net);
#endif
}

static void run_nothing(struct cnn_net *net)
{
    (void)net;
    cnn_run(NULL, in, out);
}
static void run_null_input(struct cnn_net *net)
{
    cnn_run(net, NULL, out);
}
static void run_null_output(struct cnn_net *net)
{
    cnn_run(net, in, NULL);
}
static void run_odd_input(struct cnn_net *net)
{
    cnn_run(net, (const float *)(const void *)((const char *)in + 1), out);
}
/* From within a call, as another thread would: the first call still owns the arena. */
static struct cnn_net *called;
static void call_again(const struct cnn_context *context, const void *const inputs[], void *const outputs[])
{
    (void)context;
    cnn_run_many(called, inputs, outputs);
}
static void run_twice(struct cnn_net *net)
{
    struct cnn_model model = fake_model;
    (void)net;
    model.weights = fake_weights(), model.run = call_again;
    called = cnn_open(&model, NULL, 1, NULL);
    cnn_run(called, in, out);
}
static void run_no_lists(struct cnn_net *net)
{
    cnn_run_many(net, NULL, NULL);
}

int main(int argc, char **argv)
{
    char place[500];
    if (argc != 3)
        return 2;
    variant = argv[1];
    snprintf(place, sizeof place, "%s/open-%ld.cnnw", argv[2], (long)getpid());
    path = place;
    file = fake_file(&size);
    arguments();
    files();
    stops("a run of nothing stops", run_nothing, "the network is NULL");
    stops("a run without input stops", run_null_input, "an input is NULL");
    stops("a run without output stops", run_null_output, "an output is NULL");
    stops("a run on an odd address stops", run_odd_input, "not aligned");
    stops("a run without lists stops", run_no_lists, "NULL");
    stops("a run within a run stops", run_twice, "one call at a time");
    free(file);
    return failures != 0;
}
