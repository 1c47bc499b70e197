/* The program of `cnnc --verify` around generated code, which the command line includes before this file
 * and names by VERIFY_MODEL. usage: driver REQUEST RESULT [CNNW]
 *
 * REQUEST holds 64-bit numbers (how many probes, then each one's bytes), then the inputs, of each all images of a
 * batch. RESULT receives, for each probe and then each output, its number (outputs count on from the probes) and its
 * bytes; of a batch as often as there are images, in their order. */
#include "guards.h"

static FILE *verify_result;
static const unsigned char *verify_request;

static int64_t verify_number(int index)
{
    int64_t number;
    memcpy(&number, verify_request + 8 * (size_t)index, 8);
    return number;
}

static void verify_write(int64_t id, const void *bytes, size_t length)
{
    if (fwrite(&id, 8, 1, verify_result) != 1 || fwrite(bytes, 1, length, verify_result) != length)
        verify_fail("the result cannot be written");
}

void verify_probe(int id, const void *tensor)
{
    if (id < 0 || id >= verify_number(0))
        verify_fail("a probe has a number that the plan does not know");
    verify_write(id, tensor, (size_t)verify_number(1 + id));
}

static unsigned char *verify_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    long length = -1;
    if (file && fseek(file, 0, SEEK_END) == 0)
        length = ftell(file);
    if (length < 0 || fseek(file, 0, SEEK_SET) != 0)
        verify_fail("an input cannot be read");
    unsigned char *bytes = verify_allocate((size_t)length);
    if (fread(bytes, 1, (size_t)length, file) != (size_t)length)
        verify_fail("an input cannot be read");
    fclose(file);
    return bytes;
}

/* How many a call takes. */
static size_t verify_images(void)
{
    return (size_t)(VERIFY_MODEL.abi >> 16) + 1;
}

/* Of one image. */
static size_t verify_bytes(const struct cnn_tensor *tensor)
{
    return (size_t)tensor->height * (size_t)tensor->width * (size_t)tensor->channels *
           (tensor->type == 0 || tensor->type == 3 ? sizeof(float) : sizeof(unsigned char));
}

int main(int argc, char **argv)
{
    const struct cnn_model *model = &VERIFY_MODEL;
    struct cnn_context context = {NULL, NULL, NULL, NULL};
    if (argc < 3)
        return 2;
    verify_request = verify_read(argv[1]);
    verify_result = fopen(argv[2], "wb");
    if (!verify_result)
        verify_fail("the result cannot be written");
    unsigned char *arena = verify_allocate((size_t)model->arena_bytes);
    unsigned char *scratch = verify_allocate((size_t)model->scratch_bytes);
    context.weights = argc > 3 ? verify_read(argv[3]) + 64 : NULL;
    context.arena = arena;
    context.scratch = scratch;
    const void **inputs = (const void **)calloc((size_t)model->input_count, sizeof *inputs);
    void **outputs = (void **)calloc((size_t)model->output_count, sizeof *outputs);
    if (!inputs || !outputs)
        verify_fail("out of memory");
    const unsigned char *at = verify_request + 8 * (1 + (size_t)verify_number(0));
    for (int i = 0; i < model->input_count; i++) {
        const size_t bytes = verify_images() * verify_bytes(&model->inputs[i]);
        unsigned char *input = verify_allocate(bytes);
        memcpy(input, at, bytes);
        at += bytes;
        inputs[i] = input;
    }
    for (int i = 0; i < model->output_count; i++)
        outputs[i] = verify_allocate(verify_images() * verify_bytes(&model->outputs[i]));
    model->run(&context, inputs, outputs);
    for (int i = 0; i < model->output_count; i++)
        for (size_t image = 0; image < verify_images(); image++)
            verify_write(verify_number(0) + i,
                         (const unsigned char *)outputs[i] + image * verify_bytes(&model->outputs[i]),
                         verify_bytes(&model->outputs[i]));
    verify_guards(arena, (size_t)model->arena_bytes, "the code wrote outside its arena");
    verify_guards(scratch, (size_t)model->scratch_bytes, "the code wrote outside its scratch memory");
    for (int i = 0; i < model->output_count; i++)
        verify_guards((const unsigned char *)outputs[i], verify_images() * verify_bytes(&model->outputs[i]),
                      "the code wrote outside an output");
    if (fclose(verify_result) != 0)
        verify_fail("the result cannot be written");
    return 0;
}
