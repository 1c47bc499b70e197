/* Inside verify/: code that is to be verified is compiled with $CC and run, by $CNNC_RUN if that is set, on random
 * input. Temporary files carry what it reads and writes. */
#ifndef CNNC_VERIFY_MACHINE_H
#define CNNC_VERIFY_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "graph.h"

struct arena;
struct diag;
struct message;

struct machine {
    struct arena *arena;
    struct diag *diag;
    bool foreign;                                          /* the code may be for another machine */
    const char *folder, *request, *result, *program, *log; /* all temporary files */
};

/* False after reporting that there is no place for them. */
bool machine_begin(struct machine *m);
void machine_end(const struct machine *m);
/* Compiles with these arguments; what they make is m->program. False after reporting. */
bool machine_compile(struct machine *m, const char *const *arguments, size_t count);
/* Runs m->program with these arguments. False after reporting. */
bool machine_run(struct machine *m, const char *const *arguments, size_t count);
/* Reports what is wrong with this computer rather than with the network; returns false. */
bool machine_fault(struct machine *m, const char *what, const char *why);

/* Random numbers of an input, as the code reads them, and in `image` as the evaluator does, CHW. */
size_t random_bytes(const struct node *input);
void random_fill(const struct node *input, unsigned char *bytes, double *image, uint64_t *state);
/* From 0 to 2^64 - 1. */
uint64_t random_next(uint64_t *state);

#endif
