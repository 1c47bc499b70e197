/* Nodes of the imported graph: adding them with their numbers, naming them, and dropping in the end
 * what nothing reads. */
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "import.h"
#include "shape/shape.h"

/* Longer constants become tensors among the weights. What the importer makes up, and a single number for all, stays in
 * the text longer. */
enum { LONGEST_LITERAL = 64, LONGEST_MADE_UP = 4096, LONGEST_NAME = 200 };

/* "/layer1/layer1.0/conv1/Conv", as PyTorch names operators, is layer1.0.conv1. */
static const char *tidy_name(struct importer *im, const char *name)
{
    struct text tidy = text_new(im->arena);
    size_t start = 0; /* of the last part in tidy */
    for (const char *part = name; *part;) {
        part += *part == '/';
        size_t length = strcspn(part, "/");
        const bool last = part[length] == 0, upper = isupper((unsigned char)*part);
        if (length && !(last && upper && tidy.length)) {
            size_t before = tidy.length - start;
            const bool repeats = before && length > before && strncmp(part, tidy.bytes + start, before) == 0 &&
                                 part[before] == '.';
            if (repeats)
                tidy.length = start;
            else if (tidy.length)
                text_add_char(&tidy, '.');
            start = tidy.length;
            text_add_bytes(&tidy, part, length);
        }
        part += length;
    }
    return *name == '/' ? tidy.bytes : name;
}

/* Names stand in texts and messages: one line of valid UTF-8 without quotes and braces. */
static const char *clean_name(struct importer *im, const char *name)
{
    size_t length = strlen(name);
    char *clean = arena_copy(im->arena, name, length > LONGEST_NAME ? LONGEST_NAME : length);
    const bool valid = utf8_check(clean, strlen(clean)) == strlen(clean);
    for (char *c = clean; *c; c++)
        if ((unsigned char)*c < 32 || strchr("\"{}\\\\", *c) || *c == 127 || (!valid && (unsigned char)*c > 127))
            *c = '_';
    return clean;
}

struct taken_name {
    int next; /* the number that a second one of this name tries first */
};

static const char *unique_name(struct importer *im, const char *name)
{
    const char *candidate = name;
    struct taken_name *first = map_get(&im->names, name), *own = ARENA_NEW(im->arena, struct taken_name);
    while (map_get(&im->names, candidate))
        candidate = arena_printf(im->arena, "%s_%d", name, first->next++);
    own->next = 2;
    map_set(im->arena, &im->names, candidate, own);
    return candidate;
}

/* "relu1" is what a text calls a layer of that other kind without a label. */
static bool looks_counted(const char *name, enum layer_kind kind)
{
    const int other = layer_kind_counted(name);
    return other >= 0 && (enum layer_kind)other != kind && layer_table[other].family != FAMILY_CONVOLUTION &&
           layer_table[other].family != FAMILY_NORMALISATION && other != LAYER_FC && other != LAYER_RBF;
}

const char *import_node_name(struct importer *im, const struct call *call, const struct layer *layer)
{
    const struct constant *weight = layer->constants[ROLE_WEIGHT], *bias = layer->constants[ROLE_BIAS];
    const bool by_bias = !(weight && weight->trained) && bias && bias->trained;
    const char *suffix = by_bias ? ".bias" : ".weight";
    const char *name = by_bias ? bias->name : weight && weight->trained ? weight->name : "";
    size_t length = strlen(name);
    if (layer->kind == LAYER_CONST && length) /* the tensor has the layer's name */
        return unique_name(im, clean_name(im, name));
    if (length > strlen(suffix) && strcmp(name + length - strlen(suffix), suffix) == 0) {
        name = arena_copy(im->arena, name, length - strlen(suffix));
        if (!map_get(&im->names, name))
            return unique_name(
                im, clean_name(im, looks_counted(name, layer->kind) ? arena_printf(im->arena, "%s_", name) : name));
    }
    name = call->given_name && *call->given_name ? tidy_name(im, call->given_name) : call->name;
    return unique_name(im, clean_name(im, *name ? name : "node"));
}

