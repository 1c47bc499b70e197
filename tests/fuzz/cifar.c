/* Any bytes as CIFAR's binary batches and the names of its classes: a byte that says whether it is CIFAR-10 or CIFAR-100,
 * then a length and bytes for each file. Records have 3073 bytes and more, so that inputs hold their first eight and the
 * others are zeros; what is left is how many bytes of a torn record follow. */
#include <string.h>

#include "dataset.h"
#include "fuzz.h"

enum { PIXELS = 3072, HEAD = 8, MOST_RECORDS = 3 };

/* As many records as the bytes begin, and then as many bytes of a torn one as the first says. */
static struct fuzz_part records(const struct fuzz_part *given, size_t record, uint8_t *room)
{
    const size_t count = given->size / HEAD < MOST_RECORDS ? given->size / HEAD : MOST_RECORDS;
    memset(room, 0, (MOST_RECORDS + 1) * record);
    for (size_t i = 0; i < count; i++)
        memcpy(room + i * record, given->data + i * HEAD, HEAD);
    return (struct fuzz_part){given->name, room, count * record + given->size % HEAD};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t room[3][(MOST_RECORDS + 1) * (PIXELS + 2)];
    static const char *const ten[] = {"data_batch_1.bin", "data_batch_2.bin", "test_batch.bin"};
    static const char *const hundred[] = {"train.bin", "test.bin"};
    struct fuzz_part parts[4];
    size_t count = 0;
    fuzz_begin();
    const int many = size > 0 && data[0] % 2;
    data += size > 0, size -= size > 0;
    for (size_t i = 0; i < (many ? 2 : 3); i++) {
        const struct fuzz_part given = fuzz_take(many ? hundred[i] : ten[i], &data, &size);
        if (given.size)
            parts[count++] = records(&given, PIXELS + (many ? 2 : 1), room[i]);
    }
    parts[count++] = fuzz_take(many ? "fine_label_names.txt" : "batches.meta.txt", &data, &size);
    fuzz_dataset(fuzz_folder(parts, count));
    return 0;
}
