/* Runs a fuzz target on the given files, without libFuzzer: the corpora and every past finding. Prints
 * each name before reading the file, so that the last one is the culprit. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuzz.h"

/* Part of libFuzzer; needed to link targets' own mutators, which are not called here. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most)
{
    (void)data;
    return size < most ? size : most;
}

int main(int argc, char **argv)
{
    FILE *names = fdopen(dup(STDOUT_FILENO), "w"); /* a target may close its standard output */
    if (!names)
        fuzz_fail("no standard output");
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        size_t size = 0, capacity = 1 << 16;
        uint8_t *bytes = malloc(capacity);
        if (!file || !bytes)
            fuzz_fail("cannot read %s", argv[i]);
        fprintf(names, "%s\n", argv[i]);
        fflush(names);
        for (size_t got; (got = fread(bytes + size, 1, capacity - size, file)) > 0;) {
            size += got;
            if (size == capacity && !(bytes = realloc(bytes, capacity *= 2)))
                fuzz_fail("no memory for %s", argv[i]);
        }
        fclose(file);
        uint8_t *exact = malloc(size ? size : 1); /* so that a read past the input is past the block */
        for (size_t k = 0; exact && k < size; k++)
            exact[k] = bytes[k];
        free(bytes);
        if (!exact)
            fuzz_fail("no memory for %s", argv[i]);
        LLVMFuzzerTestOneInput(exact, size);
        free(exact);
    }
    fprintf(names, "%d inputs\n", argc - 1);
    return 0;
}