static bool is_literal(const struct layer *layer, const struct constant *constant)
{
    if (!layer->literal && constant->trained)
        return false;
    return constant->count <= LONGEST_LITERAL ||
           (constant->count <= LONGEST_MADE_UP && (layer->literal || constant_is(constant, constant_at(constant, 0))));
}

/* Made once, however many layers have these numbers. */
static struct matrix *literal_matrix(struct importer *im, const struct constant *constant)
{
    if (constant->literal)
        return constant->literal;
    double *entries = ARENA_ARRAY(im->arena, double, (size_t)constant->count + 1);
    for (int64_t i = 0; i < constant->count; i++)
        entries[i] = nice_number((float)constant_at(constant, i));
    struct matrix *matrix = ARENA_NEW(im->arena, struct matrix);
    *matrix = (struct matrix){1, constant->count, entries};
    ((struct constant *)(uintptr_t)constant)->literal = matrix;
    return matrix;
}

static void set_literals(struct importer *im, const struct layer *layer, struct literal_weight *literals)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct constant *constant = layer->constants[role];
        literals[role] = (struct literal_weight){0};
        if (!constant || !is_literal(layer, constant))
            continue;
        literals[role].matrix = literal_matrix(im, constant);
    }
}

/* Which maps a filter reads decides which numbers are kept. */
static bool same_connections(const struct matrix *a, const struct matrix *b)
{
    if (!a || !b)
        return a == b;
    return a->rows == b->rows && a->columns == b->columns &&
           memcmp(a->entries, b->entries, (size_t)(a->rows * a->columns) * sizeof *a->entries) == 0;
}

static bool same_window(const struct layer_args *a, const struct layer_args *b)
{
    return a->filters == b->filters && a->groups == b->groups && a->bias == b->bias && a->eps == b->eps &&
           a->per_pixel == b->per_pixel && memcmp(&a->window, &b->window, sizeof a->window) == 0 &&
           memcmp(&a->stride, &b->stride, sizeof a->stride) == 0 && memcmp(&a->pad, &b->pad, sizeof a->pad) == 0 &&
           memcmp(&a->dilation, &b->dilation, sizeof a->dilation) == 0 && same_connections(a->connect, b->connect);
}

/* An earlier layer with the same initializers shares its weights with this one, whose arguments are normalised. */
static const struct node *find_sharer(struct importer *im, const struct layer *layer, const struct node *added)
{
    const struct constant *weight = layer->constants[ROLE_WEIGHT];
    if (!weight || !weight->trained || layer->literal || im->quantised) /* scales may differ */
        return NULL;
    for (size_t i = 0; i < (size_t)added->id; i++) {
        const struct node *node = im->graph->nodes.items[i];
        const struct numbers *numbers = &im->numbers.items[i];
        bool same = node->kind == layer->kind && !node->shares && node->weight_count && numbers->constants[ROLE_WEIGHT];
        for (int role = 0; same && role < ROLE_COUNT; role++) {
            const struct constant *mine = layer->constants[role], *its = numbers->constants[role];
            same = mine == its ||
                   (mine && its && mine->trained && mine->origin == its->origin && mine->count == its->count);
        }
        if (same && node->inputs[0]->shape.c == added->inputs[0]->shape.c && same_window(&node->args, &added->args))
            return node;
    }
    return NULL;
}

/* Literals go into texts, which cannot hold infinities and NaN. */
static bool finite_literals(const struct layer *layer)
{
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct constant *constant = layer->constants[role];
        const int64_t count = constant && is_literal(layer, constant) ? constant->count : 0;
        for (int64_t i = 0; i < count; i++)
            if (!isfinite((float)constant_at(constant, i)))
                return false;
    }
    return true;
}

static bool infer(struct importer *im, struct call *call, struct node *node, const struct layer *layer)
{
    struct shape_context context = {.arena = im->arena, .diag = im->diag};
    struct literal_weight literals[ROLE_COUNT];
    struct diag_trial trial = diag_trial_begin(im->diag);
    set_literals(im, layer, literals);
    if (!finite_literals(layer))
        return refuse(im, call, "one of its numbers is not finite");
    bool ok = shape_infer(&context, node, literals);
    const char *reason = diag_trial_reason(im->diag, trial);
    diag_trial_end(im->diag, trial, false);
    if (!ok)
        return refuse(im, call, "%s", reason ? reason : "its sizes are out of range");
    for (size_t i = 0; i < node->weight_count && !node->shares; i++) {
        const struct weight *weight = &node->weights[i];
        const struct constant *constant = layer->constants[weight->role];
        if (!constant)
            return refuse(im, call, "it has no numbers for its %s", weight->name);
        if (!weight->literal && constant->count != weight->count)
            return refuse(im, call, "%s has %lld numbers where %lld are needed", constant->name,
                          (long long)constant->count, (long long)weight->count);
    }
    return true;
}

