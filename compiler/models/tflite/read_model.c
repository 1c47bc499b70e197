/* From the file's bytes to its tensors and operators. Each count has a limit, each index is checked. */
#include "models/tflite/model.h"

#include <string.h>

static bool fail(struct tfl_model *model, const char **error, const char *text)
{
    *error = model->flat.error ? model->flat.error : text;
    return false;
}

const char *tfl_type_name(int type)
{
    static const char *const names[] = {"float32", "float16",  "int32",     "uint8",  "int64",   "string",
                                        "bool",    "int16",    "complex64", "int8",   "float64", "complex128",
                                        "uint64",  "resource", "variant",   "uint32", "uint16",  "int4"};
    return type >= 0 && type < (int)(sizeof names / sizeof *names) ? names[type] : "unknown";
}

int tfl_onnx_type(int type)
{
    static const int types[] = {ONNX_FLOAT, ONNX_FLOAT16, ONNX_INT32, ONNX_UINT8, ONNX_INT64, 0,
                                ONNX_BOOL,  ONNX_INT16,   0,          ONNX_INT8,  ONNX_DOUBLE};
    return type >= 0 && type < (int)(sizeof types / sizeof *types) ? types[type] : 0;
}

/* ---- tensors ---- */

static bool read_shape(struct tfl_model *model, struct flat_table table, struct tfl_tensor *tensor)
{
    struct flat *flat = &model->flat;
    const struct flat_vector shape = flat_vector(flat, table, TENSOR_SHAPE, 4);
    const struct flat_vector signature = flat_vector(flat, table, TENSOR_SHAPE_SIGNATURE, 4);
    if (shape.count > IMPORT_MAX_RANK)
        return false;
    tensor->unknown_shape = shape.count == 0;
    tensor->dims.rank = (int)shape.count;
    for (size_t i = 0; i < shape.count; i++) {
        const bool open = i < signature.count && flat_signed_at(flat, signature, 4, i) < 0;
        tensor->dims.at[i] = flat_signed_at(flat, shape, 4, i);
        tensor->dynamic = tensor->dynamic || (i > 0 && open) || tensor->dims.at[i] < 0;
    }
    return tensor->dynamic || dims_count(&tensor->dims) >= 0;
}

static void read_quantisation(struct tfl_model *model, struct flat_table table, struct tfl_quantisation *quantisation)
{
    struct flat *flat = &model->flat;
    const struct flat_table q = flat_table(flat, table, TENSOR_QUANTIZATION);
    quantisation->scales = flat_vector(flat, q, QUANTIZATION_SCALE, 4);
    quantisation->zero_points = flat_vector(flat, q, QUANTIZATION_ZERO_POINT, 8);
    quantisation->axis = flat_signed(flat, q, QUANTIZATION_AXIS, 4, 0);
    quantisation->custom = flat_unsigned(flat, q, QUANTIZATION_DETAILS_TYPE, 1, 0) != 0;
}

/* Where the tensor's numbers are: in a buffer, or (in files that are too large for tables) behind all tables. */
static bool read_place(struct tfl_model *model, struct flat_vector buffers, uint64_t index, struct tfl_tensor *tensor)
{
    struct flat *flat = &model->flat;
    if (index >= buffers.count)
        return index == 0;
    const struct flat_table buffer = flat_table_at(flat, buffers, (size_t)index);
    const uint64_t offset = flat_unsigned(flat, buffer, BUFFER_OFFSET, 8, 0);
    const struct flat_vector data = flat_vector(flat, buffer, BUFFER_DATA, 1);
    tensor->at = data.at;
    tensor->length = data.count;
    if (offset > 1) {
        const uint64_t size = flat_unsigned(flat, buffer, BUFFER_SIZE, 8, 0);
        if (offset > flat->length || size > flat->length - offset)
            return false;
        tensor->at = (size_t)offset;
        tensor->length = (size_t)size;
    }
    tensor->held = tensor->length > 0;
    return true;
}

static bool read_tensor(struct tfl_model *model, struct flat_vector buffers, struct flat_table table, size_t i,
                        const char **error)
{
    struct flat *flat = &model->flat;
    struct tfl_tensor *tensor = &model->tensors[i];
    tensor->name = flat_string(flat, table, TENSOR_NAME, LIMIT_NAME);
    tensor->type = (enum tfl_type)flat_signed(flat, table, TENSOR_TYPE, 1, TFL_FLOAT32);
    tensor->variable = flat_unsigned(flat, table, TENSOR_IS_VARIABLE, 1, 0) != 0;
    tensor->sparse = flat_has(flat, table, TENSOR_SPARSITY);
    read_quantisation(model, table, &tensor->quantisation);
    if (!read_shape(model, table, tensor))
        return fail(model, error,
                    arena_printf(flat->arena, "tensor %zu has more than %d dimensions or too many numbers", i,
                                 IMPORT_MAX_RANK));
    if (!read_place(model, buffers, flat_unsigned(flat, table, TENSOR_BUFFER, 4, 0), tensor))
        return fail(model, error, arena_printf(flat->arena, "the numbers of tensor %zu are not in the file", i));
    return flat->error ? fail(model, error, NULL) : true;
}

/* ---- operators ---- */

