/* A network that learns, written by hand as generated code would be: two fully connected layers with a RELU between
 * them and a softmax, or no hidden layer; SGD with momentum. $TRAINEE sets its sizes and its recipe, as words
 * NAME=VALUE, so that one program serves all tests. Work is cut into shards, whatever the number of threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cnn_train.h"

enum { SHARDS = 4, HIDDEN_MOST = 64, OUTPUTS_MOST = 4096, AUGMENTATIONS_MOST = 10, AT_MOST = 8 };

static struct cnn_tensor input = {"input", 28, 28, 1, 0, 0, 0, 0}, output = {"output", 1, 1, 10, 0, 0, 0, 0};
static struct cnn_augmentation augmentations[AUGMENTATIONS_MOST];
static double at[AT_MOST];
static struct cnn_recipe recipe = {.rate = 0.1,
                                   .factor = 0.1,
                                   .peak = 0.3,
                                   .from = 0.04,
                                   .patience = 10,
                                   .margin = 1,
                                   .spread = 0.05,
                                   .epochs = 3,
                                   .batch = 100,
                                   .seed = 1,
                                   .at = at,
                                   .augmentations = augmentations};
static double hidden = 32, momentum = 0.9;
static double poison = -1, poison_update = -1; /* steps: whose loss is not a number; whose update overflows */
static struct cnn_trainee_tensor tensors[5];
static struct cnn_trainee trainee;

struct self {
    struct cnn_pool *pool;
    float *parameters, *gradients, *velocity, *shards, *hiddens;
    int32_t batch;
    float rate;
    const struct cnn_batch *now;
    double losses[SHARDS];
    struct {
        int64_t step;
    } * counter; /* before the velocity: both are the state */
};

static size_t round_up(size_t bytes)
{
    return (bytes + 63) / 64 * 64;
}

static int32_t inputs(void)
{
    return input.height * input.width * input.channels;
}

static int32_t outputs(void)
{
    return output.height * output.width * output.channels;
}

static size_t bytes(int batch, int threads)
{
    const size_t array = round_up((size_t)trainee.parameter_count * sizeof(float));
    (void)threads;
    return round_up(sizeof(struct self)) + 64 + (3 + SHARDS) * array +
           round_up((size_t)batch * (HIDDEN_MOST + OUTPUTS_MOST) * sizeof(float));
}

static void *begin(void *memory, int batch, struct cnn_pool *pool)
{
    unsigned char *next = (unsigned char *)memory;
    const size_t array = round_up((size_t)trainee.parameter_count * sizeof(float));
    struct self *self = (struct self *)memory;
    memset(memory, 0, bytes(batch, 1));
    next += round_up(sizeof *self);
    self->parameters = (float *)(void *)next;
    self->gradients = (float *)(void *)(next += array);
    self->counter = (void *)(next += array);
    self->velocity = (float *)(void *)(next += 64);
    self->shards = (float *)(void *)(next += array);
    self->hiddens = (float *)(void *)(next + SHARDS * array);
    self->batch = batch;
    self->rate = (float)recipe.rate;
    self->pool = pool;
    return self;
}

static float *parameters(void *self)
{
    return ((struct self *)self)->parameters;
}

static float *gradients(void *self)
{
    return ((struct self *)self)->gradients;
}

static void set_rate(void *self, float rate)
{
    ((struct self *)self)->rate = rate;
}

static void *state(void *self, size_t *count)
{
    *count = 64 + (size_t)trainee.trained_count * sizeof(float);
    return ((struct self *)self)->counter;
}

/* A picture's numbers in chw order, between 0 and 1 where they are bytes. */
static void load(const void *images, int64_t image, float *x)
{
    const int32_t area = input.height * input.width, all = inputs();
    for (int32_t i = 0; i < all; i++) {
        const int32_t from = input.layout ? i % area * input.channels + i / area : i;
        x[i] = input.type ? ((const unsigned char *)images)[image * all + from] / 255.0f
                          : ((const float *)images)[image * all + from] / 255.0f;
    }
}

