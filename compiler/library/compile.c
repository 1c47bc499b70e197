/* Runs $CC over the C of a shared library and the runtime's sources. */
#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/program.h"
#include "library/library.h"

/* The runtime's sources: in the tree, or installed beside the templates. */
static const char *find_runtime(struct arena *arena, struct diag *diag, const char *templates)
{
    const char *const places[] = {arena_printf(arena, "%s/../../runtime", templates),
                                  arena_printf(arena, "%s/../runtime", templates)};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (path_exists(arena_printf(arena, "%s/cnn_pool.c", places[i])))
            return places[i];
    struct message *m = diag_report_file(diag, CHECK_FILE, "runtime",
                                         "the runtime's sources, which a shared library has inside, are not beside the "
                                         "templates in %s",
                                         templates);
    message_help(m, "'make install' puts them there");
    return NULL;
}

static bool run(struct arena *arena, struct diag *diag, const struct library_build *build, const char *const *argv)
{
    bool ran;
    struct message *m = program_compile(arena, diag, "the shared library", argv, build->log, &ran);
    if (m)
        message_help(m, "$CC names the C compiler, gcc or clang; without it, it is cc");
    return !m;
}

/* Is the library to carry this name? The linker takes @NAME for a file of options, -NAME for one. */
static bool can_be_soname(const char *name)
{
#ifdef __APPLE__
    (void)name;
    return false;
#else
    return *name != '@' && *name != '-';
#endif
}

bool library_compile(struct arena *arena, struct diag *diag, const struct library_build *build)
{
    const char *runtime = find_runtime(arena, diag, build->templates);
    if (!runtime)
        return false;
    /* clang-format off */
    const char *const words[] = {
        "-O2", "-w", "-shared", "-fPIC", "-fvisibility=hidden", "-s", "-DNDEBUG", "-D_POSIX_C_SOURCE=200809L",
        arena_printf(arena, "-I%s", runtime), "-o", build->library, build->source,
        arena_printf(arena, "%s/cnn.c", runtime), arena_printf(arena, "%s/cnn_error.c", runtime),
        arena_printf(arena, "%s/cnn_identity.c", runtime), arena_printf(arena, "%s/cnn_pool.c", runtime),
        arena_printf(arena, "%s/cnn_weights.c", runtime), "-lm", "-lpthread",
        "-Xlinker", "-soname", "-Xlinker", build->file_name, /* the last four */
    };
    /* clang-format on */
    const size_t count = sizeof words / sizeof *words - (can_be_soname(build->file_name) ? 0 : 4);
    return run(arena, diag, build, program_words(arena, "CC", "cc", words, count));
}
