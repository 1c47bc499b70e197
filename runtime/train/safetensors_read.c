/* Reads .safetensors: float32, float16, bfloat16 and float64 become float32. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "safetensors.h"

enum { MOST_AXES = 8, LENGTH_BYTES = 8, NAME_ROOM = 1024 };
#define MOST_HEADER (UINT64_C(16) << 20)

enum type { TYPE_F32, TYPE_F16, TYPE_BF16, TYPE_F64, TYPE_OTHER };

struct stored {
    char name[NAME_ROOM], dtype[16];
    int axes;
    int64_t shape[MOST_AXES], begin, end;
};

static enum type type_of(const char *dtype, int *bytes)
{
    static const char *const names[] = {"F32", "F16", "BF16", "F64"};
    static const int sizes[] = {4, 2, 2, 8};
    for (int i = 0; i < 4; i++)
        if (strcmp(dtype, names[i]) == 0) {
            *bytes = sizes[i];
            return (enum type)i;
        }
    *bytes = 0;
    return TYPE_OTHER;
}

static float from_half(uint32_t half)
{
    const uint32_t sign = (half & 0x8000) << 16, exponent = half >> 10 & 31, rest = half & 0x3FF;
    uint32_t bits = sign | (exponent + 112) << 23 | rest << 13;
    float value;
    if (exponent == 0)
        return (sign ? -1.0f : 1.0f) * (float)rest * (1.0f / 16777216.0f);
    if (exponent == 31)
        bits = sign | 0x7F800000 | rest << 13;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float number_at(const unsigned char *bytes, enum type type)
{
    uint64_t bits = cnn_little(bytes, type == TYPE_F64 ? 8 : type == TYPE_F32 ? 4 : 2);
    float value;
    double wide;
    if (type == TYPE_F16)
        return from_half((uint32_t)bits);
    if (type == TYPE_F64) {
        memcpy(&wide, &bits, sizeof wide);
        return (float)wide;
    }
    const uint32_t word = (uint32_t)bits << (type == TYPE_BF16 ? 16 : 0);
    memcpy(&value, &word, sizeof value);
    return value;
}

/* One entry of the header: "name": {"dtype": ..., "shape": [...], "data_offsets": [begin, end]} */
static void read_entry(struct json *json, struct stored *s)
{
    char key[32];
    s->dtype[0] = 0;
    s->axes = -1;
    s->begin = s->end = -1;
    cnn_json_expect(json, '{');
    for (int first = 1; !json->failed && !cnn_json_take(json, '}'); first = 0) {
        if (!first)
            cnn_json_expect(json, ',');
        cnn_json_string(json, key, sizeof key);
        cnn_json_expect(json, ':');
        if (strcmp(key, "dtype") == 0) {
            cnn_json_string(json, s->dtype, sizeof s->dtype);
        } else if (strcmp(key, "shape") == 0) {
            cnn_json_expect(json, '[');
            for (s->axes = 0; !json->failed && !cnn_json_take(json, ']'); s->axes++) {
                if (s->axes > 0)
                    cnn_json_expect(json, ',');
                json->failed |= s->axes == MOST_AXES;
                if (!json->failed)
                    s->shape[s->axes] = cnn_json_integer(json);
            }
        } else if (strcmp(key, "data_offsets") == 0) {
            cnn_json_expect(json, '[');
            s->begin = cnn_json_integer(json);
            cnn_json_expect(json, ',');
            s->end = cnn_json_integer(json);
            cnn_json_expect(json, ']');
        } else {
            cnn_json_skip(json);
        }
    }
    json->failed |= s->axes < 0 || s->begin < 0 || s->end < s->begin;
}

static void shape_text(const int64_t *shape, int axes, char *text, size_t room)
{
    size_t length = (size_t)snprintf(text, room, "[");
    for (int i = 0; i < axes && length + 24 < room; i++)
        length += (size_t)snprintf(text + length, room - length, "%s%lld", i ? ", " : "", (long long)shape[i]);
    snprintf(text + length, room - length, "]");
}

