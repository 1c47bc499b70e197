/* Shared by the targets that read data sets: a network of the smallest kind, and everything that is done with a set. */
#include "dataset.h"

#include <string.h>

#include "fuzz.h"
#include "runtime/train/fit.h"

static const struct cnn_tensor input = {"input", 2, 3, 1, 0, 0, 0, 0}, output = {"output", 1, 1, 4, 0, 0, 0, 0};
static struct cnn_recipe recipe;
static const struct cnn_trainee trainee = {.name = "fuzzed", .input = &input, .output = &output, .recipe = &recipe};

/* Reads every picture, made to fit, and what it shows. */
static void read_all(struct set *set)
{
    struct trouble t = {"", ""};
    struct fit fit = {0};
    float numbers[6];
    double sum = 0;
    for (recipe.loss = CNN_CROSSENTROPY; recipe.loss <= CNN_BCE; recipe.loss++) {
        struct trouble refused = {"", ""};
        if (cnn_data_check(set, &trainee, FIT_SCALE, 1, &refused) != 0 && !refused.message[0])
            fuzz_fail("refused without a reason");
    }
    if (set->count > 0 && cnn_fit_begin(&fit, &input, FIT_SCALE, &t) == 0)
        for (int64_t i = 0; i < set->count && i < 100; i++) {
            if (cnn_fit_picture(&fit, set, i, numbers, &t) != 0)
                break;
            for (int64_t k = 0; k < set->each; k++)
                sum += cnn_set_target(set, i, k) + (double)cnn_set_label(set, i, k);
        }
    static volatile double seen;
    seen = sum;
    (void)seen;
    cnn_fit_end(&fit);
}

void fuzz_dataset(const char *path)
{
    struct dataset set;
    struct trouble t = {"", ""};
    const int failed = cnn_data_open(&set, path, &t);
    if (failed && !t.message[0])
        fuzz_fail("refused without a reason");
    if (!failed) {
        read_all(&set.train);
        read_all(&set.test);
    }
    cnn_data_close(&set);
}
