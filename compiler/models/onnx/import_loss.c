/* Losses as results of a network: NegativeLogLikelihoodLoss and SoftmaxCrossEntropyLoss. A class that is given becomes
 * a mark among zeros, times the weight of its class; sums of products with it are the loss. */
#include <string.h>

#include "import.h"

/* The constant weight of each class, [C], with 0 for one that is ignored; NULL after refusing. */
static const struct constant *class_weights(struct importer *im, struct call *call, int64_t classes)
{
    const struct constant *given = call_constant(call, 2);
    struct constant *weights = constant_new(im, ONNX_FLOAT, (struct dims){1, {classes}});
    if ((call_has(call, 2) && dims_count(&call->inputs[2]->dims) != classes) || !weights) {
        refuse(im, call, "its weights are not one a class");
        return NULL;
    }
    for (int64_t i = 0; i < classes; i++)
        constant_numbers(weights)[i] = given ? constant_at(given, i) : 1;
    const int64_t ignored = call_int(call, "ignore_index", -1);
    if (call_attribute(call, "ignore_index") && ignored >= 0 && ignored < classes)
        constant_numbers(weights)[ignored] = 0;
    return weights;
}

/* The constant along the axis of classes, which comes second. */
static const struct constant *along_classes(struct importer *im, const struct constant *weights, int rank)
{
    struct dims dims = {.rank = rank - 1};
    for (int i = 0; i < dims.rank; i++)
        dims.at[i] = i ? 1 : weights->count;
    return constant_as(im, weights, dims);
}

/* Of constant classes: a constant of the scores' dimensions. */
static struct value *constant_marks(struct importer *im, struct call *call, const struct dims *dims,
                                    const struct constant *classes, const struct constant *weights)
{
    const bool ignores = call_attribute(call, "ignore_index") != NULL;
    const int64_t ignored = call_int(call, "ignore_index", 0), count = dims->at[1];
    int64_t inner = 1;
    struct constant *marks = constant_new(im, ONNX_FLOAT, *dims);
    for (int i = 2; i < dims->rank; i++)
        inner *= dims->at[i];
    if (!marks || classes->count != marks->count / count) {
        refuse(im, call, "its classes %s do not fit %s", dims_words(im->arena, &classes->dims),
               dims_words(im->arena, dims));
        return NULL;
    }
    for (int64_t i = 0; i < classes->count; i++) {
        const int64_t class = constant_int(classes, i), image = i / inner;
        if (ignores && class == ignored)
            continue;
        if (class < 0 || class >= count) {
            refuse(im, call, "class %lld of %lld", (long long)class, (long long)count);
            return NULL;
        }
        constant_numbers(marks)[(image * count + class) * inner + i % inner] = constant_at(weights, class);
    }
    return constant_value_of(im, marks);
}

/* Times weights that the network computes. */
static struct value *weighted(struct importer *im, struct call *call, struct value *marks)
{
    struct value *weights = call_view(call, 2);
    struct dims along = marks->dims;
    if (!weights)
        return marks;
    for (int i = 0; i < along.rank; i++)
        along.at[i] = i == 1 ? along.at[i] : 1;
    weights = view_reshape(im, call, weights, &along);
    if (!weights || marks->kind == VALUE_CONSTANT)
        return weights ? scale_view(im, call, weights, marks->constant, NULL) : NULL;
    return merge_views(im, call, LAYER_MUL, (struct value *[]){marks, weights}, 2);
}

static struct value *marks_of(struct importer *im, struct call *call, const struct dims *dims,
                              const struct constant *weights)
{
    struct value *classes = call->inputs[1];
    if (classes->kind == VALUE_CONSTANT)
        return constant_marks(im, call, dims, classes->constant, weights);
    struct dims along = *dims;
    along.at[1] = 1;
    if (dims_count(&along) != dims_count(&classes->dims)) {
        refuse(im, call, "its classes %s do not fit %s", dims_words(im->arena, &classes->dims),
               dims_words(im->arena, dims));
        return NULL;
    }
    struct value *index = view_reshape(im, call, classes, &along);
    struct value *marks = index ? one_hot_view(im, call, index, 1, dims->at[1]) : NULL;
    return marks ? scale_view(im, call, marks, along_classes(im, weights, dims->rank), NULL) : NULL;
}

/* The sum along the marked axes, which go. */
static struct value *sum_over(struct importer *im, struct call *call, const struct value *x, const bool *reduced)
{
    bool any = false;
    for (int i = 0; i < x->dims.rank; i++)
        any = any || (reduced[i] && x->dims.at[i] > 1);
    struct dims dims = {.rank = 0};
    for (int i = 0; i < x->dims.rank; i++)
        if (!reduced[i])
            dims.at[dims.rank++] = x->dims.at[i];
    return any ? reduce_axes(im, call, x, reduced, false, REDUCING_SUM) : view_reshape(im, call, x, &dims);
}

static double total(const struct constant *numbers)
{
    double sum = 0;
    for (int64_t i = 0; i < numbers->count; i++)
        sum += constant_at(numbers, i);
    return sum;
}

/* -(sum of marks*scores), over classes or all; a mean divides by the sum of the marks. */
static bool give_loss(struct importer *im, struct call *call, struct value *scores, struct value *marks)
{
    const char *reduction = call_string(call, "reduction", "mean");
    const bool none = strcmp(reduction, "none") == 0, mean = strcmp(reduction, "mean") == 0;
    bool reduced[IMPORT_MAX_RANK] = {false};
    if (!none && !mean && strcmp(reduction, "sum") != 0)
        return refuse(im, call, "reduction=%s", reduction);
    for (int i = 0; i < scores->dims.rank; i++)
        reduced[i] = i == 1 || !none;
    struct value *products = marks->kind == VALUE_CONSTANT
                                 ? scale_view(im, call, scores, marks->constant, NULL)
                                 : merge_views(im, call, LAYER_MUL, (struct value *[]){scores, marks}, 2);
    struct value *sum = products ? sum_over(im, call, products, reduced) : NULL;
    if (!sum || !mean)
        return give(call, sum ? scale_by(im, call, sum, -1, 0) : NULL);
    if (marks->kind == VALUE_CONSTANT) {
        const double weight = total(marks->constant);
        return weight != 0 ? give(call, scale_by(im, call, sum, -1 / weight, 0))
                           : refuse(im, call, "all its classes are ignored");
    }
    struct value *weight = sum_over(im, call, marks, reduced);
    sum = scale_by(im, call, sum, -1, 0);
    return give(call, sum && weight ? merge_views(im, call, LAYER_DIV, (struct value *[]){sum, weight}, 2) : NULL);
}

bool op_cross_entropy(struct importer *im, struct call *call)
{
    const struct layer logarithms = {.kind = LAYER_LOGSOFTMAX};
    struct value *scores = call_view(call, 0);
    if (!scores || scores->dims.rank < 2 || !call_has(call, 1))
        return refuse(im, call, "its scores are constants, or have less than two dimensions");
    if (strcmp(call->type, "SoftmaxCrossEntropyLoss") == 0) {
        scores = view_channels(im, call, scores, 1);
        scores = scores ? apply(im, call, &logarithms, scores) : NULL;
        if (scores && call->output_count > 1)
            call_give(call, 1, scores);
    }
    const struct constant *weights = scores ? class_weights(im, call, scores->dims.at[1]) : NULL;
    struct value *marks = weights ? marks_of(im, call, &scores->dims, weights) : NULL;
    marks = marks ? weighted(im, call, marks) : NULL;
    return marks && give_loss(im, call, scores, marks);
}
