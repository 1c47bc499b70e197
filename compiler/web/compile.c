/* Runs $WASM_CC, or clang, over the C of a network. Nothing but clang and its linker is needed. */
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/program.h"
#include "web/web.h"

enum { LOG_BYTES = 1 << 20 };

/* Does a line of the log hold the words? */
static bool says(struct arena *arena, const char *log, const char *words)
{
    const char *error;
    size_t length;
    const char *text = file_read(arena, log, LOG_BYTES, &length, &error);
    return text && strstr(text, words);
}

static void help_tools(struct message *m, bool linker)
{
    message_help(m, "%s: Debian and Ubuntu have them as clang and lld; $WASM_CC names another clang, such as clang-19",
                 linker ? "clang needs LLVM's linker, wasm-ld" : "WebAssembly takes clang and its linker, wasm-ld");
}

static bool run(struct arena *arena, struct diag *diag, const struct web_build *build, const char *const *argv)
{
    bool ran;
    struct message *m = program_compile(arena, diag, "the WebAssembly", argv, build->log, &ran);
    if (m && !ran)
        help_tools(m, false);
    else if (m && says(arena, build->log, "wasm-ld") && !says(arena, build->log, "wasm-ld: error: "))
        help_tools(m, true);
    else if (m && says(arena, build->log, "--target=wasm32"))
        help_tools(m, false);
    if (!m && !path_exists(build->wasm))
        m = diag_report_file(diag, CHECK_FILE, NULL, "the WebAssembly is not there: %s made no file", argv[0]);
    return !m;
}

bool web_compile(struct arena *arena, struct diag *diag, const struct web_build *build)
{
    const char *templates = build->templates;
    /* The stack is the first part of memory: a call that needed more would end in a trap, not in another's bytes. */
    const char *const words[] = {
        "--target=wasm32",
        "-std=c11",
        "-O2",
        "-w",
        "-ffp-contract=off",
        "-mbulk-memory",
        build->vectors ? "-msimd128" : "-mno-simd128",
        "-nostdlib",
        "-nostdlibinc",
        arena_printf(arena, "-I%s/web/include", templates),
        arena_printf(arena, "-I%s/../../runtime", templates), /* cnnw.h; installed, it is in web/include */
        "-Wl,--no-entry",
        "-Wl,--strip-all",
        "-Wl,--gc-sections",
        "-Wl,--stack-first",
        "-Wl,-z,stack-size=131072",
        "-o",
        build->wasm,
        build->source,
        arena_printf(arena, "%s/web/memory.c", templates),
        arena_printf(arena, "%s/web/math.c", templates),
    };
    return run(arena, diag, build, program_words(arena, "WASM_CC", "clang", words, sizeof words / sizeof *words));
}
