/* Convolutions and matrix products with constants. */
#include <string.h>

#include "import_window.h"

struct value *for_each_image(struct importer *im, struct call *call, const struct value *value,
                             image_function *function, void *state)
{
    const int rank = value->dims.rank;
    const int64_t images = value->dims.at[0];
    struct node *results[IMPORT_MAX_IMAGES] = {NULL};
    if (rank < 3 || rank > 4 || images > IMPORT_MAX_IMAGES) {
        refuse(im, call, "its input %s is not one of at most %d images", dims_words(im->arena, &value->dims),
               IMPORT_MAX_IMAGES);
        return NULL;
    }
    const int64_t channels = value->dims.at[1];
    const struct shape all = {value->dims.at[2], rank == 4 ? value->dims.at[3] : 1, images * channels};
    struct node *input = view_shaped(im, call, value, all);
    for (int64_t i = 0; input && i < images; i++) {
        struct layer slice = {.kind = LAYER_SLICE};
        slice.args.from = i * channels;
        slice.args.to = (i + 1) * channels;
        struct node *image = images == 1 ? input : import_add1(im, call, &slice, input);
        results[i] = image ? function(im, call, image, state) : NULL;
        if (!results[i])
            return NULL;
    }
    const struct layer concat = {.kind = LAYER_CONCAT};
    struct node *result = images == 1 ? results[0] : import_add(im, call, &concat, results, (size_t)images);
    if (!input || !result)
        return NULL;
    const struct dims dims = image_dims(rank, images, result->shape);
    return view_new(im, result, &dims);
}

/* Zeros that an operator of their own adds before a convolution become its padding. */
static struct node *absorb_pad(struct node *input, struct layer_args *args)
{
    const struct layer_args *pad = &input->args;
    if (input->kind != LAYER_PAD || pad->value != 0 || pad->pad_c_front || pad->pad_c_back)
        return input;
    args->pad.top += pad->pad.top;
    args->pad.left += pad->pad.left;
    args->pad.bottom += pad->pad.bottom;
    args->pad.right += pad->pad.right;
    return input->inputs[0];
}

static struct node *add_conv(struct importer *im, struct call *call, struct node *input, void *state)
{
    struct layer layer = *(const struct layer *)state;
    if (layer.kind != LAYER_DECONV)
        input = absorb_pad(input, &layer.args);
    return import_add1(im, call, &layer, input);
}

static struct matrix *connections(struct importer *im, const struct constant *mask)
{
    const int64_t filters = mask->dims.at[0], maps = mask->dims.at[1];
    double *entries = ARENA_ARRAY(im->arena, double, (size_t)mask->count + 1);
    for (int64_t k = 0; k < filters; k++)
        for (int64_t c = 0; c < maps; c++)
            entries[c * filters + k] = constant_at(mask, k * maps + c);
    struct matrix *matrix = ARENA_NEW(im->arena, struct matrix);
    *matrix = (struct matrix){maps, filters, entries};
    return matrix;
}

/* What Conv and ConvTranspose share: a view, constant kernels of the same rank, a constant bias. */
static bool conv_inputs(struct importer *im, struct call *call, struct layer *layer)
{
    const struct value *x = call_view(call, 0);
    const struct constant *kernel = call_constant(call, 1);
    if (!x || !kernel || (call_has(call, 2) && !call_constant(call, 2)))
        return refuse(im, call, "its weights are not constants");
    if (kernel->dims.rank != x->dims.rank || kernel->count == 0)
        return refuse(im, call, "kernels %s do not fit the input %s", dims_words(im->arena, &kernel->dims),
                      dims_words(im->arena, &x->dims));
    layer->args.groups = call_int(call, "group", 1);
    const int64_t *shape;
    size_t axes;
    if (call_ints(call, "kernel_shape", &shape, &axes) &&
        (axes != (size_t)kernel->dims.rank - 2 || memcmp(shape, kernel->dims.at + 2, axes * sizeof *shape) != 0))
        return refuse(im, call, "its kernel_shape is not that of its kernels %s", dims_words(im->arena, &kernel->dims));
    if (layer->args.groups < 1 || !call_window(im, call, &x->dims, kernel->dims.at + 2, &layer->args))
        return refuse(im, call, "its group is not valid");
    layer->constants[ROLE_WEIGHT] = kernel;
    layer->constants[ROLE_BIAS] = call_constant(call, 2);
    layer->args.bias = layer->constants[ROLE_BIAS] != NULL;
    return true;
}

