/* How a test program in C reports its results (report.sh and report.py do the same for suites):
 *
 *     if (!report(sum == 2, "%d and %d are two", a, b))
 *         detail("they are %d", sum);
 *     return failures != 0;
 *
 * The suite passes down $TEST_SUITE, which precedes every name, and $TEST_CASES: only cases whose names contain one of
 * its lines are reported; a line =NAME must match the whole name. C99, for the runtime's programs. */
#ifndef REPORT_H
#define REPORT_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures, details_wanted;

/* Does the case of `length` bytes match `name`, or with a = all of it? */
static inline int named(const char *name, const char *text, size_t length)
{
    if (*text == '=')
        return strlen(name) == length - 1 && strncmp(name, text + 1, length - 1) == 0;
    for (; strlen(name) >= length; name++)
        if (strncmp(name, text, length) == 0)
            return 1;
    return 0;
}

/* Is this case wanted? To be asked before expensive work. */
static inline int wants(const char *name)
{
    const char *cases = getenv("TEST_CASES");
    if (!cases || !*cases)
        return 1;
    for (;; cases++) {
        const size_t length = strcspn(cases, "\n");
        if (length && named(name, cases, length))
            return 1;
        cases += length;
        if (!*cases)
            return 0;
    }
}

/* Reports a case; returns whether it passed. */
__attribute__((format(printf, 2, 3))) static inline int report(int good, const char *format, ...)
{
    char name[1000];
    const char *suite = getenv("TEST_SUITE");
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(name, sizeof name, format, arguments);
    va_end(arguments);
    details_wanted = !good && wants(name);
    failures += !good;
    if (wants(name))
        printf("%s %s%s%s\n", good ? "ok" : "not ok", suite ? suite : "", suite ? ": " : "", name);
    else if (!good)
        printf("# failed, but was not asked for: %s\n", name);
    fflush(stdout);
    return good;
}

/* A line of details about the case that has just failed. */
__attribute__((format(printf, 1, 2))) static inline void detail(const char *format, ...)
{
    va_list arguments;
    if (!details_wanted)
        return;
    va_start(arguments, format);
    printf("# ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
    fflush(stdout);
}

#endif
