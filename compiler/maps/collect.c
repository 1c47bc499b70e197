/* The numbers of a sheet: pictures are read, the evaluator runs, and of its results the rows keep what they show. */
#include "maps/sheet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cnn.h"
#include "quantise/types.h"
#include "reference/reference.h"
#include "runtime/train/picture.h"
#include "weights/weights.h"

/* ---- pictures ---- */

static struct cnn_tensor tensor_of(const struct node *input)
{
    return (struct cnn_tensor){.name = input->name,
                               .height = (int32_t)input->shape.h,
                               .width = (int32_t)input->shape.w,
                               .channels = (int32_t)input->shape.c};
}

/* The library begins its messages with the path, and cnnc begins its own with it. */
static bool report_trouble(struct sheet *sheet, const char *path, const struct trouble *trouble)
{
    const char *said = trouble->message;
    const size_t length = strlen(path);
    if (strncmp(said, path, length) == 0 && strncmp(said + length, ": ", 2) == 0)
        said += length + 2;
    struct message *m = diag_report_file(sheet->diag, CHECK_FILE, path, "%s", said);
    if (trouble->help[0])
        message_help(m, "%s", trouble->help);
    return false;
}

static bool read_picture(struct sheet *sheet, const char *path, const struct node *input, float *planes)
{
    const struct cnn_tensor tensor = tensor_of(input);
    struct trouble trouble = {"", ""};
    return !cnn_picture_planes(path, &tensor, sheet->request->resize, planes, &trouble) ||
           report_trouble(sheet, path, &trouble);
}

/* The pictures of all sets, [set][input]; NULL after reporting. All are read before the first is used. */
static float **read_pictures(struct sheet *sheet)
{
    const struct graph *graph = sheet->request->graph;
    float **planes = ARENA_ARRAY(sheet->arena, float *, sheet->request->count + 1);
    for (size_t i = 0; i < sheet->request->count; i++) {
        const struct node *input = graph->inputs.items[i % graph->inputs.count];
        planes[i] = ARENA_ARRAY(sheet->arena, float, (size_t)shape_elements(input->shape));
        if (!read_picture(sheet, sheet->request->pictures[i], input, planes[i]))
            return NULL;
    }
    return planes;
}

/* ---- what a row keeps ---- */

static void widen(struct row *row, double number)
{
    if (!isfinite(number))
        row->finite = false;
    else {
        row->low = number < row->low ? number : row->low;
        row->high = number > row->high ? number : row->high;
    }
}

/* A map's pixels, or the means of blocks of them. */
static void reduce(const double *map, const struct row *row, float *to)
{
    const struct shape shape = row->shape;
    const int64_t step = row_step(row), down = row->lines ? 1 : step; /* a line for each channel */
    for (int64_t y = 0; y < row->height; y++)
        for (int64_t x = 0; x < row->width; x++) {
            double sum = 0;
            int count = 0;
            for (int64_t v = y * down; v < (y + 1) * down && v < shape.h; v++)
                for (int64_t u = x * step; u < (x + 1) * step && u < shape.w; u++, count++)
                    sum += map[v * shape.w + u];
            *to++ = (float)(sum / count);
        }
}

static size_t stored(const struct row *row)
{
    return (size_t)row->shown * (size_t)row->channels * (size_t)row->height * (size_t)row->width;
}

/* The maps with the largest means of their absolute numbers, where not all are shown. */
static void choose_maps(struct arena *arena, struct row *row, const double *result)
{
    const int64_t area = row->node->shape.h * row->node->shape.w;
    double *strength = ARENA_ARRAY(arena, double, (size_t)row->all);
    bool *chosen = ARENA_ARRAY(arena, bool, (size_t)row->all);
    int count = 0;
    for (int64_t i = 0; i < row->all * area; i++)
        strength[i / area] += isfinite(result[i]) ? fabs(result[i]) : 0;
    for (int i = 0; i < row->shown; i++) {
        int best = -1;
        for (int k = 0; k < row->all; k++)
            if (!chosen[k] && (best < 0 || strength[k] > strength[best]))
                best = k;
        chosen[best] = true;
    }
    row->chosen = ARENA_ARRAY(arena, int, (size_t)row->shown);
    for (int k = 0; k < row->all; k++)
        if (chosen[k])
            row->chosen[count++] = k;
}

static void keep(const struct sheet *sheet, struct row *row, const double *result, size_t set)
{
    const struct shape shape = row->shape;
    const int64_t area = shape.h * shape.w;
    float *to = row->values + set * stored(row);
    if (set == 0) {
        row->low = INFINITY;
        row->high = -INFINITY;
        if (row->kind == ROW_MAPS && row->shown < row->all)
            choose_maps(sheet->arena, row, result);
    }
    for (int64_t i = 0; i < shape_elements(shape); i++)
        widen(row, result[i]);
    for (int64_t c = 0; c < (int64_t)row->shown * row->channels; c++)
        reduce(result + (row->chosen ? row->chosen[c] : c) * area, row, to + c * row->height * row->width);
    if (set + 1 == sheet->sets && row->low > row->high)
        row->low = row->high = 0; /* none of them is finite */
}