bool op_conv(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_CONV};
    const struct value *x = call_view(call, 0);
    const struct constant *kernel = call_constant(call, 1);
    if (!conv_inputs(im, call, &layer) || !x || !kernel)
        return false;
    const int64_t channels = x->dims.at[1];
    layer.args.filters = kernel->dims.at[0];
    if (layer.args.groups > channels || kernel->dims.at[1] * layer.args.groups != channels)
        return refuse(im, call, "kernels %s in %lld groups do not fit the input %s",
                      dims_words(im->arena, &kernel->dims), (long long)layer.args.groups,
                      dims_words(im->arena, &x->dims));
    if (layer.args.groups == channels && channels > 1 && layer.args.filters % channels == 0) {
        layer.kind = LAYER_DWCONV;
        layer.args.mult = layer.args.filters / channels;
    }
    if (kernel->mask && layer.args.groups == 1) {
        layer.args.connect = connections(im, kernel->mask);
        layer.constants[ROLE_WEIGHT] = kernel->dense;
    }
    struct value *result = for_each_image(im, call, x, add_conv, &layer);
    if (result)
        call_give(call, 0, result);
    return result != NULL;
}

/* Padding follows from the wanted size where that is given. */
static void transposed_pads(int64_t length, int64_t wanted, int64_t window, int64_t stride, int64_t dilation,
                            bool upper, int64_t *before, int64_t *after, int64_t *out_pad)
{
    int64_t total = stride * (length - 1) + *out_pad + (window - 1) * dilation + 1 - wanted;
    if (total < 0) {
        *out_pad -= total;
        total = 0;
    }
    *before = upper ? total / 2 : total - total / 2;
    *after = total - *before;
}

static bool wanted_size(struct importer *im, struct call *call, const struct dims *dims, struct layer_args *args)
{
    const int64_t *shape;
    size_t count;
    const int spatial = dims->rank - 2;
    const char *mode = call_string(call, "auto_pad", "NOTSET");
    const bool same = strncmp(mode, "SAME", 4) == 0, listed = call_ints(call, "output_shape", &shape, &count);
    if (listed && count < (size_t)spatial)
        return refuse(im, call, "its output_shape is not valid");
    if (!listed && !same)
        return true;
    for (size_t i = 0; listed && i < count; i++)
        if (shape[i] < 1 || shape[i] > LIMIT_ELEMENTS)
            return refuse(im, call, "its output_shape is not valid");
    int64_t h = listed ? shape[count - (size_t)spatial] : dims->at[2] * args->stride.h;
    int64_t w = listed ? shape[count - 1] : dims->at[dims->rank - 1] * args->stride.w;
    const bool upper = strcmp(mode, "SAME_UPPER") == 0;
    transposed_pads(dims->at[2], h, args->window.h, args->stride.h, args->dilation.h, upper, &args->pad.top,
                    &args->pad.bottom, &args->out_pad.h);
    if (spatial == 2)
        transposed_pads(dims->at[3], w, args->window.w, args->stride.w, args->dilation.w, upper, &args->pad.left,
                        &args->pad.right, &args->out_pad.w);
    return true;
}

bool op_conv_transpose(struct importer *im, struct call *call)
{
    struct layer layer = {.kind = LAYER_DECONV};
    const struct value *x = call_view(call, 0);
    const struct constant *kernel = call_constant(call, 1);
    if (!conv_inputs(im, call, &layer) || !x || !kernel)
        return false;
    if (kernel->dims.at[0] != x->dims.at[1])
        return refuse(im, call, "kernels %s do not fit the input %s", dims_words(im->arena, &kernel->dims),
                      dims_words(im->arena, &x->dims));
    layer.args.filters = kernel->dims.at[1] * layer.args.groups;
    if (!call_pair(im, call, "output_padding", x->dims.rank - 2, 0, &layer.args.out_pad) ||
        !wanted_size(im, call, &x->dims, &layer.args))
        return false;
    struct value *result = for_each_image(im, call, x, add_conv, &layer);
    if (result)
        call_give(call, 0, result);
    return result != NULL;
}

