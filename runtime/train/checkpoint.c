/* Writes and reads checkpoints: a header, then parameters, average, state, epochs, filters, each with its checksum
 * in the header, and the header's own in its first bytes. */
#include "checkpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cnnw.h"

enum { VERSION = 2, ORDER = 0x01020304, PARTS = 5 };

struct header {
    char magic[8];
    uint32_t version, order; /* ORDER, as this machine has it */
    uint64_t checksum;       /* of what follows in the header */
    struct identity identity;
    struct position position;
    uint64_t checksums[PARTS];
};

static const char magic[8] = {'C', 'N', 'N', 'C', 'K', 'P', 'T', '\n'};

struct part {
    void *data;
    uint64_t bytes;
};

static void parts_of(const struct checkpoint *c, struct part parts[PARTS])
{
    const uint64_t floats = (uint64_t)c->identity.parameter_count * sizeof(float);
    parts[0].data = c->parameters;
    parts[0].bytes = floats;
    parts[1].data = c->average;
    parts[1].bytes = c->average ? floats : 0;
    parts[2].data = c->state;
    parts[2].bytes = (uint64_t)c->identity.state_bytes;
    parts[3].data = c->epochs;
    parts[3].bytes = (uint64_t)c->position.epoch_count * sizeof *c->epochs;
    parts[4].data = c->filters;
    parts[4].bytes = c->filters ? (uint64_t)c->filter_count * sizeof(float) : 0;
}

static uint64_t header_checksum(const struct header *header)
{
    const unsigned char *from = (const unsigned char *)&header->identity;
    return cnnw_checksum(from, sizeof *header - offsetof(struct header, identity));
}

int cnn_checkpoint_write(const struct checkpoint *c, const char *path, struct trouble *t)
{
    struct header header;
    struct part parts[PARTS];
    struct writing w;
    memset(&header, 0, sizeof header);
    memcpy(header.magic, magic, sizeof magic);
    header.version = VERSION;
    header.order = ORDER;
    header.identity = c->identity;
    header.position = c->position;
    parts_of(c, parts);
    for (int i = 0; i < PARTS; i++)
        header.checksums[i] = parts[i].bytes ? cnnw_checksum(parts[i].data, parts[i].bytes) : 0;
    header.checksum = header_checksum(&header);
    if (cnn_writing_open(&w, path, t))
        return -1;
    cnn_writing_add(&w, &header, sizeof header);
    for (int i = 0; i < PARTS; i++)
        cnn_writing_add(&w, parts[i].data, (size_t)parts[i].bytes);
    return cnn_writing_done(&w, t);
}

static int refuse(struct trouble *t, const char *path, const char *what)
{
    cnn_trouble(t, "%s: %s", path, what);
    return cnn_trouble_help(t,
                            "without --resume training begins anew; --weights=FILE begins with the weights of a file");
}

/* Says what differs from the run that wrote it. */
static int check_identity(const struct identity *own, const struct identity *stored, const char *path,
                          struct trouble *t)
{
    if (stored->hash != own->hash || stored->parameter_count != own->parameter_count ||
        stored->state_bytes != own->state_bytes || stored->averaged != own->averaged)
        return refuse(t, path, "a checkpoint of another network or another recipe");
    if (stored->epochs != own->epochs) {
        cnn_trouble(t, "%s: a checkpoint of a training of %lld epochs, not of %lld", path, (long long)stored->epochs,
                    (long long)own->epochs);
        return cnn_trouble_help(
            t, "epochs=%lld goes on with it; to train for longer, begin with the weights: --weights=FILE",
            (long long)stored->epochs);
    }
    if (stored->batch != own->batch || stored->per_epoch != own->per_epoch || stored->data != own->data)
        return refuse(t, path, "a checkpoint of a training with other data");
    return 0;
}

static int check_header(const struct header *header, size_t bytes, const struct checkpoint *c, const char *path,
                        struct trouble *t)
{
    if (bytes < sizeof header->magic || memcmp(header->magic, magic, sizeof magic) != 0)
        return refuse(t, path, "not a checkpoint");
    if (bytes < sizeof *header)
        return refuse(t, path, "truncated: too few bytes for a checkpoint");
    if (header->order != ORDER)
        return refuse(t, path, "a checkpoint from a machine of another kind");
    if (header->version != VERSION)
        return refuse(t, path, "a checkpoint from another version of this library");
    if (header->checksum != header_checksum(header))
        return refuse(t, path, "damaged: its header does not have the checksum that it should");
    if (check_identity(&c->identity, &header->identity, path, t))
        return -1;
    const struct position *p = &header->position;
    const int64_t per_epoch = header->identity.per_epoch;
    if (p->epoch_count < 0 || p->epoch_count > header->identity.epochs || p->loss_steps < 0 ||
        p->loss_steps > per_epoch || p->step != p->epoch_count * per_epoch + p->loss_steps ||
        p->best_epoch > p->epoch_count)
        return refuse(t, path, "damaged: its position is not one that training can have");
    return 0;
}

int cnn_checkpoint_read(struct checkpoint *c, const char *path, struct trouble *t)
{
    struct header header;
    struct part parts[PARTS];
    struct contents file;
    uint64_t at = sizeof header, wanted = sizeof header;
    memset(&header, 0, sizeof header);
    if (cnn_contents_open(&file, path, t))
        return cnn_trouble_help(t, "without --resume training begins at the beginning");
    memcpy(&header, file.data, file.bytes < sizeof header ? file.bytes : sizeof header);
    int failed = check_header(&header, file.bytes, c, path, t);
    if (!failed) {
        c->position = header.position;
        parts_of(c, parts);
        for (int i = 0; i < PARTS; i++)
            wanted += parts[i].bytes;
        if (wanted != file.bytes)
            failed = refuse(t, path, wanted > file.bytes ? "truncated" : "damaged: it is longer than it should be");
    }
    for (int i = 0; i < PARTS && !failed; at += parts[i++].bytes) {
        if (parts[i].bytes && cnnw_checksum(file.data + at, parts[i].bytes) != header.checksums[i])
            failed = refuse(t, path, "damaged: its numbers do not have the checksum that they should");
        else if (parts[i].bytes)
            memcpy(parts[i].data, file.data + at, (size_t)parts[i].bytes);
    }
    cnn_contents_close(&file);
    return failed;
}
