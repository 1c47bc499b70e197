/* The evaluator on a picture, for the page. */
#ifndef PLAYGROUND_EVALUATE_H
#define PLAYGROUND_EVALUATE_H

/* program --evaluate drawing|picture WIDTH HEIGHT [OPTION...] FILE, where options are cnnc's: --weights, --init, -D.
 * /picture holds WIDTH*HEIGHT bytes of a drawing, light ink on a dark ground, or as many pixels of three bytes.
 * Writes /maps.json, which lists the layers, and /maps, their results as floats in CHW order, one after the other. */
int evaluate_main(int argc, char **argv);

#endif