struct value *linear_axis(struct importer *im, struct call *call, const struct value *value, int axis,
                          const struct constant *matrix, const struct constant *bias, bool literal)
{
    const int64_t n = value->dims.at[axis], total = dims_count(&value->dims);
    struct layer layer = {.kind = n == total ? LAYER_FC : LAYER_CONV, .literal = literal};
    layer.args.filters = matrix->dims.at[0];
    layer.args.bias = bias != NULL;
    layer.constants[ROLE_WEIGHT] = matrix;
    layer.constants[ROLE_BIAS] = bias;
    if (matrix->count != matrix->dims.at[0] * n) {
        refuse(im, call, "a matrix %s does not fit %s", dims_words(im->arena, &matrix->dims),
               dims_words(im->arena, &value->dims));
        return NULL;
    }
    const struct value *from = value;
    if (layer.kind == LAYER_CONV) {
        layer.args.window = layer.args.stride = layer.args.dilation = (struct pair){1, 1};
        layer.args.groups = 1;
        from = view_channels(im, call, value, axis);
    }
    struct node *node = from ? import_add1(im, call, &layer, from->node) : NULL;
    if (!node)
        return NULL;
    struct value *result = view_like(im, from, node);
    result->dims.at[axis] = matrix->dims.at[0];
    result->stride[axis] = node->shape.h * node->shape.w;
    return result;
}

static const struct constant *scaled(struct importer *im, const struct constant *constant, double factor)
{
    if (factor == 1)
        return constant;
    struct constant *result = constant_new(im, constant->type, constant->dims);
    for (int64_t i = 0; result && i < result->count; i++)
        constant_numbers(result)[i] = (double)(float)(constant_at(constant, i) * factor);
    if (result) {
        result->trained = constant->trained;
        result->name = constant->name;
    }
    return result;
}

static const struct constant *transposed(struct importer *im, const struct constant *matrix)
{
    static const int swap[] = {1, 0};
    return constant_transpose(im, matrix, swap);
}

/* A row of biases from what broadcasts to rows x n; NULL if it is more than a row. */
static const struct constant *bias_row(struct importer *im, const struct constant *bias, int64_t n)
{
    if (bias->count == n && (bias->dims.rank < 2 || bias->dims.at[bias->dims.rank - 1] == n))
        return constant_as(im, bias, (struct dims){1, {n}});
    if (bias->count != 1)
        return NULL;
    struct constant *row = constant_new(im, bias->type, (struct dims){1, {n}});
    for (int64_t i = 0; row && i < n; i++)
        constant_numbers(row)[i] = constant_at(bias, 0);
    if (row) {
        row->trained = bias->trained;
        row->name = bias->name;
    }
    return row;
}

/* Of two results, over the last two axes; those before them are batches, of which one may serve all. */
static struct value *matmul_views(struct importer *im, struct call *call, const struct value *a, const struct value *b)
{
    const struct layer layer = {.kind = LAYER_MATMUL};
    const int rank = a->dims.rank > b->dims.rank ? a->dims.rank : b->dims.rank;
    struct value *sides[] = {view_with_rank(im, a, rank), view_with_rank(im, b, rank)};
    struct dims out = sides[0]->dims;
    const int64_t m = out.at[rank - 2], k = out.at[rank - 1], n = sides[1]->dims.at[rank - 1];
    struct node *nodes[2];
    if (k != sides[1]->dims.at[rank - 2]) {
        refuse(im, call, "%s and %s do not fit together", dims_words(im->arena, &a->dims),
               dims_words(im->arena, &b->dims));
        return NULL;
    }
    for (int side = 0; side < 2; side++) /* the batches alone broadcast */
        sides[side]->dims.at[rank - 2] = sides[side]->dims.at[rank - 1] = 1;
    struct dims batches = sides[0]->dims;
    if (!broadcast_dims(&sides[0]->dims, &sides[1]->dims, &batches) || dims_count(&batches) < 1) {
        refuse(im, call, "the batches of %s and %s do not fit together", dims_words(im->arena, &a->dims),
               dims_words(im->arena, &b->dims));
        return NULL;
    }
    const int64_t count = dims_count(&batches);
    for (int side = 0; side < 2; side++) {
        struct value *x = sides[side];
        const struct shape shape = {side ? k : m, side ? n : k, dims_count(&x->dims) == 1 ? 1 : count};
        struct dims full = batches;
        x->dims.at[rank - 2] = full.at[rank - 2] = shape.h;
        x->dims.at[rank - 1] = full.at[rank - 1] = shape.w;
        if (shape.c > 1 && !dims_equal(&x->dims, &full))
            x = expand_view(im, call, x, &full);
        nodes[side] = x ? view_shaped(im, call, x, shape) : NULL;
        if (!nodes[side])
            return NULL;
    }
    struct node *node = import_add(im, call, &layer, nodes, 2);
    batches.at[rank - 2] = m;
    batches.at[rank - 1] = n;
    return node ? view_new(im, node, &batches) : NULL;
}

