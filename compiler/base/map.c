/* Open addressing over an array of entries. Replacing a value keeps the entry's place. */
#include "map.h"

#include <string.h>
#include <time.h>

#include "arena.h"

/* A fresh seed in each run, so that no file can be made of names that all fall into one slot. The contents of a map
 * and their order do not depend on it. */
static uint64_t hash_start(void)
{
    static uint64_t start;
    struct timespec now = {0, 0};
    if (!start) {
        clock_gettime(CLOCK_REALTIME, &now);
        start = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec ^ (uint64_t)(uintptr_t)&now;
        start = (start * 11400714819323198485u) | 1;
    }
    return start;
}

static uint64_t hash_string(const char *key)
{
    uint64_t hash = hash_start();
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    return hash ^ hash >> 32;
}

static size_t find_slot(const struct map *map, const char *key)
{
    size_t mask = map->slot_count - 1, slot = hash_string(key) & mask;
    while (map->slots[slot] && strcmp(map->entries[map->slots[slot] - 1].key, key) != 0)
        slot = (slot + 1) & mask;
    return slot;
}

void *map_get(const struct map *map, const char *key)
{
    if (!map->slot_count)
        return NULL;
    uint32_t index = map->slots[find_slot(map, key)];
    return index ? map->entries[index - 1].value : NULL;
}

static void rebuild(struct map *map)
{
    memset(map->slots, 0, map->slot_count * sizeof *map->slots);
    for (size_t i = 0; i < map->count; i++)
        map->slots[find_slot(map, map->entries[i].key)] = (uint32_t)(i + 1);
}

void map_set(struct arena *arena, struct map *map, const char *key, void *value)
{
    if (map->slot_count) {
        uint32_t index = map->slots[find_slot(map, key)];
        if (index) {
            map->entries[index - 1].value = value;
            return;
        }
    }
    if (map->count == map->capacity)
        map->entries = vec_grow(arena, map->entries, &map->capacity, sizeof *map->entries);
    map->entries[map->count++] = (struct map_entry){key, value};
    if (map->count * 2 > map->slot_count) {
        map->slot_count = map->slot_count ? map->slot_count * 2 : 16;
        map->slots = ARENA_ARRAY(arena, uint32_t, map->slot_count);
        rebuild(map);
    } else {
        map->slots[find_slot(map, key)] = (uint32_t)map->count;
    }
}

void map_truncate(struct map *map, size_t count)
{
    if (count >= map->count)
        return;
    map->count = count;
    rebuild(map);
}
