/* Any bytes as the choices of the generator of random networks (tests/graphs/generate.py): a valid text
 * is compiled by cnnc for a target, its C is compiled under the undefined-behaviour sanitizer (and a quarter
 * of the time the address sanitizer), run, and compared with the evaluator, one fused group at a time. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/process.h"
#include "compilation.h"
#include "fuzz.h"

/* The targets that this machine can run; x86-64 is three of them in one. */
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

/* ---- the generator, which is started once ---- */

static FILE *to_generator, *from_generator;

static void generator_start(void)
{
    static const char *const argv[] = {"python3", "tests/fuzz/program.py", NULL};
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        fuzz_fail("no pipes");
    pid_t child = fork();
    if (child == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        close(to[1]);
        close(from[0]);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    fcntl(to[1], F_SETFD, FD_CLOEXEC);
    fcntl(from[0], F_SETFD, FD_CLOEXEC);
    to_generator = fdopen(to[1], "wb");
    from_generator = fdopen(from[0], "rb");
    if (child < 0 || !to_generator || !from_generator)
        fuzz_fail("the generator cannot be started");
}

/* Writes the generator's text for these choices to a file. */
static const char *generate(struct arena *arena, const char *folder, const uint8_t *data, size_t size)
{
    const char *error = "", *path = temporary_file(arena, folder, "net.cnn", &error);
    uint32_t length = (uint32_t)size;
    fwrite(&length, sizeof length, 1, to_generator);
    fwrite(data, 1, size, to_generator);
    if (fflush(to_generator) != 0 || fread(&length, sizeof length, 1, from_generator) != 1)
        fuzz_fail("the generator failed");
    char *text = arena_alloc(arena, length);
    if (fread(text, 1, length, from_generator) != length || !path || !file_write(arena, path, text, length, &error))
        fuzz_fail("the generator failed: %s", error);
    return path;
}

/* ---- cnnc ---- */

static bool compile(struct compilation *c)
{
    static bool (*const passes[])(struct compilation *) = {pass_read, pass_parse,  pass_expand,  pass_check,
                                                           pass_plan, pass_report, pass_weights, pass_export,
                                                           pass_code, pass_verify};
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
    /* For started programs: the verifier's program ends without freeing memory. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    setenv("CNNC_TEMPLATES", "compiler/templates", 0);
    if (!getenv("FUZZ_SHOW") && !freopen("/dev/null", "w", stdout)) /* the tables of --verify */
        fuzz_fail("no /dev/null");
    generator_start();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool prepared;
    if (!prepared)
        prepare();
    prepared = true;
    fuzz_begin();
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
    setenv("CC", data[0] >> 5 & 3 ? "tests/fuzz/cc" : "tests/fuzz/cc address", 1);
    c.options.input = generate(arena, folder, data + 1, size - 1);
    if (!compile(&c))
        fail(&c);
    temporary_remove(folder);
    arena_free(arena);
    return 0;
}