/* The numbers of one tensor, if it is one of the network's. */
static int take(const struct cnn_trainee_tensor *tensor, const struct stored *s, const unsigned char *data,
                uint64_t room, float *parameters, const char *path, struct trouble *t)
{
    int64_t own[4], count = 1;
    int bytes, same = tensor->dims == s->axes;
    char found[200], wanted[200];
    const enum type type = type_of(s->dtype, &bytes);
    for (int32_t i = 0; i < tensor->dims; i++) {
        own[i] = tensor->shape[i];
        same = same && own[i] == s->shape[i];
        count *= own[i];
    }
    if (type == TYPE_OTHER)
        return cnn_trouble(t, "%s: %s holds numbers of type %s; weights are F32, F16, BF16 or F64", path, s->name,
                           s->dtype);
    if (!same) {
        shape_text(s->shape, s->axes, found, sizeof found);
        shape_text(own, tensor->dims, wanted, sizeof wanted);
        cnn_trouble(t, "%s: %s is %s there, but %s in the network", path, s->name, found, wanted);
        return cnn_trouble_help(t, "give the layer another label, and it is initialised: what FILE lacks may be new");
    }
    if ((uint64_t)s->end > room || (uint64_t)(s->end - s->begin) != (uint64_t)count * (uint64_t)bytes)
        return cnn_trouble(t, "%s: truncated or damaged: the numbers of %s are not where its header says", path,
                           s->name);
    for (int64_t i = 0; i < count; i++)
        parameters[tensor->offset + i] = number_at(data + s->begin + i * bytes, type);
    return 0;
}

static int is_counter(const char *name)
{
    static const char counter[] = "num_batches_tracked";
    const size_t length = strlen(name), ending = sizeof counter - 1;
    return length >= ending && strcmp(name + length - ending, counter) == 0;
}

struct reading {
    const struct cnn_trainee *trainee;
    float *parameters;
    const char *path;
    unsigned char *found;
    int64_t *extra;
    char **an_extra;
};

static int read_all(const struct reading *r, struct json *json, const unsigned char *data, uint64_t room,
                    struct stored *s, struct trouble *t)
{
    const char *begin = json->next - LENGTH_BYTES;
    cnn_json_expect(json, '{');
    for (int first = 1; !json->failed && !cnn_json_take(json, '}'); first = 0) {
        if (!first)
            cnn_json_expect(json, ',');
        cnn_json_string(json, s->name, sizeof s->name);
        cnn_json_expect(json, ':');
        if (strcmp(s->name, "__metadata__") == 0) {
            cnn_json_skip(json);
            continue;
        }
        read_entry(json, s);
        int32_t i = 0;
        while (i < r->trainee->tensor_count && strcmp(r->trainee->tensors[i].name, s->name) != 0)
            i++;
        if (json->failed)
            break;
        if (i < r->trainee->tensor_count) {
            if (take(&r->trainee->tensors[i], s, data, room, r->parameters, r->path, t))
                return -1;
            r->found[i] = 1;
        } else if (!is_counter(s->name)) {
            ++*r->extra;
            *r->an_extra = *r->an_extra ? *r->an_extra : cnn_clean(cnn_heap_text(t, "%s", s->name));
        }
    }
    return json->failed ? cnn_trouble(t, "%s: its header is damaged at byte %lld: not the JSON of a .safetensors file",
                                      r->path, (long long)(json->next - begin))
                        : 0;
}

int cnn_safetensors_read(const struct cnn_trainee *trainee, float *parameters, const char *path, unsigned char *found,
                         int64_t *extra, char **an_extra, struct trouble *t)
{
    const struct reading r = {trainee, parameters, path, found, extra, an_extra};
    struct contents file;
    *extra = 0;
    *an_extra = NULL;
    if (cnn_contents_open(&file, path, t))
        return -1;
    const uint64_t length = file.bytes < LENGTH_BYTES ? 0 : cnn_little(file.data, LENGTH_BYTES);
    struct stored *s = (struct stored *)cnn_heap(1, sizeof *s, t);
    if (length < 2 || length > file.bytes - LENGTH_BYTES || length > MOST_HEADER) {
        cnn_trouble(t, "%s: not a .safetensors file, or truncated: a header of %llu bytes in %llu", path,
                    (unsigned long long)length, (unsigned long long)file.bytes);
    } else if (s) {
        const char *header = (const char *)file.data + LENGTH_BYTES;
        struct json json = {header, header + length, 0};
        read_all(&r, &json, file.data + LENGTH_BYTES + length, file.bytes - LENGTH_BYTES - length, s, t);
    }
    free(s);
    cnn_contents_close(&file);
    return t->message[0] ? -1 : 0;
}
