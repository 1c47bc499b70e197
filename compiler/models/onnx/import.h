/* The inside of the importer, which TensorFlow Lite's reader uses too: it says what its operators compute in
 * ONNX's operators. Only what reads an ONNX file knows protobuf (import.c, import_nodes.c, import_initializer.c,
 * import_read.c). A model's values are either constants or views: an ONNX tensor as it
 * lies in the result of a graph node. A view has a stride an axis into that result's flat order
 * (channels, rows, columns), so that transposes, reshapes and squeezes cost nothing until a layer
 * needs its numbers in order. */
#ifndef CNNC_ONNX_IMPORT_H
#define CNNC_ONNX_IMPORT_H

#include "base/diag.h"
#include "base/map.h"
#include "base/text.h"
#include "graph.h"
#include "onnx.h"

/* Of protobuf-c, where it is there. */
typedef struct Onnx__ModelProto Onnx__ModelProto;
typedef struct Onnx__GraphProto Onnx__GraphProto;
typedef struct Onnx__NodeProto Onnx__NodeProto;
typedef struct Onnx__TensorProto Onnx__TensorProto;

/* Types of elements as ONNX numbers them. */
enum {
    ONNX_FLOAT = 1,
    ONNX_UINT8 = 2,
    ONNX_INT8 = 3,
    ONNX_UINT16 = 4,
    ONNX_INT16 = 5,
    ONNX_INT32 = 6,
    ONNX_INT64 = 7,
    ONNX_STRING = 8,
    ONNX_BOOL = 9,
    ONNX_FLOAT16 = 10,
    ONNX_DOUBLE = 11,
    ONNX_UINT32 = 12,
    ONNX_UINT64 = 13,
    ONNX_COMPLEX64 = 14,
    ONNX_COMPLEX128 = 15,
    ONNX_BFLOAT16 = 16
};

enum { IMPORT_MAX_RANK = LIMIT_STORED_AXES, IMPORT_MAX_IMAGES = 64, IMPORT_MAX_OPSET = 26 };

struct dims {
    int rank;
    int64_t at[IMPORT_MAX_RANK];
};

/* What the integers of a constant were multiplied by: one number, or one for each element of an axis of the file's. */
struct scales {
    const float *at;
    int64_t count;
};

struct constant {
    const char *name;
    int type; /* ONNX's code of the element type */
    struct dims dims;
    int64_t count;
    const float *floats; /* one of the two, or both NULL when count is 0 */
    const double *numbers;
    bool trained;                        /* an initializer, or made of one: it counts as parameters */
    const struct constant *origin;       /* the initializer that it was made of without a change of numbers */
    const struct constant *dense, *mask; /* a product of a kernel and a table of zeros and ones, or NULL */
    const struct scales *scales;         /* its numbers were integers, times these; or NULL */
    struct matrix *literal;              /* its numbers as a text has them, once a layer needed them */
};

struct call;

enum value_kind { VALUE_MISSING, VALUE_CONSTANT, VALUE_VIEW, VALUE_BROKEN };

struct value {
    enum value_kind kind;
    const char *name;
    int type;
    struct dims dims;
    const struct constant *constant;
    struct node *node;
    int64_t stride[IMPORT_MAX_RANK];
    struct call *maker; /* the operator whose result it is, or NULL */
    bool outdated;      /* its node has since taken up an offset: it holds other numbers now */
};

struct attribute {
    const char *name;
    int type; /* as ONNX numbers the types of attributes */
    bool has_type, has_i, has_f, has_s;
    int64_t i;
    float f;
    const char *s;
    const int64_t *ints;
    const float *floats;
    size_t n_ints, n_floats;
    const char *const *strings;
    size_t n_strings;
    const struct constant *tensor;
    const char *tensor_error; /* why there is none */
    const Onnx__GraphProto *graph;
};

/* One operator of the model at work. */
struct call {
    const char *type, *name;
    const char *domain;     /* of the operator; NULL: ONNX's own */
    const char *given_name; /* the operator's own, or NULL */
    const struct attribute *attributes;
    size_t attribute_count;
    struct value **inputs; /* VALUE_MISSING for one left out */
    size_t input_count, output_count;
    struct value **outputs;
    const char *refusal; /* why it cannot be done, or NULL */
    bool listed;
};

/* Of a result that is quantised: scale * (integer - zero), from -128 to 127. */
struct import_meaning {
    bool known;
    float scale;
    int zero;
};

