/* Merges: ADD, MUL, MAX and SUB work element by element, the first branch with each of the others; an
 * axis on which a branch has size 1 is broadcast. CONCAT puts the branches' maps one after another. */
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

/* Element (c, y, x) of a branch, broadcast. */
static double element(const struct layer_call *call, size_t branch, int64_t c, int64_t y, int64_t x)
{
    struct shape shape = call->node->inputs[branch]->shape;
    return call->in[branch][tensor_at(shape, shape.c == 1 ? 0 : c, shape.h == 1 ? 0 : y, shape.w == 1 ? 0 : x)];
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

void reference_ADD(const struct layer_call *call)
{
    combine(call, add);
}

void reference_MUL(const struct layer_call *call)
{
    combine(call, multiply);
}

void reference_MAX(const struct layer_call *call)
{
    combine(call, largest);
}

void reference_SUB(const struct layer_call *call)
{
    combine(call, subtract);
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
