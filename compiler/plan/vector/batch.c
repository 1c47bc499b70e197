/* Which convolutions take all images of a batch at once. Where weights are larger than the maps, reading them costs more
 * than it costs that the maps of all images leave the caches between two layers; elsewhere images go through the layers
 * one by one. */
#include "plan/vector/vector.h"

/* Of transformed weights, which --store leaves floats. */
static int64_t transformed_bytes(const struct op *op, enum algorithm algorithm)
{
    const int64_t positions = algorithm == ALGORITHM_WINOGRAD2 ? 16 : 36;
    return positions * vector_blocks(op->inputs.items[0]->shape.c) * vector_blocks(op->map.c) * VECTOR_BLOCK *
           VECTOR_BLOCK * element_bytes(op->output->type);
}

static int64_t map_bytes(const struct op *op)
{
    return (shape_elements(op->inputs.items[0]->shape) + shape_elements(op->map)) * element_bytes(op->output->type);
}

int64_t vector_images(const struct planning *v, const struct op *op, enum algorithm algorithm)
{
    const int64_t images = plan_images(v->plan);
    if (images == 1 || !vector_is_winograd(algorithm))
        return 1;
    return v->plan->options.stress || transformed_bytes(op, algorithm) > map_bytes(op) ? images : 1;
}
