/* Convolutions and products with constant weights. Kernels are stored as filters x rows x columns x channels, those of
 * depthwise convolutions as 1 x rows x columns x filters. */
#include <string.h>

#include "models/tflite/convert.h"

static const int64_t filters_first[] = {0, 3, 1, 2}, filters_last[] = {3, 0, 1, 2};

static bool set_window(struct convert *c, struct call *step, int dilation_w)
{
    const int64_t padding = tfl_option(c, WINDOW_PADDING, 1, PADDING_SAME);
    const int64_t strides[] = {tfl_option(c, WINDOW_STRIDE_H, 4, 0), tfl_option(c, WINDOW_STRIDE_W, 4, 0)};
    if (strides[0] < 1 || strides[1] < 1)
        return tfl_refuse(c, "its strides are %lldx%lld", (long long)strides[0], (long long)strides[1]);
    if (padding != PADDING_SAME && padding != PADDING_VALID)
        return tfl_refuse(c, "its padding has the code %lld", (long long)padding);
    tfl_set_ints(c, step, "strides", strides, 2);
    tfl_set_string(c, step, "auto_pad", padding == PADDING_SAME ? "SAME_UPPER" : "VALID");
    if (dilation_w) {
        const int64_t dilations[] = {tfl_option(c, dilation_w + 1, 4, 1), tfl_option(c, dilation_w, 4, 1)};
        tfl_set_ints(c, step, "dilations", dilations, 2);
    }
    return true;
}

/* Input 1 with the axes in another order. */
static struct value *kernels(struct convert *c, const int64_t *order)
{
    const struct constant *kernel = tfl_constant(c, 1);
    tfl_train(c, 1);
    if (!kernel || kernel->dims.rank != 4) {
        tfl_refuse(c, "its weights are not a constant of 4 dimensions");
        return NULL;
    }
    return tfl_transposed(c, c->call->inputs[1], order);
}

/* The product of a view, turned kernels and the bias at input `bias`. */
static struct call *product(struct convert *c, const char *type, struct value *x, struct value *kernel, size_t bias)
{
    struct value *inputs[] = {x, kernel, NULL};
    const bool has_bias = call_has(c->call, bias);
    if (!x || !kernel)
        return NULL;
    if (has_bias && !tfl_constant(c, bias)) {
        tfl_refuse(c, "its bias is not a constant");
        return NULL;
    }
    tfl_train(c, bias);
    inputs[2] = has_bias ? c->call->inputs[bias] : NULL;
    return tfl_step(c, type, inputs, has_bias ? 3 : 2);
}

bool tfl_conv(struct convert *c)
{
    struct value *x = tfl_first(c, tfl_view(c, 0)), *kernel = kernels(c, filters_first);
    struct call *step = product(c, "Conv", x, kernel, 2);
    if (!step)
        return false;
    const int64_t channels = x->dims.at[1], read = kernel->dims.at[1];
    if (read < 1 || channels % read)
        return tfl_refuse(c, "kernels of %lld channels for an input of %lld", (long long)read, (long long)channels);
    tfl_set_int(c, step, "group", channels / read);
    return tfl_check_weights(c, 0, 2, 0, kernel->dims.at[0]) && set_window(c, step, CONV_DILATION_W) &&
           tfl_give_activated(c, tfl_last(c, tfl_note_weights(c, tfl_do(c, step))),
                              tfl_option(c, CONV_ACTIVATION, 1, FUSED_NONE));
}

bool tfl_depthwise(struct convert *c)
{
    struct value *x = tfl_first(c, tfl_view(c, 0)), *kernel = kernels(c, filters_last);
    struct call *step = product(c, "Conv", x, kernel, 2);
    if (!step)
        return false;
    const int64_t channels = x->dims.at[1], filters = kernel->dims.at[0];
    if (kernel->dims.at[1] != 1 || filters % channels)
        return tfl_refuse(c, "%lld filters for an input of %lld channels", (long long)filters, (long long)channels);
    tfl_set_int(c, step, "group", channels);
    return tfl_check_weights(c, 0, 2, 3, filters) && set_window(c, step, DEPTHWISE_DILATION_W) &&
           tfl_give_activated(c, tfl_last(c, tfl_note_weights(c, tfl_do(c, step))),
                              tfl_option(c, DEPTHWISE_ACTIVATION, 1, FUSED_NONE));
}

