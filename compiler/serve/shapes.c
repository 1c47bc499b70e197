/* The shapes behind the items of a text, for hints and hover. */
#include <stdlib.h>
#include <string.h>

#include "grammar/tokens.h"
#include "serve/server.h"

enum { MOST_SHOWN = 3 }; /* shapes of one item */

static int by_place(const void *a, const void *b)
{
    const struct trace_step *x = *(const struct trace_step *const *)a, *y = *(const struct trace_step *const *)b;
    if (x->item->span.end != y->item->span.end)
        return x->item->span.end < y->item->span.end ? -1 : 1;
    if (x->item->span.start != y->item->span.start)
        return x->item->span.start < y->item->span.start ? 1 : -1;
    return x < y ? -1 : x > y;
}

/* All steps by their place in the text; those of one item stand together, in their order. */
static const struct trace_step *const *sorted_steps(struct analysis *a)
{
    const size_t count = a->trace.steps.count;
    if (!a->sorted) {
        a->sorted = ARENA_ARRAY(a->arena, const struct trace_step *, count);
        for (size_t i = 0; i < count; i++)
            a->sorted[i] = &a->trace.steps.items[i];
        qsort(a->sorted, count, sizeof *a->sorted, by_place);
    }
    return a->sorted;
}

struct shapes shapes_after(struct analysis *a, const struct item *item)
{
    const struct trace_step *const *steps = sorted_steps(a);
    struct trace_step sought = {.item = item};
    const struct trace_step *key = &sought;
    size_t low = 0, high = a->trace.steps.count, end;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (steps[middle]->item != item && by_place(&steps[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < a->trace.steps.count && steps[end]->item == item; end++) {
    }
    return (struct shapes){steps + low, end - low};
}

const char *shapes_text(struct arena *arena, const struct trace_step *const *steps, size_t count)
{
    struct text out = text_new(arena);
    const struct shape *last = NULL;
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        const struct shape *shape = &steps[i]->node->shape;
        if (last && shape_equal(*last, *shape))
            continue;
        last = shape;
        if (++different <= MOST_SHOWN)
            text_printf(&out, "%s%s", different > 1 ? ", " : "", shape_text(arena, *shape));
    }
    if (different > MOST_SHOWN)
        return arena_printf(arena, "%s ... %s", shape_text(arena, steps[0]->node->shape), shape_text(arena, *last));
    return out.length ? out.bytes : "";
}

/* ---- hints ---- */

static bool is_repeated(const struct item *item)
{
    for (const struct suffix *s = item->suffixes; s; s = s->next)
        if (s->kind == SUFFIX_REPEAT)
            return true;
    return false;
}

/* Does a shape behind the item tell something? Behind a plain group it is that of its last layer. */
static bool is_shown(const struct trace_step *step, bool changes)
{
    const struct item *item = step->item;
    const struct node *node = step->node;
    if ((item->kind == ITEM_GROUP && !is_repeated(item)) || item->kind == ITEM_FROM || node_is_mark(node))
        return false;
    const bool one = item->kind == ITEM_CALL && node->span.start == item->span.start;
    return !changes || !one || node->input_count != 1 || !shape_equal(node->shape, node->inputs[0]->shape);
}

static json_t *hint(const struct request *request, const struct trace_step *const *steps, size_t count)
{
    enum { KIND_TYPE = 1 };
    const struct line_place at = lines_place(&request->analysis->lines, steps[0]->item->span.end);
    return json_pack("{s:{s:I, s:I}, s:s, s:i, s:b}", "position", "line", (json_int_t)at.line, "character",
                     (json_int_t)at.character, "label", shapes_text(request->arena, steps, count), "kind", KIND_TYPE,
                     "paddingLeft", 1);
}

/* The bytes of params.range; all of them if there is none. */
static struct span asked_range(const struct request *request)
{
    const json_t *range = json_object_get(request->params, "range");
    size_t from, to;
    if (document_offset(request->server, request->document, json_object_get(range, "start"), &from) &&
        document_offset(request->server, request->document, json_object_get(range, "end"), &to))
        return (struct span){(uint32_t)from, (uint32_t)to};
    return (struct span){0, (uint32_t)request->document->length};
}

json_t *serve_hints(struct request *request)
{
    struct analysis *a = request->analysis;
    const char *mode = settings_hints(request->server, analysis_path(request->arena, request->document->uri));
    const size_t count = strcmp(mode, "none") == 0 ? 0 : a->trace.steps.count;
    const struct span range = asked_range(request);
    const struct trace_step *const *steps = sorted_steps(a);
    json_t *hints = json_array();
    for (size_t i = 0, end; i < count; i = end) {
        const uint32_t place = steps[i]->item->span.end;
        for (end = i; end < count && steps[end]->item == steps[i]->item; end++) {
        }
        if (place >= range.start && place <= range.end && is_shown(steps[i], *mode == 'c'))
            json_array_append_new(hints, hint(request, steps + i, end - i));
    }
    return hints;
}
