/* Inflates through zlib. */
#include "gzip.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

enum { MOST_RATIO = 1100, GZIP_OVERHEAD = 64, PIECE = 1 << 30 };

int cnn_gzip_is(const unsigned char *bytes, size_t count)
{
    return count > 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
}

int cnn_gzip_possible(uint64_t inflated, size_t deflated)
{
    return inflated / MOST_RATIO <= (uint64_t)deflated + GZIP_OVERHEAD;
}

#ifdef HAVE_ZLIB

int cnn_gzip_has_crc(void)
{
    return 1;
}

uint32_t cnn_gzip_crc(const unsigned char *bytes, size_t count)
{
    uLong crc = crc32(0, NULL, 0);
    for (size_t done = 0; done < count;) {
        const size_t piece = count - done < PIECE ? count - done : PIECE;
        crc = crc32(crc, bytes + done, (uInt)piece);
        done += piece;
    }
    return (uint32_t)crc;
}

/* Inflates up to `count` bytes, through the members of a gzipped file; returns how many, or -1 after trouble.
 * *more: there is something behind them. */
static int64_t inflate_some(const unsigned char *bytes, size_t size, int raw, const char *path, unsigned char *to,
                            uint64_t count, int *more, struct trouble *t)
{
    z_stream z = {0};
    uint64_t wrote = 0;
    size_t used = 0;
    int status = inflateInit2(&z, raw ? -15 : 15 + 16), ended = 0;
    unsigned char extra;
    if (status != Z_OK)
        return cnn_trouble(t, "%s: no memory to inflate it", path);
    *more = 0;
    while (!ended && (status == Z_OK || status == Z_BUF_ERROR)) {
        const size_t in = size - used < PIECE ? size - used : PIECE;
        const uint64_t out = wrote == count ? 1 : count - wrote < PIECE ? count - wrote : PIECE;
        z.next_in = (Bytef *)(uintptr_t)(bytes + used);
        z.avail_in = (uInt)in;
        z.next_out = wrote == count ? &extra : to + wrote;
        z.avail_out = (uInt)out;
        status = inflate(&z, Z_NO_FLUSH);
        used += in - z.avail_in;
        *more = wrote == count && z.avail_out == 0;
        wrote += wrote == count ? 0 : out - z.avail_out;
        ended = *more || (status == Z_BUF_ERROR && used == size);
        if (status == Z_STREAM_END && !raw && size - used > 2 && cnn_gzip_is(bytes + used, size - used))
            status = inflateReset(&z); /* the next member */
    }
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
        cnn_trouble(t, "%s: damaged: its compressed data are invalid at byte %llu", path, (unsigned long long)used);
    inflateEnd(&z);
    return t->message[0] ? -1 : (int64_t)wrote;
}

int64_t cnn_gzip_head(const unsigned char *bytes, size_t size, const char *path, unsigned char *head, size_t count,
                      struct trouble *t)
{
    int more;
    return inflate_some(bytes, size, 0, path, head, count, &more, t);
}

int cnn_gzip_inflate(const unsigned char *bytes, size_t size, int raw, const char *path, unsigned char *to,
                     uint64_t count, struct trouble *t)
{
    int more = 0;
    const int64_t wrote = inflate_some(bytes, size, raw, path, to, count, &more, t);
    if (wrote < 0)
        return -1;
    if ((uint64_t)wrote < count)
        return cnn_trouble(t, "%s: truncated: %lld bytes when inflated, but it promises %llu", path, (long long)wrote,
                           (unsigned long long)count);
    return more ? cnn_trouble(t, "%s: more than the %llu bytes that it promises when inflated", path,
                              (unsigned long long)count)
                : 0;
}

#else

int cnn_gzip_has_crc(void)
{
    return 0;
}

uint32_t cnn_gzip_crc(const unsigned char *bytes, size_t count)
{
    (void)bytes, (void)count;
    return 0;
}

static int missing(const char *path, struct trouble *t)
{
    cnn_trouble(t, "%s: it is compressed, and this library was built without zlib", path);
    return cnn_trouble_help(t, "decompress it, or build the library where zlib (zlib1g-dev) is installed");
}

int64_t cnn_gzip_head(const unsigned char *bytes, size_t size, const char *path, unsigned char *head, size_t count,
                      struct trouble *t)
{
    (void)bytes, (void)size, (void)head, (void)count;
    return missing(path, t);
}

int cnn_gzip_inflate(const unsigned char *bytes, size_t size, int raw, const char *path, unsigned char *to,
                     uint64_t count, struct trouble *t)
{
    (void)bytes, (void)size, (void)raw, (void)to, (void)count;
    return missing(path, t);
}

#endif
