/* Arithmetic on constants, number by number. */
#include <math.h>
#include <string.h>

#include "import_fold.h"

enum { TYPE_FLOAT = 1, TYPE_BOOL = 9, TYPE_DOUBLE = 11 };

typedef double unary_function(double x);
typedef double binary_function(double x, double y);

void fold_inherit(const struct call *call, struct constant *result)
{
    for (size_t i = 0; i < call->input_count; i++) {
        const struct constant *input = call_constant(call, i);
        if (input && input->trained && type_is_float(result->type) && !result->trained) {
            result->trained = true;
            result->name = input->name;
        }
    }
}

static double negate(double x)
{
    return -x;
}
static double reciprocal(double x)
{
    return 1 / x;
}
static double invert(double x)
{
    return x == 0;
}
static double sign(double x)
{
    return x > 0 ? 1 : x < 0 ? -1 : x;
}
static double positive(double x)
{
    return x < 0 ? 0 : x;
}
static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}
static double add(double x, double y)
{
    return x + y;
}
static double subtract(double x, double y)
{
    return x - y;
}
static double multiply(double x, double y)
{
    return x * y;
}
static double divide(double x, double y)
{
    return x / y;
}
static double equal(double x, double y)
{
    return x == y;
}
static double less(double x, double y)
{
    return x < y;
}
static double greater(double x, double y)
{
    return x > y;
}
static double at_most(double x, double y)
{
    return x <= y;
}
static double at_least(double x, double y)
{
    return x >= y;
}
static double differ(double x, double y)
{
    return (x != 0) != (y != 0);
}
static double both(double x, double y)
{
    return x != 0 && y != 0;
}
static double either(double x, double y)
{
    return x != 0 || y != 0;
}
static double modulo(double x, double y)
{
    return y != 0 ? x - floor(x / y) * y : 0;
}

static const struct {
    const char *type;
    unary_function *function;
} unary[] = {
    {"Neg", negate}, {"Abs", fabs},        {"Floor", floor},     {"Ceil", ceil},
    {"Sqrt", sqrt},  {"Exp", exp},         {"Log", log},         {"Reciprocal", reciprocal},
    {"Not", invert}, {"Round", nearbyint}, {"Sin", sin},         {"Cos", cos},
    {"Tan", tan},    {"Erf", erf},         {"Tanh", tanh},       {"Asin", asin},
    {"Acos", acos},  {"Atan", atan},       {"Sinh", sinh},       {"Cosh", cosh},
    {"Sign", sign},  {"Relu", positive},   {"Sigmoid", sigmoid},
};

static const struct {
    const char *type;
    binary_function *function;
    bool truth;
} binary[] = {
    {"Add", add, false},
    {"Sub", subtract, false},
    {"Mul", multiply, false},
    {"Div", divide, false},
    {"Pow", pow, false},
    {"Min", fmin, false},
    {"Max", fmax, false},
    {"Mod", modulo, false},
    {"Sum", add, false},
    {"Equal", equal, true},
    {"Less", less, true},
    {"Greater", greater, true},
    {"And", both, true},
    {"Or", either, true},
    {"Xor", differ, true},
    {"LessOrEqual", at_most, true},
    {"GreaterOrEqual", at_least, true},
};

/* As the type would hold it. */
static double stored_as(int type, double number)
{
    if (type == TYPE_FLOAT)
        return (double)(float)number;
    if (type == TYPE_BOOL)
        return number != 0;
    return type == TYPE_DOUBLE || type_is_float(type) ? number : trunc(number);
}