/* What is known of a node's numbers beside the graph. */
struct numbers {
    struct import_meaning meaning; /* of its result */
    const struct constant *constants[ROLE_COUNT];
    int64_t first_id; /* of the call that made the node */
};

struct importer {
    struct arena *arena;
    struct diag *diag;
    const char *path, *folder;
    enum check check; /* that messages about the file belong to */
    const struct onnx_options *options;
    const Onnx__ModelProto *model;
    int64_t opset;
    bool apart;            /* every operator is a layer of its own: what it rounds to is part of its meaning */
    bool quantised;        /* results become integers of 8 bits */
    bool ends_in_integers; /* all inputs and all outputs are, and are given and taken as s8 */
    struct graph *graph;
    struct map values;                  /* name -> struct value */
    struct map readers;                 /* name -> count of uses, as (void *) of a size_t * */
    struct map names;                   /* of nodes */
    struct VEC(struct numbers) numbers; /* by node id */
    struct VEC(struct call *) calls;
    struct map external;   /* path -> struct mapping */
    struct map transposed; /* constant and order -> constant, so that shared weights stay one */
    int64_t budget;        /* bytes that folding may still take */
};

/* import_read.c: unpacks the file's bytes; NULL after setting *error. */
Onnx__ModelProto *import_unpack(struct arena *arena, const unsigned char *bytes, size_t length, const char **error);

/* import_initializer.c */
const struct constant *import_tensor(struct importer *im, const Onnx__TensorProto *tensor, const char **error);

/* import_tensor.c */
size_t type_bytes(int type); /* 0: its numbers cannot be read */
double constant_from_bits(int type, uint64_t bits);
/* Numbers as they stand in a file: little-endian. Floats on a machine that stores them alike stay where they are. */
void constant_take_raw(struct importer *im, struct constant *constant, const unsigned char *bytes);
bool constant_fits_in_place(const struct constant *constant, const unsigned char *bytes);
/* 0.1 for the float nearest to it: the number that was meant. */
double nice_number(float number);
double constant_at(const struct constant *constant, int64_t i);
double constant_number(const struct constant *constant);          /* of one number: the one that was meant */
int64_t constant_int(const struct constant *constant, int64_t i); /* rounded to zero, clamped to 64 bits */
/* The numbers as floats (the array itself where it is one). */
const float *constant_floats(struct importer *im, const struct constant *constant);
struct constant *constant_new(struct importer *im, int type, struct dims dims); /* zeros; NULL: too large */
double *constant_numbers(struct constant *constant);                            /* of a new one */
struct constant *constant_new_floats(struct importer *im, struct dims dims, float **floats); /* half as large */
bool constant_is(const struct constant *constant, double number);                            /* all its numbers are */
bool type_is_float(int type);
const char *type_name(int type);

/* import_fold.c: true if the call has constant inputs only and was done. */
bool import_fold(struct importer *im, struct call *call);
/* Memory for arguments whose size the file does not pay for; NULL beyond what folding may take. */
int64_t *import_integers(struct importer *im, int64_t count);
/* The same numbers with other dimensions. */
const struct constant *constant_as(struct importer *im, const struct constant *constant, struct dims dims);
const struct constant *constant_transpose(struct importer *im, const struct constant *constant, const int *order);

/* import_dims.c */
bool broadcast_dims(const struct dims *a, const struct dims *b, struct dims *out);
int64_t dims_count(const struct dims *dims); /* -1: too many */
bool dims_equal(const struct dims *a, const struct dims *b);
const char *dims_words(struct arena *arena, const struct dims *dims); /* "1x3x224x224" */
/* Strides of a tensor that is broadcast to `to`: 0 where it repeats. */
void fold_strides(const struct dims *from, const struct dims *to, int64_t *stride);
bool fold_next(const struct dims *dims, int64_t *index); /* counts up; false after the last */
int64_t fold_offset(const struct dims *dims, const int64_t *index, const int64_t *stride);

/* import_run.c */
struct value *import_value(struct importer *im, const char *name, enum value_kind kind); /* NULL, "": nameless */
bool import_is_standard(const char *domain);
void import_call(struct importer *im, struct call *call); /* does it, or notes why not */
/* Marks the calls whose refusals stand in the way of the value, and returns how many there are in all. */
size_t import_mark_refusals(struct importer *im, struct value *const *wanted, size_t count);
bool import_report_refusals(struct importer *im, size_t count); /* false if there are some */

