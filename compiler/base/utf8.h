/* UTF-8, as far as a compiler needs it. */
#ifndef CNNC_BASE_UTF8_H
#define CNNC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the valid sequence at p (which ends in NUL), or 0 if there is none. */
int utf8_length(const unsigned char *p);
/* The offset of the first byte that is not valid UTF-8 or is NUL; `length` if all are fine. */
size_t utf8_check(const char *bytes, size_t length);
/* The length of the character at p in bytes, at least 1 and at most `length`; p may be read up to a NUL. *shown: is it
 * safe on a terminal? Control characters and malformed UTF-8 are not. */
size_t utf8_step(const char *p, size_t length, bool *shown);

#endif
