/* A network of 8-bit integers that recognises digits: trained in floats and quantised on a computer, compiled for
 * --target=cortex-m. It looks at the sample digits in flash and says how many it recognises. */
#include <stdint.h>

#include "board.h"
#include "net.h"

enum { SAMPLES = 200, PIXELS = 28 * 28, CLASSES = 10 };

extern const unsigned char digits[], labels[]; /* quantised.s */

static unsigned char arena[NET_ARENA_BYTES + 1] __attribute__((aligned(64)));
static unsigned char scratch[NET_SCRATCH_BYTES + 1] __attribute__((aligned(64)));

static int recognise(const unsigned char *digit)
{
    const struct cnn_context context = {0, arena, scratch, 0};
    float scores[CLASSES];
    const void *const inputs[] = {digit};
    void *const outputs[] = {scores};
    net_run_many(&context, inputs, outputs);
    int best = 0;
    for (int i = 1; i < CLASSES; i++)
        if (scores[i] > scores[best])
            best = i;
    return best;
}

static void print_number(int number)
{
    char text[12], *at = text + sizeof text;
    *--at = 0;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    board_print(at);
}

int main(void)
{
    int right = 0;
    for (int i = 0; i < SAMPLES; i++) {
        const int found = recognise(digits + i * PIXELS), label = labels[2 * i] - '0';
        right += found == label;
        if (found != label) {
            board_print("digit ");
            print_number(i);
            board_print(", a ");
            print_number(label);
            board_print(", is taken for a ");
            print_number(found);
            board_print("\n");
        }
    }
    print_number(right);
    board_print(" of ");
    print_number(SAMPLES);
    board_print(" digits recognised\n");
    board_report();
    return 0;
}
