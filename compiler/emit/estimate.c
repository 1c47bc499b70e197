/* A statement of C becomes so many bytes on average, and one of assembly four. What other processors get in the place
 * of assembly (#else) is not counted. */
#include "emit/estimate.h"

#include <stdbool.h>
#include <string.h>

enum { ASSEMBLY = 4, STATEMENT_HALVES = 19, MARGIN = 100 /* for what surrounds kernels */ };

static int64_t count_in(const char *line, size_t length, const char *word)
{
    int64_t count = 0;
    const size_t width = strlen(word);
    for (size_t i = 0; i + width <= length; i++)
        count += strncmp(line + i, word, width) == 0;
    return count;
}

int64_t estimate_code(const char *source)
{
    int64_t assembly = 0, statements = 0;
    bool elsewhere = false;
    for (const char *line = source; *line;) {
        const char *end = strchr(line, '\n');
        const size_t length = end ? (size_t)(end - line) : strlen(line);
        if (line[0] == '#')
            elsewhere = strncmp(line, "#else", 5) == 0;
        else if (!elsewhere && count_in(line, length, "\\n"))
            assembly += count_in(line, length, "\\n");
        else if (!elsewhere)
            statements += count_in(line, length, ";");
        line += length + (end != NULL);
    }
    return ASSEMBLY * assembly + STATEMENT_HALVES * statements / 2 + MARGIN;
}
