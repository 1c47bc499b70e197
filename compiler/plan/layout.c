/* Strides and sizes of tensors. */
#include "plan/layout.h"

static struct tensor_layout make(enum element_type type, enum form form, int64_t block, struct shape shape,
                                 const struct padding *halo)
{
    struct tensor_layout layout = {.type = type, .form = form, .block = block};
    if (halo)
        layout.halo = *halo;
    layout.row = (layout.halo.left + shape.w + layout.halo.right) * block;
    layout.plane = (layout.halo.top + shape.h + layout.halo.bottom) * layout.row;
    layout.image = layout_blocks(shape.c, block) * layout.plane;
    return layout_batch(layout, 1);
}

struct tensor_layout layout_planar(enum element_type type, struct shape shape, const struct padding *halo)
{
    return make(type, FORM_PLANAR, 1, shape, halo);
}

struct tensor_layout layout_blocked(enum element_type type, int64_t block, struct shape shape,
                                    const struct padding *halo)
{
    return make(type, FORM_BLOCKED, block, shape, halo);
}

struct tensor_layout layout_batch(struct tensor_layout layout, int64_t batch)
{
    layout.count = batch * layout.image;
    layout.bytes = layout.count * element_bytes(layout.type);
    return layout;
}

int64_t layout_element(const struct tensor_layout *layout, int64_t c, int64_t y, int64_t x)
{
    return c / layout->block * layout->plane + (y + layout->halo.top) * layout->row +
           (x + layout->halo.left) * layout->block + c % layout->block;
}

bool layout_has_halo(const struct tensor_layout *layout)
{
    const struct padding *halo = &layout->halo;
    return halo->top || halo->left || halo->bottom || halo->right;
}