/* One axis: what ONNX's operator pads so that the result has the length that the file says. */
static void transposed_pads(int64_t in, int64_t out, int64_t window, int64_t stride, int64_t *before, int64_t *after,
                            int64_t *more)
{
    const int64_t total = stride * (in - 1) + window - out;
    *before = total > 0 ? total / 2 : 0;
    *after = total > 0 ? total - *before : 0;
    *more = total < 0 ? -total : 0;
}

bool tfl_transpose_conv(struct convert *c)
{
    struct value *x = tfl_first(c, tfl_view(c, 2)), *kernel = kernels(c, filters_last);
    int64_t sizes[4], pads[4], more[2];
    size_t count;
    struct call *step = product(c, "ConvTranspose", x, kernel, 3);
    if (!step || !tfl_integers(c, 0, "sizes", sizes, &count, 4))
        return false;
    const int64_t strides[] = {tfl_option(c, WINDOW_STRIDE_H, 4, 0), tfl_option(c, WINDOW_STRIDE_W, 4, 0)};
    for (int i = 0; i < 2; i++) {
        if (count != 4 || strides[i] < 1 || strides[i] > LIMIT_ELEMENTS || sizes[1 + i] < 1 ||
            sizes[1 + i] > LIMIT_ELEMENTS)
            return tfl_refuse(c, "its sizes or strides are not valid");
        transposed_pads(x->dims.at[2 + i], sizes[1 + i], kernel->dims.at[2 + i], strides[i], &pads[i], &pads[2 + i],
                        &more[i]);
    }
    tfl_set_ints(c, step, "strides", strides, 2);
    tfl_set_ints(c, step, "pads", pads, 4);
    tfl_set_ints(c, step, "output_padding", more, 2);
    return tfl_check_weights(c, 2, 3, 0, kernel->dims.at[1]) &&
           tfl_give_activated(c, tfl_last(c, tfl_note_weights(c, tfl_do(c, step))),
                              tfl_option(c, TRANSPOSED_ACTIVATION, 1, FUSED_NONE));
}

/* ---- FULLY_CONNECTED ---- */

/* Axes longer than one in the order of memory; false if they do not fill it. */
static bool memory_order(const struct value *x, int *order)
{
    int count = 0;
    int64_t step = 1;
    for (int i = 0; i < x->dims.rank; i++)
        order[i] = i;
    for (int i = 1; i < x->dims.rank; i++)
        for (int k = i; k > 0; k--) {
            const int a = order[k - 1], b = order[k];
            if (x->dims.at[b] == 1 || (x->dims.at[a] > 1 && x->stride[a] >= x->stride[b]))
                break;
            order[k - 1] = b;
            order[k] = a;
        }
    for (count = x->dims.rank; count-- > 0;) {
        const int axis = order[count];
        if (x->dims.at[axis] > 1 && x->stride[axis] != step)
            return false;
        step *= x->dims.at[axis];
    }
    return true;
}

/* The matrix with its columns in the order in which the view's numbers lie in memory. */
static struct value *columns_in_memory_order(struct convert *c, struct value *matrix, const struct value *x)
{
    int order[IMPORT_MAX_RANK];
    int64_t axes[IMPORT_MAX_RANK] = {0};
    struct dims apart = {.rank = x->dims.rank + 1, .at = {matrix->dims.at[0]}};
    if (x->dims.rank + 1 > IMPORT_MAX_RANK || !memory_order(x, order)) {
        tfl_refuse(c, "its input lies in memory in an order that is not supported");
        return NULL;
    }
    for (int i = 0; i < x->dims.rank; i++) {
        apart.at[1 + i] = x->dims.at[i];
        axes[1 + i] = order[i] + 1;
    }
    struct value *turned = tfl_transposed(c, tfl_reshaped(c, matrix, &apart), axes);
    return tfl_reshaped(c, turned, &matrix->dims);
}

