/* Several operators that are one layer: x*sigmoid(x), the forms of GELU, layer normalisation written
 * out, and the like. A pattern is recognised at its last operator; layers made of its other
 * operators are dropped at the end unless something else reads them. */
#include <math.h>
#include <string.h>

#include "import.h"

static const struct call *made_by(const struct value *value, const char *type)
{
    const struct call *maker = value->maker;
    return maker && maker->input_count && strcmp(maker->type, type) == 0 ? maker : NULL;
}

static bool is_tensor(const struct value *value)
{
    return value->kind == VALUE_VIEW || value->kind == VALUE_BROKEN;
}

static bool same_view(const struct value *a, const struct value *b)
{
    if (a == b)
        return true;
    return a->kind == VALUE_VIEW && b->kind == VALUE_VIEW && a->node == b->node && dims_equal(&a->dims, &b->dims) &&
           memcmp(a->stride, b->stride, (size_t)a->dims.rank * sizeof *a->stride) == 0;
}

/* One number; an initializer only if it has no dimensions: with some it may be a trained one of one map. With more
 * dimensions than the tensor it would give its own to the result. */
static bool scalar(const struct value *value, int rank, double *number)
{
    if (value->kind != VALUE_CONSTANT || value->constant->count != 1 || value->constant->dims.rank > rank ||
        (value->constant->trained && value->constant->dims.rank > 0))
        return false;
    *number = constant_at(value->constant, 0);
    return true;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-5 * fabs(b);
}

/* For an operator of a tensor and a number (in either order): the tensor, or NULL. */
static const struct value *with_number(const struct call *call, double *number)
{
    if (!call || call->input_count != 2)
        return NULL;
    for (int i = 0; i < 2; i++)
        if (is_tensor(call->inputs[i]) && scalar(call->inputs[1 - i], call->inputs[i]->dims.rank, number))
            return call->inputs[i];
    return NULL;
}

/* value = factor * base */
static const struct value *unscaled(const struct value *value, double *factor)
{
    double number;
    const struct value *base;
    *factor = 1;
    if ((base = with_number(made_by(value, "Mul"), &number)))
        *factor = number;
    else if ((base = with_number(made_by(value, "Div"), &number)) && base == value->maker->inputs[0])
        *factor = 1 / number;
    else
        base = value;
    return base;
}

static bool is_square_of(const struct value *value, const struct value *x)
{
    double power;
    const struct call *call = made_by(value, "Pow");
    if (call && with_number(call, &power))
        return power == 2 && same_view(call->inputs[0], x);
    call = made_by(value, "Mul");
    return call && call->input_count == 2 && same_view(call->inputs[0], x) && same_view(call->inputs[1], x);
}

static bool is_cube_of(const struct value *value, const struct value *x)
{
    double power;
    const struct call *call = made_by(value, "Pow");
    if (call && with_number(call, &power))
        return power == 3 && same_view(call->inputs[0], x);
    call = made_by(value, "Mul");
    return call && call->input_count == 2 &&
           ((is_square_of(call->inputs[0], x) && same_view(call->inputs[1], x)) ||
            (is_square_of(call->inputs[1], x) && same_view(call->inputs[0], x)));
}

enum gate { GATE_NONE, GATE_ERF, GATE_TANH, GATE_HARD, GATE_SIGMOID, GATE_HARD_SIGMOID, GATE_MISH };

/* 0.79788*(x + 0.044715*x^3) */
static const struct value *tanh_argument(const struct value *value)
{
    double factor;
    const struct call *sum = made_by(unscaled(value, &factor), "Add");
    if (!near(factor, 0.7978845608) || !sum || sum->input_count != 2)
        return NULL;
    for (int i = 0; i < 2; i++) {
        double small;
        const struct value *x = sum->inputs[i], *cube = unscaled(sum->inputs[1 - i], &small);
        if (near(small, 0.044715) && is_cube_of(cube, x))
            return x;
    }
    return NULL;
}

