/* PNG with deflate's fixed codes: matches are found by a table of where each three bytes stood last. */
#include "base/png.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"

/* ---- deflate ---- */

enum { LEAST_MATCH = 3, MOST_MATCH = 258, WINDOW = 32768, TABLE = 4096, END_OF_BLOCK = 256, FIRST_LENGTH = 257 };

struct bits {
    struct text *out;
    uint32_t held;
    int count;
};

/* The lowest bit first. */
static void put_bits(struct bits *bits, uint32_t value, int count)
{
    bits->held |= value << bits->count;
    bits->count += count;
    for (; bits->count >= 8; bits->count -= 8, bits->held >>= 8)
        text_add_char(bits->out, (char)(bits->held & 0xFF));
}

/* A code's highest bit comes first. */
static void put_code(struct bits *bits, uint32_t code, int count)
{
    uint32_t turned = 0;
    for (int i = 0; i < count; i++)
        turned |= (code >> i & 1) << (count - 1 - i);
    put_bits(bits, turned, count);
}

/* The fixed code of a byte, an end or a length. */
static void put_symbol(struct bits *bits, uint32_t symbol)
{
    if (symbol < 144)
        put_code(bits, 0x30 + symbol, 8);
    else if (symbol < 256)
        put_code(bits, 0x190 + symbol - 144, 9);
    else if (symbol < 280)
        put_code(bits, symbol - 256, 7);
    else
        put_code(bits, 0xC0 + symbol - 280, 8);
}

static void put_match(struct bits *bits, int length, int distance)
{
    static const short lengths[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                    31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static const unsigned char length_bits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                                2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
    static const short distances[] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                      33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                      1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    int l = 0, d = 0;
    while (l + 1 < (int)(sizeof lengths / sizeof *lengths) && lengths[l + 1] <= length)
        l++;
    while (d + 1 < (int)(sizeof distances / sizeof *distances) && distances[d + 1] <= distance)
        d++;
    put_symbol(bits, (uint32_t)(FIRST_LENGTH + l));
    put_bits(bits, (uint32_t)(length - lengths[l]), length_bits[l]);
    put_code(bits, (uint32_t)d, 5);
    put_bits(bits, (uint32_t)(distance - distances[d]), d < 4 ? 0 : d / 2 - 1);
}

static size_t slot_of(const unsigned char *p)
{
    return (size_t)((p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16) * UINT32_C(2654435761) >> 20);
}

static int match_length(const unsigned char *bytes, size_t at, size_t before, size_t count)
{
    int length = 0;
    while (length < MOST_MATCH && at + (size_t)length < count &&
           bytes[before + (size_t)length] == bytes[at + (size_t)length])
        length++;
    return length;
}

static void deflate_bytes(const unsigned char *bytes, size_t count, struct text *out)
{
    struct bits bits = {out, 0, 0};
    size_t last[TABLE] = {0}; /* plus one; 0: nowhere */
    put_bits(&bits, 3, 3);    /* the last block, of fixed codes */
    for (size_t at = 0; at < count;) {
        const bool can_match = count - at >= LEAST_MATCH;
        const size_t before = can_match ? last[slot_of(bytes + at)] : 0;
        const int length = before && at + 1 - before <= WINDOW ? match_length(bytes, at, before - 1, count) : 0;
        if (can_match)
            last[slot_of(bytes + at)] = at + 1;
        if (length < LEAST_MATCH) {
            put_symbol(&bits, bytes[at++]);
            continue;
        }
        put_match(&bits, length, (int)(at + 1 - before));
        at += (size_t)length;
    }
    put_symbol(&bits, END_OF_BLOCK);
    put_bits(&bits, 0, 7); /* the rest of the last byte */
}

/* ---- chunks ---- */

static void put_big(struct text *out, uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        text_add_char(out, (char)(number >> shift & 0xFF));
}

static uint32_t crc_of(const unsigned char *bytes, size_t count)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

static uint32_t adler_of(const unsigned char *bytes, size_t count)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < count; i++) {
        a = (a + bytes[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void put_chunk(struct text *out, const char *type, const char *bytes, size_t count)
{
    put_big(out, (uint32_t)count);
    const size_t start = out->length;
    text_add_bytes(out, type, 4);
    text_add_bytes(out, bytes, count);
    put_big(out, crc_of((const unsigned char *)out->bytes + start, out->length - start));
}

/* Every row begins with a byte that says that it is not filtered. */
static void put_pixels(const struct png *png, struct text *out)
{
    const size_t row = (size_t)png->width * (png->colors ? 1 : 3), count = (row + 1) * (size_t)png->height;
    unsigned char *bytes = ARENA_ARRAY(out->arena, unsigned char, count);
    for (size_t y = 0; y < (size_t)png->height; y++)
        memcpy(bytes + y * (row + 1) + 1, png->pixels + y * row, row);
    struct text data = text_new(out->arena);
    text_add_bytes(&data, "\x78\x01", 2);
    deflate_bytes(bytes, count, &data);
    put_big(&data, adler_of(bytes, count));
    put_chunk(out, "IDAT", data.bytes, data.length);
}

void png_write(const struct png *png, struct text *out)
{
    struct text header = text_new(out->arena);
    put_big(&header, (uint32_t)png->width);
    put_big(&header, (uint32_t)png->height);
    text_add_bytes(&header, png->colors ? "\x08\x03\0\0\0" : "\x08\x02\0\0\0", 5);
    text_add_bytes(out, "\x89PNG\r\n\x1a\n", 8);
    put_chunk(out, "IHDR", header.bytes, header.length);
    if (png->colors)
        put_chunk(out, "PLTE", (const char *)png->palette[0], 3 * (size_t)png->colors);
    put_pixels(png, out);
    put_chunk(out, "IEND", "", 0);
}
