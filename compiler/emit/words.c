/* Making words safe. Nothing a user wrote reaches the C except through here. */
#include "emit/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

static bool word_byte(char byte)
{
    return isalnum((unsigned char)byte) && (unsigned char)byte < 128;
}

/* Other bytes become '_', runs of them one. */
static char *plain_word(struct arena *arena, const char *name)
{
    struct text text = text_new(arena);
    for (const char *p = name; *p; p++) {
        if (word_byte(*p))
            text_add_char(&text, *p);
        else if (text.length && text.bytes[text.length - 1] != '_')
            text_add_char(&text, '_');
    }
    while (text.length && text.bytes[text.length - 1] == '_')
        text.bytes[--text.length] = 0;
    return text.length ? text.bytes : NULL;
}

const char *emit_identifier(struct arena *arena, const char *name)
{
    const char *word = plain_word(arena, name);
    if (!word)
        return "net";
    bool reserved = strcmp(word, "cnn") == 0 || strncmp(word, "cnn_", 4) == 0; /* the runtime's own */
    return reserved || isdigit((unsigned char)*word) ? arena_printf(arena, "net_%s", word) : word;
}

const char *emit_capitals(struct arena *arena, const char *identifier)
{
    char *word = arena_string(arena, identifier);
    for (char *p = word; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    return word;
}

const char *emit_local(struct arena *arena, const char *name)
{
    /* Keywords of C and C++, names that compilers predefine as macros, types and what the frame uses. */
    /* clang-format off */
    static const char *const taken[] = {
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
        "char", "class", "compl", "concept", "const", "constexpr", "const_cast", "continue", "decltype", "default",
        "delete", "do", "double", "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "final",
        "float", "for", "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept",
        "not", "not_eq", "nullptr", "operator", "or", "or_eq", "override", "private", "protected", "public",
        "register", "reinterpret_cast", "requires", "restrict", "return", "short", "signed", "sizeof", "static",
        "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true",
        "try", "typedef", "typeid", "typename", "typeof", "union", "unsigned", "using", "virtual", "void", "volatile",
        "wchar_t", "while", "xor", "xor_eq", "co_await", "co_return", "co_yield",
        "linux", "unix", "i386", "sun", "sparc", "vax", "mips", "arm", "hpux", "near", "far", "pascal", "cdecl",
        "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "size_t", "ptrdiff_t",
        "intptr_t", "uintptr_t", "context", "inputs", "outputs", "arena", "weights", "scratch"};
    /* clang-format on */
    char *word = plain_word(arena, name);
    if (!word)
        return "tensor";
    for (char *p = word; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    if (isdigit((unsigned char)*word))
        return arena_printf(arena, "t%s", word);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (strcmp(word, taken[i]) == 0)
            return arena_printf(arena, "%s_0", word);
    return word;
}

/* ASCII instead of a UTF-8 sequence, and the sequence's length. */
static const char *plain_character(const char *bytes, size_t length, size_t *used)
{
    static const struct {
        const char *utf8, *ascii;
    } known[] = {{"\xE2\x86\x92", "->"}, {"\xC3\x97", "x"},     {"\xE2\x80\x93", "-"}, {"\xE2\x80\x94", "-"},
                 {"\xE2\x80\x98", "'"},  {"\xE2\x80\x99", "'"}, {"\xC2\xB7", "."}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        *used = strlen(known[i].utf8);
        if (*used <= length && memcmp(bytes, known[i].utf8, *used) == 0)
            return known[i].ascii;
    }
    *used = 1;
    while (*used < length && ((unsigned char)bytes[*used] & 0xC0) == 0x80)
        ++*used;
    return "?";
}

const char *emit_comment(struct arena *arena, const char *bytes, size_t length)
{
    struct text text = text_new(arena);
    for (size_t i = 0; i < length;) {
        unsigned char byte = (unsigned char)bytes[i];
        char last = text.length ? text.bytes[text.length - 1] : 0;
        size_t used = 1;
        if (byte >= 0x80) {
            text_add(&text, plain_character(bytes + i, length - i, &used));
        } else if (byte == '\n') {
            while (text.length && (text.bytes[text.length - 1] == ' ' || text.bytes[text.length - 1] == '\\'))
                text.bytes[--text.length] = 0;
            text_add_char(&text, '\n');
        } else if (byte != '\r') {
            char plain = byte < ' ' || byte == 0x7F ? ' ' : (char)byte;
            bool pair = (last == '*' && plain == '/') || (last == '/' && (plain == '*' || plain == '/')) ||
                        (last == '?' && plain == '?');
            if (pair)
                text_add_char(&text, ' ');
            text_add_char(&text, plain);
        }
        i += used;
    }
    while (text.length && text.bytes[text.length - 1] == '\\')
        text.bytes[--text.length] = 0;
    return text.bytes;
}

const char *emit_string(struct arena *arena, const char *string)
{
    struct text text = text_new(arena);
    for (const char *p = string; *p; p++) {
        unsigned char byte = (unsigned char)*p;
        if (byte == '"' || byte == '\\' || byte == '?')
            text_printf(&text, "\\%c", byte);
        else if (byte < ' ' || byte >= 0x7F)
            text_printf(&text, "\\%03o", byte);
        else
            text_add_char(&text, (char)byte);
    }
    return text.length ? text.bytes : "";
}
