/* What clang may call instead of WebAssembly's own instructions for blocks of memory. */
#include <string.h>

__attribute__((no_builtin)) void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    unsigned char *t = to;
    const unsigned char *f = from;
    for (size_t i = 0; i < length; i++)
        t[i] = f[i];
    return to;
}

__attribute__((no_builtin)) void *memset(void *to, int byte, size_t length)
{
    unsigned char *t = to;
    for (size_t i = 0; i < length; i++)
        t[i] = (unsigned char)byte;
    return to;
}
