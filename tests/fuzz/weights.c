/* Shared by the targets of the weight formats: a file is listed, every tensor read, and bound to a small
 * network by name and by order. */
#include "weights.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "expand/expand.h"
#include "fuzz.h"
#include "weights/store.h"
#include "weights/weights.h"

enum { MOST_NUMBERS = 1 << 20 };

static const char network[] = "network n\nINPUT(2x2) -> conv: CONV(2, 1x2) -> bn: BN -> fc: FC(2, bias=no)\n";

static void read_all(struct arena *arena, const char *path)
{
    const char *error, *help;
    struct store *store = store_open(arena, path, &error, &help);
    if (!store) {
        if (!error || !*error)
            fuzz_fail("refused without a reason");
        return;
    }
    for (size_t i = 0; i < store->tensors.count; i++) {
        const struct stored *stored = &store->tensors.items[i];
        if (stored->type == NUMBER_OTHER || stored->count > MOST_NUMBERS)
            continue;
        float *values = malloc((size_t)stored->count * sizeof *values + 1);
        if (values && !store_read(store, stored, values, &error) && (!error || !*error))
            fuzz_fail("not read, without a reason");
        free(values);
    }
    store_close(store);
}

static void bind(struct arena *arena, const char *path, enum weight_match match)
{
    struct diag *diag = diag_new(arena);
    const struct source *source = source_new(arena, "n.cnn", network, sizeof network - 1);
    diag_set_source(diag, source);
    struct ast *ast = grammar_parse(arena, source, diag);
    struct expansion *expansion = expand_network(arena, diag, source, ast, NULL, NULL, "n");
    struct weights *weights = weights_open(arena, diag, expansion->graph, path, match);
    if (!weights) {
        if (!diag_failed(diag))
            fuzz_fail("refused without a message");
        return;
    }
    for (size_t i = 0; i < expansion->graph->nodes.count; i++) {
        const struct node *node = expansion->graph->nodes.items[i];
        for (size_t k = 0; k < node->weight_count; k++) {
            float values[64];
            if (node->weights[k].count > 64 || !weights_read(weights, &node->weights[k], values))
                fuzz_fail("bound, but not to be read");
        }
    }
    weights_close(weights);
}

void fuzz_weights(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    const char *path = fuzz_file(data, size, "");
    read_all(arena, path);
    bind(arena, path, MATCH_NAME);
    bind(arena, path, MATCH_ORDER);
    arena_free(arena);
}