/* y = w x + b, as many numbers as the tensor has rows */
static void dense(const float *p, const struct cnn_trainee_tensor *w, const float *x, float *y)
{
    const float *weights = p + w->offset, *bias = p + w[1].offset;
    for (int32_t o = 0; o < w->shape[0]; o++) {
        float sum = bias[o];
        for (int32_t i = 0; i < w->shape[1]; i++)
            sum += weights[(int64_t)o * w->shape[1] + i] * x[i];
        y[o] = sum;
    }
}

static void forward(const float *p, const float *x, float *h, float *y)
{
    if (hidden == 0) {
        dense(p, &tensors[0], x, y);
        return;
    }
    dense(p, &tensors[0], x, h);
    for (int32_t i = 0; i < (int32_t)hidden; i++)
        h[i] = h[i] > 0 ? h[i] : 0;
    dense(p, &tensors[2], h, y);
}

/* g += dy x^T, and dx = w^T dy unless it is NULL */
static void dense_back(const float *p, float *g, const struct cnn_trainee_tensor *w, const float *x, const float *dy,
                       float *dx)
{
    for (int32_t o = 0; o < w->shape[0]; o++) {
        g[w[1].offset + o] += dy[o];
        for (int32_t i = 0; i < w->shape[1]; i++) {
            g[w->offset + (int64_t)o * w->shape[1] + i] += dy[o] * x[i];
            if (dx)
                dx[i] = (o ? dx[i] : 0) + p[w->offset + (int64_t)o * w->shape[1] + i] * dy[o];
        }
    }
}

/* The loss of one picture; its derivative takes the outputs' place. */
static double loss_of(float *y, const struct cnn_batch *batch, int64_t image, float scale)
{
    const int32_t n = outputs(), pixels = output.height * output.width;
    double loss = 0;
    if (recipe.loss != CNN_CROSSENTROPY) { /* MSE */
        const float *target = (const float *)batch->targets + image * n;
        for (int32_t i = 0; i < n; i++) {
            const float difference = y[i] - target[i];
            loss += (double)(difference * difference) / n;
            y[i] = 2 * difference / (float)n * scale;
        }
        return loss;
    }
    for (int32_t p = 0; p < pixels; p++) {
        const int32_t label = ((const int32_t *)batch->targets)[image * pixels + p];
        const int32_t other = batch->others ? batch->others[image * pixels + p] : label;
        const float share = batch->shares ? batch->shares[image] : 1;
        float most = y[p], sum = 0;
        for (int32_t c = 0; c < output.channels; c++)
            most = y[c * pixels + p] > most ? y[c * pixels + p] : most;
        for (int32_t c = 0; c < output.channels; c++)
            sum += expf(y[c * pixels + p] - most);
        loss -= (double)(share * (y[label * pixels + p] - most - logf(sum))) / pixels;
        loss -= (double)((1 - share) * (y[other * pixels + p] - most - logf(sum))) / pixels;
        for (int32_t c = 0; c < output.channels; c++) {
            const float wanted = share * (float)(c == label) + (1 - share) * (float)(c == other);
            y[c * pixels + p] = (expf(y[c * pixels + p] - most) / sum - wanted) * scale / (float)pixels;
        }
    }
    return loss;
}

