/* The memory of one compilation: allocate freely, free all at once. Memory comes zeroed and an
 * allocation never returns NULL: when the system has none left, memory_exhausted ends the program
 * with exit status 70. Large weights do not live here; they are read from a mapping. */
#ifndef CNNC_BASE_ARENA_H
#define CNNC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t count, size_t size);       /* checks count * size */
char *arena_copy(struct arena *arena, const char *bytes, size_t length); /* adds a NUL */
char *arena_string(struct arena *arena, const char *string);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
/* Zeroed memory outside any arena, for the numbers of one tensor; its user frees it. Never NULL either. */
void *heap_array(size_t count, size_t size);
_Noreturn void memory_exhausted(void); /* what both do then: status 70 */
/* The next `bytes`, in small pieces, are there already: nothing fails for want of them. */
void arena_reserve(struct arena *arena, size_t bytes);
size_t arena_used(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_array((arena), (count), sizeof(type)))

/* A growing array in an arena: struct VEC(struct node *) nodes = {0}; VEC_PUSH(arena, &nodes, n); */
#define VEC(type)                                                                                                      \
    {                                                                                                                  \
        type *items;                                                                                                   \
        size_t count, capacity;                                                                                        \
    }
#define VEC_PUSH(arena, vec, item)                                                                                     \
    do {                                                                                                               \
        if ((vec)->count == (vec)->capacity)                                                                           \
            (vec)->items = vec_grow((arena), (vec)->items, &(vec)->capacity, sizeof *(vec)->items);                    \
        (vec)->items[(vec)->count++] = (item);                                                                         \
    } while (0)
void *vec_grow(struct arena *arena, void *items, size_t *capacity, size_t item_size);

#endif
