/* Any bytes as folders of pictures: for each file a byte that chooses its name, a length, and its bytes. */
#include "dataset.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"a/1.png",       "a/2.JPG",      "b/1.ppm",        "b/2.pgm",
                                        "b/notes.txt",   "notes.txt",    "train/a/1.png",  "train/b/1.jpeg",
                                        "test/a/1.pbm",  "test/b/1.pnm", "test/c/1.png",   "val/a/1.png",
                                        "a/.hidden.png", "empty/README", "train/a/deep/x", "a/png"};
    struct fuzz_part parts[FUZZ_PARTS];
    size_t count = 0;
    fuzz_begin();
    while (size > 0 && count < FUZZ_PARTS) {
        const char *name = names[*data % (sizeof names / sizeof *names)];
        data++, size--;
        parts[count++] = fuzz_take(name, &data, &size);
    }
    fuzz_dataset(fuzz_folder(parts, count));
    return 0;
}
