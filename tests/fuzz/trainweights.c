/* Any bytes as weights to begin with: what is accepted fills whole tensors, and nothing beside them. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "runtime/train/safetensors.h"

enum { FLOATS = 64, GAP = 40 };

static const struct cnn_trainee_tensor tensors[] = {
    {"fc.weight", 2, {2, 6, 0, 0}, 0, 12, 6, 2, CNN_TENSOR_WEIGHT, 0, 0},
    {"fc.bias", 1, {2, 0, 0, 0}, 16, 2, 0, 0, CNN_TENSOR_BIAS, 0, 0}};
static const struct cnn_trainee trainee = {.name = "fuzzed", .tensors = tensors, .tensor_count = 2};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    float parameters[FLOATS] = {0};
    unsigned char found[2] = {0, 0};
    struct trouble t = {"", ""};
    int64_t extra;
    char *an_extra;
    fuzz_begin();
    const int failed = cnn_safetensors_read(&trainee, parameters, fuzz_file(data, size, ""), found, &extra, &an_extra,
                                            &t);
    if (failed && !t.message[0])
        fuzz_fail("refused without a reason");
    for (int i = GAP; i < FLOATS; i++)
        if (parameters[i] != 0)
            fuzz_fail("wrote beside the tensors");
    if (extra > 0 && !failed && !an_extra)
        fuzz_fail("tensors without a name");
    free(an_extra);
    return 0;
}