/* import_nodes.c: the operators of an ONNX model in turn. */
void import_run(struct importer *im);
/* The operators of a graph in turn: of the model, or of a branch. */
void import_run_graph(struct importer *im, const Onnx__GraphProto *graph);
/* import.c: a graph's initializers; false after reporting. How often tensors are read, in branches too. */
bool import_initializers(struct importer *im, const Onnx__GraphProto *graph);
void import_attributes(struct importer *im, struct call *call, const Onnx__NodeProto *node);

/* import_results.c */
struct import_result {
    struct node *node;
    const char *name;
    enum layout layout;
};
/* Is it an image whose channels lie last, in its node channels first? */
bool import_is_channels_last(const struct value *value);
/* Makes them the graph's outputs, drops what none of them needs, and finishes the graph. */
bool import_results(struct importer *im, const struct import_result *results, size_t count);
struct weights *import_weights(struct importer *im);

/* import_call.c: reading a call, and what comes of it. */
const struct attribute *call_attribute(const struct call *call, const char *name);
int64_t call_int(const struct call *call, const char *name, int64_t fallback);
double call_float(const struct call *call, const char *name, double fallback);
const char *call_string(const struct call *call, const char *name, const char *fallback);
bool call_ints(const struct call *call, const char *name, const int64_t **values, size_t *count);
/* The i-th input if it is there and a constant / a view. */
const struct constant *call_constant(const struct call *call, size_t i);
struct value *call_view(const struct call *call, size_t i);
bool call_has(const struct call *call, size_t i);
/* Does anything read a result after the first? */
bool call_wants_more(struct importer *im, const struct call *call);
/* Integers that stand in an attribute in old opsets and in an input in new ones. */
bool call_list(struct importer *im, const struct call *call, const char *attribute, size_t input, int64_t **values,
               size_t *count);
bool call_axis(struct importer *im, struct call *call, int64_t axis, int rank, int *result);
/* Remembers why the call cannot be done; returns false. */
bool refuse(struct importer *im, struct call *call, const char *format, ...) __attribute__((format(printf, 3, 4)));
void call_give(struct call *call, size_t output, struct value *value);
bool give(struct call *call, struct value *result); /* the first output; false for NULL */
void call_give_constant(struct importer *im, struct call *call, size_t output, const struct constant *constant);

/* import_graph.c: nodes of the graph. */
struct layer { /* a node that is about to be added */
    enum layer_kind kind;
    struct layer_args args;
    const struct constant *constants[ROLE_COUNT];
    bool literal; /* the constants stand in the text, whatever they are made of */
};
/* Adds a node and infers its shape; NULL after refusing the call. */
struct node *import_add(struct importer *im, struct call *call, const struct layer *layer, struct node *const *inputs,
                        size_t input_count);
struct node *import_add1(struct importer *im, struct call *call, const struct layer *layer, struct node *input);
/* Infers a node anew after a change of its arguments or constants. */
bool import_redo(struct importer *im, struct call *call, struct node *node, const struct layer *layer);
const char *import_node_name(struct importer *im, const struct call *call, const struct layer *layer);
/* The node's tensor is read through this value only, by one reader. */
bool import_private(struct importer *im, const struct value *value);
/* The node gets other numbers: the values that show it are outdated. */
void import_outdate(const struct value *value);
void import_finish(struct importer *im);        /* drops what nothing reads */
void import_absorb_scales(struct importer *im); /* after that: inputs take what scales them */

/* import_view.c */
struct value *view_new(struct importer *im, struct node *node, const struct dims *dims);    /* in flat order */
struct value *view_like(struct importer *im, const struct value *value, struct node *node); /* same axes and strides */
bool view_ordered(const struct value *value); /* flat order is the axes' order */
/* The node with the numbers in the axes' order, of any shape; NULL after refusing. */
struct node *view_order(struct importer *im, struct call *call, const struct value *value);
/* The same, of that shape. */
struct node *view_shaped(struct importer *im, struct call *call, const struct value *value, struct shape shape);
/* How an ONNX tensor of these dimensions lies in H x W x C by itself. */
struct shape natural_shape(const struct dims *dims);
/* The value with that axis as the channels of its node: node->shape.c == dims.at[axis], stride == H*W. */
struct value *view_channels(struct importer *im, struct call *call, const struct value *value, int axis);
/* The value with its axis as the rows of a node of shape (outer, n, inner): needs no transposing. */
struct node *view_rows(struct importer *im, struct call *call, const struct value *value, int axis, int64_t n);
struct value *view_reshape(struct importer *im, struct call *call, const struct value *value, const struct dims *dims);
struct value *view_transpose(struct importer *im, const struct value *value, const int *order);
/* Where an axis of the view is an axis of the node. */
bool view_node_axis(const struct value *value, int axis, enum axis *which);
/* The view's strides after one axis of its node became shorter or longer. */
void view_resize_axis(struct value *value, int axis, int64_t length);
/* The value after a layer that keeps the shape. */
struct value *apply(struct importer *im, struct call *call, const struct layer *layer, const struct value *value);

