/* How far a result sees into the network's input: the receptive field, and the jump from one result
 * to the next, in pixels of that input. Normalisation over a map counts as pointwise, as is
 * customary; merges are in shape_merge.c. */
#include "shape/rules.h"

/* Beyond this the numbers are neither exact nor meaningful. */
static const double field_limit = 9007199254740992.0;

static bool grow(const struct inference *in, int64_t *field, double *jump, double reach, double stride)
{
    double grown = (double)*field + (reach > 0 ? reach * *jump : 0), next = *jump * stride;
    if (!(grown < field_limit) || !(next < field_limit)) {
        diag_report(in->diag, CHECK_LIMIT, in->node->span, "the receptive field of %s exceeds 2^53 pixels",
                    layer_table[in->node->kind].keyword);
        return false;
    }
    int64_t whole = (int64_t)grown;
    *field = whole + ((double)whole < grown); /* behind an UPSAMPLE jumps are fractions */
    *jump = next;
    return true;
}

bool shape_field_window(struct inference *in, struct pair reach, struct pair stride)
{
    struct layer_result *result = &in->result;
    return grow(in, &result->field.h, &result->jump_h, (double)reach.h, (double)stride.h) &&
           grow(in, &result->field.w, &result->jump_w, (double)reach.w, (double)stride.w);
}

bool shape_field_whole(struct inference *in)
{
    struct layer_result *result = &in->result;
    return grow(in, &result->field.h, &result->jump_h, (double)(in->input.h - 1),
                (double)in->input.h / (double)result->shape.h) &&
           grow(in, &result->field.w, &result->jump_w, (double)(in->input.w - 1),
                (double)in->input.w / (double)result->shape.w);
}