static void shard(void *argument, int index, int count, void *scratch)
{
    struct self *self = (struct self *)argument;
    float *g = self->shards + (size_t)index * round_up((size_t)trainee.parameter_count * sizeof(float)) / sizeof(float);
    float *x = (float *)malloc((size_t)inputs() * sizeof *x), h[HIDDEN_MOST], dh[HIDDEN_MOST];
    static const float none[HIDDEN_MOST];
    (void)count, (void)scratch;
    memset(g, 0, (size_t)trainee.parameter_count * sizeof *g);
    self->losses[index] = 0;
    for (int64_t i = index * self->batch / SHARDS; i < (index + 1) * self->batch / SHARDS; i++) {
        float *y = self->hiddens + i * OUTPUTS_MOST;
        load(self->now->images, i, x);
        forward(self->parameters, x, h, y);
        self->losses[index] += loss_of(y, self->now, i, 1.0f / (float)self->batch);
        if (hidden == 0) {
            dense_back(self->parameters, g, &tensors[0], x, y, NULL);
            continue;
        }
        memcpy(dh, none, sizeof dh);
        dense_back(self->parameters, g, &tensors[2], h, y, dh);
        for (int32_t k = 0; k < (int32_t)hidden; k++)
            dh[k] = h[k] > 0 ? dh[k] : 0;
        dense_back(self->parameters, g, &tensors[0], x, dh, NULL);
    }
    free(x);
}

static float gradient(void *argument, const struct cnn_batch *batch)
{
    struct self *self = (struct self *)argument;
    const size_t array = round_up((size_t)trainee.parameter_count * sizeof(float)) / sizeof(float);
    double loss = 0;
    self->now = batch;
    if (self->pool)
        self->pool->run(self->pool, shard, self, SHARDS);
    else
        for (int i = 0; i < SHARDS; i++)
            shard(self, i, SHARDS, NULL);
    memset(self->gradients, 0, (size_t)trainee.trained_count * sizeof(float));
    for (int i = 0; i < SHARDS; i++) {
        loss += self->losses[i];
        for (int64_t k = 0; k < trainee.trained_count; k++)
            self->gradients[k] += self->shards[(size_t)i * array + (size_t)k];
    }
    if ((double)self->counter->step == poison)
        self->gradients[tensors[1].offset] = NAN;
    return (double)self->counter->step == poison ? NAN : (float)(loss / self->batch);
}

static void update(void *argument)
{
    struct self *self = (struct self *)argument;
    for (int64_t i = 0; i < trainee.trained_count; i++) {
        self->velocity[i] = (float)momentum * self->velocity[i] + self->gradients[i];
        self->parameters[i] -= self->rate * self->velocity[i];
    }
    self->parameters[trainee.trained_count] += 1; /* a buffer: it counts steps */
    if ((double)self->counter->step == poison_update)
        self->parameters[tensors[1].offset] = INFINITY;
    self->counter->step++;
}

static void evaluate(void *argument, const void *images, int count, float *results)
{
    struct self *self = (struct self *)argument;
    float *x = (float *)malloc((size_t)inputs() * sizeof *x), h[HIDDEN_MOST];
    for (int i = 0; i < count; i++) {
        load(images, i, x);
        forward(self->parameters, x, h, results + (int64_t)i * outputs());
    }
    free(x);
}

static int64_t add_tensor(int i, const char *name, int32_t rows, int32_t columns, int32_t kind, int64_t offset)
{
    struct cnn_trainee_tensor *tensor = &tensors[i];
    tensor->name = name;
    tensor->dims = columns ? 2 : 1;
    tensor->shape[0] = rows;
    tensor->shape[1] = columns;
    tensor->offset = offset;
    tensor->count = (int64_t)rows * (columns ? columns : 1);
    tensor->fan_in = columns;
    tensor->fan_out = rows;
    tensor->kind = kind;
    return (offset + tensor->count + 15) / 16 * 16;
}

static void add_augmentation(const char *value)
{
    struct cnn_augmentation *a = &augmentations[recipe.augmentation_count++];
    a->kind = (int32_t)strtol(value, NULL, 10);
    if (sscanf(value, "%*d:%lf:%lf", &a->a, &a->b) < 1)
        exit(3);
}

