/* The table of shape rules and what holds for every kind: limits, totals, shared weights. The rules
 * themselves are in the other files of this folder, by family. */
#include "shape/shape.h"

#include <string.h>

#include "base/text.h"
#include "shape/origin.h"
#include "shape/rules.h"

static shape_rule *const rules[LAYER_COUNT] = {
#define SHAPE(name) shape_rule_##name
#define LAYER(keyword, family, arguments, text, shape, ...) [LAYER_##keyword] = shape,
#include "layers.def"
#undef LAYER
#define MERGE(keyword, text, shape, ...) [LAYER_##keyword] = shape,
#include "merges.def"
#undef MERGE
#undef SHAPE
};

struct span shape_argument_span(const struct inference *in, const char *name)
{
    const struct shape_context *context = in->context;
    size_t count, limit = sizeof context->arg_spans / sizeof *context->arg_spans;
    const struct arg_spec *specs = layer_arguments(in->arena, in->node->kind, &count);
    for (size_t i = 0; i < count && i < limit; i++)
        if (strcmp(specs[i].name, name) == 0 && context->arg_spans[i].end)
            return context->arg_spans[i];
    return in->node->span;
}

void shape_label_input(const struct inference *in, struct message *message)
{
    const struct source *source = diag_source(in->diag);
    const char *origin = shape_origin(in->arena, source, in->node->inputs[0]);
    if (source)
        message_label(message, "input %s", origin);
    else
        message_help(message, "input %s", origin);
}

bool shape_report_limit(const struct inference *in, const char *what)
{
    struct message *m = diag_report(in->diag, CHECK_LIMIT, in->node->span, "%s of %s passes the limit of %s", what,
                                    layer_table[in->node->kind].keyword, text_thousands(in->arena, LIMIT_ELEMENTS));
    if (in->node->input_count)
        shape_label_input(in, m);
    return false;
}

bool shape_report_count(const struct inference *in, const char *what)
{
    diag_report(in->diag, CHECK_LIMIT, in->node->span, "the number of %s of %s is beyond 64 bits", what,
                layer_table[in->node->kind].keyword);
    return false;
}

bool shape_rule_same(struct inference *in)
{
    (void)in; /* the input's shape, field and jump are there already */
    return true;
}

bool shape_check_size(const struct inference *in)
{
    struct node *node = in->node;
    struct shape s = node->shape;
    int64_t elements;
    if (s.h < 1 || s.w < 1 || s.c < 1) {
        diag_report(in->diag, CHECK_SHAPE, node->span, "%s would give an empty tensor, %s",
                    layer_table[node->kind].keyword, shape_text(in->arena, s));
        return false;
    }
    if (!checked_product(&elements, 3, s.h, s.w, s.c) || elements > LIMIT_ELEMENTS)
        return shape_report_limit(in, arena_printf(in->arena, "the size %s", shape_text(in->arena, s)));
    node->bytes = 4 * elements;
    return true;
}

/* The trainable numbers; a rule that counts fewer than its tensors hold (connect) has set params itself. */
static void count_params(struct node *node)
{
    if (node->shares) {
        node->params = 0;
        node->weights = node->shares->weights;
        node->weight_count = node->shares->weight_count;
        return;
    }
    if (node->params)
        return;
    for (size_t i = 0; i < node->weight_count; i++)
        if (node->weights[i].trainable)
            node->params += node->weights[i].count;
}

static void begin(struct inference *in)
{
    struct node *node = in->node;
    node->weights = NULL;
    node->weight_count = 0;
    node->params = node->macs = node->connections = node->bytes = 0;
    node->element = ELEMENT_F32;
    if (node->input_count == 0)
        return;
    in->input = node->inputs[0]->shape;
    node->shape = in->input;
    node->field = node->inputs[0]->field;
    node->jump_h = node->inputs[0]->jump_h;
    node->jump_w = node->inputs[0]->jump_w;
}

bool shape_infer(struct shape_context *context, struct node *node, const struct literal_weight literals[ROLE_COUNT])
{
    struct inference in = {context, context->arena, context->diag, node, literals, {0, 0, 0}};
    begin(&in);
    if (!rules[node->kind](&in) || !shape_check_size(&in))
        return false;
    if (node->shares && !shape_check_shared(&in))
        return false;
    count_params(node);
    return true;
}
