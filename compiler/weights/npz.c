/* NumPy's .npz format: a zip archive of .npy arrays, stored or deflated, read through libzip. Sizes
 * are trusted only if an array's header confirms them, and libzip verifies the checksums. */
#include <string.h>

#include "weights/formats.h"
#include "weights/numbers.h"

#ifndef HAVE_LIBZIP

bool npz_list(struct store *store, const char **error)
{
    (void)store;
    *error =
        "this cnnc was built without support for .npz files: install libzip-dev and build again, or use .safetensors";
    return false;
}

void npz_close(struct store *store)
{
    (void)store;
}

bool npz_read(const struct store *store, const struct stored *stored, float *values, const char **error)
{
    (void)store, (void)stored, (void)values;
    *error = "this cnnc was built without support for .npz files";
    return false;
}

#else

#include <zip.h>

static bool open_archive(struct store *store, const char **error)
{
    zip_error_t fault;
    zip_error_init(&fault);
    zip_source_t *source = zip_source_buffer_create(store->mapping.bytes, store->mapping.length, 0, &fault);
    if (source) {
        store->zip = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &fault);
        if (!store->zip)
            zip_source_free(source);
    }
    if (zip_error_code_zip(&fault) == ZIP_ER_MEMORY)
        memory_exhausted();
    if (!store->zip)
        *error = arena_printf(store->arena, "the zip archive is damaged: %s", zip_error_strerror(&fault));
    zip_error_fini(&fault);
    return store->zip != NULL;
}

static bool check_entry(struct store *store, const zip_stat_t *entry, const char *name, const char **error)
{
    zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if ((entry->valid & needed) != needed)
        *error = "an entry of the archive has no name or size";
    else if (strlen(name) > LIMIT_STORED_NAME)
        *error = arena_printf(store->arena, "an entry's name is longer than %d bytes", LIMIT_STORED_NAME);
    else if (entry->encryption_method != ZIP_EM_NONE)
        *error = arena_printf(store->arena, "entry '%s' is encrypted", name_text(store->arena, name));
    else if (entry->comp_method != ZIP_CM_STORE && entry->comp_method != ZIP_CM_DEFLATE)
        *error = arena_printf(store->arena,
                              "entry '%s' uses compression method %u; only stored and deflated entries can be read",
                              name_text(store->arena, name), entry->comp_method);
    else
        return true;
    return false;
}

/* Called when reading an archive failed: ends the program if memory ran out; else the archive is damaged. */
static void check_memory(const struct store *store, zip_file_t *file)
{
    zip_error_t *fault = file ? zip_file_get_error(file) : zip_get_error(store->zip);
    if (zip_error_code_zip(fault) == ZIP_ER_MEMORY)
        memory_exhausted();
}

static bool read_header(struct store *store, uint64_t index, uint64_t total, struct stored *stored, const char **error)
{
    unsigned char bytes[NPY_MAX_HEADER];
    zip_file_t *file = zip_fopen_index(store->zip, index, 0);
    size_t length = 0;
    zip_int64_t got = file ? 1 : -1;
    while (got > 0 && length < NPY_MAX_HEADER) {
        got = zip_fread(file, bytes + length, NPY_MAX_HEADER - length);
        length += got > 0 ? (size_t)got : 0;
        if (length >= 12 && length >= 12 + (size_t)bytes[8] + ((size_t)bytes[9] << 8))
            break; /* enough for version 1, which nearly all arrays use */
    }
    if (got < 0)
        check_memory(store, file);
    if (file)
        zip_fclose(file);
    if (got < 0) {
        *error = "it cannot be unpacked";
        return false;
    }
    return npy_header(store->arena, bytes, length, total, stored, error);
}

static bool list_entry(struct store *store, uint64_t index, const char **error)
{
    zip_stat_t entry;
    struct stored stored = {.entry = index};
    if (zip_stat_index(store->zip, index, 0, &entry) != 0 || !entry.name) {
        *error = "the zip archive is damaged";
        return false;
    }
    const char *name = arena_string(store->arena, entry.name), *why;
    size_t length = strlen(name);
    if (length >= 8 && strcmp(name + length - 8, "data.pkl") == 0) {
        *error = "this is a PyTorch pickle (data.pkl), which cannot be read";
        return false;
    }
    if (!check_entry(store, &entry, name, error))
        return false;
    if (length >= 4 && strcmp(name + length - 4, ".npy") == 0)
        length -= 4;
    stored.name = arena_copy(store->arena, name, length);
    if (!read_header(store, index, entry.size, &stored, &why)) {
        *error = arena_printf(store->arena, "entry '%s': %s", name_text(store->arena, name), why);
        return false;
    }
    VEC_PUSH(store->arena, &store->tensors, stored);
    return true;
}

bool npz_list(struct store *store, const char **error)
{
    if (!open_archive(store, error))
        return false;
    zip_int64_t count = zip_get_num_entries(store->zip, 0);
    if (count < 0 || count > LIMIT_STORED_TENSORS) {
        *error = arena_printf(store->arena, "the archive has more than %d entries", LIMIT_STORED_TENSORS);
        return false;
    }
    for (zip_int64_t i = 0; i < count; i++)
        if (!list_entry(store, (uint64_t)i, error))
            return false;
    return true;
}

void npz_close(struct store *store)
{
    if (store->zip)
        zip_discard(store->zip);
    store->zip = NULL;
}

static bool unpack(void *state, unsigned char *bytes, size_t length)
{
    while (length) {
        zip_int64_t got = zip_fread(state, bytes, length);
        if (got <= 0)
            return false;
        bytes += got;
        length -= (size_t)got;
    }
    return true;
}

bool npz_read(const struct store *store, const struct stored *stored, float *values, const char **error)
{
    unsigned char skipped[256], last;
    zip_file_t *file = zip_fopen_index(store->zip, stored->entry, 0);
    bool ok = file != NULL;
    for (uint64_t left = stored->offset; ok && left;) {
        size_t some = left < sizeof skipped ? (size_t)left : sizeof skipped;
        ok = unpack(file, skipped, some);
        left -= some;
    }
    ok = ok && numbers_read(stored, unpack, file, values);
    ok = ok && zip_fread(file, &last, 1) == 0; /* the end: here libzip compares the checksum */
    if (!ok)
        check_memory(store, file);
    if (file)
        zip_fclose(file);
    if (!ok)
        *error = "its data is damaged";
    return ok;
}

#endif
