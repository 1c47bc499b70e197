/* A network on a microcontroller: no heap, no files, no operating system, not even the runtime. All
 * it takes is net.c and net.h, as cnnc wrote them, a static arena, and one call.
 *
 * The network gets three inputs: handwritten digits if it takes those, noise otherwise. The outputs are printed as
 * exact hexadecimal numbers, which any C library can read back (strtod), so that they can be compared. */
#include <stdint.h>

#include "board.h"
#include "net.h"

enum { INPUTS = 3, DIGIT_SIDE = 28, BORDER = 2, SIDE = DIGIT_SIDE + 2 * BORDER };

/* The network's working memory; every call may use the same. */
static unsigned char arena[NET_ARENA_BYTES + 1] __attribute__((aligned(64)));
static unsigned char scratch[NET_SCRATCH_BYTES + 1] __attribute__((aligned(64)));
static float input[NET_INPUT_FLOATS], output[NET_OUTPUT_FLOATS];

#ifdef DIGITS
extern const unsigned char digits[]; /* digits.S */

static void make_input(int number)
{
    for (int y = 0; y < DIGIT_SIDE; y++)
        for (int x = 0; x < DIGIT_SIDE; x++)
            input[(y + BORDER) * SIDE + x + BORDER] = digits[(number * DIGIT_SIDE + y) * DIGIT_SIDE + x];
}
#else
static void make_input(int number)
{
    uint32_t state = 12345u + (uint32_t)number;
    for (int i = 0; i < NET_INPUT_FLOATS; i++) {
        state = state * 1664525u + 1013904223u;
        input[i] = (float)(state >> 8) / 16777216.0f;
    }
}
#endif

/* 0x1.8p+1 for 3: the exact bits of a float in readable form. */
static void print_float(float number)
{
    static const char hex[] = "0123456789abcdef";
    union {
        float number;
        uint32_t bits;
    } u;
    char text[20], *at = text;
    u.number = number;
    uint32_t mantissa = (u.bits & 0x7FFFFFu) << 1;
    int exponent = (int)(u.bits >> 23 & 0xFFu) - 127;
    if (u.bits >> 31)
        *at++ = '-';
    *at++ = '0';
    *at++ = 'x';
    *at++ = exponent == -127 ? '0' : '1';
    if (exponent == -127)
        exponent = mantissa ? -126 : 0;
    *at++ = '.';
    for (int digit = 20; digit >= 0; digit -= 4)
        *at++ = hex[mantissa >> digit & 15u];
    *at++ = 'p';
    *at++ = exponent < 0 ? '-' : '+';
    if (exponent < 0)
        exponent = -exponent;
    if (exponent >= 100)
        *at++ = hex[exponent / 100];
    if (exponent >= 10)
        *at++ = hex[exponent / 10 % 10];
    *at++ = hex[exponent % 10];
    *at = 0;
    board_print(text);
}

static void print_result(int number)
{
    const char name[] = {(char)('0' + number), ':', 0};
    int best = 0;
    board_print("output ");
    board_print(name);
    for (int i = 0; i < NET_OUTPUT_FLOATS; i++) {
        board_print(" ");
        print_float(output[i]);
        if (output[i] > output[best])
            best = i;
    }
    board_print("\n");
    if (best < 10) {
        const char digit[] = {(char)('0' + best), '\n', 0};
        board_print("class ");
        board_print(digit);
    }
}

int main(void)
{
    struct cnn_context context = {0, arena, scratch, 0}; /* the embedded weights, one thread */
    for (int number = 0; number < INPUTS; number++) {
        make_input(number);
        net_run(&context, input, output);
        print_result(number);
    }
    board_report();
    return 0;
}