/* Generated code's constants are finite floats: a bound at infinity is one that is never met. */
static bool tame(struct importer *im, struct call *call, struct layer_args *args)
{
    double *const numbers[] = {&args->a, &args->b, &args->eps, &args->alpha, &args->beta, &args->k, &args->value};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (isnan(*numbers[i]))
            return refuse(im, call, "an argument is not a number");
        *numbers[i] = fmax(fmin(*numbers[i], FLT_MAX), -FLT_MAX);
    }
    return true;
}

static bool set_arguments(struct importer *im, struct call *call, struct node *node, const struct layer *layer)
{
    struct shape_context context = {.arena = im->arena, .diag = im->diag};
    node->args = layer->args;
    return tame(im, call, &node->args) && shape_normalise(&context, node, NULL);
}

struct node *import_add(struct importer *im, struct call *call, const struct layer *layer, struct node *const *inputs,
                        size_t input_count)
{
    const struct span nowhere = {0, 0};
    if (im->graph->nodes.count >= LIMIT_LAYERS) {
        refuse(im, call, "the model takes more than %d layers", LIMIT_LAYERS);
        return NULL;
    }
    struct node *node = graph_add(im->graph, layer->kind, import_node_name(im, call, layer), nowhere, inputs,
                                  input_count);
    struct numbers numbers = {.first_id = node->id};
    memcpy(numbers.constants, layer->constants, sizeof numbers.constants);
    VEC_PUSH(im->arena, &im->numbers, numbers);
    if (!set_arguments(im, call, node, layer))
        return NULL;
    node->shares = input_count ? find_sharer(im, layer, node) : NULL;
    return infer(im, call, node, layer) ? node : NULL;
}

struct node *import_add1(struct importer *im, struct call *call, const struct layer *layer, struct node *input)
{
    return import_add(im, call, layer, &input, 1);
}

bool import_redo(struct importer *im, struct call *call, struct node *node, const struct layer *layer)
{
    if (!set_arguments(im, call, node, layer))
        return false;
    memcpy(im->numbers.items[node->id].constants, layer->constants, sizeof layer->constants);
    return infer(im, call, node, layer);
}

/* The value that this one was made of by a mere change of the view, or NULL. */
static struct value *same_node_before(const struct value *value)
{
    const struct call *maker = value->maker;
    for (size_t i = 0; maker && i < maker->input_count; i++)
        if (maker->inputs[i]->kind == VALUE_VIEW && maker->inputs[i]->node == value->node)
            return maker->inputs[i];
    return NULL;
}

bool import_private(struct importer *im, const struct value *value)
{
    for (; value; value = same_node_before(value)) {
        const size_t *readers = map_get(&im->readers, value->name ? value->name : "");
        if (!readers || *readers != 1)
            return false;
    }
    return true;
}

void import_outdate(const struct value *value)
{
    for (struct value *old = (struct value *)(uintptr_t)value; old; old = same_node_before(old))
        old->outdated = true;
}

