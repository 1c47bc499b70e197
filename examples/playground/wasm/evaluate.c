/* Reads a network and its weights as cnnc does, fits a picture to its input, and has the evaluator compute every layer
 * in double precision. The evaluator's results are the truth that generated code is compared with. */
#include "evaluate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "centre.h"
#include "compilation.h"
#include "image.h"
#include "reference/reference.h"
#include "weights/weights.h"

/* Inputs from the size of MNIST's digits up to this one see a drawing as MNIST has them, in their middle. */
enum { MOST_DIGIT_SIDE = 40, COLOURS = 3 };

struct picture {
    const unsigned char *bytes;
    int width, height, channels;
    bool drawing;
};

static int fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return STATUS_USAGE;
}

/* ---- the picture ---- */

/* Mean of one channel over the part of the picture that a pixel of the input covers. */
static double mean_over(const struct picture *p, int channel, double left, double top, double right, double bottom)
{
    double sum = 0;
    for (int y = (int)top; y < bottom && y < p->height; y++) {
        const double down = (y + 1 < bottom ? y + 1 : bottom) - (y > top ? y : top);
        for (int x = (int)left; x < right && x < p->width; x++)
            sum += down * ((x + 1 < right ? x + 1 : right) - (x > left ? x : left)) *
                   p->bytes[(y * p->width + x) * p->channels + channel];
    }
    return sum / ((right - left) * (bottom - top));
}

/* A network of one channel sees grey, of three colours; of any other number, each channel sees grey. */
static double pixel(const struct picture *p, int64_t channel, int64_t channels, double left, double top, double right,
                    double bottom)
{
    if (p->channels == 1)
        return mean_over(p, 0, left, top, right, bottom);
    if (channels == COLOURS)
        return mean_over(p, (int)channel, left, top, right, bottom);
    return 0.299 * mean_over(p, 0, left, top, right, bottom) + 0.587 * mean_over(p, 1, left, top, right, bottom) +
           0.114 * mean_over(p, 2, left, top, right, bottom);
}

static void fit(const struct picture *p, struct shape s, double *image)
{
    const double wide = (double)p->width / (double)s.w, high = (double)p->height / (double)s.h;
    for (int64_t c = 0; c < s.c; c++)
        for (int64_t y = 0; y < s.h; y++)
            for (int64_t x = 0; x < s.w; x++) {
                const double left = (double)x * wide, top = (double)y * high;
                image[(c * s.h + y) * s.w + x] = pixel(p, c, s.c, left, top, left + wide, top + high);
            }
}

static bool sees_digits(struct shape s)
{
    return s.h >= IMAGE_SIDE && s.w >= IMAGE_SIDE && s.h <= MOST_DIGIT_SIDE && s.w <= MOST_DIGIT_SIDE;
}

static void centre(const struct picture *p, struct shape s, double *image)
{
    unsigned char digit[IMAGE_BYTES];
    const int64_t top = (s.h - IMAGE_SIDE) / 2, left = (s.w - IMAGE_SIDE) / 2;
    centre_digit(p->bytes, p->width, p->height, digit);
    for (int64_t c = 0; c < s.c; c++)
        for (int64_t y = 0; y < IMAGE_SIDE; y++)
            for (int64_t x = 0; x < IMAGE_SIDE; x++)
                image[(c * s.h + top + y) * s.w + left + x] = digit[y * IMAGE_SIDE + x];
}

/* Bytes where the network takes bytes or scales by itself, else numbers from 0 to 1. */
static double range_of(const struct node *input)
{
    return input->element == ELEMENT_U8 || input->args.scale ? 1 : 1 / 255.0;
}

static double *make_image(struct arena *arena, const struct picture *picture, const struct node *input)
{
    const size_t count = (size_t)shape_elements(input->shape);
    double *image = ARENA_ARRAY(arena, double, count);
    if (picture->drawing && sees_digits(input->shape))
        centre(picture, input->shape, image);
    else
        fit(picture, input->shape, image);
    for (size_t i = 0; i < count; i++)
        image[i] *= range_of(input);
    return image;
}

