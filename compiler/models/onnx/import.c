/* Reading an ONNX model: the passes from the file to a finished graph with its numbers. */
#include <string.h>

#include "base/files.h"
#include "import.h"
#include "onnx/onnx.pb-c.h"

enum { FLOAT = 1, UINT8 = 2, MOST_IMAGES = 16 }; /* inputs that are looked at for channels that lie last */

static bool fail(struct importer *im, const char *text)
{
    diag_report_file(im->diag, CHECK_ONNX, im->path, "%s", text);
    return false;
}

static bool read_model(struct importer *im)
{
    struct mapping mapping;
    const char *error;
    if (!file_map(im->arena, im->path, &mapping, &error)) {
        diag_report_file(im->diag, CHECK_FILE, im->path, "%s", error);
        return false;
    }
    if (mapping.length > (uint64_t)LIMIT_MODEL)
        error = "the file is larger than 2 GiB, the limit of ONNX files";
    else
        im->model = import_unpack(im->arena, mapping.bytes, mapping.length, &error);
    im->budget = 8 * (int64_t)mapping.length + LIMIT_FOLDED;
    file_unmap(&mapping);
    if (!im->model)
        return fail(im, error);
    return im->model->graph ? true : fail(im, "the file holds no graph");
}

static bool check_opset(struct importer *im)
{
    for (size_t i = 0; i < im->model->n_opset_import; i++)
        if (import_is_standard(im->model->opset_import[i]->domain))
            im->opset = im->model->opset_import[i]->version;
    if (im->opset >= 1 && im->opset <= IMPORT_MAX_OPSET)
        return true;
    diag_report_file(im->diag, CHECK_UNSUPPORTED, im->path, "the model uses opset %lld; cnnc reads opsets up to %d",
                     (long long)im->opset, IMPORT_MAX_OPSET);
    return false;
}

bool import_initializers(struct importer *im, const Onnx__GraphProto *graph)
{
    if (graph->n_sparse_initializer)
        return fail(im, "sparse initializers are not supported");
    for (size_t i = 0; i < graph->n_initializer; i++) {
        const char *error;
        const struct constant *constant = import_tensor(im, graph->initializer[i], &error);
        if (!constant) {
            diag_report_file(im->diag, CHECK_ONNX, im->path, "initializer \"%s\": %s",
                             graph->initializer[i]->name ? graph->initializer[i]->name : "", error);
            continue;
        }
        ((struct constant *)(uintptr_t)constant)->trained = type_is_float(constant->type);
        struct value *value = import_value(im, graph->initializer[i]->name, VALUE_CONSTANT);
        value->type = constant->type;
        value->dims = constant->dims;
        value->constant = constant;
    }
    return !diag_failed(im->diag);
}

static void count_reader(struct importer *im, const char *name)
{
    size_t *count = map_get(&im->readers, name);
    if (!count) {
        count = ARENA_NEW(im->arena, size_t);
        map_set(im->arena, &im->readers, name, count);
    }
    (*count)++;
}

/* import_unpack limits how deep graphs lie in graphs. */
static void count_readers(struct importer *im, const Onnx__GraphProto *graph)
{
    for (size_t i = 0; i < graph->n_node; i++) {
        const Onnx__NodeProto *node = graph->node[i];
        for (size_t k = 0; k < node->n_input; k++)
            count_reader(im, node->input[k]);
        for (size_t k = 0; k < node->n_attribute; k++)
            if (node->attribute[k]->g)
                count_readers(im, node->attribute[k]->g);
    }
    for (size_t i = 0; i < graph->n_output; i++)
        count_reader(im, graph->output[i]->name ? graph->output[i]->name : "");
}

/* ---- inputs ---- */

static bool fixed_dimension(struct importer *im, const char *name, int64_t *value)
{
    for (size_t i = 0; i < im->options->dimension_count; i++)
        if (strcmp(im->options->dimensions[i].name, name) == 0) {
            *value = im->options->dimensions[i].value;
            return true;
        }
    return false;
}

