/* Reads weight files for the suite.
 *
 *     driver read NET WEIGHTS [order]    prints every tensor, or the messages (status 1)
 *     driver init NET he:SEED|zero       prints every tensor
 *     driver write NET WEIGHTS OUT       reads, and writes as .safetensors
 *     driver fuzz NET WEIGHTS SCRATCH N  opens N damaged copies of the file, each with a few bytes changed or
 *                                        cut off, without crashing; prints how many were accepted */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "expand/expand.h"
#include "grammar/ast.h"
#include "weights/weights.h"

struct setting {
    struct arena *arena;
    struct diag *diag;
    struct graph *graph;
};

static struct setting setting_new(const char *path)
{
    struct setting s = {.arena = arena_new()};
    const char *error;
    size_t length;
    s.diag = diag_new(s.arena);
    char *bytes = file_read(s.arena, path, 1 << 20, &length, &error);
    if (!bytes)
        exit(2);
    struct source *source = source_new(s.arena, path, bytes, length);
    diag_set_source(s.diag, source);
    struct ast *ast = grammar_parse(s.arena, source, s.diag);
    struct expansion *expansion = expand_network(s.arena, s.diag, source, ast, NULL, NULL, "net");
    if (!expansion) {
        diag_print(s.diag, stdout, (struct diag_style){false, false, false});
        exit(2);
    }
    s.graph = expansion->graph;
    return s;
}

static void print_tensors(const struct setting *s, const struct weights *weights)
{
    for (size_t i = 0; i < s->graph->nodes.count; i++)
        for (size_t k = 0; k < s->graph->nodes.items[i]->weight_count; k++) {
            const struct weight *weight = &s->graph->nodes.items[i]->weights[k];
            float *values = malloc((size_t)weight->count * sizeof *values + 1);
            printf("%s:", weight->name);
            if (!weights_read(weights, weight, values))
                printf(" unreadable");
            else
                for (int64_t n = 0; n < weight->count; n++)
                    printf(" %.9g", (double)values[n]);
            printf("\n");
            free(values);
        }
}

static struct weights *open_or_tell(const struct setting *s, const char *path, enum weight_match match)
{
    struct weights *weights = weights_open(s->arena, s->diag, s->graph, path, match);
    if (!weights)
        diag_print(s->diag, stdout, (struct diag_style){false, false, false});
    return weights;
}

static int read_file(const struct setting *s, const char *path, enum weight_match match)
{
    struct weights *weights = open_or_tell(s, path, match);
    if (weights)
        print_tensors(s, weights);
    weights_close(weights);
    return weights ? 0 : 1;
}

static int init(const struct setting *s, const char *how)
{
    enum weight_init kind = strcmp(how, "zero") == 0 ? INIT_ZERO : INIT_HE;
    uint64_t seed = kind == INIT_HE ? strtoull(how + 3, NULL, 10) : 0;
    struct weights *weights = weights_initial(s->arena, s->graph, kind, seed);
    print_tensors(s, weights);
    weights_close(weights);
    return 0;
}

static int write_copy(const struct setting *s, const char *path, const char *out)
{
    const char *error;
    struct weights *weights = open_or_tell(s, path, MATCH_NAME);
    bool ok = weights && weights_write_safetensors(s->arena, weights, s->graph, out, &error);
    if (weights && !ok)
        puts(error);
    weights_close(weights);
    return ok ? 0 : 1;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static size_t damage(unsigned char *bytes, size_t length, uint64_t *state)
{
    static const unsigned char favourites[] = {0, 1, 0x7F, 0x80, 0xFF, '"', '{', '[', ',', ':', '9', '-', ' '};
    for (uint64_t changes = 1 + next_random(state) % 4; changes; changes--) {
        unsigned char *at = &bytes[next_random(state) % length];
        uint64_t how = next_random(state);
        *at = how & 1 ? favourites[how / 2 % sizeof favourites] : (unsigned char)(how >> 8);
    }
    return next_random(state) % 5 ? length : 1 + next_random(state) % length;
}

static int fuzz(const char *net, const char *path, const char *scratch, long count)
{
    uint64_t state = 1;
    long accepted = 0;
    struct arena *keep = arena_new();
    struct mapping original;
    const char *error;
    if (!file_map(keep, path, &original, &error))
        return 2;
    unsigned char *bytes = malloc(original.length);
    for (long i = 0; i < count; i++) {
        struct setting s = setting_new(net);
        memcpy(bytes, original.bytes, original.length);
        size_t length = damage(bytes, original.length, &state);
        FILE *file = fopen(scratch, "wb");
        if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
            return 2;
        struct weights *weights = weights_open(s.arena, s.diag, s.graph, scratch, i & 1 ? MATCH_ORDER : MATCH_NAME);
        if (weights)
            accepted++;
        else if (!diag_failed(s.diag))
            return 3; /* refused without a message */
        weights_close(weights);
        arena_free(s.arena);
    }
    free(bytes);
    file_unmap(&original);
    arena_free(keep);
    printf("%ld of %ld accepted\n", accepted, count);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "fuzz") == 0)
        return fuzz(argv[2], argv[3], argv[4], strtol(argv[5], NULL, 10));
    if (argc < 4)
        return 2;
    struct setting s = setting_new(argv[2]);
    int status = 2;
    if (strcmp(argv[1], "read") == 0)
        status = read_file(&s, argv[3], argc > 4 ? MATCH_ORDER : MATCH_NAME);
    else if (strcmp(argv[1], "init") == 0)
        status = init(&s, argv[3]);
    else if (strcmp(argv[1], "write") == 0 && argc == 5)
        status = write_copy(&s, argv[3], argv[4]);
    arena_free(s.arena);
    return status;
}
