/* Reads an array's header: its type, order and shape. The numbers themselves stay where they are. */
#include "npy.h"

#include <stdlib.h>
#include <string.h>

enum { MAGIC_BYTES = 8, MOST_HEADER = 65536 };

/* The text behind 'KEY': in the header; NULL: there is none. */
static const char *value_of(const char *header, const char *key)
{
    const size_t length = strlen(key);
    for (const char *at = header; (at = strchr(at, '\'')) != NULL; at++)
        if (strncmp(at + 1, key, length) == 0 && at[1 + length] == '\'') {
            at += length + 2;
            at += strspn(at, " \t");
            if (*at != ':')
                return NULL;
            at++;
            return at + strspn(at, " \t");
        }
    return NULL;
}

static int read_type(struct npy *array, const char *descr)
{
    static const struct {
        const char *name;
        enum number number;
    } types[] = {{"u1", NUMBER_U1}, {"b1", NUMBER_U1}, {"i1", NUMBER_I1}, {"u2", NUMBER_U2},
                 {"i2", NUMBER_I2}, {"u4", NUMBER_U4}, {"i4", NUMBER_I4}, {"u8", NUMBER_U8},
                 {"i8", NUMBER_I8}, {"f4", NUMBER_F4}, {"f8", NUMBER_F8}};
    if (!descr || *descr != '\'')
        return -1;
    descr++;
    const size_t length = strcspn(descr, "'");
    if (length == 0 || length >= sizeof array->type)
        return -1;
    memcpy(array->type, descr, length);
    array->type[length] = 0;
    array->big = *descr == '>';
    const char *name = array->type + (strchr("<>|=", *array->type) != NULL);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(name, types[i].name) == 0) {
            array->number = types[i].number;
            return 0;
        }
    return 1;
}

/* "(10, 28, 28)"; -1: not a shape of at most NPY_AXES axes. */
static int read_shape(struct npy *array, const char *text)
{
    if (!text || *text++ != '(')
        return -1;
    for (array->rank = 0;; array->rank++) {
        int64_t size = 0;
        text += strspn(text, " ,");
        if (*text == ')')
            return 0;
        if (array->rank == NPY_AXES || *text < '0' || *text > '9')
            return -1;
        for (; *text >= '0' && *text <= '9'; text++) {
            if (size > (INT64_C(1) << 48))
                return -1;
            size = size * 10 + (*text - '0');
        }
        array->shape[array->rank] = size;
    }
}

static int read_header(struct npy *array, const char *header, const char *path, const char *name, struct trouble *t)
{
    const char *order = value_of(header, "fortran_order");
    const int known = read_type(array, value_of(header, "descr"));
    if (known < 0 || !order || read_shape(array, value_of(header, "shape")))
        return cnn_trouble(t, "%s: damaged: %s does not begin with an array's type, order and shape", path, name);
    if (known > 0) {
        cnn_trouble(t, "%s: %s holds numbers of type %s, which is not supported", path, name, array->type);
        return cnn_trouble_help(t, "bytes (u1) or floats (f4) for pictures, integers or floats for what they show");
    }
    if (strncmp(order, "True", 4) == 0 && array->rank > 1) {
        cnn_trouble(t, "%s: %s is in Fortran's order", path, name);
        return cnn_trouble_help(t, "numpy.ascontiguousarray(%s)", name);
    }
    array->bytes = (uint64_t)cnn_number_bytes(array->number);
    for (int i = 0; i < array->rank; i++) {
        const uint64_t size = (uint64_t)array->shape[i];
        if (size > 0 && array->bytes > (UINT64_C(1) << 56) / size)
            return cnn_trouble(t, "%s: %s has a shape too large for any file", path, name);
        array->bytes *= size;
    }
    return 0;
}

int cnn_npy_read(struct npy *array, const unsigned char *bytes, size_t count, const char *path, const char *name,
                 struct trouble *t)
{
    memset(array, 0, sizeof *array);
    if (count < MAGIC_BYTES + 4 || memcmp(bytes, "\x93NUMPY", 6) != 0)
        return cnn_trouble(t, "%s: %s is not an array of NumPy's: its first bytes are wrong", path, name);
    const int wide = bytes[6] >= 2;
    const size_t begin = MAGIC_BYTES + (wide ? 4 : 2), length = (size_t)cnn_little(bytes + MAGIC_BYTES, wide ? 4 : 2);
    if (bytes[6] < 1 || bytes[6] > 3 || length > MOST_HEADER || length > count - begin)
        return cnn_trouble(t, "%s: damaged: %s has an invalid header", path, name);
    char *header = cnn_heap_text(t, "%.*s", (int)length, (const char *)bytes + begin);
    const int failed = !header || read_header(array, header, path, name, t);
    free(header);
    if (failed)
        return -1;
    array->numbers = bytes + begin + length;
    if (array->bytes != count - begin - length)
        return cnn_trouble(t, "%s: %s: its shape wants %llu bytes, but there are %llu", path, name,
                           (unsigned long long)array->bytes, (unsigned long long)(count - begin - length));
    return 0;
}