/* All of the input's numbers: as they lie in memory, where turning the weights makes that possible. */
static struct value *dense_whole(struct convert *c, struct value *x, struct value *matrix)
{
    const size_t tensor = tfl_input(c, 0);
    const struct value *from = tensor != SIZE_MAX && c->before[tensor] ? c->before[tensor] : x;
    struct value *flat = ARENA_NEW(c->im->arena, struct value);
    *flat = *view_new(c->im, from->node, &(struct dims){2, {1, matrix->dims.at[1]}});
    flat->name = x->name;
    flat->maker = c->call;
    if (!view_ordered(from))
        matrix = columns_in_memory_order(c, matrix, from);
    struct call *step = product(c, "Gemm", flat, matrix, 2);
    if (!step)
        return NULL;
    tfl_set_int(c, step, "transB", 1);
    return tfl_note_weights(c, tfl_do(c, step));
}

/* Row by row: along the last axis. */
static struct value *dense_rows(struct convert *c, struct value *x, struct value *matrix, int64_t rows)
{
    static const int64_t swap[] = {1, 0};
    const struct dims flat = {2, {rows, matrix->dims.at[1]}};
    if (x->dims.at[x->dims.rank - 1] != matrix->dims.at[1])
        x = tfl_reshaped(c, x, &flat);
    struct value *inputs[] = {x, tfl_transposed(c, matrix, swap)};
    if (!x || !inputs[1])
        return NULL;
    struct value *result = tfl_do(c, tfl_step(c, "MatMul", inputs, 2));
    if (!result || !call_has(c->call, 2))
        return result;
    struct value *terms[] = {result, tfl_value(c, 2)};
    return tfl_do(c, tfl_step(c, "Add", terms, 2));
}

bool tfl_fully_connected(struct convert *c)
{
    struct value *x = tfl_view(c, 0);
    const struct constant *matrix = tfl_constant(c, 1);
    if (!x)
        return false;
    tfl_train(c, 1);
    tfl_train(c, 2);
    if (!matrix || matrix->dims.rank != 2 || matrix->count == 0)
        return tfl_refuse(c, "its weights are not a constant matrix");
    if (tfl_option(c, DENSE_WEIGHTS_FORMAT, 1, 0))
        return tfl_refuse(c, "its weights are shuffled");
    const int64_t width = matrix->dims.at[1], total = dims_count(&x->dims);
    if (total % width || x->dims.rank == 0)
        return tfl_refuse(c, "a matrix %s does not fit %s", dims_words(c->im->arena, &matrix->dims),
                          dims_words(c->im->arena, &x->dims));
    if (!tfl_check_weights(c, 0, 2, 0, matrix->dims.at[0]))
        return false;
    if (total != width && c->integers)
        return tfl_refuse(c, "it has %lld rows, which is not supported in integers yet", (long long)(total / width));
    struct value *result = total == width ? dense_whole(c, x, c->call->inputs[1])
                                          : dense_rows(c, x, c->call->inputs[1], total / width);
    struct dims dims = {2, {total / width, matrix->dims.at[0]}};
    if (tfl_option(c, DENSE_KEEP_DIMS, 1, 0)) {
        dims = x->dims;
        dims.at[dims.rank - 1] = matrix->dims.at[0];
    }
    result = tfl_reshaped(c, result, &dims);
    return tfl_give_activated(c, result, tfl_option(c, DENSE_ACTIVATION, 1, FUSED_NONE));
}

static struct value *maybe_turned(struct convert *c, size_t i, int option)
{
    struct value *x = tfl_value(c, i);
    int64_t order[IMPORT_MAX_RANK];
    if (!x || !tfl_option(c, option, 1, 0) || x->dims.rank < 2)
        return x;
    const int rank = x->dims.rank;
    for (int k = 0; k < rank; k++)
        order[k] = k == rank - 2 ? rank - 1 : k == rank - 1 ? rank - 2 : k;
    return tfl_transposed(c, x, order);
}

bool tfl_batch_matmul(struct convert *c)
{
    struct value *factors[] = {maybe_turned(c, 0, PRODUCT_TURN_X), maybe_turned(c, 1, PRODUCT_TURN_Y)};
    return tfl_give(c, 0, tfl_do(c, tfl_step(c, "MatMul", factors, 2)));
}
