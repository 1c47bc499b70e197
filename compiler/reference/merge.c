/* Merges: ADD, MUL, MAX, MIN, SUB, DIV, POW, MEAN and comparisons work element by element, the first branch with each
 * of the others, and WHERE chooses between two by a third;
 * an axis on which a branch has size 1 is broadcast, and on the way back its derivatives add up along it. CONCAT puts
 * the branches' maps one after another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "reference/layer.h"

typedef double merge_function(double a, double b);

static double add(double a, double b)
{
    return a + b;
}

static double multiply(double a, double b)
{
    return a * b;
}

static double largest(double a, double b)
{
    return a > b || a != a ? a : b;
}

static double subtract(double a, double b)
{
    return a - b;
}

static double smallest(double a, double b)
{
    return a < b || a != a ? a : b;
}

static double divide(double a, double b)
{
    return a / b;
}

/* Comparisons are numbers, too; with a NaN they are false. */
static double less(double a, double b)
{
    return a < b;
}

static double greater(double a, double b)
{
    return a > b;
}

static double equal(double a, double b)
{
    return a == b;
}

/* Where element (c, y, x) of the result comes from in a branch. */
static int64_t place(const struct layer_call *call, size_t branch, int64_t c, int64_t y, int64_t x)
{
    struct shape shape = call->node->inputs[branch]->shape;
    return tensor_at(shape, shape.c == 1 ? 0 : c, shape.h == 1 ? 0 : y, shape.w == 1 ? 0 : x);
}

static double element(const struct layer_call *call, size_t branch, int64_t c, int64_t y, int64_t x)
{
    return call->in[branch][place(call, branch, c, y, x)];
}

static void combine(const struct layer_call *call, merge_function *function)
{
    struct shape out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                double value = element(call, 0, c, y, x);
                for (size_t branch = 1; branch < call->node->input_count; branch++)
                    value = function(value, element(call, branch, c, y, x));
                call->out[tensor_at(out, c, y, x)] = value;
            }
}

/* The derivative of a result by its element of a branch; the elements of all branches are e[0], e[1], ... */
typedef double merge_derivative(const double *e, size_t count, size_t branch);

static double add_derivative(const double *e, size_t count, size_t branch)
{
    (void)e, (void)count, (void)branch;
    return 1;
}

static double subtract_derivative(const double *e, size_t count, size_t branch)
{
    (void)e, (void)count;
    return branch == 0 ? 1 : -1;
}

/* The product of the others. */
static double multiply_derivative(const double *e, size_t count, size_t branch)
{
    double product = 1;
    for (size_t i = 0; i < count; i++)
        product *= i == branch ? 1 : e[i];
    return product;
}

/* A result is the larger of the largest so far and the next branch, again and again. The larger one takes the whole
 * derivative; two that are equal take half of it each, as in PyTorch. */
static double largest_derivative(const double *e, size_t count, size_t branch)
{
    double share = 1, before = -INFINITY;
    for (size_t i = 0; i < branch; i++)
        before = largest(before, e[i]);
    if (branch > 0)
        share = e[branch] > before ? 1 : e[branch] == before ? 0.5 : 0;
    for (size_t i = branch + 1; i < count; i++) {
        before = largest(before, e[i - 1]);
        share *= before > e[i] ? 1 : before == e[i] ? 0.5 : 0;
    }
    return share;
}

static double smallest_derivative(const double *e, size_t count, size_t branch)
{
    double share = 1, before = INFINITY;
    for (size_t i = 0; i < branch; i++)
        before = smallest(before, e[i]);
    if (branch > 0)
        share = e[branch] < before ? 1 : e[branch] == before ? 0.5 : 0;
    for (size_t i = branch + 1; i < count; i++) {
        before = smallest(before, e[i - 1]);
        share *= before < e[i] ? 1 : before == e[i] ? 0.5 : 0;
    }
    return share;
}

/* 1/(b*c) for the first of a/b/c, and -a/b/c/b for b. */
static double divide_derivative(const double *e, size_t count, size_t branch)
{
    double quotient = branch == 0 ? 1 : -e[0] / e[branch];
    for (size_t i = 1; i < count; i++)
        quotient /= e[i];
    return quotient;
}

/* Of (a^b)^c and so on, from the left: b*a^(b - 1) for what is raised, a^b*log(a) for the exponent, which is 0 where
 * the power is 0 whatever the exponent, as in PyTorch. */
static double power_derivative(const double *e, size_t count, size_t branch)
{
    double derivative = 1, base = e[0];
    for (size_t i = 1; i < count; i++) {
        if (i == branch)
            derivative = base == 0 && e[i] >= 0 ? 0 : pow(base, e[i]) * log(base);
        else if (i > branch)
            derivative *= e[i] == 0 ? 0 : e[i] * pow(base, e[i] - 1);
        base = pow(base, e[i]);
    }
    return derivative;
}

