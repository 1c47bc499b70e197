/* Lints about the network as a whole: receptive-field, dead, big-fc, channels-first. */
#include "base/text.h"
#include "check/lint.h"

/* The largest input image. */
static struct pair image_of(const struct lint *lint)
{
    struct pair image = {1, 1};
    for (size_t i = 0; i < lint->graph->inputs.count; i++) {
        struct shape s = lint->graph->inputs.items[i]->shape;
        image.h = s.h > image.h ? s.h : image.h;
        image.w = s.w > image.w ? s.w : image.w;
    }
    return image;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* How many more 3x3 convolutions at this jump it takes until one place sees n pixels. */
static int64_t layers_missing(int64_t n, int64_t field, double jump)
{
    double missing = (double)(n - field) / (2 * jump);
    int64_t layers = missing > 0 ? (int64_t)missing : 0;
    return layers + ((double)layers < missing);
}

/* receptive-field: a classifier that ends in global pooling answers from what single places see; if
 * each sees less than a quarter of the image, it has seen textures, not the object. A quarter, since
 * SqueezeNet (155x155 of 224x224) and M5 (3776 of 8000 samples) do well with half. Silent where an
 * FC combines the places, where the end is a map (segmentation, detection, filters), in SE blocks, and
 * without convolutions. */
void lint_receptive_field(const struct lint *lint, const struct node *node)
{
    bool global = node->kind == LAYER_GAP || node->kind == LAYER_GMP ||
                  (node->args.adaptive && node->shape.h == 1 && node->shape.w == 1);
    if (!global || node->inputs[0]->shape.h * node->inputs[0]->shape.w == 1)
        return;
    const struct node *last = node->inputs[0];
    struct pair image = image_of(lint);
    int64_t h = smaller(last->field.h, image.h), w = smaller(last->field.w, image.w);
    if ((double)h * (double)w * 4 >= (double)image.h * (double)image.w || !lint->collapsed[node->id] ||
        !lint->convolved[last->id])
        return;
    int64_t more_h = layers_missing(image.h, last->field.h, last->jump_h);
    int64_t more_w = layers_missing(image.w, last->field.w, last->jump_w), more = more_h > more_w ? more_h : more_w;
    struct message *m =
        node_report(lint->diag, CHECK_RECEPTIVE_FIELD, node,
                    "the last convolution sees %s of the %s image, and %s combines places without seeing further",
                    shape_pair_text(lint->arena, last->field.h, last->field.w),
                    shape_pair_text(lint->arena, image.h, image.w), layer_table[node->kind].keyword);
    lint_label(lint, m, arena_printf(lint->arena, "input %s", shape_origin(lint->arena, lint->source, last)));
    const char *window = image.h == 1 ? "1x3" : image.w == 1 ? "3x1" : "3x3";
    message_help(m, "%lld more %s convolution%s here would see it all; a POOL before them doubles what each adds",
                 (long long)more, window, more == 1 ? "" : "s");
}

/* The length of the chain of layers that work for `node` and for no output, itself included. */
static int64_t count_dead(const struct node *node)
{
    int64_t count = 1;
    while (node->input_count == 1 && !node->inputs[0]->needed) {
        node = node->inputs[0];
        count++;
    }
    return count;
}

/* dead: a tensor that nothing reads and that is not an output, possible only when OUTPUTs are marked.
 * Only the end of a dead chain is reported. */
void lint_dead(const struct lint *lint, const struct node *node)
{
    if (node->reader_count > 0 || node->is_output)
        return;
    int64_t layers = count_dead(node);
    struct message *m = node_report(lint->diag, CHECK_DEAD, node, "the result of %s is neither read nor an output",
                                    shape_node_name(lint->arena, node));
    message_help(m, "-> OUTPUT makes it one; without it %s",
                 layers == 1 ? "this layer's work is wasted"
                             : arena_printf(lint->arena, "the work of %lld layers is wasted", (long long)layers));
}

/* The map that an FC reads, before flattening. */
static const struct node *map_before(const struct node *node)
{
    const struct node *before = node->inputs[0];
    while (before->kind == LAYER_FLATTEN || before->kind == LAYER_DROPOUT || lint_is_activation(before))
        before = before->inputs[0];
    return before;
}

/* big-fc: one FC that reads a whole map of a convolution and holds at least a million parameters and
 * more than half of the network's (VGG's and AlexNet's first). Silent for small ones: a 10-way FC on a
 * small map holds nearly all parameters of a small network, and there is nothing to save. */
void lint_big_fc(const struct lint *lint, const struct node *node)
{
    enum { LEAST = 1000000 };
    if (node->kind != LAYER_FC || !node->weights_needed || node->params < LEAST ||
        node->params <= lint->graph->params / 2)
        return;
    const struct node *map = map_before(node);
    if (map->shape.h * map->shape.w == 1 || !lint->convolved[map->id])
        return;
    int64_t pooled = node->args.filters * (map->shape.c + (node->args.bias ? 1 : 0)), saved = node->params - pooled;
    double percent = 100.0 * (double)node->params / (double)lint->graph->params;
    struct message *m = node_report(
        lint->diag, CHECK_BIG_FC, node,
        "this FC holds %s of %s parameters (%d%%): a weight from each number of %s to each of its %lld results",
        text_thousands(lint->arena, node->params), text_thousands(lint->arena, lint->graph->params), (int)percent,
        shape_text(lint->arena, map->shape), (long long)node->args.filters);
    lint_label(lint, m, arena_printf(lint->arena, "input %s", shape_origin(lint->arena, lint->source, map)));
    message_help(m, "GAP before it would leave %s parameters and save %s", text_thousands(lint->arena, pooled),
                 text_thousands(lint->arena, saved));
}

/* The text shows that the size is meant as written: its reader looks along the width alone, or
 * reorders the axes. */
static bool axes_are_known(const struct lint *lint, const struct node *input)
{
    const struct readers *readers = &lint->readers[input->id];
    for (size_t i = 0; i < readers->count; i++) {
        const struct node *reader = readers->items[i];
        if (reader->kind == LAYER_TRANSPOSE || reader->kind == LAYER_RESHAPE ||
            (lint_is_sliding(reader) && reader->args.window.h < reader->args.window.w))
            return true;
    }
    return false;
}

/* channels-first: an INPUT of 3x32x32. Silent for sizes that are not a square picture the other way
 * round, for maps smaller than 8x8, and for imported models, whose sizes were not written by hand. */
void lint_channels_first(const struct lint *lint, const struct node *node)
{
    struct shape s = node->shape;
    if (node->kind != LAYER_INPUT || !lint->source || !shape_channels_first(s) || axes_are_known(lint, node))
        return;
    struct message *m = node_report(lint->diag, CHECK_CHANNELS_FIRST, node,
                                    "this INPUT is %lld high and %lld wide with %lld channels", (long long)s.h,
                                    (long long)s.w, (long long)s.c);
    message_help(m, "a size is height x width x channels: did you mean %s?",
                 shape_text(lint->arena, (struct shape){s.w, s.c, s.h}));
}
