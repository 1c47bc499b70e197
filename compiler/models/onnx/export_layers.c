/* The table of export rules, and those of layers that compute nothing: ends, reordering, cutting, padding,
 * enlarging. The others are in the files of their families. */
#include "export.h"
#include "fields.h"

static const char *const END = NULL;

void export_input(struct builder *b)
{
    static const int64_t to_chw[] = {0, 3, 1, 2};
    const struct node *node = b->node;
    const char *tensor = b->tensors[node->id];
    if (node->element == ELEMENT_S8)
        tensor = onnx_from_integers(b, tensor);
    int64_t dims[] = {node->shape.c, 1, 1};
    if (node->element == ELEMENT_U8) {
        struct attributes a = onnx_attributes(b);
        attribute_int(&a, "to", 1);
        tensor = onnx_op(b, "Cast", &a, tensor, END);
    }
    if (node->args.layout == LAYOUT_HWC)
        tensor = onnx_transpose(b, tensor, to_chw, 4);
    if (node->args.mean)
        tensor = onnx_op(b, "Sub", NULL, tensor, onnx_floats(b, node->args.mean, dims, 3), END);
    if (node->args.scale)
        onnx_op(b, "Mul", NULL, tensor, onnx_floats(b, node->args.scale, dims, 3), END);
}

/* The initializer itself, as an image: it takes no operator. */
void export_const(struct builder *b)
{
    const struct shape shape = b->node->shape;
    const int64_t dims[] = {1, shape.c, shape.h, shape.w};
    b->tensors[b->node->id] = onnx_weight(b, ROLE_WEIGHT, dims, 4);
}

void export_output(struct builder *b)
{
    static const int64_t to_hwc[] = {0, 2, 3, 1};
    if (b->node->args.layout == LAYOUT_HWC)
        onnx_transpose(b, onnx_input4(b, 0), to_hwc, 4);
    else
        onnx_unary(b, "Identity", onnx_any_input(b));
}

void export_dropout(struct builder *b)
{
    onnx_with_scalar(b, "Dropout", onnx_any_input(b), b->node->args.rate);
}

void export_flatten(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "axis", 1);
    onnx_op(b, "Flatten", &a, b->tensors[b->node->inputs[0]->id], END);
    b->ranks[b->node->id] = 2;
}

void export_shuffle(struct builder *b)
{
    static const int64_t swap[] = {0, 2, 1, 3, 4};
    const struct shape shape = b->node->shape;
    const int64_t groups = b->node->args.groups;
    const int64_t split[] = {1, groups, shape.c / groups, shape.h, shape.w}, full[] = {1, shape.c, shape.h, shape.w};
    onnx_reshape(b, onnx_transpose(b, onnx_reshape(b, onnx_input4(b, 0), split, 5), swap, 5), full, 4);
}

void export_upsample(struct builder *b)
{
    static const int64_t four[] = {4};
    const struct layer_args *args = &b->node->args;
    const bool nearest = args->mode == UPSAMPLE_NEAREST;
    const double scales[] = {1, 1, (double)args->factor.h, (double)args->factor.w};
    struct attributes a = onnx_attributes(b);
    attribute_string(&a, "mode", nearest ? "nearest" : "linear");
    attribute_string(&a, "coordinate_transformation_mode",
                     nearest       ? "asymmetric"
                     : args->align ? "align_corners"
                                   : "half_pixel");
    attribute_string(&a, "nearest_mode", "floor");
    const char *x = onnx_input4(b, 0);
    onnx_op(b, "Resize", &a, x, "", onnx_floats(b, scales, four, 1), END);
}

void export_pad(struct builder *b)
{
    const struct layer_args *args = &b->node->args;
    const int64_t pads[] = {0, args->pad_c_front, args->pad.top,    args->pad.left,
                            0, args->pad_c_back,  args->pad.bottom, args->pad.right};
    const char *x = onnx_input4(b, 0);
    const char *amounts = onnx_ints(b, pads, 8);
    onnx_op(b, "Pad", NULL, x, amounts, onnx_scalar(b, args->value), END);
}

static void slice_to(struct builder *b, const int64_t *from, const int64_t *to, const int64_t *axes, size_t count)
{
    const char *x = onnx_input4(b, 0), *starts = onnx_ints(b, from, count), *ends = onnx_ints(b, to, count);
    onnx_op(b, "Slice", NULL, x, starts, ends, onnx_ints(b, axes, count), END);
}

