/* The stream of packed weights: one form after the other, in the order of the plan's table. */
#include "pack/blocks.h"
#include "pack/integers.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/progress.h"
#include "weights/weights.h"

enum { BUFFER = 1024 * PLAN_ALIGNMENT }; /* bytes */

struct stream {
    const struct plan *plan;
    const struct weights *weights;
    pack_sink *sink;
    void *context;
    unsigned char buffer[BUFFER];
    size_t used;
    int64_t total;
    struct progress progress;
    bool failed; /* the sink refused */
    /* Numbers that became zero, and whose the first was. */
    int64_t tiny;
    const struct pack *pack, *first_tiny;
    int64_t put; /* numbers of the pack so far */
    struct rounded rounded;
    const struct pack *first_beyond;
};

static bool node_all_literal(const struct node *node)
{
    for (size_t i = 0; i < node->weight_count; i++) {
        const struct node *owner = node->shares ? node->shares : node;
        if (!owner->weights[i].literal)
            return false;
    }
    return true;
}

bool pack_all_literal(const struct plan *plan)
{
    for (size_t i = 0; i < plan->packs.count; i++) {
        const struct pack *pack = plan->packs.items[i];
        if (!node_all_literal(pack->node))
            return false;
        for (size_t k = 0; k < pack->op->folded.count; k++)
            if (!node_all_literal(pack->op->folded.items[k]->node))
                return false;
        const struct function *sloped[2];
        for (int k = 0, count = pack_has_slopes(pack->form) ? op_sloped(pack->op, sloped) : 0; k < count; k++)
            if (!node_all_literal(sloped[k]->node))
                return false;
    }
    return true;
}

/* ---- the stream ---- */

static void flush(struct stream *stream)
{
    if (stream->used && !stream->failed)
        stream->failed = !stream->sink(stream->context, stream->buffer, stream->used);
    stream->used = 0;
    progress_at(&stream->progress, stream->total);
}

static void put_bytes(struct stream *stream, const unsigned char *bytes, size_t length)
{
    stream->total += (int64_t)length;
    while (length) {
        size_t piece = BUFFER - stream->used < length ? BUFFER - stream->used : length;
        memcpy(stream->buffer + stream->used, bytes, piece);
        stream->used += piece;
        bytes += piece;
        length -= piece;
        if (stream->used == BUFFER)
            flush(stream);
    }
}

static void reverse(unsigned char *bytes, size_t width)
{
    for (size_t i = 0; i < width / 2; i++) {
        unsigned char byte = bytes[i];
        bytes[i] = bytes[width - 1 - i];
        bytes[width - 1 - i] = byte;
    }
}

/* Processors take a hundred cycles to multiply a float below the smallest normal one. It becomes zero. */
static void drop_tiny(struct stream *stream, unsigned char *floats, size_t length)
{
    for (size_t i = 0; i < length; i += sizeof(uint32_t)) {
        uint32_t bits;
        memcpy(&bits, floats + i, sizeof bits);
        if (bits & UINT32_C(0x7F800000) || !(bits & UINT32_C(0x007FFFFF)))
            continue;
        memset(floats + i, 0, sizeof bits);
        if (!stream->tiny++)
            stream->first_tiny = stream->pack;
    }
}

static void put_typed(void *context, enum element_type type, const void *values, int64_t count)
{
    static const uint16_t one = 1;
    const bool big_endian = *(const unsigned char *)&one == 0;
    const unsigned char *from = values;
    const size_t width = (size_t)element_bytes(type);
    unsigned char bytes[4096];
    for (size_t left = (size_t)count * width; left > 0;) {
        const size_t piece = left < sizeof bytes ? left : sizeof bytes;
        memcpy(bytes, from, piece);
        if (type == ELEMENT_F32)
            drop_tiny(context, bytes, piece);
        for (size_t i = 0; big_endian && i < piece; i += width)
            reverse(bytes + i, width);
        put_bytes(context, bytes, piece);
        from += piece;
        left -= piece;
    }
}

static void pad_to(struct stream *stream, int64_t offset)
{
    static const unsigned char zeros[PLAN_ALIGNMENT];
    while (stream->total < offset)
        put_bytes(stream, zeros,
                  offset - stream->total < PLAN_ALIGNMENT ? (size_t)(offset - stream->total) : sizeof zeros);
}

