/* Reading a TensorFlow Lite model: the passes from the file to a finished graph with its numbers. */
#include <ctype.h>
#include <string.h>

#include "base/files.h"
#include "models/tflite/convert.h"
#include "models/tflite/tflite.h"
#include "weights/weights.h"

bool tflite_recognises(const char *path)
{
    unsigned char head[8];
    FILE *file = fopen(path, "rb");
    const bool read = file && fread(head, 1, sizeof head, file) == sizeof head;
    if (file)
        fclose(file);
    return read && memcmp(head + 4, "TFL3", 4) == 0;
}

static bool fail(struct convert *c, const char *text)
{
    diag_report_file(c->im->diag, CHECK_TFLITE, c->im->path, "%s", text);
    return false;
}

static void count_readers(struct convert *c, struct flat_vector list)
{
    for (size_t i = 0; i < list.count; i++) {
        const int64_t tensor = flat_signed_at(&c->model->flat, list, 4, i);
        const char *name = tensor < 0 ? "" : tfl_value_name(c, (size_t)tensor);
        size_t *count = map_get(&c->im->readers, name);
        if (!count) {
            count = ARENA_NEW(c->im->arena, size_t);
            map_set(c->im->arena, &c->im->readers, name, count);
        }
        (*count)++;
    }
}

/* ---- inputs ---- */

/* An image, or a signal of several channels: rows, columns, channels. */
static bool lies_last(const struct dims *dims)
{
    return (dims->rank == 4 || dims->rank == 3) && dims->at[0] == 1;
}

static struct shape input_shape(const struct dims *dims)
{
    if (!lies_last(dims))
        return natural_shape(dims);
    return dims->rank == 4 ? (struct shape){dims->at[1], dims->at[2], dims->at[3]}
                           : (struct shape){dims->at[1], 1, dims->at[2]};
}

static bool check_input(struct convert *c, const struct tfl_tensor *tensor)
{
    struct diag *diag = c->im->diag;
    struct message *message = NULL;
    if (tensor->type != TFL_FLOAT32 && tensor->type != TFL_INT8)
        message = diag_report_file(diag, CHECK_UNSUPPORTED, c->im->path,
                                   "input \"%s\" is %s; float32 and int8 are supported", tensor->name,
                                   tfl_type_name(tensor->type));
    else if (tensor->dynamic)
        message = diag_report_file(diag, CHECK_TFLITE, c->im->path, "input \"%s\" has a shape that is not fixed",
                                   tensor->name);
    else if (dims_count(&tensor->dims) < 1)
        diag_report_file(diag, CHECK_LIMIT, c->im->path, "input \"%s\" of %s is empty", tensor->name,
                         dims_words(c->im->arena, &tensor->dims));
    else
        return true;
    if (message)
        message_help(message, tensor->dynamic ? "convert the model with an input of a fixed shape"
                                              : "convert the model with inference_input_type float32 or int8");
    return false;
}

static bool note_input(struct convert *c, size_t index, struct node *node)
{
    struct tfl_meaning meaning;
    c->call = ARENA_NEW(c->im->arena, struct call);
    if (c->model->tensors[index].type != TFL_INT8 || (tfl_meaning_of(c, index, &meaning) && tfl_note(c, node, meaning)))
        return true;
    diag_report_file(c->im->diag, CHECK_TFLITE, c->im->path, "input: %s", c->call->refusal);
    return false;
}

static bool add_input(struct convert *c, size_t index)
{
    const struct tfl_tensor *tensor = &c->model->tensors[index];
    const struct dims *dims = &tensor->dims;
    if (!check_input(c, tensor))
        return false;
    if (c->values[index])
        return fail(c, arena_printf(c->im->arena, "input \"%s\" is listed twice", tensor->name));
    const struct shape shape = input_shape(dims);
    const bool last = lies_last(dims) && shape.c > 1 && shape.h * shape.w > 1;
    struct layer layer = {.kind = LAYER_INPUT};
    layer.args.target = shape;
    layer.args.layout = last ? LAYOUT_HWC : LAYOUT_CHW;
    layer.args.type = ELEMENT_F32;
    struct call call = {.type = "Input", .name = tensor->name};
    struct node *node = import_add(c->im, &call, &layer, NULL, 0);
    if (!node)
        return fail(c, call.refusal);
    struct value *value = view_new(c->im, node, dims);
    value->name = tfl_value_name(c, index);
    if (last) {
        value->stride[dims->rank - 1] = shape.h * shape.w;
        value->stride[dims->rank - 2] = 1;
        value->stride[dims->rank - 3] = dims->rank == 4 ? shape.w : 0;
    }
    c->values[index] = value;
    return note_input(c, index, node);
}