/* Operands: indices of tensors, or -1 where an optional one is left out. */
static bool indices_fit(const struct tfl_model *model, struct flat_vector indices, int64_t lowest)
{
    for (size_t i = 0; i < indices.count; i++) {
        const int64_t index = flat_signed_at(&model->flat, indices, 4, i);
        if (index < lowest || index >= (int64_t)model->tensor_count)
            return false;
    }
    return true;
}

static bool read_operator(struct tfl_model *model, struct flat_vector codes, struct flat_table table, size_t i,
                          const char **error)
{
    struct flat *flat = &model->flat;
    struct tfl_operator *op = &model->operators[i];
    const uint64_t index = flat_unsigned(flat, table, OPERATOR_CODE, 4, 0);
    if (index >= codes.count)
        return fail(model, error,
                    arena_printf(flat->arena, "operator %zu has the code %llu of %zu", i, (unsigned long long)index,
                                 codes.count));
    const struct flat_table code = flat_table_at(flat, codes, (size_t)index);
    const int64_t old = flat_signed(flat, code, CODE_DEPRECATED, 1, 0),
                  new = flat_signed(flat, code, CODE_BUILTIN, 4, 0);
    op->code = new > old ? new : old;
    op->version = flat_signed(flat, code, CODE_VERSION, 4, 1);
    op->custom = flat_string(flat, code, CODE_CUSTOM, LIMIT_NAME);
    op->inputs = flat_vector(flat, table, OPERATOR_INPUTS, 4);
    op->outputs = flat_vector(flat, table, OPERATOR_OUTPUTS, 4);
    op->options = flat_table(flat, table, OPERATOR_OPTIONS);
    if (op->inputs.count > LIMIT_OPERANDS || op->outputs.count > LIMIT_OPERANDS)
        return fail(model, error,
                    arena_printf(flat->arena, "operator %zu has more than %d inputs or results", i, LIMIT_OPERANDS));
    if (!indices_fit(model, op->inputs, -1) || !indices_fit(model, op->outputs, 0))
        return fail(model, error,
                    arena_printf(flat->arena,
                                 "operator %zu has an input or a result that is none of the "
                                 "file's %zu tensors",
                                 i, model->tensor_count));
    return flat->error ? fail(model, error, NULL) : true;
}

/* ---- the whole ---- */

static bool read_parts(struct tfl_model *model, struct flat_table root, struct flat_table subgraph, const char **error)
{
    struct flat *flat = &model->flat;
    const struct flat_vector tensors = flat_vector(flat, subgraph, SUBGRAPH_TENSORS, 4);
    const struct flat_vector operators = flat_vector(flat, subgraph, SUBGRAPH_OPERATORS, 4);
    const struct flat_vector buffers = flat_vector(flat, root, MODEL_BUFFERS, 4);
    const struct flat_vector codes = flat_vector(flat, root, MODEL_CODES, 4);
    if (tensors.count > LIMIT_PARTS || operators.count > LIMIT_PARTS)
        return fail(model, error,
                    arena_printf(flat->arena, "it has %zu tensors and %zu operators; %d are allowed", tensors.count,
                                 operators.count, LIMIT_PARTS));
    model->tensors = ARENA_ARRAY(flat->arena, struct tfl_tensor, tensors.count + 1);
    model->operators = ARENA_ARRAY(flat->arena, struct tfl_operator, operators.count + 1);
    model->tensor_count = tensors.count;
    for (size_t i = 0; i < tensors.count; i++)
        if (!read_tensor(model, buffers, flat_table_at(flat, tensors, i), i, error))
            return false;
    for (model->operator_count = 0; model->operator_count < operators.count; model->operator_count++) {
        const struct flat_table table = flat_table_at(flat, operators, model->operator_count);
        if (!read_operator(model, codes, table, model->operator_count, error))
            return false;
    }
    model->inputs = flat_vector(flat, subgraph, SUBGRAPH_INPUTS, 4);
    model->outputs = flat_vector(flat, subgraph, SUBGRAPH_OUTPUTS, 4);
    if (!indices_fit(model, model->inputs, 0) || !indices_fit(model, model->outputs, 0))
        return fail(model, error, "an input or a result of the model is none of its tensors");
    return flat->error ? fail(model, error, NULL) : true;
}

bool tfl_read(struct arena *arena, const unsigned char *bytes, size_t length, struct tfl_model *model,
              const char **error)
{
    *model = (struct tfl_model){.flat = {.arena = arena, .bytes = bytes, .length = length}};
    struct flat *flat = &model->flat;
    if (length < 8 || memcmp(bytes + 4, "TFL3", 4) != 0)
        return fail(model, error, "the file is not a TensorFlow Lite model: its bytes 4 to 7 are not TFL3");
    const struct flat_table root = flat_root(flat);
    const uint64_t version = flat_unsigned(flat, root, MODEL_VERSION, 4, 0);
    if (!flat->error && version != SCHEMA_VERSION)
        return fail(model, error,
                    arena_printf(arena, "its schema has the version %llu; version %d is read",
                                 (unsigned long long)version, SCHEMA_VERSION));
    const struct flat_vector subgraphs = flat_vector(flat, root, MODEL_SUBGRAPHS, 4);
    if (subgraphs.count == 0)
        return fail(model, error, "the file holds no graph");
    const struct flat_table subgraph = flat_table_at(flat, subgraphs, 0);
    return flat->error ? fail(model, error, NULL) : read_parts(model, root, subgraph, error);
}
