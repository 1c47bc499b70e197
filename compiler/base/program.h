/* Commands that the environment may name, such as $CC, and what such a program said when it failed. */
#ifndef CNNC_BASE_PROGRAM_H
#define CNNC_BASE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct diag;
struct message;

/* The words of a command in the environment, or of `otherwise` (or none, if that is NULL), and `more` after them. */
const char **program_words(struct arena *arena, const char *variable, const char *otherwise, const char *const *more,
                           size_t more_count);

/* The folder of cnnc itself, whose argv[0] is `program`, with its slash; "" if neither the system nor argv[0] says. */
const char *program_folder(struct arena *arena, const char *program);

/* Quotes a program's log in a message's help: the lines that mention errors, else the first ones. */
void program_quote(struct arena *arena, struct message *message, const char *log);

/* Runs a compiler, whose output goes to the file `log`. NULL: it ended well; else the message, which lacks a way out,
 * and *ran says whether it ran at all. */
struct message *program_compile(struct arena *arena, struct diag *diag, const char *what, const char *const *argv,
                                const char *log, bool *ran);

#endif
