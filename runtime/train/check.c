/* Holds a data set against the network: sizes of pictures against INPUT, what they show against the output. */
#include "data.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

static const char *set_targets_path(const struct set *set)
{
    return set->target_path ? set->target_path : set->path;
}

static int fits(const struct set *set, const struct cnn_tensor *input)
{
    return set->height == input->height && set->width == input->width && set->channels == input->channels;
}

/* An array whose axes may be H x W x C or C x H x W: the order that fits INPUT; else the one with as many channels. */
static void choose_order(struct set *set, const struct cnn_tensor *input)
{
    const int32_t a = set->height, b = set->width, c = set->channels;
    const int hwc = fits(set, input);
    if (!set->either)
        return;
    set->either = 0;
    if (hwc && !(a == c && input->layout == LAYOUT_CHW))
        return;
    const int chw = a == input->channels && b == input->height && c == input->width;
    if (!chw && !(a == input->channels && c != input->channels))
        return;
    set->layout = LAYOUT_CHW;
    set->channels = a;
    set->height = b;
    set->width = c;
}

static int check_pictures(const struct set *set, const struct cnn_tensor *input, enum fitting fitting,
                          struct trouble *t)
{
    if (set->floats && input->type != 0) {
        cnn_trouble(t, "%s: its pictures are floats, but INPUT takes bytes (type=u8)", set->path);
        return cnn_trouble_help(t, "store x as bytes (u1), or leave type=u8 out of INPUT");
    }
    if (set->height == 0 || fitting != FIT_NONE)
        return 0; /* each is made to fit, or checked when it is read */
    if (fits(set, input))
        return 0;
    cnn_trouble(t, "%s: its pictures are %dx%dx%d, but INPUT is %dx%dx%d", set->path, set->height, set->width,
                set->channels, input->height, input->width, input->channels);
    return cnn_trouble_help(t,
                            "--resize scales them, --resize=pad puts smaller ones in a border of zeros; or write "
                            "INPUT(%dx%dx%d)",
                            set->height, set->width, set->channels);
}

static int is_finite(const float *numbers, int64_t count)
{
    uint32_t beyond = 0;
    for (int64_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &numbers[i], sizeof bits);
        beyond |= (bits & 0x7F800000) == 0x7F800000;
    }
    return !beyond;
}

/* A NaN would end training in the step that meets it, and say nothing of where it came from. */
static int check_floats(const struct set *set, struct trouble *t)
{
    struct picture picture;
    int failed = 0;
    memset(&picture, 0, sizeof picture);
    for (int64_t i = 0; !failed && i < set->count; i++) {
        cnn_still_working("checking pictures", i, set->count);
        failed = set->fetch(set, i, &picture, t);
        const int64_t count = (int64_t)picture.height * picture.width * picture.channels;
        if (failed || is_finite((const float *)(const void *)picture.pixels, count))
            continue;
        failed = cnn_trouble(t, "%s: picture %lld has a number that is infinite or not a number", set->path,
                             (long long)i);
        cnn_trouble_help(t, "numpy.isfinite(x) tells which pictures to leave out");
    }
    cnn_still_working("checking pictures", set->count, set->count);
    free(picture.room);
    return failed;
}

static int occurs(const struct set *set, int64_t label)
{
    for (int64_t i = 0; i < set->count * set->each; i++)
        if (cnn_set_label(set, i / set->each, i % set->each) == label)
            return 1;
    return 0;
}

/* "in file F, label 17" for messages */
static int bad_label(const struct set *set, int64_t i, int64_t label, int32_t classes, struct trouble *t)
{
    char *where = set->where ? set->where(set, i / set->each) : NULL;
    cnn_trouble(t, "%s: label %lld of picture %lld%s%s is not a class: the network has %d outputs, 0 to %d",
                set_targets_path(set), (long long)label, (long long)(i / set->each), where ? ", " : "",
                where ? where : "", classes, classes - 1);
    free(where);
    if (label < 0 || (label == classes && !occurs(set, 0)))
        return cnn_trouble_help(t, "classes are numbered from 0%s", label < 0 ? "" : ", and no label is 0: y - 1?");
    return cnn_trouble_help(t, "the last layer needs an output for each class: FC(%lld)?", (long long)label + 1);
}

