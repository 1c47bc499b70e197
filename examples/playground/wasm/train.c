/* The tab "train": what cnnc --emit=train wrote for examples/train/digits.cnn, with the driver's own augmentation,
 * schedule and initialisation (runtime/train), and a loop that the page calls a few steps at a time. */
#include <stdlib.h>
#include <string.h>

#include "augment.h"
#include "base.h"
#include "feed.h"
#include "initial.h"
#include "schedule.h"

#define EXPORT(name) __attribute__((export_name(#name)))

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10, MOST_BATCH = 64 };

extern const struct cnn_trainee digits_trainee;
static const struct cnn_trainee *const trainee = &digits_trainee;

static struct {
    unsigned char *images, *labels; /* to learn from, and after them those to test with */
    int32_t count, tests;
    int64_t *order; /* of the pictures in this epoch */
    float *average; /* of the weights: what is tested and kept */
    struct cnn_recipe recipe;
    void *self;
    int64_t step, steps, per_epoch;
} now;

/* What base.c of the driver has beside files and processes. */
uint64_t cnn_hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    const unsigned char *next = (const unsigned char *)bytes;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ next[i]) * UINT64_C(0x100000001B3);
    return hash;
}

/* Room for the pictures: count + tests of 28x28 bytes, then as many labels. */
EXPORT(data)
unsigned char *data(int32_t count, int32_t tests)
{
    const size_t all = (size_t)count + (size_t)tests;
    now.count = count;
    now.tests = tests;
    now.images = malloc(all * (PIXELS + 1));
    now.labels = now.images ? now.images + all * PIXELS : NULL;
    now.order = malloc((size_t)count * sizeof *now.order);
    return now.order ? now.images : NULL;
}

/* Begins anew. Returns how many steps there are, or 0 without memory. */
EXPORT(begin)
int32_t begin(uint32_t seed)
{
    const size_t bytes = (size_t)trainee->parameter_count * sizeof(float);
    now.recipe = *trainee->recipe;
    now.recipe.seed = seed;
    if (!now.self) {
        void *memory = aligned_alloc(64, (trainee->bytes(now.recipe.batch, 1) + 63) / 64 * 64);
        now.average = malloc(bytes);
        now.self = memory && now.average ? trainee->begin(memory, now.recipe.batch, NULL) : NULL;
        if (!now.self || now.recipe.batch > MOST_BATCH)
            return 0;
    }
    size_t state;
    memset(trainee->state(now.self, &state), 0, state);
    for (int32_t i = 0; i < trainee->tensor_count; i++)
        cnn_initial_values(&now.recipe, &trainee->tensors[i],
                           trainee->parameters(now.self) + trainee->tensors[i].offset);
    memcpy(now.average, trainee->parameters(now.self), bytes);
    now.step = 0;
    now.per_epoch = now.count / now.recipe.batch;
    now.steps = now.per_epoch * now.recipe.epochs;
    return (int32_t)now.steps;
}

EXPORT(per_epoch)
int32_t per_epoch(void)
{
    return (int32_t)now.per_epoch;
}

/* A picture as it is seen in this epoch. */
static void augment(int64_t epoch, int64_t member, unsigned char *to)
{
    static float first[PIXELS], second[PIXELS];
    float *planes = first, *spare = second;
    const uint64_t key = cnn_random_key(now.recipe.seed, epoch, PURPOSE_AUGMENT, member);
    for (int i = 0; i < PIXELS; i++)
        planes[i] = now.images[(size_t)member * PIXELS + (size_t)i];
    cnn_augment(&now.recipe, key, 1, SIDE, SIDE, 1, &planes, &spare);
    for (int i = 0; i < PIXELS; i++)
        to[i] = (unsigned char)(planes[i] + 0.5f);
}

static float learn_batch(void)
{
    static unsigned char images[MOST_BATCH * PIXELS];
    static int32_t targets[MOST_BATCH];
    const struct plateau plateau = PLATEAU_BEGIN;
    const int64_t epoch = now.step / now.per_epoch, first = now.step % now.per_epoch * now.recipe.batch;
    const struct cnn_batch batch = {images, targets, NULL, NULL};
    if (first == 0)
        cnn_epoch_order(now.recipe.seed, epoch, now.order, now.count);
    for (int32_t i = 0; i < now.recipe.batch; i++) {
        const int64_t member = now.order[first + i];
        augment(epoch, member, images + (size_t)i * PIXELS);
        targets[i] = now.labels[member];
    }
    const float loss = trainee->gradient(now.self, &batch);
    trainee->rate(now.self, (float)cnn_schedule_rate(&now.recipe, &plateau, now.step, now.steps, now.per_epoch));
    trainee->update(now.self);
    now.step++;
    return loss;
}

static void take_average(void)
{
    const float *parameters = trainee->parameters(now.self), keep = (float)now.recipe.average;
    for (int64_t i = 0; i < trainee->parameter_count; i++)
        now.average[i] = now.step == 1 ? parameters[i] : keep * now.average[i] + (1 - keep) * parameters[i];
}

/* Takes some more steps; returns their mean loss. */
EXPORT(learn)
float learn(int32_t steps)
{
    float sum = 0;
    int32_t done = 0;
    for (; done < steps && now.step < now.steps; done++) {
        sum += learn_batch();
        take_average();
    }
    return done ? sum / (float)done : 0;
}

/* What a network with the averaged weights makes of some pictures. */
static void evaluate(const unsigned char *images, int count, float *scores)
{
    static float *kept;
    const size_t bytes = (size_t)trainee->parameter_count * sizeof(float);
    float *parameters = trainee->parameters(now.self);
    if (!kept && !(kept = malloc(bytes)))
        return;
    memcpy(kept, parameters, bytes);
    memcpy(parameters, now.average, bytes);
    trainee->evaluate(now.self, images, count, scores);
    memcpy(parameters, kept, bytes);
}

static int best_of(const float *scores)
{
    int best = 0;
    for (int i = 1; i < CLASSES; i++)
        if (scores[i] > scores[best])
            best = i;
    return best;
}

/* How many of the test pictures are right. */
EXPORT(test)
int32_t test(void)
{
    static float scores[MOST_BATCH * CLASSES];
    int32_t right = 0;
    for (int32_t first = 0; first < now.tests; first += now.recipe.batch) {
        const int32_t left = now.tests - first, count = left < now.recipe.batch ? left : now.recipe.batch;
        const size_t at = (size_t)now.count + (size_t)first;
        evaluate(now.images + at * PIXELS, count, scores);
        for (int32_t i = 0; i < count; i++)
            right += best_of(scores + (size_t)i * CLASSES) == now.labels[at + (size_t)i];
    }
    return right;
}

/* The averaged weights: tensors in the order of the text, each from a multiple of 16 numbers on. */
EXPORT(weights)
const float *weights(void)
{
    return now.average;
}

EXPORT(weight_count)
int32_t weight_count(void)
{
    return (int32_t)trainee->parameter_count;
}