/* The product of vectors, too: they are rows and columns. */
static struct value *product_of_views(struct importer *im, struct call *call, const struct value *a,
                                      const struct value *b)
{
    const struct dims row = {2, {1, a->dims.at[0]}}, column = {2, {b->dims.at[0], 1}};
    const bool vector_a = a->dims.rank == 1, vector_b = b->dims.rank == 1;
    if (a->dims.rank < 1 || b->dims.rank < 1) {
        refuse(im, call, "a factor has no dimensions");
        return NULL;
    }
    a = vector_a ? view_reshape(im, call, a, &row) : a;
    b = vector_b ? view_reshape(im, call, b, &column) : b;
    struct value *result = a && b ? matmul_views(im, call, a, b) : NULL;
    if (!result || !(vector_a || vector_b))
        return result;
    struct dims dims = result->dims;
    const int rank = dims.rank;
    dims.rank = rank - vector_a - vector_b;
    if (vector_a && !vector_b)
        dims.at[rank - 2] = result->dims.at[rank - 1];
    return view_reshape(im, call, result, &dims);
}

/* alpha*A*B with one constant: along the other's inner axis. */
static struct value *gemm_product(struct importer *im, struct call *call, const struct constant **row)
{
    static const int swap[] = {1, 0};
    const bool trans_a = call_int(call, "transA", 0) != 0, trans_b = call_int(call, "transB", 0) != 0;
    const struct value *a = call_view(call, 0), *b = call_view(call, 1);
    const struct value *x = a ? a : b;
    const struct constant *matrix = call_constant(call, a ? 1 : 0);
    if (a && b && a->dims.rank == 2 && b->dims.rank == 2) {
        *row = NULL;
        x = matmul_views(im, call, trans_a ? view_transpose(im, a, swap) : a,
                         trans_b ? view_transpose(im, b, swap) : b);
        return x ? scale_by(im, call, x, call_float(call, "alpha", 1), 0) : NULL;
    }
    if (!x || !matrix || x->dims.rank != 2 || matrix->dims.rank != 2 || matrix->count == 0) {
        refuse(im, call, "it does not multiply a tensor by a constant matrix");
        return NULL;
    }
    const double alpha = call_float(call, "alpha", 1);
    if (a ? !trans_b : trans_a)
        matrix = transposed(im, matrix);
    matrix = matrix ? scaled(im, matrix, alpha) : NULL;
    if (!matrix) {
        refuse(im, call, "its matrix is too large");
        return NULL;
    }
    if (*row)
        *row = bias_row(im, *row, matrix->dims.at[0]);
    struct value *result = linear_axis(im, call, x, a ? !trans_a : trans_b, matrix, *row, false);
    if (result && (a ? trans_a : trans_b))
        result = view_transpose(im, result, swap);
    return result;
}

bool op_gemm(struct importer *im, struct call *call)
{
    const double beta = call_float(call, "beta", 1);
    const struct constant *offset = call_constant(call, 2), *row = NULL;
    if (offset)
        offset = scaled(im, offset, beta);
    if (call_has(call, 2) && call_constant(call, 2) && !offset)
        return refuse(im, call, "its bias is too large");
    row = call_view(call, 0) ? offset : NULL; /* a row of the result; else the bias is added afterwards */
    struct value *result = gemm_product(im, call, &row);
    if (result && offset && !row)
        result = scale_view(im, call, result, NULL, offset);
    if (result && call_view(call, 2)) {
        struct value *terms[] = {result,
                                 beta == 1 ? call_view(call, 2) : scale_by(im, call, call_view(call, 2), beta, 0)};
        result = terms[1] ? merge_views(im, call, LAYER_ADD, terms, 2) : NULL;
    }
    if (result)
        call_give(call, 0, result);
    return result != NULL;
}

