/* A stored picture becomes the numbers that INPUT takes: size, channels, type and layout. */
#ifndef CNN_TRAIN_FIT_H
#define CNN_TRAIN_FIT_H

#include "data.h"

/* A thread's memory for this. */
struct fit {
    const struct cnn_tensor *input;
    enum fitting fitting;
    struct picture picture; /* as it is stored */
    float *planes, *spare;  /* INPUT's numbers as floats, [channel][row][column]; room for as many again */
    float *large;           /* the stored picture as floats, and a stage between */
    size_t large_count;
};

int cnn_fit_begin(struct fit *fit, const struct cnn_tensor *input, enum fitting fitting, struct trouble *t);
void cnn_fit_end(struct fit *fit);

/* Bytes of one picture of INPUT. */
size_t cnn_fit_bytes(const struct cnn_tensor *input);

/* Picture `index` of the set, made to fit, in fit->planes. */
int cnn_fit_planes(struct fit *fit, const struct set *set, int64_t index, struct trouble *t);
/* fit->planes in INPUT's type and layout; bytes are rounded, and stay within 0 to 255. */
void cnn_fit_store(const struct fit *fit, void *to);
/* Both at once, quickly where nothing has to change. */
int cnn_fit_picture(struct fit *fit, const struct set *set, int64_t index, void *to, struct trouble *t);

/* Replaces pictures that are decoded from files by an array in memory, if that takes at most so many bytes. */
int cnn_fit_load(struct set *set, const struct cnn_tensor *input, enum fitting fitting, uint64_t most,
                 struct trouble *t);

#endif
