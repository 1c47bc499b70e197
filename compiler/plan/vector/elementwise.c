/* What works on each number by itself: of blocked tensors, or of planar ones as they are. */
#include "plan/vector/vector.h"

#include "plan/portable/portable.h"

enum { MOST_OPERANDS = 6 /* of a kernel; more become several steps */, NUMBERS_A_CYCLE = 4 };

static const char *word_of(const struct op *op)
{
    switch (op->kind) {
    case OP_BINARY: return binary_word(op->binary);
    case OP_AFFINE: return "affine";
    default: return "apply";
    }
}

static const struct function *end_of(const struct op *op)
{
    return op->kind == OP_UNARY ? &op->function : op->activation;
}

/* Can finite numbers make something infinite or NaN? */
static bool is_partial(const struct op *op)
{
    bool quotient = op->kind == OP_BINARY && (op->binary == BINARY_DIV || op->binary == BINARY_POW);
    return quotient || function_is_partial(end_of(op));
}

static bool is_one_pixel(struct shape shape)
{
    return shape.h == 1 && shape.w == 1;
}

/* ---- blocked: one operand, or a second one that is as large or has one pixel ---- */

static bool plan_pair(struct planning *v, const struct op *op)
{
    const char *word = word_of(op);
    bool slopes = op->kind == OP_UNARY && function_is_sloped(&op->function);
    struct tensor *a = vector_blocked(v, op, op->inputs.items[0]), *out = vector_result(v, op);
    struct tensor *b = op->inputs.count > 1 ? vector_blocked(v, op, op->inputs.items[1]) : NULL;
    int64_t blocks = vector_blocks(out->shape.c);
    struct kernel *kernel = vector_kernel(v, "vector/elementwise.m4", word);
    kernel_word(kernel, "KIND", word);
    vector_describe_operand(kernel, a, "IN");
    bool one_pixel = b && !shape_equal(b->shape, out->shape); /* of each map, for all of its pixels */
    kernel_numbers(kernel, {"SECOND", b != NULL}, {"ONE_PIXEL", one_pixel});
    if (b)
        vector_describe_operand(kernel, b, "SECOND");
    kernel_numbers(kernel, {"BLOCKS", blocks}, {"SLOPES", slopes},
                   {"LAST_CHANNELS", is_partial(op) ? out->shape.c % VECTOR_BLOCK : 0});
    vector_describe_result(kernel, out);
    vector_activation(v, kernel, end_of(op));
    vector_share(v, kernel, (double)shape_elements(out->shape) / NUMBERS_A_CYCLE, false);
    struct step *step = plan_step(v->plan, op, kernel);
    step_reads(v->plan, step, a);
    if (b)
        step_reads(v->plan, step, b);
    if (op->kind == OP_AFFINE)
        step_weights(v->plan, step,
                     plan_pack(v->plan, op, op->node, PACK_AFFINE, VECTOR_BLOCK, 2 * blocks * VECTOR_BLOCK));
    if (slopes)
        step_weights(v->plan, step,
                     plan_pack(v->plan, op, op->node, PACK_CHANNELS, VECTOR_BLOCK, blocks * VECTOR_BLOCK));
    step_writes(v->plan, step, out);
    step_in_place(step, 0);
    if (b && !one_pixel)
        step_in_place(step, 1);
    return true;
}

/* ---- blocked: any operands ---- */

/* One number for all channels of a pixel is read where it lies; else the operand is blocked. */
static struct tensor *operand(struct planning *v, const struct op *op, const struct value *value, bool *scalar)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an operation's inputs are values */
    struct vector_value *form = &v->values[value->id];
    *scalar = value->shape.c == 1 && op->map.c > 1;
    return *scalar && !form->tensor ? vector_planar(v, op, value) : vector_blocked(v, op, value);
}

