/* --emit=main: what is added to generated C to make a program of it (templates/main). */
#ifndef CNNC_EMIT_PROGRAM_H
#define CNNC_EMIT_PROGRAM_H

#include <stdbool.h>

struct arena;
struct diag;
struct text;

struct program_parts {
    const char *templates; /* their folder */
    const char *name;      /* what the network's symbols begin with */
    int images;            /* of a call */
    bool profile;          /* with probes, and an option that prints their times */
};

/* Adds main() to `source`, the C of the network. False after reporting that a template cannot be read. */
bool emit_program(struct arena *arena, struct diag *diag, const struct program_parts *parts, struct text *source);

#endif