static void make_room(struct sheet *sheet)
{
    for (size_t i = 0; i < sheet->rows.count; i++) {
        struct row *row = &sheet->rows.items[i];
        const size_t sets = row->kind == ROW_FILTERS ? 1 : sheet->sets;
        row->values = ARENA_ARRAY(sheet->arena, float, sets *stored(row) + 1);
    }
}

/* ---- a run ---- */

/* A picture as the evaluator takes it; s8 takes what bytes have 128 too much of. */
static double **doubles_of(const struct sheet *sheet, float *const *planes)
{
    const struct graph *graph = sheet->request->graph;
    double **images = ARENA_ARRAY(sheet->arena, double *, graph->inputs.count + 1);
    for (size_t i = 0; i < graph->inputs.count; i++) {
        const struct node *input = graph->inputs.items[i];
        const int64_t count = shape_elements(input->shape);
        images[i] = ARENA_ARRAY(sheet->arena, double, (size_t)count);
        for (int64_t k = 0; k < count; k++)
            images[i][k] = (double)planes[i][k] - (input->element == ELEMENT_S8 ? 128 : 0);
    }
    return images;
}

static size_t input_index(const struct graph *graph, const struct node *input)
{
    size_t i = 0;
    while (i + 1 < graph->inputs.count && graph->inputs.items[i] != input)
        i++;
    return i;
}

static bool run(struct sheet *sheet, size_t set, float *const *planes)
{
    const struct maps_request *request = sheet->request;
    const double *const *images = (const double *const *)doubles_of(sheet, planes);
    struct reference *reference = request->types ? reference_run_quantised(request->types, images, NULL)
                                                 : reference_run(request->graph, request->weights, images);
    if (!reference) {
        diag_report_file(sheet->diag, CHECK_WEIGHTS, NULL, "the weights cannot be read");
        return false;
    }
    for (size_t i = 0; i < sheet->rows.count; i++) {
        struct row *row = &sheet->rows.items[i];
        if (row->kind == ROW_PICTURE)
            keep(sheet, row, images[input_index(request->graph, row->node)], set);
        else if (row->kind != ROW_FILTERS)
            keep(sheet, row, reference->tensors[row->node->id], set);
    }
    reference_free(reference);
    return true;
}

/* ---- filters ---- */

static bool read_weight(const struct sheet *sheet, const struct node *node, const struct weight *weight, double *to)
{
    const struct types *types = sheet->request->types;
    const struct named_tensor *tensor = types ? type_tensor(sheet->arena, types, node, "weight") : NULL;
    if (tensor && tensor->count == weight->count)
        return weights_read_exactly(types->weights, tensor, to);
    float *floats = ARENA_ARRAY(sheet->arena, float, (size_t)weight->count);
    const bool done = weights_read(sheet->request->weights, weight, floats);
    for (int64_t i = 0; i < weight->count; i++)
        to[i] = (double)floats[i];
    return done;
}

/* One channel and three are kept; of others, their sum is what the filter makes of a grey picture. */
static bool collect_filters(struct sheet *sheet, struct row *row)
{
    const struct weight *weight = node_weight(row->node, ROLE_WEIGHT);
    const int area = row->height * row->width, channels = row->channels, kept = channels == 3 ? 3 : 1;
    double *numbers = ARENA_ARRAY(sheet->arena, double, (size_t)weight->count);
    if (!read_weight(sheet, row->node, weight, numbers)) {
        diag_report_file(sheet->diag, CHECK_WEIGHTS, NULL, "the weights of %s cannot be read", row->node->name);
        return false;
    }
    row->low = row->high = 0;
    for (int64_t i = 0; i < weight->count; i++)
        widen(row, numbers[i]);
    for (int i = 0; i < row->shown; i++)
        for (int c = 0; c < channels; c++)
            for (int k = 0; k < area; k++)
                row->values[(i * kept + (channels == 3 ? c : 0)) * area + k] +=
                    (float)numbers[((int64_t)i * channels + c) * area + k];
    row->channels = kept;
    return true;
}

bool sheet_collect(struct sheet *sheet)
{
    float **planes = read_pictures(sheet);
    if (!planes)
        return false;
    make_room(sheet);
    for (size_t i = 0; i < sheet->rows.count; i++)
        if (sheet->rows.items[i].kind == ROW_FILTERS && !collect_filters(sheet, &sheet->rows.items[i]))
            return false;
    for (size_t set = 0; set < sheet->sets; set++)
        if (!run(sheet, set, planes + set * sheet->request->graph->inputs.count))
            return false;
    return true;
}
