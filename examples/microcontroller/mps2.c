/* Arm's MPS2 board with a Cortex-M4F (QEMU: -M mps2-an386): start-up code, and output through
 * semihosting, so that no driver is needed. Another board needs its own mps2.ld and board_print. */
#include <stddef.h>
#include <stdint.h>

#include "board.h"

/* Defined by mps2.ld; only their addresses matter. */
extern uint32_t flash_begin[], data_in_flash[], data_begin[], data_end[], bss_begin[], bss_end[];
extern uint32_t stack_begin[], stack_end[];

int main(void);
void reset(void);

enum { SEMIHOSTING_WRITE0 = 0x04, SEMIHOSTING_EXIT_EXTENDED = 0x20, EXIT_BY_APPLICATION = 0x20026 };
static const uint32_t untouched = 0xC0DEC0DE;

static void semihosting(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

static void leave(uint32_t status)
{
    const uint32_t block[2] = {EXIT_BY_APPLICATION, status};
    semihosting(SEMIHOSTING_EXIT_EXTENDED, block);
    for (;;) {
    }
}

static void fault(void)
{
    board_print("fault\n");
    leave(1);
}

/* The processor reads its initial stack pointer and program counter from here. */
__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handlers[15])(void);
} vectors = {stack_end, {reset, fault, fault, fault, fault, fault}};

void reset(void)
{
    volatile uint32_t *const coprocessors = (volatile uint32_t *)0xE000ED88;
    const size_t below = 16;     /* words of stack that this function itself may use */
    *coprocessors |= 0xFu << 20; /* enables the floating-point unit */
    __asm__ volatile("dsb\n\tisb");
    for (size_t i = 0; i < (size_t)(data_end - data_begin); i++)
        data_begin[i] = data_in_flash[i];
    for (size_t i = 0; i < (size_t)(bss_end - bss_begin); i++)
        bss_begin[i] = 0;
    for (size_t i = 0; i < (size_t)(stack_end - stack_begin) - below; i++)
        stack_begin[i] = untouched;
    leave((uint32_t)main());
}

void board_print(const char *text)
{
    semihosting(SEMIHOSTING_WRITE0, text);
}

static void print_number(const char *before, size_t number, const char *after)
{
    char digits[12], *at = digits + sizeof digits;
    *--at = 0;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    board_print(before);
    board_print(at);
    board_print(after);
}

void board_report(void)
{
    const size_t data = (size_t)(data_end - data_begin) * 4;
    const uint32_t *lowest = stack_begin;
    while (lowest < stack_end && *lowest == untouched)
        lowest++;
    print_number("board: flash ", (size_t)(data_in_flash - flash_begin) * 4 + data, " bytes, ");
    print_number("memory ", data + (size_t)(bss_end - bss_begin) * 4, " bytes, ");
    print_number("stack ", (size_t)(stack_end - lowest) * 4, " bytes\n");
}
