/* Parts of the driver by themselves: schedules against PyTorch's numbers (schedules.txt), initialisation, augmentation
 * and order against what must be true of them. */
#include <math.h>

#include "../lib/report.h"
#include "train/augment.h"
#include "train/feed.h"
#include "train/initial.h"
#include "train/schedule.h"

static void read_recipe(struct cnn_recipe *recipe, double *at, const char *name, const char *value)
{
    const struct {
        const char *name;
        double *real;
        int32_t *whole;
    } words[] = {
        {"rate", &recipe->rate, NULL},         {"factor", &recipe->factor, NULL},    {"to", &recipe->to, NULL},
        {"warmup", &recipe->warmup, NULL},     {"peak", &recipe->peak, NULL},        {"from", &recipe->from, NULL},
        {"schedule", NULL, &recipe->schedule}, {"patience", NULL, &recipe->patience}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(name, words[i].name) == 0 && words[i].real)
            *words[i].real = strtod(value, NULL);
        else if (strcmp(name, words[i].name) == 0)
            *words[i].whole = (int32_t)strtol(value, NULL, 10);
    for (const char *next = strcmp(name, "at") == 0 ? value : NULL; next;
         next = strchr(next, ',') ? strchr(next, ',') + 1 : NULL)
        at[recipe->at_count++] = strtod(next, NULL);
}

static int close_to(double found, double wanted)
{
    return fabs(found - wanted) <= 1e-6 * fabs(wanted) + 1e-15;
}

static int check_schedule(char *words, char *numbers)
{
    struct cnn_recipe recipe = {0};
    struct plateau plateau = PLATEAU_BEGIN;
    double at[8];
    int64_t steps = 0, per_epoch = 1, every = 1;
    int used, good = 0;
    char name[20], value[40];
    recipe.at = at;
    for (; sscanf(words, " %19[^=]=%39s%n", name, value, &used) == 2; words += used) {
        read_recipe(&recipe, at, name, value);
        steps = strcmp(name, "steps") == 0 ? strtol(value, NULL, 10) : steps;
        per_epoch = strcmp(name, "per_epoch") == 0 ? strtol(value, NULL, 10) : per_epoch;
        every = strcmp(name, "every") == 0 ? strtol(value, NULL, 10) : every;
    }
    for (int64_t step = 0;; step += every, good++) {
        char *end;
        double number = strtod(numbers, &end);
        if (end == numbers)
            return good;
        if (recipe.schedule == CNN_PLATEAU) {
            cnn_plateau_see(&plateau, &recipe, number);
            number = strtod(end, &end);
        }
        numbers = end;
        const double found = cnn_schedule_rate(&recipe, &plateau, step, steps, per_epoch);
        if (!close_to(found, number)) {
            printf("# schedule %d, step %ld: %.9g, PyTorch %.9g\n", recipe.schedule, (long)step, found, number);
            return 0;
        }
    }
}

static void schedules(void)
{
    FILE *file = fopen("tests/train/schedules.txt", "r");
    char line[4000], *bar;
    int lines = 0, good = 0;
    while (file && fgets(line, sizeof line, file))
        if ((bar = strchr(line, '|')) != NULL) {
            *bar = 0;
            lines++;
            good += check_schedule(line, bar + 1) > 3;
        }
    report(lines == 16 && good == lines, "schedules are PyTorch's to 1e-6");
    if (file)
        fclose(file);
}

static void clipping(void)
{
    float gradients[3] = {3, -4, 12};
    const double norm = cnn_clip_gradients(gradients, 3, 6.5);
    report(norm == 13 && fabsf(gradients[0] - 1.5f) < 1e-6f && fabsf(gradients[2] - 6) < 1e-5f,
           "a gradient above the norm is scaled to it");
    cnn_clip_gradients(gradients, 3, 100);
    report(fabsf(gradients[1] + 2) < 1e-6f, "one below it stays as it is");
}

