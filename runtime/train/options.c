/* Reads the command line. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_THREADS = 256, MOST_EPOCHS = 1000000, DEFAULT_SECONDS = 30 };

void cnn_options_help(const char *program)
{
    printf("usage: %s --train=DATA [--test=DATA] [OPTION...]\n"
           "       %s --test=DATA --weights=FILE [OPTION...]\n"
           "\n"
           "  --train=DATA        learn from DATA; DATA:10%% holds a part out to validate with\n"
           "  --test=DATA         measure on DATA after each epoch, or alone\n"
           "  --resume            go on from NAME.checkpoint as if training had never stopped\n"
           "  --weights=FILE      begin with these weights (.safetensors); what FILE lacks is initialised\n"
           "  -j N                N threads (default: the processors); the result does not depend on it\n"
           "  --epochs=N          instead of the recipe's\n"
           "  --resize[=pad]      scale pictures to INPUT, or centre smaller ones in a border of zeros\n"
           "  --checkpoint=S      a checkpoint every S seconds (default %d); 0: after every step\n"
           "  --emit=json         print results as JSON\n"
           "  --out=NAME          the name of the files that are written\n"
           "\n"
           "DATA is a folder of IDX files, of CIFAR's binary batches, or with a folder of pictures for each class;\n"
           "one IDX file of pictures; or an .npz with x and y, x_test and y_test.\n",
           program, program, DEFAULT_SECONDS);
}

/* A whole number from `least` to `most`; -1: it is not. */
static int64_t whole(const char *text, int64_t least, int64_t most)
{
    char *end;
    const long long number = strtoll(text, &end, 10);
    return *text >= '0' && *text <= '9' && number >= least && number <= most && *end == 0 ? number : -1;
}

/* DATA or DATA:10% */
static char *data_path(const char *text, double *percent, struct trouble *t)
{
    const char *colon = strrchr(text, ':'), *sign = colon ? strchr(colon, '%') : NULL;
    char *end;
    if (!colon || !sign || sign[1] || sign == colon + 1)
        return cnn_heap_text(t, "%s", text);
    const double number = strtod(colon + 1, &end);
    if (end != sign)
        return cnn_heap_text(t, "%s", text);
    if (!percent || !(number > 0 && number < 100)) {
        cnn_trouble(t, "%s: %s", text,
                    percent ? "the part that is held out must be more than 0 % and less than 100 %"
                            : "only --train can hold a part out");
        return NULL;
    }
    *percent = number;
    return cnn_heap_text(t, "%.*s", (int)(colon - text), text);
}

static const char *value_of(const char *argument, const char *name)
{
    const size_t length = strlen(name);
    return strncmp(argument, name, length) == 0 && argument[length] == '=' ? argument + length + 1 : NULL;
}

static int read_threads(struct options *o, const char *text, struct trouble *t)
{
    o->threads = text ? (int)whole(text, 1, MOST_THREADS) : -1;
    return o->threads > 0
               ? 0
               : cnn_trouble(t, "-j %s: the number of threads must be 1 to %d", text ? text : "", MOST_THREADS);
}

static int read_value(struct options *o, const char *argument, struct trouble *t)
{
    const char *value;
    char *end;
    if ((value = value_of(argument, "--train")) != NULL) {
        free(o->train);
        o->train = data_path(value, &o->hold_out, t);
    } else if ((value = value_of(argument, "--test")) != NULL) {
        free(o->test);
        o->test = data_path(value, NULL, t);
    } else if ((value = value_of(argument, "--weights")) != NULL) {
        o->weights = value;
    } else if ((value = value_of(argument, "--weights-name")) != NULL) {
        o->weights_name = value;
    } else if ((value = value_of(argument, "--status")) != NULL) {
        o->status = value;
    } else if ((value = value_of(argument, "--out")) != NULL) {
        o->name = value;
    } else if ((value = value_of(argument, "--epochs")) != NULL) {
        o->epochs = whole(value, 1, MOST_EPOCHS);
        if (o->epochs < 0)
            cnn_trouble(t, "%s: the number of epochs must be 1 to %d", argument, MOST_EPOCHS);
    } else if ((value = value_of(argument, "--checkpoint")) != NULL) {
        o->checkpoint_seconds = strtod(value, &end);
        if (end == value || *end || !(o->checkpoint_seconds >= 0))
            cnn_trouble(t, "%s: seconds between two checkpoints, 0 or more, are missing", argument);
    } else {
        cnn_trouble(t, "unknown option %s", argument);
        cnn_trouble_help(t, "--help lists the options");
    }
    return t->message[0] ? -1 : 0;
}

static int read_flag(struct options *o, const char *argument)
{
    if (strcmp(argument, "--resume") == 0)
        o->resume = 1;
    else if (strcmp(argument, "--resize") == 0)
        o->fitting = FIT_SCALE;
    else if (strcmp(argument, "--resize=pad") == 0)
        o->fitting = FIT_PAD;
    else if (strcmp(argument, "--emit=json") == 0)
        o->json = 1;
    else if (strcmp(argument, "--help") == 0)
        o->help = 1;
    else
        return 0;
    return 1;
}

static int check(const struct options *o, struct trouble *t)
{
    if (o->help)
        return 0;
    if (!o->train && !o->test) {
        cnn_trouble(t, "nothing to do: neither --train=DATA nor --test=DATA is given");
        return cnn_trouble_help(t, "--help lists the options");
    }
    if (!o->train && o->resume)
        return cnn_trouble(t, "--resume goes on with --train=DATA, which is missing");
    if (!o->train && !o->weights)
        return cnn_trouble(t, "--test=DATA without --train needs the weights to test: --weights=FILE");
    if (o->resume && o->weights)
        return cnn_trouble(
            t, "--resume has the checkpoint's weights; --weights=FILE would begin anew: give one of the two");
    if (!*o->name)
        return cnn_trouble(t, "--out needs a name");
    return 0;
}

static int processors(void)
{
#ifdef _SC_NPROCESSORS_ONLN
    const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > MOST_THREADS ? MOST_THREADS : (int)count;
#else
    return 1;
#endif
}

int cnn_options_read(struct options *o, const struct cnn_trainee *trainee, const struct cnn_peers *peers, int argc,
                     char **argv, struct trouble *t)
{
    memset(o, 0, sizeof *o);
    o->name = trainee->name;
    o->threads = processors() / (peers ? peers->beside : 1);
    o->threads = o->threads < 1 ? 1 : o->threads;
    o->checkpoint_seconds = DEFAULT_SECONDS;
    for (int i = 1; i < argc && !t->message[0]; i++) {
        if (read_flag(o, argv[i]))
            continue;
        if (strncmp(argv[i], "-j", 2) != 0)
            read_value(o, argv[i], t);
        else if (argv[i][2])
            read_threads(o, argv[i] + 2, t);
        else
            read_threads(o, argv[++i], t); /* argv ends in NULL */
    }
    if (!o->weights_name)
        o->weights_name = o->weights;
    return t->message[0] ? -1 : check(o, t);
}

void cnn_options_free(struct options *o)
{
    free(o->train);
    free(o->test);
}
