/* Reads lines of digits: a network that cnnc has compiled says for each column of a line which digit has its middle
 * there, or none. Greedy decoding, as for networks that were trained by CTC, makes a text of that: of each column the
 * likeliest class; of several alike in a row, one; and no "none". */
#include <stdio.h>
#include <string.h>

#include "cnn.h"
#include "picture.h"
#include "recogniser.h"

enum { HIGH = 28, COLUMN = 4, COLUMNS = LINE_WIDTH / COLUMN, CLASSES = 11, NONE = CLASSES - 1 };

static int best_class(const float *scores)
{
    int best = 0;
    for (int i = 1; i < CLASSES; i++)
        best = scores[i] > scores[best] ? i : best;
    return best;
}

/* `text` has room for a digit a column, and the end. */
static void decode(const float *scores, char *text)
{
    int before = NONE;
    for (int x = 0; x < COLUMNS; x++) {
        const int class = best_class(scores + x * CLASSES);
        if (class != NONE && class != before)
            *text++ = (char)('0' + class);
        before = class;
    }
    *text = 0;
}

static int read_line(struct cnn_net *net, const char *path)
{
    static float scores[RECOGNISER_OUTPUT_FLOATS];
    static unsigned char line[HIGH * LINE_WIDTH];
    char text[COLUMNS + 1];
    struct picture picture;
    int right = picture_read(&picture, path, 1);
    if (!right) {
        fprintf(stderr, "text: %s: %s\n", path, picture_error());
    } else if (picture.height != HIGH || picture.width > LINE_WIDTH) {
        fprintf(stderr, "text: %s has %d x %d pixels; lines are %d high and at most %d wide", path, picture.width,
                picture.height, HIGH, LINE_WIDTH);
        if (picture.width > LINE_WIDTH)
            fprintf(stderr, ": make WIDTH=%d", (picture.width + COLUMN - 1) / COLUMN * COLUMN);
        fputc('\n', stderr);
        right = 0;
    } else {
        memset(line, 0, sizeof line); /* paper behind a shorter one */
        for (int y = 0; y < HIGH; y++)
            memcpy(line + y * LINE_WIDTH, picture.pixels + y * picture.width, (size_t)picture.width);
        cnn_run_many(net, (const void *const[]){line}, (void *const[]){scores});
        decode(scores, text);
        printf("%s: %s\n", path, text);
    }
    picture_free(&picture);
    return right;
}

int main(int argc, char **argv)
{
    struct cnn_error error;
    int right = 1;
    if (argc < 2 || argv[1][0] == '-') {
        fputs("usage: text PICTURE...   (JPEG, PNG, PGM, PPM)\n", stderr);
        return 2;
    }
    struct cnn_net *net = cnn_open(&recogniser_model, NULL, 1, &error);
    if (!net) {
        fprintf(stderr, "text: %s\n", error.message);
        return 1;
    }
    for (int i = 1; i < argc; i++)
        right &= read_line(net, argv[i]);
    cnn_close(net);
    return !right;
}
