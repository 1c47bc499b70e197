/* The wire: a buffer that is read into, headers, JSON. */
#include "serve/wire.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/limits.h"

enum { READ_BYTES = 64 << 10, LONGEST_HEADER = 8 << 10 };

struct wire {
    int input, output;
    char *bytes; /* from `start` on, what was received and not yet handed out */
    size_t start, end, capacity;
    bool ended, broken;
    char error[200];
};

struct wire *wire_new(int input, int output)
{
    struct wire *wire = heap_array(1, sizeof *wire);
    wire->input = input;
    wire->output = output;
    return wire;
}

void wire_free(struct wire *wire)
{
    free(wire->bytes);
    free(wire);
}

/* ---- receiving ---- */

static void make_room(struct wire *wire, size_t room)
{
    const size_t held = wire->end - wire->start;
    if (wire->capacity - wire->end >= room)
        return;
    if (wire->capacity < held + room || wire->start < held) { /* else it moves over itself only seldom */
        size_t capacity = 2 * (held + room);
        char *larger = heap_array(capacity, 1);
        if (held)
            memcpy(larger, wire->bytes + wire->start, held);
        free(wire->bytes);
        wire->bytes = larger;
        wire->capacity = capacity;
    } else {
        memmove(wire->bytes, wire->bytes + wire->start, held);
    }
    wire->start = 0;
    wire->end = held;
}

/* Reads more; false if there is nothing now (without `wait`) or any more. */
static bool fill(struct wire *wire, bool wait)
{
    struct pollfd poll_input = {wire->input, POLLIN, 0};
    int ready;
    if (wire->ended)
        return false;
    do
        ready = poll(&poll_input, 1, wait ? -1 : 0);
    while (ready < 0 && errno == EINTR);
    if (ready == 0)
        return false;
    make_room(wire, READ_BYTES);
    ssize_t count;
    do
        count = read(wire->input, wire->bytes + wire->end, READ_BYTES);
    while (count < 0 && errno == EINTR);
    if (count <= 0) {
        wire->ended = true;
        return false;
    }
    wire->end += (size_t)count;
    return true;
}

/* The length that a header states; -1 if it states none. */
static long long stated_length(const char *header, size_t length)
{
    static const char name[] = "Content-Length:";
    long long found = -1;
    for (const char *line = header, *end = header + length; line < end;) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        size_t size = (size_t)((feed ? feed : end) - line);
        if (size >= sizeof name - 1 && strncasecmp(line, name, sizeof name - 1) == 0) {
            const char *digits = line + sizeof name - 1;
            while (digits < line + size && (*digits == ' ' || *digits == '\t'))
                digits++;
            for (found = 0; digits < line + size && isdigit((unsigned char)*digits); digits++)
                if (found <= LIMIT_REQUEST)
                    found = found * 10 + (*digits - '0');
        }
        line += size + 1;
    }
    return found;
}

/* The end of a header, behind its empty line; NULL if that has not come. */
static const char *header_end(const char *bytes, size_t length)
{
    for (const char *at = bytes, *end = bytes + length; (at = memchr(at, '\n', (size_t)(end - at))); at++) {
        if (at + 1 < end && at[1] == '\n')
            return at + 2;
        if (at + 2 < end && at[1] == '\r' && at[2] == '\n')
            return at + 3;
    }
    return NULL;
}

static unsigned long code_unit(const char *escape)
{
    char digits[5] = {escape[2], escape[3], escape[4], escape[5], 0};
    return strspn(digits, "0123456789abcdefABCDEF") == 4 ? strtoul(digits, NULL, 16) : 0;
}

/* Half a surrogate pair, which an editor may send while a text is being cut, becomes U+FFFD: one unit as before. */
static void mend_surrogates(char *json, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        while (i + 1 < length && json[i] != '\\')
            i++;
        if (i + 5 >= length || json[i + 1] != 'u')
            continue;
        unsigned long unit = code_unit(json + i);
        bool paired = unit >= 0xD800 && unit < 0xDC00 && i + 11 < length && json[i + 6] == '\\' && json[i + 7] == 'u' &&
                      code_unit(json + i + 6) >= 0xDC00 && code_unit(json + i + 6) < 0xE000;
        if (paired)
            i += 6;
        else if (unit >= 0xD800 && unit < 0xE000)
            memcpy(json + i + 2, "fffd", 4);
    }
}

static enum wire_result fail(struct wire *wire, const char **error, const char *text)
{
    snprintf(wire->error, sizeof wire->error, "%s", text);
    *error = wire->error;
    wire->ended = true;
    wire->start = wire->end;
    return WIRE_END;
}

static enum wire_result decode(struct wire *wire, char *body, size_t length, json_t **message, const char **error)
{
    json_error_t why;
    mend_surrogates(body, length);
    *message = json_loadb(body, length, JSON_ALLOW_NUL, &why);
    if (*message)
        return WIRE_MESSAGE;
    snprintf(wire->error, sizeof wire->error, "not JSON: %s", why.text);
    *error = wire->error;
    return WIRE_UNREADABLE;
}

enum wire_result wire_receive(struct wire *wire, bool wait, json_t **message, const char **error)
{
    *message = NULL;
    *error = NULL;
    for (;;) {
        const char *bytes = wire->bytes + wire->start;
        const size_t held = wire->end - wire->start;
        const char *body = held ? header_end(bytes, held) : NULL;
        const long long length = body ? stated_length(bytes, (size_t)(body - bytes)) : 0;
        if ((!body && held > LONGEST_HEADER) || (body && body - bytes > LONGEST_HEADER) || length < 0)
            return fail(wire, error, "a header without Content-Length: this is not the protocol of language servers");
        if (length > LIMIT_REQUEST)
            return fail(wire, error, "a message exceeds the limit of 67,108,864 bytes");
        if (body && held - (size_t)(body - bytes) >= (size_t)length) {
            char *start = wire->bytes + (body - wire->bytes);
            wire->start = (size_t)(start - wire->bytes) + (size_t)length;
            return decode(wire, start, (size_t)length, message, error);
        }
        if (fill(wire, wait))
            continue;
        if (wire->ended)
            return held ? fail(wire, error, "the input ends within a message") : WIRE_END;
        return WIRE_NOTHING;
    }
}

/* ---- sending ---- */

static bool write_all(int output, const char *bytes, size_t length)
{
    while (length) {
        ssize_t count = write(output, bytes, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

void wire_send(struct wire *wire, json_t *message)
{
    char *body = wire->broken ? NULL : json_dumps(message, JSON_COMPACT), header[64];
    json_decref(message);
    if (!body)
        return;
    const size_t length = strlen(body);
    snprintf(header, sizeof header, "Content-Length: %zu\r\n\r\n", length);
    wire->broken = !write_all(wire->output, header, strlen(header)) || !write_all(wire->output, body, length);
    free(body);
}
