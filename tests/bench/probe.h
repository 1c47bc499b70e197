/* Included before generated code to time each layer: bench.c's `layers`. */
#ifndef PROBE_H
#define PROBE_H

void bench_probe(int layer);
#define CNN_PROBE(layer, tensor) bench_probe(layer)

#endif
