/* Outputs. Nothing is written before all of it exists, and each file takes its name only when it is whole. */
#include "passes/outputs.h"

#include <string.h>

#include "emit/words.h"

const char *output_name(struct compilation *c, const char *ending)
{
    if (c->options.output)
        return c->options.output;
    return arena_printf(c->arena, "%s%s", emit_identifier(c->arena, c->graph->name), ending);
}

bool output_is_standard(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

bool output_spares(struct compilation *c, const char *path, const char *input)
{
    if (!path || !input || strcmp(input, "-") == 0 || !path_takes_place(path, input))
        return true;
    return compilation_file_fault(c, path, "the output would overwrite an input: choose another name, -o FILE");
}

bool output_spares_inputs(struct compilation *c, const char *path)
{
    return output_spares(c, path, c->options.input) && output_spares(c, path, c->options.weights);
}

bool output_write_text(struct compilation *c, const char *bytes, size_t length)
{
    bool standard = output_is_standard(c->options.output);
    const char *path = standard ? "-" : c->options.output, *error;
    return file_write(c->arena, path, bytes, length, &error) ||
           compilation_file_fault(c, standard ? "standard output" : path, error);
}

/* Bidirectional controls, U+202A to U+202E and U+2066 to U+2069: compilers warn about them. */
static bool turns_direction(const char *p)
{
    return (strncmp(p, "\xE2\x80", 2) == 0 && strchr("\xAA\xAB\xAC\xAD\xAE", p[2])) ||
           (strncmp(p, "\xE2\x81", 2) == 0 && strchr("\xA6\xA7\xA8\xA9", p[2]));
}

bool output_can_be_included(const char *path)
{
    for (const char *p = path_base(path); *p; p++)
        if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ' || *p == 0x7F || strncmp(p, "??", 2) == 0 ||
            turns_direction(p))
            return false;
    return true;
}

bool output_set_is_free(struct compilation *c, const struct output_set *set, const char *path)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(output_path(set->items[i]), path) == 0)
            return compilation_file_fault(c, path, "two outputs would have this name: choose another, -o FILE");
    return output_spares_inputs(c, path);
}

void output_set_add(struct output_set *set, struct output *output)
{
    set->items[set->count++] = output;
}

bool output_set_add_bytes(struct compilation *c, struct output_set *set, const char *path, const void *bytes,
                          size_t length)
{
    const char *error;
    if (!output_set_is_free(c, set, path))
        return false;
    struct output *output = output_open(c->arena, path, &error);
    if (!output)
        return compilation_file_fault(c, path, error);
    output_write(output, bytes, length); /* committing reports a failure */
    output_set_add(set, output);
    return true;
}

bool output_set_add_text(struct compilation *c, struct output_set *set, const char *path, const char *text)
{
    return output_set_add_bytes(c, set, path, text, strlen(text));
}

bool output_set_commit(struct compilation *c, struct output_set *set)
{
    enum { LAST_WORDS = 16 * 1024 }; /* once the files have their names, nothing may fail any more */
    const char *error;
    arena_reserve(c->arena, LAST_WORDS);
    struct output *failed = outputs_commit(set->items, set->count, &error);
    return !failed || compilation_file_fault(c, output_path(failed), error);
}

bool output_set_discard(struct output_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        output_discard(set->items[i]);
    return false;
}
