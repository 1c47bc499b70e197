/* Dimensions: counting, comparing and naming them, broadcasting, and walking over the elements of a tensor. */
#include <string.h>

#include "base/checked.h"
#include "import.h"

int64_t dims_count(const struct dims *dims)
{
    int64_t count = 1; /* of those that are not 0: partial products stay within the limit too */
    bool none = false;
    for (int i = 0; i < dims->rank; i++) {
        if (dims->at[i] < 0 || !checked_mul(count, dims->at[i] ? dims->at[i] : 1, &count) || count > LIMIT_ELEMENTS)
            return -1;
        none = none || dims->at[i] == 0;
    }
    return none ? 0 : count;
}

bool dims_equal(const struct dims *a, const struct dims *b)
{
    return a->rank == b->rank && memcmp(a->at, b->at, (size_t)a->rank * sizeof *a->at) == 0;
}

const char *dims_words(struct arena *arena, const struct dims *dims)
{
    const char *words = dims->rank ? "" : "(one number)";
    for (int i = 0; i < dims->rank; i++)
        words = arena_printf(arena, "%s%s%lld", words, i ? "x" : "", (long long)dims->at[i]);
    return words;
}

bool broadcast_dims(const struct dims *a, const struct dims *b, struct dims *out)
{
    struct dims result = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int i = 0; i < result.rank; i++) {
        int ia = i - (result.rank - a->rank), ib = i - (result.rank - b->rank);
        int64_t x = ia < 0 ? 1 : a->at[ia], y = ib < 0 ? 1 : b->at[ib];
        if (x != y && x != 1 && y != 1)
            return false;
        result.at[i] = x == 1 ? y : x;
    }
    *out = result;
    return true;
}

void fold_strides(const struct dims *from, const struct dims *to, int64_t *stride)
{
    int64_t step = 1;
    for (int i = to->rank; i-- > 0;) {
        int k = i - (to->rank - from->rank);
        int64_t length = k < 0 ? 1 : from->at[k];
        stride[i] = length == 1 ? 0 : step;
        step *= length;
    }
}

bool fold_next(const struct dims *dims, int64_t *index)
{
    for (int i = dims->rank; i-- > 0;) {
        if (++index[i] < dims->at[i])
            return true;
        index[i] = 0;
    }
    return false;
}

int64_t fold_offset(const struct dims *dims, const int64_t *index, const int64_t *stride)
{
    int64_t offset = 0;
    for (int i = 0; i < dims->rank; i++)
        offset += index[i] * stride[i];
    return offset;
}