/* The first floats of a pack may be weights that are stored as half floats. Returns how many of these they are. */
static int64_t put_halves(struct stream *stream, const float *floats, int64_t count)
{
    enum { AT_ONCE = 1024 };
    uint16_t halves[AT_ONCE];
    const int64_t left = stream->pack->halves - stream->put, all = count < left ? count : left;
    for (int64_t from = 0, some; from < all; from += some) {
        some = all - from < AT_ONCE ? all - from : AT_ONCE;
        for (int64_t i = 0; i < some; i++)
            halves[i] = element_half(floats[from + i]);
        put_typed(stream, ELEMENT_F16, halves, some);
    }
    return all;
}

/* Numbers of any type, little-endian on every machine. */
static void put_numbers(void *context, enum element_type type, const void *values, int64_t count)
{
    struct stream *stream = context;
    const int64_t halves = stream->pack->halves > stream->put ? put_halves(stream, values, count) : 0;
    stream->put += count;
    if (count == halves)
        return;
    if (stream->pack->halves)
        pad_to(stream, stream->pack->offset + plan_aligned(stream->pack->halves * element_bytes(ELEMENT_F16)));
    put_typed(stream, type, (const unsigned char *)values + halves * element_bytes(type), count - halves);
}

static void put_doubles(struct stream *stream, const double *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        float value = (float)values[i];
        put_numbers(stream, ELEMENT_F32, &value, 1);
    }
}

/* ---- the forms ---- */

static bool read_folded(struct stream *stream, const struct pack *pack, struct folded *folded)
{
    if (!fold_read(stream->weights, pack->op, folded))
        return false;
    folded->rounded = stream->plan->options.store == ELEMENT_F16 ? &stream->rounded : NULL;
    return true;
}

static bool put_rows(struct stream *stream, const struct pack *pack)
{
    struct folded folded;
    if (!read_folded(stream, pack, &folded))
        return false;
    float *row = heap_array((size_t)folded.row, sizeof *row);
    for (int64_t k = 0; k < folded.filters; k++) {
        fold_row(&folded, k, row);
        put_numbers(stream, ELEMENT_F32, row, folded.row);
    }
    if (op_has_bias(pack->op))
        put_doubles(stream, folded.bias, folded.filters);
    free(row);
    fold_free(&folded);
    return true;
}

/* Factors, then summands, each padded to whole blocks. */
static bool put_affine(struct stream *stream, const struct pack *pack)
{
    int64_t channels = pack->op->output->shape.c, padded = pack->count / 2;
    double *factor = heap_array(2 * (size_t)padded, sizeof *factor);
    bool done = fold_affine(stream->weights, pack->op, channels, factor, factor + padded);
    if (done)
        put_doubles(stream, factor, 2 * padded);
    free(factor);
    return done;
}

static bool put_input(struct stream *stream, const struct pack *pack)
{
    const struct op *op = pack->op;
    int64_t channels = op->output->shape.c;
    for (int64_t c = 0; c < channels; c++)
        put_doubles(stream, op->mean ? &op->mean[c] : &(double){0}, 1);
    for (int64_t c = 0; c < channels; c++)
        put_doubles(stream, op->scale ? &op->scale[c] : &(double){1}, 1);
    return true;
}

/* One number for each of the output's, channels padded to whole blocks, which lie side by side. */
static void put_blocked(struct stream *stream, const struct pack *pack, const float *values)
{
    struct shape shape = pack->op->output->shape;
    int64_t pixels = shape.h * shape.w;
    for (int64_t i = 0; i < pack->count / 2; i++) {
        int64_t c = i / (pixels * pack->block) * pack->block + i % pack->block, pixel = i / pack->block % pixels;
        const float value = c < shape.c ? values[c * pixels + pixel] : 0;
        put_numbers(stream, ELEMENT_F32, &value, 1);
    }
}

/* Of the result's axes, the number of steps that each is in the layer's own numbers. */
static int64_t constant_step(const struct shape own, enum axis axis)
{
    return axis == AXIS_C ? own.h * own.w : axis == AXIS_H ? own.w : 1;
}

/* Numbers of the layer, in the order of the operation's axes: channels, rows, columns. */
static void turn_constant(const struct op *op, const float *values, float *turned)
{
    const struct shape own = op->node->shape;
    const int64_t sides[] = {[AXIS_C] = own.c, [AXIS_H] = own.h, [AXIS_W] = own.w};
    const enum axis h = op->axes[0], w = op->axes[1], c = op->axes[2];
    for (int64_t i = 0; i < sides[c]; i++)
        for (int64_t y = 0; y < sides[h]; y++)
            for (int64_t x = 0; x < sides[w]; x++)
                *turned++ = values[i * constant_step(own, c) + y * constant_step(own, h) + x * constant_step(own, w)];
}

