/* The search for places in the arena, on its own: buffers in use at the same time never overlap, the arena
 * is not below its lower bound but close to it, and a second search gives the same result. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "plan/assign.h"
#include "tests/lib/report.h"

enum { ROUNDS = 300, MOST = 120 };

static uint64_t state = 7;

static int next_random(int limit)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((state >> 33) % (uint64_t)limit);
}

static bool apart(const struct interval *intervals, size_t count, int64_t arena)
{
    for (size_t i = 0; i < count; i++) {
        const struct interval *a = &intervals[i];
        if (a->offset < 0 || a->offset % 64 || a->offset + a->bytes > arena)
            return false;
        for (size_t k = 0; k < i; k++) {
            const struct interval *b = &intervals[k];
            bool at_once = a->first <= b->last && b->first <= a->last;
            if (at_once && a->offset < b->offset + b->bytes && b->offset < a->offset + a->bytes)
                return false;
        }
    }
    return true;
}

int main(void)
{
    bool all_apart = true, above = true, same = true;
    double ratios = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct interval intervals[MOST], again[MOST];
        size_t count = 1 + (size_t)next_random(MOST - 1);
        for (size_t i = 0; i < count; i++) {
            int first = next_random((int)count), length = next_random(4) ? next_random(4) : next_random((int)count);
            int64_t bytes = 64 * (1 + (int64_t)next_random(1 << next_random(14)));
            intervals[i] = (struct interval){bytes, first, first + length, -1};
        }
        memcpy(again, intervals, sizeof again);
        struct arena *arena = arena_new();
        int64_t bound = memory_lower_bound(intervals, count), bytes = memory_assign(arena, intervals, count);
        all_apart = all_apart && apart(intervals, count, bytes);
        above = above && bytes >= bound;
        same = same && memory_assign(arena, again, count) == bytes &&
               memcmp(again, intervals, count * sizeof *again) == 0;
        ratios += (double)bytes / (double)bound / ROUNDS;
        arena_free(arena);
    }
    report(all_apart, "buffers in use at one time lie apart");
    report(above, "no arena is smaller than its lower bound");
    report(same, "a second search finds the same places");
    report(ratios < 1.02, "over random lives, the arena is within 2%% of the bound on average");
    printf("# on average %.4f of the lower bound\n", ratios);
    return failures != 0;
}
