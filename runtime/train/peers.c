/* Several processes that learn together. */
#include "peers.h"

#include <stdlib.h>
#include <string.h>

enum { STAGE = 1 << 16 }; /* floats that are sent at once between the groups of a batch */

int cnn_is_first(const struct cnn_peers *peers)
{
    return !peers || peers->rank == 0;
}

/* "process 2 on HOST: ..." */
static void sign(const struct cnn_peers *peers, struct trouble *t)
{
    struct trouble plain = *t;
    if (peers->rank == 0)
        return;
    t->message[0] = 0;
    cnn_trouble(t, "process %d of %d, on %.100s: %.1000s", peers->rank, peers->count, peers->host, plain.message);
}

int cnn_agree(const struct cnn_peers *peers, int failed, struct trouble *t)
{
    if (!peers)
        return failed ? -1 : 0;
    const double own = t->message[0] ? peers->count - peers->rank : 0;
    double worst[2] = {failed != 0, own};
    peers->combine(peers->self, worst, 2, CNN_LARGEST_DOUBLES);
    if (worst[0] == 0)
        return 0;
    if (own > 0 && own == worst[1])
        sign(peers, t);
    else
        memset(t, 0, sizeof *t); /* another one says it */
    return -1;
}

/* ---- a batch and its parts ---- */

/* The other processes' numbers are added to zeros in their places, which is exact. */
static void meet(void *context, float *numbers, int count, long step, int groups)
{
    const struct run *run = (const struct run *)context;
    const int64_t all = (int64_t)count * groups;
    for (int64_t done = 0; done < all; done += STAGE) {
        const int64_t piece = all - done < STAGE ? all - done : STAGE;
        for (int64_t i = 0; i < piece; i++) {
            const int64_t group = (done + i) / count, image = group * CNN_TRAIN_GROUP;
            const int own = image >= run->first && image < run->end;
            run->stage[i] = own ? numbers[group * step + (done + i) % count] : 0;
        }
        run->peers->combine(run->peers->self, run->stage, piece, CNN_ADD_FLOATS);
        for (int64_t i = 0; i < piece; i++)
            numbers[(done + i) / count * step + (done + i) % count] = run->stage[i];
    }
}

int cnn_peers_divide(struct run *run, struct trouble *t)
{
    const struct cnn_peers *peers = run->peers;
    const int64_t batch = run->trainee->recipe->batch, groups = (batch - 1) / CNN_TRAIN_GROUP + 1;
    run->first = 0;
    run->end = (int32_t)batch;
    if (!peers || !run->options->train)
        return 0;
    if (!run->trainee->part)
        return cnn_trouble(t, "%s cannot be trained by several processes", run->trainee->name);
    if (groups < peers->count) {
        cnn_trouble(t, "a batch of %lld is %lld group%s of %d images, too few for %d processes", (long long)batch,
                    (long long)groups, groups == 1 ? "" : "s", CNN_TRAIN_GROUP, peers->count);
        return cnn_trouble_help(t, "train batch=%lld, or take %lld process%s",
                                (long long)peers->count * CNN_TRAIN_GROUP, (long long)groups, groups == 1 ? "" : "es");
    }
    const int64_t first = groups * peers->rank / peers->count, end = groups * (peers->rank + 1) / peers->count;
    run->first = (int32_t)(first * CNN_TRAIN_GROUP);
    run->end = (int32_t)(end * CNN_TRAIN_GROUP < batch ? end * CNN_TRAIN_GROUP : batch);
    run->stage = (float *)cnn_heap(STAGE, sizeof(float), t);
    if (!run->stage)
        return -1;
    run->trainee->part(run->self, run->first, run->end, meet, run);
    return 0;
}

/* ---- what all begin with ---- */

static void share(const struct cnn_peers *peers, void *bytes, size_t count)
{
    if (count)
        peers->share(peers->self, bytes, count);
}