/* import_linear.c: y = M x along one axis; `matrix` is [out, in]. */
struct value *linear_axis(struct importer *im, struct call *call, const struct value *value, int axis,
                          const struct constant *matrix, const struct constant *bias, bool literal);
/* Results of one operator, image by image, for a batch of several. */
typedef struct node *image_function(struct importer *im, struct call *call, struct node *input, void *state);
struct value *for_each_image(struct importer *im, struct call *call, const struct value *value,
                             image_function *function, void *state);

/* import_merge.c */
struct value *merge_views(struct importer *im, struct call *call, enum layer_kind kind, struct value *const *values,
                          size_t count);
/* Is it trained, so that it can be a CONST? The value that shows one. */
bool constant_is_layer(const struct importer *im, const struct constant *constant);
struct value *constant_view(struct importer *im, struct call *call, const struct constant *constant);
/* w*x + b with constants that broadcast against x; NULL constants are left out. */
struct value *scale_view(struct importer *im, struct call *call, const struct value *value,
                         const struct constant *factor, const struct constant *offset);
struct value *scale_by(struct importer *im, struct call *call, const struct value *value, double factor, double offset);
struct value *view_with_rank(struct importer *im, const struct value *value, int rank); /* ones in front */
struct value *expand_view(struct importer *im, struct call *call, const struct value *value, const struct dims *dims);

/* import_slice.c */
struct value *slice_view(struct importer *im, struct call *call, const struct value *value, int axis, int64_t from,
                         int64_t to);
/* Every step-th element along an axis. */
struct value *thin_view(struct importer *im, struct call *call, const struct value *value, int axis, int64_t step,
                        int64_t count);
struct value *concat_views(struct importer *im, struct call *call, struct value *const *values, size_t count, int axis);
/* import_shape.c */
struct value *pad_axis(struct importer *im, struct call *call, const struct value *x, int axis, int64_t before,
                       int64_t after, double number);
struct value *flip_view(struct importer *im, struct call *call, const struct value *value, int axis);

/* import_norm.c: (x - mean)/sqrt(variance + eps) over the marked axes. */
struct value *normalise_axes(struct importer *im, struct call *call, const struct value *x, const bool *over,
                             double eps);
/* import_pool.c: the mean over the marked axes, each of which stays with one number. */
struct value *mean_over(struct importer *im, struct call *call, const struct value *x, const bool *over);
/* Along the marked axes; kept ones have one number. */
struct value *reduce_axes(struct importer *im, struct call *call, const struct value *x, const bool *reduced, bool keep,
                          enum reducing how);
/* Where the largest number along an axis is. */
struct value *place_of_largest(struct importer *im, struct call *call, const struct value *x, int axis, bool keep);
/* The axes that a reduction names. */
bool reduced_axes(struct importer *im, struct call *call, const struct value *x, bool *reduced);

/* import_quantised.c: results and constants of integers. A view of the type int8 or uint8 whose node has a meaning
 * stands for what its integers mean; one whose node has none, and one of int32, for the integers themselves, as
 * floats. */
bool import_type_is_quantised(int type); /* int8 or uint8 */
/* Operators that know what to do with integers. */
bool import_takes_integers(const struct call *call);
/* Scale and zero point at inputs i and i + 1, for a tensor of that type; false after refusing. */
bool import_meaning_of(struct importer *im, struct call *call, size_t i, int type, struct import_meaning *meaning);
/* The type of the tensor whose scale and zero point are inputs i and i + 1: its zero point's. */
int import_type_at(const struct call *call, size_t i);
/* What a tensor's integers mean, as floats; NULL after refusing. The axis is that of scales, if there are several. */
struct value *import_dequantised(struct importer *im, struct call *call, struct value *x, size_t scale, int64_t axis);
struct value *import_quantised(struct importer *im, struct call *call, struct value *x, int type,
                               struct import_meaning meaning);
