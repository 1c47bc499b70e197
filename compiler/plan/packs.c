/* The table of packed weights: which steps share one, where each lies, and the plan's hash. pack/ writes the bytes. */
#include "plan/build.h"

#include <string.h>

#include "runtime/cnnw.h"
#include "thin/thin.h"

static bool same_fold(const struct op *a, const struct op *b)
{
    return a->node->weights != NULL && a->node->weights == b->node->weights && a->epsilon == b->epsilon;
}

/* Are inputs multiplied by the same numbers, a channel each? */
static bool same_scales(const struct op *a, const struct op *b)
{
    if (a == b)
        return true;
    return a && b && a->map.c == b->map.c && memcmp(a->scale, b->scale, (size_t)a->map.c * sizeof *a->scale) == 0;
}

static bool same_folds(const struct op *a, const struct op *b)
{
    if (a->folded.count != b->folded.count || !same_scales(a->scaled, b->scaled))
        return false;
    for (size_t i = 0; i < a->folded.count; i++)
        if (!same_fold(a->folded.items[i], b->folded.items[i]))
            return false;
    return true;
}

enum element_type pack_type(enum pack_form form)
{
    switch (form) {
    case PACK_INTEGERS:
    case PACK_ROW_PAIRS:
    case PACK_TAP_PAIRS:
    case PACK_CHANNEL_PAIRS:
    case PACK_INPUT_QUADS:
    case PACK_QUADS:
    case PACK_TABLE:
    case PACK_BYTES: return ELEMENT_S8;
    case PACK_DEPTH_PAIRS:
    case PACK_WINOGRAD_PAIRS:
    case PACK_ENDS:
    case PACK_BOUNDED_ENDS:
    case PACK_FACTORS:
    case PACK_FILTERS:
    case PACK_EXPONENTIALS: return ELEMENT_S32;
    default: return ELEMENT_F32;
    }
}

bool pack_has_slopes(enum pack_form form)
{
    return (form >= PACK_DIRECT_BLOCKED && form <= PACK_BLOCKED) || form == PACK_DENSE_PIXELS;
}

/* Are the slopes that both end in the same tensors? */
static bool same_slopes(const struct op *a, const struct op *b)
{
    const struct function *of_a[2], *of_b[2];
    int count = op_sloped(a, of_a);
    if (op_sloped(b, of_b) != count)
        return false;
    for (int i = 0; i < count; i++)
        if (of_a[i]->node != of_b[i]->node &&
            (!of_a[i]->node->weights || of_a[i]->node->weights != of_b[i]->node->weights))
            return false;
    return true;
}

/* A blocked tensor's shape decides the order of a dense operation's inputs, and of weights that lie as it does; whether
 * one pixel comes in, and how large the result is, that of a transposed convolution's phases. */
static bool follows_input(enum pack_form form)
{
    return form == PACK_DENSE_BLOCKED || form == PACK_DOTS_BLOCKED || form == PACK_BLOCKED ||
           form == PACK_PHASES_BLOCKED || form == PACK_PHASES_PLANAR || form == PACK_INPUT_QUADS ||
           form == PACK_DENSE_PIXELS;
}

/* Do the same weights lie in the same order for both? A count that is padded to blocks does not tell: neither how a
 * dense operation's input lies, nor for how many channels a single slope is repeated. */
static bool same_order(enum pack_form form, const struct op *a, const struct op *b)
{
    if (follows_input(form))
        return shape_equal(a->inputs.items[0]->shape, b->inputs.items[0]->shape);
    return form != PACK_CHANNELS || a->output->shape.c == b->output->shape.c;
}

static bool same_part(const struct op *a, const struct op *b)
{
    const struct part *p = &a->part, *q = &b->part;
    return a->window.size.h == b->window.size.h && a->window.size.w == b->window.size.w &&
           p->first_tap.h == q->first_tap.h && p->first_tap.w == q->first_tap.w && p->first_channel == q->first_channel;
}

static bool is_winograd(enum pack_form form)
{
    return form == PACK_WINOGRAD4 || form == PACK_WINOGRAD2 || form == PACK_WINOGRAD2_5;
}

/* Weights that are multiplied as they are, or prototypes; each is read once, and then others. */
static bool is_stored_short(const struct plan *plan, const struct op *op, enum pack_form form)
{
    if (form == PACK_CONSTANT)
        return false; /* kernels read it as any other tensor */
    return plan->options.store == ELEMENT_F16 && !is_winograd(form) && form != PACK_BLOCKED &&
           (form == PACK_ROWS || form >= PACK_DIRECT_BLOCKED || (form == PACK_TENSOR && op->kind == OP_DISTANCE));
}

