/* Makes a drawn digit look like MNIST's. Needs no library, so that it also runs in a web page. */
#ifndef CENTRE_H
#define CENTRE_H

/* `pixels` holds width*height grey bytes, light ink on a dark ground; `out` receives 28x28: the ink, scaled into a
 * box of 20x20, with its centre of mass in the middle. */
void centre_digit(const unsigned char *pixels, int width, int height, unsigned char *out);

#endif
