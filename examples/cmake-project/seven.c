/* Asks LeNet-5 which digit is drawn below. lenet5.h, written by cnnc, says everything about the network. */
#include <stdio.h>

#include "cnn.h"
#include "lenet5.h"

static const char *const drawing[] = {
    "                ", "  ############  ", "  ############  ", "          ###   ",
    "          ###   ", "         ###    ", "         ###    ", "        ###     ",
    "        ###     ", "       ###      ", "       ###      ", "      ###       ",
    "      ###       ", "     ###        ", "     ###        ", "                ",
};

int main(void)
{
    float image[32][32] = {{0}}, scores[LENET5_OUTPUT_FLOATS];
    struct cnn_error error;
    struct cnn_net *net = cnn_open(&lenet5_model, NULL, 1, &error);
    int best = 0;
    if (!net) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 16; x++)
            image[y + 8][x + 8] = drawing[y][x] == '#' ? 255 : 0;
    cnn_run(net, &image[0][0], scores);
    cnn_close(net);
    for (int digit = 1; digit < LENET5_OUTPUT_FLOATS; digit++)
        if (scores[digit] > scores[best])
            best = digit;
    printf("this is a %d\n", best);
    return 0;
}
