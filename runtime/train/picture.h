/* One picture file, for programs that look at what a network makes of it. */
#ifndef CNN_TRAIN_PICTURE_H
#define CNN_TRAIN_PICTURE_H

#include "base.h"

struct cnn_tensor;

/* The numbers of a PNG, JPEG or PNM file as INPUT takes them, 0 to 255, in the order [channel][row][column], whatever
 * the input's type and layout are. `resize` is 0, 1 (scaled) or 2 (in a border of zeros). -1 after trouble. */
int cnn_picture_planes(const char *path, const struct cnn_tensor *input, int resize, float *planes, struct trouble *t);

#endif