/* Data of other pictures would give steps of which nobody knows what they learn. */
static int same_data(const struct run *run, struct trouble *t)
{
    const struct cnn_peers *peers = run->peers;
    const int64_t own[] = {(int64_t)run->saved.identity.data, run->saved.identity.per_epoch, run->validate.count,
                           run->test.count};
    int64_t first[sizeof own / sizeof *own];
    memcpy(first, own, sizeof own);
    share(peers, first, sizeof first);
    if (memcmp(first, own, sizeof own) == 0)
        return 0;
    return cnn_trouble(t, "its data are not those of process 0: all must find the same under the same name");
}

int cnn_peers_begin(struct run *run, struct trouble *t)
{
    const struct cnn_peers *peers = run->peers;
    struct checkpoint *saved = &run->saved;
    if (!peers)
        return 0;
    if (cnn_agree(peers, same_data(run, t), t))
        return -1;
    const size_t floats = (size_t)saved->identity.parameter_count * sizeof(float);
    share(peers, &saved->position, sizeof saved->position);
    share(peers, saved->parameters, floats);
    share(peers, saved->state, (size_t)saved->identity.state_bytes);
    share(peers, saved->epochs, (size_t)saved->position.epoch_count * sizeof *saved->epochs);
    if (saved->average)
        share(peers, saved->average, floats);
    return 0;
}

/* ---- steps ---- */

int cnn_peers_step(struct run *run, float *loss, int failed, struct trouble *t)
{
    const struct cnn_peers *peers = run->peers;
    double told[3] = {failed ? 0 : (double)*loss, failed != 0, cnn_stop_asked() != 0};
    if (!peers)
        return failed ? -1 : 0;
    peers->combine(peers->self, told, 3, CNN_ADD_DOUBLES);
    if (told[1] > 0)
        return cnn_agree(peers, failed, t);
    *loss = (float)told[0];
    run->stop = told[2] > 0;
    peers->combine(peers->self, run->trainee->gradients(run->self), run->trainee->trained_count, CNN_ADD_FLOATS);
    return 0;
}

int32_t cnn_peers_smallest(const struct cnn_peers *peers, int32_t number)
{
    double largest = number < 0 ? -(double)INT32_MAX : -(double)number;
    if (!peers)
        return number;
    peers->combine(peers->self, &largest, 1, CNN_LARGEST_DOUBLES);
    return largest <= -(double)INT32_MAX ? -1 : (int32_t)-largest;
}

int cnn_peers_stop(const struct run *run)
{
    return run->peers ? run->stop : cnn_stop_asked();
}

/* ---- evaluation ---- */

void cnn_peers_part(const struct cnn_peers *peers, int64_t count, int64_t *first, int64_t *end)
{
    *first = peers ? count / peers->count * peers->rank : 0;
    *end = peers && peers->rank + 1 < peers->count ? *first + count / peers->count : count;
}

int cnn_peers_result(struct run *run, struct result *result, int status, struct trouble *t)
{
    const struct cnn_peers *peers = run->peers;
    double worst = status < 0 ? 2 : status;
    int64_t counts[] = {result->images, result->right, result->top5, result->asked};
    if (!peers)
        return status;
    peers->combine(peers->self, &worst, 1, CNN_LARGEST_DOUBLES);
    if (worst > 1)
        return cnn_agree(peers, status < 0, t);
    if (worst > 0) {
        run->stop = 1;
        return 1;
    }
    peers->combine(peers->self, &result->loss_sum, 1, CNN_ADD_DOUBLES);
    peers->combine(peers->self, counts, 4, CNN_ADD_INTEGERS);
    result->images = counts[0];
    result->right = counts[1];
    result->top5 = counts[2];
    result->asked = counts[3];
    if (result->confusion)
        peers->combine(peers->self, result->confusion, (int64_t)result->classes * result->classes, CNN_ADD_INTEGERS);
    return 0;
}
