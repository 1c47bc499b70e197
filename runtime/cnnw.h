/* The .cnnw file: packed weights, little-endian, mapped and used as they are. The compiler writes it,
 * the runtime reads it; both include this. 64 bytes of header, then the weights. */
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
    uint64_t weight_bytes; /* what follows the header */
    uint64_t checksum;     /* of those bytes: cnnw_checksum */
    uint64_t reserved[3];  /* zero */
};

/* FNV-1a over 64-bit little-endian words in four lanes, the tail zero-padded: fast enough to check
 * 32 MB while a file is opened. */
static inline uint64_t cnnw_checksum(const void *bytes, uint64_t length)
{
    const unsigned char *p = (const unsigned char *)bytes;
    uint64_t lanes[4] = {UINT64_C(0x9E3779B97F4A7C15), UINT64_C(0xC2B2AE3D27D4EB4F), UINT64_C(0x165667B19E3779F9),
                         UINT64_C(0x27D4EB2F165667C5)};
    uint64_t at = 0;
    while (at < length) {
        for (int lane = 0; lane < 4; lane++) {
            uint64_t word = 0;
            for (int byte = 0; byte < 8; byte++, at++)
                if (at < length)
                    word |= (uint64_t)p[at] << (8 * byte);
            lanes[lane] = (lanes[lane] ^ word) * UINT64_C(0x9FB21C651E98DF25);
            lanes[lane] ^= lanes[lane] >> 29;
        }
    }
    uint64_t sum = length;
    for (int lane = 0; lane < 4; lane++) {
        sum = (sum ^ lanes[lane]) * UINT64_C(0xD6E8FEB86659FD93);
        sum ^= sum >> 32;
    }
    return sum;
}

#endif