/* Mean and deviation of a tensor's first numbers. */
static double spread_of(struct cnn_recipe *recipe, const struct cnn_trainee_tensor *tensor, float *values, double *mean)
{
    double sum = 0, squares = 0;
    cnn_initial_values(recipe, tensor, values);
    for (int64_t i = 0; i < tensor->count; i++) {
        sum += (double)values[i];
        squares += (double)values[i] * (double)values[i];
    }
    *mean = sum / (double)tensor->count;
    return sqrt(squares / (double)tensor->count);
}

static void initialisation(void)
{
    static float values[40000], others[40000];
    struct cnn_trainee_tensor conv = {"conv.weight", 4, {100, 4, 5, 5}, 0, 10000, 100, 2500, CNN_TENSOR_WEIGHT, 0, 0};
    static const struct {
        const char *name;
        int kind;
        double spread;
    } rows[] = {{"HE", CNN_HE, 0.1414},
                {"XAVIER", CNN_XAVIER, 0.02774},
                {"NORMAL", CNN_NORMAL, 0.05},
                {"UNIFORM", CNN_UNIFORM, 0.02887}};
    struct cnn_recipe recipe = {0};
    recipe.spread = 0.05;
    double mean;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        recipe.initialisation = rows[i].kind;
        const double spread = spread_of(&recipe, &conv, values, &mean);
        if (!report(fabs(spread / rows[i].spread - 1) < 0.03 && fabs(mean) < 0.03 * spread, "%s has its deviation",
                    rows[i].name))
            detail("mean %g, deviation %g instead of %g", mean, spread, rows[i].spread);
    }
    memcpy(others, values, sizeof others);
    conv.name = "conv2.weight";
    spread_of(&recipe, &conv, values, &mean);
    report(memcmp(values, others, sizeof values) != 0, "another name has other numbers");
    conv.name = "conv.weight";
    spread_of(&recipe, &conv, values, &mean);
    report(memcmp(values, others, sizeof values) == 0, "the same name has the same numbers again");
    recipe.seed = 2;
    spread_of(&recipe, &conv, values, &mean);
    report(memcmp(values, others, sizeof values) != 0, "another seed has other numbers");
    recipe.initialisation = CNN_DIRAC;
    spread_of(&recipe, &conv, values, &mean);
    report(values[12] == 1 && values[11] == 0 && values[100 + 25 + 12] == 1 && values[100 + 12] == 0 &&
               values[400] != 0,
           "DIRAC's first filters pass a channel each, the others are as HE's");
    static const float expected[] = {-1, 0, 1, 0, 0, 1, -1, 0.25f};
    for (int kind = CNN_TENSOR_BIAS; kind <= CNN_TENSOR_SLOPE; kind++) {
        conv.kind = kind;
        values[5] = -1;
        cnn_initial_values(&recipe, &conv, values);
        report(values[5] == expected[kind], "tensors of kind %d begin with %g", kind, (double)expected[kind]);
    }
}

enum { H = 6, W = 8, AREA = H * W };

/* Applies one augmentation to a picture of two channels, whose numbers are all different. */
static const float *changed(int kind, double a, double b, uint64_t key, int bytes)
{
    static float planes[2][2 * AREA];
    struct cnn_augmentation what = {kind, a, b};
    struct cnn_recipe recipe = {0};
    float *picture = planes[0], *spare = planes[1];
    recipe.augmentations = &what;
    recipe.augmentation_count = 1;
    for (int i = 0; i < 2 * AREA; i++)
        picture[i] = (float)(i + 1);
    cnn_augment(&recipe, key, 2, H, W, bytes, &picture, &spare);
    return picture;
}

static void flips(void)
{
    int flipped = 0, odd = 0;
    for (uint64_t key = 0; key < 1000; key++) {
        const float *p = changed(CNN_FLIP, 0.25, 0, cnn_mix(key), 0);
        flipped += p[0] == W && p[W - 1] == 1 && p[2 * AREA - 1] == 2 * AREA - W + 1;
        odd += p[0] != W && p[0] != 1;
    }
    report(odd == 0 && flipped > 200 && flipped < 300, "FLIP(0.25) mirrors about a quarter of the pictures");
}

static int mirror(int i, int size)
{
    return i < 0 ? -i : i < size ? i : 2 * (size - 1) - i;
}

