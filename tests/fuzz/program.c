/* Any bytes as the choices of the generator of random networks (tests/graphs/generate.py): a valid
 * program, compiled by cnnc for a target, its C compiled under the address and undefined-behaviour
 * sanitizers, run, and compared with the evaluator, fused group by fused group. */
#include <stdlib.h>
#include <string.h>

#include "base/process.h"
#include "compilation.h"
#include "fuzz.h"

/* The targets that this machine can run; x86-64 is three of them in one file. */
static const char *target_of(unsigned number)
{
    const char *names[4] = {"c99"};
    unsigned count = 1;
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        names[count++] = "avx2";
    if (__builtin_cpu_supports("avx512f"))
        names[count++] = "avx512";
#elif defined __aarch64__
    names[count++] = "neon";
#endif
    return names[number % count];
}

/* The generator's text for these choices, in a file. */
static const char *generate(struct arena *arena, const char *folder, const uint8_t *data, size_t size)
{
    const char *error = "";
    const char *choices = temporary_file(arena, folder, "choices", &error);
    const char *text = temporary_file(arena, folder, "net.cnn", &error);
    const char *const argv[] = {"python3", "tests/fuzz/program.py", NULL};
    struct process process = {.argv = argv, .stdin_path = choices, .stdout_path = text, .deadline_seconds = 30};
    int status;
    if (!text || !file_write(arena, choices, data, size, &error) || !process_run(arena, &process, &status, &error) ||
        status != 0)
        fuzz_fail("the generator failed: %s", error);
    return text;
}

static bool compile(struct compilation *c)
{
    static bool (*const passes[])(struct compilation *) = {pass_read, pass_parse,  pass_expand,  pass_check,
                                                           pass_plan, pass_report, pass_weights, pass_export,
                                                           pass_emit, pass_verify};
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        if (!passes[i](c))
            return false;
    return !diag_failed(c->diag);
}

static void fail(struct compilation *c)
{
    fprintf(stderr, "--- %s%s\n", c->options.target, c->options.no_winograd ? ", no winograd" : "");
    if (c->source)
        fwrite(c->source->bytes, 1, c->source->length, stderr);
    fputc('\n', stderr);
    diag_print(c->diag, stderr, (struct diag_style){0});
    fuzz_fail("a valid program did not become right C");
}

static void prepare(void)
{
    setenv("CC", "tests/fuzz/cc", 0);
    setenv("ASAN_OPTIONS", "detect_leaks=0",
           1); /* of what is started; the verifier's program ends without tidying up */
    setenv("CNNC_TEMPLATES", "compiler/templates", 0);
    if (!getenv("FUZZ_SHOW") && !freopen("/dev/null", "w", stdout)) /* the tables of --verify */
        fuzz_fail("no /dev/null");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool prepared;
    if (!prepared)
        prepare();
    prepared = true;
    if (size < 8)
        return 0;
    struct arena *arena = arena_new();
    struct compilation c = {.arena = arena, .diag = diag_new(arena), .program = "cnnc"};
    const char *error, *folder = temporary_folder(arena, &error);
    if (!folder)
        fuzz_fail("%s", error);
    c.options = (struct options){.verify = true,
                                 .target = target_of(data[0] & 7),
                                 .no_winograd = data[0] & 8,
                                 .embed = data[0] & 16 ? EMBED_NO : EMBED_AUTO,
                                 .init_given = true,
                                 .init = INIT_HE,
                                 .seed = 1 + (data[0] >> 5)};
    diag_option(c.diag, "no-all");
    c.options.input = generate(arena, folder, data + 1, size - 1);
    if (!compile(&c))
        fail(&c);
    temporary_remove(folder);
    arena_free(arena);
    return 0;
}