/* What x is multiplied with in GELU and its kin; *x receives the argument. */
static enum gate find_gate(const struct value *value, const struct value **x)
{
    double number;
    const struct call *call;
    const struct value *inner = with_number(made_by(value, "Add"), &number);
    if (inner && number == 1 && (call = made_by(inner, "Erf"))) {
        *x = unscaled(call->inputs[0], &number);
        return near(number, 0.70710678) ? GATE_ERF : GATE_NONE;
    }
    if (inner && number == 1 && (call = made_by(inner, "Tanh")))
        return (*x = tanh_argument(call->inputs[0])) ? GATE_TANH : GATE_NONE;
    if ((call = made_by(value, "Clip")) && value->kind == VALUE_VIEW && value->node->kind == LAYER_RELU6) {
        *x = with_number(made_by(call->inputs[0], "Add"), &number);
        return *x && number == 3 ? GATE_HARD : GATE_NONE;
    }
    if ((call = made_by(value, "Sigmoid")) || (call = made_by(value, "HardSigmoid"))) {
        *x = call->inputs[0];
        if (value->kind == VALUE_VIEW && value->node->kind == LAYER_HARDSIGMOID)
            return GATE_HARD_SIGMOID;
        return strcmp(call->type, "Sigmoid") == 0 ? GATE_SIGMOID : GATE_NONE;
    }
    if ((call = made_by(value, "Tanh")) && (call = made_by(call->inputs[0], "Softplus"))) {
        *x = call->inputs[0];
        return GATE_MISH;
    }
    return GATE_NONE;
}

/* A product: its constant factor, its gate, and how often the gate and its x occur. */
struct product {
    double factor;
    enum gate gate;
    const struct value *x;
    int count, gates;
    bool other;
    int skip; /* gates that were tried before */
};

static void search_gate(const struct value *value, int depth, struct product *p)
{
    const struct call *call = value->maker;
    if (p->gate != GATE_NONE)
        return;
    p->gate = find_gate(value, &p->x);
    if (p->gate != GATE_NONE && p->skip-- > 0)
        p->gate = GATE_NONE;
    if (p->gate != GATE_NONE || depth == 0 || !call || call->input_count != 2)
        return;
    if (strcmp(call->type, "Mul") == 0 || strcmp(call->type, "Div") == 0)
        for (size_t i = 0; i < call->input_count; i++)
            search_gate(call->inputs[i], depth - 1, p);
}

static void multiply_out(const struct value *value, int depth, struct product *p)
{
    const struct value *x;
    const struct call *call = value->maker;
    double number;
    if (scalar(value, p->x->dims.rank, &number)) {
        p->factor *= number;
    } else if (value->kind == VALUE_VIEW && same_view(value, p->x)) {
        p->count++;
    } else if (find_gate(value, &x) == p->gate && same_view(x, p->x)) {
        p->gates++;
    } else if (depth > 0 && call && call->input_count == 2 && strcmp(call->type, "Mul") == 0) {
        for (size_t i = 0; i < call->input_count; i++)
            multiply_out(call->inputs[i], depth - 1, p);
    } else if (depth > 0 && call && call->input_count == 2 && strcmp(call->type, "Div") == 0 &&
               scalar(call->inputs[1], p->x->dims.rank, &number)) {
        multiply_out(call->inputs[0], depth - 1, p);
        p->factor /= number;
    } else {
        p->other = true;
    }
}

/* Another operand of more dimensions would give them to the result. */
static bool keeps_rank(const struct call *call, const struct value *x)
{
    for (size_t i = 0; i < call->input_count; i++)
        if (call->inputs[i]->dims.rank > x->dims.rank)
            return false;
    return true;
}

static bool give_on(struct importer *im, struct call *call, const struct layer *layer, const struct value *x)
{
    struct value *result = x->kind == VALUE_VIEW && !x->outdated && keeps_rank(call, x) ? apply(im, call, layer, x)
                                                                                        : NULL;
    if (result)
        call_give(call, 0, result);
    return result != NULL;
}

