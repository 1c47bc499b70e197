/* Pictures of digits, as the network expects them: 28x28 grey bytes, white on black. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stddef.h>

enum { IMAGE_SIDE = 28, IMAGE_BYTES = IMAGE_SIDE * IMAGE_SIDE };

/* The pictures of an idx file or of a file of bare 28x28 bytes (.u8), or a single drawing. */
struct images {
    unsigned char *pixels; /* count * IMAGE_BYTES, from malloc */
    unsigned char *labels; /* what they show; NULL if unknown */
    size_t count;
};

/* Reads an idx file, a .u8 file, a PGM, or, if this was built with libpng, a PNG. A drawn picture of any other size
 * is cropped, scaled and centred the way MNIST's digits were. 0: *error says why. */
int images_read(const char *path, struct images *images, const char **error);
/* Labels: an idx file or text, one per line. */
int images_read_labels(const char *path, struct images *images, const char **error);
void images_free(struct images *images);

#endif
