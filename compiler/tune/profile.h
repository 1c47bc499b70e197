/* What one core of this machine can do, as `cnnc --tune=machine` measures it (speeds.c), and the file in
 * the user's configuration folder that keeps it (profile.c): plain text, a word and a number a line.
 * --target=native goes by it. */
#ifndef CNNC_TUNE_PROFILE_H
#define CNNC_TUNE_PROFILE_H

#include <stdbool.h>

struct arena;
struct diag;
struct target;
struct text;

struct speeds {
    double peak;                   /* GFLOP/s of multiply-adds */
    double second, cached, memory; /* GB/s read from the second level of cache, from the last, and from memory */
    double last;                   /* bytes that stay in the last level */
};

/* Takes some seconds. False: there is no memory for it. */
bool speeds_measure(struct speeds *speeds);

/* $XDG_CONFIG_HOME/cnnc/machine, or that below ~/.config; NULL if neither HOME nor XDG_CONFIG_HOME is set. */
const char *profile_path(struct arena *arena);
void profile_write(struct arena *arena, const struct speeds *speeds, struct text *out);
/* `native`, with the costs of its profile if there is one of this machine: a profile of another is not followed, with a
 * warning. NULL after reporting what is wrong with the file. */
const struct target *profile_apply(struct arena *arena, struct diag *diag, const struct target *native);

#endif
