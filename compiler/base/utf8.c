/* Well-formed UTF-8 after Unicode's table 3-7: no overlong forms, no surrogates. */
#include "utf8.h"

static int continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

int utf8_length(const unsigned char *p)
{
    if (p[0] < 0x80)
        return p[0] != 0;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return continuation(p[1]) ? 2 : 0;
    if ((p[0] & 0xF0) == 0xE0) {
        unsigned char low = p[0] == 0xE0 ? 0xA0 : 0x80, high = p[0] == 0xED ? 0x9F : 0xBF;
        return p[1] >= low && p[1] <= high && continuation(p[2]) ? 3 : 0;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        unsigned char low = p[0] == 0xF0 ? 0x90 : 0x80, high = p[0] == 0xF4 ? 0x8F : 0xBF;
        return p[1] >= low && p[1] <= high && continuation(p[2]) && continuation(p[3]) ? 4 : 0;
    }
    return 0;
}

size_t utf8_step(const char *p, size_t length, bool *shown)
{
    const unsigned char *bytes = (const unsigned char *)p;
    size_t step = (size_t)utf8_length(bytes);
    bool c1_control = step == 2 && bytes[0] == 0xC2 && bytes[1] < 0xA0; /* terminals obey these too */
    *shown = step && step <= length && bytes[0] >= ' ' && bytes[0] != 0x7F && !c1_control;
    return step && step <= length ? step : 1;
}

size_t utf8_check(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        int step = utf8_length((const unsigned char *)bytes + at);
        if (!step)
            break;
        at += (size_t)step;
    }
    return at;
}