static bool fold_unary(struct importer *im, struct call *call, unary_function *function, int type)
{
    const struct constant *input = call_constant(call, 0);
    struct constant *result = constant_new(im, type, input->dims);
    if (!result)
        return refuse(im, call, "its result is too large to compute here");
    for (int64_t i = 0; i < result->count; i++) {
        double number = constant_at(input, i);
        constant_numbers(result)[i] = stored_as(type, function ? function(number) : number);
    }
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

static bool is_mask(const struct constant *mask, const struct constant *kernel)
{
    if (kernel->dims.rank != 4 || mask->dims.rank != 4 || mask->trained || mask->dims.at[2] != 1 ||
        mask->dims.at[3] != 1 || mask->dims.at[0] != kernel->dims.at[0] || mask->dims.at[1] != kernel->dims.at[1])
        return false;
    for (int64_t i = 0; i < mask->count; i++)
        if (constant_at(mask, i) != 0 && constant_at(mask, i) != 1)
            return false;
    return true;
}

static struct constant *combine(struct importer *im, const struct constant *a, const struct constant *b,
                                binary_function *function, int type)
{
    struct dims dims;
    int64_t stride_a[IMPORT_MAX_RANK], stride_b[IMPORT_MAX_RANK], index[IMPORT_MAX_RANK] = {0};
    if (!broadcast_dims(&a->dims, &b->dims, &dims))
        return NULL;
    struct constant *result = constant_new(im, type, dims);
    if (!result)
        return NULL;
    fold_strides(&a->dims, &dims, stride_a);
    fold_strides(&b->dims, &dims, stride_b);
    for (int64_t i = 0; i < result->count; i++, fold_next(&dims, index))
        constant_numbers(result)[i] = stored_as(type, function(constant_at(a, fold_offset(&dims, index, stride_a)),
                                                               constant_at(b, fold_offset(&dims, index, stride_b))));
    return result;
}

static bool fold_binary(struct importer *im, struct call *call, binary_function *function, bool truth)
{
    const struct constant *first = call_constant(call, 0);
    struct constant *result = NULL;
    for (size_t i = 1; i < call->input_count; i++) {
        const struct constant *a = result ? result : first, *b = call_constant(call, i);
        result = combine(im, a, b, function, truth ? TYPE_BOOL : first->type);
        if (!result)
            return refuse(im, call, "its constants do not fit together, or are too large");
        if (function == multiply && a->trained && is_mask(b, a)) {
            result->dense = a;
            result->mask = b;
        }
    }
    if (!result)
        return refuse(im, call, "it lacks an input");
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

static bool fold_where(struct importer *im, struct call *call)
{
    const struct constant *condition = call_constant(call, 0), *a = call_constant(call, 1), *b = call_constant(call, 2);
    struct dims dims;
    if (!broadcast_dims(&condition->dims, &a->dims, &dims) || !broadcast_dims(&dims, &b->dims, &dims))
        return refuse(im, call, "its inputs do not fit together");
    int64_t strides[3][IMPORT_MAX_RANK], index[IMPORT_MAX_RANK] = {0};
    fold_strides(&condition->dims, &dims, strides[0]);
    fold_strides(&a->dims, &dims, strides[1]);
    fold_strides(&b->dims, &dims, strides[2]);
    struct constant *result = constant_new(im, a->type, dims);
    if (!result)
        return refuse(im, call, "its result is too large to compute here");
    for (int64_t i = 0; i < result->count; i++, fold_next(&dims, index)) {
        const bool chosen = constant_at(condition, fold_offset(&dims, index, strides[0])) != 0;
        const struct constant *from = chosen ? a : b;
        constant_numbers(result)[i] = constant_at(from, fold_offset(&dims, index, strides[chosen ? 1 : 2]));
    }
    fold_inherit(call, result);
    call_give_constant(im, call, 0, result);
    return true;
}

bool fold_elementwise(struct importer *im, struct call *call)
{
    const struct constant *input = call_constant(call, 0);
    if (strcmp(call->type, "Cast") == 0)
        return fold_unary(im, call, NULL, (int)call_int(call, "to", TYPE_FLOAT));
    if (strcmp(call->type, "Where") == 0 && call->input_count == 3)
        return fold_where(im, call);
    for (size_t i = 0; i < sizeof unary / sizeof *unary; i++)
        if (strcmp(call->type, unary[i].type) == 0)
            return fold_unary(im, call, unary[i].function, input->type);
    if (strcmp(call->type, "Mod") == 0 && call_int(call, "fmod", 0))
        return fold_binary(im, call, fmod, false);
    for (size_t i = 0; i < sizeof binary / sizeof *binary; i++)
        if (strcmp(call->type, binary[i].type) == 0)
            return fold_binary(im, call, binary[i].function, binary[i].truth);
    return false;
}
