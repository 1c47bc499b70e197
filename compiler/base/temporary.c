/* Temporary folders and files, and the words of a command: what running a program needs besides a process. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "cleanup.h"
#include "process.h"

static bool list_temporary(const char *path, const char **error)
{
    if (cleanup_add(path))
        return true;
    *error = "too many temporary files at once";
    return false;
}

const char *temporary_folder(struct arena *arena, const char **error)
{
    const char *parent = getenv("TMPDIR");
    char *path = arena_printf(arena, "%s/cnnc-XXXXXX", parent && *parent ? parent : "/tmp");
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old); /* mkdtemp chooses the name, so it can only be listed afterwards */
    bool made = mkdtemp(path) != NULL;
    if (!made)
        *error = arena_printf(arena, "cannot make a temporary folder %s: %s", path, strerror(errno));
    else if (!list_temporary(path, error)) {
        rmdir(path);
        made = false;
    }
    sigprocmask(SIG_SETMASK, &old, NULL);
    return made ? path : NULL;
}

const char *temporary_file(struct arena *arena, const char *folder, const char *name, const char **error)
{
    const char *path = arena_printf(arena, "%s/%s", folder, name);
    return cleanup_lists(path) || list_temporary(path, error) ? path : NULL;
}

void temporary_remove(const char *folder)
{
    cleanup_remove_folder(folder);
}

const char **process_words(struct arena *arena, const char *text, size_t extra, size_t *count)
{
    const char **words = ARENA_ARRAY(arena, const char *, strlen(text) / 2 + 2 + extra);
    *count = 0;
    for (;;) {
        text += strspn(text, " \t\n");
        size_t length = strcspn(text, " \t\n");
        if (length == 0)
            return words;
        words[(*count)++] = arena_copy(arena, text, length);
        text += length;
    }
}
