/* Says what a photo shows: SqueezeNet, compiled to C by cnnc, tells a thousand things apart. Prints the five
 * likeliest with bars and, on a terminal, the picture as the network sees it. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cnn.h"
#include "picture.h"
#include "squeezenet.h"

enum { SIDE = 227, CLASSES = 1000, BEST = 5, NAME_BYTES = 64, BAR_COLUMNS = 30, THUMB = 24 };

static char names[CLASSES][NAME_BYTES];

static int read_names(const char *path)
{
    FILE *file = fopen(path, "r");
    int count = 0;
    while (file && count < CLASSES && fgets(names[count], NAME_BYTES, file)) {
        names[count][strcspn(names[count], "\n")] = 0;
        count++;
    }
    if (file)
        fclose(file);
    return count == CLASSES;
}

/* As the network was trained: planes of blue, green and red, less the mean of all photos. */
static void fill_input(const struct picture *square, float *input)
{
    static const float mean[3] = {104, 117, 123};
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < SIDE * SIDE; i++)
            input[c * SIDE * SIDE + i] = (float)square->pixels[3 * i + 2 - c] - mean[c];
}

static void softmax(float *scores)
{
    float most = scores[0], sum = 0;
    for (int i = 1; i < CLASSES; i++)
        most = fmaxf(most, scores[i]);
    for (int i = 0; i < CLASSES; i++)
        sum += scores[i] = expf(scores[i] - most);
    for (int i = 0; i < CLASSES; i++)
        scores[i] /= sum;
}

/* The indices of the BEST highest scores, the highest first. */
static void find_best(const float *scores, int *best)
{
    int count = 0;
    for (int i = 0; i < CLASSES; i++) {
        int at = count < BEST ? count++ : BEST;
        for (; at > 0 && scores[i] > scores[best[at - 1]]; at--)
            if (at < BEST)
                best[at] = best[at - 1];
        if (at < BEST)
            best[at] = i;
    }
}

/* ---- output ---- */

/* A character is two pixels high: its upper half is the foreground, its lower half the background. */
static void draw_row(const struct picture *thumb, int row)
{
    for (int x = 0; x < THUMB; x++) {
        const unsigned char *a = thumb->pixels + 3 * (2 * row * THUMB + x), *b = a + 3 * THUMB;
        printf("\033[38;2;%d;%d;%d;48;2;%d;%d;%dm▀", a[0], a[1], a[2], b[0], b[1], b[2]);
    }
    fputs("\033[0m  ", stdout);
}

static void draw_score(int class, float score, int width)
{
    static const char *const parts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int eighths = (int)(score * BAR_COLUMNS * 8 + 0.5f);
    printf("%5d  %-*s ", class, width, names[class]);
    for (int i = 0; i < eighths / 8; i++)
        fputs("█", stdout);
    printf("%s %.1f %%\n", parts[eighths % 8], 100 * (double)score);
}

static void show(const char *path, const struct picture *square, const float *scores, double seconds)
{
    struct picture thumb = {0};
    int best[BEST], width = 0, first = 0;
    int picture = isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && picture_square(&thumb, square, THUMB);
    int rows = picture ? THUMB / 2 : BEST + 1;
    find_best(scores, best);
    for (int i = 0; i < BEST; i++)
        width = (int)strlen(names[best[i]]) > width ? (int)strlen(names[best[i]]) : width;
    first = picture ? (rows - BEST - 1) / 2 : 0;
    for (int row = 0; row < rows; row++) {
        if (picture)
            draw_row(&thumb, row);
        if (row == first)
            printf("%s: %.0f ms\n", path, 1e3 * seconds);
        else if (row > first && row - first <= BEST)
            draw_score(best[row - first - 1], scores[best[row - first - 1]], width);
        else
            putchar('\n');
    }
    putchar('\n');
    picture_free(&thumb);
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int classify(struct cnn_net *net, const char *path)
{
    static float input[SQUEEZENET_INPUT_FLOATS], scores[SQUEEZENET_OUTPUT_FLOATS];
    struct picture picture, square = {0};
    int right = picture_read(&picture, path, 3) && picture_square(&square, &picture, SIDE);
    if (right) {
        fill_input(&square, input);
        cnn_run(net, input, scores); /* the first run reads the weights from the file; the second is timed */
        double begin = now();
        cnn_run(net, input, scores);
        double seconds = now() - begin;
        softmax(scores);
        show(path, &square, scores, seconds);
    } else
        fprintf(stderr, "classify: %s: %s\n", path, picture_error());
    picture_free(&square);
    picture_free(&picture);
    return right;
}

int main(int argc, char **argv)
{
    struct cnn_error error;
    int right = 1;
    if (argc < 2 || argv[1][0] == '-') {
        fputs("usage: classify PICTURE...   (JPEG, PNG, PGM, PPM)\n", stderr);
        return 2;
    }
    if (!read_names(NAMES_FILE)) {
        fprintf(stderr, "classify: %s does not contain %d names\n", NAMES_FILE, CLASSES);
        return 1;
    }
    struct cnn_net *net = cnn_open(&squeezenet_model, WEIGHTS_FILE, 1, &error);
    if (!net) {
        fprintf(stderr, "classify: %s\n", error.message);
        return 1;
    }
    for (int i = 1; i < argc; i++)
        right &= classify(net, argv[i]);
    cnn_close(net);
    return right ? 0 : 1;
}
