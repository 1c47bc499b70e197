/* Applies filters to a picture. Each is a network with fixed weights, compiled to C by cnnc for pictures of
 * exactly this size; this program contains four of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blur.h"
#include "cnn.h"
#include "edges.h"
#include "emboss.h"
#include "picture.h"
#include "sharpen.h"

static const struct cnn_model *const filters[] = {&blur_model, &edges_model, &emboss_model, &sharpen_model};
enum { FILTERS = sizeof filters / sizeof *filters };

static const struct cnn_model *find_filter(const char *name)
{
    for (int i = 0; i < FILTERS; i++)
        if (strcmp(filters[i]->name, name) == 0)
            return filters[i];
    return NULL;
}

static unsigned char to_byte(float value)
{
    return (unsigned char)(fminf(fmaxf(value, 0), 255) + 0.5f);
}

/* The networks take bytes and give floats, both pixel after pixel (layout=hwc), as in pictures. */
static int apply(const struct cnn_model *model, const struct picture *in, struct picture *out)
{
    const struct cnn_tensor *result = &model->outputs[0];
    struct cnn_net *net = cnn_open(model, NULL, 1, NULL);
    size_t count = (size_t)result->height * (size_t)result->width * (size_t)result->channels;
    float *values = malloc(count * sizeof *values);
    int right = net && values && picture_new(out, result->width, result->height, result->channels);
    if (right) {
        const void *inputs[] = {in->pixels};
        void *outputs[] = {values};
        cnn_run_many(net, inputs, outputs);
        for (size_t i = 0; i < count; i++)
            out->pixels[i] = to_byte(values[i]);
    }
    free(values);
    if (net)
        cnn_close(net);
    return right;
}

static int fail(const char *about, const char *why)
{
    fprintf(stderr, "filters: %s: %s\n", about, why);
    return 1;
}

int main(int argc, char **argv)
{
    struct picture in, out = {0};
    int status = 0;
    if (argc != 4) {
        fputs("usage: filters blur|edges|emboss|sharpen IN OUT\n"
              "  IN: PNG, JPEG, PGM or PPM; OUT: PNG, PGM or PPM\n",
              stderr);
        return 2;
    }
    const struct cnn_model *model = find_filter(argv[1]);
    if (!model)
        return fail(argv[1], "there is no filter with this name");
    if (!picture_read(&in, argv[2], 3))
        return fail(argv[2], picture_error());
    if (in.width != model->inputs[0].width || in.height != model->inputs[0].height) {
        fprintf(stderr, "filters: %s is %d pixels wide and %d high; this program was compiled for %d and %d\n", argv[2],
                in.width, in.height, model->inputs[0].width, model->inputs[0].height);
        status = 1;
    } else if (!apply(model, &in, &out))
        status = fail(argv[1], "out of memory");
    else if (!picture_write(&out, argv[3]))
        status = fail(argv[3], picture_error());
    picture_free(&out);
    picture_free(&in);
    return status;
}