/* A product with the gate that was found, which may be one of the argument's own. */
static bool match_gate(struct importer *im, struct call *call, const struct value *self, struct product p)
{
    struct layer layer = {.kind = LAYER_GELU};
    if (p.x->kind != VALUE_VIEW)
        return false;
    multiply_out(self, 3, &p);
    if (p.other || p.count > 1 || p.gates != 1)
        return false;
    if (p.count == 0 && p.gate == GATE_HARD && near(p.factor, 1.0 / 6))
        layer.kind = LAYER_HARDSIGMOID;
    else if (p.count == 1 && (p.gate == GATE_ERF || p.gate == GATE_TANH) && p.factor == 0.5)
        layer.args.tanh_gelu = p.gate == GATE_TANH;
    else if (p.count == 1 && p.gate == GATE_HARD && near(p.factor, 1.0 / 6))
        layer.kind = LAYER_HARDSWISH;
    else if (p.count == 1 && p.gate > GATE_HARD && p.factor == 1)
        layer.kind = p.gate == GATE_SIGMOID ? LAYER_SILU : p.gate == GATE_MISH ? LAYER_MISH : LAYER_HARDSWISH;
    else
        return false;
    return give_on(im, call, &layer, p.x);
}

static bool match_gated(struct importer *im, struct call *call)
{
    enum { MOST_GATES = 8 };
    const struct value self = {.kind = VALUE_BROKEN, .maker = call};
    for (int skip = 0; skip < MOST_GATES; skip++) {
        struct product p = {.factor = 1, .skip = skip};
        search_gate(&self, 3, &p);
        if (p.gate == GATE_NONE)
            return false;
        if (match_gate(im, call, &self, p))
            return true;
    }
    return false;
}

/* a*tanh(b*x) */
static bool match_tanh(struct importer *im, struct call *call)
{
    double outer = 1, inner = 1;
    const struct value *result = NULL;
    const struct call *tanh_call = call;
    if (strcmp(call->type, "Mul") == 0) {
        result = with_number(call, &outer);
        tanh_call = result ? made_by(result, "Tanh") : NULL;
    }
    if (!tanh_call || tanh_call->input_count != 1)
        return false;
    const struct value *x = unscaled(tanh_call->inputs[0], &inner);
    if (x->kind != VALUE_VIEW || (outer == 1 && inner == 1))
        return false;
    const struct layer layer = {.kind = LAYER_TANH,
                                .args = {.a = nice_number((float)outer), .b = nice_number((float)inner)}};
    return give_on(im, call, &layer, x);
}

/* (x - mean)/sqrt(variance + eps), and x/(1 + |x|) */
static bool match_quotient(struct importer *im, struct call *call)
{
    double number;
    const struct value *top = call->inputs[0], *sum = with_number(made_by(call->inputs[1], "Add"), &number);
    const struct layer softsign = {.kind = LAYER_SOFTSIGN};
    if (sum && number == 1 && made_by(sum, "Abs") && same_view(sum->maker->inputs[0], top))
        return give_on(im, call, &softsign, top);
    const struct call *difference = made_by(top, "Sub"), *root = made_by(call->inputs[1], "Sqrt");
    const struct value *variance = root ? with_number(made_by(root->inputs[0], "Add"), &number) : NULL;
    if (!difference || difference->input_count != 2 || !variance)
        return false;
    const struct value *x = difference->inputs[0];
    const struct call *mean = made_by(difference->inputs[1], "ReduceMean"),
                      *mean_square = made_by(variance, "ReduceMean");
    bool over[IMPORT_MAX_RANK], again[IMPORT_MAX_RANK];
    if (x->kind != VALUE_VIEW || !mean || !mean_square || !same_view(mean->inputs[0], x) ||
        !is_square_of(mean_square->inputs[0], top) || !call_int(mean, "keepdims", 1) ||
        !call_int(mean_square, "keepdims", 1) || x->outdated || !keeps_rank(call, x) ||
        !reduced_axes(im, difference->inputs[1]->maker, x, over) || !reduced_axes(im, variance->maker, x, again) ||
        memcmp(over, again, (size_t)x->dims.rank * sizeof *over) != 0)
        return false;
    struct value *result = normalise_axes(im, call, x, over, number);
    if (result)
        call_give(call, 0, result);
    return result != NULL;
}