static double mean_derivative(const double *e, size_t count, size_t branch)
{
    (void)e, (void)branch;
    return 1 / (double)count;
}

/* Of a comparison, which has steps alone. */
static double level_derivative(const double *e, size_t count, size_t branch)
{
    (void)e, (void)count, (void)branch;
    return 0;
}

/* What is chosen takes all of it. */
static double chosen_derivative(const double *e, size_t count, size_t branch)
{
    (void)count;
    return branch == (e[0] != 0 ? 1 : 2);
}

/* d_branch += derivative*d_out */
static void combine_backward(const struct layer_backward *b, merge_derivative *derivative)
{
    const struct layer_call *call = &b->call;
    struct shape out = call->shape;
    size_t count = call->node->input_count;
    double *e = heap_array(count, sizeof *e);
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++) {
                for (size_t branch = 0; branch < count; branch++)
                    e[branch] = element(call, branch, c, y, x);
                for (size_t branch = 0; branch < count; branch++)
                    b->d_in[branch][place(call, branch, c, y, x)] += derivative(e, count, branch) *
                                                                     b->d_out[tensor_at(out, c, y, x)];
            }
    free(e);
}

void reference_ADD(const struct layer_call *call)
{
    combine(call, add);
}

void reference_backward_ADD(const struct layer_backward *b)
{
    combine_backward(b, add_derivative);
}

void reference_MUL(const struct layer_call *call)
{
    combine(call, multiply);
}

void reference_backward_MUL(const struct layer_backward *b)
{
    combine_backward(b, multiply_derivative);
}

void reference_MAX(const struct layer_call *call)
{
    combine(call, largest);
}

void reference_backward_MAX(const struct layer_backward *b)
{
    combine_backward(b, largest_derivative);
}

void reference_SUB(const struct layer_call *call)
{
    combine(call, subtract);
}

void reference_backward_SUB(const struct layer_backward *b)
{
    combine_backward(b, subtract_derivative);
}

void reference_MIN(const struct layer_call *call)
{
    combine(call, smallest);
}

void reference_backward_MIN(const struct layer_backward *b)
{
    combine_backward(b, smallest_derivative);
}

void reference_DIV(const struct layer_call *call)
{
    combine(call, divide);
}

void reference_backward_DIV(const struct layer_backward *b)
{
    combine_backward(b, divide_derivative);
}

void reference_POW(const struct layer_call *call)
{
    combine(call, pow);
}

void reference_backward_POW(const struct layer_backward *b)
{
    combine_backward(b, power_derivative);
}

void reference_MEAN(const struct layer_call *call)
{
    combine(call, add);
    for (int64_t i = 0; i < shape_elements(call->shape); i++)
        call->out[i] /= (double)call->node->input_count;
}

void reference_backward_MEAN(const struct layer_backward *b)
{
    combine_backward(b, mean_derivative);
}

void reference_LESS(const struct layer_call *call)
{
    combine(call, less);
}

void reference_backward_LESS(const struct layer_backward *b)
{
    combine_backward(b, level_derivative);
}

void reference_GREATER(const struct layer_call *call)
{
    combine(call, greater);
}

void reference_backward_GREATER(const struct layer_backward *b)
{
    combine_backward(b, level_derivative);
}

void reference_EQUAL(const struct layer_call *call)
{
    combine(call, equal);
}

void reference_backward_EQUAL(const struct layer_backward *b)
{
    combine_backward(b, level_derivative);
}

void reference_WHERE(const struct layer_call *call)
{
    struct shape out = call->shape;
    for (int64_t c = 0; c < out.c; c++)
        for (int64_t y = 0; y < out.h; y++)
            for (int64_t x = 0; x < out.w; x++)
                call->out[tensor_at(out, c, y, x)] = element(call, element(call, 0, c, y, x) != 0 ? 1 : 2, c, y, x);
}

void reference_backward_WHERE(const struct layer_backward *b)
{
    combine_backward(b, chosen_derivative);
}

void reference_CONCAT(const struct layer_call *call)
{
    double *out = call->out;
    for (size_t branch = 0; branch < call->node->input_count; branch++) {
        int64_t count = shape_elements(call->node->inputs[branch]->shape);
        memcpy(out, call->in[branch], (size_t)count * sizeof *out);
        out += count;
    }
}

void reference_backward_CONCAT(const struct layer_backward *b)
{
    const double *d_out = b->d_out;
    for (size_t branch = 0; branch < b->call.node->input_count; branch++)
        for (int64_t i = 0; i < shape_elements(b->call.node->inputs[branch]->shape); i++)
            b->d_in[branch][i] += *d_out++;
}
