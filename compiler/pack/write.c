/* Where packed weights go: into a .cnnw file, or into the C source. */
#include <string.h>

#include "base/diag.h"
#include "base/files.h"
#include "base/text.h"
#include "pack/pack.h"
#include "runtime/cnnw.h"

/* A file goes out in whole large pages: file systems that keep what they cache in pieces as large as the writes (ext4
 * and XFS under Linux 6.16) then map it in large pages, which is opened at once and read without waiting for
 * address translations. */
enum { LARGE_PAGE = 2 * 1024 * 1024 };

struct file {
    struct output *output;
    struct cnnw_sum sum;
    unsigned char *piece; /* of the file, begun at a multiple of LARGE_PAGE */
    size_t used, size;
};

static bool write_piece(struct file *file)
{
    const size_t length = file->used;
    file->used = 0;
    return output_write(file->output, file->piece, length);
}

static bool add_bytes(struct file *file, const unsigned char *bytes, size_t length)
{
    while (length) {
        size_t part = file->size - file->used < length ? file->size - file->used : length;
        memcpy(file->piece + file->used, bytes, part);
        file->used += part;
        bytes += part;
        length -= part;
        if (file->used == file->size && !write_piece(file))
            return false;
    }
    return true;
}

static bool add_to_file(void *context, const void *bytes, size_t length)
{
    struct file *file = context;
    cnnw_add(&file->sum, bytes, length);
    return add_bytes(file, bytes, length);
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
    memcpy(header, CNNW_MAGIC, 8); /* NOLINT(bugprone-not-null-terminated-result): bytes, no text */
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
    file->size = plan->weight_bytes < LARGE_PAGE ? (size_t)plan->weight_bytes + sizeof header : LARGE_PAGE;
    file->piece = arena_alloc(arena, file->size);
    cnnw_begin(&file->sum);
    make_header(header, plan, 0);
    if (add_bytes(file, header, sizeof header) && !pack_stream(arena, diag, plan, weights, add_to_file, file) &&
        diag_failed(diag))
        return false;
    write_piece(file);
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
    if (!output_can_patch(file.output))
        diag_report_file(diag, CHECK_FILE, path,
                         "packed weights need a regular file: their checksum comes before them and is written last");
    else if (write_parts(arena, diag, plan, weights, &file))
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
    const struct plan *plan;
    size_t pack; /* that the next word is in, or after */
    int64_t count;
};

/* The macro that makes the next word of numbers of one or two bytes, which a machine that is not little-endian has to
 * turn round; or NULL. */
static const char *next_macro(struct words *words)
{
    const struct plan *plan = words->plan;
    while (words->pack + 1 < plan->packs.count && plan->packs.items[words->pack + 1]->offset <= 4 * words->count)
        words->pack++;
    const struct pack *pack = plan->packs.items[words->pack];
    const bool half = pack->type == ELEMENT_F16 &&
                      4 * words->count - pack->offset < pack->halves * element_bytes(ELEMENT_F16);
    return half ? "F16" : element_bytes(pack->type) == 1 ? "S8" : NULL;
}

static bool add_words(void *context, const void *bytes, size_t length)
{
    struct words *words = context;
    const unsigned char *p = bytes;
    for (size_t i = 0; i + 4 <= length; i += 4, words->count++) {
        uint32_t word = (uint32_t)p[i] | (uint32_t)p[i + 1] << 8 | (uint32_t)p[i + 2] << 16 | (uint32_t)p[i + 3] << 24;
        const char *before = words->count % 8 ? " " : words->count ? "\n    " : "    ";
        const char *macro = next_macro(words);
        text_printf(words->out, macro ? "%s%s(0x%08lxu)," : "%s%s0x%08lxu,", before, macro ? macro : "",
                    (unsigned long)word);
    }
    return true;
}

bool pack_write_words(struct arena *arena, struct diag *diag, const struct plan *plan, const struct weights *weights,
                      struct text *out)
{
    struct words words = {out, plan, 0, 0};
    if (!pack_stream(arena, diag, plan, weights, add_words, &words))
        return false;
    text_add(out, "\n");
    return true;
}
