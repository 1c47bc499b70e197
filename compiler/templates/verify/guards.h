/* What both programs of `cnnc --verify` begin with: how they fail, and memory that shows what is done to it. It is full
 * of NaN at first, and bytes that lie around it must stay as they are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VERIFY_GUARD = 4096, VERIFY_ALIGNMENT = 64, VERIFY_GUARD_BYTE = 0xA5, VERIFY_NAN_BYTE = 0xFF };

static void verify_fail(const char *reason)
{
    fprintf(stderr, "%s\n", reason);
    exit(3);
}

/* Guard, `bytes` of NaN, guard; aligned. */
static unsigned char *verify_allocate(size_t bytes)
{
    const size_t total = bytes + 2 * VERIFY_GUARD;
    unsigned char *memory = total > bytes ? (unsigned char *)malloc(total + VERIFY_ALIGNMENT) : NULL;
    if (!memory)
        verify_fail("out of memory");
    memory += VERIFY_ALIGNMENT - (size_t)(uintptr_t)memory % VERIFY_ALIGNMENT;
    memset(memory, VERIFY_GUARD_BYTE, total);
    memset(memory + VERIFY_GUARD, VERIFY_NAN_BYTE, bytes);
    return memory + VERIFY_GUARD;
}

static void verify_guards(const unsigned char *memory, size_t bytes, const char *reason)
{
    for (size_t i = 0; i < VERIFY_GUARD; i++)
        if (memory[bytes + i] != VERIFY_GUARD_BYTE || memory[(ptrdiff_t)i - VERIFY_GUARD] != VERIFY_GUARD_BYTE)
            verify_fail(reason);
}
