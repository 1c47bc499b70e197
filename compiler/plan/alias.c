/* Sharing memory: a copy into a part of a larger tensor vanishes if the copied tensor can be computed there in the
 * first place (CONCAT, OUTPUT) or be read from where it is (SLICE, RESHAPE); an elementwise operation takes over its
 * operand's memory if the operand is not read afterwards.
 *
 * Two tensors share memory by one becoming a part of the other. That is safe as long as no step overwrites memory
 * that a later step reads; only in-place steps overwrite a tensor, so only they have to ask. */
#include "plan/build.h"

#include <string.h>

struct region {
    struct tensor *root;
    int64_t start, end; /* bytes from the root's start */
};

/* Shortens the chain of parents, too. */
static struct region region_of(struct tensor *tensor)
{
    int64_t offset;
    struct tensor *root = tensor_root(tensor, &offset);
    if (tensor->parent && tensor->parent != root) {
        tensor->parent = root;
        tensor->offset = offset;
    }
    return (struct region){root, offset, offset + tensor->layout.bytes};
}

static bool overlap(struct region a, struct region b)
{
    return a.root == b.root && a.start < b.end && b.start < a.end;
}

static bool dense(const struct tensor *tensor)
{
    return tensor->layout.form == FORM_PLANAR && !layout_has_halo(&tensor->layout);
}

/* Does the same memory mean the same numbers in both? */
static bool same_meaning(const struct tensor *a, const struct tensor *b)
{
    if (a->layout.type != b->layout.type)
        return false;
    if (dense(a) && dense(b))
        return shape_elements(a->shape) == shape_elements(b->shape);
    const struct tensor_layout *la = &a->layout, *lb = &b->layout;
    return shape_equal(a->shape, b->shape) && la->form == lb->form && la->block == lb->block && la->row == lb->row &&
           la->plane == lb->plane && la->halo.top == lb->halo.top && la->halo.left == lb->halo.left;
}

static void put_into(struct tensor *tensor, struct tensor *parent)
{
    tensor->parent = parent;
    tensor->offset = 0;
}

static struct tensor *step_result(const struct step *step)
{
    for (size_t i = 0; i < step->arguments.count; i++)
        if (step->arguments.items[i].written)
            return step->arguments.items[i].tensor;
    return NULL;
}

static bool move(struct step *step)
{
    struct tensor *from = step->arguments.items[0].tensor, *to = step_result(step);
    if (!to || !same_meaning(from, to))
        return false;
    struct tensor *from_root = region_of(from).root, *to_root = region_of(to).root;
    if (from_root == to_root)
        return false;
    if (from == from_root && from->place == PLACE_ARENA)
        put_into(from, to);
    else if (to == to_root && to->place == PLACE_ARENA)
        put_into(to, from);
    else
        return false;
    return true;
}

/* Which steps use each tensor; called once movable steps have vanished. */
static void find_uses(struct plan *plan)
{
    for (size_t i = 0; i < plan->tensors.count; i++) {
        struct tensor *tensor = plan->tensors.items[i];
        tensor->first_write = tensor->last_read = -1;
        if (tensor->place == PLACE_OUTPUT) /* the caller reads it in the end */
            tensor->last_read = (int)plan->steps.count;
    }
    for (size_t i = 0; i < plan->steps.count; i++) {
        struct step *step = plan->steps.items[i];
        step->id = (int)i;
        for (size_t k = 0; k < step->arguments.count; k++) {
            struct tensor *tensor = step->arguments.items[k].tensor;
            if (!tensor)
                continue;
            if (!step->arguments.items[k].written)
                tensor->last_read = tensor->last_read > step->id ? tensor->last_read : step->id;
            else if (tensor->first_write < 0)
                tensor->first_write = step->id;
        }
    }
}

static bool reads_elsewhere(const struct step *step, size_t operand, struct region region)
{
    for (size_t i = 0; i < step->arguments.count; i++) {
        const struct argument *argument = &step->arguments.items[i];
        if (argument->tensor && !argument->written && i != operand && overlap(region_of(argument->tensor), region))
            return true;
    }
    return false;
}

/* May the step overwrite its operand's memory? Not if anything that lies there is read later. */
static bool may_overwrite(const struct plan *plan, const struct step *step, size_t operand)
{
    struct region region = region_of(step->arguments.items[operand].tensor);
    if (region.root->place == PLACE_INPUT || region.root->place == PLACE_WEIGHTS ||
        reads_elsewhere(step, operand, region))
        return false;
    for (size_t i = 0; i < plan->tensors.count; i++) {
        struct tensor *other = plan->tensors.items[i];
        if (other->last_read > step->id && overlap(region_of(other), region))
            return false;
    }
    return true;
}

/* Is the memory of the step's result unused before it? */
static bool unused_before(const struct plan *plan, const struct step *step, struct tensor *to)
{
    struct region region = region_of(to);
    for (size_t i = 0; i < plan->tensors.count; i++) {
        struct tensor *other = plan->tensors.items[i];
        if (other->first_write >= 0 && other->first_write < step->id && overlap(region_of(other), region))
            return false;
    }
    return true;
}

/* Tries to let the result take over the memory of one operand. */
static bool run_in_place(const struct plan *plan, const struct step *step, size_t operand)
{
    struct tensor *from = step->arguments.items[operand].tensor, *to = step_result(step);
    if (!to || !same_meaning(from, to) || region_of(from).root == region_of(to).root ||
        !may_overwrite(plan, step, operand) || !unused_before(plan, step, to))
        return false;
    if (!to->parent && to->place == PLACE_ARENA)
        put_into(to, from);
    else if (!from->parent && from->place == PLACE_ARENA)
        put_into(from, to);
    else
        return false;
    return true;
}

void plan_alias(struct plan *plan)
{
    size_t kept = 0;
    for (size_t i = 0; i < plan->steps.count; i++) {
        struct step *step = plan->steps.items[i];
        if (!step->movable || !move(step))
            plan->steps.items[kept++] = step;
    }
    plan->steps.count = kept;
    find_uses(plan);
    for (size_t i = 0; i < kept; i++) {
        const struct step *step = plan->steps.items[i];
        uint32_t allowed = step->in_place;
        for (size_t operand = 0; allowed; operand++, allowed >>= 1)
            if (allowed & 1 && run_in_place(plan, step, operand))
                break;
    }
}
