/* What convolutions are called in a tuning, and looking them up. */
#include "plan/tuning.h"

#include <string.h>

#include "base/text.h"
#include "plan/build.h"

static void add_pair(struct text *out, const char *name, struct pair pair)
{
    if (pair.h != 1 || pair.w != 1)
        text_printf(out, " %s=%lldx%lld", name, (long long)pair.h, (long long)pair.w);
}

/* All that its time depends on, but for the function that it ends in. */
static const char *layer_of(const struct plan *plan, const struct op *op, bool planes)
{
    struct text out = text_new(plan->arena);
    const struct window *w = &op->window;
    text_printf(&out, "%lldx%lld %s -> %s", (long long)w->size.h, (long long)w->size.w,
                shape_text(plan->arena, op->inputs.items[0]->shape), shape_text(plan->arena, op->map));
    add_pair(&out, "stride", w->stride);
    add_pair(&out, "dilation", w->dilation);
    if (op->groups > 1)
        text_printf(&out, " groups=%lld", (long long)op->groups);
    text_add(&out, planes ? " planes" : "");
    text_add(&out, op->residual ? " add" : "");
    text_add(&out, plan_pool_after(plan, op) ? " pool" : "");
    return out.bytes;
}

const struct tuned *tuning_find(const struct tuning *tuning, const char *layer)
{
    for (size_t i = 0; tuning && i < tuning->layers.count; i++)
        if (strcmp(tuning->layers.items[i].layer, layer) == 0)
            return &tuning->layers.items[i];
    return NULL;
}

static int index_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

int tuning_choose(struct plan *plan, const struct op *op, bool planes, const char *const *names, size_t count)
{
    const char *layer = layer_of(plan, op, planes);
    const struct tuned *tuned = tuning_find(plan->options.tuning, layer);
    int turn = plan->options.turn, chosen = turn ? (int)((size_t)(turn - 1) % count) : -1;
    if (tuned)
        chosen = index_of(tuned->way, names, count);
    VEC_PUSH(plan->arena, &plan->ways, ((struct ways){op, layer, names, count, chosen < 0 ? 0 : (size_t)chosen}));
    return chosen;
}

void tuning_chose(struct plan *plan, size_t chosen)
{
    plan->ways.items[plan->ways.count - 1].chosen = chosen;
}

const struct ways *tuning_unfit(const struct plan *plan, const struct tuned **tuned)
{
    for (size_t i = 0; i < plan->ways.count; i++) {
        const struct ways *ways = &plan->ways.items[i];
        *tuned = tuning_find(plan->options.tuning, ways->layer);
        if (*tuned && index_of((*tuned)->way, ways->names, ways->count) < 0)
            return ways;
    }
    return NULL;
}
