/* Any bytes as a file of pictures in IDX format, plain or gzipped. Its labels are never there: whatever the file is, it
 * is refused with a message. */
#include <string.h>

#include "fuzz.h"
#include "runtime/train/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dataset set;
    struct trouble t = {"", ""};
    fuzz_begin();
    if (cnn_data_open(&set, fuzz_file(data, size, "-images-idx3-ubyte"), &t) == 0 || !t.message[0])
        fuzz_fail("opened pictures without labels");
    cnn_data_close(&set);
    return 0;
}
