/* Any bytes as a .npy array. Half of the mutated headers get their correct length, so that the code after
 * it is reached too. */
#include <string.h>

#include "fuzz.h"
#include "weights.h"

static const char magic[] = "\x93NUMPY";
enum { MAGIC = 6, VERSION = MAGIC, LENGTH = MAGIC + 2 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* The header ends at the first newline. */
static void right_length(uint8_t *data, size_t size)
{
    size_t start = data[VERSION] == 1 ? LENGTH + 2 : LENGTH + 4;
    const uint8_t *end = size > start ? memchr(data + start, '\n', size - start) : NULL;
    for (size_t i = 0; end && LENGTH + i < start; i++)
        data[LENGTH + i] = (uint8_t)((size_t)(end + 1 - data - start) >> (8 * i));
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, most);
    if (size > LENGTH && seed % 4) {
        memcpy(data, magic, MAGIC);
        if (seed % 2)
            right_length(data, size);
    }
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    if (size >= MAGIC && memcmp(data, magic, MAGIC) == 0)
        fuzz_weights(data, size);
    return 0;
}
