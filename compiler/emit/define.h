/* The words that m4 reads, each with its value. */
#ifndef CNNC_EMIT_DEFINE_H
#define CNNC_EMIT_DEFINE_H

#include <stdint.h>

struct text;

void define_integer(struct text *data, const char *name, int64_t value);
/* The nearest float, as a constant of C. */
void define_float(struct text *data, const char *name, double value);
/* All digits of a double. */
void define_double(struct text *data, const char *name, double value);
void define_word(struct text *data, const char *name, const char *word);

/* The constant alone: the shortest decimal that reads back as the same float, 0.1f or 6.0f. Infinities and NaN cannot
 * occur: the language has none. */
void data_float(struct text *data, double value);

#endif
