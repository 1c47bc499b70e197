/* What the page calls: LeNet-5, compiled to C by cnnc and then to WebAssembly. No C library, no runtime: the
 * memory that the network needs is static. */
#include "centre.h"
#include "image.h"
#include "lenet5.h"
#include "probe.h"

#define EXPORT(name) __attribute__((export_name(name)))

enum { DRAWING_SIDE = 280, INPUT_SIDE = 32, BORDER = (INPUT_SIDE - IMAGE_SIDE) / 2 };

static unsigned char drawing[DRAWING_SIDE * DRAWING_SIDE], digit[IMAGE_BYTES];
static float input[LENET5_INPUT_FLOATS], scores[LENET5_OUTPUT_FLOATS];
static _Alignas(64) unsigned char arena[LENET5_ARENA_BYTES];

/* Defined by the page: draws a layer's maps, if it has a place for that many of that size. */
__attribute__((import_module("page"), import_name("maps"))) void page_maps(int side, int count, const float *maps);

void web_probe(int layer, const float *tensor)
{
    const struct cnn_layer *made = &lenet5_model.layers[layer];
    page_maps(made->height, made->channels, tensor);
}

/* The page writes its drawing here: 280x280 bytes, light ink on a dark background. */
EXPORT("drawing") unsigned char *web_drawing(void)
{
    return drawing;
}

/* Turns the drawing into the 28x28 pixels that the network sees. */
EXPORT("centre") const unsigned char *web_centre(void)
{
    centre_digit(drawing, DRAWING_SIDE, DRAWING_SIDE, digit);
    return digit;
}

/* The ten scores for those pixels. */
EXPORT("classify") const float *web_classify(void)
{
    const struct cnn_context context = {.arena = arena};
    for (int y = 0; y < IMAGE_SIDE; y++)
        for (int x = 0; x < IMAGE_SIDE; x++)
            input[(y + BORDER) * INPUT_SIDE + x + BORDER] = digit[y * IMAGE_SIDE + x];
    lenet5_run(&context, input, scores);
    return scores;
}