/* The symbolic name of a dimension; NULL if it is a number, or has none. */
static const char *dimension_name(const Onnx__TensorShapeProto__Dimension *d)
{
    const bool named = d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM && d->dim_param;
    return named && *d->dim_param ? d->dim_param : NULL;
}

static bool dimension_size(struct importer *im, const Onnx__TensorShapeProto__Dimension *d, int64_t *size)
{
    const char *name = dimension_name(d);
    *size = 1;
    if (d->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE && d->dim_value > 0) {
        *size = d->dim_value;
        return true;
    }
    return name && fixed_dimension(im, name, size);
}

static bool input_dims(struct importer *im, const char *name, const Onnx__TensorShapeProto *shape, struct dims *dims)
{
    if (!shape || shape->n_dim > IMPORT_MAX_RANK) {
        diag_report_file(im->diag, CHECK_UNSUPPORTED, im->path, "input \"%s\" has no shape, or more than %d dimensions",
                         name, IMPORT_MAX_RANK);
        return false;
    }
    dims->rank = (int)shape->n_dim;
    for (int i = 0; i < dims->rank; i++)
        dimension_size(im, shape->dim[i], &dims->at[i]); /* a batch that is not fixed is 1 */
    const int64_t count = dims_count(dims);
    if (count >= 1)
        return true;
    diag_report_file(im->diag, CHECK_LIMIT, im->path, "input \"%s\" of %s is empty or too large", name,
                     dims_words(im->arena, dims));
    return false;
}

static const Onnx__TensorShapeProto *input_shape(const Onnx__ValueInfoProto *info)
{
    const Onnx__TypeProto *type = info->type;
    const bool tensor = type && type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE && type->tensor_type;
    return tensor ? type->tensor_type->shape : NULL;
}

struct free_dimensions {
    struct map names;
    struct message *last; /* that is shown, about one with a name */
    struct text fixes;    /* "-D height=NUMBER -D width=NUMBER" */
    int named;
};

static void find_free(struct importer *im, const Onnx__ValueInfoProto *info, struct free_dimensions *found)
{
    const Onnx__TensorShapeProto *shape = input_shape(info);
    const char *input = info->name ? info->name : "";
    for (size_t i = 1; shape && i < shape->n_dim && shape->n_dim <= IMPORT_MAX_RANK; i++) {
        const char *name = dimension_name(shape->dim[i]);
        int64_t size;
        if (dimension_size(im, shape->dim[i], &size) || (name && map_get(&found->names, name)))
            continue;
        const bool shown = !diag_full(im->diag);
        struct message *message = diag_report_file(im->diag, CHECK_ONNX, im->path,
                                                   "dimension %d of input \"%s\" is not fixed", (int)i, input);
        if (!name)
            continue;
        map_set(im->arena, &found->names, name, found);
        text_printf(&found->fixes, "%s-D %s", found->named++ ? " " : "",
                    text_shell_word(im->arena, arena_printf(im->arena, "%s=NUMBER", name)));
        found->last = shown ? message : found->last;
    }
}

/* Sizes that neither the model nor the command line gives are reported at once. The first is the batch, which is 1. */
static bool check_fixed(struct importer *im)
{
    const Onnx__GraphProto *graph = im->model->graph;
    struct free_dimensions found = {.fixes = text_new(im->arena)};
    for (size_t i = 0; i < graph->n_input; i++)
        if (!map_get(&im->values, graph->input[i]->name ? graph->input[i]->name : ""))
            find_free(im, graph->input[i], &found);
    if (found.last)
        message_help(found.last, "%s %s", found.fixes.bytes, found.named > 1 ? "fix them" : "fixes it");
    return !diag_failed(im->diag);
}

