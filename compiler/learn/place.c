/* Where libcnntrain.a and its headers are. */
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/files.h"
#include "base/program.h"
#include "learn/learn.h"

static bool is_there(struct arena *arena, const struct learn_place *place)
{
    return path_exists(arena_printf(arena, "%scnn.h", place->headers)) &&
           path_exists(arena_printf(arena, "%scnn_train.h", place->train_headers)) &&
           path_exists(arena_printf(arena, "%slibcnntrain.a", place->libraries)) &&
           path_exists(arena_printf(arena, "%slibcnn.a", place->libraries));
}

bool learn_find(struct arena *arena, struct diag *diag, const char *program, const char *templates,
                struct learn_place *place)
{
    const char *folder = program_folder(arena, program);
    const char *beside = arena_printf(arena, "%s../include/", folder);
    const char *tree = arena_printf(arena, "%s/../../runtime/", templates);
    const struct learn_place places[] = {
        {tree, arena_printf(arena, "%strain/", tree), folder},
        {beside, beside, arena_printf(arena, "%s../lib/", folder)},
#if defined(CNNC_LIBDIR) && defined(CNNC_INCLUDEDIR)
        {CNNC_INCLUDEDIR "/", CNNC_INCLUDEDIR "/", CNNC_LIBDIR "/"},
#endif
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (is_there(arena, &places[i])) {
            *place = places[i];
            return true;
        }
    struct message *m = diag_report_file(diag, CHECK_FILE, "libcnntrain.a",
                                         "the library that training code is linked with is neither beside cnnc, in "
                                         "%s, nor installed",
                                         *folder ? folder : "the folder of the program");
    message_help(m, "'make' in cnnc's source folder builds it, 'make install' installs it");
    return false;
}
