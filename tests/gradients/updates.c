/* Optimisers and schedules against what PyTorch computes. The file has lines of words:
 *
 *     optimiser TITLE / KIND [name=value]... / at STEP A B ...     weights after that many steps
 *     schedule TITLE / KIND [name=value]... / at STEP A            the rate of that step
 *     plateau TITLE / KIND [name=value]... / errors A B ... / at EPOCH A ...
 *
 * The optimisers minimise the sum of a[i]*(p[i] - c[i])^2/2 + cos(3*p[i]), whose gradient both sides know. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "problem.h"
#include "tests/lib/report.h"

enum { WEIGHTS = 6 };

/* What the lines of a case say, and how far off its numbers were. */
struct trial {
    char title[200], word[20]; /* what the case is of */
    struct reference_optimiser optimiser;
    struct reference_schedule schedule;
    struct reference_plateau plateau;
    double rate;
    int64_t at[MAX_WORDS];
    double p[WEIGHTS], first[WEIGHTS], second[WEIGHTS]; /* weights, and what the optimiser remembers */
    double errors[MAX_WORDS];
    int64_t epoch;
    double worst;
    int compared;
};

static void set_number(struct trial *trial, const char *word)
{
    const struct {
        const char *name;
        double *number;
    } numbers[] = {{"lr", &trial->rate},
                   {"momentum", &trial->optimiser.momentum},
                   {"decay", &trial->optimiser.decay},
                   {"beta1", &trial->optimiser.beta1},
                   {"beta2", &trial->optimiser.beta2},
                   {"alpha", &trial->optimiser.alpha},
                   {"eps", &trial->optimiser.eps},
                   {"to", &trial->schedule.to},
                   {"peak", &trial->schedule.peak},
                   {"from", &trial->schedule.from}};
    const char *value;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if ((value = word_value(word, numbers[i].name)))
            *numbers[i].number = strtod(value, NULL);
    if (word_value(word, "nesterov"))
        trial->optimiser.nesterov = true;
    if ((value = word_value(word, "steps")))
        trial->schedule.steps = strtoll(value, NULL, 10);
    if ((value = word_value(word, "warmup")))
        trial->schedule.warmup = strtoll(value, NULL, 10);
    if ((value = word_value(word, "patience")))
        trial->plateau.patience = strtoll(value, NULL, 10);
    if ((value = word_value(word, "factor")))
        trial->schedule.factor = trial->plateau.factor = strtod(value, NULL);
    if ((value = word_value(word, "at")))
        trial->at[trial->schedule.at_count++] = strtoll(value, NULL, 10);
}

static void set_kind(struct trial *trial, const char *word)
{
    static const char *const optimisers[] = {"SGD", "ADAM", "ADAMW", "RMSPROP"};
    static const char *const schedules[] = {"CONSTANT", "STEP", "COSINE", "LINEAR", "ONECYCLE"};
    for (int i = 0; i < 4; i++)
        if (strcmp(word, optimisers[i]) == 0)
            trial->optimiser.kind = (enum reference_optimiser_kind)i;
    for (int i = 0; i < 5; i++)
        if (strcmp(word, schedules[i]) == 0)
            trial->schedule.kind = (enum reference_schedule_kind)i;
}

static void compare(struct trial *trial, double found, double expected, double largest)
{
    double error = fabs(found - expected) / largest;
    trial->compared++;
    if (!(error <= trial->worst))
        trial->worst = error;
}

static void take_step(struct trial *trial)
{
    double g[WEIGHTS];
    for (int i = 0; i < WEIGHTS; i++) /* a[i] = i + 1, c[i] = i/10 */
        g[i] = (i + 1) * (trial->p[i] - i / 10.0) - 3 * sin(3 * trial->p[i]);
    reference_update_numbers(&trial->optimiser, trial->rate, WEIGHTS, trial->p, g, trial->first, trial->second);
    trial->optimiser.steps++;
}

static void compare_line(struct trial *trial, char *words[], int count)
{
    int64_t step = strtoll(words[1], NULL, 10);
    double expected = strtod(words[2], NULL);
    if (strcmp(trial->word, "optimiser") == 0) {
        while (trial->optimiser.steps < step)
            take_step(trial);
        for (int i = 0; i < WEIGHTS && i + 2 < count; i++)
            compare(trial, trial->p[i], strtod(words[i + 2], NULL), 1);
    } else if (strcmp(trial->word, "schedule") == 0) {
        compare(trial, reference_rate(&trial->schedule, trial->rate, step), expected, trial->rate);
    } else {
        for (; trial->epoch < step; trial->epoch++)
            trial->rate = reference_plateau_rate(&trial->plateau, trial->rate, trial->errors[trial->epoch]);
        compare(trial, trial->rate, expected, expected);
    }
}

static struct trial trial_new(const char *word, const char *title)
{
    struct trial trial = {.plateau = {.best = INFINITY}};
    snprintf(trial.word, sizeof trial.word, "%s", word);
    snprintf(trial.title, sizeof trial.title, "%s", title);
    for (int i = 0; i < WEIGHTS; i++)
        trial.p[i] = (i - 2.5) / 2;
    return trial;
}

static void end(const struct trial *trial, double limit)
{
    if (!trial->compared || !wants(trial->title))
        return;
    report(trial->worst <= limit, "%s", trial->title);
    detail("%d numbers compared, relative error %.1e, limit %.1e", trial->compared, trial->worst, limit);
}

int check_updates(const char *path, double limit)
{
    char line[4096], *words[MAX_WORDS];
    struct trial trial = {.compared = 0};
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        char title[200];
        snprintf(title, sizeof title, "%.*s", (int)strcspn(line, "\n"), line);
        int count = split(line, words);
        if (count == 0 || *words[0] == '#')
            continue;
        trial.schedule.at = trial.at;
        if (strcmp(words[0], "optimiser") == 0 || strcmp(words[0], "schedule") == 0 ||
            strcmp(words[0], "plateau") == 0) {
            end(&trial, limit);
            trial = trial_new(words[0], title);
        } else if (strcmp(words[0], "at") == 0) {
            compare_line(&trial, words, count);
        } else if (strcmp(words[0], "errors") == 0) {
            for (int i = 1; i < count; i++)
                trial.errors[i - 1] = strtod(words[i], NULL);
        } else {
            set_kind(&trial, words[0]);
            for (int i = 1; i < count; i++)
                set_number(&trial, words[i]);
        }
    }
    end(&trial, limit);
    return file ? fclose(file) : 1;
}
