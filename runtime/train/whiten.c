/* Whitening: the principal directions of the pictures' windows.
 *
 * The windows' mean products, window[i] * window[j], are a symmetric matrix. Its eigenvectors are directions whose
 * products with the windows are uncorrelated, its eigenvalues the mean squares of these products. A filter is an
 * eigenvector over the root of its eigenvalue; one that hardly varies is noise, and LEAST keeps it from being blown up. */
#include "whiten.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "augment.h"

enum { MOST_SWEEPS = 60, MOST_SEEN = 5000, MOST_WINDOWS = 200000 };
#define MOST_PRODUCTS 4e9 /* bounds the time that the matrix takes */
#define LEAST 5e-4        /* of the mean eigenvalue */

struct windows {
    const struct cnn_trainee *trainee;
    const struct cnn_trainee_tensor *kernel;
    int channels, height, width; /* of a window */
    int size;                    /* numbers in it */
    double *window, *matrix, *vectors;
    int *order;
};

static int begin(struct windows *w, const struct cnn_trainee *trainee, struct trouble *t)
{
    const struct cnn_trainee_tensor *kernel = &trainee->tensors[trainee->recipe->whitening->tensor];
    *w = (struct windows){.trainee = trainee,
                          .kernel = kernel,
                          .channels = kernel->shape[1],
                          .height = kernel->shape[2],
                          .width = kernel->shape[3]};
    w->size = w->channels * w->height * w->width;
    const size_t size = (size_t)w->size;
    w->window = (double *)cnn_heap(size, sizeof(double), t);
    w->matrix = (double *)cnn_heap(size * size, sizeof(double), t);
    w->vectors = (double *)cnn_heap(size * size, sizeof(double), t);
    w->order = (int *)cnn_heap(size, sizeof(int), t);
    return t->message[0] ? -1 : 0;
}

static void end(struct windows *w)
{
    free(w->window);
    free(w->matrix);
    free(w->vectors);
    free(w->order);
}

/* ---- the matrix ---- */

/* The window whose first pixel is (y, x), as the network sees it. */
static void read_window(struct windows *w, const float *planes, int y, int x)
{
    const struct cnn_whitening *whitening = w->trainee->recipe->whitening;
    const struct cnn_tensor *input = w->trainee->input;
    double *to = w->window;
    for (int c = 0; c < w->channels; c++) {
        const double mean = whitening->means ? whitening->means[c] : 0;
        const double scale = whitening->scales ? whitening->scales[c] : 1;
        for (int i = 0; i < w->height; i++) {
            const size_t row = (size_t)c * (size_t)input->height + (size_t)(y + i * whitening->dilation_y);
            for (int k = 0; k < w->width; k++)
                *to++ = ((double)planes[row * (size_t)input->width + (size_t)(x + k * whitening->dilation_x)] - mean) *
                        scale;
        }
    }
}

/* The triangle on and above the diagonal. */
static void add_products(struct windows *w)
{
    for (int i = 0; i < w->size; i++)
        for (int k = i; k < w->size; k++)
            w->matrix[i * w->size + k] += w->window[i] * w->window[k];
}

/* Pictures at equal distances, and in each of them windows at random places. */
static int sum_products(struct windows *w, const struct view *view, struct fit *fit, struct trouble *t)
{
    const struct cnn_whitening *whitening = w->trainee->recipe->whitening;
    const struct cnn_tensor *input = w->trainee->input;
    const int rows = input->height - (w->height - 1) * whitening->dilation_y;
    const int columns = input->width - (w->width - 1) * whitening->dilation_x;
    const int64_t pictures = view->count < MOST_SEEN ? view->count : MOST_SEEN;
    double affordable = MOST_PRODUCTS / ((double)w->size * w->size);
    affordable = affordable < MOST_WINDOWS ? affordable : MOST_WINDOWS;
    const int64_t each = (int64_t)(affordable / (double)pictures) + 1;
    for (int64_t i = 0; i < pictures; i++) {
        const int64_t picture = cnn_view_member(view, i * view->count / pictures);
        const uint64_t key = cnn_random_key(w->trainee->recipe->seed, 0, PURPOSE_WHITEN, picture);
        if (cnn_fit_planes(fit, view->set, picture, t))
            return -1;
        for (int64_t k = 0; k < each; k++) {
            const uint64_t place = cnn_random(key, 0, (uint64_t)k) % ((uint64_t)rows * (uint64_t)columns);
            read_window(w, fit->planes, (int)(place / (uint64_t)columns), (int)(place % (uint64_t)columns));
            add_products(w);
        }
    }
    const double count = (double)(pictures * each);
    for (int i = 0; i < w->size; i++)
        for (int k = i; k < w->size; k++)
            w->matrix[k * w->size + i] = w->matrix[i * w->size + k] /= count;
    return 0;
}

