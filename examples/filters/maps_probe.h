/* Included before the generated lenet5.c: passes each layer's result to maps.c. */
#ifndef MAPS_PROBE_H
#define MAPS_PROBE_H

#define CNN_PROBE(layer, tensor) maps_probe((layer), (tensor))
void maps_probe(int layer, const float *tensor);

#endif