/* Operators that the channels may lie anywhere for. */
static bool is_elementwise(const Onnx__NodeProto *node)
{
    static const char *const types[] = {
        "Cast", "Mul", "Div", "Add", "Sub", "Identity", "QuantizeLinear", "DequantizeLinear"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(node->op_type, types[i]) == 0)
            return true;
    return false;
}

/* Do all readers of this tensor turn channels-last into channels-first, some `steps` on at most? */
static bool is_channels_last(struct importer *im, const char *name, int *steps)
{
    static const int64_t to_first[] = {0, 3, 1, 2};
    const Onnx__GraphProto *graph = im->model->graph;
    bool any = false;
    for (size_t i = 0; i < graph->n_node; i++) {
        const Onnx__NodeProto *node = graph->node[i];
        struct call call = {.attribute_count = 0};
        const int64_t *order;
        size_t count;
        bool reads = false;
        for (size_t k = 0; k < node->n_input; k++)
            reads = reads || strcmp(node->input[k], name) == 0;
        if (!reads || !node->op_type || node->n_output == 0)
            continue;
        any = true;
        if (is_elementwise(node) && --*steps > 0 && is_channels_last(im, node->output[0], steps))
            continue;
        if (strcmp(node->op_type, "Transpose") != 0)
            return false;
        import_attributes(im, &call, node);
        if (!call_ints(&call, "perm", &order, &count) || count != 4 || memcmp(order, to_first, sizeof to_first) != 0)
            return false;
    }
    return any;
}

/* Numbers that floats hold, if they are not too large. */
static bool is_number_type(int type)
{
    enum { FIRST_INTEGER = 2, STRING = 8, LAST_UNSIGNED = 13 };
    return type_is_float(type) || (type >= FIRST_INTEGER && type <= LAST_UNSIGNED && type != STRING);
}

static bool add_input(struct importer *im, const Onnx__ValueInfoProto *info)
{
    const char *name = info->name ? info->name : "";
    const Onnx__TypeProto *type = info->type;
    struct dims dims = {0};
    if (map_get(&im->values, name))
        return true; /* an initializer with a default that may be overridden */
    const bool tensor = type && type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE && type->tensor_type;
    const int element = tensor ? type->tensor_type->elem_type : 0;
    if (!is_number_type(element)) {
        diag_report_file(im->diag, CHECK_UNSUPPORTED, im->path, "input \"%s\" is %s; tensors of numbers are supported",
                         name, tensor ? type_name(element) : "no tensor");
        return false;
    }
    if (!input_dims(im, name, type->tensor_type->shape, &dims))
        return false;
    if (im->ends_in_integers ? element == UINT8 : element != FLOAT && element != UINT8)
        diag_report_file(im->diag, CHECK_CONVERTED, im->path,
                         "input \"%s\" is %s in the model; the network takes %s there", name, type_name(element),
                         im->ends_in_integers ? "int8, 128 less," : "floats");
    int steps = 8;
    const bool last = dims.rank == 4 && dims.at[0] == 1 && im->graph->inputs.count < MOST_IMAGES &&
                      is_channels_last(im, name, &steps);
    struct layer layer = {.kind = LAYER_INPUT};
    layer.args.target = last ? (struct shape){dims.at[1], dims.at[2], dims.at[3]} : natural_shape(&dims);
    layer.args.layout = last ? LAYOUT_HWC : LAYOUT_CHW;
    layer.args.type = element == UINT8 && !im->ends_in_integers ? ELEMENT_U8 : ELEMENT_F32;
    struct call call = {.type = "Input", .name = name};
    struct node *node = import_add(im, &call, &layer, NULL, 0);
    if (!node)
        return fail(im, call.refusal);
    struct value *value = import_value(im, name, VALUE_VIEW), *view = view_new(im, node, &dims);
    const char *kept = value->name;
    *value = *view;
    value->name = kept;
    value->type = type_is_float(element) ? FLOAT : element; /* integers become floats where the model casts them */
    if (last) {
        value->stride[1] = dims.at[2];
        value->stride[2] = 1;
        value->stride[3] = dims.at[1] * dims.at[2];
    }
    return true;
}

