/* The inside of the importer: operators of a TensorFlow Lite file, one after another, as steps in ONNX's operators,
 * whose importer makes layers of them. A tensor is a value of that importer: a constant, or a view of a node's result.
 * TensorFlow's axes (rows, columns, channels) are such a view; no layer is spent on them.
 *
 * In a file that computes in integers the constants of layers keep their integers; what these mean is collected
 * beside the graph (quantised.c). */
#ifndef CNNC_TFLITE_CONVERT_H
#define CNNC_TFLITE_CONVERT_H

#include "models/tflite/model.h"

struct convert;
typedef bool tfl_function(struct convert *c); /* false after refusing */

/* What a result's numbers mean in a file of integers. */
enum tfl_integers {
    FLOATS_ONLY,
    NEW_SCALE,  /* it has a scale of its own */
    SAME_SCALE, /* that of the first input */
    FIXED_SCALE /* the one that the format prescribes: 1/256 from -128 on, or 1/128 around 0 */
};

struct tfl_row { /* of operators.def */
    int64_t code, newest;
    const char *name;
    tfl_function *function;
    enum tfl_integers integers;
};

struct tfl_meaning { /* of a tensor's integers: scale * (integer - zero_point) */
    bool known;
    float scale;
    int zero_point;
};

struct tfl_note { /* of a node, in a file of integers */
    const struct node *node;
    struct tfl_meaning result;
    struct flat_vector weight_scales;
};

struct convert {
    struct importer *im;
    struct tfl_model *model;
    struct value **values; /* by tensor; NULL: not made yet */
    struct value **before; /* by tensor: what a reshape that had to move numbers began with; or NULL */
    bool integers;         /* a result of the file is quantised */
    bool remarked;         /* integers that are used as floats were */
    int step_count;
    struct VEC(struct tfl_note) notes; /* by the number that nodes have until the graph is finished */

    /* The operator at work. */
    const struct tfl_operator *op;
    const struct tfl_row *row;
    struct call *call;
};

/* convert.c: what the tensor's value is called among values, and the operator's operands and options. */
const char *tfl_value_name(struct convert *c, size_t tensor);
size_t tfl_input(const struct convert *c, size_t i); /* the tensor's index, or SIZE_MAX */
size_t tfl_output(const struct convert *c, size_t i);
struct value *tfl_view(struct convert *c, size_t i);  /* input i where it depends on the model's inputs; NULL after
                                                         refusing */
struct value *tfl_value(struct convert *c, size_t i); /* the same, or a constant */
const struct constant *tfl_constant(struct convert *c, size_t i); /* or NULL */
/* The integers that an input holds; false after refusing. */
bool tfl_integers(struct convert *c, size_t i, const char *what, int64_t *values, size_t *count, size_t most);
/* The input is a layer's weights or bias, however few its numbers are. */
void tfl_train(struct convert *c, size_t i);
int64_t tfl_option(struct convert *c, int field, int width, int64_t fallback);
double tfl_option_float(struct convert *c, int field, double fallback);
bool tfl_refuse(struct convert *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Gives result i, which must have the shape that the file says; false if value is NULL. */
bool tfl_give(struct convert *c, size_t i, struct value *value);
/* The same behind the activation that the operator ends with. */
bool tfl_give_activated(struct convert *c, struct value *value, int64_t activation);
bool tfl_run(struct convert *c);

/* step.c: a step in ONNX's operators. */
struct call *tfl_step(struct convert *c, const char *type, struct value *const *inputs, size_t count);
void tfl_set_int(struct convert *c, struct call *step, const char *name, int64_t value);
void tfl_set_float(struct convert *c, struct call *step, const char *name, double value);
void tfl_set_string(struct convert *c, struct call *step, const char *name, const char *value);
void tfl_set_ints(struct convert *c, struct call *step, const char *name, const int64_t *values, size_t count);
struct value *tfl_do(struct convert *c, struct call *step); /* its first result; NULL after refusing */
/* Steps of one input. */
struct value *tfl_do1(struct convert *c, const char *type, struct value *x);
struct value *tfl_transposed(struct convert *c, struct value *x, const int64_t *order);
struct value *tfl_reshaped(struct convert *c, struct value *x, const struct dims *dims);
/* Channels first, and back: NHWC and NCHW. */
struct value *tfl_first(struct convert *c, struct value *x);
struct value *tfl_last(struct convert *c, struct value *x);
struct value *tfl_activated(struct convert *c, struct value *x, int64_t activation);
/* A number that an operator's definition holds. */
struct value *tfl_number(struct convert *c, double number);

/* quantised.c */
bool tfl_check_types(struct convert *c); /* of the operator at work; false after refusing */
/* Scale and zero point of a whole tensor. */
bool tfl_meaning_of(struct convert *c, size_t tensor, struct tfl_meaning *meaning);
bool tfl_dequantised(struct convert *c, size_t tensor, struct value *value);
/* Input 1 as the weights of so many filters along that axis, with the bias at input `bias`, for input `input`. */
bool tfl_check_weights(struct convert *c, size_t input, size_t bias, int axis, int64_t filters);
/* Notes what the result's weights mean, or its numbers; the first returns `result`. */
struct value *tfl_note_weights(struct convert *c, struct value *result);
bool tfl_note_result(struct convert *c, size_t tensor, struct value *value);
bool tfl_note(struct convert *c, struct node *node, struct tfl_meaning meaning);
/* To be called before nodes are dropped, for those that the finished graph has. */
void tfl_settle_notes(struct convert *c);
struct weights *tfl_tensors(struct convert *c);

/* The operators, in ops_*.c. */
tfl_function tfl_add, tfl_average_pool, tfl_concatenation, tfl_conv, tfl_depthwise, tfl_depth_to_space, tfl_dequantize,
    tfl_fully_connected, tfl_local_response, tfl_logistic, tfl_max_pool, tfl_mul, tfl_relu, tfl_relu_n1_to_1, tfl_relu6,
    tfl_reshape, tfl_resize_bilinear, tfl_softmax, tfl_space_to_depth, tfl_tanh, tfl_pad, tfl_gather, tfl_transpose,
    tfl_mean, tfl_sub, tfl_div, tfl_strided_slice, tfl_split, tfl_log_softmax, tfl_cast, tfl_prelu, tfl_maximum,
    tfl_minimum, tfl_neg, tfl_slice, tfl_transpose_conv, tfl_sum, tfl_sqrt, tfl_rsqrt, tfl_shape, tfl_reduce_max,
    tfl_pack, tfl_unpack, tfl_reduce_min, tfl_square, tfl_resize_nearest, tfl_leaky_relu, tfl_squared_difference,
    tfl_mirror_pad, tfl_abs, tfl_split_v, tfl_reverse, tfl_elu, tfl_quantize, tfl_hard_swish, tfl_batch_matmul,
    tfl_broadcast, tfl_gelu, tfl_relu_0_to_1, tfl_less, tfl_less_equal, tfl_greater, tfl_greater_equal, tfl_equal,
    tfl_not_equal, tfl_logical_and, tfl_logical_or, tfl_logical_not, tfl_pow, tfl_exp, tfl_log, tfl_sin, tfl_cos,
    tfl_floor, tfl_ceil, tfl_round, tfl_sign, tfl_select, tfl_select_v2, tfl_arg_max, tfl_arg_min, tfl_tile, tfl_cumsum,
    tfl_reduce_prod;

#endif
