/* Which pictures, and in which order. */
#include <stdlib.h>
#include <string.h>

#include "augment.h"
#include "feed.h"
#include "measure.h"

int64_t cnn_view_member(const struct view *view, int64_t i)
{
    return view->members ? view->members[i] : i;
}

/* Fisher and Yates's shuffle. */
static void shuffle(uint64_t key, int64_t *order, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    for (int64_t i = count - 1; i > 0; i--) {
        const int64_t k = (int64_t)(cnn_random(key, 0, (uint64_t)i) % (uint64_t)(i + 1)), other = order[k];
        order[k] = order[i];
        order[i] = other;
    }
}

void cnn_epoch_order(uint64_t seed, int64_t epoch, int64_t *order, int64_t count)
{
    shuffle(cnn_random_key(seed, epoch, PURPOSE_ORDER, 0), order, count);
}

static int by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int cnn_view_hold_out(const struct set *set, double percent, uint64_t seed, struct view *kept, struct view *held,
                      int64_t **members, struct trouble *t)
{
    const int64_t count = set->count, out = (int64_t)((double)count * percent / 100 + 0.5);
    if (out < 1 || out >= count)
        return cnn_trouble(t, "%s: %g %% of %lld pictures are %lld: something must be held out, and something left",
                           set->path, percent, (long long)count, (long long)out);
    *members = (int64_t *)cnn_heap((size_t)count, sizeof **members, t);
    if (!*members)
        return -1;
    shuffle(cnn_random_key(seed, 0, PURPOSE_HOLD_OUT, 0), *members, count);
    qsort(*members, (size_t)out, sizeof **members, by_number);
    qsort(*members + out, (size_t)(count - out), sizeof **members, by_number);
    held->set = kept->set = set;
    held->members = *members;
    held->count = out;
    kept->members = *members + out;
    kept->count = count - out;
    return 0;
}

static int64_t numbers_of(const struct cnn_trainee *trainee)
{
    const struct cnn_tensor *output = trainee->output;
    const int64_t pixels = (int64_t)output->height * output->width;
    return cnn_loss_takes_labels(trainee->recipe->loss) ? pixels : pixels * output->channels;
}

size_t cnn_target_bytes(const struct cnn_trainee *trainee)
{
    return (size_t)numbers_of(trainee) * 4;
}

void cnn_target_store(const struct cnn_trainee *trainee, const struct set *set, int64_t index, void *to)
{
    const int64_t numbers = numbers_of(trainee);
    const int labels = cnn_loss_takes_labels(trainee->recipe->loss);
    for (int64_t i = 0; i < numbers; i++)
        if (labels)
            ((int32_t *)to)[i] = (int32_t)cnn_set_label(set, index, i);
        else
            ((float *)to)[i] = (float)cnn_set_target(set, index, i);
}
