/* Writes .safetensors: eight bytes of header length, a JSON object, the numbers as little-endian float32. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "safetensors.h"

/* A text that grows. */
struct grown {
    char *text;
    size_t length, room;
};

static int grow(struct grown *g, const char *text, size_t length, struct trouble *t)
{
    if (!g->text || length > g->room - g->length) {
        const size_t room = 2 * (g->length + length) + 1024;
        char *larger = (char *)realloc(g->text, room);
        if (!larger)
            return cnn_trouble(t, "no memory for a header of %llu bytes", (unsigned long long)room);
        g->text = larger;
        g->room = room;
    }
    memcpy(g->text + g->length, text, length);
    g->length += length;
    return 0;
}

/* Names are identifiers and dots; nothing in them needs an escape but what a foreign name may bring. */
static int describe(struct grown *g, const struct cnn_trainee_tensor *tensor, uint64_t begin, struct trouble *t)
{
    char text[200];
    const uint64_t end = begin + (uint64_t)tensor->count * sizeof(float);
    int failed = grow(g, g->length > 1 ? ",\"" : "\"", g->length > 1 ? 2 : 1, t);
    for (const char *c = tensor->name; *c && !failed; c++) {
        const int escaped = *c == '"' || *c == '\\' || (unsigned char)*c < ' ';
        const int length = escaped ? snprintf(text, sizeof text, "\\u%04x", (unsigned char)*c) : 1;
        failed = grow(g, escaped ? text : c, (size_t)length, t);
    }
    int length = snprintf(text, sizeof text, "\":{\"dtype\":\"F32\",\"shape\":[");
    for (int32_t i = 0; i < tensor->dims; i++)
        length += snprintf(text + length, sizeof text - (size_t)length, "%s%ld", i ? "," : "", (long)tensor->shape[i]);
    length += snprintf(text + length, sizeof text - (size_t)length, "],\"data_offsets\":[%llu,%llu]}",
                       (unsigned long long)begin, (unsigned long long)end);
    return failed || grow(g, text, (size_t)length, t);
}

static int make_header(struct grown *g, const struct cnn_trainee *trainee, struct trouble *t)
{
    uint64_t offset = 0;
    int failed = grow(g, "{", 1, t);
    for (int32_t i = 0; i < trainee->tensor_count && !failed; i++) {
        failed = describe(g, &trainee->tensors[i], offset, t);
        offset += (uint64_t)trainee->tensors[i].count * sizeof(float);
    }
    failed = failed || grow(g, "}", 1, t);
    while (!failed && g->length % 8)
        failed = grow(g, " ", 1, t); /* aligns the numbers */
    return failed;
}

static void add_numbers(struct writing *w, const float *values, int64_t count)
{
    unsigned char bytes[4096];
    size_t filled = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        cnn_put_little(bytes + filled, bits, sizeof bits);
        filled += sizeof bits;
        if (filled == sizeof bytes || i + 1 == count) {
            cnn_writing_add(w, bytes, filled);
            filled = 0;
        }
    }
}

int cnn_safetensors_write(const struct cnn_trainee *trainee, const float *parameters, const char *path,
                          struct trouble *t)
{
    struct grown header = {NULL, 0, 0};
    struct writing w;
    unsigned char length[8];
    if (make_header(&header, trainee, t) || cnn_writing_open(&w, path, t)) {
        free(header.text);
        return -1;
    }
    cnn_put_little(length, header.length, sizeof length);
    cnn_writing_add(&w, length, sizeof length);
    cnn_writing_add(&w, header.text, header.length);
    free(header.text);
    for (int32_t i = 0; i < trainee->tensor_count; i++)
        add_numbers(&w, parameters + trainee->tensors[i].offset, trainee->tensors[i].count);
    return cnn_writing_done(&w, t);
}
