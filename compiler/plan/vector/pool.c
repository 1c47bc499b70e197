/* Pools of blocked tensors: vectors over channels. */
#include "plan/vector/vector.h"

bool vector_pool(struct planning *v, const struct op *op)
{
    enum { PIXELS_A_CYCLE = 8 };
    const struct window *w = &op->window;
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    const char *word = pool_kind_words[op->pool.kind];
    struct kernel *kernel = vector_kernel(v, "vector/pool.m4", arena_printf(v->plan->arena, "pool_%s", word));
    int64_t last_y = (out->shape.h - 1) * w->stride.h - w->pad.top + w->size.h;
    int64_t last_x = (out->shape.w - 1) * w->stride.w - w->pad.left + w->size.w;
    vector_describe_operand(kernel, in, "IN");
    vector_describe_result(kernel, out);
    kernel_numbers(kernel, {"BLOCKS", vector_blocks(out->shape.c)}, {"IN_H", in->shape.h}, {"IN_W", in->shape.w},
                   {"KERNEL_H", w->size.h}, {"KERNEL_W", w->size.w}, {"STRIDE_H", w->stride.h},
                   {"STRIDE_W", w->stride.w}, {"PAD_TOP", w->pad.top}, {"PAD_LEFT", w->pad.left},
                   {"PAD_BOTTOM", w->pad.bottom}, {"PAD_RIGHT", w->pad.right}, {"COUNT_PAD", op->pool.count_pad},
                   {"CLIPPED", w->pad.top || w->pad.left || last_y > in->shape.h || last_x > in->shape.w});
    kernel_word(kernel, "KIND", word);
    vector_share(v, kernel, (double)shape_elements(out->shape) * (double)(w->size.h * w->size.w) / PIXELS_A_CYCLE,
                 false);
    plan_transform(v->plan, op, kernel, in, out);
    return true;
}

bool vector_global(struct planning *v, const struct op *op)
{
    struct tensor *in = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    const char *word = pool_kind_words[op->pool.kind];
    struct kernel *kernel = vector_kernel(v, "vector/global.m4", arena_printf(v->plan->arena, "global_%s", word));
    vector_describe_operand(kernel, in, "IN");
    kernel_numbers(kernel, {"IN_H", in->shape.h}, {"IN_W", in->shape.w}, {"BLOCKS", vector_blocks(out->shape.c)});
    vector_describe_result(kernel, out);
    kernel_number(kernel, "SHARED", 0);
    kernel_word(kernel, "KIND", word);
    plan_transform(v->plan, op, kernel, in, out);
    return true;
}
