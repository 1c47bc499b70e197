/* Shared by the fuzz targets. A target defines LLVMFuzzerTestOneInput; libFuzzer calls it (run), or
 * replay.c with the files of the corpus (suite). A finding is a crash: a sanitizer's, or fuzz_fail's. */
#ifndef CNNC_FUZZ_H
#define CNNC_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* To be called at the start of every input: one that takes too much CPU time is a finding. */
void fuzz_begin(void);

/* Puts the bytes into a file in memory; its path is the same in every call. With an `ending` other than
 * "" it is in a folder of its own, beside a file `data` of 4096 zeros. */
const char *fuzz_file(const uint8_t *data, size_t size, const char *ending);

/* A folder with these files, below it or in folders of their own ("cat/1.png"), and nothing else; its path is the same in
 * every call. */
struct fuzz_part {
    const char *name;
    const uint8_t *data;
    size_t size;
};
enum { FUZZ_PARTS = 16 };
const char *fuzz_folder(const struct fuzz_part *parts, size_t count);

/* Takes a part from the front of the input: two bytes say how long it is, as far as there are as many. */
struct fuzz_part fuzz_take(const char *name, const uint8_t **data, size_t *size);

/* Ends the program as a finding. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
