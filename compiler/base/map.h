/* A table from strings to pointers, in an arena; walks in the order of insertion. */
#ifndef CNNC_BASE_MAP_H
#define CNNC_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct map_entry {
    const char *key;
    void *value;
};

struct map {
    struct map_entry *entries; /* in the order of insertion */
    size_t count, capacity;
    uint32_t *slots; /* hashed indices into entries, plus one */
    size_t slot_count;
};

void *map_get(const struct map *map, const char *key); /* NULL if absent */
void map_set(struct arena *arena, struct map *map, const char *key, void *value);
/* Forgets the entries after the first `count` (for trials that are taken back). */
void map_truncate(struct map *map, size_t count);

#endif
