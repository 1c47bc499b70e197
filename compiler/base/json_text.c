/* JSON strings: control characters escaped, bytes that are not UTF-8 replaced by U+FFFD. */
#include "json_text.h"

#include <stddef.h>

#include "text.h"
#include "utf8.h"

void json_add_string(struct text *out, const char *string)
{
    text_add_char(out, '"');
    for (const unsigned char *p = (const unsigned char *)string; *p;) {
        int length = utf8_length(p);
        if (*p == '"' || *p == '\\')
            text_printf(out, "\\%c", *p);
        else if (*p < 32 || *p == 127)
            text_printf(out, "\\u%04x", *p);
        else if (length)
            text_add_bytes(out, (const char *)p, (size_t)length);
        else
            text_add(out, "\xEF\xBF\xBD");
        p += length ? length : 1;
    }
    text_add_char(out, '"');
}