static bool add_inputs(struct convert *c)
{
    bool ok = c->model->inputs.count > 0 || fail(c, "the model has no inputs");
    for (size_t i = 0; i < c->model->inputs.count; i++)
        ok = add_input(c, (size_t)flat_signed_at(&c->model->flat, c->model->inputs, 4, i)) && ok;
    return ok;
}

/* ---- outputs ---- */

static bool find_result(struct convert *c, size_t index, struct import_result *result)
{
    const struct tfl_tensor *tensor = &c->model->tensors[index];
    const struct value *value = c->values[index];
    struct call call = {.type = "Output", .name = tensor->name};
    if (!value || value->kind != VALUE_VIEW) {
        const bool constant = value ? value->kind == VALUE_CONSTANT : tensor->held;
        return fail(c, arena_printf(c->im->arena, "output \"%s\" is %s", tensor->name,
                                    constant ? "a constant" : "made by no operator"));
    }
    struct value image = *value;
    if (image.dims.rank == 3) { /* a signal: an image of one column */
        const struct dims dims = {4, {value->dims.at[0], value->dims.at[1], 1, value->dims.at[2]}};
        image.dims = dims;
        image.stride[3] = value->stride[2];
        image.stride[2] = 1;
    }
    const bool counted = image.node->element == ELEMENT_S32, floats = tensor->type == TFL_FLOAT32;
    if (!floats && tensor->type != TFL_INT8 && !(counted && tensor->type == TFL_INT32))
        diag_report_file(c->im->diag, CHECK_CONVERTED, c->im->path,
                         "output \"%s\" is %s in the model; the network gives %s", tensor->name,
                         tfl_type_name(tensor->type), counted ? "int32" : "the same numbers as floats");
    if (floats && counted) { /* places, which the model casts to floats */
        const struct layer same = {.kind = LAYER_ABS};
        image.node = import_add1(c->im, &call, &same, image.node);
        if (!image.node)
            return fail(c, call.refusal);
        value = view_like(c->im, value, image.node);
    }
    result->name = tensor->name;
    result->layout = import_is_channels_last(&image) ? LAYOUT_HWC : LAYOUT_CHW;
    result->node = result->layout == LAYOUT_HWC ? value->node : view_order(c->im, &call, value);
    return result->node ? true : fail(c, call.refusal);
}

static bool find_results(struct convert *c, struct import_result *results)
{
    const struct flat_vector outputs = c->model->outputs;
    if (outputs.count == 0)
        return fail(c, "the model has no outputs");
    if (outputs.count > LIMIT_LAYERS)
        return fail(c, "the model has more outputs than a network has layers");
    for (size_t i = 0; i < outputs.count; i++)
        if (!find_result(c, (size_t)flat_signed_at(&c->model->flat, outputs, 4, i), &results[i]))
            return false;
    return true;
}

/* ---- names ---- */

/* The file's names tell where a layer came from, and are long: layers are called as in a text without labels, so that
 * the text of the network needs none. Inputs and results keep theirs where there are several. */
static bool keeps_own_name(const struct graph *graph, const struct node *node)
{
    return node->kind == LAYER_OUTPUT || (node->kind == LAYER_INPUT && graph->inputs.count > 1);
}

static const char *counted_name(struct arena *arena, const struct map *taken, enum layer_kind kind, int *ordinal)
{
    const char *name;
    do {
        char *word = arena_printf(arena, "%s%d", layer_table[kind].keyword, ++*ordinal);
        for (char *p = word; *p; p++)
            *p = (char)tolower((unsigned char)*p);
        name = word;
    } while (map_get(taken, name));
    return name;
}

static void name_weights(struct arena *arena, struct node *node)
{
    for (size_t i = 0; i < node->weight_count && !node->shares; i++) {
        const char *dot = strrchr(node->weights[i].name, '.');
        node->weights[i].name = arena_printf(arena, "%s%s", node->name, dot ? dot : "");
    }
}

/* The layers in the order in which a text has them: each behind all that it reads, its first input's first. */
static struct node **text_order(struct arena *arena, const struct graph *graph)
{
    struct node **order = ARENA_ARRAY(arena, struct node *, graph->nodes.count + 1);
    struct node **stack = ARENA_ARRAY(arena, struct node *, graph->nodes.count + 1);
    size_t *next = ARENA_ARRAY(arena, size_t, graph->nodes.count + 1); /* the input that comes next, by node */
    bool *seen = ARENA_ARRAY(arena, bool, graph->nodes.count + 1);
    size_t count = 0, depth = 0;
    for (size_t i = 0; i < graph->outputs.count + graph->nodes.count; i++) { /* what no output needs comes last */
        stack[0] = i < graph->outputs.count ? graph->outputs.items[i].node
                                            : graph->nodes.items[i - graph->outputs.count];
        depth = !seen[stack[0]->id];
        seen[stack[0]->id] = true;
        while (depth > 0) {
            struct node *node = stack[depth - 1];
            if (next[node->id] == node->input_count) {
                order[count++] = node;
                depth--;
                continue;
            }
            struct node *input = node->inputs[next[node->id]++];
            if (!seen[input->id])
                stack[depth++] = input;
            seen[input->id] = true;
        }
    }
    return order;
}

