/* What the rules have in common when they refuse: places, the label of the input, limits. */
#include <string.h>

#include "base/text.h"
#include "shape/origin.h"
#include "shape/rules.h"

/* {0, 0} unless it was written. */
static struct span written_span(const struct inference *in, const char *name)
{
    const struct shape_context *context = in->context;
    size_t count, limit = sizeof context->arg_spans / sizeof *context->arg_spans;
    const struct arg_spec *specs = layer_arguments(in->arena, in->node->kind, &count);
    for (size_t i = 0; i < count && i < limit; i++)
        if (strcmp(specs[i].name, name) == 0)
            return context->arg_spans[i];
    return (struct span){0, 0};
}

bool shape_argument_written(const struct inference *in, const char *name)
{
    return written_span(in, name).end > 0;
}

struct span shape_argument_span(const struct inference *in, const char *name)
{
    const struct span span = written_span(in, name);
    return span.end ? span : in->node->span;
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
    struct message *m = diag_report(in->diag, CHECK_LIMIT, in->node->span, "%s of %s exceeds the limit of %s", what,
                                    layer_table[in->node->kind].keyword, text_thousands(in->arena, LIMIT_ELEMENTS));
    if (in->node->input_count)
        shape_label_input(in, m);
    return false;
}

bool shape_report_count(const struct inference *in, const char *what)
{
    diag_report(in->diag, CHECK_LIMIT, in->node->span, "the number of %s of %s does not fit in 64 bits", what,
                layer_table[in->node->kind].keyword);
    return false;
}

bool shape_check_size(const struct inference *in)
{
    struct shape s = in->result.shape;
    int64_t elements;
    if (s.h < 1 || s.w < 1 || s.c < 1) {
        diag_report(in->diag, CHECK_SHAPE, in->node->span, "%s would give an empty tensor, %s",
                    layer_table[in->node->kind].keyword, shape_text(in->arena, s));
        return false;
    }
    return (checked_product(&elements, 3, s.h, s.w, s.c) && elements <= LIMIT_ELEMENTS) ||
           shape_report_limit(in, arena_printf(in->arena, "the size %s", shape_text(in->arena, s)));
}