static bool add_inputs(struct importer *im)
{
    const Onnx__GraphProto *graph = im->model->graph;
    bool ok = true;
    for (size_t i = 0; i < graph->n_input; i++)
        ok = add_input(im, graph->input[i]) && ok;
    return ok;
}

/* ---- outputs ---- */

/* Integers that are given as something else. */
static bool report_type(struct importer *im, const char *name, const struct value *value)
{
    const bool known = im->numbers.items[value->node->id].meaning.known;
    const bool integers = im->ends_in_integers && known, counted = value->node->element == ELEMENT_S32;
    if (counted && value->type == ONNX_INT32)
        return true;
    if (!integers || value->type == ONNX_UINT8)
        diag_report_file(im->diag, CHECK_CONVERTED, im->path, "output \"%s\" is %s in the model; the network gives %s",
                         name, type_name(value->type),
                         integers  ? "int8, 128 less"
                         : counted ? "int32"
                         : known   ? "the floats that it means"
                                   : "the same numbers as floats");
    return true;
}

/* A result that depends on nothing, as a tensor that is made of an input. */
static const struct value *constant_result(struct importer *im, struct call *call, const struct value *value)
{
    const Onnx__GraphProto *graph = im->model->graph;
    for (size_t i = 0; i < graph->n_input; i++) {
        const struct value *input = map_get(&im->values, graph->input[i]->name ? graph->input[i]->name : "");
        if (!input || input->kind != VALUE_VIEW || im->quantised)
            continue;
        struct value *made = constant_like(im, call, input, value->constant);
        if (made && !type_is_float(value->type))
            made->type = value->type;
        return made ? made : value;
    }
    return value;
}

static bool find_result(struct importer *im, const Onnx__ValueInfoProto *info, struct import_result *result)
{
    const char *name = info->name ? info->name : "";
    const struct value *value = map_get(&im->values, name);
    struct call call = {.type = "Output", .name = name};
    if (value && value->kind == VALUE_CONSTANT)
        value = constant_result(im, &call, value);
    if (!value || value->kind != VALUE_VIEW) {
        diag_report_file(im->diag, CHECK_ONNX, im->path, "output \"%s\" is %s", name,
                         value && value->kind == VALUE_CONSTANT ? "a constant" : "made by no operator");
        return false;
    }
    if (value->type != FLOAT && !report_type(im, name, value))
        return false;
    if (value->type == FLOAT && value->node->element == ELEMENT_S32) { /* places, which the model casts to floats */
        const struct layer floats = {.kind = LAYER_ABS};
        value = apply(im, &call, &floats, value);
        if (!value)
            return fail(im, call.refusal);
    }
    result->name = name;
    result->layout = import_is_channels_last(value) ? LAYOUT_HWC : LAYOUT_CHW;
    result->node = result->layout == LAYOUT_HWC ? value->node
                                                : view_shaped(im, &call, value, natural_shape(&value->dims));
    return result->node ? true : fail(im, call.refusal);
}

static bool add_outputs(struct importer *im)
{
    const Onnx__GraphProto *graph = im->model->graph;
    struct import_result *results = ARENA_ARRAY(im->arena, struct import_result, graph->n_output);
    if (graph->n_output == 0)
        return fail(im, "the model has no outputs");
    if (graph->n_output > LIMIT_LAYERS)
        return fail(im, "the model has more outputs than a network has layers");
    for (size_t i = 0; i < graph->n_output; i++)
        if (!find_result(im, graph->output[i], &results[i]))
            return false;
    return import_results(im, results, graph->n_output);
}

