/* Any bytes as a checkpoint: what is accepted is exactly what a run of this network would have written. Half of the
 * mutated files get correct checksums, so that the checks after them are reached too. */
#include <string.h>

#include "fuzz.h"
#include "runtime/cnnw.h"
#include "runtime/train/checkpoint.h"

enum { FLOATS = 16, STATE = 32, EPOCHS = 3, HEADER_CHECKSUM = 16, IDENTITY = 24 };

static float parameters[FLOATS], average[FLOATS];
static unsigned char state[STATE];
static struct epoch epochs[EPOCHS];
static const struct identity identity = {1, 2, EPOCHS, 4, 5, FLOATS, STATE, 1};

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

/* The header is behind its checksum, and in its last bytes are those of the four parts behind it. */
static void correct(uint8_t *data, size_t size)
{
    enum { PARTS = 4, HEADER = IDENTITY + sizeof(struct identity) + sizeof(struct position) + PARTS * 8 };
    const size_t bytes[PARTS] = {sizeof parameters, sizeof average, sizeof state, 0};
    size_t at = HEADER;
    if (size < HEADER)
        return;
    for (int i = 0; i < PARTS && at <= size; i++) {
        const size_t part = i + 1 == PARTS || bytes[i] > size - at ? size - at : bytes[i];
        const uint64_t sum = part ? cnnw_checksum(data + at, part) : 0;
        memcpy(data + HEADER - 8 * (PARTS - i), &sum, sizeof sum);
        at += part;
    }
    const uint64_t sum = cnnw_checksum(data + IDENTITY, HEADER - IDENTITY);
    memcpy(data + HEADER_CHECKSUM, &sum, sizeof sum);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, most);
    if (seed % 2)
        correct(data, size);
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct checkpoint c = {
        .identity = identity, .parameters = parameters, .average = average, .state = state, .epochs = epochs};
    struct trouble t = {"", ""};
    fuzz_begin();
    const int failed = cnn_checkpoint_read(&c, fuzz_file(data, size, ""), &t);
    if (failed && !t.message[0])
        fuzz_fail("refused without a reason");
    const struct position *p = &c.position;
    if (!failed && (p->epoch_count < 0 || p->epoch_count > EPOCHS || p->step > EPOCHS * identity.per_epoch))
        fuzz_fail("accepted a position that training cannot have");
    if (!failed && size > 24 && memcmp(data + 24, &identity, sizeof identity) != 0)
        fuzz_fail("accepted a checkpoint of another training");
    return 0;
}