static void read_word(const char *name, const char *value)
{
    const struct {
        const char *name;
        int32_t *whole;
        double *real;
    } words[] = {{"height", &input.height, NULL},
                 {"width", &input.width, NULL},
                 {"channels", &input.channels, NULL},
                 {"hwc", &input.layout, NULL},
                 {"u8", &input.type, NULL},
                 {"classes", &output.channels, NULL},
                 {"out_height", &output.height, NULL},
                 {"out_width", &output.width, NULL},
                 {"loss", &recipe.loss, NULL},
                 {"schedule", &recipe.schedule, NULL},
                 {"epochs", &recipe.epochs, NULL},
                 {"batch", &recipe.batch, NULL},
                 {"init", &recipe.initialisation, NULL},
                 {"patience", &recipe.patience, NULL},
                 {"rate", NULL, &recipe.rate},
                 {"warmup", NULL, &recipe.warmup},
                 {"to", NULL, &recipe.to},
                 {"clip", NULL, &recipe.clip},
                 {"average", NULL, &recipe.average},
                 {"factor", NULL, &recipe.factor},
                 {"hidden", NULL, &hidden},
                 {"momentum", NULL, &momentum},
                 {"poison", NULL, &poison},
                 {"poison_update", NULL, &poison_update}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(name, words[i].name) == 0) {
            if (words[i].whole)
                *words[i].whole = (int32_t)strtol(value, NULL, 10);
            else
                *words[i].real = strtod(value, NULL);
            return;
        }
    if (strcmp(name, "augment") == 0)
        add_augmentation(value);
    else if (strcmp(name, "at") == 0)
        at[recipe.at_count++] = strtod(value, NULL);
    else if (strcmp(name, "seed") == 0)
        recipe.seed = strtoull(value, NULL, 10);
    else
        exit(3);
}

/* The same words have the same hash, those that say nothing about the recipe left out. */
static uint64_t read_words(void)
{
    const char *words = getenv("TRAINEE");
    char name[40], value[80];
    uint64_t hash = 1;
    int used;
    for (; words && sscanf(words, " %39[^=]=%79s%n", name, value, &used) == 2; words += used) {
        read_word(name, value);
        for (int i = 0; i < used && strncmp(name, "poison", 6) != 0; i++)
            hash = cnn_mix(hash + (unsigned char)words[i]);
    }
    return hash;
}

int main(int argc, char **argv)
{
    const uint64_t hash = read_words();
    int64_t count = 0;
    int32_t n = 0;
    if (hidden > 0) {
        count = add_tensor(n++, "fc1.weight", (int32_t)hidden, inputs(), CNN_TENSOR_WEIGHT, count);
        count = add_tensor(n++, "fc1.bias", (int32_t)hidden, 0, CNN_TENSOR_BIAS, count);
    }
    count = add_tensor(n++, "fc2.weight", outputs(), hidden > 0 ? (int32_t)hidden : inputs(), CNN_TENSOR_WEIGHT, count);
    count = add_tensor(n++, "fc2.bias", outputs(), 0, CNN_TENSOR_BIAS, count);
    trainee.trained_count = count;
    count = add_tensor(n++, "steps.running_mean", 1, 0, CNN_TENSOR_RUNNING_MEAN, count);
    trainee = (struct cnn_trainee){.abi = getenv("TRAINEE_ABI") ? 99 : CNN_TRAIN_ABI,
                                   .name = "trainee",
                                   .hash = hash,
                                   .input = &input,
                                   .output = &output,
                                   .tensors = tensors,
                                   .tensor_count = n,
                                   .parameter_count = count,
                                   .trained_count = trainee.trained_count,
                                   .recipe = &recipe,
                                   .bytes = bytes,
                                   .begin = begin,
                                   .parameters = parameters,
                                   .gradients = gradients,
                                   .rate = set_rate,
                                   .gradient = gradient,
                                   .update = update,
                                   .evaluate = evaluate,
                                   .state = state};
    return cnn_train_main(&trainee, argc, argv);
}
