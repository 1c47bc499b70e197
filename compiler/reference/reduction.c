/* Several numbers become one: REDUCE and ARGMAX over whole axes, MAXOUT over neighbouring channels. Each result has a
 * window of as many numbers along each axis as the input has for one of the result. On the way back, numbers that are
 * the maximum or minimum share its derivative, as with PyTorch's amax. */
#include <math.h>

#include "reference/layer.h"

struct reduced {
    struct shape in, window;
    int64_t first; /* of the window in the input */
};

static struct reduced window_at(const struct layer_call *call, int64_t c, int64_t y, int64_t x)
{
    struct shape in = call->in_shape, out = call->shape;
    struct reduced w = {in, {in.h / out.h, in.w / out.w, in.c / out.c}, 0};
    w.first = tensor_at(in, c * w.window.c, y * w.window.h, x * w.window.w);
    return w;
}

/* Where number i of the window is. */
static int64_t place(const struct reduced *w, int64_t i)
{
    int64_t x = i % w->window.w, y = i / w->window.w % w->window.h, c = i / w->window.w / w->window.h;
    return w->first + (c * w->in.h + y) * w->in.w + x;
}

/* The first of several that are as large; a NaN is larger than all. */
static int64_t place_of_largest(const double *in, const struct reduced *w)
{
    int64_t largest = 0;
    for (int64_t i = 1; i < shape_elements(w->window); i++) {
        double x = in[place(w, i)], most = in[place(w, largest)];
        if (x > most || (isnan(x) && !isnan(most)))
            largest = i;
    }
    return largest;
}

static double reduce(const double *in, const struct reduced *w, enum reducing kind)
{
    int64_t count = shape_elements(w->window);
    double most = in[w->first], least = most, sum = 0, sizes = 0, squares = 0, product = 1, powers = 0;
    for (int64_t i = 0; i < count; i++) {
        double x = in[place(w, i)];
        most = x > most || isnan(x) ? x : most;
        least = x < least || isnan(x) ? x : least;
        sum += x;
        sizes += fabs(x);
        squares += x * x;
        product *= x;
    }
    double shift = isfinite(most) ? most : 0;
    for (int64_t i = 0; i < count; i++)
        powers += exp(in[place(w, i)] - shift);
    switch (kind) {
    case REDUCING_MEAN: return sum / (double)count;
    case REDUCING_MAX: return most;
    case REDUCING_MIN: return least;
    case REDUCING_PROD: return product;
    case REDUCING_L1: return sizes;
    case REDUCING_L2: return sqrt(squares);
    case REDUCING_LOGSUMEXP: return shift + log(powers);
    case REDUCING_ARGMAX: return (double)place_of_largest(in, w);
    default: return sum;
    }
}

void reference_REDUCE(const struct layer_call *call)
{
    struct shape out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                const struct reduced w = window_at(call, c, y, x);
                call->out[tensor_at(out, c, y, x)] = reduce(call->in[0], &w, call->args->reducing);
            }
}

/* The product of all numbers of the window but one. */
static double product_of_others(const double *in, const struct reduced *w, int64_t one)
{
    double product = 1;
    for (int64_t i = 0; i < shape_elements(w->window); i++)
        product *= i == one ? 1 : in[place(w, i)];
    return product;
}

static int64_t count_equal(const double *in, const struct reduced *w, double y)
{
    int64_t equal = 0;
    for (int64_t i = 0; i < shape_elements(w->window); i++)
        equal += in[place(w, i)] == y;
    return equal;
}

/* dy/dx of number i of the window. */
static double derivative(const double *in, const struct reduced *w, enum reducing kind, int64_t i, double y)
{
    double x = in[place(w, i)];
    switch (kind) {
    case REDUCING_MEAN: return 1 / (double)shape_elements(w->window);
    case REDUCING_MAX:
    case REDUCING_MIN: return x == y ? 1 / (double)count_equal(in, w, y) : 0;
    case REDUCING_PROD: return product_of_others(in, w, i);
    case REDUCING_L1: return x > 0 ? 1 : x < 0 ? -1 : 0;
    case REDUCING_L2: return y > 0 ? x / y : 0;
    case REDUCING_LOGSUMEXP: return exp(x - y);
    case REDUCING_ARGMAX: return 0;
    default: return 1;
    }
}

void reference_backward_REDUCE(const struct layer_backward *b)
{
    const struct layer_call *call = &b->call;
    struct shape out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                const struct reduced w = window_at(call, c, y, x);
                int64_t at = tensor_at(out, c, y, x);
                for (int64_t i = 0; i < shape_elements(w.window); i++)
                    b->d_in[0][place(&w, i)] += b->d_out[at] *
                                                derivative(call->in[0], &w, call->args->reducing, i, call->out[at]);
            }
}

void reference_ARGMAX(const struct layer_call *call)
{
    reference_REDUCE(call);
}

void reference_backward_ARGMAX(const struct layer_backward *b)
{
    reference_backward_REDUCE(b);
}

void reference_MAXOUT(const struct layer_call *call)
{
    reference_REDUCE(call);
}

void reference_backward_MAXOUT(const struct layer_backward *b)
{
    reference_backward_REDUCE(b);
}
