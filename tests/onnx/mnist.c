/* The answers of the ONNX zoo's MNIST network, compiled to C, on digits in idx format.
 *
 *     mnist < t10k-images-idx3-ubyte     prints one answer per line */
#include <stdio.h>

#include "mnist8.h"

int main(void)
{
    static unsigned char head[16], pixels[MNIST8_INPUT_FLOATS];
    static float input[MNIST8_INPUT_FLOATS], output[MNIST8_OUTPUT_FLOATS];
    static union {
        unsigned char bytes[MNIST8_ARENA_BYTES + 64];
        double align;
    } arena;
    static unsigned char scratch[MNIST8_SCRATCH_BYTES + 128];
    struct cnn_context context = {0};
    context.arena = arena.bytes + (64 - (size_t)arena.bytes % 64) % 64;
    context.scratch = scratch + (64 - (size_t)scratch % 64) % 64;
    if (fread(head, 1, sizeof head, stdin) != sizeof head)
        return 2;
    while (fread(pixels, 1, sizeof pixels, stdin) == sizeof pixels) {
        int best = 0;
        for (int i = 0; i < MNIST8_INPUT_FLOATS; i++)
            input[i] = pixels[i];
        mnist8_run(&context, input, output);
        for (int i = 1; i < MNIST8_OUTPUT_FLOATS; i++)
            best = output[i] > output[best] ? i : best;
        printf("%d\n", best);
    }
    return 0;
}
