/* Text of SVG. */
#include "svg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void cnn_svg(struct writing *w, const char *format, ...)
{
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cnn_writing_add(w, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
}

void cnn_svg_name(struct writing *w, const char *name)
{
    for (; *name; name++)
        if (strchr("<>&\"", *name) || (unsigned char)*name < ' ')
            cnn_svg(w, "&#%d;", (unsigned char)*name < ' ' ? '?' : *name);
        else
            cnn_writing_add(w, name, 1);
}