static int check_labels(const struct set *set, const struct cnn_tensor *output, int training, struct trouble *t)
{
    const int64_t pixels = (int64_t)output->height * output->width;
    const int32_t classes = output->channels;
    int64_t most = -1;
    if (set->target_number >= NUMBER_F4) {
        cnn_trouble(t, "%s: its y are floats, but the loss of this network wants class numbers", set->path);
        return cnn_trouble_help(t, "store y as integers, or train with MSE, MAE or BCE");
    }
    if (set->each != pixels) {
        cnn_trouble(t, "%s: labels a picture: %lld, but the output has %lld pixel%s", set_targets_path(set),
                    (long long)set->each, (long long)pixels, pixels == 1 ? "" : "s");
        return set->each == pixels * classes
                   ? cnn_trouble_help(t, "are they ones and zeros? y.argmax(-1) makes class numbers of N x %d", classes)
                   : -1;
    }
    if (set->classes && set->classes != classes) {
        cnn_trouble(t, "%s: it has %d class%s, but the network has %d outputs", set->path, set->classes,
                    set->classes == 1 ? "" : "es", classes);
        return cnn_trouble_help(t, "the last layer needs an output for each class: FC(%d)", set->classes);
    }
    for (int64_t i = 0; i < set->count * set->each; i++) {
        const int64_t label = cnn_set_label(set, i / set->each, i % set->each);
        if (label < 0 || label >= classes)
            return bad_label(set, i, label, classes, t);
        most = label > most ? label : most;
    }
    if (!training || most + 1 >= classes)
        return 0;
    cnn_trouble(t, "%s: its labels are 0 to %lld, but the network has %d outputs: class %lld never occurs",
                set_targets_path(set), (long long)most, classes, (long long)most + 1);
    return cnn_trouble_help(t, "a network for these data ends in %lld outputs: FC(%lld)?", (long long)most + 1,
                            (long long)most + 1);
}

static int check_targets(const struct set *set, int32_t loss, struct trouble *t)
{
    for (int64_t i = 0; i < set->count; i++)
        for (int64_t k = 0; k < set->each; k++) {
            const double target = cnn_set_target(set, i, k);
            const int finite = fabs(target) <= (double)FLT_MAX;
            if (finite && (loss != CNN_BCE || (target >= 0 && target <= 1)))
                continue;
            cnn_trouble(t, "%s: number %lld of what picture %lld shows is %g", set_targets_path(set), (long long)k,
                        (long long)i, target);
            return finite ? cnn_trouble_help(t, "BCE compares with numbers from 0 to 1")
                          : cnn_trouble_help(t, "numpy.isfinite(y) tells which pictures to leave out");
        }
    return 0;
}

static int check_numbers(const struct set *set, const struct cnn_tensor *output, int32_t loss, struct trouble *t)
{
    const int64_t size = (int64_t)output->height * output->width * output->channels;
    if (set->each == size)
        return set->target_number >= NUMBER_F4 || loss == CNN_BCE ? check_targets(set, loss, t) : 0;
    cnn_trouble(t, "%s: numbers a picture in y: %lld, but the output has %lld", set_targets_path(set),
                (long long)set->each, (long long)size);
    return cnn_trouble_help(t,
                            set->each == 1 && size > 1
                                ? "class numbers go with CROSSENTROPY or HINGE; the other losses "
                                  "compare with y of N x %lld numbers"
                                : "the loss compares with y of N x %lld numbers",
                            (long long)size);
}

int cnn_data_check_pictures(struct set *set, const struct cnn_tensor *input, enum fitting fitting, struct trouble *t)
{
    choose_order(set, input);
    return check_pictures(set, input, fitting, t);
}

int cnn_data_check(struct set *set, const struct cnn_trainee *trainee, enum fitting fitting, int training,
                   struct trouble *t)
{
    if (cnn_data_check_pictures(set, trainee->input, fitting, t) || (set->floats && check_floats(set, t)))
        return -1;
    if (!set->targets)
        return cnn_trouble(t, "%s: it says nothing about what the pictures show", set->path);
    return cnn_loss_takes_labels(trainee->recipe->loss) ? check_labels(set, trainee->output, training, t)
                                                        : check_numbers(set, trainee->output, trainee->recipe->loss, t);
}
