/* Deflated data: gzipped files and the entries of archives. Without zlib, everything fails with a message. */
#ifndef CNN_TRAIN_GZIP_H
#define CNN_TRAIN_GZIP_H

#include "base.h"

int cnn_gzip_is(const unsigned char *bytes, size_t count);

/* Inflates the first `count` bytes of a gzipped file; returns how many there are, or -1. */
int64_t cnn_gzip_head(const unsigned char *bytes, size_t size, const char *path, unsigned char *head, size_t count,
                      struct trouble *t);

/* Inflates exactly `count` bytes: fewer or more are trouble. raw: without gzip's header, as in archives. */
int cnn_gzip_inflate(const unsigned char *bytes, size_t size, int raw, const char *path, unsigned char *to,
                     uint64_t count, struct trouble *t);

/* Deflate reaches about 1030 to 1: what promises more is damaged, and needs no memory. */
int cnn_gzip_possible(uint64_t inflated, size_t deflated);

/* CRC-32, as gzip and zip have it; has: can it be computed here? */
int cnn_gzip_has_crc(void);
uint32_t cnn_gzip_crc(const unsigned char *bytes, size_t count);

#endif
