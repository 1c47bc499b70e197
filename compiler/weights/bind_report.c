/* The messages when a weight file does not match the network: the tensor, both shapes, and what might
 * have been meant. */
#include "weights/bind_report.h"

#include "base/diag.h"
#include "base/text.h"

enum { CANDIDATES = 3, FARTHEST = 40, MOST_COMPARED = 5000 };

/* Reports at the layer if the network came from a text, else at the file. */
static struct message *report(struct binding *binding, const struct node *node, const char *text)
{
    if (binding->graph->source)
        return diag_report(binding->diag, CHECK_WEIGHTS, node->span, "%s", text);
    return diag_report_file(binding->diag, CHECK_WEIGHTS, binding->store->path, "%s", text);
}

static const char *wanted_shape(struct binding *binding, const struct weight *weight)
{
    return dims_text(binding->arena, weight->dims, weight->rank);
}

static const char *stored_shape(struct binding *binding, const struct stored *stored)
{
    return dims_text(binding->arena, stored->dims, stored->rank);
}

/* Smaller is nearer; an equal shape counts more than a similar name. */
static int farness(const struct weight *weight, const char *name, const struct stored *stored)
{
    int distance = text_distance(name, stored->name, FARTHEST);
    return stored_fits(stored, weight->dims, weight->rank) ? distance : distance + FARTHEST / 2;
}

struct candidate {
    const struct stored *stored;
    int farness;
};

/* Keeps the nearest in order; among equals the first in the file. */
static void keep_nearest(struct candidate nearest[CANDIDATES], struct candidate candidate)
{
    for (int i = 0; i < CANDIDATES; i++)
        if (!nearest[i].stored || candidate.farness < nearest[i].farness) {
            struct candidate pushed = nearest[i];
            nearest[i] = candidate;
            candidate = pushed;
        }
}

static const char *candidates(struct binding *binding, const struct weight *weight)
{
    struct candidate nearest[CANDIDATES] = {{NULL, 0}};
    const char *list = NULL;
    for (size_t i = 0; i < binding->store->tensors.count && i < MOST_COMPARED; i++) {
        const struct stored *stored = &binding->store->tensors.items[i];
        if (!binding->used[i])
            keep_nearest(nearest, (struct candidate){stored, farness(weight, weight->name, stored)});
    }
    for (int i = 0; i < CANDIDATES && nearest[i].stored; i++)
        list = arena_printf(binding->arena, "%s%s'%s' %s", list ? list : "", list ? ", " : "",
                            name_text(binding->arena, nearest[i].stored->name),
                            stored_shape(binding, nearest[i].stored));
    return list;
}

void bind_report_missing(struct binding *binding, const struct wanted *wanted)
{
    const char *list = candidates(binding, wanted->weight);
    struct message *message = report(binding, wanted->node,
                                     arena_printf(binding->arena, "'%s' %s is not in %s", wanted->weight->name,
                                                  wanted_shape(binding, wanted->weight), binding->store->path));
    if (list)
        message_help(message, "unused tensors in the file: %s", list);
    if (list && binding->store->tensors.count == binding->wanted.count)
        message_help(message, "--match=order matches by order and shape instead of by name");
}

/* Is the stored tensor's axis i the weight's axis order[i]? */
static bool is_reordered(const struct wanted *wanted, int rank, const int order[])
{
    bool all = wanted->weight->rank == rank && wanted->found->rank == rank;
    for (int i = 0; i < rank && all; i++)
        all = wanted->found->dims[i] == wanted->weight->dims[order[i]];
    return all;
}

/* Where a layer's inputs come first, flattened maps are in another order too. */
static void help_flattened(struct binding *binding, struct message *message, const struct node *fc)
{
    const struct node *map = fc->inputs[0];
    while (map->input_count == 1 && (map->kind == LAYER_FLATTEN || map->kind == LAYER_DROPOUT ||
                                     layer_table[map->kind].family == FAMILY_ACTIVATION))
        map = map->inputs[0];
    if (map->shape.h * map->shape.w > 1 && map->shape.c > 1)
        message_help(message, "its inputs come from a map, %s: their order is channel, row, column, as in PyTorch",
                     shape_text(binding->arena, map->shape));
}

/* Weights with their axes in the order of TensorFlow and Keras. */
static void help_reordered(struct binding *binding, struct message *message, const struct wanted *wanted)
{
    static const int transposed[] = {1, 0}, kernel_first[] = {2, 3, 1, 0};
    if (is_reordered(wanted, 2, transposed)) {
        message_help(message, "the file's tensor is transposed, inputs before outputs, as in Keras: "
                              "store its transpose (.T in numpy)");
        help_flattened(binding, message, wanted->node);
    } else if (is_reordered(wanted, 4, kernel_first)) {
        message_help(message, "the file's tensor begins with the axes of the window, as in Keras: "
                              "store its .transpose(3, 2, 0, 1)");
    }
}

