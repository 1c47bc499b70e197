/* The thread that prepares batches, a few ahead. */
#include "feed.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "augment.h"
#include "measure.h"

enum { AHEAD = 4, ALIGNED = 64 };

struct feed {
    const struct cnn_trainee *trainee;
    struct view view;
    struct slice slice;
    int64_t next, last, per_epoch; /* steps */
    int64_t epoch;                 /* whose order is in `order`; -1: none */
    int64_t *order;
    struct fit fit;
    struct space memory;
    int mixes;           /* the recipe has MIXUP */
    double alpha;        /* MIXUP's */
    unsigned char *kept; /* for MIXUP: the picture behind the last one, and its target */

    struct cnn_batch batches[AHEAD];
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    int started, stop, ended;
    int64_t made, taken; /* batches; the one in use is taken - 1 */
    struct trouble trouble;
};

static size_t aligned(size_t bytes)
{
    return (bytes + ALIGNED - 1) / ALIGNED * ALIGNED;
}

static int augments(const struct feed *feed)
{
    return feed->trainee->recipe->augmentation_count > (feed->mixes ? 1 : 0);
}

/* Picture `member` of the set, as epoch `epoch` sees it. */
static int make_picture(struct feed *feed, int64_t epoch, int64_t member, unsigned char *to, struct trouble *t)
{
    const struct cnn_tensor *input = feed->trainee->input;
    const struct cnn_recipe *recipe = feed->trainee->recipe;
    struct fit *fit = &feed->fit;
    if (!augments(feed))
        return cnn_fit_picture(fit, feed->view.set, member, to, t);
    if (cnn_fit_planes(fit, feed->view.set, member, t))
        return -1;
    cnn_augment(recipe, cnn_random_key(recipe->seed, epoch, PURPOSE_AUGMENT, member), input->channels, input->height,
                input->width, !fit->picture.floats, &fit->planes, &fit->spare);
    cnn_fit_store(fit, to);
    return 0;
}

static void blend_pictures(const struct cnn_tensor *input, float share, void *to, const void *other)
{
    const int64_t numbers = (int64_t)input->height * input->width * input->channels;
    float *floats = (float *)to;
    unsigned char *bytes = (unsigned char *)to;
    for (int64_t i = 0; i < numbers; i++)
        if (input->type == 0)
            floats[i] = share * floats[i] + (1 - share) * ((const float *)other)[i];
        else
            bytes[i] = (unsigned char)(share * bytes[i] + (1 - share) * ((const unsigned char *)other)[i] + 0.5f);
}

/* A picture of the batch, with its target. */
static int make_member(struct feed *feed, int64_t epoch, int64_t place, unsigned char *image, unsigned char *target,
                       struct trouble *t)
{
    const int64_t member = cnn_view_member(&feed->view, feed->order[place]);
    if (make_picture(feed, epoch, member, image, t))
        return -1;
    cnn_target_store(feed->trainee, feed->view.set, member, target);
    return 0;
}

/* Each picture is blended with the next one of the batch, the last with the first. The one behind the last of the slice
 * is kept, as it was before. */
static int keep(struct feed *feed, int64_t epoch, int64_t first, const struct cnn_batch *batch, struct trouble *t)
{
    const size_t image = cnn_fit_bytes(feed->trainee->input), target = cnn_target_bytes(feed->trainee);
    const int32_t behind = feed->slice.end % feed->slice.batch;
    if (behind != feed->slice.begin)
        return make_member(feed, epoch, first + behind, feed->kept, feed->kept + aligned(image), t);
    memcpy(feed->kept, (const unsigned char *)batch->images + (size_t)behind * image, image);
    memcpy(feed->kept + aligned(image), (const unsigned char *)batch->targets + (size_t)behind * target, target);
    return 0;
}

static void mix(struct feed *feed, int64_t epoch, int64_t first, const struct cnn_batch *batch)
{
    const struct cnn_trainee *trainee = feed->trainee;
    const size_t image = cnn_fit_bytes(trainee->input), target = cnn_target_bytes(trainee);
    const int labels = cnn_loss_takes_labels(trainee->recipe->loss);
    unsigned char *images = (unsigned char *)(uintptr_t)batch->images;
    unsigned char *targets = (unsigned char *)(uintptr_t)batch->targets;
    unsigned char *others = (unsigned char *)(uintptr_t)batch->others;
    for (int32_t i = feed->slice.begin; i < feed->slice.end; i++) {
        const int last = i + 1 == feed->slice.end;
        const int64_t member = cnn_view_member(&feed->view, feed->order[first + i]);
        const uint64_t key = cnn_random_key(trainee->recipe->seed, epoch, PURPOSE_MIXUP, member);
        const float share = (float)cnn_random_beta(key, feed->alpha);
        const unsigned char *other = last ? feed->kept + aligned(image) : targets + (size_t)(i + 1) * target;
        blend_pictures(trainee->input, share, images + (size_t)i * image,
                       last ? feed->kept : images + (size_t)(i + 1) * image);
        if (labels) {
            ((float *)(uintptr_t)batch->shares)[i] = share;
            memcpy(others + (size_t)i * target, other, target);
            continue;
        }
        float *own = (float *)(void *)(targets + (size_t)i * target);
        for (size_t k = 0; k < target / sizeof(float); k++)
            own[k] = share * own[k] + (1 - share) * ((const float *)(const void *)other)[k];
    }
}