/* import_nodes.c: is the tensor read by QuantizeLinear alone, with one scale and zero point? */
bool import_only_quantised(struct importer *im, const char *name);
/* The result of an operator on integers has the type and the meaning of its input. */
bool import_keeps_integers(struct importer *im, struct call *call);
/* import_integers.c: the tensors of a quantised network. */
struct weights *import_integers_of(struct importer *im);

/* import_qlinear.c: steps that one operator consists of. */
struct value *import_step(struct importer *im, struct call *call, const char *type, struct value *const *inputs,
                          size_t count);

/* import_types.c: numbers that are not floats, and are computed as such. Does the operator take a tensor of that
 * type? */
bool import_takes_type(const struct call *call, int type);
/* Notes the types of the results, once the operator was done. */
void import_note_types(struct call *call);
/* Whole numbers, cut off towards 0. */
struct value *whole_view(struct importer *im, struct call *call, const struct value *x);
/* 1 where x is not 0, else 0. */
struct value *truth_view(struct importer *im, struct call *call, const struct value *x);

/* import_compare.c */
/* The constant as a tensor of its own dimensions, which is made of one that is there. */
struct value *constant_like(struct importer *im, struct call *call, const struct value *any,
                            const struct constant *constant);
struct value *constant_value_of(struct importer *im, const struct constant *constant); /* NULL for NULL */
/* A constant of one number, or 0, 1, 2, ... along the only axis that is longer than 1; NULL after refusing. */
const struct constant *one_number(struct importer *im, struct call *call, double number);
const struct constant *counting(struct importer *im, struct call *call, int rank, int axis, int64_t n);
/* a where the condition is not 0, else b; each may be a constant. */
struct value *choose_view(struct importer *im, struct call *call, struct value *condition, struct value *a,
                          struct value *b);
/* LAYER_LESS, LAYER_GREATER or LAYER_EQUAL with a number. */
struct value *compare_number(struct importer *im, struct call *call, enum layer_kind kind, const struct value *x,
                             double number);
/* import_place.c: 1 at the place that the index has along an axis of n, else 0; the axis has one number before. */
struct value *one_hot_view(struct importer *im, struct call *call, const struct value *index, int axis, int64_t n);
/* Places along an axis of n, of which those below 0 count from the end. */
struct value *counted_from_end(struct importer *im, struct call *call, struct value *index, int64_t n);
/* import_shape.c: result i is element picks[i] of the axis. */
struct value *pick_axis(struct importer *im, struct call *call, const struct value *value, int axis,
                        const int64_t *picks, int64_t count);

/* import_gather.c: operators that pick elements by constant indices. Which element of the input each of the result
 * is; false after refusing. */
struct picks {
    struct dims dims;
    int64_t count, *at;
};
bool call_picks(struct importer *im, struct call *call, const struct dims *dims, struct picks *picks);
bool call_is_picking(const struct call *call);
/* import_fold_make.c: constants that are made of a shape or a size alone. */
bool fold_made(struct importer *im, struct call *call);

/* import_match.c: patterns that end in this call; true if it was done. */
bool import_match(struct importer *im, struct call *call);

/* The operators: false after refusing. */
typedef bool import_function(struct importer *im, struct call *call);
import_function op_conv, op_conv_transpose, op_gemm, op_matmul;
import_function op_max_pool, op_average_pool, op_lp_pool, op_global_pool, op_reduce;
import_function op_batch_norm, op_instance_norm, op_layer_norm, op_group_norm, op_lrn, op_mean_variance, op_rms_norm;
import_function op_activation, op_clip, op_prelu, op_softmax, op_hard_sigmoid, op_celu, op_selu, op_dropout,
    op_identity, op_cast, op_pow, op_neg, op_swish;
import_function op_compare, op_not, op_and, op_or, op_xor, op_where, op_is_nan, op_is_inf, op_mod, op_bit_shift;
import_function op_argmax, op_hardmax, op_one_hot, op_topk, op_cumsum, op_trilu, op_lp_norm;
import_function op_pick, op_scatter, op_cross_entropy, op_cast_like, op_recurrent;
import_function op_add, op_sub, op_mul, op_div, op_max, op_min, op_mean, op_expand;
import_function op_concat, op_reshape, op_flatten, op_squeeze, op_unsqueeze, op_transpose, op_pad, op_slice, op_split,
    op_gather, op_tile, op_resize, op_depth_to_space, op_space_to_depth, op_if;
import_function op_quantize, op_dequantize, op_dynamic_quantize, op_qlinear_conv, op_qlinear_matmul, op_qlinear,
    op_conv_integer, op_matmul_integer, op_qgemm;

#endif
