/* Weights from memory, other weights for an open network, memory from the caller, what a network says of itself, and
 * the times of its layers. Arguments: the name of the tested build, a folder to write into. */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cnn_profile.h"
#include "cnnw.h"
#include "test.h"

static const char *variant, *path;
static unsigned char *first, *second; /* whole .cnnw files, aligned; the second one's weights are twice as large */
static size_t size;

static void *aligned(size_t bytes)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 64, bytes) != 0)
        exit(2);
    return memory;
}

static void make_files(void)
{
    unsigned char *made = fake_file(&size);
    struct cnnw_header header;
    first = (unsigned char *)aligned(size);
    second = (unsigned char *)aligned(size);
    memcpy(first, made, size);
    memcpy(second, made, size);
    free(made);
    for (size_t at = sizeof header; at < size; at += sizeof(float)) {
        float number;
        memcpy(&number, second + at, sizeof number);
        number *= 2;
        memcpy(second + at, &number, sizeof number);
    }
    memcpy(&header, second, sizeof header);
    header.checksum = cnnw_checksum(second + sizeof header, size - sizeof header);
    memcpy(second, &header, sizeof header);
}

/* 1 or 2: the weights that the network computes with; 0: a mixture, or something else. */
static int used(struct cnn_net *net)
{
    static float in[FAKE_FLOATS], out[FAKE_FLOATS];
    float sum = 0;
    int times = 0;
    for (int i = 0; i < FAKE_WEIGHTS; i++)
        sum += fake_weights()[i];
    cnn_run(net, in, out);
    for (int i = 0; i < FAKE_FLOATS; i++) {
        const int this = out[i] == (float)i * sum ? 1 : out[i] == (float)i * (2 * sum) ? 2 : 0;
        if (i > 0 && (this == 0 || (times && this != times)))
            return 0;
        times = i > 0 ? this : 0;
    }
    return times;
}

static int refused(int code, const struct cnn_error *error, int wanted, const char *words)
{
    const int right = code == wanted && error->code == wanted && strstr(error->message, words);
    if (!right)
        printf("# code %d: %.256s\n", error->code, error->message);
    return right;
}

static int little_endian(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one;
}

/* ---- weights in memory ---- */

