/* Draws what the layers of LeNet-5 make of a digit, as one picture: the input, the filters of the first
 * convolution with the map that each makes, and so on to the ten scores. It inspects results through CNN_PROBE. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "lenet5.h"
#include "maps_probe.h"
#include "picture.h"
#include "sheet.h"

enum { SIDE = 32, BORDER = (SIDE - IMAGE_SIDE) / 2, FILTERS = 6, FILTER_SIDE = 5 };

static struct sheet sheet;
static float filters[FILTERS * FILTER_SIDE * FILTER_SIDE]; /* of the first convolution */

/* Reads a tensor of a safetensors file: 8 bytes of length, a JSON header with its place, numbers. */
static int read_tensor(const char *path, const char *name, float *values, size_t count)
{
    FILE *file = fopen(path, "rb");
    char header[8192], key[64];
    uint64_t length = 0;
    int right = file && fread(&length, sizeof length, 1, file) == 1 && length < sizeof header &&
                fread(header, 1, length, file) == length;
    header[right ? length : 0] = 0;
    snprintf(key, sizeof key, "\"%s\"", name);
    const char *at = strstr(header, key);
    at = at ? strstr(at, "\"data_offsets\"") : NULL;
    at = at ? strchr(at, '[') : NULL;
    right = at && fseek(file, (long)(sizeof length + length + strtoul(at + 1, NULL, 10)), SEEK_SET) == 0 &&
            fread(values, sizeof *values, count, file) == count;
    if (file)
        fclose(file);
    return right;
}

static void softmax(const float *scores, float *shares, int count)
{
    float most = scores[0], sum = 0;
    for (int i = 1; i < count; i++)
        most = fmaxf(most, scores[i]);
    for (int i = 0; i < count; i++)
        sum += shares[i] = expf(scores[i] - most);
    for (int i = 0; i < count; i++)
        shares[i] /= sum;
}

void maps_probe(int number, const float *tensor)
{
    const struct cnn_layer *layer = &lenet5_model.layers[number];
    const struct tiles tiles = {tensor, layer->height, layer->width, layer->channels};
    float shares[LENET5_OUTPUT_FLOATS];
    if (strcmp(layer->kind, "INPUT") == 0)
        return; /* the input itself is drawn before the network runs */
    if (strcmp(layer->kind, "CONV") == 0)
        sheet_row(&sheet, "convolution", "and ReLU", &tiles, PALETTE_HEAT);
    else if (strcmp(layer->kind, "POOL") == 0)
        sheet_row(&sheet, "largest of 2x2", "", &tiles, PALETTE_HEAT);
    else if (number + 1 < lenet5_model.layer_count)
        sheet_row(&sheet, "fully connected", "and ReLU", &tiles, PALETTE_HEAT);
    else {
        softmax(tensor, shares, LENET5_OUTPUT_FLOATS);
        sheet_bars(&sheet, "fully connected", "and softmax", shares, LENET5_OUTPUT_FLOATS);
    }
}

/* Runs the network without the runtime: it only needs a context. */
static int draw(const unsigned char *pixels)
{
    static float input[SIDE * SIDE], scores[LENET5_OUTPUT_FLOATS];
    for (int y = 0; y < IMAGE_SIDE; y++)
        for (int x = 0; x < IMAGE_SIDE; x++)
            input[(y + BORDER) * SIDE + x + BORDER] = pixels[y * IMAGE_SIDE + x];
    struct cnn_context context = {.arena = aligned_alloc(64, LENET5_ARENA_BYTES)};
    if (!context.arena || !sheet_open(&sheet))
        return 0;
    sheet_row(&sheet, "the picture", "", &(struct tiles){input, SIDE, SIDE, 1}, PALETTE_GREY);
    sheet_row(&sheet, "6 filters:", "red +, blue -", &(struct tiles){filters, FILTER_SIDE, FILTER_SIDE, FILTERS},
              PALETTE_SIGNED);
    lenet5_run(&context, input, scores);
    free(context.arena);
    return 1;
}

int main(int argc, char **argv)
{
    struct images images;
    const char *error;
    if (argc != 5) {
        fputs("usage: maps DIGITS NUMBER WEIGHTS.safetensors OUT.png   (DIGITS: PGM, PNG, idx or bare 28x28 bytes)\n",
              stderr);
        return 2;
    }
    if (!images_read(argv[1], &images, &error)) {
        fprintf(stderr, "maps: %s: %s\n", argv[1], error);
        return 1;
    }
    size_t number = strtoul(argv[2], NULL, 10);
    if (number >= images.count) {
        fprintf(stderr, "maps: %s holds %zu digits: the last is number %zu\n", argv[1], images.count, images.count - 1);
        return 1;
    }
    if (!read_tensor(argv[3], "conv1.weight", filters, sizeof filters / sizeof *filters)) {
        fprintf(stderr, "maps: %s: conv1.weight cannot be read\n", argv[3]);
        return 1;
    }
    if (!draw(images.pixels + number * IMAGE_BYTES) || !sheet_write(&sheet, argv[4])) {
        fprintf(stderr, "maps: %s: %s\n", argv[4], picture_error());
        return 1;
    }
    printf("wrote %s\n", argv[4]);
    images_free(&images);
    return 0;
}
