/* Recognises handwritten digits with LeNet-5, compiled to C by cnnc: draws digits in the terminal
 * beside the network's ten scores, counts how many are right, and says how long one takes. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cnn.h"
#include "draw.h"
#include "image.h"
#include "lenet5.h"

enum { SIDE = 32, BORDER = (SIDE - IMAGE_SIDE) / 2, DIGITS = 10 };

struct count {
    size_t seen, labelled, right;
    double seconds;
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void softmax(float *scores)
{
    float most = scores[0], sum = 0;
    for (int i = 1; i < DIGITS; i++)
        most = fmaxf(most, scores[i]);
    for (int i = 0; i < DIGITS; i++)
        sum += scores[i] = expf(scores[i] - most);
    for (int i = 0; i < DIGITS; i++)
        scores[i] /= sum;
}

static int classify(struct cnn_net *net, const unsigned char *pixels, float *scores, double *seconds)
{
    static float input[SIDE * SIDE]; /* the border stays zero */
    int best = 0;
    for (int y = 0; y < IMAGE_SIDE; y++)
        for (int x = 0; x < IMAGE_SIDE; x++)
            input[(y + BORDER) * SIDE + x + BORDER] = pixels[y * IMAGE_SIDE + x];
    double begin = now();
    cnn_run(net, input, scores);
    *seconds += now() - begin;
    for (int i = 1; i < DIGITS; i++)
        if (scores[i] > scores[best])
            best = i;
    return best;
}

/* Every `step`th picture is drawn; step 0: none. Wrong ones are drawn too if `wrong` is set. */
static void show(struct cnn_net *net, const struct images *images, size_t step, int wrong, struct count *count)
{
    const char *plain = getenv("NO_COLOR");
    float first[DIGITS];
    double warm_up = 0;
    if (images->count > 0)
        classify(net, images->pixels, first, &warm_up); /* the first run reads everything from memory */
    int shades = isatty(STDOUT_FILENO) && !(plain && *plain);
    for (size_t i = 0; i < images->count; i++) {
        const unsigned char *pixels = images->pixels + i * IMAGE_BYTES;
        float scores[DIGITS];
        int label = images->labels ? images->labels[i] : -1;
        int best = classify(net, pixels, scores, &count->seconds);
        count->seen++;
        count->labelled += label >= 0;
        count->right += label == best;
        if ((step > 0 && i % step == 0) || (wrong && label >= 0 && label != best)) {
            softmax(scores);
            draw_digit(pixels, scores, label, shades);
        }
    }
}

static void report(const struct count *count)
{
    if (count->labelled > 0)
        printf("%zu of %zu digits are right: %.2f %%\n", count->right, count->labelled,
               100.0 * (double)count->right / (double)count->labelled);
    if (count->seen > 1)
        printf("%.1f microseconds a digit, on one core\n", 1e6 * count->seconds / (double)count->seen);
}

static void print_classes(struct cnn_net *net, const struct images *images)
{
    float scores[DIGITS];
    double seconds = 0;
    for (size_t i = 0; i < images->count; i++)
        printf("%d\n", classify(net, images->pixels + i * IMAGE_BYTES, scores, &seconds));
}

static const char usage[] = "usage: digits [options] FILE...\n"
                            "  FILE           a drawing (PGM, PNG), MNIST's idx pictures, or bare 28x28 bytes\n"
                            "  --labels=FILE  what they show: idx, or text with one number per line\n"
                            "  --show=N       draw N of a file's pictures (4)\n"
                            "  --wrong        draw those that are misrecognised\n"
                            "  --classes      print only the answers, one per line\n";

struct options {
    const char *labels;
    size_t show;
    int wrong, classes;
};

static int run_file(struct cnn_net *net, const char *path, const struct options *options, struct count *count)
{
    struct images images;
    const char *error, *about = path;
    int read = images_read(path, &images, &error);
    if (read && options->labels) {
        about = options->labels;
        read = images_read_labels(options->labels, &images, &error);
    }
    if (!read)
        fprintf(stderr, "digits: %s: %s\n", about, error);
    else if (options->classes)
        print_classes(net, &images);
    else
        show(net, &images, options->show ? (images.count + options->show - 1) / options->show : 0, options->wrong,
             count);
    images_free(&images);
    return read;
}

static int read_option(const char *argument, struct options *options)
{
    if (strncmp(argument, "--labels=", 9) == 0)
        options->labels = argument + 9;
    else if (strncmp(argument, "--show=", 7) == 0)
        options->show = strtoul(argument + 7, NULL, 10);
    else if (strcmp(argument, "--wrong") == 0)
        options->wrong = 1;
    else if (strcmp(argument, "--classes") == 0)
        options->classes = 1;
    else
        return 0;
    return 1;
}

int main(int argc, char **argv)
{
    struct options options = {.show = 4};
    struct count count = {0};
    struct cnn_error error;
    int files = 0, right = 1;
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-')
            argv[files++] = argv[i];
        else if (!read_option(argv[i], &options)) {
            fputs(usage, strcmp(argv[i], "--help") == 0 ? stdout : stderr);
            return strcmp(argv[i], "--help") == 0 ? 0 : 2;
        }
    if (files == 0) {
        fputs(usage, stderr);
        return 2;
    }
    struct cnn_net *net = cnn_open(&lenet5_model, NULL, 1, &error);
    if (!net) {
        fprintf(stderr, "digits: %s\n", error.message);
        return 1;
    }
    for (int i = 0; i < files; i++)
        right &= run_file(net, argv[i], &options, &count);
    if (!options.classes)
        report(&count);
    cnn_close(net);
    return right ? 0 : 1;
}
