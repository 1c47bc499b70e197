/* How large the machine code of a generated source is, roughly. */
#ifndef CNNC_EMIT_ESTIMATE_H
#define CNNC_EMIT_ESTIMATE_H

#include <stdint.h>

/* Bytes that gcc -O2 makes of it for a Cortex-M4, constants left out; off by a third at most for networks that were
 * compiled (PERFORMANCE.md). */
int64_t estimate_code(const char *source);

#endif
