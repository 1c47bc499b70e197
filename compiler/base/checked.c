/* Products of several factors, overflow noticed. */
#include "checked.h"

#include <stdarg.h>

bool checked_product(int64_t *result, int count, ...)
{
    va_list factors;
    va_start(factors, count);
    bool fits = true;
    *result = 1;
    for (int i = 0; i < count; i++)
        if (!checked_mul(*result, va_arg(factors, int64_t), result))
            fits = false;
    va_end(factors);
    return fits;
}
