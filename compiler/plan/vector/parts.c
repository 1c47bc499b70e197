/* What the families of the vector planner share: describing kernels and results. */
#include "plan/vector/vector.h"

int64_t vector_blocks(int64_t channels)
{
    return layout_blocks(channels, VECTOR_BLOCK);
}

int64_t vector_start(const struct tensor *tensor, int64_t top, int64_t left)
{
    return layout_element(&tensor->layout, 0, -top, -left);
}

struct kernel *vector_kernel(struct planning *v, const char *file, const char *family)
{
    struct kernel *kernel = kernel_new(v->plan, file, family);
    kernel->per_set = true;
    kernel_number(kernel, "BLOCK", VECTOR_BLOCK);
    return kernel;
}

/* Waking a thread costs some ten microseconds, handing work to one that is awake a fraction of one. */
bool vector_share(struct planning *v, struct kernel *kernel, double cycles, bool scratch)
{
    enum { WORTH_IT = 40 * 1000 };
    kernel->shared = v->plan->options.stress || (v->threads && cycles >= WORTH_IT);
    kernel_numbers(kernel, {"SHARED", kernel->shared}, {"SCRATCH", scratch});
    return kernel->shared;
}

void vector_describe_result(struct kernel *kernel, const struct tensor *out)
{
    const struct tensor_layout *layout = &out->layout;
    kernel_numbers(kernel, {"OUT_H", out->shape.h}, {"OUT_W", out->shape.w}, {"OUT_ROW", layout->row},
                   {"OUT_PLANE", layout->plane}, {"OUT_START", vector_start(out, 0, 0)}, {"HALO_TOP", layout->halo.top},
                   {"HALO_LEFT", layout->halo.left}, {"HALO_BOTTOM", layout->halo.bottom},
                   {"HALO_RIGHT", layout->halo.right});
}

void vector_describe_operand(struct kernel *kernel, const struct tensor *in, const char *prefix)
{
    kernel_numbers(kernel, {arena_printf(kernel->arena, "%s_ROW", prefix), in->layout.row},
                   {arena_printf(kernel->arena, "%s_PLANE", prefix), in->layout.plane},
                   {arena_printf(kernel->arena, "%s_START", prefix), vector_start(in, 0, 0)});
}

/* ---- functions: helpers that kernels call on each vector ---- */

static const struct kernel *function_kernel(struct planning *v, const struct function *function)
{
    const struct function_info *info = &function_table[function->kind];
    struct kernel *helper = vector_kernel(v, "vector/function.m4", info->word);
    kernel_function(helper, function);
    for (size_t i = 0; i < info->use_count; i++) {
        const struct function used = {.kind = info->uses[i]};
        kernel_reference(helper, arena_printf(helper->arena, "USED_%s", function_table[used.kind].word),
                         function_kernel(v, &used));
    }
    return kernel_intern(v->plan, helper);
}

void vector_function(struct planning *v, struct kernel *kernel, const char *param, const struct function *function)
{
    kernel_reference(kernel, param, function_kernel(v, function));
}

/* Of an array of vectors. */
static const struct kernel *function_each(struct planning *v, const struct function *function)
{
    const char *family = arena_printf(v->plan->arena, "%s_each", function_table[function->kind].word);
    struct kernel *helper = vector_kernel(v, "vector/function_each.m4", family);
    helper->helper = true;
    kernel_reference(helper, "OF_ONE", function_kernel(v, function));
    return kernel_intern(v->plan, helper);
}

/* PARAM: the function's name, or the word none; PARAM_EACH: does it take an array? PARAM_SLOPES: how far behind the
 * biases its slopes are, or 0. */
static void describe_function(struct planning *v, struct kernel *kernel, const char *param,
                              const struct function *function, bool each, int64_t slopes)
{
    kernel_numbers(kernel, {arena_printf(kernel->arena, "%s_EACH", param), each},
                   {arena_printf(kernel->arena, "%s_SLOPES", param), slopes});
    if (function)
        kernel_reference(kernel, param, each ? function_each(v, function) : function_kernel(v, function));
    else
        kernel_word(kernel, param, "none");
}

