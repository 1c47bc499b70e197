/* A generated LeNet-5 through the runtime: prints a digit per line. If cnn_open refuses, its reason goes to standard
 * output, with status 3, and no digits follow.
 *
 *     digits IMAGES COUNT THREADS [WEIGHTS]    28x28 bytes per image; WEIGHTS: a .cnnw instead of embedded ones */
#include <stdio.h>
#include <stdlib.h>

#include "cnn.h"
#include "lenet5.h"

static int answer(struct cnn_net *net, const unsigned char *image)
{
    static float padded[32 * 32], scores[10]; /* a border of two zeros */
    int best = 0;
    for (int y = 0; y < 28; y++)
        for (int x = 0; x < 28; x++)
            padded[(y + 2) * 32 + x + 2] = image[y * 28 + x];
    cnn_run(net, padded, scores);
    for (int i = 1; i < 10; i++)
        best = scores[i] > scores[best] ? i : best;
    return best;
}

int main(int argc, char **argv)
{
    unsigned char image[28 * 28];
    struct cnn_error error;
    FILE *file = argc >= 4 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    struct cnn_net *net = cnn_open(&lenet5_model, argc > 4 ? argv[4] : NULL, atoi(argv[3]), &error);
    if (!net) {
        printf("%s\n", error.message);
        return 3;
    }
    for (int i = 0; i < atoi(argv[2]) && fread(image, sizeof image, 1, file) == 1; i++)
        printf("%d\n", answer(net, image));
    cnn_close(net);
    fclose(file);
    return 0;
}
