/* How the numbers of a tensor are laid out in memory. Strides count numbers, sizes and offsets count bytes. */
#ifndef CNNC_PLAN_LAYOUT_H
#define CNNC_PLAN_LAYOUT_H

#include "graph.h"

enum form {
    FORM_PLANAR, /* [image][C][top + H + bottom][left + W + right] */
    FORM_BLOCKED /* [image][C/block, rounded up][top + H + bottom][left + W + right][block] */
};

/* The halo is zero wherever a kernel may read it; the kernel that writes the tensor writes its halo. */
struct tensor_layout {
    enum element_type type;
    enum form form;
    int64_t block; /* channels that lie side by side: 1 when planar */
    struct padding halo;
    int64_t row, plane, image; /* numbers from one row, plane (of `block` channels) and image to the next */
    int64_t count, bytes;      /* of the whole tensor, halo and padding included */
};

/* One image; halo NULL: none. */
struct tensor_layout layout_planar(enum element_type type, struct shape shape, const struct padding *halo);
struct tensor_layout layout_blocked(enum element_type type, int64_t block, struct shape shape,
                                    const struct padding *halo);
/* The same for `batch` images, one after the other. */
struct tensor_layout layout_batch(struct tensor_layout layout, int64_t batch);
/* Numbers from the start of an image to (c, y, x); rows and columns of the halo are negative. */
int64_t layout_element(const struct tensor_layout *layout, int64_t c, int64_t y, int64_t x);
bool layout_has_halo(const struct tensor_layout *layout);
/* a/b, rounded up. */
static inline int64_t plan_ceiling(int64_t a, int64_t b)
{
    return (a + b - 1) / b;
}

enum { PLAN_ALIGNMENT = 64 /* bytes, a cache line: of buffers in the arena, and of packed weights */ };

static inline int64_t plan_aligned(int64_t bytes)
{
    return plan_ceiling(bytes, PLAN_ALIGNMENT) * PLAN_ALIGNMENT;
}

/* How many blocks hold so many channels. */
static inline int64_t layout_blocks(int64_t channels, int64_t block)
{
    return plan_ceiling(channels, block);
}

#endif
