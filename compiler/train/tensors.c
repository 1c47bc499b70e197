/* Where weights and running statistics lie in the trainer's array of parameters: in the order of the text, what can
 * learn first, then the statistics. Those that the text gives have an array of their own. */
#include "base/diag.h"
#include "train/train.h"

static size_t *place_of(const struct training *training, const struct node *node, enum weight_role role)
{
    const struct node *owner = node->shares ? node->shares : node;
    return &training->places[(size_t)owner->id * ROLE_COUNT + role];
}

const struct training_tensor *training_tensor(const struct training *training, const struct node *node,
                                              enum weight_role role)
{
    const size_t place = *place_of(training, node, role);
    return place ? &training->tensors.items[place - 1] : NULL;
}

const struct training_constant *training_constant(const struct training *training, const struct node *node,
                                                  enum weight_role role)
{
    const struct weight *weight = node_weight(node, role);
    for (size_t i = 0; weight && i < training->constants.count; i++)
        if (training->constants.items[i].weight == weight)
            return &training->constants.items[i];
    return NULL;
}

/* The weights of a pool are those of the AFFINE behind it. */
bool training_learns(const struct training *training, const struct op *op)
{
    if (op->kind == OP_STATISTICS || op->kind == OP_POOL)
        return false;
    for (int role = 0; role < ROLE_COUNT; role++) {
        const struct training_tensor *tensor = training_tensor(training, op->node, (enum weight_role)role);
        if (tensor && tensor->learns)
            return true;
    }
    return false;
}

static enum training_kind kind_of(const struct node *node, const struct weight *weight)
{
    const struct weight *factors = node_weight(node, ROLE_WEIGHT);
    switch (weight->role) {
    case ROLE_MEAN: return TRAINING_MEAN;
    case ROLE_VAR: return TRAINING_VARIANCE;
    case ROLE_BIAS: return !factors || factors->rank == 1 ? TRAINING_SHIFT : TRAINING_BIAS;
    default: break;
    }
    if (node->kind == LAYER_CONST)
        return TRAINING_NUMBERS;
    if (node->kind == LAYER_PRELU || node->kind == LAYER_RBF)
        return node->kind == LAYER_PRELU ? TRAINING_SLOPE : TRAINING_OTHER;
    return weight->rank == 1 || node->kind == LAYER_LN ? TRAINING_SCALE : TRAINING_WEIGHT;
}

/* The tensor of a convolution with a connection table stays dense. */
static int64_t idle_numbers(const struct node *node, const struct weight *weight)
{
    const struct matrix *table = weight->role == ROLE_WEIGHT ? node->args.connect : NULL;
    int64_t zeros = 0;
    for (int64_t i = 0; table && i < table->rows * table->columns; i++)
        zeros += table->entries[i] == 0;
    return table ? zeros * (weight->count / (table->rows * table->columns)) : 0;
}

static int64_t aligned(int64_t floats)
{
    return (floats + TRAINING_ALIGNMENT - 1) / TRAINING_ALIGNMENT * TRAINING_ALIGNMENT;
}

static void add_tensors(struct training *training, const struct node *node, bool buffers)
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct weight *weight = &node->weights[i];
        bool buffer = weight->role == ROLE_MEAN || weight->role == ROLE_VAR;
        if (weight->literal || buffer != buffers)
            continue;
        bool learns = !buffer && weight->trainable && training->recipe.trained[node->id];
        struct training_tensor tensor = {.node = node,
                                         .weight = weight,
                                         .offset = training->parameter_count,
                                         .learns = learns,
                                         .buffer = buffer,
                                         .kind = kind_of(node, weight),
                                         .idle = idle_numbers(node, weight)};
        VEC_PUSH(training->arena, &training->tensors, tensor);
        *place_of(training, node, weight->role) = training->tensors.count;
        training->parameter_count += aligned(weight->count);
    }
}

static void add_constants(struct training *training, const struct node *node)
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct weight *weight = &node->weights[i];
        if (!weight->literal)
            continue;
        struct training_constant constant = {weight, training->constant_count};
        VEC_PUSH(training->arena, &training->constants, constant);
        training->constant_count += aligned(weight->count);
    }
}

bool training_place(struct training *training, struct diag *diag)
{
    const struct graph *graph = training->graph;
    bool learns = false;
    training->places = ARENA_ARRAY(training->arena, size_t, graph->nodes.count * ROLE_COUNT + 1);
    for (int buffers = 0; buffers <= 1; buffers++) {
        for (size_t i = 0; i < graph->nodes.count; i++)
            if (!graph->nodes.items[i]->shares)
                add_tensors(training, graph->nodes.items[i], buffers);
        if (!buffers)
            training->trained_count = training->parameter_count;
    }
    for (size_t i = 0; i < graph->nodes.count; i++)
        if (!graph->nodes.items[i]->shares)
            add_constants(training, graph->nodes.items[i]);
    for (size_t i = 0; i < training->tensors.count; i++)
        learns |= training->tensors.items[i].learns;
    if (!learns)
        diag_report_file(diag, CHECK_UNSUPPORTED, NULL, "training: the network has no weights that could learn");
    return learns;
}
