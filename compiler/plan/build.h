/* What planners build plans of: tensors, kernels, steps, packs. */
#ifndef CNNC_PLAN_BUILD_H
#define CNNC_PLAN_BUILD_H

#include "plan/plan.h"

/* ---- tensors.c ---- */

/* All images of a value, in numbers of its type; halo NULL: none. */
struct tensor_layout value_planar(const struct value *value, const struct padding *halo);
struct tensor_layout value_blocked(const struct value *value, int64_t block, const struct padding *halo);
struct tensor *plan_tensor(struct plan *plan, const struct value *value, struct tensor_layout layout);
/* What a CONST is, in that layout: it lies among the weights and takes no step. */
struct tensor *plan_constant(struct plan *plan, const struct value *value, struct tensor_layout layout);
/* A part of `parent`: `bytes` from its start, with a shape and layout of its own. */
struct tensor *plan_part(struct plan *plan, struct tensor *parent, int64_t bytes, struct shape shape,
                         struct tensor_layout layout);

/* ---- kernels.c: a kernel is described, then asked for: equal descriptions are one kernel ---- */

struct kernel *kernel_new(struct plan *plan, const char *file, const char *family);
void kernel_number(struct kernel *kernel, const char *name, int64_t number);
/* A number for one instruction set. */
void kernel_set_number(struct kernel *kernel, const struct vector_set *set, const char *name, int64_t number);
void kernel_set_word(struct kernel *kernel, const struct vector_set *set, const char *name, const char *word);
void kernel_real(struct kernel *kernel, const char *name, double real);
void kernel_word(struct kernel *kernel, const char *name, const char *word);
/* The name of another kernel's function. */
void kernel_reference(struct kernel *kernel, const char *name, const struct kernel *other);
/* A number that was set; 0 if there is none of that name. */
int64_t kernel_find_number(const struct kernel *kernel, const struct vector_set *set, const char *name);
bool param_equal(const struct param *a, const struct param *b);
bool kernel_equal(const struct kernel *a, const struct kernel *b);
/* KIND, SLOPED and the constants: the function that a helper computes. */
void kernel_function(struct kernel *helper, const struct function *function);
struct kernel *kernel_intern(struct plan *plan, struct kernel *kernel);

struct kernel_size {
    const char *name;
    int64_t number;
};
void kernel_add_numbers(struct kernel *kernel, const struct kernel_size *sizes, size_t count);
/* kernel_numbers(kernel, {"IN_H", 3}, {"IN_W", 4}) */
#define kernel_numbers(kernel, ...)                                                                                    \
    kernel_add_numbers(kernel, (const struct kernel_size[]){__VA_ARGS__},                                              \
                       sizeof((const struct kernel_size[]){__VA_ARGS__}) / sizeof(struct kernel_size))

/* Drops kernels that no step calls in the end, and numbers the rest within their families. */
void plan_number_kernels(struct plan *plan);

/* ---- batch.c ---- */

/* Tells a kernel that takes all images of a call how many there are: IMAGES, 1 if it takes one. For several it gets
 * IN_IMAGE, RESIDUAL_IMAGE and OUT_IMAGE, too, numbers from one image to the next, once plan_batch knows them. */
void plan_describe_images(struct plan *plan, struct kernel *kernel, bool batched);
/* How far apart the images of a tensor with a buffer of its own are in the memory of all of them, in bytes. */
int64_t plan_image_bytes(const struct tensor *root);
/* Which buffers hold all images, and how far apart; which hold one, in a thread's own memory. */
void plan_batch_buffers(struct plan *plan);

/* ---- steps.c ---- */

/* Interns the kernel and adds a call of it. */
struct step *plan_step(struct plan *plan, const struct op *op, struct kernel *kernel);
void step_reads(struct plan *plan, struct step *step, struct tensor *tensor);
void step_writes(struct plan *plan, struct step *step, struct tensor *tensor);
void step_weights(struct plan *plan, struct step *step, struct pack *pack);
/* The result may take over the memory of that argument. */
void step_in_place(struct step *step, size_t argument);
/* The common step: one kernel from one tensor (NULL: none) to another. */
struct step *plan_transform(struct plan *plan, const struct op *op, struct kernel *kernel, struct tensor *from,
                            struct tensor *to);

/* ---- packs.c ---- */

/* Equal packs of the same tensors are one. `block`: 1 where nothing is padded; `count`: numbers. */
struct pack *plan_pack(struct plan *plan, const struct op *op, const struct node *node, enum pack_form form,
                       int64_t block, int64_t count);

/* Where biases begin behind so many weights that are stored as half floats, counted in such. */
int64_t plan_biases_at(int64_t weights);
/* Tells a kernel how it finds its weights, of which there are so many: HALVES and BIASES_AT, where they are stored as
 * half floats; nothing otherwise. */
void plan_describe_store(struct plan *plan, struct kernel *kernel, int64_t weights);

/* ---- pooled.c: a convolution and the pool after it, as one operation ---- */

enum { PLAN_POOL_SIDE = 2 }; /* of windows whose maximum convolutions find in what they have summed up; their stride */

/* The pool that can become a part of a convolution: of its result, which nobody else reads; or NULL. */
const struct op *plan_pool_after(const struct plan *plan, const struct op *op);
/* The two as one: `pooled' is set, and `output' the pool's. */
const struct op *plan_with_pool(struct plan *plan, const struct op *op, const struct op *pool);

/* ---- the parts of plan_make ---- */

void plan_alias(struct plan *plan);         /* alias.c: movable steps and in-place steps */
void plan_batch(struct plan *plan);         /* batch.c: segments, and how far apart kernels find images */
void plan_memory(struct plan *plan);        /* memory.c: buffers, offsets, lower bound */
void plan_place_weights(struct plan *plan); /* packs.c: offsets and hash */

#endif
