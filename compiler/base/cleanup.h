/* What an interrupt or an early exit has to undo: files that have not taken their names yet, temporary files and
 * folders, the program that is being run. The list is cnnc's only mutable global, since a signal handler sees
 * nothing else. It knows paths and system calls; who makes the files is above it. */
#ifndef CNNC_BASE_CLEANUP_H
#define CNNC_BASE_CLEANUP_H

#include <stdbool.h>

/* Lists a path, before it exists or with signals held; a folder before what lies in it. The string stays the
 * caller's and must live until the path is off the list. False: the list is full. */
bool cleanup_add(const char *path);
/* The file has taken its final name, or is gone. */
void cleanup_forget(const char *path);
bool cleanup_lists(const char *path);
/* Removes the folder and all in it that is listed. */
void cleanup_remove_folder(const char *folder);
/* The process group of the program that is being run; 0: none. `first` is what it gets for the first signal that is
 * passed on to it; 0: that signal. */
void cleanup_running(int group, int first);
/* A signal handler that gives the signal to that group and goes on: a hangup as a request to end, and a stop (Ctrl-Z)
 * as one that lasts as long as cnnc's own. */
void cleanup_pass_on(int number);

/* Undoes all of it. Safe in signal handlers: it calls nothing but unlink, rmdir and kill. */
void cleanup_all(void);

#endif
