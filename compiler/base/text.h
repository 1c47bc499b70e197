/* Text that grows in an arena, for everything cnnc writes. The bytes always end in a NUL. */
#ifndef CNNC_BASE_TEXT_H
#define CNNC_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct text {
    struct arena *arena;
    char *bytes;
    size_t length, capacity;
};

struct text text_new(struct arena *arena);
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char byte);
void text_repeat(struct text *text, char byte, int count);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Untrusted words made safe for a terminal: control characters and malformed UTF-8 become '?', a tab `tab`. */
void text_add_clean(struct text *text, const char *bytes, size_t length, char tab);
const char *text_clean(struct arena *arena, const char *words);
/* The same for XML, as content or in an attribute's quotes. */
void text_add_xml(struct text *text, const char *words);
/* `words` ends with NULL. */
bool text_is_one_of(const char *text, const char *const *words);
/* One word for a shell, quoted where it has to be. */
const char *text_shell_word(struct arena *arena, const char *word);

/* Columns that a UTF-8 string takes on a terminal (every code point counts one). */
int text_columns(const char *bytes, size_t length);
/* 1234567 as "1,234,567". */
const char *text_thousands(struct arena *arena, long long number);
/* How many letters of one word are added, left out, changed, or swapped with the next, to make the other, case ignored:
 * for "did you mean". At most `limit` + 1. */
int text_distance(const char *a, const char *b, int limit);
/* The candidate nearest to `word` if it is near enough to suggest, else NULL. */
const char *text_nearest(const char *word, const char *const candidates[], size_t count);

#endif
