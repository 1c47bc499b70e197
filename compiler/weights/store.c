/* Opens a weight file of any known format and reads single tensors from it. The formats are in
 * safetensors.c, npy.c and npz.c. */
#include "weights/store.h"

#include <string.h>

#include "weights/formats.h"
#include "weights/numbers.h"

static bool starts_with(const struct mapping *file, const char *magic, size_t length)
{
    return file->length >= length && memcmp(file->bytes, magic, length) == 0;
}

static bool list(struct store *store, const char **error, const char **help)
{
    const struct mapping *file = &store->mapping;
    if (starts_with(file, "\x93NUMPY", 6))
        return npy_list(store, error);
    if (starts_with(file, "PK\3\4", 4) || starts_with(file, "PK\5\6", 4)) {
        if (npz_list(store, error))
            return true;
        if (strstr(*error, "data.pkl"))
            *help = "in Python: safetensors.torch.save_file(model.state_dict(), \"NAME.safetensors\")";
        return false;
    }
    if (file->length >= 9 && file->bytes[8] == '{')
        return safetensors_list(store, error);
    *error = "this is not a weight file that cnnc can read";
    *help = "cnnc reads weights from .safetensors, .npz and .npy files";
    if (starts_with(file, "\x80\2", 2) || starts_with(file, "\x89HDF", 4))
        *help = "a pickle or HDF5 file cannot be read: save the weights as .safetensors or .npz";
    return false;
}

struct store *store_open(struct arena *arena, const char *path, const char **error, const char **help)
{
    struct mapping mapping;
    *help = NULL;
    return file_map(arena, path, &mapping, error) ? store_of(arena, path, mapping, error, help) : NULL;
}

struct store *store_of(struct arena *arena, const char *path, struct mapping mapping, const char **error,
                       const char **help)
{
    struct store *store = ARENA_NEW(arena, struct store);
    store->arena = arena;
    store->path = path;
    store->mapping = mapping;
    *error = *help = NULL;
    if (list(store, error, help))
        return store;
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    npz_close(store);
    file_unmap(&store->mapping);
}

static bool copy_mapped(void *state, unsigned char *bytes, size_t length)
{
    const unsigned char **next = state;
    memcpy(bytes, *next, length);
    *next += length;
    return true;
}

bool store_read(const struct store *store, const struct stored *stored, float *values, const char **error)
{
    if (store->zip)
        return npz_read(store, stored, values, error);
    const unsigned char *next = store->mapping.bytes + stored->offset;
    *error = "its data is damaged";
    return numbers_read(stored, copy_mapped, &next, values);
}

bool store_read_exactly(const struct store *store, const struct stored *stored, double *values)
{
    const unsigned char *from = store->mapping.bytes + stored->offset;
    const bool bytes = strcmp(stored->type_text, "I8") == 0, words = strcmp(stored->type_text, "I32") == 0;
    if (store->zip || (!bytes && !words && strcmp(stored->type_text, "F32") != 0))
        return false;
    for (int64_t i = 0; i < stored->count; i++) {
        if (bytes) {
            values[i] = from[i] < 128 ? from[i] : from[i] - 256;
            continue;
        }
        const unsigned char *p = from + 4 * i;
        uint32_t bits = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        float single;
        memcpy(&single, &bits, sizeof single);
        values[i] = !words ? (double)single : bits < UINT32_C(1) << 31 ? (double)bits : (double)bits - 4294967296.0;
    }
    return true;
}
