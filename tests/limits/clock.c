/* A clock that runs faster: preloaded into cnnc (not into programs it starts), it speeds up the clock once a file
 * exists, so that a limit of an hour is reached within a second.
 *
 *     CLOCK_FILE  the file
*     CLOCK_RATE  how many seconds the clock gains per second */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *file;
static double rate;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("CLOCK_RATE");
    rate = text ? atof(text) : 0;
    file = getenv("CLOCK_FILE");
    unsetenv("LD_PRELOAD");
}

static double in_seconds(struct timespec time)
{
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double gained(void)
{
    struct timespec now;
    struct stat status;
    if (!file || stat(file, &status) != 0 || syscall(SYS_clock_gettime, CLOCK_REALTIME, &now) != 0)
        return 0;
    double since = in_seconds(now) - in_seconds(status.st_mtim);
    return since > 0 ? rate * since : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    int failed = (int)syscall(SYS_clock_gettime, clock, time);
    if (!failed && clock == CLOCK_MONOTONIC)
        time->tv_sec += (time_t)gained();
    return failed;
}
