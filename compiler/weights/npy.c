/* NumPy's .npy format, versions 1 to 3: a magic number, a Python dictionary with type, order and
 * shape, and the numbers. A small scanner reads the dictionary, exactly as numpy writes it. */
#include <string.h>

#include "base/checked.h"
#include "weights/formats.h"

struct scanner {
    const char *p, *end;
    bool too_long, too_many_axes; /* why reading stopped */
};

static void skip_blanks(struct scanner *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r'))
        s->p++;
}

static bool take(struct scanner *s, const char *word)
{
    size_t length = strlen(word);
    skip_blanks(s);
    if ((size_t)(s->end - s->p) < length || memcmp(s->p, word, length) != 0)
        return false;
    s->p += length;
    return true;
}

/* 'text' or "text" without escapes. */
static const char *take_string(struct scanner *s, struct arena *arena)
{
    skip_blanks(s);
    if (s->p == s->end || (*s->p != '\'' && *s->p != '"'))
        return NULL;
    char quote = *s->p++;
    const char *start = s->p;
    while (s->p < s->end && *s->p != quote && *s->p != '\\' && *s->p != 0)
        s->p++;
    if (s->p == s->end || *s->p != quote)
        return NULL;
    return arena_copy(arena, start, (size_t)(s->p++ - start));
}

static bool take_number(struct scanner *s, int64_t *number)
{
    skip_blanks(s);
    const char *start = s->p;
    *number = 0;
    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++)
        if (!checked_mul(*number, 10, number) || !checked_add(*number, *s->p - '0', number))
            return false;
    if (s->p < s->end && *s->p == 'L') /* as Python 2 wrote them */
        s->p++;
    return s->p > start;
}

/* (), (3,), (3, 4) */
static bool take_shape(struct scanner *s, struct stored *stored)
{
    if (!take(s, "("))
        return false;
    stored->rank = 0;
    while (!take(s, ")")) {
        s->too_many_axes = stored->rank == LIMIT_STORED_AXES;
        if (s->too_many_axes || !take_number(s, &stored->dims[stored->rank]))
            return false;
        stored->rank++;
        if (!take(s, ",")) {
            if (stored->rank < 2)
                return false; /* (3) is a number to Python */
            return take(s, ")");
        }
    }
    return true;
}

static bool take_flag(struct scanner *s, bool *flag)
{
    *flag = take(s, "True");
    return *flag || take(s, "False");
}

enum { SEEN_DESCR = 1, SEEN_ORDER = 2, SEEN_SHAPE = 4, SEEN_ALL = 7 };

static int take_pair(struct scanner *s, struct arena *arena, struct stored *stored)
{
    const char *key = take_string(s, arena);
    if (!key || !take(s, ":"))
        return 0;
    if (strcmp(key, "descr") == 0) {
        stored->type_text = take_string(s, arena);
        return stored->type_text ? SEEN_DESCR : 0;
    }
    if (strcmp(key, "fortran_order") == 0)
        return take_flag(s, &stored->fortran) ? SEEN_ORDER : 0;
    return strcmp(key, "shape") == 0 && take_shape(s, stored) ? SEEN_SHAPE : 0;
}

static bool take_dictionary(struct scanner *s, struct arena *arena, struct stored *stored)
{
    int seen = 0;
    if (!take(s, "{"))
        return false;
    while (!take(s, "}")) {
        int key = take_pair(s, arena, stored);
        if (!key || (seen & key))
            return false;
        seen |= key;
        if (!take(s, ",")) {
            if (!take(s, "}"))
                return false;
            break;
        }
    }
    skip_blanks(s);
    return s->p == s->end && seen == SEEN_ALL;
}

/* '<f4', '>f8', '|u1': byte order, kind, size. Kinds other than f are listed, not read. */
static bool read_descr(struct stored *stored, int64_t *size)
{
    const char *text = stored->type_text;
    if (strlen(text) < 3 || !strchr("<>|=", text[0]) || !strchr("fiubcSUV", text[1]))
        return false;
    struct scanner s = {.p = text + 2, .end = text + strlen(text)};
    if (!take_number(&s, size) || *s.p)
        return false;
    stored->big_endian = text[0] == '>';
    if (text[1] == 'f')
        stored->type = *size == 2 ? NUMBER_F16 : *size == 4 ? NUMBER_F32 : *size == 8 ? NUMBER_F64 : NUMBER_OTHER;
    if (text[1] == 'U' && !checked_mul(*size, 4, size))
        return false;
    return *size > 0;
}

/* Finds the dictionary: its length has two bytes in version 1, four in versions 2 and 3. */
static bool find_dictionary(const unsigned char *bytes, size_t length, struct scanner *s)
{
    if (length < 12 || memcmp(bytes, "\x93NUMPY", 6) != 0 || bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return false;
    size_t start = bytes[6] == 1 ? 10 : 12, size = bytes[8] | (size_t)bytes[9] << 8;
    if (bytes[6] > 1)
        size |= (size_t)bytes[10] << 16 | (size_t)bytes[11] << 24;
    s->too_long = size > LIMIT_NPY_HEADER;
    if (size > length - start)
        return false;
    s->p = (const char *)bytes + start;
    s->end = s->p + size;
    return true;
}

bool npy_header(struct arena *arena, const unsigned char *bytes, size_t length, uint64_t total, struct stored *stored,
                const char **error)
{
    struct scanner s = {0};
    int64_t size, expected;
    if (length > NPY_MAX_HEADER)
        length = NPY_MAX_HEADER;
    if (!find_dictionary(bytes, length, &s) || !take_dictionary(&s, arena, stored)) {
        *error = s.too_long        ? arena_printf(arena, "the header has more than %d bytes", LIMIT_NPY_HEADER)
                 : s.too_many_axes ? arena_printf(arena, "the array has more than %d dimensions", LIMIT_STORED_AXES)
                                   : "the header is not that of a plain .npy array";
        return false;
    }
    stored->offset = (uint64_t)((const unsigned char *)s.end - bytes);
    stored->type_text = name_text(arena, stored->type_text);
    if (!read_descr(stored, &size)) {
        *error = arena_printf(arena, "unknown type '%s'", stored->type_text);
        return false;
    }
    if (!dims_product(stored->dims, stored->rank, &stored->count) || !checked_mul(stored->count, size, &expected)) {
        *error = "the shape has invalid sizes";
        return false;
    }
    if ((uint64_t)expected == total - stored->offset)
        return true;
    *error = arena_printf(arena, "%s of '%s' takes %lld bytes, but there are %llu",
                          dims_text(arena, stored->dims, stored->rank), stored->type_text, (long long)expected,
                          (unsigned long long)(total - stored->offset));
    return false;
}

bool npy_list(struct store *store, const char **error)
{
    struct stored stored = {.name = path_stem(store->arena, store->path)};
    if (!npy_header(store->arena, store->mapping.bytes, store->mapping.length, store->mapping.length, &stored, error))
        return false;
    VEC_PUSH(store->arena, &store->tensors, stored);
    store->single = true;
    return true;
}
