/* What elements.def says, as C: the types of numbers, their widths and names. */
#ifndef CNNC_ELEMENTS_H
#define CNNC_ELEMENTS_H

#include <stdbool.h>
#include <stdint.h>

enum element_type {
#define ELEMENT(name, word, bytes, c_type) ELEMENT_##name,
#include "elements.def"
#undef ELEMENT
    ELEMENT_COUNT
};

int64_t element_bytes(enum element_type type);
const char *element_word(enum element_type type); /* "f32" */
const char *element_c(enum element_type type);    /* "float" */
/* The nearest half float, of two the even one; a finite number beyond them becomes the largest, +-65504. */
uint16_t element_half(float number);
double element_of_half(uint16_t half);
bool element_is_beyond_half(float number); /* finite, and no half float rounds to it */
/* The number that generated code left in memory at `bytes`, in this machine's byte order. */
double element_read(enum element_type type, const unsigned char *bytes);

#endif