/* A literal factor and offset right behind an input are the input's own. */
static bool absorb_scale(struct importer *im, struct node *input, struct node *scale)
{
    struct numbers *numbers_of_input = &im->numbers.items[input->id];
    if (numbers_of_input->meaning.known)
        return false;
    const struct weight *factor = node_weight(scale, ROLE_WEIGHT), *offset = node_weight(scale, ROLE_BIAS);
    const int64_t channels = input->shape.c;
    if (scale->kind != LAYER_SCALE || (factor && !factor->literal) || (offset && !offset->literal) ||
        input->args.scale || !factor == !offset || (offset && input->args.mean))
        return false;
    double *numbers = ARENA_ARRAY(im->arena, double, (size_t)channels);
    for (int64_t i = 0; i < channels; i++) {
        numbers[i] = factor ? weight_literal(factor, i) : -weight_literal(offset, i);
        if (factor && numbers[i] == 0) /* an INPUT cannot have it */
            return false;
    }
    if (factor)
        input->args.scale = numbers;
    else
        input->args.mean = numbers;
    if (strncmp(input->name, scale->name, strlen(scale->name)) == 0 &&
        strcmp(input->name + strlen(scale->name), ".input") == 0)
        input->name = scale->name;
    numbers_of_input->meaning = im->numbers.items[scale->id].meaning;
    input->keeps_name = input->keeps_name || numbers_of_input->meaning.known;
    return true;
}

static void replace_node(struct graph *graph, const struct node *old, struct node *fresh)
{
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->input_count; k++)
            if (graph->nodes.items[i]->inputs[k] == old)
                graph->nodes.items[i]->inputs[k] = fresh;
}

static struct node *only_reader(const struct graph *graph, const struct node *node)
{
    struct node *reader = NULL;
    for (size_t i = 0; i < graph->outputs.count; i++)
        if (graph->outputs.items[i].node == node)
            return NULL;
    for (size_t i = 0; i < graph->nodes.count; i++)
        for (size_t k = 0; k < graph->nodes.items[i]->input_count; k++)
            if (graph->nodes.items[i]->inputs[k] == node) {
                if (reader)
                    return NULL;
                reader = graph->nodes.items[i];
            }
    return reader;
}

/* A trained factor and offset right behind a pool are the pool's own. */
static void absorb_pool(struct importer *im, struct node *scale)
{
    struct node *pool = scale->input_count ? scale->inputs[0] : NULL;
    const bool slides = pool &&
                        (pool->kind == LAYER_MAXPOOL || pool->kind == LAYER_AVGPOOL || pool->kind == LAYER_L2POOL);
    const struct weight *factor = node_weight(scale, ROLE_WEIGHT), *offset = node_weight(scale, ROLE_BIAS);
    struct call call = {.type = "Pool", .name = scale->name};
    if (scale->kind != LAYER_SCALE || !slides || pool->args.affine || !factor || !offset || !factor->trainable ||
        !offset->trainable || scale->shares || !only_reader(im->graph, pool))
        return;
    struct layer layer = {.kind = pool->kind, .args = pool->args};
    memcpy(layer.constants, im->numbers.items[scale->id].constants, sizeof layer.constants);
    layer.args.affine = true;
    scale->kind = pool->kind;
    scale->inputs[0] = pool->inputs[0];
    import_redo(im, &call, scale, &layer);
}

void import_absorb_scales(struct importer *im)
{
    for (size_t i = 0; i < im->graph->nodes.count; i++)
        absorb_pool(im, im->graph->nodes.items[i]);
    for (size_t i = 0; i < im->graph->inputs.count; i++) {
        struct node *input = im->graph->inputs.items[i], *reader;
        while ((reader = only_reader(im->graph, input)) && only_reader(im->graph, reader) &&
               absorb_scale(im, input, reader)) {
            replace_node(im->graph, reader, input);
            reader->input_count = 0;
        }
    }
}

void import_finish(struct importer *im)
{
    struct graph *graph = im->graph;
    bool *live = ARENA_ARRAY(im->arena, bool, graph->nodes.count + 1);
    for (size_t i = 0; i < graph->outputs.count; i++)
        live[graph->outputs.items[i].node->id] = true;
    for (size_t i = graph->nodes.count; i-- > 0;) {
        struct node *node = graph->nodes.items[i];
        if (node->kind == LAYER_INPUT)
            live[i] = true;
        for (size_t k = 0; live[i] && k < node->input_count; k++)
            live[node->inputs[k]->id] = true; /* earlier in the list: the walk reaches it later */
        if (live[i] && node->shares)
            live[node->shares->id] = true;
    }
    size_t count = 0;
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (live[i]) {
            graph->nodes.items[i]->id = (int)count;
            im->numbers.items[count] = im->numbers.items[i];
            graph->nodes.items[count++] = graph->nodes.items[i];
        }
    graph->nodes.count = im->numbers.count = count;
}
