/* What every part of the runtime reports failures with. */
#include "cnn_internal.h"

#include <stdarg.h>
#include <stdio.h>

int cnn_fail(struct cnn_error *error, int code, const char *format, ...)
{
    va_list arguments;
    if (!error)
        return code;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    error->code = code;
    return code;
}
