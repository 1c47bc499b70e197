/* A generated LeNet-5's answers on many digits, one per line. Images are 28x28 bytes each after SKIP bytes of header,
 * and get a border of two zeros. $HARNESS_ISA is what the processor seems to have (see
 * tests/codegen/harness.c).
 *
 *     digits IMAGES SKIP */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lenet5.h"

int harness_supports(const char *feature);
int harness_supports(const char *feature)
{
    const char *isa = getenv("HARNESS_ISA");
    if (!isa || strcmp(isa, "avx512") == 0)
        return 1;
    return strcmp(isa, "avx2") == 0 && (strcmp(feature, "avx2") == 0 || strcmp(feature, "fma") == 0);
}

static int answer(const struct cnn_context *context, const unsigned char *image)
{
    float padded[32 * 32] = {0}, scores[10];
    int best = 0;
    for (int y = 0; y < 28; y++)
        for (int x = 0; x < 28; x++)
            padded[(y + 2) * 32 + x + 2] = image[y * 28 + x];
    lenet5_run(context, padded, scores);
    for (int i = 1; i < 10; i++)
        best = scores[i] > scores[best] ? i : best;
    return best;
}

int main(int argc, char **argv)
{
    unsigned char image[28 * 28];
    struct cnn_context context = {NULL, aligned_alloc(64, LENET5_ARENA_BYTES + 64),
                                  aligned_alloc(64, (LENET5_SCRATCH_BYTES + 127) / 64 * 64), NULL};
    FILE *file = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!file || !context.arena || !context.scratch || fseek(file, atol(argv[2]), SEEK_SET) != 0)
        return 2;
    while (fread(image, sizeof image, 1, file) == 1)
        printf("%d\n", answer(&context, image));
    fclose(file);
    free(context.arena);
    free(context.scratch);
    return 0;
}
