/* Settings: what an editor's configuration says under "cnnc". Those of the command line come first; "files" has others
 * for texts of certain names. */
#include <string.h>

#include "plan/targets.h"
#include "serve/server.h"

/* Reads settings into options, and says what is wrong with them. */
struct reading {
    struct arena *arena;
    struct options *options; /* with what was read so far */
    const char *folder;      /* of the text; paths are relative to it */
    const char *hints;
    void (*refuse)(void *data, const char *text);
    void *data;
};

static void refuse(const struct reading *r, const char *name, const char *why)
{
    if (r->refuse)
        r->refuse(r->data, arena_printf(r->arena, "cnnc: the setting \"%s\" %s", name, why));
}

static const char *text_of(struct reading *r, const json_t *value)
{
    return arena_copy(r->arena, json_string_value(value), json_string_length(value));
}

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    return *name && strspn(name, letters) == strlen(name) && !strchr("0123456789", *name);
}

static void add_define(struct reading *r, const char *name, const char *value)
{
    struct define *define = ARENA_NEW(r->arena, struct define), **last = &r->options->defines;
    if (!is_name(name) || !*value) {
        refuse(r, "define", "takes an object such as {\"N\": 2, \"width\": \"4*8\"}: the names are those of params");
        return;
    }
    *define = (struct define){arena_string(r->arena, name), value, NULL};
    while (*last)
        last = &(*last)->next;
    *last = define;
}

static void read_define(struct reading *r, const json_t *value)
{
    const char *name;
    json_t *member;
    if (!json_is_object(value))
        add_define(r, "", "");
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        if (json_is_string(member))
            add_define(r, name, text_of(r, member));
        else if (json_is_integer(member))
            add_define(r, name, arena_printf(r->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(member)));
        else if (json_is_real(member))
            add_define(r, name, arena_printf(r->arena, "%.17g", json_real_value(member)));
        else if (json_is_boolean(member))
            add_define(r, name, json_is_true(member) ? "yes" : "no");
        else
            add_define(r, "", "");
    }
}

static void read_weights(struct reading *r, const json_t *value)
{
    const char *path = json_is_string(value) ? text_of(r, value) : NULL;
    if (!path) {
        refuse(r, "weights", "takes the name of a file");
        return;
    }
    r->options->weights = !*path ? NULL : *path == '/' ? path : arena_printf(r->arena, "%s%s", r->folder, path);
}

static void read_warnings(struct reading *r, const json_t *value)
{
    struct diag *trial = diag_new(r->arena);
    size_t i;
    json_t *word;
    bool right = json_is_array(value);
    json_array_foreach(value, i, word)
    {
        const char *text = json_is_string(word) ? text_of(r, word) : "";
        if (diag_option(trial, text))
            VEC_PUSH(r->arena, &r->options->warnings, text);
        else
            right = false;
    }
    if (!right)
        refuse(r, "warnings",
               "takes a list of what can stand behind -W, such as [\"fit\", \"no-unused-param\"]; "
               "cnnc --help=checks has the names");
}

/* Is it one of "a|b|c"? */
static bool is_choice(const char *words, const char *word)
{
    for (size_t length; *words; words += length + (words[length] == '|')) {
        length = strcspn(words, "|");
        if (strlen(word) == length && strncmp(words, word, length) == 0)
            return true;
    }
    return false;
}

static void read_target(struct reading *r, const json_t *value)
{
    const char *name = json_is_string(value) ? text_of(r, value) : "";
    if (is_choice(target_words, name))
        r->options->target = name;
    else
        refuse(r, "target", arena_printf(r->arena, "takes one of %s", target_words));
}

static void read_match(struct reading *r, const json_t *value)
{
    const char *word = json_is_string(value) ? json_string_value(value) : "";
    if (strcmp(word, "order") == 0 || strcmp(word, "name") == 0)
        r->options->match = *word == 'o' ? MATCH_ORDER : MATCH_NAME;
    else
        refuse(r, "match", "takes \"name\" or \"order\"");
}

static void read_hints(struct reading *r, const json_t *value)
{
    static const char *const words[] = {"all", "changes", "none"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (json_is_string(value) && strcmp(json_string_value(value), words[i]) == 0) {
            r->hints = words[i];
            return;
        }
    refuse(r, "hints", "takes \"all\", \"changes\" or \"none\"");
}

static void read_files(struct reading *r, const json_t *value)
{
    if (!json_is_object(value))
        refuse(r, "files",
               "takes an object with the settings of each file, such as {\"net.cnn\": {\"define\": {\"N\": 2}}}");
}

/* The extension's own: which program to start, what to write down. */
static void read_nothing(struct reading *r, const json_t *value)
{
    (void)r;
    (void)value;
}

static const struct {
    const char *name;
    void (*read)(struct reading *r, const json_t *value);
} members[] = {
    {"define", read_define},     {"weights", read_weights}, {"match", read_match},
    {"warnings", read_warnings}, {"target", read_target},   {"hints", read_hints},
    {"files", read_files},       {"command", read_nothing}, {"trace", read_nothing},
};

static void read_settings(struct reading *r, const json_t *settings)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)settings, name, value)
    {
        size_t i = 0;
        while (i < sizeof members / sizeof *members && strcmp(members[i].name, name) != 0)
            i++;
        if (i == sizeof members / sizeof *members)
            refuse(r, text_clean(r->arena, name), "does not exist");
        else if (!json_is_null(value))
            members[i].read(r, value);
    }
}

static void show(void *data, const char *text)
{
    server_show(data, text);
}

void settings_set(struct server *server, const json_t *value)
{
    const json_t *inner = json_object_get(value, "cnnc");
    const json_t *settings = inner ? inner : value;
    struct arena *arena = arena_new();
    struct options options = {0};
    struct reading reading = {arena, &options, "", NULL, show, server};
    const char *name;
    json_t *file;
    json_decref(server->settings);
    server->settings = json_is_object(settings) ? json_deep_copy(settings) : NULL;
    read_settings(&reading, server->settings);
    json_object_foreach(json_object_get(server->settings, "files"), name, file)
    {
        read_settings(&reading, file);
    }
    arena_free(arena);
}

/* The settings of all texts, then those of this one. */
static void read_for(const struct server *server, struct reading *reading, const char *path)
{
    reading->folder = path ? path_folder(reading->arena, path) : "";
    read_settings(reading, server->settings);
    if (path)
        read_settings(reading, json_object_get(json_object_get(server->settings, "files"), path_base(path)));
}

void settings_options(const struct server *server, struct arena *arena, const char *path, struct options *options)
{
    const struct options *given = server->host->options;
    struct reading reading = {.arena = arena, .options = options};
    *options =
        (struct options){.check = true, .weights = given->weights, .match = given->match, .target = given->target};
    for (const struct define *d = given->defines; d; d = d->next)
        add_define(&reading, d->name, d->value);
    for (size_t i = 0; i < given->warnings.count; i++)
        VEC_PUSH(arena, &options->warnings, given->warnings.items[i]);
    read_for(server, &reading, path);
}

const char *settings_hints(const struct server *server, const char *path)
{
    struct arena *arena = arena_new();
    struct options options = {0};
    struct reading reading = {.arena = arena, .options = &options, .hints = "all"};
    read_for(server, &reading, path);
    arena_free(arena);
    return reading.hints; /* a constant */
}
