#include "emit/define.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void define_integer(struct text *data, const char *name, int64_t value)
{
    text_printf(data, "m4_define([<%s>], [<%lld>])m4_dnl\n", name, (long long)value);
}

void define_float(struct text *data, const char *name, double value)
{
    text_printf(data, "m4_define([<%s>], [<", name);
    data_float(data, value);
    text_add(data, ">])m4_dnl\n");
}

void define_double(struct text *data, const char *name, double value)
{
    text_printf(data, "m4_define([<%s>], [<%.17g>])m4_dnl\n", name, value);
}

void define_word(struct text *data, const char *name, const char *word)
{
    text_printf(data, "m4_define([<%s>], [<%s>])m4_dnl\n", name, word);
}

void data_float(struct text *data, double value)
{
    const float nearest = (float)value;
    char digits[64];
    for (int precision = 1; precision <= 9; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, (double)nearest);
        if (strtof(digits, NULL) == nearest)
            break;
    }
    bool point = strpbrk(digits, ".e") != NULL;
    bool negative = digits[0] == '-';
    text_printf(data, "%s%s%sf%s", negative ? "(" : "", digits, point ? "" : ".0", negative ? ")" : "");
}