static int make_batch(struct feed *feed, int64_t step, const struct cnn_batch *batch, struct trouble *t)
{
    const struct cnn_trainee *trainee = feed->trainee;
    const int64_t epoch = step / feed->per_epoch, first = step % feed->per_epoch * feed->slice.batch;
    if (epoch != feed->epoch) {
        cnn_epoch_order(trainee->recipe->seed, epoch, feed->order, feed->view.count);
        feed->epoch = epoch;
    }
    for (int32_t i = feed->slice.begin; i < feed->slice.end; i++) {
        unsigned char *image = (unsigned char *)(uintptr_t)batch->images + (size_t)i * cnn_fit_bytes(trainee->input);
        unsigned char *target = (unsigned char *)(uintptr_t)batch->targets + (size_t)i * cnn_target_bytes(trainee);
        if (make_member(feed, epoch, first + i, image, target, t))
            return -1;
    }
    if (!feed->mixes)
        return 0;
    if (keep(feed, epoch, first, batch, t))
        return -1;
    mix(feed, epoch, first, batch);
    return 0;
}

static void *feed_main(void *argument)
{
    struct feed *feed = (struct feed *)argument;
    struct trouble t = {"", ""};
    for (int64_t step = feed->next; step < feed->last; step++) {
        pthread_mutex_lock(&feed->mutex);
        while (!feed->stop && feed->made - feed->taken >= AHEAD - 1) /* the one in use is not free either */
            pthread_cond_wait(&feed->changed, &feed->mutex);
        const int stop = feed->stop;
        pthread_mutex_unlock(&feed->mutex);
        const int failed = stop || make_batch(feed, step, &feed->batches[feed->made % AHEAD], &t);
        pthread_mutex_lock(&feed->mutex);
        feed->made += !failed;
        feed->ended = failed;
        feed->trouble = t;
        pthread_cond_broadcast(&feed->changed);
        pthread_mutex_unlock(&feed->mutex);
        if (failed)
            break;
    }
    return NULL;
}

const struct cnn_batch *cnn_feed_next(struct feed *feed, struct trouble *t)
{
    const struct cnn_batch *batch = NULL;
    pthread_mutex_lock(&feed->mutex);
    while (feed->made == feed->taken && !feed->ended)
        pthread_cond_wait(&feed->changed, &feed->mutex);
    if (feed->made > feed->taken)
        batch = &feed->batches[feed->taken++ % AHEAD];
    else
        *t = feed->trouble;
    pthread_cond_broadcast(&feed->changed);
    pthread_mutex_unlock(&feed->mutex);
    return batch;
}

static int make_room(struct feed *feed, struct trouble *t)
{
    const size_t image = cnn_fit_bytes(feed->trainee->input), target = cnn_target_bytes(feed->trainee);
    const size_t batch = (size_t)feed->slice.batch, images = aligned(batch * image), targets = aligned(batch * target);
    const size_t shares = aligned(batch * sizeof(float)), kept = aligned(image) + aligned(target);
    const int labels = cnn_loss_takes_labels(feed->trainee->recipe->loss);
    const int pairs = feed->mixes && labels; /* else numbers are blended where they are */
    const size_t each = images + targets + (pairs ? targets + shares : 0);
    if (cnn_space_new(&feed->memory, AHEAD * (uint64_t)each + kept, "batches ahead of the computation", t))
        return -1;
    for (int i = 0; i < AHEAD; i++) {
        unsigned char *at = feed->memory.data + (size_t)i * each;
        feed->batches[i].images = at;
        feed->batches[i].targets = at + images;
        feed->batches[i].others = pairs ? (int32_t *)(void *)(at + images + targets) : NULL;
        feed->batches[i].shares = pairs ? (float *)(void *)(at + images + 2 * targets) : NULL;
    }
    feed->kept = feed->memory.data + AHEAD * each;
    return 0;
}

/* Without signals, which are for the thread that waits for them. */
static int start(struct feed *feed, struct trouble *t)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const int failed = pthread_create(&feed->thread, NULL, feed_main, feed);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    feed->started = !failed;
    return failed ? cnn_trouble(t, "the thread that prepares pictures cannot be started: %s", strerror(failed)) : 0;
}

struct feed *cnn_feed_new(const struct cnn_trainee *trainee, const struct view *view, enum fitting fitting,
                          struct slice slice, int64_t first, int64_t last, struct trouble *t)
{
    struct feed *feed = (struct feed *)cnn_heap(1, sizeof *feed, t);
    if (!feed)
        return NULL;
    feed->trainee = trainee;
    feed->view = *view;
    feed->slice = slice;
    feed->next = first;
    feed->last = last;
    feed->per_epoch = view->count / slice.batch;
    feed->epoch = -1;
    for (int32_t i = 0; i < trainee->recipe->augmentation_count; i++)
        if (trainee->recipe->augmentations[i].kind == CNN_MIXUP) {
            feed->mixes = 1;
            feed->alpha = trainee->recipe->augmentations[i].a;
        }
    pthread_mutex_init(&feed->mutex, NULL);
    pthread_cond_init(&feed->changed, NULL);
    feed->order = (int64_t *)cnn_heap((size_t)view->count, sizeof *feed->order, t);
    if (feed->order && cnn_fit_begin(&feed->fit, trainee->input, fitting, t) == 0 && make_room(feed, t) == 0 &&
        start(feed, t) == 0)
        return feed;
    cnn_feed_free(feed);
    return NULL;
}

void cnn_feed_free(struct feed *feed)
{
    if (!feed)
        return;
    pthread_mutex_lock(&feed->mutex);
    feed->stop = 1;
    pthread_cond_broadcast(&feed->changed);
    pthread_mutex_unlock(&feed->mutex);
    if (feed->started)
        pthread_join(feed->thread, NULL);
    pthread_cond_destroy(&feed->changed);
    pthread_mutex_destroy(&feed->mutex);
    cnn_fit_end(&feed->fit);
    cnn_space_free(&feed->memory);
    free(feed->order);
    free(feed);
}
