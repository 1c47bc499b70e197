/* What the pictures that training writes share: text into a file that is being written. */
#ifndef CNN_TRAIN_SVG_H
#define CNN_TRAIN_SVG_H

#include "base.h"

/* printf; at most a thousand bytes. */
void cnn_svg(struct writing *w, const char *format, ...) PRINTF(2, 3);
/* A name within XML. */
void cnn_svg_name(struct writing *w, const char *name);

#endif
