/* Drawing in a terminal: a digit in block characters, its ten scores as bars beside it. */
#ifndef DRAW_H
#define DRAW_H

/* scores: ten probabilities; label: what the picture shows, or -1. shades: the terminal has 256 colours. */
void draw_digit(const unsigned char *pixels, const float *scores, int label, int shades);

#endif
