/* Reductions in PyTorch's words: what a REDUCE, an ARGMAX and a MAXOUT call. */
#include "pytorch/module.h"

static const struct axes {
    const char *dims; /* as PyTorch counts them in N x C x H x W */
    int first, last;
} axes_of[] = {[OVER_C] = {"1", 1, 1},
               [OVER_H] = {"2", 2, 2},
               [OVER_W] = {"3", 3, 3},
               [OVER_HW] = {"(2, 3)", 2, 3},
               [OVER_CHW] = {"(1, 2, 3)", 1, 3}};

/* torch.prod takes one axis at a time. */
static const char *product(struct writer *w, const char *x, const struct axes *axes)
{
    const char *text = pytorch_enclosed(w->arena, x);
    for (int axis = axes->first; axis <= axes->last; axis++)
        text = arena_printf(w->arena, "%s.prod(%d, keepdim=True)", text, axis);
    return text;
}

const char *pytorch_reduction(struct writer *w, const struct node *node, const char *x)
{
    const struct layer_args *a = &node->args;
    const char *of = pytorch_enclosed(w->arena, x);
    if (node->kind == LAYER_MAXOUT)
        return arena_printf(w->arena, "%s.unflatten(1, (-1, %s)).amax(2)", of,
                            pytorch_mark(w->arena, SLOT_GROUPS, a->pieces));
    const struct axes *axes = &axes_of[a->over];
    switch (a->reducing) {
    case REDUCING_MEAN: return arena_printf(w->arena, "%s.mean(%s, keepdim=True)", of, axes->dims);
    case REDUCING_SUM: return arena_printf(w->arena, "%s.sum(%s, keepdim=True)", of, axes->dims);
    case REDUCING_MAX: return arena_printf(w->arena, "%s.amax(%s, keepdim=True)", of, axes->dims);
    case REDUCING_MIN: return arena_printf(w->arena, "%s.amin(%s, keepdim=True)", of, axes->dims);
    case REDUCING_PROD: return product(w, x, axes);
    case REDUCING_L1: return arena_printf(w->arena, "%s.abs().sum(%s, keepdim=True)", of, axes->dims);
    case REDUCING_ARGMAX: return arena_printf(w->arena, "%s.argmax(%s, keepdim=True).float()", of, axes->dims);
    case REDUCING_L2: return arena_printf(w->arena, "%s.square().sum(%s, keepdim=True).sqrt()", of, axes->dims);
    default: return arena_printf(w->arena, "torch.logsumexp(%s, %s, keepdim=True)", x, axes->dims);
    }
}
