/* How long each layer of a network takes. Generated code that was compiled with this header before it,
 *
 *     cc -O2 -include cnn_profile.h -c lenet5.c
 *
 * tells the time after each layer; cnn_profile runs it and collects what it tells. Without cnn_profile such code only
 * loses the time of a call per layer. */
#ifndef CNN_PROFILE_H
#define CNN_PROFILE_H

#include "cnn.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cnn_layer_time {
    double least, median; /* seconds */
};

/* Runs the network `runs` times (at most 100000), after once without counting; times[i] is that of
 * cnn_model.layers[i], layer_count of them. The time of a layer is that between two probes: what the code does for it
 * before its result is complete. Returns 0, or why there are no times; like a call: not while another one runs. */
int cnn_profile(struct cnn_net *net, const void *const inputs[], void *const outputs[], int runs,
                struct cnn_layer_time *times, struct cnn_error *error);

/* What the probes call. */
void cnn_profile_layer(int layer);

#ifdef __cplusplus
}
#endif

#ifdef CNN_PROBE
#error "CNN_PROBE is defined already: include cnn_profile.h before generated code, and no other probe"
#endif
#define CNN_PROBE(layer, tensor) ((void)(tensor), cnn_profile_layer(layer))

#endif