/* CROP and SHIFT: every offset occurs, and numbers come from where the offset says. */
static void moves(int kind, const char *name)
{
    int seen[5][5] = {{0}}, wrong = 0, borders = 0;
    for (uint64_t key = 0; key < 2000; key++) {
        const float *p = changed(kind, 2, 0, cnn_mix(key), 0);
        const int middle = (int)p[2 * W + 3] - 1, dy = 2 - middle / W, dx = 3 - middle % W;
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                const int inside = y - dy >= 0 && y - dy < H && x - dx >= 0 && x - dx < W;
                const int from = mirror(y - dy, H) * W + mirror(x - dx, W);
                wrong += p[y * W + x] != (inside || kind == CNN_SHIFT ? (float)(from + 1) : 0);
                borders += !inside;
            }
        if (dy >= -2 && dy <= 2 && dx >= -2 && dx <= 2)
            seen[dy + 2][dx + 2]++;
    }
    int least = 2000;
    for (int i = 0; i < 25; i++)
        least = seen[i / 5][i % 5] < least ? seen[i / 5][i % 5] : least;
    report(wrong == 0 && borders > 0 && least > 40, "%s moves pictures by every offset, and fills their edges", name);
}

static double sum_of(const float *p)
{
    double sum = 0;
    for (int i = 0; i < 2 * AREA; i++)
        sum += (double)p[i];
    return sum;
}

static void turns(void)
{
    const float *p = changed(CNN_ZOOM, 1, 1, 5, 0);
    report(p[0] == 1 && p[2 * AREA - 1] == 2 * AREA, "ZOOM(1, 1) changes nothing");
    p = changed(CNN_ZOOM, 2, 2, 5, 0);
    report(fabsf(p[2 * W + 3] - (20 + 0.25f + 0.25f * W)) < 1e-4f, "ZOOM(2, 2) has pixels between those of the middle");
    p = changed(CNN_ZOOM, 0.5, 0.5, 5, 0);
    report(p[0] == 0 && p[2 * W + 3] > 0, "ZOOM(0.5, 0.5) leaves a border of zeros");
    int different = 0, inside = 0;
    for (uint64_t key = 0; key < 200; key++) {
        p = changed(CNN_ROTATE, 90, 0, cnn_mix(key), 0);
        different += p[0] == 0;
        inside += fabsf(p[2 * W + 3] - p[3 * W + 4]) < 2 * W;
    }
    report(different > 50 && inside == 200, "ROTATE turns about the middle");
    p = changed(CNN_ROTATE, 1e-9, 0, 5, 0);
    report(fabsf(p[W + 3] - (W + 4)) < 1e-3f, "ROTATE by nearly nothing changes nearly nothing");
}

static void others(void)
{
    int zeros = 0, most = 0;
    for (uint64_t key = 0; key < 500; key++) {
        const float *p = changed(CNN_CUTOUT, 3, 0, cnn_mix(key), 0);
        int here = 0;
        for (int i = 0; i < AREA; i++) {
            here += p[i] == 0;
            zeros += (p[i] == 0) != (p[i + AREA] == 0);
        }
        most = here > most ? here : most;
    }
    report(zeros == 0 && most == 9, "CUTOUT(3) blanks squares of 3 x 3 in all channels");
    const float *p = changed(CNN_NOISE, 2, 0, 77, 0);
    double squares = 0;
    for (int i = 0; i < 2 * AREA; i++)
        squares += ((double)p[i] - i - 1) * ((double)p[i] - i - 1);
    report(fabs(sqrt(squares / (2 * AREA)) - 2) < 0.5, "NOISE(2) has its deviation");
    double least = 1e9, largest = 0;
    const double plain = sum_of(changed(CNN_FLIP, 0, 0, 0, 0));
    for (uint64_t key = 0; key < 500; key++) {
        const double factor = sum_of(changed(CNN_BRIGHTNESS, 0.4, 0, cnn_mix(key), 0)) / plain;
        least = factor < least ? factor : least;
        largest = factor > largest ? factor : largest;
    }
    report(least > 0.599 && least < 0.62 && largest < 1.401 && largest > 1.38, "BRIGHTNESS(0.4): factors 0.6 to 1.4");
    float top = 0, bottom = 0;
    p = changed(CNN_NOISE, 500, 0, 3, 1);
    for (int i = 0; i < 2 * AREA; i++) {
        top = p[i] > top ? p[i] : top;
        bottom = p[i] < bottom ? p[i] : bottom;
    }
    report(top == 255 && bottom == 0, "bytes stay within 0 to 255");
}