/* As its tensor lies, once for each image; zeros in the halo, and in the channels that the last block lacks. */
static void lay_constant(const struct tensor *tensor, const float *turned, float *to)
{
    const struct shape s = tensor->shape;
    for (int64_t image = 0; image < tensor->value->batch; image++)
        for (int64_t c = 0; c < s.c; c++)
            for (int64_t y = 0; y < s.h; y++)
                for (int64_t x = 0; x < s.w; x++)
                    to[image * tensor->layout.image + layout_element(&tensor->layout, c, y, x)] =
                        turned[(c * s.h + y) * s.w + x];
}

static bool put_constant(struct stream *stream, const struct pack *pack)
{
    const struct node *owner = pack->node->shares ? pack->node->shares : pack->node;
    const struct weight *weight = node_weight(owner, ROLE_WEIGHT);
    float *values = heap_array((size_t)weight->count, sizeof *values);
    float *turned = heap_array((size_t)weight->count, sizeof *turned);
    float *laid = heap_array((size_t)pack->count, sizeof *laid);
    const bool done = weights_read(stream->weights, weight, values);
    if (done) {
        turn_constant(pack->op, values, turned);
        lay_constant(pack->tensor, turned, laid);
        put_numbers(stream, ELEMENT_F32, laid, pack->count);
    }
    free(laid);
    free(turned);
    free(values);
    return done;
}

/* A tensor of one entry is repeated `repeat` times: once a channel. Those of PACK_BLOCKED are permuted. */
static bool put_tensors(struct stream *stream, const struct pack *pack, int64_t repeat)
{
    static const enum weight_role order[] = {ROLE_WEIGHT, ROLE_BIAS};
    const struct node *owner = pack->node->shares ? pack->node->shares : pack->node;
    for (size_t i = 0; i < 2; i++) {
        const struct weight *weight = node_weight(owner, order[i]);
        if (!weight)
            continue;
        float *values = heap_array((size_t)weight->count, sizeof *values);
        bool done = weights_read(stream->weights, weight, values);
        for (int64_t k = 0; done && pack->halves && k < weight->count; k++)
            values[k] = fold_half(&stream->rounded, values[k]);
        int64_t times = weight->count == 1 && repeat > 1 ? repeat : 1;
        if (done && pack->form == PACK_BLOCKED)
            put_blocked(stream, pack, values);
        else
            for (int64_t k = 0; done && k < times; k++)
                put_numbers(stream, ELEMENT_F32, values, weight->count);
        free(values);
        if (!done)
            return false;
    }
    return true;
}

/* Zeros up to whole blocks. */
static bool put_zeros(struct stream *stream, const struct pack *pack)
{
    pad_to(stream, pack->offset + pack->bytes);
    return true;
}

/* A slope a channel, padded with zeros to so many. */
static bool put_slopes(struct stream *stream, const struct node *node, int64_t channels, int64_t padded)
{
    double *slopes = heap_array((size_t)padded, sizeof *slopes);
    bool done = fold_channels(stream->weights, node, channels, slopes);
    if (done)
        put_doubles(stream, slopes, padded);
    free(slopes);
    return done;
}

static bool put_blocks(struct stream *stream, const struct pack *pack)
{
    struct folded folded;
    if (!read_folded(stream, pack, &folded))
        return false;
    pack_put_blocks(pack, &folded, put_numbers, stream);
    fold_free(&folded);
    const struct function *sloped[2];
    int64_t count = pack->op->output->shape.c, block = pack->form == PACK_SCALARS ? 1 : pack->block;
    for (int i = 0, functions = op_sloped(pack->op, sloped); i < functions; i++)
        if (!put_slopes(stream, sloped[i]->node, count, layout_blocks(count, block) * block))
            return false;
    return true;
}

