/* Where packed weights go: into a .cnnw file, or into the C source. */
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "pack/pack.h"
#include "runtime/cnnw.h"

struct file {
    struct output *output;
    struct cnnw_sum sum;
};

static bool add_to_file(void *context, const void *bytes, size_t length)
{
    struct file *file = context;
    cnnw_add(&file->sum, bytes, length);
    return output_write(file->output, bytes, length);
}

static void put_le(unsigned char *to, uint64_t number, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(number >> (8 * i));
}

/* struct cnnw_header, little-endian on every machine. */
static void make_header(unsigned char header[CNNW_HEADER_BYTES], const struct plan *plan, uint64_t checksum)
{
    memset(header, 0, CNNW_HEADER_BYTES);
    memcpy(header, CNNW_MAGIC, 8);
    put_le(header + 8, CNNW_VERSION, 4);
    put_le(header + 12, CNNW_HEADER_BYTES, 4);
    put_le(header + 16, plan->hash, 8);
    put_le(header + 24, (uint64_t)plan->weight_bytes, 8);
    put_le(header + 32, checksum, 8);
}

static bool write_parts(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                        struct file *file)
{
    unsigned char header[CNNW_HEADER_BYTES];
    cnnw_begin(&file->sum);
    make_header(header, plan, 0);
    if (output_write(file->output, header, sizeof header) &&
        !pack_stream(arena, diag, plan, weights, add_to_file, file) && diag_failed(diag))
        return false;
    make_header(header, plan, cnnw_end(&file->sum));
    output_patch_start(file->output, header, sizeof header);
    return true; /* failures of the file show when it is committed */
}

struct output *pack_write(struct arena *arena, struct diag *diag, const struct plan *plan,
                          const struct weights *weights, const char *path)
{
    const char *error = NULL;
    struct file file = {.output = output_open(arena, path, &error)};
    if (!file.output) {
        diag_report_file(diag, CHECK_FILE, path, "%s", error);
        return NULL;
    }
    if (write_parts(arena, diag, plan, weights, &file))
        return file.output;
    output_discard(file.output);
    return NULL;
}

bool pack_write_file(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                     const char *path)
{
    const char *error = NULL;
    struct output *output = pack_write(arena, diag, plan, weights, path);
    if (!output)
        return false;
    if (output_commit(output, &error))
        return true;
    diag_report_file(diag, CHECK_FILE, path, "%s", error);
    return false;
}

struct words {
    struct text *out;
    int64_t count;
};

static bool add_words(void *context, const void *bytes, size_t length)
{
    struct words *words = context;
    const unsigned char *p = bytes;
    for (size_t i = 0; i + 4 <= length; i += 4, words->count++) {
        uint32_t word = (uint32_t)p[i] | (uint32_t)p[i + 1] << 8 | (uint32_t)p[i + 2] << 16 | (uint32_t)p[i + 3] << 24;
        const char *before = words->count % 8 ? " " : words->count ? "\n    " : "    ";
        text_printf(words->out, "%s0x%08lxu,", before, (unsigned long)word);
    }
    return true;
}

bool pack_write_words(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                      struct text *out)
{
    struct words words = {out, 0};
    if (!pack_stream(arena, diag, plan, weights, add_words, &words))
        return false;
    text_add(out, "\n");
    return true;
}
