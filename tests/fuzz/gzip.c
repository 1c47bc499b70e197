/* Any bytes as deflated ones: a byte whose lowest bit says that they are raw, two for how many there are to be, then they.
 * Nothing beyond that room is written, and the first bytes alone are the same. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "runtime/train/gzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trouble t = {"", ""}, u = {"", ""};
    fuzz_begin();
    if (size < 3)
        return 0;
    const int raw = data[0] % 2;
    const size_t count = (size_t)(data[1] | data[2] << 8);
    uint8_t *room = malloc(count + 1), *head = malloc(count + 1); /* the sanitizer watches their ends */
    if (!room || !head)
        fuzz_fail("no memory");
    const int failed = cnn_gzip_inflate(data + 3, size - 3, raw, "input", room, count, &t);
    if (failed != (t.message[0] ? -1 : 0))
        fuzz_fail("refused without a reason, or inflated with one");
    const int64_t first = raw ? 0 : cnn_gzip_head(data + 3, size - 3, "input", head, count / 2, &u);
    if (first > (int64_t)(count / 2) || (!failed && !raw && first != (int64_t)(count / 2)))
        fuzz_fail("%lld bytes instead of %zu", (long long)first, count / 2);
    if (!failed && !raw && memcmp(room, head, count / 2) != 0)
        fuzz_fail("the first bytes are others");
    if (!failed && !cnn_gzip_possible(count, size - 3))
        fuzz_fail("impossible, and yet it was inflated");
    free(room);
    free(head);
    return 0;
}