static bool put_pack(struct stream *stream, const struct pack *pack)
{
    switch (pack->form) {
    case PACK_DIRECT_BLOCKED:
    case PACK_DIRECT_PLANAR:
    case PACK_PHASES_BLOCKED:
    case PACK_PHASES_PLANAR:
    case PACK_WINOGRAD4:
    case PACK_WINOGRAD2:
    case PACK_WINOGRAD2_5:
    case PACK_DEPTHWISE:
    case PACK_SCALARS:
    case PACK_DENSE_BLOCKED:
    case PACK_DENSE_PLANAR:
    case PACK_DENSE_PIXELS:
    case PACK_DOTS_BLOCKED:
    case PACK_DOTS_PLANAR: return put_blocks(stream, pack);
    case PACK_INTEGERS:
    case PACK_QUADS:
    case PACK_DEPTH_PAIRS:
    case PACK_WINOGRAD_PAIRS:
    case PACK_ENDS:
    case PACK_BOUNDED_ENDS:
    case PACK_FACTORS:
    case PACK_ROW_PAIRS:
    case PACK_TAP_PAIRS:
    case PACK_CHANNEL_PAIRS:
    case PACK_INPUT_QUADS:
    case PACK_FILTERS:
    case PACK_TABLE:
    case PACK_BYTES:
    case PACK_EXPONENTIALS: return pack_put_integers(stream->plan, pack, put_numbers, stream);
    case PACK_ROWS: return put_rows(stream, pack);
    case PACK_AFFINE: return put_affine(stream, pack);
    case PACK_INPUT: return put_input(stream, pack);
    case PACK_CONSTANT: return put_constant(stream, pack);
    case PACK_CHANNELS: return put_tensors(stream, pack, pack->op->output->shape.c) && put_zeros(stream, pack);
    default: return put_tensors(stream, pack, 1);
    }
}

static bool put_packs(struct stream *stream, struct diag *diag, const struct plan *plan)
{
    for (size_t i = 0; i < plan->packs.count && !stream->failed; i++) {
        const struct pack *pack = plan->packs.items[i];
        const int64_t beyond = stream->rounded.beyond;
        stream->put = 0;
        stream->pack = pack;
        pad_to(stream, pack->offset);
        if (!put_pack(stream, pack)) {
            diag_report(diag, CHECK_WEIGHTS, pack->node->span, "the weights of %s cannot be read", pack->node->name);
            return false;
        }
        if (stream->rounded.beyond && !beyond)
            stream->first_beyond = pack;
        if (stream->total != pack->offset + pack->bytes) {
            diag_report(diag, CHECK_INTERNAL, pack->node->span, "the weights of %s take %lld bytes, the plan says %lld",
                        pack->node->name, (long long)(stream->total - pack->offset), (long long)pack->bytes);
            return false;
        }
    }
    return true;
}

static void report_beyond(const struct stream *stream, struct diag *diag)
{
    const struct node *node = stream->first_beyond->node;
    const int64_t count = stream->rounded.beyond;
    struct message *m = diag_report(diag, CHECK_HALF_RANGE, node->span,
                                    "%lld %s beyond the half floats that %s stored as, the first of them %g in %s: %s",
                                    (long long)count, count == 1 ? "weight is" : "weights are",
                                    count == 1 ? "it is" : "they are", (double)stream->rounded.first, node->name,
                                    count == 1 ? "it becomes the largest, of that sign, 65504"
                                               : "each becomes the largest of its sign, 65504");
    message_help(m, "--store=f32 keeps weights as they are");
}

static void report_tiny(const struct stream *stream, struct diag *diag)
{
    const struct node *node = stream->first_tiny->node;
    struct message *m = diag_report(diag, CHECK_TINY_WEIGHTS, node->span,
                                    "%lld packed %s too small for a normal float, the first of them in %s: %s",
                                    (long long)stream->tiny, stream->tiny == 1 ? "weight is" : "weights are",
                                    node->name, stream->tiny == 1 ? "it becomes zero" : "they become zero");
    message_help(m, "numbers below 1.18e-38 in size are slow to compute with and add nothing to a sum");
}

bool pack_stream(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                 pack_sink *sink, void *context)
{
    struct stream *stream = ARENA_NEW(arena, struct stream);
    stream->plan = plan;
    stream->weights = weights;
    stream->sink = sink;
    stream->context = context;
    stream->progress = progress_begin("packing weights", plan->weight_bytes + 1);
    bool packed = put_packs(stream, diag, plan);
    if (packed) {
        pad_to(stream, plan->weight_bytes);
        flush(stream);
    }
    progress_end(&stream->progress);
    if (packed && stream->tiny)
        report_tiny(stream, diag);
    if (packed && stream->rounded.beyond)
        report_beyond(stream, diag);
    return packed && !stream->failed;
}
