/* The list of what must not be left behind. An entry is written before its file exists and cleared after the file is
 * gone or renamed, so that a signal handler always finds a valid list. */
#include "cleanup.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { MAX_LISTED = 80 };

static const char *volatile listed[MAX_LISTED];
static volatile sig_atomic_t running, asking;

bool cleanup_add(const char *path)
{
    int last = MAX_LISTED;
    while (last > 0 && !listed[last - 1]) /* behind all the others, so that files follow their folder */
        last--;
    if (last == MAX_LISTED)
        return false;
    listed[last] = path;
    return true;
}

static int slot_of(const char *path)
{
    for (int i = 0; i < MAX_LISTED; i++)
        if (listed[i] && strcmp(listed[i], path) == 0)
            return i;
    return -1;
}

bool cleanup_lists(const char *path)
{
    return slot_of(path) >= 0;
}

void cleanup_forget(const char *path)
{
    int slot = slot_of(path);
    if (slot >= 0)
        listed[slot] = NULL;
}

static void remove_listed(int slot)
{
    const char *path = listed[slot];
    if (path && unlink(path) != 0)
        rmdir(path);
    listed[slot] = NULL;
}

void cleanup_remove_folder(const char *folder)
{
    size_t length = strlen(folder);
    for (int i = MAX_LISTED - 1; i >= 0; i--) {
        const char *path = listed[i];
        if (path && strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0))
            remove_listed(i);
    }
}

void cleanup_running(int group, int first)
{
    asking = first;
    running = group;
}

void cleanup_pass_on(int number)
{
    const int before = errno;
    if (running > 0 && number == SIGTSTP) {
        kill(-(pid_t)running, SIGSTOP);
        raise(SIGSTOP);
        kill(-(pid_t)running, SIGCONT);
    } else if (running > 0) {
        const int given = asking && number != SIGQUIT ? asking : number == SIGHUP ? SIGTERM : number;
        asking = 0;
        kill(-(pid_t)running, given);
    }
    errno = before;
}

void cleanup_all(void)
{
    if (running > 0)
        kill(-(pid_t)running, SIGTERM);
    for (int i = MAX_LISTED - 1; i >= 0; i--)
        remove_listed(i);
}