static bool read_picture(struct arena *arena, char **words, struct picture *picture)
{
    const char *error;
    size_t length;
    picture->drawing = strcmp(words[0], "drawing") == 0;
    picture->channels = picture->drawing ? 1 : COLOURS;
    picture->width = (int)strtol(words[1], NULL, 10);
    picture->height = (int)strtol(words[2], NULL, 10);
    picture->bytes = (const unsigned char *)file_read(arena, "/picture", 64 << 20, &length, &error);
    return picture->bytes && picture->width > 0 && picture->height > 0 &&
           length == (size_t)picture->width * (size_t)picture->height * (size_t)picture->channels;
}

/* ---- the results ---- */

static void list_layer(const struct node *node, size_t offset, struct text *list)
{
    text_printf(list, "%s\n{\"name\":", offset ? "," : "");
    json_add_string(list, node->name);
    text_printf(list, ",\"kind\":\"%s\",\"shape\":[%lld,%lld,%lld],\"offset\":%zu,\"output\":%s}", node_keyword(node),
                (long long)node->shape.h, (long long)node->shape.w, (long long)node->shape.c, offset,
                node->is_output ? "true" : "false");
}

static int write_maps(struct compilation *c, const struct reference *reference)
{
    const struct graph *graph = c->graph;
    const char *error = "";
    struct text list = text_new(c->arena);
    struct output *output = output_open(c->arena, "/maps", &error);
    size_t offset = 0;
    text_add(&list, "[");
    for (size_t i = 0; output && i < graph->nodes.count; i++) {
        const struct node *node = graph->nodes.items[i];
        const size_t count = (size_t)shape_elements(node->shape);
        float *numbers = heap_array(count, sizeof *numbers);
        for (size_t k = 0; k < count; k++)
            numbers[k] = (float)reference->tensors[node->id][k];
        output_write(output, numbers, count * sizeof *numbers);
        free(numbers);
        list_layer(node, offset, &list);
        offset += count;
    }
    text_add(&list, "]\n");
    if (output && output_commit(output, &error) && file_write(c->arena, "/maps.json", list.bytes, list.length, &error))
        return STATUS_DONE;
    return fail(error);
}

/* ---- the network ---- */

static bool read_network(struct compilation *c)
{
    static bool (*const passes[])(struct compilation *) = {pass_read,  pass_parse, pass_expand, pass_import,
                                                           pass_check, pass_types, pass_weights};
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        if (!passes[i](c))
            return false;
    return compilation_needs_weights(c, "the evaluator");
}

static int run(struct compilation *c, const struct picture *picture)
{
    if (c->graph->inputs.count != 1)
        return fail("the page draws one picture, and this network has several inputs: cnnc --verify runs it");
    if (c->types)
        return fail("networks of 8-bit integers are not run by the page yet: cnnc --verify runs them");
    const double *const images[] = {make_image(c->arena, picture, c->graph->inputs.items[0])};
    struct reference *reference = reference_run(c->graph, c->weights, images);
    if (!reference)
        return fail("a weight cannot be read");
    const int status = write_maps(c, reference);
    reference_free(reference);
    return status;
}

int evaluate_main(int argc, char **argv)
{
    enum { OWN_WORDS = 4 }; /* --evaluate KIND WIDTH HEIGHT: the program's name takes the place of the last */
    struct compilation c = {.arena = arena_new(), .program = argv[0]};
    struct picture picture;
    const char *error;
    if (argc <= OWN_WORDS + 1 || !read_picture(c.arena, argv + 2, &picture))
        return fail("usage: --evaluate drawing|picture WIDTH HEIGHT [OPTION...] FILE, and /picture");
    argv[OWN_WORDS] = argv[0];
    if (!options_read(c.arena, argc - OWN_WORDS, argv + OWN_WORDS, &c.options, &error))
        return fail(error);
    c.diag = diag_new(c.arena);
    options_apply_warnings(&c.options, c.diag);
    const bool right = read_network(&c);
    diag_print(c.diag, stderr, (struct diag_style){false, c.options.json_diagnostics, true});
    const int status = right ? run(&c, &picture) : STATUS_NETWORK;
    weights_close(c.weights);
    arena_free(c.arena);
    return status;
}
