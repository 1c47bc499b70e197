/* `arguments FILE` reads a network from each line of FILE and prints its chains and train statements as written from
 * the graph, or `error` if it cannot be read; a tab stands for the end of a line of the text. The suite gives each
 * argument of each layer, and of each word of a train statement, two values and compares. */
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "expand/expand.h"
#include "text/write.h"

static const char *rewrite(struct arena *arena, const char *line)
{
    struct diag *diag = diag_new(arena);
    diag_option(diag, "-w");
    const struct source *source = source_new(arena, "test", line, strlen(line));
    diag_set_source(diag, source);
    const struct ast *ast = grammar_parse(arena, source, diag);
    struct expansion *expansion = diag_failed(diag) ? NULL
                                                    : expand_network(arena, diag, source, ast, NULL, NULL, "test");
    return expansion ? graph_to_text(arena, diag, expansion->graph) : NULL;
}

static void replace(char *text, char from, char to)
{
    for (; *text; text++)
        if (*text == from)
            *text = to;
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    const char *error = NULL;
    size_t length;
    char *text = argc == 2 ? file_read(arena, argv[1], 1 << 24, &length, &error) : NULL, *state = NULL;
    if (!text) {
        fprintf(stderr, "arguments: %s\n", error ? error : "usage: arguments FILE");
        return 2;
    }
    for (char *line = strtok_r(text, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
        struct arena *own = arena_new();
        replace(line, '\t', '\n');
        const char *written = rewrite(own, line), *chain = written ? strstr(written, "INPUT") : NULL;
        char *shown = arena_string(own, chain ? chain : "error"), *budget = strstr(shown, "\nexpect");
        if (budget)
            *budget = 0;
        replace(shown, '\n', '\t');
        puts(shown);
        arena_free(own);
    }
    arena_free(arena);
    return 0;
}
