/* Boxes, drawn around what was found. */
#ifndef FRAMES_H
#define FRAMES_H

#include "boxes.h"
#include "picture.h"

enum { ENLARGED = 6 };

/* The grey picture, ENLARGED times as large, with a frame and a number for each box; 0 on failure. */
int frames_draw(struct picture *to, const struct picture *from, const struct box *boxes, int count);

#endif