/* What lies behind the weights: biases and slopes. */
static int64_t behind_weights(const struct op *op, enum pack_form form, int64_t block)
{
    const struct function *sloped[2];
    const int64_t channels = op->output->shape.c;
    if (form == PACK_TENSOR)
        return 0;
    if (form == PACK_ROWS)
        return op_has_bias(op) ? channels : 0;
    return (1 + op_sloped(op, sloped)) * (form == PACK_SCALARS ? channels : layout_blocks(channels, block) * block);
}

int64_t plan_biases_at(int64_t weights)
{
    const int64_t width = element_bytes(ELEMENT_F16);
    return plan_aligned(weights * width) / width;
}

/* Those of a quantised network depend on what its operands mean: only the weights themselves may be another's. */
static bool is_shared(enum pack_form form)
{
    return form == PACK_INTEGERS || form == PACK_QUADS || pack_type(form) == ELEMENT_F32;
}

static bool is_same(const struct pack *pack, const struct op *op, enum pack_form form, int64_t block, int64_t count)
{
    if (form == PACK_CONSTANT)
        return false; /* each lies in its own way */
    if (!is_shared(form))
        return pack->form == form && pack->op == op;
    return pack->form == form && pack->block == block && pack->count == count && same_order(form, pack->op, op) &&
           same_part(pack->op, op) && same_folds(pack->op, op) && (!pack_has_slopes(form) || same_slopes(pack->op, op));
}

static void store_short(struct pack *pack)
{
    const int64_t behind = behind_weights(pack->op, pack->form, pack->block), width = element_bytes(ELEMENT_F16);
    pack->type = ELEMENT_F16;
    pack->halves = pack->count - behind;
    pack->bytes = pack->halves * width;
    if (behind)
        pack->bytes = plan_biases_at(pack->halves) * width + behind * element_bytes(ELEMENT_F32);
}

struct pack *plan_pack(struct plan *plan, const struct op *op, const struct node *node, enum pack_form form,
                       int64_t block, int64_t count)
{
    const void *source = node->weights ? (const void *)node->weights : node;
    struct pack **bucket = &plan->pack_buckets[(uintptr_t)source / sizeof *node % PACK_BUCKETS], *pack;
    for (pack = *bucket; pack; pack = pack->before) {
        bool same_node = pack->node == node || (node->weights && pack->node->weights == node->weights);
        if (same_node && is_same(pack, op, form, block, count))
            return pack;
    }
    pack = ARENA_NEW(plan->arena, struct pack);
    pack->before = *bucket;
    *bucket = pack;
    pack->id = (int)plan->packs.count;
    pack->form = form;
    pack->op = op;
    pack->node = node;
    pack->type = pack_type(form);
    pack->block = block;
    pack->count = count;
    pack->bytes = count * element_bytes(pack->type);
    if (is_stored_short(plan, op, form))
        store_short(pack);
    VEC_PUSH(plan->arena, &plan->packs, pack);
    return pack;
}

/* ---- the hash: FNV-1a over everything that decides which number lies where, and over the constants among them ---- */

static void hash_bytes(uint64_t *hash, const void *bytes, size_t length)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < length; i++)
        *hash = (*hash ^ p[i]) * UINT64_C(0x100000001B3);
}

static void hash_number(uint64_t *hash, int64_t number)
{
    unsigned char bytes[sizeof number];
    for (size_t i = 0; i < sizeof number; i++)
        bytes[i] = (unsigned char)((uint64_t)number >> (8 * i));
    hash_bytes(hash, bytes, sizeof bytes);
}

static void hash_reals(uint64_t *hash, const double *numbers, int64_t count)
{
    for (int64_t i = 0; numbers && i < count; i++) {
        int64_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        hash_number(hash, bits);
    }
}

static void hash_node(uint64_t *hash, const struct node *node)
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct weight *weight = &node->weights[i];
        hash_bytes(hash, weight->name, strlen(weight->name) + 1);
        hash_number(hash, weight->rank);
        for (int k = 0; k < weight->rank; k++)
            hash_number(hash, weight->dims[k]);
    }
}

/* In which order, and where, its numbers lie. */
static void hash_constant(uint64_t *hash, const struct tensor *tensor)
{
    const struct tensor_layout *layout = &tensor->layout;
    const enum axis *axes = tensor->value->producer->axes;
    const int64_t numbers[] = {axes[0],         axes[1],          axes[2],           tensor->shape.h, tensor->shape.w,
                               tensor->shape.c, layout->halo.top, layout->halo.left, layout->row,     layout->plane};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        hash_number(hash, numbers[i]);
}