void vector_activation(struct planning *v, struct kernel *kernel, const struct function *function)
{
    describe_function(v, kernel, "ACTIVATION", function, false, 0);
}

int64_t vector_describe_end(struct planning *v, struct kernel *kernel, const struct op *op, int64_t biases)
{
    int64_t before = function_is_sloped(op->before) ? biases : 0, all = before;
    if (function_is_sloped(op->activation))
        all += biases;
    describe_function(v, kernel, "BEFORE", op->before, function_is_costly(op->before), before);
    describe_function(v, kernel, "ACTIVATION", op->activation, function_is_costly(op->activation),
                      function_is_sloped(op->activation) ? all : 0);
    return all;
}

/* ---- register tiles ---- */

int64_t vector_pool_side(const struct op *op)
{
    return op->pooled ? VECTOR_POOL_SIDE : 1;
}

/* Loads for each multiply-add of a tile: its vectors of weights and its pixels, once for all of them. */
static double loads_of(int sums, int vectors)
{
    int pixels = sums / vectors;
    return (double)(vectors + pixels) / (double)(vectors * pixels);
}

const struct vector_set *vector_model(const struct planning *v)
{
    return v->plan->options.target->costs->set;
}

bool vector_has_many_sums(const struct vector_set *set)
{
    return set->sums > 16;
}

int vector_tile_vectors(const struct vector_set *set, int64_t blocks)
{
    int sums = set->sums, most = VECTOR_BLOCK / set->lanes, best = 1;
    most = most > 2 ? most : 2;
    for (int vectors = 2; vectors <= most && vectors * set->lanes <= blocks * VECTOR_BLOCK; vectors *= 2)
        if (loads_of(sums, vectors) < loads_of(sums, best))
            best = vectors;
    return best;
}

/* ---- Winograd's algorithm ---- */

bool vector_is_winograd(enum algorithm algorithm)
{
    return algorithm == ALGORITHM_WINOGRAD4 || algorithm == ALGORITHM_WINOGRAD2 || algorithm == ALGORITHM_WINOGRAD2_5;
}

/* A batch of transformed input takes five eighths of the second level: what it is multiplied with, and the products,
 * pass through the rest. */
struct wino_shape vector_wino_shape(const struct planning *v, const struct op *op, enum algorithm algorithm,
                                    const struct vector_set *set)
{
    enum { FEWEST_TILES = 28, MOST_TILES = 56 }; /* of a batch */
    const int64_t batch_bytes = vector_model(v)->second / 8 * 5;
    struct wino_shape shape = {.out = algorithm == ALGORITHM_WINOGRAD4 ? 4 : 2,
                               .positions = algorithm == ALGORITHM_WINOGRAD2 ? 16 : 36};
    const struct pair apart = op->window.dilation;
    shape.phase.h = plan_ceiling(plan_ceiling(op->map.h, apart.h), shape.out);
    shape.phase.w = plan_ceiling(plan_ceiling(op->map.w, apart.w), shape.out);
    shape.tiles_y = shape.phase.h * apart.h;
    shape.tiles_x = shape.phase.w * apart.w;
    shape.images = vector_images(v, op, algorithm);
    int64_t tiles = shape.tiles_y * shape.tiles_x * shape.images, most = set->sums / 2;
    shape.group = plan_ceiling(tiles, plan_ceiling(tiles, most));
    int64_t channels = vector_blocks(op->inputs.items[0]->shape.c) * VECTOR_BLOCK;
    int64_t wanted = batch_bytes / (shape.positions * channels * element_bytes(op->output->type));
    wanted = wanted < FEWEST_TILES ? FEWEST_TILES : wanted > MOST_TILES ? MOST_TILES : wanted;
    shape.groups = wanted / shape.group > 0 ? wanted / shape.group : 1;
    int64_t all = plan_ceiling(tiles, shape.group);
    shape.groups = shape.groups < all ? shape.groups : all;
    shape.rest = tiles % shape.group;
    return shape;
}
