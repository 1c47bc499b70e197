/* Other programs (m4, the C compiler, what it compiled): run without a shell, with files for standard
 * input and output, a deadline and a cap on what they write; and temporary folders that are removed
 * whatever happens. Every process that cnnc starts is started here. */
#ifndef CNNC_BASE_PROCESS_H
#define CNNC_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct process {
    const char *const *argv;               /* argv[0] is looked up in $PATH; ends in NULL */
    const char *stdin_path;                /* NULL: /dev/null */
    const char *stdout_path, *stderr_path; /* created or emptied; NULL: cnnc's own; may be one and the same */
    int deadline_seconds;                  /* 0: none */
    size_t output_limit;                   /* of stdout_path and of stderr_path, in bytes; 0: none */
    bool takes_signals;                    /* interrupts are its own: it gets them, and cnnc waits for its end */
    int first_signal;                      /* what it gets for the first of them; 0: the same */
};

/* Runs it to its end. False: it could not be started, was killed by a signal, met its deadline or
 * wrote more than its limit; *error says which (without a place, ready for a message). True: it ended
 * by itself with *exit_status. On a deadline or a limit its whole process group is ended. */
bool process_run(struct arena *arena, const struct process *process, int *exit_status, const char **error);

/* "ccache gcc -m32" as {"ccache", "gcc", "-m32"}, split at blanks as make does it; room for `extra`
 * words and the NULL is left after the last. */
const char **process_words(struct arena *arena, const char *text, size_t extra, size_t *count);

/* A new empty folder below $TMPDIR (or /tmp), and a file name in it: "FOLDER/NAME". Both are listed, and
 * removed by temporary_remove(folder), or by cleanup_all where the program ends early. */
const char *temporary_folder(struct arena *arena, const char **error);
const char *temporary_file(struct arena *arena, const char *folder, const char *name, const char **error);
void temporary_remove(const char *folder);

#endif
