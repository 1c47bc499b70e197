/* Growing text, and helpers for the words of messages. */
#include "text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "utf8.h"

struct text text_new(struct arena *arena)
{
    struct text text = {arena, arena_alloc(arena, 64), 0, 64};
    return text;
}

static void text_reserve(struct text *text, size_t more)
{
    if (text->capacity - text->length > more)
        return;
    size_t capacity = text->capacity * 2;
    while (capacity - text->length <= more)
        capacity *= 2;
    char *bytes = arena_alloc(text->arena, capacity);
    memcpy(bytes, text->bytes, text->length + 1);
    text->bytes = bytes;
    text->capacity = capacity;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    text_reserve(text, length);
    if (length)
        memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = 0;
}

void text_add(struct text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_add_char(struct text *text, char byte)
{
    text_add_bytes(text, &byte, 1);
}

void text_repeat(struct text *text, char byte, int count)
{
    for (int i = 0; i < count; i++)
        text_add_char(text, byte);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length <= 0)
        return;
    text_reserve(text, (size_t)length);
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_add_clean(struct text *text, const char *bytes, size_t length, char tab)
{
    for (size_t step; length; bytes += step, length -= step) {
        bool shown;
        step = utf8_step(bytes, length, &shown);
        if (shown)
            text_add_bytes(text, bytes, step);
        else
            text_add_char(text, *bytes == '\t' ? tab : '?');
    }
}

const char *text_clean(struct arena *arena, const char *words)
{
    struct text clean = text_new(arena);
    text_add_clean(&clean, words, strlen(words), '?');
    return clean.length ? clean.bytes : "";
}

/* U+FFFE and U+FFFF, which XML cannot hold. */
static bool is_no_character(const char *p)
{
    return strncmp(p, "\xEF\xBF", 2) == 0 && (p[2] == '\xBE' || p[2] == '\xBF');
}

void text_add_xml(struct text *text, const char *words)
{
    for (const char *p = text_clean(text->arena, words); *p; p++) {
        if (*p == '&')
            text_add(text, "&amp;");
        else if (*p == '<')
            text_add(text, "&lt;");
        else if (*p == '>')
            text_add(text, "&gt;");
        else if (*p == '"')
            text_add(text, "&quot;");
        else if (is_no_character(p)) {
            text_add_char(text, '?');
            p += 2;
        } else
            text_add_char(text, *p);
    }
}

bool text_is_one_of(const char *text, const char *const *words)
{
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words != NULL;
}

const char *text_shell_word(struct arena *arena, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./+,:=@%-";
    struct text text = text_new(arena);
    if (word[0] == '-' && word[1]) /* not mistaken for an option */
        text_add(&text, "./");
    if (*word && strspn(word, plain) == strlen(word)) {
        text_add(&text, word);
        return text.bytes;
    }
    text_add_char(&text, '\'');
    for (const char *p = word; *p; p++)
        text_add(&text, *p == '\'' ? "'\\''" : (char[]){*p, 0});
    text_add_char(&text, '\'');
    return text.bytes;
}

int text_columns(const char *bytes, size_t length)
{
    int columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return columns;
}

const char *text_thousands(struct arena *arena, long long number)
{
    char digits[32], grouped[48];
    int count = snprintf(digits, sizeof digits, "%lld", number), out = 0;
    for (int i = 0; i < count; i++) {
        grouped[out++] = digits[i];
        int left = count - 1 - i;
        if (left > 0 && left % 3 == 0 && isdigit((unsigned char)digits[i]))
            grouped[out++] = ',';
    }
    return arena_copy(arena, grouped, (size_t)out);
}

static int least_of(int a, int b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

int text_distance(const char *a, const char *b, int limit)
{
    enum { LONGEST = 48 };
    size_t na = strnlen(a, LONGEST + 1), nb = strnlen(b, LONGEST + 1), most = limit > 0 ? (size_t)limit : 0;
    if (na > LONGEST || nb > LONGEST || na > nb + most || nb > na + most)
        return limit + 1;
    int rows[3][LONGEST + 1]; /* of the last prefixes of `a`: to each prefix of `b` */
    for (size_t j = 0; j <= nb; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= na; i++) {
        int *row = rows[i % 3], *before = rows[(i - 1) % 3], *earlier = rows[(i + 1) % 3];
        int least = row[0] = (int)i;
        for (size_t j = 1; j <= nb; j++) {
            row[j] = least_of(least_of(before[j], row[j - 1]) + 1, before[j - 1] + !same_letter(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
                row[j] = least_of(row[j], earlier[j - 2] + 1);
            least = least_of(least, row[j]);
        }
        if (least > limit + 1) /* two letters in the wrong order may still take one off */
            return limit + 1;
    }
    return least_of(rows[na % 3][nb], limit + 1);
}

/* One edit in three letters: with more, short words would resemble any other. */
const char *text_nearest(const char *word, const char *const candidates[], size_t count)
{
    const char *nearest = NULL;
    int least = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(word), other = strlen(candidates[i]), longer = length > other ? length : other;
        int limit = longer < 3 ? 0 : longer < 12 ? (int)longer / 3 : 4;
        int distance = text_distance(word, candidates[i], nearest && least - 1 < limit ? least - 1 : limit);
        if (distance <= limit && (!nearest || distance < least)) {
            nearest = candidates[i];
            least = distance;
        }
    }
    return nearest;
}