static void describe_operand(struct kernel *kernel, const struct tensor *tensor, size_t number, bool scalar)
{
    const struct tensor_layout *layout = &tensor->layout;
    const struct kernel_size sizes[] = {{"BEGIN", vector_start(tensor, 0, 0)},
                                        {"PLANE", tensor->shape.c == 1 ? 0 : layout->plane},
                                        {"ROW", tensor->shape.h == 1 ? 0 : layout->row},
                                        {"COLUMN", tensor->shape.w == 1 ? 0 : layout->block},
                                        {"SCALAR", scalar}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        kernel_number(kernel, arena_printf(kernel->arena, "IN%zu_%s", number, sizes[i].name), sizes[i].number);
}

/* The operands from `first` on, up to MOST_OPERANDS together with `sum`, the result so far; where the next begin. */
static size_t plan_merge_step(struct planning *v, const struct op *op, struct tensor *sum, size_t first,
                              struct tensor *out)
{
    struct kernel *kernel = vector_kernel(v, "vector/merge.m4", word_of(op));
    struct tensor *tensors[MOST_OPERANDS];
    bool scalar[MOST_OPERANDS] = {false}, any = false;
    size_t count = 0, next = first;
    if (sum)
        tensors[count++] = sum;
    for (; count < MOST_OPERANDS && next < op->inputs.count; next++, count++) {
        tensors[count] = operand(v, op, op->inputs.items[next], &scalar[count]);
        any = any || scalar[count];
    }
    kernel_word(kernel, "KIND", word_of(op));
    for (size_t i = 0; i < count; i++)
        describe_operand(kernel, tensors[i], i, scalar[i]);
    kernel_numbers(kernel, {"OPERANDS", (int64_t)count}, {"BLOCKS", vector_blocks(out->shape.c)},
                   {"LAST_CHANNELS", any || is_partial(op) ? out->shape.c % VECTOR_BLOCK : 0});
    vector_describe_result(kernel, out);
    vector_activation(v, kernel, next == op->inputs.count ? op->activation : NULL);
    vector_share(v, kernel, (double)(shape_elements(out->shape) * (int64_t)count) / NUMBERS_A_CYCLE, false);
    struct step *step = plan_step(v->plan, op, kernel);
    for (size_t i = 0; i < count; i++) {
        step_reads(v->plan, step, tensors[i]);
        if (op->inputs.count <= MOST_OPERANDS && shape_equal(tensors[i]->shape, out->shape))
            step_in_place(step, i);
    }
    step_writes(v->plan, step, out);
    return next;
}

bool vector_elementwise(struct planning *v, const struct op *op)
{
    const struct value *second = op->inputs.count == 2 ? op->inputs.items[1] : NULL;
    bool pair = op->inputs.count == 1 || (second && shape_equal(op->inputs.items[0]->shape, op->map) &&
                                          (shape_equal(second->shape, op->map) ||
                                           (is_one_pixel(second->shape) && second->shape.c == op->map.c)));
    if (pair)
        return plan_pair(v, op);
    struct tensor *out = vector_result(v, op), *sum = NULL;
    for (size_t next = 0; next < op->inputs.count; sum = out)
        next = plan_merge_step(v, op, sum, next, out);
    return true;
}

/* ---- planar ---- */

enum { AXES = 3 };

/* The axes of the result, and how far each operand goes for a step along them. */
struct planes {
    int64_t counts[AXES];
    int64_t steps[MOST_OPERANDS][AXES];
    size_t operands;
};

static void add_tensor(struct planes *planes, struct shape shape)
{
    int64_t *steps = planes->steps[planes->operands++];
    steps[0] = shape.c == 1 ? 0 : shape.h * shape.w;
    steps[1] = shape.h == 1 ? 0 : shape.w;
    steps[2] = shape.w == 1 ? 0 : 1;
}

/* A number a channel. */
static void add_channels(struct planes *planes)
{
    planes->steps[planes->operands++][0] = 1;
}

/* Do all operands go from the end of an axis of so many numbers on to the next number of the axis before it? */
static bool can_join(const struct planes *planes, int before, int axis, int64_t count)
{
    for (size_t k = 0; k < planes->operands; k++)
        if (planes->steps[k][before] != planes->steps[k][axis] * count)
            return false;
    return true;
}

/* Puts axis `from` in the place of another one. */
static void move_axis(struct planes *planes, int from, int to, int64_t count)
{
    planes->counts[to] = count;
    for (size_t k = 0; k < planes->operands; k++)
        planes->steps[k][to] = planes->steps[k][from];
}

/* As few and as long axes as there can be; in front of them, axes of one number. */
static void join_axes(struct planes *planes)
{
    int kept = 0;
    for (int axis = 0; axis < AXES; axis++) {
        int64_t count = planes->counts[axis];
        if (count == 1)
            continue;
        if (kept && can_join(planes, kept - 1, axis, count))
            move_axis(planes, axis, kept - 1, planes->counts[kept - 1] * count);
        else
            move_axis(planes, axis, kept++, count);
    }
    for (int axis = AXES - 1; axis >= 0; axis--) {
        int from = axis - (AXES - kept);
        if (from >= 0)
            move_axis(planes, from, axis, planes->counts[from]);
        else
            planes->counts[axis] = 1;
    }
}

static void describe_planes(struct kernel *kernel, const struct planes *planes)
{
    struct arena *arena = kernel->arena;
    for (int i = 0; i < AXES; i++) {
        kernel_number(kernel, arena_printf(arena, "COUNT%d", i), planes->counts[i]);
        for (size_t k = 0; k < planes->operands; k++)
            kernel_number(kernel, arena_printf(arena, "STEP%zu_%d", k, i), planes->steps[k][i]);
    }
    kernel_number(kernel, "OPERANDS", (int64_t)planes->operands);
}

static struct planes planes_of(const struct op *op, struct tensor *const *tensors, size_t count, int64_t weights)
{
    struct planes planes = {.counts = {op->map.c, op->map.h, op->map.w}};
    for (size_t i = 0; i < count; i++)
        add_tensor(&planes, tensors[i]->shape);
    for (int64_t i = 0; i < weights; i++)
        add_channels(&planes);
    join_axes(&planes);
    return planes;
}

static struct step *planes_step(struct planning *v, const struct op *op, struct tensor *const *tensors, size_t count,
                                struct tensor *out, bool last)
{
    const struct function *end = last ? end_of(op) : NULL;
    struct kernel *kernel = vector_kernel(v, "vector/planes.m4", word_of(op));
    int64_t weights = op->kind == OP_AFFINE ? 2 : function_is_sloped(end);
    struct planes planes = planes_of(op, tensors, count, weights);
    kernel_word(kernel, "KIND", word_of(op));
    describe_planes(kernel, &planes);
    kernel_numbers(kernel, {"WEIGHTS", weights}, {"CHANNELS", op->map.c}, {"SLOPES", function_is_sloped(end)});
    vector_activation(v, kernel, end);
    struct step *step = plan_step(v->plan, op, kernel);
    for (size_t i = 0; i < count; i++) {
        step_reads(v->plan, step, tensors[i]);
        if (op->inputs.count <= MOST_OPERANDS && shape_equal(tensors[i]->shape, out->shape))
            step_in_place(step, i);
    }
    if (op->kind == OP_AFFINE)
        step_weights(v->plan, step, plan_pack(v->plan, op, op->node, PACK_AFFINE, 1, 2 * op->map.c));
    else if (weights)
        step_weights(v->plan, step, plan_pack(v->plan, op, op->node, PACK_CHANNELS, 1, op->map.c));
    step_writes(v->plan, step, out);
    return step;
}

bool vector_planes(struct planning *v, const struct op *op)
{
    struct tensor *tensors[MOST_OPERANDS];
    size_t count = 0, next = 0;
    for (size_t i = 0; i < op->inputs.count; i++)
        vector_planar(v, op, op->inputs.items[i]);
    struct tensor *out = portable_output(v->plan, op);
    while (next < op->inputs.count) {
        for (; count < MOST_OPERANDS && next < op->inputs.count; next++)
            tensors[count++] = vector_planar(v, op, op->inputs.items[next]);
        planes_step(v, op, tensors, count, out, next == op->inputs.count);
        tensors[0] = out;
        count = 1;
    }
    return true;
}
