/* Plans of a batch: a call takes several images. What is cheaper for all of them at once, because weights are read once
 * then, is a step that takes them all; the steps between are called for image after image, which keeps what one of them
 * needs in the caches, and threads share the images. Every image is computed as all others are: its result does not
 * depend on its place, nor on the other images.
 *
 * Tensors that only steps of one such segment use hold one image, in memory that each thread has to itself; others hold
 * all of them, each at a multiple of the same number of bytes. */
#include <string.h>

#include "plan/build.h"

void plan_describe_images(struct plan *plan, struct kernel *kernel, bool batched)
{
    kernel_number(kernel, "IMAGES", batched ? plan_images(plan) : 1);
    if (batched) /* IN_IMAGE: until it is known, a number that no other kernel has */
        kernel_numbers(kernel, {"IN_IMAGE", (int64_t)plan->steps.count}, {"RESIDUAL_IMAGE", 0}, {"OUT_IMAGE", 0});
}

/* The caller's images lie side by side. */
int64_t plan_image_bytes(const struct tensor *root)
{
    return root->place == PLACE_ARENA ? plan_aligned(root->layout.bytes) : root->layout.bytes;
}

/* ---- segments ---- */

static void find_segments(struct plan *plan)
{
    for (size_t i = 0; i < plan->steps.count; i++) {
        const bool batched = plan->steps.items[i]->batched;
        struct segment *last = plan->segments.count ? &plan->segments.items[plan->segments.count - 1] : NULL;
        if (last && !last->batched && !batched)
            last->end = i + 1;
        else
            VEC_PUSH(plan->arena, &plan->segments, ((struct segment){i, i + 1, batched}));
    }
}

/* ---- how far apart kernels find images ---- */

static void set_number(struct kernel *kernel, const char *name, int64_t number)
{
    for (size_t i = 0; i < kernel->params.count; i++)
        if (strcmp(kernel->params.items[i].name, name) == 0)
            kernel->params.items[i].number = number;
}

static void tell_images(const struct step *step)
{
    int reads = 0;
    for (size_t i = 0; i < step->arguments.count; i++) {
        const struct argument *argument = &step->arguments.items[i];
        if (!argument->tensor)
            continue;
        const struct tensor *root = tensor_root(argument->tensor, NULL);
        const char *name = argument->written ? "OUT_IMAGE" : reads++ ? "RESIDUAL_IMAGE" : "IN_IMAGE";
        /* What lies among the weights lies there once. */
        const int64_t bytes = root->place == PLACE_WEIGHTS ? 0 : plan_image_bytes(root);
        set_number(step->kernel, name, bytes / element_bytes(root->layout.type));
    }
}

/* Kernels that turn out to be equal become the first of them. */
static void merge_kernel(struct plan *plan, struct step *step)
{
    for (size_t i = 0; i < plan->kernels.count && plan->kernels.items[i] != step->kernel; i++) {
        struct kernel *other = plan->kernels.items[i];
        if (!kernel_equal(other, step->kernel))
            continue;
        size_t kept = 0;
        for (size_t k = 0; k < plan->kernels.count; k++)
            if (plan->kernels.items[k] != step->kernel)
                plan->kernels.items[kept++] = plan->kernels.items[k];
        plan->kernels.count = kept;
        step->kernel = other;
        return;
    }
}

void plan_batch(struct plan *plan)
{
    if (plan_images(plan) == 1)
        return;
    find_segments(plan);
    for (size_t i = 0; i < plan->steps.count; i++)
        if (plan->steps.items[i]->batched)
            tell_images(plan->steps.items[i]);
    for (size_t i = 0; i < plan->steps.count; i++)
        if (plan->steps.items[i]->batched)
            merge_kernel(plan, plan->steps.items[i]);
    for (size_t i = 0; i < plan->kernels.count; i++)
        plan->kernels.items[i]->id = (int)i;
}

/* ---- memory ---- */

/* The segment of a step. */
static size_t segment_of(const struct plan *plan, int step)
{
    size_t i = 0;
    while (plan->segments.items[i].end <= (size_t)step)
        i++;
    return i;
}

void plan_batch_buffers(struct plan *plan)
{
    if (!plan->segments.count)
        return;
    for (size_t i = 0; i < plan->tensors.count; i++) {
        const struct tensor *tensor = plan->tensors.items[i];
        struct buffer *buffer = tensor->buffer;
        if (!buffer || tensor->parent)
            continue;
        const size_t segment = segment_of(plan, buffer->first);
        buffer->own = buffer->place == PLACE_ARENA && segment == segment_of(plan, buffer->last) &&
                      !plan->segments.items[segment].batched;
        buffer->image = buffer->own ? 0 : plan_image_bytes(tensor);
        if (!buffer->own)
            buffer->bytes = plan_images(plan) * buffer->image;
    }
}
