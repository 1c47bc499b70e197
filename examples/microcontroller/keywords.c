/* Keyword spotting: MLPerf Tiny's network of 8-bit integers, from its .tflite, listens to a second of sound. What comes
 * in is not sound but its spectrum, 49 slices of 10 numbers, as the benchmark's preprocessing makes it; KEYWORDS_INPUT
 * of the Makefile names a file of such inputs, and without it the network listens to silence. */
#include <stdint.h>

#include "board.h"
#include "net.h"

enum { WORDS = 12, BYTES = 49 * 10, MOST = 16 };

extern const signed char spectra[], spectra_end[]; /* keywords.S */

static unsigned char arena[NET_ARENA_BYTES + 1] __attribute__((aligned(64)));
static unsigned char scratch[NET_SCRATCH_BYTES + 1] __attribute__((aligned(64)));

static const char *const words[WORDS] = {"down",  "go",   "left", "no",  "off",     "on",
                                         "right", "stop", "up",   "yes", "silence", "an unknown word"};

static const char *listen_to(const signed char *spectrum)
{
    const struct cnn_context context = {0, arena, scratch, 0};
    signed char scores[WORDS];
    const void *const inputs[] = {spectrum};
    void *const outputs[] = {scores};
    net_run_many(&context, inputs, outputs);
    int best = 0;
    for (int i = 1; i < WORDS; i++)
        if (scores[i] > scores[best])
            best = i;
    return words[best];
}

int main(void)
{
    const int there = (int)((spectra_end - spectra) / BYTES), count = there < MOST ? there : MOST;
    for (int i = 0; i < count; i++) {
        board_print("heard: ");
        board_print(listen_to(spectra + i * BYTES));
        board_print("\n");
    }
    board_report();
    return 0;
}
