/* Runs a network without an operating system, or on this computer, and prints every byte of its outputs.
 * SysTick counts instructions: QEMU's -icount shift=0 lets one pass in a nanosecond, and the board ticks every 40. */
#include <stdint.h>

#include "board.h"
#include "net.h"

#ifndef NUMBER
#define NUMBER signed char
#endif

static unsigned char arena[NET_ARENA_BYTES + 1] __attribute__((aligned(64)));
static unsigned char scratch[NET_SCRATCH_BYTES + 1] __attribute__((aligned(64)));
static NUMBER input[NET_INPUT_FLOATS] __attribute__((aligned(64)));
static NUMBER output[NET_OUTPUT_FLOATS] __attribute__((aligned(64)));

static void print_number(const char *before, unsigned long number)
{
    char digits[12], *at = digits + sizeof digits;
    *--at = 0;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    board_print(before);
    board_print(at);
}

static void print_outputs(void)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char *bytes = (const unsigned char *)output;
    for (unsigned i = 0; i < sizeof output; i++) {
        const char byte[3] = {hex[bytes[i] >> 4], hex[bytes[i] & 15], 0};
        board_print(byte);
    }
    board_print("\n");
}

int main(void)
{
    struct cnn_context context = {0, arena, scratch, 0};
    const void *const inputs[] = {input};
    void *const outputs[] = {output};
    uint32_t state = 1;
    for (int i = 0; i < NET_INPUT_FLOATS; i++) {
        state = state * 1664525u + 1013904223u;
        input[i] = (NUMBER)((int)(state >> 24) - 128);
    }
#ifdef __arm__
    volatile uint32_t *const systick = (volatile uint32_t *)0xE000E010; /* control, reload, current */
    systick[1] = 0xFFFFFF;
    systick[2] = 0;
    systick[0] = 5;
    const uint32_t begin = systick[2];
#endif
    net_run_many(&context, inputs, outputs);
#ifdef __arm__
    print_number("instructions ", 40ul * ((begin - systick[2]) & 0xFFFFFF));
    board_print("\n");
#endif
    (void)print_number;
    print_outputs();
    return 0;
}