static void numbers(void)
{
    int64_t order[1000], again[1000], sum = 0, same = 0;
    cnn_epoch_order(1, 0, order, 1000);
    cnn_epoch_order(1, 1, again, 1000);
    for (int i = 0; i < 1000; i++) {
        sum += order[i];
        same += order[i] == again[i];
    }
    report(sum == 499500 && same < 20, "each epoch has another order of all pictures");
    double mean = 0, square = 0;
    for (uint64_t key = 0; key < 20000; key++) {
        const double share = cnn_random_beta(cnn_mix(key), 0.4);
        mean += share / 20000;
        square += (share - 0.5) * (share - 0.5) / 20000;
    }
    report(fabs(mean - 0.5) < 0.01 && fabs(square - 1 / (4 * 1.8)) < 0.005, "MIXUP's shares have mean and variance");
    report(cnn_random(1, 2, 3) == UINT64_C(0xEB3AA0CE549FEC8C) && cnn_random(0, 0, 0) != cnn_random(0, 0, 1),
           "random numbers are these ones");
}

/* MIXUP: pictures whose numbers are all ten times their label, so that a blend says what it was made of. */
static void mixes(void)
{
    enum { COUNT = 12, BATCH = 4 };
    static unsigned char pixels[COUNT * 2], labels[COUNT];
    const struct cnn_tensor input = {"input", 1, 2, 1, 0, 0, 0, 0}, output = {"output", 1, 1, COUNT, 0, 0, 0, 0};
    const struct cnn_augmentation mixup = {CNN_MIXUP, 0.7, 0};
    struct cnn_recipe recipe = {0};
    const struct cnn_trainee trainee = {.input = &input, .output = &output, .recipe = &recipe};
    struct set set = {.count = COUNT, .height = 1, .width = 2, .channels = 1, .fetch = cnn_fetch_array, .each = 1};
    const struct view view = {&set, NULL, COUNT};
    struct trouble t = {"", ""};
    int good = 0, mixed = 0;
    recipe.augmentations = &mixup;
    recipe.augmentation_count = 1;
    set.pixels = pixels;
    set.stride = 2;
    set.targets = labels;
    set.apart = 1;
    for (int i = 0; i < COUNT; i++) {
        labels[i] = (unsigned char)i;
        pixels[2 * i] = pixels[2 * i + 1] = (unsigned char)(10 * i);
    }
    struct feed *feed = cnn_feed_new(&trainee, &view, FIT_NONE, (struct slice){BATCH, 0, BATCH}, 0, 6, &t);
    for (int step = 0; feed && step < 6; step++) {
        const struct cnn_batch *batch = cnn_feed_next(feed, &t);
        for (int i = 0; batch && i < BATCH; i++) {
            const int32_t label = ((const int32_t *)batch->targets)[i], other = batch->others[i];
            const float share = batch->shares[i], wanted = 10 * (share * (float)label + (1 - share) * (float)other);
            good += share >= 0 && share <= 1 && fabsf(((const float *)batch->images)[2 * i + 1] - wanted) < 1e-3f &&
                    other == ((const int32_t *)batch->targets)[(i + 1) % BATCH];
            mixed += label != other && share > 0.05f && share < 0.95f;
        }
    }
    cnn_feed_free(feed);
    report(good == 6 * BATCH && mixed > 3 * BATCH, "MIXUP blends pictures and names both labels and the share");
}

int main(void)
{
    schedules();
    clipping();
    initialisation();
    flips();
    moves(CNN_CROP, "CROP");
    moves(CNN_SHIFT, "SHIFT");
    turns();
    others();
    numbers();
    mixes();
    return 0;
}
