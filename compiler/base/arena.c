/* The arena: chunks from malloc, handed out front to back, freed together. */
#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"

enum { CHUNK_BYTES = 64 * 1024, ALIGNMENT = 16 };

struct chunk {
    struct chunk *next;
    size_t size, used;
    _Alignas(ALIGNMENT) char bytes[];
};

struct arena {
    struct chunk *chunks; /* the newest first */
    size_t used;
};

_Noreturn void memory_exhausted(void)
{
    static const char message[] = "cnnc: error: out of memory\n";
    fwrite(message, 1, sizeof message - 1, stderr);
    cleanup_all();
    exit(70);
}

static struct chunk *chunk_new(size_t size)
{
    struct chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        memory_exhausted();
    chunk->size = size;
    return chunk;
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        memory_exhausted();
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    struct chunk *next;
    for (struct chunk *chunk = arena->chunks; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > PTRDIFF_MAX - 2 * ALIGNMENT)
        memory_exhausted();
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct chunk *chunk = arena->chunks;
    if (!chunk || chunk->size - chunk->used < size) {
        struct chunk *fresh = chunk_new(size > CHUNK_BYTES / 4 ? size : CHUNK_BYTES);
        if (chunk && size > CHUNK_BYTES / 4) { /* a large block of its own: keep filling the old chunk */
            fresh->next = chunk->next;
            chunk->next = fresh;
        } else {
            fresh->next = chunk;
            arena->chunks = fresh;
        }
        chunk = fresh;
    }
    void *block = chunk->bytes + chunk->used;
    chunk->used += size;
    arena->used += size;
    return block;
}

void arena_reserve(struct arena *arena, size_t bytes)
{
    struct chunk *chunk = arena->chunks;
    if (chunk && chunk->size - chunk->used >= bytes)
        return;
    struct chunk *fresh = chunk_new(bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES);
    fresh->next = chunk;
    arena->chunks = fresh;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    if (size && count > PTRDIFF_MAX / size)
        memory_exhausted();
    return arena_alloc(arena, count * size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    if (length)
        memcpy(copy, bytes, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
    return arena_copy(arena, string, strlen(string));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *string = arena_alloc(arena, (size_t)(length < 0 ? 0 : length) + 1);
    if (length > 0)
        vsnprintf(string, (size_t)length + 1, format, again);
    va_end(again);
    return string;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *string = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return string;
}

void *heap_array(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size);
    if (!block)
        memory_exhausted();
    return block;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}

void *vec_grow(struct arena *arena, void *items, size_t *capacity, size_t item_size)
{
    size_t grown = *capacity ? *capacity * 2 : 8;
    void *larger = arena_array(arena, grown, item_size);
    if (*capacity)
        memcpy(larger, items, *capacity * item_size);
    *capacity = grown;
    return larger;
}