void export_crop(struct builder *b)
{
    static const int64_t axes[] = {2, 3};
    const struct padding *pad = &b->node->args.pad;
    const int64_t from[] = {pad->top, pad->left};
    const int64_t to[] = {pad->top + b->node->shape.h, pad->left + b->node->shape.w};
    slice_to(b, from, to, axes, 2);
}

void export_slice(struct builder *b)
{
    const struct layer_args *args = &b->node->args;
    const int64_t axis = args->axis == AXIS_C ? 1 : args->axis == AXIS_H ? 2 : 3;
    slice_to(b, &args->from, &args->to, &axis, 1);
}

void export_reduce(struct builder *b)
{
    static const char *const types[REDUCING_COUNT] = {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin",
                                                      "ReduceProd", "ReduceL1",  "ReduceL2",  "ReduceLogSumExp"};
    static const int64_t axes[] = {1, 2, 3};
    static const struct {
        size_t first, count;
    } of[] = {[OVER_C] = {0, 1}, [OVER_H] = {1, 1}, [OVER_W] = {2, 1}, [OVER_HW] = {1, 2}, [OVER_CHW] = {0, 3}};
    const struct layer_args *args = &b->node->args;
    const int64_t *first = axes + of[args->over].first;
    const size_t count = of[args->over].count;
    const char *x = onnx_input4(b, 0), *type = types[args->reducing];
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "keepdims", 1);
    if (args->reducing == REDUCING_SUM) { /* whose axes are an input before those of the others */
        onnx_op(b, type, &a, x, onnx_ints(b, first, count), END);
        return;
    }
    attribute_ints(&a, "axes", first, count);
    onnx_op(b, type, &a, x, END);
}

/* ONNX's are of int64; those for the caller become integers again (compose_outputs). */
void export_argmax(struct builder *b)
{
    struct attributes a = onnx_attributes(b);
    const char *x = onnx_input4(b, 0);
    attribute_int(&a, "axis", b->node->args.over == OVER_C ? 1 : b->node->args.over == OVER_H ? 2 : 3);
    attribute_int(&a, "keepdims", 1);
    onnx_cast(b, onnx_op(b, b->type, &a, x, END), TYPE_FLOAT);
}

void export_maxout(struct builder *b)
{
    static const int64_t axis[] = {2};
    const struct shape shape = b->node->shape;
    const int64_t split[] = {1, shape.c, b->node->args.pieces, shape.h, shape.w};
    const char *x = onnx_reshape(b, onnx_input4(b, 0), split, 5);
    struct attributes a = onnx_attributes(b);
    attribute_int(&a, "keepdims", 0);
    attribute_ints(&a, "axes", axis, 1);
    onnx_op(b, "ReduceMax", &a, x, END);
}

void export_reshape(struct builder *b)
{
    const struct shape shape = b->node->shape;
    const int64_t dims[] = {1, shape.c, shape.h, shape.w};
    onnx_reshape(b, b->tensors[b->node->inputs[0]->id], dims, 4);
}

void export_transpose(struct builder *b)
{
    static const int64_t places[] = {[AXIS_C] = 1, [AXIS_H] = 2, [AXIS_W] = 3};
    const enum axis *axes = b->node->args.axes; /* of h, w, c */
    const int64_t order[] = {0, places[axes[2]], places[axes[0]], places[axes[1]]};
    onnx_transpose(b, onnx_input4(b, 0), order, 4);
}

/* clang-format off */
static const struct {
    const char *type;
    export_rule *rule;
} exports[LAYER_COUNT] = {
#define export_none NULL
#define ONNX(type, name) {type, export_##name}
#define LAYER(keyword, family, arguments, text, shape, operation, onnx) [LAYER_##keyword] = onnx,
#include "layers.def"
#undef LAYER
#define MERGE(keyword, text, shape, operation, onnx) [LAYER_##keyword] = onnx,
#include "merges.def"
#undef MERGE
#undef ONNX
#undef export_none
};
/* clang-format on */

bool export_layer(struct builder *b)
{
    b->operators.count = 0;
    b->constant_count = 0;
    b->ranks[b->node->id] = 4;
    b->type = exports[b->node->kind].type;
    if (!exports[b->node->kind].rule)
        return false;
    if (onnx_is_folded(b))
        onnx_any_input(b);
    else
        exports[b->node->kind].rule(b);
    return true;
}
