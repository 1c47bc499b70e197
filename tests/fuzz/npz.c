/* Any bytes as a .npz archive: as they are if they begin like one; otherwise as the contents of a
 * well-formed one, so that mutated names and arrays have correct checksums and deflated data. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "weights.h"

#ifdef HAVE_LIBZIP
#include <zip.h>

enum { ENTRY = 5, MOST_ENTRIES = 40 };

/* An entry: how it is packed, two bytes and two bytes of length, its name and its array. Returns the number
 * of bytes used; 0: no more. */
static size_t add_entry(zip_t *zip, const uint8_t *data, size_t size)
{
    if (size < ENTRY)
        return 0;
    size_t name = data[1], length = data[3] | (size_t)data[4] << 8;
    char text[256];
    if (name > size - ENTRY)
        name = size - ENTRY;
    if (length > size - ENTRY - name)
        length = size - ENTRY - name;
    memcpy(text, data + ENTRY, name);
    text[name] = 0;
    zip_source_t *source = zip_source_buffer(zip, data + ENTRY + name, length, 0);
    zip_int64_t index = source ? zip_file_add(zip, text, source, 0) : -1;
    if (index < 0)
        zip_source_free(source);
    else
        zip_set_file_compression(zip, (zip_uint64_t)index, data[0] & 1 ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 1);
    if (index >= 0) /* not the time of day */
        zip_file_set_dostime(zip, (zip_uint64_t)index, 0, 0x21, 0);
    return ENTRY + name + length;
}

static void use(zip_source_t *archive)
{
    zip_stat_t stat;
    if (zip_source_stat(archive, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) || zip_source_open(archive) != 0)
        return;
    uint8_t *bytes = malloc((size_t)stat.size + 1);
    if (bytes && zip_source_read(archive, bytes, stat.size) == (zip_int64_t)stat.size)
        fuzz_weights(bytes, (size_t)stat.size);
    free(bytes);
    zip_source_close(archive);
}

static void pack(const uint8_t *data, size_t size)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *archive = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *zip = archive ? zip_open_from_source(archive, ZIP_TRUNCATE, &error) : NULL;
    if (!zip)
        fuzz_fail("no archive in memory");
    zip_source_keep(archive);
    size_t took = 1;
    for (int i = 0; took && i < MOST_ENTRIES; i++) {
        took = add_entry(zip, data, size);
        data += took;
        size -= took;
    }
    if (zip_close(zip) == 0)
        use(archive);
    else
        zip_discard(zip);
    zip_source_free(archive);
}
#else
static void pack(const uint8_t *data, size_t size)
{
    (void)data, (void)size;
}
#endif

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_begin();
    if (size >= 2 && memcmp(data, "PK", 2) == 0)
        fuzz_weights(data, size);
    else
        pack(data, size);
    return 0;
}