/* ---- its eigenvectors, by Jacobi's rotations ---- */

/* Rows p and q of a matrix of `size` columns, turned. */
static void turn_rows(double *matrix, int size, int p, int q, double cosine, double sine)
{
    double *const a = matrix + p * size, *const b = matrix + q * size;
    for (int i = 0; i < size; i++) {
        const double x = a[i], y = b[i];
        a[i] = cosine * x - sine * y;
        b[i] = sine * x + cosine * y;
    }
}

static void turn_columns(double *matrix, int size, int p, int q, double cosine, double sine)
{
    for (int i = 0; i < size; i++) {
        double *const row = matrix + i * size;
        const double x = row[p], y = row[q];
        row[p] = cosine * x - sine * y;
        row[q] = sine * x + cosine * y;
    }
}

/* Makes the number at (p, q) zero. */
static void rotate(struct windows *w, int p, int q)
{
    const double between = w->matrix[p * w->size + q];
    const double theta = (w->matrix[q * w->size + q] - w->matrix[p * w->size + p]) / (2 * between);
    const double root = sqrt(theta * theta + 1), tangent = (theta < 0 ? -1 : 1) / (fabs(theta) + root);
    const double cosine = 1 / sqrt(tangent * tangent + 1), sine = tangent * cosine;
    turn_rows(w->matrix, w->size, p, q, cosine, sine);
    turn_columns(w->matrix, w->size, p, q, cosine, sine);
    turn_rows(w->vectors, w->size, p, q, cosine, sine);
}

/* The matrix becomes diagonal, and the rows of `vectors` its eigenvectors. */
static void diagonalise(struct windows *w)
{
    double largest = 0;
    for (int i = 0; i < w->size; i++) {
        w->vectors[i * w->size + i] = 1;
        largest = fmax(largest, w->matrix[i * w->size + i]);
    }
    int turned = 1;
    for (int sweep = 0; sweep < MOST_SWEEPS && turned; sweep++) {
        turned = 0;
        for (int p = 0; p < w->size; p++)
            for (int q = p + 1; q < w->size; q++)
                if (fabs(w->matrix[p * w->size + q]) > 1e-14 * largest) {
                    rotate(w, p, q);
                    turned = 1;
                }
    }
}

/* ---- filters ---- */

/* The directions, the one that varies most first. */
static void sort(struct windows *w)
{
    for (int i = 0; i < w->size; i++) {
        const double value = w->matrix[i * w->size + i];
        int k = i;
        for (; k > 0 && w->matrix[w->order[k - 1] * w->size + w->order[k - 1]] < value; k--)
            w->order[k] = w->order[k - 1];
        w->order[k] = i;
    }
}

/* An eigenvector's sign is arbitrary: its largest number is positive. */
static double sign_of(const double *vector, int size)
{
    int largest = 0;
    for (int i = 1; i < size; i++)
        largest = fabs(vector[i]) > fabs(vector[largest]) ? i : largest;
    return vector[largest] < 0 ? -1 : 1;
}

static void fill_in(const struct windows *w, float *values)
{
    const int size = w->size, filters = w->kernel->shape[0], pairs = filters / 2 < size ? filters / 2 : size;
    double mean = 0;
    for (int i = 0; i < size; i++)
        mean += w->matrix[i * size + i] / size;
    for (int pair = 0; pair < pairs; pair++) {
        const int row = w->order[pair];
        const double *vector = w->vectors + row * size, value = fmax(w->matrix[row * size + row], 0);
        const double factor = mean > 0 ? sign_of(vector, size) / sqrt(value + LEAST * mean) : 0;
        for (int i = 0; i < size; i++) {
            values[pair * size + i] = (float)(factor * vector[i]);
            values[(pairs + pair) * size + i] = (float)(-factor * vector[i]);
        }
    }
}

int cnn_whiten(const struct cnn_trainee *trainee, const struct view *view, enum fitting fitting, float *values,
               struct trouble *t)
{
    struct windows windows;
    struct fit fit;
    int failed = begin(&windows, trainee, t);
    if (!failed) {
        failed = cnn_fit_begin(&fit, trainee->input, fitting, t) || sum_products(&windows, view, &fit, t) ? -1 : 0;
        cnn_fit_end(&fit);
    }
    if (!failed) {
        diagonalise(&windows);
        sort(&windows);
        fill_in(&windows, values);
    }
    end(&windows);
    return failed;
}
