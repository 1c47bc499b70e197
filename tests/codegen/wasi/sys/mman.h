/* WebAssembly cannot forbid memory: guard zones are only filled and compared. */
#ifndef WASI_MMAN_H
#define WASI_MMAN_H

#include <stdlib.h>

enum { PROT_NONE, PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE = 2, MAP_ANONYMOUS = 32 };
#define MAP_FAILED NULL
#define mmap(address, bytes, protection, flags, file, offset) (aligned_alloc(65536, ((bytes) + 65535) / 65536 * 65536))
#define mprotect(memory, bytes, protection) ((void)(memory), 0)
#define munmap(memory, bytes) (free(memory), 0)

#endif
