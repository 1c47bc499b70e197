/* Which convolutions take all images of a batch at once. Where weights are larger than the maps, reading them costs
 * more than it costs that the maps of all images leave the caches between two layers; elsewhere images go through the
 * layers one by one. */
#include "plan/vector/vector.h"

/* Of transformed weights, which --store leaves floats. */
static int64_t transformed_bytes(const struct op *op, enum algorithm algorithm)
{
    const int64_t positions = algorithm == ALGORITHM_WINOGRAD2 ? 16 : 36;
    return positions * vector_blocks(op->inputs.items[0]->shape.c) * vector_blocks(op->map.c) * VECTOR_BLOCK *
           VECTOR_BLOCK * element_bytes(op->output->type);
}

static int64_t direct_bytes(const struct planning *v, const struct op *op)
{
    return op->window.size.h * op->window.size.w * vector_grouping(op).in * vector_blocks(op->map.c) * VECTOR_BLOCK *
           element_bytes(v->plan->options.store);
}

static int64_t input_bytes(const struct op *op)
{
    return shape_elements(op->inputs.items[0]->shape) * element_bytes(op->output->type);
}

int64_t vector_images_at_once(const struct planning *v, const struct op *op)
{
    const int64_t fit = vector_model(v)->second / 4 * 3 / input_bytes(op), images = plan_images(v->plan);
    return fit < 1 ? 1 : fit < images ? fit : images;
}

int64_t vector_images(const struct planning *v, const struct op *op, enum algorithm algorithm)
{
    const bool direct = algorithm == ALGORITHM_DIRECT;
    const int64_t images = plan_images(v->plan);
    if (images == 1 || !(direct || vector_is_winograd(algorithm)) || (direct && vector_images_at_once(v, op) == 1))
        return 1;
    const int64_t weights = direct ? direct_bytes(v, op) : transformed_bytes(op, algorithm);
    const int64_t maps = input_bytes(op) + shape_elements(op->map) * element_bytes(op->output->type);
    return v->plan->options.stress || weights > maps ? images : 1;
}
