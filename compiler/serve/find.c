/* Looking for things in the tree. */
#include "serve/analysis.h"

static bool holds(struct span span, size_t offset)
{
    return span.start <= offset && offset <= span.end;
}

static const struct item *item_in(const struct chain *chain, size_t offset)
{
    for (const struct element *e = chain ? chain->elements : NULL; e; e = e->next)
        for (const struct element *one = holds(e->span, offset) ? e : NULL; one; one = one->otherwise) {
            if (!holds(one->item->span, offset))
                continue;
            for (const struct chain *branch = one->item->body; branch; branch = branch->next) {
                const struct item *inner = item_in(branch, offset);
                if (inner)
                    return inner;
            }
            return one->item;
        }
    return NULL;
}

struct found find_at(const struct ast *ast, size_t offset)
{
    for (const struct statement *s = ast->statements; s; s = s->next)
        if (holds(s->span, offset))
            return (struct found){s, item_in(s->chain, offset)};
    return (struct found){NULL, NULL};
}

const struct item *find_item(const struct ast *ast, struct span span)
{
    return find_at(ast, span.start).item;
}
