/* Lines on success. Commands in them can be copied: file names are quoted for a shell. */
#include "cli/tell.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "emit/emit.h"
#include "emit/m4.h"
#include "emit/words.h"
#include "runtime/cnnw.h"
#include "tune/tune.h"

static const char *size_text(struct compilation *c, int64_t bytes)
{
    return bytes < 10 * 1024          ? arena_printf(c->arena, "%lld bytes", (long long)bytes)
           : bytes < 10 * 1024 * 1024 ? arena_printf(c->arena, "%lld KiB", (long long)(bytes / 1024))
                                      : arena_printf(c->arena, "%lld MiB", (long long)(bytes / 1024 / 1024));
}

/* " (241 KiB)"; "" for a device or a pipe. */
static const char *size_on_disk(struct compilation *c, const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return "";
    return arena_printf(c->arena, " (%s)", size_text(c, status.st_size));
}

/* A line that is safe for a terminal, whatever the files are called. */
static void say(struct compilation *c, const char *line)
{
    puts(text_clean(c->arena, line));
}

static void say_next(struct compilation *c, const char *line)
{
    if (isatty(STDOUT_FILENO))
        say(c, arena_printf(c->arena, "next: %s", line));
}

static bool is_standard_output(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

/* "lenet5.c" for "/home/me/lenet5.c" if /home/me is the working folder. */
static const char *near_path(struct compilation *c, const char *path)
{
    char *folder = arena_alloc(c->arena, 4096);
    size_t length = getcwd(folder, 4096) ? strlen(folder) : 0;
    bool below = length > 1 && strncmp(path, folder, length) == 0 && path[length] == '/';
    return below ? path + length + 1 : path;
}

/* How to compile a program around the generated C: against the runtime that belongs to the templates. */
static const char *runtime_words(struct compilation *c)
{
    const char *templates = emit_find_templates(c->arena, c->diag, c->program), *in_tree = "compiler/templates";
    size_t length = templates ? strlen(templates) : 0, tail = strlen(in_tree);
    if (length <= tail || strcmp(templates + length - tail, in_tree) != 0)
        return "$(pkg-config --cflags --libs cnnc)";
    const char *build = arena_copy(c->arena, templates, length - tail - strlen("../"));
    const char *root = path_folder(c->arena, arena_copy(c->arena, build, *build ? strlen(build) - 1 : 0));
    root = near_path(c, root), build = near_path(c, build);
    return arena_printf(c->arena, "-I%s %s -lm -lpthread",
                        text_shell_word(c->arena, arena_printf(c->arena, "%sruntime", root)),
                        text_shell_word(c->arena, arena_printf(c->arena, "%slibcnn.a", build)));
}

static void say_next_of_code(struct compilation *c, const struct code_files *files)
{
    const char *program = path_with_ending(c->arena, files->source, "");
    const char *source = text_shell_word(c->arena, files->source),
               *folder = *path_folder(c->arena, program) ? "" : "./";
    if (files->library)
        say_next(c, arena_printf(c->arena, "from Python, cnnc.load(\"%s%s\") loads it; in C, %s says how to call it",
                                 folder, files->source, path_base(files->header)));
    else if (files->wasm)
        say_next(c, arena_printf(c->arena, "import { load } from \"./%s\"; its first lines say how to go on",
                                 path_base(files->source)));
    else if (files->with_main)
        say_next(c, arena_printf(c->arena, "cc -O2 -o %s %s %s && %s --bench", text_shell_word(c->arena, program),
                                 source, runtime_words(c),
                                 text_shell_word(c->arena, arena_printf(c->arena, "%s%s", folder, program))));
    else
        say_next(c, arena_printf(c->arena, "cc -O2 -c %s; %s says how to call it", source, path_base(files->header)));
}

/* What all symbols of the C begin with. */
static const char *name_of(struct compilation *c)
{
    return emit_identifier(c->arena, c->graph->name);
}

void tell_machine(struct compilation *c, const char *path, const char *file)
{
    fputs(strstr(file, "processor"), stdout);
    say(c, arena_printf(c->arena, "wrote %s, which --target=native follows from now on", path));
}

void tell_tuning(struct compilation *c, const char *path, const struct tune_result *result)
{
    if (result->layers == 0)
        say(c, arena_printf(c->arena, "wrote %s: no layer has more than one way to be computed for --target=%s", path,
                            result->tuning->target));
    else
        say(c, arena_printf(c->arena,
                            "wrote %s: %d distinct convolutions take %.1f us instead of %.1f; %d of them are computed "
                            "otherwise than without --tune",
                            path, result->layers, result->measured_us, result->model_us, result->changed));
}

void tell_code(struct compilation *c, const struct code_files *files)
{
    const struct plan *plan = c->plan;
    bool have_weights = !plan->weight_bytes || compilation_has_weights(c);
    struct text out = text_new(c->arena);
    if (files->wasm)
        text_printf(&out, "wrote %s and %s%s (network %s)", files->source, path_base(files->wasm),
                    size_on_disk(c, files->wasm), name_of(c));
    else
        text_printf(&out, "wrote %s and %s (network %s)", files->source, path_base(files->header), name_of(c));
    if (files->packed)
        text_printf(&out, ", %s (%s)", path_base(files->packed), size_text(c, plan->weight_bytes + CNNW_HEADER_BYTES));
    else if (plan->weight_bytes && have_weights)
        text_printf(&out, ", weights inside (%s)", size_text(c, plan->weight_bytes));
    text_printf(&out, "; arena %s", size_text(c, plan->arena_bytes));
    if (plan->scratch_bytes)
        text_printf(&out, ", scratch %s a thread", size_text(c, plan->scratch_bytes));
    say(c, out.bytes);
    if (!have_weights)
        say(c, arena_printf(c->arena, "no weights yet: cnnc %s --weights=FILE --emit=cnnw packs them",
                            text_shell_word(c->arena, c->options.input)));
    say_next_of_code(c, files);
}

static void say_written(struct compilation *c, const char *path)
{
    say(c, arena_printf(c->arena, "wrote %s%s", path, size_on_disk(c, path)));
}

void tell_packed(struct compilation *c, const char *path)
{
    say_written(c, path);
    say_next(c, arena_printf(c->arena, "cnn_open(&%s_model, \"%s\", threads, &error) maps it", name_of(c), path));
}

void tell_model(struct compilation *c, const char *path)
{
    if (is_standard_output(path))
        return;
    say_written(c, path);
    say_next(c, arena_printf(c->arena, "cnnc --summary %s reads it back, as any ONNX tool does",
                             text_shell_word(c->arena, path)));
}

void tell_text(struct compilation *c, const char *path, const char *weights)
{
    struct text out = text_new(c->arena);
    text_printf(&out, "wrote %s%s", path, size_on_disk(c, path));
    if (weights)
        text_printf(&out, " and %s%s", path_base(weights), size_on_disk(c, weights));
    say(c, out.bytes);
    const char *words = weights ? arena_printf(c->arena, "--weights=%s ", text_shell_word(c->arena, weights)) : "";
    say_next(c, arena_printf(c->arena, "cnnc %s%s", words, text_shell_word(c->arena, path)));
}

void tell_text_alone(bool has_weights)
{
    if (has_weights && isatty(STDERR_FILENO))
        fputs("next: -o FILE.cnn writes the weights too, to FILE.safetensors\n", stderr);
}

void tell_report(struct compilation *c)
{
    const char *path = c->options.output;
    if (is_standard_output(path))
        return;
    say_written(c, path);
    const char *word = text_shell_word(c->arena, path);
    if (!c->options.emit_given)
        return;
    if (c->options.emit == EMIT_DOT)
        say_next(c, arena_printf(c->arena, "dot -Tsvg -O %s", word));
    else if (c->options.emit == EMIT_CNN)
        say_next(c, arena_printf(c->arena, "cnnc --summary %s", word));
}

void tell_train(struct compilation *c, const char *path)
{
    const char *header = path_with_ending(c->arena, path_base(path), ".h");
    say(c, arena_printf(c->arena, "wrote %s and %s (network %s)", path, header, name_of(c)));
    say_next(c,
             arena_printf(c->arena, "cc -O2 -c %s; %s says how to call it", text_shell_word(c->arena, path), header));
}

/* The program that trains says what is initialised. */
void tell_gaps(struct compilation *c, const struct weight_gaps *gaps)
{
    if (!gaps->surplus)
        return;
    const char *line =
        gaps->surplus == 1
            ? arena_printf(c->arena, "%s: a tensor belongs to no layer of %s, and is not used: %s", c->options.weights,
                           c->graph->name, gaps->a_surplus)
            : arena_printf(c->arena, "%s: %lld tensors belong to no layer of %s, such as %s: they are not used",
                           c->options.weights, (long long)gaps->surplus, c->graph->name, gaps->a_surplus);
    fprintf(c->options.emit_given ? stderr : stdout, "%s\n", text_clean(c->arena, line)); /* JSON stays alone */
}

void tell_quantised(struct compilation *c, const char *path)
{
    say(c, arena_printf(c->arena, "wrote %s%s", near_path(c, path), size_on_disk(c, path)));
    say_next(c, arena_printf(c->arena, "cnnc --weights=%s %s", text_shell_word(c->arena, path),
                             text_shell_word(c->arena, c->options.input)));
}

void tell_learned(struct compilation *c, const char *weights)
{
    say_next(c, arena_printf(c->arena, "cnnc --target=native --weights=%s %s", text_shell_word(c->arena, weights),
                             text_shell_word(c->arena, c->options.input)));
}