static bool leading_ones(const struct dims *dims)
{
    for (int i = 0; i < dims->rank - 2; i++)
        if (dims->at[i] != 1)
            return false;
    return true;
}

/* A matrix of its own for each element of the axes before the last two. */
static struct value *batched_product(struct importer *im, struct call *call, const struct value *x,
                                     const struct constant *matrices, bool constant_last)
{
    static const int swap[] = {1, 0};
    const int rank = x->dims.rank;
    const int64_t m = matrices->dims.at[rank - 2], n = matrices->dims.at[rank - 1], count = matrices->count / (m * n);
    const struct dims flat = {3, {count, x->dims.at[rank - 2], x->dims.at[rank - 1]}};
    struct value *parts[IMPORT_MAX_IMAGES], *all = view_reshape(im, call, x, &flat);
    for (int64_t i = 0; all && i < count; i++) {
        struct constant *matrix = constant_new(im, 1, (struct dims){2, {m, n}});
        for (int64_t k = 0; matrix && k < m * n; k++)
            constant_numbers(matrix)[k] = constant_at(matrices, i * m * n + k);
        if (!matrix)
            return NULL;
        matrix->trained = matrices->trained;
        matrix->name = matrices->name;
        const struct constant *turned = constant_last ? constant_transpose(im, matrix, swap) : matrix;
        struct value *part = slice_view(im, call, all, 0, i, i + 1);
        parts[i] = part && turned ? linear_axis(im, call, part, constant_last ? 2 : 1, turned, NULL, false) : NULL;
        if (!parts[i])
            return NULL;
    }
    struct value *joined = all ? concat_views(im, call, parts, (size_t)count, 0) : NULL;
    if (!joined)
        return NULL;
    struct dims dims = x->dims;
    dims.at[rank - 2] = joined->dims.at[1];
    dims.at[rank - 1] = joined->dims.at[2];
    return view_reshape(im, call, joined, &dims);
}

static bool is_batched(const struct value *x, const struct constant *matrices)
{
    const int rank = x->dims.rank;
    if (rank < 3 || matrices->dims.rank != rank ||
        matrices->count > IMPORT_MAX_IMAGES * matrices->dims.at[rank - 2] * matrices->dims.at[rank - 1])
        return false;
    return memcmp(x->dims.at, matrices->dims.at, (size_t)(rank - 2) * sizeof *x->dims.at) == 0;
}

bool op_matmul(struct importer *im, struct call *call)
{
    const struct value *a = call_view(call, 0), *b = call_view(call, 1), *x = a ? a : b;
    const struct constant *matrix = call_constant(call, a ? 1 : 0);
    if (a && b)
        return give(call, product_of_views(im, call, a, b));
    if (!x || !matrix)
        return refuse(im, call, "it lacks an input");
    if (!leading_ones(&matrix->dims) && is_batched(x, matrix) && matrix->count) {
        struct value *batch = batched_product(im, call, x, matrix, a != NULL);
        if (batch)
            call_give(call, 0, batch);
        return batch != NULL;
    }
    if (x->dims.rank < 1 || matrix->dims.rank < 1 || !leading_ones(&matrix->dims) || matrix->count == 0 ||
        (matrix->dims.rank > x->dims.rank && matrix->dims.rank > 2))
        return refuse(im, call, "a constant %s with %s", dims_words(im->arena, &matrix->dims),
                      dims_words(im->arena, &x->dims));
    const bool vector = matrix->dims.rank == 1;
    struct dims plain = {2, {1, matrix->dims.at[matrix->dims.rank - 1]}};
    if (!vector)
        plain.at[0] = matrix->dims.at[matrix->dims.rank - 2];
    matrix = constant_as(im, matrix, plain);
    if (a && !vector)
        matrix = transposed(im, matrix);
    if (!matrix)
        return refuse(im, call, "its matrix is too large");
    const int axis = a || x->dims.rank == 1 ? x->dims.rank - 1 : x->dims.rank - 2;
    struct value *result = linear_axis(im, call, x, axis, matrix, NULL, false);
    if (!result)
        return false;
    if (vector) {
        struct dims dims = result->dims;
        for (int i = axis; i + 1 < dims.rank; i++)
            dims.at[i] = dims.at[i + 1];
        dims.rank--;
        result = view_reshape(im, call, result, &dims);
    }
    if (result)
        call_give(call, 0, result);
    return result != NULL;
}
