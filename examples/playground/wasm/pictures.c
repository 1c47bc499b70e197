/* Pictures in files: the page has none, and draws its maps by itself. */
#include <stdio.h>

#include "train/base.h"
#include "train/picture.h"

int cnn_picture_planes(const char *path, const struct cnn_tensor *input, int resize, float *planes, struct trouble *t)
{
    (void)input, (void)resize, (void)planes;
    snprintf(t->message, sizeof t->message, "%s: this cnnc runs in a page and reads no pictures", path);
    return -1;
}
