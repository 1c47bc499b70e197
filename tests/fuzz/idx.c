/* Any bytes as files of pictures and of labels in IDX format, plain or gzipped: two lengths and files of each. */
#include "dataset.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_part parts[2];
    fuzz_begin();
    parts[0] = fuzz_take("train-images-idx3-ubyte", &data, &size);
    parts[1] = fuzz_take("train-labels-idx1-ubyte", &data, &size);
    fuzz_dataset(fuzz_folder(parts, 2));
    return 0;
}
