/* Any bytes as a PNG, JPEG or PNM picture: what can be decoded has a size, and a number for every pixel. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "runtime/train/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture picture;
    struct trouble t = {"", ""};
    unsigned sum = 0;
    memset(&picture, 0, sizeof picture);
    fuzz_begin();
    const int failed = cnn_decode_picture(data, size, "picture", &picture, &t);
    if (failed != (t.message[0] ? -1 : 0))
        fuzz_fail("refused without a reason, or decoded with one");
    if (!failed && (picture.height < 1 || picture.width < 1 || (picture.channels != 1 && picture.channels != 3)))
        fuzz_fail("a picture of %dx%dx%d", picture.height, picture.width, picture.channels);
    for (int64_t i = 0; !failed && i < (int64_t)picture.height * picture.width * picture.channels; i++)
        sum += picture.pixels[i];
    free(picture.room);
    static volatile unsigned seen;
    seen = sum;
    (void)seen;
    return 0;
}
