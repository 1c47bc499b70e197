/* Initialisation, with PyTorch's definitions:
 *   HE       normal with the variance 2 / fan_in                (kaiming_normal_ for ReLU)
 *   XAVIER   normal with the variance 2 / (fan_in + fan_out)    (xavier_normal_)
 *   NORMAL   normal with mean 0 and the given deviation
 *   UNIFORM  -bound .. bound
 *   DIRAC    HE, and then the first filters of a convolution, as many as it has channels, each pass one through */
#include "initial.h"

#include <math.h>
#include <string.h>

#include "augment.h"
#include "base.h"

static void fill(float *values, int64_t count, float value)
{
    for (int64_t i = 0; i < count; i++)
        values[i] = value;
}

/* Odd 25-bit integers, symmetric about zero and exact: only the product rounds. */
static void uniform(uint64_t key, double bound, float *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++) {
        const int64_t odd = (int64_t)(cnn_random(key, 0, (uint64_t)i) >> 40) * 2 + 1 - (INT64_C(1) << 24);
        values[i] = (float)(bound * ((double)odd * 0x1p-24));
    }
}

static void normal(uint64_t key, double deviation, float *values, int64_t count)
{
    for (int64_t i = 0; i < count; i++)
        values[i] = (float)(deviation * cnn_random_normal(key, 0, (uint64_t)i));
}

static void pass_through(const struct cnn_trainee_tensor *tensor, float *values)
{
    const int64_t filters = tensor->shape[0], channels = tensor->shape[1];
    const int64_t height = tensor->shape[2], width = tensor->shape[3], window = height * width;
    for (int64_t i = 0; i < filters && i < channels; i++) {
        float *filter = values + i * channels * window;
        fill(filter, channels * window, 0);
        filter[i * window + height / 2 * width + width / 2] = 1;
    }
}

static uint64_t key_of(const struct cnn_recipe *recipe, const struct cnn_trainee_tensor *tensor)
{
    return cnn_random(recipe->seed, cnn_hash_bytes(HASH_BEGIN, tensor->name, strlen(tensor->name)), 0);
}

static void weights(const struct cnn_recipe *recipe, const struct cnn_trainee_tensor *tensor, float *values)
{
    const uint64_t key = key_of(recipe, tensor);
    const double in = tensor->fan_in > 0 ? tensor->fan_in : 1, out = tensor->fan_out > 0 ? tensor->fan_out : 1;
    switch (recipe->initialisation) {
    case CNN_XAVIER: normal(key, sqrt(2 / (in + out)), values, tensor->count); break;
    case CNN_NORMAL: normal(key, recipe->spread, values, tensor->count); break;
    case CNN_UNIFORM: uniform(key, recipe->spread, values, tensor->count); break;
    default: normal(key, sqrt(2 / in), values, tensor->count); break;
    }
    if (recipe->initialisation == CNN_DIRAC && tensor->dims == 4)
        pass_through(tensor, values);
}

void cnn_initial_values(const struct cnn_recipe *recipe, const struct cnn_trainee_tensor *tensor, float *values)
{
    switch (tensor->kind) {
    case CNN_TENSOR_WEIGHT: weights(recipe, tensor, values); break;
    case CNN_TENSOR_SCALE:
    case CNN_TENSOR_RUNNING_VARIANCE: fill(values, tensor->count, 1); break;
    case CNN_TENSOR_SLOPE: fill(values, tensor->count, 0.25f); break;
    case CNN_TENSOR_NUMBERS: normal(key_of(recipe, tensor), 0.02, values, tensor->count); break;
    case CNN_TENSOR_OTHER: break;
    default: fill(values, tensor->count, 0); break;
    }
}
