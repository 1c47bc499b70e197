/* Finds the digits in a picture: a network that cnnc has compiled says for each cell of 8x8 pixels whether a digit has
 * its middle there; boxes.c makes boxes of that, and keeps one for each digit. Prints a table of them, and draws them
 * into an enlarged picture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boxes.h"
#include "cnn.h"
#include "detector.h"
#include "frames.h"
#include "picture.h"

enum { ROWS = PICTURE_HEIGHT / CELL, COLUMNS = PICTURE_WIDTH / CELL };

static const float least_confidence = 0.35f, most_overlap = 0.4f;

static void print_boxes(const char *path, const struct box *boxes, int count)
{
    printf("%s: %d %s\n", path, count, count == 1 ? "digit" : "digits");
    if (count)
        printf("  digit  left   top  width  height  confidence\n");
    for (int i = 0; i < count; i++)
        printf("  %5d %5.1f %5.1f  %5.1f   %5.1f  %8.1f %%\n", boxes[i].class, (double)boxes[i].left,
               (double)boxes[i].top, (double)boxes[i].width, (double)boxes[i].height,
               100 * (double)boxes[i].confidence);
}

/* result: the file to draw into, or NULL. */
static int detect(struct cnn_net *net, const char *path, const char *result)
{
    static float cells[DETECTOR_OUTPUT_FLOATS];
    static struct box boxes[ROWS * COLUMNS];
    struct picture picture, drawn = {0};
    int right = picture_read(&picture, path, 1);
    if (!right)
        fprintf(stderr, "detect: %s: %s\n", path, picture_error());
    if (right && (picture.width != PICTURE_WIDTH || picture.height != PICTURE_HEIGHT)) {
        fprintf(stderr,
                "detect: %s has %d x %d pixels; this program is compiled for %d x %d: make WIDTH=%d HEIGHT=%d\n", path,
                picture.width, picture.height, PICTURE_WIDTH, PICTURE_HEIGHT, picture.width, picture.height);
        right = 0;
    }
    if (right) {
        cnn_run_many(net, (const void *const[]){picture.pixels}, (void *const[]){cells});
        int count = boxes_decode(cells, ROWS, COLUMNS, least_confidence, boxes);
        count = boxes_suppress(boxes, count, most_overlap);
        print_boxes(path, boxes, count);
        if (result && !(frames_draw(&drawn, &picture, boxes, count) && picture_write(&drawn, result))) {
            fprintf(stderr, "detect: %s: %s\n", result, picture_error());
            right = 0;
        }
    }
    picture_free(&drawn);
    picture_free(&picture);
    return right;
}

int main(int argc, char **argv)
{
    struct cnn_error error;
    const char *result = argc > 2 && strcmp(argv[1], "-o") == 0 ? argv[2] : NULL;
    int first = result ? 3 : 1, right = 1;
    if (first >= argc || argv[first][0] == '-' || (result && argc != first + 1)) {
        fputs("usage: detect PICTURE...\n       detect -o RESULT.png PICTURE   (JPEG, PNG, PGM, PPM)\n", stderr);
        return 2;
    }
    struct cnn_net *net = cnn_open(&detector_model, NULL, 1, &error);
    if (!net) {
        fprintf(stderr, "detect: %s\n", error.message);
        return 1;
    }
    for (int i = first; i < argc; i++)
        right &= detect(net, argv[i], result);
    cnn_close(net);
    return !right;
}
