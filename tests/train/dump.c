/* Shows what a network would be given: dump DATA HEIGHTxWIDTHxCHANNELS [hwc] [u8] [scale|pad] [labels=N|numbers=N|shares=N]
 * prints the line that says what DATA is, and for each picture what it shows and its numbers in INPUT's layout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/feed.h"

static struct cnn_tensor input = {"input", 1, 1, 1, 0, 0, 0, 0}, output = {"output", 1, 1, 10, 0, 0, 0, 0};
static struct cnn_recipe recipe;
static const struct cnn_trainee trainee = {.name = "dump", .input = &input, .output = &output, .recipe = &recipe};
static enum fitting fitting = FIT_NONE;

static void read_word(const char *word)
{
    if (strcmp(word, "hwc") == 0)
        input.layout = 1;
    else if (strcmp(word, "u8") == 0)
        input.type = 1;
    else if (strcmp(word, "scale") == 0)
        fitting = FIT_SCALE;
    else if (strcmp(word, "pad") == 0)
        fitting = FIT_PAD;
    else if (sscanf(word, "shares=%d", &output.channels) == 1)
        recipe.loss = CNN_BCE;
    else if (sscanf(word, "labels=%dx%dx%d", &output.channels, &output.height, &output.width) < 1) {
        recipe.loss = CNN_MSE;
        if (sscanf(word, "numbers=%d", &output.channels) != 1)
            exit(3);
    }
}

static void print(struct fit *fit, const struct set *set, int64_t index, void *numbers, void *targets,
                  struct trouble *t)
{
    const int64_t count = (int64_t)input.height * input.width * input.channels;
    if (cnn_fit_picture(fit, set, index, numbers, t))
        return;
    cnn_target_store(&trainee, set, index, targets);
    for (size_t i = 0; i < cnn_target_bytes(&trainee) / 4; i++)
        printf(recipe.loss == CNN_MSE ? "%.9g " : "%.0f ",
               recipe.loss == CNN_MSE ? (double)((float *)targets)[i] : (double)((int32_t *)targets)[i]);
    printf(":");
    for (int64_t i = 0; i < count; i++)
        printf(" %.9g", input.type ? ((unsigned char *)numbers)[i] : (double)((float *)numbers)[i]);
    printf("\n");
}

static void show(struct set *set, const char *part, struct trouble *t)
{
    struct fit fit;
    void *numbers = NULL, *targets = NULL;
    memset(&fit, 0, sizeof fit);
    if (set->count == 0)
        return;
    printf("%s\n", part);
    if (!cnn_data_check(set, &trainee, fitting, 0, t) &&
        !cnn_fit_load(set, &input, fitting, cnn_machine_memory() / 4, t) && !cnn_fit_begin(&fit, &input, fitting, t)) {
        numbers = malloc(cnn_fit_bytes(&input));
        targets = malloc(cnn_target_bytes(&trainee));
        for (int64_t i = 0; i < set->count && !t->message[0]; i++)
            print(&fit, set, i, numbers, targets, t);
    }
    free(numbers);
    free(targets);
    cnn_fit_end(&fit);
}

int main(int argc, char **argv)
{
    struct dataset data;
    struct trouble t = {"", ""};
    memset(&data, 0, sizeof data);
    if (argc < 3 || sscanf(argv[2], "%dx%dx%d", &input.height, &input.width, &input.channels) != 3)
        return 2;
    for (int i = 3; i < argc; i++)
        read_word(argv[i]);
    if (!cnn_data_open(&data, argv[1], &t)) {
        printf("%s\n", data.said);
        show(&data.train, "train", &t);
        show(&data.test, "test", &t);
    }
    if (t.message[0])
        cnn_trouble_print(&t);
    cnn_data_close(&data);
    return t.message[0] != 0;
}
