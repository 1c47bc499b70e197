/* Where the tensors lie in the arena: a buffer for each that is not a part of another, in use from its first step to
 * its last; assign.c finds the offsets. */
#include "plan/assign.h"
#include "plan/build.h"

static void use_buffer(struct plan *plan, struct tensor *tensor, int step)
{
    struct tensor *root = tensor_root(tensor, NULL);
    if (!root->buffer) {
        struct buffer *buffer = ARENA_NEW(plan->arena, struct buffer);
        buffer->id = (int)plan->buffers.count;
        buffer->place = root->place;
        buffer->index = root->index;
        buffer->bytes = plan_aligned(root->layout.bytes);
        buffer->first = step;
        root->buffer = buffer;
        VEC_PUSH(plan->arena, &plan->buffers, buffer);
    }
    root->buffer->last = step;
    tensor->buffer = root->buffer;
}

void plan_memory(struct plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct step *step = plan->steps.items[i];
        for (size_t k = 0; k < step->arguments.count; k++)
            if (step->arguments.items[k].tensor)
                use_buffer(plan, step->arguments.items[k].tensor, (int)i);
    }
    struct interval *intervals = ARENA_ARRAY(plan->arena, struct interval, plan->buffers.count);
    struct buffer **of_interval = ARENA_ARRAY(plan->arena, struct buffer *, plan->buffers.count);
    size_t count = 0;
    for (size_t i = 0; i < plan->buffers.count; i++) {
        struct buffer *buffer = plan->buffers.items[i];
        if (buffer->place != PLACE_ARENA)
            continue;
        intervals[count] = (struct interval){buffer->bytes, buffer->first, buffer->last, 0};
        of_interval[count++] = buffer;
    }
    plan->arena_lower_bound = memory_lower_bound(intervals, count);
    plan->arena_bytes = memory_assign(plan->arena, intervals, count);
    for (size_t i = 0; i < count; i++)
        of_interval[i]->offset = intervals[i].offset;
}
