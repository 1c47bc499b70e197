/* Where the tensors lie in the arena: a buffer for each that is not a part of another, in use from its first step to
 * its last; assign.c finds the offsets. */
#include "plan/assign.h"
#include "plan/build.h"

/* While images are computed one by one, memory that holds all of them is in use from the first step of the segment to
 * its last: what comes first for one image comes behind the rest for another. */
static void use_segments(struct plan *plan)
{
    for (size_t i = 0; i < plan->segments.count; i++) {
        const struct segment *segment = &plan->segments.items[i];
        const int first = (int)segment->first, last = (int)segment->end - 1;
        for (size_t k = 0; k < plan->buffers.count; k++) {
            struct buffer *buffer = plan->buffers.items[k];
            if (buffer->own || buffer->last < first || buffer->first > last)
                continue;
            buffer->first = buffer->first > first ? first : buffer->first;
            buffer->last = buffer->last < last ? last : buffer->last;
        }
    }
}

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

/* Gives offsets to the buffers of the arena or, with `own', of a thread's own memory. Returns the bytes it takes. */
static int64_t assign(struct plan *plan, bool own, int64_t *bound)
{
    struct interval *intervals = ARENA_ARRAY(plan->arena, struct interval, plan->buffers.count);
    struct buffer **of_interval = ARENA_ARRAY(plan->arena, struct buffer *, plan->buffers.count);
    size_t count = 0;
    for (size_t i = 0; i < plan->buffers.count; i++) {
        struct buffer *buffer = plan->buffers.items[i];
        if (buffer->place != PLACE_ARENA || buffer->own != own)
            continue;
        intervals[count] = (struct interval){buffer->bytes, buffer->first, buffer->last, 0};
        of_interval[count++] = buffer;
    }
    *bound = memory_lower_bound(intervals, count);
    const int64_t bytes = memory_assign(plan->arena, intervals, count);
    for (size_t i = 0; i < count; i++)
        of_interval[i]->offset = intervals[i].offset;
    return bytes;
}

void plan_memory(struct plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const struct step *step = plan->steps.items[i];
        for (size_t k = 0; k < step->arguments.count; k++)
            if (step->arguments.items[k].tensor)
                use_buffer(plan, step->arguments.items[k].tensor, (int)i);
    }
    plan_batch_buffers(plan);
    use_segments(plan);
    plan->arena_bytes = assign(plan, false, &plan->arena_lower_bound);
    if (!plan->segments.count)
        return;
    int64_t bound;
    plan->own_bytes = assign(plan, true, &bound);
    plan->own_offset = plan_aligned(plan->scratch_bytes);
    if (plan->own_bytes)
        plan->scratch_bytes = plan->own_offset + plan->own_bytes;
}