/* Whether an input has a dimension of this name; adds what names there are to a list. */
static bool has_dimension(struct importer *im, const char *name, struct text *list)
{
    struct map seen = {0};
    for (size_t i = 0; i < im->model->graph->n_input; i++) {
        const Onnx__TensorShapeProto *shape = input_shape(im->model->graph->input[i]);
        for (size_t k = 0; shape && k < shape->n_dim; k++) {
            const char *other = dimension_name(shape->dim[k]);
            if (other && strcmp(other, name) == 0)
                return true;
            if (other && !map_get(&seen, other))
                text_printf(list, "%s%s", list->length ? ", " : "", other);
            if (other)
                map_set(im->arena, &seen, other, im);
        }
    }
    return false;
}

static bool check_dimensions(struct importer *im)
{
    bool ok = true;
    for (size_t d = 0; d < im->options->dimension_count; d++) {
        const char *name = im->options->dimensions[d].name;
        struct text list = text_new(im->arena);
        if (has_dimension(im, name, &list))
            continue;
        struct message *message = diag_report_file(im->diag, CHECK_UNKNOWN_NAME, im->path,
                                                   "no input has a dimension named %s", name);
        message_help(message, "%s%s", list.length ? "its named dimensions are " : "all its dimensions are numbers",
                     list.bytes);
        ok = false;
    }
    return ok;
}

static int element_of(const Onnx__ValueInfoProto *info)
{
    const Onnx__TypeProto *type = info->type;
    const bool tensor = type && type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE && type->tensor_type;
    return tensor ? type->tensor_type->elem_type : 0;
}

/* Do results become integers, and does the network begin and end with them? */
static void find_integers(struct importer *im)
{
    const Onnx__GraphProto *graph = im->model->graph;
    size_t inputs = 0;
    for (size_t i = 0; i < graph->n_node; i++) {
        const char *type = graph->node[i]->op_type ? graph->node[i]->op_type : "";
        im->quantised = im->quantised || strcmp(type, "QuantizeLinear") == 0 || strncmp(type, "QLinear", 7) == 0;
    }
    im->apart = im->ends_in_integers = im->quantised;
    for (size_t i = 0; i < graph->n_input; i++) {
        const bool given = !map_get(&im->values, graph->input[i]->name ? graph->input[i]->name : "");
        inputs += given;
        im->ends_in_integers = im->ends_in_integers &&
                               (!given || import_type_is_quantised(element_of(graph->input[i])));
    }
    for (size_t i = 0; i < graph->n_output; i++)
        im->ends_in_integers = im->ends_in_integers && import_type_is_quantised(element_of(graph->output[i]));
    im->ends_in_integers = im->ends_in_integers && inputs > 0;
}

static size_t mark_refusals(struct importer *im)
{
    const Onnx__GraphProto *graph = im->model->graph;
    struct value **wanted = ARENA_ARRAY(im->arena, struct value *, graph->n_output + 1);
    for (size_t i = 0; i < graph->n_output; i++)
        wanted[i] = map_get(&im->values, graph->output[i]->name ? graph->output[i]->name : "");
    return import_mark_refusals(im, wanted, graph->n_output);
}

struct graph *onnx_import(struct arena *arena, struct diag *diag, const char *path, const struct onnx_options *options,
                          struct weights **weights)
{
    struct importer im = {.arena = arena, .diag = diag, .path = path, .check = CHECK_ONNX, .options = options};
    im.folder = path_folder(arena, path);
    im.graph = ARENA_NEW(arena, struct graph);
    im.graph->arena = arena;
    im.graph->name = options->name ? options->name : path_stem(arena, path);
    if (!read_model(&im) || !check_opset(&im) || !check_dimensions(&im) || !import_initializers(&im, im.model->graph))
        return NULL;
    find_integers(&im);
    count_readers(&im, im.model->graph);
    if (!check_fixed(&im) || !add_inputs(&im))
        return NULL;
    import_run(&im);
    if (diag_failed(diag) || !import_report_refusals(&im, mark_refusals(&im)) || !add_outputs(&im))
        return NULL;
    *weights = im.quantised ? import_integers_of(&im) : import_weights(&im);
    return diag_failed(diag) ? NULL : im.graph;
}
