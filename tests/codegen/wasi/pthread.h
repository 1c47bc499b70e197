/* WebAssembly without threads: there, the harness is never asked to run two networks at once. */
#ifndef WASI_PTHREAD_H
#define WASI_PTHREAD_H

typedef int pthread_t;
#define pthread_create(thread, attributes, function, argument) ((void)(thread), (void)(function), (void)(argument), 1)
#define pthread_join(thread, result) ((void)(thread))

#endif
