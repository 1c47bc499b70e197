/* PNG: small pictures that go into other files. The bytes are the same on every machine, which those of a library that
 * compresses better are not. */
#ifndef CNNC_BASE_PNG_H
#define CNNC_BASE_PNG_H

struct text;

struct png {
    int width, height;
    const unsigned char *pixels; /* row after row: indices into the palette, or red, green and blue */
    const unsigned char (*palette)[3];
    int colors; /* of the palette, at most 256; 0: there is none */
};

/* Adds the file's bytes. */
void png_write(const struct png *png, struct text *out);

#endif
