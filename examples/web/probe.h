/* Included before the generated lenet5.c: after each layer the page's JavaScript is called, which draws the maps. */
#ifndef PROBE_H
#define PROBE_H

__attribute__((import_module("page"), import_name("probe"))) void page_probe(int layer, const float *tensor);
#define CNN_PROBE(layer, tensor) page_probe((layer), (tensor))

#endif