void bind_report_shape(struct binding *binding, const struct wanted *wanted)
{
    struct message *message = report(binding, wanted->node,
                                     arena_printf(binding->arena, "'%s' is %s here, but %s in %s", wanted->weight->name,
                                                  wanted_shape(binding, wanted->weight),
                                                  stored_shape(binding, wanted->found), binding->store->path));
    help_reordered(binding, message, wanted);
    if (binding->gaps && wanted->weight->role == ROLE_WEIGHT) /* once a layer */
        message_help(message, "a layer with a name of its own, such as new: FC(10), is not looked for in the file, and "
                              "begins with initial weights");
}

void bind_report_order(struct binding *binding, const struct wanted *wanted)
{
    struct message *message =
        report(binding, wanted->node,
               arena_printf(binding->arena, "'%s' is %s here, but the tensor in its place in %s is '%s' %s",
                            wanted->weight->name, wanted_shape(binding, wanted->weight), binding->store->path,
                            name_text(binding->arena, wanted->found->name), stored_shape(binding, wanted->found)));
    help_reordered(binding, message, wanted);
    message_help(message, "--match=order needs the file's tensors in the order of the layers");
}

void bind_report_type(struct binding *binding, const struct wanted *wanted)
{
    report(binding, wanted->node,
           arena_printf(binding->arena, "'%s' is of type %s in %s; weights are float16, bfloat16, float32 or float64",
                        wanted->weight->name, wanted->found->type_text, binding->store->path));
}

void bind_report_value(struct binding *binding, const struct wanted *wanted, int64_t index, float value)
{
    int64_t place[LIMIT_STORED_AXES];
    const struct stored *stored = wanted->found;
    for (int axis = stored->rank - 1; axis >= 0; axis--) {
        place[axis] = index % stored->dims[axis];
        index /= stored->dims[axis];
    }
    const char *kind = value != value ? "NaN" : value > 0 ? "infinity" : "-infinity";
    report(binding, wanted->node,
           arena_printf(binding->arena, "'%s' %s in %s contains %s%s at %s", wanted->weight->name,
                        stored_shape(binding, stored), binding->store->path, kind,
                        stored->type == NUMBER_F64 && value == value ? ", as float32," : "",
                        dims_text(binding->arena, place, stored->rank)));
}

void bind_report_unreadable(struct binding *binding, const struct wanted *wanted, const char *error)
{
    report(binding, wanted->node,
           arena_printf(binding->arena, "'%s' cannot be read from %s: %s", wanted->weight->name, binding->store->path,
                        error));
}

/* The missing weight whose name is nearest to an unused stored tensor. */
static const char *nearest_wanted(struct binding *binding, const struct stored *stored)
{
    const struct weight *nearest = NULL;
    int least = FARTHEST;
    for (size_t i = 0; i < binding->wanted.count && i < MOST_COMPARED; i++) {
        const struct weight *weight = binding->wanted.items[i].weight;
        int distance = binding->wanted.items[i].found ? FARTHEST : farness(weight, weight->name, stored);
        if (distance < least) {
            least = distance;
            nearest = weight;
        }
    }
    return nearest ? arena_printf(binding->arena, "'%s' %s", nearest->name, wanted_shape(binding, nearest)) : NULL;
}

void bind_report_surplus(struct binding *binding, const struct stored *stored)
{
    struct message *message =
        diag_report_file(binding->diag, CHECK_WEIGHTS, binding->store->path, "'%s' %s belongs to no layer of %s",
                         name_text(binding->arena, stored->name), stored_shape(binding, stored), binding->graph->name);
    const char *nearest = nearest_wanted(binding, stored);
    if (nearest)
        message_help(message, "the nearest missing tensor is %s", nearest);
}

void bind_report_nothing(struct binding *binding)
{
    const struct weight *first = binding->wanted.items[0].weight;
    struct message *message = diag_report_file(binding->diag, CHECK_WEIGHTS, binding->store->path,
                                               "it has none of the weights of %s, such as '%s' %s",
                                               binding->graph->name, first->name, wanted_shape(binding, first));
    const char *list = candidates(binding, first);
    if (list)
        message_help(message, "tensors in the file: %s", list);
    message_help(message, "--match=order matches by order and shape instead of by name");
}
