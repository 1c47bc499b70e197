/* Training code becomes a program: compiled with $CC, linked with libcnntrain.a and libcnn.a, and run where the person
 * at the terminal sees it. What the program says and writes is its own; networks are unknown here. */
#ifndef CNNC_LEARN_LEARN_H
#define CNNC_LEARN_LEARN_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct diag;

/* What programs that learn are built from, in the tree or installed. */
struct learn_place {
    const char *headers, *train_headers; /* folders: cnn.h, cnn_train.h */
    const char *libraries;               /* the folder of libcnntrain.a and libcnn.a, with its slash */
};
/* False after reporting that they are neither beside `program` (argv[0]) nor installed. */
bool learn_find(struct arena *arena, struct diag *diag, const char *program, const char *templates,
                struct learn_place *place);

/* Compiles the training code `source`, whose main() it has itself, to `program`; both and the log are temporary files.
 * exact: rounds as the text of the C says (for targets without multiply-add of their own). mpi: by $MPICC, for several
 * processes. False after reporting. */
struct learn_build {
    const char *source, *program, *log;
    bool exact, mpi;
};
bool learn_compile(struct arena *arena, struct diag *diag, const struct learn_place *place,
                   const struct learn_build *build);

/* Compiles any program in C of one file, with these words before it, and links it with the same libraries. False after
 * reporting. */
bool learn_compile_program(struct arena *arena, struct diag *diag, const struct learn_place *place,
                           const struct learn_build *build, const char *const *words, size_t count);

/* Runs the program to its end; interrupts are its own. argv ends in NULL. Returns its exit status, 130 if a second
 * interrupt ended it, or -1 after reporting. */
int learn_run(struct arena *arena, struct diag *diag, const char *const *argv);

/* The same in several processes, through $MPIRUN. argv has argc words; the program's status goes through a file. */
struct learn_processes {
    int count;
    const char *status;
};
int learn_run_mpi(struct arena *arena, struct diag *diag, const struct learn_processes *processes,
                  const char *const *argv, size_t argc);

#endif
