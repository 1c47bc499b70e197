/* Offsets of intervals in an arena. Intervals that are in use at the same time must not overlap; the arena should be no
 * larger than the largest set of those in use at once. Finding the smallest arena is a hard problem in general; greedy
 * placement in several orders finds the lower bound, or nearly, for networks. No clock and no random device: the same
 * offsets everywhere. */
#include "plan/assign.h"

#include <stdbool.h>
#include <string.h>

#include "base/arena.h"

enum { UNIT = 64 /* of areas, so that they do not overflow */, SHUFFLES = 400 };

int64_t memory_lower_bound(const struct interval *intervals, size_t count)
{
    int64_t bound = 0;
    for (size_t i = 0; i < count; i++) { /* the largest set is reached where some interval begins */
        int64_t sum = 0;
        for (size_t k = 0; k < count; k++)
            if (intervals[k].first <= intervals[i].first && intervals[i].first <= intervals[k].last)
                sum += intervals[k].bytes;
        bound = sum > bound ? sum : bound;
    }
    return bound;
}

static bool meet(const struct interval *a, const struct interval *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* Places the intervals in the given order, each in the smallest gap that holds it (best) or in the
 * lowest one; returns the arena's size. `placed` is kept sorted by offset. */
static int64_t place_in_order(struct interval *intervals, const size_t *order, size_t count, size_t *placed, bool best)
{
    int64_t top = 0;
    for (size_t i = 0; i < count; i++) {
        struct interval *interval = &intervals[order[i]];
        int64_t at = 0, chosen = -1, smallest = INT64_MAX;
        for (size_t k = 0; k < i; k++) {
            const struct interval *other = &intervals[placed[k]];
            if (!meet(interval, other))
                continue;
            int64_t gap = other->offset - at;
            if (gap >= interval->bytes && gap < smallest) {
                chosen = at;
                smallest = gap;
                if (!best)
                    break;
            }
            at = other->offset + other->bytes > at ? other->offset + other->bytes : at;
        }
        interval->offset = chosen >= 0 ? chosen : at;
        top = interval->offset + interval->bytes > top ? interval->offset + interval->bytes : top;
        size_t slot = i;
        for (; slot > 0 && intervals[placed[slot - 1]].offset > interval->offset; slot--)
            placed[slot] = placed[slot - 1];
        placed[slot] = order[i];
    }
    return top;
}

struct search {
    struct interval *intervals;
    size_t count;
    size_t *order, *placed;
    int64_t *offsets; /* of the best arena so far */
    int64_t best;
};

static bool try_order(struct search *search, int64_t bound)
{
    for (int best = 0; best < 2; best++) {
        int64_t size = place_in_order(search->intervals, search->order, search->count, search->placed, best);
        if (search->best >= 0 && size >= search->best)
            continue;
        search->best = size;
        for (size_t i = 0; i < search->count; i++)
            search->offsets[i] = search->intervals[i].offset;
    }
    return search->best <= bound;
}

enum { BY_BYTES, BY_LENGTH, BY_AREA, BY_FIRST, BY_LAST, KEYS };

static int64_t key_of(const struct interval *interval, int key)
{
    int64_t length = interval->last - interval->first + 1;
    switch (key) {
    case BY_BYTES: return interval->bytes;
    case BY_LENGTH: return length;
    case BY_AREA: return interval->bytes / UNIT * length;
    case BY_FIRST: return -(int64_t)interval->first;
    default: return interval->last;
    }
}

/* Largest key first; equal keys keep their order: a merge sort. */
static void sort_order(struct search *search, size_t *spare, int key)
{
    size_t count = search->count, *from = search->order, *to = spare;
    for (size_t i = 0; i < count; i++)
        from[i] = i;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t start = 0; start < count; start += 2 * width) {
            size_t a = start, a_end = start + width < count ? start + width : count;
            size_t b = a_end, b_end = start + 2 * width < count ? start + 2 * width : count;
            for (size_t i = start; i < b_end; i++) {
                bool take_b = a == a_end || (b < b_end && key_of(&search->intervals[from[b]], key) >
                                                              key_of(&search->intervals[from[a]], key));
                to[i] = take_b ? from[b++] : from[a++];
            }
        }
        size_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != search->order)
        memcpy(search->order, from, count * sizeof *from);
}

/* Exchanges neighbours in the order by size, more of them each time. */
static bool try_shuffles(struct search *search, size_t *spare, int64_t bound)
{
    uint64_t state = 1;
    int tries = search->count > 2000 ? 0 : search->count > 300 ? SHUFFLES / 8 : SHUFFLES;
    for (int i = 0; i < tries; i++) {
        sort_order(search, spare, i % 2 ? BY_AREA : BY_BYTES);
        for (int swap = 0; swap < 2 + i / 16; swap++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            size_t a = (size_t)(state >> 33) % search->count, b = (a + 1 + (size_t)(state >> 60)) % search->count;
            size_t item = search->order[a];
            search->order[a] = search->order[b];
            search->order[b] = item;
        }
        if (try_order(search, bound))
            return true;
    }
    return false;
}

int64_t memory_assign(struct arena *arena, struct interval *intervals, size_t count)
{
    if (count == 0)
        return 0;
    struct search search = {.intervals = intervals, .count = count, .best = -1};
    search.order = ARENA_ARRAY(arena, size_t, count);
    search.placed = ARENA_ARRAY(arena, size_t, count);
    search.offsets = ARENA_ARRAY(arena, int64_t, count);
    size_t *spare = ARENA_ARRAY(arena, size_t, count);
    int64_t bound = memory_lower_bound(intervals, count);
    bool found = false;
    for (int key = 0; key < KEYS && !found; key++) {
        sort_order(&search, spare, key);
        found = try_order(&search, bound);
    }
    if (!found)
        try_shuffles(&search, spare, bound);
    for (size_t i = 0; i < count; i++)
        intervals[i].offset = search.offsets[i];
    return search.best;
}