/* The sum over n of (x[n] - w[k][n])^2 */
static bool match_rbf(struct importer *im, struct call *call)
{
    const struct call *square = call->inputs[0]->maker;
    const struct value *difference = square && square->input_count ? square->inputs[0] : NULL;
    const struct call *sub = difference ? made_by(difference, "Sub") : NULL;
    bool reduced[IMPORT_MAX_RANK];
    if (!sub || !is_square_of(call->inputs[0], difference) || sub->input_count != 2 ||
        sub->inputs[1]->kind != VALUE_CONSTANT || sub->inputs[0]->kind != VALUE_VIEW ||
        call->inputs[0]->kind != VALUE_VIEW || sub->inputs[0]->outdated || sub->inputs[0]->dims.rank == 0)
        return false;
    const struct value *x = sub->inputs[0];
    const struct constant *prototypes = sub->inputs[1]->constant;
    const struct dims *dims = &call->inputs[0]->dims;
    const int64_t n = dims_count(&x->dims), last = dims->at[dims->rank - 1];
    if (!reduced_axes(im, call, call->inputs[0], reduced) || prototypes->count % n || last != n ||
        dims_count(dims) != prototypes->count || x->dims.at[x->dims.rank - 1] != n)
        return false;
    struct dims result = {.rank = 0};
    for (int i = 0; i < dims->rank; i++) {
        if (reduced[i] != (i == dims->rank - 1) && dims->at[i] != 1)
            return false;
        if (!reduced[i] || call_int(call, "keepdims", 1))
            result.at[result.rank++] = reduced[i] ? 1 : dims->at[i];
    }
    struct layer layer = {.kind = LAYER_RBF, .args.filters = prototypes->count / n};
    layer.constants[ROLE_WEIGHT] = prototypes;
    struct node *node = import_add1(im, call, &layer, x->node);
    if (node)
        call_give(call, 0, view_new(im, node, &result));
    return node != NULL;
}

static bool match_log(struct importer *im, struct call *call)
{
    const struct value *softmax = call->inputs[0];
    const struct layer layer = {.kind = LAYER_LOGSOFTMAX};
    if (!made_by(softmax, "Softmax") || softmax->kind != VALUE_VIEW || softmax->node->kind != LAYER_SOFTMAX)
        return false;
    struct node *node = import_add1(im, call, &layer, softmax->node->inputs[0]);
    if (node)
        call_give(call, 0, view_like(im, softmax, node));
    return node != NULL;
}

static bool is_one(const struct value *value)
{
    return value->kind == VALUE_CONSTANT && !value->constant->trained && value->constant->count == 1 &&
           constant_at(value->constant, 0) == 1;
}

/* 1/sqrt(x) */
static bool match_rsqrt(struct importer *im, struct call *call, const struct value *root)
{
    const struct call *maker = made_by(root, "Sqrt");
    const struct layer layer = {.kind = LAYER_RSQRT};
    return maker && maker->inputs[0]->kind == VALUE_VIEW && give_on(im, call, &layer, maker->inputs[0]);
}

bool import_match(struct importer *im, struct call *call)
{
    if (call->input_count == 0 || call->output_count == 0)
        return false;
    if (strcmp(call->type, "Mul") == 0)
        return match_gated(im, call) || match_tanh(im, call);
    if (strcmp(call->type, "Tanh") == 0)
        return match_tanh(im, call);
    if (strcmp(call->type, "Div") == 0 && call->input_count == 2)
        return match_gated(im, call) || match_quotient(im, call) ||
               (is_one(call->inputs[0]) && match_rsqrt(im, call, call->inputs[1]));
    if (strcmp(call->type, "Reciprocal") == 0)
        return match_rsqrt(im, call, call->inputs[0]);
    if (strcmp(call->type, "ReduceSum") == 0)
        return match_rbf(im, call);
    if (strcmp(call->type, "Log") == 0)
        return match_log(im, call);
    return false;
}
