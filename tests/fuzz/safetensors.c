/* Any bytes as a .safetensors file. Half of the mutated headers get their correct length, so that the code
 * after it is reached too. */
#include "fuzz.h"
#include "weights.h"

enum { LENGTH = 8 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* The header, if there is one, ends at the last brace. */
static void right_length(uint8_t *data, size_t size)
{
    size_t end = size;
    while (end > LENGTH && data[end - 1] != '}')
        end--;
    for (int i = 0; end > LENGTH && i < LENGTH; i++)
        data[i] = (uint8_t)((uint64_t)(end - LENGTH) >> (8 * i));
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, most);
    if (seed % 2)
        right_length(data, size);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    if (size > 0 && (data[0] == 'P' || data[0] == 0x93)) /* another target's */
        return 0;
    fuzz_weights(data, size);
    return 0;
}