static void hash_pack(uint64_t *hash, const struct pack *pack)
{
    hash_number(hash, pack->form);
    hash_number(hash, pack->type);
    hash_number(hash, pack->block);
    hash_number(hash, pack->offset);
    hash_number(hash, pack->bytes);
    hash_node(hash, pack->node);
    const struct op *op = pack->op;
    hash_reals(hash, &op->epsilon, 1);
    for (size_t i = 0; i < op->folded.count; i++) {
        hash_node(hash, op->folded.items[i]->node);
        hash_reals(hash, &op->folded.items[i]->epsilon, 1);
    }
    const struct function *sloped[2];
    for (int i = 0, count = pack_has_slopes(pack->form) ? op_sloped(op, sloped) : 0; i < count; i++)
        hash_node(hash, sloped[i]->node);
    if (op->scaled)
        hash_reals(hash, op->scaled->scale, op->scaled->map.c);
    if (op->kind == OP_INPUT) {
        hash_reals(hash, op->mean, op->map.c);
        hash_reals(hash, op->scale, op->map.c);
    }
    if (pack->form == PACK_TABLE && op->kind == OP_UNARY) {
        hash_number(hash, (int64_t)op->function.kind);
        hash_reals(hash, &op->function.a, 1);
        hash_reals(hash, &op->function.b, 1);
    }
    if (op->connect)
        hash_reals(hash, op->connect->entries, op->connect->rows * op->connect->columns);
    if (pack->merged > 1)
        hash_number(hash, pack->merged);
    if (op->part.window.h) {
        const int64_t numbers[] = {op->part.first_tap.h, op->part.first_tap.w, op->part.first_channel};
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            hash_number(hash, numbers[i]);
    }
    if (pack->form == PACK_CONSTANT)
        hash_constant(hash, pack->tensor);
    if (follows_input(pack->form)) {
        struct shape in = op->inputs.items[0]->shape;
        hash_number(hash, in.h);
        hash_number(hash, in.w);
        hash_number(hash, in.c);
    }
}

/* What integers mean is in the code, too: the weights of another quantisation do not fit it. */
static void hash_meanings(uint64_t *hash, const struct op_list *list)
{
    for (size_t i = 0; i < list->values.count; i++) {
        const struct value *value = list->values.items[i];
        if (!value->quantisation)
            continue;
        const double scale = (double)value->quantisation->scale[0];
        hash_reals(hash, &scale, 1);
        hash_number(hash, value->quantisation->zero[0]);
        if (value->quantisation->even)
            hash_number(hash, 1);
        hash_number(hash, value->producer->low);
        hash_number(hash, value->producer->high);
    }
}

bool plan_has_halves(const struct plan *plan)
{
    for (size_t i = 0; i < plan->packs.count; i++)
        if (plan->packs.items[i]->type == ELEMENT_F16)
            return true;
    return false;
}

int64_t plan_half_bytes(const struct plan *plan)
{
    int64_t halves = 0;
    for (size_t i = 0; i < plan->packs.count; i++)
        halves += plan->packs.items[i]->halves;
    return halves * element_bytes(ELEMENT_F16);
}

/* Which channels are left of what was written, and so which weights the code is for. */
static void hash_thinned(uint64_t *hash, const struct thinned *thinned)
{
    for (size_t i = 0; thinned && i < thinned->graph->nodes.count; i++) {
        const struct thin_channels *channels = &thinned->nodes[i];
        if (!channels->index)
            continue;
        hash_number(hash, (int64_t)i);
        for (int64_t c = 0; c < channels->kept; c++)
            hash_number(hash, channels->index[c]);
    }
}

void plan_place_weights(struct plan *plan)
{
    int64_t offset = 0;
    plan->hash = UINT64_C(0xCBF29CE484222325);
    hash_meanings(&plan->hash, plan->list);
    for (size_t i = 0; i < plan->packs.count; i++) {
        struct pack *pack = plan->packs.items[i];
        pack->offset = offset;
        offset += plan_aligned(pack->bytes);
        hash_pack(&plan->hash, pack);
    }
    plan->weight_bytes = offset;
    hash_number(&plan->hash, plan->weight_bytes);
    hash_thinned(&plan->hash, plan->options.thinned);
    plan->hash = cnnw_marked(plan->hash, plan_has_halves(plan), plan->options.thinned != NULL);
}
