/* The .cnnw file: packed weights, little-endian, mapped and used as they are. The compiler writes it,
 * the runtime reads it; both include this header. 64 bytes of header, then the weights. */
#ifndef CNN_CNNW_H
#define CNN_CNNW_H

#include <stdint.h>

#define CNNW_MAGIC "CNNW\r\n\x1a\n"
enum { CNNW_VERSION = 1, CNNW_HEADER_BYTES = 64, CNNW_CHECK_ON_OPEN_BYTES = 32 * 1024 * 1024 };

struct cnnw_header {
    char magic[8];
    uint32_t version;      /* CNNW_VERSION */
    uint32_t header_bytes; /* CNNW_HEADER_BYTES */
    uint64_t plan_hash;    /* the weights' layout: equal to cnn_model.plan_hash */
    uint64_t weight_bytes; /* after the header */
    uint64_t checksum;     /* of those bytes: cnnw_checksum */
    uint64_t reserved[3];  /* zero */
};

/* The first 16 bits of a plan's hash tell whether its weights are stored as half floats, and whether channels that
 * the weights leave constant are folded away, so that the code is for these weights. */
enum { CNNW_HALVES = 0xF16, CNNW_FOLDED = 0xF01D, CNNW_FOLDED_HALVES = 0xF01E };

static inline int cnnw_has_halves(uint64_t plan_hash)
{
    return plan_hash >> 48 == CNNW_HALVES || plan_hash >> 48 == CNNW_FOLDED_HALVES;
}

static inline int cnnw_is_folded(uint64_t plan_hash)
{
    return plan_hash >> 48 == CNNW_FOLDED || plan_hash >> 48 == CNNW_FOLDED_HALVES;
}

/* Those bits say nothing else of a hash than what holds. */
static inline uint64_t cnnw_marked(uint64_t hash, int halves, int folded)
{
    const uint64_t mark = folded ? (halves ? CNNW_FOLDED_HALVES : CNNW_FOLDED) : CNNW_HALVES;
    if (halves || folded)
        return (hash & UINT64_C(0xFFFFFFFFFFFF)) | mark << 48;
    return cnnw_has_halves(hash) || cnnw_is_folded(hash) ? ~hash : hash;
}

/* The checksum: FNV-1a's step over 64-bit little-endian words, distributed over eight lanes that a
 * processor can run in parallel; every step is invertible, so a change of a single word never goes
 * unnoticed.
 *
 * Piecewise: cnnw_begin, cnnw_add for each piece (all but the last a multiple of 64 bytes), cnnw_end. */
struct cnnw_sum {
    uint64_t lanes[8], length;
};

static inline uint64_t cnnw_word(const unsigned char *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 |
           (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static inline uint64_t cnnw_step(uint64_t lane, uint64_t word)
{
    lane = (lane ^ word) * UINT64_C(0x9FB21C651E98DF25);
    return lane ^ lane >> 29;
}

static inline void cnnw_begin(struct cnnw_sum *sum)
{
    for (unsigned lane = 0; lane < 8; lane++)
        sum->lanes[lane] = UINT64_C(0x9E3779B97F4A7C15) * (2 * lane + 1);
    sum->length = 0;
}

static inline void cnnw_block(struct cnnw_sum *sum, const unsigned char *p)
{
    for (int lane = 0; lane < 8; lane++)
        sum->lanes[lane] = cnnw_step(sum->lanes[lane], cnnw_word(p + 8 * lane));
}

static inline void cnnw_add(struct cnnw_sum *sum, const void *bytes, uint64_t length)
{
    const unsigned char *p = (const unsigned char *)bytes;
    uint64_t a = sum->lanes[0], b = sum->lanes[1], c = sum->lanes[2], d = sum->lanes[3];
    uint64_t e = sum->lanes[4], f = sum->lanes[5], g = sum->lanes[6], h = sum->lanes[7];
    unsigned char last[64] = {0}; /* the rest, padded with zeros */
    sum->length += length;
    for (; length >= 64; length -= 64, p += 64) {
        a = cnnw_step(a, cnnw_word(p));
        b = cnnw_step(b, cnnw_word(p + 8));
        c = cnnw_step(c, cnnw_word(p + 16));
        d = cnnw_step(d, cnnw_word(p + 24));
        e = cnnw_step(e, cnnw_word(p + 32));
        f = cnnw_step(f, cnnw_word(p + 40));
        g = cnnw_step(g, cnnw_word(p + 48));
        h = cnnw_step(h, cnnw_word(p + 56));
    }
    sum->lanes[0] = a, sum->lanes[1] = b, sum->lanes[2] = c, sum->lanes[3] = d;
    sum->lanes[4] = e, sum->lanes[5] = f, sum->lanes[6] = g, sum->lanes[7] = h;
    for (unsigned i = 0; i < (unsigned)length; i++)
        last[i] = p[i];
    if (length)
        cnnw_block(sum, last);
}

static inline uint64_t cnnw_end(const struct cnnw_sum *sum)
{
    uint64_t result = sum->length;
    for (int lane = 0; lane < 8; lane++) {
        result = (result ^ sum->lanes[lane]) * UINT64_C(0xD6E8FEB86659FD93);
        result ^= result >> 32;
    }
    return result;
}

static inline uint64_t cnnw_checksum(const void *bytes, uint64_t length)
{
    struct cnnw_sum sum;
    cnnw_begin(&sum);
    cnnw_add(&sum, bytes, length);
    return cnnw_end(&sum);
}

#endif