static void from_memory(void)
{
    struct cnn_error error;
    unsigned char *odd = (unsigned char *)aligned(size + 1) + 1;
    struct cnn_net *net = cnn_open_memory(&fake_model, first, size, 1, &error);
    check(net && error.code == CNN_OK && used(net) == 1, variant, "weights from memory");
    cnn_close(net);
    memcpy(odd, second, size);
    net = cnn_open_memory(&fake_model, odd, size, 2, &error);
    memset(odd, 0, size);
    check(net && used(net) == 2 && cnn_verify_weights(net, &error) == CNN_OK, variant,
          "weights that are not aligned are copied");
    cnn_close(net);
    free(odd - 1);
    check(!cnn_open_memory(&fake_model, first, 63, 1, &error) &&
              refused(error.code, &error, CNN_ERROR_FORMAT, "63 bytes are too few"),
          variant, "fewer bytes than a header");
    check(!cnn_open_memory(&fake_model, first, size - 4, 1, &error) &&
              refused(error.code, &error, CNN_ERROR_FORMAT, "the weights in memory: truncated"),
          variant, "bytes that are cut short");
    size_t accepted = 0;
    for (size_t bit = 0; bit < 8 * size; bit += bit < 8 * 80 ? 1 : 997) {
        first[bit / 8] ^= (unsigned char)(1u << bit % 8);
        net = cnn_open_memory(&fake_model, first, size, 1, NULL);
        accepted += net != NULL;
        cnn_close(net);
        first[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    check(accepted == 0, variant, "memory with any one bit flipped is refused");
    struct cnn_settings settings;
    memset(&settings, 0, sizeof settings);
    settings.weights = first;
    settings.weights_bytes = size;
    net = cnn_open_with(&fake_model, &settings, &error);
    check(net && used(net) == 1, variant, "settings that are zero are left to the runtime");
    cnn_close(net);
    settings.weights_path = "x.cnnw";
    check(!cnn_open_with(&fake_model, &settings, &error) &&
              refused(error.code, &error, CNN_ERROR_ARGUMENT, "one of the two"),
          variant, "weights from two places");
    check(!cnn_open_with(&fake_model, NULL, &error) &&
              refused(error.code, &error, CNN_ERROR_ARGUMENT, "has no weights"),
          variant, "no settings and no weights");
}

/* ---- other weights ---- */

static void one_after_the_other(void)
{
    struct cnn_error error;
    struct cnn_model model = fake_model;
    struct cnn_identity before, after;
    model.weights = first + CNNW_HEADER_BYTES;
    struct cnn_net *net = cnn_open(&model, NULL, 1, &error);
    if (!net)
        exit(2);
    cnn_identify(net, &before);
    check(used(net) == 1 && cnn_reload_memory(net, second, size, &error) == CNN_OK && used(net) == 2 &&
              cnn_reload_memory(net, first, size, NULL) == CNN_OK &&
              cnn_reload_memory(net, second, size, NULL) == CNN_OK && used(net) == 2,
          variant, "each call has the newest weights");
    cnn_identify(net, &after);
    check(before.weights_hash == cnnw_checksum(first + 64, size - 64) &&
              after.weights_hash == cnnw_checksum(second + 64, size - 64) && after.plan_hash == model.plan_hash &&
              strcmp(after.name, "fake") == 0 && strcmp(after.version, CNN_VERSION) == 0,
          variant, "a network says what it is");
    second[200] ^= 1;
    check(refused(cnn_reload_memory(net, second, size, &error), &error, CNN_ERROR_CHECKSUM, "damaged"), variant,
          "damaged weights are refused");
    second[200] ^= 1;
    check(used(net) == 2 && cnn_reload(net, NULL, &error) == CNN_OK && used(net) == 1, variant,
          "back to the embedded weights");
    check(cnn_reload(NULL, NULL, &error) == CNN_ERROR_ARGUMENT && cnn_reload(net, "/no/such", NULL) == CNN_ERROR_FILE,
          variant, "no network, and no file");
#ifndef CNN_NO_FILES
    check(write_file(path, second, size) && cnn_reload(net, path, &error) == CNN_OK && used(net) == 2 &&
              cnn_reload(net, path, &error) == CNN_OK && unlink(path) == 0,
          variant, "weights from a file"); /* and closing gives up those that no call has had */
    check(refused(cnn_reload(net, path, &error), &error, CNN_ERROR_FILE, "No such file") && used(net) == 2, variant,
          "a file that is missing changes nothing");
#endif
    cnn_close(net);
    net = cnn_open_memory(&fake_model, first, size, 1, &error);
    check(refused(cnn_reload(net, NULL, &error), &error, CNN_ERROR_ARGUMENT, "name its .cnnw file"), variant,
          "embedded weights where there are none");
    cnn_close(net);
}

#if defined(CNN_NO_THREADS)
static void while_it_runs(void)
{
}
#else
struct shared {
    struct cnn_net *net;
    int stop, runs, mixed;
};

static void *calls(void *with)
{
    struct shared *shared = (struct shared *)with;
    while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED)) {
        shared->mixed += used(shared->net) == 0;
        __atomic_fetch_add(&shared->runs, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void *reloads(void *with)
{
    struct shared *shared = (struct shared *)with;
    unsigned char *odd = (unsigned char *)aligned(size + 1) + 1; /* so that the runtime copies, and frees the copies */
    for (int i = 0; i < 200; i++) {
        memcpy(odd, i % 2 ? first : second, size);
        if (cnn_reload_memory(shared->net, odd, size, NULL) != CNN_OK)
            exit(3);
    }
    free(odd - 1);
    return NULL;
}

/* One thread calls, two bring new weights. What is torn shows in the sums, what is given up too early to sanitizers. */
static void while_it_runs(void)
{
    struct shared shared;
    pthread_t caller, reloaders[2];
    memset(&shared, 0, sizeof shared);
    shared.net = cnn_open_memory(&fake_model, first, size, 3, NULL);
    if (!shared.net || pthread_create(&caller, NULL, calls, &shared) != 0)
        exit(2);
    while (__atomic_load_n(&shared.runs, __ATOMIC_RELAXED) == 0)
        sched_yield();
    for (int i = 0; i < 2; i++)
        if (pthread_create(&reloaders[i], NULL, reloads, &shared) != 0)
            exit(2);
    for (int i = 0; i < 2; i++)
        pthread_join(reloaders[i], NULL);
    __atomic_store_n(&shared.stop, 1, __ATOMIC_RELAXED);
    pthread_join(caller, NULL);
    check(shared.mixed == 0 && shared.runs > 0, variant, "no call mixes old weights with new ones");
    cnn_close(shared.net);
}
#endif

/* ---- memory from the caller ---- */

struct stock {
    int given, left; /* blocks in use; how many are still to be had */
};

static void *take_block(void *self, size_t bytes)
{
    struct stock *stock = (struct stock *)self;
    if (stock->left-- <= 0)
        return NULL;
    stock->given++;
    return malloc(bytes);
}

static void give_back(void *self, void *block)
{
    struct stock *stock = (struct stock *)self;
    assert(block);
    stock->given--;
    free(block);
}

static void own_memory(void)
{
    struct stock stock = {0, 0};
    struct cnn_memory memory = {take_block, give_back, &stock};
    struct cnn_settings settings;
    struct cnn_error error;
    struct cnn_net *net = NULL;
    int faults = 0, silent = 0, kept = 0;
    unsigned char *odd = (unsigned char *)aligned(size + 1) + 1;
    memcpy(odd, first, size);
    memset(&settings, 0, sizeof settings);
    settings.weights = odd;
    settings.weights_bytes = size;
    settings.threads = 2;
    settings.memory = &memory;
    for (; !net && faults < 20; faults += !net) {
        stock.left = faults;
        net = cnn_open_with(&fake_model, &settings, &error);
        silent += !net && (error.code == CNN_OK || !strstr(error.message, "no memory"));
        kept += !net && stock.given != 0;
    }
    check(net && used(net) == 1 && faults >= 4 && silent == 0 && kept == 0, variant,
          "memory from the caller, also when it runs out");
    stock.left = 100;
    check(cnn_reload_memory(net, odd, size, &error) == CNN_OK && used(net) == 1, variant,
          "new weights take memory from there, too");
    stock.left = 0;
    check(cnn_reload_memory(net, odd, size, &error) == CNN_ERROR_MEMORY && used(net) == 1, variant,
          "without memory the earlier weights stay");
    cnn_close(net);
    check(stock.given == 0, variant, "everything goes back to the caller");
    memory.release = NULL;
    check(!cnn_open_with(&fake_model, &settings, &error) &&
              refused(error.code, &error, CNN_ERROR_ARGUMENT, "both of its functions"),
          variant, "memory that cannot be given back");
    free(odd - 1);
}

/* ---- times ---- */

static void two_layers(const struct cnn_context *context, const void *const inputs[], void *const outputs[])
{
    CNN_PROBE(0, inputs);
    fake_model.run(context, inputs, outputs);
    CNN_PROBE(1, outputs);
}

static void times(void)
{
    static const struct cnn_layer layers[] = {{"a", "CONV", 1, 1, 1, 1}, {"b", "FC", 1, 1, 1, 1}};
    static float in[FAKE_FLOATS], out[FAKE_FLOATS];
    const void *inputs[1];
    void *outputs[1];
    struct cnn_layer_time found[2];
    struct cnn_error error;
    struct cnn_model model = fake_model;
    inputs[0] = in, outputs[0] = out;
    model.weights = first + CNNW_HEADER_BYTES;
    struct cnn_net *net = cnn_open(&model, NULL, 1, NULL);
    check(refused(cnn_profile(net, inputs, outputs, 3, found, &error), &error, CNN_ERROR_ARGUMENT, "without probes"),
          variant, "code without probes has no times");
    check(cnn_profile(net, inputs, outputs, 0, found, &error) == CNN_ERROR_ARGUMENT &&
              cnn_profile(net, inputs, outputs, 100001, found, &error) == CNN_ERROR_ARGUMENT &&
              cnn_profile(NULL, inputs, outputs, 1, found, &error) == CNN_ERROR_ARGUMENT,
          variant, "no runs, too many, no network");
    cnn_close(net);
    model.run = two_layers, model.layers = layers, model.layer_count = 2;
    net = cnn_open(&model, NULL, 1, NULL);
    check(cnn_profile(net, inputs, outputs, 7, found, &error) == CNN_OK && found[0].least >= 0 && found[1].least > 0 &&
              found[1].median >= found[1].least,
          variant, "each layer has a time");
    cnn_profile_layer(0); /* nobody asks */
    cnn_close(net);
}

int main(int argc, char **argv)
{
    char place[600];
    if (argc != 3)
        return 2;
    variant = argv[1];
    snprintf(place, sizeof place, "%s/reload-%ld.cnnw", argv[2], (long)getpid());
    path = place;
    make_files();
    if (!little_endian()) {
        struct cnn_error error;
        check(!cnn_open_memory(&fake_model, first, size, 1, &error) &&
                  refused(error.code, &error, CNN_ERROR_FILE, "this machine is not"),
              variant, "a big-endian machine refuses such memory");
    } else {
        from_memory();
        one_after_the_other();
        while_it_runs();
        own_memory();
    }
    times();
    free(first);
    free(second);
    return failures != 0;
}
