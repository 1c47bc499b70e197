/* Pictures for the applications: reading, writing, cropping to a square. Reads JPEG, PNG, PGM and PPM,
 * writes PNG, PGM and PPM. */
#ifndef PICTURE_H
#define PICTURE_H

struct picture {
    int width, height, channels; /* channels: 1 for grey, 3 for red, green and blue */
    unsigned char *pixels;       /* row after row, the channels of a pixel side by side */
};

/* These return 0 on failure: picture_error says why. Release a filled picture with picture_free. */
int picture_new(struct picture *p, int width, int height, int channels);
int picture_read(struct picture *p, const char *path, int channels);
int picture_write(const struct picture *p, const char *path); /* the format follows from the path's suffix */
/* The largest square in the middle, scaled to side x side. */
int picture_square(struct picture *p, const struct picture *from, int side);
const char *picture_error(void);
void picture_free(struct picture *p);

#endif
