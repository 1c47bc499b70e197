/* Any bytes as an .npz data set. */
#include "dataset.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    fuzz_dataset(fuzz_file(data, size, ".npz"));
    return 0;
}
