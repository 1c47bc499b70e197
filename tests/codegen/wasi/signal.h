/* WebAssembly has no signals: whatever would raise one ends the program. */
#ifndef WASI_SIGNAL_H
#define WASI_SIGNAL_H

enum { SIGSEGV = 11, SIGBUS = 7, SIGFPE = 8, SIGILL = 4 };
#define signal(number, handler) ((void)(handler))

#endif
