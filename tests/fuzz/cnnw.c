/* Any bytes as a .cnnw file: whatever the runtime opens must match its header exactly. Half of the mutated
 * files get a correct checksum, so that the checks after it are reached too. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "runtime/cnn.h"
#include "runtime/cnnw.h"

enum { WEIGHTS = 128, PLAN = 0x1234567 };

static void run(const struct cnn_context *context, const void *const inputs[], void *const outputs[])
{
    const unsigned char *weights = context->weights;
    unsigned sum = 0;
    (void)inputs;
    for (int i = 0; i < WEIGHTS; i++)
        sum += weights[i];
    *(float *)outputs[0] = (float)sum;
}

static const struct cnn_tensor end = {"end", 1, 1, 1, 0, 0, 0, 0};
static const struct cnn_model model = {.abi = CNN_ABI,
                                       .name = "fuzzed",
                                       .plan_hash = PLAN,
                                       .weight_bytes = WEIGHTS,
                                       .arena_bytes = 64,
                                       .scratch_bytes = 64,
                                       .inputs = &end,
                                       .outputs = &end,
                                       .input_count = 1,
                                       .output_count = 1,
                                       .run = run};

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, most);
    if (size >= CNNW_HEADER_BYTES && seed % 2) {
        uint64_t sum = cnnw_checksum(data + CNNW_HEADER_BYTES, size - CNNW_HEADER_BYTES);
        memcpy(data + offsetof(struct cnnw_header, checksum), &sum, sizeof sum);
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cnn_error error;
    fuzz_begin();
    struct cnn_net *net = cnn_open(&model, fuzz_file(data, size, ""), 1, &error);
    if (!net && (net = cnn_open_memory(&model, data, size, 1, NULL)) != NULL)
        fuzz_fail("refused a file, and opened the same bytes from memory");
    if (!net) {
        if (error.code == CNN_OK || !*error.message)
            fuzz_fail("refused without a reason");
        return 0;
    }
    if (size != CNNW_HEADER_BYTES + WEIGHTS || memcmp(data, CNNW_MAGIC, 8) != 0)
        fuzz_fail("opened a file that is not valid");
    float in = 0, out = -1;
    cnn_run(net, &in, &out);
    if (out < 0 || cnn_verify_weights(net, &error) != CNN_OK)
        fuzz_fail("opened a file, and then found it wrong");
    if (cnn_reload_memory(net, data, size, &error) != CNN_OK)
        fuzz_fail("opened a file, and refused the same bytes from memory");
    float again = -1;
    cnn_run(net, &in, &again);
    if (again != out)
        fuzz_fail("the same weights gave another result");
    cnn_close(net);
    return 0;
}
