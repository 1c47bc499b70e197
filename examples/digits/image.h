/* Pictures of digits, as the network wants them: 28x28 grey bytes, white on black. */
#ifndef IMAGE_H
#define IMAGE_H

#include <stddef.h>

enum { IMAGE_SIDE = 28, IMAGE_BYTES = IMAGE_SIDE * IMAGE_SIDE };

/* Many pictures: of an idx file, of a file of bare 28x28 bytes (.u8), or one that was drawn. */
struct images {
    unsigned char *pixels; /* count * IMAGE_BYTES, from malloc */
    unsigned char *labels; /* what they show; NULL if nobody knows */
    size_t count;
};

/* Reads an idx file, a .u8 file, a PGM, or a PNG where libpng was there when this was built. A drawn picture of any
 * other size is cropped, scaled and centred the way MNIST's digits were. 0: *error says why. */
int images_read(const char *path, struct images *images, const char **error);
/* Labels: an idx file or text, one a line. */
int images_read_labels(const char *path, struct images *images, const char **error);
void images_free(struct images *images);

#endif
