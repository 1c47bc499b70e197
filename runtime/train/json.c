/* Reads JSON. */
#include "json.h"

#include <string.h>

enum { DEEPEST = 64 };

static void skip_space(struct json *json)
{
    while (json->next < json->end && strchr(" \t\r\n", *json->next) && *json->next)
        json->next++;
}

int cnn_json_take(struct json *json, char c)
{
    skip_space(json);
    if (json->failed || json->next == json->end || *json->next != c)
        return 0;
    json->next++;
    return 1;
}

void cnn_json_expect(struct json *json, char c)
{
    json->failed |= !cnn_json_take(json, c);
}

/* Four hexadecimal digits; -1: they are not. */
static int hexadecimal(struct json *json)
{
    static const char digits[] = "0123456789abcdef";
    int number = 0;
    for (int i = 0; i < 4; i++) {
        const char c = json->next < json->end ? (char)(*json->next++ | 32) : 0;
        const char *digit = c ? strchr(digits, c) : NULL;
        if (!digit)
            return -1;
        number = number << 4 | (int)(digit - digits);
    }
    return number;
}

/* A character as UTF-8 (halves of pairs each by itself: names are compared, not shown). */
static size_t encode(int number, char *to)
{
    if (number < 0x80) {
        to[0] = (char)number;
        return 1;
    }
    if (number < 0x800) {
        to[0] = (char)(0xC0 | number >> 6);
        to[1] = (char)(0x80 | (number & 63));
        return 2;
    }
    to[0] = (char)(0xE0 | number >> 12);
    to[1] = (char)(0x80 | (number >> 6 & 63));
    to[2] = (char)(0x80 | (number & 63));
    return 3;
}

/* What follows a backslash; returns the number of bytes, 0 after a failure. */
static size_t escaped(struct json *json, char *to)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    const char c = json->next < json->end ? *json->next++ : 0;
    const char *name = c ? strchr(names, c) : NULL;
    if (name) {
        *to = meant[name - names];
        return 1;
    }
    const int number = c == 'u' ? hexadecimal(json) : -1;
    return number > 0 ? encode(number, to) : 0;
}

void cnn_json_string(struct json *json, char *text, size_t room)
{
    size_t length = 0;
    cnn_json_expect(json, '"');
    while (!json->failed && json->next < json->end && *json->next != '"') {
        char piece[4];
        size_t bytes = 1;
        piece[0] = *json->next++;
        if ((unsigned char)piece[0] < ' ')
            bytes = 0;
        else if (piece[0] == '\\')
            bytes = escaped(json, piece);
        json->failed |= bytes == 0;
        if (length + bytes < room) {
            memcpy(text + length, piece, bytes);
            length += bytes;
        }
    }
    if (room > 0)
        text[length] = 0;
    json->failed |= json->next == json->end;
    json->next += !json->failed;
}

int64_t cnn_json_integer(struct json *json)
{
    int64_t number = 0;
    int digits = 0;
    skip_space(json);
    for (; json->next < json->end && *json->next >= '0' && *json->next <= '9'; json->next++, digits++) {
        json->failed |= number > (INT64_C(1) << 58);
        number = json->failed ? 0 : number * 10 + (*json->next - '0');
    }
    json->failed |= digits == 0;
    return number;
}

/* A number or a word: whatever it says, it has no end within strings or brackets. */
static void skip_word(struct json *json)
{
    const char *begin = json->next;
    while (json->next < json->end && *json->next && !strchr(",]} \t\r\n\"[{:", *json->next))
        json->next++;
    json->failed |= json->next == begin;
}

void cnn_json_skip(struct json *json)
{
    char ignored[1], closing[DEEPEST];
    int depth = 0;
    do {
        if (depth > 0 && cnn_json_take(json, closing[depth - 1])) {
            depth--; /* an empty one, or the end of one */
        } else if (depth < DEEPEST && cnn_json_take(json, '{')) {
            closing[depth++] = '}';
        } else if (depth < DEEPEST && cnn_json_take(json, '[')) {
            closing[depth++] = ']';
        } else {
            skip_space(json);
            if (json->next < json->end && *json->next == '"')
                cnn_json_string(json, ignored, sizeof ignored);
            else
                skip_word(json);
        }
        if (depth > 0 && !cnn_json_take(json, ':'))
            cnn_json_take(json, ',');
    } while (!json->failed && depth > 0 && json->next < json->end);
    json->failed |= depth > 0;
}