static void name_layers(struct convert *c)
{
    struct graph *graph = c->im->graph;
    struct node **order = text_order(c->im->arena, graph);
    int ordinals[LAYER_COUNT] = {0};
    struct map taken = {0};
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (keeps_own_name(graph, order[i]))
            map_set(c->im->arena, &taken, order[i]->name, graph);
    for (size_t i = 0; i < graph->nodes.count; i++) {
        if (!keeps_own_name(graph, order[i]))
            order[i]->name = counted_name(c->im->arena, &taken, order[i]->kind, &ordinals[order[i]->kind]);
        name_weights(c->im->arena, order[i]);
    }
}

/* ---- the whole ---- */

static bool finish(struct convert *c)
{
    struct import_result *results = ARENA_ARRAY(c->im->arena, struct import_result, c->model->outputs.count + 1);
    struct value **wanted = ARENA_ARRAY(c->im->arena, struct value *, c->model->outputs.count + 1);
    for (size_t i = 0; i < c->model->outputs.count; i++)
        wanted[i] = c->values[flat_signed_at(&c->model->flat, c->model->outputs, 4, i)];
    if (!import_report_refusals(c->im, import_mark_refusals(c->im, wanted, c->model->outputs.count)) ||
        !find_results(c, results))
        return false;
    tfl_settle_notes(c);
    if (!import_results(c->im, results, c->model->outputs.count))
        return false;
    name_layers(c);
    return true;
}

static bool is_of_integers(const struct tfl_model *model)
{
    for (size_t i = 0; i < model->tensor_count; i++)
        if (model->tensors[i].type == TFL_INT8 && !model->tensors[i].held)
            return true;
    return false;
}

static bool all_int8(const struct tfl_model *model, struct flat_vector ends)
{
    for (size_t i = 0; i < ends.count; i++)
        if (model->tensors[flat_signed_at(&model->flat, ends, 4, i)].type != TFL_INT8)
            return false;
    return true;
}

static struct graph *import_bytes(struct importer *im, const struct mapping *file, struct weights **weights,
                                  bool *integers)
{
    struct tfl_model model;
    struct convert c = {.im = im, .model = &model};
    const char *error;
    if (!tfl_read(im->arena, file->bytes, file->length, &model, &error)) {
        fail(&c, error);
        return NULL;
    }
    c.values = ARENA_ARRAY(im->arena, struct value *, model.tensor_count + 1);
    c.before = ARENA_ARRAY(im->arena, struct value *, model.tensor_count + 1);
    c.integers = im->apart = is_of_integers(&model);
    *integers = all_int8(&model, model.inputs) && all_int8(&model, model.outputs);
    for (size_t i = 0; i < model.operator_count; i++)
        count_readers(&c, model.operators[i].inputs);
    count_readers(&c, model.outputs);
    if (!add_inputs(&c) || !tfl_run(&c))
        return NULL;
    if (model.flat.error) {
        fail(&c, model.flat.error);
        return NULL;
    }
    if (!finish(&c))
        return NULL;
    *weights = c.integers ? tfl_tensors(&c) : import_weights(im);
    return diag_failed(im->diag) ? NULL : im->graph;
}

struct graph *tflite_import(struct arena *arena, struct diag *diag, const char *path, const char *name,
                            struct weights **weights, bool *integers)
{
    enum { AS_IN_OPSET = 17 };
    struct importer im = {.arena = arena, .diag = diag, .path = path, .check = CHECK_TFLITE, .opset = AS_IN_OPSET};
    struct mapping file;
    const char *error;
    struct graph *graph = NULL;
    if (!file_map(arena, path, &file, &error)) {
        diag_report_file(diag, CHECK_FILE, path, "%s", error);
        return NULL;
    }
    im.folder = path_folder(arena, path);
    im.graph = ARENA_NEW(arena, struct graph);
    im.graph->arena = arena;
    im.graph->name = name ? name : path_stem(arena, path);
    im.budget = 8 * (int64_t)file.length + LIMIT_FOLDED;
    if (file.length > (uint64_t)LIMIT_MODEL)
        diag_report_file(diag, CHECK_LIMIT, path, "the file is larger than 2 GiB, the limit of models");
    else
        graph = import_bytes(&im, &file, weights, integers);
    file_unmap(&file);
    return graph;
}
