/* Included before the generated lenet5.c: passes each layer's result to the page's JavaScript, which draws the maps. */
#ifndef PROBE_H
#define PROBE_H

#define CNN_PROBE(layer, tensor) web_probe((layer), (tensor))
void web_probe(int layer, const float *tensor);

#endif
