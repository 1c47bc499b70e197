/* Shapes and names of stored tensors. */
#include "weights/stored.h"

#include <string.h>

#include "base/checked.h"

static int next_axis(const int64_t *dims, int rank, int axis)
{
    while (axis < rank && dims[axis] == 1)
        axis++;
    return axis;
}

bool stored_fits(const struct stored *stored, const int64_t *dims, int rank)
{
    int a = next_axis(dims, rank, 0), b = next_axis(stored->dims, stored->rank, 0);
    while (a < rank && b < stored->rank && dims[a] == stored->dims[b]) {
        a = next_axis(dims, rank, a + 1);
        b = next_axis(stored->dims, stored->rank, b + 1);
    }
    return a == rank && b == stored->rank;
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

bool stored_is_quantised(const struct stored *stored)
{
    return strcmp(stored->type_text, "I8") == 0 || strcmp(stored->type_text, "I32") == 0 ||
           ends_with(stored->name, ".weight_scale") || ends_with(stored->name, ".output_scale") ||
           ends_with(stored->name, ".output_zero_point");
}

bool dims_product(const int64_t *dims, int rank, int64_t *count)
{
    *count = 1;
    for (int i = 0; i < rank; i++)
        if (dims[i] < 0 || !checked_mul(*count, dims[i], count))
            return false;
    return true;
}

const char *dims_text(struct arena *arena, const int64_t *dims, int rank)
{
    const char *text = "[";
    for (int i = 0; i < rank; i++)
        text = arena_printf(arena, "%s%s%lld", text, i ? ", " : "", (long long)dims[i]);
    return arena_printf(arena, "%s]", text);
}

const char *name_text(struct arena *arena, const char *name)
{
    enum { LONGEST = 100 };
    size_t length = strlen(name);
    if (length <= LONGEST)
        return name;
    length = LONGEST;
    while (length && ((unsigned char)name[length] & 0xC0) == 0x80)
        length--;
    return arena_printf(arena, "%.*s...", (int)length, name);
}
