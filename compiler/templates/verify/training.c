/* The program of `cnnc --verify` around training code, which the command line includes before this file; VERIFY_NAME is
 * the network's name, VERIFY_IMAGES and VERIFY_TARGETS are what its functions take. usage: training REQUEST RESULT
 *
 * REQUEST holds 64-bit numbers (images, parameters, how many of them are trained, inputs, the bytes of each,
 * outputs, the bytes of each one's targets), then floats, the parameters, then inputs and targets. RESULT receives
 * floats: the loss of a step, the gradients, and the parameters after it. */
#include "guards.h"

#define VERIFY_PASTE(name, word) name##word
#define VERIFY_JOIN(name, word) VERIFY_PASTE(name, word)
#define VERIFY(word) VERIFY_JOIN(VERIFY_NAME, word)

static int64_t verify_number(FILE *request)
{
    int64_t number;
    if (fread(&number, sizeof number, 1, request) != 1)
        verify_fail("the request cannot be read");
    return number;
}

static unsigned char *verify_take(FILE *request, int64_t bytes)
{
    unsigned char *memory = verify_allocate((size_t)bytes);
    if (fread(memory, 1, (size_t)bytes, request) != (size_t)bytes)
        verify_fail("the request cannot be read");
    return memory;
}

static void verify_write(FILE *result, const float *numbers, int64_t count)
{
    if (fwrite(numbers, sizeof(float), (size_t)count, result) != (size_t)count)
        verify_fail("the result cannot be written");
}

/* Sizes of arrays, and the arrays that follow. */
static int64_t *verify_sizes(FILE *request, int64_t *count)
{
    *count = verify_number(request);
    int64_t *sizes = (int64_t *)calloc((size_t)*count + 1, sizeof *sizes);
    for (int64_t i = 0; sizes && i < *count; i++)
        sizes[i] = verify_number(request);
    if (!sizes)
        verify_fail("out of memory");
    return sizes;
}

static void **verify_arrays(FILE *request, const int64_t *sizes, int64_t count)
{
    void **arrays = (void **)calloc((size_t)count + 1, sizeof *arrays);
    for (int64_t i = 0; arrays && i < count; i++)
        arrays[i] = verify_take(request, sizes[i]);
    if (!arrays)
        verify_fail("out of memory");
    return arrays;
}

int main(int argc, char **argv)
{
    FILE *request = argc == 3 ? fopen(argv[1], "rb") : NULL, *result = argc == 3 ? fopen(argv[2], "wb") : NULL;
    if (!request || !result)
        verify_fail("a file cannot be opened");
    const int batch = (int)verify_number(request);
    const int64_t parameters = verify_number(request), trained = verify_number(request);
    int64_t inputs, outputs;
    int64_t *input_sizes = verify_sizes(request, &inputs), *target_sizes = verify_sizes(request, &outputs);
    unsigned char *first = verify_take(request, parameters * (int64_t)sizeof(float));
    void **images = verify_arrays(request, input_sizes, inputs);
    void **targets = verify_arrays(request, target_sizes, outputs);
    const size_t bytes = VERIFY(_train_bytes)(batch, 1);
    unsigned char *memory = verify_allocate(bytes);
    struct VERIFY(_trainer) *trainer = VERIFY(_train_begin)(memory, batch, NULL);
    memcpy(VERIFY(_train_parameters)(trainer), first, (size_t)parameters * sizeof(float));
    const float loss = VERIFY(_train_gradient)(trainer, VERIFY_IMAGES, VERIFY_TARGETS);
    verify_write(result, &loss, 1);
    verify_write(result, VERIFY(_train_gradients)(trainer), trained);
    verify_write(result, VERIFY(_train_parameters)(trainer), parameters);
    verify_guards(memory, bytes, "the code wrote outside its memory");
    if (fclose(result) != 0)
        verify_fail("the result cannot be written");
    return 0;
}
